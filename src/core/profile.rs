//! A profile of the AWS files: its name, its properties and the kind of identity it leads to.

use std::collections::BTreeMap;
use std::fmt;

use super::binding::Origin;

/// The name of a profile as the AWS CLI knows it: any text without control characters, not empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName(String);

impl ProfileName {
    /// Takes a name that an environment variable and a line of an AWS file can hold.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        (!name.is_empty() && !name.chars().any(char::is_control)).then(|| Self(name.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A property of a profile, an sso-session or a services section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Literal text; continuation lines are joined by newlines, sub-properties begin with one.
    pub value: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Properties by their key, in lower case: keys are case-insensitive (AWS SDK specification).
pub type Properties = BTreeMap<String, Property>;

/// A profile, both files merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// Its properties.
    pub properties: Properties,
    /// The header lines of its sections, config first.
    pub sources: Vec<Origin>,
}

/// How a profile comes to its credentials, in botocore's order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Assumes `role_arn` from a source profile or a credential source.
    Role,
    /// Assumes `role_arn` with a token file.
    WebIdentity,
    /// IAM Identity Center, through an sso-session or the legacy keys.
    Sso,
    /// Keys in the file.
    Static,
    /// A program prints the credentials.
    CredentialProcess,
    /// `aws login` (a console session).
    Login,
    /// Nothing in the profile leads to credentials.
    None,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 7] =
        [Kind::Role, Kind::WebIdentity, Kind::Sso, Kind::Static, Kind::CredentialProcess, Kind::Login, Kind::None];

    /// The word for it in lists and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Role => "role",
            Kind::WebIdentity => "web-identity",
            Kind::Sso => "sso",
            Kind::Static => "static",
            Kind::CredentialProcess => "credential-process",
            Kind::Login => "login",
            Kind::None => "none",
        }
    }
}

impl Profile {
    /// The value of a property, when it is there and not empty.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.properties.get(key).map(|property| property.value.as_str()).filter(|value| !value.is_empty())
    }

    /// Where a property stands.
    #[must_use]
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.properties.get(key).map(|property| &property.origin)
    }

    /// The kind of identity it leads to.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of(&|key| self.get(key))
    }

    /// The region it names.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.get("region")
    }

    /// The account it leads to, as far as the file tells: of the SSO account, the role, or `aws_account_id`.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        account(&|key| self.get(key))
    }

    /// The role it leads to, as far as the file tells: the SSO role, or the last part of the role's ARN.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        role(&|key| self.get(key))
    }
}

/// What tells the value of a property, when it is there and not empty.
pub type Get<'g, 'p> = &'g dyn Fn(&str) -> Option<&'p str>;

impl Kind {
    /// The kind of identity that these properties lead to.
    #[must_use]
    pub fn of(get: Get<'_, '_>) -> Self {
        let has = |key| get(key).is_some();
        if has("role_arn") && (has("source_profile") || has("credential_source")) {
            Kind::Role
        } else if has("role_arn") && has("web_identity_token_file") {
            Kind::WebIdentity
        } else if has("sso_session") || has("sso_start_url") {
            Kind::Sso
        } else if has("aws_access_key_id") && has("aws_secret_access_key") {
            Kind::Static
        } else if has("credential_process") {
            Kind::CredentialProcess
        } else if has("login_session") {
            Kind::Login
        } else {
            Kind::None
        }
    }
}

/// The account that these properties lead to.
#[must_use]
pub fn account<'p>(get: Get<'_, 'p>) -> Option<&'p str> {
    match Kind::of(get) {
        Kind::Sso => get("sso_account_id"),
        Kind::Role | Kind::WebIdentity => get("role_arn").and_then(account_of_arn),
        _ => None,
    }
    .or_else(|| get("aws_account_id"))
}

/// The role that these properties lead to.
#[must_use]
pub fn role<'p>(get: Get<'_, 'p>) -> Option<&'p str> {
    match Kind::of(get) {
        Kind::Sso => get("sso_role_name"),
        Kind::Role | Kind::WebIdentity => get("role_arn").and_then(role_of_arn),
        _ => None,
    }
}

/// The account in an ARN, `arn:partition:service:region:ACCOUNT:resource`.
#[must_use]
pub fn account_of_arn(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The role in its ARN, without its path.
#[must_use]
pub fn role_of_arn(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    resource.strip_prefix("role/")?.rsplit('/').next().filter(|role| !role.is_empty())
}

/// Whether a property holds a secret, which is never shown.
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    matches!(key, "aws_access_key_id" | "aws_secret_access_key" | "aws_session_token" | "aws_security_token")
        || key.contains("secret")
        || key.contains("password")
}

/// The sub-properties in a value that begins with a newline (`s3 =` and indented lines).
#[must_use]
pub fn sub_properties(value: &str) -> BTreeMap<String, String> {
    let Some(lines) = value.strip_prefix('\n') else { return BTreeMap::new() };
    lines
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(properties: &[(&str, &str)]) -> Profile {
        let origin = Origin { file: "config".into(), line: 1 };
        Profile {
            name: ProfileName::new("p").unwrap(),
            properties: properties
                .iter()
                .map(|(key, value)| {
                    ((*key).to_owned(), Property { value: (*value).to_owned(), origin: origin.clone() })
                })
                .collect(),
            sources: vec![origin],
        }
    }

    #[test]
    fn a_role_with_a_source_wins_over_keys_in_the_same_profile() {
        let keys = [("aws_access_key_id", "A"), ("aws_secret_access_key", "S")];
        let role = [("role_arn", "arn:aws:iam::123456789012:role/team/Deploy"), ("source_profile", "base")];
        let both = profile(&[keys, role].concat());
        assert_eq!((both.kind(), both.account(), both.role()), (Kind::Role, Some("123456789012"), Some("Deploy")));
        assert_eq!(profile(&keys).kind(), Kind::Static);
    }

    #[test]
    fn each_kind_is_told_by_the_keys_that_botocore_looks_for() {
        let role = ("role_arn", "arn:aws:iam::1:role/R");
        for (properties, kind) in [
            (vec![role, ("credential_source", "Environment")], Kind::Role),
            (vec![role, ("web_identity_token_file", "/t")], Kind::WebIdentity),
            (vec![("sso_session", "corp"), ("sso_account_id", "1")], Kind::Sso),
            (vec![("sso_start_url", "https://x")], Kind::Sso),
            (vec![("credential_process", "/bin/x")], Kind::CredentialProcess),
            (vec![("login_session", "arn:aws:iam::1:user/u")], Kind::Login),
            (vec![("aws_access_key_id", "A")], Kind::None),
            (vec![role], Kind::None),
            (vec![("credential_process", "")], Kind::None),
        ] {
            assert_eq!(profile(&properties).kind(), kind, "{properties:?}");
        }
    }

    #[test]
    fn an_account_is_twelve_digits() {
        assert_eq!(account_of_arn("arn:aws:iam::123456789012:role/R"), Some("123456789012"));
        for account in ["", "1", "1234567890123", "12345678901x", "aws"] {
            assert_eq!(account_of_arn(&format!("arn:aws:iam::{account}:role/R")), None, "{account}");
        }
    }

    #[test]
    fn sub_properties_are_read_only_from_a_value_that_begins_with_a_newline() {
        assert_eq!(
            sub_properties("\nA = b=c\nbroken\n = x").into_iter().collect::<Vec<_>>(),
            [("a".to_owned(), "b=c".to_owned())]
        );
        assert!(sub_properties("a = b").is_empty());
    }
}
