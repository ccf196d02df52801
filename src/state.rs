//! The text of `CREDENV_STATE`: what credenv changed in this shell and what was chosen, without any secret.
//!
//! It is JSON, so that a person who looks can read it. A damaged one is treated as absent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::core::binding::Origin;
use crate::core::delta::{Before, Entry, Ours, Undo};
use crate::core::target::Reason;
use crate::core::text::as_typed;
use crate::core::vars::VarName;
use crate::system::{bytes_of_path, path_of};

/// The format written below; another number is not read.
const VERSION: u32 = 2;

/// Where a choice holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// Outside any project.
    #[default]
    Outside,
    /// In the project with this real directory, or below a directory that the person's config names.
    At(PathBuf),
    /// Everywhere.
    Everywhere,
    /// Wherever this directory turns out to lie: a choice that was made without looking for projects.
    MadeIn(PathBuf),
}

/// What was chosen by hand in this shell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The profile; none after `off`, or when the project is asked for one of its stages.
    pub profile: Option<String>,
    /// The stage of the project.
    pub stage: Option<String>,
    /// The region asked for beside it.
    pub region: Option<String>,
    /// Keys instead of a name.
    pub credentials: bool,
    /// Files whose text is in `ca`, by their whole paths.
    pub ca: Vec<PathBuf>,
    /// Files that are in `cafile`, likewise.
    pub cafile: Vec<PathBuf>,
    /// It is protected, and was entered by hand.
    pub protected: bool,
    /// Where it holds.
    pub place: Place,
}

impl Choice {
    /// The command that made it, as a person would type it.
    #[must_use]
    pub fn command(&self) -> String {
        let mut command = "credenv use".to_owned();
        match (&self.profile, &self.stage) {
            (Some(profile), _) => command = format!("{command} {}", as_typed(profile)),
            (None, Some(stage)) => command = format!("{command} --stage {}", as_typed(stage)),
            (None, None) => return "credenv off".to_owned(),
        }
        command.push_str(&self.options());
        command
    }

    /// What stands behind the profile or the stage.
    #[must_use]
    pub fn options(&self) -> String {
        let mut options = String::new();
        if let Some(region) = &self.region {
            options = format!(" --region {}", as_typed(region));
        }
        if self.credentials {
            options.push_str(" --creds");
        }
        for (flag, files) in [("--ca", &self.ca), ("--cafile", &self.cafile)] {
            for file in files {
                options = format!("{options} {flag} {}", as_typed(&file.to_string_lossy()));
            }
        }
        if self.place == Place::Everywhere {
            options.push_str(" --keep");
        }
        options
    }
}

/// Who decided what is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// By what.
    #[serde(rename = "b")]
    pub by: By,
    /// The profile that was decided on; none for a web identity, or for a region alone.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The stage in force.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
}

/// By what it was decided which identity is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// A choice made by hand.
    Hand,
    /// A project file.
    Project,
    /// A rule in the person's config.
    Directory,
}

impl By {
    /// The word for it in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            By::Hand => "hand",
            By::Project => "project",
            By::Directory => "directory",
        }
    }
}

/// Everything that travels in `CREDENV_STATE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// What was changed, and what it was before.
    pub undo: Undo,
    /// What was chosen by hand, at most once for each place.
    pub choices: Vec<Choice>,
    /// The profile before the present one, for `use -`.
    pub previous: Option<String>,
    /// Who decided what is in force.
    pub decided: Option<Decided>,
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<TextChoice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Decided>,
    vars: BTreeMap<String, TextEntry>,
}

#[derive(Serialize, Deserialize)]
struct TextChoice {
    /// Profile, stage, region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    r: Option<String>,
    /// Credentials.
    #[serde(default, skip_serializing_if = "is_false")]
    c: bool,
    /// `ca` and `cafile`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ca: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cafile: Vec<String>,
    /// Protected.
    #[serde(default, skip_serializing_if = "is_false")]
    g: bool,
    at: TextPlace,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TextPlace {
    Outside,
    Everywhere,
    Project(String),
    In(String),
}

#[derive(Serialize, Deserialize)]
struct TextEntry {
    was: TextBefore,
    now: TextOurs,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<(String, u32)>,
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
    /// Whether there is nothing to remember. Outside of everything, the profile before is not worth a variable.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.undo.0.is_empty() && self.choices.is_empty()
    }

    /// The choice that holds in a place: the one made there, unless one holds everywhere.
    #[must_use]
    pub fn choice_at(&self, place: &Place) -> Option<&Choice> {
        let made = |place: &Place| self.choices.iter().find(|choice| choice.place == *place);
        made(&Place::Everywhere).or_else(|| made(place))
    }

    /// Puts a choice in the place of the one made there before, and of one that held everywhere.
    pub fn choose(&mut self, choice: Choice) {
        self.choices.retain(|other| other.place != choice.place && other.place != Place::Everywhere);
        self.choices.push(choice);
    }

