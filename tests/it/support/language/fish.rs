//! fish.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::{Path, PathBuf};

use super::super::home::Home;
use super::super::shell::Shell;
use super::{Ability, Joint, Language, PROMPT, Started};

/// fish.
pub(in crate::support) struct Fish;

/// A prompt that counts; and what tells where the output of a line begins.
const FISH_PROMPT: &str = r"
set -g test_number 0
function fish_prompt
    set -g test_number (math $test_number + 1)
    builtin printf 'PROMPT %d]' $test_number
end
function test_output --on-event fish_preexec
    builtin printf '\x02'
end
function fish_title
end
function fish_right_prompt
end
";

/// What fish shows before the output of a line, behind the line itself, which its editor draws.
const OUTPUT: u8 = 2;

impl Language for Fish {
    fn cannot(&self, _shell: &Shell, ability: Ability) -> Option<&'static str> {
        (ability == Ability::PosixWords).then_some("it is no POSIX shell")
    }

    fn word(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
    }

    fn variable(&self, name: &str) -> String {
        format!("\"${name}\"")
    }

    fn status(&self) -> String {
        "$status".to_owned()
    }

    fn export(&self, name: &str, value: &str) -> String {
        format!("set -gx {name} {value}")
    }

    fn plain(&self, name: &str, value: &str) -> String {
        format!("set -gu {name} {value}")
    }

    fn unset(&self, name: &str) -> String {
        format!("set -e {name}")
    }

    fn joined(&self, first: String, joint: Joint, second: &str) -> String {
        let joint = match joint {
            Joint::Then => "; ",
            Joint::And => "; and ",
            Joint::Or => "; or ",
            Joint::Pipe => " | ",
        };
        first + joint + second
    }

    fn evals(&self, command: &str) -> Vec<String> {
        vec![format!("{command} | source"), format!("eval \"$({command})\""), format!("eval ({command})")]
    }

    fn source(&self, file: &str) -> String {
        format!("source {file}")
    }

    fn or_exit(&self, line: &str) -> String {
        format!("{line}; or exit")
    }

    fn variables(&self, file: &str) -> String {
        format!("set >{file}")
    }

    fn value(&self, name: &str, file: &str) -> String {
        format!("if set -q {name}; printf '=%s' \"${name}\" >{file}; else; printf unset >{file}; end")
    }

    fn session(&self, _shell: &Shell, home: &Home, _notes: &Path) -> Started {
        Started::new(&["fish", "-i"], start_up_file(home))
    }

    fn start_up(&self, _shell: &Shell, lines: &str) -> String {
        let first = "set -g fish_greeting; set -g fish_autosuggestion_enabled 0\n";
        [first, lines, &FISH_PROMPT.replace("PROMPT", PROMPT)].concat()
    }

    fn prompt(&self, number: usize) -> String {
        format!("{PROMPT} {number}]")
    }

    /// What stands behind the line as the editor draws it, without the mark with which fish looks whether the output
    /// ended in a newline.
    fn output(&self, seen: &[u8], is_first: bool) -> Vec<u8> {
        // There is no event for an empty line.
        let newline = || seen.iter().position(|byte| *byte == b'\n').filter(|_| !is_first);
        let start = seen.iter().rposition(|byte| *byte == OUTPUT).or_else(newline);
        let output = start.map_or(seen, |at| &seen[at + 1..]);
        let mark = "\u{23ce}".as_bytes();
        let find = |from: usize| output[from..].windows(mark.len()).position(|part| part == mark).map(|at| from + at);
        match find(0).and_then(|first| Some((first, find(first + mark.len())?))) {
            Some((first, second)) => [&output[..first], &output[second + mark.len() + b" \r".len()..]].concat(),
            None => output.to_vec(),
        }
    }

    fn window(&self, _shell: &Shell, home: &Home, _notes: &Path) -> Started {
        Started::new(&["fish", "-i"], start_up_file(home))
    }

    fn window_prompt(&self, _shell: &Shell) -> &'static str {
        "set -g fish_greeting\nfunction fish_prompt\n    echo -n '$ '\nend\nfunction fish_title\nend\n"
    }
}

fn start_up_file(home: &Home) -> PathBuf {
    // Otherwise fish reads the manual pages at its first start.
    fs::create_dir_all(home.path(".local/share/fish/generated_completions")).unwrap();
    home.path(".config/fish/config.fish")
}
