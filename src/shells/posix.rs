//! What the shells of the POSIX family share: `export`, `unset -v`, and quoting with single quotes.

use super::{Dialect, Integration, Keeper, Refusal, aside, controls, has_controls};
use crate::core::vars::VarName;
use crate::core::watch::{Bare, SAID, Since, Standing, Watch};

/// A shell of the family: what tells it from the others. Its file holds nothing else.
pub(super) struct Posix {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) hook: &'static str,
    pub(super) integration: Integration,
    pub(super) quote: fn(&[u8], &mut Vec<u8>),
    /// What opens a list of tests, and what closes it: [`BRACKETS`] or [`TEST`].
    pub(super) list: (&'static str, &'static str),
    /// Whether `-nt` and `-ot` say nothing of a file that is not there, so that `-e` must be asked as well.
    pub(super) silent_on_missing: bool,
    /// Why it carries no value that is not UTF-8, if so.
    pub(super) only_utf8: Option<&'static str>,
    /// Whether it counts the seconds since its start in `SECONDS`.
    pub(super) counts_seconds: bool,
    /// What follows the definition of a function, with `__credenv_check` for its name.
    pub(super) behind_function: &'static str,
    /// What looks around where no prompt does it.
    pub(super) behind_hook: &'static str,
}

/// `[[ … ]]`, in which no word is split and no name can be taken for an operator.
pub(super) const BRACKETS: (&str, &str) = ("[[ ", " ]]");

/// `test`, once for each condition; a backslash keeps an alias from standing in for it.
pub(super) const TEST: (&str, &str) = ("\\test ", "");

impl Dialect for Posix {
    fn name(&self) -> &'static str {
        self.name
    }

    fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        if let Some(what) = self.only_utf8
            && std::str::from_utf8(value).is_err()
        {
            return Err(Refusal { what, hint: "`credenv exec` passes it on unchanged" });
        }
        export(name, value, self.quote, script);
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        unset(name, script);
        Ok(())
    }

    fn begin(&self, first_look: &dyn Fn() -> Option<Vec<u8>>) -> Vec<u8> {
        let mut script = first_look().unwrap_or_default();
        script.extend_from_slice(self.behind_hook.as_bytes());
        script
    }

    fn guarded(&self, name: &VarName, statement: Vec<u8>) -> Vec<u8> {
        guarded(name, &statement)
    }

    fn in_turn(&self, first: Vec<u8>, rest: Vec<u8>) -> Vec<u8> {
        in_turn(&first, &rest)
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&PosixKeeper)
    }

    fn counts_seconds(&self) -> bool {
        self.counts_seconds
    }

    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        check(watch, self, script);
        push(script, self.behind_function);
        bare(watch, self, script);
    }

    fn note_identity(&self, watch: &Watch, is_certain: bool, script: &mut Vec<u8>) {
        let mut noted = b"\\unset -v __credenv_seen; __credenv_seen=".to_vec();
        if is_certain {
            (self.quote)(&watch.directory, &mut noted);
            push(&mut noted, &format!("\"{IDENTITY}\""));
        }
        unexported_bytes(&noted, script);
    }

    fn hook(&self) -> Option<&'static str> {
        Some(self.hook)
    }

    fn integration(&self) -> Option<&Integration> {
        Some(&self.integration)
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::new();
        (self.quote)(word, &mut quoted);
        quoted
    }
}

/// Quotes a word with single quotes, which make everything literal; `'` becomes `'\''`. Proved by round trip in bash,
/// zsh, dash, ksh93, mksh, busybox ash and yash.
pub(super) fn single_quote(word: &[u8], out: &mut Vec<u8>) {
    out.reserve(word.len() + 2);
    out.push(b'\'');
    if is_plain(word) {
        out.extend_from_slice(word);
        out.push(b'\'');
        return;
    }
    for (number, part) in word.split(|byte| *byte == b'\'').enumerate() {
        if number > 0 {
            out.extend_from_slice(br"'\''");
        }
        out.extend_from_slice(part);
    }
    out.push(b'\'');
}

/// Whether single quotes are all that it takes, as with nearly every word.
fn is_plain(word: &[u8]) -> bool {
    word.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'\'')
}

