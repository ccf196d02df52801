//! Web identity: a token in a file and the role it assumes, checked before anything is switched.

use std::path::Path;

use super::context::Context;
use super::switch::{WebIdentityWish, property};
use crate::aws::{files, web_identity};
use crate::clock::Moment;
use crate::core::error::{Error, Result};
use crate::core::profile::{Kind, Profile};
use crate::core::target::{Chosen, Reason, Target, WebIdentity};
use crate::core::vars::VarName;
use crate::report;
use crate::system::{System, bytes_of_path};

/// The web identity of a profile that has one.
pub(super) fn of_profile(system: &System, profile: &Profile) -> Result<Option<WebIdentity>> {
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
    let session_name = property(profile, "role_session_name", "session name of the profile");
    checked(system, &token, directory, role_arn, session_name).map(Some)
}

/// The web identity that a project names.
pub(super) fn of_project(system: &System, named: &WebIdentityWish) -> Result<WebIdentity> {
    let WebIdentityWish { token_file, directory, role_arn, session_name } = named;
    checked(system, token_file, directory, role_arn.clone(), session_name.clone())
}

fn checked(
    system: &System,
    token: &Chosen,
    directory: &Path,
    role_arn: Chosen,
    session_name: Option<Chosen>,
) -> Result<WebIdentity> {
    if !web_identity::is_role_arn(&role_arn.text) {
        return Err(Error::failed(format!("`{}`{} is not the ARN of a role", role_arn.text, at(&role_arn)))
            .hint("it must look like `arn:aws:iam::123456789012:role/NAME`"));
    }
    let session_name = match session_name {
        Some(name) if !web_identity::is_session_name(&name.text) => {
            return Err(Error::failed(format!("`{}`{} cannot be the name of a session", name.text, at(&name)))
                .hint("STS accepts 2 to 64 of the characters `A-Z a-z 0-9 _ + = , . @ -`"));
        }
        Some(name) => name,
        None => {
            let (user, host) = system.user_and_host();
            Chosen {
                text: web_identity::session_name(user.as_deref(), host.as_deref()),
                reason: Reason::rule("names you in audit logs, because no session name is given"),
            }
        }
    };
    Ok(WebIdentity { token_file: token_file(system, token, directory)?, role_arn, session_name: Some(session_name) })
}

/// The absolute path of a token file that holds a token: with a missing one every program fails later, and says less.
fn token_file(system: &System, token: &Chosen, directory: &Path) -> Result<Chosen> {
    let path = directory.join(files::expand_home(Path::new(&token.text), system.home.as_deref()));
    let refused = |why: &str| {
        Error::failed(format!("cannot use the web identity token file {}{}: {why}", path.display(), at(token)))
    };
    read(system, &path).map_err(|why| refused(&why))?;
    let text = String::from_utf8(bytes_of_path(&path)).map_err(|_| refused("its path is not UTF-8"))?;
    Ok(Chosen { text, reason: token.reason.clone() })
}

fn at(chosen: &Chosen) -> String {
    chosen.reason.origin.as_ref().map_or_else(String::new, |origin| format!(" named at {origin}"))
}

/// The token, or why it cannot be used.
fn read(system: &System, path: &Path) -> std::result::Result<String, String> {
    system.check_readable(path)?;
    let bytes = match system.read(path, web_identity::SIZE_LIMIT) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(_) => return Err("it is too large for a token".to_owned()),
    };
    let token = String::from_utf8(bytes).map_err(|_| "it is not text".to_owned())?;
    if token.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(token) }
}

/// A word on a token that has expired. The switch goes on: programs that use it fail, where without the switch they
/// would use another identity.
pub(super) fn expired(context: &Context<'_>, target: &Target) -> Option<String> {
    let wanted = target.0.get(&VarName::known("AWS_WEB_IDENTITY_TOKEN_FILE"))?;
    let path = crate::system::path_of(wanted.value.as_ref()?.as_bytes());
    let expired = expired_since(context.system, &path)?;
    Some(report::note(&format!("{expired}: get a new one from where it came from")))
}

/// How long ago the token in a file expired, in words, if it has.
pub(super) fn expired_since(system: &System, path: &Path) -> Option<String> {
    let expiry: Moment = read(system, path).ok().as_deref().and_then(web_identity::expiry)?;
    let now = system.now();
    (expiry <= now).then(|| format!("the web identity token {} expired {}", path.display(), expiry.seen_from(now)))
}
