//! What an expression comes to in one stage: values are followed through the file and those it takes in.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::dotenv;
use super::files::{self, Document, Files, Key, Spot, Variables};
use super::number;
use super::plain;
use super::variables::{self, Argument, Literal, Meaning, Source, Variable};
use crate::core::binding::ANY_STAGE;
use crate::project::yaml::Value;

/// How often the value of a property may turn out to hold variables again.
const PROPERTY_ROUNDS: usize = 10;
/// The same for a parameter or an address.
const ARGUMENT_ROUNDS: usize = 9;
/// How long a chain of references may be: far beyond what people write, and well within the stack.
const CHAIN_LIMIT: usize = 200;
/// How much may be done for one project file in all, so that none can hang a prompt.
const STEP_LIMIT: usize = 30_000;
/// The longest text that variables are looked for in, and that putting parts together may give.
const LENGTH_LIMIT: usize = 64 * 1024;

/// The options that every command of Serverless takes, beside the stage. None is given here.
const OPTIONS: [&str; 11] = [
    "app",
    "aws-profile",
    "config",
    "debug",
    "help",
    "org",
    "param",
    "region",
    "use-local-credentials",
    "verbose",
    "version",
];

/// The rules of which Serverless Framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Versions 1 to 3, and the forks of 3.
    Three,
    /// Version 4.
    Four,
}

/// Why an expression cannot be told.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    /// The reason.
    pub(super) reason: String,
    /// There is simply no value, and no other source.
    pub(super) missing: bool,
    /// The property whose text leads there.
    pub(super) property: Option<String>,
}

impl Trouble {
    /// A reason.
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), missing: false, property: None }
    }
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::new(reason)
    }
}

type Result<T> = std::result::Result<T, Trouble>;

/// A value that is no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number, as JavaScript prints it.
    Number(String),
    /// Text.
    Text(String),
}

impl Scalar {
    /// As text.
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Number(text) | Self::Text(text) => text,
        }
    }

    /// What JavaScript takes for true.
    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Bool(value) => *value,
            Self::Number(text) => text != "0",
            Self::Text(text) => !text.is_empty(),
        }
    }
}

/// What was found.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// Nothing, or null.
    Missing,
    /// A value, and where it stands.
    Scalar(Scalar, Spot),
    /// A map or list, and how many rounds led to it. Texts in it may hold variables.
    Tree(Spot, usize),
}

/// A value that is being told, or was.
enum Told {
    Open,
    Settled(Result<Found>),
}

/// A map in which the name of the stage picks.
#[derive(Debug)]
pub(super) struct StageMap {
    map: Spot,
    /// What stands before and after the stage in the key.
    around: (String, String),
    rest: Vec<String>,
}

impl StageMap {
    /// The stages that the map names, in its order.
    pub(super) fn stages(&self) -> Vec<String> {
        let Some(Value::Mapping(map)) = self.map.value(&self.map.document) else { return Vec::new() };
        map.iter()
            .filter_map(|(key, value)| {
                let name = files::name_of(key)?;
                let stage = name.strip_prefix(&self.around.0)?.strip_suffix(self.around.1.as_str())?;
                (!stage.is_empty() && leads_on(value, &self.rest)).then(|| stage.to_owned())
            })
            .collect()
    }
}

/// Tells whether a path leads to something, as far as that can be told without following variables.
fn leads_on(value: &Value, path: &[String]) -> bool {
    match (value, path.split_first()) {
        (Value::Null, _) => false,
        (_, None) => true,
        (Value::String(text), Some(_)) => variables::may_vary(text),
        (_, Some((key, rest))) => files::child(value, key).is_some_and(|(_, value)| leads_on(value, rest)),
    }
}

