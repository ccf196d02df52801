//! `credenv exec PROFILE -- CMD…`: run one command under a profile.

use super::Outcome;
use super::context::Context;
use super::switch::{self, Request};
use crate::cli::ExecArgs;
use crate::core::delta::{Change, Intent, Shelf, plan};
use crate::core::error::{Error, Result};
use crate::core::text::as_typed;
use crate::core::vars::{Value, VarName};
use crate::shells;
use crate::state::{Choice, State};
use crate::system::System;

pub(super) fn run(arguments: &ExecArgs, system: &System) -> Result<Outcome> {
    let [command, rest @ ..] = arguments.command.as_slice() else {
        return Err(Error::usage("no command was given").hint("`credenv exec PROFILE -- COMMAND`"));
    };
    let context = Context::gather(system)?;
    let request = Request {
        profile: &arguments.profile,
        region: arguments.region.as_deref(),
        credentials: arguments.creds,
        yes: arguments.yes,
        command: format!("credenv exec {}", as_typed(&arguments.profile)),
    };
    let target = switch::target(&context, &request)?;
    // A process cannot set anything aside; what makes way is back in the shell that started us anyway.
    let shelf = Shelf { secrets: false, unexported: false };
    let (mut delta, undo) = plan(&system.environment, &context.state.undo, &target, Intent::Choose, shelf);
    let choice = Choice {
        profile: arguments.profile.clone(),
        region: arguments.region.clone(),
        credentials: arguments.creds,
        keep: true,
        directory: Some(system.directory.clone()),
    };
    let state = State { undo, choice: Some(choice), previous: context.active_profile().map(str::to_owned) };
    switch::remember(&state, system, &mut delta);
    let changes: Vec<(VarName, Option<Value>)> = delta
        .changes
        .into_iter()
        .map(|(name, change)| match change {
            Change::Set(value) => (name, Some(value)),
            Change::Unset | Change::PutBack | Change::PutBackUnexported => (name, None),
        })
        .collect();
    for (name, value) in &changes {
        shells::check(name, value.as_ref().map_or(b"", Value::as_bytes))?;
    }
    let code = system.become_command(command, rest, &changes)?;
    Ok(Outcome { stdout: Vec::new(), code })
}
