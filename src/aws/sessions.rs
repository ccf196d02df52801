//! Until when the identity of a profile lasts, as the caches of the AWS CLI and the keys in the file tell it.
//!
//! What programs do at the end was read in botocore 1.44 and AWS CLI 2.9, and tried with them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use sha1_smol::Sha1;

use crate::clock::Moment;
use crate::core::binding::Origin;
use crate::core::finding::{ALL, CLI, Finding, JAVASCRIPT_3, RUST};
use crate::core::profile::{Kind, Profile};
use crate::core::text::as_typed;

/// The largest cache file that is read, in bytes (256 KiB): they hold one token or one set of keys.
pub const SIZE_LIMIT: u64 = 262_144;

/// From here on it is worth a warning, in seconds.
pub const SOON: i64 = 600;

/// The AWS CLI does not use cached keys for their last quarter of an hour.
const CLI_WINDOW: i64 = 15 * 60;

/// A chain of source profiles that is longer is not followed.
const LONGEST_CHAIN: usize = 16;

/// Until when an identity lasts, and what comes then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// When that ends which programs have at hand.
    pub at: Moment,
    /// Programs renew it by themselves when they next need it: the person need do nothing, or it cannot be known when.
    pub renewable: bool,
    /// What ends.
    pub session: Session,
}

/// What can end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Session {
    /// The SSO session of that name, which profiles share.
    Sso(String),
    /// The SSO session of a profile that names no session, but a start page.
    Legacy(String),
    /// The role that this profile assumes with a code.
    Mfa(String),
    /// The role that this profile assumes without anybody's help.
    Role(String),
    /// The keys of a profile in the file, and what writes new ones, where that can be told.
    Keys {
        /// The profile.
        profile: String,
        /// Where it stands until when they last.
        origin: Origin,
        /// The command that writes new ones, but for the name of the profile.
        command: Option<&'static str>,
    },
    /// The keys in the environment, and what puts new ones there, where that can be told.
    Environment(Option<String>),
}

impl Session {
    /// What it is called in a sentence, and whether that is more than one.
    fn called(&self) -> (String, bool) {
        match self {
            Session::Sso(name) => (format!("the SSO session `{name}`"), false),
            Session::Legacy(profile) => (format!("the SSO session of `{profile}`"), false),
            Session::Mfa(profile) | Session::Role(profile) => (format!("the role session of `{profile}`"), false),
            Session::Keys { profile, origin, .. } => (format!("the keys of `{profile}` at {origin}"), true),
            Session::Environment(_) => ("the keys in the environment".to_owned(), true),
        }
    }

    /// The command that renews it, as a person types it.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        match self {
            Session::Sso(name) => Some(format!("aws sso login --sso-session {}", as_typed(name))),
            Session::Legacy(profile) => Some(format!("aws sso login --profile {}", as_typed(profile))),
            // Any command that needs the role asks for the code.
            Session::Mfa(profile) | Session::Role(profile) => {
                Some(format!("aws sts get-caller-identity --profile {}", as_typed(profile)))
            }
            Session::Keys { profile, command, .. } => command.map(|command| format!("{command} {}", as_typed(profile))),
            Session::Environment(command) => command.clone(),
        }
    }

    /// The programs that use it.
    fn affects(&self) -> &'static [&'static str] {
        match self {
            Session::Sso(_) | Session::Legacy(_) => &[CLI, JAVASCRIPT_3, RUST],
            // The others ask for a code each time.
            Session::Mfa(_) | Session::Role(_) => &[CLI],
            Session::Keys { .. } | Session::Environment(_) => ALL,
        }
    }

    /// What is wrong where it is needed, and nobody is logged in.
    #[must_use]
    pub fn finding_of_nobody(&self) -> Finding {
        let remedy = self.remedy().replace("renews it", "signs in");
        Finding::problem(format!("you are not signed in to {}", self.called().0), self.affects(), remedy)
    }

    /// What to do, with the command where there is one.
    fn remedy(&self) -> String {
        match (self.command(), self) {
            (Some(command), Session::Mfa(_)) => format!("`{command}` asks for a code and renews it"),
            (Some(command), _) if self.called().1 => format!("`{command}` gets new ones"),
            (Some(command), _) => format!("`{command}` renews it"),
            (None, _) => "get new ones from where you got these".to_owned(),
        }
    }
}

impl Expiry {
    /// Whether the identity can be used no more before the person did something.
    #[must_use]
    pub fn is_over(&self, now: Moment) -> bool {
        !self.renewable && self.at <= now
    }

    /// Whether that will be so within ten minutes.
    #[must_use]
    pub fn is_near(&self, now: Moment) -> bool {
        !self.renewable && self.at > now && self.at.0.saturating_sub(now.0) < SOON
    }

