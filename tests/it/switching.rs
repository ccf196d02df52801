//! The main story: switch, switch again, go back, leave, and find everything as it was.

use crate::support::{Ability, Env, Home, Shell, Story};

const CONFIG: &str = "\
[default]
region = us-west-1

[profile dev]
region = eu-west-1

[profile bare]

[profile prod]
role_arn = arn:aws:iam::123456789012:role/Deploy
source_profile = dev
region = us-east-1

[profile robot]
role_arn = arn:aws:iam::123456789012:role/Robot
web_identity_token_file = token
role_session_name = robot-session
region = ap-south-1
";

const CREDENTIALS: &str = "\
[dev]
aws_access_key_id = AKIADEVDEVDEVDEV
aws_secret_access_key = dev-secret

[bare]
aws_access_key_id = AKIABAREBAREBARE
aws_secret_access_key = bare-secret
aws_session_token = bare-token
";

/// Secrets of the first environment: none of them may stand anywhere but in the shell itself.
const SECRETS: [(&str, &[u8]); 4] = [
    ("AWS_ACCESS_KEY_ID", b"AKIAOTHEROTHER"),
    ("AWS_SECRET_ACCESS_KEY", b"other/secret+ 'with' \"quotes\" $(touch X) \\ and\nlines\n"),
    ("AWS_SESSION_TOKEN", b"  other token*  "),
    ("AWS_SECURITY_TOKEN", b""),
];

