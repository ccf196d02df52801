//! `credenv project`: what the project file of this directory asks for, stage by stage, and whether it is trusted.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::certificates;
use super::context;
use super::decide::{near, near_as_typed};
use super::place::{Judged, Looking, ProjectFile};
use super::{Outcome, json};
use crate::cli::ProjectArgs;
use crate::config::Config;
use crate::core::binding::{Answer, Binding, Said};
use crate::core::error::{Error, Result};
use crate::core::trust::{self, Trust};
use crate::project::{self, CODE_FILES, FORMATS, Format};
use crate::report;
use crate::system::System;

#[inline(never)]
pub(super) fn run(arguments: &ProjectArgs, system: &System) -> Result<Outcome> {
    let state = context::state(system);
    let looking = Looking::new(system, &state);
    let settings = Config::read(system)?;
    let file = find(&looking, system, None)?;
    let trust = trust_in(&looking, &file);
    let asked_for = arguments.stage.clone().or_else(|| looking.stage());
    let binding = looking.read_in_force(&file, asked_for.as_deref())?;
    if arguments.json {
        return Ok(Outcome::done(json(&as_json(&file, trust, &binding, &settings, system))));
    }
    let trusted = match trust {
        Trust::Trusted => "it is allowed: credenv follows it when you enter this directory".to_owned(),
        Trust::New => "it is not allowed, so it is not followed: `credenv allow` allows it".to_owned(),
        Trust::Changed => {
            "it asks for something other than what you allowed, so it is not followed: `credenv allow` allows it"
                .to_owned()
        }
        Trust::Denied => format!("it is denied: `credenv allow {}` allows it", near_as_typed(&file.path, system)),
    };
    Ok(Outcome::done(format!("{}{}\n", describe(&binding, system), report::clean(&trusted))))
}

/// The nearest project file, trusted or not, or the one that is named.
pub(super) fn find(looking: &Looking<'_>, system: &System, named: Option<&Path>) -> Result<ProjectFile> {
    let Some(named) = named else {
        return looking.above(&system.directory).next().ok_or_else(|| nothing_found(system));
    };
    let path = system.directory.join(named);
    match system.is_file(&path) {
        None => Err(Error::failed(format!("cannot read {}: no such file or directory", named.display()))),
        Some(false) => looking
            .files_in(path)
            .next()
            .ok_or_else(|| Error::failed(format!("there is no project file in {}", named.display()))),
        Some(true) => {
            let known = |format: &'static Format| {
                let name = format.files.iter().find(|name| path.ends_with(name))?;
                let directory = path.ancestors().nth(Path::new(name).components().count())?;
                Some((format, directory, *name))
            };
            let (format, directory, name) = FORMATS.iter().find_map(known).ok_or_else(|| {
                let all = project::names().collect::<Vec<_>>().join("`, `");
                Error::failed(format!("{} is not a project file", named.display()))
                    .hint(format!("project files are called `{all}`"))
            })?;
            looking
                .project_file(directory, format, name)
                .ok_or_else(|| Error::failed(format!("{} names no profile and no region", named.display())))
        }
    }
}

fn nothing_found(system: &System) -> Error {
    let code = system.directory.ancestors().find_map(|directory| {
        CODE_FILES.iter().map(|name| directory.join(name)).find(|path| system.is_file(path) == Some(true))
    });
    let error = Error::failed(format!("there is no project file in {} or above", system.directory.display()));
    let error = match code {
        Some(path) => error.because(format!("{} is code, which credenv does not run", near(&path, system))),
        None => error,
    };
    error.hint("`credenv link PROFILE` creates .credenv.yml")
}

/// How far a file is trusted.
pub(super) fn trust_in(looking: &Looking<'_>, file: &ProjectFile) -> Trust {
    match looking.judge(file) {
        Judged::Trusted(_) => Trust::Trusted,
        Judged::Untrusted(trust) => trust,
        // What cannot be read means nothing that was allowed.
        Judged::Broken(_) => looking
            .record(file)
            .map_or(Trust::New, |record| trust::before_parsing(Some(&record)).unwrap_or(Trust::Changed)),
    }
}

