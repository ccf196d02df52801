//! Whatever bytes a value holds, they arrive in the shell as they are, and nothing in them is executed.

use std::collections::BTreeMap;

use credenv::core::delta::{Change, Delta};
use credenv::core::vars::{Value, VarName};
use credenv::shells::{self, LARGEST_VARIABLE};

use crate::support::{Ability, Env, Home, Random, SHELLS, Shell, Story, is_missing, seed_from_environment};

/// Values in which something has gone wrong in one program or another.
const HOSTILE: &[&str] = &[
    "",
    r"C:\dir\",
    r"\",
    r"\\",
    r"a\'b",
    r"\'; touch X; \'",
    r"'\''",
    "'; touch X; '",
    "\"; touch X; \"",
    "\\\"; touch X; \\\"",
    "$(touch X)",
    "${Y:=$(touch X)}",
    "`touch X`",
    "(touch X)",
    "<(touch X)",
    "a;touch X",
    "a&touch X",
    "a|touch X",
    "a>X",
    "a\ntouch X\n",
    "\n",
    "\n\n",
    "a\r",
    "\r\n",
    "\ta\t",
    "\u{1b}[31m\u{1b}]0;title\u{7}",
    "\u{7f}",
    "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{b}\u{c}\u{e}\u{f}\u{10}\u{11}\u{12}\u{13}\u{14}\u{15}\u{16}\u{17}\
     \u{18}\u{19}\u{1a}\u{1b}\u{1c}\u{1d}\u{1e}\u{1f}",
    "\u{1b}0a",
    "\u{1}1\u{1b}f",
    "!",
    "!!",
    "a!b\n",
    "^a^b",
    "-n",
    "--",
    "-",
    "=",
    "=ls",
    "==",
    "~",
    "~root",
    "a:~",
    "blanks ",
    " blanks",
    "a  b",
    "*",
    "?",
    "[a-z]",
    "**/*",
    "{a,b}",
    "{1..3}",
    "$",
    "$$",
    "$HOME",
    "${",
    "$'",
    "$\"",
    "%",
    "%n%s",
    "%1",
    "#",
    "a #b",
    "<<E",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "@(a)",
    "+(a)",
    "ä",
    "e\u{301}",
    "😀",
    "日本語",
    "\u{80}\u{85}\u{9b}31m\u{9f}",
    "\n\u{9b}31m",
    "\u{a0}",
    "\u{200b}\u{202e}\u{2028}\u{feff}",
    "\u{fffd}\u{fffe}\u{ffff}\u{10ffff}",
    // What fish, mksh and zsh use inside themselves to mark bytes and wildcards.
    "\u{f600}\u{f69b}\u{f6ff}\u{fdd0}\u{fdef}\u{ef80}\u{efff}\u{f8ff}",
    "ă\u{84}\u{a2}Ń",
];

/// The same for shells that carry bytes.
const HOSTILE_BYTES: &[&[u8]] = &[
    b"\xff",
    b"\xfe'\xff",
    b"\x80\x9b31m",
    b"a\xc3",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xc2\n\x9b",
    b"\xf0\x9f\\",
    b"\x83 \x83",
];

const RANDOM_VALUES: usize = 2_000;

/// The hostile values, a long one, and random mixes of their pieces.
pub(crate) fn values(random: &mut Random, invalid_utf8: bool) -> Vec<Vec<u8>> {
    let mut values: Vec<Vec<u8>> = HOSTILE.iter().map(|value| value.as_bytes().to_vec()).collect();
    values.push("0123456789abcde'".repeat(6_400).into_bytes());
    if invalid_utf8 {
        values.extend(HOSTILE_BYTES.iter().map(|value| value.to_vec()));
    }
    for _ in 0..RANDOM_VALUES {
        let mut value = Vec::new();
        for _ in 0..=random.below(8) {
            match random.below(10) {
                0..4 => value.extend_from_slice(random.one_of(HOSTILE).as_bytes()),
                4..7 => value.push(u8::try_from(1 + random.below(127)).unwrap()),
                7 => value.extend_from_slice(random.one_of(&["'", "\\", "\n", "\"", "$", "`"]).as_bytes()),
                8 if invalid_utf8 => value.push(u8::try_from(1 + random.below(255)).unwrap()),
                _ => value.extend(
                    char::from_u32(u32::try_from(1 + random.below(0x2fff)).unwrap()).unwrap().to_string().bytes(),
                ),
            }
        }
        values.push(value);
    }
    values
}