/// The rest of the identity that stands there before.
const OTHERS: [(&str, &[u8]); 11] = [
    ("AWS_CREDENTIAL_EXPIRATION", b"2030-01-01T00:00:00Z"),
    ("AWS_SESSION_EXPIRATION", b"2030-01-01T00:00:00Z"),
    ("AWS_DEFAULT_PROFILE", b"other"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", b"/nowhere/token"),
    ("AWS_ROLE_ARN", b"arn:aws:iam::999999999999:role/Other"),
    ("AWS_ROLE_SESSION_NAME", b"it's\nother\\"),
    ("AWS_REGION", b""),
    ("AWSUME_PROFILE", b"other"),
    ("AWS_VAULT", b"other vault "),
    ("AWS_SSO_PROFILE", b""),
    ("UNRELATED", b"$(touch X)`touch X`\n'"),
];

fn home() -> Home {
    Home::new().config(CONFIG).credentials(CREDENTIALS).file(".aws/token", "a web identity token").directory("empty")
}

fn home_with_another_identity() -> Home {
    home().envs(&SECRETS).envs(&OTHERS)
}

/// What must make way for every profile.
const MAKES_WAY: [(&str, Option<&str>); 15] = [
    ("AWS_ACCESS_KEY_ID", None),
    ("AWS_SECRET_ACCESS_KEY", None),
    ("AWS_SESSION_TOKEN", None),
    ("AWS_SECURITY_TOKEN", None),
    ("AWS_CREDENTIAL_EXPIRATION", None),
    ("AWS_SESSION_EXPIRATION", None),
    ("AWS_DEFAULT_PROFILE", None),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", None),
    ("AWS_ROLE_ARN", None),
    ("AWS_ROLE_SESSION_NAME", None),
    ("AWS_VAULT", None),
    ("AWSUME_PROFILE", None),
    ("AWSU_PROFILE", None),
    ("AWS_SSO_PROFILE", None),
    ("AWS_SDK_LOAD_CONFIG", Some("1")),
];

/// The environment under a profile.
fn under(first: &Env, profile: &str, region: Option<&str>) -> Env {
    let under = first.clone().but(&MAKES_WAY).but(&[("AWS_PROFILE", Some(profile))]);
    match region {
        Some(region) => under.but(&[("AWS_REGION", Some(region)), ("AWS_DEFAULT_REGION", Some(region))]),
        None => under,
    }
}

fn under_robot(first: &Env, home: &Home) -> Env {
    under(first, "robot", Some("ap-south-1")).but(&[
        ("AWS_WEB_IDENTITY_TOKEN_FILE", home.path(".aws/token").to_str()),
        ("AWS_ROLE_ARN", Some("arn:aws:iam::123456789012:role/Robot")),
        ("AWS_ROLE_SESSION_NAME", Some("robot-session")),
    ])
}

/// No exported variable may hold a secret while another profile is in force.
fn no_secret_in(env: &Env, when: &str) {
    for (name, secret) in SECRETS.iter().filter(|(_, secret)| !secret.is_empty()) {
        assert!(!env.holds(secret), "the value of {name} stands in the environment {when}");
        // Neither as it is nor as JSON writes it.
        let beginning = &secret[..secret.len().min(12)];
        assert!(!env.holds(beginning), "the value of {name} stands in the environment {when}");
    }
}

/// Plays the whole story behind a first line that sets options of the shell.
fn play(shell: &Shell, home: &Home, options: &str) {
    let told = Story::new(shell, home)
        .inside("empty")
        .own(options)
        .able_to_keep_secrets()
        .variables("first variables")
        .dump("first")
        .eval("use dev")
        .status("dev")
        .dump("dev")
        .eval("use robot")
        .dump("robot")
        .eval("use -")
        .dump("back")
        .eval("use bare")
        .dump("bare")
        .eval("use dev --region sa-east-1")
        .dump("elsewhere")
        .eval("off")
        .status("off")
        .dump("last")
        .variables("last variables")
        .eval("off")
        .dump("later")
        .stderr("credenv: nothing to undo in this shell\n")
        .play();
    let first = told.env("first");
    let during = |label: &str, expected: &Env| {
        let env = told.env(label);
        no_secret_in(&env, label);
        env.stateless().must_be(expected, label);
    };
    during("dev", &under(&first, "dev", Some("eu-west-1")));
    during("robot", &under_robot(&first, home));
    during("back", &under(&first, "dev", Some("eu-west-1")));
    during("bare", &under(&first, "bare", None));
    during("elsewhere", &under(&first, "dev", Some("sa-east-1")));
    assert_eq!((told.status("dev"), told.status("off")), (0, 0));
    told.env("last").must_be(&first, "after `off`");
    told.env("later").must_be(&first, "after a second `off`");
    assert_eq!(told.variables("last variables"), [""; 0], "a variable of ours is left in the shell");
    assert_eq!(home.names_in("empty"), [""; 0], "something in a value was executed");
}

fn switching_and_leaving_restores_the_first_environment(shell: &Shell) {
    play(shell, &home_with_another_identity(), "");
}
in_every_shell!(switching_and_leaving_restores_the_first_environment);

fn an_empty_environment_is_restored_as_well(shell: &Shell) {
    play(shell, &home(), "");
}
in_every_shell!(an_empty_environment_is_restored_as_well);

fn bytes_that_are_no_text_come_back(shell: &Shell) {
    if shell.can(Ability::InvalidUtf8) {
        let home = home_with_another_identity()
            .env("AWS_SECRET_ACCESS_KEY", b"\xffsecret\xc3\n'")
            .env("AWS_ROLE_SESSION_NAME", b"\xfe\n\xed\xa0\x80'")
            .env("AWS_VAULT", b"\x80");
        let told = Story::new(shell, &home)
            .able_to_keep_secrets()
            .dump("first")
            .eval("use dev")
            .dump("dev")
            .eval("use bare")
            .eval("off")
            .dump("last")
            .play();
        let first = told.env("first");
        assert_eq!(first.get("AWS_VAULT"), Some(&b"\x80"[..]), "the shell itself carries it");
        told.env("dev").stateless().must_be(&under(&first, "dev", Some("eu-west-1")), "dev");
        told.env("last").must_be(&first, "after `off`");
    }
}
in_every_shell!(bytes_that_are_no_text_come_back);

fn options_of_the_shell_are_survived(shell: &Shell) {
    let options: &[&str] = match shell.name {
        "zsh" | "zsh_emulating_sh" => &[
            "set -euo pipefail",
            "set -a",
            "setopt KSH_ARRAYS NO_UNSET ERR_EXIT",
            "setopt SH_WORD_SPLIT GLOB_SUBST; IFS=a_",
            "setopt WARN_CREATE_GLOBAL ALL_EXPORT EXTENDED_GLOB NULL_GLOB",
            "setopt IGNORE_BRACES KSH_GLOB SH_GLOB CSH_JUNKIE_QUOTES",
        ],
        // Under `set -a`, any `eval "$(…)"` makes ksh93 export its IFS.
        "ksh" => &["set -euo pipefail", "set -a; eval \"$(echo true)\"", "set -f; IFS=a_"],
        "bash" | "bash_posix" | "mksh" | "yash" | "busybox_ash" => &["set -euo pipefail", "set -a", "set -f; IFS=a_"],
        "dash" => &["set -eu", "set -a", "set -f; IFS=a_"],
        _ if !shell.can(Ability::PosixWords) => shell.language.odd_settings(),
        other => panic!("no options are known for {other}"),
    };
    for options in options {
        play(shell, &home_with_another_identity(), options);
    }
}
in_every_shell!(options_of_the_shell_are_survived);

fn while_a_profile_is_in_force_the_shell_keeps_the_secrets_to_itself(shell: &Shell) {
    let home = home_with_another_identity();
    let aside = "__credenv_aside_AWS_SECRET_ACCESS_KEY";
    let told = Story::new(shell, &home)
        .able_to_keep_secrets()
        .eval("use dev")
        .value("aside", aside)
        .dump("dev")
        .eval("off")
        .value("after", aside)
        .value("back", "AWS_SECRET_ACCESS_KEY")
        .play();
    let secret = String::from_utf8(SECRETS[1].1.to_vec()).unwrap();
    assert_eq!(told.value("aside"), Some(secret.clone()));
    assert_eq!(told.env("dev").get(aside), None);
    assert_eq!((told.value("after"), told.value("back")), (None, Some(secret)));
}
in_every_shell!(while_a_profile_is_in_force_the_shell_keeps_the_secrets_to_itself);

#[test]
fn no_dialect_prints_a_secret() {
    let home = home_with_another_identity();
    for shell in ["bash", "zsh", "fish", "sh", "ksh", "mksh", "yash", "nu", "elvish", "xonsh", "json"] {
        let run = home.credenv(["use", "dev", "--shell", shell]).any_stdout().any_stderr();
        let (stdout, stderr) = run.check();
        assert!(stdout.contains("AWS_PROFILE"), "{stdout}");
        for (name, secret) in SECRETS.iter().filter(|(_, secret)| !secret.is_empty()) {
            let beginning = std::str::from_utf8(&secret[..secret.len().min(12)]).unwrap();
            assert!(!stdout.contains(beginning) && !stderr.contains(beginning), "{shell} shows {name}");
        }
    }
}

#[test]
fn a_dialect_that_keeps_nothing_says_which_secrets_are_lost() {
    home_with_another_identity()
        .credenv(["use", "dev", "--shell", "json"])
        .any_stdout()
        .stderr(
            "credenv: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SECURITY_TOKEN`, `AWS_SESSION_TOKEN` is \
             removed, and `json` cannot keep a secret: `off` will not bring it back\n",
        )
        .check();
}

/// A new shell knows what credenv changed, but not the secrets that the first one set aside.
fn a_child_shell_leaves_without_the_secrets_and_says_so(shell: &Shell) {
    let home = home_with_another_identity();
    let lost = SECRETS.map(|(name, _)| (name, None::<&str>));
    let mut names = SECRETS.map(|(name, _)| name);
    names.sort_unstable();
    let words =
        names.map(|name| format!("credenv: {name} was set aside in another shell and is not put back here\n")).concat();
    let told = Story::new(shell, &home)
        .able_to_keep_secrets()
        .dump("first")
        .eval("use dev")
        .child("child", |child| {
            child.able_to_keep_secrets().dump("in child").eval("off").status("child").dump("child").variables("child")
        })
        .dump("dev")
        .eval("off")
        .dump("last")
        .stderr(&words)
        .play();
    let first = told.env("first");
    let but_level = |env: Env| env.but(&[("SHLVL", None), ("OLDPWD", None)]);
    but_level(told.env("in child").stateless())
        .must_be(&but_level(under(&first, "dev", Some("eu-west-1"))), "what the child inherits");
    but_level(told.env("child")).must_be(&but_level(first.clone().but(&lost)), "after `off` in the child");
    assert_eq!(told.status("child"), 0);
    assert_eq!(told.variables("child"), [""; 0], "a variable of ours is left in the child");
    told.env("last").must_be(&first, "after `off` in the first shell");
}
in_every_shell!(a_child_shell_leaves_without_the_secrets_and_says_so);

/// A child that inherits the state and switches again must still not export the secrets it does not have.
fn a_child_shell_can_switch_on(shell: &Shell) {
    let home = home_with_another_identity();
    let told = Story::new(shell, &home)
        .able_to_keep_secrets()
        .dump("first")
        .eval("use dev")
        .child("child", |child| {
            child.able_to_keep_secrets().eval("use bare").dump("child").eval("use -").dump("child back")
        })
        .eval("off")
        .dump("last")
        .play();
    let first = told.env("first");
    let but_level = |env: Env| env.but(&[("SHLVL", None), ("OLDPWD", None)]);
    but_level(told.env("child").stateless()).must_be(&but_level(under(&first, "bare", None)), "the child");
    but_level(told.env("child back").stateless())
        .must_be(&but_level(under(&first, "dev", Some("eu-west-1"))), "the child, back");
    told.env("last").must_be(&first, "after `off` in the first shell");
}
in_every_shell!(a_child_shell_can_switch_on);

/// What the person exports or removes by hand while a profile is in force is theirs.
fn a_variable_changed_by_hand_is_left_alone(shell: &Shell) {
    let home = home_with_another_identity();
    let told = Story::new(shell, &home)
        .able_to_keep_secrets()
        .dump("first")
        .eval("use dev")
        .export("AWS_REGION", "by-hand")
        .unset("AWS_DEFAULT_REGION")
        .export("AWS_SECRET_ACCESS_KEY", "by hand")
        .eval("off")
        .dump("last")
        .variables("last")
        .play();
    let by_hand = [("AWS_REGION", Some("by-hand")), ("AWS_SECRET_ACCESS_KEY", Some("by hand"))];
    told.env("last").must_be(&told.env("first").but(&by_hand), "after `off`");
    assert_eq!(told.variables("last"), [""; 0], "a variable of ours is left in the shell");
}
in_every_shell!(a_variable_changed_by_hand_is_left_alone);

/// A variable of our names that the shell has for itself, unexported, is no secret of another identity: without the
/// integration credenv cannot see it, and a switch exports over it.
fn unexported_variables_come_back_unexported_when_the_integration_is_loaded(shell: &Shell) {
    if !shell.can(Ability::Unexported) {
        return;
    }
    let home = home();
    let plain = [("AWS_PROFILE", "mine"), ("AWS_SESSION_TOKEN", "my $token"), ("AWS_REGION", "")];
    let mut story = Story::new(shell, &home).init();
    for (name, value) in plain {
        story = story.plain(name, value);
    }
    let mut story = story.dump("first").say("credenv use dev").dump("dev").say("credenv use bare").say("credenv off");
    for (name, _) in plain {
        story = story.value(name, name);
    }
    let told = story.value("token", "AWS_DEFAULT_REGION").dump("last").play();
    let first = told.env("first");
    assert_eq!(first.get("AWS_PROFILE"), None);
    told.env("dev").stateless().must_be(&under(&first, "dev", Some("eu-west-1")), "dev");
    told.env("last").must_be(&first, "after `off`");
    for (name, value) in plain {
        assert_eq!(told.value(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(told.value("token"), None);
}
in_every_shell!(unexported_variables_come_back_unexported_when_the_integration_is_loaded);

/// `set -a` exports whatever is assigned, also what we set aside and put back.
fn export_of_everything_does_not_export_what_was_set_aside(shell: &Shell) {
    if shell.can(Ability::PosixWords) {
        let home = home();
        let told = Story::new(shell, &home)
            .init()
            .plain("AWS_SESSION_TOKEN", "my token")
            // The first `eval` after it makes ksh93 export its IFS.
            .own("set -a; eval \"$(echo true)\"")
            .dump("first")
            .say("credenv use dev")
            .dump("dev")
            .say("credenv off")
            .dump("last")
            .value("token", "AWS_SESSION_TOKEN")
            .play();
        let first = told.env("first");
        assert_eq!(first.get("AWS_SESSION_TOKEN"), None);
        told.env("dev").stateless().must_be(&under(&first, "dev", Some("eu-west-1")), "dev");
        told.env("last").must_be(&first, "after `off`");
        assert_eq!(told.value("token").as_deref(), Some("my token"));
    }
}
in_every_shell!(export_of_everything_does_not_export_what_was_set_aside);

/// fish exports a universal variable also below a global one that is not exported, so it cannot make way in one shell
/// alone. A switch that left it there would be no switch; one that took it away would reach into every other shell.
#[test]
fn a_universal_variable_of_fish_that_must_make_way_stops_the_switch() {
    for loaded in ["true", "credenv init fish | source"] {
        Shell::test("fish", |shell| {
            let home = home();
            let fish = || Story::new(shell, &home).started_as(&["fish"]);
            let before = ["AWS_ACCESS_KEY_ID", "AWS_VAULT"].iter();
            before.fold(fish(), |story, name| story.own(&format!("set -Ux {name} universal"))).play();
            let told = fish()
                .own(loaded)
                .dump("first")
                .eval("use dev")
                .status("use")
                .dump("dev")
                .eval("off")
                .dump("last")
                .stderr(
                    "credenv: `AWS_ACCESS_KEY_ID` must be unset, but it is a universal variable, which fish exports in \
                     every shell\n  hint: `set --erase --universal AWS_ACCESS_KEY_ID AWS_VAULT` removes it for good; \
                     nothing was changed\ncredenv: nothing to undo in this shell\n",
                )
                .play();
            let first = told.env("first");
            assert_eq!(first.get("AWS_ACCESS_KEY_ID"), Some(&b"universal"[..]));
            assert_eq!(told.status("use"), 1);
            told.env("dev").must_be(&first, "after the refusal");
            told.env("last").must_be(&first, "after `off`");
        });
    }
}

/// A universal variable that the switch sets makes way to a global one, and shows again afterwards.
#[test]
fn a_universal_variable_of_fish_is_covered_and_not_lost() {
    let universal = [("AWS_PROFILE", "universal"), ("AWS_REGION", "universal"), ("AWS_SDK_LOAD_CONFIG", "0")];
    for loaded in ["true", "credenv init fish | source"] {
        Shell::test("fish", |shell| {
            let home = home();
            let fish = || Story::new(shell, &home).started_as(&["fish"]);
            let before = universal.iter();
            before.fold(fish(), |story, (name, value)| story.own(&format!("set -Ux {name} {value}"))).play();
            let told = fish()
                .own(loaded)
                .dump("first")
                .eval("use dev")
                .dump("dev")
                .eval("use bare")
                .eval("off")
                .dump("last")
                .play();
            let first = told.env("first");
            for (name, value) in universal {
                assert_eq!(first.get(name), Some(value.as_bytes()), "{name} is exported at first");
            }
            told.env("dev").stateless().must_be(&under(&first, "dev", Some("eu-west-1")), "dev");
            told.env("last").but(&[("CREDENV_PROMPT", None)]).must_be(&first, "after `off`");
            let later = fish().dump("later").play();
            for (name, value) in universal {
                assert_eq!(later.env("later").get(name), Some(value.as_bytes()), "{name} in a new shell");
            }
        });
    }
}
