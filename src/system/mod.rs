//! The machine: environment, arguments, files, terminal, processes. The only file that may touch any of them.
#![allow(clippy::disallowed_methods)]

pub mod child;
pub mod directory;
mod find;
pub mod foreground;
mod inspect;
pub mod os;
pub mod store;
pub mod terminal;
pub(crate) mod write;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _, Write as _};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::process::Command;

use self::os::{Directory, Os};
use crate::clock::Moment;
use crate::core::error::{Error, Kind, Result};
use crate::core::vars::{Environment, Value, VarName};
use crate::core::watch::Standing;

/// The process as it was started.
#[derive(Debug, Clone)]
pub struct System {
    /// The arguments behind the program's name.
    pub arguments: Vec<OsString>,
    /// The exported variables that concern us. A terminal has forty others, and to take them all over would cost more
    /// than all that is done with these few; see [`System::variable`].
    pub environment: Environment,
    /// The directory we are in, as the shell names it.
    pub directory: PathBuf,
    /// The directory we are in, all symlinks resolved; none when it is gone.
    pub real_directory: Option<PathBuf>,
    /// The home directory by the rule of the AWS SDKs.
    pub home: Option<PathBuf>,
}

impl System {
    /// Takes the process as it is.
    #[must_use]
    pub fn capture() -> Self {
        let environment: Environment = std::env::vars_os()
            .filter_map(|(name, value)| {
                let name = VarName::from_string(Os::HERE.known_name(name)?)?;
                let value = Value::of(&name, bytes_of(value));
                Some((name, value))
            })
            .collect();
        let home = Os::HERE.home(&variable_as_path);
        let real_directory = std::env::current_dir().ok();
        Self {
            arguments: std::env::args_os().skip(1).collect(),
            directory: named_directory(real_directory.as_deref()),
            real_directory,
            home,
            environment,
        }
    }

    /// The text of a variable, when it is set, not empty and UTF-8.
    #[must_use]
    pub fn text(&self, name: &'static str) -> Option<&str> {
        let value = self.environment.get(&VarName::known(name))?;
        std::str::from_utf8(value.as_bytes()).ok().filter(|text| !text.is_empty())
    }

    /// The time on this machine's clock.
    #[must_use]
    pub fn now(&self) -> Moment {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Moment(since.map_or(0, |since| since.as_secs().try_into().unwrap_or(i64::MAX)))
    }

    /// Any exported variable.
    #[must_use]
    pub fn variable(&self, name: &VarName) -> Option<Value> {
        std::env::var_os(name.as_str()).map(|value| Value::of(name, bytes_of(value)))
    }

    /// The paths in a variable that names several, as `PATH` does; none where it is not set or empty.
    #[must_use]
    pub fn paths_in(&self, name: &VarName) -> Vec<PathBuf> {
        let value = std::env::var_os(name.as_str()).filter(|value| !value.is_empty());
        value.map(|value| std::env::split_paths(&value).collect()).unwrap_or_default()
    }

    /// Reads a whole file of at most `limit` bytes; a file that is not there is `None`.
    pub fn read(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>> {
        let told = |error: &io::Error| Error::failed(format!("cannot read {}: {}", path.display(), in_words(error)));
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(told(&error)),
        };
        let bytes = read_whole(file, limit).map_err(|error| told(&error))?;
        if bytes.len() as u64 > limit {
            return Err(Error::failed(format!(
                "cannot read {}: it is larger than {} MiB",
                path.display(),
                limit / 1024 / 1024
            )));
        }
        Ok(Some(bytes))
    }

    /// Whether anything is at that path, symlinks followed.
    #[must_use]
    pub fn exists(&self, path: &Path) -> bool {
        std::fs::metadata(path).is_ok()
    }

    /// Whether what is at that path is a regular file, symlinks followed; `None` when nothing is there. To open
    /// anything else may wait for ever.
    #[must_use]
    pub fn is_file(&self, path: &Path) -> Option<bool> {
        std::fs::metadata(path).ok().map(|metadata| metadata.is_file())
    }

    /// A path as it is shown, with `~` for the home directory.
    #[must_use]
    pub fn in_home(&self, path: &Path) -> String {
        match self.home.as_deref().and_then(|home| path.strip_prefix(home).ok()) {
            Some(below) => format!("~{MAIN_SEPARATOR}{}", below.display()),
            None => path.display().to_string(),
        }
    }

    /// The path with all symlinks resolved.
    #[must_use]
    pub fn real_path(&self, path: &Path) -> Option<PathBuf> {
        std::fs::canonicalize(path).ok().map(|real| Os::HERE.plain_path(real))
    }

