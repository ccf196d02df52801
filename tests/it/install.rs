//! `credenv init --install` and `--uninstall`: which file, which bytes, which words, and nothing else.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use credenv::shells;

use crate::support::{CREDENV, Home, Random, Run, is_missing, seed_from_environment};

/// Nobody can be asked there, whoever runs the tests.
fn alone<'h>(home: &'h Home, arguments: &[&str]) -> Run<'h> {
    home.run("setsid", [&["--wait", "credenv", "init"], arguments].concat())
}

/// Changes a start-up file without being asked.
fn runs<'h>(home: &'h Home, arguments: &[&str]) -> Run<'h> {
    home.credenv([&["init", "--yes"], arguments].concat())
}

/// A home in which a login bash reads `.bashrc`.
fn home() -> Home {
    Home::new().file(".profile", ". ~/.bashrc\n")
}

fn line(shell: &str) -> &'static str {
    shells::named(shell).unwrap().integration().unwrap().line
}

fn text(home: &Home, path: &str) -> String {
    String::from_utf8(home.read(path)).unwrap()
}

/// The words of an installation into that file, in that line.
fn added(file: &str, shell: &str) -> String {
    format!("{file}\n+ {}\ncredenv: added: each new {shell} loads credenv\n", line(shell))
}

/// And of a removal.
fn removed(file: &str, shell: &str) -> String {
    format!("{file}\n- {}\ncredenv: removed: each {shell} that is open keeps credenv until it ends\n", line(shell))
}

/// Each shell's usual file, where no variable says otherwise.
const USUAL: [(&str, &str); 10] = [
    ("bash", ".bashrc"),
    ("zsh", ".zshrc"),
    ("fish", ".config/fish/config.fish"),
    ("ksh", ".kshrc"),
    ("mksh", ".mkshrc"),
    ("yash", ".yashrc"),
    ("tcsh", ".tcshrc"),
    ("elvish", ".config/elvish/rc.elv"),
    ("xonsh", ".xonshrc"),
    ("powershell", ".config/powershell/Microsoft.PowerShell_profile.ps1"),
];

#[test]
fn the_line_goes_into_the_file_of_each_shell_once_and_out_of_it_again() {
    for (shell, file) in USUAL {
        let home = home();
        runs(&home, &["--install", shell]).stderr(added(&format!("~/{file}:1 (new file)"), shell)).check();
        assert_eq!(text(&home, file), format!("{}\n", line(shell)));
        let words = format!("credenv: ~/{file}:1 has the line already; nothing was changed\n");
        runs(&home, &["--install", shell]).stderr(words).check();
        assert_eq!(text(&home, file), format!("{}\n", line(shell)));
        let place = format!("~/{file}:1 (the file is removed: it holds nothing else)");
        runs(&home, &["--uninstall", shell]).stderr(removed(&place, shell)).check();
        assert!(!home.has(file));
        let words = format!("credenv: ~/{file} does not have the line; nothing was changed\n");
        runs(&home, &["--uninstall", shell]).stderr(words).check();
    }
}

