//! What a test changes in a home directory while a shell looks on.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use credenv::aws::sessions;
use credenv::clock::Moment;

use super::home::Home;

/// A moment so many seconds from now, as AWS tools write it.
pub(crate) fn in_seconds(seconds: i64) -> String {
    Moment(now() + seconds).to_rfc3339()
}

/// The time of this machine, in seconds since 1970.
pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

impl Home {
    /// Puts the token of an SSO session, or of a start page, into the cache of the AWS CLI, with these members besides.
    pub(crate) fn sso_token(&self, name: &str, expires_at: &str, more: &str) {
        let path = format!(".aws/sso/cache/{}.json", sessions::sso_cache_name(name));
        self.write(path, format!(r#"{{"accessToken": "marked-secret", "expiresAt": "{expires_at}"{more}}}"#));
    }

    /// Writes a file in place; its directory is made where it is missing. Paths start at home.
    pub(crate) fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Writes a file that was last changed an hour ago, and moves it there.
    pub(crate) fn replace_by_an_older(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let made = self.beside().join("older");
        fs::write(&made, bytes).unwrap();
        let hour = Duration::from_secs(3_600);
        fs::File::options().write(true).open(&made).unwrap().set_modified(SystemTime::now() - hour).unwrap();
        fs::rename(made, self.path(path)).unwrap();
    }

    /// Gives a file the time of now.
    pub(crate) fn touch(&self, path: impl AsRef<Path>) {
        let file = fs::File::options().write(true).open(self.path(path)).unwrap();
        file.set_modified(SystemTime::now()).unwrap();
    }

    /// Gives both files the same time, as if one command had made them.
    pub(crate) fn same_time(&self, one: impl AsRef<Path>, other: impl AsRef<Path>) {
        let time = fs::metadata(self.path(one)).unwrap().modified().unwrap();
        fs::File::options().write(true).open(self.path(other)).unwrap().set_modified(time).unwrap();
    }

    /// Removes a file or a directory with all that is in it.
    pub(crate) fn remove(&self, path: impl AsRef<Path>) {
        let path = self.path(path);
        if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    /// Gives a file or a directory another name.
    pub(crate) fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// Lets a symlink lead elsewhere.
    pub(crate) fn retarget(&self, to: impl AsRef<Path>, path: impl AsRef<Path>) {
        let path = self.path(path);
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(to, path).unwrap();
    }

    /// Puts a script in the place of a program.
    pub(crate) fn replace_by_script(&self, path: impl AsRef<Path>, script: &str) {
        let path = self.path(path);
        // The program itself may be known by another name as well.
        let _ = fs::remove_file(&path);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Takes from everybody the right to read a file; whether that keeps us from it.
    pub(crate) fn lock(&self, path: impl AsRef<Path>) -> bool {
        let path = self.path(path);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        fs::read(path).is_err()
    }

    /// Waits until something is there.
    pub(crate) fn wait_for(&self, path: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        while !self.has(path) {
            assert!(Instant::now() < until, "{path} did not come");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Whether something is there.
    pub(crate) fn has(&self, path: impl AsRef<Path>) -> bool {
        self.path(path).symlink_metadata().is_ok()
    }
}
