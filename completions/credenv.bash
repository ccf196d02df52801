# Completion for credenv in bash 3.2 and later. The line is taken apart here, credenv tells what could stand at the cursor,
# and what is put there is quoted again. Nothing that was typed, and nothing that is offered, is ever evaluated.

# Takes a line apart: `__credenv_words`, in `__credenv_open` the quote that is open at its end, in `__credenv_raw` the
# last word as it was typed.
function __credenv_split {
    local line=$1 char word='' begun='' start=0 at
    __credenv_words=() __credenv_open=
    for ((at = 0; at < ${#line}; at++)); do
        char=${line:at:1}
        if [[ $char == "$__credenv_open" ]]; then
            __credenv_open=
        elif [[ $char == \\ && $__credenv_open != \' ]]; then
            at=$((at + 1))
            # Between double quotes, a backslash before most characters is a character itself.
            [[ -z $__credenv_open || ${line:at:1} == [\"\$\`\\] ]] || word+=\\
            word+=${line:at:1} begun=1
        elif [[ -n $__credenv_open ]]; then
            word+=$char
        elif [[ $char == [\'\"] ]]; then
            __credenv_open=$char begun=1
        elif [[ $char == [[:space:]] ]]; then
            [[ -z $begun ]] || __credenv_words+=("$word")
            word='' begun='' start=$((at + 1))
        else
            word+=$char begun=1
        fi
    done
    __credenv_words+=("$word")
    __credenv_raw=${line:start}
}

# Quotes the rest of a word for the place where it is put.
function __credenv_quote {
    local rest=$1
    case $__credenv_open in
        \') __credenv_quoted=${rest//\'/\'\\\'\'} ;;
        \")
            rest=${rest//\\/\\\\}
            rest=${rest//\"/\\\"}
            rest=${rest//\$/\\\$}
            rest=${rest//\`/\\\`}
            # Between double quotes nothing else keeps it from calling up a command of the past.
            __credenv_quoted=${rest//!/\"\'!\'\"}
            ;;
        *)
            printf -v __credenv_quoted %q "$rest"
            # Older versions leave it as it is, and no other has its home there.
            [[ $rest != \~* || $__credenv_quoted != \~* ]] || __credenv_quoted=\\$__credenv_quoted
            ;;
    esac
    [[ -n $rest ]] || __credenv_quoted=
}

# Hands the line over from the word behind `--` on.
function __credenv_command {
    local at=0 found
    while [[ $at -lt $COMP_CWORD && ${COMP_WORDS[at]} != -- ]]; do at=$((at + 1)); done
    at=$((at + 1))
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$at"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$at"
    elif [[ $at -eq $COMP_CWORD ]]; then
        while IFS= read -r found; do COMPREPLY+=("$found"); done <<<"$(compgen -c -- "$1")"
    else
        compopt -o bashdefault -o default 2>/dev/null
    fi
}

function _credenv {
    local IFS=$' \t\n' LC_COLLATE=C
    local __credenv_words __credenv_open __credenv_raw __credenv_quoted
    local typed kept found line value common width=0 values=() told=() at
    COMPREPLY=()
    __credenv_split "${COMP_LINE:0:COMP_POINT}"
    typed=${__credenv_words[${#__credenv_words[@]} - 1]}
    found=$(credenv __complete "$((${#__credenv_words[@]} - 1))" "${__credenv_words[@]}" 2>/dev/null) || return 0
    while IFS= read -r line; do
        value=${line%%$'\t'*}
        if [[ -n $value ]]; then
            values+=("$value")
            told+=("${line:${#value}+1}")
            [[ ${#value} -le $width ]] || width=${#value}
            common=${common-$value}
            while [[ ${value:0:${#common}} != "$common" ]]; do common=${common%?}; done
        elif [[ $line == $'\t'files ]]; then
            compopt -o bashdefault -o default 2>/dev/null
        elif [[ $line == $'\t'command* ]]; then
            __credenv_command "$2"
            return
        fi
    done <<<"$found"
    [[ ${#values[@]} -gt 0 ]] || return 0

    # readline puts a candidate in the place of what it takes for the word, `$2`: that begins behind an open quote, a `:` or
    # a `=`. What stands before is kept.
    kept=${__credenv_raw%"$2"}
    __credenv_split "$kept"
    kept=${__credenv_words[${#__credenv_words[@]} - 1]}
    __credenv_quote "${common#"$kept"}"
    if [[ ${#values[@]} -eq 1 ]]; then
        COMPREPLY=("$__credenv_quoted")
        return
    fi
    case ${COMP_TYPE-} in
        37 | 42)
            # One after the other, or all at once: each must be a word.
            for value in "${values[@]}"; do
                __credenv_quote "${value#"$kept"}"
                COMPREPLY+=("$__credenv_quoted")
            done
            return
            ;;
    esac
    # What all of them begin with is put there first. readline would work it out from quoted words, and cut one in two.
    if [[ $common != "$typed" && $__credenv_open$__credenv_quoted != "${common#"$kept"}" ]]; then
        # Two words, so that readline takes it for a part of one, and goes no further than they agree.
        COMPREPLY=("$__credenv_quoted" "$__credenv_quoted ")
        return
    fi
    for ((at = 0; at < ${#values[@]}; at++)); do
        value=${values[at]#"$kept"}
        case ${COMP_TYPE-}${told[at]} in
            33?* | 63?* | 64?*)
                # Only a list is read by a person.
                printf -v value "%-$((width - ${#kept}))s  %s" "$value" "${told[at]}"
                [[ ${COLUMNS:-0} -le 2 ]] || value=${value:0:$((COLUMNS - 2))}
                ;;
        esac
        COMPREPLY+=("$value")
    done
    # Where what was typed is quoted, nothing that is listed may take its place.
    [[ $2 == "${typed#"$kept"}" ]] || COMPREPLY+=(' ')
}

complete -F _credenv credenv
