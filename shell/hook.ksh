# credenv for ksh93: a function in front of the binary, so that `credenv use` changes this shell. Only in a function
# that is defined with `function` are the names of `typeset` local. Builtins are called with a backslash, because
# aliases may stand on their names.
\unalias credenv 2>/dev/null || :
function credenv {
    case ${1-} in
        use | off | auto) ;;
        *)
            __CREDENV_EXE__ "$@"
            \return
            ;;
    esac
    \typeset __credenv_script __credenv_status=0 __credenv_command="$1"
    \shift
    __credenv_script=$(__CREDENV_EXE__ "$__credenv_command" --wrapper --shell ksh "$@") || __credenv_status=$?
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