/// Follows the variables of one project file in one stage.
pub(super) struct Resolver<'r, 'w> {
    files: &'r mut Files<'w>,
    steps: &'r mut usize,
    root: Rc<Document>,
    rules: Rules,
    stage: Option<String>,
    told: HashMap<Vec<String>, Told>,
    chain: usize,
    environment: Environment,
    /// The maps in which the stage picked, noted while `notes` is set.
    pub(super) stage_maps: Vec<StageMap>,
    /// Whether to note them.
    pub(super) notes: bool,
}

/// Where variables of the environment come from.
enum Environment {
    /// The stage is not told yet: the process alone, and these were asked for and not there.
    Process(BTreeSet<String>),
    /// The `.env` files count too, and these are their variables, the first file in front.
    Files(Vec<Rc<Variables>>),
    /// Something is wrong with them.
    Trouble(String),
}

impl<'r, 'w> Resolver<'r, 'w> {
    /// A resolver for a stage, or for none.
    pub(super) fn new(
        files: &'r mut Files<'w>,
        steps: &'r mut usize,
        root: &Rc<Document>,
        rules: Rules,
        stage: Option<&str>,
    ) -> Self {
        Self {
            files,
            steps,
            root: Rc::clone(root),
            rules,
            stage: stage.filter(|stage| !stage.is_empty()).map(str::to_owned),
            told: HashMap::new(),
            chain: 0,
            environment: Environment::Process(BTreeSet::new()),
            stage_maps: Vec::new(),
            notes: false,
        }
    }

    /// What a property of the project file comes to.
    pub(super) fn property(&mut self, path: &[&str]) -> Result<Found> {
        let path: Vec<String> = path.iter().map(|&key| key.to_owned()).collect();
        self.walk(&path)
    }

    /// The stage as `sls:stage` has it.
    pub(super) fn stage(&mut self) -> Result<String> {
        if let Some(stage) = &self.stage {
            return Ok(stage.clone());
        }
        match self.property(&["provider", "stage"])? {
            Found::Scalar(value, _) if value.is_truthy() => Ok(value.into_text()),
            Found::Tree(..) => Err(Trouble::new("it is not text")),
            _ => Ok("dev".to_owned()),
        }
    }

    /// Reads the `.env` files, where the project has them read. Until then, variables come from the process alone.
    pub(super) fn read_environment_files(&mut self) {
        // The program looks at the file's own stage even when it is asked for another.
        let _ = self.property(&["provider", "stage"]);
        let files = self.environment_files();
        let Environment::Process(asked) = &mut self.environment else { return };
        let asked = std::mem::take(asked);
        self.environment = match files {
            Ok(files) => {
                let is_set =
                    |name: &str| matches!(self.variable_of(&files, name), Ok(Some(value)) if !value.is_empty());
                match asked.iter().find(|name| is_set(name)) {
                    Some(name) => Environment::Trouble(format!(
                        "`{name}` decides which `.env` file is read, and is set in that file"
                    )),
                    None => Environment::Files(files),
                }
            }
            Err(trouble) => {
                Environment::Trouble(format!("it is not known which `.env` files are read: {}", trouble.reason))
            }
        };
    }

    /// A variable of the environment, which is in front of the files. What stands in one of them is expanded in version
    /// 3, even when the environment has it too.
    fn variable_of(&self, files: &[Rc<Variables>], name: &str) -> Result<Option<String>> {
        let world = self.files.world;
        let raw = |name: &str| world.variable(name).or_else(|| files.iter().find_map(|file| file.get(name)).cloned());
        let Some(value) = raw(name) else { return Ok(None) };
        let expands = self.rules == Rules::Three && files.iter().any(|file| file.contains_key(name));
        if !expands {
            return Ok(Some(value));
        }
        match dotenv::expand(&value, &raw) {
            Some(value) => Ok(Some(value)),
            None => Err(Trouble::new(format!("the value of `{name}` refers to itself"))),
        }
    }

