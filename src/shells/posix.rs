//! What the shells of the POSIX family share: `export`, `unset -v`, and quoting with single quotes.

use super::{Keeper, aside, controls, has_controls};
use crate::core::vars::VarName;

/// Quotes a word with single quotes, which make everything literal; `'` becomes `'\''`. Proved by round trip in bash,
/// zsh, dash, ksh93, mksh, busybox ash and yash.
pub(super) fn single_quote(word: &[u8], out: &mut Vec<u8>) {
    out.reserve(word.len() + 2);
    out.push(b'\'');
    for (number, part) in word.split(|byte| *byte == b'\'').enumerate() {
        if number > 0 {
            out.extend_from_slice(br"'\''");
        }
        out.extend_from_slice(part);
    }
    out.push(b'\'');
}

/// Quotes a word so that no control character stands in the text, which a terminal could obey: `$'…'` where there is
/// one, else single quotes. Three octal digits, because ksh93 reads any number of digits behind `\x`.
pub(super) fn ansi_c_quote(word: &[u8], out: &mut Vec<u8>) {
    if !has_controls(word) {
        return single_quote(word, out);
    }
    out.extend_from_slice(b"$'");
    for (byte, is_control) in controls(word) {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            byte if is_control => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            byte => out.push(byte),
        }
    }
    out.push(b'\'');
}

/// Appends `export NAME=WORD;`, the word quoted by `quote`.
pub(super) fn export(name: &VarName, value: &[u8], quote: fn(&[u8], &mut Vec<u8>), script: &mut Vec<u8>) {
    for part in ["export ", name.as_str(), "="] {
        push(script, part);
    }
    quote(value, script);
    script.extend_from_slice(b";\n");
}

/// Appends `unset -v NAME;`: without `-v`, bash removes a function of that name.
pub(super) fn unset(name: &VarName, script: &mut Vec<u8>) {
    for part in ["unset -v ", name.as_str(), ";\n"] {
        push(script, part);
    }
}

/// Appends what fails unless the variable has that value. The backslash keeps an alias from standing in for `test`.
pub(super) fn confirm(name: &VarName, value: &[u8], quote: fn(&[u8], &mut Vec<u8>), script: &mut Vec<u8>) {
    for part in ["\\test \"${", name.as_str(), "-}\" = "] {
        push(script, part);
    }
    quote(value, script);
    push(script, ";\n");
}

/// Keeps values in the POSIX family.
pub(super) struct PosixKeeper;

impl Keeper for PosixKeeper {
    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        unexported(&format!("unset -v {aside}; {aside}=\"${{{name}}}\""), script);
    }

    fn set_aside_if_set(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        let keep = format!("case ${{{name}+x}} in x) {aside}=\"${{{name}}}\";; esac");
        unexported(&format!("unset -v {aside}; {keep}"), script);
    }

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(script, &format!("unset -v {name};\n"));
        push(
            script,
            &format!(
                "case ${{{aside}+x}} in x) export {name}=\"${{{aside}}}\";; \
                 *) echo 'credenv: {name} was set aside in another shell and is not put back here' >&2;; esac;\n"
            ),
        );
        push(script, &format!("unset -v {aside};\n"));
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        let back = format!("case ${{{aside}+x}} in x) {name}=\"${{{aside}}}\";; esac");
        unexported(&format!("unset -v {name}; {back}; unset -v {aside}"), script);
    }

    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("unset -v {};\n", aside(name)));
    }
}

/// Appends assignments that must not export, also under `set -a`. The `unset` before them, which takes an inherited
/// export mark away, belongs inside: in dash and busybox ash, `unset` under `set -a` leaves such a mark.
fn unexported(assignments: &str, script: &mut Vec<u8>) {
    push(script, &format!("case $- in *a*) set +a; {assignments}; set -a;; *) {assignments};; esac;\n"));
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}
