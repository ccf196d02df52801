//! elvish 0.19 and later.

use super::{AT_HOME, Dialect, Integration, Keeper, Refusal, completion, controls};
use crate::core::vars::VarName;
use crate::core::watch::{SAID, Watch};

/// elvish 0.19 and later.
pub(super) struct Elvish;

static INTEGRATION: Integration = Integration {
    line: "eval (credenv init elvish | slurp)",
    belongs: "~/.config/elvish/rc.elv",
    rc: &[(Some("XDG_CONFIG_HOME"), ".config", "elvish/rc.elv")],
    place: "after-chdir",
    taken_by: &["set after-chdir "],
    function: "__credenv_moved",
    ..AT_HOME
};

impl Dialect for Elvish {
    fn name(&self) -> &'static str {
        "elvish"
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("set-env {name} "));
        quote(value, script);
        push(script, ";\n");
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("unset-env {name};\n"));
        Ok(())
    }

    /// No builtin tells when a file was changed: the hook asks whenever a directory is entered, and all that is kept is
    /// what was said.
    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        if let Some(memory) = &watch.memory {
            // Digits and commas: nothing to quote but the empty one.
            push(script, &format!("set __credenv_memory = '{memory}';\n"));
        }
        if let Some(said) = watch.said {
            push(script, &format!("set __credenv_memory = $__credenv_memory',{SAID}{said}';\n"));
        }
    }

    /// The builtins can compare variables, though no files.
    fn note_identity(&self, _watch: &Watch, is_certain: bool, script: &mut Vec<u8>) {
        let seen = if is_certain { "(__credenv_identity)" } else { "[]" };
        push(script, &format!("set __credenv_seen_in = $pwd; set __credenv_seen = {seen};\n"));
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&ElvishKeeper)
    }

    /// What is evaluated leaves no variable behind, so only the integration has a place for one.
    fn keeper_without_integration(&self) -> Option<&dyn Keeper> {
        Some(&Nowhere)
    }

    fn failing_statement(&self) -> &'static str {
        "fail credenv;\n"
    }

    fn typed(&self, command: &str) -> String {
        format!("eval ({command} | slurp)")
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.elv"))
    }

    /// Without an editor there is nothing to complete, and elvish would read none of the script if it named one.
    fn completion(&self) -> Vec<u8> {
        let mut script = b"try { eval ".to_vec();
        let text = completion::script("elvish").unwrap_or_default();
        script.extend_from_slice(format!("'{}'", text.replace('\'', "''")).as_bytes());
        push(&mut script, " } catch { nop }\n");
        script
    }

    fn integration(&self) -> Option<&Integration> {
        Some(&INTEGRATION)
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::new();
        quote(word, &mut quoted);
        quoted
    }
}

/// Double quotes: single quotes would turn what is no UTF-8 into U+FFFD, and cannot hide a control character.
fn quote(word: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for chunk in word.utf8_chunks() {
        for (byte, is_control) in controls(chunk.valid().as_bytes()) {
            match byte {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                byte if is_control => escape(byte, out),
                byte => out.push(byte),
            }
        }
        chunk.invalid().iter().for_each(|byte| escape(*byte, out));
    }
    out.push(b'"');
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
}

/// Keeps values in the map of the integration. A variable of elvish is no variable of the environment, so that an
/// unexported one never has to make way.
struct ElvishKeeper;

impl Keeper for ElvishKeeper {
    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("set __credenv_aside[{name}] = $E:{name};\n"));
    }

    fn set_aside_if_set(&self, _name: &VarName, _script: &mut Vec<u8>) {}

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        push(
            script,
            &format!("if (has-key $__credenv_aside {name}) {{ set-env {name} $__credenv_aside[{name}] }} else {{ "),
        );
        Nowhere.put_back(name, script);
        push(script, "};\n");
        self.drop_aside(name, script);
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("unset-env {name};\n"));
    }

    fn keeps_unexported(&self) -> bool {
        false
    }

    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("set __credenv_aside = (dissoc $__credenv_aside {name});\n"));
    }
}

/// Keeps nothing: what another shell set aside stays gone.
struct Nowhere;

impl Keeper for Nowhere {
    fn set_aside(&self, _name: &VarName, _script: &mut Vec<u8>) {}

    fn set_aside_if_set(&self, _name: &VarName, _script: &mut Vec<u8>) {}

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        push(
            script,
            &format!(
                "unset-env {name}; echo 'credenv: {name} was set aside in another shell and is not put back here' >&2;\n"
            ),
        );
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("unset-env {name};\n"));
    }

    fn drop_aside(&self, _name: &VarName, _script: &mut Vec<u8>) {}
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}