    /// Whether that is the directory we are in.
    #[must_use]
    pub fn standing(&self, named: &Path) -> Standing {
        // Most often it is there, and then this is all that is asked.
        if same_directory(named, Path::new(".")) {
            Standing::There
        } else if self.exists(named) {
            Standing::Elsewhere
        } else {
            Standing::Gone
        }
    }

    /// Whether the file can be opened for reading. To open anything but a regular file may wait for ever.
    pub fn check_readable(&self, path: &Path) -> std::result::Result<(), String> {
        let metadata = std::fs::metadata(path).map_err(|error| in_words(&error))?;
        if metadata.is_dir() {
            return Err("it is a directory".to_owned());
        }
        if !metadata.is_file() {
            return Err("it is not a regular file".to_owned());
        }
        File::open(path).map(drop).map_err(|error| in_words(&error))
    }

    /// Who the person is and how the machine is called, as far as variables and the kernel tell.
    #[must_use]
    pub fn user_and_host(&self) -> (Option<String>, Option<String>) {
        let first = |names: &[&str]| {
            let mut values = names.iter().filter_map(|name| std::env::var(name).ok());
            values.find(|value| !value.is_empty())
        };
        let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
        let host = kernel.filter(|name| !name.is_empty()).or_else(|| first(&["HOSTNAME", "HOST", "COMPUTERNAME"]));
        (first(&["USER", "LOGNAME", "USERNAME"]), host)
    }

    /// The person's config directory for credenv.
    #[must_use]
    pub fn config_directory(&self) -> Option<PathBuf> {
        self.own_directory(Directory::Config)
    }

    /// Where our state lies that outlives a shell: what is trusted.
    #[must_use]
    pub fn state_directory(&self) -> Option<PathBuf> {
        self.own_directory(Directory::State)
    }

    /// Where it lies what can be made again.
    #[must_use]
    pub fn cache_directory(&self) -> Option<PathBuf> {
        self.own_directory(Directory::Cache)
    }

    fn own_directory(&self, which: Directory) -> Option<PathBuf> {
        let told = told_by_the_system(which).map(|base| base.join("credenv"));
        told.or_else(|| Os::HERE.directory(which, self.home.as_deref(), &variable_as_path))
    }

    /// The path of the running binary.
    pub fn own_path(&self) -> Result<PathBuf> {
        std::env::current_exe()
            .map_err(|error| Error::failed(format!("cannot tell the path of credenv itself: {}", in_words(&error))))
    }

    /// The words by which the parent process may be known: the name of its program, then its arguments.
    #[must_use]
    pub fn parent(&self) -> Option<Vec<String>> {
        parent_words()
    }

