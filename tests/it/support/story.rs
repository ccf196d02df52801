//! A story: what a person does in a shell, told once and played in every shell.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::home::{Home, shown};
use super::language::{Ability, Joint, quoted};
use super::shell::Shell;

/// What the hook keeps in the shell, whatever was done.
const HOOK_VARIABLES: [&str; 16] = [
    "__credenv_memory",
    "__credenv_failed",
    "__credenv_since",
    "__credenv_loaded",
    "__credenv_seen",
    "__credenv_touched",
    // tcsh has no functions to keep them in.
    "__credenv_file",
    "__credenv_exe",
    "__credenv_newline",
    "__credenv_status",
    "__credenv_before",
    "__credenv_called",
    "__credenv_moved",
    "__credenv_names",
    "__credenv_links",
    "__credenv_until",
];

/// The steps of a story. Its script must print nothing and end with status 0, unless said otherwise.
#[must_use = "nothing is played before `play`"]
pub(crate) struct Story<'s> {
    shell: &'s Shell,
    home: &'s Home,
    command: Vec<String>,
    script: String,
    directory: PathBuf,
    stdin: Vec<u8>,
    stdout: String,
    stderr: String,
    code: i32,
    /// What is to be evaluated is typed, for the integration to do it.
    typed: bool,
}

impl<'s> Story<'s> {
    pub(crate) fn new(shell: &'s Shell, home: &'s Home) -> Self {
        Self {
            shell,
            home,
            command: shell.command.iter().map(|word| (*word).to_owned()).collect(),
            script: shell.language.prelude(),
            directory: home.path(""),
            stdin: Vec::new(),
            stdout: String::new(),
            stderr: String::new(),
            code: 0,
            typed: false,
        }
    }

    /// A line, in the words that every shell has.
    pub(crate) fn say(self, line: &str) -> Self {
        let line = self.shell.language.say(line);
        self.in_script(&line)
    }

    /// A line in the words of this shell alone.
    pub(crate) fn own(mut self, line: &str) -> Self {
        self.script.extend([line, "\n"]);
        self
    }

    fn in_script(self, line: &str) -> Self {
        let line = self.shell.language.in_script(line);
        self.own(&line)
    }

    /// Evaluates what `credenv …` prints.
    pub(crate) fn eval(self, arguments: &str) -> Self {
        self.eval_output(&format!("credenv {arguments}"))
    }

    /// Evaluates what a command prints.
    pub(crate) fn eval_output(self, command: &str) -> Self {
        let language = self.shell.language;
        let line = language.say(command);
        let line = if self.typed { line } else { language.eval(&line) };
        self.in_script(&line)
    }

    /// The same in the form that takes the least care.
    pub(crate) fn eval_output_unquoted(self, command: &str) -> Self {
        let language = self.shell.language;
        let form = language.evals(&language.say(command)).pop().unwrap();
        self.in_script(&form)
    }

    /// Evaluates what `credenv …` prints in the form of that number among those which people know; the last stands for all that are missing.
    pub(crate) fn eval_in_form(self, number: usize, arguments: &str) -> Self {
        let form = self.form(number, arguments);
        self.in_script(&form)
    }

    /// Evaluates what `credenv …` prints, and runs a line if that could be done.
    pub(crate) fn eval_and(self, arguments: &str, line: &str) -> Self {
        self.eval_in_form_and(0, arguments, line)
    }

    /// The same in the form of that number.
    pub(crate) fn eval_in_form_and(self, number: usize, arguments: &str, line: &str) -> Self {
        let form = self.form(number, arguments);
        let language = self.shell.language;
        let line = language.joined(form, Joint::And, &language.say(line));
        self.in_script(&line)
    }

    fn form(&self, number: usize, arguments: &str) -> String {
        let language = self.shell.language;
        let mut forms = language.evals(&language.say(&format!("credenv {arguments}")));
        forms.swap_remove(number.min(forms.len() - 1))
    }

    /// Loads what `credenv init` prints.
    pub(crate) fn init(self) -> Self {
        let line = self.shell.load_in_script(self.home, "credenv");
        self.own(&line)
    }

    /// Loads the integration where the shell could not keep a secret without.
    pub(crate) fn able_to_keep_secrets(self) -> Self {
        if self.shell.can(Ability::SecretsWithoutIntegration) { self } else { Self { typed: true, ..self.init() } }
    }

    /// Runs a file in the shell itself.
    pub(crate) fn source(self, file: &str) -> Self {
        let line = self.shell.language.source(&self.shell.language.word(file));
        self.own(&line)
    }

    /// From here on, the script ends at a line that fails, if it is one of `or_exit`.
    pub(crate) fn strict(self) -> Self {
        let line = self.shell.language.strict();
        self.own(line)
    }

