//! `credenv status`: what is active and who decided it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::certificates;
use super::context::Context;
use super::expiry::Lasting;
use super::list::shown;
use super::{Outcome, expiry, json};
use crate::cli::StatusArgs;
use crate::core::error::Result;
use crate::core::vars::{MANAGED, VarName};
use crate::report;
use crate::state::{Choice, Decided};
use crate::system::System;

/// By which variables programs find their credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Profile,
    WebIdentity,
    Credentials,
    None,
}

impl Mode {
    fn as_str(self) -> &'static str {
        match self {
            Mode::Profile => "profile",
            Mode::WebIdentity => "web-identity",
            Mode::Credentials => "credentials",
            Mode::None => "none",
        }
    }
}

#[inline(never)]
pub(super) fn run(arguments: &StatusArgs, system: &System) -> Result<Outcome> {
    let context = Context::gather(system)?;
    let mode = mode(system);
    let profile = context.active_profile();
    let region = system.text("AWS_REGION").or_else(|| system.text("AWS_DEFAULT_REGION"));
    let deciding = deciding(&context, mode);
    let chosen = match (&deciding, mode) {
        (_, Mode::None) => "none",
        (Some(decided), _) => decided.by.as_str(),
        (None, _) => "environment",
    };
    let reason = deciding_variable(mode).and_then(|name| context.state.undo.0.get(&name)).map(|entry| &entry.reason);
    let origin = reason
        .filter(|_| matches!(chosen, "project" | "directory"))
        .and_then(|reason| reason.origin.as_ref())
        .map(|origin| json!({ "file": origin.file.to_string_lossy(), "line": origin.line }));
    let profiles = context.profiles();
    let lasting = match mode {
        Mode::Credentials => expiry::of_environment(&context.state, system),
        Mode::WebIdentity => Lasting::unknown(system),
        Mode::Profile | Mode::None => match profiles.get(profile.unwrap_or("default")) {
            Some(profile) => expiry::of_profile(&profiles, &profile, system),
            None => Lasting::unknown(system),
        },
    };
    if arguments.json {
        let variables: BTreeMap<_, _> = MANAGED
            .iter()
            .filter_map(|row| Some((row.name.as_str(), system.environment.get(&row.name)?.shown())))
            .collect();
        return Ok(Outcome::done(json(&json!({
            "profile": profile,
            "region": region,
            "stage": deciding.as_ref().and_then(|decided| decided.stage.as_deref()),
            "mode": mode.as_str(),
            "chosen": chosen,
            "origin": origin,
            "expires_at": lasting.told(),
            "renewable": lasting.renewable(),
            "certificates": certificates::in_force_as_json(&context.state, system),
            "variables": variables,
        }))));
    }
    let mut text = String::new();
    let region = region.map_or_else(String::new, |region| format!(" ({})", report::clean(region)));
    let name = profile.map_or_else(String::new, report::clean);
    let by = match chosen {
        "hand" => {
            let of_this = |choice: &&Choice| choice.profile.as_deref() == profile || choice.stage.is_some();
            let command = context.state.choices.iter().rev().find(of_this).map(Choice::command);
            let reason = || reason.map(|reason| reason.rule.trim_matches('`').to_owned());
            format!("chosen by hand: `{}`", command.or_else(reason).unwrap_or_default())
        }
        "project" | "directory" => {
            let reason = reason.map(|reason| (reason.rule.as_str(), reason.origin.as_ref()));
            let (rule, origin) = reason.unwrap_or(("what this directory asks for", None));
            let at = origin.map_or_else(String::new, |origin| format!(", {}", shown(origin, system)));
            format!("{rule}{at}")
        }
        "environment" => "set in the environment, not by credenv".to_owned(),
        _ => String::new(),
    };
    match mode {
        Mode::Profile => {
            let _ = writeln!(text, "{name}{region}\n  {}", report::clean(&by));
            match profiles.get(&name) {
                Some(profile) => {
                    let at = profile.sources.first().map_or_else(String::new, |at| shown(at, system));
                    let _ = writeln!(text, "  kind {}, defined at {}", profile.kind().as_str(), report::clean(&at));
                }
                None => {
                    let _ = writeln!(text, "  there is no such profile in the AWS files: commands will fail");
                }
            }
        }
        Mode::WebIdentity => {
            let role = report::clean(system.text("AWS_ROLE_ARN").unwrap_or("-"));
            let _ = writeln!(text, "web identity for {role}{region}\n  {}", report::clean(&by));
        }
        Mode::Credentials => {
            let whose = if chosen == "hand" { format!(" of {name}") } else { String::new() };
            let _ = writeln!(text, "keys in the environment{whose}{region}\n  {}", report::clean(&by));
        }
        Mode::None => text.push_str(&nothing_chosen(&context, &region)),
    }
    text.push_str(&lasting.lines());
    text.push_str(&certificates::in_force(&context.state, system));
    for conflict in conflicts(system) {
        let _ = writeln!(text, "  warning: {conflict}");
    }
    Ok(Outcome::done(text))
}

