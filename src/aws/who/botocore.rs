//! AWS CLI v1, boto3 and the AWS CLI v2, which are botocore: the same chain, and other variables before it.

use std::path::{Path, PathBuf};

use super::ini::python;
use super::ini::{Ini, Section};
use super::{
    AWS_KEYS, CHAIN_LIMIT, Identity, METADATA_DISABLED, NO_CREDENTIALS, Program, Region, Report, Trail, View,
    in_a_circle, no_such_profile, unreadable_token,
};

/// What version 2 of the CLI and the others look at first.
struct Rules {
    profile: [&'static str; 2],
    region: &'static [&'static str],
}

const CLI_2: Rules =
    Rules { profile: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], region: &["AWS_REGION", "AWS_DEFAULT_REGION"] };
const BOTO: Rules = Rules { profile: ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"], region: &["AWS_DEFAULT_REGION"] };

pub(super) fn ask(view: View<'_>, program: Program) -> Report {
    let rules = if program == Program::Cli2 { CLI_2 } else { BOTO };
    let mut trail = Trail::default();
    let named = rules.profile.into_iter().find_map(|name| Some((name, view.present(name)?)));
    if let Some((variable, profile)) = &named {
        trail.step(format!(
            "`{variable}` is {}",
            if profile.is_empty() { "empty".into() } else { format!("`{profile}`") }
        ));
    }
    let opened = Session::open(view, named.map(|(_, profile)| profile));
    let region = region(view, &rules, opened.as_ref().ok());
    let identity = region.check().and(opened).and_then(|mut session| session.identity(&mut trail));
    Report { program, identity, why: trail.0, region }
}

fn region(view: View<'_>, rules: &Rules, session: Option<&Session<'_>>) -> Region {
    if let Some((variable, region)) = rules.region.iter().find_map(|name| Some((*name, view.present(name)?))) {
        return Region::of_variable(variable, region);
    }
    let section = session.and_then(|session| session.profiles.get(session.name()));
    let variables = rules.region.join("`, `");
    Region::of_profile(
        section.and_then(|section| section.item("region")),
        &format!("neither `{variables}` nor the profile names one"),
    )
}

/// A session of botocore: both files, and the profile that is asked for.
struct Session<'w> {
    view: View<'w>,
    /// Both files, credentials over config.
    profiles: Ini,
    /// The credentials file alone, its sections named as they are written.
    credentials: Ini,
    /// The config file alone.
    config: Ini,
    sessions: Ini,
    asked: Option<String>,
    /// The source profiles on the way.
    visited: Vec<String>,
}

type Found = Result<Option<Identity>, String>;