/// Quotes a word so that no control character stands in the text, which a terminal could obey: `$'…'` where there is
/// one, else single quotes. Three octal digits, because ksh93 reads any number of digits behind `\x`.
pub(super) fn ansi_c_quote(word: &[u8], out: &mut Vec<u8>) {
    if is_plain(word) || !has_controls(word) {
        return single_quote(word, out);
    }
    out.extend_from_slice(b"$'");
    for (byte, is_control) in controls(word) {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            byte if is_control => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            byte => out.push(byte),
        }
    }
    out.push(b'\'');
}

/// Appends `export NAME=WORD;`, the word quoted by `quote`.
fn export(name: &VarName, value: &[u8], quote: fn(&[u8], &mut Vec<u8>), script: &mut Vec<u8>) {
    for part in ["export ", name.as_str(), "="] {
        push(script, part);
    }
    quote(value, script);
    script.extend_from_slice(b";\n");
}

/// Appends `unset -v NAME;`: without `-v`, bash removes a function of that name.
fn unset(name: &VarName, script: &mut Vec<u8>) {
    for part in ["unset -v ", name.as_str(), ";\n"] {
        push(script, part);
    }
}

/// `NAME=WORD; \export NAME;` for `export NAME=WORD;`, and `\unset …` for `unset …`: what is quoted is no alias, and
/// under `set -k` bash takes an assignment behind any word for one of that command alone.
fn guarded(name: &VarName, statement: &[u8]) -> Vec<u8> {
    match statement.strip_prefix(b"export ") {
        Some(assignment) => {
            let mut guarded = assignment.to_vec();
            push(&mut guarded, &format!("\\export {name};\n"));
            guarded
        }
        None => [b"\\", statement].concat(),
    }
}

/// `NAME=WORD && \\export NAME && { REST };`: bash and yash would go on behind a readonly variable, the others would stop
/// in the middle.
fn in_turn(first: &[u8], rest: &[u8]) -> Vec<u8> {
    let first = first.strip_suffix(b";\n").unwrap_or(first);
    let mut script = match first.strip_prefix(b"export ") {
        Some(assignment) => {
            let name = assignment.split(|byte| *byte == b'=').next().unwrap_or_default();
            [assignment, b" && \\export ", name].concat()
        }
        None => [b"\\", first].concat(),
    };
    push(&mut script, " && {\n");
    script.extend_from_slice(rest);
    push(&mut script, "\\:;\n};\n");
    script
}

/// Who the shell is: what decides it, in the order in which programs ask.
const IDENTITY: &str = "|${AWS_ACCESS_KEY_ID:+${AWS_SECRET_ACCESS_KEY:+x}}|\
                        ${AWS_WEB_IDENTITY_TOKEN_FILE:+${AWS_ROLE_ARN-}}|${AWS_PROFILE:-${AWS_DEFAULT_PROFILE-}}|\
                        ${AWS_REGION:-${AWS_DEFAULT_REGION-}}";

