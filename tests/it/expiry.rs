//! Until when an identity lasts, told without network from the caches that the AWS tools keep.

use serde_json::Value as Json;

use crate::support::{Home, in_seconds, now};

/// Half a minute more than the words say, so that they are the same however slow the machine is.
const MARGIN: i64 = 30;
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1

[profile dev]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev

[profile legacy]
sso_start_url = https://old.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Old

[profile deploy]
role_arn = arn:aws:iam::123456789012:role/Deploy
source_profile = dev

[profile plain]
region = eu-west-1
";

const CREDENTIALS: &str = "\
[plain]
aws_access_key_id = AKIAMARKEDSECRET
aws_secret_access_key = marked-secret
";

fn home() -> Home {
    Home::new().config(CONFIG).credentials(CREDENTIALS)
}

/// A home in which somebody logged in: both SSO sessions end in so many seconds.
fn logged_in(corp: i64, old: i64) -> Home {
    let home = home();
    home.sso_token("corp", &in_seconds(corp), "");
    home.sso_token("https://old.awsapps.com/start", &in_seconds(old), "");
    home
}

/// What renews a token, until then.
fn renewing(seconds: i64) -> String {
    let until = in_seconds(seconds);
    format!(
        r#", "refreshToken": "marked-secret", "clientId": "c", "clientSecret": "marked-secret", "registrationExpiresAt": "{until}""#
    )
}

fn json(home: &Home, arguments: &[&str]) -> Json {
    let (stdout, _) = home.credenv(arguments).any_stdout().check();
    serde_json::from_str(&stdout).unwrap()
}

/// `expires_at` and `renewable` of a profile in `list --json`.
fn listed(home: &Home, name: &str) -> (Json, Json) {
    let all = json(home, &["list", "--json"]);
    let entry = all.as_array().unwrap().iter().find(|entry| entry["name"] == name).unwrap();
    (entry["expires_at"].clone(), entry["renewable"].clone())
}

const RENEW_CORP: &str = "`aws sso login --sso-session corp` renews it";
const RENEW_OLD: &str = "`aws sso login --profile legacy` renews it";

#[test]
fn list_long_has_a_column_in_words() {
    logged_in(3 * HOUR + 20 * MINUTE + MARGIN, -2 * DAY - MARGIN)
        .credenv(["list", "--long"])
        .stdout(
            "  PROFILE  KIND    ACCOUNT       ROLE    REGION     EXPIRES             SOURCE
  dev      sso     123456789012  Dev     -          in 3 h 20 min       ~/.aws/config:5
  legacy   sso     123456789012  Old     -          expired 2 days ago  ~/.aws/config:10
  deploy   role    123456789012  Deploy  -          in 3 h 20 min       ~/.aws/config:16
  plain    static  -             -       eu-west-1  -                   ~/.aws/config:20, ~/.aws/credentials:1
",
        )
        .check();
}

#[test]
fn list_json_show_and_status_tell_the_moment_and_the_words() {
    let home = home();
    let (end, over) = (in_seconds(50 * MINUTE + MARGIN), in_seconds(-3 * HOUR - MARGIN));
    home.sso_token("corp", &end, "");
    home.sso_token("https://old.awsapps.com/start", &over.replace('Z', "UTC"), "");
    assert_eq!(listed(&home, "dev"), (end.clone().into(), false.into()));
    assert_eq!(listed(&home, "deploy"), (end.clone().into(), false.into()));
    assert_eq!(listed(&home, "legacy"), (over.into(), false.into()));
    assert_eq!(listed(&home, "plain"), (Json::Null, false.into()));
    assert_eq!(json(&home, &["show", "deploy", "--json"])["expires_at"], end.as_str());
    home.credenv(["show", "deploy"])
        .stdout(
            "deploy (role)
  role_arn = arn:aws:iam::123456789012:role/Deploy  # ~/.aws/config:17
  source_profile = dev  # ~/.aws/config:18
  from ~/.aws/config:16
  the SSO session `corp` expires in 50 min
",
        )
        .check();
    let home = home.env("AWS_PROFILE", "deploy");
    assert_eq!(json(&home, &["status", "--json"])["expires_at"], end.as_str());
    let status = "deploy\n  account 123456789012, role Deploy\n  set in the environment, not by credenv\n  kind role, defined at ~/.aws/config:16\n";
    home.credenv(["status"]).stdout(format!("{status}  the SSO session `corp` expires in 50 min\n")).check();
    let home = home.env("AWS_PROFILE", "legacy");
    let status = status.replace("deploy", "legacy").replace("kind role", "kind sso").replace(":16", ":10");
    let status = status.replace("Deploy", "Old");
    let over = format!("  the SSO session of `legacy` expired 3 h ago: {RENEW_OLD}\n");
    home.credenv(["status"]).stdout(format!("{status}{over}")).check();
}

