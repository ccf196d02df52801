//! What is written for people, as the tests take it: the pages, and the fenced blocks in them.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::PathBuf;

use crate::support::own_source;

/// A page: its path from the root of the source, and its text.
pub(super) struct Page {
    pub(super) path: String,
    pub(super) text: String,
}

/// A fenced block.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) page: String,
    /// The number of the line in which it begins.
    pub(super) line: usize,
    pub(super) language: String,
    /// The file that it is, as a person writes it: behind its language, or in a comment that is its first line.
    pub(super) file: Option<String>,
    pub(super) text: String,
}

impl Block {
    /// Where it is, for a message.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }

    /// The lines that are typed in it.
    pub(super) fn typed(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter_map(|line| line.strip_prefix("$ "))
    }
}

/// Every page, those of `docs` by name.
pub(super) fn pages() -> Vec<Page> {
    let entries = fs::read_dir(own_source().join("docs")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    paths.sort();
    let top = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
    paths.splice(0..0, top.map(|name| own_source().join(name)));
    let named = |path: &PathBuf| path.strip_prefix(own_source()).unwrap().to_str().unwrap().to_owned();
    paths.iter().map(|path| Page { path: named(path), text: fs::read_to_string(path).unwrap() }).collect()
}

/// The blocks of a page.
pub(super) fn blocks(page: &Page) -> Vec<Block> {
    let mut lines = (1..).zip(page.text.lines());
    let mut found = Vec::new();
    while let Some((number, line)) = lines.next() {
        let Some(about) = line.trim_start().strip_prefix("```") else { continue };
        let (language, file) = about.split_once(' ').map_or((about, None), |(language, file)| (language, Some(file)));
        let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim_start() != "```");
        let text: String = inside.flat_map(|line| [line, "\n"]).collect();
        let comment = text.lines().next().and_then(|line| line.strip_prefix("# ")).filter(|name| !name.contains(' '));
        found.push(Block {
            page: page.path.clone(),
            line: number,
            language: language.to_owned(),
            file: file.or(comment).map(str::to_owned),
            text,
        });
    }
    found
}

/// A page without its blocks.
pub(super) fn prose(page: &Page) -> String {
    let mut inside = false;
    let mut is_prose = |line: &&str| {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    };
    page.text.lines().filter(|line| is_prose(line)).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn a_block_is_taken_as_it_stands() {
    let text = "a\n```sh\nx\n```\n`b`\n- c\n  ```yaml ~/f.yml\n# g\ny: 1\n  ```\nd\n```\n# h.yml\n";
    let page = Page { path: "p".to_owned(), text: text.to_owned() };
    let found: Vec<_> = blocks(&page)
        .into_iter()
        .map(|block| format!("{} {} {:?} {:?}", block.place(), block.language, block.file, block.text))
        .collect();
    let expected =
        [r#"p:2 sh None "x\n""#, r##"p:7 yaml Some("~/f.yml") "# g\ny: 1\n""##, r##"p:12  Some("h.yml") "# h.yml\n""##];
    assert_eq!(found, expected);
    assert_eq!(prose(&page), "a\n`b`\n- c\nd\n");
}
