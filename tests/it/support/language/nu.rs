//! nushell.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::Path;

use super::super::home::Home;
use super::super::shell::Shell;
use super::{Ability, Joint, Language, PROMPT, Part, Redirected, Started, Word};

/// nushell.
pub(in crate::support) struct Nu;

/// Nothing but what is printed is to be seen. The prompt counts, in a record, which is not exported; and before a command
/// is run, something tells where its output begins.
const BARE: &str = r"
$env.config.show_banner = false
$env.config.use_ansi_coloring = false
$env.config.bracketed_paste = false
$env.config.shell_integration = { osc2: false, osc7: false, osc8: false, osc9_9: false, osc133: false, osc633: false, reset_application_mode: false }
$env.config.show_hints = false
$env.PROMPT_INDICATOR = ''
$env.PROMPT_COMMAND_RIGHT = ''
";
const COUNTED: &str = r"
$env.test_prompt = { number: 0 }
$env.PROMPT_COMMAND = {|| $'PROMPT ($env.test_prompt.number)]' }
$env.config.hooks.pre_prompt ++= [{|| $env.test_prompt.number += 1 }]
$env.config.hooks.pre_execution ++= [{|| print --no-newline (char --integer 2) }]
";

/// What is shown before the output of a line, behind the line itself, which the editor draws.
const OUTPUT: u8 = 2;

/// Commands of nushell's own, and our wrapper: the others stand behind a `^`.
const INTERNAL: [&str; 3] = ["cd", "exit", "credenv"];

