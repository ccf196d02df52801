//! Environments in which the programs come to different identities: made by chance, and a few by hand. Every key says
//! in its own text where it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Home, Random};

/// How many are made by chance.
const MADE: usize = 180;

/// One environment.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    pub(super) name: String,
    config: Option<String>,
    credentials: Option<String>,
    /// The files lie elsewhere, where variables say.
    moved: bool,
    variables: BTreeMap<&'static str, String>,
    /// `provider.profile` and `provider.region` of a Serverless project.
    profile: Option<&'static str>,
    region: Option<&'static str>,
    pub(super) stage: Option<&'static str>,
}

/// The files that profiles lead to: a token, programs, and the tokens of IAM Identity Center (their names are the SHA-1
/// of `corp` and of `https://corp.example/start`).
pub(super) fn furnish(home: Home) -> Home {
    let token = json!({
        "startUrl": "https://corp.example/start",
        "region": "eu-north-1",
        "accessToken": "t",
        "expiresAt": "2099-01-01T00:00:00Z",
    });
    let mut home = home.file("token", "token");
    for name in ["ee0bfd2552fbd840c02cc48b6e823320543c450f", "f7c9b39d0b4c7a7d82c79307585f77e1c5e74378"] {
        home = home.file(format!(".aws/sso/cache/{name}.json"), token.to_string());
    }
    for profile in ["process", "processkeys", "gapprocess", "default"] {
        let keys = json!({ "Version": 1, "AccessKeyId": format!("process:{profile}"), "SecretAccessKey": "x" });
        home = home.file(format!("process-{profile}.json"), keys.to_string());
    }
    home
}

impl Environment {
    /// A home directory that is it.
    pub(super) fn home(&self) -> Home {
        let mut home = furnish(Home::new()).directory("shop");
        let here = home.path("").display().to_string();
        let here = here.trim_end_matches('/');
        let directory = if self.moved { "elsewhere" } else { ".aws" };
        for (file, text) in [("config", &self.config), ("credentials", &self.credentials)] {
            if let Some(text) = text {
                home = home.file(format!("{directory}/{file}"), text.replace("HOME", here));
            }
        }
        if self.has_project() {
            let mut text = "service: shop\nframeworkVersion: '3'\nprovider:\n  name: aws\n".to_owned();
            for (key, value) in [("profile", self.profile), ("region", self.region)] {
                if let Some(value) = value {
                    let _ = writeln!(text, "  {key}: {value}");
                }
            }
            home = home.file("shop/serverless.yml", text);
        }
        for (name, value) in self.all_variables(here) {
            home = home.env(name, value);
        }
        home
    }

    fn all_variables(&self, home: &str) -> Vec<(&'static str, String)> {
        let mut all: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.replace("HOME", home))).collect();
        if self.moved {
            all.push(("AWS_CONFIG_FILE", format!("{home}/elsewhere/config")));
            all.push(("AWS_SHARED_CREDENTIALS_FILE", format!("{home}/elsewhere/credentials")));
        }
        all
    }

    pub(super) fn has_project(&self) -> bool {
        self.profile.is_some() || self.region.is_some()
    }

    /// As the probes take it.
    pub(super) fn as_json(&self, home: &Home) -> Value {
        let path = home.path("").display().to_string();
        let path = path.trim_end_matches('/');
        let variables: BTreeMap<_, _> = self.all_variables(path).into_iter().collect();
        json!({
            "home": path,
            "variables": variables,
            "profile": self.profile,
            "region": self.region,
            "stage": self.stage,
        })
    }

    /// Whether anything names a profile that begins so.
    pub(super) fn asks_for(&self, profile: &str) -> bool {
        let named =
            self.variables.iter().filter(|(name, _)| name.ends_with("_PROFILE")).map(|(_, value)| value.as_str());
        named.chain(self.profile).any(|value| value.starts_with(profile))
    }
}

