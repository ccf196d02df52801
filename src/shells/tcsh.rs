//! tcsh 6.18 and later.

use std::collections::BTreeMap;

use super::{AT_HOME, Dialect, Integration, Keeper, Refusal, aside, completion, without_comments};
use crate::core::delta::Delta;
use crate::core::prompt::DECIDING;
use crate::core::vars::VarName;
use crate::core::watch::{Mark, SAID, Standing, Watch};

/// tcsh 6.18 and later.
pub(super) struct Tcsh;

static INTEGRATION: Integration = Integration {
    line: r#"eval "`credenv init tcsh`""#,
    belongs: "~/.tcshrc",
    files: &[".login"],
    rc: &[(None, "", ".tcshrc"), (None, "", ".cshrc")],
    place: "precmd",
    taken_by: &["alias precmd", "unalias precmd"],
    function: "__credenv_check",
    ..AT_HOME
};

/// Where a newline is kept: no statement of one line can hold another.
const NEWLINE: &str = "__credenv_newline";

/// Makes that variable where the integration has not. A tcsh before 6.24 does not know `$'…'`: there the last of these
/// statements is an error, and nothing of the script is done.
const NEWLINE_SET: &str = r#"if ( ! $?__credenv_newline && ( $tcsh =~ 6.1* || $tcsh =~ 6.2[0-3].* ) ) /bin/sh -c 'echo "credenv: before tcsh 6.24, a value with a newline takes the integration" >&2';
if ( ! $?__credenv_newline ) ''eval \'\''set __credenv_newline = '\$\'\\n\';
''set __credenv_newline = ${__credenv_newline:q};
"#;

/// Takes it away again where the integration is not loaded.
const NEWLINE_UNSET: &str = "if ( ! $?__credenv_file ) ''unset __credenv_newline;\n";

/// Asks the binary, where what does so can be read still.
const LOOK: &str = " && -r $__credenv_file:q ) ''source $__credenv_file:q look";

impl Dialect for Tcsh {
    fn name(&self) -> &'static str {
        "tcsh"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["csh"]
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("setenv {name} "));
        quote(value, script);
        push(script, ";\n");
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("unsetenv {name};\n"));
        Ok(())
    }

    /// What begins with a quote is no alias.
    fn guarded(&self, _name: &VarName, statement: Vec<u8>) -> Vec<u8> {
        [b"''", statement.as_slice()].concat()
    }

    fn in_turn(&self, first: Vec<u8>, rest: Vec<u8>) -> Vec<u8> {
        [b"''", first.as_slice(), rest.as_slice()].concat()
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&TcshKeeper)
    }

    fn compares_numbers(&self) -> bool {
        true
    }

    /// An alias of one statement, because there are no functions. All variables in it are put in before anything is
    /// tested, so that one which may be gone stands in a statement of its own.
    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        let mut check = b"__credenv_who; ".to_vec();
        push(&mut check, "if ( ! ( \"$cwd:q\" == ");
        quote(&watch.directory, &mut check);
        conditions(watch, &mut check);
        push(&mut check, &format!(" ){LOOK}"));
        for (name, value) in &watch.variables {
            let Some(value) = value else { continue };
            let mut statement = Vec::new();
            push(&mut statement, &format!("if ( \"${name}:q\" != "));
            quote(value, &mut statement);
            push(&mut statement, LOOK);
            push(&mut check, &format!("; if ( $?{name} ) ''eval "));
            quote(&statement, &mut check);
        }
        let mut alias = b"''alias __credenv_check ".to_vec();
        quote(&check, &mut alias);
        push(&mut alias, ";\n");
        script.extend(in_ascii(alias));
        if let Some(memory) = &watch.memory {
            push(script, "''set __credenv_memory = ");
            quote(memory.as_bytes(), script);
            push(script, ";\n");
        }
        if let Some(said) = watch.said {
            push(script, &format!("''set __credenv_memory = \"$__credenv_memory\"\\,{SAID}{said};\n"));
        }
    }

    fn note_identity(&self, watch: &Watch, is_certain: bool, script: &mut Vec<u8>) {
        push(script, "''set __credenv_seen_directory = ");
        quote(&watch.directory, script);
        // Most often none of them is there, and to read the file takes longer than all the rest.
        push(script, ";\n''set __credenv_seen_there = ");
        for name in DECIDING {
            push(script, &format!("$?{name}"));
        }
        push(script, &format!(";\nif ( $__credenv_seen_there == {} ) ''set", "0".repeat(DECIDING.len())));
        for name in DECIDING {
            push(script, &format!(" __credenv_seen_{name} = ''"));
        }
        push(script, " __credenv_seen_values = '' __credenv_seen_shadowed = '';\n");
        push(script, "if ( $__credenv_seen_there =~ *1* && -r $__credenv_file:q ) ''source $__credenv_file:q see;\n");
        if !is_certain {
            push(script, "''set __credenv_seen_there = ''; ''set __credenv_seen_AWS_PROFILE = -;\n");
        }
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.tcsh"))
    }

    fn functions(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/functions.tcsh"))
    }

    /// All of it becomes one line, in which there can be no comment.
    fn evaluable(&self, script: Vec<u8>) -> Vec<u8> {
        let script = without_comments(&script);
        in_ascii(if holds_newline(&script) { [NEWLINE_SET.as_bytes(), &script].concat() } else { script })
    }

    /// Of use at a prompt alone; another csh has none.
    fn completion(&self) -> Vec<u8> {
        let lines = completion::script("tcsh").unwrap_or_default().lines().filter(|line| !line.starts_with('#'));
        lines.flat_map(|line| ["if ( $?tcsh && $?prompt ) ", line, ";\n"]).collect::<String>().into()
    }

    fn typed(&self, command: &str) -> String {
        format!("eval \"`{command}`\"")
    }

    fn integration(&self) -> Option<&Integration> {
        Some(&INTEGRATION)
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::new();
        quote(word, &mut quoted);
        quoted
    }

    fn frame(&self, statements: Vec<u8>, _delta: &Delta) -> Vec<u8> {
        if !holds_newline(&statements) {
            return in_ascii(statements);
        }
        in_ascii([NEWLINE_SET.as_bytes(), &statements, NEWLINE_UNSET.as_bytes()].concat())
    }
}

