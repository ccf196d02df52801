//! Serverless projects: what we tell is what the program itself resolves.
// The projects are read from the disk, in front of a world that is made up.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use credenv::core::binding::{Answer, Binding, Said};
use credenv::core::error::{Error, Result};
use credenv::project::serverless::{FORMAT, read};
use credenv::project::{Question, World};
use serde_json::Value;

use super::support::Home;
use super::support::{credenv_serverless, skip};

/// The files as they are, beside an environment that is made up; the project lies in a repository of its own.
struct Machine {
    repository: PathBuf,
    variables: BTreeMap<String, String>,
}

impl World for Machine {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        match fs::read(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::failed(error.to_string())),
        }
    }

    fn real_path(&self, path: &Path) -> Option<PathBuf> {
        if path == self.repository.join(".git") { Some(path.to_owned()) } else { fs::canonicalize(path).ok() }
    }

    fn names(&self, directory: &Path, _beginning: &str, _most: usize) -> Vec<String> {
        panic!("{} is listed", directory.display());
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

/// The project file in a directory.
fn service_file(directory: &Path) -> PathBuf {
    FORMAT.files.iter().map(|name| directory.join(name)).find(|file| file.exists()).expect("a project file")
}

/// Reads a project in a stage; `none` is no stage.
fn bind(repository: &Path, file: &Path, stage: &str) -> Result<Binding> {
    let listed = fs::read_to_string(repository.join("environment")).unwrap_or_default();
    let variables = listed
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let world = Machine { repository: fs::canonicalize(repository).unwrap(), variables };
    let file = fs::canonicalize(file.parent().unwrap()).unwrap().join(file.file_name().unwrap());
    let question = Question { stage: Some(stage).filter(|stage| *stage != "none"), world: &world };
    read(&fs::read(&file).unwrap(), &file, &question)
}

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serverless")
}

/// A project among ours.
fn ours(name: &str, stage: &str) -> Result<Binding> {
    let project = projects().join(name);
    let service = project.join("service");
    bind(&project, &service_file(if service.exists() { &service } else { &project }), stage)
}

fn parse(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// What a value of JSON is as text, as the program uses it: a false one is none.
fn used(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()).filter(|text| text != "0"),
    }
}

fn is_open(answer: &Answer, key: &str) -> bool {
    answer.unresolved.iter().any(|open| open.key == key)
}

/// Compares one property. What the program cannot tell, we must not tell either, and say why.
fn compare(place: &str, key: &str, expected: &Value, told: Option<&str>, answer: &Answer, wrong: &mut Vec<String>) {
    if let Some(error) = expected.get("error") {
        if told.is_some() {
            wrong.push(format!("{place}: {key} is {told:?}, and Serverless fails: {error}"));
        } else if answer.unresolved.is_empty() {
            wrong.push(format!("{place}: {key} is none without a reason, and Serverless fails: {error}"));
        }
    } else if expected.is_object() || expected.is_array() {
        if told.is_some() || !is_open(answer, key) {
            wrong.push(format!("{place}: {key} is {told:?}, and Serverless has {expected}"));
        }
    } else if used(expected).as_deref() != told {
        let open: Vec<_> = answer.unresolved.iter().map(|open| &open.reason).collect();
        wrong.push(format!("{place}: {key} is {told:?}, and Serverless has {expected}; {open:?}"));
    }
}

fn said(said: Option<&Said>) -> Option<&str> {
    said.map(|said| said.text.as_str())
}