impl Environment {
    /// Whether the source profiles form a loop, in which the JavaScript SDK v2 runs until the stack is full.
    pub(super) fn goes_round(&self) -> bool {
        let without_keys = self.credentials.is_none() && (self.asks_for("selfrole") || self.asks_for("ring"));
        self.asks_for("loop") || without_keys
    }
}

/// What the version of Go that was asked does not do yet, and its source does now: sessions of IAM Identity Center, to
/// stop at a profile that is not there, to take any container for a source, and to read odd files by the specification.
pub(super) fn is_newer_than_go(environment: &Environment) -> bool {
    let is_missing = environment.variables.get("AWS_PROFILE").is_some_and(|name| {
        let has = |text: &Option<String>, header: String| text.as_ref().is_some_and(|text| text.contains(&header));
        !name.is_empty()
            && !has(&environment.config, format!("[profile {name}]\n"))
            && !has(&environment.credentials, format!("[{name}]\n"))
    });
    is_missing || environment.asks_for("session") || environment.asks_for("ecs") || environment.name.starts_with("odd")
}

/// The profiles, by name: what stands in config, and whether keys stand in credentials.
const PROFILES: &[(&str, &str, bool)] = &[
    ("dev", "region = eu-west-2", true),
    ("plain", "", true),
    ("conf", "region = eu-west-3\naws_access_key_id = profile:conf\naws_secret_access_key = x", false),
    ("role", "region = eu-south-1\nrole_arn = ARN/Deploy\nsource_profile = dev", false),
    ("roleplain", "role_arn = ARN/Deploy\nsource_profile = plain", false),
    ("chain", "role_arn = ARN/Chain\nsource_profile = role", false),
    ("rolekeys", "role_arn = ARN/Deploy\nsource_profile = dev", true),
    ("keyschain", "role_arn = ARN/Chain\nsource_profile = rolekeys", false),
    ("selfrole", "role_arn = ARN/Self\nsource_profile = selfrole", true),
    ("loop", "role_arn = ARN/Loop\nsource_profile = looped", false),
    ("looped", "role_arn = ARN/Looped\nsource_profile = loop", false),
    ("ring", "role_arn = ARN/Ring\nsource_profile = ringed", true),
    ("ringed", "role_arn = ARN/Ringed\nsource_profile = ring", false),
    ("gap", "role_arn = ARN/Gap\nsource_profile = nowhere", false),
    (
        "gapprocess",
        "role_arn = ARN/Gap\nsource_profile = nowhere\ncredential_process = cat HOME/process-gapprocess.json",
        false,
    ),
    ("nothing", "region = ca-west-1", false),
    ("fromnothing", "role_arn = ARN/None\nsource_profile = nothing", false),
    ("alone", "role_arn = ARN/Alone", true),
    ("bare", "role_arn = ARN/Bare", false),
    ("both", "role_arn = ARN/Both\nsource_profile = dev\ncredential_source = Environment", false),
    ("env", "role_arn = ARN/Env\ncredential_source = Environment", false),
    ("ecs", "role_arn = ARN/Ecs\ncredential_source = EcsContainer", false),
    ("ec2", "role_arn = ARN/Ec2\ncredential_source = Ec2InstanceMetadata", false),
    ("fromenv", "role_arn = ARN/FromEnv\nsource_profile = env", false),
    ("badsource", "role_arn = ARN/Bad\ncredential_source = Nonsense", false),
    ("source", "credential_source = Environment", false),
    ("fromsource", "role_arn = ARN/FromSource\nsource_profile = source", false),
    ("mfa", "role_arn = ARN/Mfa\nsource_profile = dev\nmfa_serial = arn:aws:iam::222222222222:mfa/me", false),
    (
        "sso",
        "sso_start_url = https://corp.example/start\nsso_region = eu-north-1\nsso_account_id = 333333333333\nsso_role_name = Admin",
        false,
    ),
    ("ssohalf", "sso_account_id = 333333333333\nsso_role_name = Admin", false),
    (
        "ssokeys",
        "sso_start_url = https://corp.example/start\nsso_region = eu-north-1\nsso_account_id = 333333333333\nsso_role_name = Admin",
        true,
    ),
    ("ssorole", "role_arn = ARN/Sso\nsource_profile = sso", false),
    ("session", "sso_session = corp\nsso_account_id = 444444444444\nsso_role_name = View\nregion = eu-west-2", false),
    ("sessiongap", "sso_session = nowhere\nsso_account_id = 444444444444\nsso_role_name = View", false),
    ("sessionrole", "role_arn = ARN/Session\nsource_profile = session", false),
    ("web", "role_arn = ARN/Web\nweb_identity_token_file = HOME/token", false),
    ("webrole", "role_arn = ARN/WebRole\nsource_profile = web", false),
    ("webgap", "role_arn = ARN/Web\nweb_identity_token_file = HOME/gone", false),
    ("webkeys", "role_arn = ARN/Web\nweb_identity_token_file = HOME/token", true),
    ("webalone", "web_identity_token_file = HOME/token", false),
    ("process", "credential_process = cat HOME/process-process.json", false),
    ("processrole", "role_arn = ARN/Process\nsource_profile = process", false),
    ("processkeys", "credential_process = cat HOME/process-processkeys.json", true),
];

