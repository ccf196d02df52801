//! A switch: from a profile asked for by hand to the target, and from the delta to the text a shell evaluates.

use std::borrow::Cow;
use std::path::PathBuf;

use super::certificates::{self, Source};
use super::context::Context;
use super::place::Looking;
use super::{Outcome, credentials, web_identity};
use crate::aws::profiles::Profiles;
use crate::cli::{self, ShellArgs};
use crate::core::delta::{Change, Delta};
use crate::core::error::{Error, Result};
use crate::core::profile::{Kind, Profile};
use crate::core::target::{self, Chosen, Identity, Reason, StageProfile, Target};
use crate::core::vars::{STATE, Value, VarName, keys};
use crate::core::watch::Watch;
use crate::report;
use crate::shells::{self, Dialect};
use crate::state::State;
use crate::system::System;
use crate::system::os::Os;

/// Who is wished for.
pub(super) enum Who {
    /// A profile; the reason is why it is that one, where it was not chosen by hand.
    Profile { name: String, reason: Option<Reason> },
    /// A web identity without a profile.
    WebIdentity(Box<WebIdentityWish>),
}

/// A web identity that a project names.
pub(super) struct WebIdentityWish {
    pub(super) token_file: Chosen,
    /// Where a relative token file starts.
    pub(super) directory: PathBuf,
    pub(super) role_arn: Chosen,
    pub(super) session_name: Option<Chosen>,
}

/// Whether keys stand in for an identity, for programs that can follow nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// They do not.
    No,
    /// They are to be had now, which may take a program and a question.
    Fetched,
    /// Those that were fetched before stay as they are: a hook starts no program.
    Kept,
}

impl Keys {
    /// What a person who types `--creds` asks for.
    pub(super) fn asked_for(asked: bool) -> Self {
        if asked { Keys::Fetched } else { Keys::No }
    }
}

/// The identity that is wished for, by hand or by a project.
pub(super) struct Wish {
    pub(super) who: Who,
    /// The region, instead of the profile's own.
    pub(super) region: Option<Chosen>,
    /// Whether keys stand in for it.
    pub(super) credentials: Keys,
    /// What the variables of the project's stages must be.
    pub(super) stages: Vec<StageProfile>,
    /// Certificates, instead of the profile's own.
    pub(super) certificates: Vec<Source>,
    /// Not to be entered without being asked for.
    pub(super) protected: bool,
    /// What makes others make way.
    pub(super) decided: Reason,
    /// What the person should know besides.
    pub(super) notes: Vec<String>,
}

impl Wish {
    /// The profile, where it is one.
    pub(super) fn profile(&self) -> Option<String> {
        match &self.who {
            Who::Profile { name, .. } => Some(name.clone()),
            Who::WebIdentity(_) => None,
        }
    }

    /// What it is called: the profile, or the role of a web identity.
    pub(super) fn name(&self) -> &str {
        match &self.who {
            Who::Profile { name, .. } => name,
            Who::WebIdentity(identity) => &identity.role_arn.text,
        }
    }
}

/// Checks the wish and builds the target of it. What the person should know besides is added to its notes.
pub(super) fn target(context: &Context<'_>, looking: &Looking<'_>, wish: &mut Wish) -> Result<Target> {
    let mut sources = wish.certificates.clone();
    let identity = match &wish.who {
        Who::Profile { name, reason } => profile_identity(context, wish, name, reason.as_ref(), &mut sources)?,
        Who::WebIdentity(named) => web_identity(context, wish, named)?,
    };
    let mut target = target::of(&identity, &wish.decided);
    if wish.credentials == Keys::Kept {
        keys().for_each(|name| drop(target.0.remove(name)));
    }
    target::add_stages(&mut target, &heard_stages(wish), &wish.decided);
    wish.notes.extend(certificates::add(context, looking, &sources, &wish.decided, &mut target)?);
    Ok(target)
}

/// What the variables of the stages must be. In Serverless v3 the profile of a stage speaks louder than keys, and keys
/// are there because it cannot follow the profile.
fn heard_stages(wish: &Wish) -> Cow<'_, [StageProfile]> {
    if wish.credentials == Keys::No {
        return Cow::Borrowed(&wish.stages);
    }
    let name = wish.profile();
    let heard = wish.stages.iter().cloned().map(|mut stage| {
        stage.profile = stage.profile.filter(|profile| Some(&profile.text) != name.as_ref());
        stage
    });
    Cow::Owned(heard.collect())
}