#[test]
fn nushell_gets_the_file_that_it_loads_and_what_was_written_for_another_credenv_is_replaced() {
    let (home, file) = (home(), ".local/share/nushell/vendor/autoload/credenv.nu");
    let shown = format!("~/{file}");
    let script = home.credenv(["init", "nu"]).any_stdout().check().0;
    let count = script.lines().count();
    let written =
        format!("+ {count} lines, which `credenv init nu` prints\ncredenv: written: each new nu loads credenv\n");
    runs(&home, &["--install", "nushell"]).stderr(format!("{shown} (new file)\n{written}")).check();
    assert_eq!(String::from_utf8(home.masked(&home.read(file))).unwrap(), script);
    let words = format!("credenv: {shown} is up to date; nothing was changed\n");
    runs(&home, &["--install", "nu"]).stderr(words).check();
    home.rewrite(file, "# older\nx\n");
    let words = format!(
        "credenv: {shown} is not what this credenv writes there, and stays\n  hint: remove it, or \
                         `credenv init --install nu` first\n"
    );
    runs(&home, &["--uninstall", "nu"]).stderr(words).code(1).check();
    runs(&home, &["--install", "nu"]).stderr(format!("{shown} (replaced)\n- 2 lines\n{written}")).check();
    let words = format!(
        "{shown} (the file is removed)\n- what `credenv init nu` prints\ncredenv: removed: each nu that is open keeps credenv \
         until it ends\n"
    );
    runs(&home, &["--uninstall", "nu"]).stderr(words).check();
    assert!(!home.has(file));
    runs(&home, &["--uninstall", "nu"]).stderr(format!("credenv: there is no {shown}; nothing was changed\n")).check();
    let elsewhere = home.env("XDG_DATA_HOME", "/nonexistent");
    runs(&elsewhere, &["--uninstall", "nu"])
        .stderr("credenv: there is no /nonexistent/nushell/vendor/autoload/credenv.nu; nothing was changed\n")
        .check();
}

#[test]
fn variables_and_the_files_that_are_there_say_which_file_the_shell_reads() {
    let at = |home: Home, shell: &str, file: &str| {
        let before = home.has(file);
        let shown = if before { format!("~/{file}:2") } else { format!("~/{file}:1 (new file)") };
        runs(&home, &["--install", shell]).stderr(added(&shown, shell)).check();
        let above = if before { "#\n" } else { "" };
        assert_eq!(text(&home, file), format!("{above}{}\n", line(shell)));
    };
    let with = |name: &str, value: &str| {
        let home = home();
        let value = value.replace('~', home.path("").to_str().unwrap().trim_end_matches('/'));
        home.env(name, value)
    };
    at(with("ZDOTDIR", "~/z"), "zsh", "z/.zshrc");
    at(with("ZDOTDIR", "~/a:b"), "zsh", "a:b/.zshrc");
    at(with("XDG_CONFIG_HOME", "~/c"), "fish", "c/fish/config.fish");
    at(with("XDG_CONFIG_HOME", "~/c"), "elvish", "c/elvish/rc.elv");
    at(with("XDG_CONFIG_HOME", "relative"), "elvish", ".config/elvish/rc.elv");
    at(with("ENV", "~/.shrc"), "sh", ".shrc");
    at(with("ENV", "~/.shrc"), "ksh", ".shrc");
    at(with("ENV", "~/.shrc").file(".mkshrc", "#\n"), "mksh", ".shrc");
    at(with("ENV", ""), "mksh", ".mkshrc");
    at(home().file(".cshrc", "#\n"), "tcsh", ".cshrc");
    at(home().file(".cshrc", "").file(".tcshrc", "#\n"), "tcsh", ".tcshrc");
    at(home().file(".config/xonsh/rc.xsh", "#\n"), "xonsh", ".config/xonsh/rc.xsh");
    at(with("XDG_CONFIG_HOME", "~/c").file("c/xonsh/rc.xsh", "#\n"), "xonsh", "c/xonsh/rc.xsh");
    // As xonsh itself hands it on.
    let usual = "/etc/xonsh/xonshrc:~/.config/xonsh/rc.xsh:~/.xonshrc";
    at(with("XONSHRC", usual), "xonsh", ".xonshrc");
    at(with("XONSHRC", usual).file(".config/xonsh/rc.xsh", "#\n"), "xonsh", ".config/xonsh/rc.xsh");
    at(with("XONSHRC", "~/a.xsh:~/b.xsh").file(".xonshrc", ""), "xonsh", "b.xsh");
    let home = home().env("ENV", "/nonexistent/x");
    runs(&home, &["--install", "ksh", "--file", "mine"]).stderr(added("~/mine:1 (new file)", "ksh")).check();
    assert!(home.has("mine"));
}

