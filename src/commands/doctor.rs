//! `credenv doctor`: what is wrong in the AWS files and the environment, or will surprise.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::context::{locate, original_environment};
use super::{Outcome, json};
use crate::aws::files::{self, AwsFile, FileKind};
use crate::aws::findings::{self, ALL, CLI, Finding, JAVASCRIPT_2, JAVASCRIPT_3, Severity};
use crate::aws::profiles::Profiles;
use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::core::binding::Origin;
use crate::core::error::{Error, Result};
use crate::core::vars::{STATE, Value, VarName};
use crate::report;
use crate::state::{Found, State};
use crate::system::System;

use super::list::shown;

#[allow(clippy::unnecessary_wraps)] // every command returns a result
#[inline(never)]
pub(super) fn run(arguments: &DoctorArgs, system: &System) -> Result<Outcome> {
    if arguments.who {
        return super::who::run(arguments, system);
    }
    let mut findings = Vec::new();
    let state = state(system, &mut findings);
    let environment = original_environment(system, &state);
    // One file that cannot be read must not hide what is wrong in the other.
    let mut read = |kind| {
        let mut file = locate(system, &environment, kind);
        match system.read(&file.path, files::SIZE_LIMIT) {
            Ok(bytes) => {
                file.exists = bytes.is_some();
                file.bytes = bytes.unwrap_or_default();
            }
            Err(error) => findings.push(unreadable(&error, &file)),
        }
        file
    };
    let (config, credentials) = (read(FileKind::Config), read(FileKind::Credentials));
    findings.extend(permissions(&credentials, system));
    let profiles = Profiles::find(&config, &credentials);
    findings.extend(findings::of(&profiles));
    findings.extend(token_files(&profiles, system));
    findings.extend(variables(&profiles, system));
    match Config::read(system) {
        Err(error) => {
            findings.push(Finding::problem(error.message(), &[], "correct it, or remove it to do without"));
        }
        Ok(settings) => findings.extend(settings.remarks(&profiles.names()).into_iter().map(|remark| {
            let told = if remark.is_problem { Finding::problem } else { Finding::note };
            told(remark.message, &[], remark.remedy).at(&remark.origin)
        })),
    }
    // File by file; what concerns a file as a whole stands below its lines, and what concerns none at the end.
    let files = [&config.path, &credentials.path];
    findings.sort_by_key(|finding| {
        let place = finding
            .file
            .as_ref()
            .map_or(files.len() + 1, |file| files.iter().position(|known| *known == file).unwrap_or(files.len()));
        (place, finding.line.unwrap_or(u32::MAX))
    });
    let problems = findings.iter().filter(|finding| finding.severity == Severity::Problem).count();
    let code = u8::from(problems > 0);
    if arguments.json {
        let all = findings.iter().map(as_json).collect();
        return Ok(Outcome { stdout: json(&Json::Array(all)), code });
    }
    let mut text: String = findings.iter().map(|finding| as_text(finding, system)).collect();
    text.push_str(&summary(problems, findings.len() - problems, &config, &credentials, system));
    Ok(Outcome { stdout: text.into_bytes(), code })
}

fn summary(problems: usize, notes: usize, config: &AwsFile, credentials: &AwsFile, system: &System) -> String {
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let place = |file: &AwsFile| {
        let path = report::clean(&in_home(&file.path, system));
        if file.exists { path } else { format!("{path} (does not exist)") }
    };
    let looked = format!("{} and {}", place(config), place(credentials));
    match (problems, notes) {
        (0, 0) => format!("no problem found in {looked}\n"),
        _ => format!("{} and {}; looked at {looked}\n", count(problems, "problem"), count(notes, "note")),
    }
}

fn in_home(path: &std::path::Path, system: &System) -> String {
    match system.home.as_deref().and_then(|home| path.strip_prefix(home).ok()) {
        Some(below) => format!("~/{}", below.display()),
        None => path.display().to_string(),
    }
}

fn as_json(finding: &Finding) -> Json {
    json!({
        "severity": severity(finding),
        "message": finding.message,
        "file": finding.file.as_ref().map(|file| file.display().to_string()),
        "line": finding.line,
        "variable": finding.variable,
        "affects": finding.affects,
        "remedy": finding.remedy,
    })
}

fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Problem => "problem",
        Severity::Note => "note",
    }
}

fn as_text(finding: &Finding, system: &System) -> String {
    let mut text = format!("{}: {}\n", severity(finding), report::clean(&finding.message));
    match (&finding.file, finding.line) {
        (Some(file), Some(line)) => {
            let at = shown(&Origin { file: file.clone(), line }, system);
            let _ = writeln!(text, "  at {}", report::clean(&at));
        }
        (Some(file), None) => {
            let _ = writeln!(text, "  in {}", report::clean(&in_home(file, system)));
        }
        (None, _) => {}
    }
    if !finding.affects.is_empty() {
        let _ = writeln!(text, "  hits {}", finding.affects.join(", "));
    }
    let _ = writeln!(text, "  remedy: {}", report::clean(&finding.remedy));
    text
}

fn state(system: &System, findings: &mut Vec<Finding>) -> State {
    let text = system.environment.get(&VarName::known(STATE)).map_or(&b""[..], Value::as_bytes);
    match State::from_text(text) {
        Found::State(state) => state,
        Found::Nothing => State::default(),
        Found::Damaged => {
            let message = format!("`{STATE}` is damaged: what credenv changed in this shell cannot be undone");
            findings
                .push(Finding::problem(message, &[], format!("`unset {STATE}`, or start a new shell")).about(STATE));
            State::default()
        }
    }
}

