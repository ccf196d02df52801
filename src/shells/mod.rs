//! From a delta to the text that a shell evaluates: one file a dialect, one line a dialect below.

mod bash;
mod cmd;
pub mod completion;
mod dotenv;
mod elvish;
mod fish;
mod github;
mod json;
mod ksh;
mod mksh;
mod nu;
mod posix;
mod powershell;
mod sh;
pub mod start_up;
mod tcsh;
mod xonsh;
mod yash;
mod zsh;

use crate::core::delta::{Change, Delta, Shelf};
use crate::core::error::{Error, Result};
use crate::core::vars::VarName;
use crate::core::watch::Watch;

/// Every dialect, in the order in which they are named to people.
pub static DIALECTS: &[&dyn Dialect] = &[
    &bash::BASH,
    &zsh::ZSH,
    &fish::Fish,
    &sh::SH,
    &ksh::KSH,
    &mksh::MKSH,
    &yash::YASH,
    &tcsh::Tcsh,
    &elvish::Elvish,
    &xonsh::Xonsh,
    &nu::Nu,
    &powershell::PowerShell,
    &cmd::Cmd,
    &json::Json,
    &dotenv::Dotenv,
    &github::Github,
];

/// The largest `NAME=VALUE` that a Linux kernel passes on to a new process, in bytes (`MAX_ARG_STRLEN`): with a larger
/// one in its environment a shell can start nothing any more.
pub const LARGEST_VARIABLE: usize = 131_072 - 1;

/// Why a dialect cannot carry something, and what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What cannot be carried: `a newline`.
    pub what: &'static str,
    /// What to do instead.
    pub hint: &'static str,
}

/// How a shell is told to change its environment.
pub trait Dialect: Sync {
    /// The name that `--shell` takes.
    fn name(&self) -> &'static str;

    /// Other names of it: what `--shell` takes as well, and what its process may be called.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// Appends the statement that exports a variable.
    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> std::result::Result<(), Refusal>;

    /// Appends the definition of `__credenv_check`, a function of nothing but builtin tests that succeeds as long as
    /// all of it is true. Nothing, where there is no hook.
    fn check(&self, _watch: &Watch, _script: &mut Vec<u8>) {}

    /// Appends what notes who the shell is in that directory, by the variables that [`DECIDING`] names, so that the check
    /// sees when somebody else changes one. Noted is what the shell itself has, exported or not, and of a secret only that
    /// it is there. What is not certain is noted as something else.
    ///
    /// [`DECIDING`]: crate::core::prompt::DECIDING
    fn note_identity(&self, _watch: &Watch, _is_certain: bool, _script: &mut Vec<u8>) {}

    /// Whether the shell counts the seconds, so that its check can tell that a moment has come.
    fn counts_seconds(&self) -> bool {
        false
    }

    /// Whether its check compares the files as numbers, because it cannot compare their times with reference files.
    fn compares_numbers(&self) -> bool {
        false
    }

    /// Appends the statement that takes a variable out of the environment.
    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> std::result::Result<(), Refusal>;

    /// A statement of `set` or `unset` so that neither an alias of the person's nor an option of their shell makes
    /// something else of it.
    fn guarded(&self, _name: &VarName, statement: Vec<u8>) -> Vec<u8> {
        statement
    }

    /// How the shell keeps a value in an unexported variable, if it can.
    fn keeper(&self) -> Option<&dyn Keeper> {
        None
    }

    /// The same where our integration is not loaded: `None` for a shell that keeps values by itself; else a keeper that
    /// keeps nothing, for what another shell set aside.
    fn keeper_without_integration(&self) -> Option<&dyn Keeper> {
        None
    }

