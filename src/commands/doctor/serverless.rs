//! What only the Serverless Framework v3 stumbles over: its variables for each stage, profiles that it cannot follow, and
//! its region.

use crate::aws::profiles::Profiles;
use crate::commands::doctor::environment::active;
use crate::config::Config;
use crate::core::binding::Binding;
use crate::core::finding::{Finding, SERVERLESS_3};
use crate::core::profile::{Kind, Profile};
use crate::core::text::as_typed;
use crate::core::vars::{MANAGED, Value, VarName};
use crate::project::serverless::FORMAT;
use crate::state::State;
use crate::system::System;

/// The region that it takes when nothing in the project names one.
const DEFAULT_REGION: &str = "us-east-1";

/// What is told; `inside` a Serverless project, and what the project file asks for that is followed here.
pub(super) fn of(
    inside: bool,
    binding: Option<&Binding>,
    settings: &Config,
    state: &State,
    profiles: &Profiles<'_>,
    system: &System,
) -> Vec<Finding> {
    let mut found = missing_profiles(inside, state, profiles, system);
    found.extend(keys_of_stages(inside, system));
    if inside {
        found.extend(cannot_follow(profiles, system));
        found.extend(one_for_all_stages(binding, settings, state, system));
        found.extend(region(binding, system));
    } else {
        found.extend(cannot_follow_any(profiles));
    }
    found
}

/// The variables `AWS_<STAGE>_…` that end so: the name of the stage, the variable, its value.
fn of_stages<'s>(system: &'s System, ending: &'s str) -> impl Iterator<Item = (&'s str, &'s VarName, &'s Value)> {
    system.environment.iter().filter_map(move |(name, value)| {
        let stage = name.as_str().strip_prefix("AWS_")?.strip_suffix(ending)?;
        let is_managed = MANAGED.iter().any(|row| row.name == *name);
        (!is_managed && !stage.is_empty() && !value.as_bytes().is_empty()).then_some((stage, name, value))
    })
}

fn told(inside: bool, message: String, remedy: String, variable: &VarName) -> Finding {
    let told = if inside { Finding::problem } else { Finding::note };
    told(message, &[SERVERLESS_3], remedy).about(variable.as_str())
}

/// A name that does not exist is fatal in its stage, whatever else is named.
fn missing_profiles(inside: bool, state: &State, profiles: &Profiles<'_>, system: &System) -> Vec<Finding> {
    let missing = of_stages(system, "_PROFILE").filter_map(|(stage, name, value)| {
        let profile = value.shown();
        if profiles.get(&profile).is_some() {
            return None;
        }
        let message = format!(
            "`{name}` names the profile `{profile}`, which does not exist: nothing works in stage `{}`",
            stage.to_lowercase()
        );
        if state.undo.holds(name, &system.environment) {
            // So that the stage is not deployed to the account of another.
            let remedy = "nothing to do, unless you deploy that stage";
            return Some(Finding::note(message, &[SERVERLESS_3], remedy).about(name.as_str()));
        }
        Some(told(inside, message, format!("`unset {name}`"), name))
    });
    missing.collect()
}

/// Keys left over from a stage speak louder than any profile but that of the stage.
fn keys_of_stages(inside: bool, system: &System) -> Vec<Finding> {
    let is_set = |stage: &str, last: &str| {
        let name = VarName::from_string(format!("AWS_{stage}_{last}"));
        name.is_some_and(|name| system.environment.get(&name).is_some_and(|value| !value.as_bytes().is_empty()))
    };
    let keys = of_stages(system, "_ACCESS_KEY_ID")
        .filter(|(stage, ..)| is_set(stage, "SECRET_ACCESS_KEY") && !is_set(stage, "PROFILE"));
    let found = keys.map(|(stage, name, _)| {
        let message = format!("`{name}` overrides `AWS_PROFILE` in stage `{}`", stage.to_lowercase());
        let remedy = format!("`unset {name} AWS_{stage}_SECRET_ACCESS_KEY AWS_{stage}_SESSION_TOKEN`");
        told(inside, message, remedy, name)
    });
    found.collect()
}

/// Whether it comes to no credentials by that kind of profile.
fn is_beyond_it(profile: &Profile) -> bool {
    matches!(profile.kind(), Kind::Sso | Kind::CredentialProcess | Kind::WebIdentity | Kind::Login)
}

/// The profile in force is of a kind that it never follows. Keys in the environment come after the profile.
fn cannot_follow(profiles: &Profiles<'_>, system: &System) -> Option<Finding> {
    let profile = active(profiles, system).filter(is_beyond_it)?;
    let message = format!(
        "the active profile, `{}`, is of kind `{}`, which this program cannot use",
        profile.name,
        profile.kind().as_str()
    );
    let remedy = format!("`credenv exec {} --creds -- serverless …`", as_typed(profile.name.as_str()));
    Some(Finding::problem(message, &[SERVERLESS_3], remedy).about("AWS_PROFILE"))
}

/// The same outside of a project, all profiles at once.
fn cannot_follow_any(profiles: &Profiles<'_>) -> Option<Finding> {
    let number = profiles.all().iter().filter(|profile| is_beyond_it(profile)).count();
    (number > 0).then(|| {
        let whose = if number == 1 { "1 profile leads".to_owned() } else { format!("{number} profiles lead") };
        let message = format!("{whose} to credentials by SSO, a program or a token, which this program cannot use");
        let [config, _] = profiles.files();
        Finding::note(message, &[SERVERLESS_3], "`credenv exec PROFILE --creds -- serverless …`").in_file(config)
    })
}

/// `AWS_PROFILE` speaks louder than the project's own file, for every stage.
fn one_for_all_stages(binding: Option<&Binding>, settings: &Config, state: &State, system: &System) -> Vec<Finding> {
    // What credenv decided was decided for every stage.
    let Some((binding, profile)) = binding.zip(system.text("AWS_PROFILE")).filter(|_| state.decided.is_none()) else {
        return Vec::new();
    };
    let others = binding.stages.iter().filter_map(|(stage, answer)| {
        let said = answer.asked.profile.as_ref()?;
        let own = settings.own_name(&said.text).map_or(&said.text, |own| &own.text);
        let name = VarName::from_string(format!("AWS_{}_PROFILE", stage.to_uppercase()))?;
        let message = format!("`AWS_PROFILE` (`{profile}`) overrides `{}` of stage `{stage}`", said.text);
        let remedy = "`credenv auto` sets a profile for each stage";
        let is_set = system.environment.contains_key(&name);
        (own != profile && !is_set).then(|| Finding::problem(message, &[SERVERLESS_3], remedy).at(&said.origin))
    });
    others.collect()
}

/// It never looks at `AWS_REGION`.
fn region(binding: Option<&Binding>, system: &System) -> Option<Finding> {
    let binding = binding.filter(|binding| binding.format == FORMAT.name)?;
    let region = system.text("AWS_REGION").filter(|region| *region != DEFAULT_REGION)?;
    let unresolved = &binding.answer.unresolved;
    if binding.answer.asked.region.is_some() || unresolved.iter().any(|unresolved| unresolved.key.ends_with("region")) {
        return None;
    }
    let message = format!(
        "the project names no region: this program deploys to {DEFAULT_REGION}, and ignores `AWS_REGION` (`{region}`)"
    );
    let remedy = format!("add `region: {region}` below `provider:`, or pass `--region {region}`");
    Some(Finding::problem(message, &[SERVERLESS_3], remedy).in_file(&binding.file))
}
