//! Where the two AWS files lie, by the rules that every SDK follows.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

pub use super::dialect::FileKind;
use super::dialect::{self, Section};
use crate::core::vars::{Environment, VarName};

/// The largest AWS file that is read, in bytes (32 MiB): 10,000 profiles take 1.3 MB.
pub const SIZE_LIMIT: u64 = 33_554_432;

/// The variable that moves the config file.
pub const CONFIG_FILE: VarName = VarName::known("AWS_CONFIG_FILE");
/// The variable that moves the credentials file.
pub const CREDENTIALS_FILE: VarName = VarName::known("AWS_SHARED_CREDENTIALS_FILE");

impl FileKind {
    fn variable(self) -> VarName {
        match self {
            FileKind::Config => CONFIG_FILE,
            FileKind::Credentials => CREDENTIALS_FILE,
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            FileKind::Config => "config",
            FileKind::Credentials => "credentials",
        }
    }
}

/// One of the two files as it was read. A missing file is an empty one.
#[derive(Debug, Clone)]
pub struct AwsFile {
    /// Which one.
    pub kind: FileKind,
    /// Its absolute path; empty when there is no home directory to look in.
    pub path: PathBuf,
    bytes: Vec<u8>,
    /// Whether it is there.
    pub exists: bool,
    /// A hook asks for them up to three times, and the file may have 10,000.
    sections: OnceCell<Vec<Section<'static>>>,
}

impl AwsFile {
    /// A file that is not there, or was not read yet.
    #[must_use]
    pub fn unread(kind: FileKind, path: PathBuf) -> Self {
        Self { kind, path, bytes: Vec::new(), exists: false, sections: OnceCell::new() }
    }

    /// A file as it was read.
    #[must_use]
    pub fn read(kind: FileKind, path: PathBuf, bytes: Vec<u8>) -> Self {
        Self { bytes, exists: true, ..Self::unread(kind, path) }
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its sections, found once.
    #[must_use]
    pub fn sections(&self) -> &[Section<'static>] {
        self.sections
            .get_or_init(|| dialect::sections(&self.bytes, self.kind).into_iter().map(Section::into_owned).collect())
    }
}

impl AsRef<Path> for AwsFile {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

/// The path of one of the files: the variable if it is set and not empty, else below the home directory. A leading
/// `~` in the variable is expanded, a relative path starts at `directory`.
#[must_use]
pub fn locate(
    kind: FileKind,
    environment: &Environment,
    home: Option<&Path>,
    directory: &Path,
    to_path: &dyn Fn(&[u8]) -> PathBuf,
) -> Option<PathBuf> {
    match environment.get(&kind.variable()).filter(|value| !value.as_bytes().is_empty()) {
        Some(value) => Some(directory.join(expand_home(&to_path(value.as_bytes()), home))),
        None => Some(home?.join(".aws").join(kind.file_name())),
    }
}

/// Expands a leading `~`; a path that is not below home stays as it is.
#[must_use]
pub fn expand_home(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::vars::Value;

    #[test]
    fn the_variable_moves_a_file_and_an_empty_one_does_not() {
        let to_path = |bytes: &[u8]| PathBuf::from(String::from_utf8(bytes.to_vec()).unwrap());
        let at = |value: &str| {
            let environment = [(CONFIG_FILE, Value::new(value))].into();
            locate(FileKind::Config, &environment, Some(Path::new("/h")), Path::new("/d"), &to_path)
        };
        assert_eq!(at("/x/config"), Some("/x/config".into()));
        assert_eq!(at("~/config"), Some("/h/config".into()));
        assert_eq!(at("~x/config"), Some("/d/~x/config".into()));
        assert_eq!(at("config"), Some("/d/config".into()));
        assert_eq!(at(""), Some("/h/.aws/config".into()));
        let credentials = |home| locate(FileKind::Credentials, &Environment::new(), home, Path::new("/d"), &to_path);
        assert_eq!(credentials(Some(Path::new("/h"))), Some("/h/.aws/credentials".into()));
        assert_eq!(credentials(None), None);
    }
}