impl<'w> Session<'w> {
    fn open(view: View<'w>, asked: Option<String>) -> Result<Self, String> {
        let config_file = read(view, "AWS_CONFIG_FILE", ".aws/config")?;
        let credentials = read(view, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")?;
        let config = python::profiles(&config_file);
        let mut profiles = config.clone();
        credentials.sections().for_each(|section| profiles.lay_over(section));
        if let Some(name) = asked.as_deref().filter(|name| profiles.get(name).is_none()) {
            return Err(no_such_profile(name));
        }
        let sessions = python::sso_sessions(&config_file);
        Ok(Self { view, profiles, credentials, config, sessions, asked, visited: Vec::new() })
    }

    fn name(&self) -> &str {
        self.asked.as_deref().unwrap_or("default")
    }

    fn identity(&mut self, trail: &mut Trail) -> Result<Identity, String> {
        let name = self.name().to_owned();
        self.check_sso_session(&name)?;
        if let Some(found) = self.environment_keys(trail)? {
            return Ok(found);
        }
        self.visited = vec![name.clone()];
        if let Some(found) = self.assume_role(&name, trail)? {
            return Ok(found);
        }
        if let Some(found) = self.of_profile(&name, true, trail)? {
            return Ok(found);
        }
        if let Some(found) = self.container(trail) {
            return Ok(found);
        }
        self.instance(trail)
    }

    /// Every client looks for the session of the profile, whatever its keys.
    fn check_sso_session(&self, name: &str) -> Result<(), String> {
        let section = self.profiles.get(name);
        let Some(session) = section.and_then(|section| section.present("sso_session")) else { return Ok(()) };
        let found = self.sessions.get(session).filter(|found| !found.items.is_empty());
        let found = found.ok_or_else(|| format!("the sso-session `{session}` does not exist"))?;
        match ["sso_start_url", "sso_region"].into_iter().find(|key| !found.has(key)) {
            Some(key) => Err(format!("the sso-session `{session}` has no `{key}`")),
            None => Ok(()),
        }
    }

    fn environment_keys(&self, trail: &mut Trail) -> Found {
        if self.view.set("AWS_ACCESS_KEY_ID").is_none() {
            return Ok(None);
        }
        if self.view.set("AWS_SECRET_ACCESS_KEY").is_none() {
            return Err("`AWS_ACCESS_KEY_ID` is set without `AWS_SECRET_ACCESS_KEY`".to_owned());
        }
        trail.step(AWS_KEYS);
        Ok(Some(Identity::EnvironmentKeys { prefix: "AWS".to_owned() }))
    }

    fn assumes_role(section: &Section) -> bool {
        section.has("role_arn") && !section.has("web_identity_token_file")
    }

    fn has_keys(section: &Section) -> bool {
        section.has("aws_access_key_id") || section.has("aws_secret_access_key")
    }

    /// The role of a profile, unless it has none or takes a token for it.
    fn assume_role(&mut self, name: &str, trail: &mut Trail) -> Found {
        let Some(section) = self.profiles.get(name).cloned().filter(Self::assumes_role) else { return Ok(None) };
        let arn = section.present("role_arn").unwrap_or_default();
        trail.step_at(format!("`role_arn` of `{name}`"), section.at("role_arn"));
        let source = match (section.present("source_profile"), section.present("credential_source")) {
            (Some(_), Some(_)) => Err(format!("`{name}` has both `source_profile` and `credential_source`")),
            (None, None) => Err(format!("`{name}` has a `role_arn`, but nothing to assume it with")),
            (None, Some(source)) => {
                trail.step_at(format!("`credential_source` is `{source}`"), section.at("credential_source"));
                self.named_source(source, trail)
            }
            (Some(source), None) => {
                trail.step_at(format!("`source_profile` is `{source}`"), section.at("source_profile"));
                self.source_profile(name, source, trail)
            }
        }?;
        role_arn(arn)?;
        Ok(Some(Identity::role(arn, source)))
    }

    fn named_source(&self, source: &str, trail: &mut Trail) -> Result<Identity, String> {
        let found = match source {
            "Environment" => self.environment_keys(trail)?,
            "EcsContainer" => self.container(trail),
            "Ec2InstanceMetadata" => self.instance(trail).ok(),
            _ => return Err(format!("there is no `credential_source` called `{source}`")),
        };
        found.ok_or_else(|| format!("the `credential_source` {source} has no credentials"))
    }

    fn source_profile(&mut self, name: &str, source: &str, trail: &mut Trail) -> Result<Identity, String> {
        let Some(section) = self.profiles.get(source).cloned() else { return Err(no_such_profile(source)) };
        if self.visited.len() > CHAIN_LIMIT {
            return Err(in_a_circle(source));
        }
        if self.visited.iter().any(|known| known == source) && !(source == name && Self::has_keys(&section)) {
            return Err(in_a_circle(source));
        }
        self.visited.push(source.to_owned());
        let found = if Self::has_keys(&section) || !Self::assumes_role(&section) {
            self.of_profile(source, false, trail)?
        } else {
            self.assume_role(source, trail)?
        };
        found.ok_or_else(|| format!("the source profile `{source}` has no credentials"))
    }

    /// What a profile has without a role, in the order of botocore.
    fn of_profile(&self, name: &str, environment: bool, trail: &mut Trail) -> Found {
        let empty = Section::nowhere(name);
        let section = self.profiles.get(name).unwrap_or(&empty);
        if let Some(found) = self.web_identity(name, section, environment, trail)? {
            return Ok(Some(found));
        }
        if let Some(found) = self.sso(name, section, trail)? {
            return Ok(Some(found));
        }
        if let Some(found) = keys(self.credentials.get(name), trail)? {
            return Ok(Some(found));
        }
        if section.has("login_session") {
            trail.step_at(format!("`login_session` of `{name}`"), section.at("login_session"));
            return Ok(Some(Identity::Login { profile: name.to_owned() }));
        }
        if section.has("credential_process") {
            trail.step_at(format!("`credential_process` of `{name}`"), section.at("credential_process"));
            return Ok(Some(Identity::Process { profile: name.to_owned() }));
        }
        keys(self.config.get(name), trail)
    }

    /// Each of the variables goes before the key of the profile, even when it is empty.
    fn web_identity(&self, name: &str, section: &Section, environment: bool, trail: &mut Trail) -> Found {
        let value = |key: &str, variable: &str| {
            let set = environment.then(|| self.view.present(variable)).flatten();
            set.or_else(|| section.present(key).map(str::to_owned)).filter(|value| !value.is_empty())
        };
        let Some(token_file) = value("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE") else { return Ok(None) };
        for (key, variable) in
            [("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE"), ("role_arn", "AWS_ROLE_ARN")]
        {
            if environment && self.view.present(variable).is_some() {
                trail.step(format!("`{variable}` is set"));
            } else if section.has(key) {
                trail.step_at(format!("`{key}` of `{name}`"), section.at(key));
            }
        }
        let Some(arn) = value("role_arn", "AWS_ROLE_ARN") else {
            return Err("there is a web identity token file, but no role ARN".to_owned());
        };
        if !self.view.world.can_read(Path::new(&token_file)) {
            return Err(unreadable_token(&token_file));
        }
        role_arn(&arn)?;
        Ok(Some(Identity::WebIdentity { arn }))
    }

    fn sso(&self, name: &str, section: &Section, trail: &mut Trail) -> Found {
        if !section.has("sso_role_name") && !section.has("sso_account_id") {
            return Ok(None);
        }
        let mut merged = section.clone();
        if let Some(session) = section.present("sso_session") {
            let Some(found) = self.sessions.get(session) else {
                return Err(format!("the sso-session `{session}` does not exist"));
            };
            for item in &found.items {
                if section.present(&item.key).is_some_and(|value| value != item.value) {
                    return Err(format!("`{}` of `{name}` is not that of sso-session `{session}`", item.key));
                }
                merged.put(item.clone());
            }
        }
        for key in ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"] {
            if !merged.has(key) {
                return Err(format!("`{name}` has no `{key}`"));
            }
        }
        trail.step_at(format!("`sso_account_id` of `{name}`"), merged.at("sso_account_id"));
        let value = |key: &str| merged.present(key).unwrap_or_default().to_owned();
        Ok(Some(Identity::Sso { account: value("sso_account_id"), role: value("sso_role_name") }))
    }

