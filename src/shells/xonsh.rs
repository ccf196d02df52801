//! xonsh 0.19 and later.

use super::{AT_HOME, Dialect, Integration, Keeper, Refusal, completion};
use crate::core::vars::VarName;
use crate::core::watch::{SAID, Standing, Watch};

/// xonsh 0.19 and later.
pub(super) struct Xonsh;

static INTEGRATION: Integration = Integration {
    line: "exec($(credenv init xonsh))",
    belongs: "~/.xonshrc",
    directory: (Some("XDG_CONFIG_HOME"), ".config"),
    rc: &[(None, "", ".xonshrc"), (Some("XDG_CONFIG_HOME"), ".config", "xonsh/rc.xsh")],
    named_by: Some("XONSHRC"),
    all_in: Some("xonsh/rc.d"),
    place: "events.on_pre_prompt",
    taken_by: &["events.on_pre_prompt.clear"],
    function: "__credenv_follow",
    ..AT_HOME
};

impl Dialect for Xonsh {
    fn name(&self) -> &'static str {
        "xonsh"
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("__xonsh__.env['{name}'] = {};\n", text(value)));
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("__xonsh__.env.pop('{name}', None);\n"));
        Ok(())
    }

    /// The hook has the function, and this is what it asks for: all of it data.
    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        let pairs =
            |pairs: &[(Vec<u8>, Vec<u8>)]| list(pairs, |(one, other)| format!("({}, {})", bytes(one), bytes(other)));
        let standing = match watch.standing {
            Standing::There => "there",
            Standing::Gone => "gone",
            Standing::Elsewhere => "elsewhere",
        };
        let bare = list(&watch.bare, |bare| {
            let reference = bare.since.as_ref().map_or_else(|| "None".to_owned(), |since| bytes(&since.reference));
            let is_exact = bare.since.as_ref().is_some_and(|since| since.exact);
            let names = list(bare.names.as_ref().unwrap_or(&watch.names), |name| bytes(name.as_bytes()));
            format!("({}, {reference}, {}, {names})", list(&bare.directories, |path| bytes(path)), boolean(is_exact))
        });
        let variables = list(&watch.variables, |(name, value)| {
            format!("('{name}', {})", value.as_ref().map_or_else(|| "None".to_owned(), |value| bytes(value)))
        });
        let look_again_in = watch.look_again_in.map_or_else(|| "None".to_owned(), |seconds| seconds.to_string());
        for part in [
            "__credenv.watch = dict(directory=",
            &bytes(&watch.directory),
            ", standing='",
            standing,
            "', unchanged=",
            &pairs(&watch.unchanged),
            ", not_newer=",
            &pairs(&watch.not_newer),
            ", leading=",
            &pairs(&watch.leading),
            ", absent=",
            &list(&watch.absent, |path| bytes(path)),
            ", bare=",
            &bare,
            ", variables=",
            &variables,
            ", look_again_in=",
            &look_again_in,
            ", unsure=",
            boolean(watch.unsure),
            ")\n__credenv.since = __import__('time').monotonic()\n",
        ] {
            push(script, part);
        }
        if let Some(memory) = &watch.memory {
            // Digits and commas.
            push(script, &format!("__credenv.memory = '{memory}'\n"));
        }
        if let Some(said) = watch.said {
            push(script, &format!("__credenv.memory += ',{SAID}{said}'\n"));
        }
    }

    fn note_identity(&self, _watch: &Watch, is_certain: bool, script: &mut Vec<u8>) {
        push(script, if is_certain { "__credenv.seen = __credenv.identity()\n" } else { "__credenv.seen = None\n" });
    }

    fn counts_seconds(&self) -> bool {
        true
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&XonshKeeper)
    }

    fn failing_statement(&self) -> &'static str {
        "raise __import__('subprocess').CalledProcessError(1, 'credenv')\n"
    }

    fn typed(&self, command: &str) -> String {
        format!("exec($({command}))")
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.xsh"))
    }

    fn completion(&self) -> Vec<u8> {
        completion::script("xonsh").unwrap_or_default().into()
    }

    fn integration(&self) -> Option<&Integration> {
        Some(&INTEGRATION)
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        text(word).into_bytes()
    }
}

/// A string of Python in ASCII. What is no UTF-8 is told as Python itself tells it of a path or a variable, and becomes the
/// same bytes again when a program is started.
fn text(value: &[u8]) -> String {
    let one = |char: char| match char {
        '\'' | '\\' => format!("\\{char}"),
        ' '..='~' => char.to_string(),
        char => format!("\\U{:08x}", u32::from(char)),
    };
    let chunk = |chunk: std::str::Utf8Chunk<'_>| {
        let invalid = chunk.invalid().iter().map(|byte| format!("\\udc{byte:02x}"));
        chunk.valid().chars().map(one).chain(invalid).collect::<String>()
    };
    format!("'{}'", value.utf8_chunks().map(chunk).collect::<String>())
}

/// Bytes of Python.
fn bytes(value: &[u8]) -> String {
    let one = |byte: &u8| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
        b' '..=b'~' => char::from(*byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    };
    format!("b'{}'", value.iter().map(one).collect::<String>())
}

fn list<T>(items: &[T], item: impl Fn(&T) -> String) -> String {
    format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(", "))
}

fn boolean(is_true: bool) -> &'static str {
    if is_true { "True" } else { "False" }
}

/// Keeps values in a variable of the shell. A variable of xonsh is no variable of the environment, so that an unexported
/// one never has to make way.
struct XonshKeeper;

const ASIDE: &str = "__xonsh__.ctx.setdefault('__credenv_aside', {})";

impl Keeper for XonshKeeper {
    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("{ASIDE}['{name}'] = __xonsh__.env['{name}']\n"));
    }

    fn set_aside_if_set(&self, _name: &VarName, _script: &mut Vec<u8>) {}

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("__xonsh__.env.pop('{name}', None);\n"));
        push(
            script,
            &format!(
                "if '{name}' in {ASIDE}: __xonsh__.env['{name}'] = {ASIDE}['{name}']\nelse: print('credenv: {name} was set \
                 aside in another shell and is not put back here', file=__import__('sys').stderr)\n"
            ),
        );
        self.drop_aside(name, script);
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("__xonsh__.env.pop('{name}', None);\n"));
    }

    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("{ASIDE}.pop('{name}', None)\n"));
    }

    fn keeps_unexported(&self) -> bool {
        false
    }
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}
