//! What PowerShell alone has: preferences that make cmdlets ask and tell, modes in which little is allowed, words that it
//! expands for programs, a list of all errors, and completion that a script can ask for.

use crate::support::{Home, Session, Shell, Story, source};

const CONFIG: &str = "[profile dev]\nregion = eu-west-1\n[profile prod]\n[profile \"it's\"]\n[profile \"a b\"]\n";

fn home() -> Home {
    Home::new().config(CONFIG).directory("empty")
}

/// A stale key that stays because the person is asked first, or because nothing is to be done for real, would win over the
/// profile.
fn a_switch_neither_asks_nor_tells_nor_only_pretends(shell: &Shell) {
    for preference in ["$WhatIfPreference = $true", "$ConfirmPreference = 'Low'", "$VerbosePreference = 'Continue'"] {
        for integration in [true, false] {
            let home = home().env("AWS_SECRET_ACCESS_KEY", "stale").env("AWS_SESSION_TOKEN", "stale");
            let story = Story::new(shell, &home).own(preference);
            let story = if integration { story.init() } else { story };
            let told = story
                .own(if integration { "credenv use dev" } else { "credenv use dev | Out-String | Invoke-Expression" })
                .dump("dev")
                .own(if integration { "credenv off" } else { "credenv off | Out-String | Invoke-Expression" })
                .dump("last")
                .play();
            assert_eq!(told.env("dev").get("AWS_PROFILE"), Some(&b"dev"[..]), "{preference}");
            assert_eq!(told.env("dev").get("AWS_SECRET_ACCESS_KEY"), None, "{preference}");
            assert_eq!(told.env("last").get("AWS_SESSION_TOKEN"), Some(&b"stale"[..]), "{preference}");
        }
    }
}
in_every_shell!(a_switch_neither_asks_nor_tells_nor_only_pretends: pwsh);

/// Since 7.3, a person may have each program that fails count as an error.
fn a_failing_use_is_an_error_for_whoever_has_programs_count_as_one(shell: &Shell) {
    let play = |preference: &str, reached: &str, code: i32| {
        let home = home();
        Story::new(shell, &home)
            .init()
            .own(&format!("$PSNativeCommandUseErrorActionPreference = {preference}; $ErrorActionPreference = 'Stop'"))
            .own("try { credenv use nope } catch { \"stopped: $_\"; exit 3 }")
            .own("'reached'")
            .stdout(reached)
            .stderr(&no_such("nope"))
            .code(code)
            .play();
    };
    play("$true", "stopped: credenv ended with status 1\n", 3);
    play("$false", "reached\n", 0);
}
in_every_shell!(a_failing_use_is_an_error_for_whoever_has_programs_count_as_one: pwsh);

/// There, nothing of .NET can be called: not even whether a file is there can be asked.
fn where_little_is_allowed_it_says_once_that_it_is_not_loaded(shell: &Shell) {
    let home = home();
    Story::new(shell, &home)
        .own("$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'")
        .init()
        .own("\"$($error.Count) $(Test-Path Function:credenv)\"")
        .own("credenv use dev --shell powershell | Out-String | Invoke-Expression")
        .own("$env:AWS_PROFILE")
        .stdout("WARNING: credenv is not loaded: in this mode, PowerShell may not look at files\n0 False\ndev\n")
        .play();
}
in_every_shell!(where_little_is_allowed_it_says_once_that_it_is_not_loaded: pwsh);

/// Of what is handed to a program, PowerShell expands `*` and `~`, and it cannot tell whether they were quoted once.
fn words_arrive_as_they_were_typed(shell: &Shell) {
    let home = home().file("empty/one file", "");
    Story::new(shell, &home)
        .inside("empty")
        .init()
        .own("credenv exec dev -- printf '<%s>' '*' * ~ '~/x' '' 'a b' 'it''s' '$(x)' 'end\\' '\u{2019}\u{2019}'")
        .own("$list = '*', 'c d'; credenv exec dev -- printf '<%s>' @list; 'in' | credenv exec dev -- cat - ")
        .own("credenv use 'it''s'; $env:AWS_PROFILE; credenv use 'a b'; $env:AWS_PROFILE; credenv use '*'; credenv use 'x\"y\\'")
        .stdout("<*><*><~><~/x><><a b><it's><$(x)><end\\><\u{2019}><*><c d>in\nit's\na b\n")
        .stderr(&["*", "x\"y\\"].map(no_such).concat())
        .play();
}
in_every_shell!(words_arrive_as_they_were_typed: pwsh);

fn no_such(name: &str) -> String {
    format!(
        "credenv: no profile named `{name}`\n  looked in [HOME]/.aws/config\n  looked for [HOME]/.aws/credentials, which \
         does not exist\n  hint: `credenv list` shows your profiles\n"
    )
}

/// Whoever looks there wants to find their own.
fn it_leaves_nothing_in_the_list_of_errors(shell: &Shell) {
    let home = home();
    home.write("project/.credenv.yml", "profile: dev\n");
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    prompt.own("$error.Clear()");
    prompt.line("cd project");
    prompt.line("credenv allow");
    prompt.line("cd ..");
    prompt.line("credenv use prod");
    prompt.line("credenv list >/dev/null");
    prompt.line("");
    assert_eq!(prompt.own("\"$($error.Count) $error\""), "0 \n");
}
in_every_shell!(it_leaves_nothing_in_the_list_of_errors: pwsh);

/// What Tab would offer.
fn what_tab_offers_is_what_credenv_offers(shell: &Shell) {
    let home = home().file("empty/one file", "");
    let ask = |line: &str| {
        format!(
            "(TabExpansion2 -inputScript {line}).CompletionMatches | ForEach-Object {{ \"<$($_.CompletionText)>\" }}"
        )
    };
    Story::new(shell, &home)
        .inside("empty")
        .init()
        .own(&ask("'credenv use p'"))
        .own(&ask("'credenv use '"))
        .own(&ask("'credenv use ''a '"))
        .own(&ask("'credenv pr'"))
        .stdout("<prod>\n<dev>\n<prod>\n<'it''s'>\n<'a b'>\n<'a b'>\n<project>\n")
        .play();
}
in_every_shell!(what_tab_offers_is_what_credenv_offers: pwsh);

/// The block of the README, and the try that a forge has its own PowerShell make.
fn what_the_readme_says_and_the_try_on_windows_hold(shell: &Shell) {
    let readme = String::from_utf8(source("README.md")).unwrap();
    let block = readme.split("```powershell\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let home = Home::new().config("[profile prodProfile]\nregion = us-east-1\n");
    let story = Story::new(shell, &home).own(block.trim_end()).own("$env:AWS_PROFILE, $env:AWS_REGION");
    story.stdout("prodProfile\nus-east-1\n").play();

    let tries = String::from_utf8(source("tests/windows/try.ps1")).unwrap();
    home.write("try.ps1", &tries);
    let (stdout, _) = home.run("pwsh", ["-NoProfile", "-File", "try.ps1"]).any_stdout().any_stderr().check();
    let held: Vec<_> = stdout.lines().filter(|line| line.starts_with("ok: ")).collect();
    let wanted = tries.lines().map(str::trim_start).filter(|line| line.starts_with("Must ")).count();
    assert_eq!(held.len(), wanted, "{stdout}");
}
in_every_shell!(what_the_readme_says_and_the_try_on_windows_hold: pwsh);
