//! Words for the person: one line what and where, one a cause, one hint with the command to type.

use std::fmt::Write as _;

use crate::core::error::Error;
pub use crate::core::text::{clean, is_clean};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_line_with_its_causes_and_one_hint_below() {
        let shown = error(&Error::failed("no profile named `x\u{1b}[31m`").because("looked in /a\nb").hint("type `y`"));
        assert_eq!(shown, "credenv: no profile named `x\\u{1b}[31m`\n  looked in /a\\nb\n  hint: type `y`\n");
    }
}
