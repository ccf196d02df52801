//! xonsh.

use std::path::Path;

use super::super::home::Home;
use super::super::shell::Shell;
use super::{Ability, Joint, Language, PROMPT, Redirected, Started};

/// xonsh.
pub(in crate::support) struct Xonsh;

/// Programs elsewhere, and builtins of a shell.
const BUILTINS: &str = "aliases['true'] = lambda args: 0\naliases['false'] = lambda args: 1\n";

impl Language for Xonsh {
    fn cannot(&self, _shell: &Shell, ability: Ability) -> Option<&'static str> {
        match ability {
            Ability::PosixWords => Some("it is no POSIX shell"),
            Ability::OddDirectories => Some("it tells of an error of its own in a directory whose name is no UTF-8"),
            Ability::Unexported => Some("its own variables are not those of the environment"),
            _ => None,
        }
    }

    /// In the quotes of xonsh variables are put in; what Python hands over is taken as it is.
    fn word(&self, text: &str) -> String {
        let text = text.replace('\\', r"\\").replace('\'', r"\'").replace('\n', r"\n");
        format!("@('{text}')")
    }

    fn variable(&self, name: &str) -> String {
        format!("@(__xonsh__.env['{name}'])")
    }

    fn status(&self) -> String {
        "@(__xonsh__.env['LAST_RETURN_CODE'])".to_owned()
    }

    fn glued(&self, words: &[String]) -> String {
        format!("@({})", words.iter().map(|word| python(word)).collect::<Vec<_>>().join(" + "))
    }

    fn command(&self, words: &[String], to: &[Redirected]) -> String {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut line = match words.as_slice() {
            // It has options, and no end of them.
            ["cd", "--", to] if to.starts_with('-') => format!("cd ./{to}"),
            ["cd", "--", rest @ ..] => format!("cd {}", rest.join(" ")),
            words => words.join(" "),
        };
        for redirected in to {
            match redirected {
                Redirected::File { stream, append, to } => {
                    let stream = if *stream == 1 { "o" } else { "e" };
                    let arrow = if *append { ">> " } else { "> " };
                    let file = if to.starts_with("@(") { python(to) } else { to.clone() };
                    line.extend([" ", stream, arrow, &file]);
                }
                Redirected::ToStderr => line.push_str(" o>e"),
            }
        }
        line
    }

    fn export(&self, name: &str, value: &str) -> String {
        format!("__xonsh__.env['{name}'] = {}", python(value))
    }

    fn plain(&self, _name: &str, _value: &str) -> String {
        unreachable!("a variable of xonsh is none of the environment")
    }

    fn unset(&self, name: &str) -> String {
        format!("del __xonsh__.env['{name}']")
    }

    fn joined(&self, first: String, joint: Joint, second: &str) -> String {
        match joint {
            // What fails is an exception, behind which nothing is run.
            Joint::And if first.starts_with("exec(") => format!("{first}; {second}"),
            Joint::Then => format!("{first}; {second}"),
            Joint::And => format!("{first} && {second}"),
            Joint::Or => format!("{first} || {second}"),
            Joint::Pipe => format!("{first} | {second}"),
        }
    }

    fn evals(&self, command: &str) -> Vec<String> {
        vec![format!("exec($({command}))"), format!("execx($({command}))")]
    }

    fn source(&self, file: &str) -> String {
        format!("exec(open({}).read())", python(file))
    }

    fn in_script(&self, line: &str) -> String {
        format!(
            "try:\n    {line}\n    $LAST_RETURN_CODE = 0\nexcept Exception as error:\n    $LAST_RETURN_CODE = \
             status(error)\n"
        )
    }

    fn prelude(&self) -> String {
        let status = "def status(error):\n    status = getattr(error, 'returncode', 1)\n    return status if status >= 0 \
                      else 128 - status\n";
        [BUILTINS, status].concat()
    }

    fn or_exit(&self, line: &str) -> String {
        format!("try:\n    {line}\nexcept Exception as error:\n    __import__('sys').exit(status(error))\n")
    }

    fn variables(&self, file: &str) -> String {
        format!(
            "_ = open({}, 'w').write(''.join(f'__credenv_aside_{{name}}={{value}}\\n' for name, value in \
             __xonsh__.ctx.get('__credenv_aside', {{}}).items()))",
            python(file)
        )
    }

    fn value(&self, name: &str, file: &str) -> String {
        let (place, name) = match name.strip_prefix("__credenv_aside_") {
            Some(name) => ("__xonsh__.ctx.get('__credenv_aside', {})", name),
            None => ("__xonsh__.env", name),
        };
        format!("_ = open({}, 'w').write('=' + {place}['{name}'] if '{name}' in {place} else 'unset')", python(file))
    }

    fn odd_settings(&self) -> &'static [&'static str] {
        &[
            "$XONSH_SUBPROC_RAISE_ERROR = False",
            "$XONSH_SUBPROC_CMD_RAISE_ERROR = True",
            "$EXPAND_ENV_VARS = False; $AUTO_CD = True; $XONSH_CAPTURE_ALWAYS = True",
            "$UPDATE_OS_ENVIRON = True",
            "$XONSH_TRACE_SUBPROC = False; $THREAD_SUBPROCS = False",
        ]
    }

    fn session(&self, _shell: &Shell, _home: &Home, notes: &Path) -> Started {
        started(notes)
    }

    fn start_up(&self, _shell: &Shell, lines: &str) -> String {
        let first = format!("$PROMPT = '{PROMPT}]'; $MULTILINE_PROMPT = ''; $XONSH_HISTORY_BACKEND = 'dummy'\n");
        [&first, BUILTINS, lines].concat()
    }

    /// Without the end of the line that was typed, and the words to the terminal about the directory.
    fn output(&self, seen: &[u8], is_first: bool) -> Vec<u8> {
        let mut output = Vec::new();
        let end = seen.iter().position(|byte| *byte == b'\n').filter(|_| !is_first);
        let mut rest = end.map_or(seen, |at| &seen[at + 1..]);
        while let Some(at) = rest.windows(2).position(|pair| pair == b"\x1b]") {
            output.extend_from_slice(&rest[..at]);
            let end =
                rest[at..].iter().position(|byte| *byte == 7 || *byte == b'\\').map_or(rest.len(), |end| at + end + 1);
            rest = &rest[end..];
        }
        output.extend_from_slice(rest);
        // What it says of a directory that is gone.
        let own = |line: &&[u8]| !String::from_utf8_lossy(line).contains("xonsh: working directory does not exist");
        output.split_inclusive(|byte| *byte == b'\n').filter(own).collect::<Vec<_>>().concat()
    }

    fn window(&self, _shell: &Shell, _home: &Home, notes: &Path) -> Started {
        started(notes)
    }

    fn window_prompt(&self, _shell: &Shell) -> &'static str {
        "$PROMPT = '$ '; $XONSH_HISTORY_BACKEND = 'dummy'; $XONSH_PROMPT_AUTO_SUGGEST = False\n"
    }
}

fn started(notes: &Path) -> Started {
    let rc = notes.join("rc.xsh");
    // Otherwise its editor asks where the cursor is, and waits a second for a terminal that does not say.
    Started::new(&["xonsh", "-i"], &rc).env("XONSHRC", &rc).env("PROMPT_TOOLKIT_NO_CPR", "1")
}

/// A word as Python has it.
fn python(word: &str) -> String {
    match word.strip_prefix("@(") {
        Some(inner) => inner[..inner.len() - 1].to_owned(),
        None => format!("'{word}'"),
    }
}
