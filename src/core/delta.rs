//! From an environment and a target to the change that reaches it, and the record that takes it back.
//!
//! `plan` obeys four laws, held by property tests at the end of this file:
//! 1. the target is reached, but for what the person changed by hand since;
//! 2. planning again gives the empty delta;
//! 3. leaving (planning the empty target) restores the first environment exactly: unset, set-but-empty and set are
//!    three different things, and so are exported and unexported;
//! 4. a variable changed by hand since is never touched.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::target::{Reason, Target};
use super::vars::{Environment, MASK, Value, VarName};

/// What a variable was before credenv changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// It was not set.
    Absent,
    /// It was exported with this value, which is no secret.
    Exported(Vec<u8>),
    /// It was exported; the shell holds the value, a secret, in an unexported variable.
    Aside,
    /// It was not exported; if it was set at all, the shell holds the value in an unexported variable.
    UnexportedAside,
    /// It was a secret, and the shell could not hold it.
    Lost,
}

/// What credenv made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ours {
    /// Gone.
    Absent,
    /// Set to this value, which is no secret.
    Set(Vec<u8>),
    /// Set to a secret, of which only a fingerprint is kept, to see whether it was changed since.
    Secret(u64),
}

impl Ours {
    fn of(wanted: Option<&Value>) -> Self {
        match wanted {
            None => Ours::Absent,
            Some(value) if value.is_secret() => Ours::Secret(fingerprint(value.as_bytes())),
            Some(value) => Ours::Set(value.as_bytes().to_vec()),
        }
    }

    fn stands(&self, now: Option<&Value>) -> bool {
        match (self, now) {
            (Ours::Absent, None) => true,
            (Ours::Set(ours), Some(now)) => ours == now.as_bytes(),
            (Ours::Secret(ours), Some(now)) => *ours == fingerprint(now.as_bytes()),
            _ => false,
        }
    }
}

/// FNV-1a, 64 bits: too short to tell anything of a key, long enough to notice a change, and the same in every build.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// One variable in `Undo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it was before.
    pub before: Before,
    /// What credenv made of it.
    pub ours: Ours,
    /// Why.
    pub reason: Rc<Reason>,
}

/// The record of what credenv changed in this shell; it never holds a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undo(pub BTreeMap<VarName, Entry>);

impl Undo {
    /// Takes the record of these variables out of it, so that a plan leaves them alone.
    #[must_use]
    pub fn split_off<'n>(&mut self, names: impl Iterator<Item = &'n VarName>) -> Undo {
        Undo(names.filter_map(|name| self.0.remove_entry(name)).collect())
    }

    /// Whether the variable is as credenv left it.
    #[must_use]
    pub fn holds(&self, name: &VarName, environment: &Environment) -> bool {
        self.0.get(name).is_some_and(|entry| entry.ours.stands(environment.get(name)))
    }
}

/// Whether the person asks for the target just now, or a hook keeps to what was asked for before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// An explicit choice: the target is reached, and what was changed by hand since becomes its `before`.
    Choose,
    /// Nothing new is asked for: what was changed by hand since stays as it is.
    Hold,
}

/// What to do with one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Export it with this value.
    Set(Value),
    /// Take it out of the environment.
    Unset,
    /// Export the value that the shell set aside.
    PutBack,
    /// Unset it, and if the shell set a value aside, give it that value, not exported.
    PutBackUnexported,
}

/// The change from one environment to another, as a shell carries it out: first `aside`, then `changes`, last `drop`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// Exported secrets that the shell is to keep in an unexported variable.
    pub aside: BTreeSet<VarName>,
    /// Variables not exported which the shell is to keep likewise, if they are set in the shell.
    pub aside_if_set: BTreeSet<VarName>,
    /// What to do, by name.
    pub changes: BTreeMap<VarName, Change>,
    /// Variables whose set-aside value is no longer needed.
    pub drop: BTreeSet<VarName>,
    /// Secrets that had to make way and that this shell cannot keep.
    pub lost: BTreeSet<VarName>,
}

impl Delta {
    /// What programs will find under that name. Of a value that the shell puts back nothing is known but that it is a
    /// secret.
    #[must_use]
    pub fn after(&self, name: &VarName, environment: &Environment) -> Option<Value> {
        match self.changes.get(name) {
            None => environment.get(name).cloned(),
            Some(Change::Set(value)) => Some(value.clone()),
            Some(Change::PutBack) => Some(Value::of(name, MASK)),
            Some(Change::Unset | Change::PutBackUnexported) => None,
        }
    }

    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.aside.is_empty() && self.aside_if_set.is_empty() && self.changes.is_empty() && self.drop.is_empty()
    }
}

