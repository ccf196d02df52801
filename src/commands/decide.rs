//! Which identity holds in a directory: the choices made by hand, the project files, the person's own rules
//! (docs/how-it-decides.md).

use std::path::Path;

use super::certificates::{self, Source};
use super::context::Context;
use super::place::{Judged, Looking, ProjectFile};
use super::switch::{self, Keys, Who, Wish};
use super::{credentials, web_identity};
use crate::core::binding::{ANY_STAGE, Answer, Asked, Binding, Origin, Said};
use crate::core::error::{Error, Result};
use crate::core::target::{self, Chosen, Reason, StageProfile, Target};
use crate::core::text::as_typed;
use crate::core::trust::Trust;
use crate::project::{has_stage_variables, serverless};
use crate::report;
use crate::state::{By, Choice, Decided, Place, State};
use crate::system::System;
use crate::system::os::Os;

/// What holds, and why.
#[derive(Default)]
pub(super) struct Decision {
    pub(super) target: Target,
    /// Who decided; nobody outside of everything.
    pub(super) decided: Option<Decided>,
    /// What it comes to, for the one line that tells of a switch.
    pub(super) summary: Option<String>,
    /// What stands in the way of more, each a line or a few for the person.
    pub(super) notices: Vec<String>,
    /// Whether the keys that were fetched before stay as they are.
    pub(super) keeps_keys: bool,
    enters_protected: bool,
    credentials: bool,
}

/// What a project file asks for in the end.
enum Asks {
    /// An identity.
    Identity(Box<Wish>),
    /// None: that is for others to decide.
    Beside(Beside),
}

/// What holds beside whatever identity is in force.
#[derive(Default)]
struct Beside {
    region: Option<Chosen>,
    certificates: Vec<Source>,
}

/// Whether the choices made by hand count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follow {
    /// They do.
    Choices,
    /// Only what the directory itself asks for.
    Directory,
}

/// How the directory is followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Following<'f> {
    pub(super) follow: Follow,
    /// The stage, instead of `CREDENV_STAGE` and the project's own.
    pub(super) stage: Option<&'f str>,
    /// Protected profiles are entered: the person said so.
    pub(super) enters_protected: bool,
    /// Keys are fetched in place of a name.
    pub(super) credentials: bool,
}

/// Follows the directory. The AWS files are read when the first identity is found.
pub(super) fn follow(
    context: &mut Context<'_>,
    looking: &Looking<'_>,
    state: &State,
    following: Following<'_>,
) -> Decision {
    let Following { follow, stage, enters_protected, credentials } = following;
    let mut decision = Decision { enters_protected, credentials, ..Decision::default() };
    let mut beside = Beside::default();
    let directory = context.system.directory.clone();
    let chosen_at = |place: &Place| (follow == Follow::Choices).then(|| state.choice_at(place)).flatten().cloned();
    if let Some(choice) = chosen_at(&Place::Everywhere)
        && decision.take_choice(context, looking, &choice, None)
    {
        return decision;
    }
    for file in looking.above(&directory) {
        let choice = chosen_at(&Place::At(file.directory.clone()));
        let binding = match looking.judge(&file) {
            Judged::Untrusted(trust) => {
                decision.notices.extend(untrusted(&file, trust, context.system));
                None
            }
            Judged::Broken(error) => {
                decision.notices.push(report::error(&error));
                None
            }
            Judged::Trusted(binding) => Some(binding),
        };
        // A choice made in a project outlives the trust in its file.
        let project = binding.as_deref().map(|binding| (&file, binding));
        if let Some(choice) = choice
            && decision.take_choice(context, looking, &choice, project)
        {
            return decision;
        }
        let Some(binding) = binding else { continue };
        if decision.take_project(context, looking, &file, *binding, stage, &mut beside) {
            return decision;
        }
    }
    if let Some((rule, place)) = context.settings.rule_at(&directory, context.system.home.as_deref()) {
        let asked = rule.asked.clone();
        let choice = chosen_at(&Place::At(place));
        let taken = match choice {
            Some(choice) => decision.take_choice(context, looking, &choice, None),
            None => decision.take_rule(context, looking, asked, &mut beside),
        };
        if taken {
            return decision;
        }
    }
    if let Some(choice) = chosen_at(&Place::Outside) {
        decision.take_choice(context, looking, &choice, None);
    }
    decision.take_beside(context, looking, &beside);
    decision
}

