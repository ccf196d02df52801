//! `configure` changes the AWS files as the AWS CLI does, and loses nothing where it would.

use std::ffi::OsString;
use std::fmt::Write as _;

use crate::support::{Home, is_missing, is_required, skip};

/// A file as it is, and what is asked of it: the profile, then keys and values.
struct Case {
    what: &'static str,
    config: Option<&'static str>,
    credentials: Option<&'static str>,
    profile: &'static str,
    asked: &'static [(&'static str, &'static str)],
    /// What we make of config where the CLI loses something.
    instead: Option<&'static str>,
}

const fn case(what: &'static str, config: &'static str, asked: &'static [(&'static str, &'static str)]) -> Case {
    Case { what, config: Some(config), credentials: None, profile: "a", asked, instead: None }
}

const REGION: &[(&str, &str)] = &[("region", "eu-west-1")];
const KEYS: &[(&str, &str)] = &[("aws_access_key_id", "AKIAEXAMPLE"), ("aws_secret_access_key", "secret/of=a")];

const CASES: &[Case] = &[
    Case { config: None, ..case("no file", "", REGION) },
    case("an empty file", "", REGION),
    case("a new section", "[default]\nregion = x\n", REGION),
    case("a new section behind a line without an end", "[default]\nregion = x", REGION),
    case("a new section behind blank lines", "[default]\nregion = x\n\n\n", REGION),
    case("a new section behind a comment", "# mine\n", REGION),
    Case { profile: "default", ..case("the default profile, new", "[profile b]\noutput = x\n", REGION) },
    Case { profile: "default", ..case("the default profile, there", "[default]\nregion = x\n[profile b]\n", REGION) },
    Case { profile: "my account", ..case("a new name with a blank", "[default]\nregion = x\n", REGION) },
    Case { profile: "konto-ä", ..case("a new name beyond ASCII", "[default]\nregion = x\n", REGION) },
    case(
        "a new key in a section between others",
        "[profile z]\nx = 1\n[profile a]\ny = 2\n[profile b]\nz = 3\n",
        REGION,
    ),
    case("a new key in the last section", "[profile z]\nx = 1\n[profile a]\ny = 2\n", REGION),
    case("a new key behind a line without an end", "[profile z]\nx = 1\n[profile a]\ny = 2", REGION),
    case("a new key in an empty section", "[profile a]\n[profile b]\nx = 1\n", REGION),
    case("a new key in an empty last section", "[profile b]\nx = 1\n[profile a]\n", REGION),
    case("a new key above blank lines and the next section", "[profile a]\ny = 2\n\n\n[profile b]\nx = 1\n", REGION),
    case("a new key above a comment on the next section", "[profile a]\ny = 2\n\n# b\n[profile b]\nx = 1\n", REGION),
    case("a new key above blank lines at the end", "[profile a]\ny = 2\n\n\n", REGION),
    case("a new key above a comment at the end", "[profile a]\ny = 2\n\n# end\n", REGION),
    case("a value is replaced", "[profile a]\nregion = x\noutput = y\n", REGION),
    case("a value in a line without an end is replaced", "[profile a]\noutput = y\nregion = x", REGION),
    case(
        "a value of that name elsewhere stays",
        "[default]\nregion = x\n[profile a]\nregion = y\n[profile b]\nregion = z\n",
        REGION,
    ),
    case("a value with odd blanks is replaced", "[profile a]\nregion=x\n", REGION),
    case("a value with more odd blanks is replaced", "[profile a]\nregion   =   x  \noutput\t=\ty\n", REGION),
    case("a key in a comment is none", "[profile a]\n# region = x\n; region = y\noutput = z\n", REGION),
    case("a comment behind a header", "[profile a] # mine\noutput = z\n[profile b]\n", REGION),
    case("lines of blanks", "[profile a]\noutput = z\n   \n\t\n[profile b]\n", REGION),
    case(
        "a value of several words",
        "[profile a]\nx = 1\n",
        &[("credential_process", "/opt/bin/get 'a b' --c=d \"e\"")],
    ),
    case("a value beyond ASCII", "[profile a]\nx = 1\n", &[("role_session_name", "Zoë")]),
    case("a new key below a new key", "[profile a]\nx = 1\n[profile b]\n", &[("s3.max_concurrent_requests", "20")]),
    case("a new key below a key", "[profile a]\ns3 =\n    a = 1\nregion = x\n[profile b]\n", &[("s3.b", "20")]),
    case("a value below a key is replaced", "[profile a]\ns3 =\n    a = 1\n    b = 2\nregion = x\n", &[("s3.a", "20")]),
    case("a value below the last key is replaced", "[profile a]\nregion = x\ns3 =\n  a = 1\n", &[("s3.a", "20")]),
    case("two keys at once", "[profile a]\nx = 1\n\n[profile b]\n", &[("region", "eu-west-1"), ("output", "json")]),
    Case { config: None, ..case("keys, and no file", "", KEYS) },
    Case { credentials: Some("[b]\naws_access_key_id = X\n"), ..case("keys of a new profile", "", KEYS) },
    Case {
        credentials: Some("# all\n[a]\n# old\naws_access_key_id = X\naws_secret_access_key = Y\n\n[b]\n"),
        ..case("keys are replaced", "[profile a]\nregion = x\n", KEYS)
    },
    // Where the CLI loses something.
    Case {
        instead: Some("[profile a]\r\nregion = eu-west-1\r\noutput = x\r\n"),
        ..case("line ends of the other kind", "[profile a]\r\nregion = y\r\noutput = x\r\n", REGION)
    },
    Case {
        instead: Some("[profile a]\n# home\nregion = eu-west-1\n"),
        ..case("a comment behind a value", "[profile a]\nregion = x # home\n", REGION)
    },
    Case {
        instead: Some("[profile a]\nregion = eu-west-1\noutput = x\n"),
        ..case("a value of several lines", "[profile a]\nregion = x\n  y\noutput = x\n", REGION)
    },
    Case {
        instead: Some("[profile a]\nx = 1\n  2\nregion = eu-west-1\n[profile b]\n"),
        ..case("a new key behind a value of several lines", "[profile a]\nx = 1\n  2\n[profile b]\n", REGION)
    },
    Case {
        instead: Some("[profile a]\nRegion = eu-west-1\n"),
        ..case("a key in other letters, which would stand there twice", "[profile a]\nRegion = x\n", REGION)
    },
    Case {
        instead: Some("[profile a]\nregion = x\nregion = eu-west-1\n"),
        ..case("a key that stands twice, of which the last counts", "[profile a]\nregion = x\nregion = y\n", REGION)
    },
    Case {
        instead: Some("[ profile a ]\noutput = x\nregion = eu-west-1\n"),
        ..case("a header with blanks, which would be begun again", "[ profile a ]\noutput = x\n", REGION)
    },
    Case {
        profile: "my account",
        instead: Some("[profile \"my account\"]\noutput = x\nregion = eu-west-1\n"),
        ..case("a header in quotes, which would be begun again", "[profile \"my account\"]\noutput = x\n", REGION)
    },
    Case {
        profile: "default",
        instead: Some("[profile default]\nregion = eu-west-1\n"),
        ..case("`[profile default]`, which wins over a new `[default]`", "[profile default]\nregion = x\n", REGION)
    },
    Case {
        instead: Some("[profile a]\nx = 1\n# end\nregion = eu-west-1\n"),
        ..case("a comment without an end, which would swallow the key", "[profile a]\nx = 1\n# end", REGION)
    },
    Case {
        profile: "a;b",
        instead: Some("[default]\n[profile 'a;b']\nregion = eu-west-1\n"),
        ..case("a name that only quotes make a name for the SDKs", "[default]\n", REGION)
    },
];

