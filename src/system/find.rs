//! Finding a command as a shell does, through `which`, with the environment and the home directory that we captured.
//!
//! The library's own view of the system would ask the name service for the home directory, which links a resolver
//! into the static binary.

use std::ffi::{OsStr, OsString};
use std::fs::{DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::System;
use super::os::Os;

impl which::sys::Sys for &System {
    type ReadDirEntry = DirEntry;
    type Metadata = Metadata;

    fn is_windows(&self) -> bool {
        Os::HERE == Os::Windows
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        Ok(self.directory.clone())
    }

    fn home_dir(&self) -> Option<PathBuf> {
        self.home.clone()
    }

    fn env_split_paths(&self, paths: &OsStr) -> Vec<PathBuf> {
        std::env::split_paths(paths).collect()
    }

    fn env_path(&self) -> Option<OsString> {
        std::env::var_os("PATH")
    }

    fn env_path_ext(&self) -> Option<OsString> {
        std::env::var_os("PATHEXT")
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        std::fs::metadata(path)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<Metadata> {
        std::fs::symlink_metadata(path)
    }

    fn read_dir(&self, path: &Path) -> io::Result<Box<dyn Iterator<Item = io::Result<DirEntry>>>> {
        Ok(Box::new(std::fs::read_dir(path)?))
    }

    fn is_valid_executable(&self, path: &Path) -> io::Result<bool> {
        super::may_be_run(path)
    }
}