fn nothing_chosen(context: &Context<'_>, region: &str) -> String {
    match context.profiles().get("default") {
        Some(default) => {
            let at = default.sources.first().map_or_else(String::new, |at| shown(at, context.system));
            format!("no profile chosen{region}: programs use `default`, defined at {}\n", report::clean(&at))
        }
        None => format!("no profile chosen{region}, and there is no `default`\n"),
    }
}

/// By which variables the AWS CLI, the strictest reader, finds its credentials: keys first, then the profile or the
/// web identity (docs/how-it-decides.md).
fn mode(system: &System) -> Mode {
    if system.text("AWS_ACCESS_KEY_ID").is_some() && system.text("AWS_SECRET_ACCESS_KEY").is_some() {
        Mode::Credentials
    } else if system.text("AWS_PROFILE").or_else(|| system.text("AWS_DEFAULT_PROFILE")).is_some() {
        Mode::Profile
    } else if system.text("AWS_WEB_IDENTITY_TOKEN_FILE").is_some() && system.text("AWS_ROLE_ARN").is_some() {
        Mode::WebIdentity
    } else {
        Mode::None
    }
}

/// The variable by which programs find the identity.
fn deciding_variable(mode: Mode) -> Option<VarName> {
    match mode {
        Mode::None => None,
        Mode::Profile => Some(VarName::known("AWS_PROFILE")),
        Mode::WebIdentity => Some(VarName::known("AWS_ROLE_ARN")),
        Mode::Credentials => Some(VarName::known("AWS_ACCESS_KEY_ID")),
    }
}

/// Who decided what is active, if it was credenv.
fn deciding(context: &Context<'_>, mode: Mode) -> Option<Decided> {
    let name = deciding_variable(mode)?;
    let ours = context.state.undo.holds(&name, &context.system.environment);
    // A profile that stood there already when it was chosen needed no change, so nothing is in the record.
    let confirmed = mode == Mode::Profile && !context.state.undo.0.contains_key(&name);
    let decided = context.state.decided.clone()?;
    (ours || (confirmed && decided.profile.as_deref() == context.active_profile())).then_some(decided)
}

/// Variables by which programs would come to different identities (docs/how-it-decides.md).
fn conflicts(system: &System) -> Vec<String> {
    let set = |name| system.text(name).is_some();
    let mut told = Vec::new();
    if set("AWS_PROFILE") && set("AWS_ACCESS_KEY_ID") {
        told.push(
            "`AWS_ACCESS_KEY_ID` overrides `AWS_PROFILE` in the AWS CLI and boto3, but not in Node programs".to_owned(),
        );
    }
    if set("AWS_PROFILE")
        && set("AWS_DEFAULT_PROFILE")
        && system.text("AWS_PROFILE") != system.text("AWS_DEFAULT_PROFILE")
    {
        told.push("boto3 and the AWS CLI v1 use `AWS_DEFAULT_PROFILE`, the others `AWS_PROFILE`".to_owned());
    }
    if system.environment.get(&VarName::known("AWS_PROFILE")).is_some_and(|value| value.as_bytes().is_empty()) {
        told.push("`AWS_PROFILE` is set but empty, which the AWS CLI and boto3 refuse".to_owned());
    }
    told
}
