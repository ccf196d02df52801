//! Web identity: what is checked before a switch, and that the programs are that identity afterwards.

use super::support::{Home, Prompt, Session, Shell, Sts};

const ROLE: &str = "arn:aws:iam::123456789012:role/Robot";

/// A token that says when it expires; nobody signed it.
fn jwt(expires: &str) -> String {
    // {"alg":"none"}
    format!("eyJhbGciOiJub25lIn0.{}.c2ln", base64url(&format!("{{\"sub\":\"me\",\"exp\":{expires}}}")))
}

fn base64url(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |bits: u32| char::from(DIGITS[(bits & 63) as usize]);
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let all = [18, 12, 6, 0].map(|shift| digit(bits >> shift));
        encoded.extend(all.iter().take(chunk.len() + 1));
    }
    encoded
}

fn profile(token: &str, more: &str) -> Home {
    Home::new()
        .config(format!("[profile web]\nrole_arn = {ROLE}\nweb_identity_token_file = {token}\n{more}"))
        .env("USER", "ana maría")
}

fn project(more: &str) -> Home {
    let text = format!("web_identity:\n  token_file: secrets/token\n  role_arn: {ROLE}\n{more}");
    let home = Home::new().file("p/.credenv.yml", text).file("p/secrets/token", "opaque");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    home
}

/// What `use web` exports, as JSON.
fn exported(home: &Home) -> serde_json::Value {
    let (json, _) = home.credenv(["use", "web", "--shell", "json"]).any_stdout().any_stderr().check();
    serde_json::from_str(&json).unwrap()
}

fn refused(home: &Home, words: &str) {
    home.credenv(["use", "web", "--shell", "sh"]).stdout("false;\n").stderr(words).code(1).check();
}

#[test]
fn a_token_file_must_hold_a_token() {
    let cannot = |why: &str| {
        format!(
            "credenv: cannot use the web identity token file [HOME]/.aws/token named at [HOME]/.aws/config:3: {why}\n"
        )
    };
    let with = |token: &[u8]| profile("token", "").file(".aws/token", token);
    refused(&profile("token", ""), &cannot("no such file or directory"));
    refused(&profile("token", "").directory(".aws/token"), &cannot("it is a directory"));
    refused(&with(b""), &cannot("it is empty"));
    refused(&with(b" \n"), &cannot("it is empty"));
    refused(&with(b"\xff\xfe"), &cannot("it is not text"));
    refused(&with(&vec![b'x'; 1024 * 1024 + 1]), &cannot("it is too large for a token"));
    let locked = with(b"x");
    if locked.lock(".aws/token") {
        refused(&locked, &cannot("permission denied"));
    }
    let fifo = profile("token", "");
    fifo.run("mkfifo", [fifo.path(".aws/token")]).check();
    refused(&fifo, &cannot("it is not a regular file"));
}

#[test]
fn a_token_is_taken_from_beside_the_file_that_names_it_wherever_one_is() {
    for (token, path) in
        [("token", "[HOME]/.aws/token"), ("../t/token", "[HOME]/.aws/../t/token"), ("~/t/token", "[HOME]/t/token")]
    {
        let home = profile(token, "").file(".aws/token", "opaque").file("t/token", jwt("9999999999"));
        assert_eq!(exported(&home)["AWS_WEB_IDENTITY_TOKEN_FILE"], path);
    }
}

#[test]
fn an_expired_token_is_told_and_the_switch_goes_on() {
    let home = profile("token", "").file(".aws/token", jwt("1000000000"));
    let (_, words) = home.credenv(["use", "web", "--shell", "sh"]).any_stdout().any_stderr().check();
    let told = |words: &str| {
        let expired = "credenv: the web identity token [HOME]/.aws/token expired ";
        words.starts_with(expired) && words.ends_with(" days ago: get a new one from where it came from\n")
    };
    assert!(told(&words), "{words}");
    let (_, words) = home.credenv(["exec", "web", "--", "true"]).any_stderr().check();
    assert!(told(&words), "{words}");
    assert_eq!(exported(&home)["AWS_ROLE_ARN"], ROLE);
    for token in [jwt("9999999999"), "opaque".to_owned(), "a.b.c".to_owned()] {
        let home = profile("token", "").file(".aws/token", token);
        home.credenv(["use", "web", "--shell", "sh"]).any_stdout().check();
    }
}

