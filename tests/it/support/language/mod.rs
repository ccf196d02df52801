//! The languages of the shells: one file for those who speak alike.

mod elvish;
mod fish;
mod line;
mod nu;
mod posix;
mod powershell;
mod tcsh;
mod xonsh;

use std::path::{Path, PathBuf};

use super::home::Home;
use super::shell::Shell;

pub(crate) use line::quoted;
pub(crate) use line::{Joint, Line, Part, Redirection, Statement, Word};

pub(super) use elvish::Elvish;
pub(super) use fish::Fish;
pub(super) use nu::Nu;
pub(super) use posix::Posix;
pub(super) use powershell::PowerShell;
pub(super) use tcsh::Tcsh;
pub(super) use xonsh::Xonsh;

/// What not every shell can do, so that a story about it has nothing to tell there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ability {
    /// Carry a value that is no UTF-8.
    InvalidUtf8,
    /// Write a value so that no control character stands in the text.
    EscapedControls,
    /// Have a variable that is not exported, under the name of one that could be.
    Unexported,
    /// Keep a secret without the integration being loaded.
    SecretsWithoutIntegration,
    /// See at an idle prompt that a file was changed.
    Watching,
    /// Tell apart two changes of a file within one second, so that none costs a look more.
    FractionsOfSeconds,
    /// Read a start-up file where there is no home.
    StartingWithoutHome,
    /// Stand in a directory that is gone, or is another one by now.
    StandingOn,
    /// See by builtins alone that no file was changed, so that the binary need not be asked.
    Checking,
    /// See at an idle prompt that the person changed a variable by hand.
    Noticing,
    /// Go back to the directory before by `cd -`.
    GoingBack,
    /// Have a variable that is there, and empty.
    EmptyVariables,
    /// Say nothing of its own in a directory whose name is no UTF-8.
    OddDirectories,
    /// What a POSIX shell alone has: subshells, aliases that are read before all else, traps, variables that are locked.
    PosixWords,
}

