//! Certificates as people and programs are told of them.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{SHOWN, What, Wrong, named_by, of_asked};
use crate::certs::Certificate;
use crate::commands::decide::near;
use crate::commands::list::origin_json;
use crate::core::binding::Asked;
use crate::core::vars::{MANAGED, Managed, Role};
use crate::report;
use crate::state::State;
use crate::system::System;

/// What a project file asks for, for people: each source, and below it what is in it.
pub(in crate::commands) fn describe(asked: &Asked, directory: &Path, indent: &str, system: &System) -> String {
    let now = system.now();
    let mut text = String::new();
    let mut line = |line: String| {
        text.push_str(indent);
        text.push_str(&report::clean(&line));
        text.push('\n');
    };
    for (source, said) in of_asked(asked, directory, system).iter().zip(asked.ca.iter().chain(&asked.cafile)) {
        let at = format!("{}:{}", near(&said.origin.file, system), said.origin.line);
        match &source.what {
            What::Text(_) => line(format!("ca: text ({at})")),
            _ => line(format!("cafile: {} ({at})", said.text)),
        }
        match source.read(system) {
            Err(wrong) => line(format!("  cannot be used: {}", wrong.why)),
            Ok(certificates) => {
                for certificate in certificates.iter().take(SHOWN) {
                    line(format!("  {}", certificate.told(now)));
                }
                if certificates.len() > SHOWN {
                    line(format!("  and {} more", certificates.len() - SHOWN));
                }
            }
        }
    }
    text
}

/// The same for programs.
pub(in crate::commands) fn as_json(asked: &Asked, directory: &Path, system: &System) -> Json {
    let sources = of_asked(asked, directory, system);
    let entries = sources.iter().zip(asked.ca.iter().chain(&asked.cafile)).map(|(source, said)| {
        let (certificates, problem) = told_as_json(source.read(system));
        json!({
            "key": if source.path().is_some() { "cafile" } else { "ca" },
            "value": said.text,
            "file": source.path().map(|path| path.to_string_lossy()),
            "origin": origin_json(&said.origin),
            "certificates": certificates,
            "problem": problem,
        })
    });
    entries.collect()
}

fn told_as_json(read: std::result::Result<Vec<Certificate>, Wrong>) -> (Json, Option<String>) {
    let told = |certificate: &Certificate| {
        json!({
            "subject": certificate.subject,
            "not_before": certificate.not_before.to_rfc3339(),
            "not_after": certificate.not_after.to_rfc3339(),
        })
    };
    match read {
        Ok(certificates) => (certificates.iter().map(told).collect(), None),
        Err(wrong) => (json!([]), Some(wrong.why)),
    }
}

/// The variable by which the AWS CLI finds its certificates.
fn deciding_row() -> Option<&'static Managed> {
    MANAGED.iter().find(|row| row.role == Role::CertificateBundle)
}

/// Why the certificates in force are there, if credenv set them.
fn decided_by<'s>(row: &Managed, state: &'s State, system: &System) -> Option<&'s str> {
    let holds = state.undo.holds(&row.name, &system.environment);
    state.undo.0.get(&row.name).filter(|_| holds).map(|entry| entry.reason.rule.as_str())
}

/// The certificates in force, for people: lines below the identity.
pub(in crate::commands) fn in_force(state: &State, system: &System) -> String {
    let Some((row, source)) = deciding_row().and_then(|row| Some((row, named_by(row, system)?))) else {
        return String::new();
    };
    let by_others = || format!("certificates from {}, set in the environment, not by credenv", source.shown(system));
    let mut lines = vec![decided_by(row, state, system).map_or_else(by_others, str::to_owned)];
    match source.read(system) {
        Err(wrong) => lines.push(format!("warning: `{}` does not lead to certificates: {}", row.name, wrong.why)),
        Ok(certificates) => {
            let warnings = source.warnings(&certificates, system.now());
            lines.extend(warnings.iter().map(|warning| format!("warning: {warning}")));
        }
    }
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "  {}", report::clean(line));
        text
    })
}

/// The certificates in force, for programs.
pub(in crate::commands) fn in_force_as_json(state: &State, system: &System) -> Json {
    let found = deciding_row().and_then(|row| Some((row, named_by(row, system)?)));
    found.map_or(Json::Null, |(row, source)| {
        let (certificates, problem) = told_as_json(source.read(system));
        json!({
            "file": source.path().map(|path| path.to_string_lossy()),
            "reason": decided_by(row, state, system),
            "certificates": certificates,
            "problem": problem,
        })
    })
}
