//! elvish.

use std::path::Path;

use super::super::home::Home;
use super::super::shell::Shell;
use super::{Ability, Joint, Language, PROMPT, Redirected, Started};

/// elvish.
pub(in crate::support) struct Elvish;

/// The status of the line before, in the numbers of a POSIX shell: what failed is an exception. And the secrets that the
/// integration keeps, which it hands over to one that is loaded behind it.
const STATUS: &str = "\
var status = 0
fn note-status {|e|
  if (eq $e $nil) {
    set status = 0
    return
  }
  set status = 1
  try { set status = $e[reason][exit-status] } catch { nop }
  try { set status = (+ 128 $e[reason][signal-number]) } catch { nop }
}
fn kept {
  for hook $after-chdir {
    var names = []
    try { set names = $hook[arg-names] } catch { nop }
    if (eq $names [__credenv_directory]) {
      var aside _ = ($hook $nil)
      put $aside
      return
    }
  }
  put [&]
}
";

/// What a script has of the integration, which leaves names behind only where there is an editor.
const NAMES: &str = "\
var credenv~ = {|@words| (external credenv) $@words }
";

/// A prompt that counts, shown before the editor draws anything; and what tells where the output of a line begins.
const PROMPTS: &str = r"
var test-number = 0
set edit:before-readline = [$@edit:before-readline { set test-number = (+ $test-number 1); print 'PROMPT '$test-number']' }]
set edit:after-readline = [$@edit:after-readline {|_| print OUTPUT }]
set edit:after-command = [$@edit:after-command {|end| note-status $end[error] }]
";

/// What is shown before the output of a line, behind the line itself, which the editor draws.
const OUTPUT: u8 = 2;

