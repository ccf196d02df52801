//! `CREDENV_PROMPT`, by which a prompt tells who is there, and the lines that show it.

use super::{CONFIG, DEV, TO_DEV, TO_NONE, allow, allowed, home, start};
use crate::support::{Ability, Home, Prompt, Session, Shell, quoted};

const SETTINGS: &str = ".config/credenv/config.yml";

#[track_caller]
fn tells(prompt: &mut Prompt<'_>, expected: &str) {
    let told = prompt.variable("CREDENV_PROMPT");
    assert_eq!(told.as_deref(), (expected != "-").then_some(expected), "{}", prompt.shell.name);
}

/// Exports a variable by hand, and looks.
/// The next prompt. elvish notices who somebody is at any, though it looks around only on `cd`.
fn notice(prompt: &mut Prompt<'_>) -> String {
    if prompt.shell.called == "elvish" { prompt.line("") } else { prompt.look() }
}

fn export(prompt: &mut Prompt<'_>, name: &str, value: &str) {
    prompt.line(format!("export {name}={}", quoted(value)));
    assert_eq!(notice(prompt), "");
}

fn unset(prompt: &mut Prompt<'_>, name: &str) {
    prompt.line(format!("unset {name}"));
    assert_eq!(notice(prompt), "");
}

fn it_follows_what_is_chosen_and_the_projects(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    tells(&mut prompt, "-");
    prompt.line("credenv use prodProfile");
    tells(&mut prompt, "prodProfile us-east-1");
    assert_eq!(prompt.line("cd project"), TO_DEV);
    tells(&mut prompt, "devProfile eu-west-1");
    prompt.line("credenv use bare --region sa-east-1");
    tells(&mut prompt, "bare sa-east-1");
    prompt.line("cd ..");
    tells(&mut prompt, "prodProfile us-east-1");
    prompt.line_and_look("credenv off");
    tells(&mut prompt, "-");
    assert_eq!(prompt.line("cd project"), TO_DEV);
    tells(&mut prompt, "devProfile eu-west-1");
    prompt.line_and_look("credenv off");
    tells(&mut prompt, "-");
    prompt.line_and_look("credenv auto");
    tells(&mut prompt, "devProfile eu-west-1");
    assert_eq!(prompt.line("cd .."), TO_NONE);
    tells(&mut prompt, "-");
}
at_every_prompt!(it_follows_what_is_chosen_and_the_projects);

fn it_follows_what_is_exported_by_hand_and_changes_nothing_of_it(shell: &Shell) {
    if !shell.can(Ability::Noticing) {
        return;
    }
    let home = home();
    for (directory, before, plain) in [("", "-", "-"), ("project", "devProfile eu-west-1", "x eu-west-1")] {
        let Some(mut prompt) = Session::of(shell, &home).inside(directory).start() else { return };
        tells(&mut prompt, before);
        export(&mut prompt, "AWS_PROFILE", "x");
        tells(&mut prompt, if plain == "-" { "x" } else { plain });
        assert_eq!(prompt.profile().as_deref(), Some("x"));
        export(&mut prompt, "AWS_REGION", "r");
        tells(&mut prompt, "x r");
        export(&mut prompt, "AWS_ACCESS_KEY_ID", "AKIAMARKED");
        tells(&mut prompt, "x r");
        export(&mut prompt, "AWS_SECRET_ACCESS_KEY", "marked-secret");
        tells(&mut prompt, "(keys) or x r");
        assert_eq!(prompt.variable("AWS_ACCESS_KEY_ID").as_deref(), Some("AKIAMARKED"), "it is theirs");
        unset(&mut prompt, "AWS_PROFILE");
        tells(&mut prompt, "(keys) r");
        unset(&mut prompt, "AWS_SECRET_ACCESS_KEY");
        tells(&mut prompt, "-");
        export(&mut prompt, "AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/Deploy");
        export(&mut prompt, "AWS_WEB_IDENTITY_TOKEN_FILE", "/token");
        tells(&mut prompt, "(web identity) 123456789012/Deploy r");
        export(&mut prompt, "AWS_DEFAULT_PROFILE", "old");
        tells(&mut prompt, "(web identity) 123456789012/Deploy or old r");
    }
}
at_every_prompt!(it_follows_what_is_exported_by_hand_and_changes_nothing_of_it);

