//! The variables in a text, `${…}`, as Serverless Framework 3 reads them: a state machine, state by state the program's own.

use std::ops::Range;

use super::number;

/// How deep variables may stand in one another. No person writes more, and what is deeper would eat the stack.
const NESTING_LIMIT: usize = 50;

/// A variable, or an escape, in a text.
#[derive(Debug, PartialEq)]
pub(super) struct Variable {
    /// Where it stands; none when it is the whole text, whose value is then taken over as it is.
    pub(super) span: Option<Range<usize>>,
    /// What stands for it.
    pub(super) meaning: Meaning,
}

/// What a variable comes to.
#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    /// An escape: this text.
    Escaped(String),
    /// The first of these that has a value.
    Sources(Vec<Source>),
}

/// One of the sources between the commas.
#[derive(Debug, PartialEq)]
pub(super) enum Source {
    /// A literal, which can only be the last.
    Literal(Literal),
    /// `name(parameters):address`.
    Named {
        /// The name.
        name: String,
        /// What stands in the parentheses.
        parameters: Option<Vec<Argument>>,
        /// What stands after the colon.
        address: Option<Argument>,
    },
}

/// A parameter or an address.
#[derive(Debug, PartialEq)]
pub(super) enum Argument {
    /// A literal.
    Literal(Literal),
    /// A text with variables in it.
    Text(String, Vec<Variable>),
}

/// A value written in the variable itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number, as JavaScript prints it.
    Number(String),
    /// Text.
    Text(String),
}

/// Why a text is no proper one.
pub(super) type SyntaxError = String;

/// Tells whether a text can hold a variable or an escape at all.
pub(super) fn may_vary(text: &str) -> bool {
    text.contains("${")
}

/// Reads a text. With `spaced`, blanks may stand before the first source, as in Serverless 4.
pub(super) fn parse(text: &str, spaced: bool) -> Result<Vec<Variable>, SyntaxError> {
    if !may_vary(text) {
        return Ok(Vec::new());
    }
    let mut parser = Parser::new(text, spaced);
    while let Some(&byte) = parser.bytes.get(parser.index) {
        parser.step(byte)?;
        parser.index += 1;
    }
    let open = parser.source.is_some()
        || parser.sources.is_some()
        || parser.contexts.iter().any(|context| context.source.is_some());
    if open {
        return Err("a variable has no closing brace".to_owned());
    }
    let variables = parser.variables.map(|list| std::mem::take(&mut parser.lists[list])).unwrap_or_default();
    Ok(normalised(text, variables))
}

/// A variable that is the whole text has no span.
fn normalised(text: &str, mut variables: Vec<Variable>) -> Vec<Variable> {
    if let [only] = variables.as_mut_slice()
        && only.span == Some(0..text.len())
    {
        only.span = None;
    }
    variables
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Out,
    EscapeVariable,
    EscapeDollar,
    MaybeOpen,
    MaybeType,
    MaybeTypeStart,
    MaybeNextSource,
    TypeOrLiteral,
    ParameterStart,
    Parameter,
    AfterParameterString,
    MaybeAddressOpen,
    MaybeAddressStart,
    Address,
    AfterAddressString,
    AfterLiteralString,
    Foreign,
    EscapeString,
    DoubleQuoted,
    SingleQuoted,
}

/// What was under way where a nested variable began. Lists are shared with it by number.
struct Context {
    state: State,
    variable_start: usize,
    start: usize,
    variables: Option<usize>,
    nested: Option<usize>,
    source: Option<Draft>,
    sources: Option<Vec<Source>>,
}

