//! Writing a file: whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{System, in_words, is_absence};
use crate::core::error::{Error, Result};

/// How many symlinks are followed from one to the next, as the kernel does.
const SYMLINK_LIMIT: usize = 40;

/// A file that is written whole beside the one whose place it is to take.
struct Prepared {
    path: PathBuf,
    target: PathBuf,
    temporary: PathBuf,
}

/// Files as they were read: the bytes of each, none where it is not there.
pub(crate) type Contents = Vec<Option<Vec<u8>>>;

impl System {
    /// Puts these bytes in the place of a file. Whoever reads it sees the old content or the new, and so does the next
    /// start of the machine. A symlink stays one, what it leads to is replaced; the mode of a file that is there is
    /// kept, a new one gets `mode_for_new` less what the umask takes.
    pub fn replace_file(&self, path: &Path, bytes: &[u8], mode_for_new: u32) -> Result<()> {
        prepare(path, bytes, mode_for_new)?.take_place()
    }

    /// Takes a file away.
    pub fn remove_file(&self, path: &Path) -> Result<()> {
        fs::remove_file(path)
            .map_err(|error| Error::failed(format!("cannot remove {}: {}", path.display(), in_words(&error))))
    }

    /// Where a symlink leads, even to a file that is not there yet; none where there is none.
    #[must_use]
    pub fn link_target(&self, path: &Path) -> Option<PathBuf> {
        target_of(path).ok().filter(|target| target != path)
    }

    /// Changes several files together: reads them, asks what they are to become (`None` leaves one as it is), writes
    /// all of that beside them, and only then puts it in their place. Two of us do so one after the other, and what
    /// another program wrote meanwhile is read again. A new directory is its owner's alone; a new file gets
    /// `mode_for_new` less what the umask takes.
    pub(crate) fn change_files(
        &self,
        paths: &[&Path],
        limit: u64,
        mode_for_new: u32,
        change: &mut dyn FnMut(&Contents) -> Result<Contents>,
    ) -> Result<()> {
        let locks = lock_directories(paths)?;
        if !locks.is_empty() {
            for path in paths {
                remove_leftovers(path);
            }
        }
        let read = || paths.iter().map(|path| self.read(path, limit)).collect::<Result<Contents>>();
        for _ in 0..TRIES {
            let before = read()?;
            let wanted = change(&before)?;
            let mut prepared = Vec::new();
            for ((path, wanted), before) in paths.iter().zip(&wanted).zip(&before) {
                if let Some(bytes) = wanted.as_ref().filter(|bytes| Some(*bytes) != before.as_ref()) {
                    prepared.push(prepare(path, bytes, mode_for_new)?);
                }
            }
            if read()? == before {
                return prepared.into_iter().try_for_each(Prepared::take_place);
            }
        }
        let names = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" and ");
        Err(Error::failed(format!("cannot change {names}: another program keeps changing them")))
    }
}

/// How often files are read again that another program changed meanwhile.
const TRIES: u32 = 10;

/// Its owner's alone.
pub(crate) const MODE_OF_SECRETS: u32 = 0o600;

/// Makes the directories where they are missing, and waits until none of us is at work in them. Where the file system
/// has no locks, nobody waits.
fn lock_directories(paths: &[&Path]) -> Result<Vec<File>> {
    let mut directories: Vec<PathBuf> = Vec::new();
    for path in paths {
        let told = |error: &io::Error| Error::failed(format!("cannot write {}: {}", path.display(), in_words(error)));
        let target = target_of(path).map_err(|error| told(&error))?;
        let directory = target.parent().unwrap_or(Path::new("/")).to_owned();
        super::platform::private_directory(&directory).map_err(|error| told(&error))?;
        directories.push(fs::canonicalize(&directory).unwrap_or(directory));
    }
    // In one order, so that two of us never wait for each other.
    directories.sort();
    directories.dedup();
    let locks = directories.iter().filter_map(|directory| {
        let lock = File::open(directory).ok()?;
        lock.lock().ok().map(|()| lock)
    });
    Ok(locks.collect())
}

/// What one of us left beside the file when it was killed. Nobody else of us is at work here now.
fn remove_leftovers(path: &Path) {
    let Ok(target) = target_of(path) else { return };
    let (Some(directory), Some(name)) = (target.parent(), target.file_name().and_then(OsStr::to_str)) else { return };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_ours = |found: &str| {
        let rest = found.strip_prefix('.').and_then(|found| found.strip_prefix(name));
        let numbers = rest.and_then(|rest| rest.strip_prefix('.')).and_then(|rest| rest.split_once('-'));
        numbers.is_some_and(|(process, number)| is_number(process) && is_number(number))
    };
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_ours) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn prepare(path: &Path, bytes: &[u8], mode_for_new: u32) -> Result<Prepared> {
    let told = |error: &io::Error| Error::failed(format!("cannot write {}: {}", path.display(), in_words(error)));
    let target = target_of(path).map_err(|error| told(&error))?;
    let before = match fs::metadata(&target) {
        Ok(metadata) if metadata.is_dir() => return Err(told(&io::ErrorKind::IsADirectory.into())),
        Ok(metadata) if !metadata.is_file() => {
            return Err(Error::failed(format!("cannot write {}: it is not a regular file", path.display())));
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
    let prepared = Prepared { path: path.to_owned(), target, temporary };
    fill(&mut file, bytes, before.as_ref()).map_err(|error| told(&error))?;
    Ok(prepared)
}

impl Prepared {
    fn take_place(self) -> Result<()> {
        fs::rename(&self.temporary, &self.target)
            .map_err(|error| Error::failed(format!("cannot write {}: {}", self.path.display(), in_words(&error))))?;
        // The new name outlasts a loss of power once its directory is on the disk; not every file system can say so.
        if let Some(directory) = self.target.parent() {
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
        }
        Ok(())
    }
}

/// Nobody misses a file that nobody has seen.
impl Drop for Prepared {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
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
pub(super) fn with_mode(options: &mut OpenOptions, mode: u32) {
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
pub(super) fn with_mode(_options: &mut OpenOptions, _mode: u32) {}

#[cfg(windows)]
fn keep_owner(_file: &File, _before: &fs::Metadata) {}
