//! Where in a command line the cursor stands, and what may stand there by the definitions of the commands.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

/// What may stand where the cursor is.
#[derive(Debug)]
pub(super) struct Spot<'c> {
    /// The command that the words before lead to.
    pub(super) command: &'c Command,
    /// Its subcommands may stand there.
    pub(super) subcommands: bool,
    /// A value of this argument may stand there.
    pub(super) value: Option<&'c Arg>,
    /// The word is taken for a value, whatever it begins with.
    pub(super) any_value: bool,
    /// These flags may stand there.
    pub(super) flags: Vec<&'c Arg>,
    /// `--help` may stand there, and where the command tells its version, `--version`.
    pub(super) help: bool,
    /// `--` may stand there, before this argument.
    pub(super) dashes: Option<&'c Arg>,
    /// From this word on, the line is a command of its own.
    pub(super) command_from: Option<usize>,
    /// What stands in the word before the value: `--region=`.
    pub(super) head: String,
    /// What was typed of the value.
    pub(super) typed: String,
}

/// Finds the spot of the word with that index. The definitions are taken as they were made: clap would first work out
/// much that is not asked here, and of what it adds, only `--help` and `--version` are of interest.
pub(super) fn spot<'c>(root: &'c Command, words: &[OsString], index: usize) -> Option<Spot<'c>> {
    let before = words.get(1..index)?;
    // What stands behind the cursor counts for nothing, and what is no text cannot be completed.
    let typed = words.get(index).map_or(Some(""), |word| word.to_str())?;
    let mut walk = Walk { command: root, seen: Vec::new(), positionals: 0, pending: None, dashes: None };
    for (at, word) in (1..).zip(before) {
        walk.take(at, word.to_str().unwrap_or_default())?;
    }
    Some(walk.spot(typed))
}

/// What the words so far came to.
struct Walk<'c> {
    command: &'c Command,
    seen: Vec<&'c Arg>,
    /// How many words stood where no flag did.
    positionals: usize,
    /// The flag whose value comes next.
    pending: Option<&'c Arg>,
    /// The index of `--`.
    dashes: Option<usize>,
}

impl<'c> Walk<'c> {
    /// Takes a word; nothing if no such word can stand there.
    fn take(&mut self, at: usize, word: &str) -> Option<()> {
        if self.pending.take().is_some() {
            return (word == "-" || !word.starts_with('-')).then_some(());
        }
        if self.dashes.is_some() {
            return self.take_positional();
        }
        if word == "--" {
            self.dashes = Some(at);
            return Some(());
        }
        if let Some(flag) = word.strip_prefix("--") {
            let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
            if name == "help" {
                return None;
            }
            let arg = self.long(name).filter(|arg| self.may_follow(arg))?;
            self.seen.push(arg);
            self.pending = (takes_value(arg) && value.is_none()).then_some(arg);
            return Some(());
        }
        if let Some(shorts) = word.strip_prefix('-').filter(|shorts| !shorts.is_empty()) {
            for (at, short) in shorts.char_indices() {
                let arg = self.command.get_arguments().find(|arg| arg.get_short() == Some(short))?;
                if !self.may_follow(arg) {
                    return None;
                }
                self.seen.push(arg);
                if takes_value(arg) {
                    self.pending = (at + short.len_utf8() == shorts.len()).then_some(arg);
                    break;
                }
            }
            return Some(());
        }
        if self.command.has_subcommands() {
            self.command = self.command.find_subcommand(word)?;
            self.seen.clear();
            return Some(());
        }
        self.take_positional()
    }

    fn take_positional(&mut self) -> Option<()> {
        let behind_dashes = self.dashes.is_some();
        self.seen.push(self.positional().filter(|arg| behind_dashes || !arg.is_last_set())?);
        self.positionals += 1;
        Some(())
    }