fn unreadable(error: &Error, file: &AwsFile) -> Finding {
    Finding::problem(error.message(), ALL, "make it a regular file that you may read").in_file(file)
}

/// Keys that others can read. The SDKs take such a file all the same.
fn permissions(credentials: &AwsFile, system: &System) -> Option<Finding> {
    (credentials.exists && system.others_may_read(&credentials.path) == Some(true)).then(|| {
        let remedy = format!("`chmod 600 {}`", credentials.path.display());
        Finding::problem("others on this machine may read the credentials file", &[], remedy).in_file(credentials)
    })
}

fn token_files(profiles: &Profiles<'_>, system: &System) -> Vec<Finding> {
    let key = "web_identity_token_file";
    let all = profiles.all();
    let missing = all.iter().filter_map(|profile| {
        let (text, origin) = (profile.get(key)?, profile.origin(key)?);
        let directory = origin.file.parent().unwrap_or(std::path::Path::new("/"));
        let path = directory.join(files::expand_home(std::path::Path::new(text), system.home.as_deref()));
        let why = system.check_readable(&path).err()?;
        let message = format!("the token file of `{}` cannot be read, {}: {why}", profile.name, path.display());
        Some(Finding::problem(message, ALL, "name the file that holds the token").at(origin))
    });
    missing.collect()
}

/// Variables by which programs come to different identities, or to none (docs/how-it-decides.md).
fn variables(profiles: &Profiles<'_>, system: &System) -> Vec<Finding> {
    let mut found = Vec::new();
    let set = |name: &'static str| system.text(name);
    let empty = |name| system.environment.get(&VarName::known(name)).is_some_and(|value| value.as_bytes().is_empty());
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        if let Some(profile) = set(name)
            && profiles.get(profile).is_none()
        {
            let message = format!("`{name}` names the profile `{profile}`, which does not exist");
            found.push(Finding::problem(message, ALL, "`credenv list` shows the profiles there are").about(name));
        }
    }
    if empty("AWS_PROFILE") {
        let message = "`AWS_PROFILE` is set and empty, which is refused as a name";
        found.push(Finding::problem(message, &[CLI], "`unset AWS_PROFILE`").about("AWS_PROFILE"));
    }
    if empty("AWS_REGION") {
        let message = "`AWS_REGION` is set and empty, which leads to an invalid endpoint";
        found.push(Finding::problem(message, &[CLI], "`unset AWS_REGION`").about("AWS_REGION"));
    }
    if set("AWS_ACCESS_KEY_ID").is_some() && set("AWS_PROFILE").is_some() {
        let message = "the keys in the environment mask `AWS_PROFILE` in these programs, and not in Node programs";
        let remedy = "`credenv use PROFILE` takes them out of the way";
        found.push(Finding::problem(message, &[CLI], remedy).about("AWS_ACCESS_KEY_ID"));
    }
    if let (Some(one), Some(other)) = (set("AWS_PROFILE"), set("AWS_DEFAULT_PROFILE"))
        && one != other
    {
        let message = format!("boto3 and the AWS CLI v1 follow `AWS_DEFAULT_PROFILE` (`{other}`), not `AWS_PROFILE`");
        let remedy = "`unset AWS_DEFAULT_PROFILE`, or `credenv use PROFILE`";
        found.push(Finding::problem(message, &[CLI], remedy).about("AWS_DEFAULT_PROFILE"));
    }
    if set("AWS_SECURITY_TOKEN").is_some() && set("AWS_SESSION_TOKEN") != set("AWS_SECURITY_TOKEN") {
        let message = "`AWS_SECURITY_TOKEN` is used in place of `AWS_SESSION_TOKEN`";
        found.push(Finding::problem(message, &[CLI], "`unset AWS_SECURITY_TOKEN`").about("AWS_SECURITY_TOKEN"));
    }
    if set("AWS_WEB_IDENTITY_TOKEN_FILE").is_some() {
        if set("AWS_ROLE_ARN").is_none() {
            let message = "`AWS_WEB_IDENTITY_TOKEN_FILE` is set without `AWS_ROLE_ARN`, which is fatal";
            let finding = Finding::problem(message, &[CLI], "set `AWS_ROLE_ARN` too, or unset the token file");
            found.push(finding.about("AWS_WEB_IDENTITY_TOKEN_FILE"));
        } else if set("AWS_PROFILE")
            .and_then(|name| profiles.get(name))
            .is_some_and(|profile| profile.get("web_identity_token_file").is_none())
        {
            let message = "the web identity in the environment wins over `AWS_PROFILE` in these programs";
            let remedy = "`credenv use PROFILE` takes it out of the way";
            found.push(Finding::problem(message, &[CLI], remedy).about("AWS_WEB_IDENTITY_TOKEN_FILE"));
        }
    }
    for (one, other, who) in [
        ("AWS_REGION", "AWS_DEFAULT_REGION", "boto3 and the AWS CLI v1 read only"),
        ("AWS_DEFAULT_REGION", "AWS_REGION", "the AWS SDK for JavaScript v3 reads only"),
    ] {
        if set(one).is_some() && set(one) != set(other) {
            let affects: &[&str] = if one == "AWS_REGION" { &[CLI] } else { &[JAVASCRIPT_2, JAVASCRIPT_3] };
            let message = format!(
                "`{one}` is set and {who} `{other}`, which is {}",
                match set(other) {
                    Some(region) => format!("`{region}`"),
                    None => "not set".to_owned(),
                }
            );
            found.push(Finding::note(message, affects, "`credenv use PROFILE --region REGION` sets both").about(one));
        }
    }
    found
}
