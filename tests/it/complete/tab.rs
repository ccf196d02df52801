//! A real Tab in each shell: what is put there selects the right profile, and nothing is run.

use super::terminal::{Terminal, shell};
use crate::support::Home;

/// Names in which each shell has something to misunderstand.
const NAMES: &[&str] = &[
    "prodProfile", "a$(touch X)", "`touch X`", "x y", "a*", "it's", "f:g", "é ü", "a\"b", "a\\b", "~x", "$HOME", "a&b",
    "a;b", "#c", "!x", "x  'y' \"z\"", "a=b", "{a,b}", "[a]", "(a)", "a|b", "<a>", "^a", "@a", "%a", "a\\", "it's $HOME",
];

fn config(names: &[&str]) -> String {
    // A backslash quotes whatever comes behind it.
    let quoted = |name: &str| {
        name.chars().map(|char| if char.is_alphanumeric() { char.to_string() } else { format!("\\{char}") }).collect()
    };
    let section = |name: &&str| {
        let name: String = quoted(name);
        format!("[profile {name}]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\nregion = eu-west-1\n")
    };
    names.iter().map(section).collect()
}

fn home() -> Home {
    Home::new().config(config(&["prodProfile"])).env("TERM", "xterm-256color").env("SHELL", "/bin/sh").file(
        "note",
        "printf '%s' \"$AWS_PROFILE\" >../noted\nmv ../noted noted\n",
    )
}

fn a_name_that_is_completed_selects_that_profile_and_runs_nothing(name: &str) {
    let shell = shell(name);
    let home = home();
    let Some(terminal) = Terminal::start(shell, &home, None) else { return };
    for name in NAMES.iter().filter(|name| (shell.carries)(name)) {
        home.write(".aws/config", config(&[name]));
        let line = terminal.complete("credenv exec ");
        assert!(line.starts_with("credenv exec ") && !line.contains("prodProfil ") , "{line}");
        terminal.text("-- sh ../note");
        assert_eq!(terminal.enter_and_take("noted"), *name, "{}: `{line}`\n{}", shell.name, terminal.screen());
        assert!(home.names_in("there").is_empty(), "{}: `{line}` ran something", shell.name);
        terminal.clear();
    }
}

#[test]
fn bash() { a_name_that_is_completed_selects_that_profile_and_runs_nothing("bash"); }
#[test]
fn zsh() { a_name_that_is_completed_selects_that_profile_and_runs_nothing("zsh"); }
#[test]
fn fish() { a_name_that_is_completed_selects_that_profile_and_runs_nothing("fish"); }
#[test]
fn elvish() { a_name_that_is_completed_selects_that_profile_and_runs_nothing("elvish"); }
#[test]
fn nu() { a_name_that_is_completed_selects_that_profile_and_runs_nothing("nu"); }
#[test]
fn tcsh() { a_name_that_is_completed_selects_that_profile_and_runs_nothing("tcsh"); }
#[test]
fn xonsh() { a_name_that_is_completed_selects_that_profile_and_runs_nothing("xonsh"); }
