//! What is shown of a terminal on a page is what a terminal shows: its commands are typed in a bash at its prompt, one
//! page a home, with the integration loaded.
#![allow(clippy::disallowed_methods)]

use std::fmt::Write as _;
use std::fs;

use super::blocks::{Page, blocks};
use crate::support::{Home, Prompt, Session, Shell, is_missing, own_source};

/// A page to walk through: what stands in the home before its first command, the line below ours in the start-up file,
/// what was typed before, and what must be installed besides bash.
pub(super) struct Walk {
    pub(super) page: &'static str,
    pub(super) home: fn() -> Home,
    pub(super) loaded: &'static str,
    pub(super) before: &'static [&'static str],
    pub(super) needs: &'static [&'static str],
}

/// The page as it is to be: with what the terminal shows now.
fn shown_now(page: &Page, home: &Home, prompt: &mut Prompt<'_>) -> String {
    let mut now = String::new();
    let mut blocks = blocks(page).into_iter().peekable();
    let mut lines = (1..).zip(page.text.lines());
    while let Some((number, line)) = lines.next() {
        writeln!(now, "{line}").unwrap();
        let Some(block) = blocks.next_if(|block| block.line == number) else { continue };
        // The block, but for the line that ends it.
        lines.by_ref().take(block.text.lines().count()).for_each(drop);
        if block.language != "console" {
            now.push_str(&block.text);
        }
        if let Some(file) = block.file.as_ref().and_then(|file| file.strip_prefix("~/")) {
            home.write(file, &block.text);
        }
        for command in block.typed().filter(|_| block.language == "console") {
            let shown = prompt.line(command).replace("[HOME]", "/home/me");
            write!(now, "$ {command}\n{shown}").unwrap();
        }
    }
    now
}

impl Walk {
    /// Compares the page with what a terminal shows, or writes it there.
    pub(super) fn walk(&self, page: &Page) {
        if self.needs.iter().any(|program| is_missing(program)) {
            return;
        }
        Shell::test("bash", |bash| {
            let home = (self.home)();
            let Some(mut prompt) = Session::of(bash, &home).after(self.loaded).start() else { return };
            prompt.doing = self.page;
            for line in self.before {
                prompt.line(line);
            }
            let now = shown_now(page, &home, &mut prompt);
            if std::env::var_os("CREDENV_WRITE_PAGES").is_some() {
                fs::write(own_source().join(self.page), &now).unwrap();
            }
            for (number, (shown, written)) in (1..).zip(now.lines().zip(page.text.lines())) {
                assert_eq!(
                    shown, written,
                    "{}:{number}: `CREDENV_WRITE_PAGES=1 cargo test --test it pages` rewrites it",
                    self.page
                );
            }
            assert_eq!(now.len(), page.text.len(), "{}: its end", self.page);
        });
    }
}
