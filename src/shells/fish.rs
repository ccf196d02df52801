//! fish 3 and 4.

use super::{AT_HOME, Dialect, Integration, Keeper, Refusal, aside, completion, controls};
use crate::core::delta::{Change, Delta};
use crate::core::vars::{STATE, VarName};
use crate::core::watch::{Bare, SAID, Since, Standing, Watch};

/// fish 3 and 4.
pub(super) struct Fish;

static INTEGRATION: Integration = Integration {
    line: "credenv init fish | source",
    belongs: "~/.config/fish/config.fish",
    directory: (Some("XDG_CONFIG_HOME"), ".config"),
    rc: &[(Some("XDG_CONFIG_HOME"), ".config", "fish/config.fish")],
    all_in: Some("fish/conf.d"),
    place: "fish_prompt",
    function: "__credenv_check",
    ..AT_HOME
};

impl Dialect for Fish {
    fn name(&self) -> &'static str {
        "fish"
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("set -gx {name} "));
        quote(value, script);
        push(script, ";\n");
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &gone(name));
        Ok(())
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&FishKeeper)
    }

    /// The function is the handler itself, and there is one `test` in it: each call costs, and each word. Every operand is
    /// an absolute path, so that none can be taken for an operator. That a variable is empty or not set is the same here.
    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        let word = |bytes: &[u8], script: &mut Vec<u8>| quote(bytes, script);
        let names = watch.variables.iter().flat_map(|(name, _)| ["|$", name.as_str()]).collect::<String>();
        push(script, "function __credenv_check --on-event fish_prompt --on-variable PWD; ");
        let conditions = script.len();
        push(script, &format!("test \"$PWD$__credenv_touched{names}\" = "));
        let values = watch.variables.iter().flat_map(|(_, value)| std::iter::once(&b'|').chain(value.iter().flatten()));
        word(&watch.directory.iter().chain(values).copied().collect::<Vec<_>>(), script);
        match watch.standing {
            Standing::There => {
                push(script, " -a ");
                word(&watch.directory, script);
                push(script, " -ef .");
            }
            Standing::Gone => {
                push(script, " -a ! -e ");
                word(&watch.directory, script);
            }
            Standing::Elsewhere => {
                push(script, " -a ! ");
                word(&watch.directory, script);
                push(script, " -ef .");
            }
        }
        for (file, reference) in &watch.unchanged {
            for relation in [" -nt ", " -ot "] {
                push(script, " -a ! ");
                word(file, script);
                push(script, relation);
                word(reference, script);
            }
        }
        for (file, reference) in &watch.not_newer {
            push(script, " -a -e ");
            word(file, script);
            push(script, " -a ! ");
            word(file, script);
            push(script, " -nt ");
            word(reference, script);
        }
        for (path, real) in &watch.leading {
            push(script, " -a ");
            word(path, script);
            push(script, " -ef ");
            word(real, script);
        }
        for path in &watch.absent {
            push(script, " -a ! -e ");
            word(path, script);
        }
        if watch.unsure {
            push(script, " -a 0 = 1");
        }
        let fixed = (!watch.bare.is_empty()).then(|| script[conditions..].to_vec());
        watch.bare.iter().for_each(|bare| unchanged(bare, script));
        let still_bare = if fixed.is_some() { "or __credenv_still; " } else { "" };
        push(script, "; or __credenv_differs ");
        word(&watch.directory, script);
        push(script, &format!("; {still_bare}or __credenv_look; end;\n"));
        if let Some(fixed) = fixed {
            still(watch, &fixed, script);
        }
        if let Some(memory) = &watch.memory {
            push(script, &format!("set -gu __credenv_memory {memory};\n"));
        }
        if let Some(said) = watch.said {
            push(script, &format!("set -gu __credenv_memory \"$__credenv_memory,{SAID}{said}\";\n"));
        }
    }

    /// fish itself tells when one of these variables was touched, which costs an idle prompt nothing.
    fn note_identity(&self, _watch: &Watch, is_certain: bool, script: &mut Vec<u8>) {
        push(
            script,
            if is_certain {
                "__credenv_see;\n"
            } else {
                "set -gu __credenv_seen unknown; set -gu __credenv_touched +;\n"
            },
        );
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.fish"))
    }

    /// What fish is told is short.
    fn completion(&self) -> Vec<u8> {
        completion::script("fish").unwrap_or_default().into()
    }

    fn integration(&self) -> Option<&Integration> {
        Some(&INTEGRATION)
    }

    /// fish exports a universal variable also below an unexported global one of its name, so none of them can make way
    /// in one shell alone, and with it another identity would stay in force: then nothing is done at all. Leaving
    /// takes ours away again, and what shows then is the person's.
    fn frame(&self, statements: Vec<u8>, delta: &Delta) -> Vec<u8> {
        let gone = |name: &str| {
            delta.changes.iter().any(|(changed, change)| changed.as_str() == name && *change == Change::Unset)
        };
        let names = delta.changes.keys().map(VarName::as_str).filter(|name| gone(name)).collect::<Vec<_>>().join(" ");
        if names.is_empty() || gone(STATE) {
            return statements;
        }
        let mut script = Vec::new();
        push(
            &mut script,
            &format!(
                "begin; set -l __credenv_name; set -l __credenv_universal;\n\
                 for __credenv_name in {names}; if set -qUx $__credenv_name; \
                 set -a __credenv_universal $__credenv_name; end; end;\n\
                 if set -q __credenv_universal[1]; \
                 builtin printf 'credenv: `%s` must be unset, but it is a universal variable, which fish exports in \
                 every shell\\n  hint: `set --erase --universal %s` removes it for good; nothing was changed\\n' \
                 $__credenv_universal[1] \"$__credenv_universal\" >&2; false; else; true;\n"
            ),
        );
        script.extend(statements);
        push(&mut script, "end; end;\n");
        script
    }

    fn typed(&self, command: &str) -> String {
        format!("{command} | source")
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::new();
        quote(word, &mut quoted);
        quoted
    }
}

