//! A switch: from a profile asked for by hand to the target, and from the delta to the text a shell evaluates.

use std::path::Path;

use super::Outcome;
use super::context::Context;
use crate::aws::files;
use crate::cli::{self, ShellArgs};
use crate::core::delta::{Change, Delta};
use crate::core::error::{Error, Result};
use crate::core::profile::{Kind, Profile};
use crate::core::target::{self, Chosen, Credentials, Identity, Reason, Target, WebIdentity};
use crate::core::text::as_typed;
use crate::core::vars::{STATE, Value, VarName};
use crate::report;
use crate::shells::{self, Dialect};
use crate::state::State;
use crate::system::{System, bytes_of_path};

/// What was asked for.
pub(super) struct Request<'r> {
    pub(super) profile: &'r str,
    pub(super) region: Option<&'r str>,
    pub(super) credentials: bool,
    pub(super) yes: bool,
    /// The command as it was typed, for `why`.
    pub(super) command: String,
}

/// Checks the profile and builds the target of it.
pub(super) fn target(context: &Context<'_>, request: &Request<'_>) -> Result<Target> {
    let profiles = context.profiles();
    let profile = profiles.require(request.profile)?;
    profiles.check_chain(&profile)?;
    confirm(context, request)?;
    let by_hand = Reason::rule(format!("`{}`", request.command));
    let defined = profile.sources.first().map_or_else(|| by_hand.clone(), |at| Reason::at(by_hand.rule.clone(), at));
    let region = match request.region {
        Some(region) => Some(Chosen { text: region.to_owned(), reason: by_hand.clone() }),
        None => property(&profile, "region", "region of the profile"),
    };
    let identity = if request.credentials {
        let credentials = static_credentials(&profile)?;
        Identity {
            profile: None,
            credentials: Some((credentials, defined.clone())),
            web_identity: None,
            region,
            load_config: None,
        }
    } else {
        let load_config = (profiles.files()[0].exists && !profiles.has_both_defaults()).then(|| {
            Reason::rule(format!("lets the AWS SDK for JavaScript v2 read {}", profiles.files()[0].path.display()))
        });
        Identity {
            profile: Some(Chosen { text: profile.name.as_str().to_owned(), reason: defined.clone() }),
            credentials: None,
            web_identity: web_identity(context.system, &profile)?,
            region,
            load_config,
        }
    };
    Ok(target::of(&identity, &by_hand))
}

fn property(profile: &Profile, key: &str, rule: &str) -> Option<Chosen> {
    let text = profile.get(key)?.to_owned();
    let reason = profile.origin(key).map_or_else(|| Reason::rule(rule), |origin| Reason::at(rule, origin));
    Some(Chosen { text, reason })
}

/// Asks before a protected profile is entered.
fn confirm(context: &Context<'_>, request: &Request<'_>) -> Result<()> {
    if request.yes || !context.settings.protects(request.profile) {
        return Ok(());
    }
    let question = format!("credenv: `{}` is protected: switch to it? [y/N] ", report::clean(request.profile));
    let refused = match context.system.ask(&question) {
        Some(answer) if matches!(answer.to_lowercase().as_str(), "y" | "yes") => return Ok(()),
        Some(_) => "and the answer was no",
        None => "and there is no terminal to ask on",
    };
    Err(Error::failed(format!("`{}` is protected, {refused}", request.profile))
        .hint(format!("`{} --yes` switches without a question", request.command)))
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
    let origin = profile.origin(key);
    let directory = origin.and_then(|origin| origin.file.parent()).unwrap_or(Path::new("/"));
    let path = directory.join(files::expand_home(Path::new(&token.text), system.home.as_deref()));
    system.check_readable(&path).map_err(|why| {
        let at = origin.map_or_else(String::new, |origin| format!(" named at {origin}"));
        Error::failed(format!("cannot use the web identity token file {}{at}: {why}", path.display()))
    })?;
    let text = String::from_utf8(bytes_of_path(&path)).map_err(|_| {
        Error::failed(format!("cannot use the web identity token file {}: its path is not UTF-8", path.display()))
    })?;
    Ok(Some(WebIdentity {
        token_file: Chosen { text, reason: token.reason },
        role_arn,
        session_name: property(profile, "role_session_name", "session name of the profile"),
    }))
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

/// The delta as the shell evaluates it, with a word to a person who only looks at it.
pub(super) fn print(
    dialect: &dyn Dialect,
    arguments: &ShellArgs,
    system: &System,
    command: &str,
    delta: &Delta,
) -> Result<Outcome> {
    let mut script = shells::script(dialect, delta)?;
    let profile = VarName::known("AWS_PROFILE");
    if arguments.wrapper
        && let Some(Change::Set(value)) = delta.changes.get(&profile)
    {
        dialect.confirm(&profile, value.as_bytes(), &mut script);
    }
    if !delta.lost.is_empty() {
        let names = delta.lost.iter().map(VarName::as_str).collect::<Vec<_>>().join("`, `");
        system.say(&report::note(&format!(
            "`{names}` must make way, and `{}` cannot set a secret aside: `off` will not bring it back",
            dialect.name()
        )));
    }
    if !arguments.wrapper && dialect.hook().is_some() && system.prints_to_terminal() {
        let how =
            if dialect.name() == "fish" { format!("{command} | source") } else { format!("eval \"$({command})\"") };
        let words = Error::failed("this changes nothing yet: the shell must evaluate what is printed")
            .hint(format!("`{how}`, or load the integration with `credenv init {}`", dialect.name()));
        system.say(&report::error(&words));
    }
    Ok(Outcome::done(script))
}
