//! A wrong command line in our own words: what is wrong with it, how it is written, and what to type.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli;
use crate::core::error::Error;

/// Says what clap found wrong. What it finds so seldom that we have no words for it keeps those of clap.
#[must_use]
pub fn error(found: &clap::Error, arguments: &[OsString]) -> Error {
    let get = |kind| found.get(kind).map(text).unwrap_or_default();
    // Brackets say that it may be left out, which is not the point here.
    let argument = get(ContextKind::InvalidArg).replace('[', "<").replace(']', ">");
    let message = match found.kind() {
        ErrorKind::InvalidSubcommand => format!("there is no command `{}`", get(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("unexpected argument `{argument}`"),
        ErrorKind::MissingRequiredArgument => format!("`{argument}` is missing"),
        ErrorKind::ArgumentConflict if argument == get(ContextKind::PriorArg) => {
            format!("`{argument}` can be given only once")
        }
        ErrorKind::ArgumentConflict => {
            format!("`{argument}` cannot be used with `{}`", get(ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue if get(ContextKind::InvalidValue).is_empty() => format!("`{argument}` needs a value"),
        ErrorKind::InvalidValue => format!("`{argument}` cannot be `{}`", get(ContextKind::InvalidValue)),
        ErrorKind::TooManyValues => format!("`{argument}` takes no value"),
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".to_owned(),
        _ => found.render().to_string().trim_start_matches("error: ").trim_end().to_owned(),
    };
    let mut error = Error::usage(message);
    if (argument.starts_with('<') && found.kind() != ErrorKind::InvalidValue)
        || found.kind() == ErrorKind::UnknownArgument
    {
        let lines = get(ContextKind::Usage);
        for line in lines.trim_start_matches("Usage: ").lines() {
            error = error.because(format!("usage: {}", line.trim()));
        }
    }
    error.hint(hint(found, arguments))
}

fn hint(found: &clap::Error, arguments: &[OsString]) -> String {
    let definitions = cli::definitions();
    let shown = |name: &str| definitions.find_subcommand(name).filter(|command| !command.is_hide_set());
    let nearest = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .filter_map(|kind| Some((kind, first(found.get(kind)?)?)))
        .find(|(kind, name)| *kind != ContextKind::SuggestedSubcommand || shown(name).is_some());
    if let Some((_, name)) = nearest {
        return format!("did you mean `{name}`?");
    }
    if let Some(ContextValue::Strings(values)) = found.get(ContextKind::ValidValue)
        && !values.is_empty()
    {
        return format!("it can be `{}`", values.join("`, `"));
    }
    let command = arguments.first().and_then(|first| shown(first.to_str()?));
    match command.map(clap::Command::get_name) {
        Some(name) => format!("`credenv {name} --help` shows what it takes"),
        None => "`credenv --help` lists the commands".to_owned(),
    }
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(texts) => texts.join("`, `"),
        other => other.to_string(),
    }
}

fn first(value: &ContextValue) -> Option<String> {
    match value {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    }
}
