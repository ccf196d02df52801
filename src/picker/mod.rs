//! The list from which a profile is picked: what is typed narrows it, best matches first. Pure; commands/pick.rs puts it
//! on a terminal.

pub mod keys;
pub mod view;

use std::borrow::Cow;
use std::collections::HashMap;

use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String, chars};

use crate::core::text::clean;
use keys::Key;

/// Nobody types more, and the score of a longer match would not fit its number.
const LONGEST_QUERY: usize = 100;

/// What a key came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// The list may look different now.
    Goes,
    /// This one of the names was taken.
    Took(usize),
    /// It was left without taking anything.
    Left,
}

/// The list and what was typed so far.
pub struct Picker<'n> {
    /// The names as they are shown, and searched in.
    shown: Vec<Cow<'n, str>>,
    /// What was typed.
    query: String,
    /// The names that match, best first; as numbers, in the order that they were given in.
    found: Vec<usize>,
    /// All of them, those used last first.
    order: Vec<usize>,
    /// Which of the found ones is highlighted.
    at: usize,
    /// Which of the found ones is shown at the top.
    top: usize,
    /// How many are shown.
    page: usize,
    matcher: Matcher,
}

impl<'n> Picker<'n> {
    /// These names, in their order, but for those used before: they come first, the last one first.
    #[must_use]
    pub fn new(names: &[&'n str], used: &[String]) -> Self {
        let ranks: HashMap<&str, usize> = used.iter().map(String::as_str).zip(0..).collect();
        let (mut first, mut rest) = (vec![None; used.len()], Vec::new());
        for (number, name) in names.iter().enumerate() {
            match ranks.get(name) {
                Some(rank) => first[*rank] = Some(number),
                None => rest.push(number),
            }
        }
        let order: Vec<usize> = first.into_iter().flatten().chain(rest).collect();
        Self {
            shown: names.iter().map(|name| cleaned(name)).collect(),
            query: String::new(),
            found: order.clone(),
            order,
            at: 0,
            top: 0,
            page: 1,
            matcher: Matcher::new(Config::DEFAULT),
        }
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> Pressed {
        let last = self.found.len().saturating_sub(1);
        match key {
            Key::Enter => {
                if let Some(number) = self.found.get(self.at) {
                    return Pressed::Took(*number);
                }
            }
            Key::Leave => return Pressed::Left,
            Key::EndOfInput if self.query.is_empty() => return Pressed::Left,
            Key::EndOfInput => {}
            Key::Up => self.at = self.at.saturating_sub(1),
            Key::Down => self.at = (self.at + 1).min(last),
            Key::PageUp => self.at = self.at.saturating_sub(self.page),
            Key::PageDown => self.at = (self.at + self.page).min(last),
            Key::Home => self.at = 0,
            Key::End => self.at = last,
            Key::Char(char) => {
                if self.query.chars().count() < LONGEST_QUERY {
                    self.query.push(char);
                    self.search();
                }
            }
            Key::Backspace => {
                if self.query.pop().is_some() {
                    self.search();
                }
            }
            Key::EraseWord => {
                let kept = self.query.trim_end().rfind(char::is_whitespace);
                let kept = kept.map_or(0, |at| at + self.query[at..].chars().next().map_or(0, char::len_utf8));
                self.query.truncate(kept);
                self.search();
            }
            Key::EraseAll => {
                self.query.clear();
                self.search();
            }
        }
        Pressed::Goes
    }

    /// The name that is highlighted.
    #[must_use]
    pub fn highlighted(&self) -> Option<usize> {
        self.found.get(self.at).copied()
    }

    fn search(&mut self) {
        (self.at, self.top) = (0, 0);
        let words = self.words();
        let mut scored = Vec::with_capacity(self.order.len());
        for (place, number) in self.order.iter().enumerate() {
            if let Some((score, _)) = matched(&words, &self.shown[*number], &mut self.matcher) {
                // The best first, and of several that match as well, the one used last.
                scored.push((u32::MAX - score, place));
            }
        }
        scored.sort_unstable();
        self.found = scored.into_iter().map(|(_, place)| self.order[place]).collect();
    }

    /// The words that were typed, each of which must match.
    fn words(&self) -> Vec<Word> {
        self.query.split_whitespace().map(Word::new).collect()
    }
}

/// A word of the search. Its letters may lie apart in a name.
struct Word {
    text: Utf32String,
    /// Without a capital, it matches capitals as well.
    ignores_case: bool,
    /// Without a letter that has a mark, it matches such letters as well.
    ignores_marks: bool,
}

impl Word {
    fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            ignores_case: !text.chars().any(chars::is_upper_case),
            ignores_marks: text.chars().all(|char| chars::normalize(char) == char),
        }
    }
}

