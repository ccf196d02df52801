# credenv for tcsh 6.18 and later: an alias in front of the binary, so that `credenv use` changes this shell, and a hook that
# follows the directory. All of this is evaluated as one line, statement by statement. The token stands for the file that
# functions.tcsh was written to. Two quotes stand before the name of a builtin, because aliases may stand on it.
if ( ! $?tcsh ) /bin/sh -c 'echo "credenv: this csh is no tcsh, and cannot load the integration" >&2';
if ( $?tcsh ) ''set __credenv_file = __CREDENV_EXE__;
if ( $?tcsh ) ''alias credenv \'\''source $__credenv_file:q run';
if ( ! $?__credenv_loaded ) ''set __credenv_loaded = '';
''set __credenv_loaded = "${__credenv_loaded}+";

# The hook. `__credenv_check` is made anew each time the binary was asked: it looks with nothing but builtin tests whether
# asking again could bring anything new.
''set __credenv_memory = fresh;
''set __credenv_failed = '';
''alias __credenv_check \'\''source $__credenv_file:q look';
# Before that, whether somebody changed a variable by which programs find who they are: __credenv_seen_there tells which of them
# are there, and __credenv_seen_values looks at what those are that come from the environment.
''set __credenv_seen_directory = '' __credenv_seen_there = '' __credenv_seen_values = '' __credenv_seen_shadowed = '' __credenv_seen_locked = '';
''set __credenv_seen_AWS_PROFILE = - __credenv_seen_AWS_DEFAULT_PROFILE = - __credenv_seen_AWS_ACCESS_KEY_ID = - __credenv_seen_AWS_SECRET_ACCESS_KEY = - __credenv_seen_AWS_WEB_IDENTITY_TOKEN_FILE = - __credenv_seen_AWS_ROLE_ARN = - __credenv_seen_AWS_REGION = - __credenv_seen_AWS_DEFAULT_REGION = -;
''set __credenv_seen_flags = '"$?AWS_PROFILE$?AWS_DEFAULT_PROFILE$?AWS_ACCESS_KEY_ID$?AWS_SECRET_ACCESS_KEY$?AWS_WEB_IDENTITY_TOKEN_FILE$?AWS_ROLE_ARN$?AWS_REGION$?AWS_DEFAULT_REGION"';
''alias __credenv_who 'if ( "$cwd:q" == "$__credenv_seen_directory:q" && ( "$__credenv_seen_shadowed" != "" || "$?AWS_PROFILE$?AWS_DEFAULT_PROFILE$?AWS_ACCESS_KEY_ID$?AWS_SECRET_ACCESS_KEY$?AWS_WEB_IDENTITY_TOKEN_FILE$?AWS_ROLE_ARN$?AWS_REGION$?AWS_DEFAULT_REGION" != "$__credenv_seen_there" ) && -r $__credenv_file:q ) '\'\''source $__credenv_file:q differs; if ( "$cwd:q" == "$__credenv_seen_directory:q" && "$?AWS_PROFILE$?AWS_DEFAULT_PROFILE$?AWS_ACCESS_KEY_ID$?AWS_SECRET_ACCESS_KEY$?AWS_WEB_IDENTITY_TOKEN_FILE$?AWS_ROLE_ARN$?AWS_REGION$?AWS_DEFAULT_REGION" == "$__credenv_seen_there" ) '\'\''eval $__credenv_seen_values:q';
# Scripts read the start-up file as well, and a `cd` of theirs is their own business. What stands in the place of the hook
# already is kept: to read it takes a process, to ask whether it is there takes none.
''where cwdcmd >& /dev/null;
''set __credenv_before = $status;
if ( $?tcsh && $?prompt && $__credenv_before ) ''alias cwdcmd __credenv_check;
if ( $?tcsh && $?prompt && ! $__credenv_before ) ''source $__credenv_file:q cwdcmd;
''where precmd >& /dev/null;
''set __credenv_before = $status;
if ( $?tcsh && $?prompt && $__credenv_before ) ''alias precmd __credenv_check;
if ( $?tcsh && $?prompt && ! $__credenv_before ) ''source $__credenv_file:q precmd;
