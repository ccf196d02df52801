//! Certificates: asked for by a project, a profile or a flag, checked, and found by the programs that need them.
// The tests look at the files of a home of their own.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::OnceLock;

use super::support::{Home, Session, Shell, Story, credenv_serverless, is_missing, skip};

const CONFIG: &str = "\
[profile dev]
aws_access_key_id = AKIADEV
aws_secret_access_key = secret
region = eu-west-1
[profile bare]
[profile corp]
ca_bundle = corp.pem
";

/// What `openssl` makes, once for all tests: their dates are those of today.
struct Made {
    /// A certificate authority, and another one.
    root: String,
    other: String,
    /// Of 2010 to 2020, and from 2099 on.
    expired: String,
    not_yet: String,
    /// The first as DER, and in the form of OpenSSL.
    der: Vec<u8>,
    trusted: String,
    /// What a server at `localhost` shows, signed by the first authority, and its key.
    server: String,
}

const MAKE: &str = r#"
set -eu
new() { openssl req -new -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/O=Test/CN=$2" 2>/dev/null; }
printf '%s\n' '[ca]' 'default_ca=d' '[d]' 'database=index' 'serial=serial' 'new_certs_dir=.' 'policy=p' \
    'default_md=sha256' 'unique_subject=no' '[p]' 'organizationName=optional' 'commonName=supplied' '[authority]' \
    'basicConstraints=critical,CA:true' 'subjectKeyIdentifier=hash' '[server]' 'subjectAltName=DNS:localhost' >config
: >index
echo 01 >serial
sign() { openssl ca -batch -notext -config config "$@" 2>/dev/null; }
authority() { new "$1" "$2" && sign -selfsign -extensions authority -keyfile "$1.key" -in "$1.csr" -out "$1.pem" "$3" "$4" "$5" "$6"; }
now=$(date -u +%Y%m%d)000000Z
later=20980101000000Z
authority root 'Test Root' -startdate "$now" -enddate $later
authority other 'Other, and more' -startdate "$now" -enddate $later
authority expired 'Old Root' -startdate 20100101000000Z -enddate 20200101000000Z
authority not_yet 'New Root' -startdate 20990101000000Z -enddate 21000101000000Z
new server localhost
sign -extensions server -cert root.pem -keyfile root.key -in server.csr -out server.pem -startdate "$now" -enddate $later
cat server.key >>server.pem
openssl x509 -in root.pem -outform DER -out root.der
openssl x509 -in root.pem -trustout -addtrust serverAuth -out trusted.pem
"#;

fn made() -> Option<&'static Made> {
    static MADE: OnceLock<Made> = OnceLock::new();
    if is_missing("openssl") {
        return None;
    }
    Some(MADE.get_or_init(|| {
        let home = Home::new();
        home.run("sh", ["-c", MAKE]).check();
        let text = |name: &str| String::from_utf8(home.read(name)).unwrap();
        Made {
            root: text("root.pem"),
            other: text("other.pem"),
            expired: text("expired.pem"),
            not_yet: text("not_yet.pem"),
            der: home.read("root.der"),
            trusted: text("trusted.pem"),
            server: text("server.pem"),
        }
    }))
}

/// A home with two authorities in files, beside the AWS files.
fn home(made: &Made) -> Home {
    Home::new().config(CONFIG).file("root.pem", &made.root).file("other.pem", &made.other)
}

/// The same with an allowed project that has this file.
fn project(made: &Made, text: &str) -> Home {
    let home = home(made).file("p/.credenv.yml", text);
    home.credenv(["allow"]).inside("p").any_stdout().check();
    home
}

/// What a command prints as JSON, by name.
fn changes(home: &Home, directory: &str, arguments: &[&str]) -> serde_json::Map<String, serde_json::Value> {
    let (json, _) = home.credenv(arguments).inside(directory).any_stdout().any_stderr().check();
    serde_json::from_str(&json).unwrap()
}

/// The variables of certificates among them: `NAME=value`, the bundle in the cache as `[BUNDLE]`.
fn about_certificates(changes: &serde_json::Map<String, serde_json::Value>) -> Vec<String> {
    let others = [
        "AWS_PROFILE",
        "AWS_PROD_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_SDK_LOAD_CONFIG",
        "CREDENV_STATE",
        "CREDENV_PROMPT",
    ];
    let shown = |(name, value): (&String, &serde_json::Value)| {
        let value = value.as_str().unwrap_or("gone");
        let value = if value.starts_with("[HOME]/.cache/credenv/certificates/") { "[BUNDLE]" } else { value };
        format!("{name}={value}")
    };
    changes.iter().filter(|(name, _)| !others.contains(&name.as_str())).map(shown).collect()
}

/// What the hook of a project changes about certificates.
fn hook(home: &Home, directory: &str) -> Vec<String> {
    let path = home.path(directory);
    about_certificates(&changes(home, directory, &["hook", "--shell", "json", "fresh", path.to_str().unwrap()]))
}

fn escaped(text: &str) -> String {
    text.replace('\n', "\\n")
}

fn indented(text: &str, by: &str) -> String {
    format!("{by}{}\n", text.trim_end().replace('\n', &format!("\n{by}")))
}

