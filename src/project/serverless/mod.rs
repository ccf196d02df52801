//! Serverless Framework: which profile, region and stage a service file asks for, as versions 3 and 4 tell it.

mod dotenv;
mod files;
mod number;
mod plain;
mod resolve;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use self::files::{Document, Extent, Files, Key, Spot};
use self::resolve::{Found, Resolver, Rules, Scalar, StageMap, Trouble};
use super::yaml::{self, Step, Text, Value};
use super::{Format, Question};
use crate::core::binding::{ANY_STAGE, Answer, Asked, Binding, Origin, Said, Unresolved};
use crate::core::error::{Error, Result};

/// The most stages that are told of one file: each becomes a variable, and nobody has as many.
const STAGE_LIMIT: usize = 200;

/// The longest name of a profile or region, in bytes.
const LENGTH_LIMIT: usize = 4096;

/// The format.
pub const FORMAT: Format = Format {
    name: "serverless",
    files: &["serverless.yml", "serverless.yaml", "serverless.json"],
    matters: None,
    stage_variables: true,
    read,
};

/// Reads a service file. What is wrong in parts of it that have nothing to do with the profile need not be seen here:
/// Serverless itself will say so.
pub fn read(text: &[u8], path: &Path, question: &Question<'_>) -> Result<Binding> {
    let scanned = Text::scan(text).ok();
    let read = |extent| read_extent(text, scanned.as_ref(), extent, path, question);
    match read(Extent::Common)? {
        Some(binding) => Ok(binding),
        None => read(Extent::Whole)?
            .ok_or_else(|| Error::failed(format!("cannot read `{}`: it asks for more than it holds", path.display()))),
    }
}

/// Reads so much of it; none when more turned out to be needed.
fn read_extent(
    text: &[u8],
    scanned: Option<&Text<'_>>,
    extent: Extent,
    path: &Path,
    question: &Question<'_>,
) -> Result<Option<Binding>> {
    let (mut files, root) = Files::open(text, scanned, extent, path, question.world).map_err(|damage| {
        let place = if damage.line == 0 {
            path.display().to_string()
        } else {
            format!("{}:{}:{}", path.display(), damage.line, damage.column)
        };
        Error::failed(format!("cannot read `{place}`: {}", damage.message))
    })?;
    if !root.value.is_mapping() {
        return Err(Error::failed(format!("cannot read `{}`: it is not a map of settings", path.display())));
    }
    let mut service = Service { rules: rules(&root), root: Rc::clone(&root), files: &mut files, steps: 0 };
    let asked = question.stage.filter(|stage| !stage.is_empty());
    let default_stage = service.default_stage();
    let drafted = service.draft(asked);
    let any_stage = service.draft(Some(ANY_STAGE));
    let stages: Vec<_> = any_stage.stages.iter().map(|stage| (stage.clone(), service.draft(Some(stage)))).collect();
    if root.asked_beyond() {
        return Ok(None);
    }
    let drafts = [&drafted, &any_stage].into_iter().chain(stages.iter().map(|(_, draft)| draft));
    let lines = Lines::of(drafts, &root, scanned);
    Ok(Some(Binding {
        file: path.to_owned(),
        format: FORMAT.name,
        stage: asked.map(str::to_owned).or_else(|| default_stage.clone()),
        default_stage,
        selected: None,
        answer: drafted.answer(&lines),
        stages: stages.into_iter().map(|(stage, draft)| (stage, draft.answer(&lines))).collect(),
        any_stage: any_stage.answer(&lines),
        inputs: files.into_inputs(),
    }))
}

/// The rules that a file asks for: those of version 4 when it has `stages`, or names that version.
fn rules(root: &Document) -> Rules {
    let top = |key: &str| files::child(&root.value, key).map(|(_, value)| value);
    let version = match top("frameworkVersion") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let major: String = version
        .trim_start_matches(|character: char| !character.is_ascii_digit())
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let four =
        major.parse::<u32>().is_ok_and(|major| major >= 4) || top("stages").is_some_and(|value| !value.is_null());
    if four { Rules::Four } else { Rules::Three }
}

/// What one stage comes to, before the lines are known.
#[derive(Default)]
struct Draft {
    profile: Option<(String, Spot)>,
    region: Option<(String, Spot)>,
    unresolved: Vec<Open>,
    /// The stages that the file names, when asked for any.
    stages: Vec<String>,
    /// Whether the rules are those of version 3.
    is_three: bool,
}

/// What cannot be told.
struct Open {
    key: String,
    expression: String,
    reason: String,
    spot: Spot,
}

/// A service file that is being asked.
struct Service<'s, 'w> {
    files: &'s mut Files<'w>,
    root: Rc<Document>,
    rules: Rules,
    steps: usize,
}

