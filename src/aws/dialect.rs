//! The lines of the AWS files, read as the AWS SDK specification reads them, but tolerant of damage.
//!
//! A damaged line never hides another profile: it is told as [`Damage`] and passed over. Where the AWS CLI sees more
//! names than the specification (quoted ones with blanks, Unicode), so do we.

use std::borrow::Cow;
use std::ops::Range;

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `~/.aws/config`: sections `[default]`, `[profile NAME]`, `[sso-session NAME]`, `[services NAME]`.
    Config,
    /// `~/.aws/credentials`: sections `[NAME]`.
    Credentials,
}

/// What a section header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading<'a> {
    /// `[default]`, or in config `[profile default]`, which beats it.
    Default {
        /// Whether it was written with `profile`.
        prefixed: bool,
    },
    /// A profile.
    Profile(Cow<'a, str>),
    /// A section of the credentials file whose name holds blanks. The CLI knows it by that name, the SDKs do not;
    /// it counts where the config file defines the same name.
    Spaced(Cow<'a, str>),
    /// `[sso-session NAME]`.
    SsoSession(Cow<'a, str>),
    /// `[services NAME]`.
    Services(Cow<'a, str>),
    /// Anything else: its properties belong to nobody.
    Ignored,
    /// No closing bracket: its properties belong to nobody.
    Broken,
}

/// A section: its header line and the lines up to the next header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'a> {
    /// What the header says.
    pub heading: Heading<'a>,
    /// The line of the header.
    pub line: u32,
    /// The bytes of the header line.
    pub header: Range<usize>,
    /// The bytes of the lines below it.
    pub body: Range<usize>,
}

impl Section<'_> {
    /// The same, without the text it was found in.
    #[must_use]
    pub fn into_owned(self) -> Section<'static> {
        let owned = |name: Cow<'_, str>| Cow::Owned(name.into_owned());
        let heading = match self.heading {
            Heading::Default { prefixed } => Heading::Default { prefixed },
            Heading::Profile(name) => Heading::Profile(owned(name)),
            Heading::Spaced(name) => Heading::Spaced(owned(name)),
            Heading::SsoSession(name) => Heading::SsoSession(owned(name)),
            Heading::Services(name) => Heading::Services(owned(name)),
            Heading::Ignored => Heading::Ignored,
            Heading::Broken => Heading::Broken,
        };
        Section { heading, line: self.line, header: self.header, body: self.body }
    }
}

/// A property as it stands in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The key, in lower case.
    pub key: String,
    /// The value: trimmed, continuation lines joined by newlines.
    pub value: String,
    /// The line of the key.
    pub line: u32,
    /// The bytes of its lines.
    pub span: Range<usize>,
    /// What a reader of that line may stumble over.
    pub quirks: Quirks,
}

/// What is not an error and still read differently by some programs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quirks {
    /// A comment behind the value: part of the value for the CLI, cut by the SDKs.
    pub inline_comment: bool,
    /// The first key of a section is indented: a key for the CLI and JavaScript, an error for the specification.
    pub indented: bool,
}

/// What is wrong with a line, in the terms of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A property or continuation before any section.
    OutsideSection,
    /// A section header without `]`.
    OpenHeader,
    /// A line without `=`.
    NoEqualsSign,
    /// Nothing before the `=`.
    EmptyKey,
    /// An indented line with no property above it.
    StrayContinuation,
    /// An indented line below an empty value without `=`.
    BadSubProperty,
    /// An indented line below an empty value with nothing before the `=`.
    EmptySubPropertyKey,
    /// An indented comment: to the specification a part of the value above it, to every program but those that keep to
    /// it a comment, and so to us.
    IndentedComment,
}

/// A damaged line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// The line.
    pub line: u32,
    /// What is wrong with it.
    pub fault: Fault,
}

/// The mark that some editors put before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where the text begins, behind a byte order mark.
fn start(text: &[u8]) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

/// Whether the file begins with a byte order mark, which the CLI refuses.
#[must_use]
pub fn has_byte_order_mark(text: &[u8]) -> bool {
    start(text) > 0
}

/// The text behind a byte order mark.
#[must_use]
pub fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    &text[start(text)..]
}

/// Finds the sections. Only headers are looked at, so that one profile in a file of 10,000 is found fast.
#[must_use]
pub fn sections(text: &[u8], kind: FileKind) -> Vec<Section<'_>> {
    let mut found: Vec<Section<'_>> = Vec::new();
    let (mut at, mut line) = (start(text), 1);
    while at < text.len() {
        let end = line_end(text, at);
        if text[at] == b'[' {
            if let Some(last) = found.last_mut() {
                last.body.end = at;
            }
            found.push(Section {
                heading: heading(&text[at..end], kind),
                line,
                header: at..end,
                body: end..text.len(),
            });
        }
        at = end;
        line += 1;
    }
    found
}