    /// The stage in the name of a `.env` file, where version 3 takes a stage that is null or empty as it is.
    fn environment_stage(&mut self) -> Result<String> {
        if self.rules == Rules::Four || self.stage.is_some() {
            return self.stage();
        }
        match (self.property(&["provider", "stage"])?, self.property(&["provider"])?) {
            (Found::Scalar(value, _), _) => Ok(value.into_text()),
            (Found::Tree(..), _) => Err(Trouble::new("the stage is not text")),
            (Found::Missing, Found::Tree(spot, _))
                if spot.value(&spot.document).is_some_and(|provider| files::child(provider, "stage").is_some()) =>
            {
                Ok("null".to_owned())
            }
            (Found::Missing, _) => Ok("dev".to_owned()),
        }
    }

    fn environment_files(&mut self) -> Result<Vec<Rc<Variables>>> {
        let wanted = match (self.rules, self.property(&["useDotenv"])?) {
            (Rules::Four, _) | (_, Found::Tree(..)) => true,
            (_, Found::Scalar(value, _)) => value.is_truthy(),
            (_, Found::Missing) => false,
        };
        let mut found = Vec::new();
        if wanted {
            let stage = self.environment_stage()?;
            found.extend(self.files.environment(&format!(".env.{stage}"))?);
            // Version 3 reads one of the two, and version 4 both.
            if self.rules == Rules::Four || found.is_empty() {
                found.extend(self.files.environment(".env")?);
            }
        }
        Ok(found)
    }

