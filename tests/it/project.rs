//! What a project asks for, and what comes of it: profiles by name and by account, stages, protection, the person's
//! own rules.
// The tests edit the files of a home of their own.
#![allow(clippy::disallowed_methods)]

use std::fs;

use super::support::Home;

const AWS: &str = "\
[profile devProfile]
region = eu-west-1
aws_access_key_id = A
aws_secret_access_key = B
[profile prodProfile]
region = us-east-1
aws_access_key_id = A
aws_secret_access_key = B
[profile acme-dev]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = Developer
[profile acme-admin]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = Administrator
[profile acme-deploy]
role_arn = arn:aws:iam::222222222222:role/teams/Deploy
source_profile = devProfile
[sso-session acme]
sso_region = eu-west-1
sso_start_url = https://acme.example
";

const STAGES: &str = "\
service: shop
custom:
  profiles: { dev: devProfile, prod: prodProfile }
provider:
  name: aws
  region: eu-central-1
  profile: ${self:custom.profiles.${sls:stage}}
";

/// A home whose project `p` has that file, allowed.
fn home(name: &str, text: &str) -> Home {
    let home = Home::new().config(AWS).file(format!("p/{name}"), text);
    home.credenv(["allow"]).inside("p").any_stdout().check();
    home
}

fn credenv_file(text: &str) -> Home {
    home(".credenv.yml", text)
}

/// What the hook changes in the project, by name, and what it says.
fn hook(home: &Home) -> (serde_json::Map<String, serde_json::Value>, String) {
    let path = home.path("p");
    let run = home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()]);
    let (json, words) = run.inside("p").any_stdout().any_stderr().check();
    (serde_json::from_str(&json).unwrap(), words)
}

/// The variables that the hook sets.
fn set(home: &Home) -> Vec<String> {
    let (json, _) = hook(home);
    json.iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?)))
        .filter(|line| !line.starts_with("AWS_SDK_LOAD_CONFIG") && !line.starts_with("CREDENV_"))
        .collect()
}

/// Asserts that nothing is changed, and that these words say why.
fn assert_refused(home: &Home, words: &str) {
    let (json, said) = hook(home);
    assert_eq!((json.len(), said.as_str()), (0, words));
}

#[test]
fn json_tells_the_whole_of_it() {
    let home = home("serverless.yml", STAGES);
    let told = |value: &str, line: u32| serde_json::json!({"value": value, "origin": {"file": "[HOME]/p/serverless.yml", "line": line}});
    let expected = |stage: &str, profile: &str| {
        serde_json::json!({
            "file": "[HOME]/p/serverless.yml", "format": "serverless", "trust": "trusted",
            "default_stage": "dev", "stage": stage,
            "profile": told(profile, 3), "account": null, "role": null, "region": told("eu-central-1", 6),
            "certificates": [],
            "stages": {
                "dev": {"profile": told("devProfile", 3), "region": told("eu-central-1", 6), "certificates": []},
                "prod": {"profile": told("prodProfile", 3), "region": told("eu-central-1", 6), "certificates": []},
            },
            "protected": false, "unresolved": [],
        })
    };
    let json = |arguments: &[&str]| -> serde_json::Value {
        let (json, _) = home.credenv(arguments).inside("p").any_stdout().check();
        serde_json::from_str(&json).unwrap()
    };
    assert_eq!(json(&["project", "--json"]), expected("dev", "devProfile"));
    assert_eq!(json(&["project", "--json", "--stage", "prod"]), expected("prod", "prodProfile"));
}

#[test]
fn what_cannot_be_told_here_is_told_with_its_line_and_the_reason_and_changes_nothing() {
    let text = "service: shop\nprovider:\n  name: aws\n  profile: ${ssm:/profile}\n";
    let home = home("serverless.yml", text);
    let (json, _) = home.credenv(["project", "--json"]).inside("p").any_stdout().check();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["profile"], serde_json::Value::Null);
    let unresolved = &json["unresolved"][0];
    assert_eq!(
        (&unresolved["key"], &unresolved["expression"], &unresolved["line"]),
        (&"provider.profile".into(), &"${ssm:/profile}".into(), &4.into())
    );
    let (changed, words) = hook(&home);
    assert_eq!(changed.len(), 0);
    assert!(
        words.starts_with("credenv: `provider.profile` at [HOME]/p/serverless.yml:4 cannot be resolved here: "),
        "{words}"
    );
}

