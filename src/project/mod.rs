//! Project files, one file a format: from text to what the project asks for.

pub(crate) mod credenv_file;
pub mod link;
mod outline;
pub mod serverless;
pub(crate) mod strict;
pub mod yaml;

use std::path::{Path, PathBuf};

use crate::core::binding::Binding;
use crate::core::error::Result;

/// The largest project file or included file that is read, in bytes.
pub const SIZE_LIMIT: u64 = 4 * 1024 * 1024;

/// What a reader may ask of the machine; nothing here starts a process or touches the network.
pub trait World {
    /// The text of a file of at most [`SIZE_LIMIT`] bytes; a file that is not there is `None`.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>>;
    /// The real path of something that is there, all symlinks resolved.
    fn real_path(&self, path: &Path) -> Option<PathBuf>;
    /// A variable of the environment as it was before credenv changed it; one that is set and empty is `Some("")`.
    fn variable(&self, name: &str) -> Option<String>;
}

/// What is asked of a project file.
pub struct Question<'q> {
    /// The stage that is asked for: `--stage`, else `CREDENV_STAGE`; it wins over every default.
    pub stage: Option<&'q str>,
    /// The machine.
    pub world: &'q dyn World,
}

/// A format of project files.
#[derive(Debug)]
pub struct Format {
    /// Its name in `project --json`.
    pub name: &'static str,
    /// The names its files have, the preferred first.
    pub files: &'static [&'static str],
    /// Reads the text of such a file; the path is absolute.
    pub read: fn(&[u8], &Path, &Question<'_>) -> Result<Binding>,
}

/// Every format, in the order in which they count in one directory.
pub static FORMATS: &[Format] =
    &[Format { name: credenv_file::NAME, files: &[credenv_file::FILE], read: credenv_file::read }, serverless::FORMAT];

/// Names under which the Serverless Framework finds code instead of data: they are named to the person, never run.
pub const CODE_FILES: &[&str] = &["serverless.js", "serverless.mjs", "serverless.cjs", "serverless.ts"];
