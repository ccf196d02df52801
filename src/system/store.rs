//! What credenv keeps on disk: records of trust, the profiles used last, and reference files by which a shell sees that
//! nothing changed.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::write::with_mode;
use super::{System, in_words, platform};
use crate::core::error::{Error, Result};

/// The coarsest clock by which a kernel stamps files, with room for the timer's own delay: HZ is 100 or more.
const CLOCK_TICK: Duration = Duration::from_millis(12);

/// File systems without fractions of a second stamp to one or two seconds.
const COARSE_TICK: Duration = Duration::from_secs(2);

/// So many reference files are kept before all are made anew. A shell whose own is gone looks once more.
const REFERENCES: usize = 512;

/// When a file was last changed, as far as that can tell a later change from this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    modified: SystemTime,
    /// A change within the same tick of the clock could follow unseen.
    pub fresh: bool,
}

impl System {
    /// The stamp of a file, `None` when nothing is there. Where the file was changed within the clock's present tick,
    /// this waits for the tick to end, so that what is read afterwards belongs to the stamp.
    #[must_use]
    pub fn stamp(&self, path: &Path) -> Option<Stamp> {
        let modified = fs::metadata(path).ok()?.modified().ok()?;
        // A time in the future cannot come again by writing.
        let Ok(age) = SystemTime::now().duration_since(modified) else { return Some(Stamp { modified, fresh: false }) };
        if let Some(left) = CLOCK_TICK.checked_sub(age) {
            std::thread::sleep(left);
            let modified = fs::metadata(path).ok()?.modified().ok()?;
            return Some(Stamp { modified, fresh: is_coarse(modified) });
        }
        Some(Stamp { modified, fresh: age < COARSE_TICK && is_coarse(modified) })
    }

    /// A file that was changed at exactly that moment. `None` where none can be kept: then a shell cannot see that
    /// nothing changed.
    #[must_use]
    pub fn reference(&self, stamp: Stamp) -> Option<PathBuf> {
        let since = stamp.modified.duration_since(UNIX_EPOCH).ok()?;
        let name = format!("{}.{:09}", since.as_secs(), since.subsec_nanos());
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
        let directories = runtime
            .map(|directory| directory.join("credenv"))
            .into_iter()
            .chain(self.state_directory().map(|directory| directory.join("references")));
        directories.into_iter().find_map(|directory| reference_in(&directory, &name, stamp.modified))
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
            Error::failed("there is no directory to keep what is trusted: neither `HOME` nor `XDG_STATE_HOME` is set")
        })?;
        platform::private_directory(path.parent().unwrap_or(Path::new("/")))
            .map_err(|error| Error::failed(format!("cannot write {}: {}", path.display(), in_words(&error))))?;
        self.replace_file(&path, bytes, 0o600)
    }
}

fn is_coarse(modified: SystemTime) -> bool {
    modified.duration_since(UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() == 0)
}

fn reference_in(directory: &Path, name: &str, modified: SystemTime) -> Option<PathBuf> {
    let path = directory.join(name);
    let is_right = || fs::metadata(&path).and_then(|metadata| metadata.modified()).is_ok_and(|time| time == modified);
    if is_right() {
        return Some(path);
    }
    platform::private_directory(directory).ok()?;
    if fs::read_dir(directory).ok()?.count() >= REFERENCES {
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
