//! The AWS CLI itself agrees with what credenv reads, and follows what credenv sets.

use crate::support::{Home, Shell, Story, is_missing, is_required, skip, source};

/// The names as the CLI knows them. Version 1 has no `aws configure list-profiles`; what version 2 prints there is this
/// list of the library that both are made of.
const NAMES: &str = "\
import sys
try:
    import botocore.session
except ImportError:
    sys.exit(9)
names = botocore.session.Session().available_profiles
sys.stdout.buffer.write(''.join(name + '\\n' for name in names).encode())
";

/// Fails unless credenv lists what the CLI lists.
fn agree(home: &Home, what: &str) {
    if is_missing("aws") {
        return;
    }
    let output =
        |program, arguments: &[&str]| home.run(program, arguments).any_stdout().any_stderr().output_if_it_succeeds();
    let names = output("aws", &["configure", "list-profiles"])
        .or_else(|| if is_missing("python3") { None } else { output("python3", &["-c", NAMES]) });
    let Some(names) = names else {
        assert!(!is_required(), "`aws configure list-profiles` is not known, and python3 has no botocore");
        return skip("`aws configure list-profiles` is not known, and python3 has no botocore");
    };
    assert!(!names.is_empty(), "{what}: the CLI sees no profile at all");
    home.credenv(["list"]).stdout(&names).check();
}

#[test]
fn list_prints_what_the_cli_prints() {
    let files = [
        (
            "order and merging",
            "[profile b]\nregion = x\n[default]\n[profile a]\n[profile c]\n",
            "[z]\naws_access_key_id = A\n[a]\n[default]\n[y]\n",
        ),
        (
            "quoted names",
            "[profile \"my account\"]\n[profile 'single quoted']\n[profile it\\'s]\n[profile a\" \"b]\n[profile \
             \"a;b#c\"]\n[profile \"x]y\"]\n[profile  spaced  ]\n[profile\ttabbed]\n",
            "[my account]\naws_access_key_id = A\n",
        ),
        (
            "Unicode names",
            "[profile konto-ä]\n[profile 日本語]\n[profile 😀]\n[profile \"straße 1\"]\n",
            "[münchen]\n[ÄÖ]\n",
        ),
        ("names only in credentials", "[profile one]\n", "[two]\naws_access_key_id = A\n[three-3]\n[f:g/h.i%j@k+l]\n"),
        (
            "what is no profile",
            "[sso-session corp]\nsso_region = x\n[services local]\ns3 =\n  endpoint_url = http://x\n[preview]\nx = \
             y\n[profile]\n[other name]\n[profile two words]\n[profile real]\n",
            "[real]\n",
        ),
        ("only `default`", "[default]\nregion = x\n", ""),
        ("`profile default`", "[profile default]\nregion = x\n[profile b]\n", "[a]\n[default]\n"),
        ("CRLF", "[profile a]\r\nregion = x\r\n[profile b]\r\n", "[c]\r\naws_access_key_id = A\r\n"),
        (
            "comments",
            "# [profile no]\n; [profile no]\n[profile a] # comment\n[profile b] ; comment\n",
            "[c] # comment\n",
        ),
        ("only credentials", "", "[x]\naws_access_key_id = A\n[default]\n"),
        (
            "hostile names",
            "[profile 'a$(touch X)']\n[profile -dash]\n[profile '*']\n[profile '~']\n",
            "[$(touch$IFS)]\n[a`b`]\n[it's]\n[\"q\"]\n",
        ),
    ];
    for (what, config, credentials) in files {
        agree(&Home::new().config(config).credentials(credentials), what);
    }
}

#[test]
fn list_prints_what_the_cli_prints_for_the_examples() {
    let example = |name: &str| source(&format!("examples/aws/{name}"));
    agree(&Home::new().config(example("config")).credentials(example("credentials")), "examples");
}

/// Name, key id and region of each static profile.
const STATIC: [(&str, &str, Option<&str>); 6] = [
    ("default", "AKIADEFAULT0", Some("us-west-1")),
    ("dev", "AKIADEV00001", Some("eu-west-1")),
    ("my keys", "AKIAMYKEYS02", Some("ap-south-1")),
    ("konto-ä", "AKIAKONTO003", Some("sa-east-1")),
    ("only-keys", "AKIAONLY0004", None),
    ("in-config", "AKIACONFIG05", Some("eu-north-1")),
];

fn static_home() -> Home {
    let (mut config, mut credentials) = (Vec::new(), Vec::new());
    for (name, key, region) in STATIC {
        let header = if name == "default" { "[default]".to_owned() } else { format!("[profile \"{name}\"]") };
        let keys = format!("aws_access_key_id = {key}\naws_secret_access_key = secret-of-{key}");
        let region = region.map_or_else(String::new, |region| format!("region = {region}"));
        if name == "in-config" {
            config.extend([header, region, keys]);
        } else {
            if !region.is_empty() {
                config.extend([header, region]);
            }
            credentials.extend([format!("[{name}]"), keys]);
        }
    }
    Home::new().config(config.join("\n")).credentials(credentials.join("\n"))
}

/// The columns of a row of `aws configure list`.
fn row<'t>(table: &'t str, name: &str) -> Vec<&'t str> {
    let row = table.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
    let cells = row.split("  ").flat_map(|cell| cell.split(" : ")).map(|cell| cell.trim_matches([' ', ':']));
    cells.filter(|cell| !cell.is_empty()).collect()
}

/// `aws configure list` under each static profile, chosen in a shell with this environment.
fn follows(home: &Home) {
    if is_missing("aws") {
        return;
    }
    Shell::test("bash", |shell| {
        for (name, key, region) in STATIC {
            let told = Story::new(shell, home)
                .eval(&format!("use '{name}'"))
                .say("aws configure list >list.txt")
                .eval("off")
                .dump("last")
                .play();
            assert_eq!(told.env("last").get("CREDENV_STATE"), None);
            let table = String::from_utf8(home.read("list.txt")).unwrap();
            assert_eq!(row(&table, "profile")[..3], ["profile", name, "env"], "{table}");
            let last_four = &key[key.len() - 4..];
            assert!(row(&table, "access_key")[1].contains(&format!("*{last_four}")), "{table}");
            let expected = region.map_or(["region", "<not set>", "None"], |region| ["region", region, "env"]);
            assert_eq!(row(&table, "region")[..3], expected, "{table}");
        }
    });
}

#[test]
fn the_cli_follows_every_static_profile() {
    follows(&static_home());
}

#[test]
fn the_cli_follows_every_static_profile_where_another_identity_stood_before() {
    let home = static_home()
        .env("AWS_ACCESS_KEY_ID", "AKIAOTHER999")
        .env("AWS_SECRET_ACCESS_KEY", "other-secret")
        .env("AWS_SESSION_TOKEN", "other-token")
        .env("AWS_DEFAULT_PROFILE", "in-config")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token")
        .env("AWS_ROLE_ARN", "arn:aws:iam::999999999999:role/Other")
        .env("AWS_ROLE_SESSION_NAME", "other");
    if is_missing("aws") {
        return;
    }
    let (table, _) = home.run("aws", ["configure", "list"]).any_stdout().check();
    assert!(row(&table, "access_key")[1].contains("*R999"), "the other identity is in force at first: {table}");
    follows(&home);
}
