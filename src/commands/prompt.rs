//! `CREDENV_PROMPT`, which follows from what is in force: kept current with every change that we make, and when a shell
//! sees that somebody else made one.

use super::{Outcome, context, switch};
use crate::config::Config;
use crate::core::delta::{Change, Delta, Ours};
use crate::core::error::Result;
use crate::core::prompt::{self, DECIDING, Protection, Who};
use crate::core::vars::{Environment, PROMPT, Value, VarName};
use crate::shells::Dialect;
use crate::state::{By, State};
use crate::system::System;

/// Adds to a delta what becomes of the variable, so that it tells what programs find once the delta is carried out. None
/// for the config is one that cannot be read.
pub(super) fn follow(state: &State, config: Option<&Config>, system: &System, delta: &mut Delta) {
    let name = VarName::known(PROMPT);
    let text = text(state, config, &after(delta, &system.environment)).map(Value::new);
    if system.environment.get(&name) != text.as_ref() {
        delta.changes.insert(name, text.map_or(Change::Unset, Change::Set));
    }
}

/// The variable alone, where the person changed what it follows from: nothing else is looked at or changed.
pub(super) fn refresh(dialect: &dyn Dialect, system: &System) -> Result<Outcome> {
    let mut delta = Delta::default();
    follow(&context::state(system), Config::read(system).ok().as_ref(), system, &mut delta);
    switch::print_for_prompt(dialect, system, &delta)
}

/// The variables that decide, once the delta is carried out.
fn after(delta: &Delta, environment: &Environment) -> Environment {
    let names = DECIDING.into_iter().map(VarName::known);
    names.filter_map(|name| delta.after(&name, environment).map(|value| (name, value))).collect()
}

/// Who programs will be: by keys, then by a web identity, then by the profile, as the AWS CLI has it. The others are told
/// as well where credenv did not bring them along, because some programs follow them.
fn text(state: &State, config: Option<&Config>, environment: &Environment) -> Option<String> {
    let value = |name: &'static str| {
        let value = environment.get(&VarName::known(name))?;
        Some(String::from_utf8_lossy(value.as_bytes())).filter(|text| !text.is_empty())
    };
    let ours = |name: &'static str| {
        let name = VarName::known(name);
        let is_set = state.undo.0.get(&name).is_some_and(|entry| entry.ours != Ours::Absent);
        is_set && state.undo.holds(&name, environment)
    };
    let decided = state.decided.as_ref();
    let protection = |profile: Option<&str>| {
        let by_config = |config: &Config| profile.is_some_and(|name| config.protects(name));
        match config {
            _ if is_protected_by_project(state, profile) => Protection::Yes,
            Some(config) if by_config(config) => Protection::Yes,
            None if profile.is_some() => Protection::Unknown,
            _ => Protection::No,
        }
    };
    let profile = value("AWS_PROFILE").or_else(|| value("AWS_DEFAULT_PROFILE"));
    let role = value("AWS_ROLE_ARN").filter(|_| value("AWS_WEB_IDENTITY_TOKEN_FILE").is_some());
    let keys = value("AWS_ACCESS_KEY_ID").is_some() && value("AWS_SECRET_ACCESS_KEY").is_some();
    let mut who = Vec::new();
    if keys {
        let whose = decided.and_then(|decided| decided.profile.as_deref()).filter(|_| ours("AWS_ACCESS_KEY_ID"));
        who.push((Who::Keys(whose), whose.map_or(Protection::No, |whose| protection(Some(whose)))));
    }
    if let Some(role) = &role {
        // A profile with a web identity of its own brings the variables along.
        let is_of_profile = profile.is_some()
            && decided.is_some_and(|decided| decided.profile.as_deref() == profile.as_deref())
            && ours("AWS_ROLE_ARN");
        if !is_of_profile {
            let protection = if ours("AWS_ROLE_ARN") { protection(None) } else { Protection::No };
            who.push((Who::WebIdentity(role), protection));
        }
    }
    if let Some(profile) = &profile {
        who.push((Who::Profile(profile), protection(Some(profile))));
    }
    let region = value("AWS_REGION").or_else(|| value("AWS_DEFAULT_REGION"));
    prompt::text(&who, region.as_deref())
}

/// Whether it was the project that protects what was chosen by hand.
pub(super) fn is_protected_by_project(state: &State, profile: Option<&str>) -> bool {
    let by_hand =
        state.decided.as_ref().filter(|decided| decided.by == By::Hand && decided.profile.as_deref() == profile);
    let chosen = |choice: &&crate::state::Choice| {
        choice.protected
            && by_hand.is_some_and(|by| {
                choice.stage == by.stage && (choice.profile.is_none() || choice.profile == by.profile)
            })
    };
    state.choices.iter().any(|choice| chosen(&choice))
}