impl<'w> Service<'_, 'w> {
    fn resolver<'r>(&'r mut self, stage: Option<&str>) -> Resolver<'r, 'w> {
        Resolver::new(self.files, &mut self.steps, &self.root, self.rules, stage)
    }

    /// The stage when none is asked for. An expression that has no value is none, and then it is `dev`.
    fn default_stage(&mut self) -> Option<String> {
        match self.resolver(None).stage() {
            Ok(stage) => Some(stage),
            Err(trouble) => trouble.missing.then(|| "dev".to_owned()),
        }
    }

    /// What a stage comes to.
    fn draft(&mut self, stage: Option<&str>) -> Draft {
        let rules = self.rules;
        let mut resolver = self.resolver(stage);
        resolver.notes = stage == Some(ANY_STAGE);
        let mut draft = Draft { is_three: matches!(rules, Rules::Three), ..Draft::default() };
        if let Err(trouble) = resolver.stage() {
            draft.leave_open(&mut resolver, &["provider", "stage"], trouble);
        }
        resolver.read_environment_files();
        if is_aws(&mut resolver, &mut draft) {
            let resolver_used = draft.take_profile(&mut resolver, rules);
            resolver.notes = false;
            draft.take_region(&mut resolver, resolver_used);
        }
        if stage == Some(ANY_STAGE) {
            let maps = std::mem::take(&mut resolver.stage_maps);
            let named = maps.iter().flat_map(StageMap::stages);
            let listed = resolver.keys(&["params"]).into_iter().chain(resolver.keys(&["stages"]));
            for stage in named.chain(listed) {
                // That is what holds where a stage is not named, in `params`, in `stages` and by custom in maps.
                if draft.stages.len() < STAGE_LIMIT && stage != "default" && !draft.stages.contains(&stage) {
                    draft.stages.push(stage);
                }
            }
        }
        draft
    }
}

/// Tells whether the provider is AWS and has settings. What cannot be told is noted, and then it is not.
fn is_aws(resolver: &mut Resolver<'_, '_>, draft: &mut Draft) -> bool {
    match resolver.property(&["provider"]) {
        Ok(Found::Tree(..)) => {}
        Ok(_) => return false,
        Err(trouble) => {
            draft.leave_open(resolver, &["provider", "profile"], trouble);
            return false;
        }
    }
    match resolver.property(&["provider", "name"]) {
        Ok(Found::Scalar(name, _)) => name.into_text() == "aws",
        Ok(_) => true,
        Err(trouble) => {
            draft.leave_open(resolver, &["provider", "name"], trouble);
            false
        }
    }
}

/// The way to the credential resolver in version 4: the one that is named, of the stage before `default`; else the only
/// one of AWS.
fn credential_resolver(
    resolver: &mut Resolver<'_, '_>,
    named: Option<String>,
) -> std::result::Result<Option<[String; 4]>, Trouble> {
    // A stage that cannot be told is noted already.
    let Ok(stage) = resolver.stage() else { return Ok(None) };
    let mut found = Vec::new();
    for place in [stage.as_str(), "default"] {
        for name in resolver.keys(&["stages", place, "resolvers"]) {
            let kind = resolver.property(&["stages", place, "resolvers", &name, "type"]);
            let is_aws = matches!(kind, Ok(Found::Scalar(Scalar::Text(kind), _)) if kind == "aws");
            if named.as_ref().map_or(is_aws, |named| *named == name) {
                found.push((["stages", place, "resolvers", &name].map(str::to_owned), is_aws));
            }
        }
    }
    match named {
        None if found.len() > 1 => {
            Err(Trouble::new("several resolvers are of type `aws`, and `provider.resolver` names none"))
        }
        None => Ok(found.pop().map(|(way, _)| way)),
        Some(named) => match found.into_iter().next() {
            Some((way, true)) => Ok(Some(way)),
            Some(_) => Err(Trouble::new(format!("the resolver `{named}` is not of type `aws`"))),
            None => Err(Trouble::new(format!("there is no resolver `{named}`"))),
        },
    }
}

impl Draft {
    fn leave_open(&mut self, resolver: &mut Resolver<'_, '_>, path: &[&str], trouble: Trouble) {
        let key = path.join(".");
        let (expression, spot) = resolver.written(path);
        let place = trouble.property.filter(|property| {
            let told = trouble.reason.contains(&format!("`{property}`"));
            *property != key && !key.starts_with(&format!("{property}.")) && !told
        });
        let reason = match place {
            Some(property) => format!("{}, at `{property}`", trouble.reason),
            None => trouble.reason,
        };
        let [key, reason] = [key, reason].map(|text| text.replace(ANY_STAGE, "<stage>"));
        self.unresolved.push(Open { key, expression, reason, spot });
    }

