//! `credenv init`: the lines for a shell's start-up file.

use super::{Outcome, hook};
use crate::cli::InitArgs;
use crate::core::error::{Error, Result};
use crate::shells;
use crate::system::{System, bytes_of_path};

#[inline(never)]
pub(super) fn run(arguments: &InitArgs, system: &System) -> Result<Outcome> {
    let exe = bytes_of_path(&system.own_path()?);
    let none = || Error::usage(format!("there is no integration for `{}`", arguments.shell));
    let dialect = shells::named(&arguments.shell).ok_or_else(none)?;
    let path = match shells::functions(dialect, &exe) {
        Some(functions) => bytes_of_path(&system.keep_functions(&functions)?),
        None => exe,
    };
    let mut script = shells::hook(dialect, &path).ok_or_else(none)?;
    script.extend(dialect.begin(&|| hook::first_look(dialect, system)));
    Ok(Outcome::done(script))
}
