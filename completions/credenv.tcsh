# Completion for credenv in tcsh, which hands the line over in a variable. Behind `--` stands a command.
complete credenv 'n/--/c/' 'p@*@`credenv __complete --tcsh`@'
