//! What is wrong with what credenv remembers of this shell.

use crate::core::finding::Finding;
use crate::core::vars::{STATE, Value, VarName};
use crate::state::{Found, State};
use crate::system::System;

/// The state of this shell, and what will surprise in it.
pub(super) fn read(system: &System) -> (State, Vec<Finding>) {
    let text = system.environment.get(&VarName::known(STATE)).map_or(&b""[..], Value::as_bytes);
    match State::from_text(text) {
        Found::State(state) => {
            let findings = changed_by_hand(&state, system).into_iter().collect();
            (state, findings)
        }
        Found::Nothing => (State::default(), left_behind(system).into_iter().collect()),
        Found::Damaged => {
            let message = format!("`{STATE}` is damaged: what credenv changed in this shell cannot be undone");
            let finding = Finding::problem(message, &[], format!("`unset {STATE}`, or start a new shell"));
            (State::default(), vec![finding.about(STATE)])
        }
    }
}

/// What was changed since is the person's own: it is not overwritten, and not given back either.
fn changed_by_hand(state: &State, system: &System) -> Option<Finding> {
    let changed = state.undo.0.keys().filter(|name| !state.undo.holds(name, &system.environment));
    let names: Vec<&str> = changed.map(VarName::as_str).collect();
    let first = names.first()?;
    let message = if names.len() == 1 {
        format!("`{first}` was changed after credenv set it, so `off` leaves it as it is")
    } else {
        let all = names.join("`, `");
        format!("`{all}` were changed after credenv set them, so `off` leaves them as they are")
    };
    Some(Finding::note(message, &[], "`credenv use PROFILE` sets all of them again").about(*first))
}

/// A shell that inherited what credenv set, and not what was there before (`sudo -E` with a list, a service, an editor):
/// to it, all of that was there from the beginning.
fn left_behind(system: &System) -> Option<Finding> {
    let profile = system.text("AWS_PROFILE")?;
    system.text("AWS_SDK_LOAD_CONFIG").filter(|value| *value == "1")?;
    let message = format!(
        "`AWS_PROFILE` (`{profile}`) and `AWS_SDK_LOAD_CONFIG` are set, but `{STATE}` is not: if they come from a \
         shell that credenv had switched, neither `off` nor leaving a project will remove them"
    );
    let remedy = format!("`unset AWS_PROFILE AWS_SDK_LOAD_CONFIG`, or pass `{STATE}` on as well");
    Some(Finding::note(message, &[], remedy).about("AWS_PROFILE"))
}
