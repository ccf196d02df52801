//! The POSIX family.

use std::path::Path;

use super::super::home::Home;
use super::super::shell::Shell;
use super::{Ability, Joint, Language, PROMPT, Started, quoted};

/// The POSIX family.
pub(in crate::support) struct Posix;

impl Language for Posix {
    fn cannot(&self, shell: &Shell, ability: Ability) -> Option<&'static str> {
        match (ability, shell.called) {
            (Ability::InvalidUtf8, "yash") => Some("yash keeps its variables as wide characters"),
            (Ability::EscapedControls, "sh" | "yash") => Some("it has no `$'…'`"),
            (Ability::Watching, "sh") => Some("it has no place for a hook but `cd`"),
            _ => None,
        }
    }

    fn word(&self, text: &str) -> String {
        quoted(text)
    }

    fn variable(&self, name: &str) -> String {
        format!("\"${name}\"")
    }

    fn status(&self) -> String {
        "\"$?\"".to_owned()
    }

    fn export(&self, name: &str, value: &str) -> String {
        format!("export {name}={value}")
    }

    fn plain(&self, name: &str, value: &str) -> String {
        format!("{name}={value}")
    }

    fn unset(&self, name: &str) -> String {
        format!("unset -v {name}")
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

    /// These are its own words.
    fn say(&self, line: &str) -> String {
        line.to_owned()
    }

    fn evals(&self, command: &str) -> Vec<String> {
        vec![format!("eval \"$({command})\""), format!("eval \"`{command}`\""), format!("eval $({command})")]
    }

    fn source(&self, file: &str) -> String {
        format!(". {file}")
    }

    fn strict(&self) -> &'static str {
        "set -eu"
    }

    fn variables(&self, file: &str) -> String {
        format!("set >{file}")
    }

    fn value(&self, name: &str, file: &str) -> String {
        format!("if test \"${{{name}+x}}\"; then printf '=%s' \"${{{name}}}\" >{file}; else printf unset >{file}; fi")
    }

    fn session(&self, shell: &Shell, _home: &Home, notes: &Path) -> Started {
        let rc = notes.join("rc");
        let rc_name = rc.to_str().unwrap();
        match shell.name {
            "bash" => Started::new(&["bash", "--noprofile", "--noediting", "--rcfile", rc_name, "-i"], &rc),
            "bash_posix" => Started::new(&["bash", "--posix", "--noediting", "-i"], &rc).env("ENV", &rc),
            "zsh" => Started::new(&["zsh", "-d", "-i"], notes.join(".zshrc")).env("ZDOTDIR", notes),
            "zsh_emulating_sh" => {
                Started::new(&["zsh", "--emulate", "sh", "-o", "no_global_rcs", "-i"], &rc).env("ENV", &rc)
            }
            "yash" => Started::new(&["yash", "-i", "--noprofile", &format!("--rcfile={rc_name}")], &rc),
            "busybox_ash" => Started::new(&["busybox", "ash", "-i"], &rc).env("ENV", &rc),
            _ => Started::new(&[shell.command[0], "-i"], &rc).env("ENV", &rc),
        }
    }

    fn start_up(&self, shell: &Shell, lines: &str) -> String {
        let first = match shell.called {
            "zsh" => "unsetopt zle prompt_sp prompt_cr\n",
            "yash" | "mksh" => "set +o vi; set +o emacs\n",
            _ => "",
        };
        let prompt = format!("PS1='{PROMPT}]' PS2=\n");
        match shell.called {
            // ksh93 and mksh have no hook but the prompt itself, so it must stand there first.
            "ksh" | "mksh" | "yash" | "sh" => [first, &prompt, lines].concat(),
            _ => [first, lines, &prompt].concat(),
        }
    }

    /// Some shells have no hook but `cd`.
    fn look(&self, shell: &Shell) -> &'static str {
        if shell.called == "sh" { "cd ." } else { "" }
    }

    fn window(&self, shell: &Shell, _home: &Home, notes: &Path) -> Started {
        let rc = notes.join("rc");
        let rc_name = rc.to_str().unwrap();
        match shell.called {
            "bash" => Started::new(&["bash", "--noprofile", "--rcfile", rc_name, "-i"], &rc),
            "zsh" => Started::new(&["zsh", "-d", "-i"], notes.join(".zshrc")).env("ZDOTDIR", notes),
            "yash" => Started::new(&["yash", "-i", "--noprofile", &format!("--rcfile={rc_name}")], &rc),
            _ => Started::new(&[shell.command[0], "-i"], &rc).env("ENV", &rc),
        }
    }

    fn window_prompt(&self, shell: &Shell) -> &'static str {
        if shell.called == "zsh" { "unsetopt prompt_sp\nPS1='$ '\n" } else { "PS1='$ '\n" }
    }
}