/// Whether a newline is taken from its variable.
fn holds_newline(script: &[u8]) -> bool {
    script.windows(NEWLINE.len()).any(|part| part == NEWLINE.as_bytes())
}

/// Appends the conditions under which asking again can bring nothing new.
fn conditions(watch: &Watch, check: &mut Vec<u8>) {
    let is = |parts: &[&str], word: &[u8], check: &mut Vec<u8>| {
        push(check, " && ");
        push(check, parts[0]);
        quote(word, check);
        parts[1..].iter().for_each(|part| push(check, part));
    };
    match watch.standing {
        Standing::There => is(&["-F ", " == -F ."], &watch.directory, check),
        Standing::Gone => is(&["! -e "], &watch.directory, check),
        Standing::Elsewhere => is(&["-F ", " != -F ."], &watch.directory, check),
    }
    for (name, value) in &watch.variables {
        push(check, if value.is_some() { " && $?" } else { " && ! $?" });
        push(check, name.as_str());
    }
    for (file, mark) in &watch.marks {
        for (test, number) in numbers(mark) {
            is(&[test, &format!(" == {number}")], file, check);
        }
    }
    for (path, real) in &watch.leading {
        is(&["-F ", " == -F "], path, check);
        quote(real, check);
    }
    for path in &watch.absent {
        is(&["! -e "], path, check);
    }
    for bare in &watch.bare {
        let names = bare.names.as_ref().unwrap_or(&watch.names);
        for (number, directory) in bare.directories.iter().enumerate() {
            let second = bare.changed.get(number).copied().flatten();
            push(check, " && ( ");
            if let Some(second) = second {
                push(check, "-C ");
                quote(directory, check);
                push(check, &format!(" == {second} || "));
            }
            for (number, name) in names.iter().enumerate() {
                push(check, if number > 0 { " && ! -e " } else { "! -e " });
                quote(&[directory, &b"/"[..], name.as_bytes()].concat(), check);
            }
            push(check, " )");
        }
    }
    if watch.unsure || watch.marks.iter().any(|(_, mark)| mark.fresh) {
        push(check, " && 0");
    }
}

/// What is compared of a file. Before version 6.24, tcsh tells a number of 64 bits by the half.
fn numbers(mark: &Mark) -> impl Iterator<Item = (&'static str, i64)> {
    let half = |number: u64| i32::try_from(number).ok().map(i64::from);
    let numbers = [
        ("-C ", Some(mark.changed)),
        ("-M ", Some(mark.modified)),
        ("-Z ", half(mark.size)),
        ("-I ", half(mark.inode)),
    ];
    numbers.into_iter().filter_map(|(test, number)| Some((test, number?)))
}

