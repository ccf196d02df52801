//! `credenv configure PROFILE`: add or edit a profile in the AWS files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use diffy::{DiffOptions, PatchFormatter};

use super::Outcome;
use super::context::Context;
use super::list::shown;
use crate::aws::dialect;
use crate::aws::edit::{self, Change, Named, Refused};
use crate::aws::files::{self, FileKind};
use crate::aws::profiles::Profiles;
use crate::cli::ConfigureArgs;
use crate::core::error::{Error, Result};
use crate::core::profile::{Kind, Profile, ProfileName, is_secret_key};
use crate::core::text::as_typed;
use crate::core::vars::MASK;
use crate::report;
use crate::system::System;
use crate::system::terminal::Asked;
use crate::system::write::MODE_OF_SECRETS;

/// The keys that belong into the credentials file; all others go to config (AWS CLI 2.9, `aws configure set`).
const OF_CREDENTIALS: [&str; 4] =
    ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"];

/// The keys that describe an sso-session rather than the profile that signs in with it.
const OF_SESSION: [&str; 3] = ["sso_start_url", "sso_region", "sso_registration_scopes"];

/// The two files in the order in which they are handled here.
const KINDS: [FileKind; 2] = [FileKind::Config, FileKind::Credentials];

/// A property that a person is asked for.
struct Question {
    key: &'static str,
    /// In the words of `aws configure`.
    words: &'static str,
    /// Without it, the profile leads nowhere.
    needed: bool,
}

const fn needed(key: &'static str, words: &'static str) -> Question {
    Question { key, words, needed: true }
}

const fn welcome(key: &'static str, words: &'static str) -> Question {
    Question { key, words, needed: false }
}

const REGION: Question = welcome("region", "Default region name");
const OUTPUT: Question = welcome("output", "Default output format");
const ROLE: Question = needed("role_arn", "Role ARN");

/// What is asked for each kind of profile.
fn questions(kind: Kind) -> &'static [Question] {
    match kind {
        Kind::Role => const { &[ROLE, needed("source_profile", "Source profile"), REGION, OUTPUT] },
        Kind::WebIdentity => {
            const { &[ROLE, needed("web_identity_token_file", "Web identity token file"), REGION, OUTPUT] }
        }
        Kind::Sso => {
            const {
                &[
                    needed("sso_start_url", "SSO start URL"),
                    needed("sso_region", "SSO region"),
                    needed("sso_account_id", "SSO account ID"),
                    needed("sso_role_name", "SSO role name"),
                    REGION,
                    OUTPUT,
                ]
            }
        }
        Kind::CredentialProcess => const { &[needed("credential_process", "Credential process"), REGION, OUTPUT] },
        Kind::Static | Kind::Login | Kind::None => {
            const {
                &[
                    needed("aws_access_key_id", "AWS Access Key ID"),
                    needed("aws_secret_access_key", "AWS Secret Access Key"),
                    REGION,
                    OUTPUT,
                ]
            }
        }
    }
}

/// What is to become of the files.
enum Task {
    Set { session: Option<String>, changes: Vec<Change> },
    Rename(ProfileName),
    Copy(ProfileName),
    Remove,
}

/// The text of config and of credentials; none where the file is not there, or stays as it is.
type Texts = [Option<Vec<u8>>; 2];

#[inline(never)]
pub(super) fn run(arguments: &ConfigureArgs, system: &System) -> Result<Outcome> {
    let named = arguments.profile.as_deref().or(arguments.profile_flag.as_deref());
    // `serverless config credentials` without a profile means `default`.
    let name = a_name(named.or(arguments.provider.as_ref().map(|_| "default")).unwrap_or_default())?;
    let context = Context::gather(system)?;
    let paths = context.aws_paths().map(Path::to_owned);
    if paths.iter().any(|path| path.as_os_str().is_empty()) {
        return Err(Error::failed("there is no home directory to keep the AWS files in: `HOME` is not set"));
    }
    let profiles = context.profiles();
    let task = task(arguments, &name, &profiles, system)?;
    if arguments.dry_run {
        let before = profiles.files().map(|file| file.exists.then(|| file.bytes().to_vec()));
        let after = apply(&before, &name, &task, &paths)?;
        let changes = (0..2).map(|at| difference(&paths[at], KINDS[at], before[at].as_deref(), after[at].as_deref()));
        return Ok(Outcome::done(changes.collect::<String>()));
    }
    // Credentials come first: keys without a region are of use, and a region without keys is not.
    let [config, credentials] = &paths;
    system.change_files(&[credentials, config], files::SIZE_LIMIT, MODE_OF_SECRETS, &mut |read| {
        let [credentials, config] = read.as_slice() else { return Ok(Vec::new()) };
        let [config, credentials] = apply(&[config.clone(), credentials.clone()], &name, &task, &paths)?;
        Ok(vec![credentials, config])
    })?;
    tell(&name, &task, system)?;
    Ok(Outcome::default())
}

