# Prints what one prompt costs the shell where nothing changed, in nanoseconds: with an empty hook, and with credenv's.
# Run inside a project that is allowed.   usage: idle.fish ROUNDS CREDENV
$argv[2] init fish | source
set rounds $argv[1]
function empty
    return 0
end
function measure
    set from (date +%s%N)
    for at in (seq $rounds)
        $argv[1]
    end
    set to (date +%s%N)
    math "floor(($to - $from) / $rounds)"
end
__credenv_check 2>/dev/null
__credenv_check; or exit 1
for at in 1 2 3 4 5
    echo (measure empty) (measure __credenv_check)
end | sort -n -k 2 | head -n 1
