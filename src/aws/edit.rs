//! Changes in an AWS file: the lines that are meant are written, every other byte stays.
//!
//! Where a new line goes is what `aws configure set` (AWS CLI 2.9 and 1.46) does, so that nobody can tell from a file
//! who wrote it. Where that program loses something, we do not: a comment behind a value gets a line of its own above
//! it, continuation lines go with the value that they belong to, line ends and quoted headers stay as they are.

use std::ops::Range;

use super::dialect::{self, Heading, Item, Section};
use super::files::FileKind;

/// A section by what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'n> {
    /// A profile.
    Profile(&'n str),
    /// An sso-session, of the config file alone.
    SsoSession(&'n str),
}

/// What becomes of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The key: `region`.
    pub key: String,
    /// The key below it: `max_concurrent_requests` of `s3`.
    pub below: Option<String>,
    /// Its new value; none takes it away.
    pub value: Option<String>,
}

/// Why a file cannot be changed as wished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The key has a value of its own at that line, and can hold no keys below it.
    HasValue(u32),
    /// The key has keys below it from that line on, and can hold no value of its own.
    HasKeysBelow(u32),
    /// The lines below that line are damaged, and would become part of the new value.
    Damaged(u32),
}

/// Writes these keys into a section, which is begun at the end of the file where it is not there yet.
pub fn set(text: &[u8], kind: FileKind, named: Named<'_>, changes: &[Change]) -> Result<Vec<u8>, Refused> {
    let mut text = text.to_vec();
    for change in changes {
        text = set_one(&text, kind, named, change)?;
    }
    Ok(text)
}

/// Begins a section where it is not there yet.
#[must_use]
pub fn begin(text: &[u8], kind: FileKind, named: Named<'_>) -> Vec<u8> {
    let is_there = dialect::sections(text, kind).iter().any(|section| is_of(section, named));
    if is_there { text.to_vec() } else { with_section(text, kind, named, b"") }
}

/// Takes a section away, wherever it stands, with the blank lines that kept it apart from the next. Comments stay: they
/// may be about what comes next.
#[must_use]
pub fn remove(text: &[u8], kind: FileKind, named: Named<'_>) -> Vec<u8> {
    let sections = dialect::sections(text, kind);
    let mut gone = Vec::new();
    for section in sections.iter().filter(|section| is_of(section, named)) {
        gone.push(section.header.clone());
        gone.extend(but_comments(text, section.body.clone()));
    }
    without(text, &gone)
}

/// The lines of `[default]` and of `[profile default]` where a config file has both: the AWS CLI uses the later one and the
/// SDKs the second, and under another name the two would be one.
#[must_use]
pub fn both_defaults(text: &[u8], kind: FileKind) -> Option<[u32; 2]> {
    let sections = dialect::sections(text, kind);
    let line = |prefixed| {
        let found = sections.iter().find(|section| section.heading == Heading::Default { prefixed });
        found.map(|section| section.line)
    };
    Some([line(false)?, line(true)?])
}

/// Gives a section another name, wherever it stands. Where there are [`both_defaults`], they become one.
#[must_use]
pub fn rename(text: &[u8], kind: FileKind, from: Named<'_>, to: Named<'_>) -> Vec<u8> {
    let mut renamed = text.to_vec();
    for section in dialect::sections(text, kind).iter().rev().filter(|section| is_of(section, from)) {
        let line = &text[section.header.clone()];
        let last_bracket = |text: &[u8]| text.iter().rposition(|byte| *byte == b']');
        // A comment may hold a bracket as well.
        let comment = line.windows(2).position(|pair| matches!(pair, [b']' | b' ' | b'\t', b'#' | b';']));
        let bracket = comment.and_then(|at| last_bracket(&line[..=at])).or_else(|| last_bracket(line));
        let end = bracket.map_or(line.len(), |bracket| bracket + 1);
        let range = section.header.start..section.header.start + end;
        renamed.splice(range, header(kind, to).into_bytes());
    }
    renamed
}

/// Points every property of that key and value at another value: the roles whose source profile has a new name.
#[must_use]
pub fn point_elsewhere(text: &[u8], kind: FileKind, key: &str, from: &str, to: &str) -> Vec<u8> {
    let mut changed = text.to_vec();
    for section in dialect::sections(text, kind).iter().rev() {
        let items = dialect::items(text, section, &mut Vec::new());
        for item in items.iter().rev().filter(|item| item.key == key && item.value == from) {
            changed = replace(&changed, item, to);
        }
    }
    changed
}

