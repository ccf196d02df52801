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

/// What the variables of one Serverless stage must be. In Serverless v3 `AWS_<STAGE>_PROFILE` and
/// `AWS_<STAGE>_ACCESS_KEY_ID` win over `AWS_PROFILE`, which itself wins over what the file says for the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageProfile {
    /// The stage.
    pub stage: String,
    /// Its profile; none where no variable may speak for the stage.
    pub profile: Option<Chosen>,
}

/// The name that the variables of a stage begin with, `AWS_PROD_`; none where no shell could export such a name.
#[must_use]
pub fn stage_prefix(stage: &str) -> Option<String> {
    let prefix = format!("AWS_{}_", stage.to_uppercase());
    (!stage.is_empty() && VarName::new(&prefix).is_some()).then_some(prefix)
}

/// What of a stage besides its profile would speak for it.
const STAGE_KEYS: [&str; 3] = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"];

/// Adds the variables of these stages to a target.
pub fn add_stages(target: &mut Target, stages: &[StageProfile], decided_by: &Reason) {
    let makes_way = Rc::new(making_way(decided_by));
    for StageProfile { stage, profile } in stages {
        let Some(prefix) = stage_prefix(stage) else { continue };
        let name = |last: &str| VarName::from_string(format!("{prefix}{last}")).filter(|name| !is_managed(name));
        if let Some(name) = name("PROFILE") {
            let wanted = match profile {
                Some(chosen) => {
                    Wanted { value: Some(Value::new(chosen.text.as_bytes())), reason: Rc::new(chosen.reason.clone()) }
                }
                None => Wanted { value: None, reason: Rc::clone(&makes_way) },
            };
            target.0.insert(name, wanted);
        }
        for name in STAGE_KEYS.into_iter().filter_map(name) {
            target.0.insert(name, Wanted { value: None, reason: Rc::clone(&makes_way) });
        }
    }
}

/// A stage called `default` or `sso` must not reach into the table.
fn is_managed(name: &VarName) -> bool {
    MANAGED.iter().any(|row| row.name == *name)
}

/// The region alone, where a place asks for nothing else.
#[must_use]
pub fn of_region(region: &Chosen) -> Target {
    let rows = MANAGED.iter().filter(|row| row.role == Role::Region);
    let wanted = Wanted { value: Some(Value::new(region.text.as_bytes())), reason: Rc::new(region.reason.clone()) };
    Target(rows.map(|row| (row.name.clone(), wanted.clone())).collect())
}

/// Certificates that programs are to trust, as variables hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    /// Those that were given as text.
    pub texts: Option<(Value, Rc<Reason>)>,
    /// The files.
    pub files: Option<(Value, Rc<Reason>)>,
    /// The one file that holds all of them.
    pub bundle: (Value, Rc<Reason>),
    /// The variables that hold it besides, because the person asks for it.
    pub also: Vec<VarName>,
}

/// Adds these certificates to a target. What would speak of others makes way: Serverless v3 puts `ca` and `cafile`
/// together, and takes `HTTPS_CA` for `ca`.
pub fn add_certificates(target: &mut Target, certificates: &Certificates, decided_by: &Reason) {
    let makes_way = Rc::new(making_way(decided_by));
    let or_way = |given: &Option<(Value, Rc<Reason>)>| match given {
        Some((value, reason)) => (Some(value.clone()), Rc::clone(reason)),
        None => (None, Rc::clone(&makes_way)),
    };
    let bundle = || (Some(certificates.bundle.0.clone()), Rc::clone(&certificates.bundle.1));
    for row in MANAGED {
        let (value, reason) = match row.role {
            Role::Certificates => or_way(&certificates.texts),
            Role::CertificateFiles => or_way(&certificates.files),
            Role::CertificateBundle => bundle(),
            Role::CertificateBundleOnRequest if certificates.also.contains(&row.name) => bundle(),
            Role::CertificateRival => or_way(&None),
            _ => continue,
        };
        target.0.insert(row.name.clone(), Wanted { value, reason });
    }
}

fn making_way(decided_by: &Reason) -> Reason {
    Reason { rule: format!("makes way for: {}", decided_by.rule), origin: decided_by.origin.clone() }
}

