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
    if let Some(loader) = dialect.and_then(Dialect::loader) {
        let path = system.keep_hook(&shells::without_comments(&script))?;
        return Ok(Outcome::done(loader(&bytes_of_path(&path))));
    }
    // bash and zsh load their completion when it is first asked for; what fish is told is short.
    if dialect.is_some_and(|dialect| dialect.name() == "fish") {
        script.extend(completion::script("fish").unwrap_or_default().bytes());
    }
    Ok(Outcome::done(script))
}
