//! `credenv status`: what is active and who decided it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use serde_json::json;

use super::certificates;
use super::context::Context;
use super::expiry::Lasting;
use super::list::shown;
use super::{Outcome, expiry, json, prompt, web_identity};
use crate::aws::profiles::Profiles;
use crate::cli::StatusArgs;
use crate::core::delta::Ours;
use crate::core::error::Result;
use crate::core::profile::{Kind, Profile};
use crate::core::target::Reason;
use crate::core::text::as_typed;
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
    let profiles = context.profiles();
    let profile = context.active_profile();
    let mode = mode(system, profile.and_then(|name| profiles.get(name)).as_ref());
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
    let by = report::clean(&by_whom(&context, mode, chosen, reason));
    let mut text = in_words(&context, &profiles, mode, chosen, &by);
    text.push_str(&lasting.lines());
    text.push_str(&certificates::in_force(&context.state, system));
    for conflict in conflicts(system, mode).into_iter().chain(conflict_of_region(&context)) {
        let _ = writeln!(text, "  warning: {conflict}");
    }
    Ok(Outcome::done(text))
}

/// Who decided it.
fn by_whom(context: &Context<'_>, mode: Mode, chosen: &str, reason: Option<&Rc<Reason>>) -> String {
    match chosen {
        "hand" => {
            let profile = context.active_profile();
            let of_this = |choice: &&Choice| choice.profile.as_deref() == profile || choice.stage.is_some();
            let command = context.state.choices.iter().rev().find(of_this).map(Choice::command);
            let reason = || reason.map(|reason| reason.rule.trim_matches('`').to_owned());
            format!("chosen by hand: `{}`", command.or_else(reason).unwrap_or_default())
        }
        "project" | "directory" => {
            let reason = reason.map(|reason| (reason.rule.as_str(), reason.origin.as_ref()));
            let (rule, origin) = reason.unwrap_or(("what this directory asks for", None));
            let at = origin.map_or_else(String::new, |origin| format!(", {}", shown(origin, context.system)));
            format!("{rule}{at}")
        }
        "environment" => {
            changed_by_hand(context, mode).unwrap_or_else(|| "set in the environment, not by credenv".to_owned())
        }
        _ => String::new(),
    }
}

/// Who you are, where that leads, and who decided it.
fn in_words(context: &Context<'_>, profiles: &Profiles<'_>, mode: Mode, chosen: &str, by: &str) -> String {
    let system = context.system;
    let region = system.text("AWS_REGION").or_else(|| system.text("AWS_DEFAULT_REGION"));
    let region = region.map_or_else(String::new, |region| format!(" ({})", report::clean(region)));
    let profile = context.active_profile();
    let defined = profile.and_then(|name| profiles.get(name));
    let name = || {
        let (name, protected) = (profile.map_or_else(String::new, report::clean), protected(context, profile));
        format!("{name}{region}{protected}")
    };
    let leads_to = || defined.as_ref().map_or_else(String::new, leads_to);
    match mode {
        Mode::Profile => {
            let mut text = format!("{}\n{}  {by}\n", name(), leads_to());
            let Some(profile) = &defined else {
                return text + "  there is no such profile in the AWS files: commands will fail\n";
            };
            let at = profile.sources.first().map_or_else(String::new, |at| shown(at, system));
            let _ = writeln!(text, "  kind {}, defined at {}", profile.kind().as_str(), report::clean(&at));
            if let Some(nobody) = expiry::not_begun(profiles, profile, system) {
                let _ = writeln!(text, "  {}", report::clean(&nobody));
            }
            text
        }
        Mode::WebIdentity => {
            let role = report::clean(system.text("AWS_ROLE_ARN").unwrap_or("-"));
            let token = system.text("AWS_WEB_IDENTITY_TOKEN_FILE").map(|path| system.directory.join(path));
            let expired = token.and_then(|path| web_identity::expired_since(system, &path));
            let expired = expired.map_or_else(String::new, |expired| format!("  {}\n", report::clean(&expired)));
            format!("web identity for {role}{region}\n  {by}\n{expired}")
        }
        Mode::Credentials if chosen == "hand" => {
            format!("{}, as keys in the environment\n{}  {by}\n", name(), leads_to())
        }
        Mode::Credentials => format!("keys in the environment{region}\n  {by}\n"),
        Mode::None => nothing_chosen(context, &region),
    }
}