    /// After how many seconds something is to be said that is not to be said now.
    #[must_use]
    pub fn next_word_in(&self, now: Moment) -> Option<u64> {
        let left = self.at.0.saturating_sub(now.0);
        let more = if left >= SOON { left.saturating_sub(SOON) } else { left };
        // A shell that counts whole seconds may count one too many.
        (!self.renewable && left > 0).then(|| more.unsigned_abs().saturating_add(2))
    }

    /// The moment, for programs: none where what ended is renewed by whatever needs it.
    #[must_use]
    pub fn told(&self, now: Moment) -> Option<String> {
        (!self.renewable || self.at > now).then(|| self.at.to_rfc3339())
    }

    /// A few words: `in 3 h 20 min`, `expired 2 days ago`, `in 40 min, then renewed`, `renewed on use`.
    #[must_use]
    pub fn in_words(&self, now: Moment) -> String {
        match (self.renewable, self.at > now) {
            (false, true) => self.at.seen_from(now),
            (false, false) => format!("expired {}", self.at.seen_from(now)),
            (true, true) => format!("{}, then renewed", self.at.seen_from(now)),
            (true, false) => "renewed on use".to_owned(),
        }
    }

    /// A sentence, with what to do where it is time.
    #[must_use]
    pub fn sentence(&self, now: Moment) -> String {
        let (what, many) = self.session.called();
        let s = if many { "" } else { "s" };
        let seen = self.at.seen_from(now);
        match (self.renewable, self.at > now) {
            (true, true) => format!("{what} end{s} {seen}, and programs renew {}", if many { "them" } else { "it" }),
            (true, false) => format!("{what} ended {seen}, and programs renew {}", if many { "them" } else { "it" }),
            (false, true) if self.is_near(now) => format!("{what} expire{s} {seen}: {}", self.session.remedy()),
            (false, true) => format!("{what} expire{s} {seen}"),
            (false, false) => format!("{what} expired {seen}: {}", self.session.remedy()),
        }
    }

    /// What a shell remembers to have been told: nothing while there is nothing to say.
    #[must_use]
    pub fn mark(&self, now: Moment) -> Option<String> {
        let stage = match (self.is_over(now), self.is_near(now)) {
            (true, _) => "over",
            (_, true) => "near",
            _ => return None,
        };
        Some(format!("{stage} {} {}", self.at.0, self.session.called().0))
    }

    /// What is wrong with it, for the doctor.
    #[must_use]
    pub fn finding(&self, now: Moment) -> Option<Finding> {
        let (what, _) = self.session.called();
        let seen = self.at.seen_from(now);
        let finding = if self.is_over(now) {
            Finding::problem(format!("{what} expired {seen}"), self.session.affects(), self.session.remedy())
        } else if self.is_near(now) {
            Finding::note(format!("{what} will expire {seen}"), self.session.affects(), self.session.remedy())
        } else {
            return None;
        };
        Some(match &self.session {
            Session::Keys { origin, .. } => finding.at(origin),
            Session::Environment(_) => finding.about("AWS_CREDENTIAL_EXPIRATION"),
            _ => finding,
        })
    }
}

/// The files in which the AWS CLI keeps what it was given, each read once.
pub struct Caches<'r> {
    home: Option<&'r Path>,
    read: &'r dyn Fn(&Path) -> Option<Vec<u8>>,
    sso: Known,
    cli: Known,
}

/// The files of one cache that were looked for, by the text whose hash is the name.
type Known = RefCell<BTreeMap<String, (PathBuf, Option<Cached>)>>;

/// What a cache file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cached {
    at: Moment,
    /// Until when it can be renewed without the person.
    renewable_until: Option<Moment>,
}

impl<'r> Caches<'r> {
    /// The caches below that home directory, read by `read`, which tells nothing of a file that is not there.
    #[must_use]
    pub fn new(home: Option<&'r Path>, read: &'r dyn Fn(&Path) -> Option<Vec<u8>>) -> Self {
        Self { home, read, sso: RefCell::default(), cli: RefCell::default() }
    }

    /// The files that were looked for.
    #[must_use]
    pub fn looked_for(&self) -> Vec<PathBuf> {
        let paths = |known: &Known| known.borrow().values().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        [paths(&self.sso), paths(&self.cli)].concat()
    }

    fn of_sso(&self, named: &str) -> Option<Cached> {
        self.cached(&self.sso, "sso", named, token)
    }

    fn of_cli(&self, profile: &Profile) -> Option<Cached> {
        self.cached(&self.cli, "cli", &asked_for(profile)?, credentials)
    }

    fn cached(&self, known: &Known, program: &str, hashed: &str, parse: fn(&[u8]) -> Option<Cached>) -> Option<Cached> {
        if let Some((_, cached)) = known.borrow().get(hashed) {
            return *cached;
        }
        let path = self.home?.join(".aws").join(program).join("cache").join(format!("{}.json", hash(hashed)));
        let cached = (self.read)(&path).and_then(|bytes| parse(&bytes));
        known.borrow_mut().insert(hashed.to_owned(), (path, cached));
        cached
    }
}

