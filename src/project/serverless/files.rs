//! The files of a service: the one that is asked about, and those it takes in.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::dotenv;
use crate::project::yaml::{self, Damage, Step, Text, Value};
use crate::project::{SIZE_LIMIT, World, json};

/// The most files that one project file may take in.
const FILE_LIMIT: usize = 200;

/// The largest `.env` file, in bytes.
const ENVIRONMENT_LIMIT: usize = 256 * 1024;

/// The functions of `CloudFormation` that have a tag; every other tag is an error in Serverless too.
const TAGS: [&str; 17] = [
    "And",
    "Base64",
    "Cidr",
    "Condition",
    "Equals",
    "FindInMap",
    "GetAtt",
    "GetAZs",
    "If",
    "ImportValue",
    "Join",
    "Not",
    "Or",
    "Ref",
    "Select",
    "Split",
    "Sub",
];

/// A step down into a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// To a key of a map.
    Name(String),
    /// To an item of a list.
    Index(usize),
}

/// A file, read.
#[derive(Debug)]
pub(super) struct Document {
    /// The path.
    pub(super) path: PathBuf,
    /// The text.
    pub(super) text: Vec<u8>,
    /// What it holds.
    pub(super) value: Value,
    /// Not one value but plain text.
    pub(super) plain: bool,
    /// The keys at the top that were read, where others were not.
    keys: Option<&'static [&'static str]>,
    /// A key at the top was asked for that was not read.
    beyond: Cell<bool>,
}

impl Document {
    fn new(path: PathBuf, text: Vec<u8>, value: Value) -> Self {
        Self { path, text, value, plain: false, keys: None, beyond: Cell::new(false) }
    }

    /// Takes note of a key at the top that is asked for.
    pub(super) fn ask(&self, key: &str) {
        if self.keys.is_some_and(|keys| !keys.contains(&key)) {
            self.beyond.set(true);
        }
    }

    /// Whether a key was asked for that was not read.
    pub(super) fn asked_beyond(&self) -> bool {
        self.beyond.get()
    }
}

/// How much of a project file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What a profile, a region and a stage are made of in nearly every file: most lines are about something else.
    Common,
    /// Everything.
    Whole,
}

const COMMON: &[&str] =
    &["custom", "frameworkVersion", "params", "provider", "service", "stages", "useDotenv", "variablesResolutionMode"];

/// A place in a document.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// The document.
    pub(super) document: Rc<Document>,
    /// The way to it.
    pub(super) path: Vec<Key>,
}

impl Spot {
    /// The whole document.
    pub(super) fn whole(document: &Rc<Document>) -> Self {
        Self { document: Rc::clone(document), path: Vec::new() }
    }

    /// What stands there.
    pub(super) fn value<'d>(&self, document: &'d Document) -> Option<&'d Value> {
        self.path.iter().try_fold(&document.value, |value, key| match key {
            Key::Name(name) => child(value, name).map(|(_, value)| value),
            Key::Index(index) => value.as_sequence().and_then(|items| items.get(*index)),
        })
    }

    /// Tells whether the text there stands without quotes, so that it may be something else than text.
    pub(super) fn is_unquoted(&self) -> bool {
        if Form::of(&self.document.path) == Form::Json {
            return false;
        }
        let Some(Some((line, column))) = yaml::locate(&self.document.text, &[self.steps()]).pop() else { return false };
        let text = String::from_utf8_lossy(&self.document.text);
        let text = text.trim_start_matches('\u{feff}');
        let line = text.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default();
        let start = line.char_indices().nth(column.saturating_sub(1) as usize).map_or(line.len(), |(at, _)| at);
        let (before, scalar) = line.split_at(start);
        // A tag makes it text; an anchor does not.
        let tagged = before.split_whitespace().rev().take_while(|word| word.starts_with(['&', '!']));
        !tagged.into_iter().any(|word| word.starts_with('!')) && scalar.chars().next().is_some_and(is_plain)
    }

    /// The way to it, as the reader of YAML has it.
    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        self.path
            .iter()
            .map(|key| match key {
                Key::Name(name) => Step::Key(name),
                Key::Index(index) => Step::Index(*index),
            })
            .collect()
    }

    /// The spot one step down.
    pub(super) fn down(&self, key: Key) -> Self {
        let mut path = self.path.clone();
        path.push(key);
        Self { document: Rc::clone(&self.document), path }
    }
}

