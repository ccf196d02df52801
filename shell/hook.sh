# credenv for POSIX shells (dash, busybox ash, posh): a function in front of the binary, so that `credenv use` changes
# this shell. These shells need not have `local`, so the names are cleared instead. Builtins are called with a
# backslash, because aliases may stand on their names.
\unalias credenv 2>/dev/null || :
credenv() {
    case ${1-} in
        use | off | auto) ;;
        *)
            __CREDENV_EXE__ "$@"
            \return
            ;;
    esac
    __credenv_command="$1"
    \shift
    __credenv_status=0
    __credenv_script=$(__CREDENV_EXE__ "$__credenv_command" --wrapper --shell sh "$@") || __credenv_status=$?
    # In `eval "$(credenv use X)"` this is a subshell, and what it prints is for the shell around it. Nothing tells a
    # subshell here but the parent of a process started in it.
    # shellcheck disable=SC2016 # it is for the inner shell
    if [ -p /dev/stdout ] && [ "$(\exec /bin/sh -c 'echo "$PPID"')" -ne "$$" ]; then
        \printf '%s\n' "$__credenv_script"
    fi
    \set -- "$__credenv_status" "$__credenv_script"
    \unset -v __credenv_command __credenv_script __credenv_status
    if [ "$1" -ne 0 ]; then
        \return "$1"
    fi
    \eval "$2"
}
