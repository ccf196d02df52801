//! PowerShell 7.

use std::path::Path;

use super::super::home::Home;
use super::super::shell::Shell;
use super::{Ability, Joint, Language, PROMPT, Redirected, Started};

/// PowerShell 7, without the editor of lines that comes with it as a module.
pub(in crate::support) struct PowerShell;

/// The status of the line before, in the numbers of a POSIX shell: what has no number of its own has failed with 1.
const STATUS: &str = "\
$PSNativeCommandArgumentPassing = 'Legacy'
$status = 0
function status($succeeded) { if ($succeeded) { 0 } elseif ($global:LASTEXITCODE) { $global:LASTEXITCODE } else { 1 } }
";

/// A line that does nothing, and succeeds.
const NOTHING: &str = "[void]0";

/// Lines are read as they are typed: its own editors draw each of them several times.
const EDITOR: &str = "\
Remove-Module PSReadLine -ErrorAction Ignore
function PSConsoleHostReadLine { [Console]::In.ReadLine() }
";

impl Language for PowerShell {
    fn cannot(&self, _shell: &Shell, ability: Ability) -> Option<&'static str> {
        match ability {
            Ability::InvalidUtf8 => Some("its texts are UTF-16"),
            Ability::Unexported => Some("its own variables are not those of the environment"),
            Ability::PosixWords => Some("it is no POSIX shell"),
            Ability::StandingOn => Some("to it, where it is is a name"),
            // Before 7.5.
            Ability::EmptyVariables => Some("a variable that is given nothing is gone"),
            _ => None,
        }
    }

    fn word(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    fn variable(&self, name: &str) -> String {
        format!("$env:{name}")
    }

    fn status(&self) -> String {
        "$status".to_owned()
    }

    fn glued(&self, words: &[String]) -> String {
        format!("(-join({}))", words.iter().map(|word| self.expression(word)).collect::<Vec<_>>().join(","))
    }

    fn command(&self, words: &[String], to: &[Redirected]) -> String {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // What a program prints would be taken apart into lines and put together again.
        if let (["/usr/bin/env", "-0"], [Redirected::File { stream: 1, append: false, to }]) = (words.as_slice(), to) {
            return format!("/bin/cp /proc/self/environ {to}");
        }
        if let [Redirected::ToStderr] = to {
            return format!("sh -c '\"$@\" >&2' sh {}", words.join(" "));
        }
        let mut line = match words.as_slice() {
            [quoted, rest @ ..] if quoted.starts_with('\'') => format!("& {quoted} {}", rest.join(" ")),
            ["cd"] | ["cd", "-"] => words.join(" "),
            ["cd", "--", to] | ["cd", to] => format!("cd -LiteralPath {}", self.expression(to)),
            // Programs elsewhere, and builtins of a shell.
            ["true"] => NOTHING.to_owned(),
            ["pwd"] => "\"$PWD\"".to_owned(),
            ["command", name, rest @ ..] => {
                format!("& (Get-Command -CommandType Application -TotalCount 1 {name}) {}", rest.join(" "))
            }
            ["echo"] => "''".to_owned(),
            ["echo", rest @ ..] => {
                format!("({} -join ' ')", rest.iter().map(|word| self.expression(word)).collect::<Vec<_>>().join(","))
            }
            // Before 7.3, what a program is handed loses its quotes.
            [program, rest @ ..] if *program != "credenv" => {
                let rest = rest.iter().map(|word| word.replace('"', "\\\""));
                [(*program).to_owned()].into_iter().chain(rest).collect::<Vec<_>>().join(" ")
            }
            words => words.join(" "),
        };
        for redirected in to {
            let Redirected::File { stream, append, to } = redirected else { panic!("`{line}` cannot go to stderr") };
            let stream = if *stream == 1 { "" } else { "2" };
            line.extend([" ", stream, if *append { ">>" } else { ">" }, " ", to]);
        }
        line
    }

    fn export(&self, name: &str, value: &str) -> String {
        format!("$env:{name} = {}", self.expression(value))
    }

    fn plain(&self, _name: &str, _value: &str) -> String {
        unreachable!("a variable of PowerShell is none of the environment")
    }

    fn unset(&self, name: &str) -> String {
        format!("Remove-Item -LiteralPath Env:{name} -ErrorAction Ignore")
    }

    /// Only commands can be chained.
    fn joined(&self, first: String, joint: Joint, second: &str) -> String {
        let is_command = |line: &str| !line.starts_with(['$', '[']) && !line.contains(';');
        match joint {
            Joint::Then => format!("{first}; {second}"),
            Joint::And if is_command(&first) && is_command(second) => format!("{first} && {second}"),
            Joint::And => format!("{first}; if ($?) {{ {second} }}"),
            Joint::Or if is_command(&first) && is_command(second) => format!("{first} || {second}"),
            Joint::Or => format!("{first}; if (-not $?) {{ {second} }}"),
            Joint::Pipe => format!("{first} | {}", if second == NOTHING { "true" } else { second }),
        }
    }

    fn evals(&self, command: &str) -> Vec<String> {
        vec![format!("{command} | Out-String | Invoke-Expression")]
    }

    fn source(&self, file: &str) -> String {
        format!("Get-Content -Raw -LiteralPath {file} | Invoke-Expression")
    }

    fn in_script(&self, line: &str) -> String {
        format!("try {{ {line}; $status = status $? }} catch {{ $status = 1 }}")
    }

    fn prelude(&self) -> String {
        STATUS.to_owned()
    }

    fn strict(&self) -> &'static str {
        "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'"
    }

    fn or_exit(&self, line: &str) -> String {
        format!("try {{ {line}; if (-not $?) {{ exit $LASTEXITCODE }} }} catch {{ exit 1 }}")
    }

    fn variables(&self, file: &str) -> String {
        format!("Get-Variable -Scope Global | ForEach-Object {{ \"$($_.Name)=$($_.Value)\" }} > {file}")
    }

    fn value(&self, name: &str, file: &str) -> String {
        format!(
            "$(if (Test-Path Env:{name}) {{ \"=$env:{name}\" }} elseif (Test-Path Variable:global:{name}) {{ \
             \"=$global:{name}\" }} else {{ 'unset' }}) | Set-Content -NoNewline {file}"
        )
    }

    fn odd_settings(&self) -> &'static [&'static str] {
        &[
            "Set-StrictMode -Version Latest",
            "$ErrorActionPreference = 'Stop'",
            "$OFS = 'x'; $InformationPreference = 'Continue'",
            "function Set-Item { throw 'theirs' }; function Remove-Item { throw 'theirs' }; function Test-Path { throw 'theirs' }",
            "$VerbosePreference = 'Continue'; $DebugPreference = 'Continue'",
            "[Console]::OutputEncoding = [Text.Encoding]::ASCII; $OutputEncoding = [Text.Encoding]::ASCII",
        ]
    }

    fn session(&self, _shell: &Shell, _home: &Home, notes: &Path) -> Started {
        started(notes)
    }

    fn start_up(&self, _shell: &Shell, lines: &str) -> String {
        format!("{EDITOR}{STATUS}function prompt {{ $global:status = status $?; '{PROMPT}]' }}\n{lines}")
    }

    fn prompt(&self, _number: usize) -> String {
        format!("{PROMPT}]")
    }

    /// Without the end of the line that was typed.
    fn output(&self, seen: &[u8], is_first: bool) -> Vec<u8> {
        let end = seen.iter().position(|byte| *byte == b'\n').filter(|_| !is_first);
        end.map_or(seen, |at| &seen[at + 1..]).to_vec()
    }

    /// Programs elsewhere are programs here as well.
    fn idle_line(&self, number: usize) -> &'static str {
        ["", "$null"][number % 2]
    }

    fn window(&self, _shell: &Shell, _home: &Home, notes: &Path) -> Started {
        started(notes)
    }

    fn window_prompt(&self, _shell: &Shell) -> &'static str {
        "function prompt { '$ ' }\n"
    }
}

impl PowerShell {
    /// A word where a value is expected: a bare one would be a command there.
    fn expression(&self, word: &str) -> String {
        if word.starts_with(['\'', '"', '(', '$']) { word.to_owned() } else { self.word(word) }
    }
}

fn started(notes: &Path) -> Started {
    let rc = notes.join("rc.ps1");
    Started::new(&["pwsh", "-NoProfile", "-NoLogo", "-NoExit", "-File", rc.to_str().unwrap()], &rc)
}
