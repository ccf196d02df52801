//! Zappa: `zappa_settings.json`, a mapping of stages that may extend one another (Zappa 0.63).

use std::path::Path;

use super::staged::{Default, STAGE_LIMIT, Staged};
use super::tree::{Setting, Tree, answer};
use super::{Format, Question, World, mentions};
use crate::core::binding::{Answer, Binding, Unresolved};
use crate::core::error::Result;

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "zappa",
    files: &["zappa_settings.json", "zappa_settings.toml", "zappa_settings.yml", "zappa_settings.yaml"],
    matters: Some(matters),
    stage_variables: false,
    read,
};

fn matters(file: &Path, world: &dyn World) -> bool {
    mentions(file, world, &["profile_name", "aws_region"])
}

fn read(text: &[u8], file: &Path, question: &Question<'_>) -> Result<Binding> {
    let tree = Tree::read(text, file)?;
    let stages = tree.mappings(&[]);
    let default = match (tree.keys(&[]).as_slice(), stages.as_slice()) {
        ([_], [only]) => Default::Stage((*only).to_owned()),
        (_, []) => Default::None,
        (_, [first, ..]) => {
            let mut open =
                tree.open_at(&[first], stages.join(", "), "there are several stages, and Zappa chooses none by itself");
            "stage".clone_into(&mut open.key);
            Default::Open(open)
        }
    };
    Ok(Staged {
        format: FORMAT.name,
        default,
        selected: None,
        stages: stages.iter().take(STAGE_LIMIT).map(|stage| ((*stage).to_owned(), of_stage(&tree, stage))).collect(),
        any: Answer::default(),
        inputs: Vec::new(),
    }
    .binding(file, question))
}

fn of_stage(tree: &Tree<'_>, stage: &str) -> Answer {
    let of = |key: &str| extended(tree, stage, key);
    answer(of("profile_name"), of("aws_region"))
}

/// What a stage says itself, also that it is nothing, wins over what it extends.
fn extended(tree: &Tree<'_>, stage: &str, key: &str) -> Setting {
    let mut passed = vec![stage.to_owned()];
    let mut found = None;
    loop {
        let stage = passed[passed.len() - 1].as_str();
        if found.is_none() && tree.has(&[stage, key]) {
            found = Some(tree.setting(&[stage, key])?);
        }
        // The chain is followed to its end: Zappa refuses a stage that extends what is not there, whatever it needs of it.
        let Some(next) = tree.setting(&[stage, "extends"])? else { return Ok(found.flatten()) };
        let open = |reason: &str| Unresolved {
            key: format!("{}.{key}", passed[0]),
            ..tree.open_at(&[stage, "extends"], next.text.clone(), reason)
        };
        if passed.contains(&next.text) {
            return Err(open("the stages extend one another in a loop"));
        }
        if !tree.mappings(&[]).contains(&next.text.as_str()) {
            return Err(open("there is no such stage"));
        }
        passed.push(next.text);
    }
}
