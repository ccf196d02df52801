//! The AWS files as `doctor` reads them, who else may read or write them, and the token files that they name.

use std::path::Path;

use super::count;
use crate::aws::files::{self, AwsFile, FileKind};
use crate::aws::profiles::Profiles;
use crate::commands::context::{locate, original_environment};
use crate::core::error::Error;
use crate::core::finding::{ALL, Finding};
use crate::core::profile::is_secret_key;
use crate::core::text::as_typed;
use crate::state::State;
use crate::system::System;

/// Both files, as far as they can be read.
pub(super) struct AwsFiles {
    pub(super) config: AwsFile,
    pub(super) credentials: AwsFile,
}

impl AwsFiles {
    /// Reads them. One file that cannot be read must not hide what is wrong in the other.
    pub(super) fn read(system: &System, state: &State) -> (Self, Vec<Finding>) {
        let environment = original_environment(system, state);
        let mut findings = Vec::new();
        let mut read = |kind| {
            let file = locate(system, &environment, kind);
            match system.read(&file.path, files::SIZE_LIMIT) {
                Ok(Some(bytes)) => return AwsFile::read(kind, file.path, bytes),
                Ok(None) => {}
                Err(error) => findings.push(unreadable(&error, &file)),
            }
            file
        };
        let files = Self { config: read(FileKind::Config), credentials: read(FileKind::Credentials) };
        (files, findings)
    }

    pub(super) fn profiles(&self) -> Profiles<'_> {
        Profiles::find(&self.config, &self.credentials)
    }
}

fn unreadable(error: &Error, file: &AwsFile) -> Finding {
    Finding::problem(error.message(), ALL, "make it a regular file that you can read").in_file(file)
}

/// Keys and tokens that others can read, and files that others can write: a program that a profile names is run as the
/// person. The SDKs take such files all the same.
pub(super) fn permissions(files: &AwsFiles, profiles: &Profiles<'_>, system: &System) -> Vec<Finding> {
    let AwsFiles { config, credentials } = files;
    let reads = |path: &Path| system.others_may_read(path) == Some(true);
    let writes = |path: &Path| system.others_may_write(path) == Some(true);
    let typed = |path: &Path| as_typed(&path.display().to_string());
    let mut found = Vec::new();
    if credentials.exists && reads(&credentials.path) {
        let remedy = format!("`chmod 600 {}`", typed(&credentials.path));
        let message = "other users of this machine can read the credentials file";
        found.push(Finding::problem(message, &[], remedy).in_file(credentials));
    }
    if config.exists && reads(&config.path) && holds_secrets(config, profiles) {
        let remedy = format!("`chmod 600 {}`", typed(&config.path));
        let message = "other users of this machine can read the config file, which holds keys";
        found.push(Finding::problem(message, &[], remedy).in_file(config));
    }
    for file in [config, credentials].into_iter().filter(|file| file.exists && writes(&file.path)) {
        let message = "other users of this machine can write to this file: a program that they name in it runs as you";
        found.push(Finding::problem(message, &[], format!("`chmod go-w {}`", typed(&file.path))).in_file(file));
    }
    let mut directories: Vec<&Path> = [config, credentials].iter().filter_map(|file| file.path.parent()).collect();
    directories.dedup();
    for directory in directories.into_iter().filter(|directory| writes(directory)) {
        let message = "other users of this machine can replace the files in this directory";
        found.push(Finding::problem(message, &[], format!("`chmod go-w {}`", typed(directory))).in_file(directory));
    }
    let caches = ["sso/cache", "cli/cache"].map(|cache| Some(system.home.as_ref()?.join(".aws").join(cache)));
    for cache in caches.into_iter().flatten() {
        let number = system.files_in(&cache).iter().filter(|file| reads(file)).count();
        if number > 0 {
            let message = format!("other users of this machine can read {} of tokens here", count(number, "file"));
            found.push(Finding::problem(message, &[], format!("`chmod -R go= {}`", typed(&cache))).in_file(&cache));
        }
    }
    found
}

fn holds_secrets(config: &AwsFile, profiles: &Profiles<'_>) -> bool {
    profiles.all().iter().any(|profile| {
        profile.properties.iter().any(|(key, property)| {
            is_secret_key(key) && key != "aws_access_key_id" && property.origin.file == config.path
        })
    })
}

/// Token files that profiles name and that cannot be read.
pub(super) fn token_files(profiles: &Profiles<'_>, system: &System) -> Vec<Finding> {
    let key = "web_identity_token_file";
    let all = profiles.all();
    let missing = all.iter().filter_map(|profile| {
        let (text, origin) = (profile.get(key)?, profile.origin(key)?);
        let directory = origin.file.parent().unwrap_or(Path::new("/"));
        let path = directory.join(files::expand_home(Path::new(text), system.home.as_deref()));
        let why = system.check_readable(&path).err()?;
        let message = format!("the token file of profile `{}` cannot be read, {}: {why}", profile.name, path.display());
        Some(Finding::problem(message, ALL, "name the file that holds the token").at(origin))
    });
    missing.collect()
}