/// What the shell on the other side can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// It can keep a value in an unexported variable.
    pub secrets: bool,
    /// It is to look for unexported variables of the same name as well.
    pub unexported: bool,
}

/// The change that takes `environment` to `target`, and the new record.
#[must_use]
pub fn plan(environment: &Environment, undo: &Undo, target: &Target, intent: Intent, shelf: Shelf) -> (Delta, Undo) {
    let mut delta = Delta::default();
    let mut kept = BTreeMap::new();
    let names: BTreeSet<&VarName> = undo.0.keys().chain(target.0.keys()).collect();
    for name in names {
        let now = environment.get(name);
        match (undo.0.get(name), target.0.get(name)) {
            (None, None) => {}
            (None, Some(wanted)) => {
                let want = wanted.value.as_ref();
                if now != want {
                    let before = first_time(name, now, shelf, &mut delta);
                    delta.changes.insert(name.clone(), change_to(want));
                    kept.insert(
                        name.clone(),
                        Entry { before, ours: Ours::of(want), reason: Rc::clone(&wanted.reason) },
                    );
                }
            }
            (Some(entry), None) => {
                if entry.ours.stands(now) {
                    leave(name, entry, now, &mut delta);
                } else if matches!(entry.before, Before::Aside | Before::UnexportedAside) {
                    delta.drop.insert(name.clone());
                }
            }
            (Some(entry), Some(wanted)) => {
                let want = wanted.value.as_ref();
                let ours = Ours::of(want);
                let untouched = entry.ours.stands(now);
                if !untouched && ours == entry.ours && intent == Intent::Hold {
                    // Changed by hand since, and we want nothing new: it is theirs.
                    kept.insert(name.clone(), entry.clone());
                    continue;
                }
                // Changed by hand, and now something is asked for: what stands there is what leaving gives back.
                let before = if untouched {
                    entry.before.clone()
                } else {
                    if matches!(entry.before, Before::Aside | Before::UnexportedAside) {
                        delta.drop.insert(name.clone());
                    }
                    first_time(name, now, shelf, &mut delta)
                };
                if now != want {
                    delta.changes.insert(name.clone(), change_to(want));
                }
                kept.insert(name.clone(), Entry { before, ours, reason: Rc::clone(&wanted.reason) });
            }
        }
    }
    // A value set aside anew takes the place of the old one by itself.
    delta.drop.retain(|name| !delta.aside.contains(name) && !delta.aside_if_set.contains(name));
    (delta, Undo(kept))
}

fn change_to(want: Option<&Value>) -> Change {
    want.map_or(Change::Unset, |value| Change::Set(value.clone()))
}

fn first_time(name: &VarName, now: Option<&Value>, shelf: Shelf, delta: &mut Delta) -> Before {
    match now {
        None if shelf.unexported => {
            delta.aside_if_set.insert(name.clone());
            Before::UnexportedAside
        }
        None => Before::Absent,
        Some(value) if !value.is_secret() => Before::Exported(value.as_bytes().to_vec()),
        Some(_) if shelf.secrets => {
            delta.aside.insert(name.clone());
            Before::Aside
        }
        Some(_) => {
            delta.lost.insert(name.clone());
            Before::Lost
        }
    }
}

