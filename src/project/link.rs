//! The edit of a `.credenv.yml` that links a profile: in place, with everything else left as it was written.

use std::path::Path;

use super::credenv_file;
use super::outline::{Node, Outline, Shape};
use super::yaml::{self, Text, Value};
use crate::core::error::{Error, Result};
use crate::core::profile::ProfileName;
use crate::core::text::escape_json;

/// A file with the profile linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The text.
    pub text: Vec<u8>,
    /// The line that names the profile.
    pub line: u32,
}

/// Links a profile in the text of a file, for one stage or for all that do not name their own. The result is read again:
/// it says what was asked for and nothing else has changed its meaning, or nothing is edited.
pub fn link(text: &[u8], path: &Path, profile: &str, stage: Option<&str>) -> Result<Linked> {
    if ProfileName::new(profile).is_none() {
        return Err(Error::usage(format!("`{profile}` cannot be the name of a profile")));
    }
    if let Some(stage) = stage.filter(|stage| stage.trim().is_empty() || stage.chars().any(char::is_control)) {
        return Err(Error::usage(format!("`{stage}` cannot be the name of a stage")));
    }
    let read = |text: &[u8]| credenv_file::read_stage(text, path, stage);
    let body = yaml::without_mark(text);
    let scanned = Text::scan(body).and_then(|scanned| Ok((scanned.read()?, scanned)));
    let Ok((before, scanned)) = scanned else { return Err(damaged(read(text), path)) };
    let wanted = with_profile(&before, profile, stage);
    let edits = scanned.outline().map(|outline| Editor { text: body, outline, profile, stage }.edits());
    for edit in edits.unwrap_or_default() {
        let edited = edit.applied_to(body);
        if wanted.is_some() && yaml::read(&edited).ok() == wanted {
            let edited = [&text[..text.len() - body.len()], &edited].concat();
            // What was wrong before is told where it stands in the file as it is.
            let binding = read(&edited).map_err(|error| read(text).err().unwrap_or(error))?;
            let said = binding.answer.asked.profile.filter(|said| said.text == profile);
            if let Some(said) = said.filter(|_| stage.is_some()).or(binding.any_stage.asked.profile) {
                return Ok(Linked { text: edited, line: said.origin.line });
            }
        }
    }
    Err(damaged(read(text), path).hint(format!("write it by hand: `{}`", lines_to_add(profile, stage))))
}

/// The error of a file that cannot be read, or of one whose form is beyond us.
fn damaged<T>(read: Result<T>, path: &Path) -> Error {
    read.err()
        .unwrap_or_else(|| Error::failed(format!("cannot edit {} without changing the rest of it", path.display())))
}

fn lines_to_add(profile: &str, stage: Option<&str>) -> String {
    let value = scalar(profile, Quotes::WhereNeeded);
    match stage {
        Some(stage) => format!("stages: {{{}: {value}}}", scalar(stage, Quotes::WhereNeeded)),
        None => format!("profile: {value}"),
    }
}

/// What the file is to mean afterwards; none where what stands there is no mapping.
fn with_profile(before: &Value, profile: &str, stage: Option<&str>) -> Option<Value> {
    let mut after = before.clone();
    let root = as_mapping(&mut after)?;
    let Some(stage) = stage else {
        root.insert("profile".into(), profile.into());
        return Some(after);
    };
    let stages = as_mapping(root.entry("stages".into()).or_insert(Value::Null))?;
    match stages.entry(stage.into()).or_insert(Value::Null) {
        Value::Mapping(of_stage) => drop(of_stage.insert("profile".into(), profile.into())),
        short => *short = profile.into(),
    }
    Some(after)
}

fn as_mapping(value: &mut Value) -> Option<&mut yaml::Mapping> {
    if value.is_null() {
        *value = Value::Mapping(yaml::Mapping::new());
    }
    value.as_mapping_mut()
}

/// Bytes that are replaced, and by what.
#[derive(Debug)]
struct Edit {
    from: usize,
    to: usize,
    by: String,
}

impl Edit {
    fn applied_to(&self, text: &[u8]) -> Vec<u8> {
        [&text[..self.from], self.by.as_bytes(), &text[self.to..]].concat()
    }
}