/// The content of the one bundle in the cache.
fn bundle(home: &Home) -> String {
    let names = home.names_in(".cache/credenv/certificates");
    assert_eq!(names.len(), 1, "{names:?}");
    String::from_utf8(home.read(Path::new(".cache/credenv/certificates").join(&names[0]))).unwrap()
}

#[test]
fn one_file_is_named_as_it_is_and_several_are_put_together() {
    let Some(made) = made() else { return };
    let home = home(made);
    let one = changes(&home, "", &["use", "bare", "--shell", "json", "--cafile", "root.pem"]);
    let path = "[HOME]/root.pem";
    assert_eq!(
        about_certificates(&one),
        [format!("AWS_CA_BUNDLE={path}"), format!("NODE_EXTRA_CA_CERTS={path}"), format!("cafile={path}")]
    );
    assert!(!home.has(".cache"), "a file of ours was not needed");
    let text = changes(&home, "", &["use", "bare", "--shell", "json", "--ca", "./root.pem"]);
    assert_eq!(
        about_certificates(&text),
        [format!("AWS_CA_BUNDLE={path}"), format!("NODE_EXTRA_CA_CERTS={path}"), format!("ca={}", escaped(&made.root))]
    );
    let several = ["use", "bare", "--shell", "json", "--cafile", "root.pem", "--cafile", "~/other.pem"];
    assert_eq!(
        about_certificates(&changes(&home, "", &several)),
        ["AWS_CA_BUNDLE=[BUNDLE]", "NODE_EXTRA_CA_CERTS=[BUNDLE]", "cafile=[HOME]/root.pem,[HOME]/other.pem"]
    );
    assert_eq!(bundle(&home), format!("{}{}", made.root, made.other));
    let texts = ["use", "bare", "--shell", "json", "--ca", "root.pem", "--ca", "other.pem"];
    let expected = format!("ca={},{}", escaped(&made.root), escaped(&made.other));
    assert_eq!(about_certificates(&changes(&home, "", &texts))[2], expected);
    let bits = |path: &str| fs::metadata(home.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((bits(".cache/credenv"), bits(".cache/credenv/certificates")), (0o700, 0o700));
    let file = fs::read_dir(home.path(".cache/credenv/certificates")).unwrap().next().unwrap().unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_project_names_text_and_files_also_for_one_stage() {
    let Some(made) = made() else { return };
    let text = format!(
        "profile: bare\ncafile: certs/corp.pem\nstages:\n  prod:\n    cafile: [../other.pem, ~/root.pem]\n    ca: |\n{}",
        indented(&made.other, "      ")
    );
    let home = home(made).file("p/certs/corp.pem", &made.root).file("p/.credenv.yml", text);
    home.credenv(["allow"])
        .inside("p")
        .stdout(
            "\
.credenv.yml
  stage: dev
  profile: bare (.credenv.yml:1)
  cafile: certs/corp.pem (.credenv.yml:2)
    O=Test, CN=Test Root, valid until 2098-01-01
  stage prod:
    profile: bare (.credenv.yml:1)
    ca: text (.credenv.yml:6)
      O=Test, CN=Other, and more, valid until 2098-01-01
    cafile: ../other.pem (.credenv.yml:5)
      O=Test, CN=Other, and more, valid until 2098-01-01
    cafile: ~/root.pem (.credenv.yml:5)
      O=Test, CN=Test Root, valid until 2098-01-01
allowed: .credenv.yml
",
        )
        .check();
    let path = "[HOME]/p/certs/corp.pem";
    assert_eq!(
        hook(&home, "p"),
        [format!("AWS_CA_BUNDLE={path}"), format!("NODE_EXTRA_CA_CERTS={path}"), format!("cafile={path}")]
    );
    let prod = about_certificates(&changes(&home, "p", &["use", "--stage", "prod", "--shell", "json"]));
    assert_eq!(
        prod,
        [
            "AWS_CA_BUNDLE=[BUNDLE]".to_owned(),
            "NODE_EXTRA_CA_CERTS=[BUNDLE]".to_owned(),
            format!("ca={}", escaped(&made.other)),
            "cafile=[HOME]/other.pem,[HOME]/root.pem".to_owned(),
        ]
    );
    // A certificate that is named twice stands in the bundle once.
    assert_eq!(bundle(&home), format!("{}{}", made.other, made.root));
    let (json, _) = home.credenv(["project", "--json", "--stage", "prod"]).inside("p").any_stdout().check();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["certificates"], json["stages"]["prod"]["certificates"]);
    let second = &json["certificates"][1];
    assert_eq!(
        (&second["key"], &second["value"], &second["file"], &second["origin"]["line"], &second["problem"]),
        (&"cafile".into(), &"../other.pem".into(), &"[HOME]/other.pem".into(), &5.into(), &serde_json::Value::Null)
    );
    assert_eq!(second["certificates"][0]["subject"], "O=Test, CN=Other, and more");
    assert_eq!(second["certificates"][0]["not_after"], "2098-01-01T00:00:00Z");
}

#[test]
fn text_may_stand_on_one_line_as_it_does_in_the_variable() {
    let Some(made) = made() else { return };
    let home = project(made, &format!("ca: '{}'\n", escaped(&made.root)));
    assert_eq!(
        hook(&home, "p"),
        [
            "AWS_CA_BUNDLE=[BUNDLE]".to_owned(),
            "NODE_EXTRA_CA_CERTS=[BUNDLE]".to_owned(),
            format!("ca={}", escaped(&made.root))
        ]
    );
    assert_eq!(bundle(&home), made.root);
}

#[test]
fn the_flag_wins_over_the_project_and_the_project_over_the_profile() {
    let Some(made) = made() else { return };
    let home = home(made).file(".aws/corp.pem", &made.root).file("p/.credenv.yml", "profile: corp\n");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    let cafile = |lines: &[String]| lines.last().unwrap().clone();
    // A relative path of a profile starts at the file that names it.
    assert_eq!(cafile(&hook(&home, "p")), "cafile=[HOME]/.aws/corp.pem");
    home.write("p/.credenv.yml", "profile: corp\ncafile: ../other.pem\n");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    assert_eq!(cafile(&hook(&home, "p")), "cafile=[HOME]/other.pem");
    let by_hand = ["use", "--wrapper", "--shell", "bash", "corp", "--cafile", "../root.pem"];
    let (script, _) = home.credenv(by_hand).inside("p").any_stdout().check();
    assert!(script.contains("\ncafile='[HOME]/root.pem';\n"), "{script}");
    // A profile that is chosen by hand in the project needs its certificates as much.
    let (script, _) = home.credenv(&by_hand[..5]).inside("p").any_stdout().check();
    assert!(script.contains("\ncafile='[HOME]/other.pem';\n"), "{script}");
    let (script, _) = home.credenv(["use", "--shell", "bash", "corp"]).any_stdout().check();
    assert!(script.contains("export cafile='[HOME]/.aws/corp.pem'"), "{script}");
}

#[test]
fn a_project_that_asks_for_certificates_alone_gives_nothing_else() {
    let Some(made) = made() else { return };
    let home = project(made, "cafile: ../root.pem\n").file("p/q/.credenv.yml", "profile: dev\n");
    let path = home.path("p");
    let json = changes(&home, "p", &["hook", "--shell", "json", "fresh", path.to_str().unwrap()]);
    let names: Vec<_> = json.keys().map(String::as_str).collect();
    assert_eq!(names, ["AWS_CA_BUNDLE", "CREDENV_STATE", "NODE_EXTRA_CA_CERTS", "cafile"]);
    home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()])
        .inside("p")
        .any_stdout()
        .stderr("credenv: certificates ← .credenv.yml:1\n")
        .check();
    home.credenv(["exec", "--", "sh", "-c", "echo \"$AWS_CA_BUNDLE ${AWS_PROFILE-none}\""])
        .inside("p")
        .stdout("[HOME]/root.pem none\n")
        .check();
    // A nearer file that asks for no identity gives its certificates to that of the one above.
    home.write("p/.credenv.yml", "profile: dev\ncafile: ../other.pem\n");
    home.write("p/q/.credenv.yml", "region: eu-north-1\ncafile: ../../root.pem\n");
    for directory in ["p", "p/q"] {
        home.credenv(["allow"]).inside(directory).any_stdout().check();
    }
    let path = home.path("p/q");
    let json = changes(&home, "p/q", &["hook", "--shell", "json", "fresh", path.to_str().unwrap()]);
    let of = |name: &str| json[name].as_str().unwrap();
    assert_eq!((of("AWS_PROFILE"), of("AWS_REGION"), of("cafile")), ("dev", "eu-north-1", "[HOME]/root.pem"));
}