    /// The statement that fails, so that `eval` of it fails.
    fn failing_statement(&self) -> &'static str {
        "false;\n"
    }

    /// The statements, so that the rest is done only when the first could be: a readonly variable must not leave half of
    /// one identity and half of another.
    fn in_turn(&self, first: Vec<u8>, rest: Vec<u8>) -> Vec<u8> {
        [first, rest].concat()
    }

    /// Whether `CREDENV_STATE` goes with it: where nothing can be undone, nothing need be remembered.
    fn carries_state(&self) -> bool {
        true
    }

    /// The script that `credenv init` prints for it.
    fn hook(&self) -> Option<&'static str> {
        None
    }

    /// The completion as it stands behind that script; empty where the script loads it itself when it is first asked for.
    fn completion(&self) -> Vec<u8> {
        Vec::new()
    }

    /// What stands behind that script when a shell starts: what the first look told where it changes nothing, so that the
    /// first prompt starts no process. Nothing where that prompt looks for itself.
    fn begin(&self, _first_look: &dyn Fn() -> Option<Vec<u8>>) -> Vec<u8> {
        Vec::new()
    }

    /// What that script calls and must stand in a file, because the shell has no functions.
    fn functions(&self) -> Option<&'static str> {
        None
    }

    /// That script in the form in which the shell can evaluate it.
    fn evaluable(&self, script: Vec<u8>) -> Vec<u8> {
        script
    }

    /// How that script is loaded, and from where the shell calls it.
    fn integration(&self) -> Option<&Integration> {
        None
    }

    /// A word quoted for this shell.
    fn quote(&self, word: &[u8]) -> Vec<u8> {
        word.to_vec()
    }

    /// What a person types so that the shell evaluates what a command of ours prints.
    fn typed(&self, command: &str) -> String {
        format!("eval \"$({command})\"")
    }

    /// Frames the statements that carry out a delta.
    fn frame(&self, statements: Vec<u8>, _delta: &Delta) -> Vec<u8> {
        statements
    }
}

/// How our integration is loaded in a shell, and from where the shell calls it: what `doctor` looks at.
#[derive(Debug)]
pub struct Integration {
    /// The line that loads it.
    pub line: &'static str,
    /// Where that line belongs, in words.
    pub belongs: &'static str,
    /// The variable that names the directory of the start-up files, and what it is below home where it is not set.
    pub directory: (Option<&'static str>, &'static str),
    /// The start-up files in it, beside those of `rc` and `login`.
    pub files: &'static [&'static str],
    /// The file that is to hold the line: the first of these that is there, else the first.
    pub rc: &'static [Place],
    /// The file in the home directory that often sets the variable of that place, which the shell need not hand on.
    pub sets_place: Option<&'static str>,
    /// The files in the home directory of which a login shell reads the first that is there, in the place of `rc`.
    pub login: &'static [&'static str],
    /// A directory in it that holds nothing but start-up files.
    pub all_in: Option<&'static str>,
    /// The variable that names one more start-up file, or several: where it is set, these are read in the place of `rc`.
    pub named_by: Option<&'static str>,
    /// What holds the call: `PROMPT_COMMAND`.
    pub place: &'static str,
    /// How a line begins that takes that place for something else.
    pub taken_by: &'static [&'static str],
    /// The function that must be called there.
    pub function: &'static str,
    /// Whether others that are called there before it show what was in force before.
    pub is_first: bool,
    /// The file that the line writes, where the shell evaluates no text and the line is typed once.
    pub written: Option<Place>,
    /// What a person types behind the line where it belongs in no file, and what takes it away, in words.
    pub typed: Option<[&'static str; 2]>,
}

/// Where a file is: the variable that names a directory, what that is below home where it is not set, and the file in it.
pub type Place = (Option<&'static str>, &'static str, &'static str);

/// Nothing but the files in the home directory; a shell's own file says the rest.
const AT_HOME: Integration = Integration {
    line: "",
    belongs: "",
    directory: (None, ""),
    files: &[],
    rc: &[],
    sets_place: None,
    login: &[],
    all_in: None,
    named_by: None,
    place: "",
    taken_by: &[],
    function: "__credenv_prompt",
    is_first: false,
    written: None,
    typed: None,
};

/// How a shell keeps a value for itself, without exporting it: under [`aside`] of the variable's name.
pub trait Keeper {
    /// Whether a variable of the shell that is not exported can have the name of one that is.
    fn keeps_unexported(&self) -> bool {
        true
    }
    /// Appends what keeps the value of an exported variable.
    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>);
    /// Appends what keeps the value of an unexported variable, if it is set, and else keeps nothing.
    fn set_aside_if_set(&self, name: &VarName, script: &mut Vec<u8>);
    /// Appends what exports the kept value again; where nothing is kept, the variable goes and a line says so.
    fn put_back(&self, name: &VarName, script: &mut Vec<u8>);
    /// Appends what takes the variable out of the environment and gives it the kept value, if there is one.
    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>);
    /// Appends what forgets the kept value.
    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>);
}

