//! `credenv init`: the lines for a shell's start-up file.

use super::Outcome;
use crate::cli::InitArgs;
use crate::core::error::{Error, Result};
use crate::shells;
use crate::system::{System, bytes_of_path};

#[inline(never)]
pub(super) fn run(arguments: &InitArgs, system: &System) -> Result<Outcome> {
    let exe = bytes_of_path(&system.own_path()?);
    let script = shells::named(&arguments.shell)
        .and_then(|dialect| shells::hook(dialect, &exe))
        .ok_or_else(|| Error::usage(format!("there is no integration for `{}`", arguments.shell)))?;
    Ok(Outcome::done(script))
}