    /// Counts what is done, and how long the chain of references is.
    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        *self.steps += 1;
        if *self.steps > STEP_LIMIT {
            return Err(Trouble::new("following the variables takes too long"));
        }
        if self.chain >= CHAIN_LIMIT {
            return Err(Trouble::new("the chain of variables is too long"));
        }
        self.chain += 1;
        let result = run(self);
        self.chain -= 1;
        result
    }

    /// Walks down from the top of the project file. Each text on the way is settled before what lies under it is asked.
    fn walk(&mut self, path: &[String]) -> Result<Found> {
        let mut here = Found::Tree(Spot::whole(&self.root), 0);
        for (count, key) in path.iter().enumerate() {
            let (spot, rounds) = match here {
                Found::Tree(spot, rounds) => (spot, rounds),
                Found::Scalar(value, spot) if count + 1 == path.len() => return Ok(inside(&value, key, spot)),
                _ => return Ok(Found::Missing),
            };
            let (before, rest) = path.split_at(count + 1);
            here = self.step(&spot, rounds, key, rest);
            here = self.settled(before, here, rounds)?;
        }
        Ok(here)
    }

    /// One step down, without looking for variables.
    fn step(&mut self, spot: &Spot, rounds: usize, key: &str, rest: &[String]) -> Found {
        if self.notes
            && let Some((before, after)) = key.split_once(ANY_STAGE)
        {
            self.stage_maps.push(StageMap {
                map: spot.clone(),
                around: (before.to_owned(), after.to_owned()),
                rest: rest.to_vec(),
            });
        }
        if spot.path.is_empty() {
            spot.document.ask(key);
        }
        let Some((key, value)) = spot.value(&spot.document).and_then(|value| files::child(value, key)) else {
            return Found::Missing;
        };
        self.raw(value, spot.down(key), rounds)
    }

    /// A text that stands at a property is followed; everything else is what it is.
    fn settled(&mut self, property: &[String], found: Found, rounds: usize) -> Result<Found> {
        let Found::Scalar(Scalar::Text(text), spot) = found else { return Ok(found) };
        if !variables::may_vary(&text) {
            return Ok(Found::Scalar(Scalar::Text(text), spot));
        }
        match self.told.get(property) {
            Some(Told::Settled(result)) => return result.clone(),
            Some(Told::Open) => {
                return Err(Trouble::new(format!("`{}` refers to itself", property.join("."))));
            }
            None => {}
        }
        self.told.insert(property.to_vec(), Told::Open);
        let result = self
            .deeper(|this| this.expand(text, spot, rounds, PROPERTY_ROUNDS))
            .map_err(|trouble| Trouble { property: trouble.property.or_else(|| Some(property.join("."))), ..trouble });
        self.told.insert(property.to_vec(), Told::Settled(result.clone()));
        result
    }

    /// Settles all texts below a value, as Serverless 3 does before it hands a map on.
    fn settle_below(&mut self, path: &mut Vec<String>, spot: &Spot, rounds: usize) -> Result<()> {
        let document = Rc::clone(&spot.document);
        let keys: Vec<String> = match spot.value(&document) {
            Some(Value::Mapping(map)) => {
                map.iter().filter(|(_, value)| may_hold(value)).filter_map(|(key, _)| files::name_of(key)).collect()
            }
            Some(Value::Sequence(items)) => items
                .iter()
                .enumerate()
                .filter(|(_, value)| may_hold(value))
                .map(|(index, _)| index.to_string())
                .collect(),
            _ => Vec::new(),
        };
        for key in keys {
            let found = self.step(spot, rounds, &key, &[]);
            path.push(key);
            let found = self.settled(path, found, rounds)?;
            if let Found::Tree(spot, rounds) = found {
                self.deeper(|this| this.settle_below(path, &spot, rounds))?;
            }
            path.pop();
        }
        Ok(())
    }

    /// Follows the variables of a text until none is left. A text that one variable makes up is that variable's value;
    /// one that was put together is text, whose parts are looked through each for itself.
    fn expand(&mut self, text: String, spot: Spot, round: usize, limit: usize) -> Result<Found> {
        let variables = self.parse(&text)?;
        self.follow(text, &variables, spot, round, limit)
    }

    /// The same for a text whose variables are known.
    fn follow(
        &mut self,
        text: String,
        variables: &[Variable],
        mut spot: Spot,
        mut round: usize,
        limit: usize,
    ) -> Result<Found> {
        let mut parts = vec![text];
        let mut parsed: Vec<Vec<Variable>>;
        let mut views = vec![variables];
        while views.iter().any(|variables| !variables.is_empty()) {
            if round > limit {
                return Err(Trouble::new("the values keep leading to more variables"));
            }
            round += 1;
            if let [[Variable { span: None, meaning }]] = views.as_slice() {
                match self.variable(meaning, &spot, round)? {
                    Found::Scalar(Scalar::Text(next), place) => {
                        parts = vec![next];
                        spot = place;
                    }
                    other => return Ok(other),
                }
            } else {
                parts = self.joined(&parts, &views, &spot, round)?;
            }
            parsed = parts.iter().map(|part| self.parse(part)).collect::<Result<_>>()?;
            views = parsed.iter().map(Vec::as_slice).collect();
        }
        Ok(Found::Scalar(Scalar::Text(parts.concat()), spot))
    }

    /// The text at a property as it is written, and where; the nearest above it when nothing leads there.
    pub(super) fn written(&mut self, path: &[&str]) -> (String, Spot) {
        let mut length = path.len();
        while let Some((last, above)) = path[..length].split_last() {
            if let Ok(Found::Tree(spot, rounds)) = self.property(above)
                && let Found::Scalar(value, spot) = self.step(&spot, rounds, last, &[])
            {
                return (value.into_text(), spot);
            }
            length -= 1;
        }
        (String::new(), Spot::whole(&self.root))
    }

    /// The keys of a map.
    pub(super) fn keys(&mut self, path: &[&str]) -> Vec<String> {
        let Ok(Found::Tree(spot, _)) = self.property(path) else { return Vec::new() };
        let document = Rc::clone(&spot.document);
        match spot.value(&document) {
            Some(Value::Mapping(map)) => map.iter().filter_map(|(key, _)| files::name_of(key)).collect(),
            _ => Vec::new(),
        }
    }

    fn parse(&mut self, text: &str) -> Result<Vec<Variable>> {
        if !variables::may_vary(text) {
            return Ok(Vec::new());
        }
        if text.len() > LENGTH_LIMIT {
            return Err(Trouble::new("the text with variables is too long"));
        }
        *self.steps += text.len() / 256;
        variables::parse(text, self.rules == Rules::Four).map_err(Trouble::new)
    }

    /// The parts of a text, values in place of variables.
    fn joined(&mut self, parts: &[String], parsed: &[&[Variable]], spot: &Spot, round: usize) -> Result<Vec<String>> {
        let mut result = Vec::new();
        let mut length = 0;
        // What stands between two variables is one part, wherever it came from.
        let mut between = String::new();
        for (part, variables) in parts.iter().zip(parsed) {
            let mut at = 0;
            for Variable { span, meaning } in *variables {
                let span = span.clone().unwrap_or(0..part.len());
                let value = self.variable(meaning, spot, round)?;
                let value = self.coerced(value)?;
                // The places in an address count from before the blanks that it has lost, as in the program.
                let end = span.start.min(part.len());
                between += part.get(at..end).unwrap_or_default();
                result.push(std::mem::take(&mut between));
                length += value.len();
                result.push(value);
                at = span.end;
            }
            between += part.get(at..).unwrap_or_default();
            length += part.len();
            if length > LENGTH_LIMIT {
                return Err(Trouble::new("the text that the variables make is too long"));
            }
        }
        result.push(between);
        Ok(result)
    }

    /// A value as part of a text.
    fn coerced(&mut self, found: Found) -> Result<String> {
        match found {
            Found::Scalar(value, _) => Ok(value.into_text()),
            Found::Missing => Err(Trouble::new("`null` is part of a text")),
            Found::Tree(spot, rounds) => {
                let document = Rc::clone(&spot.document);
                let Some(Value::Sequence(items)) = spot.value(&document) else {
                    return Err(Trouble::new("a map is part of a text"));
                };
                let mut texts = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let found = self.raw(item, spot.down(Key::Index(index)), rounds);
                    let found = match found {
                        Found::Scalar(Scalar::Text(text), spot) => {
                            self.deeper(|this| this.expand(text, spot, rounds, PROPERTY_ROUNDS))?
                        }
                        other => other,
                    };
                    texts.push(match found {
                        Found::Missing => String::new(),
                        Found::Scalar(value, _) => value.into_text(),
                        Found::Tree(spot, rounds) => {
                            if spot.value(&spot.document).is_some_and(Value::is_sequence) {
                                self.deeper(|this| this.coerced(Found::Tree(spot, rounds)))?
                            } else {
                                // As JavaScript prints a map.
                                "[object Object]".to_owned()
                            }
                        }
                    });
                }
                Ok(texts.join(","))
            }
        }
    }

    /// The value of the first source that has one.
    fn variable(&mut self, meaning: &Meaning, spot: &Spot, round: usize) -> Result<Found> {
        let sources = match meaning {
            Meaning::Escaped(text) => return Ok(Found::Scalar(Scalar::Text(text.clone()), spot.clone())),
            Meaning::Sources(sources) => sources,
        };
        let mut missing = String::new();
        for source in sources {
            let (name, parameters, address) = match source {
                Source::Literal(literal) => return Ok(literal_value(literal, spot)),
                Source::Named { name, parameters, address } => (name, parameters, address),
            };
            if let Some(reason) = unavailable(name) {
                return Err(Trouble::new(reason));
            }
            let found = self.deeper(|this| {
                let parameter = match parameters.as_ref().and_then(|parameters| parameters.first()) {
                    Some(parameter) => this.argument(parameter, spot)?,
                    None => None,
                };
                for more in parameters.iter().flatten().skip(1) {
                    this.argument(more, spot)?;
                }
                let address = match address {
                    Some(address) => this.argument(address, spot)?,
                    None => None,
                };
                missing = absent(name, parameter.as_ref(), address.as_ref());
                this.source(name, parameter, address, spot, round)
            })?;
            if !matches!(found, Found::Missing) {
                return Ok(found);
            }
        }
        Err(Trouble { reason: missing, missing: true, property: None })
    }

    /// The value of a parameter or an address.
    fn argument(&mut self, argument: &Argument, spot: &Spot) -> Result<Option<Scalar>> {
        let found = match argument {
            Argument::Literal(Literal::Text(text)) => {
                return Ok((!text.is_empty()).then(|| Scalar::Text(text.clone())));
            }
            Argument::Literal(literal) => literal_value(literal, spot),
            Argument::Text(text, variables) => {
                self.deeper(|this| this.follow(text.clone(), variables, spot.clone(), 0, ARGUMENT_ROUNDS))?
            }
        };
        match found {
            Found::Missing => Ok(None),
            Found::Scalar(value, _) => Ok(Some(value)),
            Found::Tree(spot, rounds) => {
                let text = self.coerced(Found::Tree(spot, rounds))?;
                Ok(Some(Scalar::Text(text)))
            }
        }
    }

    fn source(
        &mut self,
        name: &str,
        parameter: Option<Scalar>,
        address: Option<Scalar>,
        spot: &Spot,
        round: usize,
    ) -> Result<Found> {
        let text = |text: String| Found::Scalar(Scalar::Text(text), spot.clone());
        let address = address.filter(Scalar::is_truthy);
        match name {
            "self" => {
                let mut path: Vec<String> = match address {
                    None => Vec::new(),
                    Some(Scalar::Text(address)) => address.split('.').map(str::to_owned).collect(),
                    Some(_) => return Err(Trouble::new("the address of `self` is not text")),
                };
                let found = self.walk(&path)?;
                if let (Rules::Three, Found::Tree(tree, rounds)) = (self.rules, &found) {
                    self.settle_below(&mut path, tree, *rounds)?;
                }
                Ok(match found {
                    Found::Tree(tree, _) => Found::Tree(tree, round),
                    other => other,
                })
            }
            "opt" => match address.map(Scalar::into_text).as_deref() {
                None => Err(Trouble::new("`opt` has no address")),
                Some("stage") => Ok(self.stage.clone().map_or(Found::Missing, text)),
                Some(_) => Ok(Found::Missing),
            },
            "sls" => match address.map(Scalar::into_text).as_deref() {
                Some("stage") => self.stage().map(text),
                Some("instanceId") => Err(Trouble::new("`sls:instanceId` is different in every run")),
                Some(other) => Err(Trouble::new(format!("`sls` has no `{other}`"))),
                None => Err(Trouble::new("`sls` has no address")),
            },
            "env" => {
                let Some(name) = address.map(Scalar::into_text) else {
                    return Err(Trouble::new("`env` has no address"));
                };
                self.environment_variable(name).map(|value| value.map_or(Found::Missing, text))
            }
            "file" => {
                let Some(path) = parameter else { return Err(Trouble::new("`file` has no path")) };
                self.file(&path.into_text(), address.map(Scalar::into_text).as_deref(), round)
            }
            "param" => {
                let Some(name) = address.map(Scalar::into_text) else {
                    return Err(Trouble::new("`param` has no address"));
                };
                self.parameter(&name)
            }
            // `strToBool`: the others are not available.
            _ => {
                let Some(value) = parameter else { return Err(Trouble::new("`strToBool` has no value")) };
                match value.into_text().trim().to_lowercase().as_str() {
                    "true" | "1" => Ok(Found::Scalar(Scalar::Bool(true), spot.clone())),
                    "false" | "0" => Ok(Found::Scalar(Scalar::Bool(false), spot.clone())),
                    _ => Err(Trouble::new("`strToBool` accepts only `true`, `false`, `1` and `0`")),
                }
            }
        }
    }

    fn environment_variable(&mut self, name: String) -> Result<Option<String>> {
        match &mut self.environment {
            Environment::Process(asked) => {
                let process = self.files.world.variable(&name);
                if process.is_none() {
                    asked.insert(name);
                }
                Ok(process)
            }
            Environment::Files(files) => {
                let files = files.clone();
                if files.iter().filter_map(|file| file.get(&name)).any(|value| value.contains('$')) {
                    // Expansion is work.
                    *self.steps += 100;
                }
                self.variable_of(&files, &name)
            }
            Environment::Trouble(reason) => Err(Trouble::new(reason.clone())),
        }
    }

    /// A value as it stands. What is no number to JSON is nothing.
    fn raw(&mut self, value: &Value, spot: Spot, rounds: usize) -> Found {
        match value {
            Value::Null => Found::Missing,
            Value::Bool(value) => Found::Scalar(Scalar::Bool(*value), spot),
            Value::Number(value) => match value.as_f64().filter(|value| value.is_finite()) {
                Some(value) => Found::Scalar(Scalar::Number(number::shown(value)), spot),
                None => Found::Missing,
            },
            Value::String(text) => {
                *self.steps += text.len() / 256;
                let read = if plain::may_differ(text) && !spot.document.plain {
                    // Finding its place costs a walk through the document.
                    *self.steps += 100 + spot.document.text.len() / 64;
                    spot.is_unquoted().then(|| plain::read(text)).flatten()
                } else {
                    None
                };
                Found::Scalar(read.unwrap_or_else(|| Scalar::Text(text.clone())), spot)
            }
            Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => Found::Tree(spot, rounds),
        }
    }

    fn file(&mut self, name: &str, address: Option<&str>, round: usize) -> Result<Found> {
        let Some(document) = self.files.included(name)? else { return Ok(Found::Missing) };
        let top = Spot::whole(&document);
        let Some(address) = address else {
            return Ok(self.raw(&document.value, top, round));
        };
        let path: Vec<String> = address.split('.').map(str::to_owned).collect();
        let mut here = self.raw(&document.value, top, round);
        for (count, key) in path.iter().enumerate() {
            // A text that a step leads into is followed first; the last is left to whoever asked.
            if let Found::Scalar(Scalar::Text(text), spot) = here {
                here = self.deeper(|this| this.expand(text, spot, 0, ARGUMENT_ROUNDS))?;
            }
            let (spot, rounds) = match here {
                Found::Tree(spot, rounds) => (spot, rounds),
                Found::Scalar(value, spot) if count + 1 == path.len() => return Ok(inside(&value, key, spot)),
                _ => return Ok(Found::Missing),
            };
            here = self.step(&spot, rounds, key, &path[count + 1..]);
        }
        Ok(here)
    }

    fn parameter(&mut self, name: &str) -> Result<Found> {
        let stage = self.stage()?;
        let places: &[&[&str]] = match self.rules {
            Rules::Three => &[&["params", &stage], &["params", "default"]],
            Rules::Four => &[
                &["stages", &stage, "params"],
                &["params", &stage],
                &["stages", "default", "params"],
                &["params", "default"],
            ],
        };
        for place in places {
            let path: Vec<String> = place.iter().copied().chain([name]).map(str::to_owned).collect();
            let found = self.walk(&path)?;
            if !matches!(found, Found::Missing) {
                return Ok(found);
            }
        }
        Ok(Found::Missing)
    }
}

