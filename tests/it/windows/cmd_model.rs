//! A model of cmd.exe: what becomes of a line on its way through the phases in which cmd reads it, in a batch file and in
//! the body of `for /f`, and what `set` makes of it.

use std::collections::BTreeMap;

/// How a line comes to be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// `for /f "delims=" %i in ('…') do @%i`: the line takes the place of the variable when all reading is over.
    ForF,
    /// It stands in a batch file.
    Batch,
}

/// A session: its environment, whether delayed expansion is on, and how the last command ended.
#[derive(Debug, Default, Clone)]
pub(super) struct Session {
    pub(super) environment: BTreeMap<String, String>,
    pub(super) expands_later: bool,
    pub(super) error_level: u8,
    /// What was run that is neither `set` nor the statement that fails.
    pub(super) ran: Vec<String>,
}

/// No line is longer.
const LONGEST: usize = 8_191;

impl Session {
    pub(super) fn run(&mut self, script: &[u8], way: Way) {
        for line in script.split(|byte| *byte == b'\n') {
            // What a code page makes of a byte beyond ASCII is not known; Ctrl-Z ends a file, and a CR ends a line.
            let line: String = line.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect();
            let line = line.split(['\u{1a}', '\r', '\0']).next().unwrap_or_default();
            let line: String = line.chars().take(LONGEST).collect();
            if line.is_empty() || (way == Way::ForF && line.starts_with(';')) {
                continue;
            }
            let commands = if way == Way::Batch { read(&self.percent(&line)) } else { vec![line] };
            for command in commands {
                let command = if self.expands_later { self.exclamation(&command) } else { command };
                self.command(&command);
            }
        }
    }

    /// `%%` is `%`, `%NAME%` a variable, `%1` and `%*` are arguments; there are none.
    fn percent(&self, line: &str) -> String {
        let mut out = String::new();
        let mut rest = line;
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix('%') {
                out.push('%');
                rest = behind;
            } else if rest.starts_with(|char: char| char.is_ascii_digit() || char == '*') {
                rest = &rest[1..];
            } else if let Some(end) = rest.find('%') {
                out.push_str(&self.expanded(&rest[..end]));
                rest = &rest[end + 1..];
            }
        }
        out + rest
    }

    /// `!NAME!` is a variable; where there is any `!` in the line, `^` takes the meaning of what follows.
    fn exclamation(&self, line: &str) -> String {
        if !line.contains('!') {
            return line.to_owned();
        }
        let mut out = String::new();
        let mut chars = line.chars();
        while let Some(char) = chars.next() {
            match char {
                '^' => out.extend(chars.next()),
                '!' => {
                    let name: String = chars.by_ref().take_while(|char| *char != '!').collect();
                    out.push_str(&self.expanded(&name));
                }
                char => out.push(char),
            }
        }
        out
    }

    fn expanded(&self, name: &str) -> String {
        // `%NAME:a=b%` and `%NAME:~1%` expand as well; what they make of it does not matter here.
        let name = name.split(':').next().unwrap_or_default();
        self.environment.get(&name.to_ascii_uppercase()).cloned().unwrap_or_default()
    }

    fn command(&mut self, command: &str) {
        let command = command.trim_start_matches([' ', '@']);
        if let Some(assignment) = command.strip_prefix("set ") {
            // What stands behind the last quote does not count.
            let quoted = assignment.trim_start().strip_prefix('"');
            let assignment = quoted.map_or(assignment, |quoted| &quoted[..quoted.rfind('"').unwrap_or(quoted.len())]);
            let Some((name, value)) = assignment.split_once('=') else {
                self.error_level = 1;
                return;
            };
            if value.is_empty() {
                self.environment.remove(&name.to_ascii_uppercase());
            } else {
                self.environment.insert(name.to_ascii_uppercase(), value.to_owned());
            }
            self.error_level = 0;
        } else if command == "cmd /d /c exit 1" {
            self.error_level = 1;
        } else {
            self.ran.push(command.to_owned());
        }
    }
}

/// The commands in a line: outside of quotes, `^` takes the meaning of what follows, and these end a command.
pub(super) fn read(line: &str) -> Vec<String> {
    let mut commands = vec![String::new()];
    let mut is_quoted = false;
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        let command = commands.last_mut().unwrap();
        match char {
            '"' => {
                is_quoted = !is_quoted;
                command.push('"');
            }
            '^' if !is_quoted => command.extend(chars.next()),
            '&' | '|' | '<' | '>' | '(' | ')' if !is_quoted => commands.push(String::new()),
            char => command.push(char),
        }
    }
    commands.retain(|command| !command.trim().is_empty());
    commands
}
