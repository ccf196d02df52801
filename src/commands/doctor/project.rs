//! The project files of this directory and those above: which of them are followed, and what stands in the way.

use super::serverless;
use crate::aws::profiles::Profiles;
use crate::commands::context::Context;
use crate::commands::decide::{self, near_as_typed};
use crate::commands::place::{Judged, Looking, ProjectFile};
use crate::config::Config;
use crate::core::binding::{Answer, Binding};
use crate::core::error::{Error, Result};
use crate::core::finding::{Finding, SERVERLESS_3};
use crate::core::target::stage_prefix;
use crate::core::text::as_typed;
use crate::core::trust::Trust;
use crate::project::serverless::FORMAT;
use crate::state::State;
use crate::system::System;

use super::programs::Programs;

/// What is told of the project that we are in. Where the config cannot be read, nothing is followed at all.
pub(super) fn of(
    settings: Result<Config>,
    state: &State,
    profiles: &Profiles<'_>,
    programs: &Programs,
    system: &System,
) -> Vec<Finding> {
    let looking = Looking::at_a_glance(system, state);
    let mut context = Context::without_aws_files(system, state.clone(), settings.unwrap_or_default());
    let mut found = Vec::new();
    let mut followed = None;
    // What a nearer file decides leaves nothing to those above it.
    for file in looking.above(&system.directory) {
        let binding = match looking.judge(&file) {
            Judged::Untrusted(trust) => {
                found.extend(not_followed(&file, trust, system));
                continue;
            }
            Judged::Broken(error) => {
                found.push(broken(&file, &error, system));
                continue;
            }
            Judged::Trusted(binding) => *binding,
        };
        match in_stage(&looking, &file, binding) {
            Err(error) => found.push(broken(&file, &error, system)),
            Ok(binding) => {
                found.extend(regions_unknown(&binding.answer));
                found.extend(stages(&binding, &context, profiles));
                let decided = decide::check(&mut context, &looking, &binding);
                if let Err(error) = &decided {
                    found.push(refused(&file, error));
                }
                if decided != Ok(false) {
                    followed = Some(binding);
                    break;
                }
            }
        }
    }
    let version = programs.serverless.as_ref();
    if version.is_none_or(super::programs::Version::is_serverless_3) {
        let inside = looking.above(&system.directory).any(|file| file.format.name == FORMAT.name);
        found.extend(serverless::of(inside, followed.as_ref(), &context.settings, state, profiles, system));
    }
    found
}

/// The binding in the stage that the person asks for in this shell.
fn in_stage(looking: &Looking<'_>, file: &ProjectFile, binding: Binding) -> Result<Binding> {
    match looking.stage() {
        Some(stage) => looking.read_binding(file, Some(&stage)),
        None => Ok(binding),
    }
}

fn not_followed(file: &ProjectFile, trust: Trust, system: &System) -> Option<Finding> {
    let typed = near_as_typed(&file.path, system);
    let shows = format!("`credenv allow {typed}` shows what it asks for and allows it");
    let finding = match trust {
        Trust::New => Finding::note("the project file is not followed: it was never allowed", &[], shows),
        Trust::Changed => {
            let message = "the project file is not followed: it asks for something other than what you allowed";
            Finding::problem(message, &[], shows)
        }
        Trust::Denied => Finding::note("the project file is denied, and is never followed", &[], shows),
        Trust::Trusted => return None,
    };
    Some(finding.in_file(&file.path))
}

fn broken(file: &ProjectFile, error: &Error, system: &System) -> Finding {
    let typed = near_as_typed(&file.path, system);
    let corrected = format!("fix it, then `credenv allow {typed}` if it asks for something else now");
    let remedy = error.hint_text().map_or(corrected, str::to_owned);
    Finding::problem(in_full(error), &[], remedy).in_file(&file.path)
}

/// It may be followed, and cannot be.
fn refused(file: &ProjectFile, error: &Error) -> Finding {
    let remedy = error.hint_text().unwrap_or("`credenv link PROFILE` writes another to .credenv.yml");
    Finding::problem(in_full(error), &[], remedy).in_file(&file.path)
}

fn in_full(error: &Error) -> String {
    let causes = error.causes().iter().filter(|cause| !cause.starts_with("looked "));
    causes.fold(error.message().to_owned(), |told, cause| format!("{told}: {cause}"))
}

/// A region that cannot be told leaves the profile's own in force.
fn regions_unknown(answer: &Answer) -> Vec<Finding> {
    let regions = answer.unresolved.iter().filter(|unresolved| unresolved.key.ends_with("region"));
    let told = regions.map(|unresolved| {
        let message = format!("`{}` cannot be resolved here: {}", unresolved.key, unresolved.reason);
        let remedy = "the profile's own region is used; `region:` in .credenv.yml sets another";
        Finding::note(message, &[], remedy).at(&unresolved.origin)
    });
    told.collect()
}

/// Stages that nothing can be set for, and those whose profile is not there.
fn stages(binding: &Binding, context: &Context<'_>, profiles: &Profiles<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (stage, answer) in &binding.stages {
        let Some(said) = &answer.asked.profile else { continue };
        if stage_prefix(stage).is_none() {
            let message = format!(
                "stage `{stage}` cannot have a variable of its own, because of its name: with `--stage {stage}`, this \
                 program uses `AWS_PROFILE`"
            );
            let remedy = format!("`credenv exec --stage {} -- COMMAND` does it right", as_typed(stage));
            found.push(Finding::note(message, &[SERVERLESS_3], remedy).at(&said.origin));
        }
        let own = context.settings.own_name(&said.text).map_or(said.text.as_str(), |own| &own.text);
        if Some(stage) != binding.stage.as_ref() && profiles.get(own).is_none() {
            let message = format!("stage `{stage}` asks for the profile `{own}`, which you do not have");
            let remedy = "if you call it something else, say so under `profiles:` in your config.yml";
            found.push(Finding::note(message, &[], remedy).at(&said.origin));
        }
    }
    found
}
