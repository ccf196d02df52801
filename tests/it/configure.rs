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
    if !home.run("python3", arguments).installed_or_9("awscli from PyPI") {
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
