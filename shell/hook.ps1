# credenv for Windows PowerShell 5.1 and PowerShell 7: a function in front of the binary, so that `credenv use` changes this
# shell, and a hook that follows the directory. Cmdlets are called with the name of their module, because functions and
# aliases may stand on their own, and where they could ask or tell of what they do, they are told not to.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Microsoft.PowerShell.Utility\Write-Warning 'credenv is not loaded: in this mode, PowerShell may not look at files'
    return
}
$global:__credenv_exe = __CREDENV_EXE__
# To load the module of a cmdlet takes longer than all that is here, so it is asked for only where there is something to do.
if ($null -ne $alias:credenv) {
    Microsoft.PowerShell.Management\Remove-Item -LiteralPath 'Alias:credenv' -Force -ErrorAction Ignore -WhatIf:$false -Confirm:$false -Verbose:$false
}

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
        # Whoever has programs that fail count as errors gets one error, and not one more from the call in here.
        $counts = $ExecutionContext.SessionState.PSVariable.GetValue('PSNativeCommandUseErrorActionPreference')
        $PSNativeCommandUseErrorActionPreference = $false
        if ('use', 'off', 'auto' -ccontains $command) {
            $rest = @(if ($words.Count -gt 1) { $words[1..($words.Count - 1)] })
            $script = __credenv_capture (__credenv_call (@($command, '--wrapper', '--shell', 'powershell') + $rest) -Exact)
            if ($global:LASTEXITCODE -eq 0 -and $script) { Microsoft.PowerShell.Utility\Invoke-Expression $script }
            if ($MyInvocation.PipelinePosition -lt $MyInvocation.PipelineLength) {
                # `Invoke-Expression` may wait there, and takes no nothing.
                if ($global:LASTEXITCODE -eq 0) { '#' } else { "throw 'credenv: nothing was changed'" }
            }
        } else {
            if ($command -ceq 'doctor') {
                # What only the shell itself can see: whether the prompt before this line has called us, if there was one.
                $called = $global:__credenv_called -in $null, $MyInvocation.HistoryId
                $calls = if ($called) { '__credenv_hook' } else { 'prompt' }
                $before = $env:CREDENV_HOOK
                $env:CREDENV_HOOK = "powershell:${global:__credenv_loaded}:$calls"
            }
            try {
                $call = __credenv_call $words -Piped:$MyInvocation.ExpectingInput
                if ($MyInvocation.ExpectingInput) { $lines | & $call } else { & $call }
            } finally {
                if ($command -ceq 'doctor') {
                    if ($null -eq $before) { $before = [NullString]::Value }
                    [Environment]::SetEnvironmentVariable('CREDENV_HOOK', $before)
                }
            }
            if ($global:LASTEXITCODE -eq 0 -and 'allow', 'deny', 'link' -ccontains $command) { __credenv_hook }
        }
        if ($global:LASTEXITCODE -ne 0) {
            # Why, the program has said.
            if (-not $counts) { $ErrorActionPreference = 'SilentlyContinue' }
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

# A call of the binary with these words, in quotes: PowerShell expands a `*` and a `~` in what it is handed otherwise, also in
# what was quoted once. Before 7.3 it takes away empty words, and quotes inside of a word. The words of `exec` are left what
# it makes of them for every other program; those that are ours arrive as they are.
function global:__credenv_call($words, [switch] $Exact, [switch] $Piped) {
    $version = $PSVersionTable.PSVersion
    $before = $version.Major -lt 7 -or ($version.Major -eq 7 -and $version.Minor -lt 3)
    $legacy = $before -or "$($ExecutionContext.SessionState.PSVariable.GetValue('PSNativeCommandArgumentPassing'))" -eq 'Legacy'
    $quoted = foreach ($word in $words) {
        $word = if ($legacy -and ($Exact -or $word -eq '')) { __credenv_word $word } else { $word }
        "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($word) + "'"
    }
    [scriptblock]::Create($(if ($Piped) { '$input | ' }) + '& $global:__credenv_exe ' + ($quoted -join ' '))
}

# A word as it stands in a command line of Windows, and in what .NET takes for one elsewhere.
function global:__credenv_word($word) {
    '"' + (($word -replace '(\\*)"', '$1$1\"') -replace '(\\+)$', '$1$1') + '"'
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

# What the binary answers at a prompt, if it succeeds. What a program tells there, PowerShell keeps from being seen, so this
# one is started past PowerShell, and speaks to the terminal.
function global:__credenv_ask($words) {
    $start = [System.Diagnostics.ProcessStartInfo]::new($global:__credenv_exe)
    $start.Arguments = @(foreach ($word in $words) { __credenv_word $word }) -join ' '
    if ([IO.Directory]::Exists($PWD.ProviderPath)) { $start.WorkingDirectory = $PWD.ProviderPath }
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.StandardOutputEncoding = [System.Text.UTF8Encoding]::new($false)
    # There, no terminal is to be had: a window would come up for each answer.
    $is_alone = $Host.Name -eq 'Windows PowerShell ISE Host'
    if ($is_alone) {
        $start.CreateNoWindow = $true
        $start.RedirectStandardError = $true
        $start.StandardErrorEncoding = $start.StandardOutputEncoding
    }
    $program = [System.Diagnostics.Process]::Start($start)
    $text = $program.StandardOutput.ReadToEnd()
    if ($is_alone) { $Host.UI.Write($program.StandardError.ReadToEnd()) }
    $program.WaitForExit()
    if ($program.ExitCode -eq 0) { $text }
}

# The hook. `__credenv_check` is made anew each time the binary was asked, of nothing that starts a program, and tells
# whether asking again could bring anything new.
& {
    # Under strict mode, what was never set cannot be read.
    $variables = $ExecutionContext.SessionState.PSVariable
    foreach ($name in '__credenv_loaded', '__credenv_moved', 'LASTEXITCODE') {
        if ($null -eq $variables.Get($name)) { $variables.Set("global:$name", $null) }
    }
}
$global:__credenv_memory = 'fresh'
$global:__credenv_failed = ''
$global:__credenv_seen = ''
$global:__credenv_called = $null
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
# Where we are, and the variables by which programs find who they are; of a secret, that it is there. `$env:` goes through a
# provider, which takes forty times as long.
function global:__credenv_identity {
    $keys = [Environment]::GetEnvironmentVariable('AWS_ACCESS_KEY_ID') -and [Environment]::GetEnvironmentVariable('AWS_SECRET_ACCESS_KEY')
    $role = [Environment]::GetEnvironmentVariable('AWS_WEB_IDENTITY_TOKEN_FILE')
    if ($role) { $role = [Environment]::GetEnvironmentVariable('AWS_ROLE_ARN') }
    $name = [Environment]::GetEnvironmentVariable('AWS_PROFILE')
    if (-not $name) { $name = [Environment]::GetEnvironmentVariable('AWS_DEFAULT_PROFILE') }
    $region = [Environment]::GetEnvironmentVariable('AWS_REGION')
    if (-not $region) { $region = [Environment]::GetEnvironmentVariable('AWS_DEFAULT_REGION') }
    "$($PWD.ProviderPath)|$keys|$role|$name|$region"
}
# Somebody changed one of these where we were asked last: what a prompt shows of it follows, and nothing else. Whatever is wrong
# with that, it is not tried again before the next change.
function global:__credenv_show($directory) {
    if (-not "$global:__credenv_seen".StartsWith("$directory|", [StringComparison]::Ordinal)) { return }
    $global:__credenv_seen = __credenv_identity
    try {
        $script = __credenv_ask 'hook', '--shell', 'powershell', 'prompt', $directory
        if ($script) { $null = Microsoft.PowerShell.Utility\Invoke-Expression $script }
    } catch {
        $null = $_
    }
}
function global:__credenv_hook {
    # The registry and the like are no place for projects.
    if ($PWD.Provider.Name -ne 'FileSystem') { return }
    $directory = $PWD.ProviderPath
    $status = $global:LASTEXITCODE
    try {
        if (-not [string]::Equals((__credenv_identity), $global:__credenv_seen)) { __credenv_show $directory }
        if (__credenv_check) { return }
        if ([string]::Equals($directory, $global:__credenv_failed)) { return }
        if (-not [IO.File]::Exists($global:__credenv_exe)) { return }
        # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
        $global:__credenv_failed = $directory
        $script = __credenv_ask 'hook', '--shell', 'powershell', "$global:__credenv_memory,", $directory
        if ($null -ne $script) {
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
        $global:__credenv_called = $MyInvocation.HistoryId
        if (-not $succeeded) { Microsoft.PowerShell.Utility\Write-Error 'credenv' -ErrorAction Ignore }
        & $prompt
    }.GetNewClosure()
}
if ("$function:prompt" -notlike '*__credenv_hook*') {
    ${function:global:prompt} = __credenv_around $function:prompt
}
# PowerShell 7 tells of each change of the location as well, so that `cd project; deploy` sees the switch.
if ($PSVersionTable.PSVersion.Major -ge 7) {
    & {
        $invoke = $ExecutionContext.SessionState.InvokeCommand
        $others = $invoke.LocationChangedAction
        if ($null -eq $others -or @($others.GetInvocationList()) -notcontains $global:__credenv_moved) {
            $global:__credenv_moved = [EventHandler[System.Management.Automation.LocationChangedEventArgs]] { __credenv_hook }
            $invoke.LocationChangedAction = [Delegate]::Combine($others, $global:__credenv_moved)
        }
    }
}
