//! The variables that credenv manages: one table, and the types of a name, a value and an environment.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The variable in which `Undo` travels from one call to the next.
pub const STATE: &str = "CREDENV_STATE";

/// The variable that says who is in force, for a prompt to show; it follows from the others and is kept in no record.
pub const PROMPT: &str = "CREDENV_PROMPT";

/// The name of an environment variable, `[A-Za-z_][A-Za-z0-9_]*`, checked once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarName(Cow<'static, str>);

impl VarName {
    /// Takes a name that every shell can export, or nothing.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        is_name(name).then(|| Self(Cow::Owned(name.to_owned())))
    }

    /// The same, from text that is already owned.
    #[must_use]
    pub fn from_string(name: String) -> Option<Self> {
        is_name(&name).then_some(Self(Cow::Owned(name)))
    }

    /// A name from the table below or of our own.
    ///
    /// # Panics
    /// In a test, when a row of the table is not a name.
    #[must_use]
    pub const fn known(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
        && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

impl fmt::Display for VarName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for VarName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The value of a variable: bytes, as the system has them, and whether they are a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    bytes: Vec<u8>,
    secret: bool,
}

impl Value {
    /// A value that may be shown.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), secret: false }
    }

    /// A value of that variable: secret when the variable holds secrets.
    #[must_use]
    pub fn of(name: &VarName, bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), secret: is_secret(name.as_str()) }
    }

    /// The bytes, for the shell alone.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it must never be shown or stored.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// The value as a person may see it; a secret is masked.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        if self.secret { Cow::Borrowed(MASK) } else { String::from_utf8_lossy(&self.bytes) }
    }
}