#[test]
fn certificates_beside_a_choice_made_outside_and_a_region_are_told_together() {
    let Some(made) = made() else { return };
    let home = project(made, "region: eu-north-1\ncafile: ../root.pem\n");
    let path = home.path("p");
    home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()])
        .inside("p")
        .any_stdout()
        .stderr("credenv: (eu-north-1), certificates ← .credenv.yml:1\n")
        .check();
    // All that a file asks for, or nothing of it.
    home.remove("root.pem");
    home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()])
        .inside("p")
        .stdout("{}\n")
        .stderr(
            "credenv: cannot use the certificates from [HOME]/root.pem, which [HOME]/p/.credenv.yml:2 asks for: no \
             such file or directory\n",
        )
        .check();
}

#[test]
fn what_cannot_be_taken_is_told_with_file_and_line_and_changes_nothing() {
    let Some(made) = made() else { return };
    let directory = |name: &'static str| (name, None, "it is a directory", "name the files in it");
    let file = |name, bytes: &[u8], why, hint| (name, Some(bytes.to_vec()), why, hint);
    let sed = "`sed -n '/BEGIN CERT/,/END CERT/p' [HOME]/x.pem >corp.pem` writes only the certificates";
    let key_line = 1 + made.server.lines().position(|line| line.contains("PRIVATE KEY")).unwrap();
    let key = format!("there is a private key at line {key_line}, and every program would get it");
    let trusted = "the certificate at line 1 is a `TRUSTED CERTIFICATE`, which only OpenSSL can read";
    let look = "`openssl x509 -in [HOME]/x.pem -noout -subject` shows whether it holds a certificate";
    let cut = format!("{}{}", made.root, &made.other[..made.other.len() / 2]);
    let cut_line = format!("the certificate at line {} is damaged", 1 + made.root.lines().count());
    let moved = indented(&made.root, " ");
    let cases = [
        directory("dir"),
        file(
            "one,two.pem",
            made.root.as_bytes(),
            "its path contains a comma, which separates the paths in `cafile`",
            "rename it, or pass it as `ca`",
        ),
        file(
            "blank ",
            made.root.as_bytes(),
            "its path ends with a space, which programs cut off",
            "rename it, or pass it as `ca`",
        ),
        file(
            "x.pem",
            &made.der,
            "it is DER, not PEM",
            "`openssl x509 -inform DER -in [HOME]/x.pem -out corp.pem` converts it",
        ),
        file("x.pem", b"", "it is empty", look),
        file("x.pem", b"# nothing\n", "there is no PEM certificate in it", look),
        file("x.pem", made.server.as_bytes(), &key, sed),
        file(
            "x.pem",
            made.trusted.as_bytes(),
            trusted,
            "`openssl x509 -in [HOME]/x.pem -out corp.pem` writes it so that every program can read it",
        ),
        file("x.pem", cut.as_bytes(), &cut_line, look),
        file("x.pem", moved.as_bytes(), "line 1 is indented, so programs do not find the certificate", look),
    ];
    for (name, bytes, why, hint) in cases {
        let home = home(made).directory("dir");
        if let Some(bytes) = bytes {
            home.write(name, bytes);
        }
        let message =
            |by: &str| format!("credenv: cannot use the certificates from [HOME]/{name}{by}: {why}\n  hint: {hint}\n");
        home.credenv(["use", "bare", "--shell", "bash", "--cafile", name])
            .stdout("false;\n")
            .stderr(message(""))
            .code(1)
            .check();
        home.credenv(["exec", "bare", "--cafile", name, "--", "true"]).stderr(message("")).code(1).check();
        home.write("p/.credenv.yml", format!("profile: bare\ncafile:\n  - ../root.pem\n  - '../{name}'\n"));
        home.credenv(["allow"]).inside("p").any_stdout().check();
        let path = home.path("p");
        home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()])
            .inside("p")
            .stdout("{}\n")
            .stderr(message(", which [HOME]/p/.credenv.yml:4 asks for"))
            .check();
        let (shown, _) = home.credenv(["project"]).inside("p").any_stdout().check();
        let line = format!("  cafile: ../{name} (.credenv.yml:4)\n    cannot be used: {why}\n");
        assert!(shown.contains(&line), "{shown}");
        assert!(!home.has(".cache"));
    }
}