/// How a shell is spoken to. Lines come in the words of [`Line`] and are said in those of the language.
pub(crate) trait Language: Sync {
    /// Why a shell of the language cannot do that, if so; `docs/shortcomings.md` tells it as well.
    fn cannot(&self, _shell: &Shell, _ability: Ability) -> Option<&'static str> {
        None
    }

    /// A word, quoted by the plainest rule: of the tests' own, so that credenv is not measured by itself.
    fn word(&self, text: &str) -> String;

    /// The value of a variable of the environment, as a word.
    fn variable(&self, name: &str) -> String;

    /// The status of the line before, as a word.
    fn status(&self) -> String;

    /// Several words that make one.
    fn glued(&self, words: &[String]) -> String {
        words.concat()
    }

    /// Runs a command; the words are said already.
    fn command(&self, words: &[String], to: &[Redirected]) -> String {
        let mut line = words.join(" ");
        for redirected in to {
            match redirected {
                Redirected::File { stream, append, to } => {
                    let number = if *stream == 1 { "" } else { "2" };
                    let arrow = if *append { ">>" } else { ">" };
                    line.extend([" ", number, arrow, to]);
                }
                Redirected::ToStderr => line.push_str(" >&2"),
            }
        }
        line
    }

    /// Sets and exports a variable; the value is a word that is said already.
    fn export(&self, name: &str, value: &str) -> String;

    /// Sets a variable without exporting it.
    fn plain(&self, name: &str, value: &str) -> String;

    /// Takes a variable away.
    fn unset(&self, name: &str) -> String;

    /// Two commands in a row.
    fn joined(&self, first: String, joint: Joint, second: &str) -> String;

    /// Says a line.
    fn say(&self, line: &str) -> String {
        let line = Line::parse(line);
        let first = self.statement(&line.first);
        line.rest.iter().fold(first, |said, (joint, next)| self.joined(said, *joint, &self.statement(next)))
    }

    /// Says a statement.
    fn statement(&self, statement: &Statement) -> String {
        match statement {
            Statement::Nothing => String::new(),
            Statement::Export { name, value } => self.export(name, &self.said(value)),
            Statement::Plain { name, value } => self.plain(name, &self.said(value)),
            Statement::Unset { name } => self.unset(name),
            Statement::Command { words, to } => {
                let words: Vec<_> = words.iter().map(|word| self.said(word)).collect();
                let to: Vec<_> = to
                    .iter()
                    .map(|to| match to {
                        Redirection::File { stream, append, to } => {
                            Redirected::File { stream: *stream, append: *append, to: self.said(to) }
                        }
                        Redirection::ToStderr => Redirected::ToStderr,
                    })
                    .collect();
                self.command(&words, &to)
            }
        }
    }

    /// Says a word; what needs no quotes has none.
    fn said(&self, word: &Word) -> String {
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:-".contains(&byte));
        let parts: Vec<_> = word
            .iter()
            .map(|part| match part {
                Part::Text(text) if is_plain(text) => text.clone(),
                Part::Text(text) => self.word(text),
                Part::Variable(name) => self.variable(name),
                Part::Status => self.status(),
            })
            .collect();
        match parts.as_slice() {
            [] => self.word(""),
            [one] => one.clone(),
            several => self.glued(several),
        }
    }

    /// Evaluates what a command prints, in each form that people know; the first is that of the README. The command is said
    /// already.
    fn evals(&self, command: &str) -> Vec<String>;

    /// The first of these forms.
    fn eval(&self, command: &str) -> String {
        self.evals(command).swap_remove(0)
    }

    /// The line of the README that loads what `credenv init` prints; the command is said already. A language that reads
    /// all of a script before it runs any of it may run the command itself.
    fn load(&self, _home: &Home, command: &str) -> String {
        self.eval(command)
    }

    /// The same in a script.
    fn load_in_script(&self, home: &Home, command: &str) -> String {
        self.load(home, command)
    }

    /// Runs a file in the shell itself, which holds what `credenv init` prints; the file is a word that is said already.
    fn source(&self, file: &str) -> String;

    /// A line of a script as it is to stand there: without a word of [`Language::strict`], a script goes on behind a line
    /// that fails, and the next line is told its status.
    fn in_script(&self, line: &str) -> String {
        line.to_owned()
    }

    /// What stands above all of a script.
    fn prelude(&self) -> String {
        String::new()
    }

    /// What makes a script end at the first line that fails, and at a variable that is not set where the language knows
    /// that; empty, where each line must see to it itself.
    fn strict(&self) -> &'static str {
        ""
    }

    /// A line of a script at which a script that is strict ends if it fails.
    fn or_exit(&self, line: &str) -> String {
        line.to_owned()
    }

    /// Writes the variables of the shell into a file, exported or not, one a line; a word that is said already.
    fn variables(&self, file: &str) -> String;

    /// Writes `=VALUE` into a file, or `unset` where the shell has no such variable, exported or not.
    fn value(&self, name: &str, file: &str) -> String;

    /// Settings of the person's that change how words are read, as lines of the language.
    fn odd_settings(&self) -> &'static [&'static str] {
        &[]
    }

    /// How a shell with a prompt is started.
    fn session(&self, shell: &Shell, home: &Home, notes: &Path) -> Started;

    /// All of its start-up file: lines above ours, our line, and lines below it.
    fn start_up(&self, shell: &Shell, lines: &str) -> String;

    /// What is shown where the prompt of that number is.
    fn prompt(&self, _number: usize) -> String {
        format!("{PROMPT}]")
    }

    /// Whether a shell that is told to end shows one prompt more.
    fn prompts_at_its_end(&self) -> bool {
        false
    }

    /// What a line printed, of all that the terminal showed since the prompt before.
    fn output(&self, seen: &[u8], _is_first: bool) -> Vec<u8> {
        seen.to_vec()
    }

    /// A line that does nothing, shows nothing, and starts no process; they take turns.
    fn idle_line(&self, number: usize) -> &'static str {
        ["", "true", "false"][number % 3]
    }

    /// The line that brings the next prompt, and has the hook look around there.
    fn look(&self, _shell: &Shell) -> &'static str {
        ""
    }

    /// How a shell is started in a window, where it edits lines in its own way.
    fn window(&self, shell: &Shell, home: &Home, notes: &Path) -> Started;

    /// The prompt `$ ` there, as lines of the start-up file.
    fn window_prompt(&self, _shell: &Shell) -> &'static str {
        "PS1='$ '\n"
    }
}

/// Where a stream goes; the word is said already.
#[derive(Debug)]
pub(crate) enum Redirected {
    File { stream: u8, append: bool, to: String },
    ToStderr,
}

/// The prompt, but for its closing bracket: some shells draw a prompt more than once, and have a number before it.
pub(crate) const PROMPT: &str = "[prompt";

/// A shell as it is to be started.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) command: Vec<String>,
    /// The start-up file that this reads.
    pub(crate) file: PathBuf,
    pub(crate) variables: Vec<(&'static str, PathBuf)>,
}

impl Started {
    pub(crate) fn new(command: &[&str], file: impl AsRef<Path>) -> Self {
        Self {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            file: file.as_ref().to_owned(),
            variables: Vec::new(),
        }
    }

    pub(crate) fn env(mut self, name: &'static str, value: impl AsRef<Path>) -> Self {
        self.variables.push((name, value.as_ref().to_owned()));
        self
    }
}
