//! The text of `CREDENV_STATE`: what credenv changed in this shell and what was chosen, without any secret.
//!
//! It is JSON, so that a person who looks can read it. A damaged one is treated as absent.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::core::binding::Origin;
use crate::core::delta::{Before, Entry, Ours, Undo};
use crate::core::target::Reason;
use crate::core::text::as_typed;
use crate::core::vars::VarName;

/// The format written below; another number is not read.
const VERSION: u32 = 1;

/// What was chosen by hand in this shell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The profile.
    #[serde(rename = "p")]
    pub profile: String,
    /// The region asked for beside it.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Keys instead of a name.
    #[serde(rename = "c", default, skip_serializing_if = "is_false")]
    pub credentials: bool,
    /// Holds everywhere, not only where it was made.
    #[serde(rename = "k", default, skip_serializing_if = "is_false")]
    pub keep: bool,
    /// The directory in which it was made.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<PathBuf>,
}

impl Choice {
    /// The command that made it, as a person would type it.
    #[must_use]
    pub fn command(&self) -> String {
        let region = self.region.as_ref().map_or_else(String::new, |region| format!(" --region {region}"));
        let credentials = if self.credentials { " --creds" } else { "" };
        format!("credenv use {}{region}{credentials}", as_typed(&self.profile))
    }
}

/// Everything that travels in `CREDENV_STATE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// What was changed, and what it was before.
    pub undo: Undo,
    /// What was chosen by hand.
    pub choice: Option<Choice>,
    /// The profile before the present one, for `use -`.
    pub previous: Option<String>,
}

/// What `CREDENV_STATE` turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Not there, or empty.
    Nothing,
    /// Whole.
    State(State),
    /// Not what we wrote: treated as absent.
    Damaged,
}

#[derive(Serialize, Deserialize)]
struct Text {
    v: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    choice: Option<Choice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    vars: BTreeMap<String, TextEntry>,
}

#[derive(Serialize, Deserialize)]
struct TextEntry {
    was: TextBefore,
    now: TextOurs,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<(PathBuf, u32)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TextBefore {
    Unset,
    Set(String),
    Aside,
    Plain,
    Lost,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TextOurs {
    Unset,
    Set(String),
    Print(u64),
}

impl State {
    /// Whether there is nothing to remember.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.undo.0.is_empty() && self.choice.is_none() && self.previous.is_none()
    }

    /// The text of the variable.
    #[must_use]
    pub fn to_text(&self) -> String {
        let vars = self.undo.0.iter().map(|(name, entry)| {
            let text = TextEntry {
                was: match &entry.before {
                    Before::Absent => TextBefore::Unset,
                    Before::Exported(bytes) => TextBefore::Set(to_text(bytes)),
                    Before::Aside => TextBefore::Aside,
                    Before::UnexportedAside => TextBefore::Plain,
                    Before::Lost => TextBefore::Lost,
                },
                now: match &entry.ours {
                    Ours::Absent => TextOurs::Unset,
                    Ours::Set(bytes) => TextOurs::Set(to_text(bytes)),
                    Ours::Secret(print) => TextOurs::Print(*print),
                },
                why: entry.reason.rule.clone(),
                at: entry.reason.origin.as_ref().map(|origin| (origin.file.clone(), origin.line)),
            };
            (name.to_string(), text)
        });
        let text = Text { v: VERSION, choice: self.choice.clone(), prev: self.previous.clone(), vars: vars.collect() };
        // Only a path that is not UTF-8 cannot be written; then the line behind a variable is left out.
        serde_json::to_string(&text).unwrap_or_else(|_| {
            let mut bare = self.clone();
            if let Some(choice) = &mut bare.choice {
                choice.directory = None;
            }
            bare.undo.0.values_mut().for_each(|entry| Rc::make_mut(&mut entry.reason).origin = None);
            if bare == *self { String::new() } else { bare.to_text() }
        })
    }

    /// Reads the variable.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Found {
        if text.is_empty() {
            return Found::Nothing;
        }
        let Ok(text) = serde_json::from_slice::<Text>(text) else { return Found::Damaged };
        if text.v != VERSION {
            return Found::Damaged;
        }
        let mut undo = Undo::default();
        for (name, entry) in text.vars {
            let Some((name, entry)) = entry_from_text(&name, entry) else { return Found::Damaged };
            undo.0.insert(name, entry);
        }
        Found::State(State { undo, choice: text.choice, previous: text.prev })
    }
}

