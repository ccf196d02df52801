//! Until when the identity in force lasts: what is read for it, and what is said of it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::place::Looking;
use crate::aws::profiles::Profiles;
use crate::aws::sessions::{self, Caches, Expiry};
use crate::clock::Moment;
use crate::core::delta::{Delta, fingerprint};
use crate::core::finding::Finding;
use crate::core::profile::Profile;
use crate::core::vars::VarName;
use crate::report;
use crate::shells::Dialect;
use crate::state::{By, Choice, State};
use crate::system::System;

/// Reads a cache file. To open anything but a regular file may wait for ever.
pub(super) fn read(system: &System, path: &Path) -> Option<Vec<u8>> {
    if system.is_file(path) != Some(true) {
        return None;
    }
    system.read(path, sessions::SIZE_LIMIT).ok().flatten()
}

/// Until when a profile lasts, and until when the AWS CLI alone goes on with keys of its own after that.
pub(super) fn of_profile(profiles: &Profiles<'_>, profile: &Profile, system: &System) -> Lasting {
    let (read, now) = (|path: &Path| read(system, path), system.now());
    let caches = Caches::new(system.home.as_deref(), &read);
    let expiry = sessions::expiry(profile, &|name| profiles.get(name).map(Cow::Owned), &caches, now);
    let cli_goes_on =
        expiry.as_ref().filter(|expiry| expiry.is_over(now)).and_then(|_| sessions::cli_goes_on(profile, &caches, now));
    Lasting { expiry, cli_goes_on, now }
}

/// That nobody is logged in to what the profile needs, and what begins it.
pub(super) fn not_begun(profiles: &Profiles<'_>, profile: &Profile, system: &System) -> Option<String> {
    let read = |path: &Path| read(system, path);
    let caches = Caches::new(system.home.as_deref(), &read);
    let session = sessions::not_begun(profile, &|name| profiles.get(name).map(Cow::Owned), &caches)?;
    let finding = session.finding_of_nobody();
    Some(format!("{}: {}", finding.message, finding.remedy))
}

/// Until when the keys in the environment last.
pub(super) fn of_environment(state: &State, system: &System) -> Lasting {
    let expiration = system.text("AWS_CREDENTIAL_EXPIRATION").or_else(|| system.text("AWS_SESSION_EXPIRATION"));
    let expiry = expiration.and_then(|text| sessions::of_environment(text, command_of_keys(state, system)));
    Lasting { expiry, cli_goes_on: None, now: system.now() }
}

/// What `status` and `show` tell of it.
pub(super) struct Lasting {
    pub(super) expiry: Option<Expiry>,
    cli_goes_on: Option<Moment>,
    now: Moment,
}

impl Lasting {
    /// Nothing is known, or there is nothing to know.
    pub(super) fn unknown(system: &System) -> Self {
        Self { expiry: None, cli_goes_on: None, now: system.now() }
    }

    /// The moment, for programs.
    pub(super) fn told(&self) -> Option<String> {
        self.expiry.as_ref().and_then(|expiry| expiry.told(self.now))
    }

    /// Whether programs renew it by themselves.
    pub(super) fn renewable(&self) -> bool {
        self.expiry.as_ref().is_some_and(|expiry| expiry.renewable)
    }

    /// For a person, a line or two.
    pub(super) fn lines(&self) -> String {
        let sentence = self.expiry.as_ref().map(|expiry| expiry.sentence(self.now));
        let cli = self.cli_goes_on.map(|until| {
            format!("only the AWS CLI still works, with cached keys that end {}", until.seen_from(self.now))
        });
        sentence.iter().chain(&cli).flat_map(|line| ["  ".to_owned(), report::clean(line), "\n".to_owned()]).collect()
    }
}

/// The command that put keys of ours into the environment.
fn command_of_keys(state: &State, system: &System) -> Option<String> {
    let ours = state.undo.holds(&VarName::known("AWS_ACCESS_KEY_ID"), &system.environment);
    state.choices.iter().rev().find(|choice| ours && choice.credentials).map(Choice::command)
}

/// A profile that was entered, and what is known of its end.
pub(super) struct Entered {
    profile: String,
    expiry: Option<Expiry>,
    looked_for: Vec<PathBuf>,
}