    /// The text that a property comes to, where it has one.
    fn text(&mut self, resolver: &mut Resolver<'_, '_>, path: &[&str]) -> Option<(String, Spot)> {
        match resolver.property(path) {
            Ok(Found::Scalar(value, spot)) => {
                let text = if value.is_truthy() { value.into_text() } else { return None };
                if text.len() > LENGTH_LIMIT {
                    self.leave_open(resolver, path, Trouble::new("it is too long"));
                    return None;
                }
                Some((text, spot))
            }
            Ok(Found::Missing) => None,
            Ok(Found::Tree(..)) => {
                self.leave_open(resolver, path, Trouble::new("it is a map or a list, not text"));
                None
            }
            Err(trouble) => {
                self.leave_open(resolver, path, trouble);
                None
            }
        }
    }

    /// Takes the profile, and in version 4 tells the way to the credential resolver that it comes from.
    fn take_profile(&mut self, resolver: &mut Resolver<'_, '_>, rules: Rules) -> Option<[String; 4]> {
        let open = self.unresolved.len();
        self.profile = self.text(resolver, &["provider", "profile"]);
        if rules == Rules::Three || self.unresolved.len() > open {
            return None;
        }
        let named = self.text(resolver, &["provider", "resolver"]);
        if self.profile.is_some() {
            if named.is_some() {
                self.profile = None;
                let trouble = Trouble::new("`provider.profile` and `provider.resolver` exclude each other");
                self.leave_open(resolver, &["provider", "profile"], trouble);
            }
            return None;
        }
        match credential_resolver(resolver, named.map(|(name, _)| name)) {
            Ok(Some(way)) => {
                let path: Vec<&str> = way.iter().map(String::as_str).chain(["profile"]).collect();
                self.profile = self.text(resolver, &path);
                Some(way)
            }
            Ok(None) => None,
            Err(trouble) => {
                self.leave_open(resolver, &["provider", "resolver"], trouble);
                None
            }
        }
    }

    fn take_region(&mut self, resolver: &mut Resolver<'_, '_>, way: Option<[String; 4]>) {
        if let Some(way) = way {
            let path: Vec<&str> = way.iter().map(String::as_str).chain(["region"]).collect();
            self.region = self.text(resolver, &path);
        }
        if self.region.is_none() {
            self.region = self.text(resolver, &["provider", "region"]);
        }
    }

    fn spots(&self) -> impl Iterator<Item = &Spot> {
        let said = self.profile.iter().chain(&self.region).map(|(_, spot)| spot);
        said.chain(self.unresolved.iter().map(|open| &open.spot))
    }

    fn answer(self, lines: &Lines) -> Answer {
        let said = |(text, spot): (String, Spot)| Said { text, origin: lines.origin(&spot) };
        Answer {
            asked: Asked {
                profile: self.profile.map(said),
                region: self.region.map(said),
                keys_only: self.is_three,
                ..Asked::default()
            },
            unresolved: self
                .unresolved
                .into_iter()
                .map(|Open { key, expression, reason, spot }| {
                    let origin = lines.origin(&spot);
                    Unresolved { key, expression, reason, origin }
                })
                .collect(),
        }
    }
}

/// The lines of the places that matter, each document gone through once.
struct Lines(HashMap<*const Document, HashMap<Vec<Key>, u32>>);

impl Lines {
    /// The project file itself was scanned already, if it is YAML.
    fn of<'d>(drafts: impl Iterator<Item = &'d Draft>, root: &Rc<Document>, scanned: Option<&Text<'_>>) -> Self {
        let mut wanted: HashMap<*const Document, Vec<&Spot>> = HashMap::new();
        for spot in drafts.flat_map(Draft::spots) {
            let spots = wanted.entry(Rc::as_ptr(&spot.document)).or_default();
            if !spots.iter().any(|known| known.path == spot.path) {
                spots.push(spot);
            }
        }
        let of_document = |(document, spots): (*const Document, Vec<&Spot>)| {
            let scanned = scanned.filter(|_| document == Rc::as_ptr(root));
            (document, lines(&spots, scanned))
        };
        Self(wanted.into_iter().map(of_document).collect())
    }

    fn origin(&self, spot: &Spot) -> Origin {
        let line = self.0.get(&Rc::as_ptr(&spot.document)).and_then(|lines| lines.get(&spot.path));
        Origin { file: spot.document.path.clone(), line: line.copied().unwrap_or(1) }
    }
}

fn lines(spots: &[&Spot], scanned: Option<&Text<'_>>) -> HashMap<Vec<Key>, u32> {
    let Some(first) = spots.first().filter(|spot| !spot.document.plain) else { return HashMap::new() };
    let steps: Vec<Vec<Step<'_>>> = spots.iter().map(|spot| spot.steps()).collect();
    let places = match scanned {
        Some(scanned) => steps.iter().map(|path| scanned.value_place(path)).collect(),
        None => yaml::locate(&first.document.text, &steps),
    };
    places.into_iter().zip(spots).filter_map(|(place, spot)| place.map(|(line, _)| (spot.path.clone(), line))).collect()
}