/// How text is to be quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    WhereNeeded,
    Single,
    Double,
}

/// Text as YAML that every reader takes for the same text, those of YAML 1.1 too.
fn scalar(text: &str, quotes: Quotes) -> String {
    let plain = text.starts_with(|char: char| char.is_ascii_alphabetic())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || "_-./@+".contains(char))
        && !["true", "false", "yes", "no", "on", "off", "y", "n", "null"].contains(&text.to_lowercase().as_str());
    let json = escape_json(&quoted(text));
    match quotes {
        Quotes::WhereNeeded if plain => text.to_owned(),
        // In single quotes nothing can be escaped.
        Quotes::Single if json == quoted(text) => format!("'{}'", text.replace('\'', "''")),
        _ => json,
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// An entry that is to be added: one or more keys, one in the other, and the value.
struct Added<'a>(Vec<&'a str>, &'a str);

/// The edits of one text, in the order in which they are to be tried.
struct Editor<'t> {
    text: &'t [u8],
    outline: &'t Outline<'t>,
    profile: &'t str,
    stage: Option<&'t str>,
}

impl Editor<'_> {
    fn edits(&self) -> Vec<Edit> {
        let root = self.outline.root();
        let Some(stage) = self.stage else {
            return match self.own(root, "profile") {
                Some((_, value)) => self.replaced(value),
                None => self.added(root, None, &Added(vec!["profile"], self.profile), true),
            };
        };
        let Some((key, stages)) = self.own(root, "stages") else {
            return self.added(root, None, &Added(vec!["stages", stage], self.profile), false);
        };
        let Some((key_of_stage, of_stage)) = self.own(stages, stage) else {
            return self.added(stages, Some(key), &Added(vec![stage], self.profile), false);
        };
        if of_stage.shape != Shape::Mapping {
            return self.replaced(of_stage);
        }
        match self.own(of_stage, "profile") {
            Some((_, value)) => self.replaced(value),
            None => self.added(of_stage, Some(key_of_stage), &Added(vec!["profile"], self.profile), true),
        }
    }

    /// A key of the mapping itself, not of what it merges.
    fn own(&self, mapping: &Node, name: &str) -> Option<(&Node, &Node)> {
        let mut entries = self.outline.children(mapping).filter_map(|(key, value)| Some((key?, value)));
        entries.find(|(key, _)| yaml::is_named(self.outline, key, name))
    }

    /// The profile in the place of a value, quoted as that was.
    fn replaced(&self, value: &Node) -> Vec<Edit> {
        let quotes = match self.outline.source(value).first() {
            Some(b'\'') => Quotes::Single,
            Some(b'"') => Quotes::Double,
            _ => Quotes::WhereNeeded,
        };
        let text = scalar(self.profile, quotes);
        // Nothing stands behind the colon yet.
        let by = if value.shape == Shape::Empty { format!(" {text}") } else { text };
        match value.shape {
            Shape::Sequence | Shape::Mapping => Vec::new(),
            _ => vec![Edit { from: value.start, to: value.end, by }],
        }
    }

    /// A new entry in a mapping, or where nothing is written yet, first or last.
    fn added(&self, mapping: &Node, key: Option<&Node>, added: &Added<'_>, first: bool) -> Vec<Edit> {
        let entries: Vec<(&Node, &Node)> =
            self.outline.children(mapping).filter_map(|(key, value)| Some((key?, value))).collect();
        if self.outline.source(mapping).first() == Some(&b'{') {
            return self.added_in_braces(mapping, key, &entries, added, first);
        }
        let (Some(first_entry), Some(last_entry)) = (entries.first(), entries.last()) else {
            return self.begun(mapping, key, added);
        };
        let Some(indent) = self.indent(first_entry.0.start) else { return Vec::new() };
        let lines = added.lines(&indent, self.step(), self.line_end());
        let above = || Edit {
            from: self.line_start(first_entry.0.start),
            to: self.line_start(first_entry.0.start),
            by: format!("{lines}{}", self.line_end()),
        };
        let below = |value: &Node| {
            let at = self.line_end_behind(value.end);
            Edit { from: at, to: at, by: format!("{}{lines}", self.line_end()) }
        };
        match first {
            // A comment above the first key would come to stand above ours.
            true if self.follows_comment(first_entry.0.start) => {
                vec![below(first_entry.1), below(last_entry.1), above()]
            }
            true => vec![above(), below(last_entry.1)],
            false => vec![below(last_entry.1), above()],
        }
    }

    /// The first entry of a mapping of which nothing is written yet.
    fn begun(&self, mapping: &Node, key: Option<&Node>, added: &Added<'_>) -> Vec<Edit> {
        let end = self.line_end();
        if let Some(key) = key {
            // A `~` or `null` makes way, with the blanks before it.
            let before = &self.text[..mapping.start];
            let from = before.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
            if self.outline.source(self.outline.root()).first() == Some(&b'{') {
                let by = format!(" {{{}}}", added.in_braces(self.quotes(key)));
                return vec![Edit { from, to: mapping.end, by }];
            }
            // Behind the line of its key, one step further in.
            let Some(indent) = self.indent(key.start) else { return Vec::new() };
            let lines = added.lines(&format!("{indent}{}", self.step()), self.step(), end);
            let to = self.line_end_behind(mapping.end);
            let rest = String::from_utf8_lossy(&self.text[mapping.end..to]);
            return vec![Edit { from, to, by: format!("{rest}{end}{lines}") }];
        }
        let lines = added.lines("", self.step(), end);
        if mapping.shape != Shape::Empty {
            return vec![Edit { from: mapping.start, to: mapping.end, by: lines }];
        }
        let at = self.text.len();
        let by = match self.text.last() {
            None | Some(b'\n' | b'\r') => format!("{lines}{end}"),
            Some(_) => format!("{end}{lines}"),
        };
        vec![Edit { from: at, to: at, by }]
    }

    /// JSON stays JSON.
    fn quotes(&self, key: &Node) -> Quotes {
        if self.text.get(key.start) == Some(&b'"') { Quotes::Double } else { Quotes::WhereNeeded }
    }

    fn added_in_braces(
        &self,
        mapping: &Node,
        key: Option<&Node>,
        entries: &[(&Node, &Node)],
        added: &Added<'_>,
        first: bool,
    ) -> Vec<Edit> {
        let (Some(first_entry), Some(last_entry)) = (entries.first(), entries.last()) else {
            let by = format!("{{{}}}", added.in_braces(key.map_or(Quotes::WhereNeeded, |key| self.quotes(key))));
            return vec![Edit { from: mapping.start, to: mapping.end, by }];
        };
        let entry = added.in_braces(self.quotes(first_entry.0));
        let indent = self.indent(first_entry.0.start);
        // Each on a line of its own, if the entries are.
        let gap = indent.as_ref().map_or_else(|| " ".to_owned(), |indent| format!("{}{indent}", self.line_end()));
        if first && !self.follows_comment(first_entry.0.start) {
            let at = first_entry.0.start;
            return vec![Edit { from: at, to: at, by: format!("{entry},{gap}") }];
        }
        // A colon without a value is one only in front of a blank.
        let rest = &self.text[last_entry.1.end..];
        let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
        let from = last_entry.1.end + if last_entry.1.shape == Shape::Empty { blanks } else { 0 };
        let to = self.line_end_behind(from);
        let rest = String::from_utf8_lossy(&self.text[from..to]);
        let comment = rest.trim_start_matches([' ', ',']);
        if indent.is_some() && (comment.is_empty() || comment.starts_with('#')) {
            // A comment stays with the entry that it is behind.
            let comma = if rest.trim_start().starts_with(',') { "" } else { "," };
            return vec![Edit { from, to, by: format!("{comma}{rest}{gap}{entry}") }];
        }
        vec![Edit { from, to: from, by: format!(",{gap}{entry}") }]
    }

    /// The blanks in front of a key that is the first of its line.
    fn indent(&self, at: usize) -> Option<String> {
        let blanks = &self.text[self.line_start(at)..at];
        blanks.iter().all(|byte| *byte == b' ').then(|| " ".repeat(blanks.len()))
    }

    /// How much further in this file writes what belongs to a key.
    fn step(&self) -> &'static str {
        let nested = self.outline.children(self.outline.root()).find_map(|(_, value)| {
            let (key, _) = self.outline.children(value).next()?;
            let start = key?.start;
            let outer = self.line_start(self.outline.root().start);
            (self.text.get(value.start) != Some(&b'{'))
                .then(|| (start - self.line_start(start)).saturating_sub(self.outline.root().start - outer))
        });
        match nested {
            Some(width @ 1..=8) => &"        "[..width],
            _ => "  ",
        }
    }

    fn line_end(&self) -> &'static str {
        match self.text.iter().position(|byte| matches!(byte, b'\r' | b'\n')).map(|at| &self.text[at..]) {
            Some([b'\r', b'\n', ..]) => "\r\n",
            Some([b'\r', ..]) => "\r",
            _ => "\n",
        }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].iter().rposition(|byte| matches!(byte, b'\r' | b'\n')).map_or(0, |before| before + 1)
    }

    /// The end of the line, behind any comment.
    fn line_end_behind(&self, at: usize) -> usize {
        let rest = self.text[at..].iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        rest.map_or(self.text.len(), |length| at + length)
    }

    /// Whether the line above holds a comment.
    fn follows_comment(&self, at: usize) -> bool {
        let start = self.line_start(at);
        let above = self.text[..start].strip_suffix(b"\n").unwrap_or(&self.text[..start]);
        let above = above.strip_suffix(b"\r").unwrap_or(above);
        let above = &above[self.line_start(above.len())..];
        above.iter().find(|byte| **byte != b' ') == Some(&b'#')
    }
}

