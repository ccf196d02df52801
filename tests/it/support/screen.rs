//! A shell in a window of a real terminal: keys are typed, the window is resized, and what a person would see is compared.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::home::Home;
use super::language::quoted;
use super::process::is_missing;
use super::shell::Shell;
use super::story::Env;

/// After this long, what was waited for counts as not coming; it takes a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The prompt in every shell, as far as it is seen.
const PROMPT: &str = "$";

/// A window of tmux, which wraps and joins lines as the terminals of people do when its size changes.
pub(crate) struct Screen<'h> {
    pub(crate) shell: &'h Shell,
    home: &'h Home,
    socket: PathBuf,
    number: usize,
}

impl<'h> Screen<'h> {
    /// A shell at its prompt in a window of that size, with our line in its start-up file; `None` where tmux is not
    /// installed.
    pub(crate) fn of(shell: &'h Shell, home: &'h Home, columns: usize, rows: usize) -> Option<Self> {
        Self::with(shell, home, columns, rows, &shell.load(home))
    }

    /// The same with another line, or none.
    pub(crate) fn with(shell: &'h Shell, home: &'h Home, columns: usize, rows: usize, line: &str) -> Option<Self> {
        let tell = |notes: &Path, tmux: &mut Command| tell_start_up(shell, home, notes, line, tmux);
        let screen = Self::start(shell, home, columns, rows, tell)?;
        screen.wait("the prompt", |lines| lines == [PROMPT]);
        Some(screen)
    }

    /// A shell that is started by nothing but its name, and so reads the start-up files of the home directory; the prompt may
    /// stand below what it says of itself.
    pub(crate) fn bare(shell: &'h Shell, home: &'h Home, columns: usize, rows: usize) -> Option<Self> {
        let name = shell.command.iter().take_while(|word| !word.starts_with('-'));
        let tell = |_: &Path, tmux: &mut Command| {
            tmux.args(name);
        };
        let screen = Self::start(shell, home, columns, rows, tell)?;
        screen.wait("the prompt", |lines| lines.last().is_some_and(|last| last == PROMPT));
        Some(screen)
    }

    fn start(
        shell: &'h Shell,
        home: &'h Home,
        columns: usize,
        rows: usize,
        tell: impl FnOnce(&Path, &mut Command),
    ) -> Option<Self> {
        if is_missing("tmux") {
            return None;
        }
        let number = fs::read_dir(home.beside()).unwrap().count();
        let notes = home.beside().join(format!("screen-{number}"));
        fs::create_dir(&notes).unwrap();
        let screen = Self { shell, home, socket: notes.join("tmux"), number: 0 };
        let mut tmux = screen.tmux();
        tmux.args(["-u", "-f", "/dev/null", "new-session", "-d"]);
        tmux.args(["-x", &columns.to_string(), "-y", &rows.to_string()]);
        tell(&notes, &mut tmux);
        screen.answer(&mut tmux);
        Some(screen)
    }

    fn tmux(&self) -> Command {
        let mut tmux = Command::new("tmux");
        tmux.env_clear().envs(&self.home.variables).current_dir(self.home.path("")).env("TERM", "xterm-256color");
        tmux.arg("-S").arg(&self.socket);
        tmux
    }

    fn answer(&self, tmux: &mut Command) -> String {
        let output = tmux.output().unwrap();
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {tmux:?}: {stderr}", self.shell.name);
        stdout.into_owned()
    }

    /// What is seen, from the top, without blanks at the ends of lines and below.
    pub(crate) fn lines(&self) -> Vec<String> {
        let shown = self.answer(self.tmux().args(["capture-pane", "-p"]));
        let mut lines: Vec<_> = shown.lines().map(|line| line.trim_end().to_owned()).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    }

    /// What is seen, with the codes of colours and the like.
    pub(crate) fn styled(&self) -> String {
        self.answer(self.tmux().args(["capture-pane", "-p", "-e"]))
    }

    /// Column and line of the cursor, from 0.
    pub(crate) fn cursor(&self) -> (usize, usize) {
        let told = self.answer(self.tmux().args(["display-message", "-p", "#{cursor_x} #{cursor_y}"]));
        let (column, line) = told.trim().split_once(' ').unwrap();
        (column.parse().unwrap(), line.parse().unwrap())
    }

