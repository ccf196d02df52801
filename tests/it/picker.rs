//! `credenv use` alone: a profile is picked from a list on the terminal, in real shells in the window of a terminal.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Env, Home, SHELLS, Screen, Shell, Story, is_missing, own_path, quoted};

const CONFIG: &str = "[profile devProfile]\nregion = eu-west-1\naws_access_key_id = A\naws_secret_access_key = S\n\
                      [profile prodProfile]\nrole_arn = arn:aws:iam::123456789012:role/Deploy\nsource_profile = \
                      devProfile\nregion = us-east-1\n[profile sso]\nsso_start_url = https://x\nsso_account_id = \
                      210987654321\nsso_role_name = Administrator\n[profile konto-ä]\nregion = eu-north-1\n";

fn home() -> Home {
    Home::new().config(CONFIG)
}

const PROTECTED: &str = "protected: [\"prod*\"]\n";

/// In tests of what is the same in every shell.
fn bash() -> &'static Shell {
    &SHELLS[0]
}

/// The list as it appears, on a terminal of 80 columns.
const OPENED: [&str; 8] = [
    "$ credenv use",
    "profile: (type to search, Enter to switch, Esc to cancel)  4 of 4",
    "> devProfile",
    "  prodProfile",
    "  sso",
    "  konto-ä",
    "  kind static, region eu-west-1, ~/.aws/config:1",
    "",
];

fn opened(screen: &Screen<'_>) {
    screen.line("credenv use");
    screen.shows(&OPENED[..7]);
}

fn what_is_typed_searches_arrows_move_and_enter_switches_the_shell(shell: &Shell) {
    let home = home();
    let Some(mut screen) = Screen::of(shell, &home, 80, 24) else { return };
    opened(&screen);
    assert_eq!(screen.cursor(), (9, 1));
    screen.text("pro");
    screen.shows(&[
        "$ credenv use",
        "profile: pro  2 of 4",
        "> prodProfile",
        "  devProfile",
        "",
        "",
        "  kind role, account 123456789012, role Deploy, region us-east-1,",
        "  ~/.aws/config:5",
    ]);
    assert_eq!(screen.cursor(), (12, 1));
    screen.keys(&["Down"]);
    screen.shows_line("> devProfile");
    screen.keys(&["Up", "C-n", "C-p", "BSpace", "C-w", "C-u", "End"]);
    screen.shows_line("> konto-ä");
    screen.keys(&["Home", "PageDown", "PageUp", "Down"]);
    screen.shows_line("> prodProfile");
    screen.keys(&["Enter"]);
    screen.shows(&["$ credenv use", "credenv: prodProfile (us-east-1)", "$"]);
    let env = screen.env();
    assert_eq!((env.get("AWS_PROFILE"), env.get("AWS_REGION")), (Some(&b"prodProfile"[..]), Some(&b"us-east-1"[..])));
    screen.line("credenv why AWS_PROFILE");
    screen.shows_line("  `credenv use prodProfile`, ~/.aws/config:5");
}
in_every_shell!(what_is_typed_searches_arrows_move_and_enter_switches_the_shell: bash zsh fish dash ksh mksh yash nu pwsh);

fn leaving_changes_nothing_and_gives_the_terminal_back(shell: &Shell) {
    let home = home();
    let Some(mut screen) = Screen::of(shell, &home, 80, 24) else { return };
    screen.run("credenv use sso");
    let (env, modes) = (screen.env(), screen.modes());
    for key in ["Escape", "C-c", "C-g", "C-d"] {
        let line = match shell.called {
            // What fails ends the line there.
            "nu" => "try { credenv use } catch {|e| print $'=($e.exit_code)' }",
            _ => shell.either("credenv use; echo \"=$?\"", "credenv use; echo \"=$status\""),
        };
        screen.line(line);
        screen.shows_line("> sso  active");
        screen.keys(&["Down"]);
        screen.shows_line("> devProfile");
        screen.keys(&[key]);
        screen.shows(&[&format!("$ {line}"), "=130", "$"]);
        assert_eq!(screen.cursor(), (2, 2), "{key}");
        screen.env().must_be(&env, key);
        assert_eq!(screen.modes(), modes, "{key}");
    }
}
in_every_shell!(leaving_changes_nothing_and_gives_the_terminal_back: bash zsh fish dash ksh mksh yash nu);