/// A token of `aws sso login`. It is renewed with what stands beside it, as long as the registration lasts; how long
/// the session itself lasts is known to the server alone.
fn token(bytes: &[u8]) -> Option<Cached> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Login<'t> {
        #[serde(rename = "accessToken")]
        _access_token: IgnoredAny,
        #[serde(borrow)]
        expires_at: Cow<'t, str>,
        refresh_token: Option<IgnoredAny>,
        client_id: Option<IgnoredAny>,
        client_secret: Option<IgnoredAny>,
        #[serde(borrow)]
        registration_expires_at: Option<Cow<'t, str>>,
    }
    let token: Login<'_> = serde_json::from_slice(bytes).ok()?;
    let renewing = token.refresh_token.and(token.client_id).and(token.client_secret);
    let registration = renewing.and(token.registration_expires_at);
    Some(Cached {
        at: Moment::from_rfc3339(&token.expires_at)?,
        renewable_until: registration.and_then(|moment| Moment::from_rfc3339(&moment)),
    })
}

/// The keys of a role.
fn credentials(bytes: &[u8]) -> Option<Cached> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(rename = "Credentials", borrow)]
        credentials: Credentials<'a>,
    }
    #[derive(Deserialize)]
    struct Credentials<'a> {
        #[serde(rename = "Expiration", borrow)]
        expiration: Cow<'a, str>,
    }
    let answer: Answer<'_> = serde_json::from_slice(bytes).ok()?;
    Some(Cached { at: Moment::from_rfc3339(&answer.credentials.expiration)?, renewable_until: None })
}

/// The name of the file in which the AWS CLI keeps the token of an SSO session, without `.json`: the hash of its name,
/// or of the start page where it has none.
#[must_use]
pub fn sso_cache_name(session_or_start_url: &str) -> String {
    hash(session_or_start_url)
}

/// The name of the file in which the AWS CLI keeps the keys of a role or of an SSO profile, without `.json`: the hash of
/// what is asked for.
#[must_use]
pub fn cli_cache_name(profile: &Profile) -> Option<String> {
    asked_for(profile).map(|text| hash(&text))
}

/// What is asked for, as Python's `json.dumps` writes it.
fn asked_for(profile: &Profile) -> Option<String> {
    let quoted = |key| profile.get(key).map(python_string);
    // Also one that is there and empty.
    let raw = |key| profile.properties.get(key).map(|property| python_string(&property.value));
    match profile.kind() {
        Kind::Role => {
            let duration =
                || profile.get("duration_seconds")?.trim().parse::<i64>().ok().map(|seconds| seconds.to_string());
            let members = [
                ("DurationSeconds", duration()),
                ("ExternalId", raw("external_id")),
                ("RoleArn", quoted("role_arn")),
                ("RoleSessionName", quoted("role_session_name")),
                ("SerialNumber", raw("mfa_serial")),
            ];
            let members = members.into_iter().filter_map(|(key, value)| Some(format!("\"{key}\": {}", value?)));
            Some(format!("{{{}}}", members.collect::<Vec<_>>().join(", ")))
        }
        Kind::Sso => {
            let (account, role) = (quoted("sso_account_id")?, quoted("sso_role_name")?);
            let session = quoted("sso_session").map(|name| format!("\"sessionName\":{name}"));
            let session = session.or_else(|| Some(format!("\"startUrl\":{}", quoted("sso_start_url")?)))?;
            Some(format!("{{\"accountId\":{account},\"roleName\":{role},{session}}}"))
        }
        _ => None,
    }
}

/// A string as Python's `json.dumps` writes it: nothing but printable ASCII.
fn python_string(text: &str) -> String {
    use std::fmt::Write as _;
    let mut quoted = "\"".to_owned();
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            ' '..='~' => quoted.push(char),
            _ => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    write!(quoted, "\\u{unit:04x}").expect("writing to a string does not fail");
                }
            }
        }
    }
    quoted.push('"');
    quoted
}

fn hash(text: &str) -> String {
    Sha1::from(text).digest().to_string()
}

/// How profiles are found by their name.
pub type Find<'f> = dyn Fn(&str) -> Option<Cow<'f, Profile>> + 'f;

/// Until when the identity of a profile lasts; none where it lasts for ever or nothing tells.
#[must_use]
pub fn expiry(profile: &Profile, find: &Find<'_>, caches: &Caches<'_>, now: Moment) -> Option<Expiry> {
    in_chain(profile, find, caches, now, 0)
}

fn in_chain(profile: &Profile, find: &Find<'_>, caches: &Caches<'_>, now: Moment, depth: usize) -> Option<Expiry> {
    match profile.kind() {
        Kind::Sso => sso(profile, caches, now),
        Kind::Static => keys(profile),
        Kind::Role if depth < LONGEST_CHAIN => role(profile, find, caches, now, depth),
        // The rest is got anew by whoever needs it, or it is nowhere told how long it lasts: a session of `aws login` is
        // renewed every quarter of an hour, until the server has enough of it.
        _ => None,
    }
}