#[test]
fn a_role_and_a_session_must_have_their_form() {
    let home = |role: &str, session: &str| {
        let config = format!(
            "[profile web]\nrole_arn = {role}\nweb_identity_token_file = token\nrole_session_name = {session}\n"
        );
        Home::new().config(config).file(".aws/token", "opaque")
    };
    for role in ["Robot", "arn:aws:iam::1234:role/Robot", "arn:aws:iam::123456789012:user/Robot"] {
        refused(
            &home(role, "me"),
            &format!(
                "credenv: `{role}` named at [HOME]/.aws/config:2 is not the ARN of a role\n  hint: it must look like \
                 `arn:aws:iam::123456789012:role/NAME`\n"
            ),
        );
    }
    for session in ["a b", "x", "ä-ä", &"x".repeat(65)] {
        refused(
            &home(ROLE, session),
            &format!(
                "credenv: `{session}` named at [HOME]/.aws/config:4 cannot be the name of a session\n  hint: STS \
                 accepts 2 to 64 of the characters `A-Z a-z 0-9 _ + = , . @ -`\n"
            ),
        );
    }
    let china = exported(&home("arn:aws-cn:iam::123456789012:role/team/Robot", "me@home"));
    assert_eq!(china["AWS_ROLE_SESSION_NAME"], "me@home");
}

#[test]
fn a_session_without_a_name_is_called_after_the_person() {
    let home = profile("token", "").file(".aws/token", "opaque");
    let name = exported(&home)["AWS_ROLE_SESSION_NAME"].as_str().unwrap().to_owned();
    assert!(name.starts_with("credenv-ana-mar-a"), "{name}");
    assert!(name.len() <= 64 && name.chars().all(|char| char.is_ascii_alphanumeric() || "_+=,.@-".contains(char)));
    assert_eq!(exported(&home)["AWS_ROLE_SESSION_NAME"], name.as_str(), "it is the same each time");
}

const DEFAULT: &str = "[default]\nregion = eu-north-1\naws_access_key_id = A\naws_secret_access_key = B\n";

fn variables(prompt: &mut Prompt<'_>) -> Vec<Option<String>> {
    [
        "AWS_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_SDK_LOAD_CONFIG",
        "AWS_REGION",
    ]
    .map(|name| prompt.variable(name))
    .into()
}

fn some(values: [&str; 6]) -> Vec<Option<String>> {
    values.map(|value| (value != "-").then(|| value.to_owned())).into()
}

/// Node programs prefer a `[default]`; hidden from them, it is still there for us.
fn a_default_is_hidden_inside_and_back_outside(shell: &Shell) {
    let home = project("").config(DEFAULT.to_owned() + "[profile other]\nregion = us-west-2\n");
    let Some(mut prompt) = Session::of(shell, &home).env("AWS_PROFILE", "other").start() else { return };
    let outside = variables(&mut prompt);
    assert_eq!(outside, some(["other", "-", "-", "-", "-", "-"]));
    let line = format!("credenv: web identity for {ROLE} (eu-north-1) ← .credenv.yml:3\n");
    assert_eq!(prompt.line("cd p"), line);
    let inside = some(["-", ROLE, "/dev/null", "/dev/null", "1", "eu-north-1"]);
    assert_eq!(variables(&mut prompt), inside);
    let session = prompt.variable("AWS_ROLE_SESSION_NAME");
    for _ in 0..3 {
        assert_eq!(prompt.look(), "");
    }
    assert_eq!(prompt.line("cd secrets"), "");
    assert_eq!((variables(&mut prompt), prompt.variable("AWS_ROLE_SESSION_NAME")), (inside, session));
    assert_eq!(prompt.line("credenv list"), "default\nother\n", "the real files are read");
    assert_eq!(prompt.line("cd ../.."), "credenv: back to other\n");
    assert_eq!(variables(&mut prompt), outside);
    // From there to a profile, and back.
    prompt.line("cd p");
    let _ = prompt.line_and_look("credenv use other");
    assert_eq!(variables(&mut prompt), some(["other", "-", "-", "-", "1", "us-west-2"]));
    let _ = prompt.line_and_look("credenv off");
    assert_eq!(variables(&mut prompt), outside);
}
at_every_prompt!(a_default_is_hidden_inside_and_back_outside);

