//! A line of a story, in the few words for which every shell has a form: it is written as a POSIX shell reads it, and
//! each language says it in its own way.
//!
//! A line is one command or several, joined by `;`, `&&`, `||` or `|`. A command is words, with `>FILE`, `>>FILE`, `2>FILE`
//! or `>&2`; or it is `export NAME=WORD`, `NAME=WORD`, `unset NAME`. A word holds text, `'…'`, `"…"`, `$NAME`, and `$?`.

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) first: Statement,
    pub(crate) rest: Vec<(Joint, Statement)>,
}

/// What stands between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    /// `;`
    Then,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
}

/// A command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// Nothing at all: an empty line.
    Nothing,
    Command {
        words: Vec<Word>,
        to: Vec<Redirection>,
    },
    Export {
        name: String,
        value: Word,
    },
    Plain {
        name: String,
        value: Word,
    },
    Unset {
        name: String,
    },
}

/// Where a stream goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Redirection {
    /// `>FILE` or `2>FILE`, the number of the stream first.
    File { stream: u8, append: bool, to: Word },
    /// `>&2`
    ToStderr,
}

/// A word, part by part; none is the empty word.
pub(crate) type Word = Vec<Part>;

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Taken as it is.
    Text(String),
    /// The value of a variable.
    Variable(String),
    /// The status of the command before.
    Status,
}

/// A word that is read as that text, whatever it is.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

impl Line {
    /// Reads a line; what not every shell can say is a mistake of the test.
    pub(crate) fn parse(line: &str) -> Self {
        let mut reader = Reader { line, rest: line };
        let first = reader.statement();
        let mut rest = Vec::new();
        while let Some(joint) = reader.joint() {
            rest.push((joint, reader.statement()));
        }
        Self { first, rest }
    }
}

struct Reader<'l> {
    line: &'l str,
    rest: &'l str,
}

