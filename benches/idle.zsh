# Prints what one prompt costs the shell where nothing changed, in nanoseconds: with an empty hook, and with credenv's.
# Run inside a project that is allowed.   usage: idle.zsh ROUNDS CREDENV
zmodload zsh/datetime
eval "$("$2" init zsh)"
function empty {
    return 0
}
function measure {
    local -F from
    from=$EPOCHREALTIME
    repeat $rounds $1
    printf '%d\n' $(((EPOCHREALTIME - from) * 1e9 / rounds))
}
rounds=$1
__credenv_prompt 2>/dev/null
__credenv_check || exit 1
for _ in 1 2 3 4 5; do
    echo "$(measure empty) $(measure __credenv_prompt)"
done | sort -n -k 2 | head -n 1
