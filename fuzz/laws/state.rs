//! `CREDENV_STATE` and a record of trust, as a stranger may have written them.

use credenv::core::trust::Record;
use credenv::state::{Found, State};

pub fn holds(data: &[u8]) {
    if let Found::State(state) = State::from_text(data) {
        // What is understood is understood the same once it is written anew.
        assert_eq!(State::from_text(state.to_text().as_bytes()), Found::State(state));
    }
    if let Some(record) = Record::from_text(data) {
        assert_eq!(Record::from_text(&record.to_text()).map(|again| again.to_text()), Some(record.to_text()));
    }
}
