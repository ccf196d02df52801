//! YAML, behind a gate: the only file that names the library.
//!
//! A text is looked at before the library reads it: its size, how deep it nests and how many values it holds are
//! bounded, and while the values are built, what its aliases multiply to. So no text takes long, whoever wrote it.
//!
//! The result is what js-yaml 4 gives, which the Serverless Framework uses: merge keys are applied, a key must not come
//! twice, a second document is refused, `yes` and `on` are text. Differences are left where a plain scalar looks like a
//! number or a date: `0123` and `2024-01-31` are text here, and the number 123 and a date there; `-.5` is a number here
//! and text there.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{
    self, DeserializeSeed, Deserializer as _, EnumAccess, MapAccess, SeqAccess, VariantAccess as _, Visitor,
};
use serde_yaml::Deserializer;
use serde_yaml::value::{Tag, TaggedValue};
pub use serde_yaml::{Mapping, Value};

use super::SIZE_LIMIT;
use super::outline::{self, Excess, Limits, Node, Outline, Shape};

/// What the library can read in a few hundredths of a second: ten times what large projects hold.
pub(super) const LIMITS: Limits = Limits { depth: 100, tokens: 200_000, directives: 16 };

/// How many values more than are written a text may come to by its aliases.
const ALIASED_LIMIT: usize = 30_000;

/// Text of this length counts for one value more.
const TEXT_OF_A_VALUE: usize = 64;

/// Why a text cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What is wrong.
    pub message: String,
    /// The line, the first being 1; 0 when it is not known.
    pub line: u32,
    /// The column in characters, the first being 1; 0 when it is not known.
    pub column: u32,
}

impl Damage {
    fn at(message: impl Into<String>, (line, column): (u32, u32)) -> Self {
        Self { message: message.into(), line, column }
    }
}

/// A step from a value to one below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'p> {
    /// The value of this key.
    Key(&'p str),
    /// The item of a list, the first being 0.
    Index(usize),
}

/// Reads a text of one document; an empty one is `Null`.
pub fn read(text: &[u8]) -> Result<Value, Damage> {
    Text::scan(text)?.read()
}

/// The line and column of the value at each path; none where there is none. What is reached through an alias or a merge
/// key stands at the anchor.
#[must_use]
pub fn locate(text: &[u8], paths: &[Vec<Step<'_>>]) -> Vec<Option<(u32, u32)>> {
    let text = Text::scan(text).ok();
    paths.iter().map(|path| text.as_ref()?.value_place(path)).collect()
}

/// A text that the gate let pass.
pub struct Text<'t> {
    bytes: &'t [u8],
    /// What the library is to read instead, because it would be mistaken.
    renamed: Option<Vec<u8>>,
    /// No less than the values that are written, long text counting for more than one.
    count: usize,
    outline: Option<Outline<'t>>,
    lines: Lines<'t>,
}

impl<'t> Text<'t> {
    /// Looks at a text, before and instead of reading it.
    pub fn scan(bytes: &'t [u8]) -> Result<Self, Damage> {
        if bytes.len() as u64 > SIZE_LIMIT {
            return Err(Damage::at(format!("it is larger than {} MiB", SIZE_LIMIT / 1024 / 1024), (0, 0)));
        }
        // libyaml would count the mark as a column, and take the second line for one that is less indented.
        let bytes = without_mark(bytes);
        let lines = Lines::new(bytes);
        if let Err(error) = std::str::from_utf8(bytes) {
            return Err(Damage::at("it is not UTF-8", lines.position(error.valid_up_to())));
        }
        let tokens = outline::scan(bytes, LIMITS).map_err(|excess| {
            let (message, at) = match excess {
                Excess::Depth(at) => (format!("it nests deeper than {} levels", LIMITS.depth), at),
                Excess::Tokens(at) => (format!("it holds more than {} keys and values", LIMITS.tokens / 2), at),
                Excess::Directives(at) => (format!("it holds more than {} directives", LIMITS.directives), at),
            };
            Damage::at(message, lines.position(at))
        })?;
        if let Some(at) = tokens.second_document() {
            let message = "a second document begins, but only one is read";
            return Err(Damage::at(message, lines.position(at)));
        }
        let count = tokens.count() + bytes.len() / TEXT_OF_A_VALUE;
        let renamed = tokens.with_unique_anchors(bytes);
        Ok(Self { bytes, renamed, count, outline: Outline::of(&tokens, bytes), lines })
    }

    /// Reads all of it.
    pub fn read(&self) -> Result<Value, Damage> {
        self.read_bytes(self.renamed.as_deref().unwrap_or(self.bytes))
    }

    /// Reads the values of these keys of the mapping that the text is, and at best nothing else: the library takes its
    /// time for every line that it reads, and most lines of a project file are of no concern to us. What is wrong in
    /// the others is not seen. Other keys may be in the result as well.
    pub fn read_keys(&self, keys: &[&str]) -> Result<Value, Damage> {
        let outline = self.outline.as_ref().filter(|_| self.renamed.is_none());
        match outline.and_then(|outline| outline.with_entries(|key| is_among(outline, key, keys))) {
            Some(bytes) => self.read_bytes(&bytes),
            None => self.read(),
        }
    }