#[test]
fn where_no_file_is_read_or_nobody_can_tell_which_nothing_is_changed() {
    let refuses = |home: &Home, arguments: &[&str], words: &str| {
        let names = home.names_in("");
        runs(home, arguments).stderr(words).code(1).check();
        assert_eq!(home.names_in(""), names);
    };
    for (flag, hint) in [
        (
            "--install",
            "`credenv init cmd >\"%USERPROFILE%\\credenv.cmd\"`, and then `reg add \"HKCU\\Software\\Microsoft\\Command \
             Processor\" /v AutoRun /d \"\\\"%USERPROFILE%\\credenv.cmd\\\"\"`",
        ),
        (
            "--uninstall",
            "`reg delete \"HKCU\\Software\\Microsoft\\Command Processor\" /v AutoRun`, unless it holds more than credenv",
        ),
    ] {
        let words = "`cmd` reads no start-up file, only the value `AutoRun` of the command processor";
        refuses(&home(), &[flag, "cmd"], &format!("credenv: {words}\n  hint: {hint}\n"));
        refuses(
            &home(),
            &[flag, "sh"],
            "credenv: `sh` reads no start-up file: `ENV` is not set\n  hint: put `export ENV=\"$HOME/.shrc\"` into \
             ~/.profile, and log in again\n",
        );
    }
    for odd in [".shrc", "~/.shrc", "$HOME/.shrc"] {
        let hint = "`credenv init --install ksh --file FILE`";
        let words = format!("credenv: `ENV` names {odd}, which is not an absolute path\n  hint: {hint}\n");
        refuses(&home().env("ENV", odd), &["--install", "ksh"], &words);
    }
    let home_of_zsh = home().file(".zshenv", "# ZDOTDIR=x\nZDOTDIR=~/.config/zsh\n");
    refuses(
        &home_of_zsh,
        &["--install", "zsh"],
        "credenv: [HOME]/.zshenv:2 sets `ZDOTDIR`, which is not in the environment: cannot tell which file is read\n  hint: \
         `credenv init --install zsh --file \"$ZDOTDIR/.zshrc\"`\n",
    );
    refuses(
        &home().directory(".bashrc"),
        &["--install", "bash"],
        "credenv: cannot change [HOME]/.bashrc: it is not a regular file\n",
    );
    for shell in ["bash", "nu"] {
        home()
            .run("env", ["-u", "HOME", CREDENV, "init", "--install", shell, "--yes"])
            .stderr("credenv: there is no home directory to look for the start-up file in: `HOME` is not set\n")
            .code(1)
            .check();
    }
    let unknown = "credenv: cannot tell which shell is asking\n  looked at `CREDENV_SHELL`: not set\n  looked at the parent \
                   process: `env`, which is not a shell that credenv knows\n  hint: name it: `credenv init --install bash`\n";
    if !is_missing("python3") {
        let script = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))";
        let words =
            unknown.replace("`env`", "`python3 -c import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))`");
        home().run("python3", ["-c", script, CREDENV, "init", "--install", "--yes"]).stderr(words).code(1).check();
    }
    let words = "credenv: there is no integration for `json`\n";
    runs(&home().env("CREDENV_SHELL", "json"), &["--install"]).stderr(words).code(2).check();
}

#[test]
fn the_shell_that_asks_is_found_as_use_finds_it() {
    if is_missing("bash") {
        return;
    }
    let home = home();
    // The last command of a script may take the place of the shell.
    home.run("bash", ["-c", "credenv init --install --yes; true"])
        .stderr(added("~/.bashrc:1 (new file)", "bash"))
        .check();
    let words = added("~/.config/fish/config.fish:1 (new file)", "fish");
    home.run("env", ["CREDENV_SHELL=fish", "credenv", "init", "--install", "--yes"]).stderr(words).check();
}

