//! A shell at its prompt, on a terminal of its own, with a start-up file: a line is typed, and what the terminal showed
//! until the next prompt is returned.
#![allow(clippy::disallowed_methods)]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::home::{Home, shown};
use super::language::{Ability, quoted};
use super::process::{self, is_missing, is_required, skip};
use super::shell::Shell;
use super::story::Env;

/// After this long without a prompt, the shell counts as hanging; a prompt takes a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A shell as it is to be started.
#[must_use = "nothing is started before `start`"]
pub(crate) struct Session<'h> {
    shell: &'h Shell,
    home: &'h Home,
    wrapper: Vec<String>,
    before: String,
    hook: String,
    after: String,
    directory: PathBuf,
    traced: bool,
    variables: Vec<(String, Option<OsString>)>,
}

impl<'h> Session<'h> {
    /// That shell, with the one line of the README in its start-up file.
    pub(crate) fn of(shell: &'h Shell, home: &'h Home) -> Self {
        Self {
            shell,
            home,
            wrapper: Vec::new(),
            before: String::new(),
            hook: shell.load(home) + "\n",
            after: String::new(),
            directory: home.path(""),
            traced: false,
            variables: Vec::new(),
        }
    }

    /// A line above ours in the start-up file.
    pub(crate) fn before(mut self, line: &str) -> Self {
        self.before.extend([line, "\n"]);
        self
    }

    /// Another line in place of ours, or none.
    pub(crate) fn loaded_by(mut self, line: &str) -> Self {
        self.hook = format!("{line}\n");
        self
    }

    /// A line below ours.
    pub(crate) fn after(mut self, line: &str) -> Self {
        self.after.extend([line, "\n"]);
        self
    }

    /// Where it starts; the path starts at home.
    pub(crate) fn inside(mut self, directory: impl AsRef<Path>) -> Self {
        self.directory = self.home.path(directory);
        self
    }

    /// A variable that it inherits.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.variables.push((name.to_owned(), Some(OsStr::from_bytes(value.as_ref()).to_owned())));
        self
    }

    /// A variable that it does not inherit.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.push((name.to_owned(), None));
        self
    }

    /// Started by a command that ends by becoming what stands behind it.
    pub(crate) fn within(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// With the environment of another shell, but for what belongs to that session.
    pub(crate) fn inheriting(mut self, environment: &Env) -> Self {
        let own: [&[u8]; 7] = [b"PWD", b"OLDPWD", b"SHLVL", b"ENV", b"ZDOTDIR", b"HISTFILE", b"XONSHRC"];
        let entries = environment.entries().filter(|(name, _)| !own.contains(name));
        let named = |name: &[u8]| String::from_utf8(name.to_vec()).unwrap();
        self.variables.extend(entries.map(|(name, value)| (named(name), Some(OsStr::from_bytes(value).to_owned()))));
        self
    }

    /// Under strace, so that the processes it starts can be counted.
    pub(crate) fn traced(mut self) -> Self {
        self.traced = true;
        self
    }

    /// Starts it and waits for the first prompt; `None` where something that it takes is not installed.
    pub(crate) fn start(self) -> Option<Prompt<'h>> {
        let wanted = ["python3"].into_iter().chain(self.traced.then_some("strace"));
        if wanted.into_iter().any(is_missing) {
            return None;
        }
        let number = fs::read_dir(self.home.beside()).unwrap().count();
        let notes = self.home.beside().join(format!("session-{number}"));
        fs::create_dir(&notes).unwrap();
        let trace = notes.join("trace");
        let mut command = Command::new(python());
        command.env_clear().envs(&self.home.variables).current_dir(&self.directory);
        command.args(["-I", "-S", "-c"]).arg(include_str!("terminal_bridge.py"));
        if self.traced {
            let what = ["strace", "-f", "-qq", "-e", "trace=clone,clone3,fork,vfork", "-e", "signal=none", "-o"];
            command.args(what).arg(&trace);
        }
        let started = self.shell.language.session(self.shell, self.home, &notes);
        command.args(&self.wrapper).args(&started.command).envs(started.variables);
        fs::create_dir_all(started.file.parent().unwrap()).unwrap();
        let lines = [self.before, self.hook, self.after].concat();
        fs::write(started.file, self.shell.language.start_up(self.shell, &lines)).unwrap();
        // A history that is shared counts on.
        command.env("HISTFILE", notes.join("history"));
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, screen) = mpsc::channel();
        let mut stdout = child.stdout.take().unwrap();
        thread::spawn(move || {
            let mut bytes = vec![0; 65_536];
            while let Ok(length @ 1..) = stdout.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keyboard = child.stdin.take();
        let (shell, home) = (self.shell, self.home);
        let mut prompt = Prompt {
            shell,
            home,
            child,
            keyboard,
            screen,
            unread: Vec::new(),
            notes,
            number: 0,
            first: String::new(),
            doing: "",
        };
        if self.traced {
            if let Err(shown) = prompt.wait() {
                assert!(!is_required() && String::from_utf8_lossy(&shown).contains("ptrace"), "{}", said(&shown));
                skip("strace may not trace here");
                return None;
            }
        } else {
            let shown = prompt.wait().unwrap_or_else(|shown| panic!("{}: {}", shell.name, said(&shown)));
            prompt.first = prompt.masked(&shown);
        }
        Some(prompt)
    }
}

