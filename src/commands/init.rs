//! `credenv init`: the lines for a shell's start-up file.

use super::Outcome;
use crate::cli::InitArgs;
use crate::core::error::{Error, Result};
use crate::shells;
use crate::system::{System, bytes_of_path};

pub(super) fn run(arguments: &InitArgs, system: &System) -> Result<Outcome> {
    let exe = bytes_of_path(&system.own_path()?);
    shells::named(&arguments.shell)
        .and_then(|dialect| shells::hook(dialect, &exe))
        .map(Outcome::done)
        .ok_or_else(|| Error::usage(format!("there is no integration for `{}`", arguments.shell)))
}
