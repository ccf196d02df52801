//! What the commands print, to the byte, and how `exec` hands on what it is given.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use serde_json::{Value as Json, json};

use crate::support::{Env, Home, is_missing, source};

/// Every kind of profile.
const CONFIG: &str = "\
[default]
region = us-west-1
output = json

[profile dev]
region = eu-west-1
s3 =
  max_concurrent_requests = 20
  addressing_style = path

[profile prod]
role_arn = arn:aws:iam::123456789012:role/team/Deploy
source_profile = dev
region = us-east-1

[profile \"my account\"]
sso_session = corp
sso_account_id = 222222222222
sso_role_name = ReadOnly

[profile legacy-sso]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 333333333333
sso_role_name = Admin

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1

[profile robot]
role_arn = arn:aws:iam::123456789012:role/Robot
web_identity_token_file = token
role_session_name = robot-session

[profile helper]
credential_process = /opt/helper
region = eu-north-1

[profile console]
login_session = arn:aws:iam::444444444444:user/me

[profile instance]
role_arn = arn:aws:iam::123456789012:role/Instance
credential_source = Ec2InstanceMetadata

[profile nothing]
output = text

[services local]
s3 =
  endpoint_url = http://localhost
";

const CREDENTIALS: &str = "\
[dev]
aws_access_key_id = AKIADEVDEVDEVDEV
aws_secret_access_key = dev/secret

[keys-only]
aws_access_key_id = AKIAKEYSKEYSKEYS
aws_secret_access_key = keys/secret
aws_session_token = keys/token
";

fn home() -> Home {
    Home::new()
        .config(CONFIG)
        .credentials(CREDENTIALS)
        .file(".aws/token", "a web identity token")
        .file(".config/credenv/config.yml", "protected: [\"*prod*\"]\n")
}

/// The home of a shell in which that command was evaluated.
fn after(home: Home, arguments: &[&str]) -> Home {
    let (script, _) = home.credenv([arguments, &["--shell", "json"]].concat()).any_stdout().any_stderr().check();
    let unmasked = script.replace("[HOME]", home.path("").to_str().unwrap().trim_end_matches('/'));
    let changes: serde_json::Map<String, Json> = serde_json::from_str(&unmasked).unwrap();
    changes.iter().fold(home, |home, (name, value)| match value.as_str() {
        Some(value) => home.env(name, value),
        None => home.without(name),
    })
}

fn json_of(home: &Home, arguments: &[&str]) -> Json {
    let (stdout, _) = home.credenv(arguments).any_stdout().check();
    assert!(stdout.ends_with('\n'), "the last line is whole");
    serde_json::from_str(&stdout).unwrap()
}

const NAMES: &str =
    "default\ndev\nprod\nmy account\nlegacy-sso\nrobot\nhelper\nconsole\ninstance\nnothing\nkeys-only\n";

#[test]
fn list_prints_the_names_one_a_line() {
    home().credenv(["list"]).stdout(NAMES).check();
    after(home(), &["use", "dev"]).credenv(["list"]).stdout(NAMES).check();
    Home::new().credenv(["list"]).check();
    Home::new().credenv(["list", "--long"]).stdout("  PROFILE  KIND  ACCOUNT  ROLE  REGION  EXPIRES  SOURCE\n").check();
    Home::new().credenv(["list", "--json"]).stdout("[]\n").check();
}

#[test]
fn list_long_is_a_table_that_marks_the_active_and_the_protected() {
    after(home(), &["use", "dev"])
        .credenv(["list", "--long"])
        .stdout(
            "   PROFILE     KIND                ACCOUNT       ROLE      REGION      EXPIRES  SOURCE
   default     none                -             -         us-west-1   -        ~/.aws/config:1
*  dev         static              -             -         eu-west-1   -        ~/.aws/config:5, ~/.aws/credentials:1
   prod        role, protected     123456789012  Deploy    us-east-1   -        ~/.aws/config:11
   my account  sso                 222222222222  ReadOnly  -           -        ~/.aws/config:16
   legacy-sso  sso                 333333333333  Admin     -           -        ~/.aws/config:21
   robot       web-identity        123456789012  Robot     -           -        ~/.aws/config:31
   helper      credential-process  -             -         eu-north-1  -        ~/.aws/config:36
   console     login               -             -         -           -        ~/.aws/config:40
   instance    role                123456789012  Instance  -           -        ~/.aws/config:43
   nothing     none                -             -         -           -        ~/.aws/config:47
   keys-only   static              -             -         -           -        ~/.aws/credentials:5
",
        )
        .check();
}

#[test]
fn list_marks_the_previous_profile_as_use_names_it() {
    let home = after(after(home(), &["use", "dev"]), &["use", "prod", "--yes"]);
    let (table, _) = home.credenv(["list", "--long", "PRO"]).any_stdout().check();
    assert_eq!(
        table,
        "   PROFILE  KIND             ACCOUNT       ROLE    REGION     EXPIRES  SOURCE\n\
         *  prod     role, protected  123456789012  Deploy  us-east-1  -        ~/.aws/config:11\n"
    );
    let (table, _) = home.credenv(["list", "--long", "d*v"]).any_stdout().check();
    assert!(
        table.ends_with(
            "\n-  dev      static  -        -     eu-west-1  -        ~/.aws/config:5, ~/.aws/credentials:1\n"
        ),
        "{table}"
    );
    let list = json_of(&home, &["list", "--json", "dev"]);
    assert_eq!((&list[0]["previous"], &list[0]["active"]), (&json!(true), &json!(false)));
}

#[test]
fn list_finds_by_part_of_a_name_by_pattern_and_by_kind() {
    let lists = |arguments: &[&str], names: &str| home().credenv([&["list"], arguments].concat()).stdout(names).check();
    lists(&["SSO"], "legacy-sso\n");
    lists(&["o"], "prod\nmy account\nlegacy-sso\nrobot\nconsole\nnothing\nkeys-only\n");
    lists(&["*o"], "legacy-sso\n");
    lists(&["--kind", "role"], "prod\ninstance\n");
    lists(&["--kind", "role", "prod"], "prod\n");
    lists(&["--kind", "static", "--sort", "name"], "dev\nkeys-only\n");
    home()
        .credenv(["list", "nope"])
        .stderr("credenv: no profile matches `nope`\n  hint: `credenv list` shows your profiles\n")
        .code(1)
        .check();
    home().credenv(["list", "nope", "--json"]).stdout("[]\n").check();
}

#[test]
fn list_sorts_and_keeps_the_order_of_the_files_among_those_alike() {
    let lists = |sort: &str| {
        let (names, _) = home().credenv(["list", "--sort", sort]).any_stdout().check();
        names.lines().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(lists("file"), NAMES.trim_end().replace('\n', " "));
    assert_eq!(lists("name"), "console default dev helper instance keys-only legacy-sso my account nothing prod robot");
    assert_eq!(lists("kind"), "helper console default nothing prod instance my account legacy-sso dev keys-only robot");
    assert_eq!(
        lists("account"),
        "prod instance robot my account legacy-sso default dev helper console nothing keys-only"
    );
    assert_eq!(
        lists("region"),
        "helper dev prod default my account legacy-sso robot console instance nothing keys-only"
    );
    assert_eq!(lists("expiry"), lists("file"), "nothing is known to end");
}

/// Colour says nothing that a word or a mark does not say as well, and a pipe gets none.
#[test]
fn list_is_coloured_on_a_terminal_alone() {
    if is_missing("python3") {
        return;
    }
    let table = |colour: &str, end: &str| {
        format!(
            "  {colour}PROFILE{end}  {colour}KIND{end}             {colour}ACCOUNT{end}       {colour}ROLE{end}    \
             {colour}REGION{end}     {colour}EXPIRES{end}  {colour}SOURCE{end}\n"
        )
    };
    let row = |colour: &str, end: &str| {
        ["prod     ", "role, protected  ", "123456789012  ", "Deploy  ", "us-east-1  ", "-        ", "~/.aws/config:11"]
            .map(|cell| {
                let word = cell.trim_end();
                format!("{colour}{word}{end}{}", &cell[word.len()..])
            })
            .concat()
    };
    let plain = format!("{}  {}\n", table("", ""), row("", ""));
    let coloured = format!("{}  {}\n", table("\u{1b}[1m", "\u{1b}[m"), row("\u{1b}[33m", "\u{1b}[m"));
    home().credenv(["list", "--long", "prod"]).stdout(&plain).check();
    on_a_terminal(&home().env("TERM", "xterm"), "", "credenv list --long prod", &coloured);
    on_a_terminal(&home().env("TERM", "xterm").env("NO_COLOR", "1"), "", "credenv list --long prod", &plain);
    on_a_terminal(&home().env("TERM", "dumb"), "", "credenv list --long prod", &plain);
}

#[test]
fn list_aligns_names_that_take_two_columns_a_character() {
    let config = "[profile 日本]\nregion = x\n[profile abc]\nregion = y\n";
    let table = "  PROFILE  KIND  ACCOUNT  ROLE  REGION  EXPIRES  SOURCE\n  日本     none  -        -     x       -        ~/.aws/config:1\n  abc      none  -        -     y       -        ~/.aws/config:3\n";
    Home::new().config(config).credenv(["list", "--long"]).stdout(table).check();
}

#[test]
fn list_json_tells_all_of_it() {
    let entry =
        |name: &str, kind: &str, region: Option<&str>, identity: Option<(&str, &str)>, lines: &[(&str, u32)]| {
            let source: Vec<_> =
                lines.iter().map(|(file, line)| json!({"file": format!("[HOME]/.aws/{file}"), "line": line})).collect();
            json!({
                "name": name, "kind": kind, "region": region, "account_id": identity.map(|identity| identity.0),
                "role": identity.map(|identity| identity.1), "source": source, "active": name == "helper",
                "previous": false, "protected": name == "prod", "expires_at": null, "renewable": false,
            })
        };
    let deploy = Some(("123456789012", "Deploy"));
    let expected = json!([
        entry("default", "none", Some("us-west-1"), None, &[("config", 1)]),
        entry("dev", "static", Some("eu-west-1"), None, &[("config", 5), ("credentials", 1)]),
        entry("prod", "role", Some("us-east-1"), deploy, &[("config", 11)]),
        entry("my account", "sso", None, Some(("222222222222", "ReadOnly")), &[("config", 16)]),
        entry("legacy-sso", "sso", None, Some(("333333333333", "Admin")), &[("config", 21)]),
        entry("robot", "web-identity", None, Some(("123456789012", "Robot")), &[("config", 31)]),
        entry("helper", "credential-process", Some("eu-north-1"), None, &[("config", 36)]),
        entry("console", "login", None, None, &[("config", 40)]),
        entry("instance", "role", None, Some(("123456789012", "Instance")), &[("config", 43)]),
        entry("nothing", "none", None, None, &[("config", 47)]),
        entry("keys-only", "static", None, None, &[("credentials", 5)]),
    ]);
    assert_eq!(json_of(&home().env("AWS_PROFILE", "helper"), &["list", "--json"]), expected);
}

#[test]
fn show_prints_the_profile_with_its_lines_and_without_its_secrets() {
    let dev = "\
dev (static)
  aws_access_key_id = ********  # ~/.aws/credentials:2
  aws_secret_access_key = ********  # ~/.aws/credentials:3
  region = eu-west-1  # ~/.aws/config:6
  s3 =  # ~/.aws/config:7
    addressing_style = path
    max_concurrent_requests = 20
  from ~/.aws/config:5
  from ~/.aws/credentials:1
";
    home().credenv(["show", "dev"]).stdout(dev).check();
    after(home(), &["use", "dev"]).credenv(["show"]).stdout(dev).check();
    let account = "my account (sso)\n  sso_account_id = 222222222222  # ~/.aws/config:18\n  sso_role_name = ReadOnly  # \
                   ~/.aws/config:19\n  sso_session = corp  # ~/.aws/config:17\n  from ~/.aws/config:16\n";
    home().credenv(["show", "my account"]).stdout(account).check();
    let words = "credenv: no profile is active\n  hint: `credenv show PROFILE` shows one; `credenv list` lists them\n";
    home().credenv(["show"]).stderr(words).code(1).check();
}

#[test]
fn show_json_has_the_properties_and_masks_the_secrets() {
    let expected = json!({
        "name": "dev",
        "kind": "static",
        "properties": {
            "aws_access_key_id": "********",
            "aws_secret_access_key": "********",
            "region": "eu-west-1",
            "s3": "\nmax_concurrent_requests = 20\naddressing_style = path",
        },
        "sub_properties": {"s3": {"addressing_style": "path", "max_concurrent_requests": "20"}},
        "source": [
            {"file": "[HOME]/.aws/config", "line": 5},
            {"file": "[HOME]/.aws/credentials", "line": 1},
        ],
        "expires_at": null,
        "renewable": false,
    });
    assert_eq!(json_of(&home(), &["show", "dev", "--json"]), expected);
    let keys = json_of(&home(), &["show", "keys-only", "--json"]);
    assert_eq!(keys["properties"]["aws_session_token"], "********");
}

/// What `status` says, and what it is as JSON.
fn status(home: &Home, text: &str, json: &Json) {
    home.credenv(["status"]).stdout(text).check();
    assert_eq!(&json_of(home, &["status", "--json"]), json);
}

#[test]
fn status_of_a_profile_chosen_by_hand() {
    status(
        &after(home(), &["use", "dev"]),
        "dev (eu-west-1)\n  chosen by hand: `credenv use dev`\n  kind static, defined at ~/.aws/config:5\n",
        &json!({
            "profile": "dev", "region": "eu-west-1", "stage": null, "mode": "profile", "chosen": "hand",
            "origin": null, "expires_at": null, "renewable": false,
            "certificates": null,
            "variables": {
                "AWS_PROFILE": "dev", "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
                "AWS_SDK_LOAD_CONFIG": "1",
            },
        }),
    );
}

#[test]
fn status_of_a_web_identity() {
    let variables =
        |home: Home| home.env("AWS_WEB_IDENTITY_TOKEN_FILE", "/token").env("AWS_ROLE_ARN", "arn:aws:iam::1:role/R");
    status(
        &variables(home()),
        "web identity for arn:aws:iam::1:role/R\n  set in the environment, not by credenv\n",
        &json!({
            "profile": null, "region": null, "stage": null, "mode": "web-identity", "chosen": "environment",
            "origin": null, "expires_at": null, "renewable": false,
            "certificates": null,
            "variables": {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/R"},
        }),
    );
}

#[test]
fn status_of_keys_masks_them() {
    status(
        &after(home(), &["use", "keys-only", "--creds", "--region", "eu-south-1"]),
        "keys-only (eu-south-1), as keys in the environment\n  chosen by hand: `credenv use keys-only --region eu-south-1 --creds`\n",
        &json!({
            "profile": "keys-only", "region": "eu-south-1", "stage": null, "mode": "credentials", "chosen": "hand",
            "origin": null, "expires_at": null, "renewable": false,
            "certificates": null,
            "variables": {
                "AWS_ACCESS_KEY_ID": "********", "AWS_SECRET_ACCESS_KEY": "********", "AWS_SESSION_TOKEN": "********",
                "AWS_REGION": "eu-south-1", "AWS_DEFAULT_REGION": "eu-south-1", "AWS_SDK_LOAD_CONFIG": "1",
            },
        }),
    );
    let foreign = home().env("AWS_ACCESS_KEY_ID", "AKIA").env("AWS_SECRET_ACCESS_KEY", "secret");
    foreign.credenv(["status"]).stdout("keys in the environment\n  set in the environment, not by credenv\n").check();
}

#[test]
fn status_of_nothing() {
    status(
        &home(),
        "no profile chosen: programs use `default`, defined at ~/.aws/config:1\n",
        &json!({
            "profile": null, "region": null, "stage": null, "mode": "none", "chosen": "none", "origin": null, "expires_at": null, "renewable": false,
            "variables": {}, "certificates": null,
        }),
    );
    Home::new().credenv(["status"]).stdout("no profile chosen, and there is no `default`\n").check();
}

#[test]
fn status_warns_where_programs_would_disagree() {
    home()
        .env("AWS_PROFILE", "dev")
        .env("AWS_DEFAULT_PROFILE", "prod")
        .env("AWS_ACCESS_KEY_ID", "AKIA")
        .credenv(["status"])
        .stdout(
            "dev\n  set in the environment, not by credenv\n  kind static, defined at ~/.aws/config:5\n  warning: \
             `AWS_ACCESS_KEY_ID` is set without `AWS_SECRET_ACCESS_KEY`, at which the AWS CLI and boto3 stop\n  warning: \
             boto3 and the AWS CLI v1 use `AWS_DEFAULT_PROFILE`, the others `AWS_PROFILE`\n",
        )
        .check();
    home()
        .env("AWS_PROFILE", "")
        .credenv(["status"])
        .stdout(
            "no profile chosen: programs use `default`, defined at ~/.aws/config:1\n  warning: `AWS_PROFILE` is set \
             but empty, which the AWS CLI and boto3 refuse\n",
        )
        .check();
    home()
        .env("AWS_PROFILE", "gone")
        .credenv(["status"])
        .stdout(
            "gone\n  set in the environment, not by credenv\n  there is no such profile in the AWS files: commands will \
             fail\n",
        )
        .check();
}

#[test]
fn why_tells_the_line_or_command_behind_each_variable_and_what_was_before() {
    let home = home().env("AWS_REGION", "before\n").env("AWS_VAULT", "");
    after(home, &["use", "dev"])
        .credenv(["why"])
        .stdout(
            "\
AWS_DEFAULT_REGION=eu-west-1
  region of the profile, ~/.aws/config:6
  before: not set
AWS_PROFILE=dev
  `credenv use dev`, ~/.aws/config:5
  before: not set
AWS_REGION=eu-west-1
  region of the profile, ~/.aws/config:6
  before: `before\\n`
AWS_SDK_LOAD_CONFIG=1
  lets the AWS SDK for JavaScript v2 read [HOME]/.aws/config
  before: not set
AWS_VAULT is not set
  makes way for: `credenv use dev`
  before: ``
",
        )
        .check();
}

#[test]
fn why_of_one_variable() {
    let dev = || after(home().env("AWS_SECRET_ACCESS_KEY", "hunter2"), &["use", "dev", "--region", "eu-north-1"]);
    let why = |home: Home, name: &str, text: &str| {
        home.credenv(["why", name]).stdout(text).check();
    };
    why(dev(), "AWS_REGION", "AWS_REGION=eu-north-1\n  `credenv use dev --region eu-north-1`\n  before: not set\n");
    why(
        dev(),
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_ACCESS_KEY is not set\n  makes way for: `credenv use dev --region eu-north-1`\n  before: a \
         secret, which could not be set aside\n",
    );
    why(
        dev().env("AWS_REGION", "by-hand"),
        "AWS_REGION",
        "AWS_REGION=by-hand\n  changed by hand after credenv set it, so credenv leaves it alone\n",
    );
    why(home().env("AWS_REGION", "x"), "AWS_REGION", "AWS_REGION=x\n  set in the environment, not by credenv\n");
    why(home(), "AWS_REGION", "AWS_REGION is not set\n");
    home().credenv(["why"]).stdout("no AWS variable is set, and credenv has changed none\n").check();
    home()
        .credenv(["why", "A-B"])
        .stderr(
            "credenv: `A-B` cannot be the name of a variable\n  hint: a name has letters, digits and `_`, as in \
             `AWS_PROFILE`\n",
        )
        .code(2)
        .check();
}

#[test]
fn exec_gives_the_command_exactly_the_environment_of_the_profile() {
    let home = home()
        .env("AWS_ACCESS_KEY_ID", "AKIAOTHER")
        .env("AWS_SESSION_TOKEN", b"\xff")
        .env("AWS_DEFAULT_PROFILE", "other")
        .env("AWS_REGION", "")
        .env("UNRELATED", b"\xfe\n'");
    let dump = |home: &Home, command: &[&str]| {
        let dumping = ["--", "sh", "-c", "exec /usr/bin/env -0 >../dump"];
        home.credenv([command, &dumping].concat()).check();
        Env::parse(&home.read("../dump"))
    };
    home.run("sh", ["-c", "exec /usr/bin/env -0 >../dump"]).check();
    let first = Env::parse(&home.read("../dump"));
    let region = |region| [("AWS_REGION", Some(region)), ("AWS_DEFAULT_REGION", Some(region))];
    let way = [("AWS_ACCESS_KEY_ID", None), ("AWS_SESSION_TOKEN", None), ("AWS_DEFAULT_PROFILE", None)];
    let dev = first
        .clone()
        .but(&way)
        .but(&region("eu-west-1"))
        .but(&[("AWS_PROFILE", Some("dev")), ("AWS_SDK_LOAD_CONFIG", Some("1"))]);
    dump(&home, &["exec", "dev"]).stateless().must_be(&dev, "exec dev");
    let elsewhere = dev.but(&region("sa-east-1"));
    dump(&home, &["exec", "dev", "--region", "sa-east-1"]).stateless().must_be(&elsewhere, "exec dev --region");
    let keys = first.but(&way).but(&[
        ("AWS_ACCESS_KEY_ID", Some("AKIAKEYSKEYSKEYS")),
        ("AWS_SECRET_ACCESS_KEY", Some("keys/secret")),
        ("AWS_SESSION_TOKEN", Some("keys/token")),
        ("AWS_SDK_LOAD_CONFIG", Some("1")),
    ]);
    dump(&home, &["exec", "keys-only", "--creds"]).stateless().must_be(&keys, "exec --creds");
}

#[test]
fn exec_hands_on_arguments_stdin_both_streams_and_the_exit_status() {
    let home = home().directory("empty");
    home.credenv(["exec", "dev", "--", "sh", "-c", "cat; echo words >&2; exit 7"])
        .stdin(b"in\xff\0put")
        .stdout(b"in\xff\0put")
        .stderr("words\n")
        .code(7)
        .check();
    let arguments =
        [b"exec" as &[u8], b"dev", b"--", b"printf", b"<%s>", b"a  b", b"*", b"", b"$(touch X)", b"\xff", b"-n"];
    home.credenv(arguments.map(OsStr::from_bytes)).inside("empty").stdout(b"<a  b><*><><$(touch X)><\xff><-n>").check();
    assert_eq!(home.names_in("empty"), [""; 0]);
}

#[test]
fn exec_becomes_the_command_so_that_a_signal_ends_it() {
    home().credenv(["exec", "dev", "--", "sh", "-c", "kill -TERM $$"]).signal(15).check();
    let script = "credenv exec dev -- sh -c 'kill -KILL $$'; echo $?";
    home().run("sh", ["-c", script]).stdout("137\n").any_stderr().check();
    let script = "credenv exec dev -- sh -c 'echo $PPID'; echo $$";
    let (pids, _) = home().run("sh", ["-c", script]).any_stdout().check();
    let pids: Vec<_> = pids.lines().collect();
    assert!(pids.len() == 2 && pids[0] == pids[1], "there is a process between the shell and the command: {pids:?}");
}

#[test]
fn exec_says_why_a_command_cannot_be_run_with_the_codes_of_a_shell() {
    let home =
        home().file("data", "").directory("directory").file("broken", "#!/nowhere/interpreter\n").mode("broken", 0o755);
    let fails = |command: &str, words: &str, code: i32| {
        home.credenv(["exec", "dev", "--", command]).stderr(words).code(code).check();
    };
    fails("no-such-command", "credenv: cannot run `no-such-command`: no such command\n", 127);
    fails("./no-such", "credenv: cannot run `./no-such`: no such command\n", 127);
    fails("", "credenv: cannot run ``: no such command\n", 127);
    fails("./data", "credenv: cannot run `./data`: it is not an executable file\n", 126);
    fails("./directory", "credenv: cannot run `./directory`: it is not an executable file\n", 126);
    fails("./broken", "credenv: cannot run `[HOME]/broken`: no such file or directory\n", 126);
}

#[test]
fn exec_runs_nothing_under_a_profile_that_is_not_there() {
    let home = home().directory("empty");
    home.credenv(["exec", "nope", "--", "touch", "X"])
        .inside("empty")
        .stderr(
            "credenv: no profile named `nope`\n  looked in [HOME]/.aws/config\n  looked in [HOME]/.aws/credentials\n  \
             hint: `credenv list` shows your profiles\n",
        )
        .code(1)
        .check();
    home.credenv(["exec", "dev"])
        .stderr(
            "credenv: `<COMMAND>...` is missing\n  usage: credenv exec <PROFILE> -- <COMMAND>...\n  hint: `credenv exec \
             --help` shows what it takes\n",
        )
        .code(2)
        .check();
    assert_eq!(home.names_in("empty"), [""; 0]);
}

/// Without a controlling terminal there is nobody to ask.
#[test]
fn a_protected_profile_is_refused_where_nobody_can_be_asked() {
    if is_missing("setsid") {
        return;
    }
    let refusal = |command: &str| {
        format!(
            "credenv: `prod` is protected, and there is no terminal to ask on\n  hint: `credenv {command} prod --yes` \
             switches without asking\n"
        )
    };
    let home = home();
    let alone = |arguments: &[&str]| home.run("setsid", [&["--wait", "credenv"], arguments].concat());
    alone(&["use", "prod", "--shell", "bash"]).stdout("false;\n").stderr(refusal("use")).code(1).check();
    alone(&["exec", "prod", "--", "echo", "deployed"]).stderr(refusal("exec")).code(1).check();
    let (script, _) = alone(&["use", "prod", "--shell", "bash", "--yes"]).any_stdout().check();
    assert!(script.contains("export AWS_PROFILE='prod';\n"), "{script}");
    alone(&["exec", "prod", "--yes", "--", "sh", "-c", "echo $AWS_PROFILE"]).stdout("prod\n").check();
}

/// What the terminal shows while `command` runs on it, where every question is answered with `answer`.
fn on_a_terminal(home: &Home, answer: &str, command: &str, shown: &str) {
    let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/terminal.py");
    home.run("python3", [helper, answer, "sh", "-c", command]).stdout(shown).check();
}

#[test]
fn on_a_terminal_the_answer_decides() {
    if is_missing("python3") {
        return;
    }
    let question = "credenv: `prod` is protected: switch to it? [y/N] ";
    let refusal = "credenv: `prod` is protected, and the answer was no\n  hint: `credenv use prod --yes` switches \
                   without asking\n";
    let command = "eval \"$(credenv use prod)\"; echo \"$?:$AWS_PROFILE\"";
    for yes in ["y", "Y", "yes", " yes "] {
        on_a_terminal(&home(), yes, command, &format!("{question}{yes}\n0:prod\n"));
    }
    for no in ["n", "", "no", "yy", "prod"] {
        on_a_terminal(&home(), no, command, &format!("{question}{no}\n{refusal}1:\n"));
    }
    let typed = format!("eval \"$(credenv init sh)\"; {}", "credenv use prod; echo \"$?:$AWS_PROFILE\"");
    on_a_terminal(&home(), "y", &typed, &format!("{question}y\ncredenv: prod (us-east-1)\n0:prod\n"));
    on_a_terminal(&home(), "n", &typed, &format!("{question}n\n{refusal}1:\n"));
    on_a_terminal(&home(), "y", "credenv exec prod -- printenv AWS_PROFILE", &format!("{question}y\nprod\n"));
}

/// A person who forgets the `eval` is told; keys are not even shown.
#[test]
fn on_a_terminal_use_says_that_nothing_has_changed_yet() {
    if is_missing("python3") {
        return;
    }
    let home = home();
    let (script, _) = home.credenv(["use", "nothing", "--shell", "bash"]).any_stdout().check();
    let words = |how: &str, shell: &str| {
        format!(
            "credenv: this changes nothing yet: the shell must evaluate what is printed\n  hint: `{how}`; after \
             `credenv init --install {shell}`, new shells do so by themselves\n"
        )
    };
    let bash = words("eval \"$(credenv use nothing)\"", "bash");
    on_a_terminal(&home, "", "credenv use nothing --shell bash", &format!("{bash}{script}"));
    let (script, _) = home.credenv(["use", "nothing", "--shell", "fish"]).any_stdout().check();
    let fish = words("credenv use nothing | source", "fish");
    on_a_terminal(&home, "", "credenv use nothing --shell fish", &format!("{fish}{script}"));
    on_a_terminal(
        &home,
        "",
        "credenv use keys-only --creds --shell bash || echo $?",
        "credenv: the keys would be shown on the terminal\n  hint: `eval \"$(credenv use keys-only --creds)\"` hands \
         them to the shell only\nfalse;\n1\n",
    );
}

#[test]
fn version_and_help_are_data() {
    let version = concat!("credenv ", env!("CARGO_PKG_VERSION"), "\n");
    home().credenv(["--version"]).stdout(version).check();
    let (help, _) = home().credenv(["--help"]).any_stdout().check();
    for command in ["use", "off", "exec", "list", "show", "configure", "status", "why", "doctor", "init"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))), "{command}: {help}");
        let (own, _) = home().credenv([command, "--help"]).any_stdout().check();
        assert!(own.contains("\nExample: ") && own.contains(&format!("credenv {command}")), "{own}");
    }
    let (nothing, words) = home().credenv([""; 0]).any_stderr().code(2).check();
    assert_eq!((nothing.as_str(), words.as_str()), ("", help.as_str()));
}

#[test]
fn the_line_that_loads_each_integration_stands_in_the_readme() {
    let readme = String::from_utf8(source("README.md")).unwrap();
    for dialect in credenv::shells::DIALECTS {
        if let Some(integration) = dialect.integration() {
            // In a table, a `|` takes a backslash.
            assert!(readme.contains(&integration.line.replace('|', "\\|")), "{}", integration.line);
        }
    }
}
