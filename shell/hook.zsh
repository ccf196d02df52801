# credenv for zsh: a function in front of the binary, so that `credenv use` changes this shell, and a hook that follows the
# directory. Builtins are called with a backslash, because aliases may stand on their names; `function`, because zsh reads all of this before it runs
# `unalias`.
\unalias credenv 2>/dev/null || \builtin true
function credenv {
    case ${1-} in
        (use | off | auto) ;;
        (allow | deny | link)
            __CREDENV_EXE__ "$@" || \builtin return
            __credenv_check || __credenv_look
            \builtin return 0
            ;;
        (doctor)
            # What only the shell itself can see.
            CREDENV_HOOK="zsh:$__credenv_loaded:${precmd_functions[*]-}" __CREDENV_EXE__ "$@"
            \builtin return
            ;;
        (*)
            __CREDENV_EXE__ "$@"
            \builtin return
            ;;
    esac
    \builtin setopt local_options no_warn_create_global no_warn_nested_var 2>/dev/null
    \builtin local __credenv_script __credenv_status=0 __credenv_command="$1"
    \builtin shift
    __credenv_script=$(__CREDENV_EXE__ "$__credenv_command" --wrapper --shell zsh "$@") || __credenv_status=$?
    # In `eval "$(credenv use X)"` this is a subshell, and what it prints is for the shell around it.
    if [[ $ZSH_SUBSHELL -gt 0 && -p /dev/stdout ]]; then
        \builtin printf '%s\n' "$__credenv_script"
    fi
    if [[ $__credenv_status -ne 0 ]]; then
        \builtin return $__credenv_status
    fi
    \builtin eval "$__credenv_script"
}

# The hook. `__credenv_check` is made anew each time the binary was asked, of nothing but builtin tests, and tells
# whether asking again could bring anything new.
\builtin typeset -g __credenv_memory=fresh __credenv_failed= __credenv_loaded="${__credenv_loaded-}+"
function __credenv_check {
    [[ -z $__credenv_memory ]]
}
# Where the directory is the one that was noted, somebody changed a variable by which programs find who they are: then
# what a prompt shows of it follows, and nothing else. Whatever is wrong with that, it is not tried again before the next change.
function __credenv_differs {
    \builtin setopt local_options no_warn_create_global no_warn_nested_var 2>/dev/null
    \builtin local __credenv_script
    \test "$PWD" = "$1" || \builtin return 1
    __credenv_seen=$1$2
    [[ -x __CREDENV_EXE__ ]] || \builtin return 0
    if __credenv_script=$(__CREDENV_EXE__ hook --shell zsh prompt "$PWD"); then
        \builtin eval "$__credenv_script" || \builtin true
    fi
    \builtin return 0
}
function __credenv_look {
    \builtin setopt local_options no_warn_create_global no_warn_nested_var 2>/dev/null
    \builtin local __credenv_script
    [[ $PWD == "$__credenv_failed" ]] && \builtin return 0
    [[ -x __CREDENV_EXE__ ]] || \builtin return 0
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    __credenv_failed=$PWD
    if __credenv_script=$(__CREDENV_EXE__ hook --shell zsh "$__credenv_memory" "$PWD"); then
        __credenv_failed=
        \builtin eval "$__credenv_script" || \builtin true
    fi
}
function __credenv_prompt {
    __credenv_check || __credenv_look
}
# Not in `$(cd somewhere; …)`: what happens there is gone the moment after.
function __credenv_moved {
    [[ $ZSH_SUBSHELL -gt 0 ]] || __credenv_check || __credenv_look
}
\builtin typeset -ga precmd_functions chpwd_functions
precmd_functions=(__credenv_prompt ${precmd_functions[@]+"${precmd_functions[@]:#__credenv_prompt}"})
chpwd_functions=(__credenv_moved ${chpwd_functions[@]+"${chpwd_functions[@]:#__credenv_moved}"})
# The completion, loaded when it is first asked for, where completion is switched on at all.
if \builtin whence compdef >/dev/null; then
    function __credenv_complete {
        \builtin eval "$(__CREDENV_EXE__ completions zsh)"
        _credenv "$@"
    }
    compdef __credenv_complete credenv
fi