#[test]
fn without_a_project_file_there_is_an_error_and_code_is_named_and_not_run() {
    let home = Home::new().config(AWS).file("p/serverless.ts", "touch X");
    let words = "credenv: there is no project file in [HOME]/p or above\n  serverless.ts is code, which credenv does \
                 not run\n  hint: `credenv link PROFILE` creates .credenv.yml\n";
    home.credenv(["project", "--json"]).inside("p").stderr(words).code(1).check();
    assert_eq!(home.names_in("p"), ["serverless.ts"]);
}

#[test]
fn each_stage_of_a_serverless_project_has_its_variable() {
    assert_eq!(
        set(&home("serverless.yml", STAGES)),
        [
            "AWS_DEFAULT_REGION=eu-central-1",
            "AWS_DEV_PROFILE=devProfile",
            "AWS_PROD_PROFILE=prodProfile",
            "AWS_PROFILE=devProfile",
            "AWS_REGION=eu-central-1"
        ]
    );
}

#[test]
fn what_would_speak_louder_for_a_stage_makes_way() {
    let home = home("serverless.yml", STAGES)
        .env("AWS_PROD_ACCESS_KEY_ID", "x")
        .env("AWS_DEV_SECRET_ACCESS_KEY", "x")
        .env("AWS_ACCESS_KEY_ID", "x");
    let (json, _) = hook(&home);
    for name in ["AWS_PROD_ACCESS_KEY_ID", "AWS_DEV_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"] {
        assert_eq!(json[name], serde_json::Value::Null, "{name}");
    }
}

#[test]
fn a_literal_profile_speaks_for_the_stage_in_force_alone() {
    let home = home("serverless.yml", "service: s\nprovider:\n  name: aws\n  profile: devProfile\n")
        .env("AWS_DEV_PROFILE", "another");
    let (json, _) = hook(&home);
    assert_eq!(json["AWS_PROFILE"], "devProfile");
    assert_eq!(json["AWS_DEV_PROFILE"], serde_json::Value::Null);
}

#[test]
fn a_name_made_of_the_stage_finds_the_stages_among_the_persons_profiles() {
    let aws = AWS.replace("devProfile", "shop-dev").replace("prodProfile", "shop-prod");
    let text = "service: s\nprovider:\n  name: aws\n  profile: shop-${sls:stage}\n";
    let home = Home::new().config(aws).file("p/serverless.yml", text);
    home.credenv(["allow"]).inside("p").any_stdout().check();
    assert_eq!(
        set(&home),
        [
            "AWS_DEFAULT_REGION=eu-west-1",
            "AWS_DEV_PROFILE=shop-dev",
            "AWS_PROD_PROFILE=shop-prod",
            "AWS_PROFILE=shop-dev",
            "AWS_REGION=eu-west-1"
        ]
    );
}

/// Without its variable, Serverless would deploy that stage under `AWS_PROFILE`, which is another's.
#[test]
fn a_stage_whose_profile_the_person_does_not_have_is_named_all_the_same() {
    let home = home("serverless.yml", &STAGES.replace("prodProfile", "notMine"));
    assert!(set(&home).contains(&"AWS_PROD_PROFILE=notMine".to_owned()));
}

#[test]
fn a_stage_that_no_variable_can_be_named_after_is_said() {
    let home = home("serverless.yml", &STAGES.replace("prod:", "my-stage:"));
    let (json, words) = hook(&home);
    assert_eq!(json["AWS_PROFILE"], "devProfile");
    assert_eq!(
        words,
        "credenv: devProfile (eu-central-1) ← serverless.yml:3, stage dev\n\
         credenv: stage `my-stage` at [HOME]/p/serverless.yml:3 cannot have a variable of its own, because of its \
         name: Serverless v3 with `--stage my-stage` would use `AWS_PROFILE`; `credenv exec --stage my-stage -- \
         COMMAND` does it right\n"
    );
}