fn name(index: usize) -> String {
    format!("CREDENV_TEST_{index}")
}

/// A delta that sets each value, under a name of its own.
pub(crate) fn setting(values: &[Vec<u8>]) -> Delta {
    let changes = values.iter().enumerate();
    let changes =
        changes.map(|(index, value)| (VarName::new(&name(index)).unwrap(), Change::Set(Value::new(value.clone()))));
    Delta { changes: changes.collect(), ..Delta::default() }
}

/// Fails with the first value that did not arrive.
pub(crate) fn all_arrived(values: &[Vec<u8>], found: impl Fn(&str) -> Option<Vec<u8>>, seed: u64) {
    for (index, value) in values.iter().enumerate() {
        let arrived = found(&name(index));
        assert!(
            arrived.as_ref() == Some(value),
            "value {index} of seed {seed}: b\"{}\" arrived as {:?}",
            value.escape_ascii(),
            arrived.map(|arrived| arrived.escape_ascii().to_string()),
        );
    }
}

/// What a terminal would obey, but for the newline that ends a statement.
fn has_raw_controls(script: &[u8]) -> bool {
    String::from_utf8_lossy(script).chars().any(|char| char.is_control() && char != '\n')
        || script.split(|byte| *byte == b'\n').any(|line| !line.is_empty() && !line.ends_with(b";"))
}

fn every_value_arrives_and_nothing_is_executed(shell: &Shell) {
    let seed = seed_from_environment();
    let mut values = values(&mut Random::new(seed), shell.can(Ability::InvalidUtf8));
    values.retain(|value| !value.is_empty() || shell.can(Ability::EmptyVariables));
    let mut delta = setting(&values);
    delta.changes.insert(VarName::known("CREDENV_TEST_GONE"), Change::Unset);
    delta.changes.insert(VarName::known("CREDENV_TEST_NEVER"), Change::Unset);
    let script = shells::script(shell.dialect(), &delta, false).unwrap();
    // What nushell reads is one object.
    let statements = if shell.called == "nu" { [script.trim_ascii_end(), b";"].concat() } else { script.clone() };
    assert!(
        !shell.can(Ability::EscapedControls) || !has_raw_controls(&statements),
        "a control character stands in the script"
    );

    let home = Home::new().file("script", &script).directory("empty").env("CREDENV_TEST_GONE", "still there");
    let told =
        Story::new(shell, &home).inside("empty").dump("before").eval_output("cat ../script").dump("after").play();
    let after = told.env("after");
    all_arrived(&values, |name| after.get(name).map(<[u8]>::to_vec), seed);
    let others = |env: Env| env.but_those_starting_with("CREDENV_TEST_");
    assert_eq!(told.env("before").get("CREDENV_TEST_GONE"), Some(&b"still there"[..]));
    assert_eq!(after.get("CREDENV_TEST_GONE"), None);
    others(after).must_be(&others(told.env("before")), "the other variables");
    assert_eq!(home.names_in("empty"), [""; 0], "something in a value was executed");
}
in_every_shell!(every_value_arrives_and_nothing_is_executed);

