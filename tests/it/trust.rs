//! Trust: a project file is followed only when it was allowed, and only as long as it means what it meant then.
// The tests edit the files of a home of their own.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::support::Home;

const AWS: &str = "[profile devProfile]\naws_access_key_id = A\naws_secret_access_key = B\n\
                   [profile prodProfile]\naws_access_key_id = A\naws_secret_access_key = B\n";
const DEV: &str = "profile: devProfile\n";
const PROD: &str = "profile: prodProfile\n";
const NEW: &str = "credenv: .credenv.yml is not followed: `credenv allow` shows what it asks for and allows it\n";
const CHANGED: &str = "credenv: .credenv.yml asks for something other than what you allowed, and is not followed: \
                       `credenv allow` shows it and allows it\n";
const NOTHING: &str = "{}\n";

fn home() -> Home {
    Home::new().config(AWS).file("p/.credenv.yml", DEV)
}

/// What the hook changes in that directory, and what it says.
fn hook(home: &Home, directory: &str) -> (String, String) {
    let path = home.path(directory);
    let run = home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()]);
    run.inside(directory).any_stdout().any_stderr().check()
}

fn allow(home: &Home, directory: &str) {
    home.credenv(["allow"]).inside(directory).any_stdout().check();
}

fn trust(home: &Home, directory: &str) -> String {
    let (json, _) = home.credenv(["project", "--json"]).inside(directory).any_stdout().check();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    json["trust"].as_str().unwrap().to_owned()
}

