//! A real Tab in each shell: what is put there selects the right profile, and nothing is run.

use super::terminal::{SHELLS, Shell, Terminal};
use crate::support::{Home, is_missing, own_source};

/// Names in which each shell has something to misunderstand.
const NAMES: &[&str] = &[
    "devProfile",
    "a$(touch X)",
    "`touch X`",
    "x y",
    "a*",
    "it's",
    "f:g",
    "é ü",
    "a\"b",
    "a\\b",
    "~x",
    "$HOME",
    "a&b",
    "a;b",
    "#c",
    "!x",
    "x  'y' \"z\"",
    "a=b",
    "{a,b}",
    "[a]",
    "(a)",
    "a|b",
    "<a>",
    "^a",
    "@a",
    "%a",
    "a\\",
    "it's $HOME",
];

/// A config file with these profiles.
fn config(names: &[&str]) -> String {
    // A backslash quotes whatever comes behind it.
    let quote = |char: char| if char.is_alphanumeric() { char.to_string() } else { format!("\\{char}") };
    let section = |name: &&str| {
        let name: String = name.chars().map(quote).collect();
        format!(
            "[profile {name}]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\nregion = \
             eu-west-1\n"
        )
    };
    names.iter().map(section).collect()
}

/// A home with these profiles, and a script that notes the one that is in force.
fn home(names: &[&str]) -> Home {
    Home::new()
        .config(config(names))
        .file(".config/credenv/config.yml", "protected: [\"*prod*\"]\n")
        .file("note", "printf '%s' \"$AWS_PROFILE\" >../noted\nmv ../noted noted\n")
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh")
}

/// One test a shell.
macro_rules! in_each {
    ($story:ident: $($shell:ident)+) => {
        mod $story {
            $(#[test]
            fn $shell() {
                super::$story(super::shell(stringify!($shell)));
            })+
        }
    };
    ($story:ident) => {
        in_each!($story: bash zsh fish elvish nu tcsh xonsh);
    };
}

fn shell(name: &str) -> &'static Shell {
    SHELLS.iter().find(|shell| shell.name == name).unwrap()
}

/// Whether the line, once it is completed and sent off, runs under that profile, and nothing else was run.
fn selects(terminal: &Terminal<'_>, home: &Home, line: &str, name: &str) {
    terminal.text("-- sh ../note");
    assert_eq!(terminal.enter_and_take("noted"), name, "`{line}`:\n{}", terminal.screen());
    assert_eq!(home.names_in("there"), [""; 0], "`{line}` ran something:\n{}", terminal.screen());
    terminal.clear();
}

fn a_name_that_is_completed_selects_that_profile_and_runs_nothing(shell: &'static Shell) {
    let home = home(&[]);
    let Some(terminal) = Terminal::start(shell, &home, None) else { return };
    for name in NAMES.iter().filter(|name| (shell.carries)(name)) {
        home.write(".aws/config", config(&[name]));
        let line = terminal.complete("credenv exec ");
        selects(&terminal, &home, &line, name);
    }
}
in_each!(a_name_that_is_completed_selects_that_profile_and_runs_nothing);

fn what_was_typed_of_a_name_stays_whatever_its_quotes(shell: &'static Shell) {
    let names = ["x y", "it's", "f:g", "a$(touch X)", "b\"b\\c", "h!i"];
    let home = home(&names);
    let Some(terminal) = Terminal::start(shell, &home, None) else { return };
    let lines: &[(&str, &str)] = match shell.name {
        "bash" | "zsh" => &[
            ("x\\ ", "x y"),
            ("'x ", "x y"),
            ("\"x ", "x y"),
            ("'it'\\'", "it's"),
            ("\"it", "it's"),
            ("f", "f:g"),
            ("f:", "f:g"),
            ("'f:", "f:g"),
            ("a\\$", "a$(touch X)"),
            ("\"a\\$", "a$(touch X)"),
            ("'a$", "a$(touch X)"),
            ("b\\\"", "b\"b\\c"),
            ("'b\"", "b\"b\\c"),
            ("\"b\\\"b", "b\"b\\c"),
            ("h", "h!i"),
            ("\"h", "h!i"),
        ],
        "fish" => &[
            ("x\\ ", "x y"),
            ("'x ", "x y"),
            ("\"x ", "x y"),
            ("\"it", "it's"),
            ("f:", "f:g"),
            ("a\\$", "a$(touch X)"),
            ("'a$", "a$(touch X)"),
        ],
        "elvish" => &[("'x ", "x y"), ("\"x ", "x y"), ("'it", "it's"), ("f:", "f:g"), ("'a$", "a$(touch X)")],
        "nu" | "xonsh" => &[("'x ", "x y"), ("\"x ", "x y"), ("\"it", "it's"), ("f:", "f:g"), ("'a", "a$(touch X)")],
        _ => &[("f:", "f:g"), ("it\\'", "it's"), ("h", "h!i")],
    };
    for (typed, name) in lines {
        let line = terminal.complete(&format!("credenv exec {typed}"));
        terminal.text(" ");
        selects(&terminal, &home, &line, name);
    }
}
in_each!(what_was_typed_of_a_name_stays_whatever_its_quotes);