fn sso(profile: &Profile, caches: &Caches<'_>, now: Moment) -> Option<Expiry> {
    let (session, named) = sso_session(profile)?;
    let token = caches.of_sso(named)?;
    // Only that of a session is ever renewed.
    let renewable = matches!(session, Session::Sso(_)) && token.renewable_until.is_some_and(|until| until > now);
    Some(Expiry { at: token.at, renewable, session })
}

/// The SSO session of a profile, and the text by which its token is found.
fn sso_session(profile: &Profile) -> Option<(Session, &str)> {
    match (profile.get("sso_session"), profile.get("sso_start_url")) {
        (Some(session), _) => Some((Session::Sso(session.to_owned()), session)),
        (None, Some(page)) => Some((Session::Legacy(profile.name.as_str().to_owned()), page)),
        (None, None) => None,
    }
}

/// The SSO session that a profile needs, itself or at the end of its sources, and into which nobody is logged in.
#[must_use]
pub fn not_begun(profile: &Profile, find: &Find<'_>, caches: &Caches<'_>) -> Option<Session> {
    let mut profile = Cow::Borrowed(profile);
    for _ in 0..LONGEST_CHAIN {
        match profile.kind() {
            Kind::Sso => {
                let (session, named) = sso_session(&profile)?;
                return caches.of_sso(named).is_none().then_some(session);
            }
            Kind::Role => profile = find(profile.get("source_profile")?)?,
            _ => return None,
        }
    }
    None
}

/// A role lasts as long as what it is assumed with. Its own keys are got anew until then, but where that takes a code.
fn role(profile: &Profile, find: &Find<'_>, caches: &Caches<'_>, now: Moment, depth: usize) -> Option<Expiry> {
    let name = profile.name.as_str();
    let source = match profile.get("source_profile") {
        Some(source) if source == name => keys(profile),
        Some(source) => find(source).and_then(|source| in_chain(&source, find, caches, now, depth + 1)),
        None => None,
    };
    let takes_code = profile.properties.contains_key("mfa_serial");
    if let Some(source) = &source
        && (!takes_code || source.is_over(now))
    {
        return Some(source.clone());
    }
    let own = caches.of_cli(profile).and_then(|cached| {
        if !takes_code && let Some(session) = not_begun(profile, find, caches) {
            // Until then the AWS CLI needs no session.
            return (cached.at > now).then_some(Expiry { at: cached.at, renewable: false, session });
        }
        let session = if takes_code { Session::Mfa(name.to_owned()) } else { Session::Role(name.to_owned()) };
        Some(Expiry { at: cached.at, renewable: !takes_code, session })
    });
    match (own, source) {
        (Some(own), Some(source)) if source.renewable || own.at <= source.at => Some(own),
        (own, source) => source.or(own),
    }
}

/// The keys in which it stands until when those of a profile last; what must stand beside them; and the command that
/// writes them anew, where only one program writes so.
const WRITTEN: &[(&str, Option<&str>, Option<&str>)] = &[
    // saml2aws 2.36
    ("x_security_token_expires", Some("x_principal_arn"), Some("saml2aws login --profile")),
    // gimme-aws-creds 2.8
    ("x_security_token_expires", None, None),
    // yawsso 1.4, aws-google-auth 0.0.38
    ("aws_session_expiration", None, None),
    // aws-azure-login 3.6
    ("aws_expiration", None, Some("aws-azure-login --profile")),
    // aws-mfa 0.0.12
    ("expiration", Some("assumed_role"), Some("aws-mfa --profile")),
    ("expiration", None, None),
];

fn keys(profile: &Profile) -> Option<Expiry> {
    WRITTEN.iter().find_map(|(key, beside, command)| {
        let text = profile.get(key)?;
        if beside.is_some_and(|beside| profile.get(beside).is_none()) {
            return None;
        }
        // awsume 4.5 writes the time of the person's clock without its zone, which cannot be told here.
        if profile.get("manager") == Some("awsume") && text.len() <= "2026-11-21 10:00:00".len() {
            return None;
        }
        let session = Session::Keys {
            profile: profile.name.as_str().to_owned(),
            origin: profile.origin(key)?.clone(),
            command: *command,
        };
        Some(Expiry { at: Moment::from_rfc3339(text)?, renewable: false, session })
    })
}

/// Until when the keys in the environment last; `command` puts new ones there.
#[must_use]
pub fn of_environment(expiration: &str, command: Option<String>) -> Option<Expiry> {
    let at = Moment::from_rfc3339(expiration)?;
    Some(Expiry { at, renewable: false, session: Session::Environment(command) })
}