#[test]
fn what_is_not_there_or_no_file_is_told_as_well() {
    let Some(made) = made() else { return };
    let home = home(made);
    home.credenv(["use", "bare", "--shell", "bash", "--ca", "gone.pem"])
        .stdout("false;\n")
        .stderr("credenv: cannot use the certificates from [HOME]/gone.pem: no such file or directory\n")
        .code(1)
        .check();
    home.credenv(["use", "corp", "--shell", "bash"])
        .stdout("false;\n")
        .stderr(
            "\
credenv: cannot use the certificates from [HOME]/.aws/corp.pem, which [HOME]/.aws/config:7 asks for: no such file or \
directory
  hint: write the full path: a relative `ca_bundle` is looked for beside the file that names it, but by the AWS CLI in the current directory
",
        )
        .code(1)
        .check();
    home.run("mkfifo", [home.path("pipe")]).check();
    home.credenv(["use", "bare", "--shell", "bash", "--cafile", "pipe"])
        .stdout("false;\n")
        .stderr(
            "credenv: cannot use the certificates from [HOME]/pipe: it is not a regular file\n  hint: name a regular \
             file\n",
        )
        .code(1)
        .check();
    home.write("locked.pem", &made.root);
    if home.lock("locked.pem") {
        home.credenv(["use", "bare", "--shell", "bash", "--cafile", "locked.pem"])
            .stdout("false;\n")
            .stderr("credenv: cannot use the certificates from [HOME]/locked.pem: permission denied\n")
            .code(1)
            .check();
    }
    home.write("large.pem", vec![b'#'; 8 * 1024 * 1024 + 1]);
    home.credenv(["use", "bare", "--shell", "bash", "--cafile", "large.pem"])
        .stdout("false;\n")
        .stderr("credenv: cannot use the certificates from [HOME]/large.pem: it is larger than 8 MiB\n")
        .code(1)
        .check();
    home.write("p/.credenv.yml", "ca: text\n");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    let path = home.path("p");
    home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()])
        .inside("p")
        .stdout("{}\n")
        .stderr(
            "\
credenv: cannot use the certificates from the text at [HOME]/p/.credenv.yml:1: there is no PEM certificate in it
  hint: `openssl x509 -in FILE -noout -subject` shows whether it holds a certificate
",
        )
        .check();
    // Its text may be handed over where its path may not.
    home.write("one,two.pem", &made.root);
    let given = about_certificates(&changes(&home, "", &["use", "bare", "--shell", "json", "--ca", "one,two.pem"]));
    assert_eq!(given[2], format!("ca={}", escaped(&made.root)));
}

