//! Keys in place of a name: from the AWS files, from the profile's own program, or from the AWS CLI.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use super::context::{self, Context};
use super::decide::near;
use super::switch::{Keys, Who, Wish};
use super::web_identity;
use crate::aws::files;
use crate::aws::process::{self, Answered};
use crate::aws::profiles::Profiles;
use crate::core::binding::Binding;
use crate::core::delta::{Before, Ours};
use crate::core::error::{Error, Result};
use crate::core::profile::{Kind, Profile};
use crate::core::target::{Chosen, Credentials, WebIdentity};
use crate::core::text::as_typed;
use crate::core::vars::{MANAGED, Role, STATE, Value, VarName};
use crate::report;
use crate::state::{By, Choice, State};
use crate::system::System;
use crate::system::child::{Answer, Child};
use crate::system::os::Os;

/// The variable that says after how many seconds a program that is asked for keys is ended.
const TIME_LIMIT: &str = "CREDENV_TIME_LIMIT";

/// How long such a program may take: it may ask for a code, and the code may have to be waited for.
const PATIENCE: Duration = Duration::from_secs(120);

/// The part of a message of the AWS CLI that is shown, in lines.
const LINES_SHOWN: usize = 12;

/// The variables by which `credential_source = Environment` comes to its keys.
const ENVIRONMENT_SOURCE: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
];

type Changes = Vec<(VarName, Option<Value>)>;

/// The keys of a profile.
pub(super) fn of_profile(
    context: &Context<'_>,
    profiles: &Profiles<'_>,
    profile: &Profile,
    region: Option<&Chosen>,
) -> Result<Credentials> {
    let name = &profile.name;
    let answered = match profile.kind() {
        Kind::Static => return in_files(profile),
        Kind::None => {
            let at = profile.sources.first().map_or_else(String::new, |at| format!(" at {at}"));
            return Err(Error::failed(format!("cannot get keys for `{name}`: it has no credentials{at}"))
                .hint(format!("`credenv show {}` shows what it has", as_typed(name.as_str()))));
        }
        Kind::CredentialProcess => from_program(context, profile, region)?,
        Kind::WebIdentity => {
            let identity = web_identity::of_profile(context.system, profile)?;
            // By the variables, because with `--profile` botocore does not look at the name of the session there.
            let named = Value::new(name.as_str());
            let mut changes = environment(context, region, false);
            changes.push((VarName::known("AWS_PROFILE"), Some(named)));
            if let Some(identity) = identity {
                name_web_identity(context.system, &identity, &mut changes)?;
            }
            from_cli(context.system, &format!("`{name}`"), None, changes, None)?
        }
        Kind::Role | Kind::Sso | Kind::Login => {
            let end = end_of_chain(profiles, profile);
            let changes = environment(context, region, takes_from_environment(context, &end)?);
            let hint = sign_in(&end);
            from_cli(context.system, &format!("`{name}`"), Some(name.as_str()), changes, hint.as_deref())?
        }
    };
    let hint = sign_in(&end_of_chain(profiles, profile));
    fresh(context.system, &format!("`{name}`"), answered, hint)
}

/// The keys of a web identity without a profile.
pub(super) fn of_web_identity(
    context: &Context<'_>,
    identity: &WebIdentity,
    region: Option<&Chosen>,
) -> Result<Credentials> {
    let mut changes = environment(context, region, false);
    name_web_identity(context.system, identity, &mut changes)?;
    // A `[default]` that assumes a role would be preferred.
    for file in [files::CONFIG_FILE, files::CREDENTIALS_FILE] {
        changes.push((file, Some(Value::new(Os::HERE.null_device()))));
    }
    let what = format!("the web identity for `{}`", identity.role_arn.text);
    let answered = from_cli(context.system, &what, None, changes, None)?;
    fresh(context.system, &what, answered, None)
}

/// Names a web identity by its variables. With an expired token STS would refuse, and say less.
fn name_web_identity(system: &System, identity: &WebIdentity, changes: &mut Changes) -> Result<()> {
    if let Some(expired) = web_identity::expired_since(system, Path::new(&identity.token_file.text)) {
        return Err(Error::failed(expired).hint("get a new one from where it came from"));
    }
    let mut set = |name, text: &str| changes.push((VarName::known(name), Some(Value::new(text))));
    set("AWS_WEB_IDENTITY_TOKEN_FILE", &identity.token_file.text);
    set("AWS_ROLE_ARN", &identity.role_arn.text);
    if let Some(name) = &identity.session_name {
        set("AWS_ROLE_SESSION_NAME", &name.text);
    }
    Ok(())
}

