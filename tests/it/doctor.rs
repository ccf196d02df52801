//! What the doctor tells, to the byte.

mod environment;
mod files;
mod hook;
mod programs;
mod project;

use serde_json::Value as Json;

use crate::support::{Home, Random, is_missing, is_required, seed_from_environment, skip};

const GOOD_CONFIG: &str = "[profile dev]\nregion = eu-west-1\n";
const GOOD_CREDENTIALS: &str = "[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hunter2\n";

/// A home in which no program is found, so that the machine's own play no part.
fn sealed() -> Home {
    Home::new().env("PATH", "/nowhere")
}

fn home(config: &str, credentials: &str) -> Home {
    sealed().config(config).credentials(credentials).mode(".aws/credentials", 0o600)
}

/// The findings about one line or variable: `SEVERITY message`.
fn told(home: &Home, code: i32) -> Vec<String> {
    let (stdout, _) = home.credenv(["doctor", "--json"]).any_stdout().code(code).check();
    let findings: Vec<Json> = serde_json::from_str(&stdout).unwrap();
    let place = |finding: &Json| match (finding["line"].as_u64(), finding["variable"].as_str()) {
        (Some(line), _) => format!("{}:{line}", finding["file"].as_str().unwrap().rsplit('/').next().unwrap()),
        (None, Some(variable)) => variable.to_owned(),
        (None, None) => "-".to_owned(),
    };
    findings.iter().map(|finding| format!("{} {}", place(finding), finding["message"].as_str().unwrap())).collect()
}

#[test]
fn sound_files_are_told_to_be_sound() {
    home(GOOD_CONFIG, GOOD_CREDENTIALS)
        .credenv(["doctor"])
        .stdout("no problems found in ~/.aws/config and ~/.aws/credentials\n")
        .check();
    sealed()
        .credenv(["doctor"])
        .stdout("no problems found in ~/.aws/config (does not exist) and ~/.aws/credentials (does not exist)\n")
        .check();
}

#[test]
fn a_finding_says_what_where_whom_it_hits_and_the_remedy() {
    home("[profile dev]\nregion\n", GOOD_CREDENTIALS)
        .credenv(["doctor"])
        .stdout(
            "problem: the line has no `=`\n  at ~/.aws/config:2\n  affects AWS CLI and boto3, AWS SDK for Rust\n  \
             remedy: \
             write `key = value`, or put a `#` in front of it\n1 problem and 0 notes; looked at ~/.aws/config and \
             ~/.aws/credentials\n",
        )
        .code(1)
        .check();
}

#[test]
fn every_line_that_a_program_stumbles_over_is_named() {
    let config = "stray = 1\n[profile dev]\n= x\nregion = a # b\nREGION = c\ns3 =\n  bad\n  = x\n[open\n\
                  [profile dev]\n  indented = 1\n[dev2]\n[profile in valid]\n[profile \"a b\"]\n[default]\n\
                  [profile default]\n  # why\n";
    let credentials = format!("{GOOD_CREDENTIALS}[profile dev]\n[c d]\n[half]\naws_access_key_id = A\n");
    assert_eq!(
        told(&home(config, &credentials), 1),
        [
            "config:1 the line is above the first section",
            "config:3 there is no key before the `=`",
            "config:4 some programs read the comment after `region` as part of the value, and others cut it off",
            "config:5 `region` is written with capital letters, which some programs do not recognize",
            "config:5 `region` appears twice in this section, first at line 4",
            "config:7 the indented line below a key without a value has no `=`",
            "config:8 there is no key before the `=` of the indented line",
            "config:9 the section header has no closing `]`",
            "config:10 the section `[profile dev]` appears twice, first at line 2",
            "config:11 the line is indented, but there is no property above it to continue",
            "config:12 `[dev2]` does not define a profile: in the config file, headers begin with `profile`",
            "config:13 `[profile in valid]` does not define a profile: a name with spaces or special characters needs \
             quotes",
            "config:14 only some programs see the profile `a b`: its name has characters other than letters, digits \
             and `_-/.%@:+`",
            "config:15 the config file has both `[default]` and `[profile default]`: the AWS CLI uses the later one, \
             most SDKs use `[profile default]`, and the AWS SDK for JavaScript v2 fails when `AWS_SDK_LOAD_CONFIG` is \
             set",
            "config:17 the comment is indented: some programs read it as part of what is above it",
            "- 2 profiles are only in the config file, which this program does not read unless `AWS_SDK_LOAD_CONFIG` \
             is set",
            "credentials:4 `[profile dev]` in the credentials file does not define the profile `dev`: there, a header \
             is the name alone",
            "credentials:5 only the AWS CLI sees the profile `c d`: its name contains a space",
            "credentials:7 profile `half` has `aws_access_key_id`, but no `aws_secret_access_key`",
        ]
    );
}