#[test]
fn what_does_not_hold_today_is_told_and_the_switch_goes_on() {
    let Some(made) = made() else { return };
    let home = home(made).file("x.pem", format!("# two of them\n{}{}", made.expired, made.not_yet));
    let second = 2 + made.expired.lines().count();
    let words = format!(
        "\
credenv: the certificate `O=Test, CN=Old Root` at [HOME]/x.pem:2 has expired: it was valid from 2010-01-01 until 2020-01-01
credenv: the certificate `O=Test, CN=New Root` at [HOME]/x.pem:{second} is not valid yet: it is valid from 2099-01-01 until 2100-01-01
"
    );
    home.credenv(["use", "bare", "--shell", "json", "--cafile", "x.pem"]).any_stdout().stderr(&words).check();
    let script = "echo \"$cafile\"";
    home.credenv(["exec", "bare", "--cafile", "x.pem", "--", "sh", "-c", script])
        .stdout("[HOME]/x.pem\n")
        .stderr(&words)
        .check();
    home.write("p/.credenv.yml", "profile: bare\ncafile: ../x.pem\n");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    let path = home.path("p");
    home.credenv(["hook", "--shell", "bash", "fresh", path.to_str().unwrap()])
        .inside("p")
        .any_stdout()
        .stderr(format!("credenv: bare ← .credenv.yml:1\n{words}"))
        .check();
    home.write("x.pem", made.expired.repeat(6));
    let (_, words) =
        home.credenv(["use", "bare", "--shell", "json", "--cafile", "x.pem"]).any_stdout().any_stderr().check();
    let lines: Vec<_> = words.lines().collect();
    assert_eq!(lines.len(), 4, "{words}");
    assert_eq!(lines[3], "credenv: 3 more certificates in the same file are not valid now");
}

#[test]
fn why_and_status_name_each_source_and_who_asked_for_it() {
    let Some(made) = made() else { return };
    let text = format!("profile: bare\ncafile: [../root.pem, ../x.pem]\nca: |\n{}", indented(&made.other, "  "));
    let home = home(made).file("x.pem", &made.expired).file("p/.credenv.yml", text);
    home.credenv(["allow"]).inside("p").any_stdout().check();
    let inside = |arguments: &[&str]| {
        let command = [&["exec", "--", "credenv"], arguments].concat();
        home.credenv(command).inside("p").any_stdout().any_stderr().check().0
    };
    let sources = "the text at ~/p/.credenv.yml:3, ~/root.pem (~/p/.credenv.yml:2), ~/x.pem (~/p/.credenv.yml:2)";
    let why = inside(&["why", "AWS_CA_BUNDLE"]);
    let (value, reason) = why.split_once('\n').unwrap();
    assert!(value.starts_with("AWS_CA_BUNDLE=[HOME]/.cache/credenv/certificates/"), "{value}");
    assert_eq!(reason, format!("  one file with the certificates from {sources}\n  before: not set\n"));
    assert_eq!(
        inside(&["why", "cafile"]),
        "cafile=[HOME]/root.pem,[HOME]/x.pem\n  certificates from ~/root.pem (~/p/.credenv.yml:2), ~/x.pem \
         (~/p/.credenv.yml:2)\n  before: not set\n"
    );
    let status = inside(&["status"]);
    let lines: Vec<_> = status.lines().collect();
    assert_eq!(lines[3], format!("  one file with the certificates from {sources}"));
    assert!(lines[4].starts_with("  warning: the certificate `O=Test, CN=Old Root` at [HOME]/.cache/"), "{status}");
    assert!(lines[4].ends_with(" has expired: it was valid from 2010-01-01 until 2020-01-01"), "{status}");
    let json: serde_json::Value = serde_json::from_str(&inside(&["status", "--json"])).unwrap();
    let certificates = &json["certificates"];
    assert_eq!(certificates["reason"], format!("one file with the certificates from {sources}"));
    assert_eq!(certificates["certificates"][1]["subject"], "O=Test, CN=Test Root");
    let by_hand = |arguments: &[&str]| home.credenv(arguments).any_stdout().check().0;
    assert_eq!(
        by_hand(&["exec", "bare", "--cafile", "root.pem", "--", "credenv", "why", "NODE_EXTRA_CA_CERTS"]),
        "NODE_EXTRA_CA_CERTS=[HOME]/root.pem\n  certificates from ~/root.pem, `credenv use bare --cafile \
         [HOME]/root.pem`\n  before: not set\n"
    );
    let path = home.path("root.pem");
    let home = home.env("AWS_CA_BUNDLE", path.to_str().unwrap());
    home.credenv(["status"])
        .stdout(
            "no profile chosen, and there is no `default`\n  certificates from ~/root.pem, set in the environment, \
             not by credenv\n",
        )
        .check();
}

