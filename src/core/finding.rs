//! Something that `credenv doctor` has to tell: what, where, which programs it hits, and the remedy.

use std::path::{Path, PathBuf};

use super::binding::Origin;

/// The AWS CLI and everything on botocore.
pub const CLI: &str = "AWS CLI and boto3";
/// botocore but for version 2 of the AWS CLI, which has rules of its own for the environment.
pub const BOTO: &str = "AWS CLI v1 and boto3";
/// The AWS SDK for JavaScript v2, and the program that is still built on it.
pub const JAVASCRIPT_2: &str = "AWS SDK for JavaScript v2 (Serverless v3)";
/// The same, in what Serverless does by itself.
pub const JAVASCRIPT_2_ALONE: &str = "AWS SDK for JavaScript v2 (not Serverless v3)";
/// The Serverless Framework v3, in what it does by itself.
pub const SERVERLESS_3: &str = "Serverless v3";
/// The AWS SDK for JavaScript v3.
pub const JAVASCRIPT_3: &str = "AWS SDK for JavaScript v3 (Serverless v4, CDK)";
/// The AWS SDK for Rust.
pub const RUST: &str = "AWS SDK for Rust";
/// What shows the profile at a prompt.
pub const PROMPTS: &str = "prompts (starship, powerlevel10k)";
/// Every program.
pub const ALL: &[&str] = &[CLI, JAVASCRIPT_2, JAVASCRIPT_3, RUST];

/// Whether it must be mended or only known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not work, or works differently than it looks.
    Problem,
    /// Good to know.
    Note,
    /// What is there, and nothing is to be done about it.
    Found,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Problem => "problem",
            Severity::Note => "note",
            Severity::Found => "found",
        }
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it must be mended.
    pub severity: Severity,
    /// What it is.
    pub message: String,
    /// The file it is in.
    pub file: Option<PathBuf>,
    /// The line it is at.
    pub line: Option<u32>,
    /// The variable it is about.
    pub variable: Option<String>,
    /// The programs it hits.
    pub affects: Vec<&'static str>,
    /// What to do; empty where it was only found.
    pub remedy: String,
}

impl Finding {
    /// A problem that hits these programs.
    #[must_use]
    pub fn problem(message: impl Into<String>, affects: &[&'static str], remedy: impl Into<String>) -> Self {
        Self {
            severity: Severity::Problem,
            message: message.into(),
            file: None,
            line: None,
            variable: None,
            affects: affects.to_vec(),
            remedy: remedy.into(),
        }
    }

    /// Something to know about these programs.
    #[must_use]
    pub fn note(message: impl Into<String>, affects: &[&'static str], remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::problem(message, affects, remedy) }
    }

    /// Something that is there.
    #[must_use]
    pub fn found(message: impl Into<String>) -> Self {
        Self { severity: Severity::Found, ..Self::problem(message, &[], "") }
    }

    /// In that file as a whole.
    #[must_use]
    pub fn in_file(mut self, file: impl AsRef<Path>) -> Self {
        self.file = Some(file.as_ref().to_owned());
        self
    }

    /// At that line.
    #[must_use]
    pub fn at(mut self, origin: &Origin) -> Self {
        self.file = Some(origin.file.clone());
        self.line = Some(origin.line);
        self
    }

    /// About that variable.
    #[must_use]
    pub fn about(mut self, variable: impl Into<String>) -> Self {
        self.variable = Some(variable.into());
        self
    }
}
