//! What only `doctor` asks of the machine.
#![allow(clippy::disallowed_methods)]

use std::path::{Path, PathBuf};

use super::System;

/// So many files of a directory are looked at.
const ENTRIES: usize = 1000;

impl System {
    /// Whether others than the owner may read the file; `None` where the system has no such bits, or nothing is there.
    #[must_use]
    pub fn others_may_read(&self, path: &Path) -> Option<bool> {
        mode(path).map(|mode| mode & 0o044 != 0)
    }

    /// Whether others than the owner may write to the file, or put another in the place of one in the directory; in a
    /// directory like `/tmp` they may not.
    #[must_use]
    pub fn others_may_write(&self, path: &Path) -> Option<bool> {
        mode(path).map(|mode| mode & 0o022 != 0 && mode & 0o1000 == 0)
    }

    /// Whether both paths lead to the same file.
    #[must_use]
    pub fn is_same_file(&self, one: &Path, other: &Path) -> bool {
        super::same_directory(one, other)
    }

    /// The files in a directory, by name; none where it cannot be read.
    #[must_use]
    pub fn files_in(&self, directory: &Path) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
        let paths = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
        let mut paths: Vec<PathBuf> = paths.take(ENTRIES).collect();
        paths.sort();
        paths
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).ok().map(|metadata| metadata.permissions().mode())
}

#[cfg(windows)]
fn mode(_path: &Path) -> Option<u32> {
    None
}