fn leave(name: &VarName, entry: &Entry, now: Option<&Value>, delta: &mut Delta) {
    let change = match &entry.before {
        Before::Exported(bytes) => Change::Set(Value::of(name, bytes.clone())),
        Before::Aside => Change::PutBack,
        Before::UnexportedAside => Change::PutBackUnexported,
        Before::Absent | Before::Lost => Change::Unset,
    };
    let done = match &change {
        Change::Set(value) => now == Some(value),
        Change::Unset => now.is_none(),
        Change::PutBack | Change::PutBackUnexported => false,
    };
    if !done {
        delta.changes.insert(name.clone(), change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::target::Wanted;
    use proptest::prelude::*;

    /// A shell: what it exports, and what it holds unexported under its own names and ours.
    #[derive(Debug, Clone, Default, PartialEq)]
    struct ModelShell {
        exported: Environment,
        plain: BTreeMap<VarName, Value>,
        aside: BTreeMap<VarName, Value>,
    }

    impl ModelShell {
        fn run(&mut self, delta: &Delta) {
            for name in &delta.aside {
                self.aside.insert(name.clone(), self.exported[name].clone());
            }
            for name in &delta.aside_if_set {
                match self.plain.get(name) {
                    Some(value) => self.aside.insert(name.clone(), value.clone()),
                    None => self.aside.remove(name),
                };
            }
            for (name, change) in &delta.changes {
                self.plain.remove(name);
                match change {
                    Change::Set(value) => {
                        self.exported.insert(name.clone(), value.clone());
                    }
                    Change::Unset => {
                        self.exported.remove(name);
                    }
                    Change::PutBack => {
                        self.exported.insert(name.clone(), self.aside.remove(name).unwrap());
                    }
                    Change::PutBackUnexported => {
                        self.exported.remove(name);
                        if let Some(value) = self.aside.remove(name) {
                            self.plain.insert(name.clone(), value);
                        }
                    }
                }
            }
            for name in &delta.drop {
                self.aside.remove(name);
            }
        }
    }

    const SHELF: Shelf = Shelf { secrets: true, unexported: true };
    const NAMES: [&str; 5] = ["AWS_PROFILE", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_VAULT"];

    fn value() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![Just(Vec::new()), Just(b"a".to_vec()), Just(b"b".to_vec()), Just(vec![0xff, b'\n'])]
    }

    fn names() -> impl Strategy<Value = VarName> {
        prop::sample::select(&NAMES[..]).prop_map(VarName::known)
    }

    fn environment() -> impl Strategy<Value = Environment> {
        prop::collection::btree_map(names(), value(), 0..5)
            .prop_map(|map| map.into_iter().map(|(name, bytes)| (name.clone(), Value::of(&name, bytes))).collect())
    }

    fn target() -> impl Strategy<Value = Target> {
        prop::collection::btree_map(names(), prop::option::of(value()), 0..5).prop_map(|map| {
            Target(
                map.into_iter()
                    .map(|(name, bytes)| {
                        let value = bytes.map(|bytes| Value::of(&name, bytes));
                        (name, Wanted { value, reason: Rc::default() })
                    })
                    .collect(),
            )
        })
    }

    fn shell() -> impl Strategy<Value = ModelShell> {
        (environment(), environment()).prop_map(|(exported, mut plain)| {
            plain.retain(|name, _| !exported.contains_key(name));
            ModelShell { exported, plain, aside: BTreeMap::new() }
        })
    }

    fn step(shell: &mut ModelShell, undo: &Undo, target: &Target) -> (Delta, Undo) {
        let (delta, undo) = plan(&shell.exported, undo, target, Intent::Hold, SHELF);
        shell.run(&delta);
        (delta, undo)
    }

    /// FNV-1a has vectors of its own: the records of today are read by the builds of tomorrow.
    #[test]
    fn a_fingerprint_is_the_same_in_every_build() {
        assert_eq!(fingerprint(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_delta_with_anything_to_do_is_not_empty() {
        let name = || BTreeSet::from([VarName::known("AWS_PROFILE")]);
        let changes = BTreeMap::from([(VarName::known("AWS_PROFILE"), Change::Unset)]);
        assert!(Delta::default().is_empty());
        for delta in [
            Delta { aside: name(), ..Delta::default() },
            Delta { aside_if_set: name(), ..Delta::default() },
            Delta { changes, ..Delta::default() },
            Delta { drop: name(), ..Delta::default() },
        ] {
            assert!(!delta.is_empty(), "{delta:?}");
        }
    }

    #[test]
    fn what_was_changed_by_hand_makes_way_when_something_else_is_asked_for() {
        let name = VarName::known("AWS_REGION");
        let of = |text: &str| Value::of(&name, text);
        let target = |text: &str| {
            let wanted = Wanted { value: Some(of(text)), reason: Rc::new(Reason::rule(text)) };
            Target(BTreeMap::from([(name.clone(), wanted)]))
        };
        let (_, undo) = plan(&Environment::new(), &Undo::default(), &target("a"), Intent::Hold, SHELF);
        let by_hand = Environment::from([(name.clone(), of("hand"))]);
        let (delta, undo) = plan(&by_hand, &undo, &target("b"), Intent::Hold, SHELF);
        assert_eq!(delta.changes, BTreeMap::from([(name.clone(), Change::Set(of("b")))]));
        assert_eq!(undo.0[&name].before, Before::Exported(b"hand".to_vec()));
        // Untouched, the same is held for the reason of today.
        let now = Environment::from([(name.clone(), of("b"))]);
        let again = Target(BTreeMap::from([(name.clone(), Wanted { value: Some(of("b")), reason: Rc::default() })]));
        assert_eq!(plan(&now, &undo, &again, Intent::Hold, SHELF).1.0[&name].reason, Rc::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_target_is_reached_and_planning_again_changes_nothing(
            mut shell in shell(), targets in prop::collection::vec(target(), 1..5)
        ) {
            let mut undo = Undo::default();
            for target in &targets {
                undo = step(&mut shell, &undo, target).1;
                for (name, wanted) in &target.0 {
                    prop_assert_eq!(shell.exported.get(name), wanted.value.as_ref());
                }
                let (again, same) = plan(&shell.exported, &undo, target, Intent::Hold, SHELF);
                prop_assert!(again.is_empty(), "{:?}", again);
                prop_assert_eq!(&same, &undo);
            }
        }

        #[test]
        fn leaving_restores_the_first_environment_exactly(
            first in shell(), targets in prop::collection::vec(target(), 1..5)
        ) {
            let mut shell = first.clone();
            let mut undo = Undo::default();
            for target in &targets {
                undo = step(&mut shell, &undo, target).1;
            }
            undo = step(&mut shell, &undo, &Target::default()).1;
            prop_assert_eq!(shell, first);
            prop_assert_eq!(undo, Undo::default());
        }

        #[test]
        fn a_variable_changed_by_hand_is_not_touched_by_planning_again_or_leaving(
            mut shell in shell(), target in target(), hand in prop::option::of(value())
        ) {
            let (_, undo) = step(&mut shell, &Undo::default(), &target);
            let Some(name) = undo.0.keys().next().cloned() else { return Ok(()) };
            let hand = hand.map(|bytes| Value::of(&name, bytes));
            prop_assume!(shell.exported.get(&name) != hand.as_ref());
            match &hand {
                Some(value) => { shell.exported.insert(name.clone(), value.clone()); }
                None => { shell.exported.remove(&name); }
            }
            let (_, undo) = step(&mut shell, &undo, &target);
            prop_assert_eq!(shell.exported.get(&name), hand.as_ref());
            step(&mut shell, &undo, &Target::default());
            prop_assert_eq!(shell.exported.get(&name), hand.as_ref());
            prop_assert!(shell.aside.is_empty());
        }

        #[test]
        fn an_explicit_choice_reaches_its_target_and_leaving_gives_back_what_stood_there(
            mut shell in shell(), target in target(), name in names(), hand in value()
        ) {
            let (_, undo) = step(&mut shell, &Undo::default(), &target);
            shell.plain.remove(&name);
            shell.exported.insert(name.clone(), Value::of(&name, hand));
            let by_hand = !undo.holds(&name, &shell.exported);
            let stood = shell.exported.get(&name).cloned();
            let (delta, undo) = plan(&shell.exported, &undo, &target, Intent::Choose, SHELF);
            shell.run(&delta);
            for (name, wanted) in &target.0 {
                prop_assert_eq!(shell.exported.get(name), wanted.value.as_ref());
            }
            step(&mut shell, &undo, &Target::default());
            prop_assert!(shell.aside.is_empty());
            if by_hand {
                prop_assert_eq!(shell.exported.get(&name).cloned(), stood);
            }
        }

        #[test]
        fn the_record_holds_no_secret(mut shell in shell(), target in target()) {
            let (_, undo) = step(&mut shell, &Undo::default(), &target);
            for (name, entry) in &undo.0 {
                if name.as_str() == "AWS_SECRET_ACCESS_KEY" || name.as_str() == "AWS_SESSION_TOKEN" {
                    prop_assert!(!matches!(entry.before, Before::Exported(_)));
                    prop_assert!(!matches!(entry.ours, Ours::Set(_)));
                }
            }
        }

        #[test]
        fn a_shell_without_a_shelf_is_told_which_secrets_are_lost(first in environment(), target in target()) {
            let shelf = Shelf { secrets: false, unexported: false };
            let (delta, undo) = plan(&first, &Undo::default(), &target, Intent::Choose, shelf);
            prop_assert!(delta.aside.is_empty() && delta.aside_if_set.is_empty());
            for (name, value) in &first {
                let lost = value.is_secret() && delta.changes.contains_key(name);
                prop_assert_eq!(delta.lost.contains(name), lost);
                prop_assert_eq!(matches!(undo.0.get(name).map(|entry| &entry.before), Some(Before::Lost)), lost);
            }
        }
    }
}
