//! What is printed for cmd, carried out by the cmd of Wine: not Microsoft's, but a reader of its language that others wrote.

use std::collections::BTreeMap;

use credenv::core::delta::{Change, Delta};
use credenv::shells;

use super::cmd::dialect;
use crate::quoting::{setting, values};
use crate::support::{Home, Random, is_missing, seed_from_environment, skip};

/// Runs the batch file that is named, and leaves nothing running. Where the libraries of Wine lie, a Windows is made of them
/// by links, in no time: Wine itself would copy them for seconds, and write 700 MB.
const START: &str = r#"
export WINEDEBUG=-all WINEPREFIX="$HOME/.wine"
for libraries in /usr/lib/*/wine/x86_64-windows; do
    if [ -d "$libraries" ] && mkdir "$WINEPREFIX" 2>/dev/null; then
        mkdir -p "$WINEPREFIX/dosdevices" "$WINEPREFIX/drive_c/windows"
        ln -s ../drive_c "$WINEPREFIX/dosdevices/c:"
        ln -s / "$WINEPREFIX/dosdevices/z:"
        ln -s "$libraries" "$WINEPREFIX/drive_c/windows/system32"
        echo disable >"$WINEPREFIX/.update-timestamp"
    fi
done
timeout 60 wine cmd /d /c "$1"
status=$?
for server in wineserver /usr/lib/*/wine/wineserver; do
    if command -v "$server" >/dev/null; then
        "$server" -k -w
        break
    fi
done
exit $status
"#;

/// The ways in which what is printed comes to be carried out: `for /f` or a batch file, delayed expansion off or on.
const WAYS: [(&str, &str); 4] = [("for", "Disable"), ("for", "Enable"), ("batch", "Disable"), ("batch", "Enable")];

/// Runs these lines in a batch file.
fn run(home: &Home, lines: &str, environment: &BTreeMap<String, String>) {
    let lines = format!("@echo off\nset \"PATH=C:\\windows\\system32\"\n{lines}");
    home.write("run.cmd", lines.replace('\n', "\r\n"));
    home.run("sh", ["-c", START, "sh", "run.cmd"]).with(environment).any_stdout().any_stderr().check();
}

/// The line that has the statements in a file carried out.
fn carried_out(way: &str, file: &str) -> String {
    match way {
        "for" => format!("for /f \"delims=\" %%i in ('type {file}') do @%%i\n"),
        _ => format!("call {file}\n"),
    }
}

