# Prints what one prompt costs the shell where nothing changed, in nanoseconds: with an empty hook, and with credenv's.
# Run inside a project that is allowed.   usage: idle.bash CREDENV ROUNDS
# shellcheck shell=bash
eval "$("$1" init bash)"
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
rounds=$2
__credenv_prompt 2>/dev/null
__credenv_check || exit 1
for _ in 1 2 3 4 5; do
    echo "$(measure empty) $(measure __credenv_prompt)"
done | sort -n -k 2 | head -n 1