/// The lines of the properties of a section, without its comments, for a copy of it under another name; none where
/// there is no such section.
#[must_use]
pub fn body(text: &[u8], kind: FileKind, named: Named<'_>) -> Option<Vec<u8>> {
    let sections = dialect::sections(text, kind);
    let of_it = of_name(&sections, named);
    let items = of_it.iter().flat_map(|section| dialect::items(text, section, &mut Vec::new()));
    let mut body = Vec::new();
    for item in items {
        for line in lines(text, item.span).filter(|line| !is_comment(&text[line.clone()])) {
            body.extend_from_slice(&text[line]);
            end_line(&mut body, text);
        }
    }
    (!of_it.is_empty()).then_some(body)
}

/// Adds a section with these lines at the end.
#[must_use]
pub fn with_section(text: &[u8], kind: FileKind, named: Named<'_>, body: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    let end = end_of_lines(&text);
    if !dialect::without_byte_order_mark(&text).is_empty() && !text.ends_with(b"\n") {
        text.extend_from_slice(end);
    }
    text.extend_from_slice(header(kind, named).as_bytes());
    text.extend_from_slice(end);
    text.extend_from_slice(body);
    text
}

/// The header of a section, with a name that needs it quoted as the CLI quotes it.
#[must_use]
pub fn header(kind: FileKind, named: Named<'_>) -> String {
    let quoted = |name: &str| {
        if !name.is_empty() && name.chars().all(dialect::is_name_char) {
            return name.to_owned();
        }
        format!("'{}'", name.replace('\'', "'\"'\"'"))
    };
    match (kind, named) {
        (_, Named::Profile("default")) => "[default]".to_owned(),
        (FileKind::Config, Named::Profile(name)) => format!("[profile {}]", quoted(name)),
        (FileKind::Credentials, Named::Profile(name)) => format!("[{name}]"),
        (_, Named::SsoSession(name)) => format!("[sso-session {}]", quoted(name)),
    }
}

fn is_of(section: &Section<'_>, named: Named<'_>) -> bool {
    match (&section.heading, named) {
        (Heading::Default { .. }, Named::Profile(name)) => name == "default",
        (Heading::Profile(found) | Heading::Spaced(found), Named::Profile(name))
        | (Heading::SsoSession(found), Named::SsoSession(name)) => found == name,
        _ => false,
    }
}

/// The sections of that name that count: `[default]` does not where there is `[profile default]` (AWS specification).
fn of_name<'s, 'a>(sections: &'s [Section<'a>], named: Named<'_>) -> Vec<&'s Section<'a>> {
    let is_prefixed = |section: &&Section<'_>| section.heading == Heading::Default { prefixed: true };
    let of_it: Vec<_> = sections.iter().filter(|section| is_of(section, named)).collect();
    if of_it.iter().any(is_prefixed) { of_it.into_iter().filter(is_prefixed).collect() } else { of_it }
}

/// The line of a key that counts.
fn find(text: &[u8], kind: FileKind, named: Named<'_>, key: &str) -> Option<Item> {
    let sections = dialect::sections(text, kind);
    of_name(&sections, named).iter().rev().find_map(|section| {
        let items = dialect::items(text, section, &mut Vec::new());
        items.into_iter().rfind(|item| item.key == key)
    })
}

fn set_one(text: &[u8], kind: FileKind, named: Named<'_>, change: &Change) -> Result<Vec<u8>, Refused> {
    let key = change.key.to_ascii_lowercase();
    match (find(text, kind, named, &key), &change.below, &change.value) {
        (Some(item), Some(below), value) => set_below(text, &item, below, value.as_deref()),
        (Some(item), None, Some(_)) if item.value.starts_with('\n') => Err(Refused::HasKeysBelow(item.line)),
        (Some(item), None, Some(value)) => {
            let edited = replace(text, &item, value);
            // An indented line that meant nothing so far would mean something.
            let is_read = find(&edited, kind, named, &key).is_some_and(|new| !new.value.contains('\n'));
            if is_read { Ok(edited) } else { Err(Refused::Damaged(item.line)) }
        }
        (None, _, Some(value)) => {
            let lines = new_lines(change, value, end_of_lines(text));
            let sections = dialect::sections(text, kind);
            Ok(match of_name(&sections, named).last() {
                Some(section) => insert(text, place_in(text, section), &lines),
                None => with_section(text, kind, named, &lines),
            })
        }
        (_, None, None) => Ok(without_key(text, kind, named, &key)),
        (None, Some(_), None) => Ok(text.to_vec()),
    }
}

