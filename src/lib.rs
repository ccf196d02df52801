//! credenv tells every terminal which AWS identity its next command will use, and switches it.

pub mod aws;
pub mod certs;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod core;
pub mod picker;
pub mod project;
pub mod recent;
pub mod report;
pub mod shells;
pub mod state;
pub mod system;
pub mod usage;

use std::ffi::OsString;

use clap::error::ErrorKind;

use crate::commands::Outcome;
use crate::core::error::Error;
use crate::system::System;

/// Runs credenv on the process as it was captured. stderr is written on the way, stdout is left to the caller.
#[must_use]
pub fn run(system: &System) -> Outcome {
    let arguments = system.arguments.as_slice();
    let outcome = match cli::parse(arguments) {
        Ok(command) => commands::run(&command, system).map_err(|error| {
            system.say(&report::error(&error));
            error.kind().exit_code()
        }),
        Err(_) if cli::names_another_shell(arguments) => {
            let error = Error::usage(
                "`--shell` prints for another program, but here `credenv` is the function that switches this shell",
            )
            .hint("`command credenv` instead of `credenv` prints it");
            system.say(&report::error(&error));
            Err(2)
        }
        Err(error) => wrong_usage(&error, arguments, system),
    };
    outcome.unwrap_or_else(|code| {
        let stdout = if cli::is_evaluated(arguments) { commands::failing_statement(arguments, system) } else { "" };
        Outcome { stdout: stdout.into(), code }
    })
}

/// What clap has to say: help and version are data, unless a shell evaluates stdout; the rest is a usage error.
fn wrong_usage(error: &clap::Error, arguments: &[OsString], system: &System) -> Result<Outcome, u8> {
    let text = error.render().to_string();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        system.say(&text);
        return Err(2);
    }
    if error.use_stderr() {
        let error = usage::error(error, arguments);
        system.say(&report::error(&error));
        return Err(error.kind().exit_code());
    }
    if arguments.iter().any(|argument| argument == "--wrapper") {
        system.say(&text);
        return Ok(Outcome::default());
    }
    Ok(Outcome { stdout: text.into_bytes(), code: 0 })
}
