//! A switch: from a profile asked for by hand to the target, and from the delta to the text a shell evaluates.

use std::path::{Path, PathBuf};

use super::Outcome;
use super::certificates::{self, Source};
use super::context::Context;
use super::place::Looking;
use crate::aws::files;
use crate::cli::{self, ShellArgs};
use crate::core::delta::{Change, Delta};
use crate::core::error::{Error, Result};
use crate::core::profile::{Kind, Profile};
use crate::core::target::{self, Chosen, Credentials, Identity, Reason, StageProfile, Target, WebIdentity};
use crate::core::text::as_typed;
use crate::core::vars::{STATE, Value, VarName};
use crate::core::watch::Watch;
use crate::report;
use crate::shells::{self, Dialect};
use crate::state::State;
use crate::system::{System, bytes_of_path};

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

/// The identity that is wished for, by hand or by a project.
pub(super) struct Wish {
    pub(super) who: Who,
    /// The region, instead of the profile's own.
    pub(super) region: Option<Chosen>,
    /// Keys instead of a name.
    pub(super) credentials: bool,
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
}

/// Checks the wish and builds the target of it. What the person should know besides is added to its notes.
pub(super) fn target(context: &Context<'_>, looking: &Looking<'_>, wish: &mut Wish) -> Result<Target> {
    let mut sources = wish.certificates.clone();
    let identity = match &wish.who {
        Who::Profile { name, reason } => profile_identity(context, wish, name, reason.as_ref(), &mut sources)?,
        Who::WebIdentity(named) => Identity {
            profile: None,
            credentials: None,
            web_identity: Some(WebIdentity {
                token_file: token_file(context.system, &named.token_file, &named.directory)?,
                role_arn: named.role_arn.clone(),
                session_name: named.session_name.clone(),
            }),
            region: wish.region.clone(),
            load_config: None,
        },
    };
    let mut target = target::of(&identity, &wish.decided);
    target::add_stages(&mut target, &wish.stages, &wish.decided);
    wish.notes.extend(certificates::add(context, looking, &sources, &wish.decided, &mut target)?);
    Ok(target)
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
    if sources.is_empty() {
        sources.extend(certificates::of_profile(&profile, context.system));
    }
    let defined = || match profile.sources.first() {
        Some(at) => Reason::at(wish.decided.rule.clone(), at),
        None => wish.decided.clone(),
    };
    let reason = reason.cloned().unwrap_or_else(defined);
    let region = wish.region.clone().or_else(|| property(&profile, "region", "region of the profile"));
    if wish.credentials {
        let credentials = static_credentials(&profile)?;
        return Ok(Identity {
            profile: None,
            credentials: Some((credentials, reason)),
            web_identity: None,
            region,
            load_config: None,
        });
    }
    let load_config = (profiles.files()[0].exists && !profiles.has_both_defaults()).then(|| {
        Reason::rule(format!("lets the AWS SDK for JavaScript v2 read {}", profiles.files()[0].path.display()))
    });
    Ok(Identity {
        profile: Some(Chosen { text: profile.name.as_str().to_owned(), reason }),
        credentials: None,
        web_identity: web_identity(context.system, &profile)?,
        region,
        load_config,
    })
}

fn property(profile: &Profile, key: &str, rule: &str) -> Option<Chosen> {
    let text = profile.get(key)?.to_owned();
    let reason = profile.origin(key).map_or_else(|| Reason::rule(rule), |origin| Reason::at(rule, origin));
    Some(Chosen { text, reason })
}

/// Asks before a protected profile is entered by hand.
pub(super) fn confirm(context: &Context<'_>, wish: &Wish, yes: bool, command: &str) -> Result<()> {
    if yes || !wish.protected {
        return Ok(());
    }
    let name = match &wish.who {
        Who::Profile { name, .. } => name,
        Who::WebIdentity(identity) => &identity.role_arn.text,
    };
    let question = format!("credenv: `{}` is protected: switch to it? [y/N] ", report::clean(name));
    let refused = match context.system.ask(&question) {
        Some(answer) if matches!(answer.to_lowercase().as_str(), "y" | "yes") => return Ok(()),
        Some(_) => "and the answer was no",
        None => "and there is no terminal to ask on",
    };
    Err(Error::failed(format!("`{name}` is protected, {refused}"))
        .hint(format!("`{command} --yes` switches without a question")))
}

