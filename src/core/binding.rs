//! What a place asks for, stage by stage, and where it says so.

use std::fmt;
use std::path::PathBuf;

/// A line of a file, the first being 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}

/// Text that a file gives, and the line that gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub text: String,
    /// The line.
    pub origin: Origin,
}

/// A token in a file, and the role that it assumes, as a project file names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentityAsked {
    /// The token file, as written: a relative path starts at the directory of the project file.
    pub token_file: Said,
    /// The role.
    pub role_arn: Said,
    /// What the audit log shows.
    pub session_name: Option<Said>,
}

/// What a place asks for in one stage; everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The profile, by the name that the file uses.
    pub profile: Option<Said>,
    /// The account that the profile must lead to, or by which it is found: twelve digits.
    pub account: Option<Said>,
    /// The role, beside the account.
    pub role: Option<Said>,
    /// The region.
    pub region: Option<Said>,
    /// Never entered without being asked for.
    pub protected: bool,
    /// Certificates as PEM text.
    pub ca: Vec<Said>,
    /// Files of certificates, as written: a relative path starts at the directory of the project file.
    pub cafile: Vec<Said>,
    /// A web identity.
    pub web_identity: Option<WebIdentityAsked>,
    /// The program of the file follows keys, and roles that start from keys, and nothing else: Serverless 3.
    pub keys_only: bool,
}

/// Something in a project file that cannot be told here, because it would need the network, code, or something that is
/// not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// What it would have been: `provider.profile`.
    pub key: String,
    /// The expression, as written.
    pub expression: String,
    /// Why it cannot be told.
    pub reason: String,
    /// Where the expression stands.
    pub origin: Origin,
}

/// What one stage comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What is asked for, as far as it can be told.
    pub asked: Asked,
    /// What cannot be told.
    pub unresolved: Vec<Unresolved>,
}

/// A project file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The file.
    pub file: PathBuf,
    /// The name of its format.
    pub format: &'static str,
    /// The stage when none is asked for; none when the file's own expression for it cannot be told.
    pub default_stage: Option<String>,
    /// The stage in force: the one asked for, else the default.
    pub stage: Option<String>,
    /// The stage that the person selected with the program's own means, which counts as asked for. The file does not
    /// say it, so it is no part of what the file means.
    pub selected: Option<String>,
    /// What the stage in force comes to.
    pub answer: Answer,
    /// Each stage that the file names, in its order, and what it comes to.
    pub stages: Vec<(String, Answer)>,
    /// What a stage comes to that the file does not name, [`ANY_STAGE`] standing for its name.
    pub any_stage: Answer,
    /// The other files that were looked at, absolute, there or not: a change in one may change the answer.
    pub inputs: Vec<PathBuf>,
}

/// Stands for the name of a stage that a file does not name. No file can hold it: a NUL is no text.
pub const ANY_STAGE: &str = "\0stage";
