//! `credenv list`: the profiles.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value as Json, json};
use unicode_width::UnicodeWidthStr;

use super::context::Context;
use super::{Outcome, expiry, json};
use crate::aws::sessions::{self, Caches, Expiry};
use crate::cli::{ListArgs, Sort};
use crate::clock::Moment;
use crate::config;
use crate::core::binding::Origin;
use crate::core::error::{Error, Result};
use crate::core::profile::Profile;
use crate::report;
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &ListArgs, system: &System) -> Result<Outcome> {
    let context = Context::gather(system)?;
    let profiles = context.profiles();
    let fits = |name: &str| arguments.pattern.as_deref().is_none_or(|pattern| fits(pattern, name));
    let nothing_fits = || match &arguments.pattern {
        Some(pattern) => {
            Err(Error::failed(format!("no profile matches `{pattern}`")).hint("`credenv list` shows your profiles"))
        }
        None => Ok(Outcome::default()),
    };
    let by_name_alone = arguments.kind.is_none() && matches!(arguments.sort, Sort::File | Sort::Name);
    if !arguments.long && !arguments.json && by_name_alone {
        let mut names: Vec<_> = profiles.names().into_iter().filter(|name| fits(name)).collect();
        if names.is_empty() {
            return nothing_fits();
        }
        if arguments.sort == Sort::Name {
            names.sort_unstable();
        }
        return Ok(Outcome::done(lines(names.into_iter())));
    }
    let (all, now) = (profiles.all(), system.now());
    let expiries = expiries(&all, system, now);
    let is_kind = |profile: &Profile| arguments.kind.as_deref().is_none_or(|kind| profile.kind().as_str() == kind);
    let mut found: Vec<_> = all
        .iter()
        .zip(expiries)
        .filter(|(profile, _)| fits(profile.name.as_str()) && is_kind(profile))
        .map(|(profile, expiry)| Found { profile, expiry })
        .collect();
    sort(&mut found, arguments.sort);
    if arguments.json {
        let active = context.active_profile();
        let entries: Vec<_> = found.iter().map(|found| entry(found, active, &context, now)).collect();
        return Ok(Outcome::done(json(&entries)));
    }
    if found.is_empty() && arguments.pattern.is_some() {
        return nothing_fits();
    }
    if arguments.long {
        let rows: Vec<_> = found.iter().map(|found| row(found, &context, now)).collect();
        return Ok(Outcome::done(table(&rows, system.shows_colour())));
    }
    Ok(Outcome::done(lines(found.iter().map(|found| found.profile.name.as_str()))))
}

/// A profile that is listed, and until when it lasts.
struct Found<'f> {
    profile: &'f Profile,
    expiry: Option<Expiry>,
}

/// Whether a name fits what was typed: a pattern with `*`, or a part of the name in letters of any case.
fn fits(pattern: &str, name: &str) -> bool {
    if pattern.contains('*') {
        return config::matches(pattern, name);
    }
    name.to_lowercase().contains(&pattern.to_lowercase())
}

/// Sorts; those alike stay in the order of the files, and what is not known comes last.
fn sort(found: &mut [Found<'_>], by: Sort) {
    let last = |text: Option<&str>| (text.is_none(), text.map(str::to_owned));
    match by {
        Sort::File => {}
        Sort::Name => found.sort_by(|one, other| one.profile.name.cmp(&other.profile.name)),
        Sort::Kind => found.sort_by_key(|found| found.profile.kind().as_str()),
        Sort::Account => found.sort_by_key(|found| (last(found.profile.account()), last(found.profile.role()))),
        Sort::Region => found.sort_by_key(|found| last(found.profile.region())),
        Sort::Expiry => found.sort_by_key(|found| found.expiry.as_ref().map_or(i64::MAX, |expiry| expiry.at.0)),
    }
}

fn lines<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut text = String::new();
    for name in names {
        text.push_str(name);
        text.push('\n');
    }
    text
}