/// What stands where a secret would be shown.
pub const MASK: &str = "********";

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`", self.shown())
    }
}

/// The exported variables of a process.
pub type Environment = BTreeMap<VarName, Value>;

/// What a managed variable is for; the rules of `target` speak of roles, never of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Names the profile.
    Profile,
    /// Names the region; the SDKs disagree on which of the two they read (docs/how-it-decides.md), so they go together.
    Region,
    /// Makes the JavaScript SDK v2 read the config file.
    LoadConfig,
    /// The access key id of credentials mode.
    AccessKeyId,
    /// The secret key of credentials mode.
    SecretAccessKey,
    /// The session token of credentials mode.
    SessionToken,
    /// When the keys in the environment expire, RFC 3339; prompts show it.
    Expiration,
    /// Where the web identity token lies.
    WebIdentityTokenFile,
    /// The role that a web identity assumes.
    RoleArn,
    /// The session name that the audit log shows.
    RoleSessionName,
    /// Where an AWS file lies: set only to hide a `[default]` that some programs prefer to a web identity.
    AwsFile,
    /// Masks or contradicts the chosen identity, or makes a prompt show another: always makes way.
    Rival,
    /// Certificates as text, for the programs on the AWS SDK for JavaScript v2.
    Certificates,
    /// Files of certificates, for the same programs.
    CertificateFiles,
    /// The one file that holds all certificates.
    CertificateBundle,
    /// The same for programs that have nothing to do with AWS: only where the person asks for it.
    CertificateBundleOnRequest,
    /// Other certificates, which make way for those that are asked for.
    CertificateRival,
}

/// A row of the table.
#[derive(Debug)]
pub struct Managed {
    /// The variable.
    pub name: VarName,
    /// What it is for.
    pub role: Role,
}

const fn row(name: &'static str, role: Role) -> Managed {
    Managed { name: VarName::known(name), role }
}

/// Every variable that a switch sets or clears. docs/how-it-decides.md tells which program prefers which.
pub static MANAGED: &[Managed] = &[
    row("AWS_PROFILE", Role::Profile),
    row("AWS_REGION", Role::Region),
    row("AWS_DEFAULT_REGION", Role::Region),
    row("AWS_SDK_LOAD_CONFIG", Role::LoadConfig),
    row("AWS_ACCESS_KEY_ID", Role::AccessKeyId),
    row("AWS_SECRET_ACCESS_KEY", Role::SecretAccessKey),
    row("AWS_SESSION_TOKEN", Role::SessionToken),
    row("AWS_SECURITY_TOKEN", Role::Rival),
    row("AWS_CREDENTIAL_EXPIRATION", Role::Expiration),
    row("AWS_SESSION_EXPIRATION", Role::Rival),
    row("AWS_DEFAULT_PROFILE", Role::Rival),
    row("AWS_WEB_IDENTITY_TOKEN_FILE", Role::WebIdentityTokenFile),
    row("AWS_ROLE_ARN", Role::RoleArn),
    row("AWS_ROLE_SESSION_NAME", Role::RoleSessionName),
    row("AWS_CONFIG_FILE", Role::AwsFile),
    row("AWS_SHARED_CREDENTIALS_FILE", Role::AwsFile),
    row("AWS_VAULT", Role::Rival),
    row("AWSUME_PROFILE", Role::Rival),
    row("AWSU_PROFILE", Role::Rival),
    row("AWS_SSO_PROFILE", Role::Rival),
    row("AWS_CA_BUNDLE", Role::CertificateBundle),
    row("NODE_EXTRA_CA_CERTS", Role::CertificateBundle),
    row("REQUESTS_CA_BUNDLE", Role::CertificateBundleOnRequest),
    row("CURL_CA_BUNDLE", Role::CertificateBundleOnRequest),
    row("SSL_CERT_FILE", Role::CertificateBundleOnRequest),
    row("ca", Role::Certificates),
    row("cafile", Role::CertificateFiles),
    row("HTTPS_CA", Role::CertificateRival),
    row("https_ca", Role::CertificateRival),
    row("HTTPS_CAFILE", Role::CertificateRival),
    row("https_cafile", Role::CertificateRival),
];

/// The variables that hold keys, and when they expire.
pub fn keys() -> impl Iterator<Item = &'static VarName> {
    let is_key = |row: &&Managed| {
        matches!(row.role, Role::AccessKeyId | Role::SecretAccessKey | Role::SessionToken | Role::Expiration)
    };
    MANAGED.iter().filter(is_key).map(|row| &row.name)
}
/// The bytes that a name in the table begins with: by it, most names of an environment are passed over at once.
static FIRST_BYTES: [bool; 256] = {
    let mut first = [false; 256];
    let mut at = 0;
    while at < MANAGED.len() {
        if let Cow::Borrowed(name) = &MANAGED[at].name.0 {
            first[name.as_bytes()[0] as usize] = true;
        }
        at += 1;
    }
    first
};

/// Whether a variable of that name is one that we look at: those of AWS, our own, and the rows of the table.
#[must_use]
pub fn concerns_us(name: &[u8]) -> bool {
    let stands_in_the_table = || MANAGED.iter().any(|row| row.name.as_str().as_bytes() == name);
    name.starts_with(b"AWS")
        || name.starts_with(b"CREDENV")
        || (name.first().is_some_and(|first| FIRST_BYTES[usize::from(*first)]) && stands_in_the_table())
}

/// Whether a variable of that name holds something that must never be shown: keys and tokens, also those of a
/// Serverless stage (`AWS_PROD_SECRET_ACCESS_KEY`).
#[must_use]
pub fn is_secret(name: &str) -> bool {
    name.starts_with("AWS")
        && ["_ACCESS_KEY_ID", "_SECRET_ACCESS_KEY", "_SESSION_TOKEN", "_SECURITY_TOKEN"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_name_and_stands_once() {
        let mut names: Vec<_> = MANAGED.iter().map(|row| row.name.as_str()).collect();
        assert!(names.iter().all(|name| is_name(name)));
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn every_variable_of_the_table_concerns_us_and_others_do_not() {
        assert!(MANAGED.iter().all(|row| concerns_us(row.name.as_str().as_bytes())));
        for name in ["AWS_PROD_PROFILE", "AWSU", "CREDENV_STATE"] {
            assert!(concerns_us(name.as_bytes()), "{name}");
        }
        for name in ["", "PATH", "caf", "c", "CURL", "NODE_OPTIONS", "SSL_CERT_DIR", "Ca"] {
            assert!(!concerns_us(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_name_that_a_shell_cannot_export_is_refused() {
        for name in ["", "1A", "A-B", "A B", "Ä", "A=B", "A\n"] {
            assert_eq!(VarName::new(name), None, "{name}");
        }
        assert_eq!(VarName::new("_a1").map(|name| format!("{name} {name:?}")), Some("_a1 _a1".to_owned()));
    }

    #[test]
    fn a_secret_is_hidden_from_debug_and_from_people() {
        let name = VarName::known("AWS_PROD_SECRET_ACCESS_KEY");
        let value = Value::of(&name, "hunter2");
        assert_eq!(format!("{value:?} {}", value.shown()), "`********` ********");
        assert_eq!(format!("{:?}", Value::new("plain")), "`plain`");
    }
}