#[test]
fn the_stage_is_that_of_the_variable_else_that_of_the_file() {
    let home = credenv_file("profile: devProfile\nstage: qa\nstages: { qa: devProfile, prod: prodProfile }\n");
    assert_eq!(hook(&home).0["AWS_PROFILE"], "devProfile");
    let home = home.env("CREDENV_STAGE", "prod");
    assert_eq!(hook(&home).0["AWS_PROFILE"], "prodProfile");
    let home = home.env("CREDENV_STAGE", "");
    assert_eq!(hook(&home).0["AWS_PROFILE"], "devProfile");
}

#[test]
fn the_region_of_the_project_wins_over_that_of_the_profile() {
    let home = credenv_file("profile: devProfile\nregion: ap-south-1\n");
    assert_eq!(hook(&home).0["AWS_REGION"], "ap-south-1");
}

#[test]
fn a_region_alone_is_set_and_leaves_the_identity_to_others() {
    let home = credenv_file("region: ap-south-1\n");
    assert_eq!(set(&home), ["AWS_DEFAULT_REGION=ap-south-1", "AWS_REGION=ap-south-1"]);
    fs::write(home.path(".credenv.yml"), "profile: devProfile\n").unwrap();
    home.credenv(["allow"]).any_stdout().check();
    assert_eq!(set(&home), ["AWS_DEFAULT_REGION=ap-south-1", "AWS_PROFILE=devProfile", "AWS_REGION=ap-south-1"]);
}

#[test]
fn a_profile_that_does_not_exist_changes_nothing_and_is_said() {
    assert_refused(
        &credenv_file("profile: devProfil\n"),
        "credenv: no profile named `devProfil`, which [HOME]/p/.credenv.yml:1 asks for\n  \
         looked in [HOME]/.aws/config\n  looked for [HOME]/.aws/credentials, which does not exist\n  \
         hint: did you mean `devProfile`?\n",
    );
}

#[test]
fn an_account_finds_the_persons_profile_by_what_the_aws_files_say() {
    let home = credenv_file("account: '222222222222'\n");
    assert_eq!(hook(&home).0["AWS_PROFILE"], "acme-deploy");
    let home = credenv_file("account: '111111111111'\nrole: Administrator\n");
    assert_eq!(hook(&home).0["AWS_PROFILE"], "acme-admin");
}

#[test]
fn an_account_with_none_or_several_profiles_chooses_none() {
    assert_refused(
        &credenv_file("account: '999999999999'\n"),
        "credenv: none of your profiles leads to account `999999999999`, which [HOME]/p/.credenv.yml:1 asks for\n  \
         hint: `credenv list --long` shows the account and role of each\n",
    );
    assert_refused(
        &credenv_file("account: '111111111111'\n"),
        "credenv: several of your profiles lead to account `111111111111`, which [HOME]/p/.credenv.yml:1 asks for: \
         `acme-dev`, `acme-admin`\n  hint: add `role:` beside `account:`, or choose one with `credenv use PROFILE`\n",
    );
}

#[test]
fn a_profile_that_leads_to_another_account_is_refused() {
    assert_refused(
        &credenv_file("profile: acme-dev\naccount: '222222222222'\n"),
        "credenv: [HOME]/p/.credenv.yml asks for account `222222222222`, but profile `acme-dev` leads to \
         `111111111111`\n  nothing was switched, because one of them must be wrong\n  \
         hint: `credenv show acme-dev` shows where the profile is defined\n",
    );
    let home = credenv_file("profile: acme-dev\naccount: '111111111111'\n");
    assert_eq!(hook(&home).0["AWS_PROFILE"], "acme-dev");
}

#[test]
fn a_protected_profile_is_not_entered_by_the_hook() {
    let words = "credenv: `prodProfile`, which [HOME]/p/.credenv.yml:1 asks for, is protected, and `cd` alone does \
                 not switch to it\n  hint: `credenv use prodProfile` does\n";
    let home = credenv_file("profile: prodProfile\n").file(".config/credenv/config.yml", "protected: ['*prod*']\n");
    assert_refused(&home, words);
    assert_refused(&credenv_file("profile: prodProfile\nprotected: true\n"), words);
}