fn a_name(text: &str) -> Result<ProfileName> {
    // A bracket ends the header of a credentials section for some programs, wherever it stands.
    ProfileName::new(text)
        .filter(|name| name.as_str().trim() == name.as_str() && !name.as_str().contains(['[', ']']))
        .ok_or_else(|| Error::failed(format!("`{text}` cannot be the name of a profile")))
}

fn task(arguments: &ConfigureArgs, name: &ProfileName, profiles: &Profiles<'_>, system: &System) -> Result<Task> {
    let wants_whole = arguments.rename.is_some() || arguments.copy.is_some() || arguments.remove;
    if wants_whole && !said(arguments, system)?.is_empty() {
        return Err(Error::usage(
            "`--rename`, `--copy` and `--remove` cannot be combined with options that change properties",
        ));
    }
    let new_name = arguments.rename.as_deref().or(arguments.copy.as_deref());
    if wants_whole {
        profiles.require(name.as_str())?;
    }
    if let Some(to) = new_name {
        let to = a_name(to)?;
        if profiles.get(to.as_str()).is_some() {
            return Err(Error::failed(format!("there is already a profile named `{to}`"))
                .hint(format!("`credenv configure {} --remove` removes it", as_typed(to.as_str()))));
        }
        return Ok(if arguments.copy.is_some() { Task::Copy(to) } else { Task::Rename(to) });
    }
    if arguments.remove {
        return Ok(Task::Remove);
    }
    let present = profiles.get(name.as_str());
    let mut changes = said(arguments, system)?;
    let has_keys = |profile: &Profile| profile.get("aws_access_key_id").is_some();
    if arguments.provider.is_some() && !arguments.overwrite && present.as_ref().is_some_and(has_keys) {
        return Err(Error::failed(format!("profile `{name}` already has keys")).hint("`--overwrite` replaces them"));
    }
    let of_present = || present.as_ref().and_then(|profile| profile.get("sso_session").map(str::to_owned));
    let session = arguments.sso_session.clone().or_else(of_present);
    ask(arguments, present.as_ref(), session.as_deref(), profiles, system, &mut changes)?;
    if sets(&changes, "aws_access_key_id") || sets(&changes, "aws_secret_access_key") {
        // A token belongs to the keys that it came with.
        for key in ["aws_session_token", "aws_security_token"] {
            if !sets(&changes, key) {
                changes.push(Change { key: key.to_owned(), below: None, value: None });
            }
        }
    }
    changes.iter().try_for_each(check)?;
    Ok(Task::Set { session, changes })
}

fn sets(changes: &[Change], key: &str) -> bool {
    changes.iter().any(|change| change.key == key && change.below.is_none())
}

/// What the flags and stdin say.
fn said(arguments: &ConfigureArgs, system: &System) -> Result<Vec<Change>> {
    let change = |key: &str, value: Option<String>| {
        let (key, below) = key.split_once('.').map_or((key, None), |(key, below)| (key, Some(below.to_owned())));
        Change { key: key.to_ascii_lowercase(), below, value }
    };
    let flags = [
        ("aws_access_key_id", &arguments.access_key_id),
        ("role_arn", &arguments.role_arn),
        ("source_profile", &arguments.source_profile),
        ("credential_source", &arguments.credential_source),
        ("mfa_serial", &arguments.mfa_serial),
        ("sso_session", &arguments.sso_session),
        ("sso_start_url", &arguments.sso_start_url),
        ("sso_region", &arguments.sso_region),
        ("sso_account_id", &arguments.sso_account_id),
        ("sso_role_name", &arguments.sso_role_name),
        ("web_identity_token_file", &arguments.web_identity_token_file),
        ("credential_process", &arguments.credential_process),
        ("ca_bundle", &arguments.ca_bundle),
        ("region", &arguments.region),
        ("output", &arguments.output),
    ];
    let given = flags.into_iter().filter_map(|(key, value)| Some(change(key, Some(value.clone()?))));
    let mut changes: Vec<Change> = given.collect();
    for pair in &arguments.set {
        let (key, value) = pair.split_once('=').ok_or_else(|| {
            Error::usage("`--set` takes `KEY=VALUE`").hint("write it like `--set duration_seconds=3600`")
        })?;
        if is_secret_key(&key.to_ascii_lowercase()) {
            let words = format!("`{key}` is a secret, and other users can read the arguments of a command");
            return Err(Error::usage(words).hint(
                "`--secret-stdin` reads the secret access key from stdin, and a session token from a second line",
            ));
        }
        changes.push(change(key.trim(), Some(value.trim().to_owned())));
    }
    changes.extend(arguments.unset.iter().map(|key| change(key.trim(), None)));
    if let Some(secret) = &arguments.secret {
        let words = "a secret in the arguments can be read by other users, and stays in the history of the shell: \
                     `--secret-stdin` avoids both";
        system.say(&report::note(words));
        changes.push(change("aws_secret_access_key", Some(secret.clone())));
    }
    if arguments.secret_stdin {
        let text = system.read_stdin(64 * 1024)?;
        let mut lines = text.lines().map(str::trim);
        let secret = lines.next().filter(|secret| !secret.is_empty()).ok_or_else(|| {
            Error::failed("there is no secret access key on stdin")
                .hint("`--secret-stdin` reads it from the first line, and a session token from the second")
        })?;
        changes.push(change("aws_secret_access_key", Some(secret.to_owned())));
        if let Some(token) = lines.next().filter(|token| !token.is_empty()) {
            changes.push(change("aws_session_token", Some(token.to_owned())));
        }
    }
    Ok(changes)
}