/// Profiles of which only one key stands there.
const HALVES: &str = "[half]\naws_access_key_id = profile:half\n[otherhalf]\naws_secret_access_key = x\n";

const SESSION: &str = "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-north-1\n";

/// What `default` is: its header and lines in config, and whether its keys stand in credentials.
const DEFAULTS: &[(&str, &str, bool)] = &[
    ("keys", "[default]\nregion = eu-west-1\n", true),
    ("none", "", false),
    ("keys in config", "[default]\naws_access_key_id = profile:default\naws_secret_access_key = x\n", false),
    ("keys in credentials alone", "", true),
    ("prefixed", "[profile default]\nregion = eu-west-1\n", true),
    ("twice", "[default]\nregion = sa-east-1\n[profile default]\nregion = eu-west-1\n", true),
    ("role", "[default]\nregion = eu-west-1\nrole_arn = ARN/Default\nsource_profile = dev\n", false),
    (
        "sso",
        "[default]\nsso_start_url = https://corp.example/start\nsso_region = eu-north-1\nsso_account_id = 333333333333\nsso_role_name = Admin\n",
        false,
    ),
    ("process", "[default]\ncredential_process = cat HOME/process-default.json\n", false),
    ("web", "[default]\nrole_arn = ARN/Web\nweb_identity_token_file = HOME/token\n", false),
    ("region", "[default]\nregion = eu-west-1\n", false),
];

const PLACES: &[&str] = &["both files", "both files", "both files", "moved", "no credentials", "no config"];

type Setting = &'static [(&'static str, &'static str)];