fn what_is_protected_says_so(shell: &Shell) {
    if !shell.can(Ability::Noticing) {
        return;
    }
    let home = home().file(SETTINGS, "protected: ['*prod*']\n");
    allowed(&home, "other/.credenv.yml", "profile: devProfile\nstages:\n  live: { profile: bare, protected: true }\n");
    let Some(mut prompt) = start(shell, &home) else { return };
    prompt.line("credenv use prodProfile --yes");
    tells(&mut prompt, "prodProfile (protected) us-east-1");
    prompt.line("credenv use devProfile");
    tells(&mut prompt, "devProfile eu-west-1");
    export(&mut prompt, "AWS_PROFILE", "prodProfile");
    tells(&mut prompt, "prodProfile (protected) eu-west-1");
    home.write(SETTINGS, "protected: [devProfile]\n");
    prompt.look();
    tells(&mut prompt, "prodProfile eu-west-1");
    home.write(SETTINGS, "protected: [\n");
    prompt.look();
    tells(&mut prompt, "prodProfile (protected?) eu-west-1");
    home.remove(SETTINGS);
    prompt.line_and_look("credenv off");
    prompt.line("unset AWS_PROFILE AWS_REGION");
    prompt.line("cd other");
    prompt.line("credenv use --stage live --yes");
    tells(&mut prompt, "bare (protected)");
    export(&mut prompt, "AWS_REGION", "r");
    tells(&mut prompt, "bare (protected) r");
}
at_every_prompt!(what_is_protected_says_so);

fn keys_in_place_of_a_name_are_told_with_it_and_leave_no_secret(shell: &Shell) {
    if !shell.can(Ability::Noticing) {
        return;
    }
    let home = home().credentials("[prodProfile]\naws_access_key_id = AKIAMARKED\naws_secret_access_key = marked\n");
    let Some(mut prompt) = Session::of(shell, &home).env("AWS_PROFILE", "mine").start() else { return };
    tells(&mut prompt, "mine");
    prompt.line("credenv use prodProfile --creds");
    tells(&mut prompt, "prodProfile (keys) us-east-1");
    let noted = match shell.called {
        "nu" => "print ($env.__credenv.seen | to json --raw)",
        "xonsh" => "print(__credenv.seen)",
        "powershell" => "$__credenv_seen",
        // Nothing of it can be seen from outside.
        "elvish" => "",
        "tcsh" => "set | grep __credenv; alias __credenv_check",
        _ => "echo \"$__credenv_seen\"",
    };
    if !noted.is_empty() {
        let seen = prompt.own(noted);
        assert!(seen.contains("us-east-1") && !seen.contains("arked"), "{}: {seen}", shell.name);
    }
    prompt.line("credenv use bare");
    tells(&mut prompt, "bare");
    prompt.line_and_look("credenv off");
    tells(&mut prompt, "mine");
    unset(&mut prompt, "AWS_PROFILE");
    tells(&mut prompt, "-");
}
at_every_prompt!(keys_in_place_of_a_name_are_told_with_it_and_leave_no_secret);

/// A variable that no program sees counts for nothing, and does not have us look again and again.
fn what_is_not_exported_counts_for_nothing(shell: &Shell) {
    if !shell.can(Ability::Noticing) || !shell.can(Ability::Unexported) {
        return;
    }
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).traced().start() else { return };
    prompt.line("AWS_PROFILE=x; AWS_REGION=r");
    prompt.look();
    tells(&mut prompt, "-");
    let before = prompt.processes();
    (0..5).for_each(|_| assert_eq!(prompt.line(""), ""));
    assert_eq!(prompt.processes() - before, 0);
    prompt.line("credenv use prodProfile");
    tells(&mut prompt, "prodProfile us-east-1");
    prompt.line_and_look("credenv off");
    tells(&mut prompt, "-");
    export(&mut prompt, "AWS_PROFILE", "y");
    tells(&mut prompt, "y");
}
at_every_prompt!(what_is_not_exported_counts_for_nothing);