#[test]
fn the_change_is_shown_and_asked_about_on_a_terminal() {
    if is_missing("python3") {
        return;
    }
    let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/terminal.py");
    let asked = |home: &Home, flag: &str, answer: &str, shown: &str| {
        let command = format!("credenv init {flag} zsh >out; echo \"$?\"; cat out");
        home.run("python3", [helper, answer, "sh", "-c", &command]).stdout(shown).check();
    };
    let no = |flag: &str| {
        format!(
            "credenv: the answer was no: nothing was changed\n  hint: `credenv init {flag} zsh --yes` does it without \
             asking\n1\n"
        )
    };
    let home = home().file(".zshrc", "bindkey -e\n");
    let shown = format!("~/.zshrc:2\n+ {}\n", line("zsh"));
    for answer in ["n", "", "maybe"] {
        asked(&home, "--install", answer, &format!("{shown}credenv: add it? [y/N] {answer}\n{}", no("--install")));
        assert_eq!(text(&home, ".zshrc"), "bindkey -e\n");
    }
    let done = "credenv: added: each new zsh loads credenv\n0\n";
    asked(&home, "--install", "y", &format!("{shown}credenv: add it? [y/N] y\n{done}"));
    let with_line = format!("bindkey -e\n{}\n", line("zsh"));
    assert_eq!(text(&home, ".zshrc"), with_line);
    let shown = shown.replace('+', "-");
    asked(&home, "--uninstall", "n", &format!("{shown}credenv: remove it? [y/N] n\n{}", no("--uninstall")));
    assert_eq!(text(&home, ".zshrc"), with_line);
    let done = "credenv: removed: each zsh that is open keeps credenv until it ends\n0\n";
    asked(&home, "--uninstall", "Yes", &format!("{shown}credenv: remove it? [y/N] Yes\n{done}"));
    assert_eq!(text(&home, ".zshrc"), "bindkey -e\n");
}

#[test]
fn where_nobody_can_be_asked_the_change_is_shown_and_refused() {
    if is_missing("setsid") {
        return;
    }
    let home = home().file(".bashrc", "a\n");
    let refused = |flag: &str| {
        format!(
            "credenv: there is no terminal to ask on: nothing was changed\n  hint: `credenv init {flag} --yes` does it \
             without asking\n"
        )
    };
    let shown = format!("~/.bashrc:2\n+ {}\n{}", line("bash"), refused("--install bash"));
    alone(&home, &["--install", "bash"]).stderr(shown).code(1).check();
    assert_eq!(text(&home, ".bashrc"), "a\n");
    let shown = format!("~/my file:1 (new file)\n+ {}\n{}", line("bash"), refused("--install bash --file 'my file'"));
    alone(&home, &["--install", "bash", "--file", "my file"]).stderr(shown).code(1).check();
    assert!(!home.has("my file"));
    let with_line = format!("a\n{}\n", line("bash"));
    home.rewrite(".bashrc", &with_line);
    let shown = format!("~/.bashrc:2\n- {}\n{}", line("bash"), refused("--uninstall bash"));
    alone(&home, &["--uninstall", "bash"]).stderr(shown).code(1).check();
    assert_eq!(text(&home, ".bashrc"), with_line);
}

