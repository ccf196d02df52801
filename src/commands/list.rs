//! `credenv list`: the profiles.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::context::Context;
use super::{Outcome, expiry, json};
use crate::aws::sessions::{self, Caches, Expiry};
use crate::cli::ListArgs;
use crate::clock::Moment;
use crate::core::binding::Origin;
use crate::core::error::Result;
use crate::core::profile::Profile;
use crate::report;
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &ListArgs, system: &System) -> Result<Outcome> {
    let context = Context::gather(system)?;
    let profiles = context.profiles();
    if arguments.json {
        let all = profiles.all();
        let active = context.active_profile();
        let mut entries: Vec<_> = all.iter().map(|profile| entry(profile, active, &context)).collect();
        let now = system.now();
        for (entry, expiry) in entries.iter_mut().zip(expiries(&all, system, now)) {
            entry.renewable = expiry.as_ref().is_some_and(|expiry| expiry.renewable);
            entry.expires_at = expiry.and_then(|expiry| expiry.told(now));
        }
        return Ok(Outcome::done(json(&entries)));
    }
    if arguments.long {
        let (all, now) = (profiles.all(), system.now());
        let expiries = expiries(&all, system, now).into_iter().map(|expiry| expiry.map(|expiry| expiry.in_words(now)));
        let rows: Vec<_> =
            all.iter().zip(expiries).map(|(profile, expires)| row(profile, expires.as_deref(), &context)).collect();
        return Ok(Outcome::done(table(&rows)));
    }
    let names = profiles.names();
    let mut text = String::with_capacity(names.iter().map(|name| name.len() + 1).sum());
    for name in names {
        text.push_str(name);
        text.push('\n');
    }
    Ok(Outcome::done(text))
}

/// A profile as `--json` tells it: a form that others rely on.
#[derive(Serialize)]
struct Entry<'e> {
    name: &'e str,
    kind: &'static str,
    region: Option<&'e str>,
    account_id: Option<&'e str>,
    role: Option<&'e str>,
    source: Vec<Line<'e>>,
    active: bool,
    protected: bool,
    /// Until when it lasts; null where that is not known, where it lasts for ever, and where what ended is renewed by the
    /// program that needs it.
    expires_at: Option<String>,
    /// Whether programs renew it by themselves.
    renewable: bool,
}

/// Until when each of the profiles lasts. Every cache file is read once.
fn expiries(all: &[Profile], system: &System, now: Moment) -> Vec<Option<Expiry>> {
    let by_name: HashMap<_, _> = all.iter().map(|profile| (profile.name.as_str(), profile)).collect();
    let read = |path: &Path| expiry::read(system, path);
    let caches = Caches::new(system.home.as_deref(), &read);
    let find = |name: &str| by_name.get(name).map(|profile| Cow::Borrowed(*profile));
    all.iter().map(|profile| sessions::expiry(profile, &find, &caches, now)).collect()
}

#[derive(Serialize)]
struct Line<'e> {
    file: Cow<'e, str>,
    line: u32,
}

fn entry<'e>(profile: &'e Profile, active: Option<&str>, context: &Context<'_>) -> Entry<'e> {
    let name = profile.name.as_str();
    let line = |origin: &'e Origin| Line { file: origin.file.to_string_lossy(), line: origin.line };
    Entry {
        name,
        kind: profile.kind().as_str(),
        region: profile.region(),
        account_id: profile.account(),
        role: profile.role(),
        source: profile.sources.iter().map(line).collect(),
        active: active == Some(name),
        protected: context.settings.protects(name),
        expires_at: None,
        renewable: false,
    }
}

pub(super) fn origin_json(origin: &Origin) -> Json {
    json!({ "file": origin.file.display().to_string(), "line": origin.line })
}

const HEADINGS: [&str; 8] = ["", "PROFILE", "KIND", "ACCOUNT", "ROLE", "REGION", "EXPIRES", "SOURCE"];

fn row(profile: &Profile, expires: Option<&str>, context: &Context<'_>) -> [String; 8] {
    let name = profile.name.as_str();
    let text = |value: Option<&str>| value.map_or_else(|| "-".to_owned(), report::clean);
    let mark = if context.active_profile() == Some(name) { "*" } else { "" };
    let kind = profile.kind().as_str();
    let kind = if context.settings.protects(name) { format!("{kind}, protected") } else { kind.to_owned() };
    let sources = profile.sources.iter().map(|origin| shown(origin, context.system)).collect::<Vec<_>>();
    [
        mark.to_owned(),
        report::clean(name),
        kind,
        text(profile.account()),
        text(profile.role()),
        text(profile.region()),
        text(expires),
        report::clean(&sources.join(", ")),
    ]
}

/// A line of a file, with `~` for the home directory.
pub(super) fn shown(origin: &Origin, system: &System) -> String {
    match system.home.as_deref().and_then(|home| origin.file.strip_prefix(home).ok()) {
        Some(below) => format!("~/{}:{}", below.display(), origin.line),
        None => origin.to_string(),
    }
}

fn table(rows: &[[String; 8]]) -> String {
    let mut widths = HEADINGS.map(|heading| heading.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let headings = HEADINGS.map(str::to_owned);
    for row in std::iter::once(&headings).chain(rows) {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
