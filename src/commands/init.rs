//! `credenv init`: the lines for a shell's start-up file.

use super::Outcome;
use crate::cli::InitArgs;
use crate::core::error::{Error, Result};
use crate::shells::{self, Dialect, completion};
use crate::system::{System, bytes_of_path};

#[inline(never)]
pub(super) fn run(arguments: &InitArgs, system: &System) -> Result<Outcome> {
    let exe = bytes_of_path(&system.own_path()?);
    let dialect = shells::named(&arguments.shell);
    let mut script = dialect
        .and_then(|dialect| shells::hook(dialect, &exe))
        .ok_or_else(|| Error::usage(format!("there is no integration for `{}`", arguments.shell)))?;
    // bash and zsh load their completion when it is first asked for; what fish is told is short, and nushell can only load
    // what was there when it started.
    if let Some(name @ ("fish" | "nu")) = dialect.map(Dialect::name) {
        script.extend(completion::script(name).unwrap_or_default().bytes());
    }
    Ok(Outcome::done(script))
}
