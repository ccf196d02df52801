//! What several commands gather: the state of this shell, the person's config, the AWS files.

use std::cell::RefCell;
use std::path::Path;

use super::expiry::Entered;
use crate::aws::files::{self, AwsFile, FileKind};
use crate::aws::profiles::Profiles;
use crate::config::Config;
use crate::core::error::Result;
use crate::core::profile::Profile;
use crate::core::vars::{Environment, STATE, Value, VarName};
use crate::report;
use crate::state::{Found, State};
use crate::system::{System, path_of};

/// The state of this shell, the person's config, the AWS files.
pub(super) struct Context<'s> {
    pub(super) system: &'s System,
    pub(super) state: State,
    pub(super) settings: Config,
    config: AwsFile,
    credentials: AwsFile,
    /// The profile that was entered last.
    pub(super) entered: RefCell<Option<Entered>>,
}

impl<'s> Context<'s> {
    /// Gathers all of it; a file that is there and cannot be read is an error, because what it says is not known.
    pub(super) fn gather(system: &'s System) -> Result<Self> {
        let mut context = Self::without_aws_files(system, state(system), Config::read(system)?);
        context.read_aws_files()?;
        Ok(context)
    }

    /// The same, with the AWS files located and not yet read.
    pub(super) fn without_aws_files(system: &'s System, state: State, settings: Config) -> Self {
        let original = (!state.undo.0.is_empty()).then(|| original_environment(system, &state));
        let environment = original.as_ref().unwrap_or(&system.environment);
        let (config, credentials) =
            (locate(system, environment, FileKind::Config), locate(system, environment, FileKind::Credentials));
        Self { system, state, settings, config, credentials, entered: RefCell::default() }
    }

    /// Where the AWS files are.
    pub(super) fn aws_paths(&self) -> [&Path; 2] {
        [&self.config.path, &self.credentials.path]
    }

    /// Reads the AWS files.
    pub(super) fn read_aws_files(&mut self) -> Result<()> {
        for file in [&mut self.config, &mut self.credentials] {
            if let Some(bytes) = self.system.read(&file.path, files::SIZE_LIMIT)? {
                *file = AwsFile::read(file.kind, std::mem::take(&mut file.path), bytes);
            }
        }
        Ok(())
    }

    /// The profiles of the AWS files.
    pub(super) fn profiles(&self) -> Profiles<'_> {
        Profiles::find(&self.config, &self.credentials)
    }

    /// Remembers a profile as the one that was entered last.
    pub(super) fn enter(&self, profiles: &Profiles<'_>, profile: &Profile) {
        self.entered.replace(Some(Entered::new(profiles, profile, self.system)));
    }

    /// The profile that programs are told to use, by name.
    pub(super) fn active_profile(&self) -> Option<&str> {
        let keys_of_ours = super::credentials::are_ours(&self.state)
            && self.state.undo.holds(&VarName::known("AWS_ACCESS_KEY_ID"), &self.system.environment);
        let decided = self.state.decided.as_ref().filter(|_| keys_of_ours);
        decided
            .and_then(|decided| decided.profile.as_deref())
            .or_else(|| self.system.text("AWS_PROFILE"))
            .or_else(|| self.system.text("AWS_DEFAULT_PROFILE"))
    }
}

/// Where one of the files is, unread.
pub(super) fn locate(system: &System, environment: &Environment, kind: FileKind) -> AwsFile {
    let path = files::locate(kind, environment, system.home.as_deref(), &system.directory, &path_of);
    AwsFile::unread(kind, path.unwrap_or_default())
}

/// What this shell's `CREDENV_STATE` says; a damaged one is told and treated as absent.
pub(super) fn state(system: &System) -> State {
    let text = system.environment.get(&VarName::known(STATE)).map_or(&b""[..], Value::as_bytes);
    match State::from_text(text) {
        Found::Nothing => State::default(),
        Found::State(state) => state,
        Found::Damaged => {
            system
                .say(&report::note(&format!("`{STATE}` is damaged and is ignored: earlier changes cannot be undone")));
            State::default()
        }
    }
}

/// The environment as it was before credenv changed it, as far as the variables are still as credenv left them.
pub(super) fn original_environment(system: &System, state: &State) -> Environment {
    use crate::core::delta::Before;
    let mut environment = system.environment.clone();
    for (name, entry) in &state.undo.0 {
        if state.undo.holds(name, &system.environment) {
            match &entry.before {
                Before::Exported(bytes) => environment.insert(name.clone(), Value::of(name, bytes.clone())),
                _ => environment.remove(name),
            };
        }
    }
    environment
}
