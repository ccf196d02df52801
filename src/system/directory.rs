//! A directory: which of certain names it holds, and whether anything came into it.
#![allow(clippy::disallowed_methods)]

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::System;
use super::store::{CLOCK_TICK, COARSE_TICK, is_coarse};

pub use asking::Handle;

/// What stands under a name that a directory was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing, and so it stays until the directory itself changes.
    Nothing,
    /// Nothing, in a directory of its own that is there: that one may change unseen.
    NothingBelow,
    /// A regular file.
    File,
    /// Something else: to open it may wait for ever.
    Other,
}

/// A directory at a moment: it holds other names only when it is another one, or was changed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When it was last changed, if another change could not bear the same time.
    pub settled: Option<SystemTime>,
    /// The second in which it was last changed, if that is over.
    pub second: Option<i64>,
    /// The file system that it is on: the clocks of two need not agree.
    pub device: u64,
    /// Which directory it is, and its times as the file system writes them, which nobody can set back.
    pub identity: [u64; 5],
}

impl System {
    /// A directory, to be asked for names; none where it cannot be entered.
    #[must_use]
    pub fn directory(&self, path: &Path) -> Option<Handle> {
        Handle::open(path)
    }

    /// A directory as it is at this moment; none where its times cannot be told from those that somebody set.
    #[must_use]
    pub fn moment(&self, path: &Path) -> Option<Moment> {
        asking::moment(path)
    }

    /// Whether a directory is on a file system that is known to note the time of each change in a directory.
    #[must_use]
    pub fn notes_changes(&self, path: &Path) -> bool {
        asking::notes_changes(path)
    }

    /// The names in a directory that begin so, so many at most; those that are no text are left out.
    #[must_use]
    pub fn names(&self, directory: &Path, beginning: &str, most: usize) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
        // A directory of any size would do harm, and no project keeps its files among so many.
        let names = entries.take(SEARCHED).flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.starts_with(beginning)).collect();
        names.sort_unstable();
        names.truncate(most);
        names
    }
}

/// How many entries of a directory are gone through.
const SEARCHED: usize = 10_000;

/// The time of a last change, if it is so long ago that the next one will bear another.
fn settled(modified: SystemTime, now: SystemTime) -> Option<SystemTime> {
    let age = now.duration_since(modified).unwrap_or(Duration::ZERO);
    (age >= if is_coarse(modified) { COARSE_TICK } else { CLOCK_TICK }).then_some(modified)
}

/// The directory of its own that a name stands in.
fn own_directory(name: &str) -> Option<&str> {
    name.split_once('/').map(|(directory, _)| directory)
}

