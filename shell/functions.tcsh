# What tcsh has no functions for: this file is sourced, and its first argument tells what for. `look` asks the binary what
# holds here, `run` stands behind the alias `credenv`, `see` and `differs` note who the shell is, `precmd` and `cwdcmd` put the
# hook in front of the alias of that name.

# What is evaluated is one line: there a newline can only come from a variable.
''set __credenv_newline = '\
'
''set __credenv_exe = __CREDENV_EXE__
''set __credenv_status = 0

if ( "$1:q" == look ) then
    if ( "$cwd:q" != "$__credenv_failed:q" && -x $__credenv_exe:q ) then
        # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
        ''set __credenv_failed = $cwd:q
        ''set __credenv_script = "`"'$__credenv_exe:q hook --shell tcsh "$__credenv_memory:q" $cwd:q'"`"
        if ( $status == 0 ) then
            ''set __credenv_failed = ''
            ''eval $__credenv_script:q
        endif
        ''unset __credenv_script
    endif

else if ( "$1:q" == run ) then
    ''shift
    # The arguments as text for eval, each by itself: a list would lose those that are empty.
    ''set __credenv_words = ''
    ''@ __credenv_number = 2
    while ( $__credenv_number <= $#argv )
        if ( "$argv[$__credenv_number]:q" == '' ) then
            ''set __credenv_words = "$__credenv_words"' ""'
        else
            ''set __credenv_words = "$__credenv_words"' $argv['"$__credenv_number"']:q'
        endif
        ''@ __credenv_number++
    end
    ''unset __credenv_number
    if ( "$1:q" == use || "$1:q" == off || "$1:q" == auto ) then
        ''set __credenv_words = '$__credenv_exe:q $1:q --wrapper --shell tcsh'"$__credenv_words"
        ''eval \'\''set __credenv_script = "`"'\'"$__credenv_words"\''"`"'
        ''set __credenv_status = $status
        # In a command substitution this is a subshell, and what it prints is for the shell around it.
        if ( -p /dev/stdout ) then
            if ( "`/bin/sh -c "\''echo $PPID'\'"`" != $$ ) /bin/sh -c 'printf "%s\n" "$@"' sh $__credenv_script:q
        endif
        if ( $__credenv_status == 0 ) then
            ''eval $__credenv_script:q
            ''set __credenv_status = $status
        endif
        ''unset __credenv_script
    else
        if ( $#argv > 0 ) ''set __credenv_words = '$1:q'"$__credenv_words"
        if ( "$1:q" == doctor ) then
            # What only the shell itself can see.
            ''set __credenv_script = "`''alias precmd`"
            ''set __credenv_script = "tcsh:${__credenv_loaded}:$__credenv_script:q"
            ''eval /usr/bin/env 'CREDENV_HOOK=$__credenv_script:q $__credenv_exe:q' "$__credenv_words"
            ''set __credenv_status = $status
            ''unset __credenv_script
        else
            ''eval '$__credenv_exe:q' "$__credenv_words"
            ''set __credenv_status = $status
        endif
        if ( $__credenv_status == 0 && ( "$1:q" == allow || "$1:q" == deny || "$1:q" == link ) ) then
            __credenv_check
        endif
    endif
    ''unset __credenv_words

else if ( "$1:q" == see || "$1:q" == differs ) then
    # Notes who the shell is: of keys, only whether they are there. A variable of the shell hides one of the environment with
    # its name, and is taken away for a moment; one that is locked or has several words hides it for good.
    ''set __credenv_touched = 0
    ''set __credenv_seen_values = ''
    ''set __credenv_seen_shadowed = ''
    foreach __credenv_name ( AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_REGION AWS_DEFAULT_REGION )
        ''eval "''"set '__credenv_is = $?'"$__credenv_name"
        # A variable of the shell tells how many words it has, one of the environment knows nothing of that.
        if ( $__credenv_is ) ''eval 'if ( "=$#'"$__credenv_name"':q" != "=$'"$__credenv_name"':q" ) '"''"'set __credenv_is = shell'
        ''set __credenv_now = ''
        if ( $__credenv_is == shell ) ''eval 'if ( $#'"$__credenv_name"' != 1 ) '"''"'set __credenv_is = list'
        if ( $__credenv_is == shell && " $__credenv_seen_locked " !~ *" $__credenv_name "* ) then
            ''set __credenv_seen_shadowed = 1
            # Should that fail, it is not tried again.
            ''set __credenv_open = "$__credenv_seen_locked"
            ''set __credenv_seen_locked = "$__credenv_seen_locked $__credenv_name"
            ''eval "''"set '__credenv_shadow = $'"$__credenv_name"':q'
            ''unset $__credenv_name
            ''set __credenv_seen_locked = "$__credenv_open"
            ''eval "''"set '__credenv_now = $?'"$__credenv_name"
            if ( $__credenv_now ) then
                ''eval "''"set '__credenv_now = "=$'"$__credenv_name"':q"'
            else
                ''set __credenv_now = ''
            endif
            ''eval "''"set "$__credenv_name"' = $__credenv_shadow:q'
            ''unset __credenv_shadow __credenv_open
        else if ( $__credenv_is == 1 ) then
            ''eval "''"set '__credenv_now = "=$'"$__credenv_name"':q"'
        endif
        if ( "$__credenv_name" =~ *_KEY* && "$__credenv_now:q" != '' && "$__credenv_now:q" != '=' ) ''set __credenv_now = '=+'
        ''eval 'if ( "$__credenv_now:q" != "$__credenv_seen_'"$__credenv_name"':q" ) '"''"'set __credenv_touched = 1'
        ''eval "''"set "__credenv_seen_$__credenv_name"' = $__credenv_now:q'
        if ( $__credenv_is == 1 ) then
            if ( "$__credenv_name" !~ *_KEY* ) then
                ''set __credenv_now = '"=$'"$__credenv_name"':q" != "$__credenv_seen_'"$__credenv_name"':q"'
            else if ( "$__credenv_now:q" == '=+' ) then
                ''set __credenv_now = '"=$'"$__credenv_name"':q" == "="'
            else
                ''set __credenv_now = '"=$'"$__credenv_name"':q" != "="'
            endif
            ''set __credenv_seen_values = "$__credenv_seen_values:q || $__credenv_now:q"
        endif
    end
    if ( "$__credenv_seen_values:q" != '' ) ''set __credenv_seen_values = "if ( ( 0$__credenv_seen_values:q ) "'&& -r $__credenv_file:q ) '"''"'source $__credenv_file:q differs'
    ''eval "''"set "__credenv_seen_there = $__credenv_seen_flags:q"
    ''unset __credenv_name __credenv_is __credenv_now
    # What a prompt shows of it follows, and nothing else. Whatever is wrong with that, it is not tried again before the next
    # change.
    if ( "$1:q" == differs && $__credenv_touched && -x $__credenv_exe:q ) then
        ''set __credenv_script = "`"'$__credenv_exe:q hook --shell tcsh prompt $cwd:q'"`"
        if ( $status == 0 ) ''eval $__credenv_script:q
        ''unset __credenv_script
    endif

else
    ''set __credenv_script = "`"\'\''alias $1:q'"`"
    # What stands there is to find the status of the last command.
    if ( "$__credenv_script:q" !~ *__credenv_check* ) then
        ''alias $1:q \'\''set __credenv_before = $status; __credenv_check; '\'\''set status = $__credenv_before >& /dev/null; '"$__credenv_script:q"
    endif
    ''unset __credenv_script
endif
''set status = $__credenv_status