/// Appends the function `__credenv_check`. What the directory is called is asked with `test`, because `==` in `[[ ]]`
/// may be told to overlook the case of letters; a backslash keeps an alias from standing in for it.
fn check(watch: &Watch, tests: &Posix, script: &mut Vec<u8>) {
    push(script, "__credenv_check() { { \\test \"$PWD");
    push(script, IDENTITY);
    push(script, "\" = \"${__credenv_seen-}\" || __credenv_differs ");
    (tests.quote)(&watch.directory, script);
    for part in [" \"", IDENTITY, "\"; }"] {
        push(script, part);
    }
    let (open, close) = tests.list;
    // One list where the shell can read it so; `-a` of `test` is not to be trusted with paths.
    let together = tests.list == BRACKETS;
    let mut first = true;
    let mut condition = |parts: &[Part<'_>]| {
        push(script, " && ");
        if first || !together {
            push(script, open);
        }
        first = false;
        for part in parts {
            match part {
                Part::Syntax(text) => push(script, text),
                Part::Word(word) => (tests.quote)(word, script),
            }
        }
        if !together {
            push(script, close);
        }
    };
    match watch.standing {
        Standing::There => condition(&[Part::Word(&watch.directory), Part::Syntax(" -ef .")]),
        Standing::Gone => condition(&[Part::Syntax("! -e "), Part::Word(&watch.directory)]),
        // Should it become so, without a word of `cd`.
        Standing::Elsewhere => condition(&[Part::Syntax("! "), Part::Word(&watch.directory), Part::Syntax(" -ef .")]),
    }
    for (file, reference) in &watch.unchanged {
        if tests.silent_on_missing {
            condition(&[Part::Syntax("-e "), Part::Word(file)]);
            condition(&[Part::Syntax("-e "), Part::Word(reference)]);
        }
        condition(&[Part::Syntax("! "), Part::Word(file), Part::Syntax(" -nt "), Part::Word(reference)]);
        condition(&[Part::Syntax("! "), Part::Word(file), Part::Syntax(" -ot "), Part::Word(reference)]);
    }
    for (file, reference) in &watch.not_newer {
        condition(&[Part::Syntax("-e "), Part::Word(file)]);
        if tests.silent_on_missing {
            condition(&[Part::Syntax("-e "), Part::Word(reference)]);
        }
        condition(&[Part::Syntax("! "), Part::Word(file), Part::Syntax(" -nt "), Part::Word(reference)]);
    }
    for (path, real) in &watch.leading {
        condition(&[Part::Word(path), Part::Syntax(" -ef "), Part::Word(real)]);
    }
    for path in &watch.absent {
        condition(&[Part::Syntax("! -e "), Part::Word(path)]);
    }
    for (name, value) in &watch.variables {
        let set = value.as_ref().map(|value| [b"=", value.as_slice()].concat()).unwrap_or_default();
        condition(&[Part::Syntax(&format!("\"${{{name}+=${name}}}\" = ")), Part::Word(&set)]);
    }
    // mksh counts in 32 bits. Who still sits there after eleven days has a process started for nothing.
    let look_again_in = watch.look_again_in.filter(|_| tests.counts_seconds).map(|seconds| seconds.min(LONGEST_WAIT));
    if let Some(seconds) = look_again_in {
        // The person may set the count anew, or take it away: that costs one look, and no more.
        condition(&[Part::Syntax(&format!(
            "( -z $__credenv_since || ${{SECONDS:-x}} != *[!0-9.,]* && SECONDS-__credenv_since -ge 0 && \
             SECONDS-__credenv_since -lt {seconds} )"
        ))]);
    }
    if watch.unsure {
        condition(&[Part::Syntax("0 = 1")]);
    }
    if together {
        push(script, close);
    }
    for bare in &watch.bare {
        push(script, " && ");
        stay_bare(bare, tests, script);
    }
    push(script, "; };\n");
    if let Some(memory) = &watch.memory {
        // Digits and commas: nothing to quote.
        unexported(&format!("__credenv_memory={memory}"), script);
    }
    if let Some(said) = watch.said {
        unexported(&format!("__credenv_memory=$__credenv_memory,{SAID}{said}"), script);
    }
    if look_again_in.is_some() {
        // ksh93 counts in fractions, and writes them as the person's language does; what is no number is no clock.
        unexported(
            "__credenv_since=${SECONDS:-x}; __credenv_since=${__credenv_since%[.,]*}; \
             case $__credenv_since in *[!0-9]*) __credenv_since=;; esac",
            script,
        );
    }
}

/// How many seconds a shell is told to wait at most.
const LONGEST_WAIT: u64 = 1_000_000;
/// Appends the condition that none of the names came into these directories: that they are as they were, else that none of
/// the names is there. A shell that cannot compare times closely enough is only asked for the names.
fn stay_bare(bare: &Bare, tests: &Posix, script: &mut Vec<u8>) {
    let since = bare.since.as_ref().filter(|_| tests.list == BRACKETS);
    let quoted = |word: &[u8], script: &mut Vec<u8>| (tests.quote)(word, script);
    if let Some(Since { reference, exact }) = since {
        push(script, "{ [[ ");
        if tests.silent_on_missing {
            push(script, "-e ");
            quoted(reference, script);
            push(script, " && ");
        }
        for (number, directory) in bare.directories.iter().enumerate() {
            for relation in if *exact { &[" -nt ", " -ot "][..] } else { &[" -nt "] } {
                push(script, if number > 0 || *relation == " -ot " { " && ! " } else { "! " });
                quoted(directory, script);
                push(script, relation);
                quoted(reference, script);
            }
        }
        push(script, " ]] || ");
    }
    if let Some(names) = &bare.names {
        let all = bare.directories.iter().flat_map(|directory| names.iter().map(move |name| (directory, name)));
        none_of(all, tests, script, |(directory, name), script| {
            quoted(&[directory, &b"/"[..], name.as_bytes()].concat(), script);
        });
    } else {
        // What is to have its very time and has another is asked for the names at once.
        let reference = since.filter(|since| !since.exact).map_or(&b""[..], |since| &since.reference);
        push(script, "__credenv_bare");
        for directory in &bare.directories {
            push(script, " ");
            quoted(reference, script);
            push(script, " ");
            quoted(directory, script);
        }
    }
    if since.is_some() {
        push(script, "; }");
    }
}

