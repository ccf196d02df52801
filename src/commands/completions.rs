//! `credenv completions`: the completion script of a shell.

use super::Outcome;
use crate::cli::CompletionsArgs;
use crate::shells::completion;

#[inline(never)]
pub(super) fn run(arguments: &CompletionsArgs) -> Outcome {
    Outcome::done(completion::script(&arguments.shell).unwrap_or_default())
}
