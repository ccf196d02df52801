# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_credenv_global_optspecs
    string join \n h/help V/version
end

function __fish_credenv_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_credenv_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_credenv_using_subcommand
    set -l cmd (__fish_credenv_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c credenv -n "__fish_credenv_needs_command" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_needs_command" -s V -l version -d 'Print version'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "use" -d 'Switch this shell to a profile'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "off" -d 'Undo everything credenv did in this shell'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "auto" -d 'Drop the choice made by hand and follow the directory'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "exec" -d 'Run a command under a profile, under several, or under what this directory asks for'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "list" -d 'List the profiles'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "show" -d 'Show what the AWS files say of a profile'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "status" -d 'Tell what is active and who decided it'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "why" -d 'Tell for each variable the line or the command behind it'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "link" -d 'Write down in `.credenv.yml` which profile this directory uses'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "doctor" -d 'Tell what is wrong in the AWS files or will surprise'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "project" -d 'Show what the project file of this directory asks for'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "allow" -d 'Show what a project file asks for, and allow it'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "deny" -d 'Refuse a project file for good'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "init" -d 'Print the lines for a shell\'s start-up file'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "completions" -d 'Print the completion script for a shell'
complete -c credenv -n "__fish_credenv_using_subcommand use" -l stage -d 'The profile that the project in this directory has for that stage' -r
complete -c credenv -n "__fish_credenv_using_subcommand use" -l region -d 'The region, instead of the profile\'s own' -r
complete -c credenv -n "__fish_credenv_using_subcommand use" -l shell -d 'The shell that evaluates the output; told by the parent process if left out' -r -f -a "bash\t''
zsh\t''
fish\t''
sh\t''
ksh\t''
mksh\t''
yash\t''
json\t''
dotenv\t''
github\t''"
complete -c credenv -n "__fish_credenv_using_subcommand use" -l creds -d 'Export keys instead of a name, for tools that cannot follow the profile'
complete -c credenv -n "__fish_credenv_using_subcommand use" -l keep -d 'Hold across `cd` into projects'
complete -c credenv -n "__fish_credenv_using_subcommand use" -s y -l yes -d 'Enter a protected profile without a question'
complete -c credenv -n "__fish_credenv_using_subcommand use" -l wrapper -d 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
complete -c credenv -n "__fish_credenv_using_subcommand use" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand off" -l shell -d 'The shell that evaluates the output; told by the parent process if left out' -r -f -a "bash\t''
zsh\t''
fish\t''
sh\t''
ksh\t''
mksh\t''
yash\t''
json\t''
dotenv\t''
github\t''"
complete -c credenv -n "__fish_credenv_using_subcommand off" -l wrapper -d 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
complete -c credenv -n "__fish_credenv_using_subcommand off" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand auto" -l shell -d 'The shell that evaluates the output; told by the parent process if left out' -r -f -a "bash\t''
zsh\t''
fish\t''
sh\t''
ksh\t''
mksh\t''
yash\t''
json\t''
dotenv\t''
github\t''"
complete -c credenv -n "__fish_credenv_using_subcommand auto" -l wrapper -d 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
complete -c credenv -n "__fish_credenv_using_subcommand auto" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l stage -d 'The stage of the project in this directory' -r
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l region -d 'The region, instead of the profile\'s own' -r
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l fail-fast -d 'Of several profiles, run none after the first under which the command fails'
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l creds -d 'Pass keys instead of a name, for tools that cannot follow the profile'
complete -c credenv -n "__fish_credenv_using_subcommand exec" -s y -l yes -d 'Enter protected profiles without a question'
complete -c credenv -n "__fish_credenv_using_subcommand exec" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand list" -s l -l long -d 'With kind, account, role, region and where it stands'
complete -c credenv -n "__fish_credenv_using_subcommand list" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand list" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand show" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand show" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand status" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand status" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand why" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand link" -l stage -d 'The stage that uses it; all that name no profile of their own if left out' -r
complete -c credenv -n "__fish_credenv_using_subcommand link" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand doctor" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand project" -l stage -d 'The stage, instead of the project\'s own' -r
complete -c credenv -n "__fish_credenv_using_subcommand project" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand project" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand allow" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand deny" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand init" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand completions" -s h -l help -d 'Print help'
