//! The programs that the identity is for: which are found, and which version each is.
//!
//! None of them may reach for the network or write files for the question. What npm installs is not even started: its
//! version stands in the `package.json` beside it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value as Json;

use crate::aws::profiles::Profiles;
use crate::core::finding::Finding;
use crate::core::profile::Kind;
use crate::core::vars::{Value, VarName};
use crate::system::System;
use crate::system::child::Child;

/// So long a program may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest `package.json` that is read, in bytes.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// How a program tells its version.
enum Asked {
    /// It is started with these arguments, and says it behind this text.
    Runs(&'static [&'static str], &'static str),
    /// Its `package.json` says it.
    Reads,
}

/// The programs, by the names of their commands.
const PROGRAMS: [(&str, Asked); 7] = [
    ("aws", Asked::Runs(&["--version"], "aws-cli/")),
    ("serverless", Asked::Reads),
    ("sls", Asked::Reads),
    ("osls", Asked::Reads),
    ("cdk", Asked::Reads),
    ("terraform", Asked::Runs(&["version"], "Terraform v")),
    ("tofu", Asked::Runs(&["version"], "OpenTofu v")),
];

/// A program that is there.
struct Program {
    command: &'static str,
    /// Where it was found.
    path: PathBuf,
    /// Its version, or why it cannot be told.
    version: Result<Version, String>,
}

/// A version, and the package it is of: `osls` goes by the commands of Serverless, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    package: String,
    text: String,
}

impl Version {
    fn major(&self) -> Option<u32> {
        self.text.split('.').next()?.parse().ok()
    }

    /// Whether it follows the rules of version 3 of the Serverless Framework.
    pub(super) fn is_serverless_3(&self) -> bool {
        self.package == "serverless" && self.major().is_some_and(|major| major <= 3)
    }
}

/// What was found.
pub(super) struct Programs {
    in_path: Vec<Program>,
    /// The Serverless Framework of the project that we are in, or else the one in `PATH`; a project's own is started
    /// also where the other is typed.
    pub(super) serverless: Option<Version>,
    own_serverless: Option<(PathBuf, Version)>,
}

/// Looks for the programs.
pub(super) fn find(system: &System) -> Programs {
    let mut programs = Vec::new();
    for (command, asked) in PROGRAMS {
        let Ok(path) = system.find_command(OsStr::new(command)) else { continue };
        let version = match asked {
            Asked::Runs(arguments, behind) => {
                run(&path, arguments, behind, system).map(|text| Version { package: command.to_owned(), text })
            }
            Asked::Reads => package_of(command, &path, system).ok_or_else(|| "its version is unknown".to_owned()),
        };
        programs.push(Program { command, path, version });
    }
    let own_serverless = system.directory.ancestors().find_map(|directory| {
        ["serverless", "osls"].iter().find_map(|name| {
            let path = directory.join("node_modules").join(name);
            Some((path.clone(), version(&read_package(&path.join("package.json"), system)?)?))
        })
    });
    let mut named = programs.iter().filter(|program| ["serverless", "sls", "osls"].contains(&program.command));
    let serverless = own_serverless
        .as_ref()
        .map(|(_, version)| version.clone())
        .or_else(|| named.find_map(|program| program.version.clone().ok()));
    Programs { in_path: programs, serverless, own_serverless }
}

/// Starts a program that tells its version without reaching for the network.
fn run(path: &Path, arguments: &[&str], behind: &str, system: &System) -> Result<String, String> {
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    // Terraform would ask whether there is a newer one, and write down that it did.
    let changes = [(VarName::known("CHECKPOINT_DISABLE"), Some(Value::new("1")))];
    let child = Child {
        command: path.as_os_str(),
        arguments: &arguments,
        changes: &changes,
        limit: PATIENCE,
        shows_stderr: false,
    };
    let answer = system.run_for_answer(&child).map_err(|error| error.message().to_owned())?;
    // The AWS CLI told its version on stderr once.
    let text = [answer.stdout, b"\n".to_vec(), answer.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let version = text.split(behind).nth(1).and_then(|rest| rest.split_whitespace().next());
    version.map(str::to_owned).ok_or_else(|| {
        let words = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
        format!("it does not say its version: {words}")
    })
}

/// The package that a command of npm's belongs to: the nearest above its file that says so.
fn package_of(command: &str, path: &Path, system: &System) -> Option<Version> {
    let real = system.real_path(path)?;
    let all = real.ancestors().skip(1).filter_map(|directory| read_package(&directory.join("package.json"), system));
    let mut brings = all.filter(|package| match package.get("bin") {
        Some(Json::Object(commands)) => commands.contains_key(command),
        Some(Json::String(_)) => package.get("name").and_then(Json::as_str) == Some(command),
        _ => false,
    });
    version(&brings.next()?)
}

fn read_package(path: &Path, system: &System) -> Option<Json> {
    if system.is_file(path) != Some(true) {
        return None;
    }
    let bytes = system.read(path, SIZE_LIMIT).ok()??;
    serde_json::from_slice(&bytes).ok()
}

fn version(package: &Json) -> Option<Version> {
    let text = |key: &str| package.get(key)?.as_str().map(str::to_owned);
    Some(Version { package: text("name")?, text: text("version")? })
}

/// What is found, and what about it will surprise.
pub(super) fn of(programs: &Programs, profiles: &Profiles<'_>, system: &System) -> Vec<Finding> {
    let mut found = Vec::new();
    for program in &programs.in_path {
        match &program.version {
            Ok(version) => {
                let package = if version.package == program.command
                    || program.command == "sls" && version.package == "serverless"
                {
                    String::new()
                } else {
                    format!(" ({})", version.package)
                };
                let message = format!("{} {}{package}", program.command, version.text);
                found.push(Finding::found(message).in_file(&program.path));
            }
            Err(why) => {
                found.push(Finding::found(format!("{} (version unknown)", program.command)).in_file(&program.path));
                let message = format!("`{}` was found, but {why}", program.command);
                let remedy = format!("`{} --version` should print it", program.command);
                found.push(Finding::note(message, &[], remedy).in_file(&program.path));
            }
        }
    }
    if let Some((path, version)) = &programs.own_serverless {
        let message = format!("{} {} in {}", version.package, version.text, system.in_home(path));
        found.push(Finding::found(message).in_file(path));
    }
    found.extend(cannot_log_in(programs, profiles));
    found
}

/// Profiles of SSO, and no program that logs in.
fn cannot_log_in(programs: &Programs, profiles: &Profiles<'_>) -> Option<Finding> {
    let all = profiles.all();
    let profile = all.iter().find(|profile| profile.kind() == Kind::Sso)?;
    let why = match programs.in_path.iter().find(|program| program.command == "aws") {
        None => "there is no `aws` in `PATH`".to_owned(),
        Some(Program { version: Ok(version), .. }) if version.major() == Some(1) => {
            format!("`aws` in `PATH` is {}, which has no `aws sso login`", version.text)
        }
        Some(_) => return None,
    };
    let message = format!("profile `{}` uses SSO, but {why}", profile.name);
    let finding = Finding::note(message, &[], "install the AWS CLI v2, or sign in with another program");
    Some(match profile.sources.first() {
        Some(origin) => finding.at(origin),
        None => finding,
    })
}