    /// The text of the variable.
    ///
    /// # Panics
    /// Never: strings and numbers under string keys can be written.
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
                at: entry.reason.origin.as_ref().map(|origin| (path_to_text(&origin.file), origin.line)),
            };
            (name.to_string(), text)
        });
        let choices = self.choices.iter().map(|choice| TextChoice {
            p: choice.profile.clone(),
            s: choice.stage.clone(),
            r: choice.region.clone(),
            c: choice.credentials,
            ca: choice.ca.iter().map(|path| path_to_text(path)).collect(),
            cafile: choice.cafile.iter().map(|path| path_to_text(path)).collect(),
            g: choice.protected,
            at: match &choice.place {
                Place::Outside => TextPlace::Outside,
                Place::Everywhere => TextPlace::Everywhere,
                Place::At(path) => TextPlace::Project(path_to_text(path)),
                Place::MadeIn(path) => TextPlace::In(path_to_text(path)),
            },
        });
        let text = Text {
            v: VERSION,
            choices: choices.collect(),
            prev: self.previous.clone(),
            by: self.decided.clone(),
            vars: vars.collect(),
        };
        serde_json::to_string(&text).expect("strings and numbers under string keys can be written")
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
        let mut choices = Vec::new();
        for choice in text.choices {
            let paths = |texts: Vec<String>| texts.iter().map(|text| path_from_text(text)).collect::<Option<_>>();
            let (Some(place), Some(ca), Some(cafile)) =
                (place_from_text(choice.at), paths(choice.ca), paths(choice.cafile))
            else {
                return Found::Damaged;
            };
            choices.push(Choice {
                profile: choice.p,
                stage: choice.s,
                region: choice.r,
                credentials: choice.c,
                ca,
                cafile,
                protected: choice.g,
                place,
            });
        }
        Found::State(State { undo, choices, previous: text.prev, decided: text.by })
    }
}

fn place_from_text(text: TextPlace) -> Option<Place> {
    Some(match text {
        TextPlace::Outside => Place::Outside,
        TextPlace::Everywhere => Place::Everywhere,
        TextPlace::Project(path) => Place::At(path_from_text(&path)?),
        TextPlace::In(path) => Place::MadeIn(path_from_text(&path)?),
    })
}

fn path_to_text(path: &Path) -> String {
    to_text(&bytes_of_path(path))
}

fn path_from_text(text: &str) -> Option<PathBuf> {
    from_text(text).map(|bytes| path_of(&bytes))
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
    let origin = match text.at {
        Some((file, line)) => Some(Origin { file: path_from_text(&file)?, line }),
        None => None,
    };
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

    fn choice() -> impl Strategy<Value = Choice> {
        let path = || prop::collection::vec(1u8.., 0..8).prop_map(|bytes| path_of(&bytes));
        let place = prop_oneof![
            Just(Place::Outside),
            Just(Place::Everywhere),
            path().prop_map(Place::At),
            path().prop_map(Place::MadeIn)
        ];
        let paths = || prop::collection::vec(path(), 0..3);
        (prop::option::of(".*"), prop::option::of(".*"), any::<bool>(), paths(), paths(), place).prop_map(
            |(profile, stage, credentials, ca, cafile, place)| Choice {
                profile,
                stage,
                region: None,
                credentials,
                ca,
                cafile,
                protected: false,
                place,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            vars in prop::collection::btree_map("[A-Z_]{1,9}", entry(), 0..5), previous in prop::option::of(".*"),
            choice in choice()
        ) {
            let vars = vars.into_iter().map(|(name, entry)| (VarName::new(&name).unwrap(), entry)).collect();
            let state = State { undo: Undo(vars), choices: vec![choice], previous, ..State::default() };
            prop_assert_eq!(State::from_text(state.to_text().as_bytes()), Found::State(state));
        }

        #[test]
        fn damage_is_never_taken_for_a_state(cut in 1usize..80) {
            let name = VarName::known("AWS_PROFILE");
            let entry = Entry { before: Before::Absent, ours: Ours::Absent, reason: Rc::default() };
            let text = State { undo: Undo([(name, entry)].into()), ..State::default() }.to_text();
            prop_assume!(cut < text.len());
            prop_assert_eq!(State::from_text(&text.as_bytes()[..cut]), Found::Damaged);
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = State::from_text(&bytes);
        }
    }

    #[test]
    fn a_choice_is_told_as_the_command_that_made_it() {
        let choice = Choice {
            profile: Some("my keys".into()),
            credentials: true,
            ca: vec!["/a b/text.pem".into()],
            cafile: vec!["/one.pem".into(), "/two.pem".into()],
            ..Choice::default()
        };
        let [keys, text] = ["my keys", "/a b/text.pem"].map(as_typed);
        let command = format!("credenv use {keys} --creds --ca {text} --cafile /one.pem --cafile /two.pem");
        assert_eq!(choice.command(), command);
    }

    #[test]
    fn a_choice_takes_the_place_of_the_one_made_there_and_of_one_that_held_everywhere() {
        let choice = |profile: &str, place: Place| Choice { profile: Some(profile.into()), place, ..Choice::default() };
        let project = || Place::At("/p".into());
        let mut state = State::default();
        state.choose(choice("outside", Place::Outside));
        state.choose(choice("inside", project()));
        let at = |state: &State, place: &Place| state.choice_at(place).and_then(|choice| choice.profile.clone());
        assert_eq!(at(&state, &Place::Outside).as_deref(), Some("outside"));
        assert_eq!(at(&state, &project()).as_deref(), Some("inside"));
        state.choose(choice("everywhere", Place::Everywhere));
        assert_eq!(at(&state, &project()).as_deref(), Some("everywhere"));
        state.choose(choice("again", project()));
        assert_eq!(at(&state, &project()).as_deref(), Some("again"));
        assert_eq!(at(&state, &Place::Outside).as_deref(), Some("outside"));
    }
}