/// Without a key, wherever it stands: the earlier of two would count where only the later one went.
fn without_key(text: &[u8], kind: FileKind, named: Named<'_>, key: &str) -> Vec<u8> {
    let mut gone = Vec::new();
    for section in dialect::sections(text, kind).iter().filter(|section| is_of(section, named)) {
        for item in dialect::items(text, section, &mut Vec::new()).iter().filter(|item| item.key == key) {
            let below = lines(text, item.span.end..text.len())
                .take_while(|line| indent_of_comment(&text[line.clone()]).is_some());
            let end = below.last().map_or(item.span.end, |line| line.end);
            gone.extend(but_comments(text, item.span.start..end));
        }
    }
    without(text, &gone)
}

fn new_lines(change: &Change, value: &str, end: &[u8]) -> Vec<u8> {
    let Change { key, below, .. } = change;
    match below {
        Some(below) => [key.as_bytes(), b" =", end, b"    ", below.as_bytes(), b" = ", value.as_bytes(), end].concat(),
        None => [key.as_bytes(), b" = ", value.as_bytes(), end].concat(),
    }
}

/// The line of a key and those that continue it become one line; the comments among them stay.
fn replace(text: &[u8], item: &Item, value: &str) -> Vec<u8> {
    let mut all = lines(text, item.span.clone());
    let first = all.next().unwrap_or(item.span.clone());
    let line = &text[first];
    let end = end_of(line, text);
    let mut new = Vec::new();
    if item.quirks.inline_comment
        && let Some(at) = line.windows(2).position(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';']))
    {
        new.extend_from_slice(dialect::trim(&line[at..]));
        new.extend_from_slice(end);
    }
    for line in all {
        if let Some(indent) = indent_of_comment(&text[line.clone()]) {
            new.extend_from_slice(&text[line.start + indent..line.end]);
            end_line(&mut new, text);
        }
    }
    let key = line.split(|byte| *byte == b'=').next().map_or(&b""[..], dialect::trim);
    new.extend([key, b" = ", value.as_bytes(), end].concat());
    splice(text, item.span.clone(), &new)
}

/// A key below a key.
fn set_below(text: &[u8], item: &Item, below: &str, value: Option<&str>) -> Result<Vec<u8>, Refused> {
    if !item.value.is_empty() && !item.value.starts_with('\n') {
        return Err(Refused::HasValue(item.line));
    }
    let of_it: Vec<_> =
        lines(text, item.span.clone()).skip(1).filter(|line| !is_comment(&text[line.clone()])).collect();
    let name = |line: &Range<usize>| {
        let content = &text[line.clone()];
        content.split(|byte| *byte == b'=').next().map_or(&b""[..], dialect::trim)
    };
    let found = of_it.iter().rfind(|line| name(line) == below.as_bytes());
    Ok(match (found, value) {
        (Some(line), Some(value)) => {
            let old = &text[line.clone()];
            let indent = &old[..old.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()];
            let new = [indent, below.as_bytes(), b" = ", value.as_bytes(), end_of(old, text)].concat();
            splice(text, line.clone(), &new)
        }
        (Some(line), None) => without(text, std::slice::from_ref(line)),
        (None, Some(value)) => {
            let new = [b"    ", below.as_bytes(), b" = ", value.as_bytes(), end_of_lines(text)].concat();
            insert(text, item.span.end, &new)
        }
        (None, None) => text.to_vec(),
    })
}

/// Where the CLI puts a new key of a section: behind the last line that looks like `key = value` to it, comments
/// included; in the last section of the file one line further, if there is one. Never among the lines of one value.
fn place_in(text: &[u8], section: &Section<'_>) -> usize {
    let looks_like_a_key =
        |line: &[u8]| line.windows(2).any(|pair| !matches!(pair[0], b':' | b'=') && matches!(pair[1], b':' | b'='));
    let mut place = section.header.end;
    for line in lines(text, section.body.clone()) {
        if looks_like_a_key(&text[line.clone()]) {
            place = line.end;
        }
    }
    if section.body.end == text.len() {
        place = dialect::line_end(text, place);
    }
    // An indented line belongs to the key before it, whatever stands between them.
    for line in lines(text, place..section.body.end) {
        let content = &text[line.clone()];
        match content[0] {
            b' ' | b'\t' if !dialect::trim(content).is_empty() => place = line.end,
            _ if is_comment(content) || dialect::trim(content).is_empty() => {}
            _ => break,
        }
    }
    place
}