#[test]
fn a_symlink_is_written_through_and_mode_and_other_names_stay() {
    let home =
        home().file("dotfiles/bashrc", "a\n").mode("dotfiles/bashrc", 0o640).symlink("dotfiles/bashrc", ".bashrc");
    let shown = "~/.bashrc → ~/dotfiles/bashrc:2";
    runs(&home, &["--install", "bash"]).stderr(added(shown, "bash")).check();
    assert!(home.path(".bashrc").is_symlink());
    assert_eq!(text(&home, "dotfiles/bashrc"), format!("a\n{}\n", line("bash")));
    let mode = |path: &str| fs::metadata(home.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("dotfiles/bashrc"), 0o640);
    let command = "umask 027; credenv init --install yash --yes";
    home.run("sh", ["-c", command]).stderr(added("~/.yashrc:1 (new file)", "yash")).check();
    assert_eq!(mode(".yashrc"), 0o640);
    runs(&home, &["--uninstall", "bash"]).stderr(removed(shown, "bash")).check();
    assert!(home.path(".bashrc").is_symlink());
    assert_eq!(text(&home, "dotfiles/bashrc"), "a\n");
    // What a symlink leads to is never removed: a repository may hold it.
    let home = home.symlink("dotfiles/zshrc", ".zshrc");
    let shown = "~/.zshrc → ~/dotfiles/zshrc:1";
    runs(&home, &["--install", "zsh"]).stderr(added(&format!("{shown} (new file)"), "zsh")).check();
    runs(&home, &["--uninstall", "zsh"]).stderr(removed(shown, "zsh")).check();
    assert_eq!((text(&home, "dotfiles/zshrc").as_str(), home.path(".zshrc").is_symlink()), ("", true));
    assert_eq!(home.names_in("dotfiles"), ["bashrc", "zshrc"]);
}

#[test]
fn line_ends_stay_and_a_last_line_without_one_gets_one() {
    let line = line("fish");
    for (before, after, at) in [
        ("a\r\nb\r\n", format!("a\r\nb\r\n{line}\r\n"), 3),
        ("a\nb", format!("a\nb\n{line}\n\n"), 3),
        ("a\r\nb", format!("a\r\nb\r\n{line}\r\n\r\n"), 3),
        ("", format!("{line}\n\n"), 1),
        ("# \u{e9}\n", format!("# \u{e9}\n{line}\n"), 2),
    ] {
        let file = ".config/fish/config.fish";
        let home = home().file(file, before);
        runs(&home, &["--install", "fish"]).stderr(added(&format!("~/{file}:{at}"), "fish")).check();
        assert_eq!(text(&home, file), after);
        runs(&home, &["--uninstall", "fish"]).stderr(removed(&format!("~/{file}:{at}"), "fish")).check();
        assert_eq!(text(&home, file), before);
    }
}

#[test]
fn a_file_in_which_the_line_would_be_another_one_is_left_alone() {
    for (bytes, why) in [
        (&b"\xff\xfea\0\n\0"[..], "it contains NUL bytes, as text in UTF-16 does"),
        (b"a\rb\r", "its lines end with a carriage return alone"),
        (b"PATH=/a:\\\n", "its last line ends with a backslash, and would go on in ours"),
    ] {
        let home = home().file(".bashrc", bytes);
        let hint = format!("add `{}` to it in an editor", line("bash"));
        let words = format!("credenv: cannot add a line to [HOME]/.bashrc: {why}\n  hint: {hint}\n");
        runs(&home, &["--install", "bash"]).stderr(words).code(1).check();
        assert_eq!(home.read(".bashrc"), bytes);
    }
}

#[test]
fn a_file_that_loads_credenv_already_stays_and_a_comment_loads_nothing() {
    let line = line("bash");
    for (before, words) in [
        (format!("a\n{line}\nb"), "~/.bashrc:2 has the line already; nothing was changed"),
        (format!("if true; then\n\t{line}\nfi\n"), "~/.bashrc:2 has the line already; nothing was changed"),
        (
            "source <(~/x/credenv init bash)\n".to_owned(),
            "~/.bashrc:1 already loads credenv in other words, `source <(~/x/credenv init bash)`; nothing was changed",
        ),
    ] {
        let home = home().file(".bashrc", &before);
        runs(&home, &["--install", "bash"]).stderr(format!("credenv: {words}\n")).check();
        assert_eq!(text(&home, ".bashrc"), before);
    }
    // fish reads all of that directory.
    let with_part = home().file(".config/fish/conf.d/aws.fish", format!("\n{}\n", self::line("fish")));
    let words = "~/.config/fish/conf.d/aws.fish:2 has the line already; nothing was changed";
    runs(&with_part, &["--install", "fish"]).stderr(format!("credenv: {words}\n")).check();
    assert!(!with_part.has(".config/fish/config.fish"));
    let before = format!("# {line}\n  # {line}\ncredenv use dev\n");
    let home = home().file(".bashrc", &before);
    runs(&home, &["--install", "bash"]).stderr(added("~/.bashrc:4", "bash")).check();
    runs(&home, &["--uninstall", "bash"]).stderr(removed("~/.bashrc:4", "bash")).check();
    assert_eq!(text(&home, ".bashrc"), before);
}

