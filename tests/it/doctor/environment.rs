//! Each row of the environment: what is told, whom it is said to hit, and whether the programs themselves stumble there.

use std::sync::OnceLock;

use serde_json::Value as Json;

use super::{GOOD_CONFIG, GOOD_CREDENTIALS, sealed};
use crate::support::{CREDENV, Home, credenv_serverless, is_missing, is_required, skip};

const DEFAULT: &str = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = hunter2\n";

fn home(variables: &[(&str, &str)]) -> Home {
    files(GOOD_CONFIG, &format!("{GOOD_CREDENTIALS}{DEFAULT}"), variables)
}

fn files(config: &str, credentials: &str, variables: &[(&str, &str)]) -> Home {
    let home = sealed().credentials(credentials).mode(".aws/credentials", 0o600);
    let home = if config.is_empty() { home } else { home.config(config) };
    variables.iter().fold(home, |home, (name, value)| home.env(name, value))
}

/// Each finding: `SEVERITY VARIABLE message → remedy`, and whom it hits, each in a word.
fn told(home: &Home) -> Vec<(String, String)> {
    let (stdout, _) = home.credenv(["doctor", "--json"]).any_stdout().any_code_but_a_bug().check();
    let findings: Vec<Json> = serde_json::from_str(&stdout).unwrap();
    let as_text = |finding: &Json| {
        let text = |key: &str| finding[key].as_str().unwrap_or("-").to_owned();
        let hit: Vec<&str> = finding["affects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|program| match program.as_str().unwrap() {
                "AWS CLI and boto3" => "cli boto",
                "AWS CLI v1 and boto3" => "boto",
                "AWS SDK for JavaScript v2 (Serverless v3)" => "js2 sls3",
                "AWS SDK for JavaScript v2 (not Serverless v3)" => "js2",
                "AWS SDK for JavaScript v3 (Serverless v4, CDK)" => "js3",
                "Serverless v3" => "sls3",
                "AWS SDK for Rust" => "rust",
                "prompts (starship, powerlevel10k)" => "prompt",
                other => panic!("{other}"),
            })
            .collect();
        let line = format!("{} {} {} → {}", text("severity"), text("variable"), text("message"), text("remedy"));
        (line, hit.join(" "))
    };
    findings.iter().map(as_text).collect()
}

