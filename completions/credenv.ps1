# Completion for credenv in PowerShell. credenv tells what could stand at the cursor, and what is chosen is quoted again. Where
# it offers nothing, PowerShell completes the names of files.

Register-ArgumentCompleter -Native -CommandName credenv -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @(
        foreach ($element in $commandAst.CommandElements) {
            if ($element.Extent.EndOffset -ge $cursorPosition) { break }
            $literal = $element -is [System.Management.Automation.Language.StringConstantExpressionAst]
            if ($literal) { $element.Value } else { $element.Extent.Text }
        }
    )
    $index = $words.Count
    # Older versions hand on no empty word; credenv knows by the index that it would stand there.
    $typed = $wordToComplete -replace '^["'']', '' -replace '["'']$', ''
    if ($typed) { $words += $typed }

    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)
        $program = Get-Command -Name credenv -CommandType Application -ErrorAction Stop | Select-Object -First 1
        # In quotes: PowerShell expands a `*` and a `~` in what it is handed otherwise.
        $quoted = foreach ($word in $words) {
            "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($word) + "'"
        }
        $lines = & ([scriptblock]::Create('& $program __complete $index ' + ($quoted -join ' '))) 2>$null
    } catch {
        $lines = @()
    } finally {
        [Console]::OutputEncoding = $encoding
    }
    foreach ($line in $lines) {
        $value, $description = $line -split "`t", 2
        if (-not $value) { continue }
        if (-not $description) { $description = $value }
        $word = $value
        if ($value -notmatch '^[\w./:+=-]+$') {
            # This doubles the typographic quotes as well, which end a string, too.
            $word = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value) + "'"
        }
        [System.Management.Automation.CompletionResult]::new($word, $value, 'ParameterValue', $description)
    }
}