/// Asserts that the hook switches to that profile without a word of warning.
fn assert_follows(home: &Home, directory: &str, profile: &str) {
    let (json, words) = hook(home, directory);
    assert!(json.contains(&format!("\"AWS_PROFILE\":\"{profile}\"")), "{json}{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    assert_eq!(trust(home, directory), "trusted");
}

fn assert_does_not_follow(home: &Home, directory: &str, words: &str, verdict: &str) {
    assert_eq!(hook(home, directory), (NOTHING.to_owned(), words.to_owned()));
    assert_eq!(trust(home, directory), verdict);
}

#[test]
fn a_file_never_allowed_is_not_followed() {
    assert_does_not_follow(&home(), "p", NEW, "new");
}

#[test]
fn a_file_never_allowed_is_not_even_parsed() {
    let home = Home::new().config(AWS).file("p/.credenv.yml", "{{{ profile: [");
    assert_eq!(hook(&home, "p"), (NOTHING.to_owned(), NEW.to_owned()));
}

#[test]
fn allow_shows_what_the_file_asks_for_and_from_then_on_it_is_followed() {
    let home = Home::new()
        .config(AWS)
        .file("p/.credenv.yml", "profile: devProfile\nstages:\n  prod: { profile: prodProfile, protected: true }\n");
    let shown = "\
.credenv.yml
  stage: dev
  profile: devProfile (.credenv.yml:1)
  stage prod:
    profile: prodProfile (.credenv.yml:3)
    protected: only `credenv use` switches to it
allowed: .credenv.yml
";
    home.credenv(["allow"]).inside("p").stdout(shown).check();
    assert_follows(&home, "p", "devProfile");
}

#[test]
fn a_file_is_named_by_its_path_or_its_directory() {
    let home = home();
    home.credenv(["allow", "p/.credenv.yml"]).any_stdout().check();
    assert_eq!(trust(&home, "p"), "trusted");
    home.credenv(["deny", "p"]).stdout("denied: p/.credenv.yml\n").check();
    assert_eq!(trust(&home, "p"), "denied");
}

#[test]
fn what_is_no_project_file_is_refused_by_name() {
    let home = home().file("p/other.yml", "");
    let names = [
        ".credenv.yml",
        "serverless.yml",
        "serverless.yaml",
        "serverless.json",
        "samconfig.toml",
        "samconfig.yaml",
        "samconfig.yml",
        "cdk.json",
        "Pulumi.json",
        "Pulumi.yaml",
        "Pulumi.yml",
        "zappa_settings.json",
        "zappa_settings.toml",
        "zappa_settings.yml",
        "zappa_settings.yaml",
        ".chalice/config.json",
        ".elasticbeanstalk/config.yml",
        ".aws-profile",
        ".awsprofile",
    ];
    let hint = format!("  hint: project files are called `{}`\n", names.join("`, `"));
    let words = format!("credenv: p/other.yml is not a project file\n{hint}");
    home.credenv(["allow", "p/other.yml"]).stderr(words).code(1).check();
    let words = "credenv: cannot read nope: no such file or directory\n";
    home.credenv(["allow", "nope"]).stderr(words).code(1).check();
}

#[test]
fn editing_what_means_nothing_asks_nothing_again() {
    let home = home();
    allow(&home, "p");
    fs::write(home.path("p/.credenv.yml"), "# a comment\n\nprofile:   'devProfile'\nstage: dev\n").unwrap();
    assert_follows(&home, "p", "devProfile");
}

#[test]
fn turning_dev_into_prod_asks_again_and_allow_settles_it() {
    let home = home();
    allow(&home, "p");
    fs::write(home.path("p/.credenv.yml"), PROD).unwrap();
    assert_does_not_follow(&home, "p", CHANGED, "changed");
    allow(&home, "p");
    assert_follows(&home, "p", "prodProfile");
}

#[test]
fn a_stage_that_is_added_changes_the_meaning() {
    let home = home();
    allow(&home, "p");
    fs::write(home.path("p/.credenv.yml"), "profile: devProfile\nstages: { prod: prodProfile }\n").unwrap();
    assert_does_not_follow(&home, "p", CHANGED, "changed");
}

#[test]
fn a_denied_file_is_absent_without_a_word_and_so_is_the_same_file_with_another_meaning() {
    let home = home();
    home.credenv(["deny"]).inside("p").stdout("denied: .credenv.yml\n").check();
    assert_does_not_follow(&home, "p", "", "denied");
    fs::write(home.path("p/.credenv.yml"), PROD).unwrap();
    assert_does_not_follow(&home, "p", "", "denied");
    allow(&home, "p");
    assert_follows(&home, "p", "prodProfile");
}

#[test]
fn the_command_that_allows_a_denied_file_above_can_be_typed() {
    for directory in ["p", "it's mine"] {
        let home = Home::new().config(AWS).file(format!("{directory}/.credenv.yml"), DEV);
        let below = &format!("{directory}/below");
        fs::create_dir(home.path(below)).unwrap();
        home.credenv(["deny"]).inside(below).any_stdout().check();
        let (shown, _) = home.credenv(["project"]).inside(below).any_stdout().check();
        let command = shown.split('`').nth(1).and_then(|command| command.strip_prefix("credenv ")).expect(&shown);
        let line = format!("{} {command}", super::support::CREDENV);
        home.run("sh", ["-c", &line]).inside(below).any_stdout().check();
        assert_follows(&home, below, "devProfile");
    }
}

#[test]
fn what_is_not_allowed_takes_nothing_away_from_the_project_above() {
    for verdict in ["new", "denied", "changed"] {
        let home = home().file("p/sub/.credenv.yml", PROD);
        allow(&home, "p");
        match verdict {
            "denied" => {
                home.credenv(["deny"]).inside("p/sub").any_stdout().check();
            }
            "changed" => {
                allow(&home, "p/sub");
                fs::write(home.path("p/sub/.credenv.yml"), "profile: another\n").unwrap();
            }
            _ => {}
        }
        let (json, _) = hook(&home, "p/sub");
        assert!(json.contains("\"AWS_PROFILE\":\"devProfile\""), "{verdict}: {json}");
    }
}

#[test]
fn a_symlink_to_the_directory_leads_to_the_same_project() {
    let home = home().symlink("p", "link");
    allow(&home, "p");
    assert_follows(&home, "link", "devProfile");
}

#[test]
fn a_symlink_into_the_middle_of_a_project_leads_into_it() {
    let home = home().directory("p/sub").symlink("p/sub", "link");
    allow(&home, "p");
    let (json, _) = hook(&home, "link");
    assert!(json.contains("\"AWS_PROFILE\":\"devProfile\""), "{json}");
}

#[test]
fn a_project_under_another_name_is_another_project() {
    let home = home();
    allow(&home, "p");
    fs::rename(home.path("p"), home.path("q")).unwrap();
    assert_does_not_follow(&home, "q", NEW, "new");
}

#[test]
fn a_project_file_that_became_a_symlink_to_an_allowed_one_is_not_that_one() {
    let home = home().file("other/.credenv.yml", PROD);
    allow(&home, "p");
    allow(&home, "other");
    fs::remove_file(home.path("p/.credenv.yml")).unwrap();
    symlink(home.path("other/.credenv.yml"), home.path("p/.credenv.yml")).unwrap();
    assert_does_not_follow(&home, "p", NEW, "new");
    allow(&home, "p");
    assert_follows(&home, "p", "prodProfile");
}

#[test]
fn a_record_that_is_copied_to_the_name_of_another_file_is_no_record_of_it() {
    let home = home().file("q/.credenv.yml", DEV);
    allow(&home, "p");
    let records = home.path(".local/state/credenv/trust");
    let of_p = fs::read_dir(&records).unwrap().next().unwrap().unwrap().path();
    home.credenv(["deny"]).inside("q").any_stdout().check();
    let of_q = fs::read_dir(&records).unwrap().map(|entry| entry.unwrap().path()).find(|path| *path != of_p).unwrap();
    fs::copy(&of_p, &of_q).unwrap();
    assert_does_not_follow(&home, "q", NEW, "new");
}

#[test]
fn a_damaged_record_is_none() {
    let home = home();
    allow(&home, "p");
    let records = home.path(".local/state/credenv/trust");
    let record = fs::read_dir(&records).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&record).unwrap();
    for length in 0..whole.len() {
        fs::write(&record, &whole[..length]).unwrap();
        let (json, _) = hook(&home, "p");
        assert_eq!(json, NOTHING, "cut after {length} bytes");
    }
}

