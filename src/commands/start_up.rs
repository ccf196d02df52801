//! Where the start-up files of a shell are.

use std::path::PathBuf;

use crate::core::error::{Error, Result};
use crate::core::vars::VarName;
use crate::shells::{Dialect, Integration, Place};
use crate::system::os::Os;
use crate::system::{System, path_of};

/// The largest start-up file that is read, in bytes.
pub(super) const SIZE_LIMIT: u64 = 1024 * 1024;

/// The directory that a variable names, and where it is else.
fn directory((named, below_home): (Option<&'static str>, &'static str), system: &System) -> Option<PathBuf> {
    let named = named.and_then(|name| system.variable(&VarName::known(name))).map(|value| path_of(value.as_bytes()));
    let named = named.filter(|path| path.is_absolute());
    named.or_else(|| system.home.as_ref().map(|home| home.join(Os::HERE.below_home(below_home))))
}

/// Where a file is.
pub(super) fn place((named, below_home, file): Place, system: &System) -> Option<PathBuf> {
    Some(directory((named, below_home), system)?.join(file))
}

/// The start-up files that a variable names in the place of the usual ones.
pub(super) fn named(integration: &Integration, system: &System) -> Vec<PathBuf> {
    integration.named_by.map(|name| system.paths_in(&VarName::known(name))).unwrap_or_default()
}

/// The files of a directory that holds nothing but start-up files, and of which the shell reads all.
pub(super) fn always_read(integration: &Integration, system: &System) -> Vec<PathBuf> {
    let all_in = integration.all_in.and_then(|all| Some(directory(integration.directory, system)?.join(all)));
    all_in.map(|all| system.files_in(&all)).unwrap_or_default()
}

/// The start-up files that the shell may have read.
pub(super) fn files(integration: &Integration, system: &System) -> Vec<PathBuf> {
    let usual = integration.rc.iter().filter_map(|usual| place(*usual, system));
    let beside = directory(integration.directory, system)
        .into_iter()
        .flat_map(|directory| integration.login.iter().chain(integration.files).map(move |file| directory.join(file)));
    let named = named(integration, system).into_iter().map(|path| system.directory.join(path));
    let mut files = Vec::new();
    for file in usual.chain(beside).chain(always_read(integration, system)).chain(named) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// The start-up file that an interactive shell reads.
pub(super) fn usual(dialect: &dyn Dialect, integration: &Integration, system: &System) -> Result<PathBuf> {
    let name = dialect.name();
    let with_file = |file: &str| format!("`credenv init --install {name} --file {file}`");
    if let Some(written) = integration.written {
        return place(written, system).ok_or_else(no_home);
    }
    let usual: Vec<_> = integration.rc.iter().filter_map(|usual| place(*usual, system)).collect();
    let named = named(integration, system);
    let variable = integration.named_by.unwrap_or_default();
    if let Some(odd) = named.iter().find(|path| !path.is_absolute()) {
        let message = format!("`{variable}` names {}, which is not an absolute path", odd.display());
        return Err(Error::failed(message).hint(with_file("FILE")));
    }
    if let Some((line, variable, file)) = set_elsewhere(integration, system)? {
        let message =
            format!("{line} sets `{variable}`, which is not in the environment: cannot tell which file is read");
        return Err(Error::failed(message).hint(with_file(&format!("\"${variable}/{file}\""))));
    }
    let read = match named.last() {
        None => usual,
        Some(last) => {
            let both: Vec<_> = usual.into_iter().filter(|path| named.contains(path)).collect();
            if both.is_empty() { vec![last.clone()] } else { both }
        }
    };
    let found = read.iter().find(|path| system.exists(path)).or(read.first()).cloned();
    found.ok_or_else(|| match integration.named_by {
        Some(variable) if integration.rc.is_empty() => {
            Error::failed(format!("`{name}` reads no start-up file: `{variable}` is not set"))
                .hint(format!("put `export {variable}=\"$HOME/.{name}rc\"` into ~/.profile, and log in again"))
        }
        _ if integration.rc.is_empty() => {
            Error::failed(format!("cannot tell where {} is", integration.belongs)).hint(with_file("$PROFILE"))
        }
        _ => no_home(),
    })
}

fn no_home() -> Error {
    Error::failed("there is no home directory to look for the start-up file in: `HOME` is not set")
}

/// A shell may know another directory than it tells the programs that it starts: the line that sets the variable for it, that
/// variable, and the file in the directory.
fn set_elsewhere(integration: &Integration, system: &System) -> Result<Option<(String, &'static str, &'static str)>> {
    let (Some(&(Some(variable), _, file)), Some(sets_it)) = (integration.rc.first(), integration.sets_place) else {
        return Ok(None);
    };
    let Some(path) = system.home.as_ref().map(|home| home.join(sets_it)) else { return Ok(None) };
    if system.variable(&VarName::known(variable)).is_some() || system.is_file(&path) != Some(true) {
        return Ok(None);
    }
    let text = system.read(&path, SIZE_LIMIT)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let sets = |line: &str| !line.trim_start().starts_with('#') && line.contains(&format!("{variable}="));
    let found = (1..).zip(text.lines()).find(|(_, line)| sets(line));
    Ok(found.map(|(number, _)| (format!("{}:{number}", path.display()), variable, file)))
}
