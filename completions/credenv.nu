# Completion for credenv in nushell. credenv tells what could stand at the cursor, and what is chosen is quoted again. What
# completed other commands before goes on to do so. Commands of nushell itself stand behind a `%`, because others may bear
# their names.

# The word that was typed, without its quotes.
def "credenv-completion unquoted" []: string -> string {
    let typed = $in
    if $typed !~ "^[\"'`]" { return $typed }
    let quote = $typed | %str substring 0..0
    let inner = $typed | %str substring 1.. | %str trim --right --char $quote
    if $quote == '"' { $inner | %str replace --all '\"' '"' | %str replace --all '\\' '\' } else { $inner }
}

# What could stand where the last of these words stands.
def "credenv-completion candidates" [spans: list<string>, before: any] {
    let before = if $before == null { {|spans| null } } else { $before }
    if $spans.0 != credenv { return (%do $before $spans) }
    let words = $spans | %each { credenv-completion unquoted }
    let told = try { ^credenv __complete (($words | %length) - 1) ...$words | %complete | %get stdout } catch { '' }
    let found = $told | %lines | %parse --regex '^(?<value>[^\t]*)\t?(?<description>.*)$'
    let asked = $found | where value == '' | %get description | %append '' | %first
    if $asked == files { return null }
    let rest = $asked | %parse 'command {from}' | %get from.0?
    if $rest != null { return (%do $before ($spans | %skip ($rest | %into int))) }
    # The blank goes on to the next word, which nushell leaves to the one who completes.
    $found | %update value {|it|
        (if $it.value =~ '^[\w./:@%+,=-]+$' { $it.value } else { $it.value | %to json --raw }) + ' '
    }
}

let credenv_completer_before = $env.config.completions?.external?.completer?
let credenv_completer = {|spans| credenv-completion candidates $spans $credenv_completer_before }
$env.config.completions.external = (
    $env.config.completions.external | %merge { enable: true, completer: $credenv_completer }
)
