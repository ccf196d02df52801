//! tcsh.

use std::path::Path;

use super::super::home::Home;
use super::super::shell::Shell;
use super::{Ability, Joint, Language, PROMPT, Redirected, Started};

/// tcsh.
pub(in crate::support) struct Tcsh;

/// What stands between a command and the file for its stderr, to which its stdout goes as well.
const BOTH: &str = " >& ";

impl Language for Tcsh {
    fn cannot(&self, _shell: &Shell, ability: Ability) -> Option<&'static str> {
        match ability {
            Ability::PosixWords => Some("it is no POSIX shell"),
            Ability::FractionsOfSeconds => Some("it tells the time of a file in whole seconds"),
            Ability::StartingWithoutHome => Some("its start-up file is that of the home directory, and no other"),
            Ability::EscapedControls => Some("before version 6.24 it has no `$'…'`"),
            _ => None,
        }
    }

    fn word(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', r"'\''").replace('!', r"\!").replace('\n', "\\\n"))
    }

    fn variable(&self, name: &str) -> String {
        format!("\"${name}:q\"")
    }

    fn status(&self) -> String {
        "$status".to_owned()
    }

    /// `true` and `false` are programs, which would be counted as processes of ours. stderr alone can go nowhere else: with what changes the shell itself, stdout goes with it, and another shell redirects
    /// the rest.
    fn command(&self, words: &[String], to: &[Redirected]) -> String {
        let changes_the_shell = match words {
            [first, ..] if first == "cd" => true,
            [first, second, ..] if first == "credenv" => ["use", "off", "auto"].contains(&second.as_str()),
            _ => false,
        };
        let mut line = match words {
            [word] if word == "true" => ":".to_owned(),
            [word] if word == "false" => "set status = 1".to_owned(),
            _ => words.join(" "),
        };
        for redirected in to {
            line = match redirected {
                Redirected::File { stream: 1, append, to } => line + if *append { " >> " } else { " > " } + to,
                Redirected::File { to, .. } if changes_the_shell => line + BOTH + to,
                Redirected::File { to, .. } => elsewhere(&format!("2>{to}"), &line),
                Redirected::ToStderr => elsewhere(">&2", &line),
            };
        }
        line
    }

    fn export(&self, name: &str, value: &str) -> String {
        format!("setenv {name} {value}")
    }

    fn plain(&self, name: &str, value: &str) -> String {
        format!("set {name} = {value}")
    }

    fn unset(&self, name: &str) -> String {
        format!("unsetenv {name}")
    }

    fn joined(&self, first: String, joint: Joint, second: &str) -> String {
        let joint = match joint {
            Joint::Then => ";",
            Joint::And => "&&",
            Joint::Or => "||",
            Joint::Pipe => "|",
        };
        format!("{first} {joint} {second}")
    }

    /// A command in which `"` or `$` stands is read by the shell around it as well, unless it stands between quotes of its own.
    fn evals(&self, command: &str) -> Vec<String> {
        let command = match command.split_once(BOTH) {
            Some((command, to)) => elsewhere(&format!("2>{to}"), command),
            None => command.to_owned(),
        };
        let is_plain = !command.contains(['"', '$', '`', '\\']);
        vec![if is_plain { format!("eval \"`{command}`\"") } else { format!("eval \"`\"{}\"`\"", self.word(&command)) }]
    }

    fn source(&self, file: &str) -> String {
        format!("source {file}")
    }

    fn or_exit(&self, line: &str) -> String {
        format!("{line} || exit $status")
    }

    fn variables(&self, file: &str) -> String {
        format!("set > {file}")
    }

    fn value(&self, name: &str, file: &str) -> String {
        format!("if ( $?{name} ) then\nprintf '=%s' \"${name}:q\" > {file}\nelse\nprintf unset > {file}\nendif")
    }

    fn odd_settings(&self) -> &'static [&'static str] {
        ODD_SETTINGS
    }

    fn session(&self, _shell: &Shell, home: &Home, _notes: &Path) -> Started {
        Started::new(&["tcsh"], home.path(".tcshrc"))
    }

    fn start_up(&self, _shell: &Shell, lines: &str) -> String {
        format!("unset edit\n{lines}''set prompt = '{PROMPT}]' prompt2 = ''\n")
    }

    fn prompts_at_its_end(&self) -> bool {
        true
    }

    fn window(&self, _shell: &Shell, home: &Home, _notes: &Path) -> Started {
        Started::new(&["tcsh"], home.path(".tcshrc"))
    }

    fn window_prompt(&self, _shell: &Shell) -> &'static str {
        "set prompt = '$ '\n"
    }
}

/// What a person may set, and what changes how words are read.
pub(crate) const ODD_SETTINGS: &[&str] = &[
    "set noclobber",
    "set noglob",
    "set nonomatch",
    "set backslash_quote",
    "set histchars = ',;'",
    "set histchars = ''",
    "set echo_style = both; set symlinks = chase",
    "set symlinks = ignore; unset anyerror csubstnonl",
    "set printexitvalue; set notify; set autolist; set correct = all",
    "setenv LC_ALL C",
    "setenv LC_ALL C.UTF-8",
];

/// The command with such a redirection.
fn elsewhere(redirection: &str, command: &str) -> String {
    format!("/bin/sh -c 'exec \"$@\" {redirection}' sh {command}")
}