/// The shell's own variable in which a value is kept.
fn aside(name: &VarName) -> String {
    format!("__credenv_aside_{name}")
}

/// Whether a terminal would obey something in the word: an ASCII control, or a C1 control in UTF-8 (U+009B does what
/// `ESC [` does).
fn has_controls(word: &[u8]) -> bool {
    word.iter().any(u8::is_ascii_control) || word.windows(2).any(is_c1_control)
}

/// For each byte, whether it is part of a control.
fn controls(word: &[u8]) -> impl Iterator<Item = (u8, bool)> {
    (0..word.len()).map(|at| {
        let c1 = |start: usize| word.get(start..start + 2).is_some_and(is_c1_control);
        (word[at], word[at].is_ascii_control() || c1(at) || (at > 0 && c1(at - 1)))
    })
}

fn is_c1_control(pair: &[u8]) -> bool {
    matches!(pair, [0xc2, 0x80..=0x9f])
}

/// The dialect of that name or alias.
#[must_use]
pub fn named(name: &str) -> Option<&'static dyn Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.name() == name || dialect.aliases().contains(&name))
}

/// The dialect of the process with these words (its name, its first arguments).
#[must_use]
pub fn of_process(words: &[String]) -> Option<&'static dyn Dialect> {
    let name = |word: &str| {
        let file = word.rsplit('/').next().unwrap_or(word);
        file.strip_prefix('-').unwrap_or(file).to_owned()
    };
    let first = words.first().map(|word| name(word))?;
    let shell = match first.as_str() {
        "busybox" => name(words.get(1)?),
        // xonsh starts itself so, and a script of that name is known by it otherwise.
        python if python.starts_with("python") => match words.get(1).map(String::as_str)? {
            "-m" => name(words.get(2)?),
            script => name(script),
        },
        _ => first,
    };
    named(&shell).filter(|dialect| dialect.keeper().is_some())
}

/// What that shell can keep; `integrated` when our wrapper or hook is loaded in it.
#[must_use]
pub fn shelf(dialect: &dyn Dialect, integrated: bool) -> Shelf {
    let keeper = dialect.keeper();
    let secrets = keeper.is_some() && (integrated || dialect.keeper_without_integration().is_none());
    Shelf { secrets, unexported: integrated && keeper.is_some_and(Keeper::keeps_unexported) }
}

/// The script that carries out a delta: first what is set aside, then one statement a variable by name, then what is
/// no longer kept. Where our integration evaluates it, in the middle of the person's aliases, each is guarded.
pub fn script(dialect: &dyn Dialect, delta: &Delta, integrated: bool) -> Result<Vec<u8>> {
    watched_script(dialect, delta, None, integrated)
}

/// The same, and what came of it is noted where somebody watches.
pub fn watched_script(
    dialect: &dyn Dialect,
    delta: &Delta,
    watch: Option<&Watch>,
    integrated: bool,
) -> Result<Vec<u8>> {
    let mut script = Vec::new();
    let keeper = match dialect.keeper_without_integration() {
        Some(keeper) if !integrated => Some(keeper),
        _ => dialect.keeper(),
    };
    if let Some(keeper) = keeper {
        delta.aside.iter().for_each(|name| keeper.set_aside(name, &mut script));
        delta.aside_if_set.iter().for_each(|name| keeper.set_aside_if_set(name, &mut script));
    }
    let mut first = Vec::new();
    let mut rest = Vec::new();
    for (name, change) in &delta.changes {
        let mut statement = Vec::new();
        match (change, keeper) {
            (Change::Set(value), _) => {
                check(name, value.as_bytes())?;
                let done = dialect.set(name, value.as_bytes(), &mut statement);
                done.map_err(|refusal| refused(dialect, &format!("the value of `{name}`"), refusal))?;
            }
            (Change::PutBack, Some(keeper)) => {
                keeper.put_back(name, &mut rest);
                continue;
            }
            (Change::PutBackUnexported, Some(keeper)) => {
                keeper.put_back_unexported(name, &mut rest);
                continue;
            }
            (Change::Unset | Change::PutBack | Change::PutBackUnexported, _) => {
                let done = dialect.unset(name, &mut statement);
                done.map_err(|refusal| refused(dialect, &format!("`{name}`"), refusal))?;
            }
        }
        match (integrated && dialect.hook().is_some(), name.as_str()) {
            (true, "AWS_PROFILE") => first = statement,
            (true, _) => rest.extend(dialect.guarded(name, statement)),
            (false, _) => rest.extend(statement),
        }
    }
    if let Some(watch) = watch {
        // Whether a value could be put back, only the shell knows: then it is to look again.
        let is_certain = !delta.changes.values().any(|change| *change == Change::PutBack);
        dialect.note_identity(watch, is_certain, &mut rest);
    }
    script.extend(if first.is_empty() { rest } else { dialect.in_turn(first, rest) });
    if let Some(keeper) = keeper {
        delta.drop.iter().for_each(|name| keeper.drop_aside(name, &mut script));
    }
    Ok(dialect.frame(script, delta))
}

