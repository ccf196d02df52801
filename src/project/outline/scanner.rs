//! The marks of a YAML text: what begins and ends where.
//!
//! It takes the same decisions as the scanner of libyaml, which reads the text afterwards, so that what is counted here is
//! what libyaml would meet; it holds no text, and no input makes it slower than its length.

use std::collections::{HashMap, HashSet};

/// Something that the scanner found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    DocumentStart,
    DocumentEnd,
    Directive,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// It turned out to be a key, and whether a mapping begins with it.
    key: bool,
    begins_mapping: bool,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A place where a key may have begun that is only known by the `:` behind it.
#[derive(Debug, Clone, Copy)]
struct PossibleKey {
    token: usize,
    start: usize,
    line: usize,
    column: usize,
}

/// How much a text may hold.
#[derive(Debug, Clone, Copy)]
pub(in crate::project) struct Limits {
    /// Collections inside one another.
    pub(in crate::project) depth: usize,
    /// Tokens: keys, values, marks.
    pub(in crate::project) tokens: usize,
    /// `%TAG` and its like, which libyaml compares with one another.
    pub(in crate::project) directives: usize,
}

/// The limit that a text exceeds, and the byte where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::project) enum Excess {
    Depth(usize),
    Tokens(usize),
    Directives(usize),
}

/// The marks of a text, in order.
#[derive(Debug)]
pub(in crate::project) struct Tokens(Vec<Token>);

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
    line_start: usize,
    /// A place in the line and its column in characters, from which the next column is counted.
    counted: (usize, usize),
    flow: usize,
    indent: isize,
    indents: Vec<isize>,
    key_allowed: bool,
    keys: Vec<Option<PossibleKey>>,
    tokens: Vec<Token>,
    directives: usize,
}

/// Scans a text that begins behind any byte order mark.
pub(in crate::project) fn scan(text: &[u8], limits: Limits) -> Result<Tokens, Excess> {
    let mut scanner = Scanner {
        text,
        at: 0,
        line: 0,
        line_start: 0,
        counted: (0, 0),
        flow: 0,
        indent: -1,
        indents: Vec::new(),
        key_allowed: true,
        keys: vec![None],
        tokens: Vec::with_capacity(text.len() / 8),
        directives: 0,
    };
    while scanner.step() {
        if scanner.flow + scanner.indents.len() > limits.depth {
            return Err(Excess::Depth(scanner.at));
        }
        if scanner.tokens.len() > limits.tokens {
            return Err(Excess::Tokens(scanner.at));
        }
        if scanner.directives > limits.directives {
            return Err(Excess::Directives(scanner.at));
        }
    }
    Ok(Tokens(scanner.tokens))
}

