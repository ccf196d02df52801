# credenv for bash 3.2 and later: a function in front of the binary, so that `credenv use` changes this shell, and a hook
# that follows the directory. Builtins are called with a backslash, because aliases may stand on their names.
\unalias credenv 2>/dev/null || \builtin true
function credenv {
    case ${1-} in
        use | off | auto) ;;
        allow | deny | link)
            __CREDENV_EXE__ "$@" || \builtin return
            __credenv_check || __credenv_look
            \builtin return 0
            ;;
        doctor)
            # What only the shell itself can see.
            CREDENV_HOOK="bash:$__credenv_loaded:${PROMPT_COMMAND[*]-} ${__vsc_original_prompt_command[*]-}" __CREDENV_EXE__ "$@"
            \builtin return
            ;;
        *)
            __CREDENV_EXE__ "$@"
            \builtin return
            ;;
    esac
    \builtin local __credenv_script __credenv_status=0 __credenv_command="$1"
    \builtin shift
    __credenv_script=$(__CREDENV_EXE__ "$__credenv_command" --wrapper --shell bash "$@") || __credenv_status="$?"
    # In `eval "$(credenv use X)"` this is a subshell, and what it prints is for the shell around it.
    if [[ $BASH_SUBSHELL -gt 0 && -p /dev/stdout ]]; then
        \builtin printf '%s\n' "$__credenv_script"
    fi
    if [[ $__credenv_status -ne 0 ]]; then
        \builtin return "$__credenv_status"
    fi
    \builtin eval "$__credenv_script"
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
    \builtin local __credenv_script
    \test "$PWD" = "$1" || \builtin return 1
    __credenv_seen=$1$2
    [[ -x __CREDENV_EXE__ ]] || \builtin return 0
    if __credenv_script=$(__CREDENV_EXE__ hook --shell bash prompt "$PWD"); then
        \builtin eval "$__credenv_script" || \builtin true
    fi
    \builtin return 0
}
function __credenv_look {
    \builtin local __credenv_script
    [[ $PWD == "$__credenv_failed" ]] && \builtin return 0
    [[ -x __CREDENV_EXE__ ]] || \builtin return 0
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    __credenv_failed=$PWD
    if __credenv_script=$(__CREDENV_EXE__ hook --shell bash "$__credenv_memory" "$PWD"); then
        __credenv_failed=
        \builtin eval "$__credenv_script" || \builtin true
    fi
}
function __credenv_prompt {
    \builtin local __credenv_status="$?"
    __credenv_check || __credenv_look
    # Alone in its element, it need not hand the status on, and would set off the person's ERR trap once more. Under
    # `set -e`, a status other than 0 would end the shell.
    [[ ${PROMPT_COMMAND-} == __credenv_prompt || $- == *e* ]] && \builtin return 0
    \builtin return "$__credenv_status"
}
if [[ ${PROMPT_COMMAND[*]-} != *__credenv_prompt* ]]; then
    # As elements of an array, each command sees the status of the person's last one, and no stray `;` can come between
    # them; and an array is not handed on to a shell that does not have the function.
    if ((BASH_VERSINFO[0] > 5 || BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1)); then
        PROMPT_COMMAND=(__credenv_prompt ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"})
    else
        # shellcheck disable=SC2128,SC2178 # here it is a string
        PROMPT_COMMAND="__credenv_prompt${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
    fi
fi
# The completion, loaded when it is first asked for: with status 124 bash asks again.
function __credenv_complete {
    \builtin eval "$(__CREDENV_EXE__ completions bash)" && \builtin return 124
}
\builtin complete -F __credenv_complete credenv 2>/dev/null || \builtin true
# Under `set -a`, bash exports functions as well.
\builtin export -n __credenv_memory __credenv_failed __credenv_loaded
\builtin export -nf credenv __credenv_check __credenv_differs __credenv_look __credenv_prompt __credenv_complete