/// The kind of profile that these changes are about; none where they are about no kind in particular.
fn kind_of(changes: &[Change]) -> Option<Kind> {
    let any_of = |keys: &[&str]| keys.iter().any(|key| sets(changes, key));
    if changes.iter().any(|change| change.key.starts_with("sso_")) {
        Some(Kind::Sso)
    } else if any_of(&["web_identity_token_file"]) {
        Some(Kind::WebIdentity)
    } else if any_of(&["role_arn", "source_profile", "credential_source", "mfa_serial"]) {
        Some(Kind::Role)
    } else if any_of(&["credential_process"]) {
        Some(Kind::CredentialProcess)
    } else if any_of(&["aws_access_key_id", "aws_secret_access_key"]) {
        Some(Kind::Static)
    } else {
        None
    }
}

/// Asks on the terminal for what is missing; for everything where nothing was said at all, as `aws configure` does.
fn ask(
    arguments: &ConfigureArgs,
    present: Option<&Profile>,
    session: Option<&str>,
    profiles: &Profiles<'_>,
    system: &System,
    changes: &mut Vec<Change>,
) -> Result<()> {
    let says_nothing = changes.is_empty();
    let kind = match kind_of(changes) {
        Some(kind) => kind,
        None if arguments.provider.is_some() => Kind::Static,
        None if says_nothing => present.map_or(Kind::Static, Profile::kind),
        None => return Ok(()),
    };
    let of_session = session.and_then(|name| profiles.sso_sessions().remove(name));
    let current = |key: &str| {
        let of_session = of_session.as_ref().and_then(|session| session.get(key)).map(|found| found.value.clone());
        of_session.or_else(|| present.and_then(|profile| profile.get(key)).map(str::to_owned))
    };
    let instead_of_source =
        ["credential_source", "web_identity_token_file"].iter().any(|key| sets(changes, key) || current(key).is_some());
    let mut missing = Vec::new();
    for Question { key, words, needed } in questions(kind) {
        let known = current(key);
        let is_open = *needed && known.is_none() && !(*key == "source_profile" && instead_of_source);
        // Half of a pair of keys is of no use with the other half of another pair.
        let is_half = match *key {
            "aws_secret_access_key" => sets(changes, "aws_access_key_id"),
            "aws_access_key_id" => sets(changes, "aws_secret_access_key"),
            _ => false,
        };
        if sets(changes, key) || !(says_nothing || is_open || is_half) {
            continue;
        }
        let shown = known.as_deref().map(|known| if is_secret_key(key) { MASK } else { known });
        let words = format!("{words} [{}]: ", report::clean(shown.unwrap_or("None")));
        let asked = if *key == "aws_secret_access_key" {
            system.ask_unseen(&words)
        } else {
            system.ask(&words).map_or(Asked::NoTerminal, Asked::Answer)
        };
        match asked {
            Asked::Answer(answer) if !answer.is_empty() => {
                changes.push(Change { key: (*key).to_owned(), below: None, value: Some(answer) });
            }
            Asked::Answer(_) if is_open || is_half => {
                return Err(Error::failed(format!("`{key}` is required; nothing was changed")));
            }
            Asked::Cancelled => return Err(Error::failed("cancelled; nothing was changed")),
            Asked::NoTerminal if is_open || is_half => missing.push(flag(key)),
            Asked::Answer(_) | Asked::NoTerminal => {}
        }
    }
    if !missing.is_empty() {
        let missing = missing.join("`, `");
        return Err(Error::failed(format!("`{missing}` must be given: there is no terminal to ask on")));
    }
    if changes.is_empty() && !system.has_terminal() {
        return Err(Error::failed("no change was given, and there is no terminal to ask on")
            .hint("`credenv configure --help` shows what can be set"));
    }
    Ok(())
}

