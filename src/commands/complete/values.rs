//! The values of an argument: its own, if it names them, else by the name that the help gives its value.

use std::collections::BTreeSet;

use clap::{Arg, ValueHint};

use super::Offers;
use crate::aws::regions;
use crate::commands::context::Context;
use crate::commands::place::Looking;
use crate::commands::r#use::nearest;
use crate::config::Config;
use crate::core::profile::Kind;
use crate::core::vars::{MANAGED, STATE, Value, VarName};
use crate::state::{Found, State};
use crate::system::System;

/// The formats of the AWS CLI. It is the one to refuse others.
const OUTPUT_FORMATS: [&str; 5] = ["json", "table", "text", "yaml", "yaml-stream"];

pub(super) fn offer(arg: &Arg, system: &System, offers: &mut Offers<'_>) {
    let own = arg.get_possible_values();
    for value in own.iter().filter(|value| !value.is_hide_set()) {
        offers.add(value.get_name(), &super::text(value.get_help()));
    }
    if !own.is_empty() {
        return;
    }
    let name = arg.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
    match name {
        "PROFILE" => {
            // `use` alone goes back.
            if arg.is_positional() && offers.spot.command.get_name() == "use" {
                previous(system, offers);
            }
            profiles(system, offers);
        }
        // A new name is most often a variation of another, and so is a pattern.
        "NAME" | "PATTERN" => profiles(system, offers),
        "STAGE" => stages(system, offers),
        "REGION" => regions(system, offers),
        "SESSION" => sessions(system, offers),
        "VAR" => variables(system, offers),
        "FORMAT" => OUTPUT_FORMATS.iter().for_each(|format| offers.add(format, "")),
        _ if matches!(arg.get_value_hint(), ValueHint::FilePath | ValueHint::AnyPath) => offers.ask("files"),
        _ => {}
    }
}

/// The state of this shell; a damaged one is told by those who follow it.
fn state(system: &System) -> State {
    let text = system.environment.get(&VarName::known(STATE)).map_or(&b""[..], Value::as_bytes);
    match State::from_text(text) {
        Found::State(state) => state,
        Found::Nothing | Found::Damaged => State::default(),
    }
}

/// What can be read of the person's config and the AWS files.
fn gather(system: &System) -> Context<'_> {
    let mut context = Context::without_aws_files(system, state(system), Config::read(system).unwrap_or_default());
    let _ = context.read_aws_files();
    context
}

fn previous(system: &System, offers: &mut Offers<'_>) {
    if let Some(name) = state(system).previous {
        offers.add("-", &format!("the previous profile: {name}"));
    }
}

/// Nobody reads where so many profiles lead, and to tell it takes longer than to name them.
const MOST_DESCRIBED: usize = 1_000;

fn profiles(system: &System, offers: &mut Offers<'_>) {
    let context = gather(system);
    let found = context.profiles();
    let mut names = found.names();
    names.retain(|name| offers.takes(name));
    // As much as most take: to make room little by little takes longer than to fill it.
    offers.lines.reserve(names.iter().map(|name| name.len() + 1).sum::<usize>() + 64 * names.len().min(MOST_DESCRIBED));
    if names.len() > MOST_DESCRIBED {
        return names.iter().for_each(|name| offers.line(name, &[]));
    }
    let active = context.active_profile();
    for profile in found.glance(&|name| offers.takes(name)) {
        let (kind, who) = (profile.kind(), [profile.account(), profile.role()]);
        let kind = (who == [None, None] && kind != Kind::None).then_some(kind.as_str());
        let protected = context.settings.protects(profile.name).then_some("protected");
        let active = (active == Some(profile.name)).then_some("active");
        let mut parts = Vec::with_capacity(12);
        let facts = [who[0], who[1], kind, profile.region()].into_iter().flatten().map(|fact| (fact, " "));
        let marks = [protected, active].into_iter().flatten().map(|mark| (mark, ", "));
        for (part, before) in facts.chain(marks) {
            if !parts.is_empty() {
                parts.push(before);
            }
            parts.push(part);
        }
        offers.line(profile.name, &parts);
    }
}

/// The stages of the nearest project that is trusted: others are not even parsed.
fn stages(system: &System, offers: &mut Offers<'_>) {
    let state = state(system);
    let looking = Looking::at_a_glance(system, &state);
    let Some((_, binding)) = nearest(&looking, system) else { return };
    let default = binding.default_stage.iter().map(|stage| (stage, &binding.answer));
    let named = binding.stages.iter().map(|(stage, answer)| (stage, answer));
    let mut seen = BTreeSet::new();
    for (stage, answer) in named.chain(default).filter(|(stage, _)| seen.insert(*stage)) {
        offers.add(stage, answer.asked.profile.as_ref().map_or("", |said| &said.text));
    }
}

/// Those of AWS, and others that the person uses.
fn regions(system: &System, offers: &mut Offers<'_>) {
    let context = gather(system);
    let theirs = context.profiles().regions();
    for (region, place) in regions::all() {
        offers.add(region, place);
    }
    for region in theirs.iter().filter(|region| regions::all().all(|(known, _)| known != region.as_str())) {
        offers.add(region, "");
    }
}

fn sessions(system: &System, offers: &mut Offers<'_>) {
    let context = gather(system);
    for (name, properties) in context.profiles().sso_sessions() {
        offers.add(&name, properties.get("sso_start_url").map_or("", |url| &url.value));
    }
}

/// The variables that are managed, and the others that credenv changed in this shell.
fn variables(system: &System, offers: &mut Offers<'_>) {
    let state = state(system);
    let managed = MANAGED.iter().map(|row| &row.name);
    for name in managed.chain(state.undo.0.keys()).collect::<BTreeSet<_>>() {
        let value = system.variable(name);
        offers.add(name.as_str(), &value.as_ref().map(Value::shown).unwrap_or_default());
    }
}
