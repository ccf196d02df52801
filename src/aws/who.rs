//! Which identity each AWS program would use in an environment, and why: each by its own rules, which were read in its
//! source and are held against the program itself (docs/how-it-decides.md).

mod botocore;
mod go;
mod ini;
mod javascript2;
mod javascript3;
mod serverless;

use std::path::{Path, PathBuf};

use self::ini::Item;
use crate::core::binding::{Origin, Said};
use crate::core::profile::account_of_arn;

/// A program, or a library that many are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// AWS CLI v2.
    Cli2,
    /// AWS CLI v1, boto3 and all else on botocore.
    Boto,
    /// The AWS SDK for JavaScript v2.
    JavaScript2,
    /// The AWS SDK for JavaScript v3.
    JavaScript3,
    /// Serverless Framework v3.
    Serverless3,
    /// Serverless Framework v4.
    Serverless4,
    /// Terraform, and all else on the AWS SDK for Go v2.
    Terraform,
}

impl Program {
    /// Its name, short enough for a table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Program::Cli2 => "AWS CLI v2",
            Program::Boto => "AWS CLI v1, boto3",
            Program::JavaScript2 => "JavaScript SDK v2",
            Program::JavaScript3 => "JavaScript SDK v3",
            Program::Serverless3 => "Serverless v3",
            Program::Serverless4 => "Serverless v4",
            Program::Terraform => "Terraform (Go v2)",
        }
    }
}

/// Who a program would be. No key is in it: keys are told by where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The keys in `PREFIX_ACCESS_KEY_ID` and `PREFIX_SECRET_ACCESS_KEY`.
    EnvironmentKeys {
        /// `AWS`, or `AWS_PROD` for a stage of Serverless v3.
        prefix: String,
    },
    /// The keys that stand in a profile.
    Keys {
        /// The profile.
        profile: String,
    },
    /// A role, assumed by another identity.
    Role {
        /// The role.
        arn: String,
        /// Who assumes it.
        source: Box<Identity>,
    },
    /// A role, assumed with the token in a file.
    WebIdentity {
        /// The role.
        arn: String,
    },
    /// IAM Identity Center.
    Sso {
        /// The account.
        account: String,
        /// The role there.
        role: String,
    },
    /// What the program named in a profile prints.
    Process {
        /// The profile.
        profile: String,
    },
    /// A console session, `aws login`.
    Login {
        /// The profile.
        profile: String,
    },
    /// What the container that the program runs in hands out.
    Container,
    /// The role of the machine, of which the program asks the network as a last resort; we do not.
    InstanceMetadata,
}

impl Identity {
    fn role(arn: &str, source: Self) -> Self {
        Self::Role { arn: arn.to_owned(), source: Box::new(source) }
    }

    /// In words.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::EnvironmentKeys { prefix } if prefix == "AWS" => "keys in the environment".to_owned(),
            Self::EnvironmentKeys { prefix } => format!("keys in {prefix}_ACCESS_KEY_ID"),
            Self::Keys { profile } => format!("{profile} (keys)"),
            Self::Role { arn, source } => match &**source {
                Self::Keys { profile } => format!("role {} from {profile}", short(arn)),
                source => format!("role {} from {}", short(arn), source.told()),
            },
            Self::WebIdentity { arn } => format!("web identity for {}", short(arn)),
            Self::Sso { account, role } => format!("sso {account}/{role}"),
            Self::Process { profile } => format!("{profile} (credential_process)"),
            Self::Login { profile } => format!("{profile} (login session)"),
            Self::Container => "role of the container".to_owned(),
            Self::InstanceMetadata => "instance metadata (last resort, not asked)".to_owned(),
        }
    }
}

/// `ACCOUNT/NAME` of a role's ARN; anything else as it is.
fn short(arn: &str) -> String {
    match (account_of_arn(arn), arn.splitn(6, ':').nth(5).and_then(|resource| resource.strip_prefix("role/"))) {
        (Some(account), Some(name)) => format!("{account}/{name}"),
        _ => arn.to_owned(),
    }
}

/// A reason: words, and the line behind them where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// In words.
    pub words: String,
    /// The line.
    pub origin: Option<Origin>,
}

/// A region and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The region; none when the program finds none. Some programs take an empty variable for one.
    pub name: Option<String>,
    /// Why.
    pub why: Why,
}