/// A bundle of the company that the person exported survives every switch, and comes back after one that needed another.
fn round_trip(shell: &Shell) {
    let Some(made) = made() else { return };
    let home = home(made);
    let story = Story::new(shell, &home)
        .export("AWS_CA_BUNDLE", "/company.pem")
        .export("HTTPS_CA", "theirs")
        .export("https_cafile", "")
        .dump("first")
        .eval(&format!("use bare --shell {}", shell.called))
        .dump("bare")
        .eval(&format!(
            "use dev --shell {} --ca other.pem --ca root.pem --cafile root.pem --cafile other.pem",
            shell.called
        ))
        .dump("dev")
        .eval(&format!("use bare --shell {}", shell.called))
        .dump("bare again")
        .eval(&format!("use dev --shell {} --cafile root.pem", shell.called))
        .eval(&format!("off --shell {}", shell.called))
        .dump("off");
    let told = story.play();
    let first = told.env("first");
    let profile = [("AWS_PROFILE", Some("bare")), ("AWS_SDK_LOAD_CONFIG", Some("1"))];
    told.env("bare").stateless().must_be(&first.clone().but(&profile), "without certificates");
    told.env("bare again").stateless().must_be(&first.clone().but(&profile), "after certificates");
    let dev = told.env("dev");
    let of = |name: &str| dev.get(name).map(|value| String::from_utf8(value.to_vec()).unwrap());
    assert_eq!(of("ca"), Some(format!("{},{}", escaped(&made.other), escaped(&made.root))));
    let in_home = |name: &str| home.path(name).to_str().unwrap().to_owned();
    assert_eq!(of("cafile"), Some(format!("{},{}", in_home("root.pem"), in_home("other.pem"))));
    assert_eq!((of("HTTPS_CA"), of("https_cafile")), (None, None));
    let bundle = of("AWS_CA_BUNDLE").unwrap();
    assert_eq!(of("NODE_EXTRA_CA_CERTS").as_ref(), Some(&bundle));
    assert_eq!(fs::read_to_string(bundle).unwrap(), format!("{}{}", made.other, made.root));
    told.env("off").must_be(&first, "after off");
}
in_every_shell!(round_trip);

/// `ca` is a short name, and the person's own variable of that name comes back as well.
fn a_variable_of_the_shell_comes_back(shell: &Shell) {
    let Some(made) = made() else { return };
    let home = home(made);
    let told = Story::new(shell, &home)
        .init()
        .plain("ca", "theirs")
        .say("credenv use bare --ca root.pem")
        .value("in force", "ca")
        .say("credenv off")
        .value("after", "ca")
        .dump("after")
        .play();
    assert_eq!(told.value("in force"), Some(escaped(&made.root)));
    assert_eq!(told.value("after"), Some("theirs".to_owned()));
    assert_eq!(told.env("after").get("ca"), None);
}
in_every_shell!(a_variable_of_the_shell_comes_back: bash zsh fish dash busybox_ash ksh mksh yash);

/// What a person does between prompts, and what is in force behind it.
fn a_source_that_changes_is_seen_at_the_next_prompt(shell: &Shell) {
    let Some(made) = made() else { return };
    let home = project(made, "cafile: [../root.pem, ../other.pem]\n");
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    let told = "credenv: certificates ← .credenv.yml:1\n";
    assert_eq!(prompt.line("cd p"), told);
    let content = |prompt: &mut super::support::Prompt<'_>| {
        fs::read_to_string(prompt.variable("AWS_CA_BUNDLE").unwrap()).unwrap()
    };
    assert_eq!(content(&mut prompt), format!("{}{}", made.root, made.other));
    home.write("root.pem", &made.not_yet);
    let shown = prompt.look();
    assert!(shown.starts_with(told) && shown.contains("is not valid yet"), "{shown}");
    assert_eq!(content(&mut prompt), format!("{}{}", made.not_yet, made.other));
    // The bundle itself may be swept away with the cache.
    home.remove(".cache");
    assert_eq!(prompt.look(), "");
    assert_eq!(content(&mut prompt), format!("{}{}", made.not_yet, made.other));
    home.remove("other.pem");
    let shown = prompt.look();
    assert!(shown.contains("no such file or directory"), "{shown}");
    assert_eq!(prompt.variable("AWS_CA_BUNDLE"), None);
    home.write("other.pem", &made.root);
    let shown = prompt.look();
    assert!(shown.starts_with(told) && shown.contains("is not valid yet"), "{shown}");
    assert_eq!(content(&mut prompt), format!("{}{}", made.not_yet, made.root));
    assert_eq!(prompt.line("cd .."), "credenv: back to no profile\n");
    assert_eq!(prompt.variable("cafile"), None);
}
at_every_prompt!(a_source_that_changes_is_seen_at_the_next_prompt);

fn idle_prompts_with_certificates_start_no_process(shell: &Shell) {
    let Some(made) = made() else { return };
    let home = project(made, "cafile: [../root.pem, ../other.pem]\n");
    let Some(mut prompt) = Session::of(shell, &home).traced().start() else { return };
    prompt.line("cd p");
    prompt.rest();
    let before = prompt.processes();
    for _ in 0..10 {
        assert_eq!(prompt.line("true"), "");
    }
    assert_eq!(prompt.processes(), before);
}
at_every_prompt!(idle_prompts_with_certificates_start_no_process);

