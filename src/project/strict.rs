//! A YAML file that is ours: every key must be known and every value of its type, and each is told with its place.

use std::path::Path;

use super::outline::{Node, Outline};
use super::yaml::{self, Step, Text, Value};
use crate::core::binding::{Origin, Said};
use crate::core::error::{Error, Result};

/// A file that was read.
pub(crate) struct Document<'t> {
    path: &'t Path,
    value: Value,
    text: Text<'t>,
}

/// A value of the file, with the key that it stands under.
#[derive(Clone, Copy)]
pub(crate) struct Part<'d> {
    document: &'d Document<'d>,
    /// What it is called in messages.
    name: &'d str,
    value: &'d Value,
    key: Option<&'d Node>,
    node: Option<&'d Node>,
}

impl<'t> Document<'t> {
    /// Reads the text of the file.
    pub(crate) fn read(bytes: &'t [u8], path: &'t Path) -> Result<Self> {
        let read = Text::scan(bytes).and_then(|text| Ok((text.read()?, text)));
        let (value, text) = read.map_err(|damage| {
            let place = Some((damage.line, damage.column)).filter(|(line, _)| *line > 0);
            told(path, place, &damage.message)
        })?;
        Ok(Self { path, value, text })
    }

    /// The whole of it; an empty file is none.
    pub(crate) fn root<'d>(&'d self) -> Option<Part<'d>>
    where
        't: 'd,
    {
        let node = self.text.outline().map(Outline::root);
        let part = Part { document: self, name: "the file", value: &self.value, key: None, node };
        (self.value != Value::Null).then_some(part)
    }

    fn place(&self, node: Option<&Node>) -> Option<(u32, u32)> {
        node.map(|node| self.text.place(node))
    }
}

/// What is wrong, behind the place in the form that editors and terminals take for a link.
fn told(path: &Path, place: Option<(u32, u32)>, message: &str) -> Error {
    let place = place.map_or_else(String::new, |(line, column)| format!("{line}:{column}:"));
    Error::failed(format!("{}:{place} {message}", path.display()))
}

impl<'d> Part<'d> {
    /// An error about the value.
    pub(crate) fn refuse(&self, message: &str) -> Error {
        told(self.document.path, self.document.place(self.node), message)
    }

    /// An error about the key.
    pub(crate) fn refuse_key(&self, message: &str) -> Error {
        told(self.document.path, self.document.place(self.key.or(self.node)), message)
    }

