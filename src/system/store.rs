//! What credenv keeps on disk: records of trust, the profiles used last, and reference files by which a shell sees that
//! nothing changed.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::write::with_mode;
use super::{System, in_words, platform};
use crate::core::delta::fingerprint;
use crate::core::error::{Error, Result};
use crate::core::watch::Mark;

/// The coarsest clock by which a kernel stamps files, with room for the timer's own delay: HZ is 100 or more.
pub(super) const CLOCK_TICK: Duration = Duration::from_millis(12);

/// File systems without fractions of a second stamp to one or two seconds.
pub(super) const COARSE_TICK: Duration = Duration::from_secs(2);

/// So many reference files are kept before all are made anew. A shell whose own is gone looks once more.
const REFERENCES: usize = 512;

/// So many bundles of certificates are kept: the ones that were used longest ago go first. A shell with the hook whose
/// own is gone has it again at its next prompt.
const BUNDLES: usize = 64;

/// A bundle that is used is marked as used at most that often, because a shell that watches it looks again then.
const USED_ANEW: Duration = Duration::from_secs(24 * 60 * 60);
/// At one of so many new ones, they are counted.
const COUNTED: u64 = 16;

/// When a file was last changed, as far as that can tell a later change from this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    modified: SystemTime,
    /// A change within the same tick of the clock could follow unseen.
    pub fresh: bool,
    /// The file in whole numbers, where the system counts its changes.
    pub mark: Option<Mark>,
}

impl Stamp {
    /// The stamp of something that was last changed then, so that the next change bears another time.
    #[must_use]
    pub fn settled(modified: SystemTime) -> Self {
        Self { modified, fresh: false, mark: None }
    }
}

impl System {
    /// The stamp of a file, `None` when nothing is there. Where the file was changed within the clock's present tick,
    /// this waits for the tick to end, so that what is read afterwards belongs to the stamp.
    #[must_use]
    pub fn stamp(&self, path: &Path) -> Option<Stamp> {
        let metadata = fs::metadata(path).ok()?;
        let modified = metadata.modified().ok()?;
        let now = SystemTime::now();
        // A time in the future cannot come again by writing.
        let Ok(age) = now.duration_since(modified) else {
            return Some(Stamp { modified, fresh: false, mark: mark(&metadata, now) });
        };
        if let Some(left) = CLOCK_TICK.checked_sub(age) {
            std::thread::sleep(left);
            let metadata = fs::metadata(path).ok()?;
            let modified = metadata.modified().ok()?;
            return Some(Stamp { modified, fresh: is_coarse(modified), mark: mark(&metadata, now) });
        }
        Some(Stamp { modified, fresh: age < COARSE_TICK && is_coarse(modified), mark: mark(&metadata, now) })
    }

    /// A file that was changed at exactly that moment. `None` where none can be kept: then a shell cannot see that
    /// nothing changed.
    #[must_use]
    pub fn reference(&self, stamp: Stamp) -> Option<PathBuf> {
        let since = stamp.modified.duration_since(UNIX_EPOCH).ok()?;
        // As `watch::time_of` reads it.
        let name = format!("{}.{:09}", since.as_secs(), since.subsec_nanos());
        self.make_reference(&name, stamp.modified)
    }

    /// The file of that name that bears that time, if it is kept.
    #[must_use]
    pub fn find_reference(&self, name: &str, modified: SystemTime) -> Option<PathBuf> {
        self.reference_directories().map(|directory| directory.join(name)).find(|path| bears(path, modified))
    }

    /// The file of that name that bears that time.
    #[must_use]
    pub fn make_reference(&self, name: &str, modified: SystemTime) -> Option<PathBuf> {
        self.reference_directories().find_map(|directory| reference_in(&directory, name, modified))
    }

    /// Whether reference files cost next to nothing: on a disk, each takes as long as half of a whole hook.
    #[must_use]
    pub fn references_are_cheap(&self) -> bool {
        runtime_directory().is_some()
    }

    fn reference_directories(&self) -> impl Iterator<Item = PathBuf> {
        let directories = runtime_directory().map(|directory| directory.join("credenv")).into_iter();
        directories.chain(self.state_directory().map(|directory| directory.join("references")))
    }

    /// Adds a line to a file that only its owner can read, in one write; returns how large it is then.
    pub fn append_line(&self, path: &Path, line: &str) -> io::Result<u64> {
        // To open anything but a file may wait for ever.
        if self.is_file(path) == Some(false) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let mut options = fs::OpenOptions::new();
        with_mode(options.append(true).create(true), 0o600);
        let mut file = options.open(path).or_else(|_| {
            platform::private_directory(path.parent().unwrap_or(Path::new("/")))?;
            options.open(path)
        })?;
        file.write_all(format!("{line}\n").as_bytes())?;
        Ok(file.metadata()?.len())
    }

    /// Where the record of that name lies.
    #[must_use]
    pub fn trust_record(&self, name: &str) -> Option<PathBuf> {
        Some(self.state_directory()?.join("trust").join(name))
    }

    /// Puts a record in the place of the one before: a reader finds the old or the new one, never half of one.
    pub fn write_trust_record(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.trust_record(name).ok_or_else(|| {
            Error::failed("there is no directory to keep what you allow: neither `HOME` nor `XDG_STATE_HOME` is set")
        })?;
        platform::private_directory(path.parent().unwrap_or(Path::new("/")))
            .map_err(|error| Error::failed(format!("cannot write {}: {}", path.display(), in_words(&error))))?;
        self.replace_file(&path, bytes, 0o600)
    }

