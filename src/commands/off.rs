//! `credenv off`: undo everything credenv did in this shell.

use super::{Outcome, context, switch};
use crate::cli::OffArgs;
use crate::core::delta::{Intent, plan};
use crate::core::error::Result;
use crate::core::target::Target;
use crate::report;
use crate::shells;
use crate::state::State;
use crate::system::System;

pub(super) fn run(arguments: &OffArgs, system: &System) -> Result<Outcome> {
    let dialect = switch::dialect(&arguments.shell, system)?;
    let state = context::state(system);
    if state.is_empty() {
        system.say(&report::note("nothing to undo in this shell"));
    }
    let shelf = shells::shelf(dialect, arguments.shell.wrapper);
    let (mut delta, undo) = plan(&system.environment, &state.undo, &Target::default(), Intent::Hold, shelf);
    switch::remember(&State { undo, ..State::default() }, system, &mut delta);
    switch::print(dialect, &arguments.shell, system, "credenv off", &delta)
}
