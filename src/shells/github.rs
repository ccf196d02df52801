//! Lines for the file that `GITHUB_ENV` names in a GitHub Actions job.

use super::{Dialect, Refusal};
use crate::core::vars::VarName;

/// Lines for the file that `GITHUB_ENV` names.
pub(super) struct Github;

impl Dialect for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        let text = std::str::from_utf8(value).map_err(|_| Refusal {
            what: "the file must be valid UTF-8",
            hint: "`credenv exec` passes it on unchanged",
        })?;
        if text.contains(['\n', '\r']) {
            let delimiter = delimiter(text);
            script.extend_from_slice(format!("{name}<<{delimiter}\n{text}\n{delimiter}\n").as_bytes());
        } else {
            script.extend_from_slice(format!("{name}={text}\n").as_bytes());
        }
        Ok(())
    }

    fn unset(&self, _name: &VarName, _script: &mut Vec<u8>) -> Result<(), Refusal> {
        Err(Refusal {
            what: "a job's environment file can only set a variable, and this one must be unset",
            hint: "take it out of the job's `env:`, or run the command with `credenv exec`",
        })
    }

    fn failing_statement(&self) -> &'static str {
        ""
    }

    fn carries_state(&self) -> bool {
        false
    }
}

/// A line that the text does not hold, so that a value cannot end its own block and go on to set other variables.
fn delimiter(text: &str) -> String {
    (0..=u32::MAX)
        .map(|number| format!("credenv_{number}"))
        .find(|candidate| !text.split(['\n', '\r']).any(|line| line == candidate))
        .expect("a finite text does not hold every number")
}
