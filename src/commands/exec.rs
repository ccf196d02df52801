//! `credenv exec [PROFILE] -- CMD…`: run one command under a profile, or under what this directory asks for.

use super::certificates;
use super::context::{self, Context};
use super::decide::{self, Follow, Following};
use super::expiry::Ending;
use super::place::Looking;
use super::{Outcome, exec_all, prompt, switch, web_identity};
use crate::cli::ExecArgs;
use crate::config::Config;
use crate::core::delta::{Change, Intent, Shelf, plan};
use crate::core::error::{Error, Result};
use crate::core::target::{self, Chosen, Reason, Target};
use crate::core::vars::{PROMPT, Value, VarName};
use crate::shells;
use crate::state::{By, Choice, Decided, Place, State};
use crate::system::System;

/// Variables that the command finds set (`Some`) or gone (`None`).
type Changes = Vec<(VarName, Option<Value>)>;

#[inline(never)]
pub(super) fn run(arguments: &ExecArgs, system: &System) -> Result<Outcome> {
    let [command, rest @ ..] = arguments.command.as_slice() else {
        return Err(Error::usage("no command was given").hint("`credenv exec PROFILE -- COMMAND`"));
    };
    let state = context::state(system);
    let looking_state = state.clone();
    let looking = Looking::new(system, &looking_state);
    let mut context = Context::without_aws_files(system, state, Config::read(system)?);
    if let Some(pattern) = arguments.profile.as_deref().filter(|name| name.contains('*')) {
        context.read_aws_files()?;
        // A profile may be called so.
        if context.profiles().get(pattern).is_none() {
            return exec_all::run(arguments, pattern, &mut context, &looking);
        }
    }
    let changes = changes(arguments, &mut context, &looking)?;
    let code = system.become_command(command, rest, &changes)?;
    Ok(Outcome { stdout: Vec::new(), code })
}

/// What the command finds changed, against the environment that we were started in.
pub(super) fn changes(arguments: &ExecArgs, context: &mut Context<'_>, looking: &Looking<'_>) -> Result<Changes> {
    let (target, decided) = if arguments.profile.is_some() {
        by_hand(arguments, context, looking)?
    } else {
        by_directory(arguments, context, looking)?
    };
    let mut state = context.state.clone();
    // A process cannot set anything aside; what makes way is back in the shell that started us anyway.
    let shelf = Shelf { secrets: false, unexported: false };
    let (mut delta, undo) = plan(&context.system.environment, &state.undo, &target, Intent::Choose, shelf);
    state.previous = context.active_profile().map(str::to_owned);
    state.undo = undo;
    state.decided = Some(decided);
    if let Some(profile) = &arguments.profile {
        let choice = choice(arguments, context.system);
        state.choices = vec![Choice { profile: Some(profile.clone()), place: Place::Everywhere, ..choice }];
    }
    switch::remember(&state, context.system, &mut delta);
    // A shell with our integration told whoever is there who it was itself.
    if context.system.environment.contains_key(&VarName::known(PROMPT)) {
        prompt::follow(&state, Some(&context.settings), context.system, &mut delta);
    }
    if let Some(word) = Ending::after(context, &state, &delta).word(context.system.now()) {
        context.system.say(&word.text);
    }
    let changes: Changes = delta
        .changes
        .into_iter()
        .map(|(name, change)| match change {
            Change::Set(value) => (name, Some(value)),
            Change::Unset | Change::PutBack | Change::PutBackUnexported => (name, None),
        })
        .collect();
    for (name, value) in &changes {
        shells::check(name, value.as_ref().map_or(b"", Value::as_bytes))?;
    }
    Ok(changes)
}

/// What was chosen on the command line.
fn choice(arguments: &ExecArgs, system: &System) -> Choice {
    let (ca, cafile) = certificates::files_of(&arguments.certificates, system);
    Choice {
        profile: arguments.profile.clone(),
        region: arguments.region.clone(),
        credentials: arguments.creds,
        ca,
        cafile,
        ..Choice::default()
    }
}

fn by_hand(arguments: &ExecArgs, context: &mut Context<'_>, looking: &Looking<'_>) -> Result<(Target, Decided)> {
    let choice = choice(arguments, context.system);
    let mut wish = decide::wish_of_choice(context, looking, &choice, None)?
        .ok_or_else(|| Error::usage("no profile was given").hint("`credenv exec PROFILE -- COMMAND`"))?;
    let command = choice.command().replacen("use", "exec", 1);
    wish.decided = Reason::rule(format!("`{command}`"));
    switch::confirm(context, &wish, arguments.yes, &command)?;
    let target = switch::target(context, looking, &mut wish)?;
    let expired = web_identity::expired(context, &target);
    wish.notes.iter().chain(&expired).for_each(|note| context.system.say(note));
    Ok((target, Decided { by: By::Hand, profile: arguments.profile.clone(), stage: None }))
}

/// What this directory asks for: no hook is needed for it, and no choice made by hand counts.
fn by_directory(arguments: &ExecArgs, context: &mut Context<'_>, looking: &Looking<'_>) -> Result<(Target, Decided)> {
    let following = Following {
        follow: Follow::Directory,
        stage: arguments.stage.as_deref(),
        enters_protected: arguments.yes,
        credentials: arguments.creds,
    };
    let state = State::default();
    let decision = decide::follow(context, looking, &state, following);
    decision.notices.iter().for_each(|notice| context.system.say(notice));
    let Some(decided) = decision.decided else {
        return Err(Error::failed("no project file here says which profile to use")
            .hint("`credenv exec PROFILE -- COMMAND` names one; `credenv link PROFILE` writes one to .credenv.yml"));
    };
    let mut target = decision.target;
    if let Some(region) = &arguments.region {
        let reason = Reason::rule(format!("`credenv exec --region {region}`"));
        target.0.extend(target::of_region(&Chosen { text: region.clone(), reason }).0);
    }
    let choice = choice(arguments, context.system);
    let command = format!("credenv exec{}", choice.options());
    let by_flags = certificates::of_choice(&choice, &command);
    let reason = Reason::rule(format!("`{command}`"));
    for note in certificates::add(context, looking, &by_flags, &reason, &mut target)? {
        context.system.say(&note);
    }
    Ok((target, decided))
}
