//! A home of its own for every test, and what a command run in it must print.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::process::{self, CREDENV, Ended, Start};

/// A sealed home directory and the environment of what runs in it: `PATH`, `HOME`, `LANG`, `TERM`, and what the test
/// adds.
pub(crate) struct Home {
    directory: TempDir,
    pub(super) variables: BTreeMap<OsString, OsString>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("credenv-test-").tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap().join("home");
        fs::create_dir(&path).unwrap();
        let variables = [
            ("PATH", process::path()),
            ("HOME", path.into_os_string()),
            ("LANG", "C.UTF-8".into()),
            ("TERM", "dumb".into()),
        ];
        Self { directory, variables: variables.map(|(name, value)| (name.into(), value)).into() }
    }

    /// Writes a file; the path starts at home.
    pub(crate) fn file(self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Writes a file anew; the path starts at home.
    pub(crate) fn rewrite(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(path), bytes).unwrap();
    }

    /// Makes a directory; the path starts at home.
    pub(crate) fn directory(self, path: impl AsRef<Path>) -> Self {
        fs::create_dir_all(self.path(path)).unwrap();
        self
    }

    /// Writes `~/.aws/config`.
    pub(crate) fn config(self, text: impl AsRef<[u8]>) -> Self {
        self.file(".aws/config", text)
    }

    /// Writes `~/.aws/credentials`.
    pub(crate) fn credentials(self, text: impl AsRef<[u8]>) -> Self {
        self.file(".aws/credentials", text)
    }

    /// Makes a symlink; its own path starts at home.
    pub(crate) fn symlink(self, to: impl AsRef<Path>, path: impl AsRef<Path>) -> Self {
        std::os::unix::fs::symlink(to, self.path(path)).unwrap();
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.variables.insert(name.into(), OsString::from_vec(value.as_ref().to_vec()));
        self
    }

    /// Sets several variables.
    pub(crate) fn envs(self, variables: &[(&str, &[u8])]) -> Self {
        variables.iter().fold(self, |home, (name, value)| home.env(name, value))
    }

    /// Takes a variable away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.remove(OsStr::new(name));
        self
    }

    /// Lets every user of the machine look at the files and pass through the directories.
    pub(crate) fn open_to_others(self) -> Self {
        open(self.directory.path());
        self
    }

    /// The mode of a file.
    pub(crate) fn mode(self, path: impl AsRef<Path>, mode: u32) -> Self {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    /// A path that starts at home.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        Path::new(&self.variables[OsStr::new("HOME")]).join(path)
    }

    /// A directory beside home, for what the test itself leaves.
    pub(super) fn beside(&self) -> PathBuf {
        self.path("..").canonicalize().unwrap()
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        let path = self.path(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Puts the binary under test into that directory as well; the path starts at home.
    pub(crate) fn link_binary(&self, directory: impl AsRef<Path>) {
        let directory = self.path(directory);
        fs::create_dir_all(&directory).unwrap();
        let link = directory.join("credenv");
        // A symlink would not do: the binary knows itself by its real path.
        if fs::hard_link(CREDENV, &link).is_err() {
            fs::copy(CREDENV, &link).unwrap();
        }
    }

    /// The names in a directory.
    pub(crate) fn names_in(&self, path: impl AsRef<Path>) -> Vec<OsString> {
        let mut names: Vec<_> =
            fs::read_dir(self.path(path)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    /// `credenv` with these arguments.
    pub(crate) fn credenv<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run<'_> {
        self.run(CREDENV, arguments)
    }

    /// Any program with these arguments.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, program: &str, arguments: impl IntoIterator<Item = A>) -> Run<'_> {
        Run {
            home: self,
            program: program.into(),
            arguments: arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect(),
            variables: self.variables.clone(),
            stdin: Vec::new(),
            directory: self.path(""),
            stdout: Some(Vec::new()),
            stderr: Some(Vec::new()),
            status: Status::Code(0),
        }
    }

    /// Replaces the paths that differ from run to run.
    pub(crate) fn masked(&self, bytes: &[u8]) -> Vec<u8> {
        let home = self.path("").into_os_string().into_vec();
        let home = home.strip_suffix(b"/").unwrap_or(&home);
        replace(&replace(bytes, home, b"[HOME]"), CREDENV.as_bytes(), b"[CREDENV]")
    }
}

fn open(path: &Path) {
    let is_directory = path.is_dir();
    let mode = if is_directory { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    if is_directory {
        for entry in fs::read_dir(path).unwrap() {
            open(&entry.unwrap().path());
        }
    }
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        if let Some(behind) = rest.strip_prefix(from) {
            replaced.extend_from_slice(to);
            rest = behind;
        } else {
            replaced.push(*first);
            rest = &rest[1..];
        }
    }
    replaced
}

/// How a process is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Code(i32),
    Signal(i32),
    /// Any code that says what was wrong: 3 would be a bug, a signal too.
    NoBug,
    Any,
}

