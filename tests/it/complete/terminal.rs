//! A shell in a window of tmux, which answers whatever an editor asks of a terminal and shows what a person would see.

use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Home, is_missing};

/// After this long without the change that is waited for, the test fails; xonsh, the slowest, takes a second.
const PATIENCE: Duration = Duration::from_secs(30);

/// A shell that completes.
#[derive(Debug)]
pub(super) struct Shell {
    /// The name that `completions` takes.
    pub(super) name: &'static str,
    /// The program and its arguments; `RC` is its start-up file.
    command: &'static [&'static str],
    /// The start-up file.
    rc: &'static str,
    /// Where that file must lie below home, if the shell is not told.
    place: &'static str,
    /// The keys that bring up a list of several candidates.
    pub(super) list: &'static [&'static str],
    /// Whether it shows descriptions.
    pub(super) describes: bool,
    /// What it does not complete (docs/shortcomings.md).
    pub(super) leaves: &'static [&'static str],
    /// Whether the names have to be of a single word.
    pub(super) carries: fn(&str) -> bool,
}

fn everything(_: &str) -> bool {
    true
}

/// Every shell for which there is a script, but PowerShell, which cannot be had.
pub(super) const SHELLS: &[Shell] = &[
    Shell {
        name: "bash",
        command: &["bash", "--noprofile", "--rcfile", "RC", "-i"],
        rc: "PS1='P> '; bind 'set bell-style none'\neval \"$(credenv init bash)\"\n",
        place: "rc",
        list: &["Tab", "Tab"],
        describes: true,
        leaves: &[],
        carries: everything,
    },
    Shell {
        name: "zsh",
        command: &["zsh", "-d", "-i"],
        rc: "PS1='P> '; autoload -Uz compinit; compinit -D -u\neval \"$(credenv init zsh)\"\n",
        place: ".zshrc",
        list: &["Tab"],
        describes: true,
        leaves: &[],
        carries: everything,
    },
    Shell {
        name: "fish",
        command: &["fish", "-i"],
        rc: "set -g fish_greeting; set -g fish_autosuggestion_enabled 0; function fish_prompt; printf 'P> '; end\n\
             function fish_title; end\ncredenv init fish | source\n",
        place: ".config/fish/config.fish",
        list: &["Tab"],
        describes: true,
        leaves: &[],
        carries: everything,
    },
    Shell {
        name: "elvish",
        command: &["elvish", "-rc", "RC"],
        rc: "set edit:prompt = { put 'P> ' }; set edit:rprompt = { }\neval (credenv init elvish | slurp)\n",
        place: "rc",
        list: &["Tab"],
        describes: true,
        leaves: &[],
        carries: everything,
    },
    Shell {
        name: "nu",
        command: &["nu", "--config", "RC", "--env-config", "/dev/null"],
        rc: "$env.config.show_banner = false; $env.config.show_hints = false; $env.PROMPT_COMMAND = {|| 'P' }; $env.PROMPT_COMMAND_RIGHT = {|| '' }\n",
        place: "rc",
        list: &["Tab"],
        describes: true,
        leaves: &["credenv exec -- mkfif"],
        carries: everything,
    },
    Shell {
        name: "tcsh",
        command: &["tcsh"],
        rc: "set prompt = 'P> '; set autolist\neval \"`credenv init tcsh`\"\n",
        place: ".tcshrc",
        list: &["Tab"],
        describes: false,
        leaves: &["credenv exec f:g -- sh ../not", "credenv deny ../not"],
        // It splits what a command tells it at blanks, expands braces in it, and goes to look for the home of `x`.
        carries: |name| !name.contains([' ', '{']) && !name.starts_with('~'),
    },
    Shell {
        name: "xonsh",
        command: &["xonsh", "--rc", "RC"],
        rc: "$PROMPT = 'P> '; $XONSH_HISTORY_BACKEND = 'dummy'; $XONSH_PROMPT_AUTO_SUGGEST = False\n\
             exec($(credenv init xonsh))\n",
        place: "rc",
        list: &["Tab"],
        describes: false,
        leaves: &[],
        carries: everything,
    },
];

/// A shell that waits at its prompt.
pub(super) struct Terminal<'h> {
    home: &'h Home,
    shell: &'static Shell,
}