#[test]
fn a_line_that_a_person_edited_is_named_and_stays() {
    let line = line("zsh");
    let hint = "  hint: take it out in an editor\n";
    let stays = |place: &str, text: &str| {
        format!("credenv: {place} still loads credenv, by a line of your own: `{text}`\n{hint}")
    };
    for edited in [format!("{line} # mine"), format!("[[ -o login ]] && {line}")] {
        let home = home().file(".zshrc", format!("a\n{edited}\n"));
        runs(&home, &["--uninstall", "zsh"]).stderr(stays("~/.zshrc:2", &edited)).code(1).check();
        assert_eq!(text(&home, ".zshrc"), format!("a\n{edited}\n"));
    }
    // What is ours goes all the same, wherever it stands.
    let home = home()
        .file(".zshrc", format!("{line}\n\n  {line}\n# {line}\n{line}\nb"))
        .file(".zprofile", format!("{line}\n"));
    let words = format!("~/.zshrc:1\n- {line}\n{}{}", removed("~/.zshrc:5", "zsh"), stays("~/.zshrc:3", line));
    runs(&home, &["--uninstall", "zsh"]).stderr(words).code(1).check();
    assert_eq!(text(&home, ".zshrc"), format!("\n  {line}\n# {line}\nb"));
    home.remove(".zshrc");
    runs(&home, &["--uninstall", "zsh"]).stderr(stays("~/.zprofile:1", line)).code(1).check();
    assert_eq!(text(&home, ".zprofile"), format!("{line}\n"));
    let words = removed("~/.zprofile:1 (the file is removed: it holds nothing else)", "zsh");
    runs(&home, &["--uninstall", "zsh", "--file", ".zprofile"]).stderr(words).check();
}

#[test]
fn where_no_path_leads_to_credenv_the_line_names_this_one() {
    let home = home().env("PATH", "/usr/bin:/bin");
    let path = |directory: &str| home.path(directory).join("credenv").to_str().unwrap().to_owned();
    home.link_binary("my-tools");
    let own = path("my-tools");
    let words = "~/.bashrc:1 (new file)\n+ eval \"$([HOME]/my-tools/credenv init bash)\"\ncredenv: `credenv` is not in `PATH`, \
                 so the line names this one by its path\ncredenv: added: each new bash loads credenv\n";
    home.run(&own, ["init", "--install", "bash", "--yes"]).stderr(words).check();
    assert_eq!(text(&home, ".bashrc"), format!("eval \"$({own} init bash)\"\n"));
    let words = "credenv: ~/.bashrc:1 already loads credenv in other words, `eval \"$([HOME]/my-tools/credenv init bash)\"`; \
                 nothing was changed\n";
    home.run(&own, ["init", "--install", "bash", "--yes"]).stderr(words).check();
    home.run(&own, ["init", "--uninstall", "bash", "--yes"]).any_stderr().check();
    assert!(!home.has(".bashrc"));
    home.link_binary("my tools");
    let words = "credenv: `credenv` is not in `PATH`, and its path needs quotes: [HOME]/my tools/credenv\n  hint: move it into \
                 a directory that `PATH` names\n";
    home.run(&path("my tools"), ["init", "--install", "bash", "--yes"]).stderr(words).code(1).check();
    assert!(!home.has(".bashrc"));
}

