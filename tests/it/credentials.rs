//! Keys in place of a name: from the AWS files, from a program, from the AWS CLI; and that they are nowhere else.
// The tests look at all that a run leaves behind.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::support::{Env, Home, Prompt, Random, Session, Shell, Story, Sts, is_missing, skip};

/// What a program answers. The keys are marked, so that they can be searched for.
fn answer(expiration: &str) -> String {
    format!(
        r#"{{"Version": 1, "AccessKeyId": "ASIAMARKEDKEYID", "SecretAccessKey": "marked/secret+key",
            "SessionToken": "marked//session==token"{expiration}}}"#
    )
}

/// What must be nowhere.
const MARKS: [&str; 3] = ["ASIAMARKEDKEYID", "marked/secret+key", "marked//session==token"];

const FAR: &str = r#", "Expiration": "2099-01-02T03:04:05Z""#;

/// A home with the profile `proc`, whose program is a script of `sh`.
fn program(script: &str) -> Home {
    programs("%p", script)
}

/// The same, with another line for it; `%p` is the path of the program.
fn programs(line: &str, script: &str) -> Home {
    let home = Home::new().file("bin/keys", "").file("answer", answer(FAR));
    home.replace_by_script("bin/keys", script);
    let path = home.path("bin/keys");
    let line = line.replace("%p", path.to_str().unwrap());
    home.config(format!("[profile proc]\nregion = eu-west-1\ncredential_process = {line}\n"))
}

const PRINTS: &str = "cat ~/answer";

/// The environment of a command under `exec ARGUMENTS`.
fn environment(home: &Home, arguments: &[&str]) -> Env {
    let dump = ["--", "sh", "-c", "exec /usr/bin/env -0 >~/../dump"];
    home.credenv([&["exec"], arguments, &dump].concat()).check();
    Env::parse(&home.read("../dump"))
}

fn refused(home: &Home, words: &str) {
    home.credenv(["use", "proc", "--creds", "--shell", "sh"]).stdout("false;\n").stderr(words).code(1).check();
}

const AT: &str = "  its `credential_process` is at [HOME]/.aws/config:3\n";

#[test]
fn keys_of_a_program_are_put_in_force() {
    let home = program(PRINTS)
        .env("AWS_PROFILE", "other")
        .env("AWS_SECURITY_TOKEN", "stale")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", "/stale");
    let keys = environment(&home, &["proc", "--creds"]);
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", Some(MARKS[0])),
        ("AWS_SECRET_ACCESS_KEY", Some(MARKS[1])),
        ("AWS_SESSION_TOKEN", Some(MARKS[2])),
        ("AWS_CREDENTIAL_EXPIRATION", Some("2099-01-02T03:04:05Z")),
        ("AWS_REGION", Some("eu-west-1")),
        ("AWS_DEFAULT_REGION", Some("eu-west-1")),
        ("AWS_PROFILE", None),
        ("AWS_SECURITY_TOKEN", None),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", None),
    ] {
        assert_eq!(keys.get(name).map(String::from_utf8_lossy).as_deref(), value, "{name}");
    }
    let bare = program("echo '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"SessionToken\":null}'")
        .env("AWS_SESSION_TOKEN", "stale")
        .env("AWS_CREDENTIAL_EXPIRATION", "stale");
    let keys = environment(&bare, &["proc", "--creds"]);
    assert_eq!((keys.get("AWS_ACCESS_KEY_ID"), keys.get("AWS_SESSION_TOKEN")), (Some(&b"A"[..]), None));
    assert_eq!(keys.get("AWS_CREDENTIAL_EXPIRATION"), None);
}

