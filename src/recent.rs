//! Which profiles were used last: for the picker, which shows them first. Names alone, in the state directory; whatever
//! is wrong with the file, nobody is told.

use std::path::PathBuf;

use crate::core::profile::ProfileName;
use crate::system::System;

/// So many are remembered.
const KEPT: usize = 100;

/// The bytes that the names which are kept may take.
const KEPT_BYTES: usize = 8 * 1024;

/// With more bytes than this, the file is written anew. Until then a name is added at its end, which takes no longer than
/// a `use` can spare.
const LARGEST: u64 = 16 * 1024;

/// The names, last used first.
#[must_use]
pub fn names(system: &System) -> Vec<String> {
    let path = path(system).filter(|path| system.is_file(path) == Some(true));
    let text = path.and_then(|path| system.read(&path, 4 * LARGEST).ok().flatten());
    text.map(|text| from_text(&text)).unwrap_or_default()
}

/// Remembers that a profile was used now.
pub fn note(system: &System, name: &str) {
    let Some(path) = path(system).filter(|_| name.len() < KEPT_BYTES / 2) else { return };
    let Ok(size) = system.append_line(&path, name) else { return };
    if size > LARGEST {
        let mut kept = names(system);
        if kept.is_empty() {
            kept.push(name.to_owned());
        }
        let _ = system.replace_file(&path, to_text(&kept).as_bytes(), 0o600);
    }
}

fn path(system: &System) -> Option<PathBuf> {
    Some(system.state_directory()?.join("recent"))
}

/// One name a line, the last used one at the end; what is no name is passed over.
fn from_text(text: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut bytes = 0;
    for line in text.split(|byte| *byte == b'\n').rev() {
        let Some(name) = std::str::from_utf8(line).ok().and_then(ProfileName::new) else { continue };
        let name = name.as_str();
        if names.iter().any(|known| known == name) {
            continue;
        }
        bytes += name.len() + 1;
        if names.len() == KEPT || bytes > KEPT_BYTES {
            break;
        }
        names.push(name.to_owned());
    }
    names
}

fn to_text(names: &[String]) -> String {
    names.iter().rev().fold(String::new(), |text, name| text + name + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_line_comes_first_and_each_name_once() {
        assert_eq!(from_text(b"a\nb\na\nc\n"), ["c", "a", "b"]);
        assert_eq!(from_text(b""), [""; 0]);
    }

    #[test]
    fn damage_is_passed_over() {
        assert_eq!(from_text(b"a\n\xff\n\nb\x1b[31m\n\0\nmy account"), ["my account", "a"]);
    }

    proptest! {
        #[test]
        fn what_is_kept_is_bounded_and_read_as_it_was_written(text in prop::collection::vec(any::<u8>(), 0..20_000)) {
            let names = from_text(&text);
            prop_assert!(names.len() <= KEPT);
            let written = to_text(&names);
            prop_assert!(written.len() <= KEPT_BYTES);
            prop_assert_eq!(from_text(written.as_bytes()), names);
        }

        #[test]
        fn the_one_used_last_is_first(before in prop::collection::vec("[a-c]{1,3}", 0..300), name in "\\PC{1,30}") {
            let Some(name) = ProfileName::new(&name) else { return Ok(()) };
            let text = before.join("\n") + "\n" + name.as_str() + "\n";
            let names = from_text(text.as_bytes());
            prop_assert_eq!(names.first().map(String::as_str), Some(name.as_str()));
        }
    }
}
