//! From an identity to the target: what each managed variable must be, and why.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::binding::Origin;
use super::vars::{MANAGED, Role, Value, VarName};

/// Why a variable is what it is: the rule in words, and the line behind it where there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    /// In words: `` `credenv use prodProfile` ``, or `region of the profile`.
    pub rule: String,
    /// The line that says so.
    pub origin: Option<Origin>,
}

impl Reason {
    /// A reason without a line.
    #[must_use]
    pub fn rule(rule: impl Into<String>) -> Self {
        Self { rule: rule.into(), origin: None }
    }

    /// A reason with the line behind it.
    #[must_use]
    pub fn at(rule: impl Into<String>, origin: &Origin) -> Self {
        Self { rule: rule.into(), origin: Some(origin.clone()) }
    }
}

/// What one variable must be: set to the value, or gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The value; none means that the variable must not be in the environment.
    pub value: Option<Value>,
    /// Why; most variables of a switch share one reason.
    pub reason: Rc<Reason>,
}

/// What the managed variables must be. A variable that is not in it is none of our business.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target(pub BTreeMap<VarName, Wanted>);

/// Text and the reason for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The text.
    pub text: String,
    /// Where it comes from.
    pub reason: Reason,
}

/// A web identity: a token in a file, and the role it assumes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentity {
    /// The absolute path of the token file.
    pub token_file: Chosen,
    /// The role.
    pub role_arn: Chosen,
    /// What the audit log shows.
    pub session_name: Option<Chosen>,
}

/// Keys that stand for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Key id, secret key and session token, each a secret.
    pub access_key_id: Value,
    /// The secret key.
    pub secret_access_key: Value,
    /// The session token of temporary credentials.
    pub session_token: Option<Value>,
    /// When they expire, RFC 3339.
    pub expiration: Option<String>,
}

/// The one identity that is to be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name that every tool looks up for itself.
    pub profile: Option<Chosen>,
    /// Keys instead of a name.
    pub credentials: Option<(Credentials, Reason)>,
    /// A web identity, beside the profile that names it.
    pub web_identity: Option<WebIdentity>,
    /// The region; without one, the region variables are left alone.
    pub region: Option<Chosen>,
    /// Whether the JavaScript SDK v2 is to read the config file, and why.
    pub load_config: Option<Reason>,
}

/// What every managed variable must be for that identity to be the only one in force (docs/how-it-decides.md).
#[must_use]
pub fn of(identity: &Identity, decided_by: &Reason) -> Target {
    let text = |chosen: &Chosen| (Some(Value::new(chosen.text.as_bytes())), Rc::new(chosen.reason.clone()));
    let makes_way =
        Rc::new(Reason { rule: format!("must make way: {}", decided_by.rule), origin: decided_by.origin.clone() });
    let way = || Rc::clone(&makes_way);
    let key = |pick: fn(&Credentials) -> Option<Value>| match &identity.credentials {
        Some((credentials, reason)) => (pick(credentials), Rc::new(reason.clone())),
        None => (None, way()),
    };
    let web = |pick: fn(&WebIdentity) -> Option<&Chosen>| {
        identity.web_identity.as_ref().and_then(pick).map_or_else(|| (None, way()), text)
    };
    let mut target = BTreeMap::new();
    for row in MANAGED {
        let (value, reason) = match row.role {
            Role::Profile => identity.profile.as_ref().map_or_else(|| (None, way()), text),
            Role::Region => match &identity.region {
                Some(region) => text(region),
                None => continue,
            },
            Role::LoadConfig => match &identity.load_config {
                Some(reason) => (Some(Value::new("1")), Rc::new(reason.clone())),
                None => continue,
            },
            Role::AccessKeyId => key(|credentials| Some(credentials.access_key_id.clone())),
            Role::SecretAccessKey => key(|credentials| Some(credentials.secret_access_key.clone())),
            Role::SessionToken => key(|credentials| credentials.session_token.clone()),
            Role::Expiration => {
                key(|credentials| credentials.expiration.as_ref().map(|time| Value::new(time.as_bytes())))
            }
            Role::WebIdentityTokenFile => web(|identity| Some(&identity.token_file)),
            Role::RoleArn => web(|identity| Some(&identity.role_arn)),
            Role::RoleSessionName => web(|identity| identity.session_name.as_ref()),
            Role::Rival => (None, way()),
        };
        target.insert(row.name.clone(), Wanted { value, reason });
    }
    Target(target)
}