/// What tcsh reads from a command it reads by thousands, and loses some where one is no text.
#[test]
fn in_tcsh_every_value_arrives_whatever_the_locale_and_wherever_it_stands() {
    let seed = seed_from_environment();
    Shell::test("tcsh", |shell| {
        for (number, locale) in ["C", "C.UTF-8", "C", "C.UTF-8"].into_iter().enumerate() {
            let mut values = values(&mut Random::new(seed + number as u64), true);
            // Such a byte at every distance from where a reading ends.
            values.extend((0..40).map(|length| [vec![b'x'; 211 + length], b"\xff\xc3\xa4'\xc3".to_vec()].concat()));
            values.push(vec![0xc3; 20_000]);
            let script = shells::script(shell.dialect(), &setting(&values), false).unwrap();
            let home = Home::new().file("script", &script).directory("empty").env("LC_ALL", locale);
            let told = Story::new(shell, &home).inside("empty").eval_output("cat ../script").dump("after").play();
            let after = told.env("after");
            all_arrived(&values, |name| after.get(name).map(<[u8]>::to_vec), seed);
            assert_eq!(home.names_in("empty"), [""; 0], "something in a value was executed");
        }
    });
}

/// fish joins the lines of a bare `(…)` with blanks.
#[test]
fn in_fish_every_value_arrives_through_a_bare_eval_as_well() {
    let seed = seed_from_environment();
    Shell::test("fish", |shell| {
        let values = values(&mut Random::new(seed + 1), true);
        let script = shells::script(shell.dialect(), &setting(&values), false).unwrap();
        let home = Home::new().file("script", &script).directory("empty");
        let story = Story::new(shell, &home).inside("empty").own("eval (cat ../script)").dump("after");
        let after = story.play().env("after");
        all_arrived(&values, |name| after.get(name).map(<[u8]>::to_vec), seed);
        assert_eq!(home.names_in("empty"), [""; 0], "something in a value was executed");
    });
}

/// An `eval $(credenv …)` without quotes is a slip that must do no harm where no value holds a blank.
fn statements_survive_an_eval_without_quotes(shell: &Shell) {
    let delta = setting(&[b"one".to_vec(), b"two".to_vec()]);
    let home = Home::new().file("script", shells::script(shell.dialect(), &delta, false).unwrap());
    let told = Story::new(shell, &home).eval_output_unquoted("cat script").dump("after").play();
    assert_eq!(told.env("after").get(&name(0)), Some(&b"one"[..]));
    assert_eq!(told.env("after").get(&name(1)), Some(&b"two"[..]));
}
in_every_shell!(statements_survive_an_eval_without_quotes);

