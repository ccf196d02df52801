//! The AWS SDK for Go v2, on which Terraform stands: the profile is read first and must be sound, then keys and the web
//! identity in the environment go before it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::ini::{Ini, Section, go};
use super::{
    CHAIN_LIMIT, Identity, METADATA_DISABLED, NO_CREDENTIALS, Program, Region, Report, Trail, View, in_a_circle,
    no_such_profile, unreadable_token,
};

pub(super) fn ask(view: View<'_>) -> Report {
    let mut trail = Trail::default();
    let named = view.first_set(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]);
    if let Some((variable, name)) = &named {
        trail.step(format!("`{variable}` is `{name}`"));
    }
    let files = Files::read(view);
    let name = named.as_ref().map_or("default", |(_, name)| name.as_str());
    let loaded = files.load(name, &mut Vec::new());
    let region = region(view, files.profiles.get(name));
    let asked = match loaded {
        // Only `AWS_PROFILE` must lead somewhere.
        Err(Missing::Profile) if !matches!(named, Some(("AWS_PROFILE", _))) => chain(view, None, &mut trail),
        Err(Missing::Profile) => Err(no_such_profile(name)),
        Err(Missing::Unsound(why)) => Err(why),
        Ok(profile) => chain(view, Some(&profile), &mut trail),
    };
    let identity = asked.and_then(|identity| match identity {
        Identity::Role { .. } | Identity::WebIdentity { .. } if region.name.is_none() => {
            Err("it needs a region to assume a role, but finds none".to_owned())
        }
        identity => Ok(identity),
    });
    Report { program: Program::Terraform, identity, why: trail.0, region }
}

fn region(view: View<'_>, section: Option<&Section>) -> Region {
    if let Some((variable, region)) = view.first_set(&["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        return Region::of_variable(variable, region);
    }
    let item = section.and_then(|section| section.item("region")).filter(|item| !item.value.is_empty());
    Region::of_profile(item, "neither `AWS_REGION`, `AWS_DEFAULT_REGION` nor the profile names one")
}

fn chain(view: View<'_>, profile: Option<&Loaded>, trail: &mut Trail) -> Result<Identity, String> {
    if let Some(found) = environment_keys(view, trail) {
        return Ok(found);
    }
    if let Some(file) = view.set("AWS_WEB_IDENTITY_TOKEN_FILE") {
        trail.step("`AWS_WEB_IDENTITY_TOKEN_FILE` is set");
        return web_identity(view, &file, view.set("AWS_ROLE_ARN").as_deref());
    }
    of_profile(view, profile, trail)
}

fn environment_keys(view: View<'_>, trail: &mut Trail) -> Option<Identity> {
    let (id, _) = view.first_set(&["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"])?;
    let (secret, _) = view.first_set(&["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"])?;
    trail.step(format!("`{id}` and `{secret}` are set"));
    Some(Identity::EnvironmentKeys { prefix: "AWS".to_owned() })
}

fn web_identity(view: View<'_>, file: &str, arn: Option<&str>) -> Result<Identity, String> {
    let arn = arn.ok_or("there is a web identity token file, but no role ARN")?;
    if !view.world.can_read(Path::new(file)) {
        return Err(unreadable_token(file));
    }
    Ok(Identity::WebIdentity { arn: arn.to_owned() })
}

fn container(view: View<'_>, trail: &mut Trail) -> Option<Identity> {
    let names = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
    let (name, _) = view.first_set(&names)?;
    trail.step(format!("`{name}` is set"));
    Some(Identity::Container)
}

fn instance(view: View<'_>, trail: &mut Trail) -> Result<Identity, String> {
    if view.set(METADATA_DISABLED).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        trail.step(format!("`{METADATA_DISABLED}` is set"));
        return Err(NO_CREDENTIALS.to_owned());
    }
    trail.step("nothing else is left");
    Ok(Identity::InstanceMetadata)
}

/// What a profile comes to; its role, if it has one, is assumed with whatever that is.
fn of_profile(view: View<'_>, profile: Option<&Loaded>, trail: &mut Trail) -> Result<Identity, String> {
    let Some(profile) = profile else { return container(view, trail).map_or_else(|| instance(view, trail), Ok) };
    let section = &profile.section;
    let told = |trail: &mut Trail, key: &str| trail.step_at(format!("`{key}` of `{}`", section.name), section.at(key));
    let source = if let Some(source) = &profile.source {
        told(trail, "role_arn");
        let from = section.get("source_profile").unwrap_or_default();
        trail.step_at(format!("`source_profile` is `{from}`"), section.at("source_profile"));
        of_profile(view, Some(source), trail)?
    } else if has_keys(section) {
        trail.step_at(format!("keys of `{}`", section.name), section.at("aws_access_key_id"));
        Identity::Keys { profile: section.name.clone() }
    } else if let Some(source) = section.get("credential_source") {
        trail.step_at(format!("`credential_source` is `{source}`"), section.at("credential_source"));
        named_source(view, source, trail)?
    } else if let Some(file) = section.get("web_identity_token_file") {
        told(trail, "web_identity_token_file");
        return web_identity(view, file, section.get("role_arn"));
    } else if is_sso(section) {
        told(trail, "sso_account_id");
        sso(section, profile.session.as_ref())?
    } else if section.get("credential_process").is_some() {
        told(trail, "credential_process");
        Identity::Process { profile: section.name.clone() }
    } else if section.get("login_session").is_some() {
        told(trail, "login_session");
        Identity::Login { profile: section.name.clone() }
    } else {
        container(view, trail).map_or_else(|| instance(view, trail), Ok)?
    };
    let Some(arn) = section.get("role_arn") else { return Ok(source) };
    if profile.source.is_none() {
        told(trail, "role_arn");
    }
    if section.get("mfa_serial").is_some() {
        return Err(format!("`{}` needs a code (`mfa_serial`), which it cannot ask for", section.name));
    }
    Ok(Identity::role(arn, source))
}