/// The place in which a choice made in that directory holds.
pub(super) fn place_of(looking: &Looking<'_>, context: &Context<'_>, directory: &Path) -> Place {
    let trusted = looking.above(directory).find(|file| matches!(looking.judge(file), Judged::Trusted(_)));
    let rule = || context.settings.rule_at(directory, context.system.home.as_deref()).map(|(_, place)| place);
    trusted.map(|file| file.directory).or_else(rule).map_or(Place::Outside, Place::At)
}

/// Finds the places of choices that were made without looking for projects, and forgets those of protected profiles
/// whose place was left: `cd` alone does not enter them again.
pub(super) fn settle(state: &mut State, context: &Context<'_>) {
    let was_left = |choice: &Choice| {
        let Place::At(place) = &choice.place else { return false };
        let here = context.system.real_path(&context.system.directory);
        choice.protected && !here.is_some_and(|here| here.starts_with(place))
    };
    state.choices.retain(|choice| !was_left(choice));
    let unsettled = |choice: &Choice| matches!(choice.place, Place::MadeIn(_));
    while let Some(at) = state.choices.iter().position(unsettled) {
        let mut choice = state.choices.remove(at);
        if let Place::MadeIn(directory) = &choice.place {
            choice.place = place_of(&Looking::new(context.system, state), context, directory);
        }
        state.choices.retain(|other| other.place != choice.place);
        state.choices.push(choice);
    }
}

impl Decision {
    /// Takes a choice made by hand; whether it could be taken.
    fn take_choice(
        &mut self,
        context: &mut Context<'_>,
        looking: &Looking<'_>,
        choice: &Choice,
        project: Option<(&ProjectFile, &Binding)>,
    ) -> bool {
        let mut notices = Vec::new();
        let wished = wish_of_choice(context, looking, choice, project);
        let done = wished.and_then(|wish| match wish {
            Some(mut wish) => {
                notices.extend(credentials::without_a_program(context, choice, &mut wish));
                let target = switch::target(context, looking, &mut wish)?;
                notices.extend(web_identity::expired(context, &target));
                Ok(Some((target, wish)))
            }
            None => Ok(None),
        });
        match done {
            Ok(done) => {
                let stage = choice.stage.clone();
                let profile = done.as_ref().and_then(|(_, wish)| wish.profile());
                self.decided = Some(Decided { by: By::Hand, profile, stage });
                if let Some((target, wish)) = done {
                    self.summary = Some(format!("{} ← `{}`", shown(&target, &wish), choice.command()));
                    self.keeps_keys = wish.credentials == Keys::Kept;
                    self.notices.extend(notices);
                    self.target = target;
                }
                true
            }
            Err(error) => {
                self.notices.push(report::error(&error));
                false
            }
        }
    }

    /// Takes what a project asks for; whether that was an identity.
    fn take_project(
        &mut self,
        context: &mut Context<'_>,
        looking: &Looking<'_>,
        file: &ProjectFile,
        binding: Binding,
        stage: Option<&str>,
        beside: &mut Beside,
    ) -> bool {
        let stage_asked_for = stage.is_some() || looking.stage().is_some();
        let asked_for = stage.map(str::to_owned).or_else(|| looking.stage()).or_else(|| binding.selected.clone());
        let binding = match &asked_for {
            None => Ok(binding),
            Some(stage) => looking.read_binding(file, Some(stage)),
        };
        let told = |binding: &&Binding| stage_asked_for || has_stages(binding);
        let stage = binding.as_ref().ok().filter(told).and_then(|binding| binding.stage.clone());
        let with_keys = Keys::asked_for(self.credentials);
        let taken = binding.and_then(|binding| {
            self.notices.extend(unnameable_stages(&binding));
            let mut asks = asks(context, looking, &binding)?;
            if let Asks::Identity(wish) = &mut asks {
                wish.credentials = with_keys;
                let hint = credentials::hint(context, &binding, wish);
                wish.notes.extend(hint);
            }
            Ok(asks)
        });
        self.take(context, looking, taken, By::Project, stage, beside)
    }