/// A token with what renews it is renewed by whatever needs it; only the server knows when that comes to an end.
#[test]
fn a_session_that_programs_renew_is_not_told_to_be_over() {
    let home = home();
    let end = in_seconds(40 * MINUTE + MARGIN);
    home.sso_token("corp", &end, &renewing(90 * DAY));
    assert_eq!(listed(&home, "dev"), (end.into(), true.into()));
    let words = |home: &Home| home.credenv(["list", "--long"]).any_stdout().check().0;
    assert!(words(&home).contains("  in 40 min, then renewed  "));
    home.sso_token("corp", &in_seconds(-9 * HOUR - MARGIN), &renewing(80 * DAY));
    assert_eq!(listed(&home, "dev"), (Json::Null, true.into()));
    assert!(words(&home).contains("  renewed on use  "));
    home.credenv(["use", "dev", "--shell", "bash"]).any_stdout().check();
    let line = "  the SSO session `corp` ended 9 h ago, and programs renew it\n";
    assert!(home.credenv(["show", "dev"]).any_stdout().check().0.ends_with(line));
    home.sso_token("corp", &in_seconds(-9 * HOUR - MARGIN), &renewing(-MARGIN));
    let line = format!("credenv: the SSO session `corp` expired 9 h ago: {RENEW_CORP}\n");
    home.credenv(["use", "dev", "--shell", "bash"]).any_stdout().stderr(line).check();
}

#[test]
fn a_switch_to_what_is_over_says_how_to_renew_it_and_goes_on() {
    let home = logged_in(-2 * DAY - MARGIN, -5 * MINUTE - MARGIN);
    let corp = format!("credenv: the SSO session `corp` expired 2 days ago: {RENEW_CORP}\n");
    let old = format!("credenv: the SSO session of `legacy` expired 5 min ago: {RENEW_OLD}\n");
    for quiet in ["", "quiet: true\n"] {
        home.write(".config/credenv/config.yml", quiet);
        for (name, line) in [("dev", &*corp), ("deploy", &*corp), ("legacy", &*old), ("plain", "")] {
            let (script, _) = home.credenv(["use", name, "--shell", "bash"]).any_stdout().stderr(line).check();
            assert!(script.contains(&format!("export AWS_PROFILE='{name}';")), "{script}");
            home.credenv(["exec", name, "--", "printenv", "AWS_PROFILE"])
                .stdout(format!("{name}\n"))
                .stderr(line)
                .check();
        }
    }
}

#[test]
fn a_switch_to_what_is_about_to_be_over_says_so_and_to_what_lasts_nothing() {
    let line = format!("credenv: the SSO session `corp` expires in 8 min: {RENEW_CORP}\n");
    logged_in(8 * MINUTE + MARGIN, HOUR).credenv(["use", "dev", "--shell", "sh"]).any_stdout().stderr(line).check();
    logged_in(11 * MINUTE, HOUR).credenv(["use", "dev", "--shell", "sh"]).any_stdout().check();
    // Nobody logged in: nothing is known, and nothing is said.
    home().credenv(["use", "dev", "--shell", "sh"]).any_stdout().check();
}

#[test]
fn the_names_in_the_message_are_typed_as_they_must_be() {
    let config = CONFIG.replace("corp", "it's $(touch X)");
    let home = Home::new().config(config);
    home.sso_token("it's $(touch X)", &in_seconds(-HOUR - MARGIN), "");
    let line = "credenv: the SSO session `it's $(touch X)` expired 1 h ago: \
                `aws sso login --sso-session 'it'\\''s $(touch X)'` renews it\n";
    home.credenv(["use", "dev", "--shell", "sh"]).any_stdout().stderr(line).check();
}

#[test]
fn keys_in_the_file_last_as_the_program_says_that_wrote_them() {
    let (zoned, bare) = (in_seconds(2 * HOUR + MARGIN), in_seconds(-2 * HOUR - MARGIN));
    let keys = "aws_access_key_id = AKIAMARKEDSECRET\naws_secret_access_key = marked-secret\n";
    let credentials = format!(
        "[saml]\n{keys}x_principal_arn = arn\nx_security_token_expires = {}\n[mfa]\n{keys}assumed_role = False\n\
         expiration = {}\n[yawsso]\n{keys}aws_session_expiration = {}\n[azure]\n{keys}aws_expiration = {}\n\
         [awsume]\n{keys}manager = awsume\nexpiration = {}\n",
        zoned.replace('Z', "+00:00"),
        bare.replace('T', " ").replace('Z', ""),
        zoned.replace('Z', "+00:00+0000"),
        zoned.replace('Z', ".000Z"),
        bare.replace('T', " ").replace('Z', ""),
    );
    let home = Home::new().credentials(credentials);
    for (name, moment) in [
        ("saml", Some(&zoned)),
        ("mfa", Some(&bare)),
        ("yawsso", Some(&zoned)),
        ("azure", Some(&zoned)),
        ("awsume", None),
    ] {
        let moment = moment.map_or(Json::Null, |moment| moment.as_str().into());
        assert_eq!(listed(&home, name), (moment, false.into()), "{name}");
    }
    let line = "credenv: the keys of `mfa` at [HOME]/.aws/credentials:10 expired 2 h ago: `aws-mfa --profile mfa` gets new \
                ones\n";
    home.credenv(["use", "mfa", "--shell", "sh"]).any_stdout().stderr(line).check();
}