#[test]
fn a_name_that_the_person_maps_is_protected_under_both_names() {
    for pattern in ["acme-*", "devProfile"] {
        let config = format!("protected: ['{pattern}']\nprofiles: {{ devProfile: acme-dev }}\n");
        let home = credenv_file("profile: devProfile\n").file(".config/credenv/config.yml", config);
        assert_eq!(hook(&home).0.len(), 0, "{pattern}");
    }
}

#[test]
fn the_person_may_call_a_profile_by_another_name_than_the_project() {
    let home = home("serverless.yml", STAGES)
        .file(".config/credenv/config.yml", "profiles: { devProfile: acme-dev, prodProfile: acme-admin }\n");
    let (json, words) = hook(&home);
    assert_eq!((&json["AWS_PROFILE"], &json["AWS_PROD_PROFILE"]), (&"acme-dev".into(), &"acme-admin".into()));
    assert_eq!(
        words,
        "credenv: acme-dev (eu-central-1) ← serverless.yml:3, stage dev\ncredenv: Serverless 3 cannot use `acme-dev` \
         (sso): `credenv use acme-dev --creds` gives it keys\n"
    );
}

#[test]
fn a_rule_of_the_person_holds_where_no_project_does_and_needs_no_trust() {
    let config = "directories:\n  ~/p: acme-dev\n  ~/p/deeper: { profile: prodProfile, region: sa-east-1 }\n";
    let home = Home::new().config(AWS).directory("p/deeper/still").file(".config/credenv/config.yml", config);
    let (json, words) = hook(&home);
    assert_eq!(json["AWS_PROFILE"], "acme-dev");
    assert_eq!(words, "credenv: acme-dev ← ~/.config/credenv/config.yml:2\n");
    let path = home.path("p/deeper/still");
    let run = home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()]).inside("p/deeper/still");
    let (_, words) = run.any_stdout().any_stderr().check();
    assert_eq!(words, "credenv: prodProfile (sa-east-1) ← ~/.config/credenv/config.yml:3\n");
    // A project file that is allowed comes first.
    fs::write(home.path("p/.credenv.yml"), "profile: devProfile\n").unwrap();
    home.credenv(["allow"]).inside("p").any_stdout().check();
    assert_eq!(hook(&home).0["AWS_PROFILE"], "devProfile");
}

#[test]
fn quiet_silences_the_line_of_a_switch_and_no_warning() {
    let home = credenv_file("profile: devProfile\n").file(".config/credenv/config.yml", "quiet: true\n");
    assert_eq!(hook(&home).1, "");
    fs::write(home.path("p/.credenv.yml"), "profile: prodProfile\n").unwrap();
    assert_ne!(hook(&home).1, "");
}

#[test]
fn a_broken_config_is_told_and_the_hook_goes_on() {
    let home = credenv_file("profile: devProfile\n").file(".config/credenv/config.yml", "quite: true\n");
    let (json, words) = hook(&home);
    assert_eq!(json.len(), 0, "what is protected is not known");
    assert!(words.contains("config.yml:1:1: unknown key `quite`"), "{words}");
}

#[test]
fn the_nearest_file_wins_and_credenvs_own_before_serverless() {
    let home = home("serverless.yml", STAGES).file("p/.credenv.yml", "profile: acme-dev\n");
    assert_eq!(hook(&home).0["AWS_PROFILE"], "devProfile", "it is not allowed yet");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    assert_eq!(hook(&home).0["AWS_PROFILE"], "acme-dev");
}

#[test]
fn nothing_above_the_home_directory_is_looked_at_from_within() {
    let home = Home::new().config(AWS).directory("p");
    let above = home.path("..").join(".credenv.yml");
    fs::write(&above, "profile: devProfile\n").unwrap();
    assert_eq!(hook(&home).1, "");
    fs::remove_file(above).unwrap();
}

#[test]
fn use_stage_enters_the_profile_of_that_stage() {
    let home = home("serverless.yml", STAGES);
    let (script, _) = home.credenv(["use", "--stage", "prod", "--shell", "sh"]).inside("p").any_stdout().check();
    assert!(script.contains("export AWS_PROFILE='prodProfile';\n"), "{script}");
    assert!(script.contains("export AWS_PROD_PROFILE='prodProfile';\n"), "{script}");
    home.credenv(["use", "--stage", "qa", "--shell", "sh"]).inside("p").stdout("false;\n").any_stderr().code(1).check();
}

