//! Elastic Beanstalk: `.elasticbeanstalk/config.yml`, whose settings may differ by branch (EB CLI 3.27).

use std::path::{Path, PathBuf};

use super::staged::{Default, STAGE_LIMIT, Staged};
use super::tree::{Setting, Tree, answer};
use super::{Format, Question, World, mentions};
use crate::core::binding::{Answer, Binding};
use crate::core::error::Result;

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "elastic-beanstalk",
    files: &[".elasticbeanstalk/config.yml"],
    matters: Some(matters),
    stage_variables: false,
    read,
};

/// The file beside it for what is shared, which it wins over.
const SHARED: &str = "config.global.yml";

/// The branch where there is none: outside of Git, and of a commit instead of a branch.
const NO_BRANCH: &str = "default";

fn matters(file: &Path, world: &dyn World) -> bool {
    let words = ["profile", "default_region"];
    mentions(file, world, &words) || mentions(&file.with_file_name(SHARED), world, &words)
}

fn read(text: &[u8], file: &Path, question: &Question<'_>) -> Result<Binding> {
    let shared_file = file.with_file_name(SHARED);
    let shared_text = question.world.read(&shared_file)?.unwrap_or_default();
    let layers = [Tree::read(text, file)?, Tree::read(&shared_text, &shared_file)?];
    let mut inputs = vec![shared_file.clone()];
    let any = of_branch(&layers, None);
    let named = layers.iter().flat_map(|tree| tree.mappings(&["branch-defaults"]));
    let mut stages: Vec<(String, Answer)> = Vec::new();
    for branch in named.take(STAGE_LIMIT) {
        // Most branches only name the environment that they are deployed to.
        let says = |key| layers.iter().any(|tree| tree.at(&["branch-defaults", branch, key]).is_some());
        if !stages.iter().any(|(known, _)| known == branch) && (says("profile") || says("default_region")) {
            stages.push((branch.to_owned(), of_branch(&layers, Some(branch))));
        }
    }
    let selected = (!stages.is_empty()).then(|| current_branch(file, question.world, &mut inputs));
    Ok(Staged { format: FORMAT.name, default: Default::None, selected, stages, any, inputs }.binding(file, question))
}

/// What holds on a branch: what is said of it, then what is said of all.
fn of_branch(layers: &[Tree<'_>], branch: Option<&str>) -> Answer {
    let setting = |key: &str| -> Setting {
        // The first file that has a branch at all, or the key, is the one that is asked.
        let of_branch = branch.and_then(|branch| {
            let tree = layers.iter().find(|tree| tree.has(&["branch-defaults", branch]))?;
            Some(tree.setting(&["branch-defaults", branch, key]))
        });
        let of_all =
            || layers.iter().find(|tree| tree.has(&["global", key])).map(|tree| tree.setting(&["global", key]));
        match of_branch {
            Some(Ok(None)) | None => of_all().unwrap_or(Ok(None)),
            Some(found) => found,
        }
    };
    answer(setting("profile"), setting("default_region"))
}

/// The branch that is checked out. `.git` is a directory, or a file that names one.
fn current_branch(file: &Path, world: &dyn World, inputs: &mut Vec<PathBuf>) -> String {
    let mut ask = |path: &Path| {
        inputs.push(path.to_owned());
        world.read(path).ok().flatten().and_then(|text| String::from_utf8(text).ok())
    };
    let repository = file.ancestors().skip(2).map(|directory| directory.join(".git"));
    let Some(git) = repository.into_iter().find(|git| world.real_path(git).is_some()) else {
        return NO_BRANCH.to_owned();
    };
    let head = ask(&git.join("HEAD")).or_else(|| {
        let named = ask(&git)?;
        let directory = named.strip_prefix("gitdir:")?.trim();
        ask(&git.parent()?.join(directory).join("HEAD"))
    });
    let branch = head.as_deref().and_then(|head| head.trim().strip_prefix("ref: refs/heads/"));
    branch.unwrap_or(NO_BRANCH).to_owned()
}
