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
