//! The pages are true: every block of code on them is typed, run or read, every command is one that credenv takes, and
//! every link leads somewhere.
//!
//! With `CREDENV_WRITE_PAGES` set, what the terminal shows is written into the page, to be read before it is committed.

mod blocks;
mod commands;
mod direnv;
mod links;
mod prompts;
mod variables;
mod walk;

use credenv::aws::sessions::sso_cache_name;
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

use self::blocks::{Block, Page, blocks, pages, prose};
use self::walk::Walk;
use crate::support::{Home, SHELLS, in_seconds, is_missing, source};

/// The pages on which a terminal is shown.
const WALKS: [Walk; 4] = [
    Walk {
        page: "README.md",
        home: as_in_the_examples,
        loaded: "",
        // The walk of examples/try does the same before the README comes to it.
        before: &[
            "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ],
        needs: &[],
    },
    Walk {
        page: "docs/guide.md",
        home: of_the_guide,
        loaded: "",
        before: &["PATH=~/bin:$PATH", "export GITHUB_ENV=~/github"],
        needs: &["setsid"],
    },
    Walk { page: "docs/messages.md", home: as_in_the_examples, loaded: "", before: &[], needs: &[] },
    Walk {
        page: "docs/moving.md",
        home: of_someone_who_moves,
        loaded: "eval \"$(direnv hook bash)\"",
        before: &[],
        needs: &["direnv"],
    },
];

/// A block that no test here can run.
struct Elsewhere {
    page: &'static str,
    /// What stands in it.
    line: &'static str,
    /// The file of ours that has to do with it instead, and what stands there.
    instead: (&'static str, &'static str),
    why: &'static str,
}

const ELSEWHERE: [Elsewhere; 7] = [
    Elsewhere {
        page: "README.md",
        line: "sh examples/try",
        instead: ("tests/run", "\nsh examples/try >"),
        why: "it builds credenv; the run of all tests starts it",
    },
    Elsewhere { page: "README.md", line: "sh tests/run", instead: (".ci/run", "tests/run"), why: "it runs this test" },
    Elsewhere {
        page: "README.md",
        line: "cargo static",
        instead: ("tests/run", "the install lines of the README"),
        why: "it builds a release; the run of all tests runs this block in a home of its own",
    },
    Elsewhere {
        page: "README.md",
        line: "credenv init --install",
        instead: ("tests/it/first_day.rs", "--install"),
        why: "it asks, in the shell that you use: that is done in each of them",
    },
    Elsewhere {
        page: "README.md",
        line: "credenv use prodProfile --shell powershell | Out-String | Invoke-Expression",
        instead: ("tests/it/windows/powershell.rs", "the_line_of_the_readme"),
        why: "there is no PowerShell: a parser reads it, and a model carries out what it hands on",
    },
    Elsewhere {
        page: "README.md",
        line: "for /f \"delims=\" %i in ('credenv use prodProfile --shell cmd') do @%i",
        instead: ("tests/windows/try.cmd", "for /f \"delims=\" %%i in ("),
        why: "there is no Windows; its like is run under Wine by tests/systems/elsewhere, and by the workflow on Windows",
    },
    Elsewhere {
        page: "README.md",
        line: "reg add \"HKCU\\Software\\Microsoft\\Command Processor\"",
        instead: ("tests/it/windows/wine.rs", "starts_with(\"reg add \")"),
        why: "it is run in the cmd of Wine, where there is one",
    },
];

/// The home of `examples/try`.
fn as_in_the_examples() -> Home {
    ["aws/config", "aws/credentials", "aws/web-identity-token", "projects/shop/serverless.yml"].into_iter().fold(
        Home::new(),
        |home, file| {
            let place = if file.starts_with("aws/") { format!(".{file}") } else { file.to_owned() };
            home.file(place, source(&format!("examples/{file}")))
        },
    )
}

/// The AWS CLI as far as it would ask IAM Identity Center, of which there is none here.
const SIGNS_IN: &str = r#"#!/bin/sh
case "$1 $2" in
'sso login')
    mkdir -p ~/.aws/sso && cp -R ~/signed-in ~/.aws/sso/cache
    echo 'Successfully logged into Start URL: https://corp.awsapps.com/start'
    ;;