    /// A line at which a strict script ends if it fails.
    pub(crate) fn or_exit(self, line: &str) -> Self {
        let language = self.shell.language;
        self.own(&language.or_exit(&language.say(line)))
    }

    /// Evaluates what `credenv …` prints, and ends a strict script if that fails.
    pub(crate) fn eval_or_exit(self, arguments: &str) -> Self {
        let language = self.shell.language;
        let line = language.eval(&language.say(&format!("credenv {arguments}")));
        self.own(&language.or_exit(&line))
    }

    /// Sets and exports a variable.
    pub(crate) fn export(self, name: &str, value: &str) -> Self {
        let language = self.shell.language;
        self.in_script(&language.export(name, &language.word(value)))
    }

    /// Sets a variable without exporting it.
    pub(crate) fn plain(self, name: &str, value: &str) -> Self {
        let language = self.shell.language;
        self.in_script(&language.plain(name, &language.word(value)))
    }

    /// Removes a variable.
    pub(crate) fn unset(self, name: &str) -> Self {
        let line = self.shell.language.unset(name);
        self.in_script(&line)
    }

    /// Notes the environment that a command started here would have.
    pub(crate) fn dump(self, label: &str) -> Self {
        let file = quoted(&self.note(label, "env"));
        self.say(&format!("/usr/bin/env -0 >{file}"))
    }

    /// Notes the status of the line before.
    pub(crate) fn status(self, label: &str) -> Self {
        let file = quoted(&self.note(label, "status"));
        self.say(&format!("echo \"$?\" >{file}"))
    }

    /// Notes the shell's own variables, exported or not.
    pub(crate) fn variables(self, label: &str) -> Self {
        let file = self.shell.language.word(&self.note(label, "set"));
        let line = self.shell.language.variables(&file);
        self.own(&line)
    }

    /// Notes whether a variable is set, and its value, exported or not.
    pub(crate) fn value(self, label: &str, name: &str) -> Self {
        let file = self.shell.language.word(&self.note(label, "value"));
        let line = self.shell.language.value(name, &file);
        self.own(&line)
    }

