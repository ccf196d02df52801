//! `credenv deny`: refuse a project file for good.

use super::decide::near;
use super::place::Looking;
use super::{Outcome, context, project};
use crate::cli::TrustArgs;
use crate::core::error::Result;
use crate::core::trust::Verdict;
use crate::report;
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &TrustArgs, system: &System) -> Result<Outcome> {
    let state = context::state(system);
    let looking = Looking::new(system, &state);
    let file = project::find(&looking, system, arguments.file.as_deref())?;
    looking.keep(&file, Verdict::Denied)?;
    Ok(Outcome::done(format!("denied: {}\n", report::clean(&near(&file.path, system)))))
}