/// A shell that waits at its prompt.
pub(crate) struct Prompt<'h> {
    pub(crate) shell: &'h Shell,
    home: &'h Home,
    child: Child,
    keyboard: Option<ChildStdin>,
    screen: Receiver<Vec<u8>>,
    unread: Vec<u8>,
    notes: PathBuf,
    number: usize,
    /// What was shown before the first prompt, masked.
    pub(crate) first: String,
    /// What the test is about at present, for the message if it fails.
    pub(crate) doing: &'static str,
}

impl Prompt<'_> {
    /// Types a line, in the words that every shell has, and returns what the terminal showed until the next prompt,
    /// masked.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) -> String {
        let line = self.shell.language.say(line.as_ref());
        self.own(&line)
    }

    /// The same with a line in the words of this shell alone.
    pub(crate) fn own(&mut self, line: &str) -> String {
        self.keys(line.as_bytes());
        self.keys(b"\n");
        match self.wait() {
            Ok(shown) => self.masked(&shown),
            Err(seen) => {
                let (name, doing) = (self.shell.name, self.doing);
                panic!("{name}: {doing}: no prompt behind `{line}`: {}", said(&seen))
            }
        }
    }

    /// Types a line as [`Prompt::line`] does; if it ends the shell, what was shown and the exit status.
    pub(crate) fn try_line(&mut self, line: &str) -> Result<String, (String, i32)> {
        self.keys(self.shell.language.say(line).as_bytes());
        self.keys(b"\n");
        match self.wait() {
            Ok(seen) if line.starts_with("exit") && self.shell.language.prompts_at_its_end() => {
                Err((self.masked(&seen), self.ended().unwrap()))
            }
            Ok(seen) => Ok(self.masked(&seen)),
            Err(seen) => {
                let status = self.ended().unwrap_or_else(|| panic!("{}: `{line}`: {}", self.shell.name, said(&seen)));
                Err((self.masked(&seen), status))
            }
        }
    }

    /// The exit status, once the terminal shows nothing any more.
    fn ended(&mut self) -> Option<i32> {
        let until = Instant::now() + Duration::from_secs(2);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(2));
        }
        None
    }

    /// The next prompt, nothing having been typed.
    pub(crate) fn look(&mut self) -> String {
        self.line(self.shell.language.look(self.shell))
    }

    /// Lets all that was changed so far be long ago, also for a shell that tells time in whole seconds.
    pub(crate) fn rest(&mut self) {
        if self.shell.can(Ability::FractionsOfSeconds) {
            return;
        }
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        thread::sleep(Duration::from_millis(u64::from(1_050 - since.subsec_millis())));
        assert_eq!(self.look(), "", "{}: nothing changed", self.shell.name);
    }

    /// Types a line and looks at the next prompt as well.
    pub(crate) fn line_and_look(&mut self, line: &str) -> String {
        self.line(line) + &self.look()
    }

    /// Types these keys and waits for nothing.
    pub(crate) fn keys(&mut self, keys: &[u8]) {
        // A shell that has ended reads nothing; that shows at the next wait.
        let _ = self.keyboard.as_mut().unwrap().write_all(keys);
    }

    /// Types these keys and waits until the terminal shows that text.
    pub(crate) fn keys_until(&mut self, keys: &[u8], text: &str) {
        self.keys(keys);
        let until = Instant::now() + PATIENCE;
        while !self.unread.windows(text.len()).any(|window| window == text.as_bytes()) {
            assert!(self.read(until), "{}: no `{text}`: {}", self.shell.name, said(&self.unread));
        }
    }

    /// Interrupts what is running, and waits until the shell listens again. Some shells show a prompt more, or one of
    /// their own, and a terminal forgets what was typed before.
    pub(crate) fn interrupt(&mut self) {
        self.keys(b"\x03");
        let until = Instant::now() + PATIENCE;
        // What is typed before the prompt, xonsh forgets.
        let _ = self.wait_until(Instant::now() + Duration::from_millis(500));
        for number in 1.. {
            let answer = format!("resumed-{number}\n");
            // The terminal may show what is typed, which must not be taken for the answer.
            self.type_echo("resumed", number);
            let patience = Instant::now() + Duration::from_millis(500);
            while let Ok(seen) = self.wait_until(patience) {
                if self.masked(&seen).ends_with(&answer) {
                    return self.settle();
                }
                assert!(Instant::now() < until, "{}: prompts without end", self.shell.name);
            }
            assert!(
                Instant::now() < until,
                "{}: no prompt behind an interruption: {}",
                self.shell.name,
                said(&self.unread)
            );
        }
    }

    fn type_echo(&mut self, word: &str, number: usize) {
        let language = self.shell.language;
        let word = language.glued(&[word.to_owned(), language.word(&format!("-{number}"))]);
        self.keys(format!("{}\n", language.command(&["echo".to_owned(), word], &[])).as_bytes());
    }

    /// Waits until each line is followed by one prompt again: ksh93 may show one more for an interruption, and only
    /// after the next command.
    fn settle(&mut self) {
        let mut in_step = 0;
        for number in 1.. {
            self.type_echo("settled", number);
            let answer = format!("settled-{number}\n");
            let mut prompts = 0;
            loop {
                prompts += 1;
                let seen = self.wait_until(Instant::now() + PATIENCE);
                let seen = seen.unwrap_or_else(|()| {
                    panic!("{}: no prompt behind an interruption: {}", self.shell.name, said(&self.unread))
                });
                if self.masked(&seen).ends_with(&answer) {
                    break;
                }
            }
            while self.wait_until(Instant::now() + Duration::from_millis(300)).is_ok() {
                prompts += 1;
            }
            in_step = if prompts == 1 { in_step + 1 } else { 0 };
            if in_step == 2 {
                return;
            }
            assert!(number < 20, "{}: prompts without end", self.shell.name);
        }
    }

    /// The environment that a command started now would have.
    pub(crate) fn env(&mut self) -> Env {
        let file = self.notes.join("env");
        // The shell may be told not to write over a file.
        let _ = fs::remove_file(&file);
        let shown = self.line(format!("/usr/bin/env -0 >{}", quoted(file.to_str().unwrap())));
        assert_eq!(shown, "", "{}: a prompt told of something though nothing changed", self.shell.name);
        Env::parse(&fs::read(file).unwrap())
    }

    /// The shell's own variables, exported or not, one a line.
    pub(crate) fn own_variables(&mut self) -> String {
        let file = self.notes.join("set");
        let _ = fs::remove_file(&file);
        let language = self.shell.language;
        assert_eq!(self.own(&language.variables(&language.word(file.to_str().unwrap()))), "");
        String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()
    }

    /// The value that a command started now would find under that name.
    pub(crate) fn variable(&mut self, name: &str) -> Option<String> {
        self.env().get(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// `AWS_PROFILE` as a command started now would find it.
    pub(crate) fn profile(&mut self) -> Option<String> {
        self.variable("AWS_PROFILE")
    }

    /// The number of processes started since the start.
    pub(crate) fn processes(&self) -> usize {
        let trace = fs::read(self.notes.join("trace")).unwrap();
        let trace = String::from_utf8_lossy(&trace);
        // A call that is interrupted by another process stands on two lines; a thread is no process.
        let calls = trace.lines().filter(|line| !line.contains("resumed>") && !line.contains("CLONE_THREAD"));
        calls.filter(|line| !line.contains("+++") && !line.contains("---")).count()
    }

    /// Waits for the next prompt and takes what was shown before it, or what was shown before the shell ended.
    fn wait(&mut self) -> Result<Vec<u8>, Vec<u8>> {
        self.wait_until(Instant::now() + PATIENCE).map_err(|()| std::mem::take(&mut self.unread))
    }

    /// Waits for the next prompt no longer than that.
    fn wait_until(&mut self, until: Instant) -> Result<Vec<u8>, ()> {
        loop {
            if let Some((end, next)) = self.find_prompt() {
                let seen: Vec<u8> = self.unread.drain(..next).take(end).collect();
                return Ok(self.shell.language.output(&seen, self.number == 1));
            }
            if !self.read(until) {
                return Err(());
            }
        }
    }

    /// Takes in what is shown next; false if nothing comes any more.
    fn read(&mut self, until: Instant) -> bool {
        let bytes = self.screen.recv_timeout(until.saturating_duration_since(Instant::now()));
        self.unread.extend(bytes.iter().flatten());
        bytes.is_ok()
    }

    /// Where the next prompt stands, and where it ends.
    fn find_prompt(&mut self) -> Option<(usize, usize)> {
        let prompt = self.shell.language.prompt(self.number + 1);
        let at = self.unread.windows(prompt.len()).position(|window| window == prompt.as_bytes())?;
        self.number += 1;
        Some((at, at + prompt.len()))
    }

    fn masked(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(&self.home.masked(bytes)).replace("\r\n", "\n");
        without_escapes(&text)
    }
}

impl Drop for Prompt<'_> {
    fn drop(&mut self) {
        self.keyboard = None;
        let _ = self.child.wait();
    }
}

/// The interpreter itself: what stands in `PATH` may be a script that takes ten times as long to find it.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let found = process::find("python3".as_ref()).unwrap();
        let asked = Command::new(found).args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
        String::from_utf8(asked.stdout).unwrap().trim_end().into()
    })
}

fn said(bytes: &[u8]) -> String {
    format!("the terminal showed `{}`", shown(bytes))
}

/// Without the sequences with which fish moves and colours.
fn without_escapes(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\u{1b}', Some('[')) => {
                while chars.next().is_some_and(|char| !matches!(char, '\u{40}'..='\u{7e}') || char == '[') {}
            }
            ('\u{1b}', _) => {
                chars.next();
            }
            ('\r', _) => {}
            (other, _) => plain.push(other),
        }
    }
    plain
}
