//! `credential_process`: its line in words, and what such a program answers.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::Value as Json;

use crate::clock::Moment;

/// What a program answered: keys, in the clear. It is nothing to print, so it has no `Debug`.
#[derive(PartialEq, Eq)]
pub struct Answered {
    /// The key id.
    pub access_key_id: String,
    /// The secret key.
    pub secret_access_key: String,
    /// The session token of temporary keys.
    pub session_token: Option<String>,
    /// When they expire.
    pub expiration: Option<Moment>,
}

/// Splits the line into words as botocore does: like a POSIX shell without expansions, or on Windows like its C runtime.
/// The error says what is wrong with the line, and never quotes it: people keep passwords there.
pub fn split(line: &str, windows: bool) -> Result<Vec<String>, &'static str> {
    if windows { split_windows(line) } else { split_posix(line) }
}

/// `shlex.split` of Python 3, which botocore calls. A backslash before a line end is no continuation there.
fn split_posix(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(chars.next().ok_or("it ends in a backslash")?),
            '\'' | '"' => quoted(char, &mut chars, word.get_or_insert_default())?,
            _ => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Takes over what stands between quotes. Between double quotes, a backslash escapes only itself and the quote.
fn quoted(quote: char, chars: &mut Peekable<Chars<'_>>, word: &mut String) -> Result<(), &'static str> {
    loop {
        match chars.next().ok_or("a quote is not closed")? {
            char if char == quote => return Ok(()),
            '\\' if quote == '"' => {
                let next = chars.next().ok_or("it ends in a backslash")?;
                if !matches!(next, '"' | '\\') {
                    word.push('\\');
                }
                word.push(next);
            }
            char => word.push(char),
        }
    }
}

/// `_windows_shell_split` of botocore: blanks and tabs separate, double quotes alone quote, and backslashes mean
/// something only before a double quote.
fn split_windows(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    let mut backslashes = 0;
    for char in line.chars() {
        match char {
            '\\' => {
                backslashes += 1;
                continue;
            }
            '"' => {
                let word = word.get_or_insert_default();
                word.extend(std::iter::repeat_n('\\', backslashes / 2));
                if backslashes % 2 == 1 {
                    word.push('"');
                } else {
                    is_quoted = !is_quoted;
                }
            }
            _ => {
                if backslashes > 0 {
                    word.get_or_insert_default().extend(std::iter::repeat_n('\\', backslashes));
                }
                if matches!(char, ' ' | '\t') && !is_quoted {
                    words.extend(word.take());
                } else {
                    word.get_or_insert_default().push(char);
                }
            }
        }
        backslashes = 0;
    }
    if is_quoted {
        return Err("a quote is not closed");
    }
    if backslashes > 0 {
        word.get_or_insert_default().extend(std::iter::repeat_n('\\', backslashes));
    }
    words.extend(word);
    Ok(words)
}

/// Reads what a program answered: version 1 of the form that every SDK reads. The error says what is wrong, and never
/// quotes the answer, which may hold keys wherever it is wrong.
pub fn read(answer: &[u8]) -> Result<Answered, String> {
    if answer.trim_ascii().is_empty() {
        return Err("it is empty".to_owned());
    }
    let json: Json = serde_json::from_slice(answer)
        .map_err(|error| format!("it is not JSON, at line {}, column {}", error.line(), error.column()))?;
    let Json::Object(parts) = json else { return Err("it is JSON, but not an object".to_owned()) };
    match parts.get("Version") {
        None => return Err("it has no `Version`".to_owned()),
        Some(version) if version.as_u64() != Some(1) => return Err("its `Version` is not 1".to_owned()),
        Some(_) => {}
    }
    // Null counts as absent, as in botocore.
    let text = |key: &str| match parts.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) if text.chars().any(char::is_control) => {
            Err(format!("its `{key}` contains a control character"))
        }
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("its `{key}` is not text")),
    };
    let key = |key: &str| match text(key)? {
        Some(text) if text.is_empty() => Err(format!("its `{key}` is empty")),
        Some(text) => Ok(text),
        None => Err(format!("it has no `{key}`")),
    };
    let expiration = text("Expiration")?
        .map(|text| Moment::from_rfc3339(&text).ok_or_else(|| "its `Expiration` is not an RFC 3339 date".to_owned()));
    Ok(Answered {
        access_key_id: key("AccessKeyId")?,
        secret_access_key: key("SecretAccessKey")?,
        // An empty one is none: an empty variable would be sent along.
        session_token: text("SessionToken")?.filter(|token| !token.is_empty()),
        expiration: expiration.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(line: &str) -> Result<Vec<String>, &'static str> {
        split(line, false)
    }

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_line_is_split_as_the_word_rules_of_a_shell_say() {
        for (line, expected) in [
            ("/opt/bin/get --user me", &["/opt/bin/get", "--user", "me"][..]),
            ("\t a  b\r\nc ", &["a", "b", "c"]),
            ("'a b' \"c d\" e\\ f", &["a b", "c d", "e f"]),
            ("a'b'\"c\"d", &["abcd"]),
            ("'' \"\" x", &["", "", "x"]),
            (r#""a\"b\\c\d$HOME`x`" '\"'"#, &[r#"a"b\c\d$HOME`x`"#, r#"\""#]),
            ("$HOME ~/x *.y a;b | c # d", &["$HOME", "~/x", "*.y", "a;b", "|", "c", "#", "d"]),
            ("a\\\nb", &["a\nb"]),
            ("a\u{a0}b", &["a\u{a0}b"]),
            ("", &[]),
        ] {
            assert_eq!(words(line), Ok(owned(expected)), "{line:?}");
        }
        assert_eq!(words("a 'b"), Err("a quote is not closed"));
        assert_eq!(words("a \"b\\"), Err("it ends in a backslash"));
        assert_eq!(words("a\\"), Err("it ends in a backslash"));
    }

    #[test]
    fn on_windows_only_double_quotes_quote_and_backslashes_are_mostly_literal() {
        for (line, expected) in [
            (r"C:\tools\get.exe --user me", &[r"C:\tools\get.exe", "--user", "me"][..]),
            (r#""C:\Program Files\get.exe" 'a b'"#, &[r"C:\Program Files\get.exe", "'a", "b'"]),
            (r#"a\"b "c\\" d\\\"e"#, &[r#"a"b"#, r"c\", r#"d\"e"#]),
            (r#""" x\"#, &["", r"x\"]),
            (r"\ a", &[r"\", "a"]),
            ("a  b\t", &["a", "b"]),
            ("a\nb", &["a\nb"]),
            ("", &[]),
        ] {
            assert_eq!(split(line, true), Ok(owned(expected)), "{line:?}");
        }
        assert_eq!(split("\"a", true), Err("a quote is not closed"));
    }

    #[test]
    fn an_answer_is_read() {
        let whole = br#"{"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": "s/+=", "SessionToken": "t",
                         "Expiration": "2026-11-21T10:00:00+00:00", "AccountId": "123456789012"}"#;
        let answered = read(whole).ok().unwrap();
        assert_eq!((answered.access_key_id.as_str(), answered.secret_access_key.as_str()), ("ASIA", "s/+="));
        assert_eq!(answered.session_token.as_deref(), Some("t"));
        assert_eq!(answered.expiration, Moment::from_rfc3339("2026-11-21T10:00:00Z"));
        for bare in ["", r#", "SessionToken": null, "Expiration": null"#, r#", "SessionToken": """#] {
            let answer = format!(r#"{{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S"{bare}}}"#);
            let answered = read(answer.as_bytes()).ok().unwrap();
            assert_eq!((answered.session_token, answered.expiration), (None, None));
        }
    }

    #[test]
    fn an_answer_that_is_wrong_is_refused_and_not_quoted() {
        let with = |key: &str, value: &str| {
            let mut parts = [
                ("Version", "1"),
                ("AccessKeyId", "\"hunter2\""),
                ("SecretAccessKey", "\"hunter2\""),
                ("SessionToken", "\"hunter2\""),
                ("Expiration", "\"2026-11-21T10:00:00Z\""),
            ];
            parts.iter_mut().filter(|part| part.0 == key).for_each(|part| part.1 = value);
            let parts = parts.iter().filter(|part| !part.1.is_empty());
            let parts: Vec<_> = parts.map(|(key, value)| format!("\"{key}\": {value}")).collect();
            format!("{{{}}}", parts.join(", "))
        };
        let no_json = "hunter2 {\"AccessKeyId\"";
        for (answer, expected) in [
            (String::new(), "it is empty"),
            (" \n".to_owned(), "it is empty"),
            (no_json.to_owned(), "it is not JSON, at line 1, column 1"),
            ("[1]".to_owned(), "it is JSON, but not an object"),
            ("\"hunter2\"".to_owned(), "it is JSON, but not an object"),
            (with("Version", ""), "it has no `Version`"),
            (with("Version", "2"), "its `Version` is not 1"),
            (with("Version", "\"hunter2\""), "its `Version` is not 1"),
            (with("AccessKeyId", ""), "it has no `AccessKeyId`"),
            (with("AccessKeyId", "null"), "it has no `AccessKeyId`"),
            (with("AccessKeyId", "\"\""), "its `AccessKeyId` is empty"),
            (with("SecretAccessKey", "[\"hunter2\"]"), "its `SecretAccessKey` is not text"),
            (with("SecretAccessKey", r#""hunter2\n""#), "its `SecretAccessKey` contains a control character"),
            (with("SessionToken", r#""hunter2\u0000""#), "its `SessionToken` contains a control character"),
            (with("SessionToken", "5"), "its `SessionToken` is not text"),
            (with("Expiration", "\"hunter2\""), "its `Expiration` is not an RFC 3339 date"),
            (with("Expiration", "1795255200"), "its `Expiration` is not text"),
            (with("Expiration", "\"\""), "its `Expiration` is not an RFC 3339 date"),
        ] {
            assert_eq!(read(answer.as_bytes()).err().as_deref(), Some(expected), "{answer}");
        }
        assert!(read(b"{\"Version\": 1, \"AccessKeyId\": \"\xff\"}").is_err());
    }

    proptest! {
        #[test]
        fn words_quoted_by_a_shell_come_back(all in prop::collection::vec("[ -~äé\n\t]{0,8}", 0..5)) {
            let quoted: Vec<_> = all.iter().map(|word| format!("'{}'", word.replace('\'', r#"'"'"'"#))).collect();
            prop_assert_eq!(words(&quoted.join(" ")), Ok(all));
        }

        #[test]
        fn no_line_is_too_much(line in "([\"'\\\\ \t\nab]|.){0,60}") {
            let _ = (split(&line, false), split(&line, true));
        }

        #[test]
        fn no_answer_is_too_much(answer in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&answer);
        }

        #[test]
        fn what_is_wrong_is_never_quoted(
            key in prop::sample::select(&["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"][..]),
            cut in 0usize..120,
        ) {
            let answer = format!(r#"{{"Version": 1, "AccessKeyId": "Hunter2", "SecretAccessKey": "Hunter2", "{key}": "Hunter2"}}"#);
            for text in [answer.as_str(), &answer[..cut.min(answer.len())]] {
                if let Err(words) = read(text.as_bytes()) {
                    prop_assert!(!words.contains("Hunter2"), "{}", words);
                }
            }
        }
    }
}