impl Entered {
    pub(super) fn new(profiles: &Profiles<'_>, profile: &Profile, system: &System) -> Self {
        let read = |path: &Path| read(system, path);
        let caches = Caches::new(system.home.as_deref(), &read);
        let find = |name: &str| profiles.get(name).map(Cow::Owned);
        let expiry = sessions::expiry(profile, &find, &caches, system.now());
        Self { profile: profile.name.as_str().to_owned(), expiry, looked_for: caches.looked_for() }
    }
}

/// What is known of the end of an identity after a change.
#[derive(Default)]
pub(super) struct Ending {
    expiry: Option<Expiry>,
    looked_for: Vec<PathBuf>,
}

/// A word about the end of an identity, said once.
pub(super) struct Word {
    /// What the shell remembers of it.
    pub(super) print: u64,
    /// The identity cannot be used any more.
    pub(super) is_over: bool,
    /// All of it, as it is said.
    pub(super) text: String,
}

impl Ending {
    /// What is known after that delta of the profile that was entered, or of the keys in the environment.
    pub(super) fn after(context: &Context<'_>, state: &State, delta: &Delta) -> Self {
        let system = context.system;
        let after = |name| {
            let value = delta.after(&VarName::known(name), &system.environment)?;
            String::from_utf8(value.as_bytes().to_vec()).ok().filter(|text| !text.is_empty())
        };
        if after("AWS_ACCESS_KEY_ID").is_some() {
            let expiration = after("AWS_CREDENTIAL_EXPIRATION").or_else(|| after("AWS_SESSION_EXPIRATION"));
            let by_hand = state.decided.as_ref().filter(|decided| decided.by == By::Hand);
            let made = |choice: &&Choice| choice.credentials && by_hand.is_some_and(|by| by.profile == choice.profile);
            let command = || state.choices.iter().rev().find(made).map(Choice::command);
            let expiry = expiration.and_then(|text| sessions::of_environment(&text, command()));
            return Self { expiry, looked_for: Vec::new() };
        }
        let entered = context.entered.take().filter(|entered| Some(&entered.profile) == after("AWS_PROFILE").as_ref());
        entered.map_or_else(Self::default, |entered| Self { expiry: entered.expiry, looked_for: entered.looked_for })
    }

    /// What is to be said of it.
    pub(super) fn word(&self, now: Moment) -> Option<Word> {
        let expiry = self.expiry.as_ref()?;
        let print = fingerprint(expiry.mark(now)?.as_bytes());
        Some(Word { print, is_over: expiry.is_over(now), text: report::note(&expiry.sentence(now)) })
    }

    /// After how many seconds the shell is to look again, where it can count them. Where there is nothing to wait for, it
    /// looks whether a session was begun instead.
    pub(super) fn look_again_in(&self, dialect: &dyn Dialect, looking: &Looking<'_>, now: Moment) -> Option<u64> {
        if !dialect.counts_seconds() {
            return None;
        }
        if let Some(expiry) = self.expiry.as_ref().filter(|expiry| !expiry.is_over(now)) {
            return expiry.next_word_in(now);
        }
        for path in &self.looked_for {
            looking.look_at(path);
        }
        None
    }
}

/// What the doctor has to say of the end of the identity in force.
pub(super) fn findings(profiles: &Profiles<'_>, state: &State, system: &System) -> Vec<Finding> {
    let now = system.now();
    if system.text("AWS_ACCESS_KEY_ID").is_some() {
        return of_environment(state, system).expiry.and_then(|expiry| expiry.finding(now)).into_iter().collect();
    }
    let name = system.text("AWS_PROFILE").or_else(|| system.text("AWS_DEFAULT_PROFILE")).unwrap_or("default");
    let Some(profile) = profiles.get(name) else { return Vec::new() };
    let read = |path: &Path| read(system, path);
    let caches = Caches::new(system.home.as_deref(), &read);
    let find = |name: &str| profiles.get(name).map(Cow::Owned);
    let ends = sessions::expiry(&profile, &find, &caches, now).and_then(|expiry| expiry.finding(now));
    let nobody = sessions::not_begun(&profile, &find, &caches).map(|session| session.finding_of_nobody());
    nobody.or(ends).into_iter().collect()
}
