//! The pure core: nouns and rules, with nothing of the machine and only the standard library.

pub mod binding;
pub mod delta;
pub mod error;
pub mod finding;
pub mod profile;
pub mod prompt;
pub mod target;
pub mod text;
pub mod trust;
pub mod vars;
pub mod watch;
