//! The hook as a person meets it: a shell at its prompt, on a terminal.

use crate::support::{Env, Home, Prompt, Session, Shell};

mod ends;
mod faults;
mod first;
mod harness;
mod idle;
mod manners;
mod names;
mod prompt;
mod rules;
mod scopes;
mod stories;

const CONFIG: &str = "\
[profile devProfile]
region = eu-west-1
[profile prodProfile]
region = us-east-1
[profile bare]
output = json
";

const DEV: &str = "profile: devProfile\n";
const PROD: &str = "profile: prodProfile\n";

/// What the hook says where `.credenv.yml` in the directory of the shell asks for `devProfile` or `prodProfile`.
const TO_DEV: &str = "credenv: devProfile (eu-west-1) ← .credenv.yml:1\n";
const TO_PROD: &str = "credenv: prodProfile (us-east-1) ← .credenv.yml:1\n";
const TO_NONE: &str = "credenv: back to no profile\n";

/// What it says of a file that was never allowed, and of one that means something else than what was allowed.
fn is_new(path: &str) -> String {
    format!("credenv: {path} is not followed: `credenv allow` shows what it asks for and allows it\n")
}

fn is_changed(path: &str) -> String {
    format!(
        "credenv: {path} asks for something other than what you allowed, and is not followed: `credenv allow` shows \
         it and allows it\n"
    )
}

/// A home directory with the project `project`, which asks for `devProfile`, and was allowed.
fn home() -> Home {
    let home = Home::new().config(CONFIG).directory("project/below");
    allowed(&home, "project/.credenv.yml", DEV);
    home
}

/// Writes a project file and allows it; the path starts at home.
fn allowed(home: &Home, path: &str, text: &str) {
    home.write(path, text);
    allow(home, path);
}

fn allow(home: &Home, path: &str) {
    home.credenv(["allow".as_ref(), home.path(path).as_os_str()]).any_stdout().any_stderr().check();
}

/// A shell at its first prompt in the home directory, which shows nothing.
fn start<'h>(shell: &'h Shell, home: &'h Home) -> Option<Prompt<'h>> {
    let prompt = Session::of(shell, home).start()?;
    assert_eq!(prompt.first, "", "{}: something was shown before the first prompt", shell.name);
    Some(prompt)
}

/// The environment without what says where we are, how we came there, and which session of the test this is.
fn settled(environment: Env) -> Env {
    let own = ["PWD", "OLDPWD", "CREDENV_STATE", "ENV", "ZDOTDIR", "HISTFILE"];
    environment.but(&own.map(|name| (name, None)))
}