/// The flag that gives a property.
fn flag(key: &str) -> String {
    match key {
        "aws_secret_access_key" => "--secret-stdin".to_owned(),
        key => format!("--{}", key.strip_prefix("aws_").unwrap_or(key).replace('_', "-")),
    }
}

/// Refuses what no line of an AWS file can hold, and what is no account and no ARN. A secret is not repeated.
fn check(change: &Change) -> Result<()> {
    let is_word = |key: &str| {
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&byte))
    };
    for key in std::iter::once(&change.key).chain(&change.below) {
        if !is_word(key) {
            return Err(Error::failed(format!("`{key}` cannot be the name of a property")));
        }
    }
    let Some(value) = &change.value else { return Ok(()) };
    let key = &change.key;
    if value.chars().any(char::is_control) {
        return Err(Error::failed(format!("the value of `{key}` contains a line break or another control character")));
    }
    if value.is_empty() {
        let hint = format!("`--unset {key}` removes the property");
        return Err(Error::failed(format!("the value of `{key}` is empty")).hint(hint));
    }
    if [" #", " ;"].iter().any(|comment| value.contains(comment)) || value.starts_with(['#', ';']) {
        return Err(Error::failed(format!("the value of `{key}` contains what some programs read as a comment")));
    }
    let is_account = value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit());
    if key == "sso_account_id" && !is_account {
        return Err(Error::failed(format!("`{value}` is not an account: an account has twelve digits")));
    }
    if key == "role_arn" && !value.starts_with("arn:") {
        let hint = "it must begin like `arn:aws:iam::123456789012:role/`";
        return Err(Error::failed(format!("`{value}` is not the ARN of a role")).hint(hint));
    }
    Ok(())
}

/// What the two files become; none where one stays as it is.
fn apply(before: &Texts, name: &ProfileName, task: &Task, paths: &[PathBuf; 2]) -> Result<Texts> {
    let text = |at: usize| before[at].as_deref().unwrap_or_default();
    let named = Named::Profile(name.as_str());
    let each = |change: &dyn Fn(&[u8], FileKind) -> Vec<u8>| [0, 1].map(|at| change(text(at), KINDS[at]));
    if matches!(task, Task::Rename(_) | Task::Copy(_))
        && name.as_str() == "default"
        && let Some([plain, prefixed]) = edit::both_defaults(text(0), KINDS[0])
    {
        let path = paths[0].display();
        let message =
            format!("both {path}:{plain} and {path}:{prefixed} are `default`, and programs disagree on which one");
        return Err(Error::failed(message).hint("keep one of `[default]` and `[profile default]`"));
    }
    let after = match task {
        Task::Set { session, changes } => set(before, name, session.as_deref(), changes, paths)?,
        Task::Rename(to) => each(&|text, kind| {
            let renamed = edit::rename(text, kind, named, Named::Profile(to.as_str()));
            edit::point_elsewhere(&renamed, kind, "source_profile", name.as_str(), to.as_str())
        }),
        Task::Copy(to) => each(&|text, kind| match edit::body(text, kind, named) {
            Some(body) => edit::with_section(text, kind, Named::Profile(to.as_str()), &body),
            None => text.to_vec(),
        }),
        Task::Remove => each(&|text, kind| edit::remove(text, kind, named)),
    };
    let mut at = 0;
    Ok(after.map(|after| {
        let changed = text(at) != after;
        at += 1;
        changed.then_some(after)
    }))
}

