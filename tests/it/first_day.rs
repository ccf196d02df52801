//! The first day: the line of the README goes into the file that the README names, by hand or by `init --install`, and a
//! new shell does what the README promises, with nothing else to be seen.

use credenv::shells::{self, completion};

use crate::support::{Home, Screen, Shell, source};

const CONFIG: &str = "[profile devProfile]\nregion = eu-central-1\n[profile prodProfile]\nregion = us-east-1\n";
const KEYS: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n";
const PROJECT: &str = "service: shop\nprovider:\n  name: aws\n  profile: devProfile\n";

/// A row of the README's table of start-up files.
struct Row {
    shell: String,
    file: String,
    line: String,
}

/// The table, as a person reads it: without the backticks, and with the pipes that Markdown has escaped.
fn rows() -> Vec<Row> {
    let readme = String::from_utf8(source("README.md")).unwrap();
    let table = readme.split("| shell | file | line |\n").nth(1).expect("the README has a table of start-up files");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let row = row.replace("\\|", "\0");
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('\0', "|")).collect();
        let [shell, file, line] = [0, 1, 2].map(|at| cells.get(at).unwrap());
        // What stands behind the file says when it is another one.
        let file = file.split(", or `").next().unwrap();
        Row { shell: shell.clone(), file: code(file), line: code(line) }
    })
    .collect()
}

/// Without the backticks around it: two of them stand around what has some of its own.
fn code(cell: &str) -> String {
    let inner = |mark: &str| cell.strip_prefix(mark)?.strip_suffix(mark);
    inner("``").or(inner("`")).unwrap_or(cell).to_owned()
}

/// What the README calls a shell.
fn row(shell: &Shell) -> Row {
    let named = match shell.name {
        "busybox_ash" => "busybox ash",
        "ksh" => "ksh93",
        "nu" => "nushell",
        "pwsh" => "PowerShell 5.1 and 7",
        name => name,
    };
    rows().into_iter().find(|row| row.shell.split(", ").any(|name| name == named)).unwrap()
}

#[test]
fn the_readme_has_the_line_of_each_shell() {
    let rows = rows();
    for dialect in shells::DIALECTS.iter().filter(|dialect| dialect.hook().is_some()) {
        let integration = dialect.integration().unwrap();
        let is_there = rows.iter().any(|row| row.line == integration.line);
        let readme = String::from_utf8(source("README.md")).unwrap();
        // cmd has a section of its own.
        let commands = integration.typed.map(|[add, _]| [integration.line, add]);
        let is_told = commands.is_some_and(|commands| commands.iter().all(|command| readme.contains(command)));
        assert!(is_there || is_told, "{}: {}", dialect.name(), integration.line);
    }
}

/// A home that has never seen credenv: a start-up file of the person's own, two profiles, and a project.
fn home(shell: &Shell, file: &str) -> Home {
    // Completion is off in zsh until somebody switches it on; the README says so.
    let own = if shell.called == "zsh" { "autoload -Uz compinit; compinit -u\n" } else { "" };
    let keys = format!("[devProfile]\n{KEYS}[prodProfile]\n{KEYS}");
    let home = Home::new()
        .file(file, format!("{}{own}", shell.plain_prompt()))
        .config(CONFIG)
        .credentials(keys)
        .file("shop/serverless.yml", PROJECT)
        .file(".profile", ". ~/.bashrc\n")
        // Otherwise fish reads the manual pages at its first start.
        .directory(".local/share/fish/generated_completions")
        .directory("run")
        .mode("run", 0o700);
    let (env, run) = (home.path(".shrc"), home.path("run"));
    let home = home.env("XDG_RUNTIME_DIR", run.to_str().unwrap()).env("SHELL", "/bin/sh");
    // Where else is nothing that dash would read.
    if shell.called == "sh" { home.env("ENV", env.to_str().unwrap()) } else { home }
}

/// What shells say when they start, whoever starts them.
const SAYS_ITS_NAME: [&str; 7] = [
    "BusyBox v",
    "Enter 'help'",
    "PowerShell 7",
    "Copyright (c) Microsoft",
    "https://aka.ms/powershell",
    "Type 'help'",
    // Where that was more than half a second.
    "Loading personal and system profiles took",
];

