# credenv for bash 3.2 and later: a function in front of the binary, so that `credenv use` changes this shell. Builtins
# are called with a backslash, because aliases may stand on their names.
\unalias credenv 2>/dev/null || \builtin true
function credenv {
    case ${1-} in
        use | off | auto) ;;
        *)
            __CREDENV_EXE__ "$@"
            \builtin return
            ;;
    esac
    \builtin local __credenv_script __credenv_status=0 __credenv_command="$1"
    \builtin shift
    __credenv_script=$(__CREDENV_EXE__ "$__credenv_command" --wrapper --shell bash "$@") || __credenv_status=$?
    # In `eval "$(credenv use X)"` this is a subshell, and what it prints is for the shell around it.
    if [[ $BASH_SUBSHELL -gt 0 && -p /dev/stdout ]]; then
        \builtin printf '%s\n' "$__credenv_script"
    fi
    if [[ $__credenv_status -ne 0 ]]; then
        \builtin return "$__credenv_status"
    fi
    \builtin eval "$__credenv_script"
}
