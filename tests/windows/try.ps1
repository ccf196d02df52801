# Tries credenv in the PowerShell that runs this, in a home of its own: a switch, its failing, `--`, undo, a project. The first
# thing that is not as it should be ends it with an error. In `PATH` stands the binary.
$ErrorActionPreference = 'Stop'
$there = Join-Path ([IO.Path]::GetTempPath()) "credenv try $PID"
$null = New-Item -ItemType Directory -Force -Path "$there/.aws", "$there/shop/api", "$there/elsewhere"
$quote = [string][char]0x2019
$utf8 = [System.Text.UTF8Encoding]::new($false)
$config = "[profile dev]`nregion = eu-west-1`n[profile prod]`nregion = us-east-1`n[profile `"it${quote}s`"]`n"
[IO.File]::WriteAllText("$there/.aws/config", $config, $utf8)
[IO.File]::WriteAllText("$there/shop/.credenv.yml", "profile: dev`n", $utf8)
foreach ($name in 'HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR') {
    Set-Item -LiteralPath "Env:$name" -Value $there
}
foreach ($name in 'AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_SESSION_TOKEN', 'CREDENV_STATE', 'CREDENV_SHELL') {
    Remove-Item -LiteralPath "Env:$name" -ErrorAction SilentlyContinue
}
$env:AWS_SECRET_ACCESS_KEY = "secret$quote"

function Must($what, $is, $wanted) {
    if ("$is" -cne "$wanted") { throw "$what is '$is' and not '$wanted'" }
    "ok: $what"
}

Set-Location -LiteralPath "$there/elsewhere"
function global:prompt { "? $?, $LASTEXITCODE" }
credenv init powershell | Out-String | Invoke-Expression
credenv init powershell | Out-String | Invoke-Expression
$onWindows = $PSVersionTable.PSVersion.Major -lt 6 -or $IsWindows
if ($onWindows) { cmd /c exit 7 } else { sh -c 'exit 7' }
Must 'the status of a program at the prompt' (prompt) '? False, 7'
Must 'an idle prompt' (__credenv_check) 'True'

credenv use dev
Must 'the end of a switch' $? 'True'
Must 'the profile' $env:AWS_PROFILE 'dev'
Must 'the region' $env:AWS_REGION 'eu-west-1'
Must 'the secret' $env:AWS_SECRET_ACCESS_KEY ''
credenv use nope
Must 'the end of a switch that failed' "$? $LASTEXITCODE" 'False 1'
Must 'the profile after it' $env:AWS_PROFILE 'dev'
credenv use "it${quote}s"
Must 'a profile with a quote' $env:AWS_PROFILE "it${quote}s"
$told = if ($onWindows) { credenv exec prod -- cmd /c 'echo %AWS_PROFILE%' } else { credenv exec prod -- sh -c 'echo $AWS_PROFILE' }
Must 'what stands behind --' $told 'prod'
$told = 'x' | credenv exec prod -- $(if ($onWindows) { 'findstr' } else { 'grep' }) x
Must 'what is piped' $told 'x'
credenv list --long
Must 'the end of a list' $? 'True'
credenv off
Must 'the secret after all' $env:AWS_SECRET_ACCESS_KEY "secret$quote"
Must 'the profile after all' (Test-Path Env:AWS_PROFILE) 'False'
Must 'the state after all' (Test-Path Env:CREDENV_STATE) 'False'

$program = Get-Command -Name credenv -CommandType Application | Select-Object -First 1
& $program use prod --shell pwsh | Out-String | Invoke-Expression
Must 'a switch without the function' $env:AWS_PROFILE 'prod'
credenv auto
Set-Location -LiteralPath "$there/shop"
$null = credenv allow
Set-Location -LiteralPath "$there/shop/api"
$null = prompt
Must 'the profile of a project' $env:AWS_PROFILE 'dev'
Must 'an idle prompt in it' (__credenv_check) 'True'
[IO.File]::WriteAllText("$there/shop/api/.credenv.yml", "profile: prod`n", $utf8)
Must 'a prompt where something changed' (__credenv_check) 'False'
Set-Location -LiteralPath 'Env:'
$null = prompt
Set-Location -LiteralPath "$there/elsewhere"
$null = prompt
Must 'the profile behind a project' (Test-Path Env:AWS_PROFILE) 'False'
if ($PSVersionTable.PSVersion.Major -ge 7) {
    Set-Location -LiteralPath "$there/shop"; $profileHere = $env:AWS_PROFILE
    Must 'the profile without a prompt' $profileHere 'dev'
}
