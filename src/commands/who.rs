//! `credenv doctor --who`: which identity each program would use here, and why.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::list::shown;
use super::place::Looking;
use super::{Outcome, context, json};
use crate::aws::files;
use crate::aws::who::{self, Identity, Program, Report, Service, Why, World};
use crate::cli::DoctorArgs;
use crate::core::binding::{Answer, Said};
use crate::core::error::Result;
use crate::core::vars::VarName;
use crate::project::serverless;
use crate::report;
use crate::system::System;

/// The stage of Serverless where nothing names one.
const DEFAULT_STAGE: &str = "dev";

#[allow(clippy::unnecessary_wraps)] // every command returns a result
#[inline(never)]
pub(super) fn run(arguments: &DoctorArgs, system: &System) -> Result<Outcome> {
    let (service, is_project) = service(arguments.stage.as_deref(), system);
    let reports = who::ask(&Machine(system), &service);
    // Where there is no Serverless project, nobody is going to run Serverless.
    let counts = |report: &&Report| {
        is_project
            || arguments.stage.is_some()
            || !matches!(report.program, Program::Serverless3 | Program::Serverless4)
    };
    let counted: Vec<&Report> = reports.iter().filter(counts).collect();
    let agree = counted.iter().all(|report| report.identity.is_ok() && report.identity == counted[0].identity);
    let code = u8::from(!agree);
    if arguments.json {
        return Ok(Outcome { stdout: json(&reports.iter().map(as_json).collect::<Vec<_>>()), code });
    }
    let same_region = counted.iter().all(|report| report.region.name == counted[0].region.name);
    let verdict = match (agree, same_region) {
        (true, true) => "they all use the same identity and region",
        (true, false) => "they all use the same identity, but not the same region",
        (false, _) => "they do not all use the same identity",
    };
    let alone = if counted.len() < reports.len() {
        "; Serverless does not count: there is no Serverless project here"
    } else {
        ""
    };
    let text = format!("{}\n{}{verdict}{alone}\n", table(&reports), reasons(&reports, system));
    Ok(Outcome { stdout: text.into_bytes(), code })
}

/// The machine as programs see it.
struct Machine<'s>(&'s System);

impl World for Machine<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let value = self.0.variable(&VarName::new(name)?)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        // To open anything else may wait for ever.
        (self.0.is_file(path) == Some(true)).then(|| self.0.read(path, files::SIZE_LIMIT).ok().flatten()).flatten()
    }

    fn can_read(&self, path: &Path) -> bool {
        self.0.is_file(path) == Some(true) && self.0.check_readable(path).is_ok()
    }

    fn home(&self) -> Option<&Path> {
        self.0.home.as_deref()
    }
}

/// What the Serverless project here asks for, trusted or not: nothing follows it from here. And whether there is one.
fn service(stage: Option<&str>, system: &System) -> (Service, bool) {
    let undo = context::state(system);
    let looking = Looking::at_a_glance(system, &undo);
    let found = looking.above(&system.directory).find(|file| file.format.name == serverless::FORMAT.name);
    let stage = stage.map(str::to_owned);
    let Some(file) = found else {
        let stage = stage.unwrap_or_else(|| DEFAULT_STAGE.to_owned());
        return (Service { stage, profile: Ok(None), region: Ok(None) }, false);
    };
    let service = match looking.read_binding(&file, stage.as_deref()) {
        Ok(binding) => Service {
            profile: said(&binding.answer, "provider.profile", binding.answer.asked.profile.as_ref()),
            region: said(&binding.answer, "provider.region", binding.answer.asked.region.as_ref()),
            stage: binding.stage.or(stage).unwrap_or_else(|| DEFAULT_STAGE.to_owned()),
        },
        Err(error) => {
            let why = Why { words: error.message().to_owned(), origin: None };
            Service { stage: stage.unwrap_or_default(), profile: Err(why.clone()), region: Err(why) }
        }
    };
    (service, true)
}

fn said(answer: &Answer, key: &str, said: Option<&Said>) -> std::result::Result<Option<Said>, Why> {
    let open = answer.unresolved.iter().find(|open| open.key == key);
    match (said, open) {
        (None, Some(open)) => Err(Why {
            words: format!("`{key}` cannot be resolved here: {}", open.reason),
            origin: Some(open.origin.clone()),
        }),
        (said, _) => Ok(said.cloned()),
    }
}

/// One line a program: the identity last, since it may be long.
fn table(reports: &[Report]) -> String {
    let regions: Vec<String> = reports.iter().map(|report| region(report.region.name.as_deref())).collect();
    let width = regions.iter().map(|region| region.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (report, region) in reports.iter().zip(regions) {
        let identity = match &report.identity {
            Ok(identity) => identity.told(),
            Err(why) => format!("error: {why}"),
        };
        let _ = writeln!(text, "{:<17}  {region:<width$}  {}", report.program.name(), report::clean(&identity));
    }
    text
}

fn region(name: Option<&str>) -> String {
    match name {
        None => "-".to_owned(),
        Some("") => "(empty)".to_owned(),
        Some(name) => report::clean(name),
    }
}

/// The steps to each answer, programs of the same steps together.
fn reasons(reports: &[Report], system: &System) -> String {
    let mut told: Vec<(Vec<&str>, String)> = Vec::new();
    for report in reports {
        let mut text = String::new();
        for (label, why) in steps(report) {
            let at = why.origin.as_ref().map_or_else(String::new, |at| format!(", {}", shown(at, system)));
            let _ = writeln!(text, "  {label}{}{}", report::clean(&why.words), report::clean(&at));
        }
        match told.iter_mut().find(|(_, known)| *known == text) {
            Some((programs, _)) => programs.push(report.program.name()),
            None => told.push((vec![report.program.name()], text)),
        }
    }
    told.into_iter().map(|(programs, text)| [programs.join(" · "), text].join("\n") + "\n").collect()
}

fn steps(report: &Report) -> impl Iterator<Item = (&'static str, &Why)> {
    let identity = report.why.iter().map(|why| ("", why));
    identity.chain(std::iter::once(("region: ", &report.region.why)))
}

fn as_json(report: &Report) -> Json {
    let why: Vec<Json> = steps(report)
        .map(|(label, why)| {
            json!({
                "about": if label.is_empty() { "identity" } else { "region" },
                "reason": why.words,
                "file": why.origin.as_ref().map(|origin| origin.file.to_string_lossy()),
                "line": why.origin.as_ref().map(|origin| origin.line),
            })
        })
        .collect();
    json!({
        "program": report.program.name(),
        "identity": report.identity.as_ref().ok().map(identity_as_json),
        "region": report.region.name,
        "why": why,
        "error": report.identity.as_ref().err(),
    })
}

fn identity_as_json(identity: &Identity) -> Json {
    match identity {
        Identity::EnvironmentKeys { prefix } => json!({ "kind": "environment-keys", "prefix": prefix }),
        Identity::Keys { profile } => json!({ "kind": "profile-keys", "profile": profile }),
        Identity::Role { arn, source } => {
            json!({ "kind": "role", "role_arn": arn, "source": identity_as_json(source) })
        }
        Identity::WebIdentity { arn } => json!({ "kind": "web-identity", "role_arn": arn }),
        Identity::Sso { account, role } => json!({ "kind": "sso", "account": account, "role": role }),
        Identity::Process { profile } => json!({ "kind": "credential-process", "profile": profile }),
        Identity::Login { profile } => json!({ "kind": "login", "profile": profile }),
        Identity::Container => json!({ "kind": "container" }),
        Identity::InstanceMetadata => json!({ "kind": "instance-metadata" }),
    }
}
