//! A JSON object for editors and scripts: name to string, or null for a variable that must go.

use super::{Dialect, Refusal};
use crate::core::delta::Delta;
use crate::core::vars::VarName;

/// A JSON object: name to string, or null for a variable that must go.
pub(super) struct Json;

impl Dialect for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        let text = std::str::from_utf8(value).map_err(|_| Refusal {
            what: "JSON holds only valid UTF-8",
            hint: "`credenv exec` passes it on unchanged",
        })?;
        // Serialising a string cannot fail.
        let quoted = crate::core::text::escape_json(&serde_json::to_string(text).unwrap_or_default());
        script.extend_from_slice(format!("\"{name}\":{quoted},").as_bytes());
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        script.extend_from_slice(format!("\"{name}\":null,").as_bytes());
        Ok(())
    }

    fn failing_statement(&self) -> &'static str {
        ""
    }

    fn frame(&self, statements: Vec<u8>, _delta: &Delta) -> Vec<u8> {
        let members = statements.strip_suffix(b",").unwrap_or(&statements);
        [b"{", members, b"}\n"].concat()
    }
}
