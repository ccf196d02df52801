//! The terminal itself, key by key: for a secret that is typed unseen, and for the list from which a profile is picked.
#![allow(clippy::disallowed_methods)]

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::Mutex;

use super::System;
use super::os::Os;

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
        let Ok(mut terminal) = Terminal::open(Reading::Waits, "") else { return Asked::NoTerminal };
        let answer = terminal.ask_unseen(question);
        answer.unwrap_or(Asked::Cancelled)
    }

    /// Takes the terminal, if there is one, until what is returned is dropped: then it shows `farewell` and is as it was.
    #[must_use]
    pub fn take_terminal(&self, farewell: &'static str) -> Option<Terminal> {
        Terminal::open(Reading::LooksUp, farewell).ok()
    }
}

/// How long a read waits for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Until there is one.
    Waits,
    /// A tenth of a second: by then a sequence of bytes that makes one key has come, and the terminal may have been given
    /// another size, of which no signal tells us.
    LooksUp,
}

/// What a terminal said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A byte of a key.
    Byte(u8),
    /// Nothing for a tenth of a second.
    Nothing,
}

/// A terminal whose keys come one by one and unseen, until it is dropped.
pub struct Terminal {
    file: File,
    ending: platform::Ending,
}

/// What it takes to give the terminal back. It stands here because a panic, which ends the process, drops nothing.
static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);

struct Taken {
    file: File,
    before: platform::Modes,
    farewell: &'static str,
}

/// Gives the terminal back, if it is taken: it shows its farewell, and its modes are as they were.
pub(super) fn give_back() {
    // Where a panic came while this was held, there is nothing to give back yet.
    let taken = TAKEN.try_lock().ok().and_then(|mut taken| taken.take());
    if let Some(Taken { mut file, before, farewell }) = taken {
        let _ = file.write_all(farewell.as_bytes());
        platform::give_back(&file, &before);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
        // Who was told to end, or has lost the terminal, still says so on stdout before it does.
        if !self.ending.was_asked_for() && self.size().is_ok() {
            self.ending.comes_at_once();
        }
    }
}

impl Terminal {
    fn open(reading: Reading, farewell: &'static str) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(Os::HERE.terminal().0)?;
        let copy = file.try_clone()?;
        // Who waits for a key without end would not notice.
        let ending = platform::Ending::that_waits(reading == Reading::LooksUp)?;
        let before = platform::take_keys(&file, reading).inspect_err(|_| ending.comes_at_once())?;
        if let Ok(mut taken) = TAKEN.lock() {
            *taken = Some(Taken { file: copy, before, farewell });
        }
        Ok(Self { file, ending })
    }

    /// The lines and columns of it; fails when it is gone. One that does not know takes 24 by 80.
    pub fn size(&self) -> io::Result<(usize, usize)> {
        let (rows, columns) = platform::size(&self.file)?;
        let known = |number: u16, usual| if number == 0 { usual } else { usize::from(number) };
        Ok((known(rows, 24), known(columns, 80)))
    }

    /// Shows that, at once.
    pub fn show(&mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())
    }

    /// Waits for a byte; fails when the process is told to end. Not one more is taken: what is typed behind the last key
    /// is for whoever reads next.
    pub fn hear(&mut self) -> io::Result<Heard> {
        let mut byte = [0];
        loop {
            if self.ending.was_asked_for() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            match self.file.read(&mut byte) {
                Ok(0) => return Ok(Heard::Nothing),
                Ok(_) => return Ok(Heard::Byte(byte[0])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether more has come already.
    #[must_use]
    pub fn has_more(&self) -> bool {
        platform::has_more(&self.file)
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

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: u8 = 8;
const CTRL_U: u8 = 21;
const DELETE: u8 = 127;

#[cfg(unix)]
mod platform {
    use std::fs::File;
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::io::ioctl_fionread;
    use rustix::termios::{InputModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::flag;

    use super::Reading;

    /// Signals that end a process: they wait, as long as it has the terminal.
    pub(super) struct Ending {
        asked_for: Arc<AtomicBool>,
        at_once: Arc<AtomicBool>,
    }

    impl Ending {
        pub(super) fn that_waits(waits: bool) -> io::Result<Self> {
            let ending = Self { asked_for: Arc::default(), at_once: Arc::default() };
            for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(|_| waits) {
                flag::register_conditional_default(signal, Arc::clone(&ending.at_once))?;
                flag::register(signal, Arc::clone(&ending.asked_for))?;
            }
            Ok(ending)
        }

        pub(super) fn was_asked_for(&self) -> bool {
            self.asked_for.load(Ordering::Relaxed)
        }

        pub(super) fn comes_at_once(&self) {
            self.at_once.store(true, Ordering::Relaxed);
        }
    }

    pub(super) type Modes = Termios;

    /// Keys come at once and unseen, Ctrl-C among them.
    pub(super) fn take_keys(terminal: &File, reading: Reading) -> io::Result<Modes> {
        let before = tcgetattr(terminal)?;
        let mut raw = before.clone();
        raw.make_raw();
        // What we write ourselves is still to begin each line at its left end, and an Enter that is typed ahead is still
        // to be one for whoever reads next.
        raw.output_modes = before.output_modes;
        raw.input_modes |= before.input_modes & InputModes::ICRNL;
        // By the terminal's own clock: `poll` does not know the terminals of macOS.
        if reading == Reading::LooksUp {
            raw.special_codes[SpecialCodeIndex::VMIN] = 0;
            raw.special_codes[SpecialCodeIndex::VTIME] = 1;
        }
        tcsetattr(terminal, OptionalActions::Drain, &raw)?;
        Ok(before)
    }

    pub(super) fn give_back(terminal: &File, before: &Modes) {
        let _ = tcsetattr(terminal, OptionalActions::Drain, before);
    }

    pub(super) fn size(terminal: &File) -> io::Result<(u16, u16)> {
        let size = tcgetwinsize(terminal)?;
        Ok((size.ws_row, size.ws_col))
    }

    pub(super) fn has_more(terminal: &File) -> bool {
        ioctl_fionread(terminal).is_ok_and(|bytes| bytes > 0)
    }
}

#[cfg(windows)]
// As it is where there are signals and modes.
#[allow(clippy::unnecessary_wraps, clippy::unused_self, clippy::trivially_copy_pass_by_ref)]
mod platform {
    use std::fs::File;
    use std::io;

    use super::Reading;

    pub(super) struct Ending;

    impl Ending {
        pub(super) fn that_waits(_waits: bool) -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) fn was_asked_for(&self) -> bool {
            false
        }

        pub(super) fn comes_at_once(&self) {}
    }

    pub(super) struct Modes;

    /// There is no way yet to hide what is typed, and so nothing is asked.
    pub(super) fn take_keys(_terminal: &File, _reading: Reading) -> io::Result<Modes> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn give_back(_terminal: &File, _before: &Modes) {}

    pub(super) fn size(_terminal: &File) -> io::Result<(u16, u16)> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn has_more(_terminal: &File) -> bool {
        false
    }
}