/// The variables that `set` wrote into a file.
fn variables(home: &Home, file: &str) -> BTreeMap<String, String> {
    let text = String::from_utf8(home.read(file)).unwrap();
    let lines = text.split_terminator("\r\n").filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What is printed for a delta.
fn script(delta: &Delta) -> Vec<u8> {
    shells::script(dialect(), delta, false).unwrap()
}

#[test]
fn the_cmd_of_wine_takes_what_is_carried_and_would_not_take_what_is_refused() {
    if is_missing("wine") {
        return;
    }
    let seed = seed_from_environment();
    let mut random = Random::new(seed);
    let is_carried = |value: &Vec<u8>| shells::script(dialect(), &setting(std::slice::from_ref(value)), false).is_ok();
    let mut all: Vec<_> = ["  a ", "=", "/p a=", "/?", ">nul", "2>&1", "^", "a^", "\\", ")", "&&", "||", "@rem", ":a"]
        .map(|value| value.as_bytes().to_vec())
        .into();
    for _ in 0..200 {
        let value = (0..=random.below(30)).map(|_| u8::try_from(32 + random.below(95)).unwrap());
        all.push(value.filter(|byte| !b"\"%!".contains(byte)).collect());
    }
    all.extend(values(&mut random, false).into_iter().filter(|value| value.len() < 100));
    all.retain(|value| !value.is_empty() && is_carried(value));
    all.truncate(400);
    let names: BTreeMap<_, _> =
        setting(&all).changes.keys().cloned().zip(std::iter::repeat_with(|| Change::Unset)).collect();
    let wanted: BTreeMap<_, _> =
        (0..all.len()).map(|at| (format!("CREDENV_TEST_{at}"), String::from_utf8(all[at].clone()).unwrap())).collect();
    let refused = ["a\"&echo ran>ran&\"", "%B%", "a!B!b"];

    let mut home = Home::new()
        .file("values.cmd", script(&setting(&all)))
        .file("gone.cmd", script(&Delta { changes: names, ..Delta::default() }))
        .file("fail.cmd", dialect().failing_statement())
        .file("probe", "set \"PROBE=x\"\n");
    let mut lines = "for /f \"delims=\" %%i in ('type probe') do @%%i\n>probed set PROBE\nset B=b\n".to_owned();
    for (at, (way, later)) in WAYS.iter().enumerate() {
        let parts = [
            format!("setlocal {later}DelayedExpansion\n"),
            carried_out(way, "values.cmd"),
            format!(">{at}.set set CREDENV_TEST_\nver >nul\n"),
            carried_out(way, "gone.cmd"),
            carried_out(way, "fail.cmd"),
            format!(">{at}.end echo END=%errorlevel%\n>{at}.left set CREDENV_TEST_\n"),
        ];
        lines += &parts.concat();
        for (number, value) in refused.iter().enumerate() {
            let file = format!("refused-{number}.cmd");
            lines += &(carried_out(way, &file) + &format!(">{at}.{number} set CREDENV_REFUSED\n"));
            home = home.file(&file, format!("set \"CREDENV_REFUSED={value}\"\n"));
        }
        lines += "endlocal\n";
    }
    run(&home, &lines, &BTreeMap::new());

    // Before Wine 9.12 or so, the variable of a `for` cannot name a command of cmd itself with its arguments.
    let has_for = !variables(&home, "probed").is_empty();
    if !has_for {
        skip("the cmd of this Wine runs no `set` from the variable of a `for`");
    }
    let ways: Vec<_> = WAYS.iter().enumerate().filter(|(_, (way, _))| has_for || *way == "batch").collect();
    for (at, way) in &ways {
        assert_eq!(variables(&home, &format!("{at}.set")), wanted, "{way:?}, seed {seed}");
        assert_eq!(variables(&home, &format!("{at}.end"))["END"], "1", "{way:?}");
        assert_eq!(variables(&home, &format!("{at}.left")), BTreeMap::new(), "{way:?}");
    }
    for (number, value) in refused.iter().enumerate() {
        let arrived =
            |at: &usize| variables(&home, &format!("{at}.{number}")).into_values().any(|found| found == *value);
        assert!(!ways.iter().all(|(at, _)| arrived(at)), "{value}");
    }
}

#[test]
fn the_cmd_of_wine_is_switched_and_comes_back() {
    if is_missing("wine") {
        return;
    }
    let home = Home::new().config("[profile \"a & (b) ^c\"]\nregion = eu-west-1\n[profile dev]\n");
    let first: BTreeMap<_, _> = [("AWS_PROFILE", "mine & (yours) ^"), ("AWS_VAULT", "v")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let ours = |mut variables: BTreeMap<String, String>| {
        variables.retain(|name, _| name.starts_with("AWS_") || name.starts_with("CREDENV_"));
        variables
    };
    let printed = |arguments: &[&str], environment: &BTreeMap<String, String>| {
        let arguments = [arguments, &["--shell", "cmd"]].concat();
        home.credenv(arguments).with(environment).any_stdout().any_stderr().any_status().check().0
    };
    home.write("use.cmd", printed(&["use", "a & (b) ^c"], &first));
    run(&home, "call use.cmd\n>after set\n", &first);
    let switched = ours(variables(&home, "after"));
    let value = |name: &str| switched.get(name).map(String::as_str);
    assert_eq!(
        [value("AWS_PROFILE"), value("AWS_REGION"), value("AWS_VAULT")],
        [Some("a & (b) ^c"), Some("eu-west-1"), None]
    );

    home.write("off.cmd", printed(&["off"], &switched));
    home.write("nope.cmd", printed(&["use", "nope"], &switched));
    run(&home, "call nope.cmd\n>failed echo END=%errorlevel%\n>same set\ncall off.cmd\n>after set\n", &switched);
    assert_eq!(variables(&home, "failed")["END"], "1");
    assert_eq!(ours(variables(&home, "same")), switched);
    assert_eq!(ours(variables(&home, "after")), first);
}

/// Wine's cmd carries out no `AutoRun`; that the line of the README writes the one that is meant, it can tell.
#[test]
fn the_line_of_the_readme_names_the_integration_to_every_new_cmd() {
    if is_missing("wine") {
        return;
    }
    let readme = include_str!("../../../README.md");
    let line = readme.lines().find(|line| line.starts_with("reg add ")).unwrap();
    let home = Home::new();
    let asked = r#">asked reg query "HKCU\Software\Microsoft\Command Processor" /v AutoRun"#;
    // Wine has its own idea of where they live.
    run(&home, &format!("set \"USERPROFILE=C:\\users\\ann b\"\n{line}\n{asked}\n"), &BTreeMap::new());
    let told = String::from_utf8(home.read("asked")).unwrap();
    assert!(told.trim_end().ends_with("REG_SZ    \"C:\\users\\ann b\\credenv.cmd\""), "{told}");
}