/// Puts lines between two lines; the one before may be without its end.
fn insert(text: &[u8], place: usize, new: &[u8]) -> Vec<u8> {
    let open = !text[..place].ends_with(b"\n");
    let end = if open { end_of_lines(text) } else { b"" };
    splice(text, place..place, &[end, new].concat())
}

fn splice(text: &[u8], range: Range<usize>, new: &[u8]) -> Vec<u8> {
    [&text[..range.start], new, &text[range.end..]].concat()
}

fn without(text: &[u8], gone: &[Range<usize>]) -> Vec<u8> {
    let mut rest = Vec::with_capacity(text.len());
    let mut at = 0;
    for range in gone {
        rest.extend_from_slice(&text[at..range.start]);
        at = range.end;
    }
    rest.extend_from_slice(&text[at..]);
    rest
}

fn lines(text: &[u8], range: Range<usize>) -> impl Iterator<Item = Range<usize>> + Clone {
    let mut at = range.start;
    std::iter::from_fn({
        move || {
            (at < range.end).then(|| {
                let end = dialect::line_end(text, at);
                let line = at..end;
                at = end;
                line
            })
        }
    })
}

fn is_comment(line: &[u8]) -> bool {
    indent_of_comment(line).is_some()
}

/// How far a comment is indented; none, if the line is no comment.
fn indent_of_comment(line: &[u8]) -> Option<usize> {
    let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    dialect::is_comment(&line[indent..]).then_some(indent)
}

/// What goes when these lines go: all but the comments, which may be about what comes next. What indents them goes as
/// well: without the line that they stood below, some would take them for a part of another.
fn but_comments(text: &[u8], range: Range<usize>) -> Vec<Range<usize>> {
    let gone = |line: Range<usize>| match indent_of_comment(&text[line.clone()]) {
        Some(indent) => line.start..line.start + indent,
        None => line,
    };
    lines(text, range).map(gone).collect()
}

/// How the lines of the file end: as its first does.
fn end_of_lines(text: &[u8]) -> &'static [u8] {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(at) if at > 0 && text[at - 1] == b'\r' => b"\r\n",
        _ => b"\n",
    }
}

fn end_of(line: &[u8], text: &[u8]) -> &'static [u8] {
    if line.ends_with(b"\r\n") {
        b"\r\n"
    } else if line.ends_with(b"\n") {
        b"\n"
    } else {
        end_of_lines(text)
    }
}