/// Tells whether a scalar that begins so is a plain one.
fn is_plain(first: char) -> bool {
    first.is_ascii_alphanumeric() || matches!(first, '+' | '-' | '.')
}

/// What lies under a key, which is text as in JavaScript: the number of an item, `12`, `true`.
pub(super) fn child<'v>(value: &'v Value, key: &str) -> Option<(Key, &'v Value)> {
    match value {
        Value::Mapping(map) => {
            let found = map.get(key).or_else(|| {
                map.iter()
                    .find(|(name, _)| !name.is_string() && name_of(name).as_deref() == Some(key))
                    .map(|(_, value)| value)
            });
            found.map(|value| (Key::Name(key.to_owned()), value))
        }
        Value::Sequence(items) => {
            let index = index(key)?;
            items.get(index).map(|value| (Key::Index(index), value))
        }
        Value::Tagged(tagged) => {
            (function(&tagged.tag.to_string()) == key).then_some((Key::Name(key.to_owned()), &tagged.value))
        }
        _ => None,
    }
}

/// The index that a key is: `07` is none.
pub(super) fn index(key: &str) -> Option<usize> {
    key.parse().ok().filter(|index: &usize| index.to_string() == key)
}

/// The name that a key of a map has in JavaScript.
pub(super) fn name_of(key: &Value) -> Option<String> {
    match key {
        Value::String(name) => Some(name.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => value.as_f64().map(super::number::shown),
        Value::Null => Some("null".to_owned()),
        _ => None,
    }
}

/// The key that a tag of `CloudFormation` stands for.
fn function(tag: &str) -> String {
    match tag.trim_start_matches('!') {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    }
}

/// The first tag that Serverless does not know.
fn foreign_tag(value: &Value) -> Option<String> {
    match value {
        Value::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            if TAGS.contains(&name) || name.starts_with("tag:yaml.org,2002:") {
                foreign_tag(&tagged.value)
            } else {
                Some(tag)
            }
        }
        Value::Sequence(items) => items.iter().find_map(foreign_tag),
        Value::Mapping(map) => map.iter().find_map(|(key, value)| foreign_tag(key).or_else(|| foreign_tag(value))),
        _ => None,
    }
}

/// Whether nothing in the text is likely to be refused by Serverless where we do not look: no tag that it does not know,
/// no indentation by tabs.
fn is_familiar(text: &[u8]) -> bool {
    let indented_by_tab = |line: &[u8]| line.iter().find(|byte| **byte != b' ') == Some(&b'\t');
    let names_foreign_tag = |line: &[u8]| {
        line.split(|byte| *byte == b'!').skip(1).any(|behind| {
            let length = behind.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            // A mark in a sentence is none.
            length > 0 && !TAGS.iter().any(|tag| tag.as_bytes() == &behind[..length])
        })
    };
    !text.split(|byte| *byte == b'\n').any(|line| indented_by_tab(line) || names_foreign_tag(line))
}

/// Reads YAML.
fn read_yaml(text: &[u8]) -> Result<Value, Damage> {
    let value = yaml::read(text)?;
    match foreign_tag(&value) {
        Some(tag) => Err(Damage { message: format!("the tag `{tag}` is unknown"), line: 0, column: 0 }),
        None => Ok(value),
    }
}

/// What a file is, by the end of its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Yaml,
    Json,
    Code,
    Text,
}

impl Form {
    fn of(path: &Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("yml" | "yaml") => Self::Yaml,
            Some("json" | "tfstate") => Self::Json,
            Some("js" | "cjs" | "mjs" | "ts" | "mts" | "cts") => Self::Code,
            _ => Self::Text,
        }
    }
}

/// The variables of an environment file.
pub(super) type Variables = HashMap<String, String>;

/// All files that were looked at.
pub(super) struct Files<'w> {
    /// The machine.
    pub(super) world: &'w dyn World,
    directory: PathBuf,
    roots: OnceCell<Vec<PathBuf>>,
    known: HashMap<PathBuf, Result<Option<Rc<Document>>, String>>,
    environments: HashMap<PathBuf, Result<Option<Rc<Variables>>, String>>,
    inputs: Vec<PathBuf>,
    /// How many bytes may still be taken in.
    left: u64,
}

