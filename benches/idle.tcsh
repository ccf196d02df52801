# Prints what one prompt costs tcsh where nothing changed, in nanoseconds: with an empty hook, and with credenv's. Run inside
# a project that is allowed.   usage: idle.tcsh ROUNDS CREDENV
eval "`$2:q init tcsh`"
alias empty :
__credenv_check
# Until the second is over in which the files were written, it looks more closely.
sleep 1.1
__credenv_check
set least = ()
foreach turn (1 2 3 4 5)
    set times = `date +%s%N`
    @ at = 0
    while ($at < $1)
        empty
        @ at++
    end
    set times = ($times `date +%s%N`)
    @ at = 0
    while ($at < $1)
        __credenv_check
        @ at++
    end
    set times = ($times `date +%s%N`)
    @ empty = ($times[2] - $times[1]) / $1
    @ ours = ($times[3] - $times[2]) / $1
    if ($#least == 0) set least = ($empty $ours)
    if ($ours < $least[2]) set least = ($empty $ours)
end
echo $least