impl Scanner<'_> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn is(&self, byte: u8) -> bool {
        self.byte(0) == Some(byte)
    }

    /// The length of the line break here, 0 if there is none.
    fn line_break(&self, ahead: usize) -> usize {
        match self.text.get(self.at + ahead..).unwrap_or_default() {
            [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => 0,
        }
    }

    fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), Some(b' ' | b'\t'))
    }

    /// A blank, a line break or the end.
    fn is_gap(&self, ahead: usize) -> bool {
        match self.byte(ahead) {
            None | Some(b' ' | b'\t' | 0) => true,
            Some(b'\r' | b'\n' | 0xc2 | 0xe2) => self.line_break(ahead) > 0,
            Some(_) => false,
        }
    }

    fn is_end_of_line(&self) -> bool {
        matches!(self.byte(0), None | Some(0)) || self.line_break(0) > 0
    }

    fn skip_line(&mut self) {
        self.at += self.line_break(0);
        self.line += 1;
        self.line_start = self.at;
        self.counted = (self.at, 0);
    }

    fn skip_to_end_of_line(&mut self) {
        while !self.is_end_of_line() {
            self.at += 1;
        }
    }

    /// The column in characters, as libyaml counts.
    fn column(&mut self) -> usize {
        let (from, column) = self.counted;
        let more = self.text[from..self.at].iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.counted = (self.at, column + more);
        column + more
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let number = |at| u32::try_from(at).unwrap_or(u32::MAX);
        self.tokens.push(Token { kind, key: false, begins_mapping: false, start: number(start), end: number(end) });
    }

    fn mark(&mut self, kind: Kind, length: usize) {
        self.push(kind, self.at, self.at + length);
        self.at += length;
    }

    fn key_may_begin(&mut self) {
        if self.key_allowed {
            let key = PossibleKey { token: self.tokens.len(), start: self.at, line: self.line, column: self.column() };
            self.set_key(Some(key));
        }
    }

    fn set_key(&mut self, key: Option<PossibleKey>) {
        if let Some(last) = self.keys.last_mut() {
            *last = key;
        }
    }

    /// Whether an indentation of this column begins; it is remembered if so.
    fn indent_to(&mut self, column: usize) -> bool {
        let column = isize::try_from(column).unwrap_or(isize::MAX);
        if self.flow > 0 || self.indent >= column {
            return false;
        }
        self.indents.push(self.indent);
        self.indent = column;
        true
    }

    fn unindent_to(&mut self, column: isize) {
        if self.flow > 0 {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.at, self.at);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Reads the next token; false at the end.
    fn step(&mut self) -> bool {
        self.skip_gap();
        let column = self.column();
        self.unindent_to(isize::try_from(column).unwrap_or(isize::MAX));
        let Some(byte) = self.byte(0).filter(|byte| *byte != 0) else {
            self.unindent_to(-1);
            self.push(Kind::End, self.at, self.at);
            return false;
        };
        if column == 0 && self.stands_alone(byte) {
            return true;
        }
        match byte {
            b'[' | b'{' => {
                self.key_may_begin();
                self.mark(if byte == b'[' { Kind::FlowSequenceStart } else { Kind::FlowMappingStart }, 1);
                self.flow += 1;
                self.keys.push(None);
                self.key_allowed = true;
            }
            b']' | b'}' => {
                self.set_key(None);
                self.mark(if byte == b']' { Kind::FlowSequenceEnd } else { Kind::FlowMappingEnd }, 1);
                if self.flow > 0 {
                    self.flow -= 1;
                    self.keys.pop();
                }
                self.key_allowed = false;
            }
            b',' => {
                self.set_key(None);
                self.mark(Kind::FlowEntry, 1);
                self.key_allowed = true;
            }
            b'-' if self.is_gap(1) => {
                if self.indent_to(column) {
                    self.push(Kind::BlockSequenceStart, self.at, self.at);
                }
                self.set_key(None);
                self.mark(Kind::BlockEntry, 1);
                self.key_allowed = true;
            }
            b'?' if self.flow > 0 || self.is_gap(1) => {
                if self.indent_to(column) {
                    self.push(Kind::BlockMappingStart, self.at, self.at);
                }
                self.set_key(None);
                self.mark(Kind::Key, 1);
                self.key_allowed = self.flow == 0;
            }
            b':' if self.flow > 0 || self.is_gap(1) => self.value(column),
            b'*' | b'&' => {
                self.key_may_begin();
                let start = self.at;
                self.at += 1;
                while self.byte(0).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
                    self.at += 1;
                }
                self.push(if byte == b'*' { Kind::Alias } else { Kind::Anchor }, start, self.at);
                self.key_allowed = false;
            }
            b'!' => {
                self.key_may_begin();
                self.tag();
                self.key_allowed = false;
            }
            b'|' | b'>' if self.flow == 0 => {
                self.set_key(None);
                self.key_allowed = true;
                self.block_scalar();
            }
            b'\'' | b'"' => {
                self.key_may_begin();
                self.key_allowed = false;
                self.quoted(byte);
            }
            _ => {
                self.key_may_begin();
                self.key_allowed = false;
                self.plain();
            }
        }
        true
    }

    fn skip_gap(&mut self) {
        loop {
            if self.at == self.line_start && self.text[self.at..].starts_with(b"\xef\xbb\xbf") {
                self.at += 3;
            }
            while self.is(b' ') || ((self.flow > 0 || !self.key_allowed) && self.is(b'\t')) {
                self.at += 1;
            }
            self.skip_trailing_blanks();
            if self.is(b'#') {
                self.skip_to_end_of_line();
            }
            if self.line_break(0) == 0 {
                return;
            }
            self.skip_line();
            if self.flow == 0 {
                self.key_allowed = true;
            }
        }
    }

    /// Tabs at the end of a line are as good as blanks there.
    fn skip_trailing_blanks(&mut self) {
        let rest = &self.text[self.at..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if matches!(rest.get(blanks), None | Some(b'\n' | b'\r')) {
            self.at += blanks;
        }
    }

    /// What counts only at the beginning of a line: directives and the marks between documents.
    fn stands_alone(&mut self, byte: u8) -> bool {
        let kind = match byte {
            b'%' => Kind::Directive,
            b'-' if self.is_mark_of_a_document() => Kind::DocumentStart,
            b'.' if self.is_mark_of_a_document() => Kind::DocumentEnd,
            _ => return false,
        };
        self.unindent_to(-1);
        self.set_key(None);
        self.key_allowed = false;
        if kind == Kind::Directive {
            let start = self.at;
            self.skip_to_end_of_line();
            self.push(kind, start, self.at);
            self.directives += 1;
        } else {
            self.mark(kind, 3);
        }
        true
    }

    fn is_mark_of_a_document(&self) -> bool {
        matches!(self.text[self.at..], [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..]) && self.is_gap(3)
    }

    fn value(&mut self, column: usize) {
        // A key stands on one line, and libyaml gives it 1024 bytes.
        let (line, at) = (self.line, self.at);
        let key = self.keys.last().copied().flatten().filter(|key| key.line == line && key.start + 1024 >= at);
        if let Some(key) = key {
            let begins_mapping = self.indent_to(key.column);
            if let Some(token) = self.tokens.get_mut(key.token) {
                token.key = true;
                token.begins_mapping = begins_mapping;
            }
            self.set_key(None);
            self.key_allowed = false;
        } else {
            if self.indent_to(column) {
                self.push(Kind::BlockMappingStart, self.at, self.at);
            }
            self.key_allowed = self.flow == 0;
        }
        self.mark(Kind::Value, 1);
    }

    fn tag(&mut self) {
        let start = self.at;
        self.at += 1;
        let verbatim = self.is(b'<');
        while let Some(byte) = self.byte(0) {
            let allowed = byte.is_ascii_alphanumeric()
                || b"_-;/?:@&=+$.%!~*'()<>".contains(&byte)
                || (verbatim && b",[]".contains(&byte));
            if !allowed {
                break;
            }
            self.at += 1;
        }
        self.push(Kind::Tag, start, self.at);
    }

    fn block_scalar(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut indent = 0;
        while let Some(byte) = self.byte(0).filter(|byte| matches!(byte, b'+' | b'-' | b'1'..=b'9')) {
            if byte.is_ascii_digit() {
                indent = isize::from(byte - b'0') + self.indent.max(0);
            }
            self.at += 1;
        }
        self.skip_to_end_of_line();
        self.skip_line();
        let mut end = self.at;
        let mut deepest = 0;
        loop {
            // Blank lines, up to the first character of the next line of text.
            let blanks = self.at;
            while self.is(b' ') && (indent == 0 || self.width_from(blanks) < indent) {
                self.at += 1;
            }
            self.skip_trailing_blanks();
            deepest = deepest.max(self.width_from(blanks));
            if self.line_break(0) > 0 {
                self.skip_line();
                continue;
            }
            if indent == 0 {
                indent = deepest.max(self.indent + 1).max(1);
            }
            if self.width_from(blanks) != indent || matches!(self.byte(0), None | Some(0)) {
                break;
            }
            self.skip_to_end_of_line();
            end = self.at;
            if self.line_break(0) == 0 {
                break;
            }
            self.skip_line();
        }
        self.push(Kind::Scalar, start, end.min(self.text.len()));
    }

    fn width_from(&self, start: usize) -> isize {
        isize::try_from(self.at - start).unwrap_or(isize::MAX)
    }

    fn quoted(&mut self, quote: u8) {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\\' if quote == b'"' => {
                    self.at += 1;
                    // An escaped line break is one all the same.
                    if self.line_break(0) == 0 && self.at < self.text.len() {
                        self.at += 1;
                    }
                }
                b'\'' if quote == b'\'' && self.byte(1) == Some(b'\'') => self.at += 2,
                _ if byte == quote => {
                    self.at += 1;
                    break;
                }
                b'\r' | b'\n' | 0xc2 | 0xe2 if self.line_break(0) > 0 => self.skip_line(),
                _ => self.at += 1,
            }
        }
        self.push(Kind::Scalar, start, self.at);
    }

    fn plain(&mut self) {
        let start = self.at;
        let mut end = self.at;
        let mut crossed = false;
        loop {
            if (self.at == self.line_start && self.is_mark_of_a_document()) || self.is(b'#') {
                break;
            }
            while !self.is_gap(0) {
                let byte = self.byte(0).unwrap_or_default();
                let ends = (byte == b':' && self.is_gap(1))
                    || (self.flow > 0
                        && (b",[]{}".contains(&byte)
                            // libyaml refuses it here; to go on as if it had not costs nothing.
                            || (byte == b':' && matches!(self.byte(1), Some(b',' | b'?' | b'[' | b']' | b'{' | b'}')))));
                if ends {
                    break;
                }
                self.at += 1;
                end = self.at;
                crossed = false;
            }
            if !self.is_blank(0) && self.line_break(0) == 0 {
                break;
            }
            while self.is_blank(0) || self.line_break(0) > 0 {
                if self.is_blank(0) {
                    self.at += 1;
                } else {
                    self.skip_line();
                    crossed = true;
                }
            }
            if self.flow == 0 && isize::try_from(self.column()).unwrap_or(isize::MAX) < self.indent + 1 {
                break;
            }
        }
        if crossed {
            self.key_allowed = true;
        }
        if self.at == start {
            // Nothing can begin with this character. libyaml stops here.
            self.at += 1;
            end = self.at;
        }
        self.push(Kind::Scalar, start, end);
    }
}

