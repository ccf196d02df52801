//! `credenv allow`: show what a project file asks for, and trust it as long as it asks for that.

use super::decide::near;
use super::place::{Looking, ProjectFile};
use super::{Outcome, context, project};
use crate::cli::TrustArgs;
use crate::core::error::Result;
use crate::core::trust::{self, Verdict};
use crate::report;
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &TrustArgs, system: &System) -> Result<Outcome> {
    let state = context::state(system);
    let looking = Looking::new(system, &state);
    let file = project::find(&looking, system, arguments.file.as_deref())?;
    let shown = allow(&looking, &file, system)?;
    Ok(Outcome::done(shown))
}

/// Trusts a file as it is now; what it asks for, in words.
pub(super) fn allow(looking: &Looking<'_>, file: &ProjectFile, system: &System) -> Result<String> {
    let binding = looking.read_binding(file, None)?;
    looking.keep(file, Verdict::Allowed(trust::meaning(&binding)))?;
    let shown = project::describe(&binding, system);
    Ok(format!("{shown}allowed: {}\n", report::clean(&near(&file.path, system))))
}
