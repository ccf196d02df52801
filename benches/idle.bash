# Prints what one prompt costs the shell where nothing changed, in nanoseconds: with an empty hook, and with that function.
# Run inside a project that is allowed.   usage: idle.bash ROUNDS FUNCTION COMMAND-THAT-PRINTS-THE-HOOK...
# shellcheck shell=bash
rounds=$1
hook=$2
shift 2
eval "$("$@")"
empty() {
    return 0
}
measure() {
    local from to at
    from=${EPOCHREALTIME/[.,]/}
    for ((at = 0; at < rounds; at++)); do
        "$1"
    done
    to=${EPOCHREALTIME/[.,]/}
    echo "$(((to - from) * 1000 / rounds))"
}
"$hook" 2>/dev/null
[[ $hook != __credenv_prompt ]] || __credenv_check || exit 1
for _ in 1 2 3 4 5; do
    echo "$(measure empty) $(measure "$hook")"
done | sort -n -k 2 | head -n 1
