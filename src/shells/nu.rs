//! nushell, which evaluates no text: it is told in JSON what to change, and its own commands carry it out.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::{AT_HOME, Dialect, Integration, Keeper, Refusal, completion};
use crate::core::delta::{Change, Delta};
use crate::core::text::escape_json;
use crate::core::vars::VarName;
use crate::core::watch::{PathBytes, SAID, Watch, time_of};

/// nushell.
pub(super) struct Nu;

static INTEGRATION: Integration = Integration {
    line: "mkdir ($nu.data-dir | path join vendor autoload); credenv init nu | save -f ($nu.data-dir | path join vendor autoload credenv.nu)",
    directory: (Some("XDG_CONFIG_HOME"), ".config"),
    files: &["nushell/config.nu"],
    all_in: Some("nushell/autoload"),
    place: "$env.config.hooks.pre_prompt",
    written: Some((Some("XDG_DATA_HOME"), ".local/share", "nushell/vendor/autoload/credenv.nu")),
    ..AT_HOME
};

/// How many seconds a shell is told to wait: who still sits there after eleven days has a process started for nothing.
const LONGEST_WAIT: u64 = 1_000_000;

impl Dialect for Nu {
    fn name(&self) -> &'static str {
        "nu"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["nushell"]
    }

    /// Only looks whether it can be carried: [`Dialect::frame`] writes it, where it belongs.
    fn set(&self, _name: &VarName, value: &[u8], _script: &mut Vec<u8>) -> Result<(), Refusal> {
        match std::str::from_utf8(value) {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(Refusal { what: "nushell holds only valid UTF-8", hint: "`credenv exec` passes it on unchanged" })
            }
        }
    }

    fn unset(&self, _name: &VarName, _script: &mut Vec<u8>) -> Result<(), Refusal> {
        Ok(())
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&NuKeeper)
    }

    /// It is our own command that keeps what must make way.
    fn keeper_without_integration(&self) -> Option<&dyn Keeper> {
        Some(&NuKeeper)
    }

    fn typed(&self, command: &str) -> String {
        format!("let it = ^{command} | from json; load-env $it.set; hide-env -i ...$it.unset")
    }

    /// The variables to set, the names to unset, and what only our own command reads.
    fn frame(&self, _statements: Vec<u8>, delta: &Delta) -> Vec<u8> {
        let names = |wanted: fn(&Change) -> bool| {
            let changes = delta.changes.iter().filter(|(_, change)| wanted(change));
            changes.map(|(name, _)| Json::from(name.as_str())).collect::<Vec<_>>()
        };
        let all = |names: &BTreeSet<VarName>| names.iter().map(|name| Json::from(name.as_str())).collect::<Vec<_>>();
        let set = delta.changes.iter().filter_map(|(name, change)| match change {
            Change::Set(value) => Some((name.as_str().to_owned(), text(value.as_bytes())?)),
            _ => None,
        });
        // What comes back is gone first, so that whoever reads no further has nothing of another identity.
        line(&json!({
            "set": set.collect::<Map<_, _>>(),
            "unset": names(|change| !matches!(change, Change::Set(_))),
            "aside": all(&delta.aside),
            "back": names(|change| *change == Change::PutBack),
            "drop": all(&delta.drop),
        }))
    }

    /// What is to be compared. nushell has nothing but `ls` for modification times, which looks at a directory no faster than
    /// at the names in it.
    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        let real = |path: &PathBytes| {
            let leading = watch.leading.iter().find(|(named, _)| named == path);
            text(leading.map_or(path, |(_, real)| real))
        };
        let timed: Vec<_> = watch
            .unchanged
            .iter()
            .chain(&watch.not_newer)
            .filter_map(|(file, reference)| Some((real(file)?, time_of(reference)?)))
            .collect();
        let leading: Vec<_> =
            watch.leading.iter().filter_map(|(path, real)| Some((text(path)?, text(real)?))).collect();
        let mut absent: Vec<_> = watch.absent.iter().filter_map(|path| text(path)).collect();
        for bare in &watch.bare {
            let names = bare.names.as_ref().unwrap_or(&watch.names);
            for directory in bare.directories.iter().map(|directory| absolute(directory, &watch.directory)) {
                absent.extend(names.iter().filter_map(|name| text(&[directory, b"/", name.as_bytes()].concat())));
            }
        }
        let known = |(name, value): &'_ (VarName, Option<Vec<u8>>)| match value {
            None => Some((name.to_string(), Json::Null)),
            Some(value) => Some((name.to_string(), text(value)?)),
        };
        let variables: Vec<_> = watch.variables.iter().filter_map(known).collect();
        // The shell is never in a directory without a name: then the next prompt asks again.
        let directory = if watch.unsure { Some(Json::from("")) } else { text(&watch.directory) };
        script.extend(line(&json!({
            "check": {
                "directory": directory,
                "absent": absent,
                "files": timed.iter().map(|(file, _)| file).collect::<Vec<_>>(),
                "times": timed.iter().map(|(_, time)| time).collect::<Vec<_>>(),
                "paths": leading.iter().map(|(path, _)| path).collect::<Vec<_>>(),
                "lead": leading.iter().map(|(_, real)| real).collect::<Vec<_>>(),
                "names": variables.iter().map(|(name, _)| name).collect::<Vec<_>>(),
                "values": variables.iter().map(|(_, value)| value).collect::<Vec<_>>(),
                "seconds": watch.look_again_in.map_or(LONGEST_WAIT, |seconds| seconds.min(LONGEST_WAIT)),
            },
            "memory": watch.memory,
            "said": watch.said.map_or_else(String::new, |said| format!(",{SAID}{said}")),
        })));
    }

    fn counts_seconds(&self) -> bool {
        true
    }

    /// Neither a record nor nothing: whoever goes on with it stumbles.
    fn failing_statement(&self) -> &'static str {
        "false\n"
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.nu"))
    }

    /// nushell only knows what was there when it read its files.
    fn completion(&self) -> Vec<u8> {
        completion::script("nu").unwrap_or_default().into()
    }

    fn integration(&self) -> Option<&Integration> {
        Some(&INTEGRATION)
    }

    /// Double quotes, in which nothing but a backslash is read. A file of nushell must be UTF-8.
    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let mut quoted = String::from("\"");
        for char in String::from_utf8_lossy(word).chars() {
            match char {
                '"' | '\\' => quoted.extend(['\\', char]),
                char if char.is_control() => quoted.extend(char.escape_unicode()),
                char => quoted.push(char),
            }
        }
        quoted.push('"');
        quoted.into_bytes()
    }
}