fn a_change_by_hand_costs_one_process_and_then_none(shell: &Shell) {
    if !shell.can(Ability::Noticing) {
        return;
    }
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).inside("project").traced().start() else { return };
    prompt.rest();
    let before = prompt.processes();
    export(&mut prompt, "AWS_PROFILE", "x");
    (0..5).for_each(|_| assert_eq!(prompt.line(""), ""));
    assert_eq!(prompt.processes() - before, 1);
    home.write("project/.credenv.yml", format!("# the same\n{DEV}"));
    let before = prompt.processes();
    export(&mut prompt, "AWS_PROFILE", "y");
    if shell.can(Ability::FractionsOfSeconds) {
        (0..5).for_each(|_| assert_eq!(prompt.line(""), ""));
        assert!(prompt.processes() - before <= 2, "both are seen");
    }
    tells(&mut prompt, "y eu-west-1");
    assert_eq!(prompt.profile().as_deref(), Some("y"), "it is theirs");
}
at_every_prompt!(a_change_by_hand_costs_one_process_and_then_none);

fn a_shell_that_inherited_another_s_tells_its_own(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).env("CREDENV_PROMPT", "stale").start() else { return };
    tells(&mut prompt, "-");
    prompt.line("credenv use prodProfile");
    let inherited = prompt.env();
    let Some(mut child) = Session::of(shell, &home).inheriting(&inherited).inside("project").start() else { return };
    tells(&mut child, "devProfile eu-west-1");
    let Some(mut child) = Session::of(shell, &home).inheriting(&inherited).env("AWS_PROFILE", "bare").start() else {
        return;
    };
    tells(&mut child, "prodProfile us-east-1");
    child.line_and_look("credenv off");
    tells(&mut child, "bare");
}
at_every_prompt!(a_shell_that_inherited_another_s_tells_its_own);

/// Keys that were set aside in another shell do not come back in this one, and are not told to be there.
fn keys_that_do_not_come_back_are_not_told(shell: &Shell) {
    if !shell.can(Ability::Noticing) {
        return;
    }
    let home = home();
    let session = Session::of(shell, &home).env("AWS_ACCESS_KEY_ID", "A").env("AWS_SECRET_ACCESS_KEY", "S");
    let Some(mut prompt) = session.start() else { return };
    tells(&mut prompt, "(keys)");
    prompt.line("credenv use prodProfile");
    let inherited = prompt.env();
    let Some(mut child) = Session::of(shell, &home).inheriting(&inherited).start() else { return };
    let shown = child.line_and_look("credenv off");
    assert!(shown.contains("was set aside in another shell"), "{shown}");
    tells(&mut child, "-");
    prompt.line_and_look("credenv off");
    tells(&mut prompt, "(keys)");
}
at_every_prompt!(keys_that_do_not_come_back_are_not_told);

/// The line of docs/prompt.md for that shell.
fn documented(shell: &Shell) -> String {
    let text = String::from_utf8(crate::support::source("docs/prompt.md")).unwrap();
    let name = match shell.name {
        "ksh" => "ksh93",
        "bash_posix" => "bash",
        "busybox_ash" => "busybox ash",
        "pwsh" => "PowerShell",
        name => name,
    };
    let is_of = |row: &&str| row.split('|').nth(1).is_some_and(|names| names.split(',').any(|one| one.trim() == name));
    let section = text.split("\n## ").find(|section| section.starts_with("The shell's own prompt")).unwrap();
    let row = section.lines().find(is_of).unwrap_or_else(|| panic!("docs/prompt.md has no line for {name}"));
    row.split('`').nth(1).unwrap().to_owned()
}

/// A shell whose prompt was set as docs/prompt.md tells.
fn start_showing<'h>(shell: &'h Shell, home: &'h Home) -> Option<Prompt<'h>> {
    let line = documented(shell);
    let session = Session::of(shell, home).inside("empty");
    if shell.called == "powershell" {
        let theirs = format!("{line}; $theirs = $function:prompt; function prompt {{ \"$(& $theirs)[prompt]\" }}");
        return session.before(&theirs).start();
    }
    if matches!(shell.called, "bash" | "zsh" | "fish") {
        let mut prompt = session.start()?;
        prompt.own(&line);
        if !shell.can(Ability::PosixWords) {
            // On this terminal fish draws nothing at the right.
            prompt.own("functions -c fish_prompt test_prompt");
            prompt.own("function fish_prompt; fish_right_prompt; test_prompt; end");
        }
        return Some(prompt);
    }
    session.before(&line).start()
}

