# credenv for tcsh 6.18 and later: an alias in front of the binary, so that `credenv use` changes this shell, and a hook that
# follows the directory. tcsh has no functions, so this file stands in for them: it is sourced, and its first argument
# tells what for. Two quotes stand before the name of a builtin, because aliases may stand on it.

# What is evaluated is one line: there a newline can only come from a variable.
''set __credenv_newline = '\
'

if ( "$1:q" == load ) then
    ''set __credenv_exe = __CREDENV_EXE__
    if ( ! $?__credenv_loaded ) ''set __credenv_loaded = ''
    ''set __credenv_loaded = "${__credenv_loaded}+"
    ''set __credenv_status = 0
    ''alias credenv \'\''source $__credenv_file:q run'

    # The hook. __credenv_check is made anew each time the binary was asked: it looks with nothing but builtin tests whether
    # asking again could bring anything new.
    ''set __credenv_memory = fresh
    ''set __credenv_failed = ''
    ''alias __credenv_check \'\''source $__credenv_file:q look'
    # Scripts read the start-up file as well, and a cd of theirs is their own business.
    if ( $?prompt ) then
        # What is there already is kept. To read it takes a process, to ask whether it is there does not.
        ''which cwdcmd >& /dev/null
        if ( $status == 0 ) then
            ''set __credenv_script = "`''alias cwdcmd`"
            if ( "$__credenv_script:q" !~ *__credenv_check* ) then
                ''alias cwdcmd '__credenv_check; '"$__credenv_script:q"
            endif
        else
            ''alias cwdcmd __credenv_check
        endif
        ''which precmd >& /dev/null
        if ( $status == 0 ) then
            ''set __credenv_script = "`''alias precmd`"
            if ( "$__credenv_script:q" !~ *__credenv_check* ) then
                # It is to find the status of the last command.
                ''alias precmd \'\''set __credenv_status = $status; __credenv_check; '\'\''set status = $__credenv_status; '"$__credenv_script:q"
            endif
        else
            ''alias precmd __credenv_check
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

else if ( "$cwd:q" != "$__credenv_failed:q" && -x $__credenv_exe:q ) then
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    ''set __credenv_failed = $cwd:q
    ''set __credenv_script = "`"'$__credenv_exe:q hook --shell tcsh "$__credenv_memory:q" $cwd:q'"`"
    if ( $status == 0 ) then
        ''set __credenv_failed = ''
        ''eval $__credenv_script:q
    endif
    ''unset __credenv_script
endif
''set status = $__credenv_status
