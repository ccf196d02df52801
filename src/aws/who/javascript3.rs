//! The AWS SDK for JavaScript v3: what fails goes on to the next provider, unless it says that it must not.

use std::path::{Path, PathBuf};

use super::ini::{Ini, Section, javascript};
use super::{
    AWS_KEYS, CHAIN_LIMIT, Identity, METADATA_DISABLED, NO_CREDENTIALS, Program, Region, Report, Trail, View,
    in_a_circle, no_such_profile, unreadable_token,
};

pub(super) fn ask(view: View<'_>) -> Report {
    let mut trail = Trail::default();
    let region = region(view);
    let identity = region.check().and_then(|()| identity(view, None, &mut trail));
    Report { program: Program::JavaScript3, identity, why: trail.0, region }
}

/// Why a provider gives nothing.
enum Miss {
    /// The next one is asked.
    Next(String),
    /// The program stops.
    Stop(String),
}

type Found = Result<Identity, Miss>;

/// Who the SDK would be, with a profile that the program was told to use or none.
pub(super) fn identity(view: View<'_>, told: Option<&str>, trail: &mut Trail) -> Result<Identity, String> {
    let variable = view.set("AWS_PROFILE");
    let named = told.map(str::to_owned).or_else(|| variable.clone());
    if let (None, Some(name)) = (told, &variable) {
        trail.step(format!("`AWS_PROFILE` is `{name}`"));
    }
    if named.is_none() && has_keys(view) {
        trail.step(AWS_KEYS);
        return Ok(Identity::EnvironmentKeys { prefix: "AWS".to_owned() });
    }
    let name = named.unwrap_or_else(|| "default".to_owned());
    let files = Files::read(view);
    let missed = match files.of_profile(&name, &[], false, trail) {
        Ok(found) => return Ok(found),
        Err(Miss::Stop(why)) => return Err(why),
        Err(Miss::Next(why)) => why,
    };
    trail.step(format!("{missed}; it looks elsewhere"));
    if let Some(section) = files.profiles.get(&name).filter(|section| section.has("credential_process")) {
        trail.step_at(format!("`credential_process` of `{name}`"), section.at("credential_process"));
        return Ok(Identity::Process { profile: name });
    }
    if let (Some(token_file), Some(arn)) = (view.set("AWS_WEB_IDENTITY_TOKEN_FILE"), view.set("AWS_ROLE_ARN")) {
        trail.step("`AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN` are set");
        if !view.world.can_read(Path::new(&token_file)) {
            return Err(unreadable_token(&token_file));
        }
        return Ok(Identity::WebIdentity { arn });
    }
    if let Some(found) = container(view, trail) {
        return Ok(found);
    }
    if view.set(METADATA_DISABLED).is_some_and(|value| value != "false") {
        trail.step(format!("`{METADATA_DISABLED}` is set"));
        return Err(NO_CREDENTIALS.to_owned());
    }
    trail.step("nothing else is left");
    Ok(Identity::InstanceMetadata)
}

fn has_keys(view: View<'_>) -> bool {
    view.set("AWS_ACCESS_KEY_ID").is_some() && view.set("AWS_SECRET_ACCESS_KEY").is_some()
}

fn container(view: View<'_>, trail: &mut Trail) -> Option<Identity> {
    let names = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    let (name, _) = view.first_set(&names)?;
    trail.step(format!("`{name}` is set"));
    Some(Identity::Container)
}

/// The region: the variable, empty or not, then the profile.
fn region(view: View<'_>) -> Region {
    if let Some(region) = view.present("AWS_REGION") {
        return Region::of_variable("AWS_REGION", region);
    }
    let name = view.set("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
    let files = Files::read(view);
    let item = files.profiles.get(&name).and_then(|section| section.item("region"));
    Region::of_profile(item, "neither `AWS_REGION` nor the profile names one")
}

/// Both files as the SDK reads them.
struct Files<'w> {
    view: View<'w>,
    profiles: Ini,
    sessions: Ini,
}

impl<'w> Files<'w> {
    fn read(view: View<'w>) -> Self {
        let path = |variable: &str, below_home: &str| match view.set(variable) {
            Some(path) => match path.strip_prefix("~/") {
                Some(rest) => view.below_home(rest),
                None => PathBuf::from(path),
            },
            None => view.below_home(below_home),
        };
        let read = |path: &Path| {
            let bytes = view.world.read(path);
            bytes.map(|bytes| javascript::read_3(&bytes, path)).unwrap_or_default()
        };
        let config = read(&path("AWS_CONFIG_FILE", ".aws/config"));
        let credentials = read(&path("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"));
        let mut profiles = Ini::default();
        let mut sessions = Ini::default();
        if let Some(section) = config.get("default") {
            profiles.set(section.clone());
        }
        for section in config.sections() {
            if let Some(name) = section.name.strip_prefix("profile.") {
                // `[profile default]` takes the place of `[default]`.
                profiles.set(section.named(name));
            } else if let Some(name) = section.name.strip_prefix("sso-session.") {
                sessions.set(section.named(name));
            }
        }
        credentials.sections().for_each(|section| profiles.lay_over(section));
        Self { view, profiles, sessions }
    }

