//! `credenv use PROFILE`: switch this shell.

use super::certificates;
use super::context::{self, Context};
use super::decide;
use super::expiry::Ending;
use super::place::{Judged, Looking, ProjectFile};
use super::{Outcome, hook, pick, prompt, switch, web_identity};
use crate::cli::UseArgs;
use crate::config::Config;
use crate::core::binding::Binding;
use crate::core::delta::{Intent, plan};
use crate::core::error::{Error, Result};
use crate::core::vars::VarName;
use crate::core::watch::Watch;
use crate::recent;
use crate::report;
use crate::shells;
use crate::state::{By, Choice, Decided, Place};
use crate::system::System;

pub(super) fn run(arguments: &UseArgs, system: &System) -> Result<Outcome> {
    let dialect = switch::dialect(&arguments.shell, system)?;
    let mut state = context::state(system);
    let looking_state = state.clone();
    let looking = if arguments.shell.wrapper {
        Looking::new(system, &looking_state).watched_by(dialect)
    } else {
        Looking::at_a_glance(system, &looking_state)
    };
    let settings = if arguments.shell.wrapper { hook::config(&looking, system)? } else { Config::read(system)? };
    let mut context = Context::without_aws_files(system, state.clone(), settings);
    let profile = match arguments.profile.as_deref() {
        Some("-") => Some(state.previous.clone().ok_or_else(|| {
            Error::failed("there is no previous profile in this shell").hint("`credenv use PROFILE` switches to one")
        })?),
        None if arguments.is_to_be_picked() => {
            context.read_aws_files()?;
            match pick::profile(&context)? {
                Some(picked) => Some(picked),
                None => return Ok(Outcome { stdout: dialect.failing_statement().into(), code: pick::LEFT }),
            }
        }
        named => named.map(str::to_owned),
    };
    // With the integration loaded, a choice holds in the project that it is made in. A bare `eval` need not look for
    // one, unless it is asked for a stage: should a hook come by later, it will find the place.
    let project = if arguments.shell.wrapper || arguments.stage.is_some() {
        decide::settle(&mut state, &context);
        nearest(&looking, system)
    } else {
        None
    };
    let place = match &project {
        _ if arguments.keep => Place::Everywhere,
        Some((file, _)) => Place::At(file.directory.clone()),
        None if arguments.shell.wrapper => decide::place_of(&looking, &context, &system.directory),
        None => Place::MadeIn(system.directory.clone()),
    };
    let (ca, cafile) = certificates::files_of(&arguments.certificates, system);
    let mut choice = Choice {
        profile,
        stage: arguments.stage.clone(),
        region: arguments.region.clone(),
        credentials: arguments.creds,
        ca,
        cafile,
        protected: false,
        place,
    };
    let command = choice.command();
    if arguments.creds && dialect.keeper().is_some() && !arguments.shell.wrapper && system.prints_to_terminal() {
        return Err(Error::failed("the keys would be shown on the terminal")
            .hint(format!("`{}` hands them to the shell only", dialect.typed(&command))));
    }
    let project = project.as_ref().map(|(file, binding)| (file, binding.as_ref()));
    let mut wish = decide::wish_of_choice(&mut context, &looking, &choice, project)?
        .ok_or_else(|| Error::usage("no profile was given").hint("`credenv use PROFILE` switches to one"))?;
    switch::confirm(&context, &wish, arguments.yes, &command)?;
    let target = switch::target(&context, &looking, &mut wish)?;
    let expired = web_identity::expired(&context, &target);
    choice.protected = wish.protected;
    let shelf = shells::shelf(dialect, arguments.shell.wrapper);
    let (mut delta, undo) = plan(&system.environment, &state.undo, &target, Intent::Choose, shelf);
    let name = wish.name().to_owned();
    let active = context.active_profile().filter(|active| *active != name);
    state.previous = active.map(str::to_owned).or(state.previous);
    state.undo = undo;
    state.decided = Some(Decided { by: By::Hand, profile: wish.profile(), stage: arguments.stage.clone() });
    state.choose(choice);
    if dialect.carries_state() {
        switch::remember(&state, system, &mut delta);
    }
    if arguments.shell.wrapper {
        prompt::follow(&state, Some(&context.settings), system, &mut delta);
    }
    let (ending, now) = (Ending::after(&context, &state, &delta), system.now());
    let word = ending.word(now);
    let watch = arguments.shell.wrapper.then(|| {
        let look_again_in = ending.look_again_in(dialect, &looking, now);
        let said = word.as_ref().map(|word| word.print);
        Watch { said, look_again_in, ..looking.watch(&system.directory) }
    });
    let outcome = switch::print(dialect, &arguments.shell, system, &command, &delta, watch.as_ref())?;
    let by_hand = arguments.shell.wrapper && system.speaks_to_terminal();
    if (by_hand || arguments.is_to_be_picked())
        && let Some(profile) = wish.profile()
    {
        recent::note(system, &profile);
    }
    // Typed by hand, the answer to "where am I now?" is worth a line; in scripts a switch is silent.
    if by_hand && !context.settings.quiet {
        let region = target.0.get(&VarName::known("AWS_REGION")).and_then(|wanted| wanted.value.as_ref());
        let region = region.map_or_else(String::new, |region| format!(" ({})", region.shown()));
        system.say(&report::note(&format!("{name}{region}")));
    }
    if let Some(word) = word {
        system.say(&word.text);
    }
    wish.notes.iter().chain(&expired).for_each(|note| system.say(note));
    Ok(outcome)
}

/// The nearest project that is trusted.
pub(super) fn nearest(looking: &Looking<'_>, system: &System) -> Option<(ProjectFile, Box<Binding>)> {
    looking.above(&system.directory).find_map(|file| match looking.judge(&file) {
        Judged::Trusted(binding) => Some((file, binding)),
        _ => None,
    })
}