/// Where a profile leads, as far as the AWS files tell.
fn leads_to(profile: &Profile) -> String {
    let account = profile.account().map(|account| format!("account {account}"));
    let role = profile.role().map(|role| format!("role {role}"));
    let parts: Vec<_> = account.into_iter().chain(role).collect();
    if parts.is_empty() { String::new() } else { format!("  {}\n", report::clean(&parts.join(", "))) }
}

/// What the first line says of a profile that is protected.
fn protected(context: &Context<'_>, profile: Option<&str>) -> &'static str {
    let by_config = |name: &str| context.settings.protects(name);
    let is_protected = profile.is_some_and(by_config) || prompt::is_protected_by_project(&context.state, profile);
    if is_protected { ", protected" } else { "" }
}

/// What credenv had put where the person has put something else since.
fn changed_by_hand(context: &Context<'_>, mode: Mode) -> Option<String> {
    let entry = context.state.undo.0.get(&deciding_variable(mode)?)?;
    let Ours::Set(ours) = &entry.ours else { return None };
    let at = entry.reason.origin.as_ref().map_or_else(String::new, |at| format!(", {}", shown(at, context.system)));
    let ours = String::from_utf8_lossy(ours);
    Some(format!("changed by hand; credenv had put `{ours}` there: {}{at}", entry.reason.rule))
}

/// A region that came with one profile, beside another that the person put there since.
fn conflict_of_region(context: &Context<'_>) -> Option<String> {
    let (state, environment) = (&context.state, &context.system.environment);
    let [profile, region] = ["AWS_PROFILE", "AWS_REGION"].map(VarName::known);
    let ours = state.undo.0.get(&profile).filter(|_| !state.undo.holds(&profile, environment));
    let (Some(Ours::Set(before)), Some(now)) = (ours.map(|entry| &entry.ours), environment.get(&profile)) else {
        return None;
    };
    let region = environment.get(&region).filter(|_| state.undo.holds(&region, environment))?;
    let (before, region, now) = (String::from_utf8_lossy(before), region.shown(), now.shown());
    Some(report::clean(&format!(
        "the region `{region}` came with `{before}`: `credenv use {}` takes that of `{now}`",
        as_typed(&now)
    )))
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
fn mode(system: &System, profile: Option<&Profile>) -> Mode {
    let role = system.text("AWS_WEB_IDENTITY_TOKEN_FILE").and_then(|_| system.text("AWS_ROLE_ARN"));
    // One that assumes a role goes before it, and one with this very web identity brings it along.
    let goes_before = |profile: &Profile| match profile.kind() {
        Kind::Role => true,
        Kind::WebIdentity => profile.get("role_arn") == role,
        _ => false,
    };
    if system.text("AWS_ACCESS_KEY_ID").is_some() && system.text("AWS_SECRET_ACCESS_KEY").is_some() {
        Mode::Credentials
    } else if role.is_some() && profile.is_some_and(|profile| !goes_before(profile)) {
        Mode::WebIdentity
    } else if system.text("AWS_PROFILE").or_else(|| system.text("AWS_DEFAULT_PROFILE")).is_some() {
        Mode::Profile
    } else if role.is_some() {
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
fn conflicts(system: &System, mode: Mode) -> Vec<String> {
    let set = |name| system.text(name).is_some();
    let mut told = Vec::new();
    if set("AWS_ACCESS_KEY_ID") && !set("AWS_SECRET_ACCESS_KEY") {
        told.push(
            "`AWS_ACCESS_KEY_ID` is set without `AWS_SECRET_ACCESS_KEY`, at which the AWS CLI and boto3 stop"
                .to_owned(),
        );
    } else if set("AWS_PROFILE") && set("AWS_ACCESS_KEY_ID") {
        told.push(
            "`AWS_ACCESS_KEY_ID` overrides `AWS_PROFILE` in the AWS CLI and boto3, but not in Node programs".to_owned(),
        );
    }
    if set("AWS_PROFILE") && mode == Mode::WebIdentity {
        told.push(
            "the web identity overrides `AWS_PROFILE` in the AWS CLI and boto3, but not in Node programs".to_owned(),
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
