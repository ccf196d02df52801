//! The lines of docs/prompt.md for prompts that are drawn by others, which the tests cannot have: what the lines
//! themselves do.

use super::blocks::blocks;
use super::page;
use crate::support::{Home, is_missing};

/// The function for powerlevel10k hands over the text, with each `%` written twice.
#[test]
fn the_segment_of_powerlevel10k_is_given_the_text() {
    if is_missing("zsh") {
        return;
    }
    let page = page("docs/prompt.md");
    let block = blocks(&page).into_iter().find(|block| block.language == "zsh").unwrap();
    let script = format!("{}p10k() {{ print -r -- \"$@\"; }}\nCREDENV_PROMPT='a%b x' prompt_credenv", block.text);
    Home::new().run("zsh", ["-f", "-c", &script]).stdout("segment -c a%b x -f yellow -t a%%b x\n").check();
}

/// oh-my-posh is handed the text in a variable of its own, and the theme names that variable.
#[test]
fn oh_my_posh_is_given_the_text() {
    let page = page("docs/prompt.md");
    let theme = blocks(&page).into_iter().find(|block| block.language == "json").unwrap();
    assert!(theme.text.contains("{{ .Env.POSH_CREDENV }}"), "{}", theme.text);
    let (_, section) = page.text.split_once("\n## oh-my-posh\n").unwrap();
    let mut tried = 0;
    for row in section.split("\n## ").next().unwrap().lines() {
        let Some((shells, line)) = row.strip_prefix("| ").and_then(|row| row.split_once(" | `")) else { continue };
        let line = line.trim_end_matches("` |");
        for shell in shells.split(", ").filter(|shell| !is_missing(shell)) {
            let script = format!("{line}\nset_poshcontext; printenv POSH_CREDENV");
            let home = Home::new().env("CREDENV_PROMPT", "a$b eu-west-1");
            home.run(shell, ["-c", &script]).stdout("a$b eu-west-1\n").check();
            tried += 1;
        }
    }
    assert!(tried > 0 || is_missing("bash"), "there is no row with a line");
}