impl Region {
    fn of_variable(variable: &str, name: String) -> Self {
        let words = match name.as_str() {
            "" => format!("`{variable}` is set and empty, which leads to no endpoint"),
            name => format!("`{variable}` is `{name}`"),
        };
        Self { name: Some(name), why: Why { words, origin: None } }
    }

    /// Fails where no name of a host could be made of it, as some programs insist.
    fn check(&self) -> Result<(), String> {
        let Some(name) = &self.name else { return Ok(()) };
        let is_label = name.chars().all(|char| char.is_ascii_alphanumeric() || char == '-')
            && (1..=63).contains(&name.len())
            && !name.starts_with('-')
            && !name.ends_with('-');
        match name.as_str() {
            "" => Err(self.why.words.clone()),
            _ if !is_label => Err(format!("`{name}` is not a region")),
            _ => Ok(()),
        }
    }

    /// That of a profile, or none for that reason.
    fn of_profile(item: Option<&Item>, none: &str) -> Self {
        let Some(item) = item else { return Self::none(none) };
        let why = Why { words: "that of the profile".to_owned(), origin: Some(item.origin.clone()) };
        Self { name: Some(item.value.clone()), why }
    }

    fn none(words: &str) -> Self {
        Self { name: None, why: Why { words: words.to_owned(), origin: None } }
    }
}

/// What one program would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The program.
    pub program: Program,
    /// Who it would be, or the error it would stop with.
    pub identity: Result<Identity, String>,
    /// How it comes to that, step by step.
    pub why: Vec<Why>,
    /// The region it would talk to.
    pub region: Region,
}

/// What a program may look at; nothing here runs anything or asks the network.
pub trait World {
    /// A variable of the environment; one that is set and empty is `Some("")`.
    fn variable(&self, name: &str) -> Option<String>;
    /// A regular file; one that is not there or cannot be read is `None`.
    fn read(&self, path: &Path) -> Option<Vec<u8>>;
    /// Whether a file can be read.
    fn can_read(&self, path: &Path) -> bool;
    /// The home directory.
    fn home(&self) -> Option<&Path>;
}

/// A Serverless project, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The stage: asked for, or the project's own; `dev` where nothing says.
    pub stage: String,
    /// `provider.profile`, or why it cannot be told.
    pub profile: Result<Option<Said>, Why>,
    /// `provider.region`, or why it cannot be told.
    pub region: Result<Option<Said>, Why>,
}

/// Asks every program in turn.
#[must_use]
pub fn ask(world: &dyn World, service: &Service) -> Vec<Report> {
    let view = View { world };
    vec![
        botocore::ask(view, Program::Cli2),
        botocore::ask(view, Program::Boto),
        javascript2::ask(view),
        javascript3::ask(view),
        serverless::ask_3(view, service),
        serverless::ask_4(view, service),
        go::ask(view),
    ]
}

/// The world, and what every program asks of it.
#[derive(Clone, Copy)]
struct View<'w> {
    world: &'w dyn World,
}

impl View<'_> {
    /// A variable, set and empty or not.
    fn present(self, name: &str) -> Option<String> {
        self.world.variable(name)
    }

    /// A variable that is set and not empty.
    fn set(self, name: &str) -> Option<String> {
        self.present(name).filter(|value| !value.is_empty())
    }

    /// The first of these variables that is set and not empty.
    fn first_set<'n>(self, names: &[&'n str]) -> Option<(&'n str, String)> {
        names.iter().find_map(|name| Some((*name, self.set(name)?)))
    }

    fn below_home(self, path: &str) -> PathBuf {
        self.world.home().unwrap_or(Path::new("/")).join(path)
    }
}

/// The steps that led to an answer.
#[derive(Default)]
struct Trail(Vec<Why>);

impl Trail {
    fn of(words: impl Into<String>) -> Self {
        let mut trail = Self::default();
        trail.step(words);
        trail
    }

    fn step(&mut self, words: impl Into<String>) {
        self.0.push(Why { words: words.into(), origin: None });
    }

    fn step_at(&mut self, words: impl Into<String>, origin: &Origin) {
        self.0.push(Why { words: words.into(), origin: Some(origin.clone()) });
    }
}

