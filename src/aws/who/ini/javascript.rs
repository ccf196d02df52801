//! As the AWS SDKs for JavaScript read them: nothing is refused, comments behind values are cut, keys only in lower
//! case, and a section without a value is none.

use std::path::Path;

use super::{Ini, Item, at};

/// What a header comes to.
enum Header {
    Section(String),
    /// Its lines belong to nobody.
    Nobody,
}

/// As version 2 reads them: sections are named as they are written.
pub(crate) fn read_2(bytes: &[u8], file: &Path) -> Ini {
    read(bytes, file, false, |inner| Header::Section(inner.to_owned()))
}

/// As version 3 reads them: `profile NAME`, `sso-session NAME` and `services NAME` become `profile.NAME` and so on.
pub(crate) fn read_3(bytes: &[u8], file: &Path) -> Ini {
    read(bytes, file, true, |inner| match prefixed(inner) {
        Some((prefix @ ("profile" | "sso-session" | "services"), name)) => Header::Section(format!("{prefix}.{name}")),
        Some(_) => Header::Nobody,
        None => Header::Section(inner.to_owned()),
    })
}

fn read(bytes: &[u8], file: &Path, sub_properties: bool, header: fn(&str) -> Header) -> Ini {
    let text = String::from_utf8_lossy(bytes);
    let mut ini = Ini::default();
    let mut section: Option<(String, u32)> = None;
    let mut parent: Option<&str> = None;
    for (number, line) in (1..).zip(text.split('\n')) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let content = trim(without_comment(line));
        if content.starts_with('[') && content.ends_with(']') {
            parent = None;
            section = match header(content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or("")) {
                // An empty name is false, and so no section.
                Header::Section(name) if !name.is_empty() => Some((name, number)),
                _ => None,
            };
            continue;
        }
        let (Some((name, header_line)), Some((key, value))) = (&section, content.split_once('=')) else { continue };
        let (key, value) = (trim(key), trim(value));
        if content.starts_with('=') {
            continue;
        }
        if value.is_empty() {
            if sub_properties {
                parent = Some(key);
            }
            continue;
        }
        if parent.is_some() && line.trim_start() == line {
            parent = None;
        }
        let key = parent.map_or_else(|| key.to_owned(), |parent| format!("{parent}.{key}"));
        let item = Item { key, value: value.to_owned(), origin: at(file, number) };
        ini.open(name, file, *header_line).put(item);
    }
    ini
}

/// The line up to a comment, which begins at the start or behind a blank.
fn without_comment(line: &str) -> &str {
    let mut before = None;
    for (position, char) in line.char_indices() {
        if matches!(char, ';' | '#') {
            match before {
                None => return "",
                Some((blank, previous)) if is_blank(previous) => return &line[..blank],
                Some(_) => {}
            }
        }
        before = Some((position, char));
    }
    line
}

/// A blank to JavaScript, to which a byte order mark is one.
fn is_blank(char: char) -> bool {
    char.is_whitespace() || char == '\u{feff}'
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The two words of a header such as `profile NAME`, the second in quotes or not; none where it has not that form.
fn prefixed(inner: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = inner.split_once(is_blank)?;
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let name = ['"', '\'']
        .iter()
        .find_map(|quote| rest.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote)))
        .unwrap_or(rest);
    let of = |text: &str, more: &str| !text.is_empty() && text.chars().all(|char| is_word(char) || more.contains(char));
    (of(prefix, "-") && of(name, "-@+.%:/")).then_some((prefix, name))
}
