//! `exec` for every profile that a pattern fits: one after the other, each in its own environment, and one end for all.

use crate::support::{Home, Prompt, Session, Shell, is_missing};

const CONFIG: &str = "\
[profile dev-b]
region = eu-west-1
[profile other]
region = us-west-1
[profile dev-a]
region = eu-central-1
[profile dev-c]
output = json
";

fn home() -> Home {
    Home::new().config(CONFIG).directory("empty")
}

/// A command that tells in what environment it runs.
const TELLS: &str = "echo \"$AWS_PROFILE ${AWS_REGION-none}\"";

#[test]
fn the_command_runs_under_each_profile_in_the_order_of_the_list() {
    home()
        .credenv(["exec", "dev-*", "--", "sh", "-c", TELLS])
        .stdout("dev-b eu-west-1\ndev-a eu-central-1\ndev-c none\n")
        .stderr(
            "credenv: dev-b (1 of 3)\ncredenv: dev-a (2 of 3)\ncredenv: dev-c (3 of 3)\ncredenv: done under 3 profiles\n",
        )
        .check();
    home()
        .credenv(["exec", "dev-*", "--region", "x", "--", "sh", "-c", TELLS])
        .stdout("dev-b x\ndev-a x\ndev-c x\n")
        .any_stderr()
        .check();
    home()
        .credenv(["exec", "*-b", "--", "sh", "-c", TELLS])
        .stdout("dev-b eu-west-1\n")
        .stderr("credenv: dev-b (1 of 1)\ncredenv: done under 1 profile\n")
        .check();
}

/// What one profile changed is nothing to the next: each finds what it would find alone.
#[test]
fn each_profile_starts_from_the_environment_we_were_started_in() {
    let home = home().env("AWS_REGION", "mine").env("AWS_SESSION_TOKEN", "hunter2").env("AWS_VAULT", "x");
    let dump = ["--", "sh", "-c", "env | grep -a '^AWS\\|^CREDENV' | sort"];
    let run =
        |profile: &str| home.credenv([&["exec", profile], &dump[..]].concat()).any_stdout().any_stderr().check().0;
    let alone = ["dev-b", "dev-a", "dev-c"].map(run).concat();
    assert!(alone.contains("AWS_PROFILE=dev-c\nAWS_REGION=mine\n"), "{alone}");
    assert_eq!(run("dev-*"), alone);
}

#[test]
fn keys_are_passed_where_they_are_asked_for() {
    let keys =
        |name: &str| format!("[{name}]\naws_access_key_id = AKIA{name}\naws_secret_access_key = secret-{name}\n");
    Home::new()
        .credentials(keys("one") + &keys("two"))
        .credenv(["exec", "*", "--creds", "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID $AWS_PROFILE"])
        .stdout("AKIAone\nAKIAtwo\n")
        .stderr("credenv: one (1 of 2)\ncredenv: two (2 of 2)\ncredenv: done under 2 profiles\n")
        .check();
}

#[test]
fn the_status_is_that_of_the_first_that_failed_and_the_summary_names_all() {
    let script = "case $AWS_PROFILE in dev-a) exit 7;; dev-c) ulimit -c 0; kill -SEGV $$;; esac";
    home()
        .credenv(["exec", "dev-*", "--", "sh", "-c", script])
        .stderr(
            "credenv: dev-b (1 of 3)\ncredenv: dev-a (2 of 3)\ncredenv: dev-c (3 of 3)\ncredenv: failed under 2 of 3 \
             profiles\n  dev-a: exit status 7\n  dev-c: ended by SIGSEGV\n",
        )
        .code(7)
        .check();
    home().credenv(["exec", "dev-c*", "--", "sh", "-c", script]).any_stderr().code(128 + 11).check();
}

#[test]
fn fail_fast_runs_nothing_after_the_first_failure() {
    home()
        .credenv(["exec", "dev-*", "--fail-fast", "--", "sh", "-c", "echo $AWS_PROFILE; test $AWS_PROFILE != dev-a"])
        .stdout("dev-b\ndev-a\n")
        .stderr(
            "credenv: dev-b (1 of 3)\ncredenv: dev-a (2 of 3)\ncredenv: failed under 1 of 3 profiles\n  dev-a: exit \
             status 1\n  not run: dev-c\n",
        )
        .code(1)
        .check();
    home().credenv(["exec", "dev-a", "--fail-fast", "--", "sh", "-c", "exit 7"]).code(7).check();
}

