//! `doctor --who`, and the programs themselves beside it: each is asked, in many environments, whom it would sign as.
// The programs take seconds each and are asked side by side.
#![allow(clippy::disallowed_methods)]

mod environments;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::{Value, json};

use self::environments::{Environment, all};
use super::support::{Home, credenv_serverless, is_missing, is_required, process_variable, skip};

/// Asked of one process at once: on a busy machine, more would look as if it hung.
const AT_ONCE: usize = 40;

/// Every program is to be compared in as many environments.
const LEAST: usize = 140;

/// The seed of which the answers of Go are kept.
const SEED: u64 = 0x5eed;

/// A program as it is asked, and the row that must say the same.
struct Probe {
    row: &'static str,
    name: &'static str,
    command: Vec<String>,
    variables: Vec<(&'static str, String)>,
    /// What it cannot be asked, with the reason.
    spared: fn(&Environment) -> bool,
}

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/who").join(name).display().to_string()
}

/// The interpreter that a command written in Python begins with.
fn interpreter(command: &Path) -> Option<String> {
    let text = fs::read(command).ok()?;
    let line = text.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let path = std::str::from_utf8(line).ok()?.trim();
    path.contains("python").then(|| path.to_owned())
}

/// Whether that Python has the program.
fn has(python: &str, which: &str) -> bool {
    let home = Home::new().file("none.json", "[]");
    home.run(python, [&script("cli_and_boto3.py"), which, "none.json"])
        .any_stdout()
        .any_stderr()
        .output_if_it_succeeds()
        .is_some()
}