/// Checks that a process can carry the variable and still start others.
pub fn check(name: &VarName, value: &[u8]) -> Result<()> {
    if value.contains(&0) {
        return Err(Error::failed(format!(
            "the value of `{name}` contains a NUL byte, which no environment can carry"
        )));
    }
    if name.as_str().len() + 1 + value.len() > LARGEST_VARIABLE {
        return Err(Error::failed(format!(
            "the value of `{name}` is {} bytes long: with it in the environment, no command could be started",
            value.len()
        )));
    }
    Ok(())
}

fn refused(dialect: &dyn Dialect, what: &str, refusal: Refusal) -> Error {
    Error::failed(format!("`{}` cannot carry {what}: {}", dialect.name(), refusal.what)).hint(refusal.hint)
}

/// The token in a hook that stands for the path of our binary.
const EXE_TOKEN: &str = "__CREDENV_EXE__";

/// The hook of a dialect with the path of our binary in it, or that of its functions, and its completion.
#[must_use]
pub fn hook(dialect: &dyn Dialect, path: &[u8]) -> Option<Vec<u8>> {
    let mut script = with_path(dialect, dialect.hook()?, path);
    script.extend(dialect.completion());
    Some(dialect.evaluable(script))
}

/// What the hook of a dialect calls and must stand in a file, with the path of our binary in it.
#[must_use]
pub fn functions(dialect: &dyn Dialect, exe: &[u8]) -> Option<Vec<u8>> {
    let functions = dialect.functions()?;
    Some(without_comments(&with_path(dialect, functions, exe)))
}

fn with_path(dialect: &dyn Dialect, text: &str, path: &[u8]) -> Vec<u8> {
    let quoted = dialect.quote(path);
    let mut script = Vec::with_capacity(text.len() + 2 * quoted.len());
    let mut parts = text.split(EXE_TOKEN);
    script.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        script.extend_from_slice(&quoted);
        script.extend_from_slice(part.as_bytes());
    }
    script
}