/// The one identity that is to be in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// The file that the AWS files are replaced by, empty, and why; without one, they stay where they are.
    pub hides_files: Option<Chosen>,
}

/// What every managed variable must be for that identity to be the only one in force (docs/how-it-decides.md).
#[must_use]
pub fn of(identity: &Identity, decided_by: &Reason) -> Target {
    let text = |chosen: &Chosen| (Some(Value::new(chosen.text.as_bytes())), Rc::new(chosen.reason.clone()));
    let makes_way = Rc::new(making_way(decided_by));
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
            Role::AwsFile => match &identity.hides_files {
                Some(empty) => text(empty),
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
            // They are left alone, or come with `add_certificates`.
            Role::Certificates
            | Role::CertificateFiles
            | Role::CertificateBundle
            | Role::CertificateBundleOnRequest
            | Role::CertificateRival => continue,
        };
        target.insert(row.name.clone(), Wanted { value, reason });
    }
    Target(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(stage: &str, profile: Option<&str>) -> StageProfile {
        let chosen = |text: &str| Chosen { text: text.to_owned(), reason: Reason::default() };
        StageProfile { stage: stage.to_owned(), profile: profile.map(chosen) }
    }

    fn shown(target: &Target) -> Vec<String> {
        let value =
            |wanted: &Wanted| wanted.value.as_ref().map_or("gone".to_owned(), |value| value.shown().into_owned());
        target.0.iter().map(|(name, wanted)| format!("{name}={}", value(wanted))).collect()
    }

    #[test]
    fn a_stage_speaks_through_its_profile_and_its_keys_make_way() {
        let mut target = Target::default();
        add_stages(&mut target, &[stage("prod", Some("prodProfile"))], &Reason::default());
        assert_eq!(
            shown(&target),
            [
                "AWS_PROD_ACCESS_KEY_ID=gone",
                "AWS_PROD_PROFILE=prodProfile",
                "AWS_PROD_SECRET_ACCESS_KEY=gone",
                "AWS_PROD_SESSION_TOKEN=gone"
            ]
        );
    }

    #[test]
    fn certificates_are_set_with_what_holds_them_and_others_make_way() {
        let given = |text: &str| (Value::new(text), Rc::default());
        let mut certificates =
            Certificates { texts: None, files: Some(given("/a")), bundle: given("/all"), also: Vec::new() };
        let mut target = Target::default();
        add_certificates(&mut target, &certificates, &Reason::default());
        let rivals = ["HTTPS_CA=gone", "HTTPS_CAFILE=gone"];
        let lower = ["https_ca=gone", "https_cafile=gone"];
        let both = ["AWS_CA_BUNDLE=/all", "NODE_EXTRA_CA_CERTS=/all"];
        assert_eq!(
            shown(&target),
            [&both[..1], &rivals[..], &both[1..], &["ca=gone", "cafile=/a"], &lower[..]].concat()
        );
        certificates = Certificates {
            texts: Some(given("text")),
            files: None,
            also: vec![VarName::known("SSL_CERT_FILE")],
            ..certificates
        };
        let mut target = Target::default();
        add_certificates(&mut target, &certificates, &Reason::default());
        let also = ["SSL_CERT_FILE=/all", "ca=text", "cafile=gone"];
        assert_eq!(shown(&target), [&both[..1], &rivals[..], &both[1..], &also[..], &lower[..]].concat());
    }

    #[test]
    fn without_certificates_their_variables_are_left_alone() {
        let target = of(&Identity::default(), &Reason::default());
        assert!(!shown(&target).iter().any(|line| line.to_lowercase().contains("ca")));
    }

    #[test]
    fn a_stage_whose_name_no_shell_can_export_or_that_the_table_has_is_left_out() {
        let mut target = Target::default();
        add_stages(&mut target, &[stage("my-stage", Some("p")), stage("", Some("p"))], &Reason::default());
        assert_eq!(shown(&target), Vec::<String>::new());
        add_stages(&mut target, &[stage("default", Some("p"))], &Reason::default());
        assert!(!shown(&target).iter().any(|line| line.starts_with("AWS_DEFAULT_PROFILE")));
    }
}