    fn container(&self, trail: &mut Trail) -> Option<Identity> {
        let names = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
        let name = names.into_iter().find(|name| self.view.present(name).is_some())?;
        trail.step(format!("`{name}` is set"));
        Some(Identity::Container)
    }

    fn instance(&self, trail: &mut Trail) -> Result<Identity, String> {
        if self.view.set(METADATA_DISABLED).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            trail.step(format!("`{METADATA_DISABLED}` is set"));
            return Err(NO_CREDENTIALS.to_owned());
        }
        trail.step("nothing else is left");
        Ok(Identity::InstanceMetadata)
    }
}

fn keys(section: Option<&Section>, trail: &mut Trail) -> Found {
    let Some(section) = section else { return Ok(None) };
    let Some(id) = section.present("aws_access_key_id") else { return Ok(None) };
    trail.step_at(format!("keys of `{}`", section.name), section.at("aws_access_key_id"));
    if !section.has("aws_secret_access_key") {
        return Err(format!("`{}` has no `aws_secret_access_key`", section.name));
    }
    if id.is_empty() || id.contains(char::is_whitespace) {
        return Err(format!("what follows `aws_access_key_id` of `{}` is not a key, but is used as one", section.name));
    }
    Ok(Some(Identity::Keys { profile: section.name.clone() }))
}

/// A comment behind a role is part of it, and STS refuses that.
fn role_arn(arn: &str) -> Result<(), String> {
    if arn.is_empty() || arn.contains(char::is_whitespace) {
        return Err(format!("`{arn}` is not a role ARN"));
    }
    Ok(())
}

/// Reads a file; a variable that is set and empty leads nowhere.
fn read(view: View<'_>, variable: &str, below_home: &str) -> Result<Ini, String> {
    let path = match view.present(variable) {
        Some(path) => expanded(view, &path),
        None => view.below_home(below_home),
    };
    let Some(bytes) = view.world.read(&path) else { return Ok(Ini::default()) };
    python::read(&bytes, &path).map_err(|refusal| format!("cannot read {}: {}", refusal.origin, refusal.words))
}

/// `$NAME` and `${NAME}`, then a leading `~`.
fn expanded(view: View<'_>, path: &str) -> PathBuf {
    let mut text = String::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('$') {
        text.push_str(before);
        let is_part = |char: char| char.is_ascii_alphanumeric() || char == '_';
        let braced = behind.strip_prefix('{').and_then(|behind| behind.split_once('}'));
        let end = behind.find(|char| !is_part(char)).unwrap_or(behind.len());
        let (name, left) = braced.unwrap_or((&behind[..end], &behind[end..]));
        let written = &rest[before.len()..rest.len() - left.len()];
        text.push_str(&view.present(name).unwrap_or_else(|| written.to_owned()));
        rest = left;
    }
    text.push_str(rest);
    crate::aws::files::expand_home(Path::new(&text), view.world.home())
}