/// Takes a variable out of the environment: `set -e` without `-g` would erase a universal one for good.
fn gone(name: &VarName) -> String {
    format!("if set -qg {name}; set -eg {name}; end;\n")
}

/// Appends the conditions that nothing came into the directories. Without a reference file [`still`] asks for the names.
fn unchanged(bare: &Bare, script: &mut Vec<u8>) {
    let Some(Since { reference, exact }) = &bare.since else {
        push(script, " -a 0 = 1");
        return;
    };
    for directory in &bare.directories {
        for relation in if *exact { &[" -nt ", " -ot "][..] } else { &[" -nt "] } {
            push(script, " -a ! ");
            quote(directory, script);
            push(script, relation);
            quote(reference, script);
        }
    }
}

/// Appends the function that asks for the names in the directories that something came into: what is fixed must be true as
/// well.
fn still(watch: &Watch, fixed: &[u8], script: &mut Vec<u8>) {
    push(script, "function __credenv_still; ");
    script.extend_from_slice(fixed);
    for bare in &watch.bare {
        push(script, "; and begin; test 0 = 0");
        unchanged(bare, script);
        push(script, "; or ");
        if let Some(names) = &bare.names {
            let all = bare.directories.iter().flat_map(|directory| names.iter().map(move |name| (directory, name)));
            none_of(all, script, |(directory, name), script| {
                quote(&[directory, &b"/"[..], name.as_bytes()].concat(), script);
            });
        } else {
            // What is to have its very time and has another is asked for the names at once.
            let since = bare.since.as_ref().filter(|since| !since.exact);
            push(script, "__credenv_bare ");
            quote(since.map_or(&b""[..], |since| &since.reference), script);
            for directory in &bare.directories {
                push(script, " ");
                quote(directory, script);
            }
        }
        push(script, "; end");
    }
    push(script, "; end;\n");
    if watch.bare.iter().any(|bare| bare.names.is_none()) {
        push(script, "function __credenv_bare; set -l __credenv_since $argv[1]; set -e argv[1]; ");
        push(
            script,
            "for __credenv_at in $argv; test -e \"$__credenv_since\" -a ! $__credenv_at -nt \"$__credenv_since\"; or ",
        );
        none_of(&watch.names, script, |name, script| push(script, &format!("$__credenv_at/{name}")));
        push(script, "; or return 1; end; end;\n");
    }
}

/// Appends the condition that none of the names is there; the function writes where. Ours have nothing in them that a
/// shell would read.
fn none_of<N>(names: impl IntoIterator<Item = N>, script: &mut Vec<u8>, place: impl Fn(N, &mut Vec<u8>)) {
    for (number, name) in names.into_iter().enumerate() {
        push(script, if number == 0 { "test ! -e " } else { " -a ! -e " });
        place(name, script);
    }
}

/// Single quotes, in which `\` and `'` take a backslash: POSIX quoting would let a value that ends in `\` break out.
/// Control characters stand between the quoted runs as `\XHH`, which also survives a bare `eval (credenv …)`.
fn quote(word: &[u8], out: &mut Vec<u8>) {
    out.push(b'\'');
    for (byte, is_control) in controls(word) {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            byte if is_control => out.extend_from_slice(format!("'\\X{byte:02x}'").as_bytes()),
            byte => out.push(byte),
        }
    }
    out.push(b'\'');
}

struct FishKeeper;

impl Keeper for FishKeeper {
    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("set -gu {} ${name};\n", aside(name)));
    }

    fn set_aside_if_set(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(
            script,
            &format!("if set -qg {aside}; set -eg {aside}; end; if set -qg {name}; set -gu {aside} ${name}; end;\n"),
        );
    }

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(
            script,
            &format!(
                "if set -qg {aside}; set -gx {name} ${aside}; set -eg {aside}; else; if set -qg {name}; set -eg {name}; \
                 end; builtin echo 'credenv: {name} was set aside in another shell and is not put back here' >&2; end;\n"
            ),
        );
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(script, &gone(name));
        push(script, &format!("if set -qg {aside}; set -gu {name} ${aside}; set -eg {aside}; end;\n"));
    }

    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(script, &format!("if set -qg {aside}; set -eg {aside}; end;\n"));
    }
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}