/// What credenv makes of a case, in a directory of its own.
fn ours(home: &Home, number: usize, case: &Case) {
    let mut arguments = vec!["configure".to_owned(), case.profile.to_owned()];
    let mut stdin = String::new();
    for (key, value) in case.asked {
        match *key {
            "aws_access_key_id" => arguments.extend(["--access-key-id".to_owned(), (*value).to_owned()]),
            "aws_secret_access_key" => {
                arguments.push("--secret-stdin".to_owned());
                stdin = format!("{value}\n");
            }
            _ => arguments.extend(["--set".to_owned(), format!("{key}={value}")]),
        }
    }
    let file = |name: &str| home.path(format!("ours/{number}/{name}")).to_str().unwrap().to_owned();
    let words = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"].into_iter().zip(["config", "credentials"]);
    let variables = words.map(|(variable, name)| format!("{variable}={}", file(name))).collect::<Vec<_>>();
    let all = variables.into_iter().chain(["credenv".to_owned()]).chain(arguments);
    home.run("env", all).stdin(stdin).any_stderr().check();
}

#[test]
fn every_kind_of_edit_gives_what_the_cli_gives_but_where_it_loses_something() {
    if is_missing("python3") {
        return;
    }
    let mut home = Home::new();
    for (number, case) in CASES.iter().enumerate() {
        for whose in ["ours", "theirs"] {
            home = home.directory(format!("{whose}/{number}"));
            for (name, text) in [("config", case.config), ("credentials", case.credentials)] {
                if let Some(text) = text {
                    home = home.file(format!("{whose}/{number}/{name}"), text);
                }
            }
        }
        let mut asked = case.profile.to_owned();
        for (key, value) in case.asked {
            write!(asked, "\n{key}\n{value}").unwrap();
        }
        home = home.file(format!("theirs/{number}/asked"), asked);
        ours(&home, number, case);
    }
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/aws_configure_set.py");
    let directories = (0..CASES.len()).map(|number| home.path(format!("theirs/{number}")).into_os_string());
    let arguments = std::iter::once(OsString::from(driver)).chain(directories).collect::<Vec<_>>();
    // It warns of files that others may read.
    if !home.run("python3", arguments).any_stderr().installed_or_9("awscli from PyPI") {
        assert!(!is_required(), "awscli from PyPI is not installed");
        return skip("awscli from PyPI is not installed");
    }
    let mut wrong = String::new();
    for (number, case) in CASES.iter().enumerate() {
        let text = |whose: &str, name: &str| {
            let path = format!("{whose}/{number}/{name}");
            home.path(&path).exists().then(|| String::from_utf8(home.read(&path)).unwrap())
        };
        for name in ["config", "credentials"] {
            let (ours, theirs) = (text("ours", name), text("theirs", name));
            let expected = case.instead.filter(|_| name == "config").map(str::to_owned).or_else(|| theirs.clone());
            if ours.clone().unwrap_or_default() != expected.clone().unwrap_or_default() {
                writeln!(wrong, "{}, {name}:\n{ours:?}\n{expected:?}", case.what).unwrap();
            }
            if case.instead.is_some() && name == "config" && ours == theirs {
                writeln!(wrong, "{}: the CLI does the same", case.what).unwrap();
            }
        }
    }
    assert_eq!(wrong, "");
}

