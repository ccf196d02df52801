//! Children whose answer we read.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::time::{Duration, Instant};

use subprocess::{Exec, Process, Redirection};

use super::{System, in_words, os_string};
use crate::core::error::{Error, Result};
use crate::core::vars::{Value, VarName};

/// The most that is read of stdout, and of stderr, in bytes.
pub const LARGEST_ANSWER: usize = 1024 * 1024;

/// How long is waited at a time before it is looked whether the child still runs.
const LOOK: Duration = Duration::from_millis(50);

/// How long a child that is told to end may take to tidy up: a program that asks for a code turns the echo of the
/// terminal on again.
const GRACE: Duration = Duration::from_millis(500);

/// What a child left. Its stdout may hold keys, and is not for `Debug`.
pub struct Answer {
    /// All of its stdout.
    pub stdout: Vec<u8>,
    /// All of its stderr; nothing where the person saw it.
    pub stderr: Vec<u8>,
    /// Whether it ended well.
    pub success: bool,
    /// How it ended, in words: `exit code 1`.
    pub ended: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an answer of {} bytes, {}", self.stdout.len(), self.ended)
    }
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
    /// Its stderr is the person's, and not kept.
    pub shows_stderr: bool,
}

impl System {
    /// Runs a command without a shell and reads what it answers, within bounds of time and size. Its stdin is the
    /// terminal where ours is, and else empty: what is piped to us is not for it.
    ///
    /// What it started itself and left behind may hold its streams open, and is not waited for.
    pub fn run_for_answer(&self, child: &Child<'_>) -> Result<Answer> {
        let path = self.find_command(child.command)?;
        let told = |why: &str| Error::failed(format!("cannot run `{}`: {why}", path.display()));
        let mut exec = Exec::cmd(&path).arg0(child.command).args(child.arguments).stdout(Redirection::Pipe);
        if !io::stdin().is_terminal() {
            exec = exec.stdin(Redirection::Null);
        }
        // What it leaves behind must not hold a stderr open that somebody reads to its end; a terminal nobody does.
        if !(child.shows_stderr && io::stderr().is_terminal()) {
            exec = exec.stderr(Redirection::Pipe);
        }
        for (name, value) in child.changes {
            exec = match value {
                Some(value) => exec.env(name.as_str(), os_string(value.as_bytes())),
                None => exec.env_remove(name.as_str()),
            };
        }
        let deadline = Instant::now() + child.limit;
        // A job that is dropped would wait for its process, however long that takes.
        let mut job = exec.detached().start().map_err(|error| told(&in_words(&error)))?;
        let process = job.processes[0].clone();
        let mut stdout = Bounded::default();
        let mut stderr = Bounded { is_shown: child.shows_stderr, ..Bounded::default() };
        let mut communicator = job.communicate().map_err(|error| told(&in_words(&error)))?.limit_time(LOOK);
        let too_late = || {
            let seconds = child.limit.as_secs();
            Error::failed(format!("`{}` did not answer within {seconds} s, and was stopped", path.display()))
        };
        let mut had_ended = false;
        loop {
            match communicator.read_to(&mut stdout, &mut stderr) {
                Ok(()) => break,
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    // One more look after its end: all that it wrote is in the pipe by then.
                    if had_ended {
                        break;
                    }
                    had_ended = process.poll().is_some();
                    if !had_ended && Instant::now() >= deadline {
                        end(&process);
                        return Err(too_late());
                    }
                }
                Err(error) => {
                    end(&process);
                    return Err(if stdout.is_full || stderr.is_full {
                        told(&format!("its output is larger than {} MiB", LARGEST_ANSWER / 1024 / 1024))
                    } else {
                        told(&in_words(&error))
                    });
                }
            }
        }
        // It may have closed its streams, and go on.
        let left = deadline.saturating_duration_since(Instant::now());
        let Some(status) = process.wait_timeout(left).map_err(|error| told(&in_words(&error)))? else {
            end(&process);
            return Err(too_late());
        };
        Ok(Answer { success: status.success(), ended: status.to_string(), stdout: stdout.bytes, stderr: stderr.bytes })
    }
}

/// Ends a process: first as Ctrl-C would, then for good. It is waited for, so that nothing is left of it; but not for
/// ever, should the kernel itself not let go of it.
fn end(process: &Process) {
    interrupt(process);
    if !matches!(process.wait_timeout(GRACE), Ok(Some(_))) {
        // It may have ended by now, and then there is nothing to kill.
        let _ = process.kill();
        let _ = process.wait_timeout(GRACE);
    }
}

#[cfg(unix)]
fn interrupt(process: &Process) {
    use subprocess::unix::ProcessExt as _;
    /// The same number on every Unix.
    const SIGINT: i32 = 2;
    let _ = process.send_signal(SIGINT);
}

#[cfg(not(unix))]
fn interrupt(_process: &Process) {}

