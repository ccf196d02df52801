//! The project files of other programs: what they ask for is what those programs take, and following them is as with ours.
// The tests read and edit files of their own.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::support::{Home, Prompt, Session, Shell};

const FORMATS: [&str; 7] = ["sam", "zappa", "chalice", "elastic-beanstalk", "cdk", "pulumi", "aws-profile"];

/// Where we differ from the program, and why.
const DIFFERENT: [(&str, &str, &str); 3] = [
    // It reads Hjson, which has comments; we read JSON.
    ("zappa", "commented", "none"),
    ("zappa", "commented", "dev"),
    // It wants to be told a stage, and all of them come to the same.
    ("zappa", "stages-alike", "none"),
];

const CONFIG: &str = "\
[profile devProfile]
region = eu-west-1
[profile prodProfile]
region = us-east-1
[profile otherProfile]
output = json
";

fn projects(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats").join(format)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A home in which a project of ours lies.
fn home_with(format: &str, case: &str) -> Home {
    let home = Home::new().config(CONFIG);
    copy(&projects(format).join(case), &home.path("p"));
    home
}

/// What `credenv project --json` tells; nothing where it refuses the file, or there is none.
fn told(home: &Home, stage: &str) -> Option<Value> {
    let mut arguments = vec!["project", "--json"];
    if stage != "none" {
        arguments.extend(["--stage", stage]);
    }
    let json = home.credenv(arguments).inside("p").any_stdout().any_stderr().output_if_it_succeeds()?;
    Some(serde_json::from_str(&json).unwrap())
}

/// Compares one key with what the program takes for it.
fn difference(expected: &Value, told: Option<&Value>, key: &str) -> Option<String> {
    let ours = told.map_or(&Value::Null, |told| &told[key]["value"]);
    let is_open = told.is_some_and(|told| {
        let keys = told["unresolved"].as_array().unwrap().iter().map(|open| open["key"].as_str().unwrap());
        keys.into_iter().any(|open| open.contains(key))
    });
    let fits = match expected.get(key).map(|values| values.as_array().unwrap().as_slice()) {
        None => ours.is_null() || key == "region",
        Some([]) => ours.is_null() && !is_open,
        Some([one]) => ours == one,
        Some(_) => ours.is_null() && is_open,
    };
    (!fits).then(|| format!("{key} is {ours} (open: {is_open}), and the program takes {expected}"))
}

#[test]
fn each_file_comes_to_what_its_program_takes() {
    let mut wrong = Vec::new();
    for format in FORMATS {
        let expected: Value =
            serde_json::from_slice(&fs::read(projects(format).join("expected.json")).unwrap()).unwrap();
        let cases = expected["cases"].as_object().unwrap();
        let listed = fs::read_dir(projects(format)).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
        assert_eq!(cases.len(), listed.count(), "{format}: run tests/formats/expect");
        assert!(cases.len() >= 5, "{format} has {} projects", cases.len());
        for (case, stages) in cases {
            let home = home_with(format, case);
            for (stage, expected) in stages.as_object().unwrap() {
                let told = told(&home, stage);
                let found: Vec<String> = ["profile", "region"]
                    .into_iter()
                    .filter_map(|key| difference(expected, told.as_ref(), key))
                    .collect();
                if found.is_empty() == DIFFERENT.contains(&(format, case, stage)) {
                    wrong.push(format!("{format}, {case}, {stage}: {}", found.join("; ")));
                }
            }
            assert!(!home.has("p/X") && !home.has("X"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The JSON of a file that names nothing but these.
fn as_json(
    file: &str,
    format: &str,
    stages: &Value,
    default: Option<&str>,
    stage: Option<&str>,
    answer: &Value,
) -> Value {
    json!({
        "file": format!("[HOME]/p/{file}"), "format": format, "trust": "new",
        "default_stage": default, "stage": stage,
        "profile": answer["profile"], "account": null, "role": null, "region": answer["region"],
        "certificates": [], "stages": stages, "protected": false, "unresolved": [],
    })
}

/// What a file says, and in which line.
fn said(file: &str, profile: Option<(&str, u32)>, region: Option<(&str, u32)>) -> Value {
    let one = |said: Option<(&str, u32)>| {
        said.map(|(value, line)| json!({"value": value, "origin": {"file": format!("[HOME]/p/{file}"), "line": line}}))
    };
    json!({ "profile": one(profile), "region": one(region), "certificates": [] })
}

#[test]
fn json_tells_the_whole_of_it_for_each_format() {
    let nothing = json!({ "profile": null, "region": null, "certificates": [] });
    let home = home_with("sam", "commands");
    let file = "samconfig.toml";
    let (dev, prod) = (
        said(file, Some(("devProfile", 4)), Some(("eu-west-1", 5))),
        said(file, Some(("prodProfile", 9)), Some(("us-east-1", 10))),
    );
    let stages = json!({ "default": dev, "prod": prod });
    let sam = |stage, answer| Some(as_json(file, "sam", &stages, Some("default"), Some(stage), answer));
    assert_eq!(told(&home, "none"), sam("default", &dev));
    assert_eq!(told(&home, "dev"), sam("dev", &nothing));
    assert_eq!(told(&home, "prod"), sam("prod", &prod));

    let home = home_with("zappa", "extends");
    let file = "zappa_settings.json";
    let dev = said(file, Some(("devProfile", 2)), Some(("eu-west-1", 2)));
    let prod = said(file, Some(("prodProfile", 4)), Some(("eu-west-1", 2)));
    let stages = json!({ "base": dev, "dev": dev, "prod": prod });
    let mut none = as_json(file, "zappa", &stages, None, None, &nothing);
    none["unresolved"] = json!([{
        "key": "stage", "expression": "base, dev, prod", "reason": "there are several stages, and Zappa chooses none \
                                                                    by itself",
        "file": "[HOME]/p/zappa_settings.json", "line": 2,
    }]);
    assert_eq!(told(&home, "none"), Some(none));
    assert_eq!(told(&home, "dev"), Some(as_json(file, "zappa", &stages, None, Some("dev"), &dev)));
    assert_eq!(told(&home, "prod"), Some(as_json(file, "zappa", &stages, None, Some("prod"), &prod)));

    let home = home_with("chalice", "plain");
    let file = ".chalice/config.json";
    let all = said(file, Some(("devProfile", 4)), None);
    let stages = json!({ "dev": all, "prod": all });
    for (stage, named) in [("none", "dev"), ("dev", "dev"), ("prod", "prod")] {
        assert_eq!(told(&home, stage), Some(as_json(file, "chalice", &stages, Some("dev"), Some(named), &all)));
    }

    let home = home_with("elastic-beanstalk", "branches");
    let file = ".elasticbeanstalk/config.yml";
    let all = said(file, Some(("otherProfile", 11)), Some(("eu-west-1", 10)));
    let dev = said(file, Some(("devProfile", 4)), Some(("eu-west-1", 10)));
    let prod = said(file, Some(("prodProfile", 7)), Some(("us-east-1", 8)));
    let stages = json!({ "dev": dev, "prod": prod });
    for (stage, named, answer) in [("none", "default", &all), ("dev", "dev", &dev), ("prod", "prod", &prod)] {
        let expected = as_json(file, "elastic-beanstalk", &stages, None, Some(named), answer);
        assert_eq!(told(&home, stage), Some(expected));
    }

    let home = home_with("cdk", "profile");
    let all = said("cdk.json", Some(("devProfile", 3)), None);
    for (stage, named) in [("none", None), ("dev", Some("dev")), ("prod", Some("prod"))] {
        assert_eq!(told(&home, stage), Some(as_json("cdk.json", "cdk", &json!({}), None, named, &all)));
    }

    let home = home_with("pulumi", "stacks");
    let dev = said("Pulumi.dev.yaml", Some(("devProfile", 2)), Some(("eu-west-1", 3)));
    let prod = said("Pulumi.prod.yaml", Some(("prodProfile", 3)), None);
    let stages = json!({ "dev": dev, "prod": prod });
    let mut none = as_json("Pulumi.yaml", "pulumi", &stages, None, None, &nothing);
    none["unresolved"] = json!([{
        "key": "stack", "expression": "dev, prod",
        "reason": "no stack is selected: `pulumi stack select` selects one",
        "file": "[HOME]/p/Pulumi.yaml", "line": 1,
    }]);
    assert_eq!(told(&home, "none"), Some(none));
    assert_eq!(told(&home, "dev"), Some(as_json("Pulumi.yaml", "pulumi", &stages, None, Some("dev"), &dev)));
    assert_eq!(told(&home, "prod"), Some(as_json("Pulumi.yaml", "pulumi", &stages, None, Some("prod"), &prod)));

    let home = home_with("aws-profile", "plain");
    let all = said(".aws-profile", Some(("devProfile", 1)), None);
    for (stage, named) in [("none", None), ("dev", Some("dev")), ("prod", Some("prod"))] {
        assert_eq!(told(&home, stage), Some(as_json(".aws-profile", "aws-profile", &json!({}), None, named, &all)));
    }
}

/// What `allow` shows, and the hook says, of a file that cannot be read, masked.
fn refused(file: &str, text: &str) -> String {
    let home = Home::new().config(CONFIG).file(format!("p/{file}"), text);
    let (_, words) = home.credenv(["allow"]).inside("p").any_stderr().code(1).check();
    words
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (file, text, words) in [
        ("samconfig.toml", "version = 0.1\n[default\nprofile", "cannot read `[HOME]/p/samconfig.toml:2:9`: "),
        (
            "samconfig.toml",
            "# profile\na.b = 1\n[x]\na.b = 1\na.b = 2\n",
            "cannot read `[HOME]/p/samconfig.toml:5:3`: ",
        ),
        (
            "samconfig.toml",
            "# profile\n[x]\n",
            "SAM refuses `[HOME]/p/samconfig.toml`: it has no `version` such as 0.1",
        ),
        ("samconfig.yaml", "a:\n\tprofile: 1\n", "cannot read `[HOME]/p/samconfig.yaml:2:1`: "),
        ("cdk.json", "{\n  \"profile\": \"a\",\n}", "cannot read `[HOME]/p/cdk.json:3:1`: trailing comma"),
        (
            "zappa_settings.json",
            "{\"profile_name\"",
            "cannot read `[HOME]/p/zappa_settings.json:1:15`: EOF while parsing",
        ),
        (".aws-profile", "a\n\nb\n", "cannot read `[HOME]/p/.aws-profile:3`: such a file holds one profile name"),
        (".aws-profile", "\na\tb\n", "cannot read `[HOME]/p/.aws-profile:2`: this cannot be the name of a profile"),
    ] {
        let told = refused(file, text);
        assert!(told.starts_with(&format!("credenv: {words}")), "{told}");
    }
}

#[test]
fn no_file_takes_long_whoever_wrote_it() {
    let many = |part: &str| part.repeat(100_000);
    for (file, text, words) in [
        ("samconfig.toml", format!("profile = \"{}\"", many("xxx")), "larger than 256 KiB"),
        ("samconfig.toml", format!("profile = {}", many("[")), "recursion"),
        ("samconfig.toml", format!("profile{} = 1", many(".a")), "recursion limit"),
        ("samconfig.yaml", format!("profile: {}", many("[")), "nests deeper than 100 levels"),
        ("cdk.json", format!("{{\"profile\": {}", "[".repeat(50_000)), "recursion limit exceeded"),
        ("cdk.json", format!("[\"profile\"{}]", many(",1")), "holds more than"),
        ("Pulumi.yaml", format!("aws:profile: &a [{}]", many("*a,")), "larger than 256 KiB"),
    ] {
        let told = refused(file, &text);
        assert!(told.contains(words), "{file}: {}", &told[..told.len().min(300)]);
        assert_eq!(told.lines().count(), 1);
    }
}

#[test]
fn a_setting_of_another_type_cannot_be_told_and_changes_nothing() {
    for (file, text, words) in [
        (
            "cdk.json",
            "{\n  \"profile\": [1]\n}",
            "credenv: `profile` at [HOME]/p/cdk.json:2 cannot be resolved here: it is a map or a list, not text\n  the \
             expression is `[…]`\n  hint: `credenv link PROFILE` writes the profile to .credenv.yml\n",
        ),
        (
            "samconfig.toml",
            "version = 0.1\n[default.deploy.parameters]\nprofile = 5\n",
            "credenv: `default.deploy.parameters.profile` at [HOME]/p/samconfig.toml:3 cannot be resolved here: it is \
             a number, not text\n  the expression is `5`\n  hint: `credenv link PROFILE` writes the profile to \
             .credenv.yml\n",
        ),
        (
            "samconfig.toml",
            "version = 0.1\n[default.deploy.parameters]\nprofile = \"a\"\n[default.sync.parameters]\nprofile = \"b\"\n",
            "credenv: `default.sync.parameters.profile` at [HOME]/p/samconfig.toml:5 cannot be resolved here: \
             `deploy` has \
             `a`, in line 3\n  the expression is `b`\n  hint: `credenv link PROFILE` writes the profile to \
             .credenv.yml\n",
        ),
        (
            "zappa_settings.json",
            "{\n\"dev\": {\"profile_name\": \"a\"},\n\"prod\": {}}",
            "credenv: `stage` at [HOME]/p/zappa_settings.json:2 cannot be resolved here: there are several stages, \
             and Zappa chooses none by itself\n  it can be `dev, prod`\n  hint: `credenv use --stage STAGE` chooses \
             one\n",
        ),
    ] {
        let home = Home::new().config(CONFIG).file(format!("p/{file}"), text);
        home.credenv(["allow"]).inside("p").any_stdout().check();
        let path = home.path("p");
        let run = home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()]);
        run.inside("p").stdout("{}\n").stderr(words).check();
    }
}

/// The variables that the hook sets on entering `p`, which was allowed.
fn set(home: &Home) -> BTreeMap<String, String> {
    home.credenv(["allow"]).inside("p").any_stdout().check();
    let path = home.path("p");
    let run = home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()]).inside("p");
    let (json, _) = run.any_stdout().any_stderr().check();
    let changes: BTreeMap<String, Option<String>> = serde_json::from_str(&json).unwrap();
    changes.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

#[test]
fn only_serverless_reads_variables_of_stages_so_only_it_gets_them() {
    for (format, case) in [
        ("sam", "commands"),
        ("zappa", "one-stage"),
        ("chalice", "plain"),
        ("elastic-beanstalk", "branches"),
        ("pulumi", "one-stack"),
    ] {
        let home = home_with(format, case).env("AWS_PROD_PROFILE", "mine").env("AWS_DEFAULT_SECRET_ACCESS_KEY", "x");
        let set = set(&home);
        assert!(set.contains_key("AWS_PROFILE"), "{format}");
        let of_stages = |name: &&String| name.ends_with("_PROFILE") && name.as_str() != "AWS_PROFILE";
        assert_eq!(set.keys().filter(of_stages).count(), 0, "{format}: {set:?}");
    }
}

#[test]
fn the_stage_that_is_asked_for_is_that_of_the_program() {
    let home = home_with("sam", "commands").env("CREDENV_STAGE", "prod");
    assert_eq!(set(&home)["AWS_PROFILE"], "prodProfile");
    let home = home_with("zappa", "stages");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    let (script, _) = home.credenv(["use", "--stage", "prod", "--shell", "sh"]).inside("p").any_stdout().check();
    assert!(script.contains("export AWS_PROFILE='prodProfile';\n"), "{script}");
    let words = "credenv: [HOME]/p/zappa_settings.json asks for no profile in stage `qa`\n  hint: `credenv link \
                 PROFILE --stage qa` writes one to .credenv.yml\n";
    let run = home.credenv(["use", "--stage", "qa", "--shell", "sh"]).inside("p");
    run.stdout("false;\n").stderr(words).code(1).check();
}

#[test]
fn allow_shows_each_stage_and_a_file_with_one_answer_speaks_of_none() {
    let shown = "\
samconfig.toml
  stage: default
  profile: devProfile (samconfig.toml:4)
  region: eu-west-1 (samconfig.toml:5)
  stage default:
    profile: devProfile (samconfig.toml:4)
    region: eu-west-1 (samconfig.toml:5)
  stage prod:
    profile: prodProfile (samconfig.toml:9)
    region: us-east-1 (samconfig.toml:10)
allowed: samconfig.toml
";
    home_with("sam", "commands").credenv(["allow"]).inside("p").stdout(shown).check();
    let shown = "cdk.json\n  profile: devProfile (cdk.json:3)\nallowed: cdk.json\n";
    home_with("cdk", "profile").credenv(["allow"]).inside("p").stdout(shown).check();
}

#[test]
fn a_file_in_a_directory_of_its_own_is_named_and_belongs_to_the_project_around_it() {
    let home = home_with("chalice", "plain");
    home.credenv(["allow", "p/.chalice/config.json"]).any_stdout().check();
    assert_eq!(told(&home, "none").unwrap()["trust"], "trusted");
    home.credenv(["deny", "p"]).stdout("denied: p/.chalice/config.json\n").check();
    assert_eq!(told(&home, "none").unwrap()["trust"], "denied");
    let words = "credenv: there is no project file in p/.chalice\n";
    home.credenv(["allow", "p/.chalice"]).stderr(words).code(1).check();
    // A choice made in the project holds in all of it.
    home.credenv(["allow", "p"]).any_stdout().check();
    let story = "eval \"$(credenv init sh)\"; cd p; credenv use otherProfile; cd ..; cd p; echo \"$AWS_PROFILE\"";
    home.run("sh", ["-c", story]).stdout("otherProfile\n").any_stderr().check();
}

#[test]
fn a_file_that_names_nothing_is_no_project_file() {
    let home = home_with("cdk", "profile-elsewhere").file("p/cdk.json", "{\"app\": \"node app.js\"}");
    let words = "credenv: p/cdk.json names no profile and no region\n";
    home.credenv(["allow", "p/cdk.json"]).stderr(words).code(1).check();
    let (_, words) = home.credenv(["project"]).inside("p").any_stderr().code(1).check();
    assert!(words.starts_with("credenv: there is no project file in [HOME]/p or above\n"), "{words}");
}

/// A change in one stage, in whichever file it is written, means something else.
#[test]
fn trust_covers_every_stage() {
    for (format, case, file, from, to) in [
        ("sam", "commands", "samconfig.toml", "prodProfile", "otherProfile"),
        ("zappa", "stages", "zappa_settings.json", "prodProfile", "otherProfile"),
        ("elastic-beanstalk", "branches", ".elasticbeanstalk/config.yml", "us-east-1", "us-west-2"),
        ("elastic-beanstalk", "shared", ".elasticbeanstalk/config.global.yml", "eu-west-1", "us-west-2"),
        ("pulumi", "stacks", "Pulumi.prod.yaml", "prodProfile", "otherProfile"),
        ("aws-profile", "plain", ".aws-profile", "devProfile", "otherProfile"),
    ] {
        let home = home_with(format, case);
        home.credenv(["allow"]).inside("p").any_stdout().check();
        let trust = || told(&home, "none").unwrap()["trust"].as_str().unwrap().to_owned();
        assert_eq!(trust(), "trusted", "{format}");
        let path = home.path("p").join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("\n{text}")).unwrap();
        assert_eq!(trust(), "trusted", "{format}: a line more");
        fs::write(&path, text.replace(from, to)).unwrap();
        assert_eq!(trust(), "changed", "{format}");
    }
    let home = home_with("pulumi", "one-stack");
    home.credenv(["allow"]).inside("p").any_stdout().check();
    fs::write(home.path("p/Pulumi.qa.yaml"), "config: {aws:profile: otherProfile}\n").unwrap();
    assert_eq!(told(&home, "none").unwrap()["trust"], "changed", "a stack more");
}

#[test]
fn the_first_format_of_a_directory_wins_that_was_allowed() {
    let home = home_with("sam", "commands");
    copy(&projects("cdk").join("profile"), &home.path("p"));
    copy(&projects("aws-profile").join("plain"), &home.path("p"));
    let format = || told(&home, "none").unwrap()["format"].as_str().unwrap().to_owned();
    assert_eq!(format(), "sam");
    fs::write(home.path("p/serverless.yml"), "service: s\nprovider: aws\n").unwrap();
    assert_eq!(format(), "serverless");
    fs::write(home.path("p/.aws-profile"), "prodProfile\n").unwrap();
    home.credenv(["allow", "p/.aws-profile"]).any_stdout().check();
    let path = home.path("p");
    let run = home.credenv(["hook", "--shell", "json", "fresh", path.to_str().unwrap()]).inside("p");
    let (json, words) = run.any_stdout().any_stderr().check();
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["AWS_PROFILE"], "prodProfile");
    assert!(words.starts_with("credenv: prodProfile (us-east-1) ← .aws-profile:1\n"), "{words}");
}

// At the prompt.

fn start<'h>(shell: &'h Shell, home: &'h Home) -> Option<Prompt<'h>> {
    let prompt = Session::of(shell, home).traced().start()?;
    assert_eq!(prompt.first, "");
    Some(prompt)
}

fn allow(home: &Home, path: &str) {
    home.credenv(["allow".as_ref(), home.path(path).as_os_str()]).any_stdout().any_stderr().check();
}

/// Twenty prompts at which nothing changed start no process.
fn assert_idle(prompt: &mut Prompt<'_>, place: &str) {
    prompt.rest();
    let before = prompt.processes();
    for number in 0..20 {
        assert_eq!(prompt.line(prompt.shell.language.idle_line(number)), "", "{place}");
    }
    assert_eq!(prompt.processes() - before, 0, "{place}");
}

const ENTERED: [(&str, &str, &str); 7] = [
    ("sam", "commands", "devProfile (eu-west-1) ← samconfig.toml:4, stage default"),
    ("cdk", "profile", "devProfile (eu-west-1) ← cdk.json:3"),
    ("pulumi", "one-stack", "devProfile (eu-west-1) ← Pulumi.dev.yaml:2"),
    ("zappa", "one-stage", "prodProfile (us-east-1) ← zappa_settings.json:5, stage prod"),
    ("chalice", "plain", "devProfile (eu-west-1) ← .chalice/config.json:4, stage dev"),
    ("elastic-beanstalk", "plain", "devProfile (eu-west-1) ← .elasticbeanstalk/config.yml:7"),
    ("aws-profile", "plain", "devProfile (eu-west-1) ← .aws-profile:1"),
];

fn one_shell_follows_all_of_them(shell: &Shell) {
    let home = Home::new().config(CONFIG);
    for (format, case, _) in ENTERED {
        copy(&projects(format).join(case), &home.path(format));
        fs::create_dir_all(home.path(format).join("src/deep")).unwrap();
    }
    let Some(mut prompt) = start(shell, &home) else { return };
    for (format, _, line) in ENTERED {
        let file = told_file(&home, format);
        let new = format!("credenv: {file} is not followed: `credenv allow` shows what it asks for and allows it\n");
        assert_eq!(prompt.line(format!("cd {format}")), new, "{format}");
        assert_eq!(prompt.profile(), None, "{format}");
        assert_idle(&mut prompt, format);
        let allowed = prompt.line_and_look("credenv allow");
        assert!(allowed.ends_with(&format!("allowed: {file}\ncredenv: {line}\n")), "{format}: {allowed}");
        let profile = line.split(' ').next();
        assert_eq!(prompt.profile().as_deref(), profile, "{format}");
        assert_idle(&mut prompt, format);
        assert_eq!(prompt.line("cd src/deep"), "", "{format}: deeper in it");
        assert_eq!(prompt.profile().as_deref(), profile, "{format}");
        let why = prompt.line("credenv why AWS_PROFILE");
        let (at, stage) = line
            .split_once(" ← ")
            .unwrap()
            .1
            .split_once(", stage ")
            .map_or((line.split_once(" ← ").unwrap().1, String::new()), |(at, stage)| {
                (at, format!(", stage {stage}"))
            });
        let reason = format!("  profile of the project{stage}, ~/{format}/{at}\n");
        assert!(why.contains(&reason), "{format}: {why}");
        assert_eq!(prompt.line("cd ../../.."), "credenv: back to no profile\n", "{format}");
    }
}
at_every_prompt!(one_shell_follows_all_of_them);

fn told_file(home: &Home, directory: &str) -> String {
    let (json, _) = home.credenv(["project", "--json"]).inside(directory).any_stdout().check();
    let json: Value = serde_json::from_str(&json).unwrap();
    json["file"].as_str().unwrap().rsplit_once(&format!("/{directory}/")).unwrap().1.to_owned()
}

/// `cdk.json` is in every CDK app, and most of them name no profile.
fn a_file_without_the_word_says_nothing_until_the_word_comes(shell: &Shell) {
    let home = Home::new().config(CONFIG).file("code/.credenv.yml", "profile: otherProfile\n");
    allow(&home, "code/.credenv.yml");
    for (file, without, with) in [
        ("cdk.json", "{\"app\": \"x\"}\n", "{\"app\": \"x\", \"profile\": \"devProfile\"}\n"),
        ("samconfig.toml", "version = 0.1\n", "version = 0.1\n[default.deploy.parameters]\nprofile = \"devProfile\"\n"),
        ("Pulumi.yaml", "name: x\nruntime: go\n", "name: x\nruntime: go\nconfig: {aws:profile: devProfile}\n"),
        ("zappa_settings.toml", "[dev]\n", "[dev]\nprofile_name = \"devProfile\"\n"),
        (".chalice/config.json", "{\"version\": \"2.0\"}\n", "{\"profile\": \"devProfile\"}\n"),
        (".elasticbeanstalk/config.yml", "global: {sc: git}\n", "global: {profile: devProfile}\n"),
        (".aws-profile", "\n", "devProfile\n"),
    ] {
        let project = format!("code/{}", file.split('.').find(|part| !part.is_empty()).unwrap());
        home.write(format!("{project}/{file}"), without);
        let Some(mut prompt) = start(shell, &home) else { return };
        let above = prompt.line(format!("cd {project}"));
        assert_eq!(above, "credenv: otherProfile ← ~/code/.credenv.yml:1\n", "the one above holds, without a word");
        assert_idle(&mut prompt, file);
        home.write(format!("{project}/{file}"), with);
        let new = format!("credenv: {file} is not followed: `credenv allow` shows what it asks for and allows it\n");
        assert_eq!(prompt.look(), new, "{file}");
        assert_eq!(prompt.profile().as_deref(), Some("otherProfile"), "{file}");
        allow(&home, &format!("{project}/{file}"));
        assert!(prompt.look().starts_with("credenv: devProfile (eu-west-1) ← "), "{file}");
        assert_idle(&mut prompt, file);
        home.write(format!("{project}/{file}"), without);
        assert_eq!(prompt.look(), above, "{file}");
        home.remove(&project);
    }
}
at_every_prompt!(a_file_without_the_word_says_nothing_until_the_word_comes);

/// The directories are asked as a whole; no name may slip through, and what else comes into them is no business of ours.
fn a_nearer_file_is_seen_at_the_next_prompt_at_any_depth_under_any_name(shell: &Shell) {
    let home = Home::new().config(CONFIG).directory("a/b/c/d/e/f/g/h/i");
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd a/b/c/d/e/f/g/h/i"), "");
    assert_idle(&mut prompt, "at first");
    for directory in ["a/b/c/d/e/f/g/h/i", "a/b/c/d/e/f/g/h", "a/b/c/d", "a", "."] {
        home.write(format!("{directory}/something else"), "x");
        assert_idle(&mut prompt, directory);
    }
    for (number, name) in [
        ".credenv.yml",
        "serverless.yml",
        "serverless.json",
        "samconfig.toml",
        "samconfig.yml",
        "cdk.json",
        "Pulumi.json",
        "Pulumi.yml",
        "zappa_settings.json",
        "zappa_settings.yaml",
        ".chalice/config.json",
        ".elasticbeanstalk/config.yml",
        ".aws-profile",
        ".awsprofile",
    ]
    .into_iter()
    .enumerate()
    {
        let directory = ["a/b/c/d/e/f/g/h/i", "a/b/c/d/e/f/g/h", "a/b/c/d", "a", "."][number % 5];
        let path = format!("{directory}/{name}");
        home.write(&path, "# \"profile\" region aws:profile profile_name default_region\n");
        let shown = prompt.look();
        assert!(shown.contains(name) && shown.contains("is not followed"), "{path}: {shown}");
        assert_idle(&mut prompt, &path);
        home.remove(&path);
        assert_eq!(prompt.look(), "", "{path}");
        assert_idle(&mut prompt, &path);
        if path.ends_with("credenv.yml") || path.contains("serverless") {
            // It was not even read, so that it went is of no concern, and what was said is said.
            continue;
        }
        // Now the directory of its own is there, if it has one.
        home.write(&path, "# \"profile\" region aws:profile profile_name default_region\n");
        assert!(prompt.look().contains("is not followed"), "{path}, again");
        home.remove(directory_of_its_own(&path));
        assert_eq!(prompt.look(), "", "{path}");
    }
}
at_every_prompt!(a_nearer_file_is_seen_at_the_next_prompt_at_any_depth_under_any_name);

fn directory_of_its_own(path: &str) -> &str {
    let own = [".chalice", ".elasticbeanstalk"].into_iter().find_map(|own| Some(path.find(own)? + own.len()));
    own.map_or(path, |end| &path[..end])
}

/// `tar x`, `rsync -a` and `cp -a` give a directory the time that it had elsewhere.
fn a_file_that_came_with_an_older_time_of_its_directory_is_seen(shell: &Shell) {
    let home = Home::new().config(CONFIG).directory("p").directory("template");
    home.write("template/.aws-profile", "devProfile\n");
    home.replace_by_an_older("template/.aws-profile", "devProfile\n");
    let home = home.directory("run").directory("q");
    for (directory, references) in [("p", "nothing"), ("q", "run")] {
        let runtime = home.path(references);
        let session = Session::of(shell, &home).traced();
        let session =
            if runtime.is_dir() { session.env("XDG_RUNTIME_DIR", runtime.to_str().unwrap()) } else { session };
        let Some(mut prompt) = session.start() else { return };
        prompt.line(format!("touch -t 200001010000 template; cd {directory}"));
        assert_idle(&mut prompt, "before");
        home.write(format!("{directory}/something else"), "x");
        assert_idle(&mut prompt, "with another file");
        let shown = prompt.line_and_look("cp -a ../template/. .");
        assert!(shown.contains(".aws-profile is not followed"), "{shown}");
    }
    assert!(shell.dialect().compares_numbers() || home.has("run/credenv"));
}
at_every_prompt!(a_file_that_came_with_an_older_time_of_its_directory_is_seen);

/// The next change of such a directory makes it older.
fn a_file_in_a_directory_whose_time_lies_ahead_is_seen(shell: &Shell) {
    let home = Home::new().config(CONFIG).directory("p/a/b");
    let Some(mut prompt) = start(shell, &home) else { return };
    prompt.line("touch -t 209901010000 p/a; cd p/a/b");
    assert_idle(&mut prompt, "before");
    home.write("p/a/.aws-profile", "devProfile\n");
    let shown = prompt.look();
    assert!(shown.contains(".aws-profile is not followed"), "{shown}");
    assert_idle(&mut prompt, "behind");
}
at_every_prompt!(a_file_in_a_directory_whose_time_lies_ahead_is_seen);

/// What is known of the directories above is known of them as they are, in every shell and for as long as they stay so.
#[test]
fn what_is_known_of_directories_is_forgotten_when_they_change() {
    let home = Home::new().config(CONFIG).directory("a/b/c");
    let hook = || {
        let path = home.path("a/b/c");
        let run = home.credenv(["hook", "--shell", "bash", "1", path.to_str().unwrap()]).inside("a/b/c");
        run.any_stdout().any_stderr().check()
    };
    let known = || home.names_in(".local/state/credenv/references").len();
    let settle = || std::thread::sleep(std::time::Duration::from_millis(30));
    // The first looks make a directory in that of the person.
    settle();
    hook();
    settle();
    let (first, words) = hook();
    assert_eq!((hook().0, words.as_str()), (first.clone(), ""), "it is known");
    assert_eq!(first.contains("bare."), cfg!(target_os = "linux"), "{first}");
    let files = known();
    for directory in ["a/b", "a", "."] {
        fs::write(home.path(directory).join("cdk.json"), "{\"profile\": \"x\"}").unwrap();
        assert!(hook().1.contains("cdk.json is not followed"), "{directory}");
        fs::remove_file(home.path(directory).join("cdk.json")).unwrap();
        assert_eq!(hook().1, "", "{directory}");
    }
    // By a name that comes without a change of the directory's own time.
    settle();
    assert_eq!((hook().1.as_str(), hook().1.as_str()), ("", ""));
    let time = fs::metadata(home.path("a")).unwrap().modified().unwrap();
    fs::write(home.path("a/cdk.json"), "{\"profile\": \"x\"}").unwrap();
    fs::File::open(home.path("a")).unwrap().set_modified(time).unwrap();
    settle();
    assert!(hook().1.contains("cdk.json is not followed"));
    fs::remove_file(home.path("a/cdk.json")).unwrap();
    fs::create_dir(home.path("a/.chalice")).unwrap();
    settle();
    hook();
    fs::write(home.path("a/.chalice/config.json"), "{\"profile\": \"x\"}").unwrap();
    assert!(hook().1.contains("config.json is not followed"), "in a directory that was there");
    assert!(known() >= files);
}

fn the_stack_that_is_selected_is_the_one_in_force(shell: &Shell) {
    let home = home_with("pulumi", "stacks");
    let project = home.path("p/Pulumi.yaml");
    let hash = sha1_smol::Sha1::from(project.to_str().unwrap()).digest();
    let settings = format!(".pulumi/workspaces/shop-{hash}-workspace.json");
    allow(&home, "p/Pulumi.yaml");
    let Some(mut prompt) = start(shell, &home) else { return };
    let open = prompt.line("cd p");
    assert!(open.contains("`stack` at [HOME]/p/Pulumi.yaml:1 cannot be resolved here: no stack is selected"), "{open}");
    assert_eq!(prompt.profile(), None);
    assert_idle(&mut prompt, "none is selected");
    home.write(&settings, "{\n    \"stack\": \"prod\"\n}");
    assert_eq!(prompt.look(), "credenv: prodProfile (us-east-1) ← Pulumi.prod.yaml:3, stage prod\n");
    assert_idle(&mut prompt, "prod is selected");
    home.write(&settings, "{\"stack\": \"organization/shop/dev\"}");
    assert_eq!(
        prompt.look(),
        "credenv: devProfile (eu-west-1) ← Pulumi.dev.yaml:2, stage dev\n",
        "and none asks again"
    );
    prompt.line("export PULUMI_STACK=prod");
    prompt.look();
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"), "the variable comes first");
    home.write("p/Pulumi.qa.yaml", "config: {aws:profile: otherProfile}\n");
    let asks = prompt.look();
    assert!(asks.contains("Pulumi.yaml asks for something other than what you allowed"), "{asks}");
    assert_eq!(prompt.profile(), None);
}
at_every_prompt!(the_stack_that_is_selected_is_the_one_in_force);

fn the_branch_that_is_checked_out_is_the_one_in_force(shell: &Shell) {
    let home = home_with("elastic-beanstalk", "branches").file("p/.git/HEAD", "ref: refs/heads/dev\n");
    allow(&home, "p");
    let Some(mut prompt) = start(shell, &home) else { return };
    let file = ".elasticbeanstalk/config.yml";
    assert_eq!(prompt.line("cd p"), format!("credenv: devProfile (eu-west-1) ← {file}:4, stage dev\n"));
    assert_idle(&mut prompt, "dev");
    home.write("p/.git/HEAD", "ref: refs/heads/prod\n");
    assert_eq!(prompt.look(), format!("credenv: prodProfile (us-east-1) ← {file}:7, stage prod\n"));
    home.write("p/.git/HEAD", "0123456789012345678901234567890123456789\n");
    prompt.look();
    assert_eq!(prompt.profile().as_deref(), Some("otherProfile"), "no branch at all");
}
at_every_prompt!(the_branch_that_is_checked_out_is_the_one_in_force);