#[test]
fn a_profile_that_cannot_be_entered_fails_alone() {
    let gap = "role_arn = arn:aws:iam::123456789012:role/R\nsource_profile = gone\n";
    let home = Home::new().config(format!("[profile a]\nregion = x\n[profile b]\n{gap}[profile c]\nregion = y\n"));
    home.credenv(["exec", "*", "--", "sh", "-c", TELLS])
        .stdout("a x\nc y\n")
        .stderr(
            "credenv: a (1 of 3)\ncredenv: b (2 of 3)\ncredenv: profile `b` takes its credentials from `gone`, which \
             does not exist ([HOME]/.aws/config:5)\n  hint: `credenv configure b --source-profile PROFILE` names \
             another\ncredenv: c (3 of 3)\ncredenv: failed under 1 of 3 profiles\n  \
             b: the command was not run\n",
        )
        .code(1)
        .check();
}

#[test]
fn nothing_at_all_is_run_where_a_protected_profile_is_among_them() {
    let home = home().file(".config/credenv/config.yml", "protected: ['*-a', 'dev-c']\n");
    home.credenv(["exec", "dev-*", "--", "touch", "X"])
        .inside("empty")
        .stderr(
            "credenv: `dev-*` matches `dev-a`, `dev-c`, which are protected: nothing was run\n  hint: `credenv exec \
             'dev-*' --yes -- COMMAND` runs it there as well\n",
        )
        .code(1)
        .check();
    assert_eq!(home.names_in("empty"), [""; 0]);
    home.credenv(["exec", "dev-*", "--yes", "--", "sh", "-c", "echo $AWS_PROFILE"])
        .stdout("dev-b\ndev-a\ndev-c\n")
        .any_stderr()
        .check();
    // A pattern that fits no protected one asks for nothing.
    home.credenv(["exec", "*-b", "--", "true"]).any_stderr().check();
}

#[test]
fn a_pattern_that_fits_nothing_is_an_error() {
    home()
        .credenv(["exec", "prod-*", "--", "echo", "ran"])
        .stderr("credenv: no profile matches `prod-*`\n  hint: `credenv list` shows your profiles\n")
        .code(1)
        .check();
}

#[test]
fn a_profile_may_be_called_with_a_star_and_is_meant_by_its_name() {
    let home = Home::new().config("[profile \"dev-*\"]\nregion = x\n[profile dev-a]\nregion = y\n");
    home.credenv(["exec", "dev-*", "--", "sh", "-c", TELLS]).stdout("dev-* x\n").check();
    home.credenv(["exec", "d*", "--", "sh", "-c", TELLS]).stdout("dev-* x\ndev-a y\n").any_stderr().check();
}

#[test]
fn a_command_that_is_not_there_is_told_once() {
    home()
        .credenv(["exec", "dev-*", "--", "no-such-command"])
        .stderr("credenv: cannot run `no-such-command`: no such command\n")
        .code(127)
        .check();
    home()
        .file("data", "")
        .credenv(["exec", "dev-*", "--", "./data"])
        .stderr("credenv: cannot run `./data`: it is not an executable file\n")
        .code(126)
        .check();
}

#[test]
fn the_first_that_reads_stdin_has_it() {
    home()
        .credenv(["exec", "dev-*", "--", "sh", "-c", "echo $AWS_PROFILE; cat"])
        .stdin("in\n")
        .stdout("dev-b\nin\ndev-a\ndev-c\n")
        .any_stderr()
        .check();
}

/// Types a line, and waits until its command says `ready`.
fn begin(prompt: &mut Prompt<'_>, line: &str) {
    prompt.keys_until(format!("{line}\n").as_bytes(), "ready\r\n");
}