    /// The line and column of the value at a path; what is reached through an alias or a merge key stands at the anchor.
    #[must_use]
    pub fn value_place(&self, path: &[Step<'_>]) -> Option<(u32, u32)> {
        let node = find(self.outline.as_ref()?, path)?;
        Some(self.lines.position(node.start))
    }

    /// The line and column of the key at the end of a path; of an item of a list, those of the item.
    #[must_use]
    pub fn key_place(&self, path: &[Step<'_>]) -> Option<(u32, u32)> {
        let (last, parents) = path.split_last()?;
        let outline = self.outline.as_ref()?;
        let (key, value) = entry(outline, find(outline, parents)?, *last)?;
        Some(self.place(key.unwrap_or(value)))
    }

    /// The line and column of a node.
    pub(super) fn place(&self, node: &Node) -> (u32, u32) {
        self.lines.position(node.start)
    }

    /// The shape of the text; none where it makes no sense.
    pub(super) fn outline(&self) -> Option<&Outline<'t>> {
        self.outline.as_ref()
    }

    /// Reads the text, or one that has the same lines.
    fn read_bytes(&self, bytes: &[u8]) -> Result<Value, Damage> {
        let builder = Builder { left: Cell::new(self.count + ALIASED_LIMIT), told: RefCell::default() };
        let spaced = without_trailing_tabs(bytes);
        Deserializer::from_slice(&spaced).deserialize_any(Building(&builder)).map_err(|error| {
            let at = match (error.location(), &self.outline) {
                // Of characters that it does not read, the library names the number and not the line.
                (Some(_), _) if error.to_string().starts_with("control characters") => {
                    let text = String::from_utf8_lossy(bytes);
                    Lines::new(bytes).position(text.find(is_unreadable).unwrap_or_default())
                }
                (Some(at), _) => (number(at.line()), number(at.column())),
                (None, Some(outline)) => self.lines.position(outline.behind_root()),
                (None, None) => (0, 0),
            };
            Damage::at(builder.told.take().unwrap_or_else(|| in_words(&error)), at)
        })
    }
}

fn is_among(outline: &Outline<'_>, key: &Node, keys: &[&str]) -> bool {
    outline.source(key) == b"<<" || keys.iter().any(|name| is_named(outline, key, name))
}

/// The characters that cannot stand in YAML.
fn is_unreadable(char: char) -> bool {
    (char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\u{85}')) || matches!(char, '\u{fffe}' | '\u{ffff}')
}

/// The text with blanks in place of the tabs at the end of lines: libyaml takes them for an indentation in some places
/// and refuses them, js-yaml does not.
fn without_trailing_tabs(text: &[u8]) -> Cow<'_, [u8]> {
    let mut spaced = Cow::Borrowed(text);
    let mut at = 0;
    while let Some(tab) = text[at..].iter().position(|byte| *byte == b'\t') {
        let blanks = text[at..at + tab].iter().rev().take_while(|byte| **byte == b' ').count();
        let start = at + tab - blanks;
        at = start + text[start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if matches!(text.get(at), None | Some(b'\n' | b'\r')) {
            spaced.to_mut()[start..at].fill(b' ');
        }
    }
    spaced
}

/// The value at a path.
fn find<'o>(outline: &'o Outline<'_>, path: &[Step<'_>]) -> Option<&'o Node> {
    path.iter().try_fold(outline.root(), |node, step| Some(entry(outline, node, *step)?.1))
}

/// How many mappings behind merge keys are looked into for one key: they may hold one another many times over.
const MERGES_LIMIT: usize = 256;

/// A key and its value, or an item.
pub(super) fn entry<'o>(
    outline: &'o Outline<'_>,
    node: &'o Node,
    step: Step<'_>,
) -> Option<(Option<&'o Node>, &'o Node)> {
    let node = outline.behind(node);
    match (node.shape, step) {
        (Shape::Sequence, Step::Index(index)) => outline.children(node).nth(index),
        (Shape::Mapping, Step::Key(name)) => named(outline, node, name, &mut MERGES_LIMIT.clone()),
        _ => None,
    }
}

fn named<'o>(
    outline: &'o Outline<'_>,
    node: &'o Node,
    name: &str,
    left: &mut usize,
) -> Option<(Option<&'o Node>, &'o Node)> {
    *left = left.checked_sub(1)?;
    let node = outline.behind(node);
    if node.shape == Shape::Sequence {
        // A list of mappings behind a merge key.
        return outline.children(node).find_map(|(_, item)| named(outline, item, name, left));
    }
    let is = |key: Option<&Node>| key.is_some_and(|key| is_named(outline, key, name));
    outline.children(node).find(|(key, _)| is(*key)).or_else(|| {
        let mut merges = outline.children(node).filter(|(key, _)| key.is_some_and(|key| outline.source(key) == b"<<"));
        merges.find_map(|(_, from)| named(outline, from, name, left))
    })
}

pub(super) fn is_named(outline: &Outline<'_>, key: &Node, name: &str) -> bool {
    let key = outline.behind(key);
    let source = outline.source(key);
    match source {
        _ if key.shape != Shape::Scalar => false,
        // What it means is worth asking only where it may differ from what is written.
        [b'\'' | b'"', inner @ .., _] if inner.iter().all(|byte| !b"\\'\r\n".contains(byte)) => {
            inner == name.as_bytes()
        }
        [b'\'' | b'"', ..] => serde_yaml::from_slice::<String>(source).is_ok_and(|text| text == name),
        _ => source == name.as_bytes(),
    }
}

