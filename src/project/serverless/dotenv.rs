//! `.env` files as the packages `dotenv` and `dotenv-expand` read them, which Serverless uses.

use std::collections::HashMap;

/// How often `$` is followed in one value: a value can grow, and never needs as much.
const EXPANSION_LIMIT: usize = 100;
/// The longest value that expansion may give.
const LENGTH_LIMIT: usize = 4096;

/// The variables of a file, the last of a name counting.
pub(super) fn parse(text: &str) -> HashMap<String, String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut found = HashMap::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (pair, length) = entry(rest);
        found.extend(pair);
        rest = &rest[length..];
    }
    found
}

/// Reads what begins a line, and tells how far it reaches, to the start of the next line.
fn entry(text: &str) -> (Option<(String, String)>, usize) {
    let line_end = |from: usize| text[from..].find('\n').map_or(text.len(), |at| from + at + 1);
    let skipped = text.len() - text.trim_start().len();
    let mut at = skipped;
    if let Some(after) = text[at..].strip_prefix("export")
        && after.starts_with(char::is_whitespace)
    {
        at = text.len() - after.trim_start().len();
    }
    let name_end = text[at..]
        .find(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')))
        .map_or(text.len(), |length| at + length);
    let name = &text[at..name_end];
    let blanks = text[name_end..].len() - text[name_end..].trim_start().len();
    let value_start = match &text.as_bytes()[name_end..] {
        [b':', b' ' | b'\t' | b'\n', ..] => name_end + 2,
        _ if text[name_end + blanks..].starts_with('=') => name_end + blanks + 1,
        _ => return (None, line_end(skipped.min(text.len()))),
    };
    if name.is_empty() {
        return (None, line_end(skipped));
    }
    let lead = text[value_start..].len() - text[value_start..].trim_start_matches([' ', '\t']).len();
    let value_at = value_start + lead;
    if let Some(quote) = text[value_at..].chars().next().filter(|first| matches!(first, '\'' | '"' | '`'))
        && let Some(end) = closing(&text[value_at + 1..], quote)
    {
        let close = value_at + 1 + end;
        let tail = text[close + 1..].split('\n').next().unwrap_or_default().trim_start();
        if tail.is_empty() || tail.starts_with('#') {
            let mut value = text[value_at + 1..close].to_owned();
            if quote == '"' {
                value = value.replace("\\n", "\n").replace("\\r", "\r");
            }
            return (Some((name.to_owned(), value)), line_end(close + 1));
        }
    }
    let end = text[value_at..].find(['#', '\n']).map_or(text.len(), |length| value_at + length);
    let value = text[value_at..end].trim();
    let double = value.starts_with('"');
    let mut value = unquoted(value).to_owned();
    if double {
        value = value.replace("\\n", "\n").replace("\\r", "\r");
    }
    (Some((name.to_owned(), value)), line_end(end))
}

/// Where a quoted value ends: at the first quote that has no backslash before it.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if character == quote && !escaped {
            return Some(at);
        }
        escaped = character == '\\';
    }
    None
}

fn unquoted(value: &str) -> &str {
    for quote in ['\'', '"', '`'] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

/// Follows `$NAME`, `${NAME}` and `${NAME:-default}` in a value, the last first, until there is none; `\$` is a dollar.
/// A value that has no end is none, where the package overflows the stack.
pub(super) fn expand(value: &str, variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut value = value.to_owned();
    for _ in 0..EXPANSION_LIMIT {
        let Some((start, end, name, default)) = last_group(&value) else { return Some(value.replace("\\$", "$")) };
        let instead = variable(name).filter(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned());
        // As `String.replace` does it: the first that looks the same.
        let group = value[start..end].to_owned();
        let first = value.find(&group).unwrap_or(start);
        value.replace_range(first..first + group.len(), &instead);
        if value.len() > LENGTH_LIMIT {
            break;
        }
    }
    None
}

/// The last reference in a value: start, end, name, default.
fn last_group(value: &str) -> Option<(usize, usize, &str, &str)> {
    let start = value.rmatch_indices('$').map(|(at, _)| at).find(|&at| !value[..at].ends_with('\\'))?;
    let mut at = start + 1;
    if value[at..].starts_with('{') {
        at += 1;
    }
    let length = value[at..]
        .find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
        .unwrap_or(value.len() - at);
    if length == 0 {
        return None;
    }
    let name = &value[at..at + length];
    at += length;
    let mut default = "";
    if let Some(rest) = value[at..].strip_prefix(":-") {
        let end = rest.find(['}', '\\']).unwrap_or(rest.len());
        default = &rest[..end];
        at += 2 + end;
    }
    if value[at..].starts_with('}') {
        at += 1;
    }
    Some((start, at, name, default))
}
