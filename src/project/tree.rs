//! A file of another program, in YAML, JSON or TOML: what stands at a path in it, and in which line.
//!
//! Nothing is refused for not being known: the program that the file is for will say so.

use std::collections::HashMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::json;
use super::yaml::{self, Damage, Lines, Mapping, Step, Text, Value};
use crate::core::binding::{Answer, Origin, Said, Unresolved};
use crate::core::error::{Error, Result};
use crate::core::profile::ProfileName;

/// The largest file, in bytes: a hundred times what people write.
const LARGEST: usize = 256 * 1024;

/// A file, read.
pub(super) struct Tree<'t> {
    file: &'t Path,
    value: Value,
    places: Places<'t>,
}

/// How the line of a value is found.
enum Places<'t> {
    Scanned(Box<Text<'t>>),
    Noted(Lines<'t>, HashMap<Vec<String>, usize>),
}

/// What a setting came to: nothing where it is not set.
pub(super) type Setting = std::result::Result<Option<Said>, Unresolved>;

impl<'t> Tree<'t> {
    /// Reads a file by the end of its name; a text that is no mapping holds nothing.
    pub(super) fn read(text: &'t [u8], file: &'t Path) -> Result<Self> {
        Self::open(text, file).map_err(|damage| {
            let place = match (damage.line, damage.column) {
                (0, _) => String::new(),
                (line, 0) => format!(":{line}"),
                (line, column) => format!(":{line}:{column}"),
            };
            Error::failed(format!("cannot read `{}{place}`: {}", file.display(), damage.message))
        })
    }

    fn open(text: &'t [u8], file: &'t Path) -> std::result::Result<Self, Damage> {
        if text.len() > LARGEST {
            let message = format!("it is larger than {} KiB", LARGEST / 1024);
            return Err(Damage { message, line: 0, column: 0 });
        }
        let text = yaml::without_mark(text);
        let (value, places) = match file.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => read_toml(text)?,
            Some("json") => (json::read(text)?, Places::Scanned(Box::new(Text::scan(text)?))),
            _ => {
                let scanned = Text::scan(text)?;
                (scanned.read()?, Places::Scanned(Box::new(scanned)))
            }
        };
        Ok(Self { file, value, places })
    }

    /// What stands at a path of keys; nothing is none.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Value> {
        let found = path.iter().try_fold(&self.value, |value, key| value.as_mapping()?.get(key));
        found.filter(|value| !value.is_null())
    }

    /// Whether a key stands there, though nothing may be written behind it.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        let Some((last, parents)) = path.split_last() else { return true };
        self.at(parents).and_then(Value::as_mapping).is_some_and(|mapping| mapping.contains_key(last))
    }

    /// The keys of the mapping at a path that are text, in their order.
    pub(super) fn keys(&self, path: &[&str]) -> Vec<&str> {
        let mapping = self.at(path).and_then(Value::as_mapping);
        mapping.map_or_else(Vec::new, |mapping| mapping.keys().filter_map(Value::as_str).collect())
    }

    /// The keys at a path behind which a mapping stands.
    pub(super) fn mappings(&self, path: &[&str]) -> Vec<&str> {
        let holds_mapping = |key: &&str| self.at(&[path, &[key]].concat()).is_some_and(Value::is_mapping);
        self.keys(path).into_iter().filter(holds_mapping).collect()
    }

    /// Where the value at a path stands.
    pub(super) fn origin(&self, path: &[&str]) -> Origin {
        let line = match &self.places {
            Places::Scanned(text) => {
                let steps: Vec<Step<'_>> = path.iter().map(|key| Step::Key(key)).collect();
                text.value_place(&steps).map(|(line, _)| line)
            }
            Places::Noted(lines, starts) => {
                let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
                starts.get(&path).map(|at| lines.position(*at).0)
            }
        };
        Origin { file: self.file.to_owned(), line: line.unwrap_or(1) }
    }

    /// The text of a setting, which must be able to name a profile or a region. An empty one is none, as in all of the
    /// programs.
    pub(super) fn setting(&self, path: &[&str]) -> Setting {
        let open = |reason: &str| self.open_at(path, shown(self.at(path)), reason);
        match self.at(path) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) if ProfileName::new(text).is_none() => {
                Err(open("it contains a line break or control character"))
            }
            Some(Value::String(text)) => Ok(Some(Said { text: text.clone(), origin: self.origin(path) })),
            Some(Value::Number(_)) => Err(open("it is a number, not text")),
            Some(Value::Bool(_)) => Err(open("it is `true` or `false`, not text")),
            Some(_) => Err(open("it is a map or a list, not text")),
        }
    }

    /// What cannot be told at a path.
    pub(super) fn open_at(&self, path: &[&str], expression: String, reason: impl Into<String>) -> Unresolved {
        Unresolved { key: path.join("."), expression, reason: reason.into(), origin: self.origin(path) }
    }
}

/// What a profile and a region come to together.
pub(super) fn answer(profile: Setting, region: Setting) -> Answer {
    let mut answer = Answer::default();
    match profile {
        Ok(said) => answer.asked.profile = said,
        Err(open) => answer.unresolved.push(open),
    }
    match region {
        Ok(said) => answer.asked.region = said,
        Err(open) => answer.unresolved.push(open),
    }
    answer
}

/// A value in one line, for a message.
fn shown(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.escape_debug().take(60).collect(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Sequence(_)) => "[…]".to_owned(),
        _ => "{…}".to_owned(),
    }
}

