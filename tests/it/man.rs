//! The man pages say what `--help` says: they are made from the same definitions.

use std::collections::BTreeMap;

use clap::CommandFactory as _;
use credenv::cli::Cli;

use crate::support::directory_of_source;

/// Each page by the name of its file.
fn pages() -> BTreeMap<String, String> {
    let mut whole = Cli::command();
    whole.build();
    let page = |command: clap::Command| {
        let mut page = Vec::new();
        // The screen of `--help` has no room for what a value can be.
        let command = command.mut_args(|argument| argument.hide_possible_values(false));
        // What stands below the help is an example in each of them, and maybe the names that are shown already.
        let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let example = below.split("Example: ").nth(1).unwrap_or_default().replace("\n         ", "\n");
        let command = command.after_help(format!("Example: {example}"));
        // Without a date, a page changes only when its words do.
        clap_mangen::Man::new(command).date("").source("credenv").manual("").render(&mut page).unwrap();
        String::from_utf8(page).unwrap().replace(".SH EXTRA\nExample: ", ".SH EXAMPLE\n.nf\n")
    };
    let shown = whole.get_subcommands().filter(|command| !command.is_hide_set());
    let of_commands = shown.map(|command| {
        // A name of clap's lives as long as the program.
        let name: &'static str = format!("credenv-{}", command.get_name()).leak();
        (format!("{name}.1"), page(command.clone().name(name)))
    });
    let mut pages: BTreeMap<_, _> = of_commands.collect();
    pages.insert("credenv.1".to_owned(), page(whole.clone()));
    pages
}

#[test]
fn the_man_pages_are_current() {
    let kept = directory_of_source("docs/man", &pages());
    for (name, page) in pages() {
        let kept = kept.get(&name).map(String::as_str).unwrap_or_default();
        assert_eq!(
            kept, page,
            "docs/man/{name} is out of date: `CREDENV_WRITE_MAN=1 cargo test --test it man` writes it"
        );
    }
    let names: Vec<_> = pages().into_keys().collect();
    assert_eq!(kept.into_keys().collect::<Vec<_>>(), names, "a page of no command");
}