fn in_files(profile: &Profile) -> Result<Credentials> {
    let secret =
        |key: &str, variable| profile.get(key).map(|text| Value::of(&VarName::known(variable), text.as_bytes()));
    let token =
        secret("aws_session_token", "AWS_SESSION_TOKEN").or_else(|| secret("aws_security_token", "AWS_SECURITY_TOKEN"));
    match (secret("aws_access_key_id", "AWS_ACCESS_KEY_ID"), secret("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY")) {
        (Some(access_key_id), Some(secret_access_key)) => {
            Ok(Credentials { access_key_id, secret_access_key, session_token: token, expiration: None })
        }
        _ => Err(Error::failed(format!("`{}` has no keys", profile.name))),
    }
}

/// Asks the program that the profile names. Its stderr is the person's: it may say where to log in.
fn from_program(context: &Context<'_>, profile: &Profile, region: Option<&Chosen>) -> Result<Answered> {
    let key = "credential_process";
    let at = profile.origin(key).map_or_else(String::new, |origin| format!(" at {origin}"));
    let told = |why: &str| {
        Error::failed(format!("cannot get keys for `{}`: {why}", profile.name))
            .because(format!("its `credential_process` is{at}"))
    };
    let words = process::split(profile.get(key).unwrap_or_default(), Os::HERE == Os::Windows)
        .map_err(|why| told(&format!("`{key}` cannot be split into words: {why}")))?;
    let Some((command, arguments)) = words.split_first() else {
        return Err(told(&format!("`{key}` is empty")));
    };
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    let changes = environment(context, region, false);
    let limit = limit(context.system)?;
    let child =
        Child { command: OsStr::new(command), arguments: &arguments, changes: &changes, limit, shows_stderr: true };
    let answer = context.system.run_for_answer(&child).map_err(|error| {
        let error = told(error.message());
        // No shell stands between.
        if command.starts_with('~') { error.hint("`~` is not expanded there: write the full path") } else { error }
    })?;
    if !answer.success {
        return Err(told(&format!("`credential_process` ended with {}", answer.ended)));
    }
    process::read(&answer.stdout)
        .map_err(|why| told(&format!("the output of `credential_process` cannot be used: {why}")))
}

/// Asks the AWS CLI, which follows everything. It asks for a code on the terminal itself, and what it says on stderr is
/// passed on when it fails.
fn from_cli(
    system: &System,
    what: &str,
    profile: Option<&str>,
    mut changes: Changes,
    hint: Option<&str>,
) -> Result<Answered> {
    // It would show a menu instead.
    changes.push((VarName::known("AWS_CLI_AUTO_PROMPT"), Some(Value::new("off"))));
    let mut arguments: Vec<OsString> =
        ["configure", "export-credentials", "--format", "process"].map(Into::into).into();
    // In one word: a name may begin with a dash.
    arguments.extend(profile.map(|name| format!("--profile={name}").into()));
    let aws = OsStr::new("aws");
    let told = |why: &str| Error::failed(format!("cannot get keys for {what}: {why}"));
    if system.find_command(aws).is_err() {
        return Err(told("there is no `aws` in `PATH` to fetch them").hint("install the AWS CLI 2.9 or later"));
    }
    let limit = limit(system)?;
    let child = Child { command: aws, arguments: &arguments, changes: &changes, limit, shows_stderr: false };
    let answer = system.run_for_answer(&child).map_err(|error| told(error.message()))?;
    if !answer.success {
        return Err(cli_failed(&answer, &told, hint));
    }
    process::read(&answer.stdout).map_err(|why| told(&format!("the output of the AWS CLI cannot be used: {why}")))
}

fn cli_failed(answer: &Answer, told: &dyn Fn(&str) -> Error, hint: Option<&str>) -> Error {
    let said = String::from_utf8_lossy(&answer.stderr);
    // Version 1 never had the command, and 2 has it since 2.9.0.
    if said.contains("Invalid choice") {
        return told("this AWS CLI has no `aws configure export-credentials`")
            .hint("the AWS CLI 2.9 or later has it; `aws --version` shows which one you have");
    }
    let error = told(&format!("the AWS CLI ended with {}", answer.ended));
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES_SHOWN);
    let error = lines.fold(error, Error::because);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn limit(system: &System) -> Result<Duration> {
    match system.text(TIME_LIMIT) {
        None => Ok(PATIENCE),
        Some(text) => match text.parse() {
            Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
            _ => Err(Error::failed(format!("`{TIME_LIMIT}` is `{text}`, which is not a number of seconds"))
                .hint(format!("`export {TIME_LIMIT}=300` allows five minutes"))),
        },
    }
}