#[cfg(target_os = "linux")]
mod asking {
    use std::os::fd::OwnedFd;
    use std::path::Path;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, fstat, openat, statat, statfs};

    use super::super::store::is_over;
    use super::{Found, Moment, own_directory, settled};

    /// A directory, open: by its handle, each name takes a third of the time of a whole path.
    #[derive(Debug)]
    pub struct Handle {
        directory: OwnedFd,
        /// As it was before it was asked for names.
        pub moment: Moment,
    }

    impl Handle {
        pub(super) fn open(path: &Path) -> Option<Self> {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let directory = openat(CWD, path, flags, Mode::empty()).ok()?;
            let moment = of_status(&fstat(&directory).ok()?);
            Some(Self { directory, moment })
        }

        /// What stands under a name, symlinks followed.
        #[must_use]
        pub fn found(&self, name: &str) -> Found {
            let status = |name: &str| statat(&self.directory, name, AtFlags::empty());
            if own_directory(name).is_some_and(|directory| status(directory).is_err()) {
                return Found::Nothing;
            }
            match status(name) {
                Ok(status) if FileType::from_raw_mode(status.st_mode) == FileType::RegularFile => Found::File,
                Ok(_) => Found::Other,
                Err(_) if own_directory(name).is_some() => Found::NothingBelow,
                Err(_) => Found::Nothing,
            }
        }
    }

    pub(super) fn moment(path: &Path) -> Option<Moment> {
        statat(CWD, path, AtFlags::empty()).ok().map(|status| of_status(&status))
    }

    fn of_status(status: &Stat) -> Moment {
        let time = |seconds: i64, nanoseconds: u64| {
            let since = Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanoseconds).ok()?);
            UNIX_EPOCH.checked_add(since)
        };
        let modified = time(status.st_mtime, status.st_mtime_nsec);
        // The first of these can be set by hand, the second is of that moment then.
        let changed = time(status.st_ctime, status.st_ctime_nsec);
        let seconds = [status.st_mtime, status.st_ctime].map(i64::cast_unsigned);
        let now = SystemTime::now();
        let settled = |time: Option<SystemTime>| time.and_then(|time| settled(time, now));
        Moment {
            settled: settled(modified).filter(|_| settled(changed).is_some()),
            second: Some(status.st_ctime).filter(|second| is_over(*second, now)),
            device: status.st_dev,
            identity: [status.st_ino, seconds[0], status.st_mtime_nsec, seconds[1], status.st_ctime_nsec],
        }
    }

    /// The local file systems of Linux.
    const KNOWN: [i64; 8] = [
        0xef53,      // ext
        0x9123_683e, // btrfs
        0x5846_5342, // xfs
        0x0102_1994, // tmpfs
        0x794c_7630, // overlayfs
        0xf2f5_2010, // f2fs
        0x2fc1_2fc1, // zfs
        0xca45_1a4e, // bcachefs
    ];

    pub(super) fn notes_changes(path: &Path) -> bool {
        statfs(path).is_ok_and(|status| KNOWN.contains(&status.f_type))
    }
}

#[cfg(not(target_os = "linux"))]
mod asking {
    use std::path::{Path, PathBuf};
    use std::time::SystemTime;

    use super::{Found, Moment, own_directory, settled};

    /// A directory.
    #[derive(Debug)]
    pub struct Handle {
        directory: PathBuf,
        /// As it was before it was asked for names.
        pub moment: Moment,
    }

    impl Handle {
        pub(super) fn open(path: &Path) -> Option<Self> {
            let metadata = std::fs::metadata(path).ok()?;
            let now = SystemTime::now();
            let settled = metadata.modified().ok().and_then(|modified| settled(modified, now));
            let moment =
                Moment { settled, second: second(&metadata, now), device: device(&metadata), identity: [0; 5] };
            Some(Self { directory: path.to_owned(), moment })
        }

        /// What stands under a name, symlinks followed.
        #[must_use]
        pub fn found(&self, name: &str) -> Found {
            match std::fs::metadata(self.directory.join(name)) {
                Ok(metadata) if metadata.is_file() => Found::File,
                Ok(_) => Found::Other,
                Err(_) => match own_directory(name) {
                    Some(own) if std::fs::metadata(self.directory.join(own)).is_ok() => Found::NothingBelow,
                    _ => Found::Nothing,
                },
            }
        }
    }

    pub(super) fn moment(_path: &Path) -> Option<Moment> {
        None
    }

    pub(super) fn notes_changes(_path: &Path) -> bool {
        false
    }

    #[cfg(unix)]
    fn second(metadata: &std::fs::Metadata, now: SystemTime) -> Option<i64> {
        let second = std::os::unix::fs::MetadataExt::ctime(metadata);
        super::super::store::is_over(second, now).then_some(second)
    }

    #[cfg(not(unix))]
    fn second(_metadata: &std::fs::Metadata, _now: SystemTime) -> Option<i64> {
        None
    }

    #[cfg(unix)]
    fn device(metadata: &std::fs::Metadata) -> u64 {
        std::os::unix::fs::MetadataExt::dev(metadata)
    }

    #[cfg(not(unix))]
    fn device(_metadata: &std::fs::Metadata) -> u64 {
        0
    }
}
