//! `credenv hook`: what a shell evaluates at a prompt where something changed.

use std::path::{Path, PathBuf};

use super::context::{self, Context};
use super::decide::{self, Decision, Follow, Following};
use super::expiry::Ending;
use super::place::Looking;
use super::{Outcome, credentials, prompt, switch};
use crate::aws::files;
use crate::cli::HookArgs;
use crate::config::Config;
use crate::core::delta::{Delta, Intent, Undo, fingerprint, plan};
use crate::core::error::Result;
use crate::core::vars::{self, MANAGED, VarName};
use crate::core::watch::{SAID, Standing, Watch};
use crate::report;
use crate::shells::{self, Dialect};
use crate::state::State;
use crate::system::System;

pub(super) fn run(arguments: &HookArgs, system: &System) -> Result<Outcome> {
    let dialect = switch::dialect(&arguments.shell, system)?;
    // A shell that has just begun may have inherited the state of another, and its start-up files may have set the
    // variables anew: there what was decided is put in force again.
    let memory = arguments.memory.as_deref().unwrap_or(FRESH);
    if memory == PROMPT_ONLY {
        return prompt::refresh(dialect, system);
    }
    let memory = Memory::read(memory);
    let intent = if memory.is_fresh { Intent::Choose } else { Intent::Hold };
    let named = arguments.directory.as_ref().map_or_else(|| system.directory.clone(), PathBuf::from);
    // A shell need not have exported what it calls its directory.
    let moved;
    let system = if named != system.directory && system.standing(&named) == Standing::There {
        moved = System { directory: named.clone(), ..system.clone() };
        &moved
    } else {
        system
    };
    follow(dialect, system, context::state(system), intent, &memory, &named)
}

/// What a shell hands back that has not asked before.
const FRESH: &str = "fresh";

/// What it hands over instead where the person changed who they are, and nothing else is to be looked at.
const PROMPT_ONLY: &str = "prompt";

/// What a shell hands back: which words it was told already.
#[derive(Default)]
pub(super) struct Memory {
    is_fresh: bool,
    notices: Vec<u64>,
    /// Those about the end of an identity, which need not be told again when the shell has been elsewhere.
    ends: Vec<u64>,
}

impl Memory {
    /// So many words about ends are remembered: more than a day has.
    const ENDS: usize = 16;

    fn read(text: &str) -> Self {
        let mut memory = Self::default();
        for part in text.split(',') {
            match part.strip_prefix(SAID) {
                _ if part == FRESH => memory.is_fresh = true,
                Some(print) => memory.ends.extend(print.parse::<u64>()),
                None => memory.notices.extend(part.parse::<u64>()),
            }
        }
        memory
    }

    fn text(&self) -> String {
        let ends = &self.ends[self.ends.len().saturating_sub(Self::ENDS)..];
        let ends = ends.iter().map(|print| format!("{SAID}{print}"));
        self.notices.iter().map(u64::to_string).chain(ends).collect::<Vec<_>>().join(",")
    }
}

/// What the first prompt of a shell would be told, where it would change nothing and say nothing, so that it need not ask.
/// What the start-up file does behind us, the check that is in it notices. Where another shell left its state, that prompt
/// has more to do.
pub(super) fn first_look(dialect: &dyn Dialect, system: &System) -> Option<Vec<u8>> {
    if system.environment.contains_key(&VarName::known(vars::STATE)) {
        return None;
    }
    let memory = Memory::read(FRESH);
    let look = look(dialect, system, context::state(system), Intent::Choose, &memory, &system.directory).ok()?;
    (!look.changes && look.words.is_empty()).then_some(look.outcome.stdout)
}

/// Brings the shell, which calls its directory `named`, to what holds there, and tells what changed.
pub(super) fn follow(
    dialect: &dyn Dialect,
    system: &System,
    state: State,
    intent: Intent,
    told: &Memory,
    named: &Path,
) -> Result<Outcome> {
    let look = look(dialect, system, state, intent, told, named)?;
    for word in &look.words {
        system.say(word);
    }
    Ok(look.outcome)
}

/// What a look around brought.
struct Look {
    outcome: Outcome,
    /// Whether any variable changes.
    changes: bool,
    /// What is to be said to the person.
    words: Vec<String>,
}