/// A source that is being read.
struct Draft {
    name: String,
    parameters: Option<Vec<Argument>>,
    address: Option<Argument>,
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    spaced: bool,
    index: usize,
    state: State,
    after_string: State,
    /// All lists of variables, by number.
    lists: Vec<Vec<Variable>>,
    /// The list of the text under way.
    variables: Option<usize>,
    /// The list of the parameter or address under way.
    nested: Option<usize>,
    sources: Option<Vec<Source>>,
    source: Option<Draft>,
    contexts: Vec<Context>,
    start: usize,
    escape_start: Option<usize>,
    variable_start: usize,
    source_start: usize,
    parameter_start: usize,
    address_start: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, spaced: bool) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            spaced,
            index: 0,
            state: State::Out,
            after_string: State::Out,
            lists: Vec::new(),
            variables: None,
            nested: None,
            sources: None,
            source: None,
            contexts: Vec::new(),
            start: 0,
            escape_start: None,
            variable_start: 0,
            source_start: 0,
            parameter_start: 0,
            address_start: 0,
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), SyntaxError> {
        match self.state {
            State::Out | State::EscapeVariable | State::EscapeDollar => self.outside(byte),
            State::MaybeOpen | State::MaybeTypeStart | State::MaybeType | State::Foreign => self.opening(byte)?,
            State::MaybeNextSource | State::TypeOrLiteral | State::AfterLiteralString => self.next_source(byte)?,
            State::ParameterStart | State::Parameter | State::AfterParameterString => self.parameter(byte)?,
            State::MaybeAddressOpen | State::MaybeAddressStart | State::Address | State::AfterAddressString => {
                self.address(byte)?;
            }
            State::EscapeString => self.state = State::DoubleQuoted,
            State::DoubleQuoted => match byte {
                b'"' => self.state = self.after_string,
                b'\\' => self.state = State::EscapeString,
                _ => {}
            },
            State::SingleQuoted => {
                if byte == b'\'' {
                    self.state = self.after_string;
                }
            }
        }
        Ok(())
    }

    fn outside(&mut self, byte: u8) {
        match self.state {
            State::Out => match byte {
                b'\\' => {
                    self.escape_start.get_or_insert(self.index);
                    self.state = State::EscapeVariable;
                }
                b'$' => {
                    self.variable_start = self.index;
                    self.state = State::MaybeOpen;
                }
                _ => self.escape_start = None,
            },
            State::EscapeVariable => {
                if byte == b'$' {
                    self.state = State::EscapeDollar;
                } else {
                    if byte != b'\\' {
                        self.escape_start = None;
                    }
                    self.state = State::Out;
                }
            }
            _ => {
                if byte == b'{' {
                    self.escaped_variable();
                    self.state = State::Out;
                    return;
                }
                self.escape_start = None;
                match byte {
                    b'\\' => {
                        self.escape_start = Some(self.index);
                        self.state = State::EscapeVariable;
                    }
                    b'$' => {
                        self.variable_start = self.index;
                        self.state = State::MaybeOpen;
                    }
                    _ => self.state = State::Out,
                }
            }
        }
    }

    fn opening(&mut self, byte: u8) -> Result<(), SyntaxError> {
        match self.state {
            State::MaybeOpen => {
                if byte == b'{' {
                    self.escaped_backslashes();
                    self.state = State::MaybeTypeStart;
                } else {
                    self.escape_start = None;
                    if byte != b'$' {
                        self.leave();
                    }
                }
            }
            State::MaybeTypeStart => {
                if byte.is_ascii_lowercase() {
                    self.source_start = self.index;
                    self.state = State::MaybeType;
                } else if self.spaced && byte == b' ' {
                    // stays where it is
                } else {
                    self.foreign(byte)?;
                }
            }
            State::MaybeType => match byte {
                b':' => self.open_source(State::MaybeAddressStart, false),
                b'(' => self.open_source(State::ParameterStart, true),
                _ if is_word(byte) => {}
                _ => self.foreign(byte)?,
            },
            _ => match byte {
                b'}' => self.leave(),
                b'$' => self.enter(None)?,
                _ => {}
            },
        }
        Ok(())
    }

    /// What looked like a variable is plain text, unless it stands in one.
    fn foreign(&mut self, byte: u8) -> Result<(), SyntaxError> {
        if self.is_inside() {
            return Err(self.invalid("source name"));
        }
        if byte == b'}' {
            self.leave();
            return Ok(());
        }
        self.state = State::Foreign;
        if byte == b'$' { self.enter(None) } else { Ok(()) }
    }

    fn next_source(&mut self, byte: u8) -> Result<(), SyntaxError> {
        if byte == b' ' {
            return Ok(());
        }
        match self.state {
            State::MaybeNextSource => {
                self.source_start = self.index;
                match byte {
                    b'"' | b'\'' => self.open_string(byte, State::AfterLiteralString),
                    _ if is_word(byte) => self.state = State::TypeOrLiteral,
                    _ => return Err(self.invalid("source")),
                }
            }
            State::TypeOrLiteral => {
                let word = &self.text[self.source_start..self.index];
                match byte {
                    b':' | b'(' => {
                        let named = word.starts_with(|first: char| first.is_ascii_lowercase())
                            && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
                        if !named {
                            return Err(self.invalid("source"));
                        }
                        if byte == b':' {
                            self.open_source(State::MaybeAddressStart, false);
                        } else {
                            self.open_source(State::ParameterStart, true);
                        }
                    }
                    b'}' => {
                        let literal = literal(word.trim())
                            .ok_or_else(|| format!("`{}` is neither a source nor a literal", word.trim()))?;
                        self.close_variable(Some(Source::Literal(literal)));
                    }
                    _ if is_word(byte) => {}
                    _ => return Err(self.invalid("source")),
                }
            }
            _ => {
                if byte != b'}' {
                    return Err(self.invalid("source"));
                }
                let literal = Literal::Text(self.string(self.source_start)?);
                self.close_variable(Some(Source::Literal(literal)));
            }
        }
        Ok(())
    }

    fn parameter(&mut self, byte: u8) -> Result<(), SyntaxError> {
        match self.state {
            State::ParameterStart => match byte {
                b' ' => {}
                b')' => self.state = State::MaybeAddressOpen,
                b',' => self.push_parameter(Argument::Literal(Literal::Null)),
                b'}' => return Err(self.invalid("parameter")),
                _ => {
                    self.parameter_start = self.index;
                    if byte == b'"' || byte == b'\'' {
                        self.open_string(byte, State::AfterParameterString);
                    } else {
                        self.state = State::Parameter;
                        self.nested = None;
                        if byte == b'$' {
                            self.enter(Some(self.parameter_start))?;
                        }
                    }
                }
            },
            State::Parameter => match byte {
                b')' | b',' => {
                    let text = self.text[self.parameter_start..self.index].trim();
                    if !text.is_empty() || byte == b',' {
                        let argument = match self.nested {
                            // A line break or the like is no word, but it is a place.
                            None if text.is_empty() => Argument::Literal(Literal::Null),
                            None => Argument::Literal(literal(text).unwrap_or_else(|| Literal::Text(text.to_owned()))),
                            Some(list) => self.argument(text, list),
                        };
                        self.push_parameter(argument);
                    }
                    self.state = if byte == b')' { State::MaybeAddressOpen } else { State::ParameterStart };
                }
                b'}' => return Err(self.invalid("parameter")),
                b'$' => self.enter(Some(self.parameter_start))?,
                _ => {}
            },
            _ => match byte {
                b' ' => {}
                b')' | b',' => {
                    let argument = Argument::Literal(Literal::Text(self.string(self.parameter_start)?));
                    self.push_parameter(argument);
                    self.state = if byte == b')' { State::MaybeAddressOpen } else { State::ParameterStart };
                }
                _ => return Err(self.invalid("parameter")),
            },
        }
        Ok(())
    }

    fn address(&mut self, byte: u8) -> Result<(), SyntaxError> {
        match self.state {
            State::MaybeAddressOpen => match byte {
                b' ' => {}
                b':' => self.state = State::MaybeAddressStart,
                b'}' => self.close_variable(None),
                b',' => self.close_source(None),
                _ => return Err(self.invalid("address")),
            },
            State::MaybeAddressStart => match byte {
                b' ' => {}
                b'}' => self.close_variable(None),
                b',' => self.close_source(None),
                b':' => {
                    let plain = self.source.as_ref().is_none_or(|source| source.parameters.is_none());
                    if !plain || self.is_inside() {
                        return Err(self.invalid("address"));
                    }
                    self.source = None;
                    self.state = State::Foreign;
                }
                _ => {
                    self.address_start = self.index;
                    if byte == b'"' || byte == b'\'' {
                        self.open_string(byte, State::AfterAddressString);
                    } else {
                        self.state = State::Address;
                        self.nested = None;
                        if byte == b'$' {
                            self.enter(Some(self.address_start))?;
                        }
                    }
                }
            },
            State::Address => match byte {
                b'}' | b',' => {
                    let text = self.text[self.address_start..self.index].trim();
                    let address = match self.nested {
                        None => Argument::Literal(Literal::Text(text.to_owned())),
                        Some(list) => self.argument(text, list),
                    };
                    self.close_address(byte, address);
                }
                b'$' => self.enter(Some(self.address_start))?,
                _ => {}
            },
            _ => match byte {
                b' ' => {}
                b'}' | b',' => {
                    let address = Argument::Literal(Literal::Text(self.string(self.address_start)?));
                    self.close_address(byte, address);
                }
                _ => return Err(self.invalid("address")),
            },
        }
        Ok(())
    }

    fn is_inside(&self) -> bool {
        self.contexts.iter().any(|context| context.state != State::Foreign)
    }

    fn invalid(&self, what: &str) -> SyntaxError {
        format!("a variable is malformed: no {what} can stand at character {}", self.index + 1)
    }

    fn open_string(&mut self, quote: u8, after: State) {
        self.after_string = after;
        self.state = if quote == b'"' { State::DoubleQuoted } else { State::SingleQuoted };
    }

    fn open_source(&mut self, next: State, parametric: bool) {
        let name = self.text[self.source_start..self.index].to_owned();
        self.source = Some(Draft { name, parameters: parametric.then(Vec::new), address: None });
        self.state = next;
    }

    fn push_parameter(&mut self, argument: Argument) {
        if let Some(parameters) = self.source.as_mut().and_then(|source| source.parameters.as_mut()) {
            parameters.push(argument);
        }
    }

    fn close_address(&mut self, byte: u8, address: Argument) {
        if let Some(source) = &mut self.source {
            source.address = Some(address);
        }
        if byte == b'}' {
            self.close_variable(None);
        } else {
            self.close_source(None);
        }
    }

    fn close_source(&mut self, literal: Option<Source>) {
        let draft =
            self.source.take().map(|Draft { name, parameters, address }| Source::Named { name, parameters, address });
        self.sources.get_or_insert_default().extend(literal.or(draft));
        self.state = State::MaybeNextSource;
    }

    fn close_variable(&mut self, literal: Option<Source>) {
        self.close_source(literal);
        let sources = self.sources.take().unwrap_or_default();
        let span = self.variable_start - self.start..self.index + 1 - self.start;
        self.push_variable(span, Meaning::Sources(sources));
        self.leave();
    }

    fn push_variable(&mut self, span: Range<usize>, meaning: Meaning) {
        let list = match self.variables {
            Some(list) => list,
            None => self.new_list(),
        };
        self.variables = Some(list);
        self.lists[list].push(Variable { span: Some(span), meaning });
    }

    fn new_list(&mut self) -> usize {
        self.lists.push(Vec::new());
        self.lists.len() - 1
    }

    /// Outside of any variable, so that what is under way begins with the text.
    fn escaped_variable(&mut self) {
        if let Some(start) = self.escape_start.take() {
            let text = "\\".repeat((self.index - 2 - start).div_ceil(2)) + "$";
            self.push_variable(start..self.index, Meaning::Escaped(text));
        }
    }

    fn escaped_backslashes(&mut self) {
        if let Some(start) = self.escape_start.take() {
            let text = "\\".repeat((self.index - 2 - start).div_ceil(2));
            self.push_variable(start..self.index - 1, Meaning::Escaped(text));
        }
    }

    /// A variable may begin in what is under way; in a parameter or an address, which starts there, it has a list of
    /// its own.
    fn enter(&mut self, start: Option<usize>) -> Result<(), SyntaxError> {
        if self.contexts.len() >= NESTING_LIMIT {
            return Err(format!("variables are nested more than {NESTING_LIMIT} deep"));
        }
        if self.variables.is_none() {
            self.variables = Some(self.new_list());
        }
        let start = start.unwrap_or(self.start);
        let is_inside = start > 0;
        if is_inside && self.nested.is_none() {
            self.nested = Some(self.new_list());
        }
        self.contexts.push(Context {
            state: self.state,
            variable_start: self.variable_start,
            start: self.start,
            variables: self.variables,
            nested: self.nested,
            source: self.source.take(),
            sources: self.sources.take(),
        });
        self.state = State::MaybeOpen;
        self.variable_start = self.index;
        if is_inside {
            self.start = start;
            self.variables = self.nested;
        }
        Ok(())
    }

    fn leave(&mut self) {
        let Some(context) = self.contexts.pop() else {
            self.state = State::Out;
            return;
        };
        self.state = context.state;
        self.variable_start = context.variable_start;
        self.variables = context.variables;
        self.nested = context.nested;
        self.source = context.source;
        self.sources = context.sources;
        match self.state {
            State::Parameter => self.parameter_start = self.start,
            State::Address => self.address_start = self.start,
            _ => {}
        }
        self.start = context.start;
    }

    fn argument(&mut self, text: &str, list: usize) -> Argument {
        let variables = std::mem::take(&mut self.lists[list]);
        if variables.is_empty() {
            return Argument::Literal(Literal::Text(text.to_owned()));
        }
        Argument::Text(text.to_owned(), normalised(text, variables))
    }

    /// The string literal that begins there and has just ended.
    fn string(&self, start: usize) -> Result<String, SyntaxError> {
        let text = self.text[start..self.index].trim();
        if text.starts_with('\'') {
            return Ok(text.trim_matches(|first| first == ' ')[1..text.len() - 1].to_owned());
        }
        serde_json::from_str(text).map_err(|_| format!("{text} is not a valid string"))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-'
}

/// A bare word that is a literal.
fn literal(word: &str) -> Option<Literal> {
    match word {
        "null" => Some(Literal::Null),
        "true" => Some(Literal::Bool(true)),
        "false" => Some(Literal::Bool(false)),
        _ => number::parse(word).map(|value| Literal::Number(number::shown(value))),
    }
}
