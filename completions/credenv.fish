# Completion for credenv in fish. credenv tells what could stand at the cursor; fish chooses among it, and quotes it.

# fish keeps what it is told twice, and would ask twice: a package brings this file, and the line of `init` brings it again.
builtin functions --query __credenv_candidates
or complete --command credenv --no-files --keep-order --arguments '(__credenv_candidates)'

function __credenv_candidates
    set -l words (commandline --current-process --cut-at-cursor --tokenize)
    set -l typed (commandline --current-token --cut-at-cursor)
    set -l found (credenv __complete --all (count $words) $words "$typed" 2>/dev/null)
    switch "$found[1]"
        case \tfiles
            __fish_complete_path "$typed"
        case \t'command *'
            set -l first (math (string replace \t'command ' '' -- $found[1]) + 1)
            set -l rest (string escape -- $words[$first..-1]) "$typed"
            complete --do-complete "$rest"
        case '*'
            builtin printf '%s\n' $found
    end
end