fn ctrl_c_ends_the_command_and_then_us(shell: &Shell) {
    let home = home();
    let waits = "echo ready; while :; do sleep 0.02; done";
    let status = "echo \"with $?\"";
    // What the command does last is over before we say that we end, and nothing is run after it.
    for (trap, last) in [("echo last; exit 0", "last\r\n"), ("-", "")] {
        let Some(mut prompt) = Session::of(shell, &home).start() else { return };
        begin(&mut prompt, &format!("credenv exec 'dev-*' -- sh -c 'trap \"{trap}\" INT; {waits}'"));
        let told = format!("ready\r\n{last}credenv: interrupted under dev-b\r\n  not run: dev-a, dev-c\r\n");
        prompt.keys_until(b"\x03", &told);
        prompt.keys_until(format!("{status}\n").as_bytes(), "with 130\r\n");
    }
}
in_every_shell!(ctrl_c_ends_the_command_and_then_us: bash zsh mksh);

/// A script around us is to end as well: bash goes on with the next line unless a signal ended the one before.
fn ctrl_c_ends_the_script_around_us(shell: &Shell) {
    let home = home()
        .file("script", "credenv exec 'dev-*' -- sh -c 'echo ready; while :; do sleep 0.02; done'\necho went on\n");
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    begin(&mut prompt, "bash script");
    prompt.keys_until(b"\x03", "not run: dev-a, dev-c\r\n");
    let shown = prompt.line("");
    assert!(!shown.contains("went on"), "{shown}");
}
in_every_shell!(ctrl_c_ends_the_script_around_us: bash);

fn ctrl_z_stops_all_and_fg_goes_on(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    let waits = "echo ready; until test -e go; do sleep 0.02; done; echo \"on under $AWS_PROFILE\"";
    begin(&mut prompt, &format!("credenv exec 'dev-*' -- sh -c '{waits}'"));
    prompt.keys_until(b"\x1a", "[prompt]");
    prompt.interrupt();
    home.write("go", "");
    let shown = "on under dev-b\r\ncredenv: dev-a (2 of 3)\r\nready\r\non under dev-a\r\ncredenv: dev-c (3 of \
                 3)\r\nready\r\non under dev-c\r\ncredenv: done under 3 profiles\r\n";
    prompt.keys_until(b"fg\n", shown);
}
in_every_shell!(ctrl_z_stops_all_and_fg_goes_on: bash zsh mksh);

/// Sends a signal to us alone while the command waits, and tells what the shell around us saw.
fn ended_by(home: &Home, signal: &str, before: &str) -> (String, String) {
    let command = "trap 'echo told; exit 0' TERM HUP INT; echo ready >ready; while :; do sleep 0.02; done";
    let script = format!(
        "{before} credenv exec 'dev-*' -- sh -c \"$1\" & until test -e ready; do sleep 0.02; done; kill -{signal} $!; \
         wait $!; echo \"with $?\""
    );
    home.run("sh", ["-c", &script, "sh", command]).any_stdout().any_stderr().check()
}

#[test]
fn what_ends_us_reaches_the_command_first() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let (stdout, words) = ended_by(&home(), signal, "");
        assert_eq!(stdout, format!("told\nwith {code}\n"));
        let told = "credenv: dev-b (1 of 3)\ncredenv: interrupted under dev-b\n  not run: dev-a, dev-c\n";
        assert!(words.starts_with(told), "{words}");
    }
}

#[test]
fn a_signal_that_was_ignored_when_we_were_started_stays_ignored() {
    if is_missing("nohup") || cfg!(not(target_os = "linux")) {
        return;
    }
    let home = home();
    let script = "nohup credenv exec 'dev-*' -- sh -c 'kill -HUP $$ $PPID; echo $AWS_PROFILE' 2>&1";
    home.run("sh", ["-c", script])
        .stdout(
            "dev-b\ndev-a\ndev-c\n".split_inclusive('\n').enumerate().fold(String::new(), |all, (at, line)| {
                let name = line.trim_end();
                format!("{all}credenv: {name} ({} of 3)\n{line}", at + 1)
            }) + "credenv: done under 3 profiles\n",
        )
        .check();
}