fn files_of_the_person_s_own_come_back(shell: &Shell) {
    let home = project("").file("mine", DEFAULT);
    let Some(mut prompt) = Session::of(shell, &home).env("AWS_CONFIG_FILE", "~/mine").start() else { return };
    prompt.line("cd p");
    assert_eq!(prompt.variable("AWS_CONFIG_FILE").as_deref(), Some("/dev/null"));
    assert_eq!(prompt.line("credenv list"), "default\n");
    prompt.line("cd ..");
    assert_eq!(prompt.variable("AWS_CONFIG_FILE").as_deref(), Some("~/mine"));
    // Set by hand inside, it stays, and is read.
    prompt.line("cd p");
    prompt.line("export AWS_CONFIG_FILE=$HOME/other");
    home.write("other", "[profile elsewhere]\n");
    let _ = prompt.look();
    assert_eq!(prompt.variable("AWS_CONFIG_FILE"), Some(home.path("other").display().to_string()));
    assert_eq!(prompt.line("credenv list"), "elsewhere\n");
}
at_every_prompt!(files_of_the_person_s_own_come_back);

#[test]
fn files_without_a_default_that_leads_anywhere_are_left_alone() {
    for config in ["[default]\nregion = eu-north-1\n", "[profile other]\nregion = x\n", ""] {
        let home = project("").config(config);
        let path = home.path("p");
        let run = home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()]).inside("p");
        let (json, _) = run.any_stdout().any_stderr().check();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["AWS_ROLE_ARN"], ROLE);
        assert!(!json.as_object().unwrap().contains_key("AWS_CONFIG_FILE"), "{config}");
    }
}

#[test]
fn the_aws_cli_is_that_identity() {
    let Some(sts) = Sts::get() else { return };
    let who = sts.who();
    let config =
        format!("{DEFAULT}[profile web]\nregion = eu-west-1\nrole_arn = {ROLE}\nweb_identity_token_file = token\n");
    let home =
        sts.reached_from(project("  session_name: by-name\n").config(config).file(".aws/token", jwt("9999999999")));
    let home = home.env("USER", "ana");
    home.credenv(["exec", "--", "sh", "-c", &who])
        .inside("p")
        .stdout("arn:aws:sts::123456789012:assumed-role/Robot/by-name\n")
        .check();
    let (arn, _) = home.credenv(["exec", "web", "--", "sh", "-c", &who]).any_stdout().check();
    assert!(arn.starts_with("arn:aws:sts::123456789012:assumed-role/Robot/credenv-ana@"), "{arn}");
    let keys = "test -z \"$AWS_PROFILE$AWS_ROLE_ARN$AWS_WEB_IDENTITY_TOKEN_FILE\" && ";
    let script = format!("{keys}{who}");
    let (as_keys, _) = home.credenv(["exec", "web", "--creds", "--", "sh", "-c", &script]).any_stdout().check();
    assert_eq!(as_keys, arn, "keys have the same session");
    home.credenv(["exec", "--creds", "--", "sh", "-c", &script])
        .inside("p")
        .stdout("arn:aws:sts::123456789012:assumed-role/Robot/by-name\n")
        .check();
}

#[test]
fn keys_are_not_asked_for_with_an_expired_token() {
    let home = profile("token", "").file(".aws/token", jwt("1000000000")).env("PATH", "/nowhere");
    let run = home.credenv(["use", "web", "--creds", "--shell", "sh"]).stdout("false;\n").any_stderr().code(1);
    let (_, words) = run.check();
    assert!(words.contains("token [HOME]/.aws/token expired ") && words.contains("get a new one"), "{words}");
}