/// A command and what is expected of it: both streams empty and exit code 0, unless said otherwise.
#[must_use = "nothing is run before `check`"]
pub(crate) struct Run<'h> {
    home: &'h Home,
    program: OsString,
    arguments: Vec<OsString>,
    variables: BTreeMap<OsString, OsString>,
    stdin: Vec<u8>,
    directory: PathBuf,
    stdout: Option<Vec<u8>>,
    stderr: Option<Vec<u8>>,
    status: Status,
}

impl Run<'_> {
    /// With these variables besides those of its home.
    pub(crate) fn with<N: AsRef<OsStr>>(mut self, variables: impl IntoIterator<Item = (N, N)>) -> Self {
        let variables = variables.into_iter();
        self.variables.extend(variables.map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned())));
        self
    }

    /// What stands on stdin.
    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    /// Where it runs; the path starts at home.
    pub(crate) fn inside(mut self, directory: impl AsRef<Path>) -> Self {
        self.directory = self.home.path(directory);
        self
    }

    /// All of stdout, with `[HOME]` for the home directory and `[CREDENV]` for the binary.
    pub(crate) fn stdout(mut self, text: impl AsRef<[u8]>) -> Self {
        self.stdout = Some(text.as_ref().to_vec());
        self
    }

    /// All of stderr, masked likewise.
    pub(crate) fn stderr(mut self, text: impl AsRef<[u8]>) -> Self {
        self.stderr = Some(text.as_ref().to_vec());
        self
    }

    /// stdout is looked at by the test itself.
    pub(crate) fn any_stdout(mut self) -> Self {
        self.stdout = None;
        self
    }

    /// stderr is looked at by the test itself.
    pub(crate) fn any_stderr(mut self) -> Self {
        self.stderr = None;
        self
    }

    /// The exit code.
    pub(crate) fn code(mut self, code: i32) -> Self {
        self.status = Status::Code(code);
        self
    }

    /// Any exit code but that of a bug.
    pub(crate) fn any_code_but_a_bug(mut self) -> Self {
        self.status = Status::NoBug;
        self
    }

    /// Whatever it ends with is looked at by the test itself.
    pub(crate) fn any_status(mut self) -> Self {
        self.status = Status::Any;
        self
    }

    /// The signal that ended it.
    pub(crate) fn signal(mut self, signal: i32) -> Self {
        self.status = Status::Signal(signal);
        self
    }

    /// Runs it like `check`, where exit code 9 says that what it needs is not installed.
    pub(crate) fn installed_or_9(self, what: &str) -> bool {
        let ended = self.end();
        if ended.status.code() == Some(9) {
            process::skip(&format!("{what} is not installed"));
            return false;
        }
        self.compare(&ended);
        true
    }

    /// stdout, masked, if it ends with exit code 0 at all; then it is compared like any other.
    pub(crate) fn output_if_it_succeeds(self) -> Option<String> {
        let ended = self.end();
        ended.status.success().then(|| self.compare(&ended).0)
    }

    /// Runs it, compares, and returns stdout and stderr as text, masked.
    pub(crate) fn check(self) -> (String, String) {
        let ended = self.end();
        self.compare(&ended)
    }

    fn end(&self) -> Ended {
        process::run(&Start {
            program: &self.program,
            arguments: &self.arguments,
            variables: &self.variables,
            directory: &self.directory,
            stdin: &self.stdin,
        })
    }

    fn compare(&self, ended: &Ended) -> (String, String) {
        let status = ended.status.signal().map_or_else(|| Status::Code(ended.status.code().unwrap()), Status::Signal);
        let (stdout, stderr) = (self.home.masked(&ended.stdout), self.home.masked(&ended.stderr));
        let as_expected = |expected: Option<&Vec<u8>>, found: &Vec<u8>| expected.is_none_or(|text| text == found);
        let shown = |text: &[u8]| String::from_utf8_lossy(&text[..text.len().min(3_000)]).into_owned();
        let expected = |text: Option<&Vec<u8>>| text.map_or_else(|| "(anything)".to_owned(), |text| shown(text));
        let as_it_should = match self.status {
            // 127 is what bash in posix mode ends with at a readonly variable.
            Status::NoBug => matches!(status, Status::Code(0..=2 | 127)),
            Status::Any => true,
            expected => status == expected,
        };
        assert!(
            as_it_should && as_expected(self.stdout.as_ref(), &stdout) && as_expected(self.stderr.as_ref(), &stderr),
            "{} {:?}\n--- status {status:?}, expected {:?}\n--- stdout\n{}\n--- expected\n{}\n--- stderr\n{}\n--- \
             expected\n{}\n---",
            self.program.display(),
            self.arguments,
            self.status,
            shown(&stdout),
            expected(self.stdout.as_ref()),
            shown(&stderr),
            expected(self.stderr.as_ref()),
        );
        (String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned())
    }
}

/// Bytes as a person reads them in the message of a failing test.
pub(super) fn shown(bytes: &[u8]) -> String {
    OsStr::from_bytes(&bytes[..bytes.len().min(300)]).display().to_string().escape_debug().to_string()
}
