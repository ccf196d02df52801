//! Lines of a `.env` file, in the part of that format on which its many readers agree.

use super::{Dialect, Refusal};
use crate::core::vars::VarName;

/// Lines of a `.env` file.
pub(super) struct Dotenv;

impl Dialect for Dotenv {
    fn name(&self) -> &'static str {
        "dotenv"
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        script.extend_from_slice(format!("{name}={}\n", quoted(value)?).as_bytes());
        Ok(())
    }

    fn unset(&self, _name: &VarName, _script: &mut Vec<u8>) -> Result<(), Refusal> {
        Err(Refusal {
            what: "a line can only set a variable, and this one must be unset",
            hint: "unset it first, or run the command with `credenv exec`",
        })
    }

    fn failing_statement(&self) -> &'static str {
        ""
    }

    fn carries_state(&self) -> bool {
        false
    }
}

/// Bare where nothing is special, which also `docker --env-file` reads rightly; else in single quotes, in which the
/// readers of Node, Python and the shells agree on all but quotes, backslashes and dollar signs.
fn quoted(value: &[u8]) -> Result<String, Refusal> {
    let hint = "`credenv exec` passes it on unchanged";
    let text = std::str::from_utf8(value).map_err(|_| Refusal { what: "the file must be valid UTF-8", hint })?;
    let plain = |char: char| char.is_ascii_alphanumeric() || "_-./:@%+,=".contains(char);
    if text.contains(['\'', '\\', '$', '`']) || text.chars().any(char::is_control) {
        let what = "readers of `.env` files disagree on quotes, backslashes, dollar signs and control characters";
        return Err(Refusal { what, hint });
    }
    Ok(if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{text}'") })
}
