//! Variables by which programs come to different identities, to another than it looks, or to none.
//!
//! What each program does was seen with AWS CLI 2.9 and 1.45, botocore 1.43, the AWS SDKs for JavaScript v2 (2.1693) and
//! v3, and Serverless 3.40.

use std::path::Path;

use crate::aws::files;
use crate::aws::profiles::Profiles;
use crate::core::finding::{ALL, BOTO, CLI, Finding, JAVASCRIPT_2, JAVASCRIPT_2_ALONE, JAVASCRIPT_3, PROMPTS};
use crate::core::profile::{Kind, Profile};
use crate::core::vars::VarName;
use crate::system::System;

/// Everything of the environment.
pub(super) fn of(profiles: &Profiles<'_>, system: &System) -> Vec<Finding> {
    let environment = Environment { profiles, system, active: active(profiles, system) };
    let mut found = environment.missing_profiles();
    found.extend(environment.empty());
    found.extend(environment.keys());
    found.extend(environment.default_profile());
    found.extend(environment.web_identity());
    found.extend(environment.regions());
    found.extend(environment.files());
    found.extend(environment.load_config());
    found.extend(environment.prompt());
    found
}

/// The profile that `AWS_PROFILE` names.
pub(super) fn active(profiles: &Profiles<'_>, system: &System) -> Option<Profile> {
    profiles.get(system.text("AWS_PROFILE")?)
}

struct Environment<'e> {
    profiles: &'e Profiles<'e>,
    system: &'e System,
    active: Option<Profile>,
}

