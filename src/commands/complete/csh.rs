//! The words of a line as tcsh reads it, which hands it over as it was typed.

use std::ffi::OsString;

/// The words of the last command in the line, the one at the cursor included, also where nothing was typed of it. Nothing
/// is expanded: what would be is taken as it stands, and then fits no candidate.
pub(super) fn words(line: &str) -> Vec<OsString> {
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        let Some(word) = words.last_mut() else { break };
        match (quote, char) {
            // A backslash is a letter between quotes, but for the one that takes the exclamation mark its meaning.
            (Some(_), '\\') if chars.as_str().starts_with('!') => {}
            (Some(open), _) if open == char => quote = None,
            (None, '\'' | '"') => quote = Some(char),
            (None, '\\') => word.extend(chars.next()),
            (None, ' ' | '\t') if word.is_empty() => {}
            (None, ' ' | '\t') => words.push(String::new()),
            (None, ';' | '&' | '|' | '(' | ')' | '`') => words = vec![String::new()],
            _ => word.push(char),
        }
    }
    words.into_iter().map(OsString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_word_in_single_quotes_is_read_as_it_is(word in "[^'\\\\]{0,20}") {
            prop_assert_eq!(words(&format!("credenv use '{word}'")), ["credenv", "use", word.as_str()]);
        }

        #[test]
        fn there_is_always_a_word_at_the_cursor(line in any::<String>()) {
            prop_assert!(!words(&line).is_empty());
        }
    }

    #[test]
    fn words_are_those_of_the_last_command() {
        for (line, expected) in [
            ("credenv use ", &["credenv", "use", ""][..]),
            ("  credenv  use pr", &["credenv", "use", "pr"]),
            ("cd x; credenv use", &["credenv", "use"]),
            ("make && credenv exec a\\(b 'c d' \"e f", &["credenv", "exec", "a(b", "c d", "e f"]),
            ("credenv use '\\!x'", &["credenv", "use", "!x"]),
            ("", &[""]),
        ] {
            assert_eq!(words(line), expected, "{line}");
        }
    }
}