/// How well all the words match a name, and which of its characters they matched.
fn matched(words: &[Word], name: &str, matcher: &mut Matcher) -> Option<(u32, Vec<u32>)> {
    let (mut score, mut places, mut buffer) = (0, Vec::new(), Vec::new());
    let name = Utf32Str::new(name, &mut buffer);
    for word in words {
        matcher.config.ignore_case = word.ignores_case;
        matcher.config.normalize = word.ignores_marks;
        score += u32::from(matcher.fuzzy_indices(name, word.text.slice(..), &mut places)?);
    }
    Some((score, places))
}

/// A name as a terminal may show it; almost all are that already.
fn cleaned(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| matches!(byte, b' '..=b'~')) { Cow::Borrowed(name) } else { Cow::Owned(clean(name)) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 6] = ["dev", "preprod", "prod", "Production", "konto-ä", "acme-dev-eu"];

    fn typed(picker: &mut Picker<'_>, text: &str) {
        for char in text.chars() {
            assert_eq!(picker.press(Key::Char(char)), Pressed::Goes);
        }
    }

    fn found(text: &str) -> Vec<&'static str> {
        let mut picker = Picker::new(&NAMES, &[]);
        typed(&mut picker, text);
        picker.found.iter().map(|number| NAMES[*number]).collect()
    }

    #[test]
    fn nothing_typed_finds_all_those_used_last_first() {
        let used = ["acme-dev-eu", "gone", "prod"].map(str::to_owned);
        let picker = Picker::new(&NAMES, &used);
        let found: Vec<_> = picker.found.iter().map(|number| NAMES[*number]).collect();
        assert_eq!(found, ["acme-dev-eu", "prod", "dev", "preprod", "Production", "konto-ä"]);
    }

    #[test]
    fn the_best_match_comes_first_and_of_equals_the_one_used_last() {
        assert_eq!(found("prod"), ["prod", "Production", "preprod"]);
        let names = ["a-dev", "b-dev"];
        let mut picker = Picker::new(&names, &["b-dev".to_owned()]);
        typed(&mut picker, "dev");
        assert_eq!(picker.found, [1, 0]);
    }

    #[test]
    fn letters_may_be_left_out_and_every_word_must_match() {
        assert_eq!(found("adeu"), ["acme-dev-eu"]);
        assert_eq!(found("eu dev"), ["acme-dev-eu"]);
        assert_eq!(found("dev  "), ["dev", "acme-dev-eu"]);
        assert_eq!(found("dev prod"), [""; 0]);
    }

    #[test]
    fn a_capital_matches_itself_alone_and_a_plain_letter_those_with_marks_too() {
        assert_eq!(found("Prod"), ["Production"]);
        assert_eq!(found("PROD"), [""; 0]);
        assert_eq!(found("konto-a"), ["konto-ä"]);
        assert_eq!(found("ä"), ["konto-ä"]);
    }

    #[test]
    fn what_means_something_to_fzf_is_plain_text() {
        assert_eq!(found("^prod"), [""; 0]);
        assert_eq!(found("!prod"), [""; 0]);
        assert_eq!(found("konto\\"), [""; 0]);
    }

    #[test]
    fn erasing_finds_again_what_typing_lost() {
        let mut picker = Picker::new(&NAMES, &[]);
        typed(&mut picker, "dev prox");
        assert_eq!(picker.found, [0; 0]);
        picker.press(Key::Backspace);
        assert_eq!(picker.query, "dev pro");
        picker.press(Key::EraseWord);
        assert_eq!((picker.query.as_str(), picker.found.as_slice()), ("dev ", &[0, 5][..]));
        picker.press(Key::EraseWord);
        assert_eq!((picker.query.as_str(), picker.found.len()), ("", 6));
        picker.press(Key::EraseWord);
        picker.press(Key::Backspace);
        typed(&mut picker, "x y");
        picker.press(Key::EraseAll);
        assert_eq!((picker.query.as_str(), picker.found.len()), ("", 6));
    }

    #[test]
    fn the_highlight_moves_within_what_was_found_and_enter_takes_it() {
        let mut picker = Picker::new(&NAMES, &[]);
        picker.page = 4;
        for (key, at) in [
            (Key::Up, 0),
            (Key::Down, 1),
            (Key::PageDown, 5),
            (Key::Down, 5),
            (Key::PageDown, 5),
            (Key::Up, 4),
            (Key::PageUp, 0),
            (Key::End, 5),
            (Key::Home, 0),
            (Key::Down, 1),
        ] {
            assert_eq!((picker.press(key), picker.at), (Pressed::Goes, at), "{key:?}");
        }
        assert_eq!(picker.press(Key::Enter), Pressed::Took(1));
        typed(&mut picker, "konto");
        assert_eq!(picker.press(Key::Enter), Pressed::Took(4));
        assert_eq!(picker.press(Key::EndOfInput), Pressed::Goes);
        typed(&mut picker, "xx");
        assert_eq!((picker.highlighted(), picker.press(Key::Enter)), (None, Pressed::Goes));
        for key in [Key::Down, Key::PageDown, Key::End, Key::Up] {
            assert_eq!((picker.press(key), picker.at), (Pressed::Goes, 0), "{key:?}");
        }
        assert_eq!(picker.press(Key::Leave), Pressed::Left);
        picker.press(Key::EraseAll);
        assert_eq!(picker.press(Key::EndOfInput), Pressed::Left);
    }

    #[test]
    fn a_name_is_found_as_it_is_shown() {
        let names = ["a\u{202e}b", "plain"];
        let mut picker = Picker::new(&names, &[]);
        typed(&mut picker, "\\u{202e}");
        assert_eq!(picker.press(Key::Enter), Pressed::Took(0));
    }

    struct Nothing;

    impl view::Facts for Nothing {
        fn marks(&self, _: usize) -> Vec<view::Mark> {
            Vec::new()
        }

        fn details(&self, _: usize) -> Vec<String> {
            Vec::new()
        }
    }

    pub(super) fn any_key() -> impl Strategy<Value = Key> {
        prop_oneof![
            6 => any::<char>().prop_filter("no control", |char| !char.is_control()).prop_map(Key::Char),
            6 => prop::sample::select(vec!['a', 'b', 'A', 'ä', ' ', '-', '\\', '語', 'é', '\u{301}']).prop_map(Key::Char),
            1 => Just(Key::Backspace),
            1 => Just(Key::EraseWord),
            1 => Just(Key::EraseAll),
            1 => Just(Key::Up),
            3 => Just(Key::Down),
            1 => Just(Key::PageUp),
            1 => Just(Key::PageDown),
            1 => Just(Key::Home),
            1 => Just(Key::End),
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_typed_what_is_found_matches_and_is_found_once(
            names in prop::collection::vec("[abA ä語\u{301}\u{202e}-]{1,12}|\\PC{1,40}", 0..12),
            used in prop::collection::vec("[abA]{1,2}", 0..4),
            typed in prop::collection::vec(any_key(), 0..30),
        ) {
            // No two profiles have one name.
            let names: Vec<_> = names.iter().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
            let mut picker = Picker::new(&names, &used);
            for key in typed {
                prop_assert_eq!(picker.press(key), Pressed::Goes);
                let mut once = picker.found.clone();
                once.sort_unstable();
                once.dedup();
                prop_assert_eq!(once.len(), picker.found.len());
                prop_assert!(picker.at < picker.found.len().max(1));
                let words = picker.words();
                for number in picker.found.clone() {
                    let name: Vec<char> = picker.shown[number].chars().collect();
                    let (_, places) = matched(&words, &picker.shown[number], &mut picker.matcher).unwrap();
                    prop_assert!(places.iter().all(|at| name.get(*at as usize).is_some()));
                    prop_assert_eq!(places.is_empty(), words.is_empty());
                }
            }
            picker.press(Key::EraseAll);
            prop_assert_eq!(picker.found.len(), names.len());
        }

    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn a_name_without_end_and_a_query_without_end_are_borne(char in any::<char>(), times in 1usize..20_000) {
            let name = clean(&char.to_string()).repeat(times);
            let names = [name.as_str()];
            let mut picker = Picker::new(&names, &[]);
            for _ in 0..LONGEST_QUERY + 10 {
                picker.press(Key::Char(char));
            }
            picker.frame(view::Size { rows: 24, columns: 80 }, &Nothing);
        }
    }
}
