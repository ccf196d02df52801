//! The hook tells once when the identity in force is about to end, and costs nothing until then.

use std::time::{Duration, Instant};

use super::allowed;
use crate::support::{Ability, Home, Prompt, Session, Shell, in_seconds};

const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
[profile corp-dev]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
region = eu-west-1
[profile other]
region = us-east-1
";

const TO_CORP: &str = "credenv: corp-dev (eu-west-1) ← .credenv.yml:1\n";
const TO_NONE: &str = "credenv: back to no profile\n";
const RENEW: &str = "`aws sso login --sso-session corp` renews it\n";

fn over(seen: &str) -> String {
    format!("credenv: the SSO session `corp` expired {seen}: {RENEW}")
}

fn near(seen: &str) -> String {
    format!("credenv: the SSO session `corp` expires {seen}: {RENEW}")
}

fn home() -> Home {
    let home = Home::new().config(CONFIG).directory("project/below");
    allowed(&home, "project/.credenv.yml", "profile: corp-dev\n");
    allowed(&home, "other/.credenv.yml", "profile: other\n");
    home
}

fn ends_in(home: &Home, seconds: i64) {
    home.sso_token("corp", &in_seconds(seconds), "");
}

/// Whether the shell has a clock of its own.
fn counts(shell: &Shell) -> bool {
    shell.dialect().counts_seconds()
}

/// Looks at prompts until one shows something.
fn wait(prompt: &mut Prompt<'_>) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let shown = prompt.look();
        if !shown.is_empty() || Instant::now() > until {
            return shown;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn a_switch_to_what_is_over_tells_each_time_how_to_renew_it(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    ends_in(&home, -7_230);
    assert_eq!(prompt.line("cd project"), [TO_CORP, &over("2 h ago")].concat());
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.line("cd below"), "");
    assert_eq!(prompt.profile().as_deref(), Some("corp-dev"));
    assert_eq!(prompt.line("cd ../.."), TO_NONE);
    assert_eq!(prompt.line("cd project"), [TO_CORP, &over("2 h ago")].concat());
    home.write(".config/credenv/config.yml", "quiet: true\n");
    assert_eq!(prompt.line("cd .."), "");
    assert_eq!(prompt.line("cd project"), over("2 h ago"), "`quiet` does not hide it");
    home.remove(".config/credenv/config.yml");
    assert_eq!(prompt.line("cd ../other"), "credenv: other (us-east-1) ← .credenv.yml:1\n");
    let told = prompt.line("credenv use corp-dev");
    assert_eq!(told, ["credenv: corp-dev (eu-west-1)\n", &over("2 h ago")].concat());
    assert_eq!(prompt.look(), "");
    home.touch("other/.credenv.yml");
    assert_eq!(prompt.look(), "", "`use` told it already");
}
at_every_prompt!(a_switch_to_what_is_over_tells_each_time_how_to_renew_it);

/// Where the shell counts no seconds, the words come when the binary is asked for another reason.
fn ten_minutes_before_the_end_and_at_the_end_it_is_told_once(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).traced().start() else { return };
    ends_in(&home, 603);
    assert_eq!(prompt.line("cd project"), TO_CORP);
    prompt.rest();
    let before = prompt.processes();
    if counts(shell) {
        assert_eq!(wait(&mut prompt), near("in 9 min"));
        assert!(prompt.processes() - before <= 2, "the shell's seconds are not those of the machine");
    } else if !shell.can(Ability::Checking) {
        std::thread::sleep(Duration::from_secs(5));
        assert_eq!(prompt.line("true"), "");
        assert_eq!(prompt.processes(), before);
        assert_eq!(prompt.look(), near("in 9 min"));
    } else {
        std::thread::sleep(Duration::from_secs(5));
        assert_eq!(prompt.look(), "");
        assert_eq!(prompt.processes(), before);
        home.touch("project/.credenv.yml");
        assert_eq!(prompt.line("cd below"), near("in 9 min"));
        prompt.line("cd ..");
    }
    for _ in 0..3 {
        assert_eq!(prompt.look(), "");
    }
    assert_eq!(prompt.line("cd ../other"), "credenv: other (us-east-1) ← .credenv.yml:1\n");
    assert_eq!(prompt.line("cd ../project"), TO_CORP, "it was told already");
    ends_in(&home, 6);
    home.touch("project/.credenv.yml");
    let told = prompt.line("cd below");
    assert!(told.starts_with("credenv: the SSO session `corp` expires in ") && told.ends_with(RENEW), "{told}");
    if counts(shell) {
        let told = wait(&mut prompt);
        assert!(told.starts_with("credenv: the SSO session `corp` expired ") && told.ends_with(RENEW), "{told}");
        let before = prompt.processes();
        for _ in 0..3 {
            assert_eq!(prompt.look(), "");
        }
        assert_eq!(prompt.processes(), before);
        // It was renewed: the next end is waited for, though not when the clock says what cannot be.
        ends_in(&home, 40_000);
        assert_eq!(prompt.look(), "");
        assert_eq!(prompt.processes(), before + 1);
        if shell.can(Ability::PosixWords) {
            assert_eq!(prompt.line("SECONDS=1000000"), "");
            assert_eq!(prompt.processes(), before + 2);
        }
    }
}
at_every_prompt!(ten_minutes_before_the_end_and_at_the_end_it_is_told_once);