    /// Types text as it is.
    pub(crate) fn text(&self, text: &str) {
        self.answer(self.tmux().args(["send-keys", "-l", "--", text]));
    }

    /// Types keys by the names that tmux has for them.
    pub(crate) fn keys(&self, names: &[&str]) {
        self.answer(self.tmux().arg("send-keys").args(names));
    }

    /// Types text, and Enter.
    pub(crate) fn line(&self, line: &str) {
        self.text(line);
        self.keys(&["Enter"]);
    }

    /// Pastes text, between marks where the program on the terminal asked for them.
    pub(crate) fn paste(&self, text: &str) {
        self.answer(self.tmux().args(["set-buffer", "--", text]));
        self.answer(self.tmux().args(["paste-buffer", "-p", "-r"]));
    }

    /// Gives the window another size.
    pub(crate) fn resize(&self, columns: usize, rows: usize) {
        self.answer(self.tmux().args(["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]));
    }

    /// Waits until what is seen fulfils that; fails with a picture of the screen.
    pub(crate) fn wait(&self, what: &str, fulfilled: impl Fn(&[String]) -> bool) -> Vec<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let lines = self.lines();
            if fulfilled(&lines) {
                return lines;
            }
            assert!(Instant::now() < until, "{}: {what} does not come:\n{}", self.shell.name, picture(&lines));
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until exactly that is seen.
    pub(crate) fn shows(&self, expected: &[&str]) {
        self.wait(&format!("\n{}\n", picture(expected)), |lines| lines == expected);
    }

    /// Waits until a line is seen that begins like that.
    pub(crate) fn shows_line(&self, start: &str) {
        self.wait(&format!("a line `{start}`"), |lines| lines.iter().any(|line| line.starts_with(start)));
    }

    /// Clears the screen. The shell must be at its prompt.
    pub(crate) fn clear(&self) {
        self.line("clear");
        self.shows(&[PROMPT]);
    }

    /// Runs a line at the prompt of the shell, and waits until it has ended.
    pub(crate) fn run(&mut self, line: &str) {
        self.number += 1;
        let done = self.socket.with_file_name(format!("done-{}", self.number));
        let done_word = quoted(done.to_str().unwrap());
        self.line(&self.shell.language.say(&format!("{line}; echo >{done_word}")));
        self.wait(&format!("the end of `{line}`"), |_| done.exists());
        self.clear();
    }

    /// The environment that a command started now would have.
    pub(crate) fn env(&mut self) -> Env {
        let file = self.socket.with_file_name("env");
        self.run(&format!("/usr/bin/env -0 >{}", quoted(file.to_str().unwrap())));
        Env::parse(&fs::read(file).unwrap())
    }

    /// The modes of the terminal, as a command started now finds them.
    pub(crate) fn modes(&mut self) -> String {
        let file = self.socket.with_file_name("modes");
        self.run(&format!("stty -a >{}", quoted(file.to_str().unwrap())));
        fs::read_to_string(file).unwrap()
    }

    /// Closes the window, as a person does with a mouse.
    pub(crate) fn close(&self) {
        let _ = self.tmux().arg("kill-server").output();
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        self.close();
    }
}

/// What is seen, in a frame.
fn picture<L: AsRef<str>>(lines: &[L]) -> String {
    lines.iter().map(|line| format!("│ {}\n", line.as_ref())).collect::<Vec<_>>().concat()
}

/// Adds the command that starts the shell with that line in its start-up file, and with its own way to edit lines, which
/// changes the modes of the terminal around every command.
fn tell_start_up(shell: &Shell, home: &Home, notes: &Path, line: &str, tmux: &mut Command) {
    let started = shell.language.window(shell, home, notes);
    fs::create_dir_all(started.file.parent().unwrap()).unwrap();
    fs::write(started.file, format!("{}{line}\n", shell.language.window_prompt(shell))).unwrap();
    // tmux runs a command of several words as it is.
    tmux.args(&started.command).envs(started.variables).env("HISTFILE", notes.join("history"));
}
