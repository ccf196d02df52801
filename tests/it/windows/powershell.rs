//! What is printed for PowerShell: read by a parser of its grammar, and carried out by a model of it.

use credenv::core::delta::Change;
use credenv::core::vars::VarName;
use credenv::shells;

use super::READ_POWERSHELL;
use super::powershell_model::Session;
use std::collections::BTreeMap;

use crate::quoting::{all_arrived, setting, values};
use crate::support::{CREDENV, Home, Random, seed_from_environment, source};

fn dialect() -> &'static dyn shells::Dialect {
    shells::named("powershell").unwrap()
}

/// Lets a parser of PowerShell read it, where there is one.
fn can_be_read(script: &[u8]) {
    let home = Home::new();
    home.run("python3", ["-c", READ_POWERSHELL]).stdin(script).installed_or_9("tree-sitter-powershell from PyPI");
}

/// The values that it carries: those that are text.
fn carried(seed: u64) -> Vec<Vec<u8>> {
    values(&mut Random::new(seed), false)
}

#[test]
fn every_value_arrives_and_nothing_else_is_done() {
    let seed = seed_from_environment();
    let values = carried(seed);
    assert!(values.len() > 2_000, "{}", values.len());
    let mut delta = setting(&values);
    delta.changes.insert(VarName::known("GONE"), Change::Unset);
    let script = shells::script(dialect(), &delta, false).unwrap();
    assert!(script.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n')), "it is not ASCII");
    let script = String::from_utf8(script).unwrap();
    // `Invoke-Expression` of each line alone must do the same as of all of them.
    assert_eq!(script.lines().count(), delta.changes.len());
    let mut session = Session::new([("GONE".to_owned(), "x".to_owned())].into());
    session.run(&script).unwrap();
    all_arrived(&values, |name| session.environment.get(name).map(|value| value.clone().into_bytes()), seed);
    assert_eq!(session.environment.len(), values.len());
    can_be_read(script.as_bytes());
}

#[test]
fn the_model_ends_a_string_where_powershell_does() {
    for quote in ["'", "\u{2018}", "\u{2019}", "\u{201a}", "\u{201b}"] {
        let mut session = Session::default();
        let done = session.run(&format!("$env:A = 'a{quote}; throw 'code was run'; '"));
        assert_eq!(done, Err("code was run".to_owned()), "{quote}");
    }
}

#[test]
fn what_is_no_text_is_refused() {
    let told = |value: &[u8]| {
        let done = shells::script(dialect(), &setting(&[value.to_vec()]), false);
        done.map(drop).map_err(|error| format!("{} | {}", error.message(), error.hint_text().unwrap_or("-")))
    };
    assert_eq!(
        told(b"\xff"),
        Err(
            "`powershell` cannot carry the value of `CREDENV_TEST_0`: it is no valid UTF-8 | `credenv exec` passes it \
             on unchanged"
                .to_owned()
        )
    );
}

#[test]
fn all_that_is_printed_for_it_can_be_read() {
    let home = Home::new().config("[profile dev]\nregion = r\n[profile prod]\n").directory("d");
    let init = home.credenv(["init", "powershell"]).any_stdout().check().0;
    assert_eq!(home.credenv(["init", "pwsh"]).any_stdout().check().0, init);
    assert!(init.is_ascii(), "a start-up file may be read in any code page");
    can_be_read(init.as_bytes());
    assert!(
        init.ends_with(&String::from_utf8(source("completions/credenv.ps1")).unwrap()),
        "the completion is part of it"
    );
    for arguments in [&["use", "prod"][..], &["use", "prod", "--wrapper"], &["off", "--wrapper"], &["hook", "fresh,"]] {
        let script = home.credenv([arguments, &["--shell", "powershell"]].concat());
        let (script, _) = script.inside("d").any_stdout().any_stderr().check();
        assert!(script.is_ascii() && !script.is_empty(), "{script}");
        can_be_read(script.as_bytes());
    }
    let error = home.credenv(["use", "nope", "--shell", "powershell"]).any_stderr().code(1);
    let (failing, _) = error.stdout("throw 'credenv: nothing was changed';\n").check();
    can_be_read(failing.as_bytes());
    assert_eq!(Session::default().run(&failing), Err("credenv: nothing was changed".to_owned()));
}

/// It tries all of this in a PowerShell that there is, on a forge; the parser does not know `--`.
#[test]
fn the_try_on_windows_can_be_read() {
    can_be_read(String::from_utf8(source("tests/windows/try.ps1")).unwrap().replace(" -- ", " ").as_bytes());
}

#[test]
fn the_path_of_the_binary_is_a_word_whatever_is_in_it() {
    let hook = shells::hook(dialect(), "C:\\it's \u{2019}$(x)\\credenv.exe".as_bytes()).unwrap();
    let hook = String::from_utf8(hook).unwrap();
    assert!(
        hook.contains("\n$global:__credenv_exe = (-join('C:\\it''s ',[char]8217,'$(x)\\credenv.exe'))\n"),
        "{hook}"
    );
    can_be_read(hook.as_bytes());
}

/// A session that does what the hook does, without the process of PowerShell around it.
struct Play<'h> {
    home: &'h Home,
    session: Session,
}

