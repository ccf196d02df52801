//! What is told of the project here, and what Serverless 3 itself makes of it.

use std::path::Path;

use super::{GOOD_CREDENTIALS, home as of_files};
use crate::support::{CREDENV, Home, credenv_serverless, is_missing, skip};

const CONFIG: &str = "[profile dev]\nregion = eu-west-1\n[profile sso]\nsso_start_url = https://x\nsso_region = \
                      x\nsso_account_id = 1\nsso_role_name = R\n[profile run]\ncredential_process = echo\n";

const PROJECT: &str = "service: shop\nframeworkVersion: '3'\ncustom:\n  profiles: { dev: dev, prod: acme }\nprovider:\n  name: \
                       aws\n  region: eu-west-1\n  profile: ${self:custom.profiles.${sls:stage}}\n";

fn home(path: &str, text: &str) -> Home {
    of_files(CONFIG, &GOOD_CREDENTIALS.replace("EXAMPLE", "DEV")).file(path, text).directory("p")
}

fn allowed(path: &str, text: &str) -> Home {
    let home = home(path, text);
    home.credenv(["allow".as_ref(), home.path(path).as_os_str()]).any_stdout().any_stderr().check();
    home
}

/// What is told in `p` besides what the AWS files say, which is the same every time.
fn in_project(home: &Home) -> Vec<String> {
    let (stdout, _) = home.credenv(["doctor"]).inside("p").any_stdout().any_code_but_a_bug().check();
    let mut told: Vec<String> = Vec::new();
    for line in stdout.lines().take_while(|line| !line.contains("looked at")) {
        match line.strip_prefix("  ") {
            Some(more) => told.last_mut().unwrap().extend([" | ", more]),
            None => told.push(line.to_owned()),
        }
    }
    let of_aws = ["only in the config file", "uses SSO, but", "by SSO, a program or a token"];
    told.retain(|line| !of_aws.iter().any(|words| line.contains(words)));
    told
}

#[test]
fn a_file_that_is_not_followed_is_told_with_the_reason() {
    let path = "p/.credenv.yml";
    let allows = "`credenv allow .credenv.yml` shows what it asks for and allows it";
    let at = format!("in ~/p/.credenv.yml | remedy: {allows}");
    let new = home(path, "profile: dev\n");
    assert_eq!(in_project(&new), [format!("note: the project file is not followed: it was never allowed | {at}")]);
    let followed = allowed(path, "profile: dev\n");
    assert_eq!(in_project(&followed), [""; 0]);
    followed.write(path, "profile: run\n");
    assert_eq!(
        in_project(&followed),
        [format!(
            "problem: the project file is not followed: it asks for something other than what you allowed | {at}"
        )]
    );
    followed.write(path, "profil: run\n");
    assert_eq!(
        in_project(&followed),
        ["problem: [HOME]/p/.credenv.yml:1:1: unknown key `profil` | in ~/p/.credenv.yml | remedy: did you mean \
          `profile`?"]
    );
    followed.write(path, "[");
    let found = in_project(&followed);
    let remedy = "remedy: fix it, then `credenv allow .credenv.yml` if it asks for something else now";
    assert!(found.len() == 1 && found[0].ends_with(remedy), "{found:?}");
    new.credenv(["deny", ".credenv.yml"]).inside("p").any_stdout().any_stderr().check();
    assert_eq!(in_project(&new), [format!("note: the project file is denied, and is never followed | {at}")]);
}

#[test]
fn a_file_that_asks_for_what_is_not_there_is_told() {
    let path = "p/.credenv.yml";
    assert_eq!(
        in_project(&allowed(path, "profile: gone\n")),
        ["problem: no profile named `gone`, which [HOME]/p/.credenv.yml:1 asks for | in ~/p/.credenv.yml | remedy: \
          `credenv list` shows your profiles"]
    );
    assert_eq!(
        in_project(&allowed(path, "account: '123456789012'\n")),
        [
            "problem: none of your profiles leads to account `123456789012`, which [HOME]/p/.credenv.yml:1 asks for | in \
          ~/p/.credenv.yml | remedy: `credenv list --long` shows the account and role of each"
        ]
    );
    assert_eq!(
        in_project(&allowed(path, "profile: dev\nstages: { my-prod: gone }\n")),
        [
            "note: stage `my-prod` cannot have a variable of its own, because of its name: with `--stage my-prod`, \
             this program uses `AWS_PROFILE` | at ~/p/.credenv.yml:2 | affects Serverless v3 | remedy: `credenv exec \
             --stage my-prod -- COMMAND` does it right",
            "note: stage `my-prod` asks for the profile `gone`, which you do not have | at ~/p/.credenv.yml:2 | remedy: \
             if you call it something else, say so under `profiles:` in your config.yml",
        ]
    );
}

