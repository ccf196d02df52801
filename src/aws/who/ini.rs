//! The AWS files as each program reads them: none of them reads as another does.

pub(super) mod go;
pub(super) mod javascript;
pub(super) mod python;

use std::collections::BTreeMap;
use std::path::Path;

use crate::core::binding::Origin;

/// The sections of a file, or the profiles of several, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ini(BTreeMap<String, Section>);

/// A section by the name that the program gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) origin: Origin,
    pub(super) items: Vec<Item>,
}

/// A property. Of those with one key, only the last is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) origin: Origin,
}

impl Section {
    fn new(name: &str, file: &Path, line: u32) -> Self {
        Self { name: name.to_owned(), origin: at(file, line), items: Vec::new() }
    }

    /// A section that stands nowhere.
    pub(super) fn nowhere(name: &str) -> Self {
        Self::new(name, Path::new(""), 0)
    }

    /// The same under another name.
    pub(super) fn named(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    pub(super) fn item(&self, key: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.key == key)
    }

    /// The value of a key, empty or not.
    pub(super) fn present(&self, key: &str) -> Option<&str> {
        self.item(key).map(|item| item.value.as_str())
    }

    /// The value of a key, if it is not empty.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.present(key).filter(|value| !value.is_empty())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.item(key).is_some()
    }

    /// Where a key stands; the header where it does not.
    pub(super) fn at(&self, key: &str) -> &Origin {
        self.item(key).map_or(&self.origin, |item| &item.origin)
    }

    pub(super) fn put(&mut self, item: Item) {
        self.remove(&[&item.key]);
        self.items.push(item);
    }

    pub(super) fn remove(&mut self, keys: &[&str]) {
        self.items.retain(|item| !keys.contains(&item.key.as_str()));
    }
}

impl Ini {
    pub(super) fn get(&self, name: &str) -> Option<&Section> {
        self.0.get(name)
    }

    pub(super) fn sections(&self) -> impl Iterator<Item = &Section> {
        self.0.values()
    }

    /// Puts a section in, in place of one of that name.
    pub(super) fn set(&mut self, section: Section) {
        self.0.insert(section.name.clone(), section);
    }

    /// The section of that name, made where there is none yet.
    fn open(&mut self, name: &str, file: &Path, line: u32) -> &mut Section {
        self.0.entry(name.to_owned()).or_insert_with(|| Section::new(name, file, line))
    }

    /// Lays a section over one of that name, key by key.
    pub(super) fn lay_over(&mut self, section: &Section) {
        match self.0.get_mut(&section.name) {
            Some(known) => section.items.iter().for_each(|item| known.put(item.clone())),
            None => self.set(section.clone()),
        }
    }
}

fn at(file: &Path, line: u32) -> Origin {
    Origin { file: file.to_owned(), line }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each property as `section: key = value`.
    fn told(ini: &Ini) -> Vec<String> {
        let of_section = |section: &Section| -> Vec<String> {
            section.items.iter().map(|item| format!("{}: {} = {:?}", section.name, item.key, item.value)).collect()
        };
        ini.sections().flat_map(of_section).collect()
    }

    #[test]
    fn the_sdk_for_go_joins_lines_to_the_key_above_and_cuts_comments() {
        for (text, expected) in [
            ("[a]\n# x = 1\n\n  ; y = 2\nz = 3\n", &["a: z = \"3\""][..]),
            ("[a]\nx = 1\ny = 2\n  3\n", &["a: x = \"1\"", "a: y = \"2\\n3\""]),
            ("[a]\nx =\n  3\n", &["a: x = \"\""]),
            ("[a]\nx = 2\n  y = 3\n  z: 4\n", &["a: x = \"2\""]),
        ] {
            assert_eq!(told(&go::read(text.as_bytes(), Path::new("/f"))), expected, "{text}");
        }
    }

    #[test]
    fn the_sdk_for_javascript_takes_no_half_header_and_no_empty_name() {
        for (text, expected) in [
            ("[a]\nx = y]\nz = 1\n", &["a: x = \"y]\"", "a: z = \"1\""][..]),
            ("[a]\n[x = y\nz = 1\n", &["a: [x = \"y\"", "a: z = \"1\""]),
            ("[]\nx = 1\n", &[]),
            ("[a]\ns3 =\n  b = 1\n  c = 2\nd = 3\n", &["a: s3.b = \"1\"", "a: s3.c = \"2\"", "a: d = \"3\""]),
            ("[a]\nx = b#c\ny = b #c\n#z = 1\n", &["a: x = \"b#c\"", "a: y = \"b\""]),
        ] {
            assert_eq!(told(&javascript::read_3(text.as_bytes(), Path::new("/f"))), expected, "{text}");
        }
    }

    #[test]
    fn python_passes_over_comments_and_names_the_line_that_is_no_text() {
        let file = Path::new("/f");
        let read = python::read(b"[a]\n# x = 1\n\n; y = 2\nz = 3\n", file).unwrap();
        assert_eq!(told(&read), ["a: z = \"3\""]);
        for (bytes, line) in [(&b"\xff"[..], 1), (b"[a]\nx = \xff\n", 2), (b"[a]\n\n\nx = \xff", 4)] {
            assert_eq!(python::read(bytes, file).unwrap_err().origin, at(file, line));
        }
    }
}