#[test]
fn keys_in_the_environment_last_as_the_variable_beside_them_says() {
    let end = in_seconds(-10 * MINUTE - MARGIN);
    let home = home().env("AWS_ACCESS_KEY_ID", "AKIA").env("AWS_SECRET_ACCESS_KEY", "marked-secret");
    let home = home.env("AWS_CREDENTIAL_EXPIRATION", &end);
    assert_eq!(json(&home, &["status", "--json"])["expires_at"], end.as_str());
    home.credenv(["status"])
        .stdout(
            "keys in the environment
  set in the environment, not by credenv
  the keys in the environment expired 10 min ago: get new ones from where you got these
",
        )
        .check();
    let home = home.without("AWS_CREDENTIAL_EXPIRATION").env("AWS_SESSION_EXPIRATION", &end);
    assert_eq!(json(&home, &["status", "--json"])["expires_at"], end.as_str());
    // They make way, and the profile says nothing of an end.
    home.credenv(["use", "plain", "--shell", "bash"]).any_stdout().check();
    let home = home.env("AWS_SESSION_EXPIRATION", "tomorrow");
    assert_eq!(json(&home, &["status", "--json"])["expires_at"], Json::Null);
}

#[test]
fn a_damaged_cache_says_nothing_and_harms_nothing() {
    let home = logged_in(HOUR, HOUR);
    let path = format!(".aws/sso/cache/{}.json", credenv::aws::sessions::sso_cache_name("corp"));
    let whole = home.read(&path);
    let mut large = whole.clone();
    large.resize(20_000_000, b' ');
    let damaged: [&[u8]; 8] = [
        b"",
        b"{",
        b"null",
        &whole[..whole.len() - 1],
        br#"{"expiresAt": "2020-01-01T00:00:00Z"}"#,
        br#"{"accessToken": "x", "expiresAt": 5}"#,
        br#"{"accessToken": "x", "expiresAt": "\u0000"}"#,
        &large,
    ];
    for bytes in damaged {
        home.write(&path, bytes);
        assert_eq!(listed(&home, "dev"), (Json::Null, false.into()));
        home.credenv(["use", "dev", "--shell", "sh"]).any_stdout().check();
    }
    home.remove(&path);
    home.write(format!("{path}/x"), "");
    home.credenv(["use", "dev", "--shell", "sh"]).any_stdout().check();
    home.remove(&path);
    let full = home.path(&path);
    home.run("mkfifo", [full.as_os_str()]).check();
    home.credenv(["use", "dev", "--shell", "sh"]).any_stdout().check();
    assert_eq!(listed(&home, "dev").0, Json::Null);
}

#[test]
fn nothing_of_a_cache_but_the_moment_is_ever_told() {
    let home = logged_in(5 * MINUTE, -HOUR);
    for arguments in [
        &["list", "--long"][..],
        &["list", "--json"],
        &["show", "dev"],
        &["show", "legacy", "--json"],
        &["use", "legacy", "--shell", "bash"],
        &["hook", "--shell", "bash", "fresh"],
    ] {
        let (stdout, stderr) = home.credenv(arguments).any_stdout().any_stderr().check();
        assert!(!stdout.contains("marked-secret") && !stderr.contains("marked-secret"), "{arguments:?}");
    }
}

/// What a plain `list`, and a switch to keys that last for ever, ask of the system is what they asked before.
#[test]
fn where_nothing_expires_no_cache_is_looked_at() {
    let home = logged_in(HOUR, HOUR);
    if crate::support::is_missing("strace") {
        return;
    }
    let looked_at = |arguments: &[&str]| {
        let log = home.path("../trace");
        let log = log.to_str().unwrap();
        let strace = ["-f", "-e", "trace=file", "-o", log, env!("CARGO_BIN_EXE_credenv")];
        let traced = home.run("strace", [&strace, arguments].concat()).any_stdout().any_stderr();
        traced.output_if_it_succeeds()?;
        let log = String::from_utf8(home.read("../trace")).unwrap();
        Some(log.lines().filter(|line| line.contains("/cache/") && line.contains("open")).count())
    };
    let Some(none) = looked_at(&["list"]) else { return crate::support::skip("strace may not trace here") };
    assert_eq!(none, 0);
    assert_eq!(looked_at(&["use", "plain", "--shell", "bash"]), Some(0));
    assert_eq!(looked_at(&["use", "dev", "--shell", "bash"]), Some(1));
    assert_eq!(looked_at(&["list", "--long"]), Some(2), "each file once");
}