/// Names that a profile can have, as a line of the config file writes them.
const PROFILE_NAMES: &[(&str, &str)] = &[
    ("plain", "plain"),
    ("x y", r#""x y""#),
    ("a$(touch X)", "'a$(touch X)'"),
    ("`touch X`", "'`touch X`'"),
    ("a;touch X", "'a;touch X'"),
    ("a*", "'a*'"),
    ("it's", r#""it's""#),
    (r#""q""#, r#"'"q"'"#),
    ("f:g", "f:g"),
    ("ä", "ä"),
    ("日本 語", "'日本 語'"),
    (r"back\slash\", r"'back\slash\'"),
    ("-dash", "-dash"),
    ("--shell", "--shell"),
    ("~root", "'~root'"),
    ("=ls", "'=ls'"),
    ("!x", "'!x'"),
    ("#x", "'#x'"),
    ("a]b", "'a]b'"),
    ("%d", "%d"),
    ("{a,b}", "'{a,b}'"),
    ("e\u{301}\u{200b}", "'e\u{301}\u{200b}'"),
];

fn a_profile_can_have_any_name(shell: &Shell) {
    // PowerShell before 7.3 takes quotes away from what it hands to a program.
    let arrives = |name: &str| shell.called != "powershell" || !name.contains('"');
    let names: Vec<_> = PROFILE_NAMES.iter().filter(|(name, _)| arrives(name)).collect();
    let config: String = names.iter().flat_map(|(_, written)| ["[profile ", *written, "]\nregion = r\n"]).collect();
    let mut home = Home::new().config(config).directory("empty");
    for (index, (name, _)) in names.iter().enumerate() {
        home = home.env(&format!("NAME_{index}"), name);
    }
    let mut story = Story::new(shell, &home).inside("empty").dump("first");
    for index in 0..names.len() {
        story = story.eval(&format!("use -- \"$NAME_{index}\"")).dump(&format!("name {index}"));
    }
    let told = story.eval("off").dump("last").play();
    for (index, (name, _)) in names.iter().enumerate() {
        let now = told.env(&format!("name {index}"));
        let changes = [
            ("AWS_PROFILE", Some(*name)),
            ("AWS_REGION", Some("r")),
            ("AWS_DEFAULT_REGION", Some("r")),
            ("AWS_SDK_LOAD_CONFIG", Some("1")),
        ];
        now.stateless().must_be(&told.env("first").but(&changes), name);
    }
    told.env("last").must_be(&told.env("first"), "after `off`");
    assert_eq!(home.names_in("empty"), [""; 0], "something in a name was executed");
}
in_every_shell!(a_profile_can_have_any_name);

/// The text of a dialect that is no shell, or why it refuses.
fn text(dialect: &str, value: &[u8]) -> Result<Vec<u8>, String> {
    let delta = setting(&[value.to_vec()]);
    shells::script(shells::named(dialect).unwrap(), &delta, false).map_err(|error| told(&error))
}

fn told(error: &credenv::core::error::Error) -> String {
    format!("{} | {}", error.message(), error.hint_text().unwrap_or("-"))
}

#[test]
fn every_utf8_value_arrives_through_json() {
    if is_missing("python3") {
        return;
    }
    let seed = seed_from_environment();
    let values = values(&mut Random::new(seed), false);
    let mut delta = setting(&values);
    delta.changes.insert(VarName::known("GONE"), Change::Unset);
    let script = shells::script(shells::named("json").unwrap(), &delta, false).unwrap();
    assert!(!has_raw_controls(&[script.trim_ascii_end(), b";"].concat()), "a control character stands in the JSON");
    let home = Home::new().file("script", &script);
    let program = "import json, os\n\
                   read = json.load(open('script', encoding='utf-8'))\n\
                   assert read.pop('GONE') is None\n\
                   open('out', 'wb').write(b''.join(f'{k}={v}\\0'.encode() for k, v in read.items()))\n";
    home.run("python3", ["-c", program]).check();
    let read = Env::parse(&home.read("out"));
    all_arrived(&values, |name| read.get(name).map(<[u8]>::to_vec), seed);
    let nothing = shells::script(shells::named("json").unwrap(), &Delta::default(), false).unwrap();
    assert_eq!(String::from_utf8(nothing).unwrap(), "{}\n");
}

/// The values that a `.env` file can carry, and how many were refused.
fn for_dotenv(seed: u64) -> (Vec<Vec<u8>>, usize) {
    let all = values(&mut Random::new(seed), true);
    let (carried, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(|value| text("dotenv", value).is_ok());
    (carried, refused.len())
}

#[test]
fn what_a_dotenv_file_carries_is_read_alike_by_every_reader() {
    let seed = seed_from_environment();
    let (values, refused) = for_dotenv(seed);
    assert!(values.len() > 100 && refused > 100, "{} carried, {refused} refused", values.len());
    let home = Home::new()
        .file(".env", shells::script(shells::named("dotenv").unwrap(), &setting(&values), false).unwrap())
        .directory("empty");
    let arrived = |reader: &str, found: &BTreeMap<String, Vec<u8>>| {
        assert!(found.len() == values.len(), "{reader} reads {} variables of {}", found.len(), values.len());
        all_arrived(&values, |name| found.get(name).cloned(), seed);
    };
    if !is_missing("bash") {
        let script = "set -a; . ../.env; exec /usr/bin/env -0 >../out";
        home.run("bash", ["--norc", "-c", script]).inside("empty").check();
        let read = Env::parse(&home.read("out"));
        all_arrived(&values, |name| read.get(name).map(<[u8]>::to_vec), seed);
        assert_eq!(home.names_in("empty"), [""; 0], "something in a value was executed");
    }
    let readers = [
        (
            "node",
            "Node's own reader",
            "const u = require('node:util'), fs = require('node:fs');\n\
             if (!u.parseEnv) process.exit(9);\n\
             const read = u.parseEnv(fs.readFileSync('.env', 'utf8'));\n\
             fs.writeFileSync('out', Object.entries(read).map(([k, v]) => `${k}=${v}\\0`).join(''));\n",
        ),
        (
            "node",
            "the npm package `dotenv`",
            "let d; try { d = require('dotenv') } catch { process.exit(9) }\n\
             const fs = require('node:fs'), read = d.parse(fs.readFileSync('.env'));\n\
             fs.writeFileSync('out', Object.entries(read).map(([k, v]) => `${k}=${v}\\0`).join(''));\n",
        ),
        (
            "python3",
            "the PyPI package `python-dotenv`",
            "import sys\n\
             try: import dotenv\nexcept ImportError: sys.exit(9)\n\
             read = dotenv.dotenv_values('.env', interpolate=True)\n\
             open('out', 'wb').write(b''.join(f'{k}={v}\\0'.encode() for k, v in read.items()))\n",
        ),
    ];
    for (program, reader, code) in readers {
        if is_missing(program) {
            continue;
        }
        let flag = if program == "node" { "-e" } else { "-c" };
        if home.run(program, [flag, code]).installed_or_9(reader) {
            let dump = home.read("out");
            let entries = dump.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
            let read = entries.map(|entry| {
                let entry = String::from_utf8(entry.to_vec()).unwrap();
                let (name, value) = entry.split_once('=').unwrap();
                (name.to_owned(), value.as_bytes().to_vec())
            });
            arrived(reader, &read.collect());
        }
    }
}

/// The runner's own reading of its environment file: `NAME=VALUE`, or `NAME<<DELIMITER`, lines, `DELIMITER`.
fn read_as_github(text: &str) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut read = BTreeMap::new();
    let mut lines = text.split_inclusive('\n').map(|line| line.strip_suffix('\n').unwrap_or(line));
    while let Some(line) = lines.next() {
        // The runner ends a line at LF, on Windows also at CRLF; the form with a delimiter keeps a CR in the middle.
        if line.is_empty() {
            continue;
        }
        let (equals, here) = (line.find('='), line.find("<<"));
        let (name, value) = match (equals, here) {
            (Some(equals), here) if here.is_none_or(|here| equals < here) => {
                if line.contains('\r') {
                    return Err(format!("a line ends early: {line:?}"));
                }
                (&line[..equals], line[equals + 1..].to_owned())
            }
            (_, Some(here)) => {
                let (name, delimiter) = (&line[..here], &line[here + 2..]);
                let mut value: Vec<&str> = Vec::new();
                loop {
                    match lines.next() {
                        Some(line) if line == delimiter => break,
                        Some(line) => value.push(line),
                        None => return Err(format!("`{delimiter}` does not come")),
                    }
                }
                (name, value.join("\n"))
            }
            _ => return Err(format!("no form that the runner knows: {line:?}")),
        };
        read.insert(name.to_owned(), value.into_bytes());
    }
    Ok(read)
}

#[test]
fn every_utf8_value_arrives_through_githubs_environment_file() {
    let seed = seed_from_environment();
    let mut values = values(&mut Random::new(seed), false);
    values.extend(
        ["a\ncredenv_0", "credenv_0\ncredenv_1\n", "a\r\ncredenv_0\r", "\nA=b", "\nA<<credenv_0"].map(Into::into),
    );
    let script = shells::script(shells::named("github").unwrap(), &setting(&values), false).unwrap();
    let read = read_as_github(&String::from_utf8(script).unwrap()).unwrap();
    assert_eq!(read.len(), values.len(), "a value set another variable");
    all_arrived(&values, |name| read.get(name).cloned(), seed);
}

#[test]
fn what_a_dialect_cannot_carry_is_refused_in_words() {
    let refusals = [
        (
            "yash",
            &b"\xff"[..],
            "`yash` cannot carry the value of `CREDENV_TEST_0`: yash reads only valid UTF-8 | \
             `credenv exec` passes it on unchanged",
        ),
        (
            "nu",
            b"\xff",
            "`nu` cannot carry the value of `CREDENV_TEST_0`: nushell holds only valid UTF-8 | \
             `credenv exec` passes it on unchanged",
        ),
        (
            "json",
            b"\xff",
            "`json` cannot carry the value of `CREDENV_TEST_0`: JSON holds only valid UTF-8 | \
             `credenv exec` passes it on unchanged",
        ),
        (
            "dotenv",
            b"\xff",
            "`dotenv` cannot carry the value of `CREDENV_TEST_0`: the file must be valid UTF-8 | \
             `credenv exec` passes it on unchanged",
        ),
        (
            "dotenv",
            b"a\nb",
            "`dotenv` cannot carry the value of `CREDENV_TEST_0`: readers of `.env` files disagree on quotes, \
             backslashes, dollar signs and control characters | `credenv exec` passes it on unchanged",
        ),
        (
            "github",
            b"\xff",
            "`github` cannot carry the value of `CREDENV_TEST_0`: the file must be valid UTF-8 | \
             `credenv exec` passes it on unchanged",
        ),
    ];
    for (dialect, value, words) in refusals {
        assert_eq!(text(dialect, value), Err(words.to_owned()));
    }
    let gone = Delta { changes: [(VarName::known("GONE"), Change::Unset)].into(), ..Delta::default() };
    for (dialect, words) in [
        (
            "dotenv",
            "`dotenv` cannot carry `GONE`: a line can only set a variable, and this one must be unset | \
             unset it first, or run the command with `credenv exec`",
        ),
        (
            "github",
            "`github` cannot carry `GONE`: a job's environment file can only set a variable, and this one must be \
             unset | take it out of the job's `env:`, or run the command with `credenv exec`",
        ),
    ] {
        let refused = shells::script(shells::named(dialect).unwrap(), &gone, false).map_err(|error| told(&error));
        assert_eq!(refused, Err(words.to_owned()));
    }
}

#[test]
fn no_dialect_writes_what_no_environment_can_carry() {
    let largest = LARGEST_VARIABLE - "CREDENV_TEST_0=".len();
    for dialect in shells::DIALECTS {
        let name = dialect.name();
        assert_eq!(
            text(name, b"a\0b"),
            Err("the value of `CREDENV_TEST_0` contains a NUL byte, which no environment can carry | -".to_owned()),
            "{name}"
        );
        assert_eq!(
            text(name, &vec![b'a'; largest + 1]),
            Err(format!(
                "the value of `CREDENV_TEST_0` is {} bytes long: with it in the environment, no command could be \
                 started | -",
                largest + 1
            )),
            "{name}"
        );
        // Its lines have room for less; its own test says how much.
        let has_room = name != "cmd";
        assert_eq!(text(name, &vec![b'a'; largest]).is_ok(), has_room, "{name}");
    }
}

/// With the largest value that is let through, the shell can still start commands; with one byte more it could not.
fn the_largest_value_leaves_the_shell_able_to_start_commands(shell: &Shell) {
    let value = vec![b'a'; LARGEST_VARIABLE - "CREDENV_TEST_0=".len()];
    let home = Home::new()
        .file("script", shells::script(shell.dialect(), &setting(std::slice::from_ref(&value)), false).unwrap());
    let told = Story::new(shell, &home).eval_output("cat script").dump("after").play();
    all_arrived(&[value], |name| told.env("after").get(name).map(<[u8]>::to_vec), 0);
}
in_every_shell!(the_largest_value_leaves_the_shell_able_to_start_commands);

#[test]
fn every_shell_that_has_an_integration_is_played() {
    // One is of Windows alone: `windows` has a model of it.
    for dialect in shells::DIALECTS.iter().filter(|dialect| dialect.hook().is_some() && dialect.name() != "cmd") {
        assert!(SHELLS.iter().any(|shell| shell.called == dialect.name()), "{}", dialect.name());
    }
}