#[test]
fn what_cannot_be_told_here_is_told() {
    let path = "p/serverless.yml";
    let text = "service: x\nprovider:\n  name: aws\n  region: ${ssm:/region}\n  profile: ${ssm:/profile}\n";
    let found = in_project(&allowed(path, text));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found
            .iter()
            .any(|line| line.contains("`provider.region` cannot be resolved here") && line.contains("serverless.yml:4"))
    );
    assert!(
        found
            .iter()
            .any(|line| line
                .starts_with("problem: `provider.profile` at [HOME]/p/serverless.yml:5 cannot be resolved here")),
        "{found:?}"
    );
}

#[test]
fn a_nearer_file_that_is_followed_leaves_nothing_to_those_above() {
    let home = allowed("p/.credenv.yml", "profile: dev\n").file(".credenv.yml", "profile: run\n");
    assert_eq!(in_project(&home), [""; 0]);
    let above = allowed(".credenv.yml", "profile: dev\n").file("p/.credenv.yml", "profile: run\n");
    assert_eq!(in_project(&above).len(), 1);
}

#[test]
fn with_a_broken_config_of_the_persons_nothing_is_followed() {
    let home = allowed("p/.credenv.yml", "profile: dev\n").file(".config/credenv/config.yml", "protectd: []\n");
    assert_eq!(
        in_project(&home),
        ["problem: [HOME]/.config/credenv/config.yml:1:1: unknown key `protectd` | remedy: did you mean `protected`?"]
    );
    home.write(".config/credenv/config.yml", "protected: x\n");
    let remedy = "remedy: fix it: until then nothing is switched, because it is not known what is protected";
    assert!(in_project(&home)[0].ends_with(remedy));
}

/// In a Serverless project that is followed, with these variables.
fn serverless(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let home = allowed("p/serverless.yml", text).file(".config/credenv/config.yml", "profiles: { acme: run }\n");
    let home = variables.iter().fold(home, |home, (name, value)| home.env(name, value));
    let mut told = in_project(&home);
    told.retain(|line| line.contains("affects Serverless v3"));
    told
}

#[test]
fn what_only_serverless_3_stumbles_over() {
    let dev = ("AWS_DEV_PROFILE", "dev");
    assert_eq!(serverless(PROJECT, &[("AWS_PROFILE", "dev"), ("AWS_PROD_PROFILE", "run")]), [""; 0]);
    assert_eq!(
        serverless(PROJECT, &[("AWS_PROD_PROFILE", "gone")]),
        ["problem: `AWS_PROD_PROFILE` names the profile `gone`, which does not exist: nothing works in stage \
             `prod` | affects Serverless v3 | remedy: `unset AWS_PROD_PROFILE`"]
    );
    let keys = [("AWS_PROD_ACCESS_KEY_ID", "AKIALEFT"), ("AWS_PROD_SECRET_ACCESS_KEY", "hunter2")];
    assert_eq!(
        serverless(PROJECT, &keys),
        ["problem: `AWS_PROD_ACCESS_KEY_ID` overrides `AWS_PROFILE` in stage `prod` | affects Serverless v3 | \
             remedy: `unset AWS_PROD_ACCESS_KEY_ID AWS_PROD_SECRET_ACCESS_KEY AWS_PROD_SESSION_TOKEN`"]
    );
    assert_eq!(serverless(PROJECT, &keys[..1]), [""; 0]);
    assert_eq!(serverless(PROJECT, &[keys[0], keys[1], ("AWS_PROD_PROFILE", "run")]), [""; 0]);
    for (profile, kind) in [("sso", "sso"), ("run", "credential-process")] {
        assert_eq!(
            serverless(PROJECT, &[("AWS_PROFILE", profile), dev, ("AWS_PROD_PROFILE", "run")]),
            [format!(
                "problem: the active profile, `{profile}`, is of kind `{kind}`, which this program cannot use | \
                 affects Serverless v3 | remedy: `credenv exec {profile} --creds -- serverless …`"
            )]
        );
    }
    assert_eq!(
        serverless(PROJECT, &[("AWS_PROFILE", "dev")]),
        ["problem: `AWS_PROFILE` (`dev`) overrides `acme` of stage `prod` | at ~/p/serverless.yml:4 | affects \
             Serverless v3 | remedy: `credenv auto` sets a profile for each stage"]
    );
    let nowhere = PROJECT.replace("  region: eu-west-1\n", "");
    assert_eq!(
        serverless(&nowhere, &[("AWS_REGION", "eu-north-1")]),
        ["problem: the project names no region: this program deploys to us-east-1, and ignores `AWS_REGION` \
             (`eu-north-1`) | in ~/p/serverless.yml | affects Serverless v3 | remedy: add `region: eu-north-1` below \
             `provider:`, or pass `--region eu-north-1`"]
    );
    assert_eq!(serverless(&nowhere, &[("AWS_REGION", "us-east-1")]), [""; 0]);
}