fn read_toml(text: &[u8]) -> std::result::Result<(Value, Places<'_>), Damage> {
    let lines = Lines::new(text);
    let damaged = |message: &str, at: usize| {
        let (line, column) = lines.position(at);
        Damage { message: message.to_owned(), line, column }
    };
    let utf8 = std::str::from_utf8(text).map_err(|error| damaged("it is not UTF-8", error.valid_up_to()))?;
    let table = DeTable::parse(utf8)
        .map_err(|error| damaged(error.message(), error.span().map_or_else(|| text.len(), |span| span.start)))?;
    let mut starts = HashMap::new();
    let value = taken_over(table.get_ref(), &mut Vec::new(), &mut starts);
    Ok((value, Places::Noted(lines, starts)))
}

/// The values of a table, and where each begins. Of a list it matters only that it is one.
fn taken_over(table: &DeTable<'_>, path: &mut Vec<String>, starts: &mut HashMap<Vec<String>, usize>) -> Value {
    let mut mapping = Mapping::new();
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        starts.insert(path.clone(), value.span().start);
        let taken = match value.get_ref() {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Integer(number) => {
                Value::Number(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or_default().into())
            }
            DeValue::Float(number) => Value::Number(number.as_str().parse::<f64>().unwrap_or_default().into()),
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Datetime(moment) => Value::String(moment.to_string()),
            DeValue::Array(_) => Value::Sequence(Vec::new()),
            DeValue::Table(table) => taken_over(table, path, starts),
        };
        path.pop();
        mapping.insert(Value::String(key.get_ref().to_string()), taken);
    }
    Value::Mapping(mapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(file: &str, text: &str) -> Vec<(String, u32)> {
        let tree = Tree::read(text.as_bytes(), Path::new(file)).unwrap();
        let said = |path: &[&str]| tree.setting(path).unwrap().map(|said| (said.text, said.origin.line));
        [["a", "b"], ["a", "c"], ["d", "b"]].iter().filter_map(|path| said(path)).collect()
    }

    #[test]
    fn a_value_is_told_with_its_line_in_each_of_the_languages() {
        let expected = [("one".to_owned(), 2), ("two".to_owned(), 4), ("three".to_owned(), 6)];
        for (file, text) in [
            ("x.toml", "[a]\nb = 'one'\n\nc = \"two\"\n[d]\nb = \"\"\"three\"\"\"\n"),
            ("x.toml", "# é\na.b = 'one'\r\n\r\na.c = 'two'\n\nd = { b = 'three' }"),
            ("x.json", "{\"a\": {\n\t\"b\": \"one\",\n\n\"c\": \"two\"},\n\"d\": {\n\"b\": \"three\"}}"),
            ("x.yml", "a:\n  b: one\n\n  c: 'two'\nd:\n  b: three\n"),
            ("x.yaml", "\u{feff}a:\n  {b: one,\n\n  c: two}\nd:\n  b: three\n"),
        ] {
            assert_eq!(lines(file, text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_mapping_holds_nothing() {
        for (file, text) in [("x.json", "[]"), ("x.json", "1"), ("x.yml", "- a"), ("x.yml", ""), ("x.toml", "")] {
            let tree = Tree::read(text.as_bytes(), Path::new(file)).unwrap();
            assert_eq!((tree.keys(&[]), tree.mappings(&["a"]), tree.has(&["a"])), (vec![], vec![], false));
            assert_eq!(tree.setting(&["a", "b"]), Ok(None));
        }
    }

    #[test]
    fn each_language_is_read_by_its_own_rules() {
        let read = |text: &'static str, file| {
            Tree::read(text.as_bytes(), Path::new(file)).map(|tree| tree.setting(&["a"]).unwrap().unwrap().text)
        };
        let twice = "{\"a\": \"b\", \"a\": \"c\"}";
        assert_eq!(read(twice, "x.json").as_deref(), Ok("c"));
        assert!(read(twice, "x.yml").is_err() && read("{a: b}", "x.json").is_err() && read("a: b", "x.toml").is_err());
    }

    #[test]
    fn a_file_is_read_up_to_a_size() {
        let text = |length| "#".repeat(length);
        assert!(Tree::read(text(LARGEST).as_bytes(), Path::new("x.yml")).is_ok());
        let told = Tree::read(text(LARGEST + 1).as_bytes(), Path::new("x.yml")).err().unwrap().message().to_owned();
        assert_eq!(told, "cannot read `x.yml`: it is larger than 256 KiB");
    }

    #[test]
    fn what_can_name_nothing_is_left_open_and_what_is_empty_is_none() {
        let tree = Tree::read(b"a: ''\nb: \"x\\ny\"\nc: 1\nd: [x]\ne: true\n", Path::new("x.yml")).unwrap();
        let told = |key| tree.setting(&[key]).map_err(|open| format!("{}: {}", open.expression, open.reason));
        assert_eq!(told("a"), Ok(None));
        for (key, open) in [
            ("b", "x\\ny: it contains a line break or control character"),
            ("c", "1: it is a number, not text"),
            ("d", "[…]: it is a map or a list, not text"),
            ("e", "true: it is `true` or `false`, not text"),
        ] {
            assert_eq!(told(key), Err(open.to_owned()));
        }
    }

    #[test]
    fn a_key_with_nothing_behind_it_is_there_and_says_nothing() {
        let tree = Tree::read(b"a: {b: }", Path::new("x.yml")).unwrap();
        assert!(tree.has(&["a", "b"]) && !tree.has(&["a", "c"]) && tree.at(&["a", "b"]).is_none());
    }
}