/// The end of the line that begins at `at`, behind its newline.
pub(super) fn line_end(text: &[u8], at: usize) -> usize {
    // Lines are short: before a search by words of the machine has begun, a plain one is there. A crate that asks the
    // processor for its abilities costs more than it saves: on a virtual machine the question alone takes 30 µs.
    find(b'\n', &text[at..]).map_or(text.len(), |length| at + length + 1)
}

fn find(byte: u8, text: &[u8]) -> Option<usize> {
    text.iter().position(|candidate| *candidate == byte)
}

fn heading(line: &[u8], kind: FileKind) -> Heading<'_> {
    let line = trim(line);
    let plain = trim(line.split(|byte| matches!(byte, b'#' | b';')).next().unwrap_or(line));
    // The CLI knows no comments here and takes everything up to the last bracket: that is how a quoted name can hold
    // `#`, `;` and `]`.
    let permissive = || line.iter().rposition(|byte| *byte == b']').map(|end| &line[1..end]);
    let strict = plain.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    let Some(inner) = strict.or_else(permissive) else { return Heading::Broken };
    let Ok(inner) = std::str::from_utf8(inner) else { return Heading::Ignored };
    let inner = inner.trim_matches(is_blank);
    match kind {
        FileKind::Config => config_heading(inner),
        FileKind::Credentials => credentials_heading(inner),
    }
}

fn config_heading(inner: &str) -> Heading<'_> {
    if inner == "default" {
        return Heading::Default { prefixed: false };
    }
    let Some((word, rest)) = inner.split_once(is_blank) else { return Heading::Ignored };
    let Some(name) = config_name(rest.trim_matches(is_blank)) else { return Heading::Ignored };
    match word {
        "profile" if name == "default" => Heading::Default { prefixed: true },
        "profile" => Heading::Profile(name),
        "sso-session" => Heading::SsoSession(name),
        "services" => Heading::Services(name),
        _ => Heading::Ignored,
    }
}

/// A name without quotes of the specification's characters or Unicode, or one word by the shell's quoting rules.
fn config_name(text: &str) -> Option<Cow<'_, str>> {
    if !text.is_empty() && text.chars().all(is_name_char) {
        return Some(Cow::Borrowed(text));
    }
    quoted_word(text).filter(|name| !name.is_empty() && !name.chars().any(char::is_control)).map(Cow::Owned)
}

fn credentials_heading(inner: &str) -> Heading<'_> {
    if inner == "default" {
        Heading::Default { prefixed: false }
    } else if inner.is_empty() || inner.chars().any(char::is_control) {
        Heading::Ignored
    } else if inner.contains(is_blank) {
        Heading::Spaced(Cow::Borrowed(inner))
    } else {
        Heading::Profile(Cow::Borrowed(inner))
    }
}

/// Characters of a name or key: those of the specification, and any Unicode beyond ASCII, which the CLI takes.
pub(super) fn is_name_char(char: char) -> bool {
    is_key_char(char) || (!char.is_ascii() && !char.is_control() && !char.is_whitespace())
}

fn is_key_char(char: char) -> bool {
    matches!(char, 'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '/' | '.' | '%' | '@' | ':' | '+')
}

/// A single word in which something is quoted, by the rules of Python's `shlex`, which the CLI uses: `'…'` literal,
/// `"…"` with `\"` and `\\`, a backslash outside takes the next character. A text of several words is none, and so
/// is one without any quoting: there the specification decides.
fn quoted_word(text: &str) -> Option<String> {
    let mut word = String::new();
    let mut quoted = false;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\'' => {
                quoted = true;
                loop {
                    match chars.next()? {
                        '\'' => break,
                        inside => word.push(inside),
                    }
                }
            }
            '"' => {
                quoted = true;
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        inside => word.push(inside),
                    }
                }
            }
            '\\' => {
                quoted = true;
                word.push(chars.next()?);
            }
            blank if blank.is_whitespace() => return None,
            other => word.push(other),
        }
    }
    quoted.then_some(word)
}

fn is_blank(char: char) -> bool {
    char == ' ' || char == '\t'
}

/// Whether a line without the blanks in front of it is a comment.
pub(super) fn is_comment(content: &[u8]) -> bool {
    matches!(content.first(), Some(b'#' | b';'))
}

/// Without blanks and line ends on both sides.
pub(super) fn trim(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = line {
        line = rest;
    }
    while let [b' ' | b'\t', rest @ ..] = line {
        line = rest;
    }
    line
}

