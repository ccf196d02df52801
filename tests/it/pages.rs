//! The pages that walk through something: every command on them is typed in a bash at its prompt, one page a home.
//!
//! With `CREDENV_WRITE_PAGES` set, what the terminal shows is written into the page, to be read before it is committed.
#![allow(clippy::disallowed_methods)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::{Home, Session, Shell};

/// A page, with what stands in the home directory before its first command.
fn walk(page: &str, home: &Home) {
    Shell::test("bash", |bash| {
        let Some(mut prompt) = Session::of(bash, home).start() else { return };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
        let text = fs::read_to_string(&path).unwrap();
        let mut walked = String::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            writeln!(walked, "{line}").unwrap();
            let mut block = Vec::new();
            if line.starts_with("```") && line.len() > 3 {
                block.extend(std::iter::from_fn(|| lines.next_if(|line| *line != "```")));
            }
            if line == "```console" {
                for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                    prompt.doing = "a page of the documentation";
                    let shown = prompt.line(command).replace("[HOME]", "/home/me");
                    write!(walked, "$ {command}\n{shown}").unwrap();
                }
            } else {
                walked.extend(block.iter().flat_map(|line| [*line, "\n"]));
                // A file is named behind the language of its block.
                if let Some(file) = line.split_once(" ~/").map(|(_, file)| file) {
                    home.write(file, block.join("\n") + "\n");
                }
            }
        }
        if std::env::var_os("CREDENV_WRITE_PAGES").is_some() {
            fs::write(path, &walked).unwrap();
        }
        for (number, (shown, written)) in (1..).zip(walked.lines().zip(text.lines())) {
            assert_eq!(
                shown, written,
                "{page}:{number}: `CREDENV_WRITE_PAGES=1 cargo test --test it pages` rewrites it"
            );
        }
        assert_eq!(walked.len(), text.len(), "{page}: its end");
    });
}

#[test]
fn the_guide_shows_what_happens() {
    walk(
        "guide.md",
        &Home::new()
            .file("secret", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")
            .file("token", "e30.eyJleHAiOjQxMDI0NDQ4MDB9.e30"),
    );
}