/// Certificates chosen by hand hold as long as the choice, in a shell that is started from this one as well.
fn a_choice_of_certificates_holds(shell: &Shell) {
    let Some(made) = made() else { return };
    let home = project(made, "profile: bare\n");
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    prompt.line("credenv use dev --cafile root.pem --ca other.pem");
    assert_eq!(prompt.look(), "");
    let bundle = prompt.variable("AWS_CA_BUNDLE");
    assert_eq!(prompt.line("cd p"), "credenv: bare ← .credenv.yml:1\n");
    assert_eq!(prompt.variable("AWS_CA_BUNDLE"), None);
    assert_eq!(
        prompt.line("cd .."),
        "credenv: dev (eu-west-1) ← `credenv use dev --ca [HOME]/other.pem --cafile [HOME]/root.pem`\n"
    );
    assert_eq!(prompt.variable("AWS_CA_BUNDLE"), bundle);
    let environment = prompt.env();
    let taken_away = environment.clone().but(&[("cafile", None), ("AWS_CA_BUNDLE", Some("/theirs"))]);
    let Some(mut child) = Session::of(shell, &home).inheriting(&taken_away).start() else { return };
    assert_eq!(child.variable("AWS_CA_BUNDLE"), bundle);
    assert_eq!(
        child.variable("cafile").as_deref(),
        environment.get("cafile").map(|value| str::from_utf8(value).unwrap())
    );
}
at_every_prompt!(a_choice_of_certificates_holds);

#[test]
fn more_variables_get_the_bundle_and_the_public_roots_are_added_where_the_person_asks_for_it() {
    let Some(made) = made() else { return };
    let roots = "/etc/ssl/certs/ca-certificates.crt";
    let home = home(made).file(
        ".config/credenv/config.yml",
        "certificates:\n  also: [REQUESTS_CA_BUNDLE, SSL_CERT_FILE]\n  system_roots: false\n",
    );
    let path = "[HOME]/root.pem";
    let names = ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "cafile"];
    let arguments = ["use", "bare", "--shell", "json", "--cafile", "root.pem"];
    assert_eq!(about_certificates(&changes(&home, "", &arguments)), names.map(|name| format!("{name}={path}")));
    if !Path::new(roots).exists() {
        return skip(&format!("the public roots of this system are not in {roots}"));
    }
    home.write(".config/credenv/config.yml", "certificates: { system_roots: true }\n");
    assert_eq!(
        about_certificates(&changes(&home, "", &arguments)),
        [
            "AWS_CA_BUNDLE=[BUNDLE]".to_owned(),
            "NODE_EXTRA_CA_CERTS=[BUNDLE]".to_owned(),
            // It replaces the roots of Node as well.
            format!("cafile={path},{roots}"),
        ]
    );
    let count = |text: &str| text.matches("-----BEGIN CERTIFICATE-----").count();
    let all = bundle(&home);
    assert!(all.starts_with(&made.root));
    assert_eq!(count(&all), 1 + count(&fs::read_to_string(roots).unwrap()));
    let (why, _) = home
        .credenv(["exec", "bare", "--cafile", "root.pem", "--", "credenv", "why", "AWS_CA_BUNDLE"])
        .any_stdout()
        .check();
    let sources = format!("from ~/root.pem, {roots} (~/.config/credenv/config.yml:1), `credenv use");
    assert!(why.contains(&sources), "{why}");
    // Without certificates nothing is added to anything.
    assert_eq!(about_certificates(&changes(&home, "", &arguments[..4])), [""; 0]);
}

#[test]
fn bundles_do_not_grow_for_ever_and_one_that_is_there_is_not_written_again() {
    let Some(made) = made() else { return };
    let home = home(made).directory(".cache/credenv/certificates");
    let arguments = ["use", "bare", "--shell", "json", "--cafile", "root.pem", "--cafile", "other.pem"];
    let bundle_now = || changes(&home, "", &arguments)["AWS_CA_BUNDLE"].as_str().unwrap().replace("[HOME]/", "");
    let path = bundle_now();
    let time = |path: &str| fs::metadata(home.path(path)).unwrap().modified().unwrap();
    let written = time(&path);
    assert_eq!((bundle_now(), time(&path)), (path.clone(), written));
    // Used a day later, it counts as young again.
    let old = written - std::time::Duration::from_secs(3 * 24 * 60 * 60);
    fs::File::options().write(true).open(home.path(&path)).unwrap().set_modified(old).unwrap();
    bundle_now();
    assert!(time(&path) >= written);
    for number in 0..70 {
        let path = format!(".cache/credenv/certificates/{number:016x}.pem");
        home.write(&path, "old");
        fs::File::options().write(true).open(home.path(&path)).unwrap().set_modified(old).unwrap();
    }
    bundle_now();
    assert_eq!(home.names_in(".cache/credenv/certificates").len(), 71);
    home.write("root.pem", &made.expired);
    let new = bundle_now();
    assert_eq!(home.names_in(".cache/credenv/certificates").len(), 64);
    assert!(home.has(&path) && home.has(&new));
    // Another content under the same name is never taken for ours, nor written over.
    home.write(&new, "something else");
    let beside = bundle_now();
    assert_eq!(beside, new.replace(".pem", "-2.pem"));
    assert_eq!(home.read(&new), b"something else");
}