fn entry_from_text(name: &str, text: TextEntry) -> Option<(VarName, Entry)> {
    let before = match text.was {
        TextBefore::Unset => Before::Absent,
        TextBefore::Set(text) => Before::Exported(from_text(&text)?),
        TextBefore::Aside => Before::Aside,
        TextBefore::Plain => Before::UnexportedAside,
        TextBefore::Lost => Before::Lost,
    };
    let ours = match text.now {
        TextOurs::Unset => Ours::Absent,
        TextOurs::Set(text) => Ours::Set(from_text(&text)?),
        TextOurs::Print(print) => Ours::Secret(print),
    };
    let origin = text.at.map(|(file, line)| Origin { file, line });
    Some((VarName::new(name)?, Entry { before, ours, reason: Rc::new(Reason { rule: text.why, origin }) }))
}

/// Bytes as text: UTF-8 as it is, other bytes in hexadecimal behind a NUL, which no variable can hold.
fn to_text(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    std::str::from_utf8(bytes).ok().filter(|text| !text.starts_with('\0')).map_or_else(
        || {
            bytes.iter().fold("\0".to_owned(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
        },
        str::to_owned,
    )
}

fn from_text(text: &str) -> Option<Vec<u8>> {
    let Some(digits) = text.strip_prefix('\0') else { return Some(text.as_bytes().to_vec()) };
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

// serde hands the value over by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let bytes = || prop::collection::vec(any::<u8>(), 0..8);
        let before = prop_oneof![
            Just(Before::Absent),
            bytes().prop_map(Before::Exported),
            Just(Before::Aside),
            Just(Before::UnexportedAside),
            Just(Before::Lost)
        ];
        let ours = prop_oneof![Just(Ours::Absent), bytes().prop_map(Ours::Set), any::<u64>().prop_map(Ours::Secret)];
        (before, ours, ".*", prop::option::of(any::<u32>())).prop_map(|(before, ours, rule, line)| {
            let origin = line.map(|line| Origin { file: "/a b/config".into(), line });
            Entry { before, ours, reason: Rc::new(Reason { rule, origin }) }
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            vars in prop::collection::btree_map("[A-Z_]{1,9}", entry(), 0..5), previous in prop::option::of(".*")
        ) {
            let vars = vars.into_iter().map(|(name, entry)| (VarName::new(&name).unwrap(), entry)).collect();
            let state = State { undo: Undo(vars), choice: Some(Choice::default()), previous };
            prop_assert_eq!(State::from_text(state.to_text().as_bytes()), Found::State(state));
        }

        #[test]
        fn damage_is_never_taken_for_a_state(cut in 1usize..80) {
            let name = VarName::known("AWS_PROFILE");
            let entry = Entry { before: Before::Absent, ours: Ours::Absent, reason: Rc::default() };
            let text = State { undo: Undo([(name, entry)].into()), choice: None, previous: None }.to_text();
            prop_assume!(cut < text.len());
            prop_assert_eq!(State::from_text(&text.as_bytes()[..cut]), Found::Damaged);
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = State::from_text(&bytes);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_is_not_utf8_costs_the_line_and_not_the_undo() {
        let file = crate::system::path_of(b"/\xff/config");
        let entry = Entry {
            before: Before::Exported(b"old".to_vec()),
            ours: Ours::Set(b"new".to_vec()),
            reason: Rc::new(Reason::at("rule", &Origin { file, line: 3 })),
        };
        let mut state = State { undo: Undo([(VarName::known("A"), entry)].into()), ..State::default() };
        let text = state.to_text();
        state.undo.0.values_mut().for_each(|entry| Rc::make_mut(&mut entry.reason).origin = None);
        assert_eq!(State::from_text(text.as_bytes()), Found::State(state));
    }
}