impl<'h> Play<'h> {
    fn new(home: &'h Home, variables: &[(&str, &str)]) -> Self {
        let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut play = Self { home, session: Session::new(environment) };
        play.session.run("$global:__credenv_memory = 'fresh'").unwrap();
        play
    }

    /// What is there for prompts follows from the others.
    fn but_for_prompts(&self) -> BTreeMap<String, String> {
        let mut environment = self.session.environment.clone();
        environment.remove("CREDENV_PROMPT");
        environment
    }

    fn run(&mut self, arguments: &[&str]) -> String {
        let run = self.home.credenv(arguments).with(&self.session.environment).inside(&self.session.location);
        let (script, said) = run.any_stdout().any_stderr().check();
        // What is masked for a person is a path to a shell.
        let script = script.replace("[HOME]", self.home.path("").to_str().unwrap().trim_end_matches('/'));
        self.session.run(&script).unwrap();
        assert!(self.session.check(), "it looks again at once:\n{script}");
        said
    }

    fn cd(&mut self, directory: &str) -> String {
        let path = self.home.path(directory);
        path.to_str().unwrap().trim_end_matches('/').clone_into(&mut self.session.location);
        self.hook()
    }

    fn hook(&mut self) -> String {
        let memory = format!("{},", self.session.variable("__credenv_memory").unwrap());
        let location = self.session.location.clone();
        self.run(&["hook", "--shell", "powershell", &memory, &location])
    }

    fn typed(&mut self, arguments: &[&str]) -> String {
        self.run(&[arguments, &["--wrapper", "--shell", "powershell"]].concat())
    }

    /// Nothing is to be done at the next prompt.
    fn is_idle(&mut self) -> bool {
        self.session.check()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.session.environment.get(name).map(String::as_str)
    }
}

fn projects() -> Home {
    let home = Home::new()
        .config("[profile dev]\nregion = eu-west-1\n[profile prod]\nregion = us-east-1\n[profile \"o'neill é\"]\n")
        .file("shop/.credenv.yml", "profile: dev\n")
        .file("shop/api/notes", "")
        .file("é 'x'/.credenv.yml", "profile: prod\n")
        .directory("elsewhere/deep/down");
    for project in ["shop", "é 'x'"] {
        home.credenv(["allow"]).inside(project).any_stdout().check();
    }
    home
}

#[test]
fn it_walks_into_projects_and_out_and_is_idle_in_between() {
    let home = projects();
    let mut play = Play::new(&home, &[("AWS_PROFILE", "mine"), ("AWS_SECRET_ACCESS_KEY", "it's secret")]);
    let first = play.session.environment.clone();
    play.cd("");
    assert_eq!(play.but_for_prompts(), first);
    for directory in ["shop", "shop/api", "é 'x'", "elsewhere/deep/down", "shop", "elsewhere"] {
        play.cd(directory);
        let profile = match directory {
            "shop" | "shop/api" => "dev",
            "é 'x'" => "prod",
            _ => "mine",
        };
        assert_eq!(play.get("AWS_PROFILE"), Some(profile), "{directory}");
        assert_eq!(play.get("AWS_SECRET_ACCESS_KEY").is_some(), profile == "mine", "{directory}");
        for _ in 0..3 {
            assert!(play.is_idle(), "{directory}");
        }
    }
    assert_eq!(play.but_for_prompts(), first);
    assert_eq!(play.session.variables_called("__credenv_aside"), 0, "a secret is still kept");
}

