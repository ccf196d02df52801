//! `.aws-profile` and `.awsprofile`: the name of a profile, and nothing else, as several small tools have it.

use std::path::Path;

use super::staged::{Default, Staged};
use super::{Format, Question, World};
use crate::core::binding::{Answer, Asked, Binding, Origin, Said};
use crate::core::error::{Error, Result};
use crate::core::profile::ProfileName;

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "aws-profile",
    files: &[".aws-profile", ".awsprofile"],
    matters: Some(matters),
    stage_variables: false,
    read,
};

fn matters(file: &Path, world: &dyn World) -> bool {
    match world.read(file) {
        Ok(text) => text.is_some_and(|text| !text.trim_ascii().is_empty()),
        Err(_) => true,
    }
}

/// One line is a name. A second one would be something else than these tools write, and is not guessed at.
fn read(text: &[u8], file: &Path, question: &Question<'_>) -> Result<Binding> {
    let refuse = |line: usize, what: &str| Error::failed(format!("cannot read `{}:{line}`: {what}", file.display()));
    let text = std::str::from_utf8(super::yaml::without_mark(text)).map_err(|_| refuse(1, "it is not UTF-8"))?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut any = Answer::default();
    if let Some((at, line)) = lines.next() {
        if let Some((at, _)) = lines.next() {
            return Err(refuse(at + 1, "such a file holds one profile name and nothing else"));
        }
        let name = line.trim();
        if ProfileName::new(name).is_none() {
            return Err(refuse(at + 1, "this cannot be the name of a profile"));
        }
        let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let origin = Origin { file: file.to_owned(), line };
        any.asked = Asked { profile: Some(Said { text: name.to_owned(), origin }), ..Asked::default() };
    }
    Ok(Staged {
        format: FORMAT.name,
        default: Default::None,
        selected: None,
        stages: Vec::new(),
        any,
        inputs: Vec::new(),
    }
    .binding(file, question))
}