/// Quotes a word so that no option of the shell makes anything else of it: between quotes stands only what nobody
/// gives a meaning, and all else a meaning has a backslash of its own, for which no `backslash_quote` and no `histchars`
/// matters. A newline is taken from its variable.
fn quote(word: &[u8], out: &mut Vec<u8>) {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"_-./:=+ \"{}[]()<>".contains(&byte) || !(b' '..=b'~').contains(&byte)
    };
    if word.is_empty() {
        out.extend_from_slice(b"''");
    }
    let mut inside = false;
    for byte in word {
        let plain = is_plain(*byte) && *byte != b'\n';
        if plain != inside {
            out.push(b'\'');
            inside = plain;
        }
        match *byte {
            b'\n' => push(out, &format!("${{{NEWLINE}:q}}")),
            byte if plain => out.push(byte),
            byte => out.extend_from_slice(&[b'\\', byte]),
        }
    }
    if inside {
        out.push(b'\'');
    }
}

/// So much of a script, from the check or the change, is taken as it is.
const SHORT: usize = 2_000;

/// The statements, so that no byte beyond ASCII need come through a long text: of what a command prints, tcsh reads some
/// thousand characters at a time, and where one of these is no text in the person's locale, it may lose others around it.
/// In their place stand variables, filled by a command that prints little. Such bytes only ever stand between quotes.
fn in_ascii(script: Vec<u8>) -> Vec<u8> {
    if script.len() <= SHORT || script.is_ascii() {
        return script;
    }
    let mut variables: Vec<Vec<&[u8]>> = vec![Vec::new()];
    let mut places = BTreeMap::new();
    let mut statements = Vec::with_capacity(2 * script.len());
    for run in script.chunk_by(|one, other| one.is_ascii() == other.is_ascii()) {
        if run[0].is_ascii() {
            statements.extend_from_slice(run);
            continue;
        }
        for run in run.chunks(SHORT / 2) {
            let (variable, word) = *places.entry(run).or_insert_with(|| {
                let last = variables.len() - 1;
                if variables[last].iter().map(|run| run.len() + 1).sum::<usize>() + run.len() > SHORT {
                    variables.push(Vec::new());
                }
                let last = variables.len() - 1;
                variables[last].push(run);
                (last, variables[last].len())
            });
            push(&mut statements, &format!("'${{__credenv_bytes{variable}[{word}]:q}}'"));
        }
    }
    let mut framed = Vec::new();
    for (number, runs) in variables.iter().enumerate() {
        let line =
            |run: &&[u8]| run.iter().map(|byte| format!("\\{byte:03o}")).chain(["\\n".to_owned()]).collect::<String>();
        let lines: String = runs.iter().map(line).collect();
        push(&mut framed, &format!("''set __credenv_bytes{number} = \"`\""));
        quote(format!("/bin/sh -c 'printf \"{lines}\"'").as_bytes(), &mut framed);
        push(&mut framed, "\"`\";\n");
    }
    framed.extend(statements);
    push(&mut framed, "''unset __credenv_bytes*;\n");
    framed
}

struct TcshKeeper;