impl<'h> Terminal<'h> {
    /// Starts it in the directory `there`; `None` where something that it takes is not installed.
    pub(super) fn start(shell: &'static Shell, home: &'h Home, rc: Option<&str>) -> Option<Self> {
        if is_missing("tmux") || is_missing(shell.command[0]) {
            return None;
        }
        home.write(shell.place, rc.unwrap_or(shell.rc));
        home.write("script", home.credenv(["completions", shell.name]).any_stdout().check().0);
        if shell.name == "nu" {
            // It loads what lies in a directory of its own; the line is that of the README.
            let line = credenv::shells::named("nu").unwrap().integration().unwrap().line;
            home.run("nu", ["--no-config-file", "--commands", line]).check();
        }
        home.write("there/.keep", "");
        home.remove("there/.keep");
        // Otherwise fish reads the manual pages at its first start.
        home.write(".local/share/fish/generated_completions/.keep", "");
        let terminal = Self { home, shell };
        let rc = home.path(shell.place);
        let words = shell.command.iter().map(|word| if *word == "RC" { rc.to_str().unwrap() } else { word });
        let command: Vec<_> = ["-f", "/dev/null", "new-session", "-d", "-x", "110", "-y", "30"]
            .into_iter()
            .chain(["-c", home.path("there").to_str().unwrap()].map(str::to_owned).iter().map(String::as_str))
            .map(str::to_owned)
            .chain(["--".to_owned()])
            .chain(words.map(str::to_owned))
            .collect();
        terminal.tmux(&command);
        terminal.until("a prompt", |screen| screen.ends_with("P>"));
        Some(terminal)
    }

    fn tmux<A: AsRef<str>>(&self, arguments: &[A]) -> String {
        let socket = self.home.path("tmux").into_os_string().into_string().unwrap();
        let all = ["-S", &socket].into_iter().chain(arguments.iter().map(AsRef::as_ref));
        self.home.run("tmux", all).any_stdout().check().0
    }

    /// Types a text.
    pub(super) fn text(&self, text: &str) {
        self.tmux(&["send-keys", "-l", "--", text]);
    }

    /// Presses a key that has a name.
    pub(super) fn key(&self, name: &str) {
        self.tmux(&["send-keys", name]);
    }

    /// What the window shows.
    pub(super) fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-J"]).trim_end().to_owned()
    }

    /// Waits until the window shows what is waited for, and a moment longer nothing else.
    pub(super) fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        let mut before = String::new();
        loop {
            let screen = self.screen();
            if screen == before && holds(&screen) {
                return screen;
            }
            assert!(Instant::now() < until, "{}: no {what}:\n{screen}\n---", self.shell.name);
            before = screen;
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Types a text and presses Tab; the line that becomes of it.
    pub(super) fn complete(&self, text: &str) -> String {
        self.text(text);
        let typed = |screen: &str| last_line(screen).trim_end() == text.trim_end();
        self.until(&format!("`{text}`"), typed);
        self.key("Tab");
        last_line(&self.until(&format!("completion of `{text}`"), |screen| !typed(screen)))
    }

    /// Presses Enter and waits for a file in the directory `there`, which is taken away; its text.
    pub(super) fn enter_and_take(&self, file: &str) -> String {
        self.key("Enter");
        let path = format!("there/{file}");
        let until = Instant::now() + PATIENCE;
        while !self.home.has(&path) {
            assert!(Instant::now() < until, "{}: no {file}:\n{}\n---", self.shell.name, self.screen());
            thread::sleep(Duration::from_millis(5));
        }
        let text = self.home.read(&path);
        self.home.remove(&path);
        String::from_utf8(text).unwrap()
    }

    /// Waits for the next prompt, and clears the window.
    pub(super) fn clear(&self) {
        self.until("a prompt", |screen| screen.ends_with("P>"));
        self.text("clear");
        self.key("Enter");
        self.until("an empty line", |screen| screen.trim() == "P>");
    }
}

fn last_line(screen: &str) -> String {
    let at = screen.rfind("P> ").or_else(|| screen.rfind("P|")).map_or(screen.len(), |at| at + 3);
    screen.get(at..).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        let socket = self.home.path("tmux").into_os_string().into_string().unwrap();
        let _ = self.home.run("tmux", ["-S", &socket, "kill-server"]).any_stdout().any_stderr().any_status().check();
    }
}