/// The keys, unless they have expired.
fn fresh(system: &System, what: &str, answered: Answered, hint: Option<String>) -> Result<Credentials> {
    let now = system.now();
    if let Some(expiration) = answered.expiration.filter(|expiration| *expiration <= now) {
        let error = Error::failed(format!(
            "the keys of {what} expired {}, at {}",
            expiration.seen_from(now),
            expiration.to_rfc3339()
        ));
        return Err(error.hint(hint.unwrap_or_else(|| "renew them where they come from".to_owned())));
    }
    let secret = |name, text: String| Value::of(&VarName::known(name), text);
    Ok(Credentials {
        access_key_id: secret("AWS_ACCESS_KEY_ID", answered.access_key_id),
        secret_access_key: secret("AWS_SECRET_ACCESS_KEY", answered.secret_access_key),
        session_token: answered.session_token.map(|token| secret("AWS_SESSION_TOKEN", token)),
        expiration: answered.expiration.map(crate::clock::Moment::to_rfc3339),
    })
}

/// What is different for a program that fetches keys: the environment is that of before credenv changed it, and in it
/// the profile decides. Keys stay only where the profile starts from them.
fn environment(context: &Context<'_>, region: Option<&Chosen>, keeps_keys: bool) -> Changes {
    let original = context::original_environment(context.system, &context.state);
    let before = |name: &VarName| original.get(name).cloned();
    let mut changes: Changes = Vec::new();
    for row in MANAGED {
        let value = match row.role {
            Role::Region => match region {
                Some(region) => Some(Value::new(region.text.as_bytes())),
                None => before(&row.name),
            },
            Role::AwsFile => before(&row.name),
            // A program that signs in over a network needs the certificates of the environment.
            Role::LoadConfig
            | Role::Certificates
            | Role::CertificateFiles
            | Role::CertificateBundle
            | Role::CertificateBundleOnRequest
            | Role::CertificateRival => continue,
            Role::Profile
            | Role::AccessKeyId
            | Role::SecretAccessKey
            | Role::SessionToken
            | Role::Expiration
            | Role::WebIdentityTokenFile
            | Role::RoleArn
            | Role::RoleSessionName
            | Role::Rival => {
                before(&row.name).filter(|_| keeps_keys && ENVIRONMENT_SOURCE.contains(&row.name.as_str()))
            }
        };
        changes.push((row.name.clone(), value));
    }
    changes.push((VarName::known(STATE), None));
    changes
}

/// Whether the chain of a role begins with the keys of the environment, which must be there: what was set aside, no
/// other program can see.
fn takes_from_environment(context: &Context<'_>, end: &Profile) -> Result<bool> {
    if end.kind() != Kind::Role || end.get("credential_source") != Some("Environment") {
        return Ok(false);
    }
    let name = VarName::known("AWS_ACCESS_KEY_ID");
    if context::original_environment(context.system, &context.state).contains_key(&name) {
        return Ok(true);
    }
    let error = Error::failed(format!("`{}` needs keys in the environment, and there are none", end.name));
    let is_aside = context.state.undo.0.get(&name).is_some_and(|entry| entry.before != Before::Absent);
    Err(if is_aside { error.hint("`credenv off` brings back those that were set aside") } else { error })
}

/// The profile in which a chain of roles begins. Chains that go round were refused before; a role may start from the
/// keys in its own section.
fn end_of_chain(profiles: &Profiles<'_>, profile: &Profile) -> Profile {
    let mut end = profile.clone();
    while let (Kind::Role, Some(source)) = (end.kind(), end.get("source_profile")) {
        match profiles.get(source) {
            Some(next) if next.name != end.name => end = next,
            _ => break,
        }
    }
    end
}

/// The command that signs in again, where the chain begins with a session.
fn sign_in(end: &Profile) -> Option<String> {
    let name = as_typed(end.name.as_str());
    match (end.kind(), end.get("sso_session")) {
        (Kind::Sso, Some(session)) => {
            Some(format!("`aws sso login --sso-session {}` signs in again", as_typed(session)))
        }
        (Kind::Sso, None) => Some(format!("`aws sso login --profile {name}` signs in again")),
        (Kind::Login, _) => Some(format!("`aws login --profile {name}` signs in again")),
        _ => None,
    }
}