impl Reader<'_> {
    fn joint(&mut self) -> Option<Joint> {
        let joints = [("&&", Joint::And), ("||", Joint::Or), (";", Joint::Then), ("|", Joint::Pipe)];
        let found = joints.into_iter().find(|(text, _)| self.rest.starts_with(text));
        if found.is_none() && !self.rest.is_empty() {
            self.refuse();
        }
        let (text, joint) = found?;
        self.rest = &self.rest[text.len()..];
        Some(joint)
    }

    fn refuse(&self) -> ! {
        panic!("not every shell can say `{}` in `{}`", self.rest, self.line)
    }

    fn statement(&mut self) -> Statement {
        let (mut words, mut to) = (Vec::new(), Vec::new());
        loop {
            self.rest = self.rest.trim_start_matches(' ');
            match self.rest.as_bytes() {
                [] | [b';' | b'|', ..] | [b'&', b'&', ..] => break,
                [b'>', b'&', b'2', ..] => {
                    self.rest = &self.rest[3..];
                    to.push(Redirection::ToStderr);
                }
                [b'>' | b'2', ..] if self.rest.trim_start_matches('2').starts_with('>') => {
                    let stream = if self.rest.starts_with('2') { 2 } else { 1 };
                    self.rest = self.rest.trim_start_matches('2').trim_start_matches('>');
                    let behind = self.line.len() - self.rest.len();
                    let append = self.line[..behind].ends_with(">>");
                    to.push(Redirection::File { stream, append, to: self.word() });
                }
                _ => words.push(self.word()),
            }
        }
        let text = |word: &Word| match word.as_slice() {
            [Part::Text(text)] => Some(text.clone()),
            _ => None,
        };
        let assignment = |word: &Word| {
            let Some(Part::Text(start)) = word.first() else { return None };
            let (name, value) = start.split_once('=')?;
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                return None;
            }
            let first = (!value.is_empty()).then(|| Part::Text(value.to_owned()));
            Some((name.to_owned(), first.into_iter().chain(word[1..].iter().cloned()).collect()))
        };
        match words.as_slice() {
            [] => Statement::Nothing,
            [export, word] if text(export).as_deref() == Some("export") => {
                let (name, value) = assignment(word).unwrap_or_else(|| self.refuse());
                Statement::Export { name, value }
            }
            [unset, name] if text(unset).as_deref() == Some("unset") => {
                Statement::Unset { name: text(name).unwrap_or_else(|| self.refuse()) }
            }
            [word] if assignment(word).is_some() => {
                let (name, value) = assignment(word).unwrap_or_else(|| self.refuse());
                Statement::Plain { name, value }
            }
            _ => Statement::Command { words, to },
        }
    }

    fn word(&mut self) -> Word {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut quote = None;
        loop {
            let mut chars = self.rest.chars();
            let next = chars.next();
            match (next, quote) {
                (None, Some(_))
                | (Some('`'), None | Some('"'))
                | (Some('*' | '?' | '[' | ']' | '(' | ')' | '{' | '}' | '<' | '#' | '!' | '~' | '\n'), None) => {
                    self.refuse()
                }
                (Some(end), Some(begin)) if end == begin => quote = None,
                (Some(begin @ ('\'' | '"')), None) => quote = Some(begin),
                (Some('\\'), None | Some('"')) => match chars.next() {
                    Some(char) if quote.is_none() || "\"\\$`".contains(char) => text.push(char),
                    _ => self.refuse(),
                },
                (Some('$'), None | Some('"')) => {
                    let part = if let Some(rest) = chars.as_str().strip_prefix('?') {
                        chars = rest.chars();
                        Part::Status
                    } else {
                        let is_part = |char: char| char.is_ascii_alphanumeric() || char == '_';
                        let end = chars.as_str().find(|char| !is_part(char)).unwrap_or(chars.as_str().len());
                        if end == 0 {
                            self.refuse();
                        }
                        let (name, rest) = chars.as_str().split_at(end);
                        let name = name.to_owned();
                        chars = rest.chars();
                        Part::Variable(name)
                    };
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                    }
                    parts.push(part);
                }
                (None | Some(' ' | ';' | '|' | '&' | '>'), None) => break,
                (Some(char), _) => text.push(char),
            }
            self.rest = chars.as_str();
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        parts
    }
}

#[test]
fn a_line_is_read_as_a_shell_reads_it() {
    let text = |text: &str| vec![Part::Text(text.to_owned())];
    let command =
        |words: &[&str]| Statement::Command { words: words.iter().map(|word| text(word)).collect(), to: vec![] };
    assert_eq!(Line::parse(""), Line { first: Statement::Nothing, rest: vec![] });
    assert_eq!(
        Line::parse(r#"cd 'a b'/"c\"d" && it\'s; x || y"#),
        Line {
            first: command(&["cd", "a b/c\"d"]),
            rest: vec![(Joint::And, command(&["it's"])), (Joint::Then, command(&["x"])), (Joint::Or, command(&["y"]))],
        }
    );
    assert_eq!(
        Line::parse("export A=x$B"),
        Line {
            first: Statement::Export {
                name: "A".to_owned(),
                value: vec![Part::Text("x".to_owned()), Part::Variable("B".to_owned())]
            },
            rest: vec![]
        }
    );
    let to = vec![Redirection::File { stream: 2, append: false, to: text("/dev/null") }, Redirection::ToStderr];
    let words = vec![text("echo"), vec![Part::Text("with ".to_owned()), Part::Status], vec![]];
    assert_eq!(
        Line::parse("echo \"with $?\" '' 2>/dev/null >&2"),
        Line { first: Statement::Command { words, to }, rest: vec![] }
    );
}

#[test]
#[should_panic(expected = "not every shell can say `(exit 3)`")]
fn what_not_every_shell_can_say_is_refused() {
    Line::parse("true; (exit 3)");
}
