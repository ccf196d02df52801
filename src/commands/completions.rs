//! `credenv completions`: the completion script of a shell.

use super::Outcome;
use crate::cli::{self, CompletionsArgs};

#[inline(never)]
pub(super) fn run(arguments: &CompletionsArgs) -> Outcome {
    Outcome::done(cli::completion_script(arguments.shell))
}
