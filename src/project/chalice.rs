//! AWS Chalice: `.chalice/config.json`, whose profile is the same for every stage (Chalice 1.34).

use std::path::Path;

use super::staged::{Default, STAGE_LIMIT, Staged};
use super::tree::{Tree, answer};
use super::{Format, Question, World, mentions};
use crate::core::binding::Binding;
use crate::core::error::Result;

/// The format.
pub(super) const FORMAT: Format =
    Format { name: "chalice", files: &[".chalice/config.json"], matters: Some(matters), stage_variables: false, read };

/// The stage of `chalice deploy` without `--stage`.
const DEFAULT_STAGE: &str = "dev";

fn matters(file: &Path, world: &dyn World) -> bool {
    mentions(file, world, &["\"profile\""])
}

fn read(text: &[u8], file: &Path, question: &Question<'_>) -> Result<Binding> {
    let tree = Tree::read(text, file)?;
    // A profile inside a stage is not looked at by Chalice.
    let any = answer(tree.setting(&["profile"]), Ok(None));
    let stages = tree.mappings(&["stages"]);
    Ok(Staged {
        format: FORMAT.name,
        default: Default::Stage(DEFAULT_STAGE.to_owned()),
        selected: None,
        stages: stages.into_iter().take(STAGE_LIMIT).map(|stage| (stage.to_owned(), any.clone())).collect(),
        any,
        inputs: Vec::new(),
    }
    .binding(file, question))
}