const CONFIG: &str = "# mine\n[profile dev]\nregion = eu-west-1\n\n[profile adm]\nrole_arn = arn:aws:iam::123456789012:role/D\nsource_profile = dev\n";
const CREDENTIALS: &str =
    "[dev]\naws_access_key_id = AKIAOLD\naws_secret_access_key = old\naws_session_token = stale\n";

fn home() -> Home {
    Home::new().config(CONFIG).credentials(CREDENTIALS).mode(".aws/config", 0o640)
}

fn file(home: &Home, name: &str) -> String {
    String::from_utf8(home.read(format!(".aws/{name}"))).unwrap()
}

#[test]
fn new_files_are_the_persons_alone() {
    let home = Home::new();
    home.credenv(["configure", "dev", "--access-key-id", "AKIA", "--secret-stdin", "--region", "eu-west-1"])
        .stdin("secret\ntoken\n")
        .stderr("credenv: profile `dev` (static) is at ~/.aws/config:1 and ~/.aws/credentials:1\n")
        .check();
    assert_eq!(file(&home, "config"), "[profile dev]\nregion = eu-west-1\n");
    assert_eq!(
        file(&home, "credentials"),
        "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = secret\naws_session_token = token\n"
    );
    home.run("stat", ["-c", "%a", ".aws", ".aws/config", ".aws/credentials"]).stdout("700\n600\n600\n").check();
}

