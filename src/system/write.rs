//! Writing a file: whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{System, in_words, is_absence};
use crate::core::error::{Error, Result};

/// How many symlinks are followed from one to the next, as the kernel does.
const SYMLINK_LIMIT: usize = 40;

impl System {
    /// Puts these bytes in the place of a file. Whoever reads it sees the old content or the new, and so does the next
    /// start of the machine. A symlink stays one, what it leads to is replaced; the mode of a file that is there is
    /// kept, a new one gets `mode_for_new` less what the umask takes.
    pub fn replace_file(&self, path: &Path, bytes: &[u8], mode_for_new: u32) -> Result<()> {
        let told = |error: &io::Error| Error::failed(format!("cannot write {}: {}", path.display(), in_words(error)));
        let target = target_of(path).map_err(|error| told(&error))?;
        let before = match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(told(&io::ErrorKind::IsADirectory.into())),
            Ok(metadata) if !metadata.is_file() => {
                return Err(Error::failed(format!("cannot write {}: it is no regular file", path.display())));
            }
            // To replace a file takes no right to write it, and yet that is what its mode is about.
            Ok(metadata) => {
                OpenOptions::new().write(true).open(&target).map_err(|error| told(&error))?;
                Some(metadata)
            }
            Err(error) if is_absence(&error) => None,
            Err(error) => return Err(told(&error)),
        };
        let (mut file, temporary) = create_beside(&target, mode_for_new).map_err(|error| told(&error))?;
        let written = fill(&mut file, bytes, before.as_ref()).and_then(|()| fs::rename(&temporary, &target));
        written.map_err(|error| {
            // Nobody misses a file that nobody has seen.
            let _ = fs::remove_file(&temporary);
            told(&error)
        })?;
        // The new name outlasts a loss of power once its directory is on the disk; not every file system can say so.
        if let Some(directory) = target.parent() {
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
        }
        Ok(())
    }
}

/// Where a symlink leads, even to a file that is not there yet.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..SYMLINK_LIMIT {
        match fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(Path::new("/")).join(next),
            // It is no symlink, or not there.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

fn fill(file: &mut File, bytes: &[u8], before: Option<&fs::Metadata>) -> io::Result<()> {
    file.write_all(bytes)?;
    if let Some(before) = before {
        keep_owner(file, before);
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()
}

/// Creates a file of a name that nothing else has, in the directory of another.
fn create_beside(target: &Path, mode: u32) -> io::Result<(File, PathBuf)> {
    let mut number = 0;
    loop {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}-{number}", std::process::id()));
        let path = target.with_file_name(name);
        let mut options = OpenOptions::new();
        with_mode(options.write(true).create_new(true), mode);
        match options.open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(unix)]
fn with_mode(options: &mut OpenOptions, mode: u32) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(mode);
}

/// A file that root edits stays its owner's.
#[cfg(unix)]
fn keep_owner(file: &File, before: &fs::Metadata) {
    use std::os::unix::fs::MetadataExt as _;
    if file.metadata().is_ok_and(|now| (now.uid(), now.gid()) != (before.uid(), before.gid())) {
        let _ = std::os::unix::fs::fchown(file, Some(before.uid()), Some(before.gid()));
    }
}

#[cfg(windows)]
fn with_mode(_options: &mut OpenOptions, _mode: u32) {}

#[cfg(windows)]
fn keep_owner(_file: &File, _before: &fs::Metadata) {}