impl Language for Nu {
    fn cannot(&self, _shell: &Shell, ability: Ability) -> Option<&'static str> {
        match ability {
            Ability::InvalidUtf8 => Some("its texts are UTF-8"),
            Ability::Unexported => Some("it exports each variable that is a text"),
            Ability::SecretsWithoutIntegration => Some("it evaluates nothing that could keep one"),
            Ability::PosixWords => Some("it is no POSIX shell"),
            Ability::StandingOn => Some("to it, where it is is a name"),
            _ => None,
        }
    }

    fn word(&self, text: &str) -> String {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }

    fn variable(&self, name: &str) -> String {
        format!("($env.{name}? | default '')")
    }

    fn status(&self) -> String {
        "($env.LAST_EXIT_CODE)".to_owned()
    }

    fn glued(&self, words: &[String]) -> String {
        format!("([{}] | str join)", words.join(" "))
    }

    fn command(&self, words: &[String], to: &[Redirected]) -> String {
        let (first, rest) = words.split_first().unwrap();
        let first = match first.as_str() {
            "command" => return external(rest, to),
            internal if INTERNAL.contains(&internal) => internal.to_owned(),
            "true" => return "ignore".to_owned(),
            _ => return external(words, to),
        };
        let line = [std::slice::from_ref(&first), rest].concat().join(" ");
        redirected(if first == "exit" { line.replace('"', "") } else { line }, to)
    }

    fn export(&self, name: &str, value: &str) -> String {
        // A bare word would be a command there.
        let value = if value.starts_with(['"', '(']) { value.to_owned() } else { self.word(value) };
        if name == "PATH" { format!("$env.PATH = ({value} | split row ':')") } else { format!("$env.{name} = {value}") }
    }

    fn plain(&self, name: &str, value: &str) -> String {
        format!("let {name} = {value}")
    }

    fn unset(&self, name: &str) -> String {
        format!("hide-env --ignore-errors {name}")
    }

    /// A command that fails ends the line, so `;` is what `&&` is elsewhere.
    fn joined(&self, first: String, joint: Joint, second: &str) -> String {
        match joint {
            Joint::And => format!("{first}; {second}"),
            Joint::Then => format!("{}; {second}", tried(&first, "")),
            Joint::Or => tried(&first, second),
            Joint::Pipe => format!("{first} | {second}"),
        }
    }

    fn said(&self, word: &Word) -> String {
        // What begins like a number would become one, inside of a list.
        let is_plain = |text: &str| {
            text.starts_with(|char: char| char.is_ascii_alphabetic() || "/.-".contains(char))
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:-".contains(&byte))
        };
        match word.as_slice() {
            [Part::Text(text)] if is_plain(text) => text.clone(),
            parts => {
                let said = parts.iter().map(|part| match part {
                    Part::Text(text) => self.word(text),
                    Part::Variable(name) => self.variable(name),
                    Part::Status => self.status(),
                });
                let said: Vec<_> = said.collect();
                match said.as_slice() {
                    [] => self.word(""),
                    [one] => one.clone(),
                    several => self.glued(several),
                }
            }
        }
    }

    fn evals(&self, command: &str) -> Vec<String> {
        let command = command.strip_prefix("credenv ").map_or(command.to_owned(), |rest| format!("^credenv {rest}"));
        vec![format!("let it = {command} | from json; load-env $it.set; hide-env -i ...$it.unset")]
    }

    /// nushell reads all of a file before it runs any of it.
    fn load(&self, home: &Home, command: &str) -> String {
        let number = fs::read_dir(home.beside()).unwrap().count();
        let file = self.word(home.beside().join(format!("hook-{number}.nu")).to_str().unwrap());
        home.run("nu", ["--no-config-file", "--commands", &format!("{command} | save --raw {file}")]).check();
        self.source(&file)
    }

    fn source(&self, file: &str) -> String {
        format!("source {file}")
    }

    fn in_script(&self, line: &str) -> String {
        format!("{}\n", tried(&format!("{line}; $env.LAST_EXIT_CODE = 0"), ""))
    }

    fn variables(&self, file: &str) -> String {
        format!(
            "$env | reject --optional __credenv __credenv_aside | items {{|name, value| $'($name)=($value)' }} \
             | append ($env.__credenv_aside? | default {{}} | items {{|name, value| $'__credenv_aside_($name)=(do $value)' }}) \
             | str join (char newline) | save --force {file}"
        )
    }

    /// What is set aside stands in a record, each in a closure.
    fn value(&self, name: &str, file: &str) -> String {
        let aside = name.trim_start_matches("__credenv_aside_");
        format!(
            "(if '{name}' in $env {{ $'=($env | get {name})' }} else if '{aside}' in ($env.__credenv_aside? | default {{}}) \
             {{ $'=(do ($env.__credenv_aside | get {aside}))' }} else {{ 'unset' }}) | save --force --raw {file}"
        )
    }

    fn session(&self, _shell: &Shell, _home: &Home, notes: &Path) -> Started {
        let rc = notes.join("config.nu");
        Started::new(&["nu", "--config", rc.to_str().unwrap(), "--env-config", "/dev/null"], &rc)
    }

    fn start_up(&self, _shell: &Shell, lines: &str) -> String {
        [BARE, lines, &COUNTED.replace("PROMPT ", &format!("{PROMPT} "))].concat()
    }

    fn odd_settings(&self) -> &'static [&'static str] {
        &[
            "$env.config.filesize.unit = 'kB'; $env.config.float_precision = 0",
            "$env.config.display_errors = { exit_code: true, termination_signal: true }",
            "$env.config.ls = { use_ls_colors: true, clickable_links: true }",
            "$env.config.datetime_format = { normal: '%Y', table: '%Y' }",
            "$env.config.rm.always_trash = false; $env.config.table.mode = 'none'; $env.config.error_style = 'plain'",
            "$env.LC_ALL = 'C'; $env.LS_COLORS = ''",
            "$env.PWD_BEFORE = 5; $env.CREDENV_OTHER = { a: 1 }",
        ]
    }

    /// Nothing but a program fails without a word.
    fn idle_line(&self, number: usize) -> &'static str {
        ["", "true"][number % 2]
    }

    fn prompt(&self, number: usize) -> String {
        format!("{PROMPT} {number}]")
    }

    fn output(&self, seen: &[u8], is_first: bool) -> Vec<u8> {
        // There is no event for an empty line.
        let newline = || seen.iter().position(|byte| *byte == b'\n').filter(|_| !is_first);
        let start = seen.iter().rposition(|byte| *byte == OUTPUT).or_else(newline);
        start.map_or(seen, |at| &seen[at + 1..]).to_vec()
    }

    fn window(&self, shell: &Shell, home: &Home, notes: &Path) -> Started {
        self.session(shell, home, notes)
    }

    fn window_prompt(&self, _shell: &Shell) -> &'static str {
        "$env.config.show_banner = false\n$env.config.show_hints = false\n$env.PROMPT_INDICATOR = ''\n\
         $env.PROMPT_COMMAND_RIGHT = ''\n$env.PROMPT_COMMAND = '$ '\n"
    }
}

fn external(words: &[String], to: &[Redirected]) -> String {
    let words = words.join(" ");
    match to {
        [Redirected::ToStderr] => format!("^sh -c '\"$@\" >&2' sh {words}"),
        to => redirected(format!("^{words}"), to),
    }
}

fn redirected(mut line: String, to: &[Redirected]) -> String {
    for redirected in to {
        let Redirected::File { stream, append, to } = redirected else { panic!("`{line}` cannot go to stderr") };
        let stream = if *stream == 1 { "o" } else { "e" };
        let arrow = if *append { ">>" } else { ">" };
        line.extend([" ", stream, arrow, " ", to]);
    }
    line
}

/// Runs a line, and if it fails, notes the status, says what is wrong as the prompt would, and runs another.
fn tried(line: &str, otherwise: &str) -> String {
    format!(
        "try {{ {line} }} catch {{|e| $env.LAST_EXIT_CODE = ($e.exit_code? | default 1); if $e.exit_code? == null {{ \
         print --stderr $e.rendered }}; {otherwise} }}"
    )
}