#[test]
fn keys_that_were_taken_away_are_not_warned_of() {
    let home = Home::new().credentials("[dev]\naws_access_key_id = A\naws_secret_access_key = S\n");
    home.credenv(["configure", "dev", "--unset", "aws_access_key_id", "--unset", "aws_secret_access_key"])
        .stderr("credenv: profile `dev` (none) is at ~/.aws/credentials:1\n")
        .check();
    assert_eq!(file(&home, "credentials"), "[dev]\n");
}

#[test]
fn a_token_of_other_keys_goes_with_them_and_the_mode_of_a_file_stays() {
    let home = home();
    home.credenv(["configure", "dev", "--access-key-id", "AKIANEW", "--secret-stdin", "--output", "json"])
        .stdin("new\n")
        .stderr("credenv: profile `dev` (static) is at ~/.aws/config:2 and ~/.aws/credentials:1\n")
        .check();
    assert_eq!(file(&home, "credentials"), "[dev]\naws_access_key_id = AKIANEW\naws_secret_access_key = new\n");
    assert_eq!(file(&home, "config"), CONFIG.replace("region = eu-west-1\n", "region = eu-west-1\noutput = json\n"));
    home.run("stat", ["-c", "%a", ".aws/config"]).stdout("640\n").check();
}

#[test]
fn symlinked_files_stay_symlinks() {
    let home = Home::new()
        .file("dotfiles/config", CONFIG)
        .symlink("../dotfiles/config", ".aws-config")
        .directory(".aws")
        .symlink("../dotfiles/config", ".aws/config")
        .symlink("../dotfiles/credentials", ".aws/credentials");
    home.credenv(["configure", "dev", "--access-key-id", "A", "--secret-stdin", "--set", "s3.max_queue_size=9"])
        .stdin("s\n")
        .any_stderr()
        .check();
    home.run("readlink", [".aws/config", ".aws/credentials"])
        .stdout("../dotfiles/config\n../dotfiles/credentials\n")
        .check();
    assert!(file(&home, "config").contains("region = eu-west-1\ns3 =\n    max_queue_size = 9\n"));
    assert_eq!(home.read("dotfiles/credentials"), b"[dev]\naws_access_key_id = A\naws_secret_access_key = s\n");
}

#[test]
fn a_role_an_sso_session_and_a_web_identity_are_written_where_the_cli_looks_for_them() {
    let home = Home::new();
    let role = "arn:aws:iam::123456789012:role/D";
    let told =
        |name: &str, kind: &str, line: u32| format!("credenv: profile `{name}` ({kind}) is at ~/.aws/config:{line}\n");
    let configure = |arguments: &[&str]| home.credenv([&["configure"], arguments].concat());
    configure(&["adm", "--role-arn", role, "--source-profile", "dev", "--mfa-serial", "arn:aws:iam::1:mfa/me"])
        .stderr(told("adm", "role", 1))
        .check();
    configure(&["ec2", "--role-arn", role, "--credential-source", "Ec2InstanceMetadata"])
        .stderr(told("ec2", "role", 5))
        .check();
    let sso = ["--sso-start-url", "https://x.awsapps.com/start", "--sso-region", "us-east-1", "--sso-account-id"];
    let sso = [&sso[..], &["123456789012", "--sso-role-name", "Adm"]].concat();
    configure(&[&["new"], &sso[..], &["--sso-session", "corp"]].concat()).stderr(told("new", "sso", 11)).check();
    configure(&[&["old"], &sso[..]].concat()).stderr(told("old", "sso", 15)).check();
    // The session is there already, and is not asked for again.
    configure(&["more", "--sso-session", "corp", "--sso-account-id", "210987654321", "--sso-role-name", "Dev"])
        .stderr(told("more", "sso", 20))
        .check();
    configure(&["ci", "--role-arn", role, "--web-identity-token-file", "/run/token"])
        .stderr(told("ci", "web-identity", 24))
        .check();
    configure(&["vault", "--credential-process", "vault get 'a b'", "--ca-bundle", "/etc/ca.pem"])
        .stderr(told("vault", "credential-process", 27))
        .check();
    assert_eq!(
        file(&home, "config"),
        format!(
            "[profile adm]\nrole_arn = {role}\nsource_profile = dev\nmfa_serial = arn:aws:iam::1:mfa/me\n\
             [profile ec2]\nrole_arn = {role}\ncredential_source = Ec2InstanceMetadata\n\
             [sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
             [profile new]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Adm\n\
             [profile old]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = \
             123456789012\nsso_role_name = Adm\n\
             [profile more]\nsso_session = corp\nsso_account_id = 210987654321\nsso_role_name = Dev\n\
             [profile ci]\nrole_arn = {role}\nweb_identity_token_file = /run/token\n\
             [profile vault]\ncredential_process = vault get 'a b'\nca_bundle = /etc/ca.pem\n"
        )
    );
    assert!(!home.path(".aws/credentials").exists());
}

