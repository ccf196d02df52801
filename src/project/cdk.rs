//! AWS CDK: `cdk.json`, in which one profile may stand for all of the app (CDK CLI 2 and 3).

use std::path::Path;

use super::staged::{Default, Staged};
use super::tree::{Tree, answer};
use super::{Format, Question, World, mentions};
use crate::core::binding::Binding;
use crate::core::error::Result;

/// The format. A CDK app without a profile has nothing to say to us, and most have none.
pub(super) const FORMAT: Format =
    Format { name: "cdk", files: &["cdk.json"], matters: Some(matters), stage_variables: false, read };

fn matters(file: &Path, world: &dyn World) -> bool {
    mentions(file, world, &["\"profile\""])
}

/// The region is that of each stack, in the code of the app.
fn read(text: &[u8], file: &Path, question: &Question<'_>) -> Result<Binding> {
    let tree = Tree::read(text, file)?;
    Ok(Staged {
        format: FORMAT.name,
        default: Default::None,
        selected: None,
        stages: Vec::new(),
        any: answer(tree.setting(&["profile"]), Ok(None)),
        inputs: Vec::new(),
    }
    .binding(file, question))
}
