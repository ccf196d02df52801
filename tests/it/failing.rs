//! When credenv refuses, whatever stands behind it in the script must not run.

use crate::support::{Ability, Home, Shell, Story, is_missing};

const CONFIG: &str = "[profile dev]\nregion = eu-west-1\n[profile devProfile]\n[profile prodProfile]\n";

fn home() -> Home {
    Home::new().config(CONFIG)
}

const NO_SUCH_PROFILE: &str = "credenv: no profile named `nope`\n  looked in [HOME]/.aws/config\n  looked for \
                               [HOME]/.aws/credentials, which does not exist\n  hint: `credenv list` shows your \
                               profiles\n";

fn what_stands_behind_a_failing_use_is_not_run(shell: &Shell) {
    let home = home();
    let story = Story::new(shell, &home).eval("use dev").dump("dev");
    let story = story.eval_and("use nope", "echo deployed").status("and");
    let story = (1..3).fold(story, |story, form| {
        story.eval_in_form_and(form, "use nope", "echo deployed").status("and in another form")
    });
    let story = story.dump("last");
    let (story, times) = match shell.called {
        "fish" => (story.own("if credenv use nope | source; echo deployed; end"), 4),
        _ if shell.can(Ability::PosixWords) => {
            (story.own("if eval \"$(credenv use nope)\"; then echo deployed; fi"), 4)
        }
        _ => (story, 3),
    };
    let told = story.stderr(&NO_SUCH_PROFILE.repeat(times)).play();
    assert_eq!((told.status("and"), told.status("and in another form")), (1, 1));
    told.env("last").must_be(&told.env("dev"), "after the failures");
}
in_every_shell!(what_stands_behind_a_failing_use_is_not_run);

fn a_script_that_stops_at_errors_stops(shell: &Shell) {
    let home = home();
    let told = Story::new(shell, &home)
        .strict()
        .eval("use dev")
        .dump("dev")
        .eval_or_exit("use nope")
        .dump("reached")
        .stderr(NO_SUCH_PROFILE)
        .code(1)
        .play();
    assert_eq!(told.env("dev").get("AWS_PROFILE"), Some(&b"dev"[..]));
    assert!(!told.reached("reached"), "the script went on");
}
in_every_shell!(a_script_that_stops_at_errors_stops);

fn a_usage_error_stops_it_as_well(shell: &Shell) {
    let home = home();
    let words = "credenv: `--region <REGION>` needs a value\n  hint: `credenv use --help` shows what it takes\n";
    let told = Story::new(shell, &home)
        .dump("first")
        .eval_and("use dev --region", "echo deployed")
        .status("use")
        .eval_and("off --nope 2>/dev/null", "echo deployed")
        .status("off")
        .dump("last")
        .stderr(words)
        .play();
    // Where a failure is an exception, or ends the line, it is that of the command itself.
    let status = if matches!(shell.called, "nu" | "elvish" | "xonsh") { 2 } else { 1 };
    assert_eq!((told.status("use"), told.status("off")), (status, status));
    told.env("last").must_be(&told.env("first"), "after the failures");
}
in_every_shell!(a_usage_error_stops_it_as_well);

/// Everything that makes `use` fail prints this on stdout and nothing else; what no shell evaluates prints nothing.
#[test]
fn a_failing_use_prints_only_the_statement_that_fails() {
    for (shell, stdout) in [
        ("bash", "false;\n"),
        ("zsh", "false;\n"),
        ("fish", "false;\n"),
        ("sh", "false;\n"),
        ("dash", "false;\n"),
        ("ksh", "false;\n"),
        ("mksh", "false;\n"),
        ("yash", "false;\n"),
        ("nu", "false\n"),
        ("elvish", "fail credenv;\n"),
        ("xonsh", "raise __import__('subprocess').CalledProcessError(1, 'credenv')\n"),
        ("json", ""),
        ("dotenv", ""),
        ("github", ""),
    ] {
        home().credenv(["use", "nope", "--shell", shell]).stdout(stdout).stderr(NO_SUCH_PROFILE).code(1).check();
        let equals = format!("--shell={shell}");
        home().credenv(["use", &equals, "nope"]).stdout(stdout).stderr(NO_SUCH_PROFILE).code(1).check();
    }
}

#[test]
fn a_name_that_is_nearly_right_is_answered_with_the_right_one() {
    let told = |typed: &str, hint: &str| {
        home()
            .credenv(["use", typed, "--shell", "bash"])
            .stdout("false;\n")
            .stderr(format!(
                "credenv: no profile named `{typed}`\n  looked in [HOME]/.aws/config\n  looked for \
                 [HOME]/.aws/credentials, which does not exist\n  hint: {hint}\n"
            ))
            .code(1)
            .check();
    };
    told("prodprofile", "did you mean `prodProfile`?");
    told("prdProfile", "did you mean one of `prodProfile`, `devProfile`?");
    told("de", "did you mean `dev`?");
    told("zzz", "`credenv list` shows your profiles");
}