/// What a file asks for, for people.
pub(super) fn describe(binding: &Binding, system: &System) -> String {
    let mut text = format!("{}\n", report::clean(&near(&binding.file, system)));
    let has_stages = !binding.stages.is_empty() || binding.default_stage.is_some();
    let default = binding.default_stage.as_deref().unwrap_or("cannot be told");
    let stage = match &binding.stage {
        Some(stage) if binding.default_stage.is_none() => stage.clone(),
        Some(stage) if Some(stage) != binding.default_stage.as_ref() => format!("{stage} (the default is {default})"),
        _ => default.to_owned(),
    };
    if has_stages || binding.answer.unresolved.iter().any(|unresolved| unresolved.key.ends_with("stage")) {
        let _ = writeln!(text, "  stage: {}", report::clean(&stage));
    }
    let directory = directory_of(binding);
    describe_answer(&binding.answer, directory, "  ", system, &mut text);
    for (stage, answer) in &binding.stages {
        let _ = writeln!(text, "  stage {}:", report::clean(stage));
        describe_answer(answer, directory, "    ", system, &mut text);
    }
    text
}

/// Where the relative paths of a project start.
fn directory_of(binding: &Binding) -> &Path {
    binding.file.parent().unwrap_or(Path::new("/"))
}

fn describe_answer(answer: &Answer, directory: &Path, indent: &str, system: &System, text: &mut String) {
    let asked = &answer.asked;
    let line = |what: &str, said: &Said, text: &mut String| {
        let at = format!("{}:{}", near(&said.origin.file, system), said.origin.line);
        let _ = writeln!(text, "{indent}{what}: {} ({})", report::clean(&said.text), report::clean(&at));
    };
    for (what, said) in
        [("profile", &asked.profile), ("account", &asked.account), ("role", &asked.role), ("region", &asked.region)]
    {
        if let Some(said) = said {
            line(what, said, text);
        }
    }
    text.push_str(&certificates::describe(asked, directory, indent, system));
    if let Some(identity) = &asked.web_identity {
        line("token file", &identity.token_file, text);
        line("role to assume", &identity.role_arn, text);
        if let Some(said) = &identity.session_name {
            line("session name", said, text);
        }
    }
    if asked.protected {
        let _ = writeln!(text, "{indent}protected: only `credenv use` switches to it");
    }
    for unresolved in &answer.unresolved {
        let at = format!("{}:{}", near(&unresolved.origin.file, system), unresolved.origin.line);
        let _ = writeln!(
            text,
            "{indent}{}: cannot be resolved here: {} (`{}`, {})",
            report::clean(&unresolved.key),
            report::clean(&unresolved.reason),
            report::clean(&unresolved.expression),
            report::clean(&at)
        );
    }
}

fn as_json(file: &ProjectFile, trust: Trust, binding: &Binding, settings: &Config, system: &System) -> Json {
    let directory = directory_of(binding);
    let said = |said: &Option<Said>| {
        said.as_ref().map(|said| {
            json!({
                "value": said.text,
                "origin": { "file": said.origin.file.to_string_lossy(), "line": said.origin.line },
            })
        })
    };
    let stages: Map<String, Json> = binding
        .stages
        .iter()
        .map(|(stage, answer)| {
            let certificates = certificates::as_json(&answer.asked, directory, system);
            let (profile, region) = (said(&answer.asked.profile), said(&answer.asked.region));
            (stage.clone(), json!({ "profile": profile, "region": region, "certificates": certificates }))
        })
        .collect();
    let asked = &binding.answer.asked;
    let named = asked.profile.as_ref().map(|said| said.text.as_str());
    let protected = asked.protected
        || named.is_some_and(|name| {
            settings.protects(name) || settings.own_name(name).is_some_and(|own| settings.protects(&own.text))
        });
    let unresolved: Vec<Json> = binding
        .answer
        .unresolved
        .iter()
        .map(|unresolved| {
            json!({
                "key": unresolved.key,
                "expression": unresolved.expression,
                "reason": unresolved.reason,
                "file": unresolved.origin.file.to_string_lossy(),
                "line": unresolved.origin.line,
            })
        })
        .collect();
    json!({
        "file": file.path.to_string_lossy(),
        "format": binding.format,
        "trust": trust.as_str(),
        "default_stage": binding.default_stage,
        "stage": binding.stage,
        "profile": said(&asked.profile),
        "account": said(&asked.account),
        "role": said(&asked.role),
        "region": said(&asked.region),
        "certificates": certificates::as_json(asked, directory, system),
        "stages": stages,
        "protected": protected,
        "unresolved": unresolved,
    })
}
