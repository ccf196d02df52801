# credenv for POSIX shells (dash, busybox ash, posh): a function in front of the binary, so that `credenv use` changes
# this shell. These shells need not have `local`, so the names are cleared instead.
credenv() {
    case ${1-} in
        use | off | auto) ;;
        *)
            __CREDENV_EXE__ "$@"
            return
            ;;
    esac
    __credenv_command=$1
    shift
    if __credenv_script=$(__CREDENV_EXE__ "$__credenv_command" --wrapper --shell sh "$@"); then
        set -- "$__credenv_script"
        unset -v __credenv_command __credenv_script
        eval "$1"
    else
        set -- "$?"
        unset -v __credenv_command __credenv_script
        return "$1"
    fi
}
