//! The AWS SDK for JavaScript v2, and what Serverless v3 takes from it: nothing of the config file counts unless
//! `AWS_SDK_LOAD_CONFIG` is set.

use std::path::{Path, PathBuf};

use super::ini::{Ini, Section, javascript};
use super::{
    CHAIN_LIMIT, Identity, METADATA_DISABLED, NO_CREDENTIALS, Program, Region, Report, Trail, View, in_a_circle,
    no_such_profile, unreadable_token,
};

/// The variable that makes the SDK read the config file; any text in it does, `0` too.
const LOAD_CONFIG: &str = "AWS_SDK_LOAD_CONFIG";

pub(super) fn ask(view: View<'_>) -> Report {
    let mut trail = Trail::default();
    let region = region(view);
    let identity = check_start(view).and_then(|()| identity(view, &mut trail));
    Report { program: Program::JavaScript2, identity, why: trail.0, region }
}

/// Whether the SDK can be loaded at all: it looks for a region at once, and a config file that it cannot take stops it.
pub(super) fn check_start(view: View<'_>) -> Result<(), String> {
    let Some(files) = loads_config(view).then(|| Files::read(view, None)) else { return Ok(()) };
    let named = region_variable(view).is_some() || files.region_in_credentials(&profile_name(view)).is_some();
    match files.config {
        Err(why) if !named => Err(format!("cannot be loaded: {why}")),
        _ => Ok(()),
    }
}

fn loads_config(view: View<'_>) -> bool {
    view.set(LOAD_CONFIG).is_some()
}

fn profile_name(view: View<'_>) -> String {
    view.set("AWS_PROFILE").unwrap_or_else(|| "default".to_owned())
}

fn region_variable(view: View<'_>) -> Option<(&'static str, String)> {
    view.first_set(&["AWS_REGION", "AMAZON_REGION"])
}

fn region(view: View<'_>) -> Region {
    if let Some((variable, region)) = region_variable(view) {
        return Region::of_variable(variable, region);
    }
    if !loads_config(view) {
        return Region::none("`AWS_REGION` is not set, and without `AWS_SDK_LOAD_CONFIG` no file counts");
    }
    let (files, name) = (Files::read(view, None), profile_name(view));
    let in_config = files.config.as_ref().ok().and_then(|config| config.get(&name)?.item("region"));
    let item = files.region_in_credentials(&name).or(in_config);
    Region::of_profile(item, "neither `AWS_REGION` nor the profile names one")
}

/// The chain of the SDK.
pub(super) fn identity(view: View<'_>, trail: &mut Trail) -> Result<Identity, String> {
    for prefix in ["AWS", "AMAZON"] {
        if let Some(found) = environment_keys(view, prefix, trail) {
            return Ok(found);
        }
    }
    let name = profile_name(view);
    if let Some(name) = view.set("AWS_PROFILE") {
        trail.step(format!("`AWS_PROFILE` is `{name}`"));
    }
    let files = Files::read(view, None);
    let profiles = files.profiles();
    let found = profiles.as_ref().map_err(String::clone).and_then(|found| of_files(view, &files, found, &name, trail));
    match found {
        Ok(found) => return Ok(found),
        Err(missed) => trail.step(format!("{missed}; it looks elsewhere")),
    }
    let names = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    if let Some((variable, _)) = view.first_set(&names) {
        trail.step(format!("`{variable}` is set"));
        return Ok(Identity::Container);
    }
    let section = profiles.as_ref().ok().and_then(|profiles| profiles.get(&name));
    if let Some(section) = section.filter(|section| section.has("credential_process")) {
        trail.step_at(format!("`credential_process` of `{name}`"), section.at("credential_process"));
        return Ok(Identity::Process { profile: name });
    }
    if let Some(found) = web_identity(view, profiles.as_ref().ok(), &name, trail) {
        return Ok(found);
    }
    if view.set(METADATA_DISABLED).is_some() {
        trail.step(format!("`{METADATA_DISABLED}` is set"));
        return Err(NO_CREDENTIALS.to_owned());
    }
    trail.step("nothing else is left");
    Ok(Identity::InstanceMetadata)
}

/// `PREFIX_ACCESS_KEY_ID` with its secret.
pub(super) fn environment_keys(view: View<'_>, prefix: &str, trail: &mut Trail) -> Option<Identity> {
    let (id, secret) = (format!("{prefix}_ACCESS_KEY_ID"), format!("{prefix}_SECRET_ACCESS_KEY"));
    (view.set(&id).is_some() && view.set(&secret).is_some()).then(|| {
        trail.step(format!("`{id}` and `{secret}` are set"));
        Identity::EnvironmentKeys { prefix: prefix.to_owned() }
    })
}

