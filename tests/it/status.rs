//! `credenv status` tells at a glance who you are, why, and until when.

use crate::support::{Home, Shell, Story, in_seconds};

const CONFIG: &str = "\
[profile dev]
region = eu-west-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
[profile prod]
region = us-east-1
role_arn = arn:aws:iam::210987654321:role/team/Deploy
source_profile = dev
[profile keys]
region = eu-central-1
[profile web]
role_arn = arn:aws:iam::123456789012:role/Web
web_identity_token_file = ~/token
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
";

const ROLE: &str = "arn:aws:iam::123456789012:role/Web";
const HOUR: i64 = 3_600;
/// A test takes a moment, and a time that is told must not fall by it.
const MARGIN: i64 = 30;

fn home() -> Home {
    let home = Home::new().config(CONFIG).file("token", "not-a-jwt").file("project/.credenv.yml", "profile: dev\n");
    let home = home.credentials("[keys]\naws_access_key_id = AKIAMARKED\naws_secret_access_key = marked-secret\n");
    let home = home.file(".config/credenv/config.yml", "protected: ['*prod*']\n");
    home.credenv(["allow".as_ref(), home.path("project/.credenv.yml").as_os_str()]).any_stdout().check();
    home.sso_token("corp", &in_seconds(3 * HOUR + MARGIN), "");
    home
}

/// What it says after these lines.
#[track_caller]
fn says(home: &Home, lines: &[&str], expected: &str) {
    Shell::test("bash", |shell| {
        let story = Story::new(shell, home).init();
        let told = lines.iter().fold(story, |story, line| story.own(line));
        told.own("credenv status").stdout(expected).play();
    });
}

const SESSION: &str = "  the SSO session `corp` expires in 3 h\n";
const NOT_OURS: &str = "  set in the environment, not by credenv\n";

#[test]
fn of_what_was_chosen() {
    let home = home();
    let dev = "dev (eu-west-1)\n  account 123456789012, role Admin\n";
    let dev_is = "  kind sso, defined at ~/.aws/config:1\n";
    says(&home, &["credenv use dev"], &format!("{dev}  chosen by hand: `credenv use dev`\n{dev_is}{SESSION}"));
    says(
        &home,
        &["cd project", "__credenv_prompt 2>/dev/null"],
        &format!("{dev}  profile of the project, ~/project/.credenv.yml:1\n{dev_is}{SESSION}"),
    );
    says(
        &home,
        &["credenv use prod --yes"],
        &format!(
            "prod (us-east-1), protected\n  account 210987654321, role Deploy\n  chosen by hand: `credenv use prod`\n  \
             kind role, defined at ~/.aws/config:6\n{SESSION}"
        ),
    );
    says(
        &home,
        &["credenv use keys --creds"],
        "keys (eu-central-1), as keys in the environment\n  chosen by hand: `credenv use keys --creds`\n",
    );
    says(
        &home,
        &["credenv use web"],
        "web\n  account 123456789012, role Web\n  chosen by hand: `credenv use web`\n  kind web-identity, defined at \
         ~/.aws/config:12\n",
    );
    says(&home, &["credenv use dev", "credenv off"], "no profile chosen, and there is no `default`\n");
}

#[test]
fn of_what_was_exported_by_hand() {
    let home = home();
    says(
        &home,
        &["export AWS_PROFILE=nope"],
        &format!("nope\n{NOT_OURS}  there is no such profile in the AWS files: commands will fail\n"),
    );
    says(
        &home,
        &["cd project", "__credenv_prompt 2>/dev/null", "export AWS_PROFILE=keys"],
        "keys (eu-west-1)\n  changed by hand; credenv had put `dev` there: profile of the project, \
         ~/project/.credenv.yml:1\n  kind static, defined at ~/.aws/config:10\n  warning: the region `eu-west-1` came \
         with `dev`: `credenv use keys` takes that of `keys`\n",
    );
    says(
        &home,
        &["export AWS_ACCESS_KEY_ID=A AWS_SECRET_ACCESS_KEY=S"],
        &format!("keys in the environment\n{NOT_OURS}"),
    );
    says(
        &home,
        &["export AWS_PROFILE=keys AWS_ACCESS_KEY_ID=A AWS_SECRET_ACCESS_KEY=S"],
        &format!(
            "keys in the environment\n{NOT_OURS}  warning: `AWS_ACCESS_KEY_ID` overrides `AWS_PROFILE` in the AWS CLI and \
             boto3, but not in Node programs\n"
        ),
    );
    let web = format!("export AWS_ROLE_ARN={ROLE} AWS_WEB_IDENTITY_TOKEN_FILE=~/token");
    let is_web = format!("web identity for {ROLE}\n{NOT_OURS}");
    says(&home, &[&web], &is_web);
    says(
        &home,
        &[&web, "export AWS_PROFILE=keys"],
        &format!(
            "{is_web}  warning: the web identity overrides `AWS_PROFILE` in the AWS CLI and boto3, but not in Node programs\n"
        ),
    );
    says(
        &home,
        &[&web, "export AWS_PROFILE=web"],
        &format!("web\n  account 123456789012, role Web\n{NOT_OURS}  kind web-identity, defined at ~/.aws/config:12\n"),
    );
}

#[test]
fn of_what_cannot_be_used() {
    let home = home();
    home.sso_token("corp", &in_seconds(-2 * HOUR - MARGIN), "");
    let dev = format!("dev\n  account 123456789012, role Admin\n{NOT_OURS}  kind sso, defined at ~/.aws/config:1\n");
    let login = "`aws sso login --sso-session corp`";
    says(
        &home,
        &["export AWS_PROFILE=dev"],
        &format!("{dev}  the SSO session `corp` expired 2 h ago: {login} renews it\n"),
    );
    home.remove(".aws/sso");
    says(
        &home,
        &["export AWS_PROFILE=dev"],
        &format!("{dev}  you are not signed in to the SSO session `corp`: {login} signs in\n"),
    );
    // `{"exp":1}`, in a token that nobody signed.
    home.write("token", "e30.eyJleHAiOjF9.x");
    let home = home.env("AWS_ROLE_ARN", ROLE).env("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
    let (stdout, _) = home.credenv(["status"]).any_stdout().check();
    let line = stdout.lines().last().unwrap();
    assert!(line.starts_with("  the web identity token [HOME]/token expired ") && line.ends_with("days ago"), "{line}");
}