    /// Whether stdout is a terminal, so that nothing evaluates what we print.
    #[must_use]
    pub fn prints_to_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether stdout is a terminal that shows colour, for a person who wants it (<https://no-color.org>).
    #[must_use]
    pub fn shows_colour(&self) -> bool {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        self.prints_to_terminal() && !is_set("NO_COLOR") && !is_dumb
    }

    /// Whether words on stderr reach a terminal.
    #[must_use]
    pub fn speaks_to_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Asks a question on the terminal and reads a line; `None` where there is no terminal.
    #[must_use]
    pub fn ask(&self, question: &str) -> Option<String> {
        let (input, output) = Os::HERE.terminal();
        let mut terminal = File::options().write(true).open(output).ok()?;
        let input = File::open(input).ok()?;
        terminal.write_all(question.as_bytes()).ok()?;
        let mut answer = String::new();
        // A line of any length would do harm; nobody answers at length.
        BufReader::new(input.take(4096)).read_line(&mut answer).ok()?;
        Some(answer.trim().to_owned())
    }

    /// Whether there is a terminal to ask on.
    #[must_use]
    pub fn has_terminal(&self) -> bool {
        File::open(Os::HERE.terminal().0).is_ok()
    }

    /// Reads stdin to its end, at most so many bytes of UTF-8.
    pub fn read_stdin(&self, limit: u64) -> Result<String> {
        let mut bytes = Vec::new();
        let told = |why: &str| Error::failed(format!("cannot read stdin: {why}"));
        io::stdin().take(limit).read_to_end(&mut bytes).map_err(|error| told(&in_words(&error)))?;
        String::from_utf8(bytes).map_err(|_| told("it is not UTF-8"))
    }

    /// Writes words for the person. A closed stderr is nobody's fault.
    pub fn say(&self, words: &str) {
        let _ = io::stderr().write_all(words.as_bytes());
    }

    /// The path that a command name leads to, found as a shell finds it.
    pub fn find_command(&self, command: &OsStr) -> Result<PathBuf> {
        let query = which::WhichConfig::new_with_sys(self).binary_name(command.to_owned());
        query.first_result().map_err(|_| {
            let named = Path::new(command);
            let shown = named.display();
            if named.components().count() > 1 && named.exists() {
                Error::new(Kind::CommandNotRunnable, format!("cannot run `{shown}`: it is not an executable file"))
            } else {
                Error::new(Kind::CommandNotFound, format!("cannot run `{shown}`: no such command"))
            }
        })
    }

    /// Runs a command in our place with these variables set (`Some`) or gone (`None`). On Unix the process becomes
    /// the command, so that signals, the terminal and the exit status are its own; it returns only on failure.
    pub fn become_command(
        &self,
        command: &OsStr,
        arguments: &[OsString],
        changes: &[(VarName, Option<Value>)],
    ) -> Result<u8> {
        let path = self.find_command(command)?;
        let mut child = Command::new(&path);
        named_as_typed(&mut child, command);
        child.args(arguments);
        for (name, value) in changes {
            match value {
                Some(value) => child.env(name.as_str(), os_string(value.as_bytes())),
                None => child.env_remove(name.as_str()),
            };
        }
        run_in_place(&mut child).map_err(|error| {
            let message = format!("cannot run `{}`: {}", path.display(), in_words(&error));
            Error::new(Kind::CommandNotRunnable, message)
        })
    }
}

/// What the system itself says, where it knows more than its variables and the custom tell.
#[cfg(not(target_os = "linux"))]
fn told_by_the_system(which: Directory) -> Option<PathBuf> {
    match which {
        Directory::Config => dirs::config_dir(),
        Directory::State => dirs::state_dir(),
        Directory::Cache => dirs::cache_dir(),
    }
}

#[cfg(target_os = "linux")]
fn told_by_the_system(_which: Directory) -> Option<PathBuf> {
    None
}

fn variable_as_path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

/// Reads up to one byte more than `limit`. A regular file whose size is known is at its end when fewer bytes came than
/// there was room for: one call less for each file that every `use` reads.
fn read_whole(mut file: File, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = file.metadata()?;
    let expected = usize::try_from(metadata.len().min(limit)).unwrap_or(usize::MAX - 1);
    let mut bytes = vec![0; expected + 1];
    let length = if metadata.is_file() { file.read(&mut bytes)? } else { 0 };
    bytes.truncate(length);
    if !metadata.is_file() || length != expected {
        file.take((limit + 1).saturating_sub(length as u64)).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Writes the whole of stdout, once; a reader that went away is its own business.
pub fn write_stdout(bytes: &[u8]) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// Installs the last words of a bug: a message on stderr, on stdout what makes an `eval` of it fail, and exit code 3.
pub fn report_bugs_and_fail() {
    std::panic::set_hook(Box::new(|panic| {
        terminal::give_back();
        // In the middle of a line that is being typed, words and statements would only do harm.
        if std::env::args_os().nth(1).is_some_and(|first| first == "__complete") {
            std::process::exit(3);
        }
        let place = panic.location().map_or_else(String::new, |location| format!(" at {location}"));
        let _ = writeln!(io::stderr(), "credenv: this is a bug in credenv{place}: {}", first_line(panic.payload()));
        write_stdout(b"false;\n");
        std::process::exit(3);
    }));
}

/// Keeps the keys that were read out of core dumps, and from other programs of the same person, where the system can
/// (Linux). What we start ourselves has its own say again.
pub fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Without it everything else is as it was.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

fn first_line(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    crate::report::clean(text.unwrap_or("no message"))
}

/// The directory as the shell names it (`PWD`, symlinks kept) where that is the directory we are in.
fn named_directory(real: Option<&Path>) -> PathBuf {
    let named = std::env::var_os("PWD").map(PathBuf::from).filter(|path| path.is_absolute());
    match (real, named) {
        (Some(real), Some(named)) if named == real || same_directory(&named, real) => named,
        (Some(real), _) => real.to_owned(),
        (None, Some(named)) => named,
        (None, None) => PathBuf::from("/"),
    }
}

/// What an error of the system means, in words, without its number.
#[must_use]
pub fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ if platform::is_link_loop(error) => "too many levels of symbolic links".to_owned(),
        _ => {
            let text = error.to_string();
            // Windows says it in whole sentences.
            let text = text.split(" (os error").next().unwrap_or(&text).trim_end_matches('.');
            let mut chars = text.chars();
            chars.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + chars.as_str())
        }
    }
}

