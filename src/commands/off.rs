//! `credenv off`: undo everything credenv did in this shell.

use super::context::{self, Context};
use super::decide;
use super::place::Looking;
use super::{Outcome, hook, prompt, switch};
use crate::cli::OffArgs;
use crate::core::delta::{Intent, plan};
use crate::core::error::Result;
use crate::core::target::Target;
use crate::report;
use crate::shells;
use crate::state::{Choice, Place, State};
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &OffArgs, system: &System) -> Result<Outcome> {
    let dialect = switch::dialect(&arguments.shell, system)?;
    let state = context::state(system);
    if state.is_empty() {
        system.say(&report::note("nothing to undo in this shell"));
    }
    let shelf = shells::shelf(dialect, arguments.shell.wrapper);
    let (mut delta, undo) = plan(&system.environment, &state.undo, &Target::default(), Intent::Hold, shelf);
    let mut after = State { undo, ..State::default() };
    let mut watch = None;
    if arguments.shell.wrapper {
        let looking = Looking::new(system, &state).watched_by(dialect);
        let config = hook::config(&looking, system).ok();
        prompt::follow(&after, config.as_ref(), system, &mut delta);
        let context = Context::without_aws_files(system, state.clone(), config.unwrap_or_default());
        let place = decide::place_of(&looking, &context, &system.directory);
        // In a project the hook would follow it again at the next prompt: `off` is a choice as well, and holds here.
        if place != Place::Outside {
            after.choices.push(Choice { place, ..Choice::default() });
        }
        watch = Some(looking.watch(&system.directory));
    }
    switch::remember(&after, system, &mut delta);
    switch::print(dialect, &arguments.shell, system, "credenv off", &delta, watch.as_ref())
}