/// The lines told, and whether the AWS CLI stumbles over them while Node programs do not.
fn cli_is_hit(home: &Home) -> Vec<(u64, bool)> {
    let (stdout, _) = home.credenv(["doctor", "--json"]).any_stdout().any_code_but_a_bug().check();
    let findings: Vec<Json> = serde_json::from_str(&stdout).unwrap();
    let hits = |finding: &Json, whom: &str| finding["affects"].to_string().contains(whom);
    let cli = |finding: &Json| hits(finding, "AWS CLI") && !hits(finding, "JavaScript");
    findings.iter().filter_map(|finding| Some((finding["line"].as_u64()?, cli(finding)))).collect()
}

#[test]
fn a_key_or_section_stands_twice_only_where_the_same_header_stands_above_it() {
    let config = "[dev2]\nregion = a\n[dev3]\nregion = a\n[plugins]\n[profile a]\nx = 1\n[plugins]\n[profile \"a\"]\nx = \
                  1\n[plugins]\n";
    assert_eq!(
        told(&home(config, GOOD_CREDENTIALS), 1),
        [
            "config:1 `[dev2]` does not define a profile: in the config file, headers begin with `profile`",
            "config:3 `[dev3]` does not define a profile: in the config file, headers begin with `profile`",
            "config:8 the section `[plugins]` appears twice, first at line 5",
            "config:9 `[profile \"a\"]` is the same as `[profile a]` at line 6, written differently",
            "config:11 the section `[plugins]` appears twice, first at line 5",
            "- 1 profile is only in the config file, which this program does not read unless `AWS_SDK_LOAD_CONFIG` is \
             set",
        ]
    );
}

#[test]
fn headers_and_keys_that_some_spell_otherwise_are_named() {
    let config = "[ profile dev ]\n[profile  a]\n[profile b ] # fine else\n[profile c]x\nRegion = eu-west-1\nx = 1\n  y = 2\n\
                  [default]\nregion = x\n";
    assert_eq!(
        told(&home(config, "[ dev]\n"), 1),
        [
            "config:1 some programs do not find `[ profile dev ]`, because of its spaces",
            "config:2 some programs do not find `[profile  a]`, because of its spaces",
            "config:3 some programs do not find `[profile b ]`, because of its spaces",
            "config:4 there is text after the header `[profile c]`",
            "config:5 `region` is written with capital letters, which some programs do not recognize",
            "config:6 the value of `x` continues on the next line, which some programs ignore",
            "- 4 profiles are only in the config file, which this program does not read unless `AWS_SDK_LOAD_CONFIG` is set",
            "credentials:1 some programs do not find `[ dev]`, because of its spaces",
        ]
    );
}

#[test]
fn the_aws_cli_is_named_only_where_it_stumbles() {
    for (lines, hit) in [
        ("region : a", false),
        ("region", true),
        ("= a", true),
        ("s3 =\n  = a", false),
        ("s3 =\n  bad", true),
        ("  indented = a", false),
        ("  indented", true),
        ("  # indented", false),
        ("s3 =\n  # indented", false),
        ("[open", true),
        ("[open = a", false),
        ("[]", true),
    ] {
        let found = cli_is_hit(&home(&format!("[profile dev]\n{lines}\n"), GOOD_CREDENTIALS));
        let line = 1 + u64::try_from(lines.lines().count()).unwrap();
        assert_eq!(found, [(line, hit)], "{lines}");
    }
}