impl Added<'_> {
    /// As lines, without the end of the last.
    fn lines(&self, indent: &str, step: &str, end: &str) -> String {
        let mut lines = String::new();
        for (depth, key) in self.0.iter().enumerate() {
            if depth > 0 {
                lines.push_str(end);
            }
            lines.push_str(indent);
            lines.push_str(&step.repeat(depth));
            lines.push_str(&scalar(key, Quotes::WhereNeeded));
            lines.push(':');
        }
        lines + " " + &scalar(self.1, Quotes::WhereNeeded)
    }

    /// As an entry between braces.
    fn in_braces(&self, quotes: Quotes) -> String {
        let key = |key: &str| scalar(key, quotes);
        let value = scalar(self.1, quotes);
        let outer = self.0.iter().rev().fold(value, |inner, name| format!("{{{}: {inner}}}", key(name)));
        outer[1..outer.len() - 1].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(text: &str, profile: &str, stage: Option<&str>) -> Result<(String, u32)> {
        let linked = link(text.as_bytes(), Path::new("/p/.credenv.yml"), profile, stage)?;
        Ok((String::from_utf8(linked.text).unwrap(), linked.line))
    }

    /// What becomes of a text, and the line that names the profile.
    fn becomes(text: &str, stage: Option<&str>, expected: &str, line: u32) {
        assert_eq!(edit(text, "new", stage), Ok((expected.to_owned(), line)), "{text:?}");
    }

    #[test]
    fn a_value_is_replaced_in_its_place() {
        for (text, expected, line) in [
            ("profile: old\n", "profile: new\n", 1),
            ("# a\n\nprofile:   old   # b\nregion: r", "# a\n\nprofile:   new   # b\nregion: r", 3),
            ("profile: 'old'\r\nregion: r\r\n", "profile: 'new'\r\nregion: r\r\n", 1),
            ("\u{feff}\"profile\": \"old\"\n", "\u{feff}\"profile\": \"new\"\n", 1),
            ("{region: r, profile: old}\n", "{region: r, profile: new}\n", 1),
            ("{\n  \"profile\":\"old\"\n}\n", "{\n  \"profile\":\"new\"\n}\n", 2),
            ("---\nprofile: >-\n  old\n# c\n...\n", "---\nprofile: new\n# c\n...\n", 2),
            ("region: r\nprofile: old name\n  on two lines\n", "region: r\nprofile: new\n", 2),
            ("profile:  # none yet\n", "profile: new  # none yet\n", 1),
            ("profile:\n", "profile: new\n", 1),
            ("profile: ~\n", "profile: new\n", 1),
            ("stages: {dev: &d x}\nprofile: *d\n", "stages: {dev: &d x}\nprofile: new\n", 2),
            ("profile: new\n", "profile: new\n", 1),
        ] {
            becomes(text, None, expected, line);
        }
    }

    #[test]
    fn a_key_that_is_missing_is_added_where_no_comment_loses_its_line() {
        for (text, expected, line) in [
            ("", "profile: new\n", 1),
            ("# mine\n", "# mine\nprofile: new\n", 2),
            ("# mine", "# mine\nprofile: new", 2),
            ("---\n", "---\nprofile: new\n", 2),
            ("{}\n", "{profile: new}\n", 1),
            ("region: r\n", "profile: new\nregion: r\n", 1),
            ("region: r\r\n", "profile: new\r\nregion: r\r\n", 1),
            ("region: r\r", "profile: new\rregion: r\r", 1),
            ("  region: r\n", "  profile: new\n  region: r\n", 1),
            ("# head\n\nregion: r", "# head\n\nprofile: new\nregion: r", 3),
            (
                "# where\nregion: r # far\n# who\nrole: x\n",
                "# where\nregion: r # far\nprofile: new\n# who\nrole: x\n",
                3,
            ),
            ("# where\nregion: r", "# where\nregion: r\nprofile: new", 3),
            ("# all\nstages:\n  dev: a # b\nregion: r\n", "# all\nstages:\n  dev: a # b\nprofile: new\nregion: r\n", 4),
            ("{region: r}\n", "{profile: new, region: r}\n", 1),
            ("{\n    \"region\": \"r\"\n}\n", "{\n    \"profile\": \"new\",\n    \"region\": \"r\"\n}\n", 2),
        ] {
            becomes(text, None, expected, line);
        }
    }

    #[test]
    fn a_stage_is_linked_in_its_place() {
        for (text, expected, line) in [
            ("", "stages:\n  qa: new\n", 2),
            ("profile: a", "profile: a\nstages:\n  qa: new", 3),
            (
                "# c\nweb_identity:\n    token_file: t\n    role_arn: r\n",
                "# c\nweb_identity:\n    token_file: t\n    role_arn: r\nstages:\n    qa: new\n",
                6,
            ),
            ("profile: a # b\r\n# end\r\n", "profile: a # b\r\nstages:\r\n  qa: new\r\n# end\r\n", 3),
            ("stages:\n  qa: old # q\n", "stages:\n  qa: new # q\n", 2),
            ("stages: {dev: a,\n  b: c # d\n}\n", "stages: {dev: a,\n  b: c, qa: new # d\n}\n", 2),
            (
                "stages:\n    dev: a\n    # p\n    prod: b # c\n\nregion: r\n",
                "stages:\n    dev: a\n    # p\n    prod: b # c\n    qa: new\n\nregion: r\n",
                5,
            ),
            ("stages:\n  qa:\n    region: r\n", "stages:\n  qa:\n    profile: new\n    region: r\n", 3),
            (
                "stages:\n  qa:\n    region: r\n    profile: 'old'\n",
                "stages:\n  qa:\n    region: r\n    profile: 'new'\n",
                4,
            ),
            ("stages: {dev: a}\n", "stages: {dev: a, qa: new}\n", 1),
            ("stages: {dev: a,}\n", "stages: {dev: a, qa: new,}\n", 1),
            ("stages: { qa: { region: r } }\n", "stages: { qa: { profile: new, region: r } }\n", 1),
            ("stages: {qa: {profile: old}}\n", "stages: {qa: {profile: new}}\n", 1),
            ("stages: {\n  dev: a # c\n}\n", "stages: {\n  dev: a, # c\n  qa: new\n}\n", 3),
            ("stages: {\n  dev: a, # c\n}\n", "stages: {\n  dev: a, # c\n  qa: new\n}\n", 3),
            ("stages: # none\nregion: r\n", "stages: # none\n  qa: new\nregion: r\n", 2),
            ("region: r\nstages: ~", "region: r\nstages:\n  qa: new", 3),
            ("stages: {}\n", "stages: {qa: new}\n", 1),
            ("stages: {dev: }\n", "stages: {dev: , qa: new}\n", 1),
            ("stages:\n  qa:\n", "stages:\n  qa: new\n", 2),
            ("{\"profile\": \"a\"}", "{\"profile\": \"a\", \"stages\": {\"qa\": \"new\"}}", 1),
            ("{\"stages\": {}}", "{\"stages\": {\"qa\": \"new\"}}", 1),
            ("{stages: }", "{stages: {qa: new} }", 1),
            (
                "web_identity:\n    token_file: t\n    role_arn: r\n",
                "web_identity:\n    token_file: t\n    role_arn: r\nstages:\n    qa: new\n",
                5,
            ),
            ("ca: |\n  text\n", "ca: |\n  text\nstages:\n  qa: new\n", 4),
            ("ca: |\n  text", "stages:\n  qa: new\nca: |\n  text", 2),
        ] {
            becomes(text, Some("qa"), expected, line);
        }
    }

    #[test]
    fn a_name_is_quoted_where_it_could_be_taken_for_something_else() {
        for (name, written) in [
            ("devProfile", "devProfile"),
            ("acme.dev/eu@x+1", "acme.dev/eu@x+1"),
            ("my account", "\"my account\""),
            ("yes", "\"yes\""),
            ("0123", "\"0123\""),
            ("a: b # c", "\"a: b # c\""),
            ("*prod*", "\"*prod*\""),
            ("it's \"x\" \\", "\"it's \\\"x\\\" \\\\\""),
            ("konto-ä", "\"konto-ä\""),
            ("a\u{202e}b", "\"a\\u202eb\""),
        ] {
            assert_eq!(edit("", name, None), Ok((format!("profile: {written}\n"), 1)));
            assert_eq!(edit("", "p", Some(name)), Ok((format!("stages:\n  {written}: p\n"), 2)));
        }
        assert_eq!(edit("profile: 'old'\n", "it's", None), Ok(("profile: 'it''s'\n".to_owned(), 1)));
        assert_eq!(edit("profile: 'old'\n", "a\u{200b}", None), Ok(("profile: \"a\\u200b\"\n".to_owned(), 1)));
    }

    #[test]
    fn what_cannot_be_edited_or_read_is_left_alone() {
        let told = |text, stage| {
            let error = edit(text, "new", stage).unwrap_err();
            format!("{}; {}", error.message(), error.hint_text().unwrap_or_default())
        };
        let form = "cannot edit /p/.credenv.yml without changing the rest of it; write it by hand: ";
        for (text, stage, words) in [
            // Others stand for this value.
            ("profile: &p old\nregion: *p\n", None, "`profile: new`"),
            ("stages:\n  dev: &d {region: r}\n  qa: *d\n", Some("qa"), "`stages: {qa: new}`"),
            ("stages: &s {dev: x}\n", Some("a: b"), ""),
            ("--- # c\n...\n", None, "`profile: new`"),
        ] {
            match edit(text, "new", stage) {
                Err(_) => assert_eq!(told(text, stage), format!("{form}{words}"), "{text:?}"),
                Ok(_) => assert_eq!(words, "", "{text:?}"),
            }
        }
        for (text, words) in [
            ("profile: old\nregoin: r\n", "/p/.credenv.yml:2:1: unknown key `regoin`; did you mean `region`?"),
            ("regoin: r\n", "/p/.credenv.yml:1:1: unknown key `regoin`; did you mean `region`?"),
            (
                "profile: [old]\n",
                "/p/.credenv.yml:1:10: `profile` must be text, but is a list; write it by hand: `profile: new`",
            ),
            (
                "- a\n",
                "/p/.credenv.yml:1:1: the file must hold keys and values, but is a list; write it by hand: `profile: \
                 new`",
            ),
            ("profile: [\n", "/p/.credenv.yml:2:1: did not find expected node content, while parsing a flow node; "),
        ] {
            assert_eq!(told(text, None), words, "{text:?}");
        }
        assert_eq!(edit("", "a\nb", None), Err(Error::usage("`a\nb` cannot be the name of a profile")));
        assert_eq!(edit("", "a", Some("")), Err(Error::usage("`` cannot be the name of a stage")));
        assert_eq!(edit("", "a", Some("\u{1b}")), Err(Error::usage("`\u{1b}` cannot be the name of a stage")));
    }

    /// A mapping as somebody may have written it.
    fn entries() -> impl Strategy<Value = String> {
        let end = prop::sample::select(vec!["\n", "\n", " # c\n", "\n# c\n", "\n\n", "   \n"]);
        let key = prop::sample::select(vec!["profile", "region", "role", "stage", "'region'", "\"profile\""]);
        let value = prop::sample::select(vec!["a", "'b c'", "\"d\"", ">-\n  e\n  f", "g h", "&x i"]);
        let entry = (key, value, end.clone()).prop_map(|(key, value, end)| {
            // Behind a folded text, a comment would be part of it.
            format!("{key}: {value}{}", if value.starts_with('>') { "\n" } else { end })
        });
        let in_braces = "(dev|qa|\"qa\"): (a|'b'|\\{region: r\\}|\\{ profile: p \\}|)(, prod: b)?,?";
        let stages = prop_oneof![
            Just(String::new()),
            (in_braces, end.clone()).prop_map(|(inner, end)| format!("stages: {{{inner}}}{end}")),
            (prop::collection::vec("(  (dev|qa|prod): (a|'b'|&y c|\\{profile: d\\}|)( # c)?|  # c)\n", 0..4), end)
                .prop_map(|(lines, end)| format!("stages:{end}{}", lines.concat())),
            Just(
                "stages:\n   dev:\n       region: r\n   qa:\n       # c\n       role: r # c\n       profile: p\n"
                    .to_owned()
            ),
        ];
        let head = prop::sample::select(vec!["", "# head\n", "---\n", "\n", "\u{feff}"]);
        (head, prop::collection::vec(entry, 0..4), stages, 0..3_usize, any::<(bool, bool)>()).prop_map(
            |(head, mut entries, stages, at, (carriage_return, cut))| {
                entries.insert(at.min(entries.len()), stages);
                let mut text = head.to_owned() + &entries.concat();
                if carriage_return {
                    text = text.replace('\n', "\r\n");
                }
                if cut {
                    text = text.trim_end().to_owned();
                }
                text
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn an_edited_file_means_what_was_asked_and_keeps_every_line(
            text in entries(),
            profile in "[a-z]{1,4}|yes|[0-9 '\":]{1,3}x",
            stage in prop::option::of(prop::sample::select(vec!["dev", "qa", "new stage"])),
        ) {
            let path = Path::new("/p/.credenv.yml");
            let before = credenv_file::read_stage(text.as_bytes(), path, stage);
            match edit(&text, &profile, stage) {
                Ok((edited, line)) => {
                    let after = credenv_file::read_stage(edited.as_bytes(), path, stage).unwrap();
                    let answer = if stage.is_some() { &after.answer } else { &after.any_stage };
                    let said = answer.asked.profile.as_ref().unwrap();
                    prop_assert_eq!((&said.text, said.origin.line), (&profile, line));
                    let lines = |text: &str| text.split('\n').filter(|line| line.contains('#')).count();
                    prop_assert_eq!(lines(&edited.replace(&profile, "")), lines(&text), "{:?} {:?}", text, edited);
                    let bare = edited.replace("\r\n", "");
                    prop_assert!(!bare.contains(if text.contains('\r') { '\n' } else { '\r' }), "{:?} {:?}", text, edited);
                    let nothing = text.trim_start_matches('\u{feff}').is_empty();
                    prop_assert_eq!(edited.ends_with('\n'), text.ends_with('\n') || nothing);
                    prop_assert_eq!(edit(&edited, &profile, stage), Ok((edited, line)), "twice is once");
                }
                // Only the anchors stand in the way.
                Err(error) => prop_assert!(before.is_err() || text.contains('&'), "{:?}: {:?}", text, error),
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), pieces in prop::collection::vec(
            prop::sample::select(&["profile", "stages", "qa", ":", ": ", " ", "  ", "\n", "{", "}", ",", "#", "~", "&a ", "*a", "<<: *a", "a", "'", "\"", "\t", "- ", "? ", "|", "[", "]", "---\n", "\r"][..]), 0..12)) {
            for text in [text, pieces.concat()] {
                let _ = (edit(&text, "p", None), edit(&text, "p", Some("qa")));
            }
        }
    }
}