    /// Takes what a rule of the person's own config asks for.
    fn take_rule(
        &mut self,
        context: &mut Context<'_>,
        looking: &Looking<'_>,
        asked: Asked,
        beside: &mut Beside,
    ) -> bool {
        let answer = Answer { asked, unresolved: Vec::new() };
        let taken = asks_of(context, looking, &answer, None, Path::new("/"));
        self.take(context, looking, taken, By::Directory, None, beside)
    }

    fn take(
        &mut self,
        context: &Context<'_>,
        looking: &Looking<'_>,
        asks: Result<Asks>,
        by: By,
        stage: Option<String>,
        beside: &mut Beside,
    ) -> bool {
        let done = asks.and_then(|asks| match asks {
            Asks::Beside(asked) => Ok(Err(asked)),
            Asks::Identity(mut wish) => {
                // A nearer file that asks for no identity may still name the region and certificates.
                if let Some(nearer) = beside.region.take() {
                    wish.region = Some(nearer);
                }
                if !beside.certificates.is_empty() {
                    wish.certificates.clone_from(&beside.certificates);
                }
                if wish.protected && !self.enters_protected {
                    return Err(protected(&wish));
                }
                wish.credentials = Keys::asked_for(self.credentials);
                Ok(Ok((switch::target(context, looking, &mut wish)?, wish)))
            }
        });
        match done {
            Ok(Ok((target, wish))) => {
                let arrow = arrow(&wish.decided, context.system, stage.as_deref());
                self.summary = Some(format!("{}{arrow}", shown(&target, &wish)));
                self.decided = Some(Decided { by, profile: wish.profile(), stage });
                self.notices.extend(wish.notes.iter().cloned());
                self.notices.extend(web_identity::expired(context, &target));
                self.target = target;
                true
            }
            Ok(Err(asked)) => {
                if beside.region.is_none() {
                    beside.region = asked.region;
                }
                if beside.certificates.is_empty() {
                    beside.certificates = asked.certificates;
                }
                false
            }
            Err(error) => {
                self.notices.push(report::error(&error));
                false
            }
        }
    }

    /// Takes what holds beside the identity, or without one: all of it, or nothing.
    fn take_beside(&mut self, context: &Context<'_>, looking: &Looking<'_>, beside: &Beside) {
        let mut what = Vec::new();
        let mut decided = None;
        if let Some(region) = &beside.region {
            what.push(format!("({})", region.text));
            decided = Some(region.reason.clone());
        }
        if let Some(first) = beside.certificates.first() {
            match certificates::add(context, looking, &beside.certificates, &first.reason(), &mut self.target) {
                Ok(notes) => self.notices.extend(notes),
                Err(error) => {
                    let told = report::error(&error);
                    if !self.notices.contains(&told) {
                        self.notices.push(told);
                    }
                    return;
                }
            }
            what.push("certificates".to_owned());
            decided.get_or_insert(first.reason());
        }
        if let Some(region) = &beside.region {
            self.target.0.extend(target::of_region(region).0);
        }
        if let Some(reason) = decided.filter(|_| self.summary.is_none()) {
            self.decided = Some(Decided { by: By::Project, profile: None, stage: None });
            self.summary = Some(format!("{}{}", what.join(", "), arrow(&reason, context.system, None)));
        }
    }
}

