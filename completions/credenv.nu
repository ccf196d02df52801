# Completion for credenv in nushell. credenv tells what could stand at the cursor, and what is chosen is quoted again. What
# completed other commands before goes on to do so.

# The word that was typed, without its quotes.
def "credenv-completion unquoted" []: string -> string {
    let typed = $in
    if $typed !~ "^[\"'`]" { return $typed }
    let quote = $typed | str substring 0..0
    let inner = $typed | str substring 1.. | str trim --right --char $quote
    if $quote == '"' { $inner | str replace --all '\"' '"' | str replace --all '\\' '\' } else { $inner }
}

let credenv_completer_before = $env.config.completions?.external?.completer?
$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|spans: list<string>|
    let before = {|spans| if $credenv_completer_before != null { do $credenv_completer_before $spans } }
    if ($spans | first) != credenv { return (do $before $spans) }
    let words = $spans | each { credenv-completion unquoted }
    let told = try { ^credenv __complete (($words | length) - 1) ...$words | complete | get stdout } catch { '' }
    let found = $told | lines | parse --regex '^(?<value>[^\t]*)\t?(?<description>.*)$'
    let asked = $found | where value == '' | get description | append '' | first
    if $asked == files {
        null
    } else if ($asked | str starts-with 'command ') {
        do $before ($spans | skip ($asked | str replace 'command ' '' | into int))
    } else {
        $found | update value {|it|
            # The blank goes on to the next word, which nushell leaves to the one who completes.
            (if $it.value =~ '^[\w./:@%+,=-]+$' { $it.value } else { $it.value | to json --raw }) + ' '
        }
    }
}