impl Language for Elvish {
    fn cannot(&self, _shell: &Shell, ability: Ability) -> Option<&'static str> {
        match ability {
            Ability::PosixWords => Some("it is no POSIX shell"),
            Ability::Unexported => Some("its own variables are not those of the environment"),
            Ability::SecretsWithoutIntegration => Some("what it evaluates leaves no variable behind"),
            Ability::Watching => Some("its hook asks only when a directory is entered"),
            Ability::Checking => Some("no builtin of it tells when a file was changed"),
            Ability::GoingBack => Some("it has no `cd -`"),
            _ => None,
        }
    }

    fn word(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    fn variable(&self, name: &str) -> String {
        format!("$E:{name}")
    }

    fn status(&self) -> String {
        "$status".to_owned()
    }

    fn command(&self, words: &[String], to: &[Redirected]) -> String {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut line = match words.as_slice() {
            // Programs elsewhere, and builtins of a shell.
            ["true"] => "nop".to_owned(),
            ["false"] => "fail 'false exited with 1'".to_owned(),
            ["cd", "--", rest @ ..] => format!("cd {}", rest.join(" ")),
            ["command", name, rest @ ..] => format!("(external {name}) {}", rest.join(" ")),
            words => words.join(" "),
        };
        for redirected in to {
            match redirected {
                Redirected::File { stream, append, to } => {
                    let stream = if *stream == 1 { "" } else { "2" };
                    line.extend([" ", stream, if *append { ">>" } else { ">" }, to]);
                }
                Redirected::ToStderr => line.push_str(" >&2"),
            }
        }
        line
    }

    fn export(&self, name: &str, value: &str) -> String {
        format!("set-env {name} {value}")
    }

    fn plain(&self, _name: &str, _value: &str) -> String {
        unreachable!("a variable of elvish is none of the environment")
    }

    fn unset(&self, name: &str) -> String {
        format!("unset-env {name}")
    }

    fn joined(&self, first: String, joint: Joint, second: &str) -> String {
        match joint {
            Joint::Then => format!("try {{ {first} }} catch {{ nop }}; {second}"),
            Joint::And => format!("{first}; {second}"),
            Joint::Or => format!("try {{ {first} }} catch {{ {second} }}"),
            Joint::Pipe => format!("{first} | {second}"),
        }
    }

    fn evals(&self, command: &str) -> Vec<String> {
        vec![format!("eval ({command} | slurp)")]
    }

    fn load_in_script(&self, home: &Home, command: &str) -> String {
        let load = self.load(home, command);
        format!("{load} &on-end={{|ns| set credenv~ = $ns[credenv~] }}")
    }

    /// There is a form only for a program that has printed it into a file.
    fn source(&self, file: &str) -> String {
        format!("eval (slurp <{file}) &on-end={{|ns| set credenv~ = $ns[credenv~] }}")
    }

    fn in_script(&self, line: &str) -> String {
        format!("try {{ {line}; note-status $nil }} catch e {{ note-status $e }}")
    }

    fn prelude(&self) -> String {
        [STATUS, NAMES].concat()
    }

    fn or_exit(&self, line: &str) -> String {
        format!("try {{ {line} }} catch e {{ note-status $e; exit $status }}")
    }

    fn variables(&self, file: &str) -> String {
        format!("var kept = (kept); keys $kept | each {{|name| echo '__credenv_aside_'$name'='$kept[$name] }} >{file}")
    }

    fn value(&self, name: &str, file: &str) -> String {
        let (set, value) = match name.strip_prefix("__credenv_aside_") {
            Some(name) => {
                let aside = "(kept)";
                (format!("has-key {aside} {name}"), format!("(put {aside}[{name}])"))
            }
            None => (format!("has-env {name}"), format!("$E:{name}")),
        };
        format!("if ({set}) {{ print '='{value} >{file} }} else {{ print unset >{file} }}")
    }

    fn odd_settings(&self) -> &'static [&'static str] {
        &[
            "fn set-env {|@_| }; fn unset-env {|@_| }; fn put {|@_| }",
            "set paths = [$@paths /nowhere]",
            "var profile = x",
        ]
    }

    fn session(&self, _shell: &Shell, _home: &Home, notes: &Path) -> Started {
        started(notes)
    }

    fn start_up(&self, _shell: &Shell, lines: &str) -> String {
        let quiet = "set edit:prompt = { }; set edit:rprompt = { }\n";
        [quiet, STATUS, lines, &PROMPTS.replace("PROMPT", PROMPT).replace("OUTPUT", "\"\\x02\"")].concat()
    }

    fn prompt(&self, number: usize) -> String {
        format!("{PROMPT} {number}]")
    }

    /// What stands behind the line as the editor draws it, without the words in which elvish tells that a command failed,
    /// which is what other shells tell by a status.
    fn output(&self, seen: &[u8], _is_first: bool) -> Vec<u8> {
        let start = seen.iter().rposition(|byte| *byte == OUTPUT).map_or(0, |at| at + 1);
        let text = String::from_utf8_lossy(&seen[start..]).into_owned();
        let tells = |line: &str| {
            let told = line.strip_prefix("Exception: ");
            told.is_some_and(|told| {
                [" exited with ", "killed by signal ", "chdir "].iter().any(|words| told.contains(words))
            })
        };
        let before: Vec<&str> = text.split_inclusive('\n').take_while(|line| !tells(line)).collect();
        before.concat().into_bytes()
    }

    fn look(&self, _shell: &Shell) -> &'static str {
        "cd ."
    }

    fn window(&self, _shell: &Shell, _home: &Home, notes: &Path) -> Started {
        started(notes)
    }

    fn window_prompt(&self, _shell: &Shell) -> &'static str {
        "set edit:prompt = { print '$ ' }; set edit:rprompt = { }\n"
    }
}

/// The history has a process of its own, which every elvish of the user would share.
fn started(notes: &Path) -> Started {
    let (rc, socket, history) = (notes.join("rc.elv"), notes.join("socket"), notes.join("history"));
    let words = [&rc, &socket, &history].map(|path| path.to_str().unwrap());
    Started::new(&["elvish", "-rc", words[0], "-sock", words[1], "-db", words[2]], &rc)
}
