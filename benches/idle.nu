# Prints what one prompt costs nushell where nothing changed, in nanoseconds: with an empty hook, and with credenv's. Run inside
# a project that is allowed, behind what `credenv init nu` prints.   usage: ... ROUNDS
def --env main [rounds: int] {
    __credenv_prompt
    let turns = 1..5 | each {
        let empty = timeit { for _ in 1..$rounds { null } }
        let ours = timeit { for _ in 1..$rounds { __credenv_prompt } }
        { empty: (($empty | into int) // $rounds), ours: (($ours | into int) // $rounds) }
    }
    let least = $turns | sort-by ours | first
    print $"($least.empty) ($least.ours)"
}
