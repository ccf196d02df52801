//! The page of messages lists every one that the source gives to an error, a note or a finding.

use std::path::{Path, PathBuf};

use crate::support::source;

/// What takes words for a person, where they are written out or just before.
const TAKES_WORDS: [&str; 10] = [
    "Error::failed(",
    "Error::usage(",
    "Error::new(Kind::",
    "Finding::problem(",
    "Finding::note(",
    "Finding::found(",
    "report::note(",
    "Wrong::new(",
    "let message =",
    "let words =",
];

/// So far behind it the words begin, in bytes.
const NEAR: usize = 160;

/// So many words of a part are looked for.
const WORDS: usize = 7;

/// The words that are given to one of those in a file, but for its tests.
fn messages(file: &Path) -> Vec<String> {
    let text = String::from_utf8(source(file.to_str().unwrap())).unwrap();
    let text = text.split("\nmod tests {").next().unwrap();
    let mut joined = String::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        // A literal goes on in the next line, behind its blanks.
        let goes_on = joined.ends_with('\\') && joined.pop().is_some();
        joined.push_str(if goes_on { line.trim_start() } else { line });
        if !line.ends_with('\\') {
            joined.push('\n');
        }
    }
    let text = joined;
    let mut found = Vec::new();
    for taker in TAKES_WORDS {
        for (at, _) in text.match_indices(taker) {
            let rest = &text[at + taker.len()..];
            let end = rest.find(';').unwrap_or(rest.len());
            if let Some(begin) = rest[..end].find('"').filter(|begin| *begin < NEAR) {
                found.push(literal(&rest[begin + 1..]));
            }
        }
    }
    found
}

/// The text up to the quote that ends it.
fn literal(text: &str) -> String {
    let mut literal = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next().filter(|char| *char != '"') {
        literal.push(if char == '\\' { chars.next().unwrap() } else { char });
    }
    literal
}

/// How the parts of a message begin that are always the same: the page need not repeat all of a long one.
fn fixed_parts(message: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for char in message.chars() {
        match char {
            '{' => inside = true,
            '}' if inside => {
                inside = false;
                parts.push(String::new());
            }
            char if !inside => parts.last_mut().unwrap().push(char),
            _ => {}
        }
    }
    let trimmed = parts.iter().map(|part| part.trim_matches([' ', '`', ':', ',', '(', ')', '\n']).to_owned());
    let words = trimmed.filter(|part| part.split(' ').count() > 2);
    words.map(|part| part.split(' ').take(WORDS).collect::<Vec<_>>().join(" ")).collect()
}

fn files_below(directory: &Path, files: &mut Vec<PathBuf>) {
    #[allow(clippy::disallowed_methods)] // the files of the source itself
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn every_message_is_on_the_page() {
    let page = String::from_utf8(source("docs/messages.md")).unwrap();
    let rows: Vec<_> = page.lines().map(|row| row.replace('`', "")).collect();
    let mut files = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let (mut looked_for, mut missing) = (0, Vec::new());
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        for message in messages(file) {
            let parts = fixed_parts(&message.replace('`', ""));
            looked_for += usize::from(!parts.is_empty());
            if !rows.iter().any(|row| parts.iter().all(|part| row.contains(part.as_str()))) {
                missing.push(format!("{}: {message}", file.display()));
            }
        }
    }
    assert_eq!(missing, [""; 0], "docs/messages.md does not list these");
    assert!(looked_for > 150, "only {looked_for} messages were found in the source");
}
