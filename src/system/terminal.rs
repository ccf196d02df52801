//! The terminal itself, key by key: for a secret that is typed unseen.
#![allow(clippy::disallowed_methods)]

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::System;

/// What came of a question.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// The line that was typed, without its end.
    Answer(String),
    /// Ctrl-C, or the end of input.
    Cancelled,
    /// There is no terminal to ask on.
    NoTerminal,
}

impl System {
    /// Asks for a line that is not shown while it is typed. The terminal is given back as it was, also after Ctrl-C.
    #[must_use]
    pub fn ask_unseen(&self, question: &str) -> Asked {
        let Ok(mut terminal) = Terminal::open() else { return Asked::NoTerminal };
        let answer = terminal.ask_unseen(question);
        answer.unwrap_or(Asked::Cancelled)
    }
}

/// A terminal whose keys come one by one and unseen, until it is dropped.
struct Terminal {
    file: File,
    before: platform::Modes,
}

impl Terminal {
    fn open() -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(Path::new(platform::TERMINAL))?;
        let before = platform::take_keys(&file)?;
        Ok(Self { file, before })
    }

    fn ask_unseen(&mut self, question: &str) -> io::Result<Asked> {
        self.file.write_all(question.as_bytes())?;
        let mut answer = Vec::new();
        let mut byte = [0];
        let answered = loop {
            if self.file.read(&mut byte)? == 0 {
                break Asked::Cancelled;
            }
            match byte[0] {
                b'\r' | b'\n' => match String::from_utf8(std::mem::take(&mut answer)) {
                    Ok(answer) => break Asked::Answer(answer.trim().to_owned()),
                    Err(_) => break Asked::Cancelled,
                },
                CTRL_C => break Asked::Cancelled,
                CTRL_D if answer.is_empty() => break Asked::Cancelled,
                BACKSPACE | DELETE => {
                    // A character of several bytes goes as a whole.
                    while answer.pop().is_some_and(|last| last & 0xc0 == 0x80) {}
                }
                CTRL_U => answer.clear(),
                // Nobody answers at length.
                other if answer.len() < 4096 && other >= b' ' => answer.push(other),
                _ => {}
            }
        };
        self.file.write_all(b"\n")?;
        Ok(answered)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        platform::give_back(&self.file, &self.before);
    }
}

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: u8 = 8;
const CTRL_U: u8 = 21;
const DELETE: u8 = 127;

#[cfg(unix)]
mod platform {
    use std::fs::File;
    use std::io;

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    pub(super) const TERMINAL: &str = "/dev/tty";

    pub(super) type Modes = Termios;

    /// Keys come at once and unseen, Ctrl-C among them.
    pub(super) fn take_keys(terminal: &File) -> io::Result<Modes> {
        let before = tcgetattr(terminal)?;
        let mut raw = before.clone();
        raw.make_raw();
        // What we write ourselves is still to begin each line at its left end.
        raw.output_modes = before.output_modes;
        tcsetattr(terminal, OptionalActions::Drain, &raw)?;
        Ok(before)
    }

    pub(super) fn give_back(terminal: &File, before: &Modes) {
        let _ = tcsetattr(terminal, OptionalActions::Drain, before);
    }
}

#[cfg(windows)]
mod platform {
    use std::fs::File;
    use std::io;

    pub(super) const TERMINAL: &str = "CONIN$";

    pub(super) type Modes = ();

    /// There is no way yet to hide what is typed, and so nothing is asked.
    pub(super) fn take_keys(_terminal: &File) -> io::Result<Modes> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn give_back(_terminal: &File, (): &Modes) {}
}