#[test]
fn a_program_is_started_without_a_shell() {
    let prints = "printf '<%s>' \"$@\" >~/words; cat ~/answer";
    let line = r#"%p 'a  b' "c \"d\" \$e" f\ g '' $HOME ~ *.x ; | > out `id` #h"#;
    let home = programs(line, prints);
    environment(&home, &["proc", "--creds"]);
    // An inline comment is cut by the specification of the files.
    assert_eq!(home.read("words"), br#"<a  b><c "d" \$e><f g><><$HOME><~><*.x>"#);
    let home = programs(r#"%p 'a  b' "c \"d\" \$e" f\ g '' $HOME ~ *.x | > out `id`"#, prints);
    environment(&home, &["proc", "--creds"]);
    assert_eq!(home.read("words"), br#"<a  b><c "d" \$e><f g><><$HOME><~><*.x><|><>><out><`id`>"#);
    let home = Home::new().file("with blank/keys", "");
    home.replace_by_script("with blank/keys", "echo \"$1\" >~/words; exit 1");
    let path = home.path("with blank/keys");
    let home = home.config(format!("[profile proc]\ncredential_process = \"{}\" x\n", path.display()));
    home.credenv(["use", "proc", "--creds", "--shell", "sh"]).any_stdout().any_stderr().code(1).check();
    assert_eq!(home.read("words"), b"x\n");
}

/// Splits a line as botocore does on this and on the other system, a line for each, words as JSON.
const SPLIT: &str = "\
import json, sys
try:
    from botocore.compat import compat_shell_split as split
except ImportError:
    sys.exit(9)
for line in json.load(sys.stdin):
    for platform in ('linux', 'win32'):
        try:
            print(json.dumps(split(line, platform)))
        except ValueError:
            print('null')
";

#[test]
fn a_line_is_split_as_botocore_splits_it() {
    if is_missing("python3") {
        return;
    }
    let mut random = Random::new(7);
    let parts =
        ["a", "b c", " ", "\t", "\n", "\r", "'", "\"", "\\", "\\\\", "\\\"", "ä", "$x", "''", "\"\"", "\u{a0}", "#"];
    let lines: Vec<String> =
        (0..4_000).map(|_| (0..random.below(9)).map(|_| *random.one_of(&parts)).collect()).collect();
    let home = Home::new();
    let run = home.run("python3", ["-c", SPLIT]).stdin(serde_json::to_vec(&lines).unwrap()).any_stdout();
    let Some(told) = run.output_if_it_succeeds() else { return skip("python3 has no botocore") };
    let told: Vec<Option<Vec<String>>> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (line, told) in lines.iter().zip(told.chunks(2)) {
        for (windows, told) in [false, true].into_iter().zip(told) {
            let ours = credenv::aws::process::split(line, windows).ok();
            assert_eq!(&ours, told, "{line:?}, on Windows: {windows}");
        }
    }
}

#[test]
fn what_a_program_says_on_stderr_is_shown_and_its_failure_told() {
    let home = program("echo 'log in at https://example.org' >&2; cat ~/answer");
    home.credenv(["exec", "proc", "--creds", "--", "true"]).stderr("log in at https://example.org\n").check();
    refused(
        &program("cat ~/answer; echo 'not today' >&2; exit 3"),
        &format!("not today\ncredenv: cannot get keys for `proc`: `credential_process` ended with exit code 3\n{AT}"),
    );
    refused(
        &program("kill -9 $$"),
        &format!("credenv: cannot get keys for `proc`: `credential_process` ended with signal 9\n{AT}"),
    );
}

#[test]
fn a_program_that_cannot_be_started_is_told() {
    let words = |why: &str| format!("credenv: cannot get keys for `proc`: {why}\n{AT}");
    refused(
        &programs("no-such-program --password hunter2", ""),
        &words("cannot run `no-such-program`: no such command"),
    );
    refused(
        &programs("~/bin/keys", ""),
        &(words("cannot run `~/bin/keys`: no such command")
            + "  hint: `~` is not expanded there: write the full path\n"),
    );
    refused(&programs("''", ""), &words("cannot run ``: no such command"));
    refused(
        &programs("%p 'hunter2", ""),
        &words("`credential_process` cannot be split into words: a quote is not closed"),
    );
    let home = program(PRINTS).mode("bin/keys", 0o644);
    refused(&home, &words("cannot run `[HOME]/bin/keys`: it is not an executable file"));
    // The code of `exec` for a command that is not there is for its own command.
    let home = programs("no-such-program", "");
    home.credenv(["exec", "proc", "--creds", "--", "touch", "X"]).any_stderr().code(1).check();
}

#[test]
fn a_program_that_hangs_is_ended_in_time() {
    let words = |home: &str| {
        format!(
            "credenv: cannot get keys for `proc`: `{home}/bin/keys` did not answer within 1 s, and was stopped\n{AT}"
        )
    };
    for script in ["sleep 20", "trap '' INT TERM; while :; do sleep 0.1; done", "sleep 20 & cat ~/answer; sleep 20"] {
        let home = program(&format!("echo $$ >~/pid; {script}")).env("CREDENV_TIME_LIMIT", "1");
        let begun = Instant::now();
        refused(&home, &words("[HOME]"));
        assert!(begun.elapsed() < Duration::from_secs(8), "{script}: {:?}", begun.elapsed());
        let pid = String::from_utf8(home.read("pid")).unwrap();
        home.run("sh", ["-c", &format!("kill -0 {pid}")]).any_stderr().code(1).check();
    }
    for limit in ["0", "soon", "-1", "86401", "99999999999999999999"] {
        refused(
            &program(PRINTS).env("CREDENV_TIME_LIMIT", limit),
            &format!(
                "credenv: `CREDENV_TIME_LIMIT` is `{limit}`, which is not a number of seconds\n  hint: \
                 `export CREDENV_TIME_LIMIT=300` allows five minutes\n"
            ),
        );
    }
}

#[test]
fn a_program_that_leaves_an_agent_behind_is_not_waited_for() {
    let home = program("sleep 20 & echo $! >~/pid; cat ~/answer");
    let begun = Instant::now();
    environment(&home, &["proc", "--creds"]);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    home.run("sh", ["-c", "kill $(cat ~/pid)"]).check();
}

#[test]
fn an_answer_that_is_no_keys_is_refused_and_not_quoted() {
    let words = |why: &str| {
        format!("credenv: cannot get keys for `proc`: the output of `credential_process` cannot be used: {why}\n{AT}")
    };
    for (script, why) in [
        ("true", "it is empty"),
        ("echo hunter2", "it is not JSON, at line 1, column 1"),
        ("printf '{\"Version\": 1, \"AccessKeyId\": \"hunter2'", "it is not JSON, at line 1, column 38"),
        ("echo '{\"Version\": 2}'", "its `Version` is not 1"),
        ("echo '{\"Version\": 1, \"AccessKeyId\": \"hunter2\"}'", "it has no `SecretAccessKey`"),
        (
            "echo '{\"Version\": 1, \"AccessKeyId\": \"hunter2\\u001b[31m\", \"SecretAccessKey\": \"hunter2\"}'",
            "its `AccessKeyId` contains a control character",
        ),
    ] {
        refused(&program(script), &words(why));
    }
    for script in ["yes hunter2", "head -c 2000000 /dev/zero"] {
        let why = "cannot run `[HOME]/bin/keys`: its output is larger than 1 MiB";
        refused(&program(script), &format!("credenv: cannot get keys for `proc`: {why}\n{AT}"));
    }
}

#[test]
fn keys_that_have_expired_are_refused() {
    let home = program(PRINTS).file("answer", answer(r#", "Expiration": "2020-01-02T03:04:05+01:00""#));
    let run = home.credenv(["use", "proc", "--creds", "--shell", "sh"]).stdout("false;\n").any_stderr().code(1);
    let (_, words) = run.check();
    assert!(words.starts_with("credenv: the keys of `proc` expired "), "{words}");
    let end = " days ago, at 2020-01-02T02:04:05Z\n  hint: renew them where they come from\n";
    assert!(words.ends_with(end), "{words}");
}

/// In it the profile decides: what would mask it is gone, as are the traces of credenv itself.
#[test]
fn a_program_sees_the_environment_of_before_without_what_would_mask_the_profile() {
    let home = program("exec 3>&1; /usr/bin/env -0 >~/seen; cat ~/answer >&3")
        .env("AWS_PROFILE", "stale")
        .env("AWS_DEFAULT_PROFILE", "stale")
        .env("AWS_ACCESS_KEY_ID", "stale")
        .env("AWS_SECRET_ACCESS_KEY", "stale")
        .env("AWS_SESSION_TOKEN", "stale")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", "stale")
        .env("AWS_ROLE_ARN", "stale")
        .env("AWS_VAULT", "stale")
        .env("AWS_CREDENTIAL_EXPIRATION", "stale")
        .env("AWS_REGION", "stale-1")
        .env("UNRELATED", "kept");
    // Within a shell that credenv switched before.
    home.run("sh", ["-c", "eval \"$(credenv use proc --shell sh)\"; eval \"$(credenv use proc --creds --shell sh)\""])
        .check();
    let seen = Env::parse(&home.read("seen"));
    assert!(!seen.holds(b"stale"));
    assert_eq!((seen.get("CREDENV_STATE"), seen.get("UNRELATED")), (None, Some(&b"kept"[..])));
    assert_eq!(seen.get("AWS_REGION"), Some(&b"eu-west-1"[..]));
    let _ = environment(&home, &["proc", "--creds", "--region", "sa-east-1"]);
    assert_eq!(Env::parse(&home.read("seen")).get("AWS_REGION"), Some(&b"sa-east-1"[..]));
}

/// What is piped to the command of `exec` is not for the program.
#[test]
fn a_program_does_not_eat_the_input_of_the_command() {
    let home = program("cat >~/eaten; cat ~/answer");
    home.credenv(["exec", "proc", "--creds", "--", "cat"]).stdin("for the command").stdout("for the command").check();
    assert_eq!(home.read("eaten"), b"");
}

const AWS: &str = "\
[default]
region = us-east-1
[profile keys]
region = eu-west-1
aws_access_key_id = AKIAKEYS
aws_secret_access_key = secret
[profile role]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/Deploy
role_session_name = ana
source_profile = keys
[profile chain]
region = eu-west-1
role_arn = arn:aws:iam::222222222222:role/team/Far
role_session_name = ana-far
source_profile = role
[profile from-environment]
region = eu-west-1
role_arn = arn:aws:iam::333333333333:role/Env
role_session_name = ana-env
credential_source = Environment
[profile \"my role\"]
role_arn = arn:aws:iam::444444444444:role/Quoted
role_session_name = ana
source_profile = keys
[profile -dash]
role_arn = arn:aws:iam::555555555555:role/Dash
role_session_name = ana
source_profile = keys
[profile sso]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Dev
[profile on-sso]
role_arn = arn:aws:iam::555555555555:role/OnSso
source_profile = sso
[profile nothing]
output = json
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
";

fn arn(account: &str, role: &str, session: &str) -> String {
    format!("arn:aws:sts::{account}:assumed-role/{role}/{session}\n")
}

fn keys_of_roles_are_those_of_the_role(shell: &Shell) {
    let Some(sts) = Sts::get() else { return };
    let home = sts.reached_from(Home::new().config(AWS));
    let expected = arn("123456789012", "Deploy", "ana") + &arn("222222222222", "Far", "ana-far");
    Story::new(shell, &home)
        .export("AWS_ACCESS_KEY_ID", "AKIASTALE")
        .export("AWS_SECRET_ACCESS_KEY", "stale")
        .eval("use role --creds")
        .own(&sts.who())
        .dump("role")
        .eval("use chain --creds")
        .own(&sts.who())
        .eval("off")
        .dump("off")
        .stdout(&expected)
        .play();
}
in_every_shell!(keys_of_roles_are_those_of_the_role: bash fish);

#[test]
fn exec_runs_a_command_with_the_keys_of_a_role() {
    let Some(sts) = Sts::get() else { return };
    let home = sts.reached_from(Home::new().config(AWS));
    let command = format!("test -z \"$AWS_PROFILE\" && {}", sts.who());
    let who = |name: &str| home.credenv(["exec", "--creds", name, "--", "sh", "-c", &command]);
    who("chain").stdout(arn("222222222222", "Far", "ana-far")).check();
    who("my role").stdout(arn("444444444444", "Quoted", "ana")).check();
    let expiration = environment(&home, &["role", "--creds"]);
    let expiration = String::from_utf8(expiration.get("AWS_CREDENTIAL_EXPIRATION").unwrap().to_vec()).unwrap();
    assert!(expiration.len() == 20 && expiration.starts_with("20") && expiration.ends_with('Z'), "{expiration}");
    // A name that looks like an option of the CLI's.
    let text = "profile: -dash\n";
    let home = home.file("p/.credenv.yml", text);
    home.credenv(["allow"]).inside("p").any_stdout().check();
    let run = home.credenv(["exec", "--creds", "--", "sh", "-c", &command]).inside("p");
    run.stdout(arn("555555555555", "Dash", "ana")).check();
}

#[test]
fn a_role_that_starts_from_the_environment_takes_the_keys_of_before() {
    let Some(sts) = Sts::get() else { return };
    let home = sts.reached_from(Home::new().config(AWS));
    let none = "credenv: `from-environment` needs keys in the environment, and there are none\n";
    let exec = "exec credenv exec from-environment --creds -- sh -c \"$WHO\"";
    let home = home.env("WHO", sts.who());
    let run = |before: &str| home.run("sh", ["-c", &format!("{before}\n{exec}")]);
    run("").stderr(none).code(1).check();
    let keys = "export AWS_ACCESS_KEY_ID=AKIAMINE AWS_SECRET_ACCESS_KEY=mine AWS_PROFILE=other";
    run(keys).stdout(arn("333333333333", "Env", "ana-env")).check();
    // Those that credenv put there are not the person's.
    run("eval \"$(credenv use keys --creds --shell sh)\"").stderr(none).code(1).check();
    let aside = format!("{none}  hint: `credenv off` brings back those that were set aside\n");
    run(&format!("{keys}\neval \"$(credenv use keys --shell sh)\"")).stderr(&aside).code(1).check();
    run(&format!("{keys}\neval \"$(credenv use keys --creds --shell sh)\"")).stderr(&aside).code(1).check();
}

/// The directory in `PATH` of an AWS CLI 1, which never had the command.
const VERSION_1: &str = r#"
IFS=:
for directory in $PATH; do
    if test -x "$directory/aws" && "$directory/aws" --version 2>&1 | grep -q '^aws-cli/1'; then
        printf '%s' "$directory"
        exit
    fi
done
exit 9
"#;

#[test]
fn what_the_aws_cli_says_is_passed_on_when_it_fails() {
    let home = Home::new().config(AWS);
    let fails = |home: &Home, name: &str| {
        home.credenv(["use", name, "--creds", "--shell", "sh"]).stdout("false;\n").any_stderr().code(1).check().1
    };
    let nothing = "credenv: cannot get keys for `nothing`: it has no credentials at [HOME]/.aws/config:37\n  hint: \
                   `credenv show nothing` shows what it has\n";
    assert_eq!(fails(&home, "nothing"), nothing);
    let missing = Home::new().config(AWS).env("PATH", "/nowhere");
    assert_eq!(
        fails(&missing, "sso"),
        "credenv: cannot get keys for `sso`: there is no `aws` in `PATH` to fetch them\n  hint: install the AWS CLI \
         2.9 or later\n"
    );
    if is_missing("aws") {
        return;
    }
    for name in ["sso", "on-sso"] {
        let words = fails(&home, name);
        let head = format!("credenv: cannot get keys for `{name}`: the AWS CLI ended with exit code 25");
        assert!(words.starts_with(&head), "{words}");
        // Version 2.9 stumbles over the second.
        assert!(words.contains("Error loading SSO Token") || name == "on-sso", "{words}");
        assert!(words.lines().count() >= 3 && !words.contains("\n\n"), "{words}");
        let hint = "\n  hint: `aws sso login --sso-session corp` signs in again\n";
        assert!(words.ends_with(hint), "{words}");
    }
    let version_1 = home.run("sh", ["-c", VERSION_1]).any_stdout().any_stderr().output_if_it_succeeds();
    let Some(version_1) = version_1 else { return skip("there is no AWS CLI 1") };
    let old = Home::new().config(AWS).env("PATH", format!("{version_1}:/usr/bin:/bin"));
    assert_eq!(
        fails(&old, "sso"),
        "credenv: cannot get keys for `sso`: this AWS CLI has no `aws configure export-credentials`\n  hint: the AWS \
         CLI 2.9 or later has it; `aws --version` shows which one you have\n"
    );
}

#[test]
fn the_aws_cli_may_ask_for_a_code_on_the_terminal() {
    let Some(sts) = Sts::get() else { return };
    let config = format!(
        "{AWS}[profile mfa]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/Deploy\n\
                          role_session_name = ana\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/ana\n"
    );
    let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/terminal.py");
    for command in [
        "credenv exec mfa --creds -- sh -c \"$WHO\"",
        "eval \"$(credenv use mfa --creds)\"; $WHO",
        "echo x | credenv exec mfa --creds -- sh -c \"cat >/dev/null; $WHO\"",
    ] {
        // The AWS CLI keeps what it got, and would not ask again.
        let home = sts.reached_from(Home::new().config(&config)).env("WHO", sts.who());
        let shown = format!("Enter MFA code for arn:aws:iam::1:mfa/ana: \n{}", arn("123456789012", "Deploy", "ana"));
        home.run("python3", [helper, "123456", "sh", "-c", command]).stdout(shown).check();
    }
}

/// A home with the profile `proc`, whose program counts how often it is run, and a project that asks for `dev`.
fn counted() -> Home {
    let home = program("echo >>~/ran; cat ~/answer");
    let config = String::from_utf8(home.read(".aws/config")).unwrap();
    let home = home.config(
        config
            + "[profile dev]\nregion = eu-central-1\n[profile keys]\naws_access_key_id = AKIAFILE\n\
                  aws_secret_access_key = file\n",
    );
    let home = home.file("p/.credenv.yml", "profile: dev\n").directory("p/below");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    home
}

fn times_run(home: &Home) -> usize {
    home.read("ran").len()
}

fn has_keys(prompt: &mut Prompt<'_>) -> bool {
    let held = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(|name| prompt.variable(name));
    let is_whole = held == MARKS.map(|mark| Some(mark.to_owned()));
    assert!(is_whole || held == [None, None, None], "half of the keys are there: {held:?}");
    is_whole
}

fn settled(environment: Env) -> Env {
    environment.but(&["PWD", "OLDPWD", "CREDENV_STATE"].map(|name| (name, None)))
}

const BY_NAME: &str = "credenv: the keys of `proc` are gone, and its name is used instead: `credenv use proc --creds` \
                       fetches them again\n";

fn off_leaves_no_key_behind(shell: &Shell) {
    let home = counted();
    let Some(mut prompt) = Session::of(shell, &home).env("AWS_ACCESS_KEY_ID", "AKIAMINE").start() else { return };
    let first = settled(prompt.env());
    prompt.line("credenv use proc --creds");
    assert!(has_keys(&mut prompt));
    assert_eq!(prompt.variable("AWS_CREDENTIAL_EXPIRATION").as_deref(), Some("2099-01-02T03:04:05Z"));
    assert_eq!(prompt.line("credenv status").lines().next(), Some("proc (eu-west-1), as keys in the environment"));
    assert_eq!(prompt.look(), "");
    prompt.line("credenv use dev");
    assert!(!has_keys(&mut prompt));
    assert!(!prompt.own_variables().contains("marked"), "what credenv fetched is not set aside");
    prompt.line("credenv use proc --creds");
    let _ = prompt.line_and_look("credenv off");
    settled(prompt.env()).must_be(&first, "after `off`");
    assert!(!prompt.own_variables().contains("marked"));
    assert_eq!(times_run(&home), 2);
}
at_every_prompt!(off_leaves_no_key_behind);

/// A hook starts no program: it keeps the keys while they are there, and afterwards says which command fetches them.
fn a_hook_keeps_the_keys_and_never_fetches_them(shell: &Shell) {
    let home = counted();
    let Some(mut prompt) = Session::of(shell, &home).inside("p").start() else { return };
    prompt.line("credenv use proc --creds");
    assert!(has_keys(&mut prompt));
    for step in ["cd below", "cd ..", "touch \"$HOME/.aws/config\"", "cd below"] {
        assert_eq!(prompt.line_and_look(step), "", "{step}");
        assert!(has_keys(&mut prompt), "{step}");
    }
    prompt.line("cd ../..");
    assert!(!has_keys(&mut prompt) && prompt.profile().is_none());
    assert_eq!(prompt.line("cd p"), format!("credenv: proc (eu-west-1) ← `credenv use proc --creds`\n{BY_NAME}"));
    assert!(!has_keys(&mut prompt));
    assert_eq!(prompt.profile().as_deref(), Some("proc"), "no other identity takes its place");
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.line("cd below"), "", "it was told");
    assert_eq!(times_run(&home), 1);
    prompt.line("credenv use proc --creds");
    assert!(has_keys(&mut prompt) && prompt.profile().is_none());
    assert_eq!(times_run(&home), 2);
}
at_every_prompt!(a_hook_keeps_the_keys_and_never_fetches_them);

fn keys_of_another_choice_are_not_taken_for_these(shell: &Shell) {
    let home = counted();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    prompt.line("credenv use proc --creds");
    let _ = prompt.line("cd p");
    assert_eq!(prompt.profile().as_deref(), Some("dev"));
    prompt.line("credenv use keys --creds");
    assert_eq!(prompt.variable("AWS_ACCESS_KEY_ID").as_deref(), Some("AKIAFILE"));
    let shown = prompt.line("cd ..");
    assert!(shown.ends_with(BY_NAME), "{shown}");
    assert_eq!((prompt.profile().as_deref(), has_keys(&mut prompt)), (Some("proc"), false));
    // Keys that stand in the file are read there.
    let shown = prompt.line("cd p");
    assert_eq!(shown, "credenv: keys ← `credenv use keys --creds`\n");
    assert_eq!(prompt.variable("AWS_ACCESS_KEY_ID").as_deref(), Some("AKIAFILE"));
    assert_eq!(times_run(&home), 1);
}
at_every_prompt!(keys_of_another_choice_are_not_taken_for_these);

fn a_new_shell_keeps_the_keys_it_inherits(shell: &Shell) {
    let home = counted();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    prompt.line("credenv use proc --creds");
    let environment = prompt.env();
    let mut child = Session::of(shell, &home).inheriting(&environment).start().unwrap();
    assert_eq!(child.first, "");
    assert!(has_keys(&mut child));
    let _ = child.line_and_look("credenv off");
    assert!(!has_keys(&mut child));
    // A start-up file that sets keys of its own must not leave half of these.
    let line = &shell.language.say("export AWS_ACCESS_KEY_ID=AKIARC");
    let mut child = Session::of(shell, &home).inheriting(&environment).before(line).start().unwrap();
    assert!(child.first.ends_with(BY_NAME), "{}", child.first);
    assert_eq!((child.profile().as_deref(), has_keys(&mut child)), (Some("proc"), false));
    let _ = child.line_and_look("credenv off");
    assert_eq!(child.variable("AWS_ACCESS_KEY_ID").as_deref(), Some("AKIARC"));
    assert_eq!(child.variable("AWS_SECRET_ACCESS_KEY"), None);
    assert_eq!(times_run(&home), 1);
}
at_every_prompt!(a_new_shell_keeps_the_keys_it_inherits);

fn keys_changed_by_hand_are_the_person_s(shell: &Shell) {
    let home = counted();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    prompt.line("credenv use proc --creds");
    prompt.rest();
    prompt.line("export AWS_ACCESS_KEY_ID=AKIAMINE");
    assert_eq!(prompt.line_and_look("cd .aws"), "");
    assert_eq!(prompt.variable("AWS_ACCESS_KEY_ID").as_deref(), Some("AKIAMINE"));
    prompt.line("unset AWS_ACCESS_KEY_ID");
    assert_eq!(
        prompt.line("cd .."),
        "credenv: the keys of `proc` are gone: `credenv use proc --creds` fetches them again\n"
    );
    assert_eq!(prompt.line("cd .aws"), "", "it was told");
    assert_eq!(prompt.variable("AWS_ACCESS_KEY_ID"), None);
    assert_eq!(prompt.profile(), None);
    assert_eq!(times_run(&home), 1);
}
at_every_prompt!(keys_changed_by_hand_are_the_person_s);

/// A home with a Serverless project in which `profile` stands as it is, and what asks Serverless 3 for its key id.
fn serverless(profile: &str, version: &str) -> Home {
    let home = program(PRINTS);
    let config = String::from_utf8(home.read(".aws/config")).unwrap();
    let more = "[profile sso]\nsso_start_url = https://x.example\nsso_region = eu-west-1\n[profile static]\n\
                aws_access_key_id = AKIASTATIC\naws_secret_access_key = x\n[profile on-static]\nrole_arn = \
                arn:aws:iam::123456789012:role/R\nsource_profile = static\n[profile on-proc]\nrole_arn = \
                arn:aws:iam::123456789012:role/R\nsource_profile = proc\n[profile on-itself]\nrole_arn = \
                arn:aws:iam::123456789012:role/R\nsource_profile = on-itself\naws_access_key_id = A\n\
                aws_secret_access_key = x\n[profile on-instance]\nrole_arn = arn:aws:iam::123456789012:role/R\n\
                credential_source = Ec2InstanceMetadata\n[profile web]\nrole_arn = arn:aws:iam::123456789012:role/R\n\
                web_identity_token_file = token\n";
    let profile = if profile.is_empty() { String::new() } else { format!("  profile: {profile}\n") };
    let text = format!("service: s\n{version}provider:\n  name: aws\n{profile}");
    let home = home.config(config + more).file(".aws/token", "opaque").file("p/serverless.yml", text);
    home.credenv(["allow"]).inside("p").any_stdout().check();
    home
}

fn hook_says(home: &Home) -> String {
    let path = home.path("p");
    home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()])
        .inside("p")
        .any_stdout()
        .any_stderr()
        .check()
        .1
}

#[test]
fn a_profile_that_serverless_3_cannot_follow_is_told() {
    let told = |profile: &str, version: &str| hook_says(&serverless(profile, version)).contains("Serverless 3");
    for profile in ["proc", "sso", "web", "on-proc", "on-instance"] {
        assert!(told(profile, ""), "{profile}");
        assert!(told(profile, "frameworkVersion: '3'\n"), "{profile}");
        assert!(!told(profile, "frameworkVersion: '4'\n"), "{profile}");
        assert!(!told(profile, "stages: {default: {}}\n"), "{profile}");
    }
    for profile in ["static", "on-static", "on-itself"] {
        assert!(!told(profile, ""), "{profile}");
    }
    assert_eq!(
        hook_says(&serverless("proc", "")),
        "credenv: proc (eu-west-1) ← serverless.yml:4, stage dev\ncredenv: Serverless 3 will fail: serverless.yml:4 \
         names `proc`, which it cannot use (credential-process), with keys as well: `credenv link proc`, remove the \
         name there, then `credenv exec --creds -- COMMAND`\n"
    );
    assert_eq!(
        hook_says(&serverless("on-proc", "")),
        "credenv: on-proc ← serverless.yml:4, stage dev\ncredenv: Serverless 3 cannot use `on-proc` \
         (credential-process): `credenv use on-proc --creds` gives it keys\n"
    );
}

fn it_is_told_once_that_serverless_3_cannot_follow(shell: &Shell) {
    let home = serverless("on-proc", "").directory("p/below");
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    assert!(prompt.line("cd p").contains("Serverless 3 cannot use `on-proc`"));
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.line("cd below"), "");
    home.touch(".aws/config");
    assert_eq!(prompt.look(), "");
    let shown = prompt.line("credenv use sso --region eu-west-1");
    assert!(shown.ends_with("credenv: Serverless 3 cannot use `sso` (sso): `credenv use sso --creds` gives it keys\n"));
    let shown = prompt.line("credenv use proc --creds");
    assert!(!shown.contains("Serverless"), "{shown}");
}
in_every_shell!(it_is_told_once_that_serverless_3_cannot_follow: bash zsh);

/// The key id that Serverless 3 itself would sign with, and what is told by us is what it does.
#[test]
fn serverless_3_itself_follows_the_keys_as_it_was_told() {
    let Some(modules) = super::support::credenv_serverless() else {
        return skip("Serverless 3 is not installed: `sh tests/serverless/expect --where` installs it");
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serverless/provider.js");
    let signs = |home: Home, arguments: &[&str], stdout: &str, code: i32| {
        let home = home
            .env("NODE_PATH", &modules)
            .env("SLS_TELEMETRY_DISABLED", "1")
            .env("SLS_NOTIFICATIONS_MODE", "off")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let asks = ["--", "node", script.to_str().unwrap(), ".", "dev"];
        home.credenv([&["exec"], arguments, &asks].concat())
            .inside("p")
            .stdout(stdout)
            .any_stderr()
            .code(code)
            .check()
            .1
    };
    let marked = format!("none {}\ndev {}\n", MARKS[0], MARKS[0]);
    let refusal = "AWS profile \"proc\" doesn't seem to be configured\n";
    // By name never, and not with keys either as long as its own file names it.
    assert!(signs(serverless("proc", ""), &[], "", 1).ends_with(refusal));
    assert!(signs(serverless("proc", ""), &["--creds"], "", 1).ends_with(refusal));
    assert!(signs(serverless("proc", ""), &["proc", "--creds"], "", 1).ends_with(refusal));
    // Once the name stands beside it, the keys are taken.
    let beside = || {
        let home = serverless("", "").file("p/.credenv.yml", "profile: proc\nstages: {dev: proc, prod: static}\n");
        home.credenv(["allow"]).inside("p").any_stdout().check();
        home
    };
    assert!(signs(beside(), &[], "", 1).ends_with(refusal));
    signs(beside(), &["--creds"], &marked, 0);
    signs(beside(), &["proc", "--creds"], &marked, 0);
    // And where the file names one that it can read, in the config file alone.
    signs(serverless("static", ""), &["proc", "--creds"], &marked, 0);
}

/// Every file below a directory in which a mark stands.
fn marked_files(directory: &Path, marks: &[&str], found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            marked_files(&path, marks, found);
        } else if path.is_file() && marks.iter().any(|mark| holds(&fs::read(&path).unwrap(), mark)) {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
}

fn holds(bytes: &[u8], mark: &str) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark.as_bytes())
}

/// What every process of this machine was started with, but for those that read it.
const COMMAND_LINES: &str = "cat /proc/[0-9]*/cmdline >>~/../command-lines 2>/dev/null";

/// The keys go to the shell that asked, or to the command of `exec`, and nowhere else.
#[test]
fn keys_are_nowhere_but_where_they_were_asked_for() {
    let home = program(&format!("echo 'words' >&2; {COMMAND_LINES}; cat ~/answer"));
    let (script, words) = home.credenv(["use", "proc", "--creds", "--shell", "bash"]).any_stdout().any_stderr().check();
    assert_eq!(words, "words\n");
    let lines: Vec<_> = script.lines().filter(|line| MARKS.iter().any(|mark| line.contains(mark))).collect();
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    assert!(lines.len() == 3 && lines.iter().zip(names).all(|(line, name)| line.contains(name)), "{lines:?}");
    let story = format!(
        "eval \"$(credenv use proc --creds --shell sh)\" && {COMMAND_LINES}; for command in status 'status --json' why list \
         'list --json' 'show proc' 'show proc --json' doctor 'doctor --json' 'why AWS_SECRET_ACCESS_KEY'; do credenv \
         $command; done; printf '%s' \"$CREDENV_STATE\"; eval \"$(credenv off --shell sh)\"; /usr/bin/env"
    );
    let (said, words) = home.run("sh", ["-c", &story]).any_stdout().any_stderr().check();
    assert!(said.contains("********") && said.contains("\"AWS_SECRET_ACCESS_KEY\":{\"was\":"), "{said}");
    let exec = format!("{COMMAND_LINES}; printf '%s' \"$CREDENV_STATE\"");
    let (state, _) =
        home.credenv(["exec", "proc", "--creds", "--", "sh", "-c", &exec]).any_stdout().any_stderr().check();
    let (failed, more) = program("cat ~/answer; cat ~/answer")
        .credenv(["use", "proc", "--creds", "--shell", "sh"])
        .any_stdout()
        .any_stderr()
        .code(1)
        .check();
    let hook = home.credenv(["hook", "--shell", "bash", "fresh"]).any_stdout().any_stderr().check();
    for text in [said, words, state, failed, more, hook.0, hook.1] {
        assert!(!MARKS.iter().any(|mark| text.contains(mark)), "{text}");
    }
    let mut found = Vec::new();
    marked_files(&home.path(".."), &MARKS, &mut found);
    assert_eq!(found, ["answer"], "the one file from which the program takes them");
    if Path::new("/proc/self").exists() {
        assert!(holds(&home.read("../command-lines"), "sh"), "nothing was looked at");
    }
}

/// A core dump holds all memory of a process, and lies about until somebody finds it.
#[test]
fn no_core_dump_is_left_of_the_keys() {
    let home = program("").config("[profile slow]\ncredential_process = sh slow\n");
    let home = home.file("slow", "touch ~/started; sleep 20; :");
    let home = home.credentials(format!("[keys]\naws_access_key_id = {}\naws_secret_access_key = x\n", MARKS[0]));
    let killed = "cd ~; rm -f started; ulimit -c unlimited; $1 >/dev/null 2>&1 & until test -e started; do sleep 0.05; done; \
                  kill -ABRT $!; wait $!; echo $?; ls | grep -c '^core' || :";
    let dumps = |command: &str| home.run("sh", ["-c", killed, "sh", command]).any_stdout().any_stderr().check().0;
    if dumps("sh slow").ends_with("\n0\n") {
        return crate::support::skip("no core dump is written here");
    }
    home.run("sh", ["-c", "rm -f ~/core*"]).check();
    assert_eq!(dumps("credenv use slow --creds --shell sh"), "134\n0\n");
}

/// Those that the AWS CLI fetched stand in the cache that it keeps itself, and nowhere else.
#[test]
fn keys_of_the_aws_cli_are_nowhere_but_in_its_own_cache() {
    let Some(sts) = Sts::get() else { return };
    let home = sts.reached_from(Home::new().config(AWS));
    let keys = environment(&home, &["role", "--creds"]);
    let text = |name| String::from_utf8(keys.get(name).unwrap().to_vec()).unwrap();
    let marks = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(text);
    let marks = [marks[0].as_str(), &marks[1], &marks[2]];
    assert!(marks.iter().all(|mark| !holds(keys.get("CREDENV_STATE").unwrap(), mark)));
    let mut found = Vec::new();
    marked_files(&home.path(".."), &marks, &mut found);
    found.retain(|name| name != "dump");
    let mut cached = Vec::new();
    marked_files(&home.path(".aws/cli/cache"), &marks, &mut cached);
    assert!(!cached.is_empty());
    assert_eq!(found, cached);
}

#[test]
fn a_shell_under_exec_keeps_the_keys() {
    let home = counted();
    let look = "credenv hook --shell json fresh ~ && printenv AWS_ACCESS_KEY_ID";
    let run = home.credenv(["exec", "proc", "--creds", "--", "sh", "-c", look]).any_stdout();
    let (shown, _) = run.check();
    assert!(!shown.contains("\"AWS_ACCESS_KEY_ID\"") && shown.ends_with(&format!("{}\n", MARKS[0])), "{shown}");
    assert_eq!(times_run(&home), 1);
}

/// Neither of the ways to keys is taken by what only looks: the programs would say so.
#[test]
fn nothing_but_use_and_exec_asks_for_keys() {
    let home = counted().file("ran", "").file("fake/aws", "");
    home.replace_by_script("fake/aws", "echo >>~/ran; exit 1");
    let path = home.path("fake").display().to_string() + ":/usr/bin:/bin";
    let home = home.env("PATH", path);
    for command in
        [&["list", "--long"][..], &["show", "proc"], &["status"], &["why"], &["use", "proc", "--shell", "sh"]]
    {
        home.credenv(command).any_stdout().any_stderr().any_code_but_a_bug().check();
    }
    assert_eq!(times_run(&home), 0);
}