/// A text without the mark that editors put in front.
pub(super) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The lines of a text, for those who ask for several places.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    /// Where each line begins, up to the furthest place that was asked for.
    starts: RefCell<Vec<usize>>,
    known: Cell<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self { text, starts: RefCell::new(vec![0]), known: Cell::new(0) }
    }

    /// The line and column of a byte.
    pub(super) fn position(&self, at: usize) -> (u32, u32) {
        let at = at.min(self.text.len());
        let mut starts = self.starts.borrow_mut();
        for known in self.known.get()..at {
            let ends = match self.text[known] {
                b'\n' => true,
                b'\r' => self.text.get(known + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends {
                starts.push(known + 1);
            }
        }
        self.known.set(self.known.get().max(at));
        let line = starts.partition_point(|start| *start <= at);
        let column = self.text[starts[line - 1]..at].iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
        (number(line), number(column))
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The library's message without the places that it names: its own place is told apart, that of the beginning of what
/// it was reading is kept as a line.
fn in_words(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    // Its words for what it leaves unsaid where it happens.
    for (theirs, ours) in [
        ("control characters", "a control character stands in it"),
        ("recursion limit exceeded", "it nests too deep, or an alias holds itself"),
        ("repetition limit exceeded", "its aliases expand to too much"),
        ("more than one document", "a value begins before the previous one has ended"),
    ] {
        if text.contains(theirs) {
            return ours.to_owned();
        }
    }
    let mut words = String::with_capacity(text.len());
    let mut parts = text.split(" at line ");
    words.push_str(parts.next().unwrap_or_default());
    for (index, part) in parts.enumerate() {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (line, rest) = part.split_at(digits);
        let rest = rest.strip_prefix(" column ").unwrap_or(rest).trim_start_matches(|char: char| char.is_ascii_digit());
        if index > 0 {
            words.push_str(" that begins in line ");
            words.push_str(line);
        }
        words.push_str(rest);
    }
    words
}

/// Builds the value, within bounds.
struct Builder {
    left: Cell<usize>,
    /// What is wrong, in our words.
    told: RefCell<Option<String>>,
}

impl Builder {
    fn refuse<E: de::Error>(&self, message: String) -> E {
        *self.told.borrow_mut() = Some(message);
        E::custom("")
    }

    /// Takes note of a value; text counts by its length too.
    fn count<E: de::Error>(&self, length: usize) -> Result<(), E> {
        match self.left.get().checked_sub(1 + length / TEXT_OF_A_VALUE) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(self.refuse(format!("its aliases expand to more than {ALIASED_LIMIT} values"))),
        }
    }
}

/// Builds any value.
#[derive(Clone, Copy)]
struct Building<'b>(&'b Builder);

impl<'de> DeserializeSeed<'de> for Building<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Building<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        self.0.count(0).map(|()| Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        self.0.count(0).map(|()| Value::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.0.count(0).map(|()| Value::Number(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        self.0.count(0).map(|()| Value::Number(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.0.count(value.len()).map(|()| Value::String(value.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        self.0.count(0).map(|()| Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.0.count(0)?;
        let mut sequence = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            sequence.push(item);
        }
        Ok(Value::Sequence(sequence))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.0.count(0)?;
        let mut merging = Merging { mapping: Mapping::new(), merged: Mapping::new() };
        while let Some(key) = entries.next_key_seed(KeyOf { builder: self.0, known: &merging })? {
            if key == "<<" {
                let value = entries.next_value_seed(Merged(self))?;
                merging.merge(value);
            } else {
                let value = entries.next_value_seed(self)?;
                merging.insert(key, value);
            }
        }
        Ok(Value::Mapping(merging.mapping))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (tag, content) = tagged.variant::<String>()?;
        let value = content.newtype_variant_seed(self)?;
        // `! text` says no more than that it is what it looks like.
        Ok(if tag.trim_start_matches('!').is_empty() {
            value
        } else {
            Value::Tagged(Box::new(TaggedValue { tag: Tag::new(tag), value }))
        })
    }
}

/// A mapping while it is read: what came from a merge key may be said again.
struct Merging {
    mapping: Mapping,
    merged: Mapping,
}

impl Merging {
    fn is_taken(&self, key: &Value) -> bool {
        self.mapping.contains_key(key) && !self.merged.contains_key(key)
    }

    fn insert(&mut self, key: Value, value: Value) {
        self.merged.swap_remove(&key);
        self.mapping.insert(key, value);
    }

    /// What the mapping says itself wins, then what was merged first.
    fn merge(&mut self, from: Vec<Mapping>) {
        for (key, value) in from.into_iter().flatten() {
            if !self.mapping.contains_key(&key) {
                self.merged.insert(key.clone(), Value::Null);
                self.mapping.insert(key, value);
            }
        }
    }
}

/// A key, which must be new.
struct KeyOf<'b> {
    builder: &'b Builder,
    known: &'b Merging,
}

impl KeyOf<'_> {
    fn checked<E: de::Error>(self, key: Value) -> Result<Value, E> {
        if !self.known.is_taken(&key) {
            return Ok(key);
        }
        let name = key.as_str().map_or_else(|| format!("{key:?}"), str::to_owned);
        Err(self.builder.refuse(format!("the key `{name}` appears twice")))
    }
}

impl<'de> DeserializeSeed<'de> for KeyOf<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeyOf<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_bool<E: de::Error>(self, key: bool) -> Result<Value, E> {
        Building(self.builder).visit_bool(key).and_then(|key| self.checked(key))
    }

    fn visit_i64<E: de::Error>(self, key: i64) -> Result<Value, E> {
        Building(self.builder).visit_i64(key).and_then(|key| self.checked(key))
    }

    fn visit_u64<E: de::Error>(self, key: u64) -> Result<Value, E> {
        Building(self.builder).visit_u64(key).and_then(|key| self.checked(key))
    }

    fn visit_i128<E: de::Error>(self, key: i128) -> Result<Value, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_u128<E: de::Error>(self, key: u128) -> Result<Value, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_f64<E: de::Error>(self, key: f64) -> Result<Value, E> {
        Building(self.builder).visit_f64(key).and_then(|key| self.checked(key))
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Value, E> {
        Building(self.builder).visit_str(key).and_then(|key| self.checked(key))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        self.checked(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _items: A) -> Result<Value, A::Error> {
        Err(self.builder.refuse("a list cannot be a key".to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, _entries: A) -> Result<Value, A::Error> {
        Err(self.builder.refuse("a mapping cannot be a key".to_owned()))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _tagged: A) -> Result<Value, A::Error> {
        Err(self.builder.refuse("a tagged value cannot be a key".to_owned()))
    }
}

/// The mappings behind a merge key.
struct Merged<'b>(Building<'b>);

impl<'de> DeserializeSeed<'de> for Merged<'_> {
    type Value = Vec<Mapping>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Mapping>, D::Error> {
        let refuse = || self.0.0.refuse("`<<` takes a mapping, or a list of them".to_owned());
        let one = |value| match value {
            Value::Mapping(mapping) => Ok(mapping),
            _ => Err(refuse()),
        };
        match deserializer.deserialize_any(self.0)? {
            Value::Sequence(items) => items.into_iter().map(one).collect(),
            Value::Null => Ok(Vec::new()),
            value => one(value).map(|mapping| vec![mapping]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_text(text: &str) -> Value {
        read(text.as_bytes()).unwrap_or_else(|damage| panic!("{damage:?} in {text:?}"))
    }

    /// As JSON, which tells text from numbers.
    fn json(text: &str) -> String {
        serde_json::to_string(&read_text(text)).unwrap()
    }

    fn damage(text: &str) -> String {
        let Damage { message, line, column } = read(text.as_bytes()).unwrap_err();
        format!("{line}:{column}: {message}")
    }

    #[test]
    fn a_file_is_read_however_it_was_written() {
        let expected = r#"{"a":{"b":"c"},"d":[1,true,null]}"#;
        for text in [
            "a:\n  b: c\nd:\n  - 1\n  - true\n  -\n",
            "\u{feff}a:\n  b: c\nd: [1, true, ~]\n",
            "a:\r\n  b: c\r\nd:\r\n- 1\r\n- true\r\n- null\r\n",
            "%YAML 1.2\n---\n# a comment\na: {b: c} # another\nd: [1, true, null,]\n...\n",
            "{\"a\": {\"b\":\"c\"},\n\t\"d\":[1,true,null]}",
            "a: &x\n  b: c\nd: [1, true, null]",
            "a:\n\t\n  b: c\n \t\nd:\t\n- 1\n- true\n-\t\n\t",
        ] {
            assert_eq!(json(text), expected, "{text:?}");
        }
        for text in ["", "\n", "# nothing\n", "---\n", "\u{feff}", "---\n...\n", "~"] {
            assert_eq!(json(text), "null", "{text:?}");
        }
    }

    #[test]
    fn merge_keys_are_applied() {
        let text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\n";
        assert_eq!(json(&format!("{text}c: {{<<: *a, y: 9}}"))[37..], *r#""c":{"x":1,"y":9}}"#);
        assert_eq!(json(&format!("{text}c: {{y: 9, <<: *a}}"))[37..], *r#""c":{"y":9,"x":1}}"#);
        assert_eq!(json(&format!("{text}c:\n  <<: [*a, *b]\n"))[37..], *r#""c":{"x":1,"y":2,"z":4}}"#);
        assert_eq!(json(&format!("{text}c:\n  <<: *b\n  <<: *a\n"))[37..], *r#""c":{"y":3,"z":4,"x":1}}"#);
        assert_eq!(damage("a:\n  <<: text\n"), "2:3: `<<` takes a mapping, or a list of them");
        assert_eq!(damage("a: {<<: {x: 1}, x: 2, x: 3}"), "1:23: the key `x` appears twice");
    }

    #[test]
    fn the_tags_of_cloudformation_are_kept() {
        let value = read_text("a: !Ref x\nb: !GetAtt [c, d]\ne: !Sub\n  - f\n  - {g: !Ref h}\n");
        let tagged = |value: &Value| match value {
            Value::Tagged(tagged) => (tagged.tag.to_string(), serde_json::to_string(&tagged.value).unwrap()),
            other => panic!("{other:?}"),
        };
        assert_eq!(tagged(&value["a"]), ("!Ref".to_owned(), "\"x\"".to_owned()));
        assert_eq!(tagged(&value["b"]), ("!GetAtt".to_owned(), "[\"c\",\"d\"]".to_owned()));
        let Value::Tagged(sub) = &value["e"] else { panic!("{value:?}") };
        assert_eq!(tagged(&sub.value[1]["g"]), ("!Ref".to_owned(), "\"h\"".to_owned()));
        assert_eq!(json("a: ! x"), r#"{"a":"x"}"#);
    }

    #[test]
    fn scalars_are_those_of_yaml_1_2() {
        for (text, value) in [
            ("yes", r#""yes""#),
            ("off", r#""off""#),
            ("y", r#""y""#),
            ("True", "true"),
            ("~", "null"),
            ("Null", "null"),
            ("nULL", r#""nULL""#),
            ("'1'", r#""1""#),
            ("0x10", "16"),
            ("0o17", "15"),
            ("1e3", "1000.0"),
            (".5", "0.5"),
            ("12:30", r#""12:30""#),
            ("2024-01-31", r#""2024-01-31""#),
            ("0123", r#""0123""#),
            ("1_000", r#""1_000""#),
            ("eu-west-1", r#""eu-west-1""#),
            ("a #b", r#""a""#),
            ("a#b", r#""a#b""#),
        ] {
            assert_eq!(json(text), value, "{text}");
        }
    }

    #[test]
    fn damage_is_told_with_its_place() {
        for (text, told) in [
            ("a: 1\nb:\n  c: 1\n  c: 2\n", "4:3: the key `c` appears twice"),
            ("a: 1\n'a': 2\n", "2:1: the key `a` appears twice"),
            ("a:\n\tb: 1\n", "2:1: found character that cannot start any token, while scanning for the next token"),
            ("a: 1\n---\nb: 2\n", "2:1: a second document begins, but only one is read"),
            ("---\na: 1\n---\n", "3:1: a second document begins, but only one is read"),
            (
                "a: [1\nb: 2\n",
                "2:2: did not find expected ',' or ']', while parsing a flow sequence that begins in line 1",
            ),
            ("a: *b\n", "1:4: unknown anchor"),
            (" - a\n- b\n", "2:1: a value begins before the previous one has ended"),
            ("a: &a [*a]\n", "1:4: it nests too deep, or an alias holds itself"),
            ("? [a]\n: b\n", "1:3: a list cannot be a key"),
            ("? {a: b}\n: b\n", "1:3: a mapping cannot be a key"),
            ("ä: 1\nö: {ü: 1, ü: 2}", "2:11: the key `ü` appears twice"),
        ] {
            assert_eq!(damage(text), told, "{text:?}");
        }
        assert_eq!(damage("a: 1\nä: b\u{9b}\n"), "2:5: a control character stands in it");
        let told = read(b"a: 1\nb: \xff\n").unwrap_err();
        assert_eq!((told.message.as_str(), told.line, told.column), ("it is not UTF-8", 2, 4));
    }

    #[test]
    fn what_multiplies_or_nests_without_end_is_refused() {
        let list = |item: &str, count| vec![item; count].join(",");
        let lines = |count, line: fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().join("\n");
        let laughs: Vec<String> =
            (1..9).map(|at| format!("a{at}: &a{at} [{}]", list(&format!("*a{}", at - 1), 9))).collect();
        for (text, told) in [
            (
                format!("a0: &a0 [{}]\n{}", list("x", 9), laughs.join("\n")),
                "its aliases expand to more than 30000 values",
            ),
            (
                format!("a: &a [{}]\nb: [{}]\n", list("x", 5_000), list("*a", 5_000)),
                "its aliases expand to more than 30000 values",
            ),
            (
                format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), list("*a", 5_000)),
                "its aliases expand to more than 30000 values",
            ),
            (
                format!("a: &a [{}]\nb: [{}]\n", list("~", 5_000), list("*a", 5_000)),
                "its aliases expand to more than 30000 values",
            ),
            ("{a: ".repeat(125_000), "it nests deeper than 100 levels"),
            ("[".repeat(100_000), "it nests deeper than 100 levels"),
            ("- ".repeat(100_000), "it nests deeper than 100 levels"),
            ("? ".repeat(100_000), "it nests deeper than 100 levels"),
            (lines(1_000, |depth| format!("{}a:", " ".repeat(depth))), "it nests deeper than 100 levels"),
            (format!("[{}]", list("x", 200_000)), "it holds more than 100000 keys and values"),
            (lines(1_000, |at| format!("%TAG !a{at}! x")) + "\n--- a\n", "it holds more than 16 directives"),
            ("#".repeat(5 << 20), "it is larger than 4 MiB"),
        ] {
            let damage = read(text.as_bytes()).unwrap_err();
            assert!(damage.message.starts_with(told), "{}: {damage:?}", &text[..40]);
        }
        // Exactly as much as is allowed.
        for text in [
            "#".repeat(4 << 20),
            "[".repeat(100) + &"]".repeat(100),
            format!("[{},]", list("x", 99_999)),
            lines(16, |at| format!("%TAG !a{at}! x")) + "\n--- a\n",
        ] {
            assert!(Text::scan(text.as_bytes()).is_ok(), "{}", &text[..20]);
        }
    }

    /// The outline in brackets and braces, with the place of each end and the text as it is written.
    fn dumped(text: &Text<'_>, node: &Node) -> String {
        let outline = text.outline().unwrap();
        let (line, column) = text.place(node);
        let children = || outline.children(node);
        match node.shape {
            Shape::Empty => format!("{line}:{column}"),
            Shape::Scalar | Shape::Alias => {
                format!("{line}:{column} {}", String::from_utf8_lossy(outline.source(node)).escape_debug())
            }
            Shape::Sequence => {
                format!("[{}]", children().map(|(_, node)| dumped(text, node)).collect::<Vec<_>>().join(", "))
            }
            Shape::Mapping => {
                let pair = |(key, node): (Option<&Node>, &Node)| {
                    format!("{}: {}", dumped(text, key.unwrap()), dumped(text, node))
                };
                format!("{{{}}}", children().map(pair).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What no person writes: the scanner must follow the library there as well, or places are wrong.
    #[test]
    fn odd_texts_have_the_outline_that_the_library_sees() {
        for (text, expected) in [
            ("\u{85}", "1:2"),
            ("->-\n:", "2:1: a value begins before the previous one has ended"),
            ("  c: d\n\u{feff}[*x", "2:2: a value begins before the previous one has ended"),
            ("-}", "1:1 -}"),
            ("? b", "{1:3 b: 1:4}"),
            ("?]", "1:1 ?]"),
            ("c: ? d:", "1:4: mapping keys are not allowed in this context"),
            ("\n\u{feff}", "2:2"),
            ("\u{85}\u{feff}", "1:3"),
            ("\t:", "1:1: found character that cannot start any token, while scanning for the next token"),
            ("\t", "1:2"),
            ("!<a,b> ", "1:7"),
            ("\n    |2\n |2\n#", "3:2: a value begins before the previous one has ended"),
            ("|2\n  c: d\n1", "3:1: a value begins before the previous one has ended"),
            ("|+1\n\n    |+1\n c: *m\n&x ", "5:1: a value begins before the previous one has ended"),
            ("|+1\n  c: d\nc: *m\n", "3:1: a value begins before the previous one has ended"),
            ("|2\n\n  \\\n?&x ", "4:1: a value begins before the previous one has ended"),
            ("  a: |\n  t\n", "3:1: could not find expected ':', while scanning a simple key that begins in line 2"),
            ("'\\'&x1 ", "1:4: a value begins before the previous one has ended"),
            ("''''\\\"\\\n", "1:5: a value begins before the previous one has ended"),
            ("'\t\n'é': ", "2:2: a value begins before the previous one has ended"),
            ("\"1\\", "1:3: found unknown escape character, while parsing a quoted scalar"),
            ("- ---", "[1:3 ---]"),
            ("a: b\n c\n", r"{1:1 a: 1:4 b\n c}"),
            ("m: &m\n&m ", "3:1: could not find expected ':', while scanning a simple key that begins in line 2"),
            ("{|\n\">-\n---", "3:1: a second document begins, but only one is read"),
            ("&x ''b: &x 1\n*x1", "1:7: did not find expected key, while parsing a block mapping"),
            ("...\n---\n\r\n]", "1:1: did not find expected node content, while parsing a block node"),
            ("a:\n  x: {\nb: c}\n", "{1:1 a: {2:3 x: {3:1 b: 3:4 c}}}"),
            ("[?a]", "[{1:3 a: 1:4}]"),
            ("{? a : b, c}", "{1:4 a: 1:8 b, 1:11 c: 1:12}"),
            ("? a\n: b: c\n", "{1:3 a: {2:3 b: 2:6 c}}"),
            ("? a\n: - b\n", "{1:3 a: [2:5 b]}"),
            (": a\n", "1:1: did not find expected key, while parsing a block mapping"),
            ("a:\n  b: |2\n      x\n    y\n  c: d\n", r"{1:1 a: {2:3 b: 2:6 |2\n      x\n    y, 5:3 c: 5:6 d}}"),
            ("- &x\n- b\n", "[1:5, 2:3 b]"),
            ("[? a]", "[{1:4 a: 1:5}]"),
            ("[a, ? b : c]", "[1:2 a, {1:7 b: 1:11 c}]"),
            ("['é': ] #\n", r"[{1:2 \'é\': 1:6}]"),
        ] {
            let told = match read(text.as_bytes()) {
                Ok(_) => {
                    let scanned = Text::scan(text.as_bytes()).unwrap();
                    dumped(&scanned, scanned.outline().unwrap().root())
                }
                Err(Damage { message, line, column }) => format!("{line}:{column}: {message}"),
            };
            assert_eq!(told, expected, "{text:?}");
        }
    }

    /// Then all of it is read, so that nothing wrong is passed over.
    #[test]
    fn what_the_library_refuses_for_its_shape_has_no_outline() {
        for text in [", ", "a: }\n", "  a: |\n  t\n", "- a\nb\n"] {
            assert!(Text::scan(text.as_bytes()).unwrap().outline().is_none(), "{text:?}");
            assert!(read(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_no_alias() {
        let text = format!("a: {}\n", "x".repeat(3_000_000));
        assert_eq!(read_text(&text)["a"].as_str().map(str::len), Some(3_000_000));
    }

    #[test]
    fn a_line_ends_with_any_of_three_marks() {
        let lines = Lines::new(b"a\rb\nc\r\nd");
        let places: Vec<_> = [0, 2, 4, 7].map(|at| lines.position(at)).into();
        assert_eq!(places, [(1, 1), (2, 1), (3, 1), (4, 1)]);
    }

    #[test]
    fn a_quoted_key_is_what_it_means() {
        for (text, key, column) in
            [("'''': v", "'", 7), ("\"a\\tb\": v", "a\tb", 9), ("'a': v", "a", 6), ("'': v", "", 5)]
        {
            assert_eq!(locate(text.as_bytes(), &[vec![Step::Key(key)]]), [Some((1, column))], "{text}");
        }
    }

    #[test]
    fn what_is_not_asked_for_is_passed_over_only_where_that_is_safe() {
        let read_key = |text: &str, key: &str| match Text::scan(text.as_bytes()).unwrap().read_keys(&[key]) {
            Ok(value) => serde_json::to_string(&value).unwrap(),
            Err(damage) => format!("{}:{}: {}", damage.line, damage.column, damage.message),
        };
        // Passed over, so that what is wrong there is not seen.
        assert_eq!(read_key("a: *q\nb: é\n", "b"), r#"{"b":"é"}"#);
        assert_eq!(read_key("a:\n  - *q\n\nb: 1\n", "b"), r#"{"b":1}"#);
        // Not in braces, and not where a line ends in a way that only the library sees.
        assert_eq!(read_key("{\na: 1,\nb: 2}", "b"), r#"{"a":1,"b":2}"#);
        let odd = "a: |\n  x\u{85}  y\nb: {x: 1, x: 2}\n";
        assert_eq!(read_key(odd, "b"), "4:11: the key `x` appears twice");
        // Not where one of many aliases leads into what would be passed over.
        let aliases = format!("a: &a 1\nb: [&c 1, {}*a]\n", "*c, ".repeat(101));
        assert!(read_key(&aliases, "b").starts_with(r#"{"a":1,"b":[1,"#));
    }

    #[test]
    fn a_long_list_is_no_deep_one() {
        let text = "- a\n".repeat(1_500);
        assert_eq!(locate(text.as_bytes(), &[vec![Step::Index(1_400)]]), [Some((1_401, 3))]);
    }

    #[test]
    fn keys_and_large_numbers_are_what_they_look_like() {
        let text = "1: a\n-1: b\n1.5: c\ntrue: d\n~: e\n18446744073709551616: f\n-9223372036854775809: g\n";
        let Value::Mapping(mapping) = read_text(text) else { panic!() };
        let keys: Vec<_> = mapping.keys().map(|key| serde_json::to_string(key).unwrap()).collect();
        assert_eq!(keys, ["1", "-1", "1.5", "true", "null", r#""18446744073709551616""#, r#""-9223372036854775809""#]);
        assert_eq!(
            json("[18446744073709551616, -9223372036854775809]"),
            r#"["18446744073709551616","-9223372036854775809"]"#
        );
        assert_eq!(damage("~: 1\nnull: 2\n"), "2:1: the key `Null` appears twice");
        assert_eq!(damage("1: 1\n1: 2\n"), "2:1: the key `Number(1)` appears twice");
        assert_eq!(damage("? !t a\n: b\n"), "1:3: a tagged value cannot be a key");
    }

    /// By itself, the library takes the second `a` for `b`.
    #[test]
    fn an_anchor_may_be_given_again() {
        let text = "p: &a 1\nq: &a 2\nr: &b 3\ns: [*a, *b]\nt: &a1 [&a 4, *a]\n";
        assert_eq!(json(text), r#"{"p":1,"q":2,"r":3,"s":[2,3],"t":[4,4]}"#);
        let paths = [vec![Step::Key("s"), Step::Index(0)]];
        assert_eq!(locate(text.as_bytes(), &paths), [Some((4, 5))]);
        assert_eq!(damage("p: &a 1\nq: &a 2\nr: *b\n"), "3:4: unknown anchor");
    }

    #[test]
    fn an_anchor_may_be_used_often() {
        let text = format!("a: &a {{x: 1, y: [1, 2, 3]}}\nb:\n{}", "  - {<<: *a, z: *a}\n".repeat(1_000));
        assert_eq!(read_text(&text)["b"].as_sequence().unwrap().len(), 1_000);
    }

    #[test]
    fn values_are_located_by_their_path() {
        use Step::{Index, Key};
        let text = "\u{feff}# ü\r\nprovider:\r\n  name: aws\r\n  'profile': \"p\"\r\ncustom:\r\n  list:\r\n  - one\r\n  - {a: x, \
                    ü: [1, !Ref z]}\r\n  base: &base\r\n    inner: v\r\n  used:\r\n    <<: *base\r\n  also: *base\r\n  text: |\r\n    \
                    profile: no\r\n  empty:\r\n1: n\r\n\"q\\x41\": w\r\n";
        read_text(text);
        for (path, place) in [
            (vec![Key("provider"), Key("name")], Some((3, 9))),
            (vec![Key("provider"), Key("profile")], Some((4, 14))),
            (vec![Key("provider")], Some((3, 3))),
            (vec![Key("custom"), Key("list"), Index(0)], Some((7, 5))),
            (vec![Key("custom"), Key("list"), Index(1), Key("a")], Some((8, 9))),
            (vec![Key("custom"), Key("list"), Index(1), Key("ü"), Index(0)], Some((8, 16))),
            (vec![Key("custom"), Key("list"), Index(1), Key("ü"), Index(1)], Some((8, 24))),
            (vec![Key("custom"), Key("used"), Key("inner")], Some((10, 12))),
            (vec![Key("custom"), Key("also"), Key("inner")], Some((10, 12))),
            (vec![Key("custom"), Key("text")], Some((14, 9))),
            (vec![Key("custom"), Key("empty")], Some((16, 9))),
            (vec![Key("1")], Some((17, 4))),
            (vec![Key("qA")], Some((18, 10))),
            (vec![], Some((2, 1))),
            (vec![Key("profile")], None),
            (vec![Key("custom"), Key("list"), Index(2)], None),
            (vec![Key("custom"), Key("list"), Key("0")], None),
        ] {
            assert_eq!(locate(text.as_bytes(), std::slice::from_ref(&path)), [place], "{path:?}");
        }
        let places = Text::scan(text.as_bytes()).unwrap();
        for (path, place) in [
            (vec![Key("custom"), Key("used"), Key("inner")], Some((10, 5))),
            (vec![Key("provider")], Some((2, 1))),
            (vec![Key("custom"), Key("list"), Index(1)], Some((8, 5))),
            (vec![], None),
        ] {
            assert_eq!(places.key_place(&path), place, "{path:?}");
        }
        assert_eq!(locate(b"a: [", &[vec![Key("a")]]), [None]);
    }

    #[test]
    fn only_the_lines_of_the_keys_that_are_asked_for_are_read() {
        let text = "# head\na: 1\n# of b\nb:\n  - x: *q\nc: &c {d: 1}\ne: |+\n  t\n\n'f g': *c\nh: 2\nh: 3\n";
        let read_keys = |keys: &[&str]| match Text::scan(text.as_bytes()).unwrap().read_keys(keys) {
            Ok(value) => serde_json::to_string(&value).unwrap(),
            Err(damage) => format!("{}:{}: {}", damage.line, damage.column, damage.message),
        };
        assert_eq!(read_keys(&["a", "zz"]), r#"{"a":1}"#);
        assert_eq!(read_keys(&["e"]), r#"{"e":"t\n\n"}"#);
        assert_eq!(read_keys(&["c", "f g"]), r#"{"c":{"d":1},"f g":{"d":1}}"#);
        assert_eq!(read_keys(&["h"]), "12:1: the key `h` appears twice");
        // What the alias stands for is in another entry: all is read, with what is wrong in it.
        assert_eq!(read_keys(&["f g"]), "5:8: unknown anchor");
        assert_eq!(read_keys(&["b"]), "5:8: unknown anchor");
        assert_eq!(read_keys(&[]), "null");
    }

    /// That the outline holds what the library read: the same lists and keys, and the same text.
    fn agree(outline: &Outline<'_>, node: &Node, value: &Value) -> Result<(), String> {
        let value = if let Value::Tagged(tagged) = value { &tagged.value } else { value };
        let node = outline.behind(node);
        let differ = || Err(format!("{node:?} `{}` is not {value:?}", String::from_utf8_lossy(outline.source(node))));
        match (node.shape, value) {
            (Shape::Empty, Value::String(text)) if text.is_empty() => Ok(()),
            (Shape::Sequence, Value::Sequence(items)) => {
                if outline.children(node).count() != items.len() {
                    return differ();
                }
                outline.children(node).zip(items).try_for_each(|((_, node), value)| agree(outline, node, value))
            }
            (Shape::Mapping, Value::Mapping(mapping)) => {
                let merges = outline.children(node).any(|(key, _)| outline.source(key.unwrap()) == b"<<");
                if merges {
                    return Ok(());
                }
                if outline.children(node).count() != mapping.len() {
                    return differ();
                }
                outline.children(node).zip(mapping).try_for_each(|((key, node), (name, value))| {
                    agree(outline, key.unwrap(), name)?;
                    agree(outline, node, value)
                })
            }
            (Shape::Scalar, Value::String(text)) => {
                let source = outline.source(node);
                // Alone in a document of its own, at the same column, it must mean the same.
                let is_plain = !matches!(source[0], b'|' | b'>' | b'"' | b'\'');
                let same = match source {
                    _ if source.iter().any(|byte| b"\r\n\x85\xe2".contains(byte)) => true,
                    _ if is_plain => source == text.as_bytes(),
                    [b'|' | b'>', ..] => true,
                    _ => serde_yaml::from_slice::<String>(source).is_ok_and(|inner| inner == *text),
                };
                if same { Ok(()) } else { differ() }
            }
            (Shape::Empty, Value::Null) | (Shape::Scalar, Value::Null | Value::Bool(_) | Value::Number(_)) => Ok(()),
            _ => differ(),
        }
    }

    fn check(text: &str) -> Result<(), String> {
        let paths = [vec![Step::Key("a"), Step::Index(0)], vec![Step::Key("b")]];
        let _ = locate(text.as_bytes(), &paths);
        let _ = Text::scan(text.as_bytes()).map(|text| text.key_place(&paths[0]));
        let Ok(value) = read(text.as_bytes()) else { return Ok(()) };
        let text = Text::scan(text.as_bytes()).map_err(|damage| format!("{damage:?}"))?;
        for keys in [&["a"][..], &["b", "k"], &["c", "x", "m"]] {
            let some = text.read_keys(keys).map_err(|damage| format!("{keys:?} {damage:?}"))?;
            for key in keys {
                if some.get(key) != value.get(key) {
                    return Err(format!("{keys:?} {some:?} {value:?}"));
                }
            }
        }
        let outline = text.outline().ok_or("no outline")?;
        agree(outline, outline.root(), &value)
    }

    const PIECES: &[&str] = &[
        "a",
        "b",
        "c: ",
        "d:",
        ":",
        " ",
        "  ",
        "\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "- ",
        "-",
        "? ",
        "?",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        "'",
        "\"",
        "\\",
        "#",
        " #",
        "&x ",
        "*x",
        "*x ",
        "!t ",
        "!",
        "|\n",
        ">-\n",
        "|2\n",
        "\t",
        "\r\n",
        "\r",
        "---",
        "...",
        "%",
        "<<: ",
        "~",
        "1",
        "é",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "''",
        "\\\n",
        "\n---\n",
        "a: b\n",
        "  c: d\n",
        "- e\n",
        "x: [1, 2]\n",
        "  - f: {g: h}\n",
        "=",
        "a: |\n  t\n",
        "m: |+\n  t\n\n",
        "c: *m\n",
        "&m ",
        "n: *x\n",
        "zz: &m\n  a: 1\n",
        "b: &x 1\n",
        "# y\n",
        "b: >\n   t\n  u\n",
        "k: 'v'\n",
        "y: \"z\"\n",
        "m: &m\n",
        "\"j\":1,",
        "0",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn the_outline_is_what_the_library_reads(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14)) {
            let text: String = pieces.concat();
            prop_assert_eq!(check(&text), Ok(()), "{:?}", text);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assert_eq!(check(&text), Ok(()), "{:?}", text);
            let _ = (read(&bytes), locate(&bytes, &[vec![Step::Key("a")]]));
        }
    }
}