/// The properties of a section, duplicates included, in the order of the file.
pub fn items(text: &[u8], section: &Section<'_>, damage: &mut Vec<Damage>) -> Vec<Item> {
    if section.heading == Heading::Broken {
        damage.push(Damage { line: section.line, fault: Fault::OpenHeader });
    }
    let mut items: Vec<Item> = Vec::new();
    let mut open = Open::Nothing;
    let (mut at, mut line) = (section.body.start, section.line);
    while at < section.body.end {
        let end = line_end(text, at);
        let raw = &text[at..end];
        line += 1;
        let span = at..end;
        at = end;
        let content = trim(raw);
        let mut fault = |fault| damage.push(Damage { line, fault });
        match raw[0] {
            _ if content.is_empty() => {}
            b'#' | b';' => {}
            b' ' | b'\t' if is_comment(content) => fault(Fault::IndentedComment),
            b' ' | b'\t' => match (open, items.last_mut()) {
                (Open::Item, Some(item)) => continue_item(item, content, span.end, &mut fault),
                (Open::Ignored, _) => {}
                (Open::Bad, _) => fault(Fault::StrayContinuation),
                _ => {
                    // The first key of the section is indented. Every program but those that keep to the
                    // specification takes it for a key, and so do we; `doctor` tells.
                    fault(Fault::StrayContinuation);
                    if let Ok(mut item) = property(content, line, span)
                        && item.key.chars().all(is_key_char)
                    {
                        item.quirks.indented = true;
                        items.push(item);
                        open = Open::Nothing;
                    }
                }
            },
            _ => match property(content, line, span) {
                Ok(item) if item.key.chars().all(is_key_char) => {
                    items.push(item);
                    open = Open::Item;
                }
                Ok(_) => open = Open::Ignored,
                Err(what) => {
                    fault(what);
                    open = Open::Bad;
                }
            },
        }
    }
    items
}

/// What an indented line would continue.
#[derive(Clone, Copy)]
enum Open {
    Nothing,
    Item,
    Ignored,
    Bad,
}

fn property(content: &[u8], line: u32, span: Range<usize>) -> Result<Item, Fault> {
    let (key, value, inline_comment) = key_and_value(content)?;
    let key = String::from_utf8_lossy(key).to_ascii_lowercase();
    let value = String::from_utf8_lossy(value).into_owned();
    Ok(Item { key, value, line, span, quirks: Quirks { inline_comment, indented: false } })
}

/// What stands on both sides of the equals sign, and whether a comment stands behind it.
fn key_and_value(content: &[u8]) -> Result<(&[u8], &[u8], bool), Fault> {
    let comment = content.windows(2).position(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';']));
    let content = comment.map_or(content, |at| &content[..at]);
    let equals = find(b'=', content).ok_or(Fault::NoEqualsSign)?;
    let key = trim(&content[..equals]);
    if key.is_empty() {
        return Err(Fault::EmptyKey);
    }
    Ok((key, trim(&content[equals + 1..]), comment.is_some()))
}

/// The values of these keys (in lower case) in a section, in the order of the file and as they stand there; none, if a
/// line is indented and it takes a closer look to tell what it belongs to.
pub(super) fn plain_values<'t>(
    text: &'t [u8],
    section: &Section<'_>,
    keys: &[&'static str],
    found: &mut dyn FnMut(&'static str, &'t [u8]),
) -> Option<()> {
    let mut at = section.body.start;
    while at < section.body.end {
        let end = line_end(text, at);
        let line = &text[at..end];
        at = end;
        if matches!(line[0], b' ' | b'\t') && !trim(line).is_empty() {
            return None;
        }
        // Few lines get as far as to be read: the rest is passed over by what stands before the equals sign.
        let Some(equals) = find(b'=', line) else { continue };
        let key = trim(&line[..equals]);
        if let Some(known) = keys.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(key))
            && let Ok((_, value, _)) = key_and_value(trim(line))
        {
            found(known, value);
        }
    }
    Some(())
}

fn continue_item(item: &mut Item, content: &[u8], end: usize, fault: &mut impl FnMut(Fault)) {
    let sub_properties = item.value.is_empty() || item.value.starts_with('\n');
    if sub_properties {
        match find(b'=', content) {
            None => return fault(Fault::BadSubProperty),
            Some(at) if trim(&content[..at]).is_empty() => return fault(Fault::EmptySubPropertyKey),
            Some(_) => {}
        }
    }
    item.value.push('\n');
    item.value.push_str(&String::from_utf8_lossy(content));
    item.span.end = end;
}