    /// The file that holds these functions of a hook, for a shell that has none. It is named after its content, so that the
    /// shells of another version keep theirs.
    pub fn keep_functions(&self, script: &[u8]) -> Result<PathBuf> {
        let places = [self.state_directory(), self.cache_directory(), runtime_directory().map(|at| at.join("credenv"))];
        let name = format!("{:016x}", fingerprint(script));
        let mut failed = None;
        for directory in places.into_iter().flatten().map(|directory| directory.join("hook")) {
            let path = directory.join(&name);
            if fs::read(&path).is_ok_and(|kept| kept == script) {
                return Ok(path);
            }
            let told =
                |error: io::Error| Error::failed(format!("cannot write {}: {}", path.display(), in_words(&error)));
            let written = platform::private_directory(&directory).map_err(told);
            match written.and_then(|()| self.replace_file(&path, script, 0o600)) {
                Ok(()) => return Ok(path),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.unwrap_or_else(|| {
            Error::failed("there is no directory to keep the hook in: neither `HOME` nor `XDG_STATE_HOME` is set")
        }))
    }

    /// The one file that holds these certificates. It is named after its content and never written again, so that no
    /// program finds another content under a name that it was given.
    pub fn certificate_bundle(&self, bytes: &[u8]) -> Result<PathBuf> {
        let directory = self.cache_directory().ok_or_else(|| {
            Error::failed("there is no directory to keep certificates in: neither `HOME` nor `XDG_CACHE_HOME` is set")
        })?;
        let directory = directory.join("certificates");
        let name = format!("{:016x}", fingerprint(bytes));
        let told = |path: &Path, error: &io::Error| {
            Error::failed(format!("cannot keep certificates in {}: {}", path.display(), in_words(error)))
        };
        // Two contents may come to one name.
        let mut path = directory.join(format!("{name}.pem"));
        let mut number = 1;
        loop {
            match fs::read(&path) {
                Ok(kept) if kept == bytes => {
                    mark_as_used(&path);
                    return Ok(path);
                }
                Ok(_) => {
                    number += 1;
                    path = directory.join(format!("{name}-{number}.pem"));
                }
                Err(error) if super::is_absence(&error) => break,
                Err(error) => return Err(told(&path, &error)),
            }
        }
        platform::private_directory(&directory).map_err(|error| told(&directory, &error))?;
        self.replace_file(&path, bytes, 0o600)?;
        clear(&directory, &path);
        Ok(path)
    }

    /// Whether a directory is at that path, symlinks followed.
    #[must_use]
    pub fn is_directory(&self, path: &Path) -> bool {
        path.is_dir()
    }
}

fn mark_as_used(path: &Path) {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    let is_old = |modified: SystemTime| modified.elapsed().is_ok_and(|age| age > USED_ANEW);
    if modified.is_ok_and(is_old) {
        let _ = fs::File::options().write(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    }
}

/// Removes the bundles that were used longest ago, but for the one that was just written.
fn clear(directory: &Path, written: &Path) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut others: Vec<_> = entries
        .map(|entry| (entry.metadata().and_then(|metadata| metadata.modified()).unwrap_or(UNIX_EPOCH), entry.path()))
        .filter(|(_, path)| path != written)
        .collect();
    others.sort_unstable();
    let too_many = (others.len() + 1).saturating_sub(BUNDLES);
    for (_, path) in others.iter().take(too_many) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)] // on Windows, there is none
fn mark(metadata: &fs::Metadata, now: SystemTime) -> Option<Mark> {
    use std::os::unix::fs::MetadataExt as _;
    Some(Mark {
        inode: metadata.ino(),
        size: metadata.size(),
        modified: metadata.mtime(),
        changed: metadata.ctime(),
        fresh: !is_over(metadata.ctime(), now),
    })
}

#[cfg(not(unix))]
fn mark(_metadata: &fs::Metadata, _now: SystemTime) -> Option<Mark> {
    None
}

/// Whether the second of that number is over, also by the clock by which a kernel stamps files.
#[cfg(unix)]
pub(super) fn is_over(second: i64, now: SystemTime) -> bool {
    let since = now.duration_since(UNIX_EPOCH).ok().and_then(|since| since.checked_sub(CLOCK_TICK));
    since.and_then(|since| i64::try_from(since.as_secs()).ok()).is_some_and(|now| second < now)
}

pub(super) fn is_coarse(modified: SystemTime) -> bool {
    modified.duration_since(UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() == 0)
}

/// What is in memory, and the person's own, where the system has such a directory.
fn runtime_directory() -> Option<PathBuf> {
    std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute())
}

/// Whether a file was changed at exactly that moment.
fn bears(path: &Path, modified: SystemTime) -> bool {
    fs::metadata(path).and_then(|metadata| metadata.modified()).is_ok_and(|time| time == modified)
}

fn reference_in(directory: &Path, name: &str, modified: SystemTime) -> Option<PathBuf> {
    let path = directory.join(name);
    let is_right = || bears(&path, modified);
    if is_right() {
        return Some(path);
    }
    platform::private_directory(directory).ok()?;
    // To count them takes longer than to make one.
    if fingerprint(name.as_bytes()).is_multiple_of(COUNTED) && fs::read_dir(directory).ok()?.count() >= REFERENCES {
        for entry in fs::read_dir(directory).ok()?.flatten() {
            let _ = fs::remove_file(entry.path());
        }
    }
    let made = directory.join(format!("{name}.{}", std::process::id()));
    let file = platform::private_file(&made).ok()?;
    let done = file.set_modified(modified).and_then(|()| fs::rename(&made, &path));
    if done.is_err() {
        let _ = fs::remove_file(&made);
    }
    is_right().then_some(path)
}