'configure export-credentials')
    cat ~/keys
    ;;
*) exit 1 ;;
esac
"#;

fn of_the_guide() -> Home {
    // Less than a minute more than is shown, however slow the machine is.
    let [token, keys] = [8 * 3_600 + 55, 3_600 + 55].map(in_seconds);
    let cached = format!("signed-in/{}.json", sso_cache_name("corp"));
    let keys = format!(
        r#"{{"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "{keys}"}}"#
    );
    Home::new()
        .file("secret", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")
        .file("token", "e30.eyJleHAiOjQxMDI0NDQ4MDB9.e30")
        .file("corp.pem", source("tests/it/pages/corp.pem"))
        .file(cached, format!(r#"{{"accessToken": "t", "expiresAt": "{token}"}}"#))
        .file("keys", keys)
        .file("bin/aws", SIGNS_IN)
        .mode("bin/aws", 0o755)
}

fn of_someone_who_moves() -> Home {
    Home::new().config("[profile dev]\nregion = eu-central-1\n")
}

#[test]
fn what_the_readme_shows_happens() {
    walk("README.md");
}

#[test]
fn what_the_guide_shows_happens() {
    walk("docs/guide.md");
}

/// People read some 240 words a minute: three minutes for the words leave two for what the terminal shows.
#[test]
fn the_guide_takes_five_minutes() {
    let words = prose(&page("docs/guide.md")).split_whitespace().count();
    assert!(words <= 3 * 240, "{words} words");
}

#[test]
fn what_the_page_of_messages_shows_happens() {
    walk("docs/messages.md");
}

#[test]
fn what_the_page_for_those_who_move_shows_happens() {
    walk("docs/moving.md");
}

fn page(path: &str) -> Page {
    pages().into_iter().find(|page| page.path == path).unwrap()
}

fn walk(path: &str) {
    WALKS.iter().find(|walk| walk.page == path).unwrap().walk(&page(path));
}

/// Every block has a way in which it is held to be true: without one, this fails and names it.
#[test]
#[allow(clippy::disallowed_macros)] // where it fails, the last line says of which block
fn every_block_is_typed_run_or_read() {
    let mut wrong = Vec::new();
    for page in pages() {
        let mut scripts: Vec<(&str, String)> = Vec::new();
        let blocks = blocks(&page);
        for block in blocks.iter().filter(|block| !ELSEWHERE.iter().any(|one| one.is(block))) {
            let language = block.language.as_str();
            println!("{}: {language}", block.place());
            let held = match language {
                "console" => is_walked(block),
                "sh" | "bash" | "zsh" | "fish" | "nu" => {
                    match scripts.iter_mut().find(|(shell, _)| *shell == language) {
                        Some((_, script)) => script.push_str(&block.text),
                        None => scripts.push((language, block.text.clone())),
                    }
                    Ok(())
                }
                "yaml" => read_yaml(block),
                "ini" => read_aws_file(block),
                "json" => serde_json::from_str::<Json>(&block.text).map(drop).map_err(|error| error.to_string()),
                "toml" => toml::de::DeTable::parse(&block.text).map(drop).map_err(|error| error.to_string()),
                "text" => read_drawing(block),
                other => Err(format!("nothing is known that could be done with `{other}`")),
            };
            wrong.extend(held.err().map(|why| format!("{}: {why}", block.place())));
        }
        for (shell, script) in scripts {
            println!("{}: its lines for {shell}", page.path);
            run(shell, &script);
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn what_cannot_be_run_is_still_there_and_so_is_what_stands_for_it() {
    let all: Vec<_> = pages().iter().flat_map(blocks).collect();
    for one in ELSEWHERE {
        assert!(!one.why.is_empty() && all.iter().any(|block| one.is(block)), "{} has no `{}`", one.page, one.line);
        let (file, text) = one.instead;
        assert!(String::from_utf8_lossy(&source(file)).contains(text), "{file} has nothing like `{}`", one.line);
    }
}

impl Elsewhere {
    fn is(&self, block: &Block) -> bool {
        self.page == block.page && block.text.contains(self.line)
    }
}

fn is_walked(block: &Block) -> Result<(), String> {
    if !WALKS.iter().any(|walk| walk.page == block.page) {
        return Err("this page is not walked through: it has no row in `WALKS`".to_owned());
    }
    if block.typed().next().is_none() {
        return Err("nothing is typed in it".to_owned());
    }
    Ok(())
}

/// All blocks of one page for one shell, in a home of their own.
fn run(shell: &str, script: &str) {
    let command = if shell == "sh" { &["sh"] } else { SHELLS.iter().find(|one| one.name == shell).unwrap().command };
    if is_missing(command[0]) {
        return;
    }
    let home = Home::new();
    let stop = if shell == "fish" || shell == "nu" { "" } else { "set -e\n" };
    home.write("script", [stop, script].concat());
    let arguments: Vec<_> = command[1..].iter().copied().chain(["./script"]).collect();
    home.run(command[0], arguments).any_stdout().any_stderr().check();
}

/// Every value that a project file names is shown by what reads it; a config of ours is read without a finding. What is
/// given a place in the home is read by the commands that are typed below it.
fn read_yaml(block: &Block) -> Result<(), String> {
    let profiles = "[profile devProfile]\n[profile prodProfile]\n[profile acme-dev]\n";
    let home = Home::new().config(profiles);
    match block.file.as_deref() {
        Some(".credenv.yml") => {
            home.write("p/.credenv.yml", &block.text);
            let (shown, _) = home.credenv(["project"]).inside("p").any_stdout().any_stderr().check();
            let yaml: Yaml = serde_yaml::from_str(&block.text).map_err(|error| error.to_string())?;
            let missing: Vec<_> = texts(&yaml).into_iter().filter(|text| !shown.contains(text)).collect();
            if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} is not in\n{shown}")) }
        }
        Some("config.yml") => {
            home.write(".config/credenv/config.yml", &block.text);
            no_finding_in(&home, "config.yml")
        }
        Some(file) if file.starts_with("~/") => is_walked_with(block),
        _ => Err("it does not say which file it is".to_owned()),
    }
}

fn is_walked_with(block: &Block) -> Result<(), String> {
    let is_walked = WALKS.iter().any(|walk| walk.page == block.page);
    if is_walked { Ok(()) } else { Err("nothing is typed on this page".to_owned()) }
}

/// The texts in it that are not keys.
fn texts(yaml: &Yaml) -> Vec<&str> {
    match yaml {
        Yaml::String(text) => vec![text],
        Yaml::Sequence(all) => all.iter().flat_map(texts).collect(),
        Yaml::Mapping(all) => all.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn read_aws_file(block: &Block) -> Result<(), String> {
    let name = if block.text.contains("aws_secret_access_key") { "credentials" } else { "config" };
    let file = format!(".aws/{name}");
    let home = Home::new().file(&file, &block.text).mode(&file, 0o600);
    no_finding_in(&home, &file)
}

/// The doctor, who looks for no programs, finds nothing in that file.
fn no_finding_in(home: &Home, file: &str) -> Result<(), String> {
    let doctor = home.credenv(["doctor", "--json"]).with([("PATH", "")]);
    let (found, words) = doctor.any_stdout().any_stderr().any_status().check();
    let found: Json = serde_json::from_str(&found).map_err(|error| format!("{error}: {words}"))?;
    let all = found.as_array().ok_or("no list of findings")?;
    let about: Vec<_> = all.iter().filter(|one| one.to_string().contains(file)).collect();
    if about.is_empty() { Ok(()) } else { Err(format!("{about:?}")) }
}

/// In the drawing of the design, the core has the modules that it has.
fn read_drawing(block: &Block) -> Result<(), String> {
    let told = block.text.split("core: ").nth(1).and_then(|rest| rest.split("   (").next());
    let mut told: Vec<_> = told.ok_or("it is no drawing of the design")?.split(" · ").map(str::trim).collect();
    told.sort_unstable();
    let text = String::from_utf8(source("src/core/mod.rs")).unwrap();
    let mut modules: Vec<_> =
        text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    modules.sort_unstable();
    if told == modules { Ok(()) } else { Err(format!("the core has {modules:?}, not {told:?}")) }
}
