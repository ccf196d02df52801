//! What each shell can do: the table of the README says what the dialects, the completions, the stories and the figures of
//! docs/performance.md say.

use credenv::shells::{self, completion};

use crate::support::{Home, SHELLS, find_program, rewrite_source, source};

/// A shell, and what cannot be told without being said.
struct Row {
    /// What people call it.
    shell: &'static str,
    /// What `--shell` calls it.
    called: &'static str,
    /// When a command behind `cd` sees the switch.
    cd: &'static str,
    /// What an idle prompt costs.
    idle: Idle,
    /// What tells its version; nothing where it cannot be had.
    version: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Idle {
    /// No process; how long it takes is in docs/performance.md, where it was measured.
    NoProcess,
    /// There is nothing at a prompt.
    OnCdOnly,
}
use Idle::{NoProcess, OnCdOnly};

const AT_ONCE: &str = "at once";
const AT_PROMPT: &str = "at the prompt";

const fn row(
    shell: &'static str,
    called: &'static str,
    cd: &'static str,
    idle: Idle,
    version: &'static [&'static str],
) -> Row {
    Row { shell, called, cd, idle, version }
}

/// One line a shell.
const ROWS: &[Row] = &[
    row("bash", "bash", AT_PROMPT, NoProcess, &["bash", "-c", "echo $BASH_VERSION"]),
    row("zsh", "zsh", AT_ONCE, NoProcess, &["zsh", "-c", "echo $ZSH_VERSION"]),
    row("fish", "fish", AT_ONCE, NoProcess, &["fish", "--version"]),
    row("dash", "sh", AT_ONCE, OnCdOnly, &["dpkg-query", "-W", "dash"]),
    row("busybox ash", "sh", AT_ONCE, OnCdOnly, &["busybox", "--help"]),
    row("ksh93", "ksh", AT_PROMPT, NoProcess, &["ksh", "-c", "echo ${.sh.version}"]),
    row("mksh", "mksh", AT_PROMPT, NoProcess, &["mksh", "-c", "echo $KSH_VERSION"]),
    row("yash", "yash", AT_ONCE, NoProcess, &["yash", "-c", "echo $YASH_VERSION"]),
    row("tcsh", "tcsh", AT_ONCE, NoProcess, &["tcsh", "--version"]),
    row("elvish", "elvish", AT_ONCE, OnCdOnly, &["elvish", "--version"]),
    row("xonsh", "xonsh", AT_ONCE, NoProcess, &["xonsh", "--version"]),
    row("nushell", "nu", AT_PROMPT, NoProcess, &["nu", "--version"]),
    row(
        "PowerShell 7",
        "powershell",
        AT_ONCE,
        NoProcess,
        &["pwsh", "-NoProfile", "-c", "\"$($PSVersionTable.PSVersion)\""],
    ),
    row("Windows PowerShell 5.1", "powershell", AT_PROMPT, NoProcess, &[]),
    row("cmd", "cmd", "behind the line", OnCdOnly, &[]),
];

const BEGIN: &str = "<!-- shells -->\n";
const END: &str = "<!-- end of shells -->";
const HEAD: &str = "| shell | `use` | `cd` | undo | completion | an idle prompt | tested with |\n\
                    | --- | --- | --- | --- | --- | --- | --- |\n";

impl Row {
    /// The cells but for the last one.
    fn cells(&self, performance: &str) -> String {
        let dialect = shells::named(self.called).unwrap();
        let switches = if dialect.hook().is_some() { "yes" } else { "no" };
        let undo = if dialect.keeper().is_some() { "all of it" } else { "but for secrets" };
        let completes = completion::SCRIPTS.iter().any(|script| script.shell == self.called);
        let completion = if completes { "yes" } else { "no" };
        let measured = performance.lines().find_map(|line| {
            let cells = line.strip_prefix(&format!("| credenv in {} | in the project", self.shell))?;
            cells.split(" | ").nth(3)
        });
        let idle = match (self.idle, measured) {
            (OnCdOnly, _) => "nothing: it looks on `cd`".to_owned(),
            (NoProcess, Some(time)) => format!("0 processes, {time}"),
            (NoProcess, None) => "0 processes".to_owned(),
        };
        format!("| {} | {switches} | {} | {undo} | {completion} | {idle} | ", self.shell, self.cd)
    }

    /// Whether the stories are played in it.
    fn is_run(&self) -> bool {
        !self.version.is_empty() && SHELLS.iter().any(|shell| shell.called == self.called)
    }

    /// What its program says of itself, if it is there.
    fn version(&self, home: &Home) -> Option<String> {
        let (program, arguments) = self.version.split_first().filter(|_| self.is_run())?;
        find_program(program)?;
        let (told, _) = home.run(program, arguments).any_stdout().any_stderr().any_status().check();
        let numbered = |word: &&str| word.contains(|char: char| char.is_ascii_digit());
        let version = told.split_whitespace().find(numbered)?;
        Some(version.trim_start_matches('v').split(['(', '-', ',']).next()?.to_owned())
    }
}

/// Which version it was is of the machine that wrote it, and no two are alike: only that there is one is compared. A shell
/// that is missing here keeps what was written of it.
#[test]
fn the_readme_says_what_each_shell_can() {
    let text = String::from_utf8(source("README.md")).unwrap();
    let performance = String::from_utf8(source("docs/performance.md")).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the README marks where the table begins");
    let (table, behind) = rest.split_once(END).expect("and where it ends");
    let home = Home::new();
    let mut current = HEAD.to_owned();
    let mut now = HEAD.to_owned();
    for row in ROWS {
        let cells = row.cells(&performance);
        let named = format!("| {} | ", row.shell);
        let written = table.lines().find(|line| line.starts_with(&named)).and_then(|line| line.rsplit(" | ").next());
        let written = written.map(|cell| cell.trim_end_matches(" |").to_owned());
        let tested = if row.is_run() { row.version(&home).or(written.clone()) } else { Some("not run".to_owned()) };
        let tested = tested.unwrap_or_else(|| "no version".to_owned());
        let is_a_version = |cell: &String| row.is_run() && cell.starts_with(|char: char| char.is_ascii_alphanumeric());
        let kept = written.filter(is_a_version).unwrap_or_else(|| tested.clone());
        current.extend([&cells, &kept, " |\n"]);
        now.extend([&cells, &tested, " |\n"]);
    }
    if rewrite_source("CREDENV_WRITE_TABLE", "README.md", &[before, BEGIN, &now, END, behind].concat()) {
        return;
    }
    assert!(table == current, "out of date: `CREDENV_WRITE_TABLE=1 cargo test --test it table` writes it\n{current}");
}

#[test]
fn every_shell_with_an_integration_has_a_row() {
    let has_row = |name: &str| ROWS.iter().any(|row| row.called == name);
    for dialect in shells::DIALECTS.iter().filter(|dialect| dialect.hook().is_some()) {
        assert!(has_row(dialect.name()), "{}", dialect.name());
    }
}