const HOSTILE: &[&str] = &[
    "devProfile",
    "a$(touch X)",
    "`touch X`",
    "${x:=$(touch X)}",
    "a%b",
    "%F{red}%n",
    "\\u\\[\\e]0;x\\a",
    "!x!!",
    "it's \"q\"",
    "\u{1b}[31mred\u{7}\nline",
    "<(touch X)",
    "{a,b}*?[c]~",
    "#c;touch X",
    "日本 ä",
    "-n",
];

/// What stands for the name in a prompt.
fn harmless(name: &str) -> String {
    name.chars().map(|char| if "$`\\!".contains(char) || char.is_control() { '?' } else { char }).collect()
}

/// Exports a profile of that name, and looks.
fn call(prompt: &mut Prompt<'_>, name: &str) -> String {
    if name.contains('\n') {
        // A terminal would obey what is typed.
        let made = "printf '\\033[31mred\\007\\nline'";
        let posix = format!("export AWS_PROFILE=\"$({made})\"");
        let plain = match prompt.shell.called {
            "powershell" => "$env:AWS_PROFILE = -join([char]27, '[31mred', [char]7, [char]10, 'line')".to_owned(),
            _ => format!("set -gx AWS_PROFILE ({made} | string collect)"),
        };
        prompt.own(prompt.shell.either(&posix, &plain));
    } else {
        prompt.line(format!("export AWS_PROFILE={}", quoted(name)));
    }
    prompt.look()
}

fn what_the_prompt_shows_is_text_whatever_a_profile_is_called(shell: &Shell) {
    let home = Home::new().config(CONFIG).directory("empty");
    let Some(mut prompt) = start_showing(shell, &home) else { return };
    for name in HOSTILE {
        let shown = call(&mut prompt, name);
        assert!(shown.contains(&format!("({})", harmless(name))), "{}: {name:?}: {shown:?}", shell.name);
    }
    assert_eq!(home.names_in("empty"), [""; 0], "{}: something was run", shell.name);
}
in_every_shell!(
    what_the_prompt_shows_is_text_whatever_a_profile_is_called:
    bash bash_posix zsh fish dash busybox_ash ksh mksh yash
    pwsh
);

