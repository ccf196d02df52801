//! `credenv use PROFILE`: switch this shell.

use super::Outcome;
use super::context::Context;
use super::switch::{self, Request};
use crate::cli::UseArgs;
use crate::core::delta::{Intent, plan};
use crate::core::error::{Error, Result};
use crate::core::vars::VarName;
use crate::report;
use crate::shells;
use crate::state::{Choice, State};
use crate::system::System;

pub(super) fn run(arguments: &UseArgs, system: &System) -> Result<Outcome> {
    let dialect = switch::dialect(&arguments.shell, system)?;
    let context = Context::gather(system)?;
    let typed = arguments.profile.as_deref().unwrap_or_default();
    let profile = match typed {
        "-" => context.state.previous.clone().ok_or_else(|| {
            Error::failed("there is no previous profile in this shell").hint("`credenv use PROFILE` names one")
        })?,
        name => name.to_owned(),
    };
    let choice = Choice {
        profile,
        region: arguments.region.clone(),
        credentials: arguments.creds,
        keep: arguments.keep,
        directory: Some(system.directory.clone()),
    };
    let command = choice.command();
    if arguments.creds && dialect.keeper().is_some() && !arguments.shell.wrapper && system.prints_to_terminal() {
        return Err(Error::failed("the keys would be shown on the terminal")
            .hint(format!("`eval \"$({command})\"` hands them to the shell alone")));
    }
    let request = Request {
        profile: &choice.profile,
        region: arguments.region.as_deref(),
        credentials: arguments.creds,
        yes: arguments.yes,
        command: command.clone(),
    };
    let target = switch::target(&context, &request)?;
    let shelf = shells::shelf(dialect, arguments.shell.wrapper);
    let (mut delta, undo) = plan(&system.environment, &context.state.undo, &target, Intent::Choose, shelf);
    let active = context.active_profile().filter(|active| *active != choice.profile);
    let previous = active.map(str::to_owned).or_else(|| context.state.previous.clone());
    let name = choice.profile.clone();
    let state = State { undo, previous, choice: Some(choice) };
    if dialect.carries_state() {
        switch::remember(&state, system, &mut delta);
    }
    let outcome = switch::print(dialect, &arguments.shell, system, &command, &delta)?;
    // Typed by hand, the answer to "where am I now?" is worth a line; in scripts a switch is silent.
    if arguments.shell.wrapper && !context.settings.quiet && system.speaks_to_terminal() {
        let region = target.0.get(&VarName::known("AWS_REGION")).and_then(|wanted| wanted.value.as_ref());
        let region = region.map_or_else(String::new, |region| format!(" ({})", region.shown()));
        system.say(&report::note(&format!("{name}{region}")));
    }
    Ok(outcome)
}