/// A web identity without a profile. Node programs prefer any `[default]` that leads to credentials, and the AWS CLI
/// one that assumes a role: then the files are hidden from them.
fn web_identity(context: &Context<'_>, wish: &Wish, named: &WebIdentityWish) -> Result<Identity> {
    let web_identity = web_identity::of_project(context.system, named)?;
    let mut identity = Identity { region: wish.region.clone(), ..Identity::default() };
    let profiles = context.profiles();
    match wish.credentials {
        Keys::Kept => return Ok(identity),
        Keys::Fetched => {
            let reason = wish.decided.clone();
            let credentials = credentials::of_web_identity(context, &web_identity, wish.region.as_ref())?;
            identity.credentials = Some((credentials, reason));
            identity.load_config = load_config(&profiles);
            return Ok(identity);
        }
        Keys::No => identity.web_identity = Some(web_identity),
    }
    if let Some(default) = profiles.get("default").filter(|default| default.kind() != Kind::None) {
        let rule = "hides the profile `default`, which some programs would use instead of the web identity";
        let reason = default.sources.first().map_or_else(|| Reason::rule(rule), |source| Reason::at(rule, source));
        identity.load_config = Some(reason.clone());
        identity.hides_files = Some(Chosen { text: Os::HERE.null_device().to_owned(), reason });
        let region = || property(&default, "region", "region of the profile `default`, which is hidden");
        identity.region = identity.region.or_else(region);
    }
    Ok(identity)
}

/// Why the JavaScript SDK v2 is to read the config file, where it can.
fn load_config(profiles: &Profiles<'_>) -> Option<Reason> {
    let config = profiles.files()[0];
    (config.exists && !profiles.has_both_defaults())
        .then(|| Reason::rule(format!("lets the AWS SDK for JavaScript v2 read {}", config.path.display())))
}

/// The identity of a profile. Where no certificates are asked for, its own are taken.
fn profile_identity(
    context: &Context<'_>,
    wish: &Wish,
    name: &str,
    reason: Option<&Reason>,
    sources: &mut Vec<Source>,
) -> Result<Identity> {
    let profiles = context.profiles();
    let profile = profiles.require(name)?;
    profiles.check_chain(&profile)?;
    context.enter(&profiles, &profile);
    if sources.is_empty() {
        sources.extend(certificates::of_profile(&profile, context.system));
    }
    let defined = || match profile.sources.first() {
        Some(at) => Reason::at(wish.decided.rule.clone(), at),
        None => wish.decided.clone(),
    };
    let reason = reason.cloned().unwrap_or_else(defined);
    let region = wish.region.clone().or_else(|| property(&profile, "region", "region of the profile"));
    let mut identity = Identity { region, load_config: load_config(&profiles), ..Identity::default() };
    match wish.credentials {
        Keys::Kept => {}
        Keys::Fetched => {
            let credentials = credentials::of_profile(context, &profiles, &profile, identity.region.as_ref())?;
            identity.credentials = Some((credentials, reason));
        }
        Keys::No => {
            identity.profile = Some(Chosen { text: profile.name.as_str().to_owned(), reason });
            identity.web_identity = web_identity::of_profile(context.system, &profile)?;
        }
    }
    Ok(identity)
}

pub(super) fn property(profile: &Profile, key: &str, rule: &str) -> Option<Chosen> {
    let text = profile.get(key)?.to_owned();
    let reason = profile.origin(key).map_or_else(|| Reason::rule(rule), |origin| Reason::at(rule, origin));
    Some(Chosen { text, reason })
}

/// Asks before a protected profile is entered by hand.
pub(super) fn confirm(context: &Context<'_>, wish: &Wish, yes: bool, command: &str) -> Result<()> {
    if yes || !wish.protected {
        return Ok(());
    }
    let name = wish.name();
    let question = format!("credenv: `{}` is protected: switch to it? [y/N] ", report::clean(name));
    let refused = match context.system.ask(&question) {
        Some(answer) if matches!(answer.to_lowercase().as_str(), "y" | "yes") => return Ok(()),
        Some(_) => "and the answer was no",
        None => "and there is no terminal to ask on",
    };
    Err(Error::failed(format!("`{name}` is protected, {refused}"))
        .hint(format!("`{command} --yes` switches without asking")))
}

/// The dialect to write: `--shell`, else `CREDENV_SHELL`, else the parent process, and never a guess.
pub(super) fn dialect(arguments: &ShellArgs, system: &System) -> Result<&'static dyn Dialect> {
    find_dialect(arguments.shell.as_deref(), system)
}