#[test]
fn a_profile_is_renamed_with_the_roles_that_it_is_the_source_of() {
    let home = home();
    let config = CONFIG.replace("profile dev]", "profile 'dev 2']").replace("= dev\n", "= dev 2\n");
    let credentials = CREDENTIALS.replace("[dev]", "[dev 2]");
    let difference = "--- [HOME]/.aws/config\n+++ [HOME]/.aws/config\n@@ -1,7 +1,7 @@\n # mine\n-[profile dev]\n+[profile 'dev 2']\n \
                      region = eu-west-1\n \n [profile adm]\n role_arn = arn:aws:iam::123456789012:role/D\n-source_profile = dev\n+source_profile = dev 2\n\
                      --- [HOME]/.aws/credentials\n+++ [HOME]/.aws/credentials\n@@ -1,4 +1,4 @@\n-[dev]\n+[dev 2]\n aws_access_key_id = ********\n \
                      aws_secret_access_key = ********\n aws_session_token = ********\n";
    home.credenv(["configure", "dev", "--rename", "dev 2", "--dry-run"]).stdout(difference).check();
    assert_eq!(file(&home, "config"), CONFIG, "a dry run changes nothing");
    home.credenv(["configure", "dev", "--rename", "dev 2"])
        .stderr("credenv: renamed profile `dev` to `dev 2`\n")
        .check();
    assert_eq!((file(&home, "config"), file(&home, "credentials")), (config, credentials));
}

/// Under another name the two would be one, with properties that no program used before.
#[test]
fn of_two_defaults_none_is_renamed_or_copied() {
    let both = "[default]\nregion = a\n\n[profile default]\noutput = json\n";
    let home = Home::new().config(both);
    for option in ["--rename", "--copy"] {
        home.credenv(["configure", "default", option, "other"])
            .stderr(
                "credenv: both [HOME]/.aws/config:1 and [HOME]/.aws/config:4 are `default`, and programs disagree on which one\n  hint: \
                 keep one of `[default]` and `[profile default]`\n",
            )
            .code(1)
            .check();
        assert_eq!(file(&home, "config"), both);
    }
}

#[test]
fn a_profile_is_copied_and_taken_away() {
    let home = home();
    home.credenv(["configure", "dev", "--copy", "qa"]).stderr("credenv: copied profile `dev` to `qa`\n").check();
    assert_eq!(file(&home, "config"), format!("{CONFIG}[profile qa]\nregion = eu-west-1\n"));
    assert_eq!(file(&home, "credentials"), format!("{CREDENTIALS}{}", CREDENTIALS.replace("[dev]", "[qa]")));
    home.credenv(["configure", "dev", "--remove"])
        .stderr(
            "credenv: profile `adm` still takes its credentials from `dev` (~/.aws/config:4)\ncredenv: removed \
             profile `dev`\n",
        )
        .check();
    let config = CONFIG.replace("[profile dev]\nregion = eu-west-1\n\n", "");
    assert_eq!(file(&home, "config"), format!("{config}[profile qa]\nregion = eu-west-1\n"));
    assert_eq!(file(&home, "credentials"), CREDENTIALS.replace("[dev]", "[qa]"));
}

