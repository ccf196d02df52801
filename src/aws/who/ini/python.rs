//! As botocore reads them, with Python's `configparser`: one bad line and the whole file is refused; comments behind
//! values belong to them; keys in any case.

use std::path::Path;

use super::super::super::configparser::{self, Why as Refused};
use super::super::super::dialect;
use super::{Ini, Item, Section, at};
use crate::core::binding::Origin;

/// Why a file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) words: &'static str,
    pub(crate) origin: Origin,
}

/// The section whose keys all others have, too.
const DEFAULTS: &str = "DEFAULT";

/// Reads a file, its sections named as they are written.
pub(crate) fn read(bytes: &[u8], file: &Path) -> Result<Ini, Refusal> {
    let refuse = |words, line| Err(Refusal { words, origin: at(file, line) });
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            return refuse("it is not valid UTF-8", u32::try_from(line).unwrap_or(u32::MAX));
        }
    };
    if dialect::has_byte_order_mark(bytes) {
        return refuse("it begins with a byte order mark", 1);
    }
    if let Some(refusal) = configparser::refusals(text).into_iter().next() {
        let words = match refusal.why {
            Refused::NoSection => "the line is above the first section",
            Refused::NoDelimiter | Refused::EmptyKey | Refused::BadSubProperty => {
                "the line is neither a section header nor `key = value`"
            }
            Refused::SectionTwice(..) => "the section appears twice",
            Refused::KeyTwice(..) => "the key appears twice in its section",
        };
        return refuse(words, refusal.line);
    }
    Ok(parse(text, file))
}

/// Reads a text that is known to be taken.
fn parse(text: &str, file: &Path) -> Ini {
    let mut ini = Ini::default();
    let mut defaults = Section::new(DEFAULTS, file, 1);
    let mut name: Option<&str> = None;
    // The key that an indented line continues.
    let mut open: Option<String> = None;
    let mut indent = 0;
    for (number, line) in (1..).zip(text.split('\n')) {
        for line in line.split('\r') {
            let content = line.trim();
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            let blanks = line.chars().take_while(|char| char.is_whitespace()).count();
            let mut section = match name {
                Some(DEFAULTS) => Some(&mut defaults),
                Some(name) => Some(ini.open(name, file, number)),
                None => None,
            };
            if let (Some(key), true) = (&open, blanks > indent) {
                let item = section.as_mut().and_then(|section| section.items.iter_mut().find(|item| item.key == *key));
                if let Some(item) = item {
                    item.value.push('\n');
                    item.value.push_str(content);
                }
                continue;
            }
            indent = blanks;
            if let Some(header) = configparser::header(content) {
                (name, open) = (Some(header), None);
                if header != DEFAULTS {
                    ini.open(header, file, number);
                }
            } else if let (Some(section), Some((key, value))) = (section, content.split_once(['=', ':'])) {
                let key = key.trim_end().to_lowercase();
                section.put(Item { key: key.clone(), value: value.trim().to_owned(), origin: at(file, number) });
                open = Some(key);
            }
        }
    }
    for section in ini.0.values_mut() {
        for item in &defaults.items {
            if !section.has(&item.key) {
                section.put(item.clone());
            }
        }
    }
    ini
}

/// The profiles of a config file: `[default]` and `[profile NAME]`, the later of two that come to one name.
pub(crate) fn profiles(config: &Ini) -> Ini {
    named(config, "profile", |name| name == "default")
}

/// The sessions of a config file.
pub(crate) fn sso_sessions(config: &Ini) -> Ini {
    named(config, "sso-session", |_| false)
}

fn named(config: &Ini, prefix: &str, bare: fn(&str) -> bool) -> Ini {
    let mut found = Ini::default();
    let mut sections: Vec<&Section> = config.sections().collect();
    sections.sort_by_key(|section| section.origin.line);
    for section in sections {
        if section.name.starts_with(prefix) {
            if let Some([_, name]) = words(&section.name).as_deref() {
                found.set(section.named(name));
            }
        } else if bare(&section.name) {
            found.set(section.clone());
        }
    }
    found
}

/// The words of a text by the rules of `shlex`; none when a quote is left open.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        inside => word.push(inside),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        inside => word.push(inside),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}