/// Reads every file named on stdin and prints those that the AWS CLI refuses.
const REFUSED: &str = "\
import sys
try:
    from botocore.configloader import raw_config_parse
    from botocore.exceptions import ConfigParseError
except ImportError:
    sys.exit(9)
for path in sys.stdin.read().splitlines():
    try:
        raw_config_parse(path)
    except ConfigParseError:
        print(path)
";

#[test]
fn the_aws_cli_refuses_a_file_exactly_when_the_doctor_says_that_it_is_hit() {
    let pieces = [
        "[profile a]",
        "[profile b]",
        "[b]",
        "[b",
        "[]",
        "]",
        "key",
        "Key",
        "other",
        " = ",
        "=",
        ":",
        "\n",
        "\n",
        "\n",
        "\n  ",
        "\n ",
        "\n\t",
        "\n#",
        "\n  ; ",
        "[DEFAULT]",
        "value",
        "\r\n",
    ];
    let mut random = Random::new(seed_from_environment());
    let mut home = Home::new();
    let mut names = String::new();
    for number in 0..300 {
        let text: String = (0..random.below(16)).map(|_| *random.one_of(&pieces)).collect();
        let name = format!("cases/{number}");
        names.extend([home.path(&name).to_str().unwrap(), "\n"]);
        home = home.file(name, format!("[profile first]\n{text}"));
    }
    if is_missing("python3") {
        return;
    }
    let python = home.run("python3", ["-c", REFUSED]).stdin(&names).any_stdout();
    let Some(refused) = python.output_if_it_succeeds() else {
        assert!(!is_required(), "python3 has no botocore");
        return skip("python3 has no botocore");
    };
    let refused: Vec<_> = refused.lines().collect();
    assert!((50..250).contains(&refused.len()), "{} of 300 refused is no test", refused.len());
    home = home.env("PATH", "/nowhere");
    for number in 0..300 {
        let name = format!("cases/{number}");
        let text = home.read(&name);
        let path = home.path(&name).into_os_string().into_encoded_bytes();
        home = home.env("AWS_CONFIG_FILE", path);
        let hit = cli_is_hit(&home).into_iter().any(|(_, hit)| hit);
        let expected = refused.contains(&format!("[HOME]/{name}").as_str());
        assert_eq!(hit, expected, "{}", text.escape_ascii());
    }
}

#[test]
fn a_profile_that_leads_nowhere_is_told_at_the_line_that_does_not_lead_on() {
    let role = "role_arn = arn:aws:iam::123456789012:role/R\n";
    let config = format!(
        "[profile circle]\n{role}source_profile = circle\n[profile gap]\n{role}source_profile = nope\n[profile bare]\n\
         {role}[profile odd]\n{role}credential_source = Moon\n[profile sso]\nsso_session = corp\nsso_account_id = 1\n\
         [profile web]\nweb_identity_token_file = token\n"
    );
    let found = told(&home(&config, GOOD_CREDENTIALS), 1);
    assert_eq!(
        found,
        [
            "config:3 the source profiles form a loop: `circle` → `circle`",
            "config:6 profile `gap` takes its credentials from `nope`, which does not exist",
            "config:8 profile `bare` has a role, but nothing to assume it with",
            "config:11 profile `odd` has an unknown `credential_source`: `Moon`",
            "config:12 profile `sso` uses SSO, but has no `sso_role_name`",
            "config:12 profile `sso` uses SSO, but there is no `aws` in `PATH`",
            "config:13 profile `sso` uses the sso-session `corp`, which does not exist",
            "config:16 profile `web` has a web identity token file, but no role",
            "config:16 the token file of profile `web` cannot be read, [HOME]/.aws/token: no such file or directory",
            "- 6 profiles are only in the config file, which this program does not read unless `AWS_SDK_LOAD_CONFIG` \
             is set",
            "- 1 profile leads to credentials by SSO, a program or a token, which this program cannot use",
        ]
    );
}