#[test]
fn a_file_that_is_included_changes_the_meaning() {
    let project = "service: s\nprovider:\n  name: aws\n  profile: ${file(names.yml):profile}\n";
    let home = Home::new().config(AWS).file("s/serverless.yml", project).file("s/names.yml", DEV);
    allow(&home, "s");
    assert_follows(&home, "s", "devProfile");
    fs::write(home.path("s/names.yml"), PROD).unwrap();
    assert_does_not_follow(&home, "s", &CHANGED.replace(".credenv.yml", "serverless.yml"), "changed");
}

#[test]
fn a_stage_that_the_person_names_is_not_the_files_meaning() {
    let home = Home::new()
        .config(AWS)
        .file("p/.credenv.yml", "profile: devProfile\nstages: { prod: prodProfile }\n")
        .env("CREDENV_STAGE", "prod");
    allow(&home, "p");
    let home = home.without("CREDENV_STAGE");
    assert_follows(&home, "p", "devProfile");
    let home = home.env("CREDENV_STAGE", "prod");
    assert_follows(&home, "p", "prodProfile");
}

#[test]
fn no_project_file_can_say_that_it_is_trusted() {
    let home = Home::new().config(AWS).file("p/.credenv.yml", "profile: devProfile\ntrust: true\n");
    let words = "credenv: [HOME]/p/.credenv.yml:2:1: unknown key `trust`\n";
    let (_, said) = home.credenv(["allow"]).inside("p").any_stderr().code(1).check();
    assert!(said.starts_with(words), "{said}");
    assert_eq!(hook(&home, "p"), (NOTHING.to_owned(), NEW.to_owned()));
}

#[test]
fn an_allowed_file_that_breaks_is_told_with_its_line_and_not_followed() {
    let home = home();
    allow(&home, "p");
    fs::write(home.path("p/.credenv.yml"), "profile: devProfile\nregon: x\n").unwrap();
    let (json, words) = hook(&home, "p");
    assert_eq!(json, NOTHING);
    assert!(words.starts_with("credenv: [HOME]/p/.credenv.yml:2:1: unknown key `regon`\n"), "{words}");
}

#[test]
fn the_records_are_the_persons_alone() {
    let home = home();
    allow(&home, "p");
    let mode = |path: &str| fs::metadata(home.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(".local/state/credenv"), 0o700);
    assert_eq!(mode(".local/state/credenv/trust"), 0o700);
    for record in home.names_in(".local/state/credenv/trust") {
        assert_eq!(mode(&format!(".local/state/credenv/trust/{}", record.display())), 0o600);
    }
}

#[test]
fn nothing_is_written_into_the_project() {
    let home = home();
    allow(&home, "p");
    hook(&home, "p");
    assert_eq!(home.names_in("p"), [".credenv.yml"]);
}
