//! Whether our integration is loaded in this shell, and still called; and whether one credenv is all there is.
//!
//! A process cannot see what its shell does at a prompt. So our wrapper function tells it, in a variable for this one
//! call: the shell, a `+` for each time that the integration was loaded, and what the shell will call.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::commands::start_up::{self, SIZE_LIMIT};
use crate::core::binding::Origin;
use crate::core::finding::Finding;
use crate::core::vars::VarName;
use crate::shells::{self, Dialect, Integration};
use crate::system::System;
use crate::system::bytes_of_path;
use crate::system::child::Child;

/// What our wrapper function tells.
const TOLD: &str = "CREDENV_HOOK";

/// So long another credenv may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a shell told of itself.
struct Told<'t> {
    dialect: &'static dyn Dialect,
    loaded: usize,
    /// What is in the place from where we are to be called.
    calls: &'t str,
}

impl<'t> Told<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (name, loaded, calls) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { dialect: shells::named(name)?, loaded: loaded.len(), calls })
    }

    /// What is called before us: the name of a command, and nothing else that may stand there.
    fn in_front(&self, function: &str) -> Option<String> {
        let before = self.calls[..self.calls.find(function)?].trim_matches([' ', '\t', '\n', ';']);
        // Visual Studio Code has put itself in front of all that was there, and calls it.
        if before.is_empty() || before.contains("__vsc_prompt_cmd") {
            return None;
        }
        let first = before.split([' ', '\t', '\n', ';']).next().unwrap_or_default();
        let is_name = first.len() < 80 && first.chars().all(|char| char.is_alphanumeric() || "_-./".contains(char));
        Some(if is_name { format!("`{first}`") } else { "another command".to_owned() })
    }
}

/// What is told of the integration.
pub(super) fn of(system: &System) -> Vec<Finding> {
    let text = system.environment.get(&VarName::known(TOLD)).map(|value| value.shown().into_owned());
    let told = text.as_deref().and_then(Told::read);
    let mut found = match &told {
        Some(told) => loaded(told, system),
        None => not_loaded(system).into_iter().collect(),
    };
    found.extend(another(told.is_some(), system));
    found
}

fn loaded(told: &Told<'_>, system: &System) -> Vec<Finding> {
    let Some(integration) = told.dialect.integration() else { return Vec::new() };
    let Integration { place, function, .. } = integration;
    let mut found = Vec::new();
    let lines = Lines::read(integration, system);
    match told.calls.matches(function).count() {
        0 => found.push(no_longer_called(integration, told, &lines)),
        1 => {}
        times => {
            let message = format!("`{place}` calls the shell integration {times} times");
            found.push(Finding::note(message, &[], format!("remove all but one `{function}` from it")).about(*place));
        }
    }
    if integration.is_first
        && let Some(before) = told.in_front(function)
    {
        let message =
            format!("{before} runs before the shell integration: a prompt that it draws shows the previous profile");
        let remedy = format!("move `{}` below the line that loads it", integration.line);
        found.push(Finding::note(message, &[], remedy).about(*place));
    }
    if let Some(file) = written(integration, system)
        && system.read(&file, SIZE_LIMIT).ok().flatten()
            != system.own_path().ok().and_then(|own| shells::hook(told.dialect, &bytes_of_path(&own)))
    {
        let message = "the integration in this file belongs to another credenv";
        found.push(Finding::note(message, &[], type_it(told.dialect.name())).in_file(&file));
    }
    if let [first, second, ..] = lines.loading.as_slice()
        && told.loaded > 1
    {
        let first = format!("{}:{}", system.in_home(&first.file), first.line);
        let message = format!("the shell integration is loaded twice, here and at {first}");
        found.push(Finding::note(message, &[], "keep only one of the lines").at(second));
    }
    found
}

fn no_longer_called(integration: &Integration, told: &Told<'_>, lines: &Lines) -> Finding {
    let Integration { place, line, belongs, .. } = integration;
    let name = told.dialect.name();
    let begins = format!("the {name} integration is loaded, but no longer called");
    let remedy = if integration.written.is_some() {
        format!("let whatever sets `{place}` add to it instead")
    } else {
        format!("move `{line}` below whatever sets `{place}`, in {belongs}")
    };
    let below =
        |line: &&Origin| lines.loading.iter().any(|loading| loading.file == line.file && loading.line < line.line);
    if let Some(line) = lines.taking.iter().find(below) {
        return Finding::problem(format!("{begins}: this line replaces `{place}`"), &[], remedy).at(line);
    }
    let who = if told.calls.contains("__vte_prompt_command") {
        "a script that the terminal runs at start-up (vte.sh)"
    } else {
        "something"
    };
    Finding::problem(format!("{begins}: {who} replaced `{place}`"), &[], remedy).about(*place)
}