    fn spot(mut self, typed: &str) -> Spot<'c> {
        let mut spot = Spot {
            command: self.command,
            subcommands: false,
            value: None,
            any_value: false,
            flags: Vec::new(),
            help: false,
            dashes: None,
            command_from: None,
            head: String::new(),
            typed: typed.to_owned(),
        };
        if let Some(arg) = self.pending.take() {
            spot.value = Some(arg);
        } else if let Some(dashes) = self.dashes {
            let arg = self.positional();
            if arg.is_some_and(Arg::is_last_set) {
                spot.command_from = Some(dashes + 1);
            } else {
                spot.value = arg;
                spot.any_value = true;
            }
        } else if let Some((name, value)) = typed.strip_prefix("--").and_then(|flag| flag.split_once('=')) {
            spot.value = self.long(name).filter(|arg| takes_value(arg) && self.may_follow(arg));
            spot.any_value = true;
            spot.head = format!("--{name}=");
            spot.typed = value.into();
        } else {
            spot.subcommands = self.command.has_subcommands();
            let begins_a_flag = typed.starts_with('-') && typed != "-";
            spot.value = self.positional().filter(|arg| !arg.is_last_set() && !begins_a_flag);
            let behind_dashes = self.command.get_positionals().find(|arg| arg.is_last_set());
            spot.dashes = behind_dashes.filter(|_| spot.value.is_none());
            // Flags are many: they are shown where one was begun, or where nothing else can stand.
            let nothing_else = !spot.subcommands && spot.value.is_none() && spot.dashes.is_none();
            if typed.starts_with('-') || (typed.is_empty() && nothing_else) {
                let shown = |arg: &&Arg| !arg.is_positional() && !arg.is_hide_set() && arg.get_long() != Some("help");
                let flags = self.command.get_arguments().filter(|arg| shown(arg) && self.may_follow(arg));
                spot.flags = flags.collect();
                spot.help = true;
            }
        }
        spot
    }

    fn long(&self, name: &str) -> Option<&'c Arg> {
        let called = |arg: &&Arg| {
            let aliases = arg.get_all_aliases().unwrap_or_default();
            arg.get_long() == Some(name) || aliases.contains(&name)
        };
        self.command.get_arguments().find(called)
    }

    /// The argument of the next word that is no flag.
    fn positional(&self) -> Option<&'c Arg> {
        let mut positionals = self.command.get_positionals();
        let takes_more = |arg: &&Arg| matches!(arg.get_action(), ArgAction::Append);
        let arg = match self.command.get_positionals().position(|arg| takes_more(&arg)) {
            Some(last) => positionals.nth(self.positionals.min(last)),
            None => positionals.nth(self.positionals),
        }?;
        // What stands behind `--` is the last one's, however many could have stood before it.
        let last = self.command.get_positionals().find(|arg| arg.is_last_set()).filter(|_| self.dashes.is_some());
        let arg = last.unwrap_or(arg);
        (takes_more(&arg) || self.may_follow(arg)).then_some(arg)
    }

    /// Whether an argument may be given behind those that were given before.
    fn may_follow(&self, arg: &Arg) -> bool {
        let excludes = |one: &Arg, other: &Arg| {
            let conflicts = self.command.get_arg_conflicts_with(one);
            conflicts.iter().any(|conflict| conflict.get_id() == other.get_id())
        };
        let again = matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
        let given = self.seen.iter().any(|seen| seen.get_id() == arg.get_id());
        (again || !given) && !self.seen.iter().any(|seen| excludes(seen, arg) || excludes(arg, seen))
    }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;
    use clap::error::ErrorKind as Kind;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Whatever is typed, what is offered can stand there: clap takes the line, or misses only what comes later.
        #[test]
        fn what_is_offered_can_stand_there(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "use", "exec", "list", "show", "configure", "link", "project", "allow", "init", "off", "why", "prod",
                    "dev", "--stage", "--region", "--region=x", "--shell", "zsh", "--keep", "-y", "-yl", "--yes", "--json",
                    "--long", "-l", "--", "-", "", "--copy", "--remove", "--set", "a=b", "--nosuch", "-x", "--profile",
                    "-p", "--help", "--version",
                ]),
                0..6,
            ),
            typed in prop::sample::select(vec!["", "-", "--", "--s", "p"]),
        ) {
            let root = cli::definitions();
            let mut line: Vec<OsString> = std::iter::once("credenv").chain(words).map(OsString::from).collect();
            line.push(typed.into());
            let last = line.len() - 1;
            let Some(spot) = spot(&root, &line, last) else { return Ok(()) };
            let flags = spot.flags.iter().filter_map(|flag| flag.get_long()).map(|long| format!("--{long}"));
            let value = spot.value.filter(|arg| arg.get_possible_values().is_empty()).map(|_| "other".to_owned());
            for offered in flags.chain(value) {
                line[last] = OsString::from(&offered);
                let refused = cli::definitions().try_get_matches_from(&line).err().map(|error| error.kind());
                let later = [
                    None,
                    Some(Kind::MissingRequiredArgument),
                    Some(Kind::InvalidValue),
                    Some(Kind::MissingSubcommand),
                    Some(Kind::DisplayHelp),
                    Some(Kind::DisplayVersion),
                ];
                prop_assert!(later.contains(&refused), "{line:?}: {refused:?}");
            }
        }
    }
}
