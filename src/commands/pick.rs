//! `credenv use` alone: a profile is picked from a list on the terminal.

use super::context::Context;
use super::list;
use crate::aws::profiles::Profiles;
use crate::core::error::{Error, Result};
use crate::core::vars::VarName;
use crate::picker::keys::Keys;
use crate::picker::view::{Facts, Mark, Size};
use crate::picker::{Picker, Pressed};
use crate::recent;
use crate::report::clean;
use crate::system::System;
use crate::system::terminal::{Heard, Terminal};

/// The exit code when the list was left: the one that pickers and shells use where a person broke something off.
pub(super) const LEFT: u8 = 130;

/// What is pasted comes between marks, so that a newline in it is no Enter.
const WELCOME: &str = "\x1b[?2004h";

/// Clears what was drawn.
const FAREWELL: &str = "\r\x1b[J\x1b[?2004l";

/// So many names are listed where there is nothing to pick with.
const LISTED: usize = 40;

/// The profile that the person picks, `None` when they leave the list. The AWS files must have been read.
#[inline(never)]
pub(super) fn profile(context: &Context<'_>) -> Result<Option<String>> {
    let system = context.system;
    let profiles = context.profiles();
    let names = profiles.names();
    if names.is_empty() {
        let none = Error::failed("there are no profiles to choose from");
        let none = profiles.looked_at().into_iter().fold(none, Error::because);
        return Err(none.hint("`credenv configure PROFILE` creates the first one"));
    }
    let used = recent::names(system);
    if is_plain_terminal(system) {
        let answer = system
            .ask(&format!("{}\nprofile: ", listed(&names).join("\n")))
            .ok_or_else(|| nothing_to_pick_with(&names))?;
        return Ok((!answer.is_empty()).then_some(answer));
    }
    let mut terminal = system.take_terminal(FAREWELL).ok_or_else(|| nothing_to_pick_with(&names))?;
    let facts = Known { context, profiles: &profiles, names: &names };
    let picked = pick(&mut terminal, &mut Picker::new(&names, &used), &facts);
    Ok(picked.map(|number| names[number].to_owned()))
}

/// Draws and listens, until something is taken, or the list is left, or the terminal is gone.
fn pick(terminal: &mut Terminal, picker: &mut Picker<'_>, facts: &Known<'_>) -> Option<usize> {
    let coloured =
        facts.context.system.variable(&VarName::known("NO_COLOR")).is_none_or(|value| value.as_bytes().is_empty());
    let mut keys = Keys::default();
    terminal.show(WELCOME).ok()?;
    let mut drawn = None;
    loop {
        let (rows, columns) = terminal.size().ok()?;
        let size = Size { rows, columns };
        // While more keys wait, nobody would see it.
        if drawn != Some(size) && !terminal.has_more() {
            terminal.show(&picker.frame(size, facts).drawn(coloured)).ok()?;
            drawn = Some(size);
        }
        let key = match terminal.hear().ok()? {
            Heard::Byte(byte) => keys.take(byte),
            Heard::Nothing => keys.rest(),
        };
        let Some(key) = key else { continue };
        match picker.press(key) {
            Pressed::Goes => drawn = None,
            Pressed::Took(number) => return Some(number),
            Pressed::Left => return None,
        }
    }
}

/// A terminal that cannot move its cursor.
fn is_plain_terminal(system: &System) -> bool {
    let name = system.variable(&VarName::known("TERM"));
    name.is_none_or(|name| matches!(name.as_bytes(), b"" | b"dumb"))
}

fn nothing_to_pick_with(names: &[&str]) -> Error {
    let error = Error::usage("no profile was given, and there is no terminal to pick one on");
    listed(names).into_iter().fold(error, Error::because).hint("`credenv use PROFILE` switches to one")
}

/// The first names, and how many more there are.
fn listed(names: &[&str]) -> Vec<String> {
    let mut listed: Vec<String> = names.iter().take(LISTED).map(|name| clean(name)).collect();
    if names.len() > LISTED {
        listed.push(format!("and {} more: `credenv list` shows all", names.len() - LISTED));
    }
    listed
}

/// What is known of the profiles. Each is read when it is to be shown: to read 10,000 takes longer than a person waits.
struct Known<'k> {
    context: &'k Context<'k>,
    profiles: &'k Profiles<'k>,
    names: &'k [&'k str],
}

impl Facts for Known<'_> {
    fn marks(&self, number: usize) -> Vec<Mark> {
        let name = self.names[number];
        let protected = self.context.settings.protects(name).then_some(Mark { word: "protected", warns: true });
        let active = (self.context.active_profile() == Some(name)).then_some(Mark { word: "active", warns: false });
        protected.into_iter().chain(active).collect()
    }

    fn details(&self, number: usize) -> Vec<String> {
        let Some(profile) = self.profiles.get(self.names[number]) else { return Vec::new() };
        let parts = [("account", profile.account()), ("role", profile.role()), ("region", profile.region())];
        let mut details = vec![format!("kind {}", profile.kind().as_str())];
        details.extend(parts.into_iter().filter_map(|(what, text)| Some(format!("{what} {}", text?))));
        details.extend(profile.sources.iter().map(|origin| list::shown(origin, self.context.system)));
        details
    }
}
