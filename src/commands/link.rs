//! `credenv link PROFILE`: write down in `.credenv.yml` which profile this directory uses.

use std::path::Path;

use super::context::{self, Context};
use super::place::Looking;
use super::{Outcome, allow, project};
use crate::cli::LinkArgs;
use crate::core::error::Result;
use crate::core::trust::Trust;
use crate::project::credenv_file::FILE;
use crate::project::{SIZE_LIMIT, link};
use crate::report;
use crate::system::System;

/// What others may do with a file that is meant to be shared in a repository: the umask decides.
const MODE: u32 = 0o666;

#[inline(never)]
pub(super) fn run(arguments: &LinkArgs, system: &System) -> Result<Outcome> {
    let (profile, stage) = (arguments.profile.as_str(), arguments.stage.as_deref());
    let context = Context::gather(system)?;
    // A name that the person's config maps to their own is the project's name for it, and belongs in its file.
    let own = context.settings.own_name(profile).map_or(profile, |own| &own.text);
    context.profiles().require(own)?;
    let path = system.directory.join(FILE);
    let before = system.read(&path, SIZE_LIMIT)?;
    let linked = link::link(before.as_deref().unwrap_or_default(), &path, profile, stage)?;
    let of_shell = context::state(system);
    let looking = Looking::new(system, &of_shell);
    let was_trusted = match project::find(&looking, system, Some(Path::new(FILE))) {
        Ok(file) => project::trust_in(&looking, &file) == Trust::Trusted,
        Err(_) => before.is_none(),
    };
    if before.as_ref() != Some(&linked.text) {
        system.replace_file(&path, &linked.text, MODE)?;
    }
    // What the person wrote they need not allow as well, unless another wrote the rest of it.
    let file = project::find(&looking, system, Some(Path::new(FILE)))?;
    if was_trusted {
        allow::allow(&Looking::new(system, &of_shell), &file, system)?;
    }
    let for_stage = stage.map_or_else(String::new, |stage| format!(" for stage `{stage}`"));
    system.say(&report::note(&format!("linked `{profile}` in {FILE}:{}{for_stage}", linked.line)));
    if !was_trusted {
        system.say(&report::note(&format!(
            "{FILE} is not followed yet, because it was there before and never allowed: `credenv allow` shows what it \
             asks for and allows it"
        )));
    }
    Ok(Outcome::default())
}