#[test]
fn a_login_bash_that_does_not_read_the_file_is_told_of() {
    let told = |home: Home, file: Option<&str>| {
        let note = file.map_or_else(String::new, |file| {
            format!("credenv: a login bash (ssh, tmux, macOS) does not read ~/.bashrc: add `. ~/.bashrc` to ~/{file}\n")
        });
        let words = added("~/.bashrc:1 (new file)", "bash") + &note;
        runs(&home, &["--install", "bash"]).stderr(words).check();
    };
    told(Home::new(), Some(".bash_profile"));
    told(Home::new().file(".profile", "umask 022\n"), Some(".profile"));
    told(Home::new().file(".profile", ". ~/.bashrc\n").file(".bash_login", "\n"), Some(".bash_login"));
    told(Home::new().file(".bash_profile", "[[ -f ~/.bashrc ]] && . ~/.bashrc\n").file(".profile", ""), None);
    told(home(), None);
}

#[test]
fn what_another_program_wrote_meanwhile_is_not_lost() {
    if is_missing("python3") {
        return;
    }
    let home = home().file(".bashrc", "a\n");
    // Answers the question once the file has another line.
    let script = "import os, pty, sys\n\
                  child, terminal = pty.fork()\n\
                  if child == 0: os.execvp('credenv', ['credenv', 'init', sys.argv[1], 'bash'])\n\
                  shown = b''\n\
                  while not shown.endswith(b'[y/N] '): shown += os.read(terminal, 4096)\n\
                  open('.bashrc', 'a').write('b\\n')\n\
                  os.write(terminal, b'y\\n')\n\
                  sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))";
    home.run("python3", ["-c", script, "--install"]).code(1).check();
    assert_eq!(text(&home, ".bashrc"), "a\nb\n");
    home.rewrite(".bashrc", format!("{}\n", line("bash")));
    home.run("python3", ["-c", script, "--uninstall"]).code(1).check();
    assert_eq!(text(&home, ".bashrc"), format!("{}\nb\n", line("bash")));
}

/// The text is edited by rules that a property in the module holds for thousands of files; here it is the binary.
#[test]
fn an_installation_that_is_taken_back_leaves_every_byte_as_it_was() {
    let mut random = Random::new(seed_from_environment());
    let home = home();
    let parts: [&[u8]; 8] = [b"\n", b"\r\n", b"\r", b"a", b"\xff", b"# credenv init bash", b" ", b"\\"];
    let mut taken_back = 0;
    for _ in 0..40 {
        let count = random.below(6);
        let mut before: Vec<u8> = (0..count).flat_map(|_| random.one_of(&parts).to_vec()).collect();
        let length = random.below(3);
        before.extend(random.bytes(length));
        home.write(".bashrc", &before);
        runs(&home, &["--install", "bash"]).any_stderr().any_status().check();
        let has_line = home.read(".bashrc") != before;
        runs(&home, &["--uninstall", "bash"]).any_stderr().any_status().check();
        assert_eq!(home.read(".bashrc"), before);
        taken_back += usize::from(has_line);
    }
    assert!(taken_back > 10, "only {taken_back}");
}

#[test]
fn what_changes_nothing_is_not_taken() {
    let home = home();
    let usage = "  usage: credenv init <SHELL>\n  usage: credenv init --install [SHELL] [OPTIONS]\n  usage: credenv init \
                 --uninstall [SHELL] [OPTIONS]\n  hint: `credenv init --help` shows what it takes\n";
    let words = format!("credenv: `<SHELL>` is missing\n{usage}");
    home.credenv(["init"]).stderr(words).code(2).check();
    let words = format!("credenv: `<--install|--uninstall>` is missing\n{usage}");
    home.credenv(["init", "bash", "--yes"]).stderr(words).code(2).check();
    let words =
        "credenv: `--install` cannot be used with `--uninstall`\n  hint: `credenv init --help` shows what it takes\n";
    home.credenv(["init", "bash", "--install", "--uninstall"]).stderr(words).code(2).check();
}