fn an_idle_prompt_with_an_end_ahead_starts_no_process(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).traced().start() else { return };
    // The first login is seen where the shell can wait for the end.
    assert_eq!(prompt.line("cd project"), TO_CORP);
    for seconds in [3_000_000_000, 40_000, 300, -300] {
        ends_in(&home, seconds);
        prompt.line("cd below");
        prompt.line("cd ..");
        prompt.rest();
        let before = prompt.processes();
        for number in 0..20 {
            assert_eq!(prompt.line(prompt.shell.language.idle_line(number)), "");
        }
        assert_eq!(prompt.processes(), before, "{seconds} s before the end");
    }
}
at_every_prompt!(an_idle_prompt_with_an_end_ahead_starts_no_process);

/// The person's count is theirs: whatever they make of it, it costs a look or two, and no prompt shows an error.
fn a_clock_that_is_meddled_with_costs_a_look_and_no_more(shell: &Shell) {
    // Others have a clock that is not the person's.
    if !counts(shell) || !shell.can(Ability::PosixWords) {
        return;
    }
    let home = home();
    for meddle in [
        "SECONDS=0",
        "SECONDS=1000000",
        "unset -v SECONDS",
        "unset -v SECONDS; SECONDS='1 2'",
        "unset -v SECONDS; SECONDS='x[$(touch HERE)]'",
        "unset -v SECONDS; SECONDS=",
        "unset -v SECONDS; set -u",
        "typeset -F SECONDS",
        "readonly SECONDS",
        "typeset -i16 SECONDS",
    ] {
        let Some(mut prompt) = Session::of(shell, &home).traced().start() else { return };
        if meddle == "SECONDS=0" {
            // So that it goes back.
            std::thread::sleep(Duration::from_millis(1_100));
        }
        ends_in(&home, 40_000);
        assert_eq!(prompt.line("cd project"), TO_CORP);
        let before = prompt.processes();
        // Some shells do not know the option, or do not let go of the variable.
        let meddled = prompt.line(meddle);
        for _ in 0..5 {
            assert_eq!(prompt.line("true"), "", "{meddle} ({meddled})");
        }
        let looks = prompt.processes() - before;
        assert!(looks <= 2, "{meddle}: {looks}");
        assert!(looks >= usize::from(meddle.ends_with('0')), "{meddle}: the end would be told too late");
        // A count that begins anew at each command.
        if meddle == "SECONDS=0" {
            let before = prompt.processes();
            for _ in 0..5 {
                assert_eq!(prompt.line(meddle), "");
            }
            assert!(prompt.processes() - before <= 2);
        }
        assert!(!home.has("project/HERE"));
    }
}
at_every_prompt!(a_clock_that_is_meddled_with_costs_a_look_and_no_more);

fn keys_in_the_environment_are_told_of_as_well(shell: &Shell) {
    let home = home();
    let session = Session::of(shell, &home).env("AWS_ACCESS_KEY_ID", "AKIA").env("AWS_SECRET_ACCESS_KEY", "secret");
    let session = session.env("AWS_CREDENTIAL_EXPIRATION", in_seconds(-90));
    let Some(mut prompt) = session.start() else { return };
    let word = "credenv: the keys in the environment expired 1 min ago: get new ones from where you got these\n";
    assert_eq!(prompt.first, word);
    assert_eq!(prompt.look(), "");
    ends_in(&home, 40_000);
    assert_eq!(prompt.line("cd project"), TO_CORP);
    let back = "credenv: back to the keys in the environment\n";
    let shown = prompt.line("cd ..");
    assert!(shown.starts_with(back) && shown.lines().count() == 2, "{shown}");
}
at_every_prompt!(keys_in_the_environment_are_told_of_as_well);
