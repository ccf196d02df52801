# credenv for ksh93: a function in front of the binary, so that `credenv use` changes this shell, and a hook that follows the
# directory. Only in a function that is defined with `function` are the names of `typeset` local. Builtins are called with a backslash, because
# aliases may stand on their names.
\unalias credenv 2>/dev/null || :
function credenv {
    case ${1-} in
        use | off | auto) ;;
        allow | deny | link)
            __CREDENV_EXE__ "$@" || \return
            __credenv_check || __credenv_look
            \return 0
            ;;
        doctor)
            # What only the shell itself can see.
            CREDENV_HOOK="ksh:$__credenv_loaded:${PS1-}" __CREDENV_EXE__ "$@"
            \return
            ;;
        *)
            __CREDENV_EXE__ "$@"
            \return
            ;;
    esac
    \typeset __credenv_script __credenv_status=0 __credenv_command="$1"
    \shift
    __credenv_script=$(__CREDENV_EXE__ "$__credenv_command" --wrapper --shell ksh "$@") || __credenv_status="$?"
    # In `eval "$(credenv use X)"` this is a subshell, and what it prints is for the shell around it. ksh93 makes no
    # process for it, so there is no pipe to see.
    # shellcheck disable=SC2154,SC2296 # ksh93 sets it
    if ((.sh.subshell > 0)) && [[ ! -t 1 ]]; then
        \printf '%s\n' "$__credenv_script"
    fi
    if ((__credenv_status != 0)); then
        \return "$__credenv_status"
    fi
    \eval "$__credenv_script"
}

# The hook. `__credenv_check` is made anew each time the binary was asked, of nothing but builtin tests, and tells
# whether asking again could bring anything new.
__credenv_memory=fresh
__credenv_failed=
__credenv_loaded=${__credenv_loaded-}+
function __credenv_check {
    [[ -z $__credenv_memory ]]
}
# Where the directory is the one that was noted, somebody changed a variable by which programs find who they are: then
# what a prompt shows of it follows, and nothing else. Whatever is wrong with that, it is not tried again before the next change.
function __credenv_differs {
    \typeset __credenv_script
    \test "$PWD" = "$1" || \return 1
    __credenv_seen=$1$2
    [[ -x __CREDENV_EXE__ ]] || \return 0
    if __credenv_script=$(__CREDENV_EXE__ hook --shell ksh prompt "$PWD"); then
        \eval "$__credenv_script" || :
    fi
    \return 0
}
function __credenv_look {
    \typeset __credenv_script
    [[ $PWD == "$__credenv_failed" ]] && \return 0
    [[ -x __CREDENV_EXE__ ]] || \return 0
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    __credenv_failed=$PWD
    if __credenv_script=$(__CREDENV_EXE__ hook --shell ksh "$__credenv_memory" "$PWD"); then
        __credenv_failed=
        \eval "$__credenv_script" || :
    fi
}
# The shell itself gives back the status of the person's command; to return one above 256, that of a signal, would have
# ksh93 send the signal to itself, for ever.
function __credenv_prompt {
    __credenv_check || __credenv_look
    \return 0
}
# A function called in the prompt runs in this shell, without a process.
if [[ ${PS1-} != *__credenv_prompt* ]]; then
    # shellcheck disable=SC2016 # it is for the prompt
    PS1='${ __credenv_prompt;}'${PS1-'$ '}
fi