/// A script without its comments and indents, for a shell that reads it again and again.
fn without_comments(script: &[u8]) -> Vec<u8> {
    let lines = script.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
    lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")).flat_map(|line| [line, b"\n"].concat()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::prompt::DECIDING;
    use crate::core::watch::Standing;

    /// Of a shell that is in `/p`.
    pub(super) fn nothing_to_watch() -> Watch {
        Watch::of(b"/p".to_vec(), Standing::There)
    }

    /// The time of a symlink is its own: what it leads to is asked.
    #[test]
    fn a_file_behind_a_symlink_is_asked_for_its_time() {
        let path = |path: &str| path.as_bytes().to_vec();
        let watch = Watch {
            unchanged: vec![(path("/a"), path("/1.000000000")), (path("/link"), path("/2.000000000"))],
            leading: vec![(path("/link"), path("/real"))],
            ..nothing_to_watch()
        };
        let check = |name: &str, watch: &Watch| {
            let mut script = Vec::new();
            named(name).unwrap().check(watch, &mut script);
            String::from_utf8(script).unwrap()
        };
        assert!(check("nu", &watch).contains(r#""files":["/a","/real"]"#));
        let told = check("powershell", &watch);
        for file in ["/a", "/real"] {
            assert!(told.contains(&format!("GetLastWriteTimeUtc('{file}').Ticks -eq [IO.File]")), "{told}");
        }
        let links = "$global:__credenv_links = @([IO.File]::GetLastWriteTimeUtc('/link').Ticks);";
        assert!(told.contains(links) && !check("powershell", &nothing_to_watch()).contains("links"), "{told}");
    }

    #[test]
    fn who_the_shell_is_is_noted_where_it_is_certain() {
        let noted = |name: &str, is_certain| {
            let mut script = Vec::new();
            named(name).unwrap().note_identity(&nothing_to_watch(), is_certain, &mut script);
            String::from_utf8(script).unwrap()
        };
        assert_eq!(noted("xonsh", true), "__credenv.seen = __credenv.identity()\n");
        assert_eq!(noted("xonsh", false), "__credenv.seen = None\n");
        assert_eq!(noted("elvish", true), "set __credenv_seen_in = $pwd; set __credenv_seen = (__credenv_identity);\n");
        assert_eq!(noted("elvish", false), "set __credenv_seen_in = $pwd; set __credenv_seen = [];\n");
        let certain = noted("tcsh", true);
        let lines: Vec<_> = certain.lines().collect();
        let all = DECIDING.map(|name| format!("$?{name}")).concat();
        let nobody = DECIDING.map(|name| format!(" __credenv_seen_{name} = ''")).concat();
        assert_eq!(
            lines,
            [
                "''set __credenv_seen_directory = '/p';",
                &format!("''set __credenv_seen_there = {all};"),
                &format!(
                    "if ( $__credenv_seen_there == 00000000 ) ''set{nobody} __credenv_seen_values = '' \
                     __credenv_seen_shadowed = '';"
                ),
                "if ( $__credenv_seen_there =~ *1* && -r $__credenv_file:q ) ''source $__credenv_file:q see;",
            ]
        );
        let uncertain = "''set __credenv_seen_there = ''; ''set __credenv_seen_AWS_PROFILE = -;\n";
        assert_eq!(noted("tcsh", false), format!("{certain}{uncertain}"));
    }

    #[test]
    fn every_name_and_alias_belongs_to_one_dialect() {
        let mut names: Vec<_> =
            DIALECTS.iter().flat_map(|dialect| [&[dialect.name()][..], dialect.aliases()].concat()).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_process_is_known_by_its_name_a_login_shell_by_the_dash_and_busybox_by_its_argument() {
        let name = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            of_process(&words).map(Dialect::name)
        };
        assert_eq!(name(&["-zsh"]), Some("zsh"));
        assert_eq!(name(&["/usr/local/bin/fish"]), Some("fish"));
        assert_eq!(name(&["dash"]), Some("sh"));
        assert_eq!(name(&["busybox", "ash"]), Some("sh"));
        assert_eq!(name(&["busybox"]), None);
        assert_eq!(name(&["python3", "-m", "xonsh"]), Some("xonsh"));
        assert_eq!(name(&["python3.11", "/usr/bin/xonsh"]), Some("xonsh"));
        assert_eq!(name(&["python3", "-m"]), None);
        assert_eq!(name(&["python3"]), None);
        assert_eq!(name(&["json"]), None);
    }

    /// Of each dialect: its other names, whether it counts seconds or compares numbers, whether a secret is kept without
    /// our integration and with it, whether an unexported variable can have the name of an exported one, and whether the
    /// state goes with it.
    #[test]
    fn each_dialect_can_what_its_shell_can() {
        let told: Vec<_> = DIALECTS
            .iter()
            .map(|dialect| {
                let (alone, integrated) = (shelf(*dialect, false), shelf(*dialect, true));
                assert!(!alone.unexported);
                let can = [
                    (dialect.counts_seconds(), "seconds"),
                    (dialect.compares_numbers(), "numbers"),
                    (alone.secrets, "alone"),
                    (integrated.secrets, "secrets"),
                    (integrated.unexported, "unexported"),
                    (dialect.carries_state(), "state"),
                ];
                let can: Vec<_> = can.into_iter().filter_map(|(can, word)| can.then_some(word)).collect();
                format!("{} [{}]: {}", dialect.name(), dialect.aliases().join(" "), can.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "bash [rbash]: seconds alone secrets unexported state",
                "zsh [rzsh]: seconds alone secrets unexported state",
                "fish []: alone secrets unexported state",
                "sh [dash ash posh]: alone secrets unexported state",
                "ksh [ksh93 rksh]: seconds alone secrets unexported state",
                "mksh [lksh]: seconds alone secrets unexported state",
                "yash []: alone secrets unexported state",
                "tcsh [csh]: numbers alone secrets state",
                "elvish []: secrets state",
                "xonsh []: seconds alone secrets state",
                "nu [nushell]: seconds secrets state",
                "powershell [pwsh]: seconds alone secrets state",
                "cmd []: state",
                "json []: state",
                "dotenv []: ",
                "github []: ",
            ]
        );
    }

    #[test]
    fn each_shell_is_told_how_to_evaluate_and_how_to_fail() {
        let told = |name: &str| {
            let dialect = named(name).unwrap();
            (dialect.typed("x"), dialect.failing_statement())
        };
        for name in ["bash", "zsh", "sh", "ksh", "mksh", "yash"] {
            assert_eq!(told(name), ("eval \"$(x)\"".to_owned(), "false;\n"), "{name}");
        }
        assert_eq!(told("fish"), ("x | source".to_owned(), "false;\n"));
        assert_eq!(told("tcsh"), ("eval \"`x`\"".to_owned(), "false;\n"));
        assert_eq!(told("elvish"), ("eval (x | slurp)".to_owned(), "fail credenv;\n"));
        let typed = "let it = ^x | from json; load-env $it.set; hide-env -i ...$it.unset";
        assert_eq!(told("nushell"), (typed.to_owned(), "false\n"));
        let typed = "for /f \"delims=\" %i in ('x --shell cmd') do @%i";
        assert_eq!(told("cmd"), (typed.to_owned(), "cmd /d /c exit 1\n"));
        assert_eq!(told("xonsh").0, "exec($(x))");
        assert_eq!(told("pwsh").0, "x | Out-String | Invoke-Expression");
        for name in ["json", "dotenv", "github"] {
            assert_eq!(told(name).1, "", "{name}");
        }
    }

    #[test]
    fn every_hook_asks_our_binary_by_its_path() {
        for dialect in DIALECTS.iter().filter(|dialect| dialect.hook().is_some()) {
            let hook = hook(*dialect, b"/opt/credenv").unwrap();
            let text = String::from_utf8_lossy(&hook);
            assert!(text.contains("/opt/credenv") && !text.contains(EXE_TOKEN), "{}", dialect.name());
            assert!(dialect.integration().is_some(), "{}", dialect.name());
        }
        assert!(hook(named("json").unwrap(), b"/opt/credenv").is_none());
    }

    #[test]
    fn the_line_of_each_shell_loads_its_own_integration_and_is_found_again() {
        for dialect in DIALECTS.iter().filter(|dialect| dialect.hook().is_some()) {
            let line = dialect.integration().unwrap().line;
            assert!(line.contains(&format!("credenv init {}", dialect.name())), "{line}");
            assert_eq!(start_up::loading(line.as_bytes()).len(), 1, "{line}");
        }
    }

    #[test]
    fn what_must_stand_in_a_file_asks_our_binary_by_its_path_as_well() {
        for dialect in DIALECTS {
            let functions = functions(*dialect, b"/opt/credenv").map(|text| String::from_utf8(text).unwrap());
            let is_right = |text: &String| text.contains("'/opt/credenv'") && !text.contains(EXE_TOKEN);
            assert_eq!(functions.as_ref().map(is_right), (dialect.name() == "tcsh").then_some(true), "{functions:?}");
        }
    }

    #[test]
    fn only_the_posix_shells_begin_with_what_the_first_look_told() {
        for dialect in DIALECTS {
            let begins = |told: Option<&[u8]>| String::from_utf8(dialect.begin(&|| told.map(<[u8]>::to_vec))).unwrap();
            let expected = match dialect.name() {
                "bash" | "zsh" | "ksh" | "mksh" | "yash" => ["told\n", ""],
                "sh" => ["told\n__credenv_check || __credenv_look\n", "__credenv_check || __credenv_look\n"],
                _ => ["", ""],
            };
            assert_eq!([begins(Some(b"told\n")), begins(None)], expected, "{}", dialect.name());
        }
    }

    #[test]
    fn a_variable_is_as_large_as_a_process_can_carry_and_no_larger() {
        let name = VarName::known("AWS_PROFILE");
        let longest = 131_071 - "AWS_PROFILE=".len();
        assert!(check(&name, &vec![b'a'; longest]).is_ok());
        assert!(check(&name, &vec![b'a'; longest + 1]).is_err());
    }

    #[test]
    fn comments_blank_lines_and_indents_are_left_out() {
        assert_eq!(without_comments(b"# a\n\n  b # c\n\t# d\n  \ne\n"), b"b # c\ne\n");
    }

    /// To the shell an escape is the same; what is plain is to be read by people.
    #[test]
    fn only_what_a_terminal_would_obey_is_escaped() {
        let quoted = |name: &str, word: &str| String::from_utf8(named(name).unwrap().quote(word.as_bytes())).unwrap();
        for (word, bash, elvish, nu) in [
            ("a b", "'a b'", "\"a b\"", "\"a b\""),
            ("it's", r"'it'\''s'", "\"it's\"", "\"it's\""),
            ("'", r"''\'''", "\"'\"", "\"'\""),
            ("ä", "'ä'", "\"ä\"", "\"ä\""),
            ("a\nb", r"$'a\012b'", r#""a\x0ab""#, r#""a\u{a}b""#),
            ("\u{9b}'", r"$'\302\233\''", r#""\xc2\x9b'""#, r#""\u{9b}'""#),
        ] {
            let all = [quoted("bash", word), quoted("elvish", word), quoted("nu", word)];
            assert_eq!(all, [bash, elvish, nu], "{word:?}");
        }
    }

    #[test]
    fn xonsh_has_no_unexported_variable_to_give_back() {
        let name = VarName::known("N");
        let back = Delta { changes: [(name, Change::PutBackUnexported)].into(), ..Delta::default() };
        assert_eq!(script(named("xonsh").unwrap(), &back, true).unwrap(), b"__xonsh__.env.pop('N', None);\n");
    }

    /// Without our integration, elvish has no place for a value.
    #[test]
    fn a_value_is_kept_where_the_shell_has_a_place_for_it() {
        let name = VarName::known("AWS_SECRET_ACCESS_KEY");
        let aside = Delta { aside: [name.clone()].into(), drop: [name.clone()].into(), ..Delta::default() };
        let back = Delta { changes: [(name, Change::PutBackUnexported)].into(), ..Delta::default() };
        let told = |delta, integrated| {
            String::from_utf8(script(named("elvish").unwrap(), delta, integrated).unwrap()).unwrap()
        };
        assert_eq!(told(&aside, false), "");
        assert_eq!(
            told(&aside, true),
            "set __credenv_aside[AWS_SECRET_ACCESS_KEY] = $E:AWS_SECRET_ACCESS_KEY;\n\
             set __credenv_aside = (dissoc $__credenv_aside AWS_SECRET_ACCESS_KEY);\n"
        );
        for integrated in [false, true] {
            assert_eq!(told(&back, integrated), "unset-env AWS_SECRET_ACCESS_KEY;\n");
        }
    }

    #[test]
    fn a_line_of_a_file_is_bare_or_quoted_or_refused() {
        let line = |dialect: &str, value: &str| {
            let mut script = Vec::new();
            let done = named(dialect).unwrap().set(&VarName::known("N"), value.as_bytes(), &mut script);
            done.map(|()| String::from_utf8(script).unwrap()).map_err(|refusal| refusal.what)
        };
        for (value, expected) in [("a-1/b", "N=a-1/b\n"), ("", "N=''\n"), ("a b", "N='a b'\n"), ("ä", "N='ä'\n")] {
            assert_eq!(line("dotenv", value).as_deref(), Ok(expected));
        }
        for value in ["it's", "a\\b", "$a", "`", "a\nb", "a\tb"] {
            assert!(line("dotenv", value).is_err(), "{value:?}");
        }
        assert_eq!(line("github", "a b").as_deref(), Ok("N=a b\n"));
        let (held, free) = ("a\ncredenv_0\rcredenv_1\nb", "credenv_2");
        assert_eq!(line("github", held), Ok(format!("N<<{free}\n{held}\n{free}\n")));
    }
}