#[test]
fn what_is_not_possible_is_said_and_changes_nothing() {
    let home = home();
    let refused = |arguments: &[&str], stdin: &str, words: &str, code: i32| {
        home.credenv([&["configure"], arguments].concat()).stdin(stdin).stderr(words).code(code).check();
        assert_eq!((file(&home, "config"), file(&home, "credentials")), (CONFIG.to_owned(), CREDENTIALS.to_owned()));
    };
    for (arguments, words) in [
        (
            &["dev", "--set", "region=a\nb"][..],
            "credenv: the value of `region` contains a line break or another control character\n",
        ),
        (
            &["dev", "--set", "region=a # b"],
            "credenv: the value of `region` contains what some programs read as a comment\n",
        ),
        (&["dev", "--set", "a b=c"], "credenv: `a b` cannot be the name of a property\n"),
        (
            &["dev", "--set", "region.x=c"],
            "credenv: cannot change [HOME]/.aws/config:3: the key has a value, so it cannot hold nested keys\n",
        ),
        (
            &["dev", "--region", ""],
            "credenv: the value of `region` is empty\n  hint: `--unset region` removes the property\n",
        ),
        (
            &["dev", "--role-arn", "D", "--source-profile", "x"],
            "credenv: `D` is not the ARN of a role\n  hint: it must begin like `arn:aws:iam::123456789012:role/`\n",
        ),
        (&["a]b", "--region", "x"], "credenv: `a]b` cannot be the name of a profile\n"),
        (&[" a", "--region", "x"], "credenv: ` a` cannot be the name of a profile\n"),
        (
            &["dev", "--rename", "adm"],
            "credenv: there is already a profile named `adm`\n  hint: `credenv configure adm --remove` removes it\n",
        ),
        (
            &["dev", "--secret-stdin"],
            "credenv: there is no secret access key on stdin\n  hint: `--secret-stdin` reads it from the first line, and a session token from the second\n",
        ),
    ] {
        refused(arguments, "", words, 1);
    }
    for (arguments, words) in [
        (
            &["dev", "--set", "region"][..],
            "credenv: `--set` takes `KEY=VALUE`\n  hint: write it like `--set duration_seconds=3600`\n",
        ),
        (
            &["dev", "--set", "aws_secret_access_key=hunter2"],
            "credenv: `aws_secret_access_key` is a secret, and other users can read the arguments of a command\n  \
             hint: `--secret-stdin` reads the secret access key from stdin, and a session token from a second line\n",
        ),
        (
            &["dev", "--remove", "--region", "x"],
            "credenv: `--rename`, `--copy` and `--remove` cannot be combined with options that change properties\n",
        ),
    ] {
        refused(arguments, "", words, 2);
    }
    let (_, words) = home.credenv(["configure", "nope", "--remove"]).any_stderr().code(1).check();
    assert!(words.starts_with("credenv: no profile named `nope`\n"), "{words}");
}

#[test]
fn without_a_terminal_what_is_missing_is_named() {
    if is_missing("setsid") {
        return;
    }
    let home = Home::new();
    let alone =
        |arguments: &[&str]| home.run("setsid", [&["--wait", "credenv", "configure"], arguments].concat()).code(1);
    alone(&["dev"])
        .stderr("credenv: `--access-key-id`, `--secret-stdin` must be given: there is no terminal to ask on\n")
        .check();
    alone(&["dev", "--sso-account-id", "123456789012"])
        .stderr(
            "credenv: `--sso-start-url`, `--sso-region`, `--sso-role-name` must be given: there is no terminal to ask on\n",
        )
        .check();
    alone(&["dev", "--role-arn", "arn:aws:iam::1:role/D"])
        .stderr("credenv: `--source-profile` must be given: there is no terminal to ask on\n")
        .check();
    let home = self::home();
    home.run("setsid", ["--wait", "credenv", "configure", "dev"])
        .stderr(
            "credenv: no change was given, and there is no terminal to ask on\n  hint: `credenv configure --help` \
             shows what can be set\n",
        )
        .code(1)
        .check();
}