/// What becomes of a wish for keys in a hook, which starts no program: keys that stand in a file are read again, those
/// in force stay, and else the name stands in for them, so that no other identity does. The note says which command
/// fetches them.
pub(super) fn without_a_program(context: &Context<'_>, choice: &Choice, wish: &mut Wish) -> Option<String> {
    if wish.credentials == Keys::No {
        return None;
    }
    if let Who::Profile { name, .. } = &wish.who
        && context.profiles().get(name).is_some_and(|profile| profile.kind() == Kind::Static)
    {
        return None;
    }
    let (name, command) = (wish.name().to_owned(), choice.command());
    let fetches = format!("`{command}` fetches them again");
    if are_of(&context.state, choice, wish) {
        wish.credentials = Keys::Kept;
        // Keys of the person's own in their place are theirs to know of.
        let are_gone = context.system.text("AWS_ACCESS_KEY_ID").is_none();
        return are_gone.then(|| report::note(&format!("the keys of `{name}` are gone: {fetches}")));
    }
    wish.credentials = Keys::No;
    Some(report::note(&format!("the keys of `{name}` are gone, and its name is used instead: {fetches}")))
}

/// Whether the keys that credenv set last are those of this choice.
fn are_of(state: &State, choice: &Choice, wish: &Wish) -> bool {
    let decided = state.decided.as_ref().filter(|decided| decided.by == By::Hand);
    are_ours(state) && decided.is_some_and(|decided| decided.profile == wish.profile() && decided.stage == choice.stage)
}

/// Whether credenv set keys, whatever has become of them since.
pub(super) fn are_ours(state: &State) -> bool {
    let entry = state.undo.0.get(&VarName::known("AWS_ACCESS_KEY_ID"));
    entry.is_some_and(|entry| matches!(entry.ours, Ours::Secret(_)))
}

/// Whether the keys that credenv set all stand as it set them.
pub(super) fn all_stand(state: &State, system: &System) -> bool {
    let mut names = crate::core::vars::keys().filter(|name| state.undo.0.contains_key(name));
    names.all(|name| state.undo.holds(name, &system.environment))
}

/// A word where the project is one of Serverless 3 and that cannot follow the profile. Keys help, unless the service file
/// itself names a profile that it cannot follow: then it stops before it looks at them.
pub(super) fn hint(context: &Context<'_>, binding: &Binding, wish: &Wish) -> Option<String> {
    let Who::Profile { name, .. } = &wish.who else { return None };
    if !binding.answer.asked.keys_only {
        return None;
    }
    let profiles = context.profiles();
    let unfollowed = follows_not(&profiles, name);
    let typed = as_typed(name);
    if let Some(said) = &binding.answer.asked.profile {
        let why = match profiles.get(&said.text) {
            Some(profile) => is_refused(&profile).map(|kind| format!("which it cannot use ({})", kind.as_str())),
            None if unfollowed.is_some() || wish.credentials != Keys::No => {
                Some("which your AWS files do not have".to_owned())
            }
            None => None,
        };
        if let Some(why) = why {
            return Some(report::note(&format!(
                "Serverless 3 will fail: {}:{} names `{}`, {why}, with keys as well: `credenv link {typed}`, remove \
                 the name there, then `credenv exec --creds -- COMMAND`",
                near(&said.origin.file, context.system),
                said.origin.line,
                said.text,
            )));
        }
    }
    let kind = unfollowed.filter(|_| wish.credentials == Keys::No)?;
    Some(report::note(&format!(
        "Serverless 3 cannot use `{name}` ({}): `credenv use {typed} --creds` gives it keys",
        kind.as_str()
    )))
}

/// The kind of a profile that makes Serverless 3 give up at once: it takes keys, and roles with a source profile,
/// whatever that is.
fn is_refused(profile: &Profile) -> Option<Kind> {
    let kind = profile.kind();
    let is_taken = match kind {
        Kind::Static | Kind::None => true,
        Kind::Role => profile.get("source_profile").is_some(),
        Kind::WebIdentity | Kind::Sso | Kind::CredentialProcess | Kind::Login => false,
    };
    (!is_taken).then_some(kind)
}

/// The kind of the profile in which the chain begins, where Serverless 3 cannot come to credentials from it.
fn follows_not(profiles: &Profiles<'_>, name: &str) -> Option<Kind> {
    let end = end_of_chain(profiles, &profiles.get(name)?);
    let from_own_keys = end.get("source_profile") == Some(end.name.as_str());
    (!matches!(end.kind(), Kind::Static | Kind::None) && !from_own_keys).then(|| end.kind())
}