/// Until when the AWS CLI, and it alone, goes on with keys of its own although the session behind them is over.
#[must_use]
pub fn cli_goes_on(profile: &Profile, caches: &Caches<'_>, now: Moment) -> Option<Moment> {
    let until = Moment(caches.of_cli(profile)?.at.0.saturating_sub(CLI_WINDOW));
    (until > now).then_some(until)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::finding::Severity;
    use crate::core::profile::{ProfileName, Property};

    const NOW: Moment = Moment(1_795_255_200);

    fn profile(name: &str, properties: &[(&str, &str)]) -> Profile {
        let origin = Origin { file: "/credentials".into(), line: 3 };
        let property = |(key, value): &(&str, &str)| {
            ((*key).to_owned(), Property { value: (*value).to_owned(), origin: origin.clone() })
        };
        let name = ProfileName::new(name).unwrap();
        Profile { name, properties: properties.iter().map(property).collect(), sources: vec![origin.clone()] }
    }

    fn role<'p>(more: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
        [&[("role_arn", "arn:aws:iam::123456789012:role/R"), ("source_profile", "base")], more].concat()
    }

    const SSO: &[(&str, &str)] = &[("sso_session", "corp"), ("sso_account_id", "1"), ("sso_role_name", "R")];
    const LEGACY: &[(&str, &str)] = &[("sso_start_url", "https://x"), ("sso_account_id", "1"), ("sso_role_name", "R")];
    const KEYS: &[(&str, &str)] = &[("aws_access_key_id", "A"), ("aws_secret_access_key", "S")];

    /// The words for the first of these profiles, with these cache files by their directory and name.
    fn words(profiles: &[Profile], files: &[(&str, String, String)]) -> String {
        let reads = RefCell::new(Vec::new());
        let read = |path: &Path| {
            reads.borrow_mut().push(path.to_owned());
            let of = |(program, name, _): &&(&str, String, String)| {
                path == Path::new(&format!("/home/.aws/{program}/cache/{name}.json"))
            };
            files.iter().find(of).map(|(_, _, text)| text.clone().into_bytes())
        };
        let caches = Caches::new(Some(Path::new("/home")), &read);
        let find = |name: &str| profiles.iter().find(|profile| profile.name.as_str() == name).map(Cow::Borrowed);
        let told = expiry(&profiles[0], &find, &caches, NOW).map_or("nothing".to_owned(), |expiry| {
            let over = if expiry.is_over(NOW) { " !" } else { "" };
            format!("{}{over} {}", expiry.in_words(NOW), expiry.session.command().unwrap_or_default())
        });
        let again = reads.borrow().len();
        let _ = expiry(&profiles[0], &find, &caches, NOW);
        assert_eq!(reads.borrow().len(), again, "each file is read once");
        told
    }

    fn sso_file(name: &str, seconds: i64, more: &str) -> (&'static str, String, String) {
        let at = Moment(NOW.0 + seconds).to_rfc3339();
        ("sso", sso_cache_name(name), format!(r#"{{"accessToken":"t","expiresAt":"{at}"{more}}}"#))
    }

    fn cli_file(profile: &Profile, seconds: i64) -> (&'static str, String, String) {
        let at = Moment(NOW.0 + seconds).to_rfc3339();
        let text = format!(r#"{{"Credentials":{{"SecretAccessKey":"s","Expiration":"{at}"}}}}"#);
        ("cli", cli_cache_name(profile).unwrap(), text)
    }

    fn renewing(seconds: i64) -> String {
        let until = Moment(NOW.0 + seconds).to_rfc3339();
        format!(r#","refreshToken":"r","clientId":"c","clientSecret":"s","registrationExpiresAt":"{until}""#)
    }

    #[test]
    fn an_sso_profile_lasts_as_long_as_its_token_or_the_registration_that_renews_it() {
        let (sso, legacy) = ([profile("p", SSO)], [profile("p q", LEGACY)]);
        let of = |seconds, more: &str| words(&sso, &[sso_file("corp", seconds, more)]);
        assert_eq!(of(12_000, ""), "in 3 h 20 min aws sso login --sso-session corp");
        assert_eq!(of(-7_200, ""), "expired 2 h ago ! aws sso login --sso-session corp");
        assert_eq!(of(0, ""), "expired now ! aws sso login --sso-session corp");
        assert_eq!(of(1_200, &renewing(60)), "in 20 min, then renewed aws sso login --sso-session corp");
        assert_eq!(of(-7_200, &renewing(60)), "renewed on use aws sso login --sso-session corp");
        assert_eq!(of(-7_200, &renewing(0)), "expired 2 h ago ! aws sso login --sso-session corp");
        assert_eq!(of(-7_200, &renewing(-60)), "expired 2 h ago ! aws sso login --sso-session corp");
        let without = renewing(60).replace("refreshToken", "x");
        assert_eq!(of(-7_200, &without), "expired 2 h ago ! aws sso login --sso-session corp");
        // Programs never renew the token of a start page, whatever stands beside it.
        let old = [sso_file("https://x", -7_200, &renewing(60))];
        let login = format!("expired 2 h ago ! aws sso login --profile {}", as_typed("p q"));
        assert_eq!(words(&legacy, &old), login);
        assert_eq!(words(&sso, &[]), "nothing");
        assert_eq!(words(&sso, &old), "nothing");
    }

    #[test]
    fn a_role_lasts_as_long_as_what_it_is_assumed_with_and_with_a_code_no_longer_than_its_own_keys() {
        let (plain, with_code) = (profile("p", &role(&[])), profile("p", &role(&[("mfa_serial", "m")])));
        let of = |role: &Profile, source: &[(&str, &str)], own: Option<i64>, sso: Option<(i64, String)>| {
            let own = own.map(|seconds| cli_file(role, seconds));
            let files: Vec<_> =
                own.into_iter().chain(sso.map(|(seconds, more)| sso_file("corp", seconds, &more))).collect();
            words(&[role.clone(), profile("base", source)], &files)
        };
        let login = "aws sso login --sso-session corp";
        let code = "aws sts get-caller-identity --profile p";
        assert_eq!(of(&plain, KEYS, None, None), "nothing");
        assert_eq!(of(&plain, KEYS, Some(600), None), format!("in 10 min, then renewed {code}"));
        assert_eq!(of(&plain, KEYS, Some(-600), None), format!("renewed on use {code}"));
        assert_eq!(of(&plain, SSO, Some(7_200), Some((-60, String::new()))), format!("expired 1 min ago ! {login}"));
        assert_eq!(of(&plain, SSO, Some(60), Some((3_600, String::new()))), format!("in 1 h {login}"));
        assert_eq!(of(&plain, SSO, None, Some((-60, renewing(60)))), format!("renewed on use {login}"));
        assert_eq!(of(&with_code, KEYS, None, None), "nothing");
        assert_eq!(of(&with_code, KEYS, Some(3_600), None), format!("in 1 h {code}"));
        assert_eq!(of(&with_code, KEYS, Some(-3_600), None), format!("expired 1 h ago ! {code}"));
        assert_eq!(of(&with_code, SSO, Some(60), Some((3_600, String::new()))), format!("in 1 min {code}"));
        assert_eq!(of(&with_code, SSO, Some(7_200), Some((3_600, String::new()))), format!("in 1 h {login}"));
        assert_eq!(of(&with_code, SSO, Some(60), Some((-60, renewing(60)))), format!("in 1 min {code}"));
        assert_eq!(of(&with_code, SSO, Some(60), Some((-60, String::new()))), format!("expired 1 min ago ! {login}"));
        let expiring = [KEYS, &[("aws_expiration", "2026-11-21T09:00:00.000Z")]].concat();
        assert_eq!(of(&plain, &expiring, Some(60), None), "expired 1 h ago ! aws-azure-login --profile base");
        let of_nobody = |own| words(&[plain.clone(), profile("base", SSO)], &[cli_file(&plain, own)]);
        assert_eq!(of_nobody(60), format!("in 1 min {login}"));
        assert_eq!([of_nobody(0), of_nobody(-60)], ["nothing", "nothing"]);
        let own = [&role(&[("aws_expiration", "2026-11-21T09:00:00Z")]), KEYS].concat();
        let own = profile("base", &own);
        assert_eq!(words(&[own], &[]), "expired 1 h ago ! aws-azure-login --profile base");
        assert_eq!(words(&[profile("base", &role(&[]))], &[]), "nothing", "a circle");
        let circle = [
            profile("a", &[("role_arn", "r"), ("source_profile", "base")]),
            profile("base", &[("role_arn", "r"), ("source_profile", "a")]),
        ];
        assert_eq!(words(&circle, &[]), "nothing");
    }

    #[test]
    fn keys_last_as_the_program_says_that_wrote_them() {
        let of = |more: &[(&str, &str)]| words(&[profile("p", &[KEYS, more].concat())], &[]);
        let saml = ("x_security_token_expires", "2026-11-21T12:00:00+01:00");
        assert_eq!(of(&[saml, ("x_principal_arn", "arn")]), "in 1 h saml2aws login --profile p");
        assert_eq!(of(&[saml]), "in 1 h ");
        assert_eq!(of(&[("aws_session_expiration", "2026-11-21T11:00:00+00:00+0000")]), "in 1 h ");
        assert_eq!(of(&[("aws_session_expiration", "2026-11-21T11:00:00+0000")]), "in 1 h ");
        assert_eq!(of(&[("aws_expiration", "2026-11-21T11:00:00.000Z")]), "in 1 h aws-azure-login --profile p");
        let mfa = ("expiration", "2026-11-21 09:00:00");
        assert_eq!(of(&[mfa, ("assumed_role", "False")]), "expired 1 h ago ! aws-mfa --profile p");
        assert_eq!(of(&[mfa, ("manager", "awsume")]), "nothing", "a time of which the zone is not known");
        assert_eq!(of(&[("expiration", "soon")]), "nothing");
        assert_eq!(of(&[]), "nothing");
        assert_eq!(words(&[profile("p", &[("expiration", "2026-11-21T11:00:00Z")])], &[]), "nothing", "it has no keys");
    }

    #[test]
    fn a_word_is_said_when_ten_minutes_are_left_and_when_it_is_over() {
        let of = |seconds| Expiry { at: Moment(NOW.0 + seconds), renewable: false, session: Session::Sso("s".into()) };
        let told = |seconds| {
            let expiry = of(seconds);
            (expiry.is_near(NOW), expiry.is_over(NOW), expiry.next_word_in(NOW), expiry.mark(NOW).is_some())
        };
        assert_eq!(told(601), (false, false, Some(3), false));
        assert_eq!(told(600), (false, false, Some(2), false));
        assert_eq!(told(599), (true, false, Some(601), true));
        assert_eq!(told(1), (true, false, Some(3), true));
        assert_eq!(told(0), (false, true, None, true));
        assert_ne!(of(599).mark(NOW), of(0).mark(NOW));
        let renewed = Expiry { renewable: true, ..of(1) };
        assert_eq!((renewed.next_word_in(NOW), renewed.mark(NOW), renewed.finding(NOW)), (None, None, None));
        let found = |seconds| {
            of(seconds).finding(NOW).map(|finding| (finding.severity, finding.message, finding.remedy, finding.affects))
        };
        let remedy = "`aws sso login --sso-session s` renews it".to_owned();
        let whom = vec![CLI, JAVASCRIPT_3, RUST];
        let message = "the SSO session `s` expired 1 h ago".to_owned();
        assert_eq!(found(-3_600), Some((Severity::Problem, message, remedy.clone(), whom.clone())));
        let message = "the SSO session `s` will expire in 5 min".to_owned();
        assert_eq!(found(300), Some((Severity::Note, message, remedy, whom)));
        assert_eq!(found(3_600), None);
        let nobody = of(0).session.finding_of_nobody();
        assert_eq!(nobody.message, "you are not signed in to the SSO session `s`");
        assert_eq!(nobody.remedy, "`aws sso login --sso-session s` signs in");
        for extreme in [i64::MIN, i64::MAX] {
            let expiry = Expiry { at: Moment(extreme), ..of(0) };
            let _ = (expiry.sentence(NOW), expiry.in_words(NOW), expiry.next_word_in(NOW), expiry.told(NOW));
        }
    }

    #[test]
    fn a_sentence_says_how_long_it_lasts_and_what_to_do_where_it_is_time() {
        let origin = Origin { file: "/credentials".into(), line: 3 };
        let keys = Session::Keys { profile: "p".into(), command: Some("saml2aws login --profile"), origin };
        let told = |session: &Session, seconds, renewable| {
            let expiry = Expiry { at: Moment(NOW.0 + seconds), renewable, session: session.clone() };
            (expiry.sentence(NOW), expiry.told(NOW).is_some())
        };
        let mfa = Session::Mfa("p".into());
        for (session, seconds, renewable, sentence, is_told) in [
            (Session::Sso("s".into()), 3_600, false, "the SSO session `s` expires in 1 h", true),
            (
                Session::Sso("s".into()),
                300,
                false,
                "the SSO session `s` expires in 5 min: `aws sso login --sso-session s` renews it",
                true,
            ),
            (Session::Sso("s".into()), 0, true, "the SSO session `s` ended now, and programs renew it", false),
            (
                Session::Sso("s".into()),
                0,
                false,
                "the SSO session `s` expired now: `aws sso login --sso-session s` renews it",
                true,
            ),
            (Session::Sso("s".into()), 3_600, true, "the SSO session `s` ends in 1 h, and programs renew it", true),
            (Session::Sso("s".into()), -3_600, true, "the SSO session `s` ended 1 h ago, and programs renew it", false),
            (
                keys.clone(),
                300,
                false,
                "the keys of `p` at /credentials:3 expire in 5 min: `saml2aws login --profile p` gets new ones",
                true,
            ),
            (keys.clone(), 3_600, true, "the keys of `p` at /credentials:3 end in 1 h, and programs renew them", true),
            (keys, -3_600, true, "the keys of `p` at /credentials:3 ended 1 h ago, and programs renew them", false),
            (
                mfa,
                -3_600,
                false,
                "the role session of `p` expired 1 h ago: \
                 `aws sts get-caller-identity --profile p` asks for a code and renews it",
                true,
            ),
        ] {
            assert_eq!(told(&session, seconds, renewable), (sentence.to_owned(), is_told));
        }
    }

    /// As Python's `json.dumps` writes it, of which the AWS CLI takes the hash.
    #[test]
    fn what_a_cache_file_is_named_after() {
        assert_eq!(python_string("a~ \"\\\n\r\t\u{8}\u{c}\u{7f}ä😀"), r#""a~ \"\\\n\r\t\b\f\u007f\u00e4\ud83d\ude00""#);
        let told = |properties: &[(&str, &str)]| asked_for(&profile("p", properties));
        let more =
            [("duration_seconds", " 900 "), ("external_id", ""), ("mfa_serial", "m"), ("role_session_name", "s")];
        assert_eq!(
            told(&role(&more)).as_deref(),
            Some(
                "{\"DurationSeconds\": 900, \"ExternalId\": \"\", \"RoleArn\": \"arn:aws:iam::123456789012:role/R\", \
                 \"RoleSessionName\": \"s\", \"SerialNumber\": \"m\"}"
            )
        );
        assert_eq!(told(SSO).as_deref(), Some(r#"{"accountId":"1","roleName":"R","sessionName":"corp"}"#));
        assert_eq!(told(LEGACY).as_deref(), Some(r#"{"accountId":"1","roleName":"R","startUrl":"https://x"}"#));
        assert_eq!(told(KEYS), None);
    }

    #[test]
    fn a_finding_is_about_what_holds_the_end() {
        let found = |session| {
            let finding = Expiry { at: NOW, renewable: false, session }.finding(NOW).unwrap();
            (finding.file, finding.line, finding.variable)
        };
        let origin = Origin { file: "/credentials".into(), line: 3 };
        let keys = Session::Keys { profile: "p".into(), command: None, origin };
        assert_eq!(found(keys), (Some("/credentials".into()), Some(3), None));
        assert_eq!(found(Session::Environment(None)), (None, None, Some("AWS_CREDENTIAL_EXPIRATION".into())));
        assert_eq!(found(Session::Sso("s".into())), (None, None, None));
    }

    #[test]
    fn the_files_that_were_looked_for_are_known_whether_they_are_there_or_not() {
        let (role, base) = (profile("p", &role(&[])), profile("base", SSO));
        let read = |_: &Path| None;
        let caches = Caches::new(Some(Path::new("/home")), &read);
        let _ = expiry(&role, &|_| Some(Cow::Borrowed(&base)), &caches, NOW);
        let path = |program: &str, name: String| PathBuf::from(format!("/home/.aws/{program}/cache/{name}.json"));
        let expected = [path("sso", sso_cache_name("corp")), path("cli", cli_cache_name(&role).unwrap())];
        assert_eq!(caches.looked_for(), expected);
    }

    #[test]
    fn a_chain_is_followed_to_its_end_but_not_for_ever() {
        let chain = |length: usize| {
            let mut profiles: Vec<_> = (0..length)
                .map(|at| {
                    let source = format!("p{}", at + 1);
                    profile(&format!("p{at}"), &[("role_arn", "r"), ("source_profile", &source)])
                })
                .collect();
            profiles.push(profile(&format!("p{length}"), SSO));
            words(&profiles, &[sso_file("corp", 3_600, "")])
        };
        assert_eq!(chain(LONGEST_CHAIN), "in 1 h aws sso login --sso-session corp");
        assert_eq!(chain(LONGEST_CHAIN + 1), "nothing");
    }

    #[test]
    fn the_aws_cli_alone_goes_on_with_its_own_keys_but_for_their_last_quarter_of_an_hour() {
        let of = |profile: &Profile, seconds| {
            let (_, _, text) = cli_file(profile, seconds);
            let read = |_: &Path| Some(text.clone().into_bytes());
            cli_goes_on(profile, &Caches::new(Some(Path::new("/")), &read), NOW).map(|until| until.0 - NOW.0)
        };
        for profile in [profile("p", SSO), profile("p", LEGACY), profile("p", &role(&[]))] {
            assert_eq!([of(&profile, 901), of(&profile, 900), of(&profile, -1)], [Some(1), None, None]);
        }
    }

    proptest! {
        #[test]
        fn no_cache_file_is_too_much(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = (token(&bytes), credentials(&bytes));
        }

        #[test]
        fn of_half_a_cache_file_nothing_is_read(cut in 0usize..300, byte in any::<u8>()) {
            let (_, _, text) = sso_file("corp", 60, &renewing(60));
            let mut bytes = text.into_bytes();
            let at = cut % bytes.len();
            prop_assert_eq!(token(&bytes[..at]), None);
            bytes[at] = byte;
            let _ = token(&bytes);
        }

        #[test]
        fn nesting_and_large_numbers_are_no_harm(depth in 0usize..4_000, digits in 0usize..4_000) {
            let nested = format!("{{\"Credentials\":{}", "[".repeat(depth));
            let number = format!("{{\"accessToken\":{},\"expiresAt\":1}}", "9".repeat(digits));
            prop_assert_eq!((credentials(nested.as_bytes()), token(number.as_bytes())), (None, None));
        }
    }
}