    /// What a profile comes to; `through` are the source profiles on the way.
    fn of_profile(&self, name: &str, through: &[&str], sources_alone: bool, trail: &mut Trail) -> Found {
        let Some(section) = self.profiles.get(name) else { return Err(Miss::Next(no_such_profile(name))) };
        let keys = section.has("aws_access_key_id") && section.has("aws_secret_access_key");
        let told =
            |trail: &mut Trail, key: &str, what: &str| trail.step_at(format!("{what} of `{name}`"), section.at(key));
        let own = |trail: &mut Trail| {
            told(trail, "aws_access_key_id", "keys");
            Ok(Identity::Keys { profile: name.to_owned() })
        };
        if !through.is_empty() && keys {
            return own(trail);
        }
        let one_source = section.has("source_profile") != section.has("credential_source");
        if sources_alone || (section.has("role_arn") && one_source) {
            return self.role(name, section, through, trail);
        }
        if keys {
            return own(trail);
        }
        if let (Some(token_file), Some(arn)) = (section.get("web_identity_token_file"), section.get("role_arn")) {
            told(trail, "web_identity_token_file", "`web_identity_token_file`");
            if !self.view.world.can_read(Path::new(token_file)) {
                return Err(Miss::Stop(unreadable_token(token_file)));
            }
            return Ok(Identity::WebIdentity { arn: arn.to_owned() });
        }
        if section.has("credential_process") {
            told(trail, "credential_process", "`credential_process`");
            return Ok(Identity::Process { profile: name.to_owned() });
        }
        if ["sso_start_url", "sso_account_id", "sso_session", "sso_region", "sso_role_name"]
            .iter()
            .any(|key| section.has(key))
        {
            return self.sso(name, section, trail);
        }
        if section.has("login_session") {
            told(trail, "login_session", "`login_session`");
            return Ok(Identity::Login { profile: name.to_owned() });
        }
        Err(Miss::Next(format!("`{name}` has no credentials")))
    }

    fn role(&self, name: &str, section: &Section, through: &[&str], trail: &mut Trail) -> Found {
        let ends = |source: &&str| through.contains(source) || through.len() > CHAIN_LIMIT;
        if let Some(source) = section.get("source_profile").filter(ends) {
            return Err(Miss::Next(in_a_circle(source)));
        }
        if section.has("role_arn") {
            trail.step_at(format!("`role_arn` of `{name}`"), section.at("role_arn"));
        }
        let source = match section.get("source_profile") {
            Some(source) => {
                trail.step_at(format!("`source_profile` is `{source}`"), section.at("source_profile"));
                let through: Vec<&str> = through.iter().copied().chain([source]).collect();
                let alone = |section: &Section| !section.has("role_arn") && section.has("credential_source");
                let sources_alone = self.profiles.get(source).is_some_and(alone);
                self.of_profile(source, &through, sources_alone, trail)
            }
            None => self.named_source(section.get("credential_source").unwrap_or_default(), section, trail),
        };
        let Some(arn) = section.get("role_arn") else { return source };
        if section.has("mfa_serial") {
            return Err(Miss::Stop(format!("`{name}` needs a code (`mfa_serial`), which it cannot ask for")));
        }
        Ok(Identity::role(arn, source?))
    }

    fn named_source(&self, source: &str, section: &Section, trail: &mut Trail) -> Found {
        trail.step_at(format!("`credential_source` is `{source}`"), section.at("credential_source"));
        let none = || Miss::Next(format!("the `credential_source` {source} has no credentials"));
        match source {
            "Environment" if has_keys(self.view) => Ok(Identity::EnvironmentKeys { prefix: "AWS".to_owned() }),
            "Environment" => Err(none()),
            "EcsContainer" => container(self.view, trail).ok_or_else(none),
            "Ec2InstanceMetadata" => Ok(Identity::InstanceMetadata),
            _ => Err(Miss::Next(format!("there is no `credential_source` called `{source}`"))),
        }
    }

    fn sso(&self, name: &str, section: &Section, trail: &mut Trail) -> Found {
        let mut merged = section.clone();
        if let Some(session) = section.get("sso_session") {
            let Some(found) = self.sessions.get(session) else {
                return Err(Miss::Stop(format!("the sso-session `{session}` does not exist")));
            };
            for key in ["sso_region", "sso_start_url"] {
                merged.remove(&[key]);
                merged.items.extend(found.item(key).cloned());
            }
        }
        for key in ["sso_start_url", "sso_account_id", "sso_region", "sso_role_name"] {
            if !merged.has(key) {
                return Err(Miss::Stop(format!("`{name}` has no `{key}`")));
            }
        }
        trail.step_at(format!("`sso_account_id` of `{name}`"), merged.at("sso_account_id"));
        let value = |key: &str| merged.get(key).unwrap_or_default().to_owned();
        Ok(Identity::Sso { account: value("sso_account_id"), role: value("sso_role_name") })
    }
}