/// The web identity of a profile that has one. The token file must be there: with a missing one every program fails.
fn web_identity(system: &System, profile: &Profile) -> Result<Option<WebIdentity>> {
    if profile.kind() != Kind::WebIdentity {
        return Ok(None);
    }
    let key = "web_identity_token_file";
    let (Some(token), Some(role_arn)) =
        (property(profile, key, "token file of the profile"), property(profile, "role_arn", "role of the profile"))
    else {
        return Ok(None);
    };
    let directory = profile.origin(key).and_then(|origin| origin.file.parent()).unwrap_or(Path::new("/"));
    Ok(Some(WebIdentity {
        token_file: token_file(system, &token, directory)?,
        role_arn,
        session_name: property(profile, "role_session_name", "session name of the profile"),
    }))
}

/// The absolute path of a token file, which must be readable: with a missing one every program fails.
fn token_file(system: &System, token: &Chosen, directory: &Path) -> Result<Chosen> {
    let path = directory.join(files::expand_home(Path::new(&token.text), system.home.as_deref()));
    system.check_readable(&path).map_err(|why| {
        let at = token.reason.origin.as_ref().map_or_else(String::new, |origin| format!(" named at {origin}"));
        Error::failed(format!("cannot use the web identity token file {}{at}: {why}", path.display()))
    })?;
    let text = String::from_utf8(bytes_of_path(&path)).map_err(|_| {
        Error::failed(format!("cannot use the web identity token file {}: its path is not UTF-8", path.display()))
    })?;
    Ok(Chosen { text, reason: token.reason.clone() })
}

fn static_credentials(profile: &Profile) -> Result<Credentials> {
    let secret =
        |key: &str, variable| profile.get(key).map(|text| Value::of(&VarName::known(variable), text.as_bytes()));
    let token =
        secret("aws_session_token", "AWS_SESSION_TOKEN").or_else(|| secret("aws_security_token", "AWS_SECURITY_TOKEN"));
    match (
        profile.kind(),
        secret("aws_access_key_id", "AWS_ACCESS_KEY_ID"),
        secret("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
    ) {
        (Kind::Static, Some(access_key_id), Some(secret_access_key)) => {
            Ok(Credentials { access_key_id, secret_access_key, session_token: token, expiration: None })
        }
        (kind, ..) => Err(Error::failed(format!(
            "cannot take the keys of `{}`: it is of kind `{}`, and only keys in the file can be exported yet",
            profile.name,
            kind.as_str()
        ))
        .hint(format!(
            "`credenv use {}` without `--creds` lets each program follow the profile",
            as_typed(profile.name.as_str())
        ))),
    }
}

/// The dialect to write: `--shell`, else `CREDENV_SHELL`, else the parent process, and never a guess.
pub(super) fn dialect(arguments: &ShellArgs, system: &System) -> Result<&'static dyn Dialect> {
    find_dialect(arguments.shell.as_deref(), system)
}

fn find_dialect(named: Option<&str>, system: &System) -> Result<&'static dyn Dialect> {
    let known = || shells::DIALECTS.iter().map(|dialect| dialect.name()).collect::<Vec<_>>().join("`, `");
    for (what, name) in [("--shell", named), ("CREDENV_SHELL", system.text("CREDENV_SHELL"))] {
        if let Some(name) = name {
            return shells::named(name).ok_or_else(|| {
                Error::failed(format!("`{what}` names the shell `{name}`, which credenv does not know"))
                    .hint(format!("it knows `{}`", known()))
            });
        }
    }
    let parent = system.parent();
    if let Some(dialect) = parent.as_deref().and_then(shells::of_process) {
        return Ok(dialect);
    }
    let parent = parent.map_or_else(|| "is not known".to_owned(), |words| format!("is `{}`", words.join(" ")));
    Err(Error::failed("cannot tell which shell is asking")
        .because("looked at `--shell`: not given")
        .because("looked at `CREDENV_SHELL`: not set")
        .because(format!("looked at the parent process: it {parent}, no shell that credenv knows"))
        .hint("name it: `--shell bash`"))
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
        let how =
            if dialect.name() == "fish" { format!("{command} | source") } else { format!("eval \"$({command})\"") };
        let words = Error::failed("this changes nothing yet: the shell must evaluate what is printed")
            .hint(format!("`{how}`, or load the integration with `credenv init {}`", dialect.name()));
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
    script.extend(shells::script(dialect, delta, integrated)?);
    if !delta.lost.is_empty() {
        let names = delta.lost.iter().map(VarName::as_str).collect::<Vec<_>>().join("`, `");
        system.say(&report::note(&format!(
            "`{names}` must make way, and `{}` cannot set a secret aside: `off` will not bring it back",
            dialect.name()
        )));
    }
    Ok(script)
}
