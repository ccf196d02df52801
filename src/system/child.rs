//! Children whose answer we read.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::time::Duration;

use subprocess::{Exec, Redirection};

use super::{System, in_words, os_string};
use crate::core::error::{Error, Result};
use crate::core::vars::{Value, VarName};

/// What a child left.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// All of its stdout.
    pub stdout: Vec<u8>,
    /// All of its stderr; nothing where the person saw it.
    pub stderr: Vec<u8>,
    /// Whether it ended well.
    pub success: bool,
    /// How it ended, in words: `exit status: 1`.
    pub ended: String,
}

/// How a child is started. It stays in the foreground of the terminal, on which it may ask for a code.
#[derive(Debug)]
pub struct Child<'c> {
    /// The command, found as a shell finds it.
    pub command: &'c OsStr,
    /// Its arguments.
    pub arguments: &'c [OsString],
    /// Variables that are set (`Some`) or gone (`None`) for it.
    pub changes: &'c [(VarName, Option<Value>)],
    /// It is killed after that long.
    pub limit: Duration,
    /// Its stderr is the person's, and not read.
    pub shows_stderr: bool,
}

impl System {
    /// Runs a command without a shell, with nothing on its stdin, and reads what it answers.
    pub fn run_for_answer(&self, child: &Child<'_>) -> Result<Answer> {
        let path = self.find_command(child.command)?;
        let told = |why: &str| Error::failed(format!("cannot run `{}`: {why}", path.display()));
        let mut exec = Exec::cmd(&path).args(child.arguments).stdin(Redirection::Null).stdout(Redirection::Pipe);
        if !child.shows_stderr {
            exec = exec.stderr(Redirection::Pipe);
        }
        for (name, value) in child.changes {
            exec = match value {
                Some(value) => exec.env(name.as_str(), os_string(value.as_bytes())),
                None => exec.env_remove(name.as_str()),
            };
        }
        // A job that is dropped would wait for its process, however long that takes.
        let job = exec.detached().start().map_err(|error| told(&in_words(&error)))?;
        let process = job.processes[0].clone();
        job.capture_timeout(child.limit)
            .map(|captured| Answer {
                success: captured.exit_status.success(),
                ended: captured.exit_status.to_string(),
                stdout: captured.stdout,
                stderr: captured.stderr,
            })
            .map_err(|error| {
                if error.kind() != ErrorKind::TimedOut {
                    return told(&in_words(&error));
                }
                // It may have ended by now, and then there is nothing to kill.
                let _ = process.kill().and_then(|()| process.wait().map(drop));
                let seconds = child.limit.as_secs();
                Error::failed(format!("`{}` gave no answer within {seconds} s, and was ended", path.display()))
            })
    }
}