const AWS_KEYS: &str = "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are set";
const NO_CREDENTIALS: &str = "finds no credentials";
const METADATA_DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// As many source profiles, and nobody follows them any further.
const CHAIN_LIMIT: usize = 100;

fn in_a_circle(source: &str) -> String {
    format!("the source profiles form a loop at `{source}`")
}

fn no_such_profile(name: &str) -> String {
    format!("the profile `{name}` does not exist")
}

fn unreadable_token(path: &str) -> String {
    format!("cannot read the token file `{path}`")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    /// Two files and some variables.
    #[derive(Debug, Default)]
    struct Made {
        config: Vec<u8>,
        credentials: Vec<u8>,
        variables: BTreeMap<String, String>,
    }

    impl World for Made {
        fn variable(&self, name: &str) -> Option<String> {
            self.variables.get(name).cloned()
        }

        fn read(&self, path: &Path) -> Option<Vec<u8>> {
            let text = match path {
                _ if path == Path::new("/home/.aws/config") => &self.config,
                _ if path == Path::new("/home/.aws/credentials") => &self.credentials,
                _ => return None,
            };
            Some(text.clone())
        }

        fn can_read(&self, path: &Path) -> bool {
            path == Path::new("/token")
        }

        fn home(&self) -> Option<&Path> {
            Some(Path::new("/home"))
        }
    }

    fn made(config: &str, credentials: &str, variables: &[(&str, &str)]) -> Made {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Made { config: config.into(), credentials: credentials.into(), variables }
    }

    fn nothing_asked() -> Service {
        Service { stage: "dev".to_owned(), profile: Ok(None), region: Ok(None) }
    }

    /// What each program would be, in words.
    fn told(world: &Made) -> Vec<String> {
        let reports = ask(world, &nothing_asked());
        reports.iter().map(|report| report.identity.as_ref().map_or_else(Clone::clone, Identity::told)).collect()
    }

    #[test]
    fn a_region_is_a_part_of_the_name_of_a_host() {
        let check = |name: &str| Region::of_variable("R", name.to_owned()).check();
        let longest = "a".repeat(63);
        for name in ["eu-west-1", "a", &longest] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for name in ["-a", "a-", "a_b", "a.b", "ä", &format!("{longest}a")] {
            assert_eq!(check(name), Err(format!("`{name}` is not a region")));
        }
        assert_eq!(check(""), Err("`R` is set and empty, which leads to no endpoint".to_owned()));
        assert_eq!(Region { name: None, ..Region::of_variable("R", String::new()) }.check(), Ok(()));
    }

    #[test]
    fn what_stops_a_program_is_named() {
        let profile =
            |config: &str| made(config, "", &[("AWS_PROFILE", "a"), ("AWS_SDK_LOAD_CONFIG", "1"), ("AWS_REGION", "r")]);
        let circle =
            "[profile a]\nrole_arn = arn\nsource_profile = b\n[profile b]\nrole_arn = arn\nsource_profile = a\n";
        assert_eq!(told(&profile(circle))[0], "the source profiles form a loop at `a`");
        let token = "[profile a]\nrole_arn = arn\nweb_identity_token_file = /gone\n";
        assert_eq!(told(&profile(token))[0], "cannot read the token file `/gone`");
    }

    /// In the order of the rows; what stops a program by its words.
    #[test]
    fn each_program_follows_sources_by_its_own_rules() {
        let role = "role_arn = arn\nsource_profile =";
        let keys = "aws_access_key_id = A\naws_secret_access_key = S\n";
        let chain = |length: usize| {
            let links =
                (1..length).fold(String::new(), |text, at| text + &format!("[profile p{at}]\n{role} p{}\n", at + 1));
            format!("[profile a]\n{role} p1\n{links}[profile p{length}]\n{keys}")
        };
        for (config, expected) in [
            (
                format!("[profile a]\n{role} a\naws_access_key_id = A\n"),
                "`a` has no `aws_secr | `a` has no `aws_secr | instance metadata (l | instance metadata (l | \
                 the source profiles  | instance metadata (l | `a` has only one of ",
            ),
            (
                format!("[profile a]\n{role} a\n"),
                "the source profiles  | the source profiles  | instance metadata (l | instance metadata (l | \
                 the source profiles  | instance metadata (l | the source profile `",
            ),
            (
                format!("[profile a]\n{role} b\n{keys}[profile b]\n{role} a\n"),
                "the source profiles  | the source profiles  | role arn from role a | role arn from role a | \
                 role arn from role a | role arn from role a | role arn from role a",
            ),
            (
                "[profile a]\nrole_arn = arn\ncredential_source = Environment\n".to_owned(),
                "the `credential_sour | the `credential_sour | instance metadata (l | instance metadata (l | \
                 `a` is not a profile | instance metadata (l | the `credential_sour",
            ),
            (
                "[profile a]\nrole_arn = arn\ncredential_source = EcsContainer\n".to_owned(),
                "the `credential_sour | the `credential_sour | instance metadata (l | instance metadata (l | \
                 `a` is not a profile | instance metadata (l | the `credential_sour",
            ),
            (
                "[profile a]\nsso_account_id = 1\n".to_owned(),
                "`a` has no `sso_role | `a` has no `sso_role | instance metadata (l | `a` has no `sso_star | \
                 `a` is not a profile | `a` has no `sso_star | `a` has no `sso_regi",
            ),
            (
                "[profile a]\nsso_role_name = R\nsso_start_url = u\n".to_owned(),
                "`a` has no `sso_acco | `a` has no `sso_acco | instance metadata (l | `a` has no `sso_acco | \
                 `a` is not a profile | `a` has no `sso_acco | `a` has no `sso_regi",
            ),
            (
                format!("[profile a]\n{role} b\n[profile b]\naws_secret_access_key = S\n"),
                "the source profile ` | the source profile ` | instance metadata (l | instance metadata (l | \
                 the source profile ` | instance metadata (l | `b` has only one of ",
            ),
            (
                chain(100),
                "role arn from role a | role arn from role a | role arn from role a | role arn from role a | \
                 role arn from role a | role arn from role a | role arn from role a",
            ),
            (
                chain(101),
                "the source profiles  | the source profiles  | role arn from role a | role arn from role a | \
                 role arn from role a | role arn from role a | role arn from role a",
            ),
        ] {
            let variables = [("AWS_PROFILE", "a"), ("AWS_SDK_LOAD_CONFIG", "1"), ("AWS_REGION", "r")];
            let told = told(&made(&config, "", &variables));
            let begins: Vec<String> = told.iter().map(|words| words.chars().take(20).collect()).collect();
            assert_eq!(begins.join(" | "), expected, "{config}");
        }
    }

    /// The steps by which a program came to its answer, in words.
    fn way(world: &Made, row: usize) -> Vec<String> {
        ask(world, &nothing_asked()).swap_remove(row).why.into_iter().map(|why| why.words).collect()
    }

    #[test]
    fn a_chain_of_source_profiles_is_so_long_and_no_longer_and_a_loop_is_named_where_it_closes() {
        let role = "role_arn = arn\nsource_profile =";
        let variables = [("AWS_PROFILE", "a"), ("AWS_SDK_LOAD_CONFIG", "1"), ("AWS_REGION", "r")];
        let chain = |length: usize| {
            let links =
                (1..length).fold(String::new(), |text, at| text + &format!("[profile p{at}]\n{role} p{}\n", at + 1));
            let keys = "aws_access_key_id = A\naws_secret_access_key = S\n";
            made(&format!("[profile a]\n{role} p1\n{links}[profile p{length}]\n{keys}"), "", &variables)
        };
        // Serverless 3 is told by the rules of the SDK for JavaScript v2.
        assert!(told(&chain(102))[4].starts_with("role arn from "), "{}", told(&chain(102))[4]);
        assert_eq!(told(&chain(103))[4], "the source profiles form a loop at `p102`");
        let circle = format!("[profile a]\n{role} b\n[profile b]\n{role} c\n[profile c]\n{role} b\n");
        let world = made(&circle, "", &variables);
        assert_eq!(told(&world)[4], "the source profiles form a loop at `b`");
        let elsewhere = "the source profiles form a loop at `b`; it looks elsewhere";
        assert_eq!(
            way(&world, 3).iter().filter(|step| step.ends_with("it looks elsewhere")).collect::<Vec<_>>(),
            [elsewhere]
        );
    }

    #[test]
    fn javascript_3_looks_into_a_credential_source_and_says_that_it_is_empty() {
        let world = |source: &str, variables: &[(&str, &str)]| {
            let config = format!("[profile a]\nrole_arn = arn\ncredential_source = {source}\n");
            made(&config, "", &[&[("AWS_PROFILE", "a"), ("AWS_REGION", "r")], variables].concat())
        };
        for source in ["Environment", "EcsContainer"] {
            let elsewhere = format!("the `credential_source` {source} has no credentials; it looks elsewhere");
            assert!(way(&world(source, &[]), 3).contains(&elsewhere), "{:?}", way(&world(source, &[]), 3));
        }
        let keys = [("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "S")];
        assert_eq!(told(&world("Environment", &keys))[3], "role arn from keys in the environment");
        let container = [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x")];
        assert!(told(&world("EcsContainer", &container))[3].starts_with("role arn from "));
    }

    #[test]
    fn half_of_what_it_takes_is_not_enough() {
        let variables = [("AWS_PROFILE", "a"), ("AWS_SDK_LOAD_CONFIG", "1"), ("AWS_REGION", "r")];
        let told = |config: &str| told(&made(config, "", &variables));
        // The SDK for JavaScript v2.
        let sso = "[profile a]\nsso_account_id = 1\nsso_role_name = R\n";
        assert!(told(&format!("{sso}sso_start_url = u\nsso_region = r\n"))[2].starts_with("sso 1/R"));
        for half in ["sso_start_url = u\n", "sso_region = r\n"] {
            assert!(told(&format!("{sso}{half}"))[2].starts_with("instance metadata"), "{half}");
        }
        // The SDK for Go.
        let source = "[profile a]\nrole_arn = arn\nsource_profile = b\n[profile b]\n";
        for half in
            ["aws_access_key_id = A\naws_secret_access_key =\n", "aws_access_key_id =\naws_secret_access_key = S\n"]
        {
            assert_eq!(told(&format!("{source}{half}"))[6], "the source profile `b` has no credentials", "{half}");
        }
        let session = "[profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = R\nsso_region = r\n\
                       [sso-session s]\nsso_start_url = u\nsso_region =";
        assert!(told(&format!("{session} r\n"))[6].starts_with("sso 1/R"), "{}", told(&format!("{session} r\n"))[6]);
        assert_eq!(told(&format!("{session} other\n"))[6], "`sso_region` of `a` is not that of its session");
    }

    #[test]
    fn serverless_goes_to_a_region_of_its_own_where_none_is_named() {
        let reports = ask(&made("", "", &[]), &nothing_asked());
        assert_eq!(reports[4].region.name.as_deref(), Some("us-east-1"));
    }

    #[test]
    fn a_source_profile_does_not_come_from_the_environment() {
        let config = "[profile a]\nrole_arn = arn\nsource_profile = b\n\
                      [profile b]\nrole_arn = arn:aws:iam::1:role/R\nweb_identity_token_file = /token\n";
        let world =
            made(config, "", &[("AWS_PROFILE", "a"), ("AWS_REGION", "r"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/gone")]);
        let way = way(&world, 0);
        assert!(way.contains(&"`web_identity_token_file` of `b`".to_owned()), "{way:?}");
        assert!(!way.contains(&"`AWS_WEB_IDENTITY_TOKEN_FILE` is set".to_owned()), "{way:?}");
    }

    #[test]
    fn the_name_of_a_file_may_hold_variables_to_botocore() {
        for name in ["$D_1/config", "${D_1}/config", "/home/$E.aws/config", "/home/.aws/con${F}ig"] {
            let variables =
                [("AWS_CONFIG_FILE", name), ("D_1", "/home/.aws"), ("E", ""), ("F", "f"), ("AWS_PROFILE", "a")];
            let config = "[profile a]\naws_access_key_id = A\naws_secret_access_key = S\n";
            assert_eq!(told(&made(config, "", &variables))[0], "a (keys)", "{name}");
        }
        for name in ["$GONE/config", "$/config", "${D_1/config"] {
            let variables = [("AWS_CONFIG_FILE", name), ("D_1", "/home/.aws"), ("AWS_PROFILE", "a")];
            assert_eq!(told(&made("[profile a]\n", "", &variables))[0], "the profile `a` does not exist", "{name}");
        }
    }

    #[test]
    fn an_identity_is_told_in_words() {
        let keys = |prefix: &str| Identity::EnvironmentKeys { prefix: prefix.to_owned() }.told();
        assert_eq!(keys("AWS"), "keys in the environment");
        assert_eq!(keys("AWS_PROD"), "keys in AWS_PROD_ACCESS_KEY_ID");
        let role = |arn, source| Identity::role(arn, source).told();
        let arn = "arn:aws:iam::123456789012:role/team/Deploy";
        assert_eq!(role(arn, Identity::Container), "role 123456789012/team/Deploy from role of the container");
        assert_eq!(role("x", Identity::Keys { profile: "base".to_owned() }), "role x from base");
    }

    #[test]
    fn keys_in_the_environment_go_before_the_profile_in_some_and_behind_it_in_others() {
        let keys = "[dev]\naws_access_key_id = A\naws_secret_access_key = S\n";
        let variables = [("AWS_PROFILE", "dev"), ("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "S")];
        let (environment, profile) = ("keys in the environment", "dev (keys)");
        assert_eq!(
            told(&made("", keys, &variables)),
            [environment, environment, environment, profile, profile, profile, environment]
        );
    }

    #[test]
    fn a_profile_that_is_missing_stops_some_and_leads_others_to_the_machine_itself() {
        let machine = "instance metadata (last resort, not asked)";
        let missing = "the profile `gone` does not exist";
        assert_eq!(
            told(&made("", "", &[("AWS_PROFILE", "gone")])),
            [missing, missing, machine, machine, "`gone` is not a profile that it can use", machine, missing]
        );
    }

    #[test]
    fn a_chain_of_any_length_comes_to_an_end() {
        let link = |number| format!("[profile p{number}]\nrole_arn = arn\nsource_profile = p{}\n", number + 1);
        let config = (0..5_000).map(link).collect::<Vec<_>>().concat();
        let world = made(&config, "", &[("AWS_PROFILE", "p0"), ("AWS_SDK_LOAD_CONFIG", "1"), ("AWS_REGION", "r")]);
        assert_eq!(ask(&world, &nothing_asked()).len(), 7);
    }

    /// Text that is likely to mean something to one of the readers.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let pieces: &[&str] = &[
            "[profile a]",
            "[a]",
            "[default]",
            "[profile \"a\"]",
            "[sso-session a]",
            "[DEFAULT]",
            "[",
            "]",
            "role_arn = ",
            "source_profile = a",
            "credential_source = Environment",
            "\naws_access_key_id = hunter2\n",
            "\naws_secret_access_key = hunter2\n",
            "web_identity_token_file = /token",
            "sso_session = a",
            "sso_region = r",
            "sso_account_id = 1",
            "sso_role_name = R",
            "credential_process = x",
            "region = r",
            "key",
            "=",
            ":",
            " ",
            "\n",
            "\n",
            "\n",
            "\r\n",
            "\r",
            "\n ",
            "\t",
            "#",
            " ;",
            "\0",
            "\u{feff}",
            "\"",
            "'",
            "\\",
            "ä",
        ];
        let piece = prop::sample::select(pieces.to_vec());
        let text = prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes());
        (text, prop::option::of(any::<u8>())).prop_map(|(mut text, more)| {
            text.extend(more);
            text
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn every_program_comes_to_an_answer_and_no_key_is_in_it(
            config in text(),
            credentials in text(),
            set in prop::collection::btree_map(
                prop::sample::select(vec![
                    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_REGION",
                    "AWS_SDK_LOAD_CONFIG", "AWS_DEV_PROFILE",
                ]),
                prop::sample::select(vec!["", "a", "default", "/token", "ä b"]),
                0..5,
            ),
            keys in any::<bool>(),
        ) {
            let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            let mut variables: BTreeMap<String, String> = set.into_iter().map(owned).collect();
            if keys {
                variables.extend([("AWS_ACCESS_KEY_ID", "hunter2"), ("AWS_SECRET_ACCESS_KEY", "hunter2")].map(owned));
            }
            let world = Made { config, credentials, variables };
            let reports = ask(&world, &nothing_asked());
            prop_assert_eq!(reports.len(), 7);
            let shown = format!("{reports:?}");
            prop_assert!(!shown.contains("hunter2"), "{}", shown);
        }
    }
}