fn set(
    before: &Texts,
    name: &ProfileName,
    session: Option<&str>,
    changes: &[Change],
    paths: &[PathBuf; 2],
) -> Result<[Vec<u8>; 2]> {
    let [config, credentials] = [0, 1].map(|at| before[at].clone().unwrap_or_default());
    let of_credentials = |change: &Change| OF_CREDENTIALS.contains(&change.key.as_str());
    let of_session = |change: &Change| session.is_some() && OF_SESSION.contains(&change.key.as_str());
    let only =
        |wanted: &dyn Fn(&Change) -> bool| changes.iter().filter(|change| wanted(change)).cloned().collect::<Vec<_>>();
    let keys = only(&of_credentials);
    // Keys that a hand wrote into config go from there: credentials would win over them, silently.
    let moved: Vec<_> = keys.iter().map(|change| Change { value: None, ..change.clone() }).collect();
    let named = Named::Profile(name.as_str());
    let in_file = |at: usize| {
        let path = &paths[at];
        move |refused| {
            let (line, what) = match refused {
                Refused::HasValue(line) => (line, "the key has a value, so it cannot hold nested keys"),
                Refused::HasKeysBelow(line) => (line, "the key holds nested keys, so it cannot have a value"),
                Refused::Damaged(line) => (line, "the lines below it are damaged and would become part of the value"),
            };
            Error::failed(format!("cannot change {}:{line}: {what}", path.display()))
        }
    };
    let mut config = match session {
        Some(session) => {
            edit::set(&config, KINDS[0], Named::SsoSession(session), &only(&of_session)).map_err(in_file(0))?
        }
        None => config,
    };
    config = edit::set(&config, KINDS[0], named, &moved).map_err(in_file(0))?;
    let rest = only(&|change| !of_credentials(change) && !of_session(change));
    config = edit::set(&config, KINDS[0], named, &rest).map_err(in_file(0))?;
    let credentials = edit::set(&credentials, KINDS[1], named, &keys).map_err(in_file(1))?;
    // In credentials, a name with blanks counts where config defines it as well.
    if name.as_str().contains(char::is_whitespace) && !keys.is_empty() {
        config = edit::begin(&config, KINDS[0], named);
    }
    Ok([config, credentials])
}

/// The lines that would change, secrets masked.
fn difference(path: &Path, kind: FileKind, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let Some(after) = after else { return String::new() };
    let before = before.unwrap_or_default();
    let (old, new) = (masked(before, kind, before), masked(after, kind, before));
    let path = path.display().to_string();
    let mut options = DiffOptions::new();
    options.set_original_filename(path.clone()).set_modified_filename(path);
    let mut text = String::new();
    let changes = options.create_patch(&old, &new);
    for line in PatchFormatter::new().suppress_blank_empty(false).fmt_patch(&changes).to_string().lines() {
        let _ = writeln!(text, "{}", report::clean(line));
    }
    text
}

/// The text with a mask in the place of each secret; one that `before` does not hold is called new.
fn masked(text: &[u8], kind: FileKind, before: &[u8]) -> String {
    let mut masked = text.to_vec();
    let sections = dialect::sections(text, kind);
    let items = sections.iter().flat_map(|section| dialect::items(text, section, &mut Vec::new()));
    let secrets: Vec<_> = items.filter(|item| is_secret_key(&item.key)).collect();
    for item in secrets.into_iter().rev() {
        let value = item.value.as_bytes();
        let is_new = !value.is_empty() && !before.windows(value.len()).any(|part| part == value);
        let word = if is_new { " (new)" } else { "" };
        let end = if text[item.span.clone()].ends_with(b"\n") { "\n" } else { "" };
        masked.splice(item.span, format!("{} = {MASK}{word}{end}", item.key).into_bytes());
    }
    String::from_utf8_lossy(&masked).into_owned()
}

/// What was done, and what may surprise.
fn tell(name: &ProfileName, task: &Task, system: &System) -> Result<()> {
    let context = Context::gather(system)?;
    let profiles = context.profiles();
    let words = match task {
        Task::Remove => {
            for profile in profiles.all() {
                if let (Some(source), Some(at)) = (profile.get("source_profile"), profile.origin("source_profile"))
                    && source == name.as_str()
                {
                    let (profile, at) = (&profile.name, shown(at, system));
                    let words = format!("profile `{profile}` still takes its credentials from `{name}` ({at})");
                    system.say(&report::note(&words));
                }
            }
            format!("removed profile `{name}`")
        }
        Task::Rename(to) => format!("renamed profile `{name}` to `{to}`"),
        Task::Copy(to) => format!("copied profile `{name}` to `{to}`"),
        Task::Set { changes, .. } => {
            let profile = profiles.require(name.as_str())?;
            let kind = profile.kind().as_str();
            let is_there = profile.get("aws_secret_access_key").is_some();
            if is_there && sets(changes, "aws_secret_access_key") && profile.kind() != Kind::Static {
                let words = format!("profile `{name}` is of kind `{kind}`, so programs do not use its keys");
                system.say(&report::note(&words));
            }
            let places = profile.sources.iter().map(|origin| shown(origin, system)).collect::<Vec<_>>();
            format!("profile `{name}` ({kind}) is at {}", places.join(" and "))
        }
    };
    system.say(&report::note(&words));
    Ok(())
}
