//! `credenv __complete`: what could stand where the cursor is in a command line, a line each: the word, a tab, and what
//! a person knows it by. Where the word is empty, the line asks the shell to complete by itself: `files`, or `command N`
//! where a command of its own begins at that word.
//!
//! Whatever is wrong, nothing is said and less is offered: nobody asked for more than a word.

mod csh;
mod line;
mod values;

use std::fmt::Write as _;

use self::line::Spot;
use super::Outcome;
use crate::cli::{self, CompleteArgs, CompleteForm};
use crate::core::vars::VarName;
use crate::report::{clean, is_clean};
use crate::system::System;

/// The variable in which tcsh hands over the line.
const TCSH_LINE: VarName = VarName::known("COMMAND_LINE");

pub(super) fn run(arguments: &CompleteArgs, system: &System) -> Outcome {
    Outcome::done(candidates(arguments, system).unwrap_or_default())
}

fn candidates(arguments: &CompleteArgs, system: &System) -> Option<String> {
    let definitions = cli::definitions();
    let of_tcsh;
    let (words, index) = if arguments.form == CompleteForm::Tcsh {
        let line = system.variable(&TCSH_LINE)?;
        of_tcsh = csh::words(std::str::from_utf8(line.as_bytes()).ok()?);
        (&of_tcsh, of_tcsh.len().checked_sub(1)?)
    } else {
        (&arguments.words, arguments.index)
    };
    let spot = line::spot(&definitions, words, index)?;
    // Everything begins with nothing, but some processors take 60 ns to find that out, for each name.
    let form = match arguments.form {
        CompleteForm::Fitting if spot.typed.is_empty() => CompleteForm::All,
        form => form,
    };
    let mut offers = Offers { form, spot: &spot, lines: String::new() };
    if let Some(first) = spot.command_from {
        offers.ask(&format!("command {first}"));
    }
    if spot.subcommands {
        for command in spot.command.get_subcommands().filter(|command| !command.is_hide_set()) {
            offers.add(command.get_name(), &text(command.get_about()));
        }
    }
    if let Some(arg) = spot.value {
        values::offer(arg, system, &mut offers);
    }
    if let Some(arg) = spot.dashes {
        offers.add_flag("--", &text(arg.get_help()));
    }
    for flag in &spot.flags {
        let name = flag.get_long().map(|long| format!("--{long}"));
        let name = name.or_else(|| flag.get_short().map(|short| format!("-{short}")));
        offers.add_flag(&name.unwrap_or_default(), &text(flag.get_help()));
    }
    if spot.help {
        offers.add_flag("--help", "Print help");
        if spot.command.get_version().is_some() {
            offers.add_flag("--version", "Print version");
        }
    }
    Some(offers.lines)
}

fn text(styled: Option<&clap::builder::StyledStr>) -> String {
    styled.map(ToString::to_string).unwrap_or_default()
}

/// The lines that are printed in the end.
struct Offers<'o> {
    form: CompleteForm,
    spot: &'o Spot<'o>,
    lines: String,
}

impl Offers<'_> {
    /// Whether a value is of use: it can be read there, it can stand in a line, and it begins as was typed.
    fn takes(&self, value: &str) -> bool {
        let is_flag = value.len() > 1 && value.starts_with('-') && !self.spot.any_value;
        !value.is_empty() && !is_flag && self.fits(value) && is_clean(value)
    }

    fn fits(&self, word: &str) -> bool {
        match self.form {
            CompleteForm::All => true,
            CompleteForm::Fitting => word.starts_with(&self.spot.typed),
            // tcsh takes a blank for the end of a word, several words for braces, and a home for a tilde.
            CompleteForm::Tcsh => {
                let carried =
                    !word.contains(|char: char| char.is_whitespace() || char == '{') && !word.starts_with('~');
                carried && word.starts_with(&self.spot.typed)
            }
        }
    }

    /// Offers a value, if it is of use.
    fn add(&mut self, value: &str, description: &str) {
        if self.takes(value) {
            self.line(value, &[description]);
        }
    }

    fn add_flag(&mut self, flag: &str, description: &str) {
        if self.fits(flag) {
            self.line(flag, &[description]);
        }
    }

    /// Offers a word with the parts of its description. Of a thousand profiles nothing is copied twice.
    fn line(&mut self, word: &str, description: &[&str]) {
        self.lines.push_str(&self.spot.head);
        self.lines.push_str(word);
        if self.form != CompleteForm::Tcsh && description.iter().any(|part| !part.is_empty()) {
            self.lines.push('\t');
            for part in description {
                if is_clean(part) {
                    self.lines.push_str(part);
                } else {
                    self.lines.push_str(&clean(part));
                }
            }
        }
        self.lines.push('\n');
    }

    /// Asks the shell to complete by itself.
    fn ask(&mut self, what: &str) {
        if self.form != CompleteForm::Tcsh {
            let _ = writeln!(self.lines, "\t{what}");
        }
    }
}