#[test]
fn use_stage_asks_before_a_protected_profile() {
    let home = credenv_file("stages: { prod: { profile: prodProfile, protected: true } }\n");
    let words = "credenv: `prodProfile` is protected, and there is no terminal to ask on\n  \
                 hint: `credenv use --stage prod --yes` switches without asking\n";
    home.credenv(["use", "--stage", "prod", "--shell", "sh"])
        .inside("p")
        .stdout("false;\n")
        .stderr(words)
        .code(1)
        .check();
    let (script, _) =
        home.credenv(["use", "--stage", "prod", "--yes", "--shell", "sh"]).inside("p").any_stdout().check();
    assert!(script.contains("export AWS_PROFILE='prodProfile';\n"), "{script}");
}

#[test]
fn use_stage_without_a_project_says_so() {
    let words = "credenv: no project file here says which profile stage `prod` uses\n  \
                 hint: `credenv use PROFILE` switches to a profile by its name\n";
    let home = Home::new().config(AWS);
    home.credenv(["use", "--stage", "prod", "--shell", "sh"]).stdout("false;\n").stderr(words).code(1).check();
}

#[test]
fn exec_without_a_profile_runs_under_what_the_directory_asks_for() {
    let home = home("serverless.yml", STAGES).env("AWS_ACCESS_KEY_ID", "x").env("AWS_PROFILE", "acme-dev");
    let print = ["--", "sh", "-c", "echo $AWS_PROFILE $AWS_PROD_PROFILE $AWS_REGION ${AWS_ACCESS_KEY_ID-none}"];
    let exec = |before: &[&str]| home.credenv([&["exec"], before, &print].concat()).inside("p");
    exec(&[]).stdout("devProfile prodProfile eu-central-1 none\n").check();
    exec(&["--stage", "prod"]).stdout("prodProfile prodProfile eu-central-1 none\n").check();
}

#[test]
fn exec_without_a_profile_runs_nothing_where_nothing_may_be_followed() {
    let home = Home::new().config(AWS).file("p/.credenv.yml", "profile: devProfile\n");
    let words = "credenv: .credenv.yml is not followed: `credenv allow` shows what it asks for and allows it\n\
                 credenv: no project file here says which profile to use\n  hint: `credenv exec PROFILE -- COMMAND` \
                 names one; `credenv link PROFILE` writes one to .credenv.yml\n";
    home.credenv(["exec", "--", "echo", "ran"]).inside("p").stderr(words).code(1).check();
}

#[test]
fn exec_enters_a_protected_profile_only_with_yes() {
    let home = credenv_file("profile: prodProfile\nprotected: true\n");
    home.credenv(["exec", "--", "echo", "ran"]).inside("p").any_stderr().code(1).check();
    home.credenv(["exec", "--yes", "--", "echo", "ran"]).inside("p").stdout("ran\n").check();
}

#[test]
fn a_web_identity_of_a_project_takes_the_place_of_the_profile() {
    let text = "web_identity: { token_file: token, role_arn: 'arn:aws:iam::111111111111:role/R' }\n";
    let home = credenv_file(text).file("p/token", "x").env("AWS_PROFILE", "devProfile");
    let (json, words) = hook(&home);
    assert_eq!(json["AWS_PROFILE"], serde_json::Value::Null);
    assert_eq!(json["AWS_ROLE_ARN"], "arn:aws:iam::111111111111:role/R");
    assert_eq!(json["AWS_WEB_IDENTITY_TOKEN_FILE"], "[HOME]/p/token");
    assert_eq!(words, "credenv: web identity for arn:aws:iam::111111111111:role/R ← .credenv.yml:1\n");
}

#[test]
fn the_environment_that_a_project_sees_is_that_of_before() {
    let text = "service: s\nprovider:\n  name: aws\n  profile: ${env:AWS_PROFILE, 'devProfile'}\n";
    let home = home("serverless.yml", text);
    assert_eq!(hook(&home).0["AWS_PROFILE"], "devProfile");
    // What credenv itself exported a moment ago is not the person's wish.
    let script = home.credenv(["use", "prodProfile", "--shell", "json"]).inside("p").any_stdout().check().0;
    assert!(script.contains("prodProfile"));
}
