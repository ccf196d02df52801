//! As the AWS SDK for Go v2 reads them: nothing is refused, comments behind values are cut, keys in any case, a colon
//! does for `=`, and quotes around a value are taken off.

use std::path::Path;

use super::{Ini, Item, at};

/// Reads a file, its sections named `NAME` or `TYPE NAME`.
pub(crate) fn read(bytes: &[u8], file: &Path) -> Ini {
    let text = String::from_utf8_lossy(bytes);
    let mut ini = Ini::default();
    let mut section: Option<String> = None;
    let mut open: Option<String> = None;
    for (number, line) in (1..).zip(text.split('\n')) {
        let content = line.trim();
        if content.is_empty() || line.trim_start_matches([' ', '\t']).starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = header(line) {
            ini.open(&name, file, number);
            (section, open) = (Some(name).filter(|name| !name.is_empty()), None);
            continue;
        }
        let Some(name) = &section else { continue };
        let section = ini.open(name, file, number);
        if line.starts_with([' ', '\t']) {
            // Below an empty value the lines are properties of their own, which nothing here looks at.
            let item = open.as_ref().and_then(|key| section.items.iter_mut().find(|item| item.key == *key));
            if let Some(item) = item.filter(|item| !item.value.is_empty() && !content.contains(['=', ':'])) {
                item.value = format!("{}\n{}", item.value, line.trim_start_matches([' ', '\t']));
            }
        } else if let Some((key, value)) = without_comment(line).split_once(['=', ':']) {
            let key = key.trim().to_lowercase();
            open = Some(key.clone());
            section.put(Item { key, value: unquoted(value.trim()).to_owned(), origin: at(file, number) });
        }
    }
    ini
}

/// The name in a header, its blanks made one.
fn header(line: &str) -> Option<String> {
    let plain = line.split(['#', ';']).next().unwrap_or(line).trim();
    let inner = plain.strip_prefix('[')?.strip_suffix(']')?.trim();
    Some(match inner.split_once([' ', '\t']) {
        Some((kind, name)) => format!("{kind} {}", name.trim_start_matches([' ', '\t'])),
        None => inner.to_owned(),
    })
}

fn without_comment(line: &str) -> &str {
    let comment = line.as_bytes().windows(2).position(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';']));
    comment.map_or(line, |at| &line[..at])
}

fn unquoted(value: &str) -> &str {
    let between = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    between('\'').or_else(|| between('"')).unwrap_or(value)
}

/// The profiles and sessions of a config file. `[profile default]` takes the place of `[default]`; what is neither, nor
/// a session, is dropped.
pub(crate) fn of_config(config: &Ini) -> Ini {
    let mut found = Ini::default();
    for section in config.sections() {
        if section.name.starts_with("sso-session ") || section.name == "default" {
            found.set(section.clone());
        }
    }
    for section in config.sections() {
        if let Some(name) = section.name.strip_prefix("profile ") {
            found.set(section.named(name));
        }
    }
    found
}