/// A prompt that somebody put together in a hurry looks at what the variable holds once more.
fn even_a_careless_prompt_runs_nothing(shell: &Shell) {
    if !shell.can(Ability::PosixWords) {
        return;
    }
    let home = Home::new().config(CONFIG).directory("empty");
    let Some(mut prompt) = Session::of(shell, &home).inside("empty").start() else { return };
    if shell.called == "zsh" {
        prompt.own("setopt prompt_subst prompt_bang");
    }
    // Two look for more in it, which runs nothing either.
    let reads = match shell.called {
        "zsh" => "%",
        "ksh" => "'",
        _ => "\0",
    };
    for name in HOSTILE.iter().filter(|name| !name.contains(reads)) {
        call(&mut prompt, name);
        let shown = prompt.own(r#"PS1="${PS1%%[[<]*}<$CREDENV_PROMPT>[prompt]""#);
        assert!(shown.contains(&format!("<{}>", harmless(name))), "{}: {name:?}: {shown:?}", shell.name);
        prompt.look();
    }
    assert_eq!(home.names_in("empty"), [""; 0], "{}: something was run", shell.name);
}
in_every_shell!(
    even_a_careless_prompt_runs_nothing: bash bash_posix zsh dash busybox_ash ksh mksh yash
);

fn a_binary_that_fails_is_asked_once_for_each_change(shell: &Shell) {
    if !shell.can(Ability::Noticing) {
        return;
    }
    let home = home();
    home.link_binary("bin");
    let line = shell.load_from(&home, home.path("bin/credenv").to_str().unwrap());
    let Some(mut prompt) = Session::of(shell, &home).loaded_by(&line).start() else { return };
    home.replace_by_script("bin/credenv", "echo asked >>~/asked; echo \"CREDENV_PROMPT='half\"; exit 1");
    for (value, times) in [("x", 1), ("y", 2)] {
        export(&mut prompt, "AWS_PROFILE", value);
        (0..3).for_each(|_| assert_eq!(notice(&mut prompt), ""));
        assert_eq!(home.read("asked"), "asked\n".repeat(times).as_bytes());
        tells(&mut prompt, "-");
    }
    home.remove("bin/credenv");
    export(&mut prompt, "AWS_PROFILE", "z");
    assert_eq!(prompt.profile().as_deref(), Some("z"));
}
at_every_prompt!(a_binary_that_fails_is_asked_once_for_each_change);

/// The block of that language in docs/prompt.md.
fn block(language: &str) -> String {
    let text = String::from_utf8(crate::support::source("docs/prompt.md")).unwrap();
    let start = text.split(&format!("```{language}\n")).nth(1);
    start.and_then(|rest| rest.split("```").next()).unwrap_or_else(|| panic!("no {language} block")).to_owned()
}

/// The rest of what starship shows, and how the tests know its prompt.
const STARSHIP: &str = "add_newline = false\n[line_break]\ndisabled = true\n";

fn starship_shows_it(shell: &Shell) {
    if crate::support::is_missing("starship") {
        return;
    }
    let character = if shell.can(Ability::PosixWords) { "[character]\nformat = '\\[prompt\\]'\n" } else { "" };
    let home = home().file(".config/starship.toml", [STARSHIP, &block("toml"), character].concat());
    let init =
        shell.either("eval \"$(starship init NAME)\"", "starship init NAME | source").replace("NAME", shell.called);
    for above in [true, false] {
        let session = Session::of(shell, &home).env("TERM", "xterm");
        let session = if above { session.before(&init) } else { session.after(&init) };
        let Some(mut prompt) = session.start() else { return };
        if shell.called == "zsh" {
            // It sets its prompt once, and the tests set theirs last.
            prompt.own(&init);
        } else if shell.called == "fish" {
            prompt.own(&format!(
                "{init}; functions -c fish_prompt test_starship; function fish_prompt; test_starship; \
                 set -g test_number (math $test_number + 1); builtin printf '[prompt %d]' $test_number; end"
            ));
        }
        let shown = prompt.line("cd project");
        assert!(shown.contains("devProfile eu-west-1 "), "{}: {shown:?}", shell.name);
        let shown = prompt.line("export AWS_PROFILE='a$(touch X)%n'");
        assert!(shown.contains("a?(touch X)%n eu-west-1 "), "{}: {shown:?}", shell.name);
        let shown = prompt.line("cd ..");
        assert!(!shown.contains("eu-west-1 "), "{}: {shown:?}", shell.name);
    }
    assert_eq!(home.names_in("project"), [".credenv.yml", "below"], "{}: something was run", shell.name);
}
in_every_shell!(starship_shows_it: bash zsh fish);

#[test]
fn exec_hands_on_what_holds_for_its_command() {
    let printed = |home: &Home, arguments: &[&str], stdout: &str| {
        let command = ["--", "sh", "-c", "echo \"${CREDENV_PROMPT-none}\""];
        home.credenv([&["exec"], arguments, &command[..]].concat()).stdout(stdout).any_stderr().check();
    };
    let without = home();
    printed(&without, &["prodProfile"], "none\n");
    let with = home().env("CREDENV_PROMPT", "of the shell");
    printed(&with, &["prodProfile", "--region", "r"], "prodProfile r\n");
    with.write(".credenv.yml", "region: r\n");
    allow(&with, ".credenv.yml");
    printed(&with, &[], "none\n");
}

/// Where no integration is loaded, nothing would keep it current.
#[test]
fn a_bare_use_and_off_leave_it_alone() {
    let home = home();
    let (used, _) = home.credenv(["use", "prodProfile", "--shell", "bash"]).any_stdout().check();
    assert!(!used.contains("CREDENV_PROMPT"), "{used}");
    let (off, _) = home.credenv(["off", "--shell", "bash"]).any_stdout().any_stderr().check();
    assert!(!off.contains("CREDENV_PROMPT"), "{off}");
}