fn named_source(view: View<'_>, source: &str, trail: &mut Trail) -> Result<Identity, String> {
    let none = || format!("the `credential_source` {source} has no credentials");
    match source {
        "Environment" => environment_keys(view, trail).ok_or_else(none),
        "EcsContainer" => container(view, trail).ok_or_else(none),
        "Ec2InstanceMetadata" => instance(view, trail),
        _ => Err(format!("there is no `credential_source` called `{source}`")),
    }
}

fn has_keys(section: &Section) -> bool {
    section.get("aws_access_key_id").is_some() && section.get("aws_secret_access_key").is_some()
}

const SSO_KEYS: [&str; 4] = ["sso_region", "sso_start_url", "sso_account_id", "sso_role_name"];

fn is_sso(section: &Section) -> bool {
    section.get("sso_session").is_some() || SSO_KEYS.iter().any(|key| section.get(key).is_some())
}

fn sso(section: &Section, session: Option<&Section>) -> Result<Identity, String> {
    let name = &section.name;
    let of_session = SSO_KEYS.iter().take(2);
    match session {
        Some(session) => {
            for key in of_session {
                let Some(value) = session.get(key) else {
                    return Err(format!("the session of `{name}` has no `{key}`"));
                };
                if section.get(key).is_some_and(|own| own != value) {
                    return Err(format!("`{key}` of `{name}` is not that of its session"));
                }
            }
        }
        None => {
            if let Some(key) = SSO_KEYS.iter().find(|key| section.get(key).is_none()) {
                return Err(format!("`{name}` has no `{key}`"));
            }
        }
    }
    let value = |key: &str| section.get(key).unwrap_or_default().to_owned();
    Ok(Identity::Sso { account: value("sso_account_id"), role: value("sso_role_name") })
}

/// A profile that was found sound, and the one it takes its credentials from.
struct Loaded {
    section: Section,
    source: Option<Box<Loaded>>,
    session: Option<Section>,
}

enum Missing {
    Profile,
    Unsound(String),
}

struct Files {
    profiles: Ini,
    /// Profiles with one key and not the other, in the file that counts.
    halves: BTreeSet<String>,
}

/// What counts only as a pair.
const KEYS: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];

impl Files {
    fn read(view: View<'_>) -> Self {
        let read = |variable: &str, below_home: &str| {
            let path = view.set(variable).map_or_else(|| view.below_home(below_home), PathBuf::from);
            view.world.read(&path).map(|bytes| go::read(&bytes, &path)).unwrap_or_default()
        };
        let mut profiles = go::of_config(&read("AWS_CONFIG_FILE", ".aws/config"));
        let credentials = read("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
        let is_half = |section: &&Section| section.has(KEYS[0]) != section.has(KEYS[1]);
        let mut halves: BTreeSet<String> = profiles.sections().filter(is_half).map(|half| half.name.clone()).collect();
        for section in credentials.sections().filter(|section| !section.name.starts_with("profile ")) {
            if is_half(&section) {
                halves.insert(section.name.clone());
            } else {
                halves.remove(&section.name);
            }
            profiles.lay_over(section);
        }
        Self { profiles, halves }
    }

    fn load(&self, name: &str, visited: &mut Vec<String>) -> Result<Loaded, Missing> {
        let unsound = |why: String| Err(Missing::Unsound(why));
        let Some(section) = self.profiles.get(name) else { return Err(Missing::Profile) };
        let mut section = section.clone();
        if self.halves.contains(name) {
            return unsound(format!("`{name}` has only one of the two keys"));
        }
        if visited.iter().any(|known| known == name) {
            section.remove(&["role_arn", "mfa_serial", "source_profile"]);
        } else if section.get("role_arn").is_none() {
            let needing = ["source_profile", "credential_source", "web_identity_token_file"];
            if let Some(key) = needing.iter().find(|key| section.get(key).is_some()) {
                return unsound(format!("`{name}` has `{key}`, but no `role_arn`"));
            }
        }
        let loaded = |section: Section| Loaded { section, source: None, session: None };
        if !visited.is_empty() && has_keys(&section) {
            return Ok(loaded(section));
        }
        if visited.len() > CHAIN_LIMIT {
            return unsound(in_a_circle(name));
        }
        visited.push(name.to_owned());
        let kinds = ["source_profile", "credential_source", "credential_process", "web_identity_token_file"];
        if kinds.iter().filter(|key| section.get(key).is_some()).count() > 1 {
            return unsound(format!("`{name}` has more than one of `{}`", kinds.join("`, `")));
        }
        let mut source = None;
        if let Some(from) = section.get("source_profile").map(str::to_owned) {
            let found = match self.load(&from, visited) {
                Err(Missing::Profile) => return unsound(no_such_profile(&from)),
                found => found?,
            };
            let other = ["source_profile", "credential_source", "credential_process", "web_identity_token_file"];
            let has = |key: &&str| found.section.get(key).is_some();
            if !other.iter().any(has) && !is_sso(&found.section) && !has_keys(&found.section) {
                return unsound(format!("the source profile `{from}` has no credentials"));
            }
            source = Some(Box::new(found));
        }
        let mut session = None;
        if let Some(named) = section.get("sso_session") {
            let Some(found) = self.profiles.get(&format!("sso-session {}", named.trim())) else {
                return unsound(format!("the sso-session `{named}` does not exist"));
            };
            session = Some(found.clone());
        }
        Ok(Loaded { section, source, session })
    }
}