/// What a choice made by hand comes to: nothing after `off`.
pub(super) fn wish_of_choice(
    context: &mut Context<'_>,
    looking: &Looking<'_>,
    choice: &Choice,
    project: Option<(&ProjectFile, &Binding)>,
) -> Result<Option<Wish>> {
    let by_hand = Reason::rule(format!("`{}`", choice.command()));
    let region = choice.region.as_ref().map(|region| Chosen { text: region.clone(), reason: by_hand.clone() });
    let by_choice = certificates::of_choice(choice, &choice.command());
    if let Some(name) = &choice.profile {
        read_aws_files(context, looking)?;
        // Serverless would follow the variables of its stages rather than the choice.
        let stages = project.map(|(_, binding)| silenced_stages(binding)).unwrap_or_default();
        let of_project = || project.and_then(|(_, binding)| binding.answer.asked.region.as_ref());
        let region = region.or_else(|| of_project().map(|said| chosen(said, "region of the project", "")));
        let of_project = || project.map_or_else(Vec::new, |(_, binding)| certificates_of(binding, context.system));
        let mut wish = Wish {
            who: Who::Profile { name: name.clone(), reason: None },
            region,
            credentials: Keys::asked_for(choice.credentials),
            stages,
            certificates: if by_choice.is_empty() { of_project() } else { by_choice },
            protected: context.settings.protects(name),
            decided: by_hand,
            notes: Vec::new(),
        };
        wish.notes.extend(project.and_then(|(_, binding)| credentials::hint(context, binding, &wish)));
        return Ok(Some(wish));
    }
    let Some(stage) = &choice.stage else { return Ok(None) };
    let Some((file, _)) = project else {
        return Err(Error::failed(format!("no project file here says which profile stage `{stage}` uses"))
            .hint("`credenv use PROFILE` switches to a profile by its name"));
    };
    let binding = looking.read_binding(file, Some(stage))?;
    match asks(context, looking, &binding)? {
        Asks::Identity(mut wish) => {
            wish.region = region.or(wish.region);
            wish.credentials = Keys::asked_for(choice.credentials);
            if !by_choice.is_empty() {
                wish.certificates = by_choice;
            }
            let hint = credentials::hint(context, &binding, &wish);
            wish.notes.extend(hint);
            Ok(Some(*wish))
        }
        Asks::Beside(_) => {
            Err(Error::failed(format!("{} asks for no profile in stage `{stage}`", binding.file.display()))
                .hint(format!("`credenv link PROFILE --stage {stage}` writes one to .credenv.yml")))
        }
    }
}

/// The certificates that a project asks for in the stage in force.
fn certificates_of(binding: &Binding, system: &System) -> Vec<Source> {
    certificates::of_asked(&binding.answer.asked, binding.file.parent().unwrap_or(Path::new("/")), system)
}

/// Whether a stage is worth a word: a file without stages says nothing of one, though there always is one in Serverless.
fn has_stages(binding: &Binding) -> bool {
    !binding.stages.is_empty() || binding.format == serverless::FORMAT.name
}

/// Whether what a project file asks for is an identity, or why that one cannot be entered.
pub(super) fn check(context: &mut Context<'_>, looking: &Looking<'_>, binding: &Binding) -> Result<bool> {
    match asks(context, looking, binding)? {
        Asks::Identity(mut wish) => switch::target(context, looking, &mut wish).map(|_| true),
        Asks::Beside(_) => Ok(false),
    }
}

/// What a project file asks for in the stage in force.
fn asks(context: &mut Context<'_>, looking: &Looking<'_>, binding: &Binding) -> Result<Asks> {
    let directory = binding.file.parent().unwrap_or(Path::new("/"));
    let stage = binding.stage.as_deref().filter(|_| has_stages(binding) || binding.stage != binding.default_stage);
    let mut asks = asks_of(context, looking, &binding.answer, stage, directory)?;
    if let Asks::Identity(wish) = &mut asks
        && has_stage_variables(binding.format)
    {
        wish.stages = stages(context, binding);
    }
    Ok(asks)
}

