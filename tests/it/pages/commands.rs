//! Every `credenv …` that is written anywhere, in a block or in the middle of a sentence, is one that credenv takes.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use credenv::cli;

use super::blocks::{Block, blocks, pages, prose};

/// In these blocks, lines are commands.
const TYPED: [&str; 8] = ["console", "sh", "bash", "zsh", "fish", "powershell", "bat", "nu"];

/// The words up to where the command ends, quotes taken away.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for char in command.chars() {
        match (char, quote) {
            (char, Some(open)) if char == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (' ', None) => words.extend(word.take()),
            ('|' | '&' | ';' | '<' | '>' | '(' | ')' | '`' | '#', None) => break,
            (char, _) => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

/// The calls of credenv in a text: what stands behind its name.
fn calls(text: &str) -> impl Iterator<Item = Vec<String>> {
    let is_name = |at: usize| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|char| !char.is_alphanumeric() && !"/_.-:=[".contains(char))
    };
    let places = text.match_indices("credenv ").filter(move |(at, _)| is_name(*at));
    places.map(|(at, name)| {
        let (before, behind) = (text[..at].chars().next_back(), &text[at + name.len()..]);
        // What another program is given in quotes ends with them.
        let quote = before.filter(|char| matches!(char, '\'' | '"'));
        words(quote.and_then(|quote| behind.split(quote).next()).unwrap_or(behind))
    })
}

/// What is in backticks, where two of them may stand in place of one.
fn quoted(prose: &str) -> Vec<String> {
    prose
        .split("\n\n")
        .flat_map(|paragraph| {
            let marked = paragraph.replace("`` ` ``", "").replace("``", "`");
            let spans: Vec<_> = marked.split('`').map(str::to_owned).collect();
            spans.into_iter().skip(1).step_by(2)
        })
        .map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ").replace("\\|", "|"))
        .collect()
}

/// Why credenv would not take these words. What is only hinted at may be incomplete, and capitals stand for anything.
fn refused(words: &[String]) -> Option<String> {
    let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
    let error = cli::parse(&arguments).err()?;
    let stands_for_anything = |value: &ContextValue| matches!(value, ContextValue::String(text) if text.chars().all(|char| char.is_ascii_uppercase()));
    let is_meant = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::MissingRequiredArgument => true,
        ErrorKind::InvalidValue => error.get(ContextKind::InvalidValue).is_some_and(stands_for_anything),
        _ => false,
    };
    (!is_meant).then(|| error.to_string().lines().next().unwrap_or_default().to_owned())
}

fn typed(block: &Block) -> Vec<String> {
    match block.language.as_str() {
        "console" => block.typed().map(str::to_owned).collect(),
        language if TYPED.contains(&language) => block.text.lines().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_command_that_is_written_is_one_that_credenv_takes() {
    let commands: Vec<_> = cli::definitions().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let (mut seen, mut wrong) = (0, Vec::new());
    for page in pages() {
        let mut told = quoted(&prose(&page));
        // In a sentence its name may be left out: `use --stage STAGE`.
        let starts_with_one = |span: &&String| {
            span.split_once(' ').is_some_and(|(first, _)| commands.iter().any(|command| command == first))
        };
        let short: Vec<_> = told.iter().filter(starts_with_one).map(|span| format!("credenv {span}")).collect();
        told.extend(short);
        told.extend(blocks(&page).iter().flat_map(typed));
        for text in told {
            for words in calls(&text) {
                seen += 1;
                wrong.extend(refused(&words).map(|why| format!("{}: `{text}`: {why}", page.path)));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(seen > 200, "only {seen} commands were found");
}

#[test]
fn a_command_that_does_not_exist_would_be_noticed() {
    let why = |text: &str| calls(text).find_map(|words| refused(&words));
    for right in [
        "eval \"$(credenv use X --creds)\" && deploy",
        "credenv init SHELL",
        "credenv configure",
        "for /f %i in ('credenv use prodProfile --shell cmd') do @%i",
        "~/.config/credenv --nope",
    ] {
        assert_eq!(why(right), None, "{right}");
    }
    for wrong in ["credenv switch X", "x; credenv list --lang", "credenv init tcl", "(credenv use A B)"] {
        assert!(why(wrong).is_some(), "{wrong}");
    }
    assert_eq!(quoted("a `b\nc` d ``e f``\n\n`g` \\|"), ["b c", "e f", "g"]);
}