impl<'w> Files<'w> {
    /// The project file itself, read, and its surroundings.
    pub(super) fn open(
        text: &[u8],
        scanned: Option<&Text<'_>>,
        extent: Extent,
        path: &Path,
        world: &'w dyn World,
    ) -> Result<(Self, Rc<Document>), Damage> {
        let common = || scanned.and_then(|scanned| scanned.read_keys(COMMON).ok());
        let (value, keys) = match (Form::of(path), extent) {
            (Form::Json, _) => (json::read(text)?, None),
            (_, Extent::Common) => match common().filter(|value| value.is_mapping() && is_familiar(text)) {
                Some(value) => (value, Some(COMMON)),
                None => (read_yaml(text)?, None),
            },
            (_, Extent::Whole) => (read_yaml(text)?, None),
        };
        let document = Rc::new(Document { keys, ..Document::new(path.to_owned(), text.to_owned(), value) });
        let directory = path.parent().unwrap_or(Path::new("/")).to_owned();
        let files = Self {
            world,
            directory,
            roots: OnceCell::new(),
            known: HashMap::from([(path.to_owned(), Ok(Some(Rc::clone(&document))))]),
            environments: HashMap::new(),
            inputs: Vec::new(),
            left: SIZE_LIMIT,
        };
        Ok((files, document))
    }

    /// The files that were looked at, in that order, without the project file.
    pub(super) fn into_inputs(self) -> Vec<PathBuf> {
        self.inputs
    }

    /// The file that `file(…)` names; one that is not there is none.
    pub(super) fn included(&mut self, name: &str) -> Result<Option<Rc<Document>>, String> {
        if name.contains('\0') {
            return Ok(None);
        }
        let path = normalised(&self.directory.join(name));
        if let Some(known) = self.known.get(&path) {
            return known.clone();
        }
        if self.known.len() > FILE_LIMIT {
            return Err(format!("more than {FILE_LIMIT} files are included"));
        }
        let result = self.load(name, &path);
        self.known.insert(path, result.clone());
        result
    }

    fn load(&mut self, name: &str, path: &Path) -> Result<Option<Rc<Document>>, String> {
        let form = Form::of(path);
        if let Form::Code = form {
            return Err(format!("`{name}` is code, which credenv does not run"));
        }
        let Some(text) = self.contained(name, path)? else { return Ok(None) };
        let damaged = |damage: Damage| {
            if damage.line == 0 {
                format!("`{name}` is damaged: {}", damage.message)
            } else {
                format!("`{name}` is damaged in line {}: {}", damage.line, damage.message)
            }
        };
        let (value, plain) = match form {
            Form::Yaml => (read_yaml(&text).map_err(damaged)?, false),
            Form::Json => (json::read(&text).map_err(damaged)?, false),
            _ => (Value::String(String::from_utf8_lossy(&text).into_owned()), true),
        };
        Ok(Some(Rc::new(Document { plain, ..Document::new(path.to_owned(), text, value) })))
    }

    /// The variables of an environment file beside the project file; one that is not there has none to give.
    pub(super) fn environment(&mut self, name: &str) -> Result<Option<Rc<Variables>>, String> {
        if name.contains(['\0', '/']) {
            return Ok(None);
        }
        let path = self.directory.join(name);
        if let Some(known) = self.environments.get(&path) {
            return known.clone();
        }
        let result = self.contained(name, &path).and_then(|text| match text {
            Some(text) if text.len() > ENVIRONMENT_LIMIT => {
                Err(format!("`{name}` is larger than {} KiB", ENVIRONMENT_LIMIT / 1024))
            }
            text => Ok(text.map(|text| Rc::new(dotenv::parse(&String::from_utf8_lossy(&text))))),
        });
        self.environments.insert(path, result.clone());
        result
    }

    /// Reads a file that lies inside the service or its repository, all symlinks followed.
    fn contained(&mut self, name: &str, path: &Path) -> Result<Option<Vec<u8>>, String> {
        if !self.inputs.iter().any(|known| known == path) {
            self.inputs.push(path.to_owned());
        }
        let Some(real) = self.world.real_path(path) else { return Ok(None) };
        if !self.roots().iter().any(|root| real.starts_with(root)) {
            return Err(format!("`{name}` is outside the project and its repository"));
        }
        match self.world.read(&real) {
            Ok(None) => Ok(None),
            Ok(Some(text)) => match self.left.checked_sub(text.len() as u64) {
                Some(left) => {
                    self.left = left;
                    Ok(Some(text))
                }
                None => Err(format!("with `{name}`, more than {} MiB are included", SIZE_LIMIT / 1024 / 1024)),
            },
            Err(error) => Err(error.message().to_owned()),
        }
    }