/// What JavaScript finds inside a text: its length and its characters.
fn inside(value: &Scalar, key: &str, spot: Spot) -> Found {
    let Scalar::Text(text) = value else { return Found::Missing };
    if key == "length" {
        return Found::Scalar(Scalar::Number(text.encode_utf16().count().to_string()), spot);
    }
    let unit = files::index(key).and_then(|index| text.encode_utf16().nth(index));
    match unit {
        Some(unit) => Found::Scalar(Scalar::Text(String::from_utf16_lossy(&[unit])), spot),
        None => Found::Missing,
    }
}

fn literal_value(literal: &Literal, spot: &Spot) -> Found {
    let value = match literal {
        Literal::Null => return Found::Missing,
        Literal::Bool(value) => Scalar::Bool(*value),
        Literal::Number(text) => Scalar::Number(text.clone()),
        Literal::Text(text) => Scalar::Text(text.clone()),
    };
    Found::Scalar(value, spot.clone())
}

/// Tells whether a variable can stand in or below a value.
fn may_hold(value: &Value) -> bool {
    match value {
        Value::String(text) => variables::may_vary(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        _ => true,
    }
}

/// Why a source cannot be asked here.
fn unavailable(source: &str) -> Option<String> {
    match source {
        "self" | "opt" | "sls" | "env" | "file" | "param" | "strToBool" => None,
        "ssm" | "cf" | "s3" | "aws" | "output" | "vault" | "terraform" | "doppler" => {
            Some(format!("`{source}` needs the network"))
        }
        "git" => Some("`git` runs a program, which credenv does not do".to_owned()),
        _ => Some(format!("`{source}` comes from a plugin, which is code that credenv does not run")),
    }
}

/// Says that a source has no value.
fn absent(source: &str, parameter: Option<&Scalar>, address: Option<&Scalar>) -> String {
    let text = |value: Option<&Scalar>| value.cloned().map(Scalar::into_text).unwrap_or_default();
    let address = text(address);
    match source {
        "opt" if address == "stage" => "no stage is given".to_owned(),
        "opt" if OPTIONS.contains(&address.as_str()) => format!("`--{address}` is not given"),
        "opt" => format!("Serverless has no option `--{address}`"),
        "env" => format!("`{address}` is not set"),
        "file" if address.is_empty() => format!("`{}` does not exist or is empty", text(parameter)),
        "file" => format!("`{}` does not exist or has no `{address}`", text(parameter)),
        "param" => format!("there is no parameter `{address}`"),
        _ => format!("there is no `{address}`"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::files::Extent;
    use super::super::tests::world;
    use super::*;

    /// What a resolver does that has done so much before, and how much it has done then.
    fn done<T>(
        steps: usize,
        run: impl FnOnce(&mut Resolver<'_, '_>, &Spot) -> Result<T>,
    ) -> (std::result::Result<T, String>, usize) {
        let world = world(&[]);
        let path = Path::new("/repository/service/serverless.yml");
        let (mut files, root) = Files::open(b"a: 1\n", None, Extent::Whole, path, &world).unwrap();
        let mut steps = steps;
        let found = run(&mut Resolver::new(&mut files, &mut steps, &root, Rules::Three, None), &Spot::whole(&root));
        (found.map_err(|trouble| trouble.reason), steps)
    }

    #[test]
    fn so_much_is_done_and_no_more() {
        let deeper = |steps| done(steps, |resolver, _| resolver.deeper(|_| Ok(())));
        assert_eq!(deeper(STEP_LIMIT - 1), (Ok(()), STEP_LIMIT));
        assert_eq!(deeper(STEP_LIMIT).0, Err("following the variables takes too long".to_owned()));
    }

    #[test]
    fn a_text_is_so_long_and_no_longer_and_counts_by_its_length() {
        let parsed = |length: usize| {
            let text = format!("${{a:b}}{}", "x".repeat(length - 6));
            done(7, |resolver, _| resolver.parse(&text).map(|variables| variables.len()))
        };
        assert_eq!(parsed(255), (Ok(1), 7));
        assert_eq!(parsed(300), (Ok(1), 8));
        assert_eq!(parsed(LENGTH_LIMIT), (Ok(1), 7 + LENGTH_LIMIT / 256));
        for beyond in [1, 2] {
            assert_eq!(parsed(LENGTH_LIMIT + beyond).0, Err("the text with variables is too long".to_owned()));
        }
        let joined = |length: usize| {
            let parts = ["x".repeat(length)];
            done(0, |resolver, spot| resolver.joined(&parts, &[&[]], spot, 0).map(|parts| parts.concat().len())).0
        };
        assert_eq!(joined(LENGTH_LIMIT), Ok(LENGTH_LIMIT));
        assert_eq!(joined(LENGTH_LIMIT + 1), Err("the text that the variables make is too long".to_owned()));
    }
}
