//! The person's own config, `config.yml` in their config directory.

use std::path::PathBuf;

use serde::Deserialize;

use crate::core::error::{Error, Result};
use crate::system::System;

/// The largest config that is read, in bytes.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// What the person set for themselves.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Profiles that are never entered without being asked for: names, with `*` for any text.
    pub protected: Vec<String>,
    /// No line when a hook changed something.
    pub quiet: bool,
}

/// Rule.
pub struct Rule {
    /// Directory.
    pub directory: PathBuf,
    /// Asked.
    pub asked: crate::core::binding::Asked,
}

impl Config {
    /// Where it lies.
    #[must_use]
    pub fn path(system: &System) -> Option<PathBuf> {
        Some(system.config_directory()?.join("config.yml"))
    }

    /// Reads it; one that is not there sets nothing.
    pub fn read(system: &System) -> Result<Self> {
        let Some(path) = Self::path(system) else { return Ok(Self::default()) };
        let Some(bytes) = system.read(&path, SIZE_LIMIT)? else { return Ok(Self::default()) };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        serde_yaml::from_slice::<Option<Self>>(&bytes).map(Option::unwrap_or_default).map_err(|error| {
            let line = error.location().map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
            Error::failed(format!("cannot use {}{line}: {error}", path.display()))
        })
    }

    /// The person's own name for a profile that projects call by this name.
    #[must_use]
    pub fn own_name<'n>(&'n self, name: &'n str) -> &'n str {
        name
    }

    /// The rule for a directory.
    #[must_use]
    pub fn directory(&self, _directory: &std::path::Path, _home: Option<&std::path::Path>) -> Option<Rule> {
        None
    }

    /// Whether a profile is protected.
    #[must_use]
    pub fn protects(&self, profile: &str) -> bool {
        self.protected.iter().any(|pattern| matches(pattern, profile))
    }
}

/// Whether a name fits a pattern in which `*` stands for any text, also none.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, fits) in [
            ("*prod*", "prodProfile", true),
            ("*prod*", "acme-prod", true),
            ("*prod*", "dev", false),
            ("prod", "prod", true),
            ("prod", "prod2", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("*", "", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