impl Environment<'_> {
    fn set(&self, name: &'static str) -> Option<&str> {
        self.system.text(name)
    }

    fn is_empty(&self, name: &'static str) -> bool {
        self.system.environment.get(&VarName::known(name)).is_some_and(|value| value.as_bytes().is_empty())
    }

    fn missing_profiles(&self) -> Vec<Finding> {
        let named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter().filter_map(|name| Some((name, self.set(name)?)));
        let missing = named.filter(|(_, profile)| self.profiles.get(profile).is_none());
        let told = missing.map(|(name, profile)| {
            let message = format!("`{name}` names the profile `{profile}`, which does not exist");
            // With AWS_PROFILE beside it, only these look at the other at all.
            let hit: &[_] = if name == "AWS_DEFAULT_PROFILE" { &[CLI] } else { ALL };
            Finding::problem(message, hit, "`credenv list` shows your profiles").about(name)
        });
        told.collect()
    }

    /// Set and empty is refused by some, as if it was a name.
    fn empty(&self) -> Vec<Finding> {
        let profile = if self.set("AWS_PROFILE").is_some() { BOTO } else { CLI };
        let region = if self.set("AWS_REGION").is_some() { BOTO } else { CLI };
        let rows: [(&'static str, &str, &[&str]); 4] = [
            ("AWS_PROFILE", "which is not accepted as a name", &[CLI]),
            ("AWS_DEFAULT_PROFILE", "which is not accepted as a name", &[profile]),
            ("AWS_REGION", "which leads to an invalid endpoint", &[CLI, JAVASCRIPT_3]),
            ("AWS_DEFAULT_REGION", "which leads to an invalid endpoint", &[region]),
        ];
        let empty = rows.into_iter().filter(|(name, ..)| self.is_empty(name));
        let told = empty.map(|(name, why, hit)| {
            Finding::problem(format!("`{name}` is set but empty, {why}"), hit, format!("`unset {name}`")).about(name)
        });
        told.collect()
    }

    fn keys(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
        let takes_away = "`credenv use PROFILE` removes them until `credenv off`";
        if self.set(id).is_some() && self.set(secret).is_none() {
            let message = format!("`{id}` is set without `{secret}`: every command fails, whatever the profile");
            found.push(Finding::problem(message, &[CLI], format!("set `{secret}` too, or `unset {id}`")).about(id));
        } else if self.set(id).is_some() && self.set("AWS_PROFILE").is_some() {
            let message = "the keys in the environment override `AWS_PROFILE` in these programs, but not in the others";
            found.push(Finding::problem(message, &[CLI, JAVASCRIPT_2_ALONE], takes_away).about(id));
        } else if self.set(id).is_none() && self.set(secret).is_some() {
            let message = format!("`{secret}` is set without `{id}`, and has no effect");
            found.push(Finding::note(message, ALL, format!("set `{id}` too, or `unset {secret}`")).about(secret));
        }
        if self.set("AWS_SECURITY_TOKEN").is_some() && self.set("AWS_SESSION_TOKEN") != self.set("AWS_SECURITY_TOKEN") {
            let message = "`AWS_SECURITY_TOKEN` is used instead of `AWS_SESSION_TOKEN`";
            found.push(Finding::problem(message, &[CLI], "`unset AWS_SECURITY_TOKEN`").about("AWS_SECURITY_TOKEN"));
        }
        found
    }

    fn default_profile(&self) -> Option<Finding> {
        let other = self.set("AWS_DEFAULT_PROFILE")?;
        let remedy = "`unset AWS_DEFAULT_PROFILE`, or `credenv use PROFILE`";
        let finding = match self.set("AWS_PROFILE") {
            Some(one) if one == other => return None,
            Some(_) => Finding::problem(
                format!("boto3 and the AWS CLI v1 use `AWS_DEFAULT_PROFILE` (`{other}`), not `AWS_PROFILE`"),
                &[BOTO],
                remedy,
            ),
            None => Finding::problem(
                format!("these programs ignore `AWS_DEFAULT_PROFILE` (`{other}`), and use `default`"),
                &[JAVASCRIPT_2_ALONE, JAVASCRIPT_3],
                remedy,
            ),
        };
        Some(finding.about("AWS_DEFAULT_PROFILE"))
    }

    fn web_identity(&self) -> Vec<Finding> {
        let name = "AWS_WEB_IDENTITY_TOKEN_FILE";
        let Some(token_file) = self.set(name) else { return Vec::new() };
        let mut found = Vec::new();
        let mut tell = |message: String, hit: &[&'static str], remedy: &str| {
            found.push(Finding::problem(message, hit, remedy).about(name));
        };
        let with_keys = self.set("AWS_ACCESS_KEY_ID").is_some();
        let node: &[_] = &[JAVASCRIPT_2, JAVASCRIPT_3];
        let node_takes_it = !with_keys && self.set("AWS_PROFILE").is_none() && !self.has_default();
        if self.set("AWS_ROLE_ARN").is_none() {
            let message = format!("`{name}` is set without `AWS_ROLE_ARN`: every command fails");
            tell(message, &[CLI], "set `AWS_ROLE_ARN` too, or unset the token file");
            return found;
        }
        if let Err(why) = self.system.check_readable(&self.system.directory.join(token_file)) {
            let message = format!("the token file {token_file} cannot be read: {why}");
            tell(message, if node_takes_it { ALL } else { &[CLI] }, "name the file that holds the token");
        }
        if with_keys {
            return found;
        }
        if self.active.as_ref().is_some_and(|profile| profile.get("web_identity_token_file").is_none()) {
            let message = "the web identity in the environment overrides `AWS_PROFILE` in these programs".to_owned();
            tell(message, &[CLI], "`credenv use PROFILE` removes it until `credenv off`");
        } else if self.set("AWS_PROFILE").is_none() && self.has_default() {
            let message = "the profile `default` overrides the web identity in the environment in these programs";
            tell(message.to_owned(), node, "`credenv use PROFILE`, with a profile that has that token file and role");
        }
        found
    }

    /// Whether a profile `default` leads to credentials.
    fn has_default(&self) -> bool {
        self.profiles.get("default").is_some_and(|profile| profile.kind() != Kind::None)
    }

    fn regions(&self) -> Vec<Finding> {
        let rows: [(_, _, _, &[_]); 2] = [
            ("AWS_REGION", "AWS_DEFAULT_REGION", "boto3 and the AWS CLI v1 read only", &[BOTO]),
            (
                "AWS_DEFAULT_REGION",
                "AWS_REGION",
                "the AWS SDKs for JavaScript read only",
                &[JAVASCRIPT_2_ALONE, JAVASCRIPT_3],
            ),
        ];
        let differing = rows.into_iter().filter(|(one, other, ..)| {
            self.set(one).is_some() && self.set(one) != self.set(other) && !self.is_empty(other)
        });
        let told = differing.map(|(one, other, who, hit)| {
            let which = self.set(other).map_or_else(|| "not set".to_owned(), |region| format!("`{region}`"));
            let message = format!("`{one}` is set, but {who} `{other}`, which is {which}");
            Finding::note(message, hit, "`credenv use PROFILE --region REGION` sets both").about(one)
        });
        told.collect()
    }

    /// The variables that move the AWS files.
    fn files(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let reads_config = self.set("AWS_SDK_LOAD_CONFIG").is_some();
        for name in [files::CONFIG_FILE, files::CREDENTIALS_FILE] {
            let Some(value) = self.system.environment.get(&name).filter(|value| !value.as_bytes().is_empty()) else {
                continue;
            };
            let value = value.shown();
            let path = files::expand_home(Path::new(&*value), self.system.home.as_deref());
            if !self.system.exists(&self.system.directory.join(&path)) {
                let message = format!("`{name}` points to {value}, which does not exist");
                found.push(
                    Finding::note(message, ALL, format!("`unset {name}`, or create the file")).about(name.as_str()),
                );
            } else if value.starts_with('~') {
                let message = format!("`{name}` begins with `~`, which this program does not expand");
                let remedy = format!("`export {name}={}`", path.display());
                found.push(Finding::problem(message, &[JAVASCRIPT_2], remedy).about(name.as_str()));
            } else if path.is_relative() {
                let message = format!("`{name}` is a relative path, which means another file in another directory");
                let whole = self.system.directory.join(&path);
                let remedy = format!("`export {name}={}`", whole.display());
                found.push(Finding::note(message, ALL, remedy).about(name.as_str()));
            }
        }
        if self.set("AWS_SHARED_CREDENTIALS_FILE").is_some() && !reads_config {
            let message = "this program still reads ~/.aws/credentials, unless `AWS_SDK_LOAD_CONFIG` is set";
            let finding = Finding::problem(message, &[JAVASCRIPT_2_ALONE], "`credenv use PROFILE` sets it");
            found.push(finding.about("AWS_SHARED_CREDENTIALS_FILE"));
        }
        found
    }

    /// Whether the AWS SDK for JavaScript v2 reads the config file.
    fn load_config(&self) -> Option<Finding> {
        let name = "AWS_SDK_LOAD_CONFIG";
        let [config, credentials] = self.profiles.files();
        let Some(value) = self.set(name) else {
            let profile = self.active.as_ref()?;
            let only_in_config = profile.sources.iter().all(|origin| origin.file != credentials.path);
            let message = format!(
                "profile `{}` is only in the config file, which this program does not read without `{name}`",
                profile.name
            );
            let finding =
                Finding::problem(message, &[JAVASCRIPT_2], "`credenv use PROFILE` sets it").about("AWS_PROFILE");
            return only_in_config.then_some(finding);
        };
        if !config.exists {
            let message = format!("`{name}` is set, but there is no {}: this program fails", config.path.display());
            return Some(Finding::problem(message, &[JAVASCRIPT_2], format!("`unset {name}`")).about(name));
        }
        matches!(value, "0" | "false").then(|| {
            let message = format!("`{name}` is `{value}`, which counts as set");
            Finding::note(message, &[JAVASCRIPT_2], format!("`unset {name}`, if the config file should not be read"))
                .about(name)
        })
    }

    /// Left by another tool, and shown at the prompt in place of the profile in force.
    fn prompt(&self) -> Option<Finding> {
        let profile = self.set("AWS_PROFILE")?;
        let (name, shown) = ["AWSU_PROFILE", "AWS_VAULT", "AWSUME_PROFILE"]
            .into_iter()
            .find_map(|name| self.set(name).map(|shown| (name, shown)))?;
        let message = format!("prompts show `{shown}` from `{name}`, but the active profile is `{profile}`");
        let remedy = format!("`unset {name}`, or `credenv use PROFILE`");
        (shown != profile).then(|| Finding::note(message, &[PROMPTS], remedy).about(name))
    }
}
