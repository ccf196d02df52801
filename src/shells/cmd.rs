//! cmd.exe, whose `for /f` carries out a line of ours as it is, and whose batch files read it once more.
//!
//! What both would make the same of is all that is printed: between quotes in which no quote stands, nothing has a meaning
//! but `%`, and `!` where delayed expansion is on. Both come in the code page of the console, which nobody knows, so it is
//! ASCII as well.

use super::{AT_HOME, Dialect, Integration, Refusal};
use crate::core::vars::{STATE, VarName};
use crate::core::watch::{SAID, Watch};

/// cmd.exe.
pub(super) struct Cmd;

static INTEGRATION: Integration = Integration {
    line: "credenv init cmd >\"%USERPROFILE%\\credenv.cmd\"",
    belongs: "the value `AutoRun` of the command processor",
    typed: Some([
        r#"reg add "HKCU\Software\Microsoft\Command Processor" /v AutoRun /d "\"%USERPROFILE%\credenv.cmd\"""#,
        r#"`reg delete "HKCU\Software\Microsoft\Command Processor" /v AutoRun`, unless it holds more than credenv"#,
    ]),
    ..AT_HOME
};

/// The longest line that cmd reads is 8,191 characters long; the rest is for what stands around a value.
const LONGEST: usize = 8_000;

impl Dialect for Cmd {
    fn name(&self) -> &'static str {
        "cmd"
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        let value = if name.as_str() == STATE { plain_json(value) } else { value.to_vec() };
        let hint = "`credenv exec` passes it on unchanged";
        let refused = |what| Err(Refusal { what, hint });
        let quotes = name.as_str() == STATE;
        for byte in &value {
            match byte {
                b'"' if !quotes => return refused("a double quote would end it too early"),
                b'%' => return refused("a percent sign stands for a variable in a batch file"),
                b'!' => return refused("an exclamation mark is lost where delayed expansion is on"),
                b' '..=b'~' => {}
                0..b' ' | 0x7f => return refused("a control character would end it or be lost"),
                _ => return refused("what is not ASCII depends on the code page of the console"),
            }
        }
        if value.len() > LONGEST {
            return refused("cmd reads no line of more than 8,191 characters");
        }
        push(script, &format!("set \"{name}="));
        script.extend_from_slice(&value);
        push(script, "\"\n");
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &format!("set \"{name}=\"\n"));
        Ok(())
    }

    /// There is no function to check with: what a `cd` calls runs the binary.
    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        // With nothing in it, it would be as if nothing had ever been asked.
        if let Some(memory) = &watch.memory {
            push(script, &format!("set \"__credenv_memory={memory},\"\n"));
        }
        if let Some(said) = watch.said {
            push(script, &format!("set \"__credenv_memory={SAID}{said},\"\n"));
        }
    }

    fn failing_statement(&self) -> &'static str {
        "cmd /d /c exit 1\n"
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.cmd"))
    }

    fn integration(&self) -> Option<&Integration> {
        Some(&INTEGRATION)
    }

    /// In a batch file; a path on Windows holds no quote.
    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let word = String::from_utf8_lossy(word).replace('%', "%%");
        format!("\"{word}\"").into_bytes()
    }

    fn typed(&self, command: &str) -> String {
        format!("for /f \"delims=\" %i in ('{command} --shell cmd') do @%i")
    }
}

/// JSON that means the same, with nothing in it that cmd reads but its own quotes. Where these stand in a line that a batch
/// file reads, every second piece of it is outside of them.
fn plain_json(json: &[u8]) -> Vec<u8> {
    let Ok(json) = std::str::from_utf8(json) else { return json.to_vec() };
    let mut plain = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            // Outside of a string, JSON has none of these.
            '&' | '|' | '<' | '>' | '(' | ')' | '^' | '%' | '!' | '\u{7f}'.. => {
                let mut units = [0; 2];
                plain.extend(char.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            }
            char => plain.push(char),
        }
    }
    plain.into_bytes()
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &'static str, value: &str) -> Result<String, &'static str> {
        let mut script = Vec::new();
        Cmd.set(&VarName::known(name), value.as_bytes(), &mut script).map_err(|refusal| refusal.what)?;
        Ok(String::from_utf8(script).unwrap())
    }

    #[test]
    fn a_value_stands_in_quotes_as_it_is() {
        assert_eq!(line("N", r"C:\a b\ & (c) | ^d <e> 'f' ").unwrap(), "set \"N=C:\\a b\\ & (c) | ^d <e> 'f' \"\n");
    }

    #[test]
    fn a_path_in_a_batch_file_has_its_percent_signs_doubled() {
        assert_eq!(Cmd.quote(br"C:\50%\credenv.exe"), br#""C:\50%%\credenv.exe""#);
    }

    #[test]
    fn what_was_said_is_kept_in_a_variable_that_is_never_empty() {
        let told = |memory: Option<&str>, said| {
            let watch = Watch { memory: memory.map(str::to_owned), said, ..super::super::tests::nothing_to_watch() };
            let mut script = Vec::new();
            Cmd.check(&watch, &mut script);
            String::from_utf8(script).unwrap()
        };
        assert_eq!(told(Some(""), None), "set \"__credenv_memory=,\"\n");
        assert_eq!(told(None, Some(7)), "set \"__credenv_memory=e7,\"\n");
        assert_eq!(told(None, None), "");
    }

    #[test]
    fn what_the_two_ways_of_reading_would_differ_in_is_refused() {
        for value in ["a\"b", "50%", "a!b", "a\nb", "a\tb", "a\u{7f}b", "ä"] {
            assert!(line("N", value).is_err(), "{value}");
        }
        assert!(line("N", &"a".repeat(LONGEST)).is_ok());
        assert!(line("N", &"a".repeat(LONGEST + 1)).is_err());
    }

    #[test]
    fn the_state_is_written_in_json_without_what_cmd_reads() {
        let json = r#"{"a":"x & y | <z> (w) ^v 50% !","b":"ä\n😀\"q"}"#;
        let plain = String::from_utf8(plain_json(json.as_bytes())).unwrap();
        assert!(plain.chars().all(|char| char.is_ascii() && !"&|<>()^%!".contains(char)), "{plain}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&plain), read(json));
        assert_eq!(line(STATE, json).unwrap(), format!("set \"{STATE}={plain}\"\n"));
    }
}
