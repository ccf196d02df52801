//! `credenv status`: what is active and who decided it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::context::Context;
use super::list::shown;
use super::{Outcome, json};
use crate::cli::StatusArgs;
use crate::core::error::Result;
use crate::core::vars::{MANAGED, VarName};
use crate::report;
use crate::state::Choice;
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

pub(super) fn run(arguments: &StatusArgs, system: &System) -> Result<Outcome> {
    let context = Context::gather(system)?;
    let mode = mode(system);
    let profile = context.active_profile();
    let region = system.text("AWS_REGION").or_else(|| system.text("AWS_DEFAULT_REGION"));
    let chosen = chosen(&context, mode);
    if arguments.json {
        let variables: BTreeMap<_, _> = MANAGED
            .iter()
            .filter_map(|row| Some((row.name.as_str(), system.environment.get(&row.name)?.shown())))
            .collect();
        return Ok(Outcome::done(json(&json!({
            "profile": profile,
            "region": region,
            "stage": null,
            "mode": mode.as_str(),
            "chosen": chosen,
            "origin": null,
            "variables": variables,
        }))));
    }
    let mut text = String::new();
    let region = region.map_or_else(String::new, |region| format!(" ({})", report::clean(region)));
    let name = profile.map_or_else(String::new, report::clean);
    let by = match chosen {
        "hand" => {
            let command = context.state.choice.as_ref().map(Choice::command).unwrap_or_default();
            format!("chosen by hand: `{command}`")
        }
        "environment" => "set in the environment, not by credenv".to_owned(),
        _ => String::new(),
    };
    match mode {
        Mode::Profile => {
            let _ = writeln!(text, "{name}{region}\n  {}", report::clean(&by));
            match context.profiles().get(&name) {
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

/// Who decided what is active.
fn chosen(context: &Context<'_>, mode: Mode) -> &'static str {
    let deciding = match mode {
        Mode::None => return "none",
        Mode::Profile => "AWS_PROFILE",
        Mode::WebIdentity => "AWS_ROLE_ARN",
        Mode::Credentials => "AWS_ACCESS_KEY_ID",
    };
    let deciding = VarName::known(deciding);
    let ours = context.state.undo.holds(&deciding, &context.system.environment);
    // A profile that stood there already when it was chosen needed no change, so nothing is in the record.
    let confirmed = mode == Mode::Profile
        && !context.state.undo.0.contains_key(&deciding)
        && context.state.choice.as_ref().map(|choice| choice.profile.as_str()) == context.active_profile();
    if ours || confirmed { "hand" } else { "environment" }
}

/// Variables by which programs would come to different identities (docs/how-it-decides.md).
fn conflicts(system: &System) -> Vec<String> {
    let set = |name| system.text(name).is_some();
    let mut told = Vec::new();
    if set("AWS_PROFILE") && set("AWS_ACCESS_KEY_ID") {
        told.push(
            "`AWS_ACCESS_KEY_ID` masks `AWS_PROFILE` in the AWS CLI and boto3, and not in Node programs".to_owned(),
        );
    }
    if set("AWS_PROFILE")
        && set("AWS_DEFAULT_PROFILE")
        && system.text("AWS_PROFILE") != system.text("AWS_DEFAULT_PROFILE")
    {
        told.push("boto3 and the AWS CLI v1 follow `AWS_DEFAULT_PROFILE`, the others `AWS_PROFILE`".to_owned());
    }
    if system.environment.get(&VarName::known("AWS_PROFILE")).is_some_and(|value| value.as_bytes().is_empty()) {
        told.push("`AWS_PROFILE` is set and empty, which the AWS CLI and boto3 refuse".to_owned());
    }
    told
}