    /// The key that it stands under.
    pub(crate) fn name(&self) -> &'d str {
        self.name
    }

    /// Where the value stands.
    pub(crate) fn origin(&self) -> Origin {
        self.origin_at(self.node)
    }

    /// Where the key stands.
    pub(crate) fn key_origin(&self) -> Origin {
        self.origin_at(self.key.or(self.node))
    }

    fn origin_at(&self, node: Option<&Node>) -> Origin {
        Origin { file: self.document.path.to_owned(), line: self.document.place(node).map_or(1, |(line, _)| line) }
    }

    /// Whether nothing is written behind the key.
    pub(crate) fn is_nothing(&self) -> bool {
        self.value.is_null()
    }

    /// Whether it is a mapping.
    pub(crate) fn is_mapping(&self) -> bool {
        self.value.is_mapping()
    }

    /// The entries of a mapping, whose keys must be text.
    pub(crate) fn entries(&self) -> Result<Vec<Part<'d>>> {
        let Value::Mapping(mapping) = self.value else {
            return Err(self.refuse(&format!(
                "{} must hold keys and values, but is {}",
                self.called(),
                kind(self.value)
            )));
        };
        let outline = self.document.text.outline();
        let mut written = outline.zip(self.node).map(|(outline, node)| outline.children(outline.behind(node)));
        let entries = mapping.iter().map(|(key, value)| {
            let mut part = Part { document: self.document, name: "the key", value, key: None, node: None };
            let Value::String(name) = key else {
                part.key = written.as_mut().and_then(Iterator::next).and_then(|(key, _)| key);
                return Err(part.refuse_key(&format!("a key must be text, but this one is {}: quote it", kind(key))));
            };
            part.name = name;
            // The next that is written is the one, unless it came through a merge key.
            let next = written.as_mut().and_then(Iterator::next);
            let found = outline.zip(self.node).and_then(|(outline, parent)| {
                next.filter(|(key, _)| key.is_some_and(|key| yaml::is_named(outline, key, name)))
                    .or_else(|| yaml::entry(outline, parent, Step::Key(name)))
            });
            if let Some((key, node)) = found {
                (part.key, part.node) = (key, Some(node));
            }
            Ok(part)
        });
        entries.collect()
    }

    /// The entries of a mapping, whose keys must be among these.
    pub(crate) fn known_entries(&self, known: &[&str]) -> Result<Vec<Part<'d>>> {
        let entries = self.entries()?;
        for entry in &entries {
            if !known.contains(&entry.name) {
                let error = entry.refuse_key(&format!("unknown key `{}`", entry.name));
                return Err(match nearest(entry.name, known) {
                    Some(name) => error.hint(format!("did you mean `{name}`?")),
                    None => error.hint(format!("the keys are `{}`", known.join("`, `"))),
                });
            }
        }
        Ok(entries)
    }

    /// The items of a list, or the value alone where one will do.
    pub(crate) fn one_or_more(&self) -> Vec<Part<'d>> {
        let Value::Sequence(items) = self.value else { return vec![*self] };
        let outline = self.document.text.outline();
        let mut written = outline.zip(self.node).map(|(outline, node)| outline.children(outline.behind(node)));
        let mut next = || Some(written.as_mut()?.next()?.1);
        items.iter().map(|value| Part { value, node: next(), ..*self }).collect()
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Result<Vec<Part<'d>>> {
        if self.value.is_sequence() {
            return Ok(self.one_or_more());
        }
        Err(self.refuse(&format!("{} must be a list, but is {}", self.called(), kind(self.value))))
    }

    /// Text that is not empty.
    pub(crate) fn text(&self) -> Result<Said> {
        match self.value {
            Value::String(text) if text.trim().is_empty() => Err(self.refuse(&format!("{} is empty", self.called()))),
            Value::String(text) => Ok(Said { text: text.clone(), origin: self.origin() }),
            Value::Number(_) | Value::Bool(_) => {
                let message = format!("{} must be text, but is {}: quote it", self.called(), kind(self.value));
                Err(self.refuse(&message))
            }
            Value::Null => Err(self.refuse(&format!("{} is empty", self.called()))),
            other => Err(self.refuse(&format!("{} must be text, but is {}", self.called(), kind(other)))),
        }
    }

    /// Text that must be one of these.
    pub(crate) fn one_of<'k>(&self, known: &[&'k str]) -> Result<&'k str> {
        let said = self.text()?;
        known.iter().find(|name| **name == said.text).copied().ok_or_else(|| {
            let error = self.refuse(&format!("{} cannot hold `{}`", self.called(), said.text));
            match nearest(&said.text, known) {
                Some(name) => error.hint(format!("did you mean `{name}`?")),
                None => error.hint(format!("it can hold `{}`", known.join("`, `"))),
            }
        })
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| {
            let message = format!("{} must be `true` or `false`, but is {}", self.called(), kind(self.value));
            self.refuse(&message)
        })
    }

    fn called(&self) -> String {
        if self.key.is_none() && self.name == "the file" { self.name.to_owned() } else { format!("`{}`", self.name) }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "a mapping",
        Value::Tagged(_) => "a tagged value",
    }
}

/// The name that a slip of the finger could have meant.
fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    let likeness = |known: &&&str| strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase());
    let near = known.iter().filter(|known| likeness(known) > 0.8);
    near.max_by(|one, other| likeness(one).total_cmp(&likeness(other))).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_place_is_told_without_one() {
        let text = vec![b'#'; (4 << 20) + 1];
        let told = Document::read(&text, Path::new("/p")).err().unwrap().message().to_owned();
        assert_eq!(told, "/p: it is larger than 4 MiB");
        let told = Document::read(b"a: [", Path::new("/p")).err().unwrap().message().to_owned();
        assert!(told.starts_with("/p:2:1: "), "{told}");
    }

    #[test]
    fn a_key_may_be_called_as_the_file_is_in_messages() {
        let document = Document::read(b"the file: 1\n", Path::new("/p")).unwrap();
        let entries = document.root().unwrap().entries().unwrap();
        let told = entries[0].text().unwrap_err().message().to_owned();
        assert_eq!(told, "/p:1:11: `the file` must be text, but is a number: quote it");
    }
}
