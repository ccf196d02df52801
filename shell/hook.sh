# credenv for POSIX shells (dash, busybox ash, posh): a function in front of the binary, so that `credenv use` changes
# this shell, and a hook that follows the directory. These shells need not have `local`, so the names are cleared instead. Builtins are called with a
# backslash, because aliases may stand on their names.
\unalias credenv 2>/dev/null || :
credenv() {
    case ${1-} in
        use | off | auto) ;;
        allow | deny | link)
            __CREDENV_EXE__ "$@" || \return
            __credenv_moved
            \return 0
            ;;
        doctor)
            # What only the shell itself can see: whether a `cd` still calls us.
            CREDENV_HOOK="sh:$__credenv_loaded:$(
                __credenv_moved() { \echo __credenv_moved; }
                \cd . 2>/dev/null
            )" __CREDENV_EXE__ "$@"
            \return
            ;;
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
    if \test -p /dev/stdout && \test "$(\exec /bin/sh -c 'echo "$PPID"')" -ne "$$"; then
        \printf '%s\n' "$__credenv_script"
    fi
    \set -- "$__credenv_status" "$__credenv_script"
    \unset -v __credenv_command __credenv_script __credenv_status
    if \test "$1" -ne 0; then
        \return "$1"
    fi
    \eval "$2"
}

# The hook. These shells have no place for one but `cd`. `__credenv_check` is made anew each time the binary was asked,
# of nothing but builtin tests, and tells whether asking again could bring anything new.
__credenv_memory=fresh
__credenv_failed=
__credenv_loaded=${__credenv_loaded-}+
__credenv_check() {
    \test -z "$__credenv_memory"
}
# Where the directory is the one that was noted, somebody changed a variable by which programs find who they are: then
# what a prompt shows of it follows, and nothing else. Whatever is wrong with that, it is not tried again before the next change.
__credenv_differs() {
    \test "$PWD" = "$1" || \return 1
    __credenv_seen=$1$2
    \test -x __CREDENV_EXE__ || \return 0
    if __credenv_script=$(__CREDENV_EXE__ hook --shell sh prompt "$PWD"); then
        \eval "\unset -v __credenv_script; $__credenv_script" || :
    fi
}
__credenv_look() {
    \test "$PWD" = "$__credenv_failed" && \return 0
    \test -x __CREDENV_EXE__ || \return 0
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    __credenv_failed=$PWD
    if __credenv_script=$(__CREDENV_EXE__ hook --shell sh "$__credenv_memory" "$PWD"); then
        __credenv_failed=
        \eval "\unset -v __credenv_script; $__credenv_script" || :
    fi
}
__credenv_moved() {
    __credenv_check || __credenv_look
}
# An alias `cd` stays, but may not come between while the function is read. A function `cd` of the person's own stays as
# well, because it could not be called from ours: it can call `__credenv_moved` at its end.
__credenv_alias=
! \alias cd >/dev/null 2>&1 || __credenv_alias=$(\alias cd)
\unalias cd 2>/dev/null || :
# The answer comes through a pipe of the shell's own, where it may be opened for writing too: a subshell for it would be
# a tenth of what starting dash costs.
{ \command -V cd >/dev/fd/9 && \read -r __credenv_cd <&9; } 2>/dev/null 9<<END || __credenv_cd=$(\command -V cd 2>/dev/null)
END
case $__credenv_cd in
    *function*) ;;
    *)
        cd() {
            \command cd "$@" || \return
            __credenv_moved
        }
        ;;
esac
\test -z "$__credenv_alias" || \eval "\alias ${__credenv_alias#alias }"
\unset -v __credenv_alias __credenv_cd