/// A profile as `--json` tells it: a form that others rely on.
#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
struct Entry<'e> {
    name: &'e str,
    kind: &'static str,
    region: Option<&'e str>,
    account_id: Option<&'e str>,
    role: Option<&'e str>,
    source: Vec<Line<'e>>,
    active: bool,
    /// Whether `use -` leads there.
    previous: bool,
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

fn entry<'e>(found: &Found<'e>, active: Option<&str>, context: &Context<'_>, now: Moment) -> Entry<'e> {
    let profile = found.profile;
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
        previous: context.state.previous.as_deref() == Some(name),
        protected: context.settings.protects(name),
        expires_at: found.expiry.as_ref().and_then(|expiry| expiry.told(now)),
        renewable: found.expiry.as_ref().is_some_and(|expiry| expiry.renewable),
    }
}

pub(super) fn origin_json(origin: &Origin) -> Json {
    json!({ "file": origin.file.display().to_string(), "line": origin.line })
}

const HEADINGS: [&str; 8] = ["", "PROFILE", "KIND", "ACCOUNT", "ROLE", "REGION", "EXPIRES", "SOURCE"];

/// The column that tells until when.
const EXPIRES: usize = 6;

/// A line of the table.
struct Row {
    cells: [String; 8],
    /// The colour of the whole line and of the time, for who sees colour: each says what a word or a mark says too.
    style: &'static str,
    style_of_time: &'static str,
}

const BOLD: &str = "1";
const YELLOW: &str = "33";
const RED: &str = "31";

fn row(found: &Found<'_>, context: &Context<'_>, now: Moment) -> Row {
    let Found { profile, expiry } = found;
    let name = profile.name.as_str();
    let text = |value: Option<&str>| value.map_or_else(|| "-".to_owned(), report::clean);
    let is_active = context.active_profile() == Some(name);
    let is_protected = context.settings.protects(name);
    let mark = match context.state.previous.as_deref() {
        _ if is_active => "*",
        Some(previous) if previous == name => "-",
        _ => "",
    };
    let kind = profile.kind().as_str();
    let kind = if is_protected { format!("{kind}, protected") } else { kind.to_owned() };
    let sources = profile.sources.iter().map(|origin| shown(origin, context.system)).collect::<Vec<_>>();
    let expires = expiry.as_ref().map(|expiry| expiry.in_words(now));
    Row {
        cells: [
            mark.to_owned(),
            report::clean(name),
            kind,
            text(profile.account()),
            text(profile.role()),
            text(profile.region()),
            text(expires.as_deref()),
            report::clean(&sources.join(", ")),
        ],
        style: match (is_active, is_protected) {
            (true, _) => BOLD,
            (false, true) => YELLOW,
            (false, false) => "",
        },
        style_of_time: match expiry {
            Some(expiry) if expiry.is_over(now) => RED,
            Some(expiry) if expiry.is_near(now) => YELLOW,
            _ => "",
        },
    }
}

/// A line of a file, with `~` for the home directory.
pub(super) fn shown(origin: &Origin, system: &System) -> String {
    format!("{}:{}", system.in_home(&origin.file), origin.line)
}

fn table(rows: &[Row], in_colour: bool) -> String {
    let mut widths = HEADINGS.map(UnicodeWidthStr::width);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(&row.cells) {
            *width = (*width).max(cell.width());
        }
    }
    let headings = Row { cells: HEADINGS.map(str::to_owned), style: BOLD, style_of_time: "" };
    let mut text = String::new();
    for row in std::iter::once(&headings).chain(rows) {
        let mut line = String::new();
        for (column, (cell, width)) in row.cells.iter().zip(widths).enumerate() {
            let style = if column == EXPIRES && !row.style_of_time.is_empty() { row.style_of_time } else { row.style };
            let painted = in_colour && !style.is_empty() && !cell.is_empty();
            let cell_shown = if painted { format!("\u{1b}[{style}m{cell}\u{1b}[m") } else { cell.clone() };
            let blanks = width - cell.width() + if column + 1 == HEADINGS.len() { 0 } else { 2 };
            let _ = write!(line, "{cell_shown}{:blanks$}", "");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