/// Fails unless exactly this is told.
fn tells(home: &Home, expected: &[(&str, &str)]) {
    let found = told(home);
    let found: Vec<(&str, &str)> = found.iter().map(|(text, hit)| (text.as_str(), hit.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn one_profile_and_nothing_beside_it_is_sound() {
    tells(&home(&[("AWS_PROFILE", "dev")]), &[]);
    tells(&home(&[]), &[]);
    let both = [("AWS_PROFILE", "dev"), ("AWS_REGION", "x"), ("AWS_DEFAULT_REGION", "x")];
    tells(&home(&[&both[..], &[("AWS_DEFAULT_PROFILE", "dev")]].concat()), &[]);
}

#[test]
fn names_of_profiles() {
    let list = "`credenv list` shows your profiles";
    tells(
        &home(&[("AWS_PROFILE", "gone")]),
        &[(
            &format!("problem AWS_PROFILE `AWS_PROFILE` names the profile `gone`, which does not exist → {list}"),
            "cli boto js2 sls3 js3 rust",
        )],
    );
    tells(
        &home(&[("AWS_PROFILE", "")]),
        &[(
            "problem AWS_PROFILE `AWS_PROFILE` is set but empty, which is not accepted as a name → `unset AWS_PROFILE`",
            "cli boto",
        )],
    );
    let empty = "problem AWS_DEFAULT_PROFILE `AWS_DEFAULT_PROFILE` is set but empty, which is not accepted as a name \
                 → `unset AWS_DEFAULT_PROFILE`";
    tells(&home(&[("AWS_DEFAULT_PROFILE", "")]), &[(empty, "cli boto")]);
    tells(&home(&[("AWS_DEFAULT_PROFILE", ""), ("AWS_PROFILE", "dev")]), &[(empty, "boto")]);
    tells(
        &home(&[("AWS_DEFAULT_PROFILE", "dev"), ("AWS_PROFILE", "default")]),
        &[(
            "problem AWS_DEFAULT_PROFILE boto3 and the AWS CLI v1 use `AWS_DEFAULT_PROFILE` (`dev`), not \
             `AWS_PROFILE` → `unset AWS_DEFAULT_PROFILE`, or `credenv use PROFILE`",
            "boto",
        )],
    );
    tells(
        &home(&[("AWS_DEFAULT_PROFILE", "dev")]),
        &[(
            "problem AWS_DEFAULT_PROFILE these programs ignore `AWS_DEFAULT_PROFILE` (`dev`), and use `default` → \
             `unset AWS_DEFAULT_PROFILE`, or `credenv use PROFILE`",
            "js2 js3",
        )],
    );
}

#[test]
fn keys() {
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
    tells(&home(&keys), &[]);
    tells(
        &home(&[&keys[..], &[("AWS_PROFILE", "dev")]].concat()),
        &[(
            "problem AWS_ACCESS_KEY_ID the keys in the environment override `AWS_PROFILE` in these programs, but not \
             in the others → `credenv use PROFILE` removes them until `credenv off`",
            "cli boto js2",
        )],
    );
    tells(
        &home(&[keys[0], ("AWS_PROFILE", "dev")]),
        &[(
            "problem AWS_ACCESS_KEY_ID `AWS_ACCESS_KEY_ID` is set without `AWS_SECRET_ACCESS_KEY`: every command \
             fails, whatever the profile → set `AWS_SECRET_ACCESS_KEY` too, or `unset AWS_ACCESS_KEY_ID`",
            "cli boto",
        )],
    );
    tells(
        &home(&[keys[1]]),
        &[(
            "note AWS_SECRET_ACCESS_KEY `AWS_SECRET_ACCESS_KEY` is set without `AWS_ACCESS_KEY_ID`, and has no effect \
             → set `AWS_ACCESS_KEY_ID` too, or `unset AWS_SECRET_ACCESS_KEY`",
            "cli boto js2 sls3 js3 rust",
        )],
    );
    tells(
        &home(&[&keys[..], &[("AWS_SESSION_TOKEN", "one"), ("AWS_SECURITY_TOKEN", "other")]].concat()),
        &[(
            "problem AWS_SECURITY_TOKEN `AWS_SECURITY_TOKEN` is used instead of `AWS_SESSION_TOKEN` → `unset \
             AWS_SECURITY_TOKEN`",
            "cli boto",
        )],
    );
}

#[test]
fn regions() {
    let sets = "`credenv use PROFILE --region REGION` sets both";
    tells(
        &home(&[("AWS_REGION", "x")]),
        &[(
            &format!(
                "note AWS_REGION `AWS_REGION` is set, but boto3 and the AWS CLI v1 read only `AWS_DEFAULT_REGION`, which \
                 is not set → {sets}"
            ),
            "boto",
        )],
    );
    tells(
        &home(&[("AWS_DEFAULT_REGION", "x")]),
        &[(
            &format!(
                "note AWS_DEFAULT_REGION `AWS_DEFAULT_REGION` is set, but the AWS SDKs for JavaScript read only \
                 `AWS_REGION`, which is not set → {sets}"
            ),
            "js2 js3",
        )],
    );
    let empty = |name: &str| {
        format!("problem {name} `{name}` is set but empty, which leads to an invalid endpoint → `unset {name}`")
    };
    tells(&home(&[("AWS_REGION", "")]), &[(&empty("AWS_REGION"), "cli boto js3")]);
    tells(&home(&[("AWS_DEFAULT_REGION", "")]), &[(&empty("AWS_DEFAULT_REGION"), "cli boto")]);
    tells(&home(&[("AWS_DEFAULT_REGION", ""), ("AWS_REGION", "x")]), &[(&empty("AWS_DEFAULT_REGION"), "boto")]);
}

#[test]
fn web_identity() {
    let name = "AWS_WEB_IDENTITY_TOKEN_FILE";
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/R");
    let way = "`credenv use PROFILE` removes it until `credenv off`";
    tells(
        &home(&[(name, "/etc/passwd"), ("AWS_PROFILE", "dev")]),
        &[(
            &format!(
                "problem {name} `{name}` is set without `AWS_ROLE_ARN`: every command fails → set `AWS_ROLE_ARN` too, \
                 or unset the token file"
            ),
            "cli boto",
        )],
    );
    tells(
        &home(&[(name, "/etc/passwd"), role, ("AWS_PROFILE", "dev")]),
        &[(
            &format!(
                "problem {name} the web identity in the environment overrides `AWS_PROFILE` in these programs → {way}"
            ),
            "cli boto",
        )],
    );
    tells(
        &home(&[(name, "/etc/passwd"), role]),
        &[(
            &format!(
                "problem {name} the profile `default` overrides the web identity in the environment in these programs \
                 → `credenv use PROFILE`, with a profile that has that token file and role"
            ),
            "js2 sls3 js3",
        )],
    );
    let alone = files(GOOD_CONFIG, GOOD_CREDENTIALS, &[(name, "/etc/passwd"), role]);
    tells(&alone, &[]);
    let gone = "problem AWS_WEB_IDENTITY_TOKEN_FILE the token file /gone cannot be read: no such file or directory → name \
                the file that holds the token";
    tells(&files(GOOD_CONFIG, GOOD_CREDENTIALS, &[(name, "/gone"), role]), &[(gone, "cli boto js2 sls3 js3 rust")]);
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
    tells(&home(&[&keys[..], &[(name, "/gone"), role]].concat()), &[(gone, "cli boto")]);
}

#[test]
fn the_variables_that_move_the_files() {
    let moved = |name: &str, value: &str| home(&[("AWS_SDK_LOAD_CONFIG", "1"), (name, value)]);
    tells(
        &moved("AWS_CONFIG_FILE", "~/.aws/config"),
        &[(
            "problem AWS_CONFIG_FILE `AWS_CONFIG_FILE` begins with `~`, which this program does not expand → \
             `export AWS_CONFIG_FILE=[HOME]/.aws/config`",
            "js2 sls3",
        )],
    );
    tells(
        &moved("AWS_CONFIG_FILE", ".aws/config"),
        &[(
            "note AWS_CONFIG_FILE `AWS_CONFIG_FILE` is a relative path, which means another file in another directory \
             → `export AWS_CONFIG_FILE=[HOME]/.aws/config`",
            "cli boto js2 sls3 js3 rust",
        )],
    );
    tells(
        &moved("AWS_SHARED_CREDENTIALS_FILE", "/gone"),
        &[
            (
                "note - 1 profile is only in the config file, which this program does not read unless \
                 `AWS_SDK_LOAD_CONFIG` is set → nothing to do: `credenv use` sets the variable",
                "js2 sls3",
            ),
            (
                "note AWS_SHARED_CREDENTIALS_FILE `AWS_SHARED_CREDENTIALS_FILE` points to /gone, which does not exist \
                 → `unset AWS_SHARED_CREDENTIALS_FILE`, or create the file",
                "cli boto js2 sls3 js3 rust",
            ),
        ],
    );
    let elsewhere = home(&[]).file("elsewhere", GOOD_CREDENTIALS).mode("elsewhere", 0o600);
    let path = elsewhere.path("elsewhere").into_os_string().into_string().unwrap();
    tells(
        &elsewhere.env("AWS_SHARED_CREDENTIALS_FILE", path),
        &[(
            "problem AWS_SHARED_CREDENTIALS_FILE this program still reads ~/.aws/credentials, unless \
             `AWS_SDK_LOAD_CONFIG` is set → `credenv use PROFILE` sets it",
            "js2",
        )],
    );
}

#[test]
fn whether_the_javascript_sdk_v2_reads_config() {
    let config = format!("{GOOD_CONFIG}[profile only]\naws_access_key_id = A\naws_secret_access_key = B\n");
    let only = |variables: &[(&str, &str)]| {
        let home = files(&config, GOOD_CREDENTIALS, variables).mode(".aws/config", 0o600);
        let mut found = told(&home);
        assert!(found.remove(0).0.contains("1 profile is only in the config file"));
        found
    };
    let told = "problem AWS_PROFILE profile `only` is only in the config file, which this program does not read \
                without `AWS_SDK_LOAD_CONFIG` → `credenv use PROFILE` sets it";
    assert_eq!(only(&[("AWS_PROFILE", "only")]), [(told.to_owned(), "js2 sls3".to_owned())]);
    assert_eq!(only(&[("AWS_PROFILE", "dev")]), []);
    let zero = "note AWS_SDK_LOAD_CONFIG `AWS_SDK_LOAD_CONFIG` is `0`, which counts as set → `unset \
                AWS_SDK_LOAD_CONFIG`, if the config file should not be read";
    let found = only(&[("AWS_PROFILE", "only"), ("AWS_SDK_LOAD_CONFIG", "0")]);
    assert_eq!(found, [(zero.to_owned(), "js2 sls3".to_owned())]);
    tells(
        &files("", GOOD_CREDENTIALS, &[("AWS_SDK_LOAD_CONFIG", "true")]),
        &[(
            "problem AWS_SDK_LOAD_CONFIG `AWS_SDK_LOAD_CONFIG` is set, but there is no [HOME]/.aws/config: this \
             program fails → `unset AWS_SDK_LOAD_CONFIG`",
            "js2 sls3",
        )],
    );
}

#[test]
fn what_prompts_show() {
    tells(
        &home(&[("AWS_PROFILE", "dev"), ("AWS_VAULT", "old")]),
        &[(
            "note AWS_VAULT prompts show `old` from `AWS_VAULT`, but the active profile is `dev` → `unset AWS_VAULT`, \
             or `credenv use PROFILE`",
            "prompt",
        )],
    );
    // What aws-vault itself sets: keys, and no profile.
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
    tells(&home(&[&keys[..], &[("AWS_VAULT", "dev")]].concat()), &[]);
}

#[test]
fn what_credenv_remembers_of_the_shell() {
    let left = [("AWS_PROFILE", "dev"), ("AWS_SDK_LOAD_CONFIG", "1")];
    tells(
        &home(&left),
        &[(
            "note AWS_PROFILE `AWS_PROFILE` (`dev`) and `AWS_SDK_LOAD_CONFIG` are set, but `CREDENV_STATE` is not: if \
             they come from a shell that credenv had switched, neither `off` nor leaving a project will remove them → \
             `unset AWS_PROFILE AWS_SDK_LOAD_CONFIG`, or pass `CREDENV_STATE` on as well",
            "",
        )],
    );
    let after = |change: &str| {
        let home = Home::new().config(GOOD_CONFIG).credentials(GOOD_CREDENTIALS).mode(".aws/credentials", 0o600);
        let script = format!("eval \"$(credenv use dev)\"; {change} PATH=${{0%/*}} credenv doctor --json");
        let (stdout, _) = home.run("sh", ["-c", &script, CREDENV]).any_stdout().any_code_but_a_bug().check();
        let findings: Vec<Json> = serde_json::from_str(&stdout).unwrap();
        findings.iter().map(|finding| finding["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(after(""), [""; 0]);
    assert_eq!(
        after("AWS_REGION=mine AWS_DEFAULT_REGION=mine;"),
        ["`AWS_DEFAULT_REGION`, `AWS_REGION` were changed after credenv set them, so `off` leaves them as they are"]
    );
    assert_eq!(
        after("AWS_PROFILE=default;")[..1],
        ["`AWS_PROFILE` was changed after credenv set it, so `off` leaves it as it is"]
    );
}

/// Whose access key each program comes to, or `error`.
const BOTO: &str = "\
import sys
try:
    import botocore.session
except ImportError:
    sys.exit(9)
try:
    print(botocore.session.Session().get_credentials().access_key)
except Exception:
    print('error')
";
const JAVASCRIPT_2: &str = "\
try {
  require('aws-sdk').config.getCredentials((error, keys) => console.log(error ? 'error' : keys.accessKeyId));
} catch {
  console.log('error');
}
";
const JAVASCRIPT_3: &str = "\
const { defaultProvider } = require('@aws-sdk/credential-provider-node');
defaultProvider()().then((keys) => console.log(keys.accessKeyId), () => console.log('error'));
";

/// Whether the AWS CLI of this machine is version 2.
static IS_VERSION_2: OnceLock<bool> = OnceLock::new();

/// What they come to, and the AWS CLI v2 where it is that version; nothing where one is not installed. The CLI shows
/// only the last four characters of a key.
fn programs(variables: &[(&str, &str)]) -> Option<[String; 4]> {
    programs_with(GOOD_CONFIG, &format!("{GOOD_CREDENTIALS}{DEFAULT}"), variables)
}

/// The same, with other files.
fn programs_with(config: &str, credentials: &str, variables: &[(&str, &str)]) -> Option<[String; 4]> {
    if is_missing("python3") || is_missing("node") || is_missing("aws") {
        return None;
    }
    let Some(modules) = credenv_serverless() else {
        skip("Serverless 3 is not installed: `sh tests/serverless/expect --where` installs it");
        return None;
    };
    let home = Home::new()
        .config(config)
        .credentials(credentials)
        .env("NODE_PATH", modules)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE", "1");
    let home = variables.iter().fold(home, |home, (name, value)| home.env(name, value));
    let run = |program: &str, arguments: &[&str]| {
        let output = home.run(program, arguments).any_stdout().any_stderr().output_if_it_succeeds();
        output.map(|text| text.trim_end().to_owned())
    };
    let Some(boto) = run("python3", &["-c", BOTO]) else {
        assert!(!is_required(), "python3 has no botocore");
        skip("python3 has no botocore");
        return None;
    };
    let node = |script| run("node", &["-e", script]).unwrap();
    let is_version_2 =
        IS_VERSION_2.get_or_init(|| run("aws", &["--version"]).is_some_and(|version| version.starts_with("aws-cli/2")));
    if !is_version_2 {
        return Some([boto, node(JAVASCRIPT_2), node(JAVASCRIPT_3), String::new()]);
    }
    let cli = run("aws", &["configure", "list"]).map_or_else(
        || "error".to_owned(),
        |text| {
            let line = text.lines().find(|line| line.trim_start().starts_with("access_key"));
            line.and_then(|line| line.split_whitespace().nth(1)).unwrap_or("error").trim_start_matches('*').to_owned()
        },
    );
    Some([boto, node(JAVASCRIPT_2), node(JAVASCRIPT_3), cli])
}

type Variables<'v> = &'v [(&'v str, &'v str)];

/// What is said of the programs above is what they do.
#[test]
fn the_programs_that_are_said_to_be_hit_are_hit() {
    let env = "AKIAENV";
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/R");
    let (dev, default, error) = ("AKIAIOSFODNN7EXAMPLE", "AKIADEFAULT", "error");
    let keys = [("AWS_ACCESS_KEY_ID", env), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
    let profile = ("AWS_PROFILE", "dev");
    let token = ("AWS_WEB_IDENTITY_TOKEN_FILE", "/gone");
    let other = ("AWS_DEFAULT_PROFILE", "dev");
    // The environment; then boto, the AWS SDKs for JavaScript v2 and v3, the AWS CLI v2.
    let rows: &[(Variables<'_>, [&str; 4])] = &[
        (&[profile], [dev, dev, dev, dev]),
        (&[("AWS_PROFILE", "gone")], [error, error, error, error]),
        (&[("AWS_PROFILE", "")], [error, default, default, error]),
        (&[("AWS_DEFAULT_PROFILE", "")], [error, default, default, error]),
        (&[("AWS_DEFAULT_PROFILE", ""), profile], [error, dev, dev, dev]),
        (&[other, ("AWS_PROFILE", "default")], [dev, default, default, default]),
        (&[other], [dev, default, default, dev]),
        (&[keys[0], keys[1], profile], [env, env, dev, env]),
        (&[keys[0], profile], [error, dev, dev, error]),
        (&[keys[1]], [default, default, default, default]),
        (&[token, profile], [error, dev, dev, error]),
        (&[token, role, profile], [error, dev, dev, error]),
        (&[token, role], [error, default, default, error]),
        (&[token, role, keys[0], keys[1]], [env, env, env, env]),
    ];
    for (variables, [boto, javascript_2, javascript_3, cli]) in rows {
        let Some(found) = programs(variables) else { return };
        assert_eq!(found[..3], [*boto, javascript_2, javascript_3], "{variables:?}");
        assert!(found[3].is_empty() || cli.ends_with(&found[3]), "{variables:?}: {}", found[3]);
    }
}

/// Without what is told here, the AWS SDK for JavaScript v2 reads other files, or dies.
#[test]
fn the_javascript_sdk_v2_reads_the_files_as_it_is_told() {
    let (default, dev, error) = ("AKIADEFAULT", "AKIAIOSFODNN7EXAMPLE", "error");
    for (variables, expected) in [
        (&[("AWS_SHARED_CREDENTIALS_FILE", "/gone"), ("AWS_PROFILE", "dev")][..], dev),
        (&[("AWS_SHARED_CREDENTIALS_FILE", "/gone"), ("AWS_SDK_LOAD_CONFIG", "1"), ("AWS_PROFILE", "default")], error),
        (&[("AWS_CONFIG_FILE", "~/.aws/config"), ("AWS_SDK_LOAD_CONFIG", "1")], error),
        (&[("AWS_CONFIG_FILE", "/gone"), ("AWS_SDK_LOAD_CONFIG", "1")], error),
        (&[("AWS_CONFIG_FILE", "/gone")], default),
    ] {
        let Some([_, javascript_2, ..]) = programs(variables) else { return };
        assert_eq!(javascript_2, expected, "{variables:?}");
    }
}

#[test]
fn no_secret_is_told() {
    let secrets = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];
    let of_stage = ["AWS_PROD_ACCESS_KEY_ID", "AWS_PROD_SECRET_ACCESS_KEY", "AWS_PROD_SESSION_TOKEN"];
    for left_out in 0..secrets.len() {
        let set = secrets.iter().chain(&of_stage).enumerate().filter(|(at, _)| *at != left_out);
        let home =
            set.fold(home(&[("AWS_PROFILE", "dev")]), |home, (_, name)| home.env(name, format!("marked-{name}")));
        for format in [&["doctor"][..], &["doctor", "--json"]] {
            let (stdout, words) = home.credenv(format).any_stdout().any_stderr().any_code_but_a_bug().check();
            let told = stdout + &words;
            assert!(told.contains("AWS_PROD_ACCESS_KEY_ID"), "{told}");
            assert!(!told.contains("marked-") && !told.contains("hunter2"), "{told}");
        }
    }
}

#[test]
fn names_that_not_everybody_sees() {
    let told_of = |config: &str| {
        let found = told(&files(config, GOOD_CREDENTIALS, &[]));
        let seen = |text: &str| text.contains("only some programs see") || text.contains("these programs do not see");
        found.into_iter().find(|(text, _)| seen(text)).unwrap().1
    };
    assert_eq!(told_of("[profile \"a b\"]\n"), "js2 sls3 js3 rust");
    assert_eq!(told_of("[profile käse]\n"), "js3 rust");
    assert_eq!(told_of("[profile a&b]\n"), "js3 rust");
}

/// The same of what stands in the files: each program comes to the key that is told, or to none.
#[test]
fn the_programs_read_the_files_as_it_is_told() {
    let keys = "aws_access_key_id = AKIAKEY\naws_secret_access_key = hunter2\n";
    let (key, error) = ("AKIAKEY", "error");
    let dev = ("AWS_PROFILE", "dev");
    let reads_config = ("AWS_SDK_LOAD_CONFIG", "1");
    let twice = format!("[dev]\n{keys}[other]\n{keys}[other]\n{keys}");
    let key_twice = format!("[dev]\n{keys}[other]\nregion = a\nregion = b\n");
    let no_sign = format!("[dev]\n{keys}[other]\nregion\n");
    let mark = format!("\u{feff}[other]\n{keys}[dev]\n{keys}");
    let indented = format!("[dev]\n  {}", keys.replace('\n', "\n  "));
    let comment = format!("[dev]\n{}", keys.replace("AKIAKEY", "AKIAKEY # mine"));
    let indented_comment = format!("[dev]\n  # mine\n{}", keys.replace('\n', "\n  # mine\n"));
    let blanks = format!("[ dev]\n{keys}");
    let [before, between, behind, text] =
        ["[ profile dev]", "[profile  dev]", "[profile dev ]", "[profile dev]x"].map(|head| format!("{head}\n{keys}"));
    let capitals = format!("[dev]\n{}", keys.replace("aws_access", "AWS_access"));
    let goes_on = format!("[dev]\nx = 1\n  {}", keys.replace('\n', "\n  "));
    let both = "[default]\nregion = a\n[profile default]\nregion = b\n";
    let good = format!("[dev]\n{keys}");
    let quoted = format!("[profile \"a b\"]\n{keys}");
    let umlaut = format!("[profile käse]\n{keys}");
    let and = format!("[profile a&b]\n{keys}");
    let prefixed = format!("[profile dev]\n{keys}");
    // The two files and the environment; then boto, the AWS SDKs for JavaScript v2 and v3.
    let rows: &[(&str, &str, Variables<'_>, [&str; 3])] = &[
        (GOOD_CONFIG, &good, &[dev], [key, key, key]),
        (GOOD_CONFIG, &twice, &[dev], [error, key, key]),
        (GOOD_CONFIG, &key_twice, &[dev], [error, key, key]),
        (GOOD_CONFIG, &no_sign, &[dev], [error, key, key]),
        (GOOD_CONFIG, &mark, &[dev], [error, key, key]),
        (GOOD_CONFIG, &indented, &[dev], [key, key, key]),
        (GOOD_CONFIG, &comment, &[dev], ["AKIAKEY # mine", key, key]),
        (GOOD_CONFIG, &indented_comment, &[dev], [key, key, key]),
        (GOOD_CONFIG, &blanks, &[dev], [error, error, error]),
        (&before, "", &[dev, reads_config], [error, error, error]),
        (&between, "", &[dev, reads_config], [key, error, error]),
        (&behind, "", &[dev, reads_config], [key, error, error]),
        (&text, "", &[dev, reads_config], [key, error, error]),
        (GOOD_CONFIG, &capitals, &[dev], [key, error, error]),
        (GOOD_CONFIG, &goes_on, &[dev], [error, key, key]),
        (both, &good, &[dev], [key, key, key]),
        (both, &good, &[dev, reads_config], [key, error, key]),
        (GOOD_CONFIG, &prefixed, &[dev], [error, error, error]),
        (&prefixed, "", &[dev], [key, error, key]),
        (&prefixed, "", &[dev, reads_config], [key, key, key]),
        (&quoted, "", &[("AWS_PROFILE", "a b"), reads_config], [key, error, error]),
        (&umlaut, "", &[("AWS_PROFILE", "käse"), reads_config], [key, key, error]),
        (&and, "", &[("AWS_PROFILE", "a&b"), reads_config], [key, key, error]),
    ];
    for (config, credentials, variables, expected) in rows {
        let Some(found) = programs_with(config, credentials, variables) else { return };
        assert_eq!(found[..3], expected[..], "{config}{credentials}{variables:?}");
    }
}
