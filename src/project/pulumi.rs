//! Pulumi: `Pulumi.yaml` and beside it a file for each stack, `Pulumi.dev.yaml`, with the settings of its AWS provider
//! (read in the source of Pulumi 3).

use std::path::{Component, Path, PathBuf};

use super::staged::{Default, STAGE_LIMIT, Staged};
use super::tree::{Setting, Tree, answer};
use super::yaml::Value;
use super::{Format, Question, World, json, mentions};
use crate::core::binding::{Answer, Binding, Origin, Unresolved};
use crate::core::error::{Error, Result};

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "pulumi",
    files: &["Pulumi.json", "Pulumi.yaml", "Pulumi.yml"],
    matters: Some(matters),
    stage_variables: false,
    read,
};

/// The key under which a project names another directory for the files of its stacks.
const STACK_DIRECTORY: &str = "stackConfigDir";

/// The settings of the AWS provider, the second name of each being of old.
const PROFILE: [&str; 2] = ["aws:profile", "aws:config:profile"];
const REGION: [&str; 2] = ["aws:region", "aws:config:region"];

/// The variable that names the stack before what is selected.
const STACK: &str = "PULUMI_STACK";

fn matters(file: &Path, world: &dyn World) -> bool {
    let words = [PROFILE, REGION].concat();
    let of_project = [&words[..], &[STACK_DIRECTORY]].concat();
    let directory = file.parent().unwrap_or(Path::new("/"));
    mentions(file, world, &of_project)
        || stacks(file, directory, world).iter().any(|(_, stack)| mentions(stack, world, &words))
}

fn read(text: &[u8], file: &Path, question: &Question<'_>) -> Result<Binding> {
    let tree = Tree::read(text, file)?;
    let world = question.world;
    let mut any = answer(of_project(&tree, &PROFILE), of_project(&tree, &REGION));
    let stacks = if let Some(directory) = stack_directory(&tree, file) {
        stacks(file, &directory, world)
    } else {
        let named = tree.at(&[STACK_DIRECTORY]).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut open = tree.open_at(&[STACK_DIRECTORY], named, "the files of its stacks are outside the project");
        PROFILE[0].clone_into(&mut open.key);
        any.unresolved.push(open);
        Vec::new()
    };
    let inputs = stacks.iter().map(|(_, path)| path.clone()).collect();
    let selected = selected(&tree, file, world);
    let stages: Vec<(String, Answer)> =
        stacks.into_iter().map(|(stack, path)| (stack, of_stack(&path, world, &tree))).collect();
    let default = if stages.is_empty() {
        Default::None
    } else {
        let names = stages.iter().map(|(stack, _)| stack.as_str()).collect::<Vec<_>>().join(", ");
        let mut open = tree.open_at(&["name"], names, "no stack is selected: `pulumi stack select` selects one");
        "stack".clone_into(&mut open.key);
        Default::Open(open)
    };
    Ok(Staged { format: FORMAT.name, default, selected, stages, any, inputs }.binding(file, question))
}

/// What the project says for stacks that do not say it themselves: a value, or a mapping with the default.
fn of_project(tree: &Tree<'_>, keys: &[&str]) -> Setting {
    let Some(key) = keys.iter().find(|key| tree.at(&["config", key]).is_some()) else { return Ok(None) };
    match tree.at(&["config", key]) {
        Some(Value::Mapping(_)) => {
            let inner = ["default", "value"].into_iter().find(|inner| tree.at(&["config", key, inner]).is_some());
            inner.map_or(Ok(None), |inner| tree.setting(&["config", key, inner]))
        }
        _ => tree.setting(&["config", key]),
    }
}

/// What a stack says itself, else what the project says for all.
fn of_stack(path: &Path, world: &dyn World, project: &Tree<'_>) -> Answer {
    let read = |text: &[u8]| {
        let tree = Tree::read(text, path)?;
        let setting = |keys: &[&str]| match keys.iter().find(|key| tree.at(&["config", key]).is_some()) {
            None => of_project(project, keys),
            Some(key) if tree.at(&["config", key, "secure"]).is_some() => {
                Err(tree.open_at(&["config", key], "secure".to_owned(), "it is encrypted"))
            }
            Some(key) => tree.setting(&["config", key]),
        };
        Ok(answer(setting(&PROFILE), setting(&REGION)))
    };
    let text = world.read(path).map(Option::unwrap_or_default);
    text.and_then(|text| read(&text)).unwrap_or_else(|error: Error| {
        let origin = Origin { file: path.to_owned(), line: 1 };
        let key = PROFILE[0].to_owned();
        let open = Unresolved { key, expression: "config".to_owned(), reason: error.message().to_owned(), origin };
        Answer { unresolved: vec![open], ..Answer::default() }
    })
}

/// Where the files of the stacks lie; none where that is not inside the project.
fn stack_directory(tree: &Tree<'_>, file: &Path) -> Option<PathBuf> {
    let project = file.parent().unwrap_or(Path::new("/"));
    let named = Path::new(tree.at(&[STACK_DIRECTORY]).and_then(Value::as_str).unwrap_or_default());
    let stays = named.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    stays.then(|| project.join(named))
}

/// The stacks that have a file, which has the same ending as that of the project, and where it is.
fn stacks(file: &Path, directory: &Path, world: &dyn World) -> Vec<(String, PathBuf)> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let names = world.names(directory, "Pulumi.", STAGE_LIMIT);
    let stack_of = |name: &str| {
        let stack = name.strip_prefix("Pulumi.")?.strip_suffix(ending)?.strip_suffix('.')?;
        (!stack.is_empty()).then(|| (stack.to_owned(), directory.join(name)))
    };
    names.iter().filter_map(|name| stack_of(name)).collect()
}

/// The stack that the person selected: the variable, else what `pulumi stack select` wrote down.
fn selected(tree: &Tree<'_>, file: &Path, world: &dyn World) -> Option<String> {
    let named = world.variable(STACK).or_else(|| written_down(tree, file, world))?;
    // `organization/project/stack`.
    named.rsplit('/').next().filter(|stack| !stack.is_empty()).map(str::to_owned)
}

/// The stack in the settings that Pulumi keeps of a project, which are found by its name and the path of its file: the one
/// that the shell names, else the real one.
fn written_down(tree: &Tree<'_>, file: &Path, world: &dyn World) -> Option<String> {
    let name = tree.at(&["name"])?.as_str().filter(|name| !name.contains(['/', '\\', '\0']))?;
    let home = world.variable("PULUMI_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&world.variable("HOME")?).join(".pulumi")))?;
    let stack_of = |path: &Path| {
        let hash = sha1_smol::Sha1::from(path.to_str()?).digest();
        let settings = home.join("workspaces").join(format!("{name}-{hash}-workspace.json"));
        let settings = json::read(&world.read(&settings).ok()??).ok()?;
        settings.as_mapping()?.get("stack")?.as_str().map(str::to_owned)
    };
    stack_of(file).or_else(|| stack_of(&world.real_path(file).filter(|real| real != file)?))
}