#[test]
fn every_change_is_seen_at_the_next_prompt() {
    let home = projects();
    let mut play = Play::new(&home, &[]);
    play.cd("shop/api");
    let mut changes = 0;
    let mut change = |what: &dyn Fn(), profile: Option<&str>| {
        changes += 1;
        assert!(play.is_idle(), "before change {changes}");
        what();
        assert!(!play.is_idle(), "change {changes} was not seen");
        play.hook();
        assert_eq!(play.get("AWS_PROFILE"), profile, "change {changes}");
    };
    change(&|| home.replace_by_an_older("shop/.credenv.yml", "profile: dev\nregion: r\n"), None);
    change(&|| home.write("shop/.credenv.yml", "profile: dev\n"), Some("dev"));
    change(
        &|| home.write("shop/api/serverless.yml", "service: x\nprovider: {name: aws, profile: prod}\n"),
        Some("dev"),
    );
    change(&|| drop(home.credenv(["allow"]).inside("shop/api").any_stdout().check()), Some("prod"));
    change(&|| home.rename("shop/api/serverless.yml", "shop/api/serverless.txt"), Some("dev"));
    change(&|| home.remove("shop/.credenv.yml"), None);
    change(&|| home.write(".credenv.yml", "profile: prod\n"), None);
    change(&|| home.write(".config/credenv/config.yml", "quiet: true\n"), None);
}

#[test]
fn a_symlink_that_is_turned_elsewhere_is_seen() {
    let home = projects().file("one.yml", "profile: dev\n").file("two.yml", "profile: prod\n").directory("linked");
    let home = home.symlink("../one.yml", "linked/.credenv.yml").symlink("linked", "link");
    home.same_time("one.yml", "two.yml");
    home.credenv(["allow"]).inside("linked").any_stdout().check();
    let mut play = Play::new(&home, &[]);
    play.cd("link");
    assert_eq!(play.get("AWS_PROFILE"), Some("dev"));
    assert!(play.is_idle());
    home.retarget("../two.yml", "linked/.credenv.yml");
    assert!(!play.is_idle());
    play.hook();
    assert_eq!(play.get("AWS_PROFILE"), None, "what it leads to now was not allowed");
}

#[test]
fn what_is_chosen_by_hand_is_undone_by_off_and_secrets_come_back() {
    let home = projects();
    let secrets = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "\u{2019}'\n$(x)"), ("AWS_REGION", "mine")];
    let mut play = Play::new(&home, &secrets);
    let first = play.session.environment.clone();
    play.cd("elsewhere");
    play.typed(&["use", "o'neill é"]);
    assert_eq!(play.get("AWS_PROFILE"), Some("o'neill é"));
    assert_eq!(play.get("AWS_SECRET_ACCESS_KEY"), None);
    assert!(!play.get("CREDENV_STATE").unwrap().contains("AKIA"), "a secret stands in the state");
    play.typed(&["use", "prod"]);
    play.typed(&["use", "-"]);
    assert_eq!(play.get("AWS_PROFILE"), Some("o'neill é"));
    play.typed(&["off"]);
    assert_eq!(play.but_for_prompts(), first);
    assert_eq!(play.session.variables_called("__credenv_aside"), 0);
}

#[test]
fn a_secret_that_was_set_aside_elsewhere_is_said_to_be_gone() {
    let home = projects();
    let mut play = Play::new(&home, &[("AWS_SECRET_ACCESS_KEY", "s")]);
    play.cd("elsewhere");
    play.typed(&["use", "dev"]);
    let inherited = std::mem::take(&mut play.session.environment);
    let mut child = Play { home: &home, session: Session::new(inherited) };
    child.session.location.clone_from(&play.session.location);
    child.typed(&["off"]);
    assert_eq!(child.get("AWS_SECRET_ACCESS_KEY"), None);
    assert_eq!(
        child.session.said,
        "credenv: AWS_SECRET_ACCESS_KEY was set aside in another shell and is not put back here\n"
    );
}

#[test]
fn the_path_in_the_script_is_that_of_the_binary() {
    let home = Home::new();
    let (init, _) = home.credenv(["init", "powershell"]).any_stdout().check();
    assert!(init.contains("\n$global:__credenv_exe = '[CREDENV]'\n"), "{CREDENV}:\n{init}");
}

#[test]
fn the_line_of_the_readme_can_be_read_and_what_it_hands_on_switches() {
    let readme = include_str!("../../../README.md");
    let (_, block) = readme.split_once("```powershell\n").unwrap();
    let (line, _) = block.split_once("\n```").unwrap();
    can_be_read(line.as_bytes());
    let arguments =
        line.strip_prefix("credenv ").and_then(|rest| rest.strip_suffix(" | Out-String | Invoke-Expression"));
    let home = Home::new().config("[profile prodProfile]\nregion = eu-west-1\n");
    let (printed, _) = home.credenv(arguments.unwrap().split(' ')).any_stdout().any_stderr().check();
    let mut session = Session::default();
    session.run(&printed).unwrap();
    let value = |name: &str| session.environment.get(name).map(String::as_str);
    assert_eq!([value("AWS_PROFILE"), value("AWS_REGION")], [Some("prodProfile"), Some("eu-west-1")]);
}
