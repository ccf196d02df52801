//! What Python's `configparser` refuses in an AWS file. The AWS CLI and everything on botocore read both files with it,
//! and one refused line takes the whole file away from them.

use std::collections::HashMap;

/// Why it refuses a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No section has begun.
    NoSection,
    /// Neither `=` nor `:`.
    NoDelimiter,
    /// Nothing before the `=` or `:`.
    EmptyKey,
    /// An indented line without `=` below an empty value, which botocore takes apart.
    BadSubProperty,
    /// The header stands in the file already, letter by letter, at that line.
    SectionTwice(String, u32),
    /// The key stands in the section already, at that line.
    KeyTwice(String, u32),
}

/// A line that it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The line.
    pub line: u32,
    /// Why.
    pub why: Why,
}

impl Refusal {
    /// Whether the line would be taken if it stood alone.
    #[must_use]
    pub fn is_twice(&self) -> bool {
        matches!(self.why, Why::SectionTwice(..) | Why::KeyTwice(..))
    }
}

/// The section whose keys are defaults for all others, which may stand twice.
const DEFAULTS: &str = "DEFAULT";

/// Every line that would be refused if it were the only one.
#[must_use]
pub fn refusals(text: &str) -> Vec<Refusal> {
    let mut found = Vec::new();
    let mut sections: HashMap<&str, u32> = HashMap::new();
    let mut keys: HashMap<(&str, String), u32> = HashMap::new();
    let mut section: Option<&str> = None;
    // The value on the line of the last key.
    let mut open: Option<&str> = None;
    let mut indent = 0;
    for (number, line) in (1..).zip(text.split('\n')) {
        // To Python, a carriage return alone ends a line as well.
        for line in line.split('\r') {
            let content = line.trim();
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            let mut refuse = |why| found.push(Refusal { line: number, why });
            let blanks = line.chars().take_while(|char| char.is_whitespace()).count();
            if let Some(value) = open
                && blanks > indent
            {
                if value.is_empty() && !content.contains('=') {
                    refuse(Why::BadSubProperty);
                }
                continue;
            }
            indent = blanks;
            if let Some(name) = header(content) {
                if name != DEFAULTS {
                    let first = *sections.entry(name).or_insert(number);
                    if first != number {
                        refuse(Why::SectionTwice(format!("[{name}]"), first));
                    }
                }
                (section, open) = (Some(name), None);
            } else if let Some(section) = section {
                let Some((key, value)) = content.split_once(['=', ':']) else {
                    refuse(Why::NoDelimiter);
                    continue;
                };
                let key = key.trim_end().to_lowercase();
                if key.is_empty() {
                    refuse(Why::EmptyKey);
                    open = None;
                    continue;
                }
                let first = *keys.entry((section, key.clone())).or_insert(number);
                if first != number {
                    refuse(Why::KeyTwice(key, first));
                }
                open = Some(value.trim());
            } else {
                refuse(Why::NoSection);
            }
        }
    }
    found
}

/// The name between the first and the last bracket of a line, if it is a header.
pub(super) fn header(content: &str) -> Option<&str> {
    let inner = content.strip_prefix('[')?;
    inner.rfind(']').filter(|end| *end > 0).map(|end| &inner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each seen with the parser itself (Python 3.11).
    #[test]
    fn it_refuses_what_the_parser_refuses() {
        for (text, expected) in [
            ("[a]\nregion : x\n", None),
            ("[a]\ns3 =\n  = x\n", None),
            ("[a]\ns3 =\n  bad\n", Some((3, Why::BadSubProperty))),
            ("[a]\ns3 =\n  a: b\n", Some((3, Why::BadSubProperty))),
            ("[a]\ns3 =\n\n  # bad\n  a = b\n", None),
            ("[a]\ns3 = # c\n  bad\n", None),
            ("[a]\n[open\n", Some((2, Why::NoDelimiter))),
            ("[a]\n[open = 1\n", None),
            ("[a]\n = 1\n", Some((2, Why::EmptyKey))),
            ("[a]\n  x = 1\n", None),
            ("[a]\n  x\n", Some((2, Why::NoDelimiter))),
            ("  # c\n  [a]\nx = 1\n", None),
            ("x = 1\n[a]\n", Some((1, Why::NoSection))),
            ("[a]\n[]\n", Some((2, Why::NoDelimiter))),
            ("[profile a]\nx = 1\n[profile \"a\"]\nx = 1\n", None),
            ("[plugins]\n[plugins]\n", Some((2, Why::SectionTwice("[plugins]".to_owned(), 1)))),
            ("[DEFAULT]\n[DEFAULT]\n", None),
            ("[a]\nA = 1\na : 2\n", Some((3, Why::KeyTwice("a".to_owned(), 2)))),
            ("[a]\nx = 1\n[b]\nx = 1\n", None),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(line, why)| Refusal { line, why }).collect();
            assert_eq!(refusals(text), expected, "{text}");
        }
    }
}
