//! `credenv init`: the lines for a shell's start-up file.

mod install;

use super::{Outcome, hook};
use crate::cli::InitArgs;
use crate::core::error::{Error, Result};
use crate::shells::{self, Dialect};
use crate::system::{System, bytes_of_path};

#[inline(never)]
pub(super) fn run(arguments: &InitArgs, system: &System) -> Result<Outcome> {
    if arguments.install || arguments.uninstall {
        return install::run(arguments, system);
    }
    let name = arguments.shell.as_deref().unwrap_or_default();
    let dialect = shells::named(name).ok_or_else(|| none_for(name))?;
    let mut script = script(dialect, system)?;
    script.extend(dialect.begin(&|| hook::first_look(dialect, system)));
    Ok(Outcome::done(script))
}

/// What loads us into that shell, with the path of this binary in it, or of the file that stands in for functions.
fn script(dialect: &dyn Dialect, system: &System) -> Result<Vec<u8>> {
    let exe = bytes_of_path(&system.own_path()?);
    let path = match shells::functions(dialect, &exe) {
        Some(functions) => bytes_of_path(&system.keep_functions(&functions)?),
        None => exe,
    };
    shells::hook(dialect, &path).ok_or_else(|| none_for(dialect.name()))
}

fn none_for(name: &str) -> Error {
    Error::usage(format!("there is no integration for `{name}`"))
}
