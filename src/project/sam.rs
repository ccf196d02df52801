//! AWS SAM: `samconfig.toml`, in which each command of each environment has its own parameters (SAM CLI 1.170).

use std::path::Path;

use super::staged::{Default, STAGE_LIMIT, Staged};
use super::tree::{Setting, Tree, answer};
use super::yaml::Value;
use super::{Format, Question, World, mentions};
use crate::core::binding::{Answer, Binding, Said};
use crate::core::error::{Error, Result};

/// The format. Of several files, SAM reads the first alone.
pub(super) const FORMAT: Format = Format {
    name: "sam",
    files: &["samconfig.toml", "samconfig.yaml", "samconfig.yml"],
    matters: Some(matters),
    stage_variables: false,
    read,
};

/// The environment without `--config-env`.
const DEFAULT_ENVIRONMENT: &str = "default";

fn matters(file: &Path, world: &dyn World) -> bool {
    mentions(file, world, &["profile", "region"])
}

fn read(text: &[u8], file: &Path, question: &Question<'_>) -> Result<Binding> {
    let tree = Tree::read(text, file)?;
    let environments = tree.mappings(&[]);
    if !environments.is_empty() && !tree.at(&["version"]).is_some_and(is_fraction) {
        return Err(Error::failed(format!("SAM refuses `{}`: it has no `version` such as 0.1", file.display())));
    }
    let stages = environments.into_iter().take(STAGE_LIMIT);
    Ok(Staged {
        format: FORMAT.name,
        default: Default::Stage(DEFAULT_ENVIRONMENT.to_owned()),
        selected: None,
        stages: stages.map(|environment| (environment.to_owned(), of_environment(&tree, environment))).collect(),
        any: Answer::default(),
        inputs: Vec::new(),
    }
    .binding(file, question))
}

fn is_fraction(version: &Value) -> bool {
    version.as_f64().is_some() && version.as_i64().is_none()
}

fn of_environment(tree: &Tree<'_>, environment: &str) -> Answer {
    let of = |key: &str| of_commands(tree, environment, key);
    answer(of("profile"), of("region"))
}

/// What all commands take for a key, if it is the same: a command's own parameter wins over that of `global`.
fn of_commands(tree: &Tree<'_>, environment: &str, key: &str) -> Setting {
    let mut found: Vec<(&str, Said)> = Vec::new();
    for command in tree.mappings(&[environment]) {
        if let Some(said) = tree.setting(&[environment, command, "parameters", key])? {
            found.push((command, said));
        }
    }
    let Some((first, said)) = found.first() else { return Ok(None) };
    match found.iter().find(|(_, other)| other.text != said.text) {
        None => Ok(Some(said.clone())),
        Some((command, other)) => {
            let path = [environment, command, "parameters", key];
            let reason = format!("`{first}` has `{}`, in line {}", said.text, said.origin.line);
            Err(tree.open_at(&path, other.text.clone(), reason))
        }
    }
}