#[test]
fn the_words_of_serverless_are_understood_with_a_warning() {
    let home = Home::new();
    let warning = "credenv: a secret in the arguments can be read by other users, and stays in the history of the \
                   shell: `--secret-stdin` avoids both\n";
    let words = |more: &[&'static str]| {
        let words = ["configure", "--provider", "aws", "--key", "AKIA", "--secret", "s3cr3t", "--profile", "sls"];
        home.credenv([&words[..], more].concat())
    };
    words(&[]).stderr(format!("{warning}credenv: profile `sls` (static) is at ~/.aws/credentials:1\n")).check();
    let keys = "[sls]\naws_access_key_id = AKIA\naws_secret_access_key = s3cr3t\n";
    assert_eq!(file(&home, "credentials"), keys);
    words(&[])
        .stderr(format!("{warning}credenv: profile `sls` already has keys\n  hint: `--overwrite` replaces them\n"))
        .code(1)
        .check();
    words(&["-o"]).any_stderr().check();
    assert_eq!(file(&home, "credentials"), keys);
    // Without a profile, `default`; and by the letters that the program takes.
    let short = ["configure", "-p", "aws", "-k", "AKIA", "-s", "s3cr3t"];
    home.credenv(short).any_stderr().check();
    home.credenv([&short[..], &["-n", "other", "-o"]].concat()).any_stderr().check();
    let of = |name| keys.replace("sls", name);
    assert_eq!(file(&home, "credentials"), format!("{keys}{}{}", of("default"), of("other")));
}

/// What the terminal shows while `configure` asks, each question being answered by the next line.
fn on_a_terminal<'h>(home: &'h Home, answers: &str, arguments: &[&str]) -> crate::support::Run<'h> {
    let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/terminal.py");
    let words = [&[helper, answers, "credenv", "configure"], arguments].concat();
    home.run("python3", words)
}

#[test]
fn on_a_terminal_it_asks_as_aws_configure_does_and_shows_no_secret() {
    if is_missing("python3") {
        return;
    }
    let home = Home::new();
    on_a_terminal(&home, "AKIA\nhunter2\neu-west-1\n", &["dev"])
        .stdout(
            "AWS Access Key ID [None]: AKIA\nAWS Secret Access Key [None]: \nDefault region name [None]: eu-west-1\n\
             Default output format [None]: \ncredenv: profile `dev` (static) is at ~/.aws/config:1 and \
             ~/.aws/credentials:1\n",
        )
        .check();
    assert_eq!(file(&home, "credentials"), "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = hunter2\n");
    assert_eq!(file(&home, "config"), "[profile dev]\nregion = eu-west-1\n");
    // Enter keeps what is there.
    on_a_terminal(&home, "\n\n\njson", &["dev"])
        .stdout(
            "AWS Access Key ID [********]: \nAWS Secret Access Key [********]: \nDefault region name [eu-west-1]: \n\
             Default output format [None]: json\ncredenv: profile `dev` (static) is at ~/.aws/config:1 and \
             ~/.aws/credentials:1\n",
        )
        .check();
    assert_eq!(file(&home, "config"), "[profile dev]\nregion = eu-west-1\noutput = json\n");
    assert_eq!(file(&home, "credentials"), "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = hunter2\n");
    // Only what is missing is asked for.
    on_a_terminal(
        &home,
        "Adm",
        &["sso", "--sso-start-url", "https://x", "--sso-region", "r", "--sso-account-id", "123456789012"],
    )
    .stdout("SSO role name [None]: Adm\ncredenv: profile `sso` (sso) is at ~/.aws/config:4\n")
    .check();
}

#[test]
fn ctrl_c_at_the_secret_changes_nothing_and_gives_the_terminal_back() {
    if is_missing("python3") {
        return;
    }
    let home = Home::new();
    let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/terminal.py");
    let script = "stty -a >before; credenv configure dev; echo \"$?\"; stty -a | cmp - before && echo as before";
    home.run("python3", [helper, "AKIA\n\u{3}", "sh", "-c", script])
        .stdout(
            "AWS Access Key ID [None]: AKIA\nAWS Secret Access Key [None]: \ncredenv: cancelled; nothing was \
             changed\n1\nas before\n",
        )
        .check();
    assert!(!home.path(".aws").exists());
}

