//! Commands that run one after the other in the foreground, while we wait for each.

use std::ffi::{OsStr, OsString};

use subprocess::Exec;

use super::{System, in_words, os_string};
use crate::core::error::{Error, Kind, Result};
use crate::core::vars::{Value, VarName};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With that status.
    Status(u8),
    /// By that signal.
    Signal(i32),
}

impl Ended {
    /// What a shell makes of it.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Ended::Status(code) => code,
            Ended::Signal(signal) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
        }
    }
}

/// Commands in the foreground. What would end us meanwhile is held back until the command at work has ended.
pub struct Foreground {
    signals: platform::Signals,
}

impl System {
    /// From now on, a signal ends nothing by itself.
    pub fn foreground(&self) -> Result<Foreground> {
        let signals = platform::Signals::hold()
            .map_err(|error| Error::failed(format!("cannot wait for signals: {}", in_words(&error))))?;
        Ok(Foreground { signals })
    }
}

impl Foreground {
    /// Runs a command with these variables set (`Some`) or gone (`None`), on our own streams, and waits until it has
    /// ended.
    pub fn run(
        &mut self,
        system: &System,
        command: &OsStr,
        arguments: &[OsString],
        changes: &[(VarName, Option<Value>)],
    ) -> Result<Ended> {
        let path = system.find_command(command)?;
        let mut exec = Exec::cmd(&path).arg0(command).args(arguments);
        for (name, value) in changes {
            exec = match value {
                Some(value) => exec.env(name.as_str(), os_string(value.as_bytes())),
                None => exec.env_remove(name.as_str()),
            };
        }
        let told = |error: &std::io::Error| {
            Error::new(Kind::CommandNotRunnable, format!("cannot run `{}`: {}", path.display(), in_words(error)))
        };
        let job = exec.start().map_err(|error| told(&error))?;
        self.signals.wait(&job.processes[0]).map_err(|error| told(&error))
    }

    /// The signal that came in to end us, if one did.
    #[must_use]
    pub fn ended_by(&mut self) -> Option<i32> {
        self.signals.ended_by()
    }

    /// Ends as that signal would have ended us, so that a script around us ends as well; an exit code where that is not
    /// possible.
    #[must_use]
    pub fn end(self, signal: i32) -> u8 {
        platform::end(signal);
        Ended::Signal(signal).code()
    }
}

/// The name of a signal.
#[must_use]
pub fn signal_name(signal: i32) -> String {
    platform::signal_name(signal).map_or_else(|| format!("signal {signal}"), str::to_owned)
}

#[cfg(unix)]
mod platform {
    use std::io;

    use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::low_level;
    use subprocess::Process;
    use subprocess::unix::ProcessExt as _;

    use super::Ended;

    /// The signals that came in.
    pub(super) struct Signals {
        incoming: signal_hook::iterator::Signals,
        first: Option<i32>,
    }

    impl Signals {
        /// Those that are ignored (`nohup`, a job in the background) stay so, also for the command.
        pub(super) fn hold() -> io::Result<Self> {
            let ignored = ignored();
            let ends_us = [SIGINT, SIGQUIT, SIGTERM, SIGHUP].into_iter().filter(|signal| !ignored.contains(signal));
            let incoming = signal_hook::iterator::Signals::new(ends_us.chain([SIGCHLD]))?;
            Ok(Self { incoming, first: None })
        }

        /// Waits until the process has ended. From the terminal, it gets Ctrl-C and Ctrl-\ itself, and twice would mean
        /// something else to it; the others are passed on.
        pub(super) fn wait(&mut self, process: &Process) -> io::Result<Ended> {
            loop {
                if let Some(status) = process.poll() {
                    let code = status.code().and_then(|code| u8::try_from(code).ok());
                    return Ok(match (code, status.signal()) {
                        (Some(code), _) => Ended::Status(code),
                        (None, Some(signal)) => Ended::Signal(signal),
                        (None, None) => Ended::Status(1),
                    });
                }
                let came: Vec<i32> = self.incoming.wait().filter(|signal| *signal != SIGCHLD).collect();
                for signal in came {
                    self.first.get_or_insert(signal);
                    if matches!(signal, SIGTERM | SIGHUP) {
                        // It may have ended by now.
                        let _ = process.send_signal(signal);
                    }
                }
            }
        }

        pub(super) fn ended_by(&mut self) -> Option<i32> {
            let came = self.incoming.pending().find(|signal| *signal != SIGCHLD);
            self.first = self.first.or(came);
            self.first
        }
    }

    /// The signals that whoever started us has us ignore. Only Linux tells without `unsafe`.
    fn ignored() -> Vec<i32> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
        (1..=64).filter(|signal| mask >> (signal - 1) & 1 == 1).collect()
    }

    pub(super) fn end(signal: i32) {
        // Ctrl-\ would leave a core, in which keys could be found.
        if signal != SIGQUIT {
            let _ = low_level::emulate_default_handler(signal);
        }
    }

    pub(super) fn signal_name(signal: i32) -> Option<&'static str> {
        low_level::signal_name(signal)
    }
}

#[cfg(windows)]
// As it is where there are signals.
#[allow(clippy::unnecessary_wraps, clippy::unused_self)]
mod platform {
    use std::io;

    use subprocess::Process;

    use super::Ended;

    /// Nothing is held back.
    pub(super) struct Signals;

    impl Signals {
        pub(super) fn hold() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) fn wait(&mut self, process: &Process) -> io::Result<Ended> {
            let status = process.wait()?;
            Ok(Ended::Status(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
        }

        pub(super) fn ended_by(&mut self) -> Option<i32> {
            None
        }
    }

    pub(super) fn end(_signal: i32) {}

    pub(super) fn signal_name(_signal: i32) -> Option<&'static str> {
        None
    }
}