#[test]
fn where_nothing_can_be_kept_the_switch_is_refused() {
    let Some(made) = made() else { return };
    let home = home(made).file(".cache", "no directory");
    home.credenv(["use", "bare", "--shell", "bash", "--cafile", "root.pem", "--cafile", "other.pem"])
        .stdout("false;\n")
        .stderr("credenv: cannot keep certificates in [HOME]/.cache/credenv/certificates: not a directory\n")
        .code(1)
        .check();
    let home = home.env("XDG_CACHE_HOME", "relative");
    let cache = home.path("elsewhere");
    let home = home.env("XDG_CACHE_HOME", cache.to_str().unwrap());
    let given = changes(&home, "", &["use", "bare", "--shell", "json", "--cafile", "root.pem", "--ca", "other.pem"]);
    assert!(given["AWS_CA_BUNDLE"].as_str().unwrap().starts_with("[HOME]/elsewhere/credenv/certificates/"));
}

/// Asks each program for what the server answers; what it reached.
const PROBE: &str = r#"
probe() {
    node -e '
        const https = require("https");
        https.get(`https://localhost:${process.env.PORT}/`, () => console.log("node: reached"))
            .on("error", (error) => console.log(`node: ${error.code}`));
    ' 2>/dev/null
    if curl --silent --output /dev/null "https://localhost:$PORT/"; then echo 'curl: reached'; else echo "curl: $?"; fi
    if aws sts get-caller-identity --region eu-west-1 --endpoint-url "https://localhost:$PORT" --output text \
        --query Arn 2>error; then :; else grep -o 'SSL validation failed' error; fi
}
"#;

#[test]
fn a_server_behind_its_own_authority_is_reached_after_the_switch_by_node_curl_and_the_aws_cli() {
    let Some(made) = made() else { return };
    if ["python3", "node", "curl", "aws"].into_iter().any(is_missing) {
        return;
    }
    let refused = "node: UNABLE_TO_VERIFY_LEAF_SIGNATURE\ncurl: 60\nSSL validation failed\n";
    let reached = "node: reached\ncurl: reached\narn:aws:iam::123456789012:user/reached\n";
    let home = home(made)
        .file("server.pem", &made.server)
        .file(".config/credenv/config.yml", "certificates: { also: [CURL_CA_BUNDLE] }\n")
        .file("p/.credenv.yml", "profile: dev\ncafile: [../other.pem, ../root.pem]\n");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    let server = String::from_utf8(super::support::source("tests/it/support/tls_server.py")).unwrap();
    let script = format!(
        "{PROBE}
        eval \"$(credenv use dev --shell sh)\" && probe
        eval \"$(credenv use dev --cafile root.pem --shell sh)\" && probe
        eval \"$(credenv use dev --ca other.pem --ca root.pem --shell sh)\" && probe
        eval \"$(credenv use dev --cafile other.pem --shell sh)\" && probe
        cd p
        eval \"$(credenv hook --shell sh fresh \"$PWD\")\" && probe
        eval \"$(credenv off --shell sh)\" && export AWS_PROFILE=dev && probe"
    );
    home.run("python3", ["-c", &server, "server.pem", "sh", "-c", &script])
        .stdout([refused, reached, reached, refused, reached, refused].concat())
        .stderr("credenv: dev (eu-west-1) ← .credenv.yml:1\n")
        .check();
}

/// The AWS provider of Serverless 3, asked for the same.
const SERVERLESS: &str = r"
const awsRequest = require('serverless/lib/aws/request');
const endpoint = `https://localhost:${process.env.PORT}`;
const service = { name: 'STS', params: { endpoint, region: 'eu-west-1', maxRetries: 0, credentials: { accessKeyId: 'A', secretAccessKey: 'B' } } };
awsRequest(service, 'getCallerIdentity', {}).then(
    ({ Arn }) => console.log(Arn),
    (error) => console.log(error.message),
);
";

#[test]
fn serverless_3_reaches_it_by_ca_and_by_cafile_alone() {
    let Some(made) = made() else { return };
    let Some(modules) = credenv_serverless() else {
        return skip("`CREDENV_SERVERLESS` does not say where Serverless 3 is");
    };
    if ["python3", "node"].into_iter().any(is_missing) {
        return;
    }
    let home = home(made)
        .file("server.pem", &made.server)
        .file("probe.js", SERVERLESS)
        .env("NODE_PATH", modules)
        .env("SLS_AWS_REQUEST_MAX_RETRIES", "0");
    let server = String::from_utf8(super::support::source("tests/it/support/tls_server.py")).unwrap();
    // What every Node program follows is left out: these two alone must do it.
    let script = "
        probe() { env -u NODE_EXTRA_CA_CERTS -u AWS_CA_BUNDLE node probe.js; }
        probe
        eval \"$(credenv use dev --cafile other.pem --cafile root.pem --shell sh)\" && probe
        eval \"$(credenv use dev --ca other.pem --ca root.pem --shell sh)\" && probe
        eval \"$(credenv use dev --ca root.pem --cafile other.pem --shell sh)\" && probe
        export HTTPS_CA=rival HTTPS_CAFILE=/gone
        eval \"$(credenv use dev --cafile root.pem --shell sh)\" && probe
        eval \"$(credenv use dev --cafile other.pem --shell sh)\" && probe";
    let (refused, reached) = ("unable to verify the first certificate\n", "arn:aws:iam::123456789012:user/reached\n");
    home.run("python3", ["-c", &server, "server.pem", "sh", "-c", script])
        .stdout([refused, reached, reached, reached, reached, refused].concat())
        .check();
}
