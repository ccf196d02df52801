//! `credenv auto`: drop the choice made by hand, and follow the directory.

use super::{Outcome, context, hook, switch};
use crate::cli::OffArgs;
use crate::core::delta::Intent;
use crate::core::error::Result;
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &OffArgs, system: &System) -> Result<Outcome> {
    let dialect = switch::dialect(&arguments.shell, system)?;
    let mut state = context::state(system);
    state.choices.clear();
    hook::follow(dialect, system, state, Intent::Choose, &hook::Memory::default(), &system.directory)
}