fn asks_of(
    context: &mut Context<'_>,
    looking: &Looking<'_>,
    answer: &Answer,
    stage: Option<&str>,
    directory: &Path,
) -> Result<Asks> {
    let asked = &answer.asked;
    let unresolved = |last: &str| answer.unresolved.iter().find(|unresolved| unresolved.key.ends_with(last));
    let open = || ["profile", "profile_name", "stage", "stack"].into_iter().find_map(unresolved);
    let in_stage = stage.map_or_else(String::new, |stage| format!(", stage {stage}"));
    let region = asked.region.as_ref().map(|said| chosen(said, "region of the project", &in_stage));
    let mut notes = Vec::new();
    if asked.region.is_none()
        && let Some(unknown) = unresolved("region")
    {
        notes.push(report::note(&format!(
            "`{}` at {} cannot be resolved here: {}; the profile's own region is used",
            unknown.key, unknown.origin, unknown.reason
        )));
    }
    let who = if let Some(identity) = &asked.web_identity {
        // A `[default]` in them may have to be hidden.
        read_aws_files(context, looking)?;
        let token_file = chosen(&identity.token_file, "token file of the project", &in_stage);
        Who::WebIdentity(Box::new(switch::WebIdentityWish {
            token_file,
            directory: directory.to_owned(),
            role_arn: chosen(&identity.role_arn, "role of the project", &in_stage),
            session_name: identity
                .session_name
                .as_ref()
                .map(|name| chosen(name, "session name of the project", &in_stage)),
        }))
    } else if let Some(said) = asked.profile.as_ref().or(asked.account.as_ref()).or(asked.role.as_ref()) {
        read_aws_files(context, looking)?;
        let name = own_profile(context, asked)?;
        let rule = match &asked.profile {
            Some(said) if said.text != name => format!("your own name for `{}` of the project{in_stage}", said.text),
            Some(_) => format!("profile of the project{in_stage}"),
            None => format!("your profile for the account of the project{in_stage}"),
        };
        Who::Profile { name, reason: Some(Reason::at(rule, &said.origin)) }
    } else if let Some(unknown) = open() {
        let told = Error::failed(format!(
            "`{}` at {} cannot be resolved here: {}",
            unknown.key, unknown.origin, unknown.reason
        ));
        return Err(match unknown.key.as_str() {
            "stage" | "stack" => told
                .because(format!("it can be `{}`", unknown.expression))
                .hint("`credenv use --stage STAGE` chooses one"),
            _ => told
                .because(format!("the expression is `{}`", unknown.expression))
                .hint("`credenv link PROFILE` writes the profile to .credenv.yml"),
        });
    } else {
        let certificates = certificates::of_asked(asked, directory, context.system);
        return Ok(Asks::Beside(Beside { region, certificates }));
    };
    let decided = match &who {
        Who::Profile { reason, .. } => reason.clone().unwrap_or_default(),
        Who::WebIdentity(identity) => identity.role_arn.reason.clone(),
    };
    let protected = asked.protected
        || matches!(&who, Who::Profile { name, .. } if context.settings.protects(name))
        || asked.profile.as_ref().is_some_and(|said| context.settings.protects(&said.text));
    let certificates = certificates::of_asked(asked, directory, context.system);
    let (credentials, stages) = (Keys::No, Vec::new());
    let wish = Wish { who, region, credentials, stages, certificates, protected, decided, notes };
    Ok(Asks::Identity(Box::new(wish)))
}

