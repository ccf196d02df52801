//! A model of PowerShell, of as much as is printed for it: strings, variables, conditions, and .NET's calls on files as they
//! answer on Unix. What it does not know, it refuses.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// What keeps a cmdlet from asking and from telling of what it does.
const WITHOUT_A_WORD: &str = "-ErrorAction Ignore -WhatIf:$false -Confirm:$false -Verbose:$false";

/// Text as .NET has it.
type Units = Vec<u16>;

/// A value.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Null,
    Bool(bool),
    Number(i128),
    Char(u16),
    Text(Units),
    List(Vec<Value>),
}

impl Value {
    fn of(text: &str) -> Self {
        Value::Text(text.encode_utf16().collect())
    }

    /// The text that it becomes where text is asked for.
    fn units(&self) -> Units {
        match self {
            Value::Null => Units::new(),
            Value::Bool(bool) => (if *bool { "True" } else { "False" }).encode_utf16().collect(),
            Value::Number(number) => number.to_string().encode_utf16().collect(),
            Value::Char(unit) => vec![*unit],
            Value::Text(units) => units.clone(),
            Value::List(_) => panic!("a list is no text"),
        }
    }

    fn text(&self) -> String {
        String::from_utf16(&self.units()).expect("the text is whole")
    }

    fn is_true(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(bool) => *bool,
            other => panic!("{other:?} as a condition"),
        }
    }

    fn number(&self) -> i128 {
        match self {
            Value::Number(number) => *number,
            other => panic!("{other:?} as a number"),
        }
    }
}

/// A session: the environment, PowerShell's own variables, functions, the location, and what went to stderr.
#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) environment: BTreeMap<String, String>,
    pub(super) location: String,
    pub(super) said: String,
    variables: BTreeMap<String, Value>,
    functions: BTreeMap<String, String>,
}

impl Session {
    pub(super) fn new(environment: BTreeMap<String, String>) -> Self {
        Self { environment, ..Self::default() }
    }

    /// Carries a script out. What `throw` throws is the error.
    pub(super) fn run(&mut self, script: &str) -> Result<(), String> {
        Reader { rest: script, session: self }.statements()
    }

    /// What the last check says.
    pub(super) fn check(&mut self) -> bool {
        let body = self.functions["__credenv_check"].clone();
        Reader { rest: &body, session: self }.expression().is_true()
    }

    /// What a variable of PowerShell's own holds.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(Value::text)
    }

    /// How many of its own variables begin so.
    pub(super) fn variables_called(&self, beginning: &str) -> usize {
        self.variables.keys().filter(|name| name.starts_with(beginning)).count()
    }
}

/// In a string, each of these is a quote.
const QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

struct Reader<'r, 's> {
    rest: &'r str,
    session: &'s mut Session,
}

