# credenv for Windows PowerShell 5.1 and PowerShell 7: a function in front of the binary, so that `credenv use` changes this
# shell, and a hook that follows the directory. Cmdlets are called with the name of their module, because functions and
# aliases may stand on their own.
$global:__credenv_exe = __CREDENV_EXE__
Microsoft.PowerShell.Management\Remove-Item -LiteralPath 'Alias:credenv' -Force -ErrorAction Ignore

# A parameter that takes all that is left lets options of credenv through. And only a function that is written like a cmdlet
# can end as a program does that failed, so that `credenv use X && deploy` does not deploy.
function global:credenv {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromRemainingArguments = $true)] [string[]] $__credenv_words,
        [Parameter(ValueFromPipeline = $true)] $__credenv_piped
    )
    begin {
        $lines = [System.Collections.ArrayList]::new()
    }
    process {
        if ($MyInvocation.ExpectingInput) { $null = $lines.Add($__credenv_piped) }
    }
    end {
        $words = @(__credenv_whole $MyInvocation $__credenv_words)
        $command = if ($words.Count -gt 0) { $words[0] } else { '' }
        # Should it not even start.
        $global:LASTEXITCODE = 127
        if ('use', 'off', 'auto' -ccontains $command) {
            $rest = @(if ($words.Count -gt 1) { $words[1..($words.Count - 1)] })
            $script = __credenv_capture { & $global:__credenv_exe $command --wrapper --shell powershell $rest }
            if ($global:LASTEXITCODE -eq 0 -and $script) { Microsoft.PowerShell.Utility\Invoke-Expression $script }
        } else {
            if ($command -ceq 'doctor') {
                # What only the shell itself can see: whether the last prompt has called us.
                $calls = if ($global:__credenv_called) { '__credenv_hook' } else { 'prompt' }
                $env:CREDENV_HOOK = "powershell:${global:__credenv_loaded}:$calls"
            }
            try {
                if ($MyInvocation.ExpectingInput) { $lines | & $global:__credenv_exe $words } else { & $global:__credenv_exe $words }
            } finally {
                if ($command -ceq 'doctor') {
                    Microsoft.PowerShell.Management\Remove-Item -LiteralPath 'Env:CREDENV_HOOK' -ErrorAction Ignore
                    $global:__credenv_called = $false
                }
            }
            if ($global:LASTEXITCODE -eq 0 -and 'allow', 'deny', 'link' -ccontains $command) { __credenv_hook }
        }
        if ($global:LASTEXITCODE -ne 0) {
            # Why, the program has said.
            $ErrorActionPreference = 'SilentlyContinue'
            $failure = [System.Exception]::new("credenv ended with status $global:LASTEXITCODE")
            $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new($failure, 'credenv', 'NotSpecified', $null))
        }
    }
}