const ROLES: &str = "\
[profile base]
aws_access_key_id = AKIA
aws_secret_access_key = S
[profile r1]
role_arn = arn:aws:iam::123456789012:role/One
source_profile = base
[profile r2]
role_arn = arn:aws:iam::123456789012:role/Two
source_profile = base
external_id = a \"b\" \\c/ ä😀
role_session_name = me@corp
[profile r3]
role_arn = arn:aws:iam::123456789012:role/team/Three
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/me
duration_seconds = 7200
[profile r4]
role_arn = arn:aws:iam::123456789012:role/Four
source_profile = base
duration_seconds = long
role_session_name =
external_id =
[profile r5]
role_arn = arn:aws:iam::123456789012:role/Five
source_profile = r5
aws_access_key_id = AKIA
aws_secret_access_key = S
";

/// botocore itself fills the caches; credenv finds what it wrote under the names that it computes.
#[test]
fn the_files_are_those_that_botocore_writes() {
    let sso = CONFIG.replace("[profile plain]\nregion = eu-west-1\n", "");
    let home = Home::new().config(format!("{sso}{ROLES}"));
    // The legacy provider looks whether the token is still good.
    home.sso_token("https://old.awsapps.com/start", &in_seconds(HOUR), "");
    if crate::support::is_missing("python3") {
        return;
    }
    let now = now();
    let script = include_str!("support/caches.py");
    let base = now.to_string();
    let names = ["r1", "r2", "r3", "r4", "r5", "dev", "legacy"];
    let run = home.run("python3", [&["-c", script, &base, "cache"], &names[..]].concat());
    if !run.installed_or_9("botocore") {
        return;
    }
    let end = |number: i64| credenv::clock::Moment(now + (60 + number) * MINUTE).to_rfc3339();
    for (number, name) in (0..).zip(&names[..5]) {
        assert_eq!(listed(&home, name), (end(number).into(), (*name != "r3").into()), "{name}");
    }
    // The keys of an SSO profile are worth a word when the session is over: the AWS CLI goes on with them.
    home.sso_token("corp", &in_seconds(-HOUR - MARGIN), "");
    home.sso_token("https://old.awsapps.com/start", &in_seconds(-HOUR - MARGIN), "");
    for (name, minutes) in [("dev", 49..=50), ("legacy", 50..=51)] {
        let (shown, _) = home.credenv(["show", name]).any_stdout().check();
        let line = |left| format!("  only the AWS CLI still works, with cached keys that end in {left} min\n");
        assert!(minutes.into_iter().any(|left| shown.ends_with(&line(left))), "{shown}");
    }
    home.sso_token("corp", &in_seconds(HOUR), "");
    assert!(!home.credenv(["show", "dev"]).any_stdout().check().0.contains("the AWS CLI"));
}

/// botocore renews what credenv calls renewable, and gives up where credenv says that it is over.
#[test]
fn what_is_renewable_is_what_botocore_renews() {
    if crate::support::is_missing("python3") {
        return;
    }
    for (end, more, becomes, over) in [
        (-HOUR, renewing(DAY), "new", false),
        (-HOUR, renewing(-MARGIN), "TokenRetrievalError", true),
        (-HOUR, String::new(), "TokenRetrievalError", true),
        (-HOUR, renewing(DAY).replace("clientSecret", "x"), "TokenRetrievalError", true),
        (5 * MINUTE, renewing(DAY), "new", false),
        (5 * MINUTE, String::new(), "marked-secret", false),
        (HOUR, renewing(DAY), "marked-secret", false),
    ] {
        let home = home();
        home.sso_token("corp", &in_seconds(end), &more);
        let expiry = listed(&home, "dev");
        let is_over = expiry.0.as_str().is_some_and(|moment| *moment < *in_seconds(0));
        assert_eq!(is_over, over, "{end} {more}");
        let arguments = ["-c", include_str!("support/caches.py"), "0", "use", "dev"];
        let run = home.run("python3", arguments).stdout(format!("dev {becomes}\n")).any_stderr();
        if !run.installed_or_9("botocore") {
            return;
        }
        if becomes == "new" {
            assert_eq!(expiry.1, true, "{end} {more}");
            assert_eq!(listed(&home, "dev").1, true, "what botocore wrote is read");
        }
    }
}
