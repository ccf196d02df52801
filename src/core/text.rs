//! Text as others read it: a terminal, a reader of JSON, a person who types it into a shell.

use std::fmt::Write as _;

/// Replaces what a terminal would obey rather than show: control characters, and the marks that turn the direction of
/// text or are invisible.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' => cleaned.push_str("\\n"),
            '\r' => cleaned.push_str("\\r"),
            '\t' => cleaned.push_str("\\t"),
            _ if is_obeyed(char) => {
                let _ = write!(cleaned, "\\u{{{:x}}}", u32::from(char));
            }
            _ => cleaned.push(char),
        }
    }
    cleaned
}

/// Whether there is nothing in a text that [`clean`] would replace.
#[must_use]
pub fn is_clean(text: &str) -> bool {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte);
    text.bytes().all(plain) || !text.chars().any(is_obeyed)
}

/// Replaces the same in the text of JSON by its escapes. Below a blank only line ends can stand there, of its own making.
#[must_use]
pub fn escape_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for char in json.chars() {
        // All of them lie in the range that four digits can name.
        if is_obeyed(char) && char != '\n' {
            let _ = write!(escaped, "\\u{:04x}", u32::from(char));
        } else {
            escaped.push(char);
        }
    }
    escaped
}

pub(super) fn is_obeyed(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A name as a person types it in a shell: quoted where it is not one plain word.
#[must_use]
pub fn as_typed(name: &str) -> String {
    typed(name, cfg!(windows))
}

/// On Windows, `\` is what stands between the names of a path, and to cmd an apostrophe is nothing special.
fn typed(name: &str, on_windows: bool) -> String {
    let plain = |char: char| char.is_alphanumeric() || "_-/.%@:+".contains(char) || (on_windows && char == '\\');
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else if on_windows && !name.contains(['"', '$', '`']) {
        format!("\"{name}\"")
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(clean("a\u{9b}b\u{202e}c\u{7f}d\u{200b}\r\tä😀"), "a\\u{9b}b\\u{202e}c\\u{7f}d\\u{200b}\\r\\tä😀");
    }

    #[test]
    fn what_is_clean_stays_as_it_is() {
        for text in ["", "a b", "ä😀", "\u{7f}", "\t", "a\u{9b}", "\u{202e}", "\n", "\\n"] {
            assert_eq!(is_clean(text), clean(text) == text, "{text:?}");
        }
    }

    #[test]
    fn json_means_the_same_after_its_controls_were_escaped() {
        assert_eq!(escape_json("{\n  \"a\": \"\u{9b}\u{202e}ä\"\n}"), "{\n  \"a\": \"\\u009b\\u202eä\"\n}");
    }

    #[test]
    fn a_name_is_typed_as_one_word() {
        let names = ["prodProfile", "konto-ä", "my account", "it's", "", "a$(x)", r"C:\a.pem"];
        assert_eq!(
            names.map(|name| typed(name, false)),
            ["prodProfile", "konto-ä", "'my account'", r"'it'\''s'", "''", "'a$(x)'", r"'C:\a.pem'"]
        );
        assert_eq!(
            names.map(|name| typed(name, true)),
            ["prodProfile", "konto-ä", "\"my account\"", "\"it's\"", "\"\"", "'a$(x)'", r"C:\a.pem"]
        );
    }
}