impl Reader<'_, '_> {
    fn statements(&mut self) -> Result<(), String> {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\n', ';']);
            if self.rest.is_empty() {
                return Ok(());
            }
            self.statement()?;
            let rest = self.rest.trim_start_matches(' ');
            assert!(rest.is_empty() || rest.starts_with([';', '\n']), "more than a statement: {}", self.shown());
        }
    }

    fn statement(&mut self) -> Result<(), String> {
        if self.takes("throw ") {
            return Err(self.expression().text());
        }
        if self.takes("$env:") {
            let name = self.name();
            self.must("=");
            let value = self.expression();
            // PowerShell 7.5 keeps an empty one; those before take it away.
            self.session.environment.insert(name, value.text());
        } else if self.takes("$global:__credenv_seen = ") {
            // Who the shell is, which nothing here asks for.
            assert!(self.takes("__credenv_identity") || self.takes("\"$($PWD.ProviderPath)|?\""), "{}", self.shown());
        } else if self.takes("$global:") {
            let name = self.name();
            let adds = self.takes("+=");
            if !adds {
                self.must("=");
            }
            let value = self.expression();
            let before = self.session.variables.get(&name).filter(|_| adds).map(Value::units).unwrap_or_default();
            let value = if adds { Value::Text([before, value.units()].concat()) } else { value };
            self.session.variables.insert(name, value);
        } else if self.takes("function global:") {
            let name = self.name();
            let body = self.block();
            self.session.functions.insert(name, body);
        } else if self.takes("if") {
            self.must("(");
            let holds = self.expression().is_true();
            self.must(")");
            let then = self.block();
            let otherwise = if self.takes("else") { self.block() } else { String::new() };
            let chosen = if holds { then } else { otherwise };
            return Reader { rest: &chosen, session: self.session }.statements();
        } else if self.takes(r"Microsoft.PowerShell.Management\Remove-Item -LiteralPath") {
            let path = self.expression().text();
            self.must(WITHOUT_A_WORD);
            let name = path.strip_prefix("Env:").expect("a variable of the environment");
            self.session.environment.remove(name);
        } else if self.takes(r"Microsoft.PowerShell.Utility\Remove-Variable -Name") {
            let name = self.expression().text();
            self.must("-Scope Global");
            self.must(WITHOUT_A_WORD);
            self.session.variables.remove(&name);
        } else if self.takes("#") {
            self.rest = self.rest.find('\n').map_or("", |end| &self.rest[end..]);
        } else if self.takes("[Console]::Error.WriteLine(") {
            let line = self.expression().text();
            self.must(")");
            self.session.said += &(line + "\n");
        } else {
            panic!("no statement: {}", self.shown());
        }
        Ok(())
    }

    /// `-and` and `-or` bind alike, from left to right.
    fn expression(&mut self) -> Value {
        let mut value = self.comparison();
        loop {
            let is_and = self.takes("-and ");
            if !is_and && !self.takes("-or ") {
                return value;
            }
            let other = self.comparison().is_true();
            value = Value::Bool(if is_and { value.is_true() && other } else { value.is_true() || other });
        }
    }

    fn comparison(&mut self) -> Value {
        let left = self.unary();
        for operator in ["-eq ", "-ne ", "-le ", "-lt "] {
            if self.takes(operator) {
                let right = self.unary();
                return Value::Bool(match operator {
                    "-eq " => left == right,
                    "-ne " => left != right,
                    "-le " => left.number() <= right.number(),
                    _ => left.number() < right.number(),
                });
            }
        }
        left
    }

    fn unary(&mut self) -> Value {
        if self.takes("-not ") {
            return Value::Bool(!self.unary().is_true());
        }
        if self.takes("-join") {
            return match self.unary() {
                Value::List(values) => Value::Text(values.iter().flat_map(Value::units).collect()),
                other => Value::Text(other.units()),
            };
        }
        if self.takes("[char]") {
            return match self.unary() {
                Value::Number(number) => Value::Char(u16::try_from(number).expect("a unit of UTF-16")),
                other => panic!("{other:?} as a character"),
            };
        }
        self.primary()
    }

    fn primary(&mut self) -> Value {
        self.rest = self.rest.trim_start_matches(' ');
        if self.rest.starts_with(QUOTES) {
            return Value::Text(self.string());
        }
        if self.rest.starts_with(|char: char| char.is_ascii_digit()) {
            let end = self.rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(self.rest.len());
            let (digits, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Value::Number(digits.parse().unwrap());
        }
        if self.takes("@(") {
            return Value::List(self.words_until_parenthesis());
        }
        if self.takes("(__credenv_none ") {
            let (directories, names) = (self.primary(), self.primary());
            self.must(")");
            return Value::Bool(none_is_there(&directories, &names));
        }
        if self.takes(r"Microsoft.PowerShell.Management\Test-Path -LiteralPath ") {
            let path = self.primary().text();
            let name = path.strip_prefix("Variable:").expect("a variable");
            return Value::Bool(self.session.variables.contains_key(name));
        }
        if self.takes("(") {
            let mut values = self.words_until_parenthesis();
            return if values.len() == 1 { values.remove(0) } else { Value::List(values) };
        }
        if self.takes("$PWD.ProviderPath") {
            return Value::of(&self.session.location);
        }
        if self.takes("$null") {
            return Value::Null;
        }
        if self.takes("$false") {
            return Value::Bool(false);
        }
        if self.takes("[Environment]::GetEnvironmentVariable(") {
            let name = self.expression().text();
            self.must(")");
            return self.session.environment.get(&name).map_or(Value::Null, |value| Value::of(value));
        }
        if self.takes("$env:") {
            let name = self.name();
            return self.session.environment.get(&name).map_or(Value::Null, |value| Value::of(value));
        }
        if self.takes("$global:") {
            let name = self.name();
            let value = self.session.variables.get(&name).cloned().unwrap_or(Value::Null);
            if !self.takes("[") {
                return value;
            }
            let index = usize::try_from(self.primary().number()).unwrap();
            self.must("]");
            let Value::List(values) = value else { panic!("{name} is no list") };
            return values[index].clone();
        }
        if self.takes("[DateTime]::UtcNow.Ticks") {
            return Value::Number(ticks(SystemTime::now()));
        }
        if self.takes("[DateTime]::UtcNow.AddSeconds(") {
            let seconds = self.primary().number();
            self.must(").Ticks");
            return Value::Number(ticks(SystemTime::now()) + seconds * 10_000_000);
        }
        for call in ["[string]::Equals(", "[IO.File]::Exists(", "[IO.Directory]::Exists(", WRITTEN] {
            if self.takes(call) {
                let arguments = self.words_until_parenthesis();
                return match call {
                    "[string]::Equals(" => Value::Bool(arguments[0].units() == arguments[1].units()),
                    "[IO.File]::Exists(" => Value::Bool(is_file(&arguments[0].text())),
                    "[IO.Directory]::Exists(" => Value::Bool(is_directory(&arguments[0].text())),
                    _ => {
                        self.must(".Ticks");
                        Value::Number(written(&arguments[0].text()))
                    }
                };
            }
        }
        panic!("no expression: {}", self.shown());
    }

    /// Values with commas between them, until the parenthesis closes.
    fn words_until_parenthesis(&mut self) -> Vec<Value> {
        let mut values = Vec::new();
        while !self.takes(")") {
            if !values.is_empty() {
                self.must(",");
            }
            values.push(self.expression());
        }
        values
    }

    /// A string in single quotes: any of the quotes ends it, and two of them in a row are one.
    fn string(&mut self) -> Units {
        let mut units = Units::new();
        let mut chars = self.rest.char_indices().skip(1).peekable();
        while let Some((at, char)) = chars.next() {
            if QUOTES.contains(&char) {
                match chars.peek() {
                    Some((_, next)) if QUOTES.contains(next) => drop(chars.next()),
                    _ => {
                        self.rest = &self.rest[at + char.len_utf8()..];
                        return units;
                    }
                }
            }
            units.extend(char.encode_utf16(&mut [0; 2]).iter());
        }
        panic!("a string without an end: {}", self.shown());
    }

    /// What stands in braces, strings and other braces in it passed over.
    fn block(&mut self) -> String {
        self.must("{");
        let (mut depth, mut is_string) = (1, false);
        for (at, char) in self.rest.char_indices() {
            match char {
                quote if QUOTES.contains(&quote) => is_string = !is_string,
                '{' if !is_string => depth += 1,
                '}' if !is_string => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let body = self.rest[..at].trim().to_owned();
                self.rest = &self.rest[at + 1..];
                return body;
            }
        }
        panic!("a block without an end: {}", self.shown());
    }

    fn name(&mut self) -> String {
        let end = self.rest.find(|char: char| char != '_' && !char.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        assert!(end > 0, "no name: {}", self.shown());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name.to_owned()
    }

    fn takes(&mut self, text: &str) -> bool {
        let rest = self.rest.trim_start_matches(' ');
        let Some(rest) = rest.strip_prefix(text) else { return false };
        self.rest = rest;
        true
    }

    fn must(&mut self, text: &str) {
        assert!(self.takes(text), "no `{text}`: {}", self.shown());
    }

    fn shown(&self) -> String {
        self.rest.chars().take(100).collect()
    }
}

const WRITTEN: &str = "[IO.File]::GetLastWriteTimeUtc(";

fn none_is_there(directories: &Value, names: &Value) -> bool {
    let (Value::List(directories), Value::List(names)) = (directories, names) else { panic!("no lists") };
    !directories.iter().any(|directory| {
        let exists = |path: &str| is_file(path) || is_directory(path);
        names.iter().any(|name| exists(&format!("{}/{}", directory.text(), name.text())))
    })
}

/// A symlink that leads nowhere is a file to .NET.
fn is_file(path: &str) -> bool {
    must_be_absolute(path);
    !is_directory(path) && Path::new(path).symlink_metadata().is_ok()
}

fn is_directory(path: &str) -> bool {
    must_be_absolute(path);
    Path::new(path).is_dir()
}

/// When what is at the path itself was changed, be it a symlink; of nothing, a time that no file has.
fn written(path: &str) -> i128 {
    must_be_absolute(path);
    let itself = Path::new(path).symlink_metadata();
    itself.map_or(504_911_232_000_000_000, |itself| ticks(itself.modified().unwrap()))
}

/// .NET does not know where PowerShell is.
fn must_be_absolute(path: &str) {
    assert!(path.as_bytes().first() == Some(&b'/'), "{path} is relative");
    assert!(!Path::new(path).components().any(|part| part.as_os_str().as_bytes() == b".."), "{path} goes up");
}

/// Steps of 100 ns since the year 1.
fn ticks(time: SystemTime) -> i128 {
    let since = time.duration_since(UNIX_EPOCH).unwrap();
    621_355_968_000_000_000 + i128::try_from(since.as_nanos()).unwrap() / 100
}