#[test]
fn variables_that_lead_programs_apart_are_told() {
    let home = home(GOOD_CONFIG, GOOD_CREDENTIALS)
        .env("AWS_PROFILE", "dev")
        .env("AWS_DEFAULT_PROFILE", "nope")
        .env("AWS_ACCESS_KEY_ID", "AKIA")
        .env("AWS_SECURITY_TOKEN", "hunter2")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")
        .env("AWS_REGION", "")
        .env("AWS_DEFAULT_REGION", "eu-west-1")
        .env("CREDENV_STATE", "{damaged");
    assert_eq!(
        told(&home, 1),
        [
            "CREDENV_STATE `CREDENV_STATE` is damaged: what credenv changed in this shell cannot be undone",
            "AWS_DEFAULT_PROFILE `AWS_DEFAULT_PROFILE` names the profile `nope`, which does not exist",
            "AWS_REGION `AWS_REGION` is set but empty, which leads to an invalid endpoint",
            "AWS_ACCESS_KEY_ID `AWS_ACCESS_KEY_ID` is set without `AWS_SECRET_ACCESS_KEY`: every command fails, \
             whatever the profile",
            "AWS_SECURITY_TOKEN `AWS_SECURITY_TOKEN` is used instead of `AWS_SESSION_TOKEN`",
            "AWS_DEFAULT_PROFILE boto3 and the AWS CLI v1 use `AWS_DEFAULT_PROFILE` (`nope`), not `AWS_PROFILE`",
            "AWS_WEB_IDENTITY_TOKEN_FILE `AWS_WEB_IDENTITY_TOKEN_FILE` is set without `AWS_ROLE_ARN`: every command \
             fails",
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_what_is_wrong_in_the_other() {
    let home = sealed().directory(".aws/config").credentials("stray\n").mode(".aws/credentials", 0o644);
    assert_eq!(
        told(&home, 1),
        [
            "- cannot read [HOME]/.aws/config: it is a directory",
            "credentials:1 the line is above the first section",
            "- other users of this machine can read the credentials file",
        ]
    );
}

#[test]
fn bytes_that_the_cli_refuses_are_told_with_their_line() {
    let home = sealed().config(b"\xef\xbb\xbf[profile dev]\nregion = \xff\n");
    assert_eq!(
        told(&home, 1)[..2],
        [
            "config:1 the file begins with a byte order mark",
            "config:2 the line is not valid UTF-8, so the whole file is refused",
        ]
    );
}

#[test]
fn what_in_the_persons_config_leads_nowhere_is_told_with_its_line() {
    let home = sealed()
        .credentials("[here]\naws_access_key_id = A\naws_secret_access_key = B\n")
        .mode(".aws/credentials", 0o600)
        .file(
            ".config/credenv/config.yml",
            "protected: ['*prod*']\nprofiles:\n  devProfile: gone\ndirectories:\n  ~/work: here\n  work: away\n",
        );
    let told = "\
note: `*prod*` protects nothing: no profile matches it
  at ~/.config/credenv/config.yml:1
  remedy: `credenv list` shows your profiles
problem: `devProfile` stands for the profile `gone`, which does not exist
  at ~/.config/credenv/config.yml:3
  remedy: `credenv list` shows your profiles
problem: the rule for `work` names the profile `away`, which does not exist
  at ~/.config/credenv/config.yml:6
  remedy: `credenv list` shows your profiles
problem: the rule for `work` never applies: no directory has such a path
  at ~/.config/credenv/config.yml:6
  remedy: write the full path, or from `~/`, without `.` and `..`
3 problems and 1 note; looked at ~/.aws/config (does not exist) and ~/.aws/credentials
";
    home.credenv(["doctor"]).stdout(told).code(1).check();
}