/// The person's own profile for what a project names: by its name, which they may have another one for, and by the
/// account and the role that it leads to.
fn own_profile(context: &Context<'_>, asked: &Asked) -> Result<String> {
    let profiles = context.profiles();
    let wants = |text: &Option<Said>| text.as_ref().map(|said| said.text.clone());
    let (account, role) = (wants(&asked.account), wants(&asked.role));
    if let Some(said) = &asked.profile {
        let name = own_name(context, &said.text);
        let profile = profiles.require(&name).map_err(|error| {
            let mapped = if name == said.text { String::new() } else { format!(", your own name for `{}`", said.text) };
            let mut told = Error::failed(format!("no profile named `{name}`{mapped}, which {} asks for", said.origin));
            for cause in error.causes() {
                told = told.because(cause.clone());
            }
            match error.hint_text() {
                Some(hint) => told.hint(hint),
                None => told,
            }
        })?;
        for (what, wanted, has) in [("account", &account, profile.account()), ("role", &role, profile.role())] {
            if let (Some(wanted), Some(has)) = (wanted, has)
                && wanted != has
            {
                return Err(Error::failed(format!(
                    "{} asks for {what} `{wanted}`, but profile `{name}` leads to `{has}`",
                    said.origin.file.display()
                ))
                .because("nothing was switched, because one of them must be wrong")
                .hint(format!("`credenv show {}` shows where the profile is defined", as_typed(&name))));
            }
        }
        return Ok(name);
    }
    let fits = |profile: &crate::core::profile::Profile| {
        account.as_deref().is_none_or(|account| profile.account() == Some(account))
            && role.as_deref().is_none_or(|role| profile.role() == Some(role))
    };
    let found: Vec<_> = profiles.all().into_iter().filter(fits).collect();
    let what = match (&account, &role) {
        (Some(account), Some(role)) => format!("account `{account}` with role `{role}`"),
        (Some(account), None) => format!("account `{account}`"),
        (None, role) => format!("role `{}`", role.as_deref().unwrap_or_default()),
    };
    let at = asked.account.as_ref().or(asked.role.as_ref()).map_or_else(String::new, |said| said.origin.to_string());
    match found.as_slice() {
        [one] => Ok(one.name.as_str().to_owned()),
        [] => Err(Error::failed(format!("none of your profiles leads to {what}, which {at} asks for"))
            .hint("`credenv list --long` shows the account and role of each")),
        several => {
            let names = several.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>().join("`, `");
            Err(Error::failed(format!("several of your profiles lead to {what}, which {at} asks for: `{names}`"))
                .hint("add `role:` beside `account:`, or choose one with `credenv use PROFILE`"))
        }
    }
}

/// What the variables of the project's stages must be. A stage whose profile the person does not have is named all the
/// same: then Serverless refuses to deploy it, instead of deploying it under `AWS_PROFILE` (docs/how-it-decides.md).
fn stages(context: &Context<'_>, binding: &Binding) -> Vec<StageProfile> {
    let own = |stage: &str, said: &Said| {
        let reason = Reason::at(format!("profile of the project, stage {stage}"), &said.origin);
        Chosen { text: own_name(context, &said.text), reason }
    };
    let mut stages: Vec<StageProfile> = Vec::new();
    for (stage, answer) in &binding.stages {
        let profile = answer.asked.profile.as_ref().map(|said| own(stage, said));
        stages.push(StageProfile { stage: stage.clone(), profile });
    }
    // A file that makes the name of the profile from that of the stage names no stages; the person's profiles do.
    if let Some(said) = &binding.any_stage.asked.profile
        && let Some((before, after)) = said.text.split_once(ANY_STAGE).filter(|(_, after)| !after.contains(ANY_STAGE))
    {
        for name in context.profiles().names() {
            let stage = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            if let Some(stage) = stage.filter(|stage| target::stage_prefix(stage).is_some())
                && !stages.iter().any(|known| known.stage == stage)
            {
                let said = Said { text: name.to_owned(), origin: said.origin.clone() };
                stages.push(StageProfile { stage: stage.to_owned(), profile: Some(own(stage, &said)) });
            }
        }
    }
    // `AWS_PROFILE` speaks for the stage in force, and nothing may speak louder.
    if let Some(stage) = &binding.stage
        && !stages.iter().any(|known| known.stage.eq_ignore_ascii_case(stage))
    {
        stages.push(StageProfile { stage: stage.clone(), profile: None });
    }
    stages
}

fn silenced_stages(binding: &Binding) -> Vec<StageProfile> {
    let names = binding.stages.iter().map(|(stage, _)| stage).chain(&binding.stage);
    let names = names.filter(|_| has_stage_variables(binding.format));
    names.map(|stage| StageProfile { stage: stage.clone(), profile: None }).collect()
}

