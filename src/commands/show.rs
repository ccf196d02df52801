//! `credenv show`: what the AWS files say of a profile.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::context::Context;
use super::expiry::Lasting;
use super::list::{origin_json, shown};
use super::{Outcome, expiry, json};
use crate::cli::ShowArgs;
use crate::core::error::{Error, Result};
use crate::core::profile::{Profile, is_secret_key, sub_properties};
use crate::core::vars::MASK;
use crate::report;
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &ShowArgs, system: &System) -> Result<Outcome> {
    let context = Context::gather(system)?;
    let name = arguments.profile.as_deref().or_else(|| context.active_profile()).ok_or_else(|| {
        Error::failed("no profile is active").hint("`credenv show PROFILE` shows one; `credenv list` lists them")
    })?;
    let profile = context.profiles().require(name)?;
    let lasting = expiry::of_profile(&context.profiles(), &profile, system);
    let told =
        if arguments.json { json(&as_json(&profile, &lasting)) } else { text(&profile, &lasting, system).into_bytes() };
    Ok(Outcome::done(told))
}

fn value_shown<'v>(key: &str, value: &'v str) -> &'v str {
    if is_secret_key(key) { MASK } else { value }
}

fn as_json(profile: &Profile, lasting: &Lasting) -> Json {
    let properties: BTreeMap<_, _> =
        profile.properties.iter().map(|(key, property)| (key, value_shown(key, &property.value))).collect();
    let nested: BTreeMap<_, BTreeMap<_, _>> = profile
        .properties
        .iter()
        .map(|(key, property)| {
            let inner = sub_properties(&property.value);
            let masked = inner.into_iter().map(|(key, value)| (value_shown(&key, &value).to_owned(), key));
            (key, masked.map(|(value, key)| (key, value)).collect::<BTreeMap<_, _>>())
        })
        .filter(|(_, inner)| !inner.is_empty())
        .collect();
    json!({
        "name": profile.name.as_str(),
        "kind": profile.kind().as_str(),
        "properties": properties,
        "sub_properties": nested,
        "source": profile.sources.iter().map(origin_json).collect::<Vec<_>>(),
        "expires_at": lasting.told(),
        "renewable": lasting.renewable(),
    })
}

fn text(profile: &Profile, lasting: &Lasting, system: &System) -> String {
    let mut text = format!("{} ({})\n", report::clean(profile.name.as_str()), profile.kind().as_str());
    for (key, property) in &profile.properties {
        let at = report::clean(&shown(&property.origin, system));
        let inner = sub_properties(&property.value);
        if inner.is_empty() {
            let value = report::clean(value_shown(key, &property.value));
            let _ = writeln!(text, "  {} = {value}  # {at}", report::clean(key));
        } else {
            let _ = writeln!(text, "  {} =  # {at}", report::clean(key));
            for (key, value) in &inner {
                let _ = writeln!(text, "    {} = {}", report::clean(key), report::clean(value_shown(key, value)));
            }
        }
    }
    for origin in &profile.sources {
        let _ = writeln!(text, "  from {}", report::clean(&shown(origin, system)));
    }
    text.push_str(&lasting.lines());
    text
}