impl Keeper for TcshKeeper {
    /// A variable of the shell stands before one of the environment with its name, and nothing tells whether there is one: so
    /// it is taken away, and given back where it was another.
    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(
            script,
            &format!(
                "''set __credenv_shadow = ${name}:q; ''unset {name}; ''set {aside} = ${name}:q; \
                 if ( \"$__credenv_shadow:q\" != \"${aside}:q\" ) ''set {name} = $__credenv_shadow:q; \
                 ''unset __credenv_shadow;\n"
            ),
        );
    }

    /// The two kinds of variables have nothing to do with each other here.
    fn set_aside_if_set(&self, _name: &VarName, _script: &mut Vec<u8>) {}

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(
            script,
            &format!(
                "''unsetenv {name}; if ( $?{aside} ) ''eval \\'\\''setenv {name} ${aside}:q'; \
                 if ( ! $?{aside} ) /bin/sh -c \
                 'echo \"credenv: {name} was set aside in another shell and is not put back here\" >&2'; \
                 ''unset {aside};\n"
            ),
        );
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("''unsetenv {name};\n"));
    }

    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("''unset {};\n", aside(name)));
    }

    fn keeps_unexported(&self) -> bool {
        false
    }
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(word: &str) -> String {
        String::from_utf8(Tcsh.quote(word.as_bytes())).unwrap()
    }

    #[test]
    fn what_nobody_gives_a_meaning_stands_in_quotes_and_all_else_behind_a_backslash() {
        for (word, expected) in [
            ("", "''"),
            ("aZ9_-./:=+ \"{}[]()<>", "'aZ9_-./:=+ \"{}[]()<>'"),
            ("ä\t", "'ä\t'"),
            ("a$b!", "'a'\\$'b'\\!"),
            ("'", "\\'"),
            ("a\nb", "'a'${__credenv_newline:q}'b'"),
            ("\n", "${__credenv_newline:q}"),
        ] {
            assert_eq!(quoted(word), expected, "{word:?}");
        }
    }

    #[test]
    fn a_newline_has_a_variable_where_one_is_needed() {
        let framed = |text: &str| String::from_utf8(Tcsh.frame(text.into(), &Delta::default())).unwrap();
        assert_eq!(framed("setenv AWS_PROFILE 'a';\n"), "setenv AWS_PROFILE 'a';\n");
        let with = format!("setenv N {};\n", quoted("a\nb"));
        assert_eq!(framed(&with), format!("{NEWLINE_SET}{with}{NEWLINE_UNSET}"));
    }

    #[test]
    fn bytes_beyond_ascii_in_a_long_script_are_printed_a_few_at_a_time() {
        let framed = |text: &str| String::from_utf8(in_ascii(text.into())).unwrap();
        let (short, plain) = ("ä".repeat(SHORT / 2), "a".repeat(SHORT + 1));
        assert_eq!((framed(&short), framed(&plain)), (short, plain));
        // A run comes in pieces of half of what is short.
        let char = |at: u32| char::from_u32(0x100 + at).unwrap();
        let long = framed(&(0..2_000).map(char).collect::<String>());
        assert!(long.is_ascii() && long.contains("bytes3[1]:q") && !long.contains("bytes4"), "{}", &long[..40]);
        // Each run once, and as many to a variable as are short together, with what stands between them.
        let runs: String = (0..1_000).flat_map(|at| [char(at), 'a']).collect();
        let many = framed(&format!("{runs}{runs}"));
        assert!(many.contains("bytes0[667]:q") && !many.contains("bytes0[668]:q"));
        assert!(many.contains("bytes1[333]:q") && !many.contains("bytes1[334]:q") && !many.contains("bytes2"));
        assert!(many.starts_with("''set __credenv_bytes0 = \"`\"") && many.ends_with("''unset __credenv_bytes*;\n"));
    }

    #[test]
    fn the_check_compares_numbers_and_gives_up_where_nothing_is_sure() {
        let check = |watch: &Watch| {
            let mut script = Vec::new();
            conditions(watch, &mut script);
            String::from_utf8(script).unwrap()
        };
        let nothing = super::super::tests::nothing_to_watch;
        let here = " && -F '/p' == -F .";
        assert_eq!(check(&nothing()), here);
        assert_eq!(check(&Watch { unsure: true, ..nothing() }), format!("{here} && 0"));
        let marked = |mark: Mark| check(&Watch { marks: vec![(b"/f".to_vec(), mark)], ..nothing() });
        let mark = Mark { inode: 7, size: 5, modified: 2, changed: 1, fresh: false };
        let numbers = " && -C '/f' == 1 && -M '/f' == 2 && -Z '/f' == 5 && -I '/f' == 7";
        assert_eq!(marked(mark), format!("{here}{numbers}"));
        assert_eq!(marked(Mark { fresh: true, ..mark }), format!("{here}{numbers} && 0"));
        // Half of a number is none.
        assert_eq!(
            marked(Mark { inode: 1 << 40, ..mark }),
            format!("{here}{}", numbers.replace(" && -I '/f' == 7", ""))
        );
    }

    #[test]
    fn what_completes_is_for_a_prompt_of_tcsh_alone_and_holds_no_comment() {
        let script = String::from_utf8(Tcsh.completion()).unwrap();
        assert!(
            script.starts_with("if ( $?tcsh && $?prompt ) complete credenv ") && script.ends_with(";\n"),
            "{script}"
        );
        assert_eq!(script.lines().count(), 1);
    }

    #[test]
    fn what_another_shell_kept_for_an_unexported_variable_stays_gone() {
        let mut script = Vec::new();
        TcshKeeper.put_back_unexported(&VarName::known("N"), &mut script);
        assert_eq!(script, b"''unsetenv N;\n");
    }
}