fn find_dialect(named: Option<&str>, system: &System) -> Result<&'static dyn Dialect> {
    match named {
        Some(name) => shells::named(name).ok_or_else(|| unknown("--shell", name)),
        None => asking(system, Some("--shell"), "add `--shell bash`, or the name of your shell"),
    }
}

/// The shell that asks, where no argument names it; the error says how it is named.
pub(super) fn asking(system: &System, argument: Option<&str>, hint: &str) -> Result<&'static dyn Dialect> {
    if let Some(name) = system.text("CREDENV_SHELL") {
        return shells::named(name).ok_or_else(|| unknown("CREDENV_SHELL", name));
    }
    let parent = system.parent();
    if let Some(dialect) = parent.as_deref().and_then(shells::of_process) {
        return Ok(dialect);
    }
    let parent = parent.map_or_else(
        || "unknown".to_owned(),
        |words| format!("`{}`, which is not a shell that credenv knows", words.join(" ")),
    );
    let mut error = Error::failed("cannot tell which shell is asking");
    if let Some(argument) = argument {
        error = error.because(format!("looked at `{argument}`: not given"));
    }
    Err(error
        .because("looked at `CREDENV_SHELL`: not set")
        .because(format!("looked at the parent process: {parent}"))
        .hint(hint))
}

fn unknown(what: &str, name: &str) -> Error {
    let known = shells::DIALECTS.iter().map(|dialect| dialect.name()).collect::<Vec<_>>().join("`, `");
    Error::failed(format!("`{what}` names the shell `{name}`, which credenv does not know"))
        .hint(format!("it can be `{known}`"))
}

/// What to print on stdout when a command that a shell evaluates has failed.
pub(super) fn failing_statement(arguments: &[std::ffi::OsString], system: &System) -> &'static str {
    find_dialect(cli::shell_in(arguments), system).map_or("false;\n", Dialect::failing_statement)
}

/// Adds the new state to the delta.
pub(super) fn remember(state: &State, system: &System, delta: &mut Delta) {
    let name = VarName::known(STATE);
    let before = system.environment.get(&name);
    if state.is_empty() {
        if before.is_some() {
            delta.changes.insert(name, Change::Unset);
        }
        return;
    }
    let value = Value::new(state.to_text());
    if before != Some(&value) {
        delta.changes.insert(name, Change::Set(value));
    }
}

/// The delta as the hook of a shell evaluates it.
pub(super) fn print_for_hook(dialect: &dyn Dialect, system: &System, delta: &Delta, watch: &Watch) -> Result<Outcome> {
    Ok(Outcome::done(script(dialect, system, delta, Some(watch), true)?))
}

/// The delta as the hook evaluates it where nothing was looked at.
pub(super) fn print_for_prompt(dialect: &dyn Dialect, system: &System, delta: &Delta) -> Result<Outcome> {
    Ok(Outcome::done(script(dialect, system, delta, None, true)?))
}

/// The delta as a shell evaluates it after a command, with a word to a person who only looks at it.
pub(super) fn print(
    dialect: &dyn Dialect,
    arguments: &ShellArgs,
    system: &System,
    command: &str,
    delta: &Delta,
    watch: Option<&Watch>,
) -> Result<Outcome> {
    let script = script(dialect, system, delta, watch, arguments.wrapper)?;
    if !arguments.wrapper && dialect.hook().is_some() && system.prints_to_terminal() {
        let how = dialect.typed(command);
        let words = Error::failed("this changes nothing yet: the shell must evaluate what is printed").hint(format!(
            "`{how}`; after `credenv init --install {}`, new shells do so by themselves",
            dialect.name()
        ));
        system.say(&report::error(&words));
    }
    Ok(Outcome::done(script))
}

/// The check comes first: a shell that stumbles over a readonly variable has it then, and does not stumble again at the
/// next prompt.
fn script(
    dialect: &dyn Dialect,
    system: &System,
    delta: &Delta,
    watch: Option<&Watch>,
    integrated: bool,
) -> Result<Vec<u8>> {
    let mut script = Vec::new();
    if let Some(watch) = watch {
        dialect.check(watch, &mut script);
    }
    script.extend(shells::watched_script(dialect, delta, watch, integrated)?);
    if !delta.lost.is_empty() {
        let names = delta.lost.iter().map(VarName::as_str).collect::<Vec<_>>().join("`, `");
        system.say(&report::note(&format!(
            "`{names}` is removed, and `{}` cannot keep a secret: `off` will not bring it back",
            dialect.name()
        )));
    }
    Ok(script)
}