/// Elsewhere these are only to be known, and where version 4 is what starts, they are nothing.
#[test]
fn outside_of_its_projects_and_with_version_4_it_matters_less() {
    let variables = [("AWS_PROD_PROFILE", "gone"), ("AWS_PROD_ACCESS_KEY_ID", "AKIALEFT")];
    let home = |text: &str| variables.iter().fold(home("p/x", text), |home, (name, value)| home.env(name, value));
    let outside = home("");
    assert_eq!(
        in_project(&outside),
        ["note: `AWS_PROD_PROFILE` names the profile `gone`, which does not exist: nothing works in stage `prod` | \
             affects Serverless v3 | remedy: `unset AWS_PROD_PROFILE`"]
    );
    let four =
        home("").file("p/node_modules/serverless/package.json", "{\"name\": \"serverless\", \"version\": \"4.1.0\"}");
    assert_eq!(in_project(&four), [""; 0]);
    let three =
        home("").file("p/node_modules/serverless/package.json", "{\"name\": \"serverless\", \"version\": \"3.1.0\"}");
    assert_eq!(in_project(&three).len(), 1);
}

/// A stage that is not to be deployed by this person: credenv itself names its profile, so that it fails.
#[test]
fn a_stage_that_credenv_itself_keeps_from_being_deployed_is_no_problem() {
    let home = allowed("p/serverless.yml", PROJECT);
    let script = "eval \"$(\"$0\" use --stage dev)\"; PATH=/nowhere; \"$0\" doctor";
    let (stdout, _) = home
        .env("PATH", "/usr/bin:/bin")
        .run("sh", ["-c", script, CREDENV])
        .inside("p")
        .any_stdout()
        .any_code_but_a_bug()
        .check();
    let told = "note: `AWS_PROD_PROFILE` names the profile `acme`, which does not exist: nothing works in stage \
                `prod`\n  affects Serverless v3\n  remedy: nothing to do, unless you deploy that stage\n";
    assert!(stdout.contains(told), "{stdout}");
}

/// What Serverless 3 itself comes to in stage `prod`: a key, a region, or why it gives up.
fn asked(project: &str, variables: &[(&str, &str)]) -> Option<String> {
    if is_missing("node") {
        return None;
    }
    let Some(modules) = credenv_serverless() else {
        skip("Serverless 3 is not installed: `sh tests/serverless/expect --where` installs it");
        return None;
    };
    let acme = "[acme]\naws_access_key_id = AKIAACME\naws_secret_access_key = x\n";
    let home = Home::new()
        .config(CONFIG)
        .credentials(format!("{}{acme}", GOOD_CREDENTIALS.replace("EXAMPLE", "DEV")))
        .file("p/serverless.yml", project)
        .env("NODE_PATH", modules)
        .env("SLS_TELEMETRY_DISABLED", "1")
        .env("SLS_NOTIFICATIONS_MODE", "off")
        .env("AWS_SDK_LOAD_CONFIG", "1");
    let home = variables.iter().fold(home, |home, (name, value)| home.env(name, value));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serverless/provider.js");
    let arguments = [script.as_os_str(), ".".as_ref(), "prod".as_ref()];
    let (stdout, words) =
        home.run("node", arguments).inside("p").any_stdout().any_stderr().any_code_but_a_bug().check();
    let told = stdout.lines().find_map(|line| line.strip_prefix("prod "));
    Some(told.map_or(words.lines().next().unwrap_or_default().to_owned(), str::to_owned))
}

type Variables<'v> = &'v [(&'v str, &'v str)];

#[test]
fn serverless_3_itself_stumbles_there() {
    let nowhere = PROJECT.replace("  region: eu-west-1\n", "");
    let keys = [("AWS_PROD_ACCESS_KEY_ID", "AKIALEFT"), ("AWS_PROD_SECRET_ACCESS_KEY", "hunter2")];
    let dev = "AKIAIOSFODNN7DEV";
    let gives_up = |name: &str| format!("AWS profile \"{name}\" doesn't seem to be configured");
    let rows: [(&str, Variables<'_>, &str); 9] = [
        (PROJECT, &[], "AKIAACME"),
        (PROJECT, &[("AWS_PROFILE", "dev")], dev),
        (PROJECT, &[("AWS_PROFILE", "dev"), ("AWS_PROD_PROFILE", "gone")], &gives_up("gone")),
        (PROJECT, &[("AWS_PROFILE", "dev"), keys[0], keys[1]], "AKIALEFT"),
        (PROJECT, &[("AWS_PROFILE", "dev"), keys[0]], dev),
        (PROJECT, &[("AWS_PROFILE", "dev"), keys[0], keys[1], ("AWS_PROD_PROFILE", "acme")], "AKIAACME"),
        (PROJECT, &[("AWS_PROFILE", "sso")], &gives_up("sso")),
        (PROJECT, &[("AWS_PROFILE", "run")], &gives_up("run")),
        (&nowhere, &[("AWS_REGION", "eu-north-1"), ("ASK", "region")], "us-east-1"),
    ];
    for (project, variables, expected) in rows {
        let Some(found) = asked(project, variables) else { return };
        assert_eq!(found, expected, "{variables:?}");
    }
}