fn python_probes(probes: &mut Vec<Probe>) {
    let path = process_variable("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join("aws"));
    let aws: Vec<String> = found.chain([PathBuf::from("/usr/bin/aws")]).filter_map(|path| interpreter(&path)).collect();
    let mut pythons = vec!["python3".to_owned()];
    pythons.extend(aws);
    for (row, which) in [("AWS CLI v2", "cli2"), ("AWS CLI v1, boto3", "cli1"), ("AWS CLI v1, boto3", "boto3")] {
        let Some(python) = pythons.iter().find(|python| !is_missing("python3") && has(python, which)) else {
            assert!(!is_required(), "no Python here has {which}");
            skip(&format!("no Python here has {which}"));
            continue;
        };
        let command = vec![python.clone(), script("cli_and_boto3.py"), which.to_owned()];
        // Up to 2.9 at least, the CLI looks for the session in the profile that asks for the role.
        let spared: fn(&Environment) -> bool = if which == "cli2" { |e| e.asks_for("sessionrole") } else { |_| false };
        probes.push(Probe { row, name: which, command, variables: Vec::new(), spared });
    }
}

fn node_probes(probes: &mut Vec<Probe>) {
    if is_missing("node") {
        return;
    }
    if let Some(modules) = process_variable("CREDENV_WHO") {
        probes.push(Probe {
            row: "JavaScript SDK v3",
            name: "javascript3",
            command: vec!["node".to_owned(), script("javascript3.js")],
            variables: vec![("NODE_PATH", modules)],
            spared: |_| false,
        });
    } else {
        assert!(!is_required(), "`CREDENV_WHO` does not say where the AWS SDK for JavaScript v3 is");
        skip("the AWS SDK for JavaScript v3 is not installed: `sh tests/who/install` installs it");
    }
    let Some(modules) = credenv_serverless() else {
        return skip("Serverless 3 is not installed: `sh tests/serverless/expect --where` installs it");
    };
    for (row, name) in [("JavaScript SDK v2", "javascript2"), ("Serverless v3", "serverless3")] {
        probes.push(Probe {
            row,
            name,
            command: vec!["node".to_owned(), script(&format!("{name}.js"))],
            variables: vec![
                ("NODE_PATH", modules.clone()),
                ("SLS_TELEMETRY_DISABLED", "1".to_owned()),
                ("SLS_NOTIFICATIONS_MODE", "off".to_owned()),
                ("AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE", "1".to_owned()),
            ],
            // They go round in such a circle until the stack is full.
            spared: Environment::goes_round,
        });
    }
}

/// An identity as the keys that the probes hand out name it.
fn named(identity: &Value) -> String {
    let text = |key: &str| identity[key].as_str().unwrap().to_owned();
    match identity["kind"].as_str().unwrap() {
        "environment-keys" => format!("keys:{}", text("prefix")),
        "profile-keys" => format!("profile:{}", text("profile")),
        "role" => format!("role:{}|{}", text("role_arn"), named(&identity["source"])),
        "web-identity" => format!("web:{}", text("role_arn")),
        "sso" => format!("sso:{}/{}", text("account"), text("role")),
        "credential-process" => format!("process:{}", text("profile")),
        "instance-metadata" => "instance".to_owned(),
        other => other.to_owned(),
    }
}

/// What we say of each program, by row: its identity and region, or that it stops.
type Rows = BTreeMap<String, Result<(String, Option<String>), String>>;

fn ours(environment: &Environment, home: &Home) -> Rows {
    let mut arguments = vec!["doctor", "--who", "--json"];
    arguments.extend(environment.stage.iter().flat_map(|stage| ["--stage", stage]));
    let inside = if environment.has_project() { "shop" } else { "" };
    let (told, _) = home.credenv(arguments).inside(inside).any_stdout().any_code_but_a_bug().check();
    assert!(!told.contains("profile:") && !told.contains("keys:AWS"), "{}: a key is shown: {told}", environment.name);
    let rows: Vec<Value> = serde_json::from_str(&told).unwrap();
    let row = |row: &Value| {
        let answer = match row["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok((named(&row["identity"]), row["region"].as_str().map(str::to_owned))),
        };
        (row["program"].as_str().unwrap().to_owned(), answer)
    };
    rows.iter().map(row).collect()
}

/// What a program says, in the order of the environments; nothing of those it is spared.
fn theirs(probe: &Probe, asked: &[(Environment, Home)]) -> Vec<Option<Value>> {
    let is_asked = |(environment, _): &&(Environment, Home)| !(probe.spared)(environment);
    let mut answers = Vec::new();
    for some in asked.iter().filter(is_asked).collect::<Vec<_>>().chunks(AT_ONCE) {
        let list: Vec<Value> = some.iter().map(|(environment, home)| environment.as_json(home)).collect();
        // Some of them look for the home directory once, when they are loaded.
        let mut home = environments::furnish(Home::new()).file("asked.json", json!(list).to_string());
        for (name, value) in &probe.variables {
            home = home.env(name, value);
        }
        let arguments = probe.command[1..].iter().cloned().chain([home.path("asked.json").display().to_string()]);
        let (told, _) = home.run(&probe.command[0], arguments).any_stdout().any_stderr().check();
        let told: Vec<Value> = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{}: {error}", probe.name));
        assert_eq!(told.len(), some.len(), "{}", probe.name);
        answers.extend(told);
    }
    let mut answers = answers.into_iter();
    asked.iter().map(|one| is_asked(&one).then(|| answers.next()).flatten()).collect()
}

/// Compares a row; what is wrong, if anything.
fn differs(ours: &Result<(String, Option<String>), String>, theirs: &Value) -> Option<String> {
    match (ours, theirs["error"].as_str()) {
        (Err(_), Some(_)) => None,
        (Err(why), None) => Some(format!("we say error ({why}), it says {theirs}")),
        (Ok(ours), Some(error)) => Some(format!("we say {ours:?}, it fails: {error}")),
        (Ok((identity, region)), None) => (theirs["identity"] != *identity || theirs["region"] != json!(region))
            .then(|| format!("we say {identity}, {region:?}; it says {}, {}", theirs["identity"], theirs["region"])),
    }
}

#[test]
fn every_row_is_what_the_program_itself_would_do() {
    let seed = super::support::seed_from_environment();
    let asked: Vec<(Environment, Home)> =
        all(seed).into_iter().map(|environment| (environment.clone(), environment.home())).collect();
    let rows: Vec<Rows> = asked.iter().map(|(environment, home)| ours(environment, home)).collect();
    let mut probes = Vec::new();
    python_probes(&mut probes);
    node_probes(&mut probes);
    go_probe(&mut probes);
    let mut wrong = Vec::new();
    let mut compared = BTreeMap::new();
    let answers: Vec<Vec<Option<Value>>> = thread::scope(|scope| {
        let running: Vec<_> = probes.iter().map(|probe| scope.spawn(|| theirs(probe, &asked))).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for (probe, answers) in probes.iter().zip(&answers) {
        for (((environment, _), rows), answer) in asked.iter().zip(&rows).zip(answers) {
            let Some(answer) = answer else { continue };
            *compared.entry(probe.name).or_insert(0) += 1;
            if let Some(difference) = differs(&rows[probe.row], answer) {
                wrong.push(format!("{} in {}: {difference}", probe.name, environment.name));
            }
        }
    }
    keep_go(&probes, &answers, &asked, seed);
    for (probe, compared) in &compared {
        assert!(*compared >= LEAST, "{probe}: only {compared} environments");
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where the answers of Go are kept.
fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/who/go.json")
}

/// The AWS SDK for Go cannot be had everywhere: `tests/who/record` asks it, and keeps what it says.
fn go_probe(probes: &mut Vec<Probe>) {
    if let Some(probe) = process_variable("CREDENV_WHO_GO") {
        probes.push(Probe {
            row: "Terraform (Go v2)",
            name: "go",
            command: vec![probe],
            variables: Vec::new(),
            spared: environments::is_newer_than_go,
        });
    }
}

fn keep_go(probes: &[Probe], answers: &[Vec<Option<Value>>], asked: &[(Environment, Home)], seed: u64) {
    let Some(at) = probes.iter().position(|probe| probe.name == "go").filter(|_| seed == SEED) else { return };
    let lines: Vec<String> = asked
        .iter()
        .zip(&answers[at])
        .filter_map(|((environment, _), answer)| {
            let answer = answer.as_ref()?;
            let told = match answer["error"].as_str() {
                Some(_) => json!({ "error": "it stops" }),
                None => json!({ "identity": answer["identity"], "region": answer["region"] }),
            };
            Some(format!("{}: {told}", json!(environment.name)))
        })
        .collect();
    fs::write(kept(), format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
}

#[test]
fn the_row_of_terraform_is_what_its_sdk_said_when_it_was_asked() {
    let kept: Value = serde_json::from_slice(&fs::read(kept()).unwrap()).unwrap();
    let kept = kept.as_object().unwrap();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for environment in all(SEED) {
        if environments::is_newer_than_go(&environment) {
            continue;
        }
        let name = environment.name.as_str();
        let Some(answer) = kept.get(name) else { panic!("{name} was not asked: `sh tests/who/record`") };
        compared += 1;
        if let Some(difference) = differs(&ours(&environment, &environment.home())["Terraform (Go v2)"], answer) {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(compared >= LEAST, "only {compared}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A role, the keys behind it, a session of IAM Identity Center, and a Serverless project.
fn home() -> Home {
    let config = "[default]\nregion = eu-west-1\n[profile devProfile]\nregion = eu-central-1\n[profile deploy]\n\
                  role_arn = arn:aws:iam::123456789012:role/Deploy\nsource_profile = devProfile\nregion = eu-west-1\n\
                  [profile corp]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\n\
                  [sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n";
    let keys = "aws_access_key_id = AKIAMARKED\naws_secret_access_key = marked\n";
    let project = "service: shop\nprovider:\n  name: aws\n  profile: devProfile\n  region: eu-central-1\n";
    Home::new()
        .config(config)
        .credentials(format!("[default]\n{keys}[devProfile]\n{keys}"))
        .file("shop/serverless.yml", project)
}

#[test]
fn who_tells_of_each_program_what_it_would_use_and_why_and_fails_where_they_differ() {
    let told = "\
AWS CLI v2         eu-west-1  role 123456789012/Deploy from devProfile
AWS CLI v1, boto3  eu-west-1  role 123456789012/Deploy from devProfile
JavaScript SDK v2  -          instance metadata (last resort, not asked)
JavaScript SDK v3  eu-west-1  role 123456789012/Deploy from devProfile
Serverless v3      us-east-1  error: `deploy` is not a profile that it can use
Serverless v4      us-east-1  role 123456789012/Deploy from devProfile
Terraform (Go v2)  eu-west-1  role 123456789012/Deploy from devProfile

AWS CLI v2 · AWS CLI v1, boto3 · JavaScript SDK v3 · Terraform (Go v2)
  `AWS_PROFILE` is `deploy`
  `role_arn` of `deploy`, ~/.aws/config:6
  `source_profile` is `devProfile`, ~/.aws/config:7
  keys of `devProfile`, ~/.aws/credentials:5
  region: that of the profile, ~/.aws/config:8

JavaScript SDK v2
  `AWS_PROFILE` is `deploy`
  `deploy` is in the config file, which is not read without `AWS_SDK_LOAD_CONFIG`; it looks elsewhere
  nothing else is left
  region: `AWS_REGION` is not set, and without `AWS_SDK_LOAD_CONFIG` no file counts

Serverless v3
  `AWS_PROFILE` is `deploy`
  `deploy` is in the config file, which is not read without `AWS_SDK_LOAD_CONFIG`
  region: the project names none, and no variable counts

Serverless v4
  `AWS_PROFILE` is `deploy`
  `role_arn` of `deploy`, ~/.aws/config:6
  `source_profile` is `devProfile`, ~/.aws/config:7
  keys of `devProfile`, ~/.aws/credentials:5
  region: neither the project nor `AWS_REGION` names one

they do not all use the same identity; Serverless does not count: there is no Serverless project here
";
    home().env("AWS_PROFILE", "deploy").credenv(["doctor", "--who"]).stdout(told).code(1).check();
}

#[test]
fn who_succeeds_where_all_agree_and_counts_serverless_where_there_is_a_project() {
    let home =
        home().env("AWS_PROFILE", "default").env("AWS_REGION", "eu-west-1").env("AWS_DEFAULT_REGION", "eu-west-1");
    let verdict = |directory: &str, code: i32| {
        let (told, _) = home.credenv(["doctor", "--who"]).inside(directory).any_stdout().code(code).check();
        told.lines().last().unwrap().to_owned()
    };
    let alone =
        "they all use the same identity and region; Serverless does not count: there is no Serverless project here";
    assert_eq!(verdict("", 0), alone);
    // Version 4 obeys `provider.profile`.
    assert_eq!(verdict("shop", 1), "they do not all use the same identity");
}

#[test]
fn after_a_switch_all_agree() {
    let home = home();
    let story = "eval \"$(credenv use devProfile --shell sh)\" && cd shop && credenv doctor --who | tail -1";
    home.run("sh", ["-c", story]).stdout("they all use the same identity and region\n").check();
}

#[test]
fn who_tells_programs_the_same_as_json() {
    let told = home().env("AWS_PROFILE", "corp").credenv(["doctor", "--who", "--json"]).any_stdout().code(1).check().0;
    assert!(!told.contains("AKIAMARKED") && !told.contains("marked"), "{told}");
    let rows: Value = serde_json::from_str(&told).unwrap();
    let expected = json!({
        "program": "AWS CLI v2",
        "identity": { "kind": "sso", "account": "123456789012", "role": "Admin" },
        "region": null,
        "why": [
            { "about": "identity", "reason": "`AWS_PROFILE` is `corp`", "file": null, "line": null },
            {
                "about": "identity",
                "reason": "`sso_account_id` of `corp`",
                "file": "[HOME]/.aws/config",
                "line": 11,
            },
            {
                "about": "region",
                "reason": "neither `AWS_REGION`, `AWS_DEFAULT_REGION` nor the profile names one",
                "file": null,
                "line": null,
            },
        ],
        "error": null,
    });
    assert_eq!(rows[0], expected);
    assert_eq!(rows[4]["identity"], Value::Null);
    assert_eq!(rows[4]["error"], "`corp` is not a profile that it can use");
}

#[test]
fn a_profile_of_serverless_that_cannot_be_told_is_said_to_be_so() {
    let project = "service: shop\nprovider:\n  name: aws\n  profile: ${ssm:/profile}\n";
    let told = home()
        .file("shop/serverless.yml", project)
        .credenv(["doctor", "--who", "--json"])
        .inside("shop")
        .any_stdout()
        .code(1)
        .check()
        .0;
    let rows: Value = serde_json::from_str(&told).unwrap();
    for row in [4, 5] {
        let error = rows[row]["error"].as_str().unwrap();
        assert!(error.starts_with("`provider.profile` cannot be resolved here: "), "{error}");
    }
}

#[test]
fn a_stage_is_asked_for_only_with_who() {
    let usage = home().credenv(["doctor", "--stage", "prod"]).any_stderr().code(2).check().1;
    assert!(usage.contains("--who"), "{usage}");
}