    /// Plays these steps in a new shell of the same kind, started by this one.
    pub(crate) fn child(self, label: &str, steps: impl FnOnce(Story<'s>) -> Story<'s>) -> Self {
        let inner = steps(Story::new(self.shell, self.home));
        let path = self.home.beside().join(format!("{label}.script"));
        fs::write(&path, inner.script).unwrap();
        let line = format!("{} {}", self.command.join(" "), quoted(path.to_str().unwrap()));
        self.say(&line)
    }

    /// Runs the shell with other arguments than those that keep it from reading start-up files.
    pub(crate) fn started_as(mut self, command: &[&str]) -> Self {
        self.command = command.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// Plays in that directory; the path starts at home.
    pub(crate) fn inside(mut self, directory: &str) -> Self {
        self.directory = self.home.path(directory);
        self
    }

    /// What stands on stdin.
    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self.stdin = text.into();
        self
    }

    /// All of stdout, masked.
    pub(crate) fn stdout(mut self, text: &str) -> Self {
        text.clone_into(&mut self.stdout);
        self
    }

    /// All of stderr, masked.
    pub(crate) fn stderr(mut self, text: &str) -> Self {
        text.clone_into(&mut self.stderr);
        self
    }

    /// The status with which the script ends.
    pub(crate) fn code(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    fn note(&self, label: &str, kind: &str) -> String {
        self.home.beside().join(format!("{label}.{kind}")).into_os_string().into_string().unwrap()
    }

    /// Plays it.
    pub(crate) fn play(self) -> Told {
        let path = self.home.beside().join("story.script");
        fs::write(&path, &self.script).unwrap();
        let arguments = self.command[1..].iter().map(String::as_str).chain([path.to_str().unwrap()]);
        let run = self.home.run(&self.command[0], arguments).inside(&self.directory).stdin(&self.stdin);
        run.stdout(&self.stdout).stderr(&self.stderr).code(self.code).check();
        let is_lost = |value: &OsString| value.is_empty() && !self.shell.can(Ability::EmptyVariables);
        Told {
            notes: self.home.beside(),
            has_prompt: self.shell.can(Ability::SecretsWithoutIntegration),
            lost: self
                .home
                .variables
                .iter()
                .filter(|(_, value)| is_lost(value))
                .map(|(name, _)| name.clone())
                .collect(),
        }
    }
}

/// What was noted on the way.
pub(crate) struct Told {
    notes: PathBuf,
    /// Whether `CREDENV_PROMPT` is compared like any other variable. Where every story has the integration loaded, it is
    /// there when nothing else is, and tests of its own look at it.
    has_prompt: bool,
    /// Variables that the shell inherits empty, and cannot have so any more once they were taken away.
    lost: Vec<OsString>,
}

impl Told {
    fn note(&self, label: &str, kind: &str) -> Vec<u8> {
        let path = self.notes.join(format!("{label}.{kind}"));
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The environment noted under that label.
    pub(crate) fn env(&self, label: &str) -> Env {
        let mut env = Env::parse(&self.note(label, "env"));
        env.0.retain(|name, value| !value.is_empty() || !self.lost.iter().any(|lost| lost.as_bytes() == name));
        if self.has_prompt { env } else { env.but(&[("CREDENV_PROMPT", None)]) }
    }

    /// The status noted under that label.
    pub(crate) fn status(&self, label: &str) -> i32 {
        String::from_utf8(self.note(label, "status")).unwrap().trim().parse().unwrap()
    }

    /// Our own variables among those of the shell, exported or not, noted under that label, but those of the hook.
    pub(crate) fn variables(&self, label: &str) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.note(label, "set")).into_owned();
        // bash lists functions as well, each under `NAME ()`.
        let of_hook = |line: &str| line.contains(" ()") || HOOK_VARIABLES.iter().any(|name| line.starts_with(name));
        let ours = |line: &&str| line.starts_with("__credenv") && !of_hook(line);
        text.lines().filter(ours).map(str::to_owned).collect()
    }

    /// The value noted under that label, if the variable was set.
    pub(crate) fn value(&self, label: &str) -> Option<String> {
        let note = String::from_utf8_lossy(&self.note(label, "value")).into_owned();
        note.strip_prefix('=').map(str::to_owned)
    }

    /// Whether a step was reached at all.
    pub(crate) fn reached(&self, label: &str) -> bool {
        Path::new(&self.notes.join(format!("{label}.env"))).exists()
    }
}

/// What shells set for every command.
const ALWAYS_SET: [&[u8]; 12] = [
    // Where a session of the tests has its start-up file.
    b"XONSHRC",
    b"_",
    b"_AST_FEATURES",
    b"CMD_DURATION_MS",
    b"LAST_EXIT_CODE",
    b"CURRENT_FILE",
    b"FILE_PWD",
    b"PROCESS_PATH",
    b"LAST_RETURN_CODE",
    b"ARG0",
    b"ARGS",
    b"XONSH_SOURCE",
];

/// An environment, byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Env(BTreeMap<Vec<u8>, Vec<u8>>);

impl Env {
    /// Reads what `env -0` prints. What shells set for every command is left out: `_`, `_AST_FEATURES` of ksh93, and what
    /// nushell and xonsh tell of the command before and of the script.
    pub(crate) fn parse(dump: &[u8]) -> Self {
        let entries = dump.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        let pairs = entries.map(|entry| {
            let at = entry.iter().position(|byte| *byte == b'=').unwrap();
            (entry[..at].to_vec(), entry[at + 1..].to_vec())
        });
        Self(pairs.filter(|(name, _)| !ALWAYS_SET.contains(&name.as_slice())).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name.as_bytes()).map(Vec::as_slice)
    }

    /// Every variable, by name.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_slice(), value.as_slice()))
    }

    /// This environment, but for these variables.
    pub(crate) fn but(mut self, changes: &[(&str, Option<&str>)]) -> Self {
        for (name, value) in changes {
            match value {
                Some(value) => self.0.insert(name.as_bytes().to_vec(), value.as_bytes().to_vec()),
                None => self.0.remove(name.as_bytes()),
            };
        }
        self
    }

    /// This environment without `CREDENV_STATE`, which must be there, and without what is there for prompts.
    pub(crate) fn stateless(mut self) -> Self {
        self.0.remove(&b"CREDENV_PROMPT"[..]);
        assert!(self.0.remove(&b"CREDENV_STATE"[..]).is_some(), "there is no `CREDENV_STATE`");
        self
    }

    /// This environment without the variables of the test itself.
    pub(crate) fn but_those_starting_with(mut self, prefix: &str) -> Self {
        self.0.retain(|name, _| !name.starts_with(prefix.as_bytes()));
        self
    }

    /// Fails, and tells in which variables, if the environments differ.
    pub(crate) fn must_be(&self, expected: &Env, when: &str) {
        let names: std::collections::BTreeSet<_> = self.0.keys().chain(expected.0.keys()).collect();
        let differences: Vec<_> = names
            .into_iter()
            .filter(|name| self.0.get(*name) != expected.0.get(*name))
            .map(|name| {
                let text = |value: Option<&Vec<u8>>| value.map_or_else(|| "unset".to_owned(), |value| shown(value));
                format!("{}: {}, expected {}", shown(name), text(self.0.get(name)), text(expected.0.get(name)))
            })
            .collect();
        assert!(differences.is_empty(), "{when}:\n{}", differences.join("\n"));
    }

    /// Whether these bytes stand anywhere in it.
    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        self.0.values().any(|value| value.windows(bytes.len()).any(|window| window == bytes))
    }
}