#[test]
fn killed_at_any_moment_both_files_are_whole() {
    if is_missing("strace") {
        return;
    }
    let home = home();
    let arguments = ["configure", "dev", "--access-key-id", "AKIANEW", "--secret-stdin", "--output", "json"];
    let config = CONFIG.replace("region = eu-west-1\n", "region = eu-west-1\noutput = json\n");
    let credentials = "[dev]\naws_access_key_id = AKIANEW\naws_secret_access_key = new\n";
    let (mut killed, mut halfway) = (0, 0);
    for what in ["openat", "flock", "read", "statx", "write", "fchmod", "fsync", "rename", "unlink", "close"] {
        for number in 1.. {
            home.rewrite(".aws/config", CONFIG);
            home.rewrite(".aws/credentials", CREDENTIALS);
            let inject = format!("inject={what}:signal=KILL:when={number}");
            let trace = ["-o", "/dev/null", "-e", "trace=all", "-e", &inject, "credenv"];
            let strace = home.run("strace", trace.into_iter().chain(arguments)).stdin("new\n");
            let (_, words) = strace.any_stderr().any_status().check();
            let now = (file(&home, "config"), file(&home, "credentials"));
            assert!(now.0 == CONFIG || now.0 == config, "killed at {what} {number}: {}", now.0);
            assert!(now.1 == CREDENTIALS || now.1 == credentials, "killed at {what} {number}: {}", now.1);
            halfway += u32::from((now.0 == CONFIG) != (now.1 == CREDENTIALS));
            if words.contains(" is at ") {
                break;
            }
            killed += 1;
        }
    }
    assert!(killed > 30, "it was killed only {killed} times");
    assert!(halfway > 0, "it was never killed between the two files, so this test proves little");
    // What the killed ones left is gone.
    home.credenv(arguments).stdin("new\n").any_stderr().check();
    assert_eq!(home.names_in(".aws"), ["config", "credentials"]);
}

#[test]
fn forty_at_once_lose_nothing() {
    let home = home();
    let script = "for i in 1 2 3 4 5 6 7 8 9 10; do
        credenv configure \"new$i\" --region \"r$i\" &
        credenv configure dev --set \"key$i=$i\" &
        printf '%s\\n' \"s$i\" | credenv configure \"keys$i\" --access-key-id \"A$i\" --secret-stdin &
        credenv configure adm --set \"s3.k$i=$i\" &
    done 2>/dev/null; wait";
    home.run("sh", ["-c", script]).check();
    let (config, credentials) = (file(&home, "config"), file(&home, "credentials"));
    for number in 1..=10 {
        for line in [
            format!("[profile new{number}]\nregion = r{number}\n"),
            format!("\nkey{number} = {number}\n"),
            format!("\n    k{number} = {number}\n"),
        ] {
            assert!(config.contains(&line), "{line:?} is lost: {config}");
        }
        let keys = format!("[keys{number}]\naws_access_key_id = A{number}\naws_secret_access_key = s{number}\n");
        assert!(credentials.contains(&keys), "{keys:?} is lost: {credentials}");
    }
    assert_eq!(home.names_in(".aws"), ["config", "credentials"]);
}

#[test]
fn no_secret_is_shown() {
    let home = home();
    let marked = "MARKEDsecret";
    for arguments in [&["--dry-run"][..], &[], &["--set", "a b=c"]] {
        let words = [&["configure", "dev", "--access-key-id", "MARKEDid", "--secret-stdin"], arguments].concat();
        let (stdout, stderr) = home
            .credenv(words)
            .stdin(format!("{marked}\nMARKEDtoken\n"))
            .any_stdout()
            .any_stderr()
            .any_status()
            .check();
        assert!(!format!("{stdout}{stderr}").contains("MARKED"), "{stdout}{stderr}");
    }
    let (_, stderr) = home
        .credenv(["configure", "dev", "--access-key-id", "A", "--secret-stdin"])
        .stdin("MARKED # secret\n")
        .any_stderr()
        .code(1)
        .check();
    assert_eq!(stderr, "credenv: the value of `aws_secret_access_key` contains what some programs read as a comment\n");
}
