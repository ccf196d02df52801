//! The page of variables names every one that credenv reads or writes, and no other.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use credenv::core::vars::MANAGED;

use super::page;
use crate::support::own_source;

/// Files in whose literals capitals stand for an argument.
const OF_ARGUMENTS: [&str; 2] = ["src/cli.rs", "src/commands/complete/values.rs"];

/// Literals in capitals that are no variables.
const OTHERS: [&str; 28] = [
    "ACCESS_KEY_ID",
    "ACCOUNT",
    "AMAZON",
    "AWS",
    "BEGIN",
    "CARGO_PKG_VERSION",
    "CERTIFICATE",
    "CREDENV",
    "DEFAULT",
    "END",
    "EXPIRES",
    "FILE",
    "HEAD",
    "KIND",
    "NUL",
    "PROFILE",
    "REGION",
    "ROLE",
    "SECRET_ACCESS_KEY",
    "SESSION_TOKEN",
    "SOURCE",
    "STAGE",
    "UTC",
    "_ACCESS_KEY_ID",
    "_PROFILE",
    "_SECRET_ACCESS_KEY",
    "_SECURITY_TOKEN",
    "_SESSION_TOKEN",
];

/// Names that are made of parts, with a file that has those.
const MADE: [(&str, &str, &[&str]); 6] = [
    ("AWS_<STAGE>_PROFILE", "src/core/target.rs", &["AWS_{}_", "\"PROFILE\""]),
    ("AWS_<STAGE>_ACCESS_KEY_ID", "src/core/target.rs", &["AWS_{}_", "\"ACCESS_KEY_ID\""]),
    ("AWS_<STAGE>_SECRET_ACCESS_KEY", "src/core/target.rs", &["AWS_{}_", "\"SECRET_ACCESS_KEY\""]),
    ("AWS_<STAGE>_SESSION_TOKEN", "src/core/target.rs", &["AWS_{}_", "\"SESSION_TOKEN\""]),
    ("AMAZON_ACCESS_KEY_ID", "src/aws/who/javascript2.rs", &["\"AMAZON\"", "{prefix}_ACCESS_KEY_ID"]),
    ("AMAZON_SECRET_ACCESS_KEY", "src/aws/who/javascript2.rs", &["\"AMAZON\"", "{prefix}_SECRET_ACCESS_KEY"]),
];

/// How a test asks for a variable that a person sets for it.
const ASKED: [&str; 4] = ["var(\"", "var_os(\"", "process_variable(\"", "rewrite_source(\""];

fn text(path: &str) -> String {
    fs::read_to_string(own_source().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files below a directory, by their paths in the source.
fn files_below(directory: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![own_source().join(directory)];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path.strip_prefix(own_source()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

fn is_in_capitals(text: &str) -> bool {
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() > 2
        && !text.ends_with('_')
        && !text.starts_with("__")
        && text.bytes().all(is_capital)
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// The literals in capitals of a file, but for its tests and comments.
fn literals(path: &str) -> Vec<String> {
    let text = text(path);
    let code = text.split("#[cfg(test)]").next().unwrap();
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"')).filter(|part| is_in_capitals(part)).map(str::to_owned).collect()
}

/// The words of ours in a shell file: `CREDENV_HOOK`.
fn ours(path: &str) -> Vec<String> {
    let text = text(path);
    let words = text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    words.filter(|word| word.starts_with("CREDENV_") && is_in_capitals(word)).map(str::to_owned).collect()
}

/// Every variable that the source names.
fn in_the_source() -> BTreeSet<String> {
    let sources = files_below("src").into_iter().filter(|path| Path::new(path).extension().is_some_and(|e| e == "rs"));
    let sources = sources.filter(|path| !path.ends_with("tests.rs") && !OF_ARGUMENTS.contains(&path.as_str()));
    let literals: BTreeSet<String> = sources.flat_map(|path| literals(&path)).collect();
    for other in OTHERS {
        assert!(literals.contains(other), "no literal is `{other}` any more: take it off the list");
    }
    let shells = ["shell", "completions"].into_iter().flat_map(files_below);
    let managed = MANAGED.iter().map(|row| row.name.as_str().to_owned());
    let mut all: BTreeSet<_> = literals.into_iter().chain(shells.flat_map(|path| ours(&path))).chain(managed).collect();
    all.retain(|name| !OTHERS.contains(&name.as_str()));
    for (name, file, parts) in MADE {
        let text = text(file);
        assert!(parts.iter().all(|part| text.contains(part)), "{file} does not make {name}");
        all.insert(name.to_owned());
    }
    all
}

/// What the tests ask for.
fn in_the_tests() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for path in files_below("tests/it") {
        let Ok(text) = fs::read_to_string(own_source().join(&path)) else { continue };
        for asked in ASKED {
            let names = text.split(asked).skip(1).filter_map(|rest| rest.split('"').next());
            all.extend(names.filter(|name| name.starts_with("CREDENV_")).map(str::to_owned));
        }
    }
    all
}

/// The names in the first column of the tables.
fn on_the_page(text: &str) -> BTreeSet<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let spans = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let names = spans.filter(|span| !span.starts_with("${")).map(|span| span.split('=').next().unwrap());
    names.map(str::to_owned).collect()
}

#[test]
fn the_page_names_every_variable_and_no_other() {
    let page = page("docs/variables.md");
    let (ours, of_tests) = page.text.split_once("\n## Only for the tests\n").unwrap();
    let difference = |told: BTreeSet<String>, there: &BTreeSet<String>| {
        let missing: Vec<_> = there.difference(&told).cloned().collect();
        let too_many: Vec<_> = told.difference(there).cloned().collect();
        assert!(
            missing.is_empty() && too_many.is_empty(),
            "docs/variables.md does not name {missing:?}, and names {too_many:?}, which nobody reads or writes"
        );
    };
    difference(on_the_page(ours), &in_the_source());
    difference(on_the_page(of_tests), &in_the_tests());
}
