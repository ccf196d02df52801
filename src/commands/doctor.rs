//! `credenv doctor`: what is wrong in the AWS files or will surprise.
use super::Outcome;
use crate::cli::DoctorArgs;
use crate::core::error::Result;
use crate::system::System;
pub(super) fn run(_arguments: &DoctorArgs, _system: &System) -> Result<Outcome> {
    Ok(Outcome::default())
}