/// Said only where a person types, in a shell that could have it: a script does without.
fn not_loaded(system: &System) -> Option<Finding> {
    if !system.speaks_to_terminal() {
        return None;
    }
    let dialect = system.parent().as_deref().and_then(shells::of_process)?;
    let integration = dialect.integration()?;
    let name = dialect.name();
    if let Some(line) = Lines::read(integration, system).loading.first() {
        let message = format!("this line loads the {name} integration, but this command was not called through it");
        let remedy = "start a new shell, and type `credenv doctor` without a path";
        return Some(Finding::note(message, &[], remedy).at(line));
    }
    if integration.written.is_some() {
        if let Some(file) = written(integration, system) {
            let message = format!("this file holds the {name} integration, but this call bypassed it");
            let remedy = "start a new shell, and type `credenv doctor` without a path or a `^`";
            return Some(Finding::note(message, &[], remedy).in_file(&file));
        }
        let message = format!("the {name} integration is not loaded: neither `cd` nor `credenv use` switches anything");
        return Some(Finding::note(message, &[], type_it(name)));
    }
    let message =
        format!("the {name} integration is not loaded: `cd` switches nothing, and `credenv use` needs `eval`");
    let remedy = format!("`credenv init --install {name}` adds `{}` to {}", integration.line, integration.belongs);
    Some(Finding::note(message, &[], remedy))
}

/// The file that the line wrote, where it is typed once.
fn written(integration: &Integration, system: &System) -> Option<PathBuf> {
    let path = start_up::place(integration.written?, system)?;
    (system.is_file(&path) == Some(true)).then_some(path)
}

fn type_it(name: &str) -> String {
    format!("type `credenv init --install {name}` and start a new shell")
}

/// The lines of the start-up files that concern us.
#[derive(Default)]
struct Lines {
    /// Those that load the integration.
    loading: Vec<Origin>,
    /// Those that take its place.
    taking: Vec<Origin>,
}

impl Lines {
    fn read(integration: &Integration, system: &System) -> Self {
        let mut lines = Self::default();
        for file in start_up::files(integration, system) {
            if system.is_file(&file) != Some(true) {
                continue;
            }
            let Ok(Some(bytes)) = system.read(&file, SIZE_LIMIT) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            for (number, line) in (1..).zip(text.lines()) {
                let line = line.trim_start();
                let origin = || Origin { file: file.clone(), line: number };
                if line.starts_with('#') {
                    continue;
                }
                if line.contains("credenv") && line.contains(" init ") {
                    lines.loading.push(origin());
                } else if integration.taken_by.iter().any(|begins| line.starts_with(begins))
                    && !line.contains(&format!("${}", integration.place))
                    && !line.contains(&format!("${{{}", integration.place))
                    && !line.contains(integration.function)
                {
                    lines.taking.push(origin());
                }
            }
        }
        lines
    }
}

/// Another credenv than the one that runs.
fn another(loaded: bool, system: &System) -> Option<Finding> {
    let own = system.own_path().ok()?;
    let first = system.find_command(OsStr::new("credenv")).ok()?;
    if system.is_same_file(&own, &first) {
        return None;
    }
    let version = version(&first, system);
    let own_version = env!("CARGO_PKG_VERSION");
    let who = if loaded { "the integration of this shell runs" } else { "this is" };
    let message = format!(
        "{who} {} ({own_version}), but `credenv` in `PATH` is another one ({})",
        system.in_home(&own),
        version.as_deref().unwrap_or("version unknown"),
    );
    let told = if version.as_deref() == Some(own_version) { Finding::note } else { Finding::problem };
    let remedy = "remove one of them, or put the directory of the right one first in `PATH` and start a new shell";
    Some(told(message, &[], remedy).in_file(&first))
}

fn version(path: &Path, system: &System) -> Option<String> {
    let arguments = [OsString::from("--version")];
    let child =
        Child { command: path.as_os_str(), arguments: &arguments, changes: &[], limit: PATIENCE, shows_stderr: false };
    let answer = system.run_for_answer(&child).ok()?;
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    text.trim().strip_prefix("credenv ").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_name_of_what_stands_in_front_is_told() {
        let in_front = |calls: &str| Told::read(&format!("bash:+:{calls}")).and_then(|told| told.in_front("us"));
        for (calls, told) in [
            ("us", None),
            (" ; us;other", None),
            ("draws; us", Some("`draws`")),
            ("/opt/draws --token hunter2\nus", Some("`/opt/draws`")),
            ("TOKEN=hunter2 draws; us", Some("another command")),
            ("__vsc_prompt_cmd_original us", None),
            ("nobody", None),
        ] {
            assert_eq!(in_front(calls).as_deref(), told, "{calls}");
        }
    }

    #[test]
    fn what_no_wrapper_of_ours_would_tell_is_nothing() {
        for text in ["", "bash", "bash:+", "pdp11:+:us", ":::"] {
            assert!(Told::read(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(bash|zsh|)?:?\\PC{0,40}") {
            if let Some(told) = Told::read(&text) {
                let _ = told.in_front("us");
            }
        }
    }
}