impl Tokens {
    /// How many there are.
    pub(in crate::project) fn count(&self) -> usize {
        self.0.len()
    }

    /// The text with another name for each anchor whose name was given before; none where each has its own. The library
    /// mixes up what such anchors, and those behind them, stand for.
    pub(in crate::project) fn with_unique_anchors(&self, text: &[u8]) -> Option<Vec<u8>> {
        let marks = || self.0.iter().filter(|token| matches!(token.kind, Kind::Anchor | Kind::Alias));
        let name = |token: &Token| text.get(token.start as usize + 1..token.end as usize).unwrap_or_default();
        let mut given: HashSet<&[u8]> = HashSet::new();
        if marks().filter(|token| token.kind == Kind::Anchor).all(|anchor| given.insert(name(anchor))) {
            return None;
        }
        given.extend(marks().map(name));
        let mut current: HashMap<&[u8], Vec<u8>> = HashMap::new();
        let (mut renamed, mut at, mut number) = (Vec::with_capacity(text.len()), 0, 0);
        for token in marks() {
            if token.kind == Kind::Anchor {
                let new = loop {
                    number += 1;
                    let new = format!("a{number}").into_bytes();
                    if !given.contains(&*new) {
                        break new;
                    }
                };
                current.insert(name(token), new);
            }
            let (from, to) = (token.start as usize + 1, token.end as usize);
            renamed.extend_from_slice(text.get(at..from)?);
            renamed.extend_from_slice(current.get(name(token)).map_or(name(token), Vec::as_slice));
            at = to;
        }
        renamed.extend_from_slice(text.get(at..)?);
        Some(renamed)
    }

    /// Where a second document begins.
    pub(in crate::project) fn second_document(&self) -> Option<usize> {
        let mut documents = 0;
        let mut open = false;
        for token in &self.0 {
            match token.kind {
                Kind::DocumentStart => {
                    documents += 1;
                    open = true;
                }
                Kind::DocumentEnd => open = false,
                Kind::Directive | Kind::End | Kind::BlockEnd => {}
                _ if !open => {
                    documents += 1;
                    open = true;
                }
                _ => {}
            }
            if documents > 1 {
                return Some(token.start as usize);
            }
        }
        None
    }

    /// All of them, with the marks of keys and mappings in front of those that turned out to be keys.
    pub(super) fn with_keys(&self) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(self.0.len() + self.0.len() / 2);
        for token in &self.0 {
            let mark = |kind| Token { kind, key: false, begins_mapping: false, start: token.start, end: token.start };
            if token.begins_mapping {
                tokens.push(mark(Kind::BlockMappingStart));
            }
            if token.key {
                tokens.push(mark(Kind::Key));
            }
            tokens.push(*token);
        }
        tokens
    }
}