#[test]
fn our_projects_come_to_what_serverless_resolves() {
    let expected = parse(&projects().join("expected.json"));
    let expected = expected.as_object().unwrap();
    let mut wrong = Vec::new();
    for (name, stages) in expected {
        for (stage, expected) in stages.as_object().unwrap() {
            let place = format!("{name}, {stage}");
            let binding = match (ours(name, stage), expected.get("unreadable")) {
                (Ok(binding), None) => binding,
                (Err(_), Some(_)) => continue,
                (Ok(_), Some(error)) => {
                    wrong.push(format!("{place}: it is read, and Serverless cannot: {error}"));
                    continue;
                }
                (Err(error), None) => {
                    wrong.push(format!("{place}: {error}"));
                    continue;
                }
            };
            let answer = &binding.answer;
            if let Some(error) = expected.get("fails") {
                if answer.asked.profile.is_some() || answer.unresolved.is_empty() {
                    wrong.push(format!("{place}: {answer:?}, and Serverless fails: {error}"));
                }
                continue;
            }
            let aws = expected["provider"] == "aws";
            let none = Value::Null;
            let property = |key: &str| if aws || expected[key].get("error").is_some() { &expected[key] } else { &none };
            compare(
                &place,
                "provider.profile",
                property("profile"),
                said(answer.asked.profile.as_ref()),
                answer,
                &mut wrong,
            );
            compare(
                &place,
                "provider.region",
                property("region"),
                said(answer.asked.region.as_ref()),
                answer,
                &mut wrong,
            );
            if expected["stage"].get("error").is_some() {
                // Without a stage the program fails; we call it `dev` when there is none, and say what is missing.
                if !is_open(answer, "provider.stage") || binding.stage.as_deref().is_some_and(|stage| stage != "dev") {
                    wrong.push(format!(
                        "{place}: the stage is {:?}, and Serverless fails: {}",
                        binding.stage, expected["stage"]
                    ));
                }
            } else {
                compare(&place, "provider.stage", &expected["stage"], binding.stage.as_deref(), answer, &mut wrong);
            }
        }
    }
    let listed = fs::read_dir(projects()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(expected.len(), listed, "run tests/serverless/expect");
    assert!(expected.len() >= 80, "{} projects", expected.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Projects that people have published, and what Serverless 3 makes of them. They are not ours to pass on, so they are
/// compared only where they are at hand.
#[test]
fn published_projects_come_to_what_serverless_resolves() {
    let Some(directory) = std::env::var_os("CREDENV_SERVERLESS_DATA").map(PathBuf::from) else {
        println!("skipped: CREDENV_SERVERLESS_DATA names no directory of published projects");
        return;
    };
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in parse(&directory.join("expected.json"))["cases"].as_array().unwrap() {
        let repository = directory.join(case["id"].as_str().unwrap());
        let file = directory.join(case["dir"].as_str().unwrap()).join(case["config"].as_str().unwrap());
        for (stage, expected) in case["expect"].as_object().unwrap() {
            let place = format!("{}, {stage}", case["id"]);
            let binding = match bind(&repository, &file, if stage == "default" { "none" } else { stage }) {
                Ok(binding) => binding,
                Err(error) => {
                    if expected["class"] != "syntax-error" {
                        wrong.push(format!("{place}: {error}"));
                    }
                    continue;
                }
            };
            compared += 1;
            let answer = &binding.answer;
            let told = said(answer.asked.profile.as_ref());
            match expected["class"].as_str().unwrap() {
                // Serverless runs code where we say that we do not.
                "ok" if answer.unresolved.iter().any(|open| open.reason.contains("is code")) => {
                    if told.is_some() {
                        wrong.push(format!("{place}: {told:?} comes from code"));
                    }
                }
                "ok" | "no-profile" => {
                    compare(&place, "provider.profile", &expected["profile"], told, answer, &mut wrong);
                    compare(&place, "provider.stage", &expected["stage"], binding.stage.as_deref(), answer, &mut wrong);
                    let region = said(answer.asked.region.as_ref()).or(Some("us-east-1"));
                    compare(&place, "provider.region", &expected["region"], region, answer, &mut wrong);
                }
                class => {
                    if told.is_some() || !is_open(answer, "provider.profile") {
                        wrong.push(format!("{place}: {told:?}, and Serverless says {class}"));
                    }
                }
            }
        }
    }
    assert!(compared > 0);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Serverless 3 as it is installed, if it is.
fn modules() -> Option<String> {
    let modules = credenv_serverless();
    if modules.is_none() {
        skip("Serverless 3 is not installed: `sh tests/serverless/expect --where` installs it");
    }
    modules
}

/// `AWS_PROFILE` speaks louder in Serverless 3 than its own file does, for every stage: only the variables of the stages
/// put that right, and only when nothing is left of the keys that were there before.
#[test]
fn serverless_itself_signs_as_the_profile_of_the_stage() {
    let Some(modules) = modules() else { return };
    let keys = ["devProfile", "prodProfile", "other"]
        .map(|name| format!("[{name}]\naws_access_key_id = {name}\naws_secret_access_key = x\n"))
        .concat();
    let config = "[profile devProfile]\nregion = eu-west-1\n[profile prodProfile]\nregion = us-east-1\n";
    let project = "service: shop\nframeworkVersion: '3'\ncustom:\n  profiles: { dev: devProfile, prod: prodProfile }\n\
                   provider:\n  name: aws\n  stage: ${opt:stage, 'dev'}\n  profile: ${self:custom.profiles.${sls:stage}}\n";
    let home = Home::new()
        .config(config)
        .credentials(keys)
        .file("shop/serverless.yml", project)
        .env("NODE_PATH", modules)
        .env("SLS_TELEMETRY_DISABLED", "1")
        .env("SLS_NOTIFICATIONS_MODE", "off");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serverless/provider.js");
    let ask = format!("node {} . dev prod\n", script.display());
    let enter = "eval \"$(credenv init sh)\"\ncredenv allow >&2\n";
    for before in [
        "",
        "export AWS_ACCESS_KEY_ID=stale AWS_SECRET_ACCESS_KEY=x\n",
        "export AWS_DEFAULT_PROFILE=other\n",
        "export AWS_PROFILE=other\n",
        "export AWS_PROD_ACCESS_KEY_ID=stale AWS_PROD_SECRET_ACCESS_KEY=x\n",
        "export AWS_PROD_PROFILE=other AWS_DEV_PROFILE=other\n",
    ] {
        let story = format!("{before}{enter}{ask}");
        home.run("sh", ["-c", &story])
            .inside("shop")
            .stdout("none devProfile\ndev devProfile\nprod prodProfile\n")
            .any_stderr()
            .check();
    }
    // A profile chosen by hand is the one for every stage.
    home.run("sh", ["-c", &format!("{enter}credenv use other\n{ask}")])
        .inside("shop")
        .stdout("none other\ndev other\nprod other\n")
        .any_stderr()
        .check();
}