fn look(
    dialect: &dyn Dialect,
    system: &System,
    mut state: State,
    intent: Intent,
    told: &Memory,
    named: &Path,
) -> Result<Look> {
    let looking_state = state.clone();
    let looking = Looking::new(system, &looking_state).watched_by(dialect);
    let (settings, broken) = match config(&looking, system) {
        Ok(settings) => (settings, None),
        Err(error) => (Config::default(), Some(report::error(&error))),
    };
    if intent == Intent::Choose && !credentials::all_stand(&state, system) {
        // A start-up file set others: with part of them, these are nobody's keys.
        state.decided = None;
    }
    let mut context = Context::without_aws_files(system, state.clone(), settings);
    let mut delta = Delta::default();
    let mut line_of_switch = None;
    let mut ending = Ending::default();
    let notices = if let Some(broken) = &broken {
        // What is protected is not known: then nothing is entered, and nothing left.
        vec![broken.clone()]
    } else {
        decide::settle(&mut state, &context);
        let following = Following { follow: Follow::Choices, stage: None, enters_protected: false, credentials: false };
        let mut decision = decide::follow(&mut context, &looking, &state, following);
        if intent == Intent::Hold && state.decided.is_some() && state.decided == decision.decided {
            // What had made way, or was not there, when this was decided: what stands there now came by another hand.
            let made_way =
                |name: &VarName| !state.undo.0.contains_key(name) && MANAGED.iter().any(|row| row.name == *name);
            decision.target.0.retain(|name, wanted| wanted.value.is_some() || !made_way(name));
        }
        let shelf = shells::shelf(dialect, true);
        let kept = if decision.keeps_keys { state.undo.split_off(vars::keys()) } else { Undo::default() };
        let (planned, mut undo) = plan(&system.environment, &state.undo, &decision.target, intent, shelf);
        undo.0.extend(kept.0);
        delta = planned;
        line_of_switch = (!delta.is_empty()).then(|| line(&decision, &delta, system));
        if let Some(before) = system.text("AWS_PROFILE")
            && delta.changes.contains_key(&VarName::known("AWS_PROFILE"))
        {
            state.previous = Some(before.to_owned());
        }
        state.undo = undo;
        state.decided = decision.decided;
        if dialect.carries_state() {
            switch::remember(&state, system, &mut delta);
        }
        ending = Ending::after(&context, &state, &delta);
        decision.notices
    };
    let config = broken.is_none().then_some(&context.settings);
    prompt::follow(&state, config, system, &mut delta);
    let prints: Vec<u64> = notices.iter().map(|notice| fingerprint(notice.as_bytes())).collect();
    let mut memory = Memory { is_fresh: false, notices: prints, ends: told.ends.clone() };
    let now = system.now();
    // A switch to what cannot be used is told each time; that the time has come, once.
    let word =
        ending.word(now).filter(|word| !told.ends.contains(&word.print) || (word.is_over && line_of_switch.is_some()));
    if let Some(word) = &word {
        memory.ends.retain(|print| *print != word.print);
        memory.ends.push(word.print);
    }
    let look_again_in = ending.look_again_in(dialect, &looking, now);
    // With another name of theirs, the AWS files are other files.
    for name in [&files::CONFIG_FILE, &files::CREDENTIALS_FILE] {
        looking.look_at_variable(name, &delta);
    }
    let watch = Watch { memory: Some(memory.text()), look_again_in, ..looking.watch(named) };
    let outcome = switch::print_for_hook(dialect, system, &delta, &watch)?;
    let mut words: Vec<String> =
        line_of_switch.filter(|_| !context.settings.quiet).map(|line| report::note(&line)).into_iter().collect();
    words.extend(word.map(|word| word.text));
    let unheard = notices.into_iter().zip(memory.notices).filter(|(_, print)| !told.notices.contains(print));
    words.extend(unheard.map(|(notice, _)| notice));
    Ok(Look { outcome, changes: !delta.is_empty(), words })
}

/// What changed, in one line.
fn line(decision: &Decision, delta: &Delta, system: &System) -> String {
    if let Some(summary) = &decision.summary {
        return summary.clone();
    }
    let after = |name| delta.after(&VarName::known(name), &system.environment);
    match (after("AWS_PROFILE"), after("AWS_ACCESS_KEY_ID")) {
        (Some(profile), _) => format!("back to {}", profile.shown()),
        (None, Some(_)) => "back to the keys in the environment".to_owned(),
        (None, None) => "back to no profile".to_owned(),
    }
}

/// The person's config, which may say something else tomorrow.
pub(super) fn config(looking: &Looking<'_>, system: &System) -> Result<Config> {
    match Config::path(system) {
        Some(path) if looking.look_at(&path) => Config::read(system),
        _ => Ok(Config::default()),
    }
}