/// What the profile comes to before the SDK looks further: its keys without a role, then SSO, then its role.
fn of_files(view: View<'_>, files: &Files, profiles: &Ini, name: &str, trail: &mut Trail) -> Result<Identity, String> {
    let section = profiles.get(name).ok_or_else(|| files.missing(name))?;
    if has_keys(section) && !section.has("role_arn") {
        trail.step_at(format!("keys of `{name}`"), section.at("aws_access_key_id"));
        return Ok(Identity::Keys { profile: name.to_owned() });
    }
    if let Some(found) = sso(view, section, trail) {
        return Ok(found);
    }
    match shared_profile(files, profiles, files, name, trail) {
        Shared::Missing(why) | Shared::Partial(why) => Err(why),
        Shared::Found(found) => Ok(found),
        Shared::Role { arn, source } => source.map(|source| Identity::role(&arn, source)),
    }
}

fn has_keys(section: &Section) -> bool {
    section.has("aws_access_key_id") && section.has("aws_secret_access_key")
}

/// What the SDK's own class for profiles makes of one.
pub(super) enum Shared {
    /// Nothing that anybody could use.
    Missing(String),
    /// A key without the other.
    Partial(String),
    /// Keys.
    Found(Identity),
    /// A role, and who assumes it, or why nobody can.
    Role {
        /// The role.
        arn: String,
        /// Who.
        source: Result<Identity, String>,
    },
}

/// A profile by that class: a role before keys. Its source is looked up in the files that the SDK itself finds.
pub(super) fn shared_profile(files: &Files, profiles: &Ini, own: &Files, name: &str, trail: &mut Trail) -> Shared {
    let Some(section) = profiles.get(name) else { return Shared::Missing(files.missing(name)) };
    if section.has("role_arn") {
        return role(section, profiles, own, &mut Vec::new(), trail);
    }
    if has_keys(section) {
        trail.step_at(format!("keys of `{name}`"), section.at("aws_access_key_id"));
        return Shared::Found(Identity::Keys { profile: name.to_owned() });
    }
    let why = format!("`{name}` has no keys");
    // Serverless takes either of these for a sign that the profile is there.
    if section.has("aws_access_key_id") || section.has("aws_session_token") {
        Shared::Partial(why)
    } else {
        Shared::Missing(why)
    }
}

fn role(section: &Section, profiles: &Ini, own: &Files, through: &mut Vec<String>, trail: &mut Trail) -> Shared {
    let name = &section.name;
    trail.step_at(format!("`role_arn` of `{name}`"), section.at("role_arn"));
    let Some(source) = section.get("source_profile") else {
        return Shared::Missing(format!("`{name}` has a `role_arn`, but no `source_profile`"));
    };
    trail.step_at(format!("`source_profile` is `{source}`"), section.at("source_profile"));
    if profiles.get(source).is_none() {
        return Shared::Missing(own.missing(source));
    }
    let arn = section.get("role_arn").unwrap_or_default().to_owned();
    Shared::Role { arn, source: source_profile(source, own, through, trail) }
}

/// The keys of a source profile before its role.
fn source_profile(name: &str, own: &Files, through: &mut Vec<String>, trail: &mut Trail) -> Result<Identity, String> {
    let profiles = own.profiles()?;
    let section = profiles.get(name).ok_or_else(|| own.missing(name))?;
    if has_keys(section) {
        trail.step_at(format!("keys of `{name}`"), section.at("aws_access_key_id"));
        return Ok(Identity::Keys { profile: name.to_owned() });
    }
    if !section.has("role_arn") {
        return Err(format!("the source profile `{name}` has no keys"));
    }
    if through.iter().any(|known| known == name) || through.len() > CHAIN_LIMIT {
        return Err(in_a_circle(name));
    }
    through.push(name.to_owned());
    match role(section, &profiles, own, through, trail) {
        Shared::Role { arn, source } => source.map(|source| Identity::role(&arn, source)),
        Shared::Missing(why) | Shared::Partial(why) => Err(why),
        Shared::Found(found) => Ok(found),
    }
}

fn sso(view: View<'_>, section: &Section, trail: &mut Trail) -> Option<Identity> {
    let (account, role) = (section.get("sso_account_id")?, section.get("sso_role_name")?);
    let complete = match section.get("sso_session") {
        Some(session) => sso_session(view, &section.name, session),
        None => section.has("sso_start_url") && section.has("sso_region"),
    };
    complete.then(|| {
        trail.step_at(format!("`sso_account_id` of `{}`", section.name), section.at("sso_account_id"));
        Identity::Sso { account: account.to_owned(), role: role.to_owned() }
    })
}

