//! `credenv why`: the line or the command behind each variable.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Outcome;
use super::context::{self};
use super::list::shown;
use crate::cli::WhyArgs;
use crate::core::delta::Before;
use crate::core::error::{Error, Result};
use crate::core::vars::{MANAGED, VarName};
use crate::report;
use crate::state::State;
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &WhyArgs, system: &System) -> Result<Outcome> {
    let state = context::state(system);
    let names: BTreeSet<VarName> = match &arguments.variable {
        Some(name) => [VarName::new(name).ok_or_else(|| {
            Error::usage(format!("`{name}` cannot be the name of a variable"))
                .hint("a name has letters, digits and `_`, as in `AWS_PROFILE`")
        })?]
        .into(),
        None => MANAGED
            .iter()
            .map(|row| row.name.clone())
            .filter(|name| system.environment.contains_key(name))
            .chain(state.undo.0.keys().cloned())
            .collect(),
    };
    if names.is_empty() {
        return Ok(Outcome::done("no AWS variable is set, and credenv has changed none\n"));
    }
    Ok(Outcome::done(names.iter().map(|name| explain(name, &state, system)).collect::<String>()))
}

fn explain(name: &VarName, state: &State, system: &System) -> String {
    let now = system.variable(name);
    let mut text = match &now {
        Some(value) => format!("{name}={}\n", report::clean(&value.shown())),
        None => format!("{name} is not set\n"),
    };
    let Some(entry) = state.undo.0.get(name) else {
        if now.is_some() {
            text.push_str("  set in the environment, not by credenv\n");
        }
        return text;
    };
    if !state.undo.holds(name, &system.environment) {
        text.push_str("  changed by hand after credenv set it, so credenv leaves it alone\n");
        return text;
    }
    let at = entry.reason.origin.as_ref().map_or_else(String::new, |origin| format!(", {}", shown(origin, system)));
    let _ = writeln!(text, "  {}{}", report::clean(&entry.reason.rule), report::clean(&at));
    let before = match &entry.before {
        Before::Absent => "not set".to_owned(),
        Before::Exported(bytes) => format!("`{}`", String::from_utf8_lossy(bytes)),
        Before::Aside => "a secret, set aside by the shell".to_owned(),
        Before::UnexportedAside => "not set, or not exported".to_owned(),
        Before::Lost => "a secret, which could not be set aside".to_owned(),
    };
    let _ = writeln!(text, "  before: {}", report::clean(&before));
    text
}