/// Appends the condition that none of the names is there; the function writes where.
fn none_of<N>(
    names: impl IntoIterator<Item = N>,
    tests: &Posix,
    script: &mut Vec<u8>,
    place: impl Fn(N, &mut Vec<u8>),
) {
    let (open, close) = tests.list;
    let together = tests.list == BRACKETS;
    for (number, name) in names.into_iter().enumerate() {
        push(script, if number > 0 { " && " } else { "" });
        push(script, if number == 0 || !together { open } else { "" });
        push(script, "! -e ");
        place(name, script);
        push(script, if together { "" } else { close });
    }
    push(script, if together { close } else { "" });
}

/// Appends the function that takes pairs of a reference file and a directory, and tells whether none of the names is in
/// any of those that were changed since. The names are ours, and have nothing in them that a shell would read.
fn bare(watch: &Watch, tests: &Posix, script: &mut Vec<u8>) {
    if watch.bare.iter().all(|bare| bare.names.is_some()) {
        return;
    }
    push(script, "__credenv_bare() { while \\test \"$#\" -gt 1; do { ");
    if tests.list == BRACKETS {
        push(script, "[[ -e $1 && ! $2 -nt $1 ]] || ");
    }
    none_of(&watch.names, tests, script, |name, script| {
        for part in ["\"$2/", name, "\""] {
            push(script, part);
        }
    });
    push(script, "; } || \\return 1; \\shift 2; done; };\n");
    push(script, &tests.behind_function.replace("__credenv_check", "__credenv_bare"));
}

/// A part of a condition.
enum Part<'p> {
    /// Written as it is.
    Syntax(&'p str),
    /// Quoted.
    Word(&'p [u8]),
}

/// Keeps values in the POSIX family.
struct PosixKeeper;

impl Keeper for PosixKeeper {
    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        unexported(&format!("\\unset -v {aside}; {aside}=\"${{{name}}}\""), script);
    }

    fn set_aside_if_set(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        let keep = format!("case ${{{name}+x}} in x) {aside}=\"${{{name}}}\";; esac");
        unexported(&format!("\\unset -v {aside}; {keep}"), script);
    }

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(script, &format!("\\unset -v {name};\n"));
        push(
            script,
            &format!(
                "case ${{{aside}+x}} in x) {name}=\"${{{aside}}}\"; \\export {name};; \
                 *) \\echo 'credenv: {name} was set aside in another shell and is not put back here' >&2;; esac;\n"
            ),
        );
        push(script, &format!("\\unset -v {aside};\n"));
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        let back = format!("case ${{{aside}+x}} in x) {name}=\"${{{aside}}}\";; esac");
        unexported(&format!("\\unset -v {name}; {back}; \\unset -v {aside}"), script);
    }

    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("\\unset -v {};\n", aside(name)));
    }
}

/// Appends assignments that must not export, also under `set -a`. The `unset` before them, which takes an inherited
/// export mark away, belongs inside: in dash and busybox ash, `unset` under `set -a` leaves such a mark.
fn unexported(assignments: &str, script: &mut Vec<u8>) {
    unexported_bytes(assignments.as_bytes(), script);
}

fn unexported_bytes(assignments: &[u8], script: &mut Vec<u8>) {
    for part in [b"case $- in *a*) \\set +a; ", assignments, b"; \\set -a;; *) ", assignments, b";; esac;\n"] {
        script.extend_from_slice(part);
    }
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}