/// A directory above the one that we are in by its whole path, which nushell finds in half the time.
fn absolute<'d>(directory: &'d [u8], here: &'d [u8]) -> &'d [u8] {
    let levels = match directory {
        b"." => 0,
        _ if directory.split(|byte| *byte == b'/').all(|part| part == b"..") => directory.len().div_ceil(3),
        _ => return directory,
    };
    (0..levels).fold(here, |path, _| &path[..path.iter().rposition(|byte| *byte == b'/').unwrap_or(0)])
}

/// A text as JSON holds it; nothing where it is none. A path that nushell cannot name it cannot look at.
fn text(bytes: &[u8]) -> Option<Json> {
    std::str::from_utf8(bytes).ok().map(Json::from)
}

/// One object, on one line.
fn line(told: &Json) -> Vec<u8> {
    (escape_json(&told.to_string()) + "\n").into_bytes()
}

/// nushell exports what is a text: in a closure, a value stays in the shell. What is done with which name stands in the
/// frame.
struct NuKeeper;

impl Keeper for NuKeeper {
    fn set_aside(&self, _name: &VarName, _script: &mut Vec<u8>) {}
    fn set_aside_if_set(&self, _name: &VarName, _script: &mut Vec<u8>) {}
    fn put_back(&self, _name: &VarName, _script: &mut Vec<u8>) {}
    fn put_back_unexported(&self, _name: &VarName, _script: &mut Vec<u8>) {}
    fn drop_aside(&self, _name: &VarName, _script: &mut Vec<u8>) {}

    /// Every variable that is a text is exported.
    fn keeps_unexported(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_above_is_named_by_its_whole_path() {
        let named =
            |directory: &str| String::from_utf8(absolute(directory.as_bytes(), b"/home/me/a").to_vec()).unwrap();
        for (directory, path) in [
            (".", "/home/me/a"),
            ("..", "/home/me"),
            ("../..", "/home"),
            ("../../..", ""),
            ("../../../..", ""),
            ("/other", "/other"),
            ("..x", "..x"),
        ] {
            assert_eq!(named(directory), path, "{directory}");
        }
    }
}