/// Whether a session can be followed. It is looked up in `~/.aws/config`, whatever `AWS_CONFIG_FILE` says.
fn sso_session(view: View<'_>, profile: &str, session: &str) -> bool {
    let own = view.below_home(".aws/config");
    let read = |path: &Path| view.world.read(path).map(|bytes| javascript::read_2(&bytes, path));
    let Some(ini) = read(&own) else { return false };
    let named = format!("sso-session {session}");
    let found = ini.sections().find(|section| blank_to_space(&section.name) == named);
    let of_profile = profiles_of(&ini).ok().and_then(|ini| ini.get(profile).map(|section| section.has("sso_session")));
    of_profile == Some(true) && found.is_some_and(|section| section.has("sso_start_url") && section.has("sso_region"))
}

fn blank_to_space(name: &str) -> String {
    name.replacen('\t', " ", 1)
}

fn web_identity(view: View<'_>, profiles: Option<&Ini>, name: &str, trail: &mut Trail) -> Option<Identity> {
    if let (Some(file), Some(arn)) = (view.set("AWS_WEB_IDENTITY_TOKEN_FILE"), view.set("AWS_ROLE_ARN")) {
        trail.step("`AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN` are set");
        if !view.world.can_read(Path::new(&file)) {
            trail.step(unreadable_token(&file));
            return None;
        }
        return Some(Identity::WebIdentity { arn });
    }
    let profiles = profiles?;
    let mut section = profiles.get(name)?;
    let mut roles = Vec::new();
    // A circle has no end, in the SDK neither.
    for _ in 0..CHAIN_LIMIT {
        if let Some(file) = section.get("web_identity_token_file") {
            trail.step_at(
                format!("`web_identity_token_file` of `{}`", section.name),
                section.at("web_identity_token_file"),
            );
            if !view.world.can_read(Path::new(file)) {
                trail.step(unreadable_token(file));
                return None;
            }
            let first = Identity::WebIdentity { arn: section.get("role_arn")?.to_owned() };
            return Some(roles.iter().rev().fold(first, |source, arn: &String| Identity::role(arn, source)));
        }
        roles.push(section.get("role_arn")?.to_owned());
        section = profiles.get(section.get("source_profile")?)?;
    }
    None
}

/// Both files as the SDK finds them.
pub(super) struct Files {
    loads_config: bool,
    config: Result<Ini, String>,
    credentials: Result<Ini, String>,
}

impl Files {
    /// Reads them; a program may name the credentials file itself. Without `AWS_SDK_LOAD_CONFIG` the SDK does not even
    /// look at `AWS_SHARED_CREDENTIALS_FILE`.
    pub(super) fn read(view: View<'_>, credentials_file: Option<&str>) -> Self {
        let loads_config = loads_config(view);
        let of_variable = || loads_config.then(|| view.set("AWS_SHARED_CREDENTIALS_FILE")).flatten();
        let credentials = credentials_file.map(str::to_owned).or_else(of_variable);
        let credentials = credentials.map_or_else(|| view.below_home(".aws/credentials"), PathBuf::from);
        let config = view.set("AWS_CONFIG_FILE").map_or_else(|| view.below_home(".aws/config"), PathBuf::from);
        let read = |path: &Path| {
            let bytes = view.world.read(path);
            bytes.map(|bytes| javascript::read_2(&bytes, path)).ok_or_else(|| format!("there is no {}", path.display()))
        };
        Self { loads_config, config: read(&config).and_then(|ini| profiles_of(&ini)), credentials: read(&credentials) }
    }

    /// The profiles, as far as the SDK sees them.
    pub(super) fn profiles(&self) -> Result<Ini, String> {
        if !self.loads_config {
            return self.credentials.clone();
        }
        let mut profiles = self.config.clone()?;
        if let Ok(credentials) = &self.credentials {
            credentials.sections().for_each(|section| profiles.lay_over(section));
        }
        Ok(profiles)
    }

    /// That it sees no such profile.
    fn missing(&self, name: &str) -> String {
        let is_in_config = self.config.as_ref().is_ok_and(|config| config.get(name).is_some());
        match (self.loads_config, is_in_config) {
            (false, true) => format!("`{name}` is in the config file, which is not read without `{LOAD_CONFIG}`"),
            _ => no_such_profile(name),
        }
    }

    fn region_in_credentials(&self, name: &str) -> Option<&super::ini::Item> {
        self.credentials.as_ref().ok()?.get(name)?.item("region")
    }
}

/// The profiles of a config file, where any header names one. Two that come to one name stop the SDK.
fn profiles_of(ini: &Ini) -> Result<Ini, String> {
    let mut found = Ini::default();
    for section in ini.sections() {
        let spaced = blank_to_space(&section.name);
        if spaced.starts_with("sso-session ") {
            continue;
        }
        let name = spaced.strip_prefix("profile ").unwrap_or(&section.name);
        if let Some(other) = found.get(name) {
            return Err(format!("{} and {} both make a profile `{name}`", other.origin, section.origin));
        }
        found.set(section.named(name));
    }
    Ok(found)
}
