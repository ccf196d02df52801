# credenv for fish: a function in front of the binary, so that `credenv use` changes this shell.
function credenv --description 'switch the AWS environment of this shell'
    switch "$argv[1]"
        case use off auto
            set -l __credenv_script (__CREDENV_EXE__ $argv[1] --wrapper --shell fish $argv[2..-1])
            set -l __credenv_status $status
            # In `eval "$(credenv use X)"` what is printed is for the command around it.
            if status is-command-substitution
                printf '%s\n' $__credenv_script
            end
            if test $__credenv_status -ne 0
                return $__credenv_status
            end
            eval $__credenv_script
        case '*'
            __CREDENV_EXE__ $argv
    end
end
