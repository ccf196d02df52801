//! The programs that are found: their versions, and what follows from them.

use super::{GOOD_CONFIG, GOOD_CREDENTIALS, home};
use crate::support::{Home, is_missing};

/// A home with these commands in a `PATH` of its own, each being a script.
fn with(scripts: &[(&str, &str)]) -> Home {
    let home = home(GOOD_CONFIG, GOOD_CREDENTIALS);
    let home = scripts.iter().fold(home, |home, (name, script)| {
        let path = format!("bin/{name}");
        home.file(&path, format!("#!/bin/sh\n{script}\n")).mode(&path, 0o755)
    });
    let bin = home.path("bin").into_os_string().into_string().unwrap();
    home.env("PATH", bin)
}

/// An npm package with these commands, the way npm installs one.
fn package(home: Home, modules: &str, name: &str, version: &str, commands: &[&str]) -> Home {
    let bin: Vec<String> = commands.iter().map(|command| format!("\"{command}\": \"main.js\"")).collect();
    let json = format!("{{\"name\": \"{name}\", \"version\": \"{version}\", \"bin\": {{{}}}}}", bin.join(","));
    // Whoever starts it leaves a file.
    let home = home
        .file(format!("{modules}/{name}/package.json"), json)
        .file(format!("{modules}/{name}/main.js"), "#!/bin/sh\n/bin/touch \"$HOME/started\"\n")
        .mode(format!("{modules}/{name}/main.js"), 0o755)
        .directory("bin");
    commands.iter().fold(home, |home, command| {
        let to = home.path(format!("{modules}/{name}/main.js"));
        home.symlink(to, format!("bin/{command}"))
    })
}

fn found(home: &Home, directory: &str) -> String {
    let (stdout, _) = home.credenv(["doctor"]).inside(directory).any_stdout().any_code_but_a_bug().check();
    stdout
}

const SOUND: &str = "no problems found in ~/.aws/config and ~/.aws/credentials\n";

#[test]
fn those_that_are_there_tell_their_versions() {
    let home = with(&[
        ("aws", "test \"$*\" = --version && echo 'aws-cli/2.15.30 Python/3.11.8 Linux/6.1 exe/x86_64'"),
        ("terraform", "test \"$*:$CHECKPOINT_DISABLE\" = version:1 && echo 'Terraform v1.11.4\non linux_amd64'"),
        ("tofu", "echo 'OpenTofu v1.9.0'"),
    ]);
    let home = package(home, "lib/node_modules", "serverless", "3.40.0", &["serverless", "sls"]);
    let home = package(home, "lib/node_modules", "aws-cdk", "2.100.0", &["cdk"]);
    let all = "found aws 2.15.30, serverless 3.40.0, sls 3.40.0, cdk 2.100.0 (aws-cdk), terraform 1.11.4, tofu 1.9.0\n";
    assert_eq!(found(&home, ""), format!("{SOUND}{all}"));
    assert!(!home.path("started").exists(), "a program of npm was started");
    // Version 1 said it on stderr once.
    let old = with(&[("aws", "echo 'aws-cli/1.16.0 Python/2.7' >&2")]);
    assert_eq!(found(&old, ""), format!("{SOUND}found aws 1.16.0\n"));
    assert_eq!(found(&with(&[("other", "")]), ""), SOUND);
}

#[test]
fn in_json_they_stand_among_the_rest() {
    with(&[("aws", "echo aws-cli/2.15.30")])
        .credenv(["doctor", "--json"])
        .stdout(
            "[\n  {\n    \"severity\": \"found\",\n    \"message\": \"aws 2.15.30\",\n    \"file\": \
             \"[HOME]/bin/aws\",\n    \"line\": null,\n    \"variable\": null,\n    \"affects\": [],\n    \"remedy\": \
             \"\"\n  }\n]\n",
        )
        .check();
}

#[test]
fn one_that_does_not_tell_is_told() {
    let home = with(&[("aws", "echo; echo 'no module named awscli' >&2; exit 1")]);
    assert_eq!(
        found(&home, ""),
        "note: `aws` was found, but it does not say its version: no module named awscli\n  in ~/bin/aws\n  remedy: \
         `aws --version` should print it\n0 problems and 1 note; looked at ~/.aws/config and \
         ~/.aws/credentials\nfound aws (version unknown)\n"
    );
    // A script of another package manager stands in front of the program; a package.json far above is not of it.
    let home = with(&[("sls", "exec elsewhere")]).file("package.json", "{\"name\": \"mine\", \"version\": \"9\"}");
    assert!(found(&home, "").ends_with("found sls (version unknown)\n"));
}

#[test]
fn one_that_hangs_is_not_waited_for() {
    let home = with(&[("aws", "exec /bin/sleep 60")]);
    assert!(found(&home, "").starts_with("note: `aws` was found, but `[HOME]/bin/aws` did not answer within 5 s"));
}

/// Serverless starts the version that is installed in the project, whichever is typed.
#[test]
fn the_projects_own_serverless_counts() {
    let home = package(with(&[]), "lib/node_modules", "serverless", "4.4.7", &["serverless"]);
    let home = home
        .file("shop/node_modules/serverless/package.json", "{\"name\": \"serverless\", \"version\": \"3.38.0\"}")
        .directory("shop/functions");
    let own = format!("{SOUND}found serverless 4.4.7, serverless 3.38.0 in ~/shop/node_modules/serverless\n");
    assert_eq!(found(&home, "shop/functions"), own);
    assert_eq!(found(&home, ""), format!("{SOUND}found serverless 4.4.7\n"));
}

#[test]
fn somebody_must_log_in_for_sso() {
    let sso = "[profile sso]\nsso_start_url = https://x\nsso_region = x\nsso_account_id = 1\nsso_role_name = R\n";
    let told = |home: Home| found(&home.config(sso), "");
    let note = |why: &str| format!("note: profile `sso` uses SSO, but {why}\n  at ~/.aws/config:1\n");
    let gone = told(with(&[]));
    assert!(gone.contains(&note("there is no `aws` in `PATH`")), "{gone}");
    let old = told(with(&[("aws", "echo aws-cli/1.45.11")]));
    assert!(old.contains(&note("`aws` in `PATH` is 1.45.11, which has no `aws sso login`")), "{old}");
    let new = told(with(&[("aws", "echo aws-cli/2.15.30")]));
    assert!(!new.contains("a profile of SSO"), "{new}");
}

#[test]
fn the_real_aws_cli_tells_its_version() {
    if is_missing("aws") {
        return;
    }
    let home = Home::new();
    let (said, on_stderr) = home.run("aws", ["--version"]).any_stdout().any_stderr().check();
    let version = format!("{said}{on_stderr}").split_whitespace().next().unwrap().replace('/', " ").replace("-cli", "");
    // On a busy machine it may take longer than the doctor waits.
    let told =
        (0..5).map(|_| found(&home, "")).find(|told| !told.contains("did not answer within")).unwrap_or_default();
    assert!(told.contains(&format!("found {version}")), "{version}: {told}");
}
