# credenv for fish: a function in front of the binary, so that `credenv use` changes this shell, and a hook that follows
# the directory.
function credenv --description 'switch the AWS environment of this shell'
    switch "$argv[1]"
        case use off auto
            set -l __credenv_script (__CREDENV_EXE__ $argv[1] --wrapper --shell fish $argv[2..-1])
            set -l __credenv_status $status
            # In `eval "$(credenv use X)"` what is printed is for the command around it.
            if status is-command-substitution
                builtin printf '%s\n' $__credenv_script
            end
            if builtin test $__credenv_status -ne 0
                return $__credenv_status
            end
            eval $__credenv_script
        case allow deny link
            __CREDENV_EXE__ $argv; or return
            __credenv_check
            true
        case doctor
            # What only the shell itself can see.
            set -l __credenv_script (builtin functions --handlers-type generic | builtin string join ' ')
            CREDENV_HOOK="fish:$__credenv_loaded:$__credenv_script" __CREDENV_EXE__ $argv
        case '*'
            __CREDENV_EXE__ $argv
    end
end

# The hook. `__credenv_check` is made anew each time the binary was asked, of nothing but builtin tests, and tells
# whether asking again could bring anything new.
set -gu __credenv_memory fresh
set -gu __credenv_failed
set -gu __credenv_loaded "$__credenv_loaded+"
function __credenv_check --on-event fish_prompt --on-variable PWD
    builtin test -z "$__credenv_memory"; or __credenv_look
end
function __credenv_look
    builtin test "$PWD" = "$__credenv_failed"; and return
    builtin test -x __CREDENV_EXE__; or return
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    set -gu __credenv_failed "$PWD"
    set -l __credenv_script (__CREDENV_EXE__ hook --shell fish "$__credenv_memory" "$PWD")
    if builtin test $status -eq 0
        set -gu __credenv_failed
        eval $__credenv_script
    end
end
