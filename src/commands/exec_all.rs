//! `credenv exec PATTERN -- CMD…`: run one command under every profile that a pattern fits, one after the other.

use super::Outcome;
use super::context::Context;
use super::exec::changes;
use super::place::Looking;
use crate::cli::ExecArgs;
use crate::config::matches;
use crate::core::error::{Error, Result};
use crate::core::text::as_typed;
use crate::report;
use crate::system::foreground::{Ended, Foreground, signal_name};

/// Runs the command; the AWS files have been read.
pub(super) fn run(
    arguments: &ExecArgs,
    pattern: &str,
    context: &mut Context<'_>,
    looking: &Looking<'_>,
) -> Result<Outcome> {
    let names = fitting(pattern, context)?;
    refuse_protected(&names, arguments, pattern, context)?;
    if let Some(command) = arguments.command.first() {
        context.system.find_command(command)?;
    }
    let mut foreground = context.system.foreground()?;
    let mut failed: Vec<(&str, String, u8)> = Vec::new();
    let mut done = 0;
    for name in &names {
        context.system.say(&report::note(&format!("{name} ({} of {})", done + 1, names.len())));
        let ended = run_under(name, arguments, context, looking, &mut foreground);
        done += 1;
        // How an interrupted command ended says nothing of the command.
        if foreground.ended_by().is_some() {
            break;
        }
        match ended {
            Ok(Ended::Status(0)) => {}
            Ok(ended) => failed.push((name, in_words(ended), ended.code())),
            Err(error) => {
                context.system.say(&report::error(&error));
                failed.push((name, "the command was not run".to_owned(), error.kind().exit_code()));
            }
        }
        if arguments.fail_fast && !failed.is_empty() {
            break;
        }
    }
    let signal = foreground.ended_by();
    let message = match signal {
        Some(_) => format!("interrupted under {}", names[done - 1]),
        None if failed.is_empty() => format!("done under {}", count(names.len())),
        None => format!("failed under {} of {}", failed.len(), count(names.len())),
    };
    let mut summary = Error::failed(message);
    for (name, why, _) in &failed {
        summary = summary.because(format!("{name}: {why}"));
    }
    if done < names.len() {
        summary = summary.because(format!("not run: {}", names[done..].join(", ")));
    }
    context.system.say(&report::error(&summary));
    let code = match (signal, failed.first()) {
        (Some(signal), _) => foreground.end(signal),
        (None, first) => first.map_or(0, |(_, _, code)| *code),
    };
    Ok(Outcome { stdout: Vec::new(), code })
}

/// The profiles that the pattern fits, in the order of `credenv list`.
fn fitting(pattern: &str, context: &Context<'_>) -> Result<Vec<String>> {
    let profiles = context.profiles();
    let names: Vec<String> =
        profiles.names().into_iter().filter(|name| matches(pattern, name)).map(str::to_owned).collect();
    if names.is_empty() {
        return Err(Error::failed(format!("no profile matches `{pattern}`")).hint("`credenv list` shows your profiles"));
    }
    Ok(names)
}

fn refuse_protected(names: &[String], arguments: &ExecArgs, pattern: &str, context: &Context<'_>) -> Result<()> {
    let protected: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| context.settings.protects(name)).collect();
    if arguments.yes || protected.is_empty() {
        return Ok(());
    }
    let are = if protected.len() == 1 { "is" } else { "are" };
    Err(Error::failed(format!(
        "`{pattern}` matches `{}`, which {are} protected: nothing was run",
        protected.join("`, `")
    ))
    .hint(format!("`credenv exec {} --yes -- COMMAND` runs it there as well", as_typed(pattern))))
}

fn run_under(
    name: &str,
    arguments: &ExecArgs,
    context: &mut Context<'_>,
    looking: &Looking<'_>,
    foreground: &mut Foreground,
) -> Result<Ended> {
    let [command, rest @ ..] = arguments.command.as_slice() else { return Ok(Ended::Status(0)) };
    // What was refused or allowed was all of them, at once.
    let arguments = ExecArgs { profile: Some(name.to_owned()), yes: true, ..arguments.clone() };
    let changes = changes(&arguments, context, looking)?;
    // To come by the credentials may have taken a while.
    if let Some(signal) = foreground.ended_by() {
        return Ok(Ended::Signal(signal));
    }
    foreground.run(context.system, command, rest, &changes)
}

fn in_words(ended: Ended) -> String {
    match ended {
        Ended::Status(code) => format!("exit status {code}"),
        Ended::Signal(signal) => format!("ended by {}", signal_name(signal)),
    }
}

fn count(number: usize) -> String {
    format!("{number} profile{}", if number == 1 { "" } else { "s" })
}