# PowerShell takes the first `--` away from a function, and behind it stands the command of `exec`. So it is looked up in the
# line that was typed, from the end of that: there, a word is a word, unless it is a list that is spread out.
function global:__credenv_whole($invocation, $words) {
    if ($null -eq $words) { return }
    $line = "$($invocation.Line)"
    $column = [Math]::Max($invocation.OffsetInLine, 1) - 1
    if ($line.Length -gt $column -and $line.IndexOf('--', $column) -ge 0) {
        $tokens = $errors = $null
        $read = [System.Management.Automation.Language.Parser]::ParseInput($line.Substring($column), [ref]$tokens, [ref]$errors)
        $typed = $read.Find({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
        $texts = @(if ($typed) { foreach ($element in $typed.CommandElements) { $element.Extent.Text } })
        $at = [Array]::IndexOf($texts, '--')
        if ($at -gt 0) {
            $behind = @(if ($at + 1 -lt $texts.Count) { $texts[($at + 1)..($texts.Count - 1)] })
            $spread = @($behind -like '@*').Count -gt 0
            $place = if ($spread) { $at - 1 } else { $words.Count - $behind.Count }
            if ($place -ge 0 -and $place -le $words.Count) {
                if ($place -gt 0) { $words[0..($place - 1)] }
                '--'
                if ($place -lt $words.Count) { $words[$place..($words.Count - 1)] }
                return
            }
        }
    }
    $words
}

# What a program prints, as one text, whatever encoding the shell expects. Where there is no console, there is none to set.
function global:__credenv_capture($program) {
    $encoding = $null
    try {
        $encoding = [Console]::OutputEncoding
        [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)
    } catch { $encoding = $null }
    try {
        @(& $program) -join "`n"
    } finally {
        if ($encoding) { [Console]::OutputEncoding = $encoding }
    }
}

# The hook. `__credenv_check` is made anew each time the binary was asked, of nothing that starts a program, and tells
# whether asking again could bring anything new.
foreach ($__credenv_name in '__credenv_loaded', '__credenv_moved', 'LASTEXITCODE') {
    # Under strict mode, what was never set cannot be read.
    if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath "Variable:$__credenv_name")) {
        Microsoft.PowerShell.Utility\Set-Variable -Name $__credenv_name -Value $null -Scope Global
    }
}
$global:__credenv_memory = 'fresh'
$global:__credenv_failed = ''
$global:__credenv_called = $false
$global:__credenv_loaded = "$global:__credenv_loaded+"
function global:__credenv_check { $global:__credenv_memory -eq '' }
function global:__credenv_none($directories, $names) {
    foreach ($directory in $directories) {
        foreach ($name in $names) {
            $path = [IO.Path]::Combine($directory, $name)
            if ([IO.File]::Exists($path) -or [IO.Directory]::Exists($path)) { return $false }
        }
    }
    $true
}
function global:__credenv_hook {
    # The registry and the like are no place for projects.
    if ($PWD.Provider.Name -ne 'FileSystem') { return }
    $directory = $PWD.ProviderPath
    $status = $global:LASTEXITCODE
    try {
        if (__credenv_check) { return }
        if ([string]::Equals($directory, $global:__credenv_failed)) { return }
        if (-not [IO.File]::Exists($global:__credenv_exe)) { return }
        # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
        $global:__credenv_failed = $directory
        # An empty word would be lost on the way to the program.
        $script = __credenv_capture { & $global:__credenv_exe hook --shell powershell "$global:__credenv_memory," $directory }
        if ($global:LASTEXITCODE -eq 0) {
            $global:__credenv_failed = ''
            $null = Microsoft.PowerShell.Utility\Invoke-Expression $script
        }
    } catch {
        $null = $_
    } finally {
        $global:LASTEXITCODE = $status
    }
}

# The prompt of before stays, and sees how the person's last command ended. Loaded twice, ours is not put around itself.
function global:__credenv_around($prompt) {
    {
        $succeeded = $?
        __credenv_hook
        $global:__credenv_called = $true
        if (-not $succeeded) { Microsoft.PowerShell.Utility\Write-Error 'credenv' -ErrorAction Ignore }
        & $prompt
    }.GetNewClosure()
}
if ("$function:prompt" -notlike '*__credenv_hook*') {
    Microsoft.PowerShell.Management\Set-Item -LiteralPath 'Function:global:prompt' -Value (__credenv_around $function:prompt)
}
# PowerShell 7 tells of each change of the location as well, so that `cd project; deploy` sees the switch.
if ($PSVersionTable.PSVersion.Major -ge 7) {
    $__credenv_others = $ExecutionContext.SessionState.InvokeCommand.LocationChangedAction
    if ($null -eq $__credenv_others -or @($__credenv_others.GetInvocationList()) -notcontains $global:__credenv_moved) {
        $global:__credenv_moved = [EventHandler[System.Management.Automation.LocationChangedEventArgs]] { __credenv_hook }
        $ExecutionContext.SessionState.InvokeCommand.LocationChangedAction = [Delegate]::Combine($__credenv_others, $global:__credenv_moved)
    }
}
