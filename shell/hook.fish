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
set -gu __credenv_seen
set -gu __credenv_touched
set -gu __credenv_loaded "$__credenv_loaded+"
function __credenv_check --on-event fish_prompt --on-variable PWD
    builtin test -z "$__credenv_memory"; or __credenv_look
end
# The variables by which programs find who they are. When one was touched, the check fails; and when another hand than ours
# changed it, what a prompt shows of it follows, and nothing else. Of keys, only whether they are there is noted.
function __credenv_touch --on-variable AWS_PROFILE --on-variable AWS_DEFAULT_PROFILE --on-variable AWS_ACCESS_KEY_ID \
    --on-variable AWS_SECRET_ACCESS_KEY --on-variable AWS_WEB_IDENTITY_TOKEN_FILE --on-variable AWS_ROLE_ARN \
    --on-variable AWS_REGION --on-variable AWS_DEFAULT_REGION
    set -gu __credenv_touched +
end
function __credenv_see
    set -gu __credenv_seen
    for __credenv_name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
        set -qx $__credenv_name; and set -a __credenv_seen $__credenv_name
    end
    for __credenv_name in AWS_PROFILE AWS_DEFAULT_PROFILE AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_REGION AWS_DEFAULT_REGION
        set -qx $__credenv_name; and set -a __credenv_seen $__credenv_name=$$__credenv_name
    end
    set -gu __credenv_touched
    true
end
function __credenv_differs
    builtin test "$PWD" = "$argv[1]"; and set -q __credenv_touched[1]; or return
    set -l __credenv_before "$__credenv_seen"
    # Whatever is wrong with it, it is not tried again before the next change.
    __credenv_see
    if builtin test "$__credenv_before" != "$__credenv_seen" -a -x __CREDENV_EXE__
        set -l __credenv_script (__CREDENV_EXE__ hook --shell fish prompt "$PWD")
        builtin test $status -eq 0; and eval $__credenv_script
    end
    # The rest of what is looked at may have changed as well.
    __credenv_check
    true
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
