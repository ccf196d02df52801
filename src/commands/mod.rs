//! The subcommands, one file each: gather, decide in the core, print.

mod allow;
mod auto;
mod certificates;
mod complete;
mod completions;
mod configure;
mod context;
mod credentials;
mod decide;
mod deny;
mod doctor;
mod exec;
mod exec_all;
mod expiry;
mod hook;
mod init;
mod link;
mod list;
mod off;
mod pick;
mod place;
mod project;
mod prompt;
mod show;
mod start_up;
mod status;
mod switch;
mod r#use;
mod walk;
mod web_identity;
mod who;
mod why;

use std::ffi::OsString;

use crate::cli::Command;
use crate::core::error::Result;
use crate::core::text;
use crate::system::System;

/// What a command leaves for `main`: all of stdout, and the exit code.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Data for stdout.
    pub stdout: Vec<u8>,
    /// The exit code.
    pub code: u8,
}

impl Outcome {
    fn done(stdout: impl Into<Vec<u8>>) -> Self {
        Self { stdout: stdout.into(), code: 0 }
    }
}

/// Runs a command.
pub fn run(command: &Command, system: &System) -> Result<Outcome> {
    match command {
        Command::Use(arguments) => r#use::run(arguments, system),
        Command::Off(arguments) => off::run(arguments, system),
        Command::Auto(arguments) => auto::run(arguments, system),
        Command::Exec(arguments) => exec::run(arguments, system),
        Command::List(arguments) => list::run(arguments, system),
        Command::Show(arguments) => show::run(arguments, system),
        Command::Status(arguments) => status::run(arguments, system),
        Command::Why(arguments) => why::run(arguments, system),
        Command::Link(arguments) => link::run(arguments, system),
        Command::Configure(arguments) => configure::run(arguments, system),
        Command::Doctor(arguments) => doctor::run(arguments, system),
        Command::Project(arguments) => project::run(arguments, system),
        Command::Allow(arguments) => allow::run(arguments, system),
        Command::Deny(arguments) => deny::run(arguments, system),
        Command::Hook(arguments) => hook::run(arguments, system),
        Command::Init(arguments) => init::run(arguments, system),
        Command::Completions(arguments) => Ok(completions::run(arguments)),
        Command::Complete(arguments) => Ok(complete::run(arguments, system)),
    }
}

/// JSON as every command prints it: one value, then a newline. What a terminal would obey is escaped, which means the
/// same to every reader.
fn json(value: &impl serde::Serialize) -> Vec<u8> {
    let json = serde_json::to_string_pretty(value).expect("what we tell has string keys and no failing parts");
    text::escape_json(&format!("{json}\n")).into_bytes()
}

/// What to print on stdout when a command that a shell evaluates has failed: the statement that fails in that shell.
#[must_use]
pub fn failing_statement(arguments: &[OsString], system: &System) -> &'static str {
    switch::failing_statement(arguments, system)
}
