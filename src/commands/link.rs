//! `credenv link PROFILE`: write down in `.credenv.yml` which profile this directory uses.

use super::Outcome;
use super::context::Context;
use crate::cli::LinkArgs;
use crate::core::error::Result;
use crate::project::credenv_file::FILE;
use crate::project::{SIZE_LIMIT, link};
use crate::report;
use crate::system::System;

/// What others may do with a file that is meant to be shared in a repository: the umask decides.
const MODE: u32 = 0o666;

pub(super) fn run(arguments: &LinkArgs, system: &System) -> Result<Outcome> {
    let (profile, stage) = (arguments.profile.as_str(), arguments.stage.as_deref());
    let context = Context::gather(system)?;
    // A name that the person's config maps to their own is the project's name for it, and belongs in its file.
    let own = context.settings.own_name(profile).map_or(profile, |own| &own.text);
    context.profiles().require(own)?;
    let path = system.directory.join(FILE);
    let before = system.read(&path, SIZE_LIMIT)?;
    let linked = link::link(before.as_deref().unwrap_or_default(), &path, profile, stage)?;
    if before.as_ref() != Some(&linked.text) {
        system.replace_file(&path, &linked.text, MODE)?;
    }
    let for_stage = stage.map_or_else(String::new, |stage| format!(" for stage `{stage}`"));
    system.say(&report::note(&format!("`{profile}` is linked in {FILE}:{}{for_stage}", linked.line)));
    Ok(Outcome::default())
}