fn several_names_are_listed_with_where_they_lead(shell: &'static Shell) {
    let home = home(&["prodProfile", "devProfile", "a$(touch X)", "x y"]);
    let Some(terminal) = Terminal::start(shell, &home, None) else { return };
    let listed = |screen: &str| {
        let lines: Vec<_> = screen.lines().collect();
        let told = |name: &str, what: &str| {
            let of_name = |line: &&&str| line.contains(name) && !line.contains("credenv use");
            lines.iter().find(of_name).is_some_and(|line| !shell.describes || line.contains(what))
        };
        told("prodProfile", "123456789012 Admin eu-west-1, protected")
            && told("devProfile", "123456789012 Admin eu-west-1")
            && (!(shell.carries)("x y") || told("x y", "123456789012 Admin eu-west-1"))
    };
    terminal.text("credenv use ");
    shell.list.iter().for_each(|key| terminal.key(key));
    terminal.until("list of the profiles", listed);
    // xonsh describes the one that is picked out, once they are listed.
    if shell.name == "xonsh" {
        terminal.key("Tab");
        terminal.until("description", |screen| screen.contains("123456789012 Admin eu-west-1"));
    }
    assert_eq!(home.names_in("there"), [""; 0], "{}", terminal.screen());
}
in_each!(several_names_are_listed_with_where_they_lead);

fn commands_flags_and_values_are_completed(shell: &'static Shell) {
    let home = home(&["f:g", "prodProfile"]).file("there/.credenv.yml", "stages: {production: prodProfile}\n");
    home.credenv(["allow"]).inside("there").any_stdout().any_stderr().check();
    let Some(terminal) = Terminal::start(shell, &home, None) else { return };
    for (typed, becomes) in [
        ("credenv doct", "credenv doctor"),
        ("credenv use --keep --sh", "credenv use --keep --shell"),
        ("credenv use --shell dot", "credenv use --shell dotenv"),
        ("credenv use --shell=dot", "credenv use --shell=dotenv"),
        ("credenv exec --region us-gov-e", "credenv exec --region us-gov-east-1"),
        ("credenv exec --region=us-gov-e", "credenv exec --region=us-gov-east-1"),
        ("credenv exec --stage pr", "credenv exec --stage production"),
        ("credenv configure x --source-profile=f:", "credenv configure x --source-profile=f:g"),
        ("credenv exec prodProfile ", "credenv exec prodProfile --"),
        ("credenv exec -- mkfif", "credenv exec -- mkfifo"),
        ("credenv exec f:g -- sh ../not", "credenv exec f:g -- sh ../note"),
        ("credenv deny ../not", "credenv deny ../note"),
    ] {
        if shell.leaves.contains(&typed) {
            continue;
        }
        let line = terminal.complete(typed);
        // elvish quotes an equals sign, and asks whether that is meant.
        assert_eq!(line.replace('\'', "").trim_end(), becomes, "{}", terminal.screen());
        if shell.name == "elvish" && becomes.contains('=') {
            terminal.key("Enter");
        }
        terminal.key("C-u");
        terminal.clear();
    }
}
in_each!(commands_flags_and_values_are_completed);

fn the_profile_that_is_completed_is_the_one_that_the_shell_switches_to(shell: &'static Shell) {
    let home = home(&["devProfile", "a$(touch X)"]);
    let Some(terminal) = Terminal::start(shell, &home, None) else { return };
    for (typed, name) in [("credenv use d", "devProfile"), ("credenv use a", "a$(touch X)"), ("credenv use -", "-")] {
        if !(shell.carries)(name) {
            continue;
        }
        // From the second on there is one to go back to, and more than one thing begins with a dash.
        let line = if name == "-" {
            terminal.text(typed);
            typed.to_owned()
        } else {
            terminal.complete(typed)
        };
        terminal.key("Enter");
        terminal.until("a prompt", |screen| screen.ends_with("P>"));
        terminal.text("sh ../note");
        let name = if name == "-" { "devProfile" } else { name };
        assert_eq!(terminal.enter_and_take("noted"), name, "`{line}`:\n{}", terminal.screen());
        terminal.clear();
    }
    assert_eq!(home.names_in("there"), [""; 0]);
}
in_each!(the_profile_that_is_completed_is_the_one_that_the_shell_switches_to: bash zsh fish tcsh);

/// The files where packages put them, without our line in a start-up file.
fn the_file_alone_completes(shell: &'static Shell) {
    let rc = match shell.name {
        "bash" => "PS1='P> '\nXDG_DATA_DIRS=~/usr/share\n. /usr/share/bash-completion/bash_completion\n",
        "zsh" => "PS1='P> '; fpath=(~/usr/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -D -u\n",
        "tcsh" => "set prompt = 'P> '; set autolist\nsource ~/usr/share/credenv/completions/credenv.tcsh\n",
        "elvish" => {
            "set edit:prompt = { put 'P> ' }; set edit:rprompt = { }\n\
             eval (slurp < ~/usr/share/credenv/completions/credenv.elv)\n"
        }
        _ => "function fish_prompt; printf 'P> '; end\nset -g fish_greeting\n",
    };
    if shell.name == "bash" && is_missing("/usr/share/bash-completion/bash_completion") {
        return;
    }
    let mut home = home(&["devProfile", "a$(touch X)"]).file("built/credenv", "");
    if shell.name == "fish" {
        let data = home.path("usr/share").into_os_string().into_string().unwrap();
        home = home.env("XDG_DATA_DIRS", data);
    }
    let install = own_source().join("packaging/install").into_os_string().into_string().unwrap();
    home.run("sh", [install.as_str(), "built/credenv", "usr"]).check();
    let Some(terminal) = Terminal::start(shell, &home, Some(rc)) else { return };
    for (typed, name) in [("credenv exec d", "devProfile"), ("credenv exec a", "a$(touch X)")] {
        // elvish opens a list where it has to quote what was typed without quotes.
        if !(shell.carries)(name) || shell.name == "elvish" && name != "devProfile" {
            continue;
        }
        let line = terminal.complete(typed);
        selects(&terminal, &home, &line, name);
    }
}
in_each!(the_file_alone_completes: bash zsh fish tcsh elvish);
