//! What is printed for cmd means the same in `for /f` and in a batch file, with delayed expansion or without.

use credenv::core::delta::{Change, Delta};
use credenv::core::vars::{Value, VarName};
use credenv::shells;

use super::cmd_model::{Session, Way, read};
use crate::quoting::{setting, values};
use crate::support::{Home, Random, seed_from_environment, source};

pub(super) fn dialect() -> &'static dyn shells::Dialect {
    shells::named("cmd").unwrap()
}

fn script(value: &[u8]) -> Result<Vec<u8>, String> {
    shells::script(dialect(), &setting(&[value.to_vec()]), false)
        .map_err(|error| format!("{} | {}", error.message(), error.hint_text().unwrap_or("-")))
}

/// A session in which variables that a value may name are set.
fn sessions() -> impl Iterator<Item = (Way, Session)> {
    let environment = [("B", "b"), ("A", "was expanded"), ("GONE", "x")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    [Way::ForF, Way::Batch].into_iter().flat_map(move |way| {
        let environment = environment.clone();
        [false, true].map(|expands_later| {
            (way, Session { environment: environment.clone().into(), expands_later, ..Session::default() })
        })
    })
}

#[test]
fn what_is_carried_arrives_in_every_way_and_nothing_else_is_done() {
    let seed = seed_from_environment();
    let mut random = Random::new(seed);
    let mut all = values(&mut random, true);
    // Few of those are printable ASCII throughout.
    for _ in 0..2_000 {
        let value = (0..=random.below(30)).map(|_| u8::try_from(32 + random.below(95)).unwrap());
        all.push(value.filter(|byte| random_keeps(*byte)).collect());
    }
    let (mut carried, mut refused) = (0, 0);
    for value in all.iter().filter(|value| !value.is_empty()) {
        let is_plain = value.iter().all(|byte| matches!(byte, b' '..=b'~') && !b"\"%!".contains(byte));
        let Ok(script) = script(value) else {
            refused += 1;
            assert!(!is_plain || value.len() > 8_000, "b\"{}\" is refused", value.escape_ascii());
            continue;
        };
        carried += 1;
        for (way, mut session) in sessions() {
            let mut wanted = session.environment.clone();
            wanted.insert("CREDENV_TEST_0".to_owned(), String::from_utf8(value.clone()).unwrap());
            session.run(&script, way);
            assert_eq!(session.environment, wanted, "{way:?}, seed {seed}");
            assert_eq!((session.ran.len(), session.error_level), (0, 0), "{way:?}: {:?}", session.ran);
        }
    }
    assert!(carried > 1_000 && refused > 1_000, "{carried} carried, {refused} refused");
}

/// What is refused need not come more often than it must.
fn random_keeps(byte: u8) -> bool {
    !b"\"%!".contains(&byte)
}

#[test]
fn what_is_refused_says_why() {
    let why = |what: &str| {
        Err(format!("`cmd` cannot carry the value of `CREDENV_TEST_0`: {what} | `credenv exec` passes it on unchanged"))
    };
    for (value, what) in [
        (&b"a\"&calc"[..], "a double quote would end it too early"),
        (b"%A%", "a percent sign stands for a variable in a batch file"),
        (b"a!b", "an exclamation mark is lost where delayed expansion is on"),
        (b"a\r\nb", "a control character would end it or be lost"),
        ("ä".as_bytes(), "what is not ASCII depends on the code page of the console"),
        (&[b'a'; 8_001], "cmd reads no line of more than 8,191 characters"),
    ] {
        assert_eq!(script(value), why(what));
    }
}

/// The model would show what the refusals are for.
#[test]
fn what_is_refused_would_not_arrive_in_every_way() {
    for value in ["a\"&calc\"", "%A%", "a!A!b", "a\nb", "ä"] {
        let line = format!("set \"CREDENV_TEST_0={value}\"\n");
        let arrives = |(way, mut session): (Way, Session)| {
            session.run(line.as_bytes(), way);
            session.ran.is_empty() && session.environment.get("CREDENV_TEST_0").map(String::as_str) == Some(value)
        };
        assert!(!sessions().all(arrives), "{value}");
    }
}

#[test]
fn a_variable_goes_and_a_failure_fails() {
    let changes = [(VarName::known("GONE"), Change::Unset), (VarName::known("A"), Change::Set(Value::new("")))];
    let gone = Delta { changes: changes.into(), ..Delta::default() };
    let gone = shells::script(dialect(), &gone, false).unwrap();
    assert_eq!(String::from_utf8(gone.clone()).unwrap(), "set \"A=\"\nset \"GONE=\"\n");
    for (way, mut session) in sessions() {
        session.run(&gone, way);
        assert_eq!(session.environment.keys().collect::<Vec<_>>(), ["B"], "{way:?}");
        session.run(dialect().failing_statement().as_bytes(), way);
        assert_eq!(session.error_level, 1, "{way:?}");
    }
}

fn home() -> Home {
    let home = Home::new()
        .config("[profile dev]\nregion = eu-west-1\n[profile prod]\nregion = us-east-1\n")
        .file("shop & é/.credenv.yml", "profile: dev\n")
        .directory("elsewhere");
    home.credenv(["allow"]).inside("shop & é").any_stdout().check();
    home
}

/// Runs credenv in the environment of a session, and that session what comes of it.
fn play(home: &Home, session: &mut Session, way: Way, directory: &str, arguments: &[&str]) -> String {
    let run = home.credenv([arguments, &["--shell", "cmd"]].concat()).with(&session.environment).inside(directory);
    let (script, said) = run.any_stdout().any_stderr().check();
    session.run(script.as_bytes(), way);
    assert_eq!(session.ran, [""; 0]);
    said
}

#[test]
fn it_walks_into_projects_and_out_whatever_is_in_the_state() {
    let home = home();
    for (way, mut session) in sessions() {
        session.environment.insert("AWS_PROFILE".to_owned(), "mine & (yours) ^".to_owned());
        session.environment.insert("AWS_REGION".to_owned(), "50%!é^\"&(x)".to_owned());
        let mut first = session.environment.clone();
        let hook = |session: &mut Session, directory| {
            let memory = session.environment.remove("__CREDENV_MEMORY").unwrap_or_else(|| "fresh".to_owned());
            play(&home, session, way, directory, &["hook", &memory]);
        };
        hook(&mut session, "shop & é");
        assert_eq!(session.environment["AWS_PROFILE"], "dev", "{way:?}");
        hook(&mut session, "shop & é");
        assert_eq!(session.environment["AWS_PROFILE"], "dev", "{way:?}");
        // The region of before cannot come back: that is said, and nothing is done by halves.
        let leave = home.credenv(["hook", ",", "--shell", "cmd"]).with(&session.environment).code(1);
        leave
            .stderr(
                "credenv: `cmd` cannot carry the value of `AWS_REGION`: a percent sign stands for a variable in a batch \
                 file\n  hint: `credenv exec` passes it on unchanged\n",
            )
            .check();
        session.environment.insert("AWS_REGION".to_owned(), "theirs".to_owned());
        hook(&mut session, "elsewhere");
        session.environment.remove("__CREDENV_MEMORY");
        first.insert("AWS_REGION".to_owned(), "theirs".to_owned());
        let shown = session.environment.remove("CREDENV_PROMPT");
        assert_eq!(shown.as_deref(), Some("mine & (yours) ^ theirs"), "{way:?}");
        assert_eq!(session.environment, first, "{way:?}");
    }
}

#[test]
fn a_secret_that_must_make_way_is_said_to_be_lost() {
    let home = home();
    let mut session = Session::default();
    session.environment.insert("AWS_SECRET_ACCESS_KEY".to_owned(), "s".to_owned());
    let said = play(&home, &mut session, Way::ForF, "elsewhere", &["use", "prod", "--wrapper"]);
    assert_eq!(
        said,
        "credenv: `AWS_SECRET_ACCESS_KEY` is removed, and `cmd` cannot keep a secret: `off` will not bring it back\n"
    );
    assert_eq!(session.environment.get("AWS_SECRET_ACCESS_KEY"), None);
    play(&home, &mut session, Way::ForF, "elsewhere", &["off", "--wrapper"]);
    session.environment.remove("__CREDENV_MEMORY");
    assert_eq!(session.environment, [].into());
}

#[test]
fn the_file_ends_its_lines_as_cmd_reads_them_and_shows_none_of_them() {
    let hook = String::from_utf8(source("shell/hook.cmd")).unwrap();
    assert!(hook.is_ascii());
    for line in hook.split_terminator('\n') {
        let line = line.strip_suffix('\r').expect("a label behind LF alone may not be found");
        assert!(line.is_empty() || line.starts_with(['@', ':']), "{line}");
    }
    let (printed, _) = Home::new().credenv(["init", "cmd"]).any_stdout().check();
    assert_eq!(printed, hook.replace("__CREDENV_EXE__", "\"[CREDENV]\""));
}

/// Whatever stands in the path and in the arguments, quoted as a person must quote it, the line that captures stays one
/// command, and the cmd that is started for it sees them as they were typed.
#[test]
fn what_is_captured_is_one_command() {
    let exe = String::from_utf8(dialect().quote(br"C:\a & (b) ^c\credenv.exe")).unwrap();
    let hook = String::from_utf8(source("shell/hook.cmd")).unwrap().replace("__CREDENV_EXE__", &exe);
    let lines = hook.lines().filter(|line| line.starts_with("@for /f"));
    for line in lines.clone() {
        let line = line.replace("%*", "use \"x & (y) | ^z\" --region r").replace("%__credenv_memory%", "1,e2,");
        let inside = line.split_once(" in ('").unwrap().1.rsplit_once("') do").unwrap().0;
        let [command] = &read(inside)[..] else { panic!("{inside} is several commands") };
        // `cmd /c` takes the outer quotes away.
        let inner = command.strip_prefix('"').and_then(|command| command.strip_suffix('"')).expect(command);
        let [again] = &read(inner)[..] else { panic!("{inner} is several commands") };
        assert_eq!(again, inner);
        assert!(inner.starts_with(&exe), "{inner}");
        assert!(inner.contains("use \"x & (y) | ^z\" --region r") || inner.contains("\"1,e2,\""), "{inner}");
    }
    assert_eq!(lines.count(), 2);
}
