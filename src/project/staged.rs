//! The binding of a file whose stages are told, whatever its format.

use std::path::{Path, PathBuf};

use super::Question;
use crate::core::binding::{Answer, Asked, Binding, Unresolved};

/// The most stages that are told of one file.
pub(super) const STAGE_LIMIT: usize = 200;

/// The stage that the program takes where none is asked for.
pub(super) enum Default {
    /// The file has none, or all of them come to the same.
    None,
    /// This one.
    Stage(String),
    /// None of them: the program wants to be told.
    Open(Unresolved),
}

/// What a file comes to.
pub(super) struct Staged {
    pub(super) format: &'static str,
    pub(super) default: Default,
    /// The stage that the person selected by the program's own means.
    pub(super) selected: Option<String>,
    pub(super) stages: Vec<(String, Answer)>,
    /// What a stage comes to that the file does not name, and a file without stages.
    pub(super) any: Answer,
    /// The other files that were looked at.
    pub(super) inputs: Vec<PathBuf>,
}

impl Staged {
    /// The answer to a question.
    pub(super) fn binding(self, file: &Path, question: &Question<'_>) -> Binding {
        let asked = question.stage.filter(|stage| !stage.is_empty()).map(str::to_owned);
        let (default_stage, open) = match self.default {
            Default::None => (None, None),
            Default::Stage(stage) => (Some(stage), None),
            Default::Open(open) => (None, Some(open)),
        };
        let stage = asked.or_else(|| default_stage.clone());
        let of_stage = |stage: &String| self.stages.iter().find(|(name, _)| name == stage).map(|(_, answer)| answer);
        let answer = match (&stage, open) {
            (Some(stage), _) => of_stage(stage).unwrap_or(&self.any).clone(),
            (None, Some(open)) => of_all(&self.stages)
                .cloned()
                .unwrap_or_else(|| Answer { asked: Asked::default(), unresolved: vec![open] }),
            (None, None) => self.any.clone(),
        };
        Binding {
            file: file.to_owned(),
            format: self.format,
            default_stage,
            stage,
            selected: self.selected,
            answer,
            stages: self.stages,
            any_stage: self.any,
            inputs: self.inputs,
        }
    }
}

/// What every stage comes to, if it is the same: then no stage need be told.
fn of_all(stages: &[(String, Answer)]) -> Option<&Answer> {
    let (_, first) = stages.first()?;
    let texts = |answer: &Answer| {
        let text = |said: &Option<crate::core::binding::Said>| said.as_ref().map(|said| said.text.clone());
        (text(&answer.asked.profile), text(&answer.asked.region))
    };
    let same = |answer: &Answer| answer.unresolved.is_empty() && texts(answer) == texts(first);
    stages.iter().all(|(_, answer)| same(answer)).then_some(first)
}