fn end_line(lines: &mut Vec<u8>, text: &[u8]) {
    if !lines.ends_with(b"\n") {
        lines.extend_from_slice(end_of_lines(text));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change(key: &str, value: Option<&str>) -> Change {
        let (key, below) = key.split_once('.').map_or((key, None), |(key, below)| (key, Some(below.to_owned())));
        Change { key: key.to_owned(), below, value: value.map(str::to_owned) }
    }

    fn set_in(text: &str, key: &str, value: Option<&str>) -> String {
        let edited = set(text.as_bytes(), FileKind::Config, Named::Profile("a"), &[change(key, value)]);
        String::from_utf8(edited.unwrap()).unwrap()
    }

    #[test]
    fn a_comment_behind_a_value_gets_a_line_of_its_own() {
        assert_eq!(
            set_in("[profile a]\nregion = x # home\noutput = y\n", "region", Some("z")),
            "[profile a]\n# home\nregion = z\noutput = y\n"
        );
    }

    #[test]
    fn the_two_defaults_are_told_by_their_lines_where_there_are_both() {
        let both = |text: &str| both_defaults(text.as_bytes(), FileKind::Config);
        assert_eq!(both("[profile default]\na = 1\n\n[default]\n"), Some([4, 1]));
        assert_eq!(both("[default]\n[profile a]\n[default]\n"), None);
        assert_eq!(both("[profile default]\n"), None);
    }

    #[test]
    fn the_lines_of_a_value_go_with_it_and_the_comments_among_them_stay() {
        let text = "[profile a]\nx = 1\n  2\n# why\n  3\ny = 4\n";
        assert_eq!(set_in(text, "x", Some("5")), "[profile a]\n# why\nx = 5\ny = 4\n");
        assert_eq!(set_in(text, "x", None), "[profile a]\n# why\ny = 4\n");
    }

    /// One among the lines of a value would become a part of it, to some, where it stays indented.
    #[test]
    fn an_indented_comment_stays() {
        let text = "[profile a]\nx = 1\n  # one\n  2\n  # two\ny = 3\n";
        assert_eq!(set_in(text, "y", Some("4")), text.replace('3', "4"));
        assert_eq!(set_in(text, "x", Some("5")), "[profile a]\n# one\nx = 5\n  # two\ny = 3\n");
        assert_eq!(set_in(text, "x", None), "[profile a]\n# one\n# two\ny = 3\n");
        let rest = remove(text.as_bytes(), FileKind::Config, Named::Profile("a"));
        assert_eq!(String::from_utf8(rest).unwrap(), "# one\n# two\n");
    }

    #[test]
    fn a_key_is_found_whatever_its_case_and_the_last_one_counts() {
        assert_eq!(set_in("[profile a]\nRegion = x\n", "region", Some("z")), "[profile a]\nRegion = z\n");
        assert_eq!(
            set_in("[profile a]\nregion = x\nregion = y\n", "region", Some("z")),
            "[profile a]\nregion = x\nregion = z\n"
        );
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        assert_eq!(
            set_in("[profile a]\r\nregion = x\r\n", "output", Some("json")),
            "[profile a]\r\nregion = x\r\noutput = json\r\n"
        );
        assert_eq!(set_in("[profile a]\r\nregion = x\r\n", "region", Some("y")), "[profile a]\r\nregion = y\r\n");
    }

    #[test]
    fn the_first_line_may_be_empty() {
        assert_eq!(set_in("\n[profile a]", "region", Some("x")), "\n[profile a]\nregion = x\n");
    }

    #[test]
    fn a_new_key_goes_where_the_cli_puts_it() {
        let set = |text: &str| set_in(text, "new", Some("1"));
        // Behind the last key, before what only looks like a part of the section; in the last section a line further.
        assert_eq!(set("[profile a]\nx = 1\n# c\n[profile b]\n"), "[profile a]\nx = 1\nnew = 1\n# c\n[profile b]\n");
        assert_eq!(set("[profile a]\nx = 1\n# c\n# d\n"), "[profile a]\nx = 1\n# c\nnew = 1\n# d\n");
        // Behind all that the last key goes on with, whatever stands between, and no further.
        assert_eq!(
            set("[profile a]\nx = 1\n# c\n\n  y\n[profile b]\n"),
            "[profile a]\nx = 1\n# c\n\n  y\nnew = 1\n[profile b]\n"
        );
        assert_eq!(
            set("[profile a]\nx = 1\nk\n  y\n[profile b]\n"),
            "[profile a]\nx = 1\nnew = 1\nk\n  y\n[profile b]\n"
        );
    }

    #[test]
    fn a_section_is_begun_where_it_is_not_there_yet() {
        let begun =
            |text: &str| String::from_utf8(begin(text.as_bytes(), FileKind::Config, Named::Profile("a"))).unwrap();
        assert_eq!(begun("[profile a]\nx = 1"), "[profile a]\nx = 1");
        assert_eq!(begun("[profile b]\r\nx = 1"), "[profile b]\r\nx = 1\r\n[profile a]\r\n");
        assert_eq!(begun("\u{feff}"), "\u{feff}[profile a]\n");
    }

    #[test]
    fn only_what_points_to_a_profile_is_pointed_elsewhere() {
        let text =
            "[profile a]\nsource_profile = b\nregion = b\n[profile c]\nsource_profile = bb\nSource_Profile = b # c\n";
        let changed = point_elsewhere(text.as_bytes(), FileKind::Config, "source_profile", "b", "d");
        assert_eq!(
            String::from_utf8(changed).unwrap(),
            "[profile a]\nsource_profile = d\nregion = b\n[profile c]\nsource_profile = bb\n# c\nSource_Profile = d\n"
        );
    }

    #[test]
    fn of_two_defaults_the_one_that_counts_is_changed() {
        let text = "[profile default]\nk = 1\n[default]\nk = 2\n";
        let set_to = |value| {
            let edited = set(text.as_bytes(), FileKind::Config, Named::Profile("default"), &[change("k", value)]);
            String::from_utf8(edited.unwrap()).unwrap()
        };
        assert_eq!(set_to(Some("3")), text.replace('1', "3"));
        assert_eq!(set_to(None), "[profile default]\n[default]\n");
    }

    #[test]
    fn a_key_that_only_the_default_that_does_not_count_has_is_set_in_the_one_that_counts() {
        let text = "[profile default]\n[default]\nk = 2\n";
        let edited = set(text.as_bytes(), FileKind::Config, Named::Profile("default"), &[change("k", Some("3"))]);
        assert_eq!(String::from_utf8(edited.unwrap()).unwrap(), "[profile default]\nk = 3\n[default]\nk = 2\n");
    }

    #[test]
    fn a_key_that_is_taken_away_is_gone_wherever_it_stood() {
        let text = "[a]\nk = 1\nx = 1\nk = 2\n # of k\n[b]\nk = 4\n[a]\nK = 3\n";
        let edited = set(text.as_bytes(), FileKind::Credentials, Named::Profile("a"), &[change("k", None)]);
        assert_eq!(String::from_utf8(edited.unwrap()).unwrap(), "[a]\nx = 1\n# of k\n[b]\nk = 4\n[a]\n");
    }

    #[test]
    fn a_key_below_another_is_set_added_and_taken_away() {
        let text = "[profile a]\ns3 =\n  one = 1\nregion = x\n";
        assert_eq!(set_in(text, "s3.one", Some("2")), "[profile a]\ns3 =\n  one = 2\nregion = x\n");
        assert_eq!(set_in(text, "s3.two", Some("2")), "[profile a]\ns3 =\n  one = 1\n    two = 2\nregion = x\n");
        assert_eq!(set_in(text, "s3.one", None), "[profile a]\ns3 =\nregion = x\n");
        assert_eq!(set_in(text, "s4.one", Some("1")), "[profile a]\ns3 =\n  one = 1\nregion = x\ns4 =\n    one = 1\n");
        let refused = |text: &str, key| {
            set(text.as_bytes(), FileKind::Config, Named::Profile("a"), &[change(key, Some("v"))]).unwrap_err()
        };
        assert_eq!(refused("[profile a]\ns3 = x\n", "s3.one"), Refused::HasValue(2));
        assert_eq!(refused(text, "s3"), Refused::HasKeysBelow(2));
    }

    #[test]
    fn a_new_section_is_written_at_the_end_with_its_name_quoted_where_it_must_be() {
        let set = |text: &str, kind, named| {
            let edited = set(text.as_bytes(), kind, named, &[change("k", Some("v"))]).unwrap();
            String::from_utf8(edited).unwrap()
        };
        let config = |named| set("[default]", FileKind::Config, named);
        assert_eq!(config(Named::Profile("b")), "[default]\n[profile b]\nk = v\n");
        assert_eq!(config(Named::Profile("b c")), "[default]\n[profile 'b c']\nk = v\n");
        assert_eq!(config(Named::Profile("it's")), "[default]\n[profile 'it'\"'\"'s']\nk = v\n");
        assert_eq!(config(Named::Profile("default")), "[default]\nk = v\n");
        assert_eq!(config(Named::SsoSession("corp")), "[default]\n[sso-session corp]\nk = v\n");
        assert_eq!(set("", FileKind::Credentials, Named::Profile("b c")), "[b c]\nk = v\n");
    }

    #[test]
    fn a_section_is_taken_away_without_the_comments_around_and_in_it() {
        let text = "# top\n[profile a]\nx = 1\n# in\ny = 2\n\n# about b\n[profile b]\nx = 3\n[profile a]\nz = 4\n";
        let rest = remove(text.as_bytes(), FileKind::Config, Named::Profile("a"));
        assert_eq!(String::from_utf8(rest).unwrap(), "# top\n# in\n# about b\n[profile b]\nx = 3\n");
    }

    #[test]
    fn a_section_gets_another_name_wherever_it_stands_and_keeps_its_comment() {
        let text = "[profile a] # [mine]\nx = 1\n[profile b]\n[profile 'a']\r\ny = 2\n";
        let renamed = rename(text.as_bytes(), FileKind::Config, Named::Profile("a"), Named::Profile("c d"));
        assert_eq!(
            String::from_utf8(renamed).unwrap(),
            "[profile 'c d'] # [mine]\nx = 1\n[profile b]\n[profile 'c d']\r\ny = 2\n"
        );
    }

    #[test]
    fn the_body_of_a_section_can_be_copied() {
        let text = "[profile a]\nx = 1 # c\n# c\ns3 =\n  # d\n  y = 2\n\n[profile b]\nz = 3";
        let body =
            |name| String::from_utf8(body(text.as_bytes(), FileKind::Config, Named::Profile(name)).unwrap()).unwrap();
        assert_eq!((body("a").as_str(), body("b").as_str()), ("x = 1 # c\ns3 =\n  y = 2\n", "z = 3\n"));
    }

    /// Lines of AWS files, some of them odd.
    fn file() -> impl Strategy<Value = String> {
        let lines = [
            "[profile a]",
            "[profile 'a']",
            "[profile b]",
            "[default]",
            "[a]",
            "region = x",
            "region=y # z",
            "Region = q",
            "s3 =",
            "  one = 1",
            "\ttwo",
            "# c",
            "; d = e",
            "",
            "  ",
            "k",
            "= v",
            "[broken",
            "other = 1",
            "# x:y",
        ];
        let line = (prop::sample::select(lines.to_vec()), prop::sample::select(vec!["\n", "\r\n"]));
        (prop::collection::vec(line, 0..14), any::<bool>()).prop_map(|(lines, open)| {
            let text: String = lines.iter().flat_map(|(line, end)| [*line, *end]).collect();
            if open { text.trim_end_matches(['\n', '\r']).to_owned() } else { text }
        })
    }

    fn value(text: &[u8], named: Named<'_>, key: &str) -> Option<String> {
        find(text, FileKind::Config, named, key).map(|item| item.value)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_was_set_is_read_and_nothing_else_changes(text in file(), name in prop::sample::select(vec!["a", "b", "new"])) {
            let named = Named::Profile(name);
            let Ok(edited) = set(text.as_bytes(), FileKind::Config, named, &[change("region", Some("new-1"))]) else {
                return Err(TestCaseError::reject("the key has keys below it"));
            };
            prop_assert_eq!(value(&edited, named, "region"), Some("new-1".to_owned()));
            for other in ["a", "b", "new", "default"] {
                for key in ["region", "s3", "other"] {
                    if (other, key) != (name, "region") {
                        let other = Named::Profile(other);
                        prop_assert_eq!(value(&edited, other, key), value(text.as_bytes(), other, key), "{}", key);
                    }
                }
            }
            let comments = |text: &[u8]| text.split(|byte| *byte == b'\n').filter(|line| is_comment(line)).count();
            prop_assert!(comments(&edited) >= comments(text.as_bytes()));
            let again = set(&edited, FileKind::Config, named, &[change("region", Some("new-1"))]).unwrap();
            prop_assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(edited).unwrap());
        }

        #[test]
        fn a_section_that_was_taken_away_is_gone_and_the_others_are_there(text in file()) {
            let rest = remove(text.as_bytes(), FileKind::Config, Named::Profile("a"));
            let headings = |text: &[u8], kept: bool| -> Vec<String> {
                let sections = dialect::sections(text, FileKind::Config);
                let wanted = sections.iter().filter(|section| is_of(section, Named::Profile("a")) != kept);
                wanted.map(|section| format!("{:?}", section.heading)).collect()
            };
            prop_assert_eq!(headings(&rest, false), Vec::<String>::new());
            prop_assert_eq!(headings(&rest, true), headings(text.as_bytes(), true));
        }

        #[test]
        fn no_bytes_are_too_much(text in prop::collection::vec(any::<u8>(), 0..200), key in "[a-z]{1,3}(\\.[a-z])?") {
            for kind in [FileKind::Config, FileKind::Credentials] {
                let _ = set(&text, kind, Named::Profile("a"), &[change(&key, Some("v"))]);
                let _ = set(&text, kind, Named::Profile("a"), &[change(&key, None)]);
                let _ = (remove(&text, kind, Named::Profile("a")), body(&text, kind, Named::Profile("a")));
                let _ = rename(&text, kind, Named::Profile("a"), Named::Profile("b"));
            }
        }
    }
}