/// The damaged lines above the first section.
pub fn preamble(text: &[u8], sections: &[Section<'_>], damage: &mut Vec<Damage>) {
    let end = sections.first().map_or(text.len(), |section| section.header.start);
    for (number, line) in (1..).zip(text[start(text)..end.max(start(text))].split(|byte| *byte == b'\n')) {
        if !trim(line).is_empty() && !is_comment(line) {
            damage.push(Damage { line: number, fault: Fault::OutsideSection });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Text that is likely to mean something to the lexer.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let pieces: &[&[u8]] = &[
            b"[profile a]",
            b"[default]",
            b"[b",
            b"]",
            b"key",
            b"=",
            b" ",
            b"\n",
            b"\r\n",
            b"\n ",
            b"\t",
            b"#",
            b" ;",
            b"\xff",
            b"\0",
            b"\xef\xbb\xbf",
            b"\"",
            b"'",
            b"\\",
            "ä".as_bytes(),
        ];
        let piece = prop::sample::select(pieces.iter().map(|piece| piece.to_vec()).collect::<Vec<_>>());
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn sections_tile_the_file_from_the_first_header_on_and_lines_are_counted_right(text in text()) {
            for kind in [FileKind::Config, FileKind::Credentials] {
                let sections = sections(&text, kind);
                let mut end = sections.first().map_or(text.len(), |section| section.header.start);
                for section in &sections {
                    prop_assert_eq!(section.header.start, end);
                    prop_assert_eq!(section.header.end, section.body.start);
                    let line = text[..section.header.start].split(|byte| *byte == b'\n').count();
                    prop_assert_eq!(section.line as usize, line);
                    end = section.body.end;
                }
                prop_assert_eq!(end, text.len());
            }
        }

        #[test]
        fn an_item_lies_in_its_section_at_the_line_it_names(text in text()) {
            let mut damage = Vec::new();
            for section in &sections(&text, FileKind::Config) {
                for item in items(&text, section, &mut damage) {
                    prop_assert!(section.body.start <= item.span.start && item.span.end <= section.body.end);
                    let line = text[..item.span.start].split(|byte| *byte == b'\n').count();
                    prop_assert_eq!(item.line as usize, line);
                    prop_assert!(!item.key.is_empty());
                }
            }
            let lines = text.split(|byte| *byte == b'\n').count();
            prop_assert!(damage.iter().all(|damage| damage.line as usize <= lines));
        }
    }

    #[test]
    fn each_heading_is_told_from_the_others() {
        let config = |line: &'static str| heading(line.as_bytes(), FileKind::Config);
        assert_eq!(config("[default]"), Heading::Default { prefixed: false });
        assert_eq!(config("[profile default]"), Heading::Default { prefixed: true });
        assert_eq!(config("[sso-session corp]"), Heading::SsoSession("corp".into()));
        assert_eq!(config("[services mine]"), Heading::Services("mine".into()));
        for ignored in ["[other]", "[profile]", "[profile '']", "[profile 'a\u{7}b']"] {
            assert_eq!(config(ignored), Heading::Ignored, "{ignored}");
        }
        let credentials = |line: &'static str| heading(line.as_bytes(), FileKind::Credentials);
        assert_eq!(credentials("[a b]"), Heading::Spaced("a b".into()));
        assert_eq!(credentials("[a]"), Heading::Profile("a".into()));
        for ignored in ["[]", "[a\u{7}b]"] {
            assert_eq!(credentials(ignored), Heading::Ignored, "{ignored}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_seen_and_hides_no_section() {
        let text = b"\xef\xbb\xbf[a]\n";
        assert!(has_byte_order_mark(text) && !has_byte_order_mark(b"[a]\n"));
        assert_eq!(sections(text, FileKind::Credentials)[0].heading, Heading::Profile("a".into()));
    }

    #[test]
    fn each_damaged_line_is_told_and_what_it_holds_is_no_property() {
        let text = b"[profile a]\nk y = 1\n  x = 1\n= v\n  y = 1\ns3 =\n  = 1\n  bad\n[open\n";
        let mut damage = Vec::new();
        let sections = sections(text, FileKind::Config);
        let keys: Vec<_> =
            sections.iter().flat_map(|section| items(text, section, &mut damage)).map(|item| item.key).collect();
        assert_eq!(keys, ["s3"]);
        let told: Vec<_> = damage.iter().map(|damage| (damage.line, damage.fault)).collect();
        assert_eq!(
            told,
            [
                (4, Fault::EmptyKey),
                (5, Fault::StrayContinuation),
                (7, Fault::EmptySubPropertyKey),
                (8, Fault::BadSubProperty),
                (9, Fault::OpenHeader)
            ]
        );
    }

    #[test]
    fn quoting_follows_the_rules_of_the_cli() {
        for (text, word) in [
            ("'a b'", Some("a b")),
            (r#""a \" \\ \b""#, Some(r#"a " \ \b"#)),
            (r"a\ b", Some("a b")),
            ("'a'\"b\"c", Some("abc")),
            ("'a' b", None),
            ("'open", None),
            ("plain", None),
        ] {
            assert_eq!(quoted_word(text).as_deref(), word, "{text}");
        }
    }
}
