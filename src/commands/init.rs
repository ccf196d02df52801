//! `credenv init`: the lines for a shell's start-up file.

use super::Outcome;
use crate::cli::InitArgs;
use crate::core::error::{Error, Result};
use crate::shells;
use crate::system::{System, bytes_of_path};

#[inline(never)]
pub(super) fn run(arguments: &InitArgs, system: &System) -> Result<Outcome> {
    let exe = bytes_of_path(&system.own_path()?);
    let found = shells::named(&arguments.shell).and_then(|dialect| Some((dialect, shells::hook(dialect, &exe)?)));
    let (dialect, script) =
        found.ok_or_else(|| Error::usage(format!("there is no integration for `{}`", arguments.shell)))?;
    if let Some(loader) = dialect.loader() {
        let path = system.keep_hook(&shells::without_comments(&script))?;
        return Ok(Outcome::done(loader(&bytes_of_path(&path))));
    }
    Ok(Outcome::done(script))
}