const KEYS: &[Setting] = &[
    &[],
    &[],
    &[("AWS_ACCESS_KEY_ID", "keys:AWS"), ("AWS_SECRET_ACCESS_KEY", "x")],
    &[("AWS_ACCESS_KEY_ID", "keys:AWS"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_SESSION_TOKEN", "t")],
    &[("AWS_ACCESS_KEY_ID", "keys:AWS"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_SECURITY_TOKEN", "t")],
    &[("AWS_ACCESS_KEY_ID", "keys:AWS")],
    &[("AWS_SECRET_ACCESS_KEY", "x")],
    &[("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")],
    &[("AMAZON_ACCESS_KEY_ID", "keys:AMAZON"), ("AMAZON_SECRET_ACCESS_KEY", "x")],
];

const WEB: &[Setting] = &[
    &[],
    &[],
    &[],
    &[("AWS_WEB_IDENTITY_TOKEN_FILE", "HOME/token"), ("AWS_ROLE_ARN", "ARN/Stale"), ("AWS_ROLE_SESSION_NAME", "stale")],
    &[("AWS_WEB_IDENTITY_TOKEN_FILE", "HOME/token")],
    &[("AWS_ROLE_ARN", "ARN/Stale")],
    &[("AWS_WEB_IDENTITY_TOKEN_FILE", "HOME/gone"), ("AWS_ROLE_ARN", "ARN/Stale")],
    &[("AWS_WEB_IDENTITY_TOKEN_FILE", ""), ("AWS_ROLE_ARN", "")],
];

const LOAD: &[Setting] = &[
    &[],
    &[("AWS_SDK_LOAD_CONFIG", "1")],
    &[("AWS_SDK_LOAD_CONFIG", "1")],
    &[("AWS_SDK_LOAD_CONFIG", "0")],
    &[("AWS_SDK_LOAD_CONFIG", "")],
];

const REGIONS: &[Setting] = &[
    &[],
    &[],
    &[("AWS_REGION", "us-west-1")],
    &[("AWS_DEFAULT_REGION", "us-west-2")],
    &[("AWS_REGION", "us-west-1"), ("AWS_DEFAULT_REGION", "us-west-2")],
    &[("AWS_REGION", "")],
];

const CONTAINERS: &[Setting] = &[
    &[],
    &[],
    &[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/container")],
    &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/container")],
    &[("AWS_EC2_METADATA_DISABLED", "true")],
];

const STAGES: &[Setting] = &[
    &[],
    &[],
    &[("AWS_PROD_PROFILE", "dev")],
    &[("AWS_DEV_PROFILE", "role")],
    &[("AWS_PROD_ACCESS_KEY_ID", "keys:AWS_PROD"), ("AWS_PROD_SECRET_ACCESS_KEY", "x")],
    &[("AWS_PROD_ACCESS_KEY_ID", "keys:AWS_PROD")],
    &[("AWS_PROD_PROFILE", "missing")],
];

const DEFAULT_PROFILES: &[Option<&str>] =
    &[None, None, None, Some("plain"), Some(""), Some("missing"), Some("sso"), Some("role")];

const PROJECTS: &[Option<&str>] =
    &[None, None, Some("plain"), Some("role"), Some("sso"), Some("missing"), Some("conf"), Some("half")];

/// What is chosen in one environment: an index into each of the lists.
type Choices = [usize; 12];

fn sizes(profiles: usize) -> Choices {
    [
        profiles,
        DEFAULT_PROFILES.len(),
        DEFAULTS.len(),
        PLACES.len(),
        KEYS.len(),
        WEB.len(),
        LOAD.len(),
        REGIONS.len(),
        CONTAINERS.len(),
        STAGES.len(),
        PROJECTS.len(),
        4,
    ]
}

/// All environments: those made by chance are chosen so that as many pairs of settings as can be meet.
pub(super) fn all(seed: u64) -> Vec<Environment> {
    let mut random = Random::new(seed);
    // Unset more often than anything else: then the others matter.
    let mut profiles: Vec<Option<&str>> =
        vec![None, None, None, None, Some(""), Some("missing"), Some("half"), Some("otherhalf")];
    profiles.extend(PROFILES.iter().map(|(name, ..)| Some(*name)));
    let sizes = sizes(profiles.len());
    let mut met: BTreeSet<(usize, usize, usize, usize)> = BTreeSet::new();
    let pairs = |choices: &Choices| {
        let all: Vec<_> = choices.iter().copied().enumerate().collect();
        let pairs = all
            .iter()
            .flat_map(|one| all.iter().filter(|other| other.0 > one.0).map(|other| (one.0, one.1, other.0, other.1)));
        pairs.collect::<Vec<_>>()
    };
    let mut environments = Vec::new();
    for number in 0..MADE {
        let candidate = |random: &mut Random| -> Choices {
            let mut choices = sizes.map(|size| random.below(size));
            choices[0] = number % profiles.len();
            choices
        };
        let best = (0..30)
            .map(|_| candidate(&mut random))
            .max_by_key(|choices| pairs(choices).iter().filter(|pair| !met.contains(*pair)).count())
            .unwrap();
        met.extend(pairs(&best));
        environments.push(make(number, &best, profiles[best[0]]));
    }
    environments.extend(odd());
    environments
}

fn make(number: usize, choices: &Choices, profile: Option<&str>) -> Environment {
    let (default, default_text, default_keys) = DEFAULTS[choices[2]];
    let place = PLACES[choices[3]];
    let mut config = format!("{default_text}{SESSION}");
    let mut credentials = HALVES.to_owned();
    let keys = |name: &str| format!("[{name}]\naws_access_key_id = profile:{name}\naws_secret_access_key = x\n");
    if default_keys {
        credentials.push_str(&keys("default"));
    }
    for (name, lines, has_keys) in PROFILES {
        let _ = writeln!(config, "[profile {name}]\n{lines}");
        if *has_keys {
            credentials.push_str(&keys(name));
        }
    }
    let mut environment = Environment {
        config: (place != "no config").then(|| arns(&config)),
        credentials: (place != "no credentials").then_some(credentials),
        moved: place == "moved",
        profile: PROJECTS[choices[10]],
        region: (choices[11] == 1).then_some("ap-south-1"),
        stage: (choices[11] >= 2).then_some("prod"),
        ..Environment::default()
    };
    let mut name = format!("{number:03} default {default}, {place}");
    for (variable, value) in [("AWS_PROFILE", profile), ("AWS_DEFAULT_PROFILE", DEFAULT_PROFILES[choices[1]])] {
        if let Some(value) = value {
            environment.variables.insert(variable, value.to_owned());
        }
    }
    let settings = [
        KEYS[choices[4]],
        WEB[choices[5]],
        LOAD[choices[6]],
        REGIONS[choices[7]],
        CONTAINERS[choices[8]],
        STAGES[choices[9]],
    ];
    for (variable, value) in settings.into_iter().flatten() {
        environment.variables.insert(variable, arns(value));
    }
    for (variable, value) in &environment.variables {
        let _ = write!(name, ", {variable}={value}");
    }
    for (what, value) in
        [("profile", environment.profile), ("region", environment.region), ("stage", environment.stage)]
    {
        if let Some(value) = value {
            let _ = write!(name, ", {what} {value}");
        }
    }
    environment.name = name;
    environment
}

fn arns(text: &str) -> String {
    text.replace("ARN/", "arn:aws:iam::111111111111:role/")
}

/// Files that the programs read differently.
fn odd() -> Vec<Environment> {
    let keys = |name: &str| format!("aws_access_key_id = profile:{name}\naws_secret_access_key = x\n");
    let cases: Vec<(&str, String, String, &str)> = vec![
        ("comment behind a region", format!("[profile a]\nregion = eu-west-1 # here\n{}", keys("a")), String::new(), "a"),
        ("comment behind a key", "[profile a]\naws_access_key_id = profile:a ; me\naws_secret_access_key = x\n".into(), String::new(), "a"),
        ("comment behind a role", format!("[profile a]\nrole_arn = ARN/A # it\nsource_profile = b\n[profile b]\n{}", keys("b")), String::new(), "a"),
        ("comment behind a source", format!("[profile a]\nrole_arn = ARN/A\nsource_profile = b ; it\n[profile b]\n{}", keys("b")), String::new(), "a"),
        ("quoted name with a blank", format!("[profile \"my account\"]\n{}", keys("my account")), String::new(), "my account"),
        ("quoted name", format!("[profile \"a\"]\n{}", keys("a")), String::new(), "a"),
        ("name with a blank in credentials", String::new(), format!("[my account]\n{}", keys("my account")), "my account"),
        ("Unicode name", format!("[profile konto-ä]\n{}", keys("konto-ä")), String::new(), "konto-ä"),
        ("keys in capitals", "[profile a]\nREGION = eu-west-1\nAWS_ACCESS_KEY_ID = profile:a\nAWS_SECRET_ACCESS_KEY = x\n".into(), String::new(), "a"),
        ("section twice", format!("[profile a]\nregion = eu-west-1\n[profile a]\n{}", keys("a")), String::new(), "a"),
        ("key twice", format!("[profile a]\nregion = eu-west-1\nregion = eu-west-2\n{}", keys("a")), String::new(), "a"),
        ("line without `=`", format!("[profile a]\nnonsense\n{}", keys("a")), String::new(), "a"),
        ("damage in the other file", format!("[profile a]\n{}", keys("a")), "[b]\nnonsense\n".into(), "a"),
        ("byte order mark", format!("\u{feff}[profile a]\n{}", keys("a")), String::new(), "a"),
        ("indented keys", "[profile a]\n  aws_access_key_id = profile:a\n  aws_secret_access_key = x\n".into(), String::new(), "a"),
        ("`profile` in credentials", String::new(), format!("[profile a]\n{}", keys("a")), "a"),
        ("no `profile` in config", format!("[a]\n{}", keys("a")), String::new(), "a"),
        ("two blanks in the header", format!("[profile  a]\n{}", keys("a")), String::new(), "a"),
        ("line ends of Windows", format!("[profile a]\r\n{}", keys("a").replace('\n', "\r\n")), String::new(), "a"),
        ("colon for `=`", "[profile a]\naws_access_key_id : profile:a\naws_secret_access_key : x\n".into(), String::new(), "a"),
        ("sub-properties", format!("[profile a]\ns3 =\n  region = x\nregion = eu-west-1\n{}", keys("a")), String::new(), "a"),
        ("continued value", format!("[profile a]\nregion = eu-west-1\n  more\n{}", keys("a")), String::new(), "a"),
        ("keys in both files", format!("[profile a]\n{}", keys("config")), format!("[a]\n{}", keys("a")), "a"),
        ("one key in each file", "[profile a]\naws_access_key_id = profile:a\n".into(), "[a]\naws_secret_access_key = x\n".into(), "a"),
        ("`DEFAULT`", format!("[DEFAULT]\nregion = eu-west-1\n[profile a]\n{}", keys("a")), String::new(), "a"),
        ("empty section", "[profile a]\n".into(), String::new(), "a"),
        ("empty values", format!("[profile a]\nrole_arn =\nregion =\n{}", keys("a")), String::new(), "a"),
        ("role in credentials", String::new(), format!("[a]\nrole_arn = ARN/A\nsource_profile = b\n[b]\n{}", keys("b")), "a"),
        ("region in both files", "[profile a]\nregion = eu-west-1\n".into(), format!("[a]\nregion = eu-west-2\n{}", keys("a")), "a"),
        ("default of both kinds, the plain one later", "[profile default]\nregion = eu-west-1\n[default]\nregion = eu-west-2\n".into(), format!("[default]\n{}", keys("default")), "default"),
        ("inconsistent session", format!("{SESSION}[profile a]\nsso_session = corp\nsso_region = us-east-1\nsso_account_id = 333333333333\nsso_role_name = Admin\n"), String::new(), "a"),
        ("session without region", "[sso-session bad]\nsso_start_url = https://corp.example/start\n[profile a]\nsso_session = bad\nsso_account_id = 333333333333\nsso_role_name = Admin\n".into(), String::new(), "a"),
    ];
    let mut environments = Vec::new();
    for (what, config, credentials, profile) in cases {
        for load in [false, true] {
            let mut variables: BTreeMap<&'static str, String> = [("AWS_PROFILE", profile.to_owned())].into();
            if load {
                variables.insert("AWS_SDK_LOAD_CONFIG", "1".to_owned());
            }
            environments.push(Environment {
                name: format!("odd: {what}{}", if load { ", AWS_SDK_LOAD_CONFIG" } else { "" }),
                config: Some(arns(&config)),
                credentials: Some(arns(&credentials)),
                variables,
                ..Environment::default()
            });
        }
    }
    let blank = ("AWS_REGION", "eu west-1".to_owned());
    environments.push(Environment {
        name: "odd: blank in AWS_REGION".to_owned(),
        credentials: Some(format!("[default]\n{}", keys("default"))),
        variables: [blank].into(),
        ..Environment::default()
    });
    environments
}