    /// The service directory and the repository around it.
    fn roots(&self) -> &[PathBuf] {
        self.roots.get_or_init(|| {
            let Some(service) = self.world.real_path(&self.directory) else { return Vec::new() };
            let repository =
                service.ancestors().find(|directory| self.world.real_path(&directory.join(".git")).is_some());
            let repository = repository.map(Path::to_owned);
            std::iter::once(service).chain(repository).collect()
        })
    }
}

/// A path without `.` and `..`, by its text alone, as Node does it.
fn normalised(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                result.pop();
            }
            Component::CurDir => {}
            _ => result.push(component),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        yaml::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_text_is_familiar_unless_a_tag_or_a_tab_in_it_may_be_refused() {
        for text in ["", "a: !Ref b\n  c: !GetAtt d.e\n", "a: Wow! it works!\n", "a:\tb\n"] {
            assert!(is_familiar(text.as_bytes()), "{text:?}");
        }
        for text in ["a: !foo b\n", "a: !Ref b\nc: !Re f\n", "a:\n\tb: c\n", "a:\n  \tb: c\n"] {
            assert!(!is_familiar(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn a_tag_that_serverless_does_not_know_is_refused_wherever_it_stands() {
        for text in ["a: !foo b\n", "a: [x, !foo b]\n", "a: !Ref {b: !foo c}\n", "!foo\na: b\n"] {
            let told = read_yaml(text.as_bytes()).unwrap_err().message;
            assert_eq!(told, "the tag `!foo` is unknown", "{text}");
        }
        for text in ["a: !Ref b\n", "a: !<tag:yaml.org,2002:binary> b\n"] {
            assert!(read_yaml(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_key_is_text_as_in_javascript() {
        let (map, list) = (value("1: a\ntrue: b\n~: c\n1.5: d\n"), value("[a, b]"));
        let below = |value, key| child(value, key).map(|(_, value)| value.as_str().unwrap().to_owned());
        for (key, expected) in [("1", "a"), ("true", "b"), ("null", "c"), ("1.5", "d")] {
            assert_eq!(below(&map, key).as_deref(), Some(expected), "{key}");
        }
        assert_eq!(below(&map, "false"), None);
        for (key, expected) in [("0", Some("a")), ("1", Some("b")), ("01", None), ("2", None), ("x", None)] {
            assert_eq!(below(&list, key).as_deref(), expected, "{key}");
        }
    }

    #[test]
    fn a_path_is_made_plain_by_its_text_alone() {
        for (path, plain) in [("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/a/b/../../..", "/")] {
            assert_eq!(normalised(Path::new(path)), Path::new(plain), "{path}");
        }
    }

    #[test]
    fn a_key_that_was_not_read_is_noticed_when_it_is_asked_for() {
        let document = |keys| Document { keys, ..Document::new(PathBuf::new(), Vec::new(), Value::Null) };
        let noticed = |keys, key| {
            let document = document(keys);
            document.ask(key);
            document.asked_beyond()
        };
        assert_eq!(
            [noticed(Some(COMMON), "custom"), noticed(Some(COMMON), "x"), noticed(None, "x")],
            [false, true, false]
        );
    }

    struct Full;

    impl World for Full {
        fn read(&self, _path: &Path) -> crate::core::error::Result<Option<Vec<u8>>> {
            Ok(Some(b"a: b".to_vec()))
        }

        fn real_path(&self, path: &Path) -> Option<PathBuf> {
            Some(path.to_owned())
        }

        fn variable(&self, _name: &str) -> Option<String> {
            None
        }

        fn names(&self, _directory: &Path, _beginning: &str, _most: usize) -> Vec<String> {
            Vec::new()
        }
    }

    #[test]
    fn so_many_files_are_included_and_no_more() {
        let path = Path::new("/p/serverless.yml");
        let (mut files, _) = Files::open(b"a: b", None, Extent::Whole, path, &Full).unwrap();
        for number in 0..FILE_LIMIT {
            assert!(files.included(&format!("{number}.yml")).is_ok());
        }
        assert!(files.included("0.yml").is_ok());
        assert_eq!(files.included("more.yml").unwrap_err(), format!("more than {FILE_LIMIT} files are included"));
    }
}