fn unnameable_stages(binding: &Binding) -> Vec<String> {
    let named = |(stage, answer): &(String, Answer)| {
        let said = answer.asked.profile.as_ref()?;
        target::stage_prefix(stage).is_none().then(|| {
            report::note(&format!(
                "stage `{stage}` at {} cannot have a variable of its own, because of its name: Serverless v3 with \
                 `--stage {stage}` would use `AWS_PROFILE`; `credenv exec --stage {stage} -- COMMAND` does it right",
                said.origin
            ))
        })
    };
    binding.stages.iter().filter(|_| has_stage_variables(binding.format)).filter_map(named).collect()
}

/// Reads the AWS files, which from now on must stay as they are.
fn read_aws_files(context: &mut Context<'_>, looking: &Looking<'_>) -> Result<()> {
    if looking.remembers() {
        for path in context.aws_paths() {
            looking.look_at(path);
        }
    }
    context.read_aws_files()
}

/// The person's own name for a profile that projects call by this name.
fn own_name(context: &Context<'_>, name: &str) -> String {
    context.settings.own_name(name).map_or(name, |own| &own.text).to_owned()
}

fn chosen(said: &Said, rule: &str, in_stage: &str) -> Chosen {
    Chosen { text: said.text.clone(), reason: Reason::at(format!("{rule}{in_stage}"), &said.origin) }
}

fn untrusted(file: &ProjectFile, trust: Trust, system: &System) -> Option<String> {
    let path = near(&file.path, system);
    match trust {
        Trust::New => {
            Some(report::note(&format!("{path} is not followed: `credenv allow` shows what it asks for and allows it")))
        }
        Trust::Changed => Some(report::note(&format!(
            "{path} asks for something other than what you allowed, and is not followed: `credenv allow` shows it and \
             allows it"
        ))),
        Trust::Trusted | Trust::Denied => None,
    }
}

fn protected(wish: &Wish) -> Error {
    let name = wish.name();
    let at = wish.decided.origin.as_ref().map_or_else(String::new, |origin| format!(", which {origin} asks for,"));
    Error::failed(format!("`{name}`{at} is protected, and `cd` alone does not switch to it"))
        .hint(format!("`credenv use {}` does", as_typed(name)))
}

/// `devProfile (eu-west-1)`.
fn shown(target: &Target, wish: &Wish) -> String {
    let region = target.0.iter().find(|(name, _)| name.as_str() == "AWS_REGION");
    let region = region.and_then(|(_, wanted)| wanted.value.as_ref());
    let region = region.map_or_else(String::new, |region| format!(" ({})", region.shown()));
    let name = match &wish.who {
        Who::Profile { name, .. } => name.clone(),
        Who::WebIdentity(identity) => format!("web identity for {}", identity.role_arn.text),
    };
    format!("{name}{region}")
}

/// ` ← serverless.yml:6, stage dev`.
fn arrow(reason: &Reason, system: &System, stage: Option<&str>) -> String {
    let stage = stage.map_or_else(String::new, |stage| format!(", stage {stage}"));
    match &reason.origin {
        Some(Origin { file, line }) => format!(" ← {}:{line}{stage}", near(file, system)),
        None => String::new(),
    }
}

/// A path as it is shortest and still plain: from here, from home, or whole.
pub(super) fn near(path: &Path, system: &System) -> String {
    if let Ok(below) = path.strip_prefix(&system.directory) {
        return below.display().to_string();
    }
    system.in_home(path)
}

/// The same as a person types it: to a shell, `~` is home outside of quotes alone, and to cmd never.
pub(super) fn near_as_typed(path: &Path, system: &System) -> String {
    let typed = |path: &Path| as_typed(&path.to_string_lossy());
    if let Ok(below) = path.strip_prefix(&system.directory) {
        return typed(below);
    }
    match system.home.as_deref().filter(|_| Os::HERE != Os::Windows).and_then(|home| path.strip_prefix(home).ok()) {
        Some(below) => format!("~/{}", typed(below)),
        None => typed(path),
    }
}