/// The window, line by line: what is typed must be answered by exactly that, and another prompt.
struct Day<'s, 'h> {
    screen: &'s Screen<'h>,
    seen: Vec<String>,
}

impl Day<'_, '_> {
    fn types(&mut self, line: &str, answer: &[&str]) {
        self.screen.line(line);
        self.is_answered(line, answer);
    }

    fn is_answered(&mut self, line: &str, answer: &[&str]) {
        let prompt = self.seen.pop().unwrap();
        self.seen.push(format!("{prompt} {line}"));
        self.seen.extend(answer.iter().map(|line| (*line).to_owned()));
        self.seen.push(prompt);
        self.screen.shows(&self.seen.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

fn a_new_shell_does_what_the_readme_promises(shell: &Shell) {
    let row = row(shell);
    let typed_once = row.file.starts_with("typed once");
    let own_file = match row.file.strip_prefix("~/") {
        Some(file) => file,
        None if typed_once => ".config/nushell/config.nu",
        None if shell.called == "powershell" => ".config/powershell/Microsoft.PowerShell_profile.ps1",
        None => ".shrc",
    };
    let file = if typed_once { ".local/share/nushell/vendor/autoload/credenv.nu" } else { own_file };
    let home = home(shell, own_file);
    let before = home.has(file).then(|| home.read(file));

    // By hand.
    if typed_once {
        home.run("nu", ["--no-config-file", "--commands", &row.line]).check();
    } else {
        home.rewrite(file, [before.as_deref().unwrap(), format!("{}\n", row.line).as_bytes()].concat());
    }
    let by_hand = home.read(file);
    match &before {
        Some(before) => home.rewrite(file, before),
        None => home.remove(file),
    }

    // By the command, typed in the shell: it finds out which one that is. A last command may take the shell's place.
    let (program, flags) = shell.command.split_first().unwrap();
    let end = if shell.called == "powershell" { "''" } else { "echo" };
    let line = format!("credenv init --install --yes; {end}");
    let typed = [flags, &["-c", &line]].concat();
    home.run(program, typed).any_stderr().stdout("\n").check();
    assert!(home.read(file) == by_hand, "{}: {}", shell.name, String::from_utf8_lossy(&home.read(file)));

    let Some(screen) = Screen::bare(shell, &home, 120, 50) else { return };
    let says_its_name = |line: &&String| line.is_empty() || SAYS_ITS_NAME.iter().any(|words| line.starts_with(words));
    let seen = screen.lines();
    assert_eq!(seen.iter().filter(|line| !says_its_name(line)).collect::<Vec<_>>(), ["$"], "{}", shell.name);
    let mut day = Day { screen: &screen, seen };
    let profile = match shell.called {
        "elvish" => "echo $E:AWS_PROFILE",
        "powershell" => "echo $env:AWS_PROFILE",
        "nu" => "$env.AWS_PROFILE",
        _ => "echo $AWS_PROFILE",
    };
    let switched = "credenv: devProfile (eu-central-1) ← serverless.yml:4, stage dev";
    day.types(
        "cd shop",
        &["credenv: serverless.yml is not followed: `credenv allow` shows what it asks for and allows it"],
    );
    let asks_for = ["serverless.yml", "  stage: dev", "  profile: devProfile (serverless.yml:4)"];
    let allowed = ["allowed: serverless.yml", switched];
    day.types("credenv allow", &[&asks_for[..], &allowed].concat());
    day.types(profile, &["devProfile"]);
    day.types("cd ..", &["credenv: back to no profile"]);
    day.types("cd shop", &[switched]);
    day.types("cd ..", &["credenv: back to no profile"]);
    if !completion::SCRIPTS.iter().any(|script| script.shell == shell.called) {
        return;
    }
    screen.text("credenv use pr");
    screen.shows_line("$ credenv use pr");
    screen.keys(&["Tab"]);
    screen.shows_line("$ credenv use prodProfile");
    screen.keys(&["Enter"]);
    day.is_answered("credenv use prodProfile", &["credenv: prodProfile (us-east-1)"]);
    day.types(profile, &["prodProfile"]);
}
in_every_shell!(
    a_new_shell_does_what_the_readme_promises:
    bash zsh dash busybox_ash ksh mksh yash
    fish
    tcsh
    nu
    elvish
    xonsh
    pwsh
);