#[test]
fn where_it_looked_is_told_as_it_is() {
    let missing = "credenv: no profile named `nope`\n  looked for [HOME]/.aws/config, which does not exist\n  looked for \
                   [HOME]/.aws/credentials, which does not exist\n  hint: `credenv configure PROFILE` creates the \
                   first one\n";
    let use_nope = ["use", "nope", "--shell", "bash"];
    Home::new().credenv(use_nope).stdout("false;\n").stderr(missing).code(1).check();
    let moved =
        home().env("AWS_CONFIG_FILE", "~/elsewhere").env("AWS_SHARED_CREDENTIALS_FILE", "keys").file("keys", "");
    moved
        .credenv(use_nope)
        .stdout("false;\n")
        .stderr(
            "credenv: no profile named `nope`\n  looked for [HOME]/elsewhere, which does not exist\n  looked in \
             [HOME]/keys\n  hint: `credenv configure PROFILE` creates the first one\n",
        )
        .code(1)
        .check();
}

#[test]
fn without_a_home_directory_it_says_what_is_missing() {
    let home = home();
    let words = "credenv: no profile named `nope`\n  looked for the config file, but there is no home directory: `HOME` \
                 is not set\n  looked for the credentials file, but there is no home directory: `HOME` is not set\n  \
                 hint: `credenv configure PROFILE` creates the first one\n";
    home.run("env", ["-u", "HOME", "credenv", "use", "nope", "--shell", "bash"])
        .stdout("false;\n")
        .stderr(words)
        .code(1)
        .check();
}

#[test]
fn off_and_use_dash_say_when_there_is_nothing_to_go_back_to() {
    home().credenv(["off", "--shell", "bash"]).stderr("credenv: nothing to undo in this shell\n").check();
    home()
        .credenv(["use", "-", "--shell", "bash"])
        .stdout("false;\n")
        .stderr("credenv: there is no previous profile in this shell\n  hint: `credenv use PROFILE` switches to one\n")
        .code(1)
        .check();
}

#[test]
fn a_shell_that_cannot_be_told_is_an_error_that_names_what_was_looked_at() {
    if is_missing("timeout") {
        return;
    }
    for command in [&["use", "dev"][..], &["off"]] {
        home()
            .run("timeout", [&["60", "credenv"], command].concat())
            .stdout("false;\n")
            .stderr(
                "credenv: cannot tell which shell is asking\n  looked at `--shell`: not given\n  looked at \
                 `CREDENV_SHELL`: not set\n  looked at the parent process: `timeout`, which is not a shell that \
                 credenv knows\n  hint: add `--shell bash`, or the name of your shell\n",
            )
            .code(1)
            .check();
    }
}

#[test]
fn the_shell_is_taken_from_the_option_then_from_the_variable() {
    let first_line = |home: &Home, arguments: &[&str]| {
        let (stdout, _) = home.credenv(arguments).any_stdout().check();
        stdout.lines().next().unwrap_or_default().to_owned()
    };
    let fish = home().env("CREDENV_SHELL", "fish").env("SHELL", "/bin/bash");
    let in_fish = first_line(&fish, &["use", "dev"]);
    assert_eq!(in_fish, "set -gx AWS_DEFAULT_REGION 'eu-west-1';");
    assert_eq!(first_line(&fish, &["use", "dev", "--shell", "sh"]), "export AWS_DEFAULT_REGION='eu-west-1';");
    let (_, words) =
        home().env("CREDENV_SHELL", "nosuch").credenv(["use", "dev"]).stdout("false;\n").any_stderr().code(1).check();
    let expected = "credenv: `CREDENV_SHELL` names the shell `nosuch`, which credenv does not know\n  hint: it can be \
                    `bash`, `zsh`";
    assert!(words.starts_with(expected), "{words}");
}

/// The wrapper's own flags are nothing that a person typed.
#[test]
fn a_usage_error_does_not_speak_of_flags_that_nobody_typed() {
    let words = "credenv: unexpected argument `--nope`\n  usage: credenv use [OPTIONS] [PROFILE]\n  usage: credenv use \
                 [OPTIONS] --stage <STAGE>\n  hint: `credenv use --help` shows what it takes\n";
    let home = home();
    home.credenv(["use", "--nope"]).stdout("false;\n").stderr(words).code(2).check();
    home.credenv(["use", "--wrapper", "--shell", "bash", "--nope"]).stdout("false;\n").stderr(words).code(2).check();
}
