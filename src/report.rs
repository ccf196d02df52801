//! Words for the person: one line what and where, one a cause, one hint with the command to type.

use std::fmt::Write as _;

use crate::core::error::Error;

/// An error as it is shown.
#[must_use]
pub fn error(error: &Error) -> String {
    let mut text = format!("credenv: {}\n", clean(error.message()));
    for cause in error.causes() {
        let _ = writeln!(text, "  {}", clean(cause));
    }
    if let Some(hint) = error.hint_text() {
        let _ = writeln!(text, "  hint: {}", clean(hint));
    }
    text
}

/// A remark that stops nothing.
#[must_use]
pub fn note(words: &str) -> String {
    format!("credenv: {}\n", clean(words))
}

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

fn is_obeyed(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_line_with_its_causes_and_one_hint_below() {
        let shown = error(&Error::failed("no profile named `x\u{1b}[31m`").because("looked in /a\nb").hint("type `y`"));
        assert_eq!(shown, "credenv: no profile named `x\\u{1b}[31m`\n  looked in /a\\nb\n  hint: type `y`\n");
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(clean("a\u{9b}b\u{202e}c\u{7f}d\u{200b}\r\tä😀"), "a\\u{9b}b\\u{202e}c\\u{7f}d\\u{200b}\\r\\tä😀");
    }
}
