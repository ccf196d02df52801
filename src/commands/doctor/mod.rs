//! `credenv doctor`: what is wrong, or will surprise: in the AWS files, the environment, the project, the shell and the
//! programs. Each file here looks at one of them.

mod environment;
mod files;
mod hook;
mod programs;
mod project;
mod serverless;
mod settings;
mod state;

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use self::files::AwsFiles;
use super::list::shown;
use super::{Outcome, certificates, expiry, json, who};
use crate::aws::findings;
use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::core::binding::Origin;
use crate::core::error::Result;
use crate::core::finding::{Finding, Severity};
use crate::report;
use crate::system::System;

#[allow(clippy::unnecessary_wraps)] // every command returns a result
#[inline(never)]
pub(super) fn run(arguments: &DoctorArgs, system: &System) -> Result<Outcome> {
    if arguments.who {
        return who::run(arguments, system);
    }
    let (state, mut findings) = state::read(system);
    let (files, unreadable) = AwsFiles::read(system, &state);
    let profiles = files.profiles();
    let settings = Config::read(system);
    let programs = programs::find(system);
    findings.extend(unreadable);
    findings.extend(findings::of(&profiles));
    findings.extend(files::permissions(&files, &profiles, system));
    findings.extend(files::token_files(&profiles, system));
    findings.extend(environment::of(&profiles, system));
    findings.extend(certificates::findings::of(&profiles, system));
    findings.extend(expiry::findings(&profiles, &state, system));
    findings.extend(settings::of(&settings, &profiles));
    findings.extend(hook::of(system));
    findings.extend(programs::of(&programs, &profiles, system));
    findings.extend(project::of(settings, &state, &profiles, &programs, system));
    sort(&mut findings, &files);
    let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (problems, notes) = (number(Severity::Problem), number(Severity::Note));
    let code = u8::from(problems > 0);
    if arguments.json {
        let all = findings.iter().map(as_json).collect();
        return Ok(Outcome { stdout: json(&Json::Array(all)), code });
    }
    let (found, told): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.severity == Severity::Found);
    let mut text: String = told.into_iter().map(|finding| as_text(finding, system)).collect();
    text.push_str(&summary(problems, notes, &files, system));
    if !found.is_empty() {
        let found: Vec<_> = found.into_iter().map(|finding| report::clean(&finding.message)).collect();
        let _ = writeln!(text, "found {}", found.join(", "));
    }
    Ok(Outcome { stdout: text.into_bytes(), code })
}

/// File by file, those of AWS first; what concerns a file as a whole stands below its lines, and what concerns none at
/// the end.
fn sort(findings: &mut [Finding], files: &AwsFiles) {
    let known = [&files.config.path, &files.credentials.path];
    findings.sort_by_cached_key(|finding| {
        let is_found = finding.severity == Severity::Found;
        let file = finding.file.as_ref().filter(|_| !is_found);
        let place =
            file.map_or(known.len() + 1, |file| known.iter().position(|known| *known == file).unwrap_or(known.len()));
        let other = file.filter(|_| place == known.len()).cloned();
        (is_found, place, other, finding.line.unwrap_or(u32::MAX))
    });
}

fn summary(problems: usize, notes: usize, files: &AwsFiles, system: &System) -> String {
    let place = |file: &crate::aws::files::AwsFile| {
        let path = report::clean(&system.in_home(&file.path));
        if file.exists { path } else { format!("{path} (does not exist)") }
    };
    let looked = format!("{} and {}", place(&files.config), place(&files.credentials));
    match (problems, notes) {
        (0, 0) => format!("no problems found in {looked}\n"),
        _ => format!("{} and {}; looked at {looked}\n", count(problems, "problem"), count(notes, "note")),
    }
}

/// `1 problem`, `2 problems`.
fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn as_json(finding: &Finding) -> Json {
    json!({
        "severity": finding.severity.as_str(),
        "message": finding.message,
        "file": finding.file.as_ref().map(|file| file.display().to_string()),
        "line": finding.line,
        "variable": finding.variable,
        "affects": finding.affects,
        "remedy": finding.remedy,
    })
}

fn as_text(finding: &Finding, system: &System) -> String {
    let mut text = format!("{}: {}\n", finding.severity.as_str(), report::clean(&finding.message));
    match (&finding.file, finding.line) {
        (Some(file), Some(line)) => {
            let at = shown(&Origin { file: file.clone(), line }, system);
            let _ = writeln!(text, "  at {}", report::clean(&at));
        }
        (Some(file), None) => {
            let _ = writeln!(text, "  in {}", report::clean(&system.in_home(file)));
        }
        (None, _) => {}
    }
    if !finding.affects.is_empty() {
        let _ = writeln!(text, "  affects {}", finding.affects.join(", "));
    }
    let _ = writeln!(text, "  remedy: {}", report::clean(&finding.remedy));
    text
}
