//! fish 3 and 4.

use super::{Dialect, Keeper, Refusal, aside, controls};
use crate::core::vars::VarName;

/// fish 3 and 4.
pub(super) struct Fish;

impl Dialect for Fish {
    fn name(&self) -> &'static str {
        "fish"
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("set -gx {name} "));
        quote(value, script);
        push(script, ";\n");
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &gone(name));
        Ok(())
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&FishKeeper)
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.fish"))
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::new();
        quote(word, &mut quoted);
        quoted
    }
}

/// Takes a variable out of the environment. `set -e` alone would erase a universal variable for good; that one is
/// covered by an unexported global instead, because an exported universal key would go on masking the profile.
fn gone(name: &VarName) -> String {
    format!("if set -qg {name}; set -eg {name}; end; if set -qU {name}; set -gu {name}; end;\n")
}

/// Single quotes, in which `\` and `'` take a backslash: POSIX quoting would let a value that ends in `\` break out.
/// Control characters stand between the quoted runs as `\XHH`, which also survives a bare `eval (credenv …)`.
fn quote(word: &[u8], out: &mut Vec<u8>) {
    out.push(b'\'');
    for (byte, is_control) in word.iter().zip(controls(word)) {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            byte if is_control => out.extend_from_slice(format!("'\\X{byte:02x}'").as_bytes()),
            byte => out.push(*byte),
        }
    }
    out.push(b'\'');
}

struct FishKeeper;

impl Keeper for FishKeeper {
    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("set -gu {} ${name};\n", aside(name)));
    }

    fn set_aside_if_set(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(script, &format!("if set -qg {name}; set -gu {aside} ${name}; else; set -eg {aside}; end;\n"));
    }

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(
            script,
            &format!(
                "if set -qg {aside}; set -gx {name} ${aside}; set -eg {aside}; else; if set -qg {name}; set -eg {name}; \
                 end; echo 'credenv: {name} was set aside in another shell and is not put back here' >&2; end;\n"
            ),
        );
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(script, &gone(name));
        push(script, &format!("if set -qg {aside}; set -gu {name} ${aside}; set -eg {aside}; end;\n"));
    }

    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(script, &format!("if set -qg {aside}; set -eg {aside}; end;\n"));
    }
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}
