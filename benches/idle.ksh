# Prints what one prompt costs ksh93, mksh or yash where nothing changed, in nanoseconds: with an empty hook, and with
# credenv's. Run inside a project that is allowed.   usage: idle.ksh ROUNDS CREDENV SHELL
rounds=$1
eval "$("$2" init "$3")"
empty() {
    return 0
}
# The numbers are too large for some shells to count with.
measure() {
    from=$(date +%s%N)
    at=0
    while [ "$at" -lt "$rounds" ]; do
        "$1"
        at=$((at + 1))
    done
    echo "$from $(date +%s%N) $rounds"
}
__credenv_prompt 2>/dev/null
# Until the second is over in which the files were written, some look more closely.
sleep 1.1
__credenv_prompt 2>/dev/null
for _ in 1 2 3 4 5; do
    echo "$(measure empty) $(measure __credenv_prompt)"
done | awk '{ printf "%d %d\n", ($2 - $1) / $3, ($5 - $4) / $6 }' | sort -n -k 2 | head -n 1
