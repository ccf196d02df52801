//! The machine as the tests see it: the only file of theirs that looks at the environment or starts a process.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// The binary under test.
pub(crate) const CREDENV: &str = env!("CARGO_BIN_EXE_credenv");

/// After this long, a process counts as hanging; the slowest takes a tenth of it where nothing else runs.
const PATIENCE: Duration = Duration::from_secs(240);

/// What no registry of packages has that the tests install from: where it is missing, that is told and nothing more.
const NOT_TO_BE_HAD: [&str; 1] = ["pwsh"];

/// What a process left behind.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// What to start, and where.
pub(super) struct Start<'s> {
    pub(super) program: &'s OsStr,
    pub(super) arguments: &'s [OsString],
    pub(super) variables: &'s BTreeMap<OsString, OsString>,
    pub(super) directory: &'s Path,
    pub(super) stdin: &'s [u8],
}

/// Runs a process to its end, in exactly that environment. One that hangs is ended, and the test fails.
pub(super) fn run(start: &Start<'_>) -> Ended {
    let mut child = Command::new(find(start.program).unwrap_or_else(|| start.program.into()))
        .args(start.arguments)
        .env_clear()
        .envs(start.variables)
        .current_dir(start.directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {}: {error}", start.program.display()));
    let mut input = child.stdin.take().unwrap();
    let (sender, receiver) = mpsc::channel();
    let stdout = collect(child.stdout.take().unwrap(), sender.clone());
    let stderr = collect(child.stderr.take().unwrap(), sender);
    // A process that does not read its input closes it; that is its own business.
    let _ = input.write_all(start.stdin);
    drop(input);
    for _ in 0..2 {
        if receiver.recv_timeout(PATIENCE).is_err() {
            end(&mut child);
            panic!("{} {:?} hangs", start.program.display(), start.arguments);
        }
    }
    let status = child.wait().unwrap();
    Ended { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

fn collect(mut stream: impl Read + Send + 'static, done: mpsc::Sender<()>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.by_ref().read_to_end(&mut bytes).unwrap();
        let _ = done.send(());
        bytes
    })
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// `PATH` of a test: the binary under test first, then that of the machine.
pub(super) fn path() -> OsString {
    let ours = Path::new(CREDENV).parent().unwrap().to_owned();
    let machine = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(ours).chain(std::env::split_paths(&machine))).unwrap()
}

/// The path that a command name leads to.
pub(super) fn find(program: &OsStr) -> Option<PathBuf> {
    if Path::new(program).is_absolute() {
        return Some(program.into());
    }
    let path = path();
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file())
}

/// Whether a program is not installed. Then a line says that the test is skipped, on the real stderr, where the test
/// harness does not swallow it; with `CREDENV_REQUIRE_SHELLS` set, as in CI, it is a failure.
pub(crate) fn is_missing(program: &str) -> bool {
    static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
    if find(program.as_ref()).is_some() {
        return false;
    }
    assert!(!is_required() || NOT_TO_BE_HAD.contains(&program), "{program} is not installed");
    let mut told = TOLD.lock().unwrap();
    if !told.iter().any(|known| known == program) {
        told.push(program.to_owned());
        let _ = writeln!(std::io::stderr(), "skipped: {program} is not installed");
    }
    true
}

/// The path of the tests themselves.
pub(crate) fn own_path() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// Whether nothing may be skipped.
pub(crate) fn is_required() -> bool {
    std::env::var_os("CREDENV_REQUIRE_SHELLS").is_some()
}

/// The root of the source tree.
pub(crate) fn own_source() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Replaces a file of the source tree, where that variable is set.
pub(crate) fn rewrite_source(variable: &str, path: &str, text: &str) -> bool {
    let asked = std::env::var_os(variable).is_some();
    if asked {
        std::fs::write(own_source().join(path), text).unwrap();
    }
    asked
}

/// Where a program is, if it is installed.
pub(crate) fn find_program(program: &str) -> Option<PathBuf> {
    find(program.as_ref())
}

/// A file of the source tree; the path starts at its root.
pub(crate) fn source(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a directory of the source tree, by name; with `CREDENV_WRITE_MAN` set they are replaced first.
pub(crate) fn directory_of_source(path: &str, new: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("CREDENV_WRITE_MAN").is_some() {
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).unwrap();
        for (name, text) in new {
            std::fs::write(directory.join(name), text).unwrap();
        }
    }
    let entries = std::fs::read_dir(&directory).into_iter().flatten().map(Result::unwrap);
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
        .collect()
}

/// Where the modules of Serverless 3 are, when it was installed for the tests.
pub(crate) fn credenv_serverless() -> Option<String> {
    let modules = std::env::var("CREDENV_SERVERLESS").ok();
    assert!(modules.is_some() || !is_required(), "`CREDENV_SERVERLESS` does not say where Serverless 3 is");
    modules
}

/// A variable of the process that runs the tests, if it is not empty.
pub(crate) fn process_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Says that a part of a test cannot run here, where the test harness does not swallow it.
pub(crate) fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// The seed of random values: always the same, but for someone who looks for more with `CREDENV_TEST_SEED`.
pub(crate) fn seed_from_environment() -> u64 {
    let text = std::env::var("CREDENV_TEST_SEED").ok();
    text.map_or(0x5eed, |text| text.parse().expect("CREDENV_TEST_SEED is a number"))
}