/// What is seen from the first line of the list on.
fn shows_list(screen: &Screen<'_>, expected: &[&str]) {
    screen.wait(&format!("{expected:#?}"), |lines| {
        let at = lines.iter().position(|line| line.starts_with("profile: "));
        at.is_some_and(|at| lines[at..] == *expected)
    });
}

#[test]
fn a_new_size_of_the_window_is_followed_at_once() {
    let home = home().file(".config/credenv/config.yml", PROTECTED);
    let Some(screen) = Screen::of(bash(), &home, 80, 24) else { return };
    screen.line("printf 'above %s\\n' 1 2 3; credenv use");
    screen.shows_line("  kind static");
    screen.text("prodP");
    screen.shows_line("> prodProfile");
    let narrow = [
        "profile: prodP  1 of 4",
        "> prodProfile  protected",
        "",
        "",
        "",
        "  kind role, account 123456789012,",
        "  role Deploy, region us-east-1,",
        "  ~/.aws/config:5",
    ];
    let wide = [
        "profile: prodP  1 of 4",
        "> prodProfile  protected",
        "",
        "",
        "",
        "  kind role, account 123456789012, role Deploy, region us-east-1, ~/.aws/config:5",
    ];
    for _ in 0..3 {
        screen.resize(40, 24);
        shows_list(&screen, &narrow);
        screen.resize(100, 24);
        shows_list(&screen, &wide);
        screen.resize(100, 5);
        shows_list(&screen, &[wide[0], wide[1], "", "", wide[5]]);
        screen.resize(100, 60);
        shows_list(&screen, &wide);
    }
    screen.resize(80, 24);
    screen.keys(&["Escape"]);
    screen.wait("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
    let lines = screen.lines();
    assert!(
        lines.iter().all(|line| line == "$" || line.starts_with("above ") || line.starts_with("$ printf")),
        "{lines:#?}"
    );
}

#[test]
fn at_the_bottom_of_the_window_room_is_made_and_left_clean() {
    let home = home();
    let Some(mut screen) = Screen::of(bash(), &home, 80, 9) else { return };
    screen.run("seq 20");
    screen.line("seq 7");
    screen.shows(&["$ seq 7", "1", "2", "3", "4", "5", "6", "7", "$"]);
    screen.line("credenv use");
    shows_list(&screen, &OPENED[1..7]);
    screen.keys(&["Down", "Enter"]);
    screen.wait("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
    let lines = screen.lines();
    assert_eq!(lines[lines.len() - 3..], ["$ credenv use", "credenv: prodProfile (us-east-1)", "$"]);
    assert_eq!(lines[0], "7", "the lines above moved up, and nothing else");
}

#[test]
fn ten_thousand_profiles_are_searched() {
    let config = (0..10_000)
        .map(|number| format!("[profile team-{number:05}]\nregion = r{number}\n"))
        .collect::<Vec<_>>()
        .concat();
    let home = Home::new().config(config);
    let Some(mut screen) = Screen::of(bash(), &home, 80, 24) else { return };
    screen.line("credenv use");
    screen.shows_line("  kind none, region r0, ~/.aws/config:1");
    screen.keys(&["End"]);
    screen.shows_line("> team-09999");
    screen.keys(&["PageUp"]);
    screen.shows_line("> team-09990");
    screen.text("t7");
    screen.shows_line("profile: t7  3439 of 10000");
    screen.keys(&["C-u"]);
    screen.text("tm 1777");
    screen.shows_line("  kind none, region r1777, ~/.aws/config:3555");
    screen.keys(&["Enter"]);
    screen.shows_line("credenv: team-01777 (r1777)");
    assert_eq!(screen.env().get("AWS_PROFILE"), Some(&b"team-01777"[..]));
}

fn hostile_names_are_shown_as_they_are_and_run_nothing(shell: &Shell) {
    let names =
        ["a$(touch X)`touch X`", "it's \"x\"; touch X", "-dash", "*", "b\\u{202e}c\u{202e}d", "-", "tab\\\\e[31m"];
    let quoted = |name: &str| name.replace('\\', "\\\\").replace('"', "\\\"");
    let config = names.iter().map(|name| format!("[profile \"{}\"]\n", quoted(name))).collect::<Vec<_>>().concat();
    let home = Home::new().config(config).directory("empty");
    let Some(mut screen) = Screen::of(shell, &home, 100, 24) else { return };
    screen.run("cd empty");
    for (down, name) in names.iter().enumerate() {
        home.write(".local/state/credenv/recent", "");
        screen.line("credenv use");
        screen.shows_line("  kind none");
        for _ in 0..down {
            screen.keys(&["Down"]);
        }
        let shown = name.replace('\u{202e}', "\\u{202e}");
        screen.shows_line(&format!("> {shown}"));
        screen.keys(&["Enter"]);
        screen.shows_line(&format!("credenv: {shown}"));
        screen.clear();
        let env = screen.env();
        let chosen = String::from_utf8_lossy(env.get("AWS_PROFILE").unwrap_or_default()).into_owned();
        assert_eq!(chosen, *name);
    }
    assert_eq!(home.names_in("empty"), [""; 0], "something in a name was executed");
}
in_every_shell!(hostile_names_are_shown_as_they_are_and_run_nothing: bash zsh fish nu pwsh);

fn a_protected_one_is_marked_in_words_and_asked_for(shell: &Shell) {
    let home = home().file(".config/credenv/config.yml", PROTECTED);
    let Some(mut screen) = Screen::of(shell, &home, 80, 24) else { return };
    let question = "credenv: `prodProfile` is protected: switch to it? [y/N]";
    for (answer, profile) in [("n", None), ("", None), ("y", Some(&b"prodProfile"[..]))] {
        opened_with(&screen, "  prodProfile  protected");
        screen.text("prod");
        screen.shows_line("> prodProfile  protected");
        screen.keys(&["Enter"]);
        screen.shows(&["$ credenv use", question]);
        screen.line(answer);
        screen.wait("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
        screen.clear();
        assert_eq!(screen.env().get("AWS_PROFILE"), profile, "{answer}");
    }
    // With the answer given before, there is no question.
    screen.run("credenv off");
    screen.line("credenv use --yes --region eu-north-1");
    screen.shows_line("> prodProfile  protected");
    screen.keys(&["Enter"]);
    screen.shows_line("credenv: prodProfile (eu-north-1)");
}
in_every_shell!(a_protected_one_is_marked_in_words_and_asked_for: bash zsh fish nu pwsh);

fn opened_with(screen: &Screen<'_>, line: &str) {
    screen.line("credenv use");
    screen.shows_line(line);
}

/// A key is taken when it is needed, and none before: what is typed behind Enter is for whoever asks next.
#[test]
fn what_is_typed_ahead_is_not_lost() {
    let home = home().file(".config/credenv/config.yml", PROTECTED);
    let Some(mut screen) = Screen::of(bash(), &home, 80, 24) else { return };
    screen.line("credenv use");
    screen.shows_line("> devProfile");
    screen.text("prodP\ry\r");
    screen.wait("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
    screen.clear();
    assert_eq!(screen.env().get("AWS_PROFILE"), Some(&b"prodProfile"[..]));
}

#[test]
fn what_is_pasted_searches_and_takes_nothing() {
    let home = home();
    let Some(screen) = Screen::of(bash(), &home, 80, 24) else { return };
    opened(&screen);
    screen.paste("prod\nrm -rf x\n");
    screen.shows_line("profile: prod rm -rf x ");
    screen.keys(&["C-u"]);
    screen.shows_line("> devProfile");
    screen.keys(&["Enter"]);
    screen.shows(&["$ credenv use", "credenv: devProfile (eu-west-1)", "$"]);
}

#[test]
fn those_used_by_hand_come_first() {
    let home = home();
    let Some(mut screen) = Screen::of(bash(), &home, 80, 24) else { return };
    screen.run("credenv use konto-ä");
    screen.run("credenv use sso");
    screen.run("credenv use nope");
    // Not by hand.
    screen.run("eval \"$(command credenv use prodProfile)\"");
    screen.run("credenv use devProfile 2>/dev/null");
    screen.run("credenv use -");
    let file = home.path(".local/state/credenv/recent");
    assert_eq!(home.read(&file), "konto-ä\nsso\nprodProfile\n".as_bytes());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(file.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    screen.line("credenv use");
    screen.shows(&[
        OPENED[0],
        OPENED[1],
        "> prodProfile  active",
        "  sso",
        "  konto-ä",
        "  devProfile",
        "  kind role, account 123456789012, role Deploy, region us-east-1,",
        "  ~/.aws/config:5",
    ]);
    screen.keys(&["End", "Enter"]);
    screen.shows_line("credenv: devProfile (eu-west-1)");
    assert_eq!(home.read(&file), "konto-ä\nsso\nprodProfile\ndevProfile\n".as_bytes());
    // It does not grow for ever.
    home.write(".local/state/credenv/recent", "konto-ä\n".repeat(4_000) + "gone\n" + &"sso\n".repeat(100));
    screen.clear();
    screen.run("credenv use prodProfile");
    assert_eq!(home.read(&file), "konto-ä\ngone\nsso\nprodProfile\n".as_bytes());
    assert_eq!(home.names_in(".local/state/credenv"), ["recent", "references"]);
}

#[test]
fn a_history_that_is_damaged_or_cannot_be_kept_is_none() {
    let home = home();
    let Some(mut screen) = Screen::of(bash(), &home, 80, 24) else { return };
    let path = ".local/state/credenv/recent";
    for make in [
        "printf '\\377\\0\\033[31m' >F",
        "head -c 100000 /dev/urandom >F",
        "mkdir F",
        "mkfifo F",
        "ln -s /nowhere/at/all F",
        "ln -s F F",
        "rm -r ../credenv; touch ../credenv",
    ] {
        let _ = std::fs::remove_dir_all(home.path(".local"));
        home.write(path, "");
        home.remove(path);
        screen.run(&format!("(cd ~/.local/state/credenv; {})", make.replace('F', "recent")));
        screen.run("credenv use sso");
        assert_eq!(screen.env().get("AWS_PROFILE"), Some(&b"sso"[..]), "{make}");
        screen.line("credenv use");
        screen.shows_line("profile: ");
        screen.text("konto");
        screen.shows_line("> konto-ä");
        screen.keys(&["Enter"]);
        screen.shows(&["$ credenv use", "credenv: konto-ä (eu-north-1)", "$"]);
        screen.clear();
        assert_eq!(screen.env().get("AWS_PROFILE"), Some("konto-ä".as_bytes()), "{make}");
    }
}

/// What is evaluated is what `use NAME` prints, to the byte, wherever stdin and stderr come from.
#[test]
fn stdout_holds_nothing_but_what_a_shell_evaluates() {
    let home = home();
    let Some(mut screen) = Screen::with(bash(), &home, 80, 24, "") else { return };
    home.credenv(["use", "sso", "--shell", "bash"]).any_stdout().check();
    let (named, _) = home.credenv(["use", "sso", "--shell", "bash"]).any_stdout().check();
    for line in ["credenv use >out", "credenv use >out </dev/null 2>/dev/null", "echo typed | credenv use 2>err >out"] {
        screen.line(line);
        screen.shows_line("> ");
        screen.text("sso");
        screen.shows_line("> sso");
        screen.keys(&["Enter"]);
        screen.wait("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
        screen.clear();
        assert_eq!(String::from_utf8(home.masked(&home.read("out"))).unwrap(), named, "{line}");
    }
    assert_eq!(home.read("err"), b"");
    screen.line("eval \"$(credenv use </dev/null)\" && echo \"$AWS_PROFILE\"");
    screen.shows_line("> sso");
    screen.keys(&["Enter"]);
    screen.shows_line("sso");
    assert_eq!(screen.env().get("AWS_PROFILE"), Some(&b"sso"[..]));
    screen.line("eval \"$(credenv use)\" && echo deployed");
    screen.shows_line("> sso  active");
    screen.keys(&["Escape"]);
    screen.shows(&["$ eval \"$(credenv use)\" && echo deployed", "$"]);
    screen.clear();
    screen.line("credenv use >out; echo \"=$?\"");
    screen.shows_line("> sso  active");
    screen.keys(&["C-c"]);
    screen.shows_line("=130");
    assert_eq!(home.read("out"), b"false;\n");
}

#[test]
fn the_state_is_that_of_a_name_that_was_typed() {
    let home = home().file("project/.credenv.yml", "profile: sso\n");
    let Some(mut screen) = Screen::of(bash(), &home, 80, 24) else { return };
    screen.run("cd project; credenv allow");
    screen.run("credenv use prodProfile --keep");
    let typed = screen.env();
    let Some(mut screen) = Screen::of(bash(), &home, 80, 24) else { return };
    screen.run("cd project");
    screen.line("credenv use --keep");
    screen.shows_line("  sso  active");
    screen.text("prod");
    screen.shows_line("> prodProfile");
    screen.keys(&["Enter"]);
    screen.shows_line("credenv: prodProfile");
    screen.clear();
    let own = |env: Env| env.but(&[("TMUX", None), ("HISTFILE", None)]);
    own(screen.env()).must_be(&own(typed), "picked and typed");
}

#[test]
fn without_colours_nothing_is_lost() {
    let home = home().file(".config/credenv/config.yml", PROTECTED);
    for (setting, coloured) in [("NO_COLOR=", true), ("NO_COLOR=1", false)] {
        let Some(screen) = Screen::with(bash(), &home, 80, 24, &format!("export {setting}")) else { return };
        screen.line("credenv use >/dev/null");
        screen.shows_line("  prodProfile  protected");
        let styled = screen.styled();
        assert_eq!(styled.contains("[33m"), coloured, "{setting}: {styled:?}");
        assert!((30..38).all(|code| coloured || !styled.contains(&format!("[{code}m"))), "{setting}: {styled:?}");
    }
}

/// A terminal that cannot move its cursor gets a list and a question.
#[test]
fn a_plain_terminal_shows_a_list_and_asks() {
    let home = home();
    let Some(screen) = Screen::with(bash(), &home, 160, 24, "export TERM=dumb") else { return };
    let list = ["$ eval \"$(credenv use)\"; echo \"$?:$AWS_PROFILE\"", "devProfile", "prodProfile", "sso", "konto-ä"];
    for (answer, words) in [
        ("sso", &["0:sso", "$"][..]),
        ("", &["1:sso", "$"]),
        (
            "ss",
            &[
                "credenv: no profile named `ss`",
                "  looked in ",
                "  looked for ",
                "  hint: did you mean `sso`?",
                "1:sso",
                "$",
            ],
        ),
    ] {
        screen.line("eval \"$(credenv use)\"; echo \"$?:$AWS_PROFILE\"");
        screen.shows_line("profile:");
        assert_eq!(screen.lines()[..5], list);
        screen.line(answer);
        screen.wait("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
        let shown = screen.lines();
        assert_eq!(shown[5], format!("profile: {answer}").trim_end());
        let shown = &shown[6..];
        assert!(
            shown.len() == words.len() && words.iter().zip(shown).all(|(start, line)| line.starts_with(start)),
            "{shown:#?}"
        );
        screen.text("\x0c");
        screen.line("command -p clear -T xterm");
        screen.shows(&["$"]);
    }
}

fn without_a_terminal_the_names_are_listed_and_nothing_is_evaluated(shell: &Shell) {
    if is_missing("setsid") {
        return;
    }
    let words = "credenv: no profile was given, and there is no terminal to pick one on\n  devProfile\n  prodProfile\n  sso\n  \
                 konto-ä\n  hint: `credenv use PROFILE` switches to one\n";
    let home = home();
    home.run("setsid", ["--wait", "credenv", "use", "--shell", shell.called])
        .stdout(shell.dialect().failing_statement())
        .stderr(words)
        .code(2)
        .check();
    let told = Story::new(shell, &home)
        .started_as(&[&["setsid", "--wait"], shell.command].concat())
        .init()
        .dump("first")
        .say("credenv use")
        .status("use")
        .eval_in_form_and(1, "use", "echo deployed")
        .dump("last")
        .stderr(&[words, words].concat())
        .play();
    assert_eq!(told.status("use"), 2);
    told.env("last").must_be(&told.env("first"), "after a `use` that chose nothing");
}
in_every_shell!(without_a_terminal_the_names_are_listed_and_nothing_is_evaluated);

#[test]
fn many_names_are_not_all_listed_and_none_is_an_error_of_its_own() {
    if is_missing("setsid") {
        return;
    }
    let config = (0..43).map(|number| format!("[profile p{number}]\n")).collect::<Vec<_>>().concat();
    let names = (0..40).map(|number| format!("  p{number}\n")).collect::<Vec<_>>().concat();
    let home = Home::new().config(config);
    let alone = |home: &Home, code, words: &str| {
        home.run("setsid", ["--wait", "credenv", "use", "--shell", "sh"])
            .stdout("false;\n")
            .stderr(words)
            .code(code)
            .check();
    };
    let words = format!(
        "credenv: no profile was given, and there is no terminal to pick one on\n{names}  and 3 more: `credenv list` shows \
         all\n  hint: `credenv use PROFILE` switches to one\n"
    );
    alone(&home, 2, &words);
    alone(
        &Home::new(),
        1,
        "credenv: there are no profiles to choose from\n  looked for [HOME]/.aws/config, which does not exist\n  looked for \
         [HOME]/.aws/credentials, which does not exist\n  hint: `credenv configure PROFILE` creates the first one\n",
    );
}

/// The process ends with its terminal, even where nobody tells it.
#[test]
fn it_ends_when_the_window_is_closed() {
    let home = home();
    let Some(screen) = Screen::with(bash(), &home, 80, 24, "") else { return };
    screen.line("sh -c 'trap \"\" HUP; (credenv use >out; echo \"$?\" >left; mv left status)'");
    screen.shows_line("> devProfile");
    screen.close();
    home.wait_for("status");
    assert_eq!((home.read("out"), home.read("status")), (b"false;\n".to_vec(), b"130\n".to_vec()));
}

/// A bug of ours ends the process at once; the terminal is given back all the same.
#[test]
fn a_panic_gives_the_terminal_back() {
    let home = home();
    let Some(mut screen) = Screen::with(bash(), &home, 100, 24, "") else { return };
    let modes = screen.modes();
    let itself = quoted(own_path().to_str().unwrap());
    screen.line(&format!("X={itself}; clear"));
    screen.shows(&["$"]);
    screen.line("$X --quiet --ignored --exact picker::panics_while_the_terminal_is_taken >out; echo \"=$?\"");
    screen.shows_line("=3");
    let lines = screen.lines();
    assert!(lines[1].starts_with("given back credenv: this is a bug in credenv at tests/it/picker.rs:"), "{lines:#?}");
    assert!(lines[1].ends_with(": on purpose"), "{lines:#?}");
    assert!(String::from_utf8(home.read("out")).unwrap().ends_with("false;\n"));
    screen.clear();
    assert_eq!(screen.modes(), modes);
}

#[test]
#[ignore = "the test above starts it"]
fn panics_while_the_terminal_is_taken() {
    credenv::system::report_bugs_and_fail();
    let terminal = credenv::system::System::capture().take_terminal("given back ");
    assert!(terminal.is_none(), "on purpose");
}

fn told_to_end_it_gives_the_terminal_back(shell: &Shell) {
    let home = home();
    let Some(mut screen) = Screen::of(shell, &home, 80, 24) else { return };
    let modes = screen.modes();
    for signal in ["TERM", "HUP", "INT", "QUIT"] {
        screen.line("sh -c 'echo $$ >pid; exec credenv use --shell sh'");
        screen.shows_line("> devProfile");
        let pid = String::from_utf8(home.read("pid")).unwrap();
        home.run("sh", ["-c", "kill -$2 $1", "sh", pid.trim(), signal]).check();
        screen.shows(&["$ sh -c 'echo $$ >pid; exec credenv use --shell sh'", "false;", "$"]);
        screen.clear();
        assert_eq!(screen.modes(), modes);
    }
}
in_every_shell!(told_to_end_it_gives_the_terminal_back: bash zsh fish dash ksh mksh yash nu pwsh);

/// Once the list is gone, Ctrl-C ends the process as ever.
#[test]
fn the_question_can_be_broken_off() {
    let home = home().file(".config/credenv/config.yml", PROTECTED);
    let Some(mut screen) = Screen::with(bash(), &home, 80, 24, "") else { return };
    screen.line("credenv use; echo \"=$?\"");
    screen.shows_line("> devProfile");
    screen.keys(&["Down", "Enter"]);
    screen.shows_line("credenv: `prodProfile` is protected: switch to it? [y/N]");
    screen.keys(&["C-c"]);
    screen.shows_line("$");
    screen.clear();
    assert_eq!(screen.env().get("AWS_PROFILE"), None);
}