/// Bytes, up to [`LARGEST_ANSWER`], or any number if they are shown as they come.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
    is_shown: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_shown {
            // A closed stderr is nobody's fault.
            let _ = io::stderr().write_all(bytes);
            return Ok(bytes.len());
        }
        if self.bytes.len() + bytes.len() > LARGEST_ANSWER {
            self.is_full = true;
            return Err(ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// Runs a script of `sh`.
    fn answer(script: &str, limit: Duration) -> Result<Answer> {
        let system = System::capture();
        let arguments = ["-c".into(), script.into()];
        let command = OsStr::new("sh");
        system.run_for_answer(&Child { command, arguments: &arguments, changes: &[], limit, shows_stderr: false })
    }

    const LONG: Duration = Duration::from_secs(20);
    const SHORT: Duration = Duration::from_millis(300);

    fn path_of_sh() -> String {
        System::capture().find_command("sh".as_ref()).unwrap().display().to_string()
    }

    /// Whether a process of that id is there; one that nobody waited for is.
    fn is_there(pid: &str) -> bool {
        answer(&format!("kill -0 {pid}"), LONG).unwrap().success
    }

    #[test]
    fn both_streams_and_the_end_are_told() {
        let answered = answer("echo out; echo err >&2; exit 3", LONG).unwrap();
        assert_eq!((answered.stdout.as_slice(), answered.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!((answered.success, answered.ended.as_str()), (false, "exit code 3"));
        assert_eq!(answer("kill -9 $$", LONG).unwrap().ended, "signal 9");
        assert!(answer("true", LONG).unwrap().success);
    }

    #[test]
    fn a_mouthful_on_both_streams_at_once_is_read() {
        let script = "head -c 900000 /dev/zero; head -c 900000 /dev/zero >&2; head -c 100000 /dev/zero";
        let answered = answer(script, LONG).unwrap();
        assert_eq!((answered.stdout.len(), answered.stderr.len()), (1_000_000, 900_000));
    }

    #[test]
    fn variables_are_set_and_gone_and_the_command_is_called_by_its_name() {
        let system = System::capture();
        let changes = [(VarName::known("ONE"), Some(Value::new("x y"))), (VarName::known("HOME"), None)];
        let arguments = ["-c".into(), "echo \"$ONE ${HOME-none} $0\"".into()];
        let child = Child {
            command: OsStr::new("sh"),
            arguments: &arguments,
            changes: &changes,
            limit: LONG,
            shows_stderr: false,
        };
        assert_eq!(system.run_for_answer(&child).unwrap().stdout, b"x y none sh\n");
    }

    #[test]
    fn one_that_gives_no_answer_in_time_is_ended_whatever_it_ignores() {
        let words = format!("`{}` did not answer within 0 s, and was stopped", path_of_sh());
        for script in [
            "sleep 60",
            "exec sleep 60",
            "trap '' INT TERM HUP; while :; do sleep 0.1; done",
            // What it started holds the pipe open.
            "sleep 60 & sleep 60",
            "exec >&- 2>&-; sleep 60",
            // It writes without end, and slowly.
            "while :; do echo x; sleep 0.1; done",
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            let begun = Instant::now();
            let script = format!("echo $$ >{}; {script}", file.path().display());
            assert_eq!(answer(&script, SHORT).unwrap_err().message(), words, "{script}");
            assert!(begun.elapsed() < Duration::from_secs(5), "{script}: {:?}", begun.elapsed());
            let pid = std::fs::read_to_string(file.path()).unwrap();
            assert!(!pid.is_empty() && !is_there(&pid), "{script}: it is still there");
        }
    }

    #[test]
    fn one_that_is_told_to_end_may_tidy_up() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().display();
        answer(&format!("trap 'echo tidy >{path}; exit' INT; while :; do sleep 0.05; done"), SHORT).unwrap_err();
        assert_eq!(std::fs::read(file.path()).unwrap(), b"tidy\n");
    }

    #[test]
    fn what_it_leaves_running_is_not_waited_for() {
        let begun = Instant::now();
        let answered = answer("sleep 30 & echo $!; exit 0", LONG).unwrap();
        assert!(answered.success && begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let pid = String::from_utf8(answered.stdout).unwrap();
        assert!(is_there(&pid), "a program may leave an agent behind");
        answer(&format!("kill {pid}"), LONG).unwrap();
    }

    #[test]
    fn an_answer_without_end_is_cut_off() {
        let words = format!("cannot run `{}`: its output is larger than 1 MiB", path_of_sh());
        for script in ["yes", "yes >&2", "head -c 1048577 /dev/zero"] {
            assert_eq!(answer(script, LONG).unwrap_err().message(), words, "{script}");
        }
        assert_eq!(answer("head -c 1048576 /dev/zero", LONG).unwrap().stdout.len(), LARGEST_ANSWER);
    }

    #[test]
    fn keys_in_an_answer_are_not_shown() {
        assert_eq!(format!("{:?}", answer("echo hunter2", LONG).unwrap()), "an answer of 8 bytes, exit code 0");
    }
}