/// A path through something that is no directory leads nowhere, like a missing file.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
mod platform {
    use std::ffi::{OsStr, OsString};
    use std::io;
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    pub(super) fn bytes_of(text: OsString) -> Vec<u8> {
        text.into_vec()
    }

    pub(super) fn os_string(bytes: &[u8]) -> OsString {
        OsStr::from_bytes(bytes).to_owned()
    }

    /// Each C library has its own words for it, and std no name yet.
    pub(super) fn is_link_loop(error: &io::Error) -> bool {
        error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
    }

    pub(super) fn named_as_typed(command: &mut Command, name: &OsStr) {
        command.arg0(name);
    }

    pub(super) fn run_in_place(command: &mut Command) -> io::Result<u8> {
        Err(command.exec())
    }

    pub(super) fn same_directory(one: &Path, other: &Path) -> bool {
        match (std::fs::metadata(one), std::fs::metadata(other)) {
            (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
            _ => false,
        }
    }

    /// Makes a directory that only its owner can enter, and those above it.
    pub(super) fn private_directory(path: &Path) -> io::Result<()> {
        use std::os::unix::fs::DirBuilderExt as _;
        if path.is_dir() {
            return Ok(());
        }
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    /// Makes an empty file that only its owner can read.
    pub(super) fn private_file(path: &Path) -> io::Result<std::fs::File> {
        use std::os::unix::fs::OpenOptionsExt as _;
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
    }

    pub(super) fn may_be_run(path: &Path) -> io::Result<bool> {
        let metadata = std::fs::metadata(path)?;
        Ok(metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    }

    pub(super) fn parent_words() -> Option<Vec<String>> {
        let parent = std::os::unix::process::parent_id();
        let directory = PathBuf::from(format!("/proc/{parent}"));
        if let Ok(name) = std::fs::read_to_string(directory.join("comm")) {
            let mut words = vec![name.trim_end().to_owned()];
            // Only what runs others under its own name needs its arguments: `busybox ash`, `python3 -m xonsh`.
            if words[0] == "busybox" || words[0].starts_with("python") {
                let line = std::fs::read(directory.join("cmdline")).unwrap_or_default();
                let more = line.split(|byte| *byte == 0).skip(1).take(2);
                words.extend(more.map(|word| String::from_utf8_lossy(word).into_owned()));
            }
            return Some(words);
        }
        let output = Command::new("ps").args(["-o", "comm=", "-p", &parent.to_string()]).output().ok()?;
        let name = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (!name.is_empty()).then(|| vec![name])
    }
}

#[cfg(windows)]
mod platform {
    use std::ffi::{OsStr, OsString};
    use std::io;
    use std::path::Path;
    use std::process::Command;

    /// What is no text has bytes that are none: a dialect refuses them.
    pub(super) fn bytes_of(text: OsString) -> Vec<u8> {
        text.into_encoded_bytes()
    }

    pub(super) fn os_string(bytes: &[u8]) -> OsString {
        String::from_utf8_lossy(bytes).into_owned().into()
    }

    pub(super) fn is_link_loop(_error: &io::Error) -> bool {
        false
    }

    pub(super) fn named_as_typed(_command: &mut Command, _name: &OsStr) {}

    pub(super) fn run_in_place(command: &mut Command) -> io::Result<u8> {
        let status = command.status()?;
        // A code has four bytes there, and `main` returns one.
        std::process::exit(status.code().unwrap_or(1))
    }

    pub(super) fn same_directory(one: &Path, other: &Path) -> bool {
        matches!((std::fs::canonicalize(one), std::fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
    }

    /// Makes a directory in the person's own profile, which is theirs alone.
    pub(super) fn private_directory(path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    /// Makes an empty file.
    pub(super) fn private_file(path: &Path) -> io::Result<std::fs::File> {
        std::fs::File::create(path)
    }

    pub(super) fn may_be_run(path: &Path) -> io::Result<bool> {
        std::fs::metadata(path).map(|metadata| metadata.is_file())
    }

    pub(super) fn parent_words() -> Option<Vec<String>> {
        None
    }
}

use platform::{bytes_of, may_be_run, named_as_typed, os_string, parent_words, run_in_place, same_directory};

/// The path that bytes of a variable name.
#[must_use]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(os_string(bytes))
}

/// The bytes of a path, as a variable holds them.
#[must_use]
pub fn bytes_of_path(path: &Path) -> Vec<u8> {
    bytes_of(path.as_os_str().to_owned())
}
