//! What the picker shows: lines for a terminal of that size, and the bytes that draw them.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::{Picker, cleaned, matched};

/// So many lines at most: it is drawn below the prompt, and what stood above is to stay in sight.
const TALLEST: usize = 12;

/// The columns to which the search grows before its beginning is hidden. The cursor stands at its end, and where a
/// terminal that becomes narrower wraps the line before it, nobody could tell where the first line went.
const QUERY_COLUMNS: usize = 26;

const LABEL: &str = "profile: ";
const HELP: &str = "(type to search, Enter to switch, Esc to cancel)";
const NOTHING: &str = "no profile matches";
/// Stands for what is left out.
const CUT: &str = "…";

/// The size of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Lines.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

/// What is known of the profiles, by their numbers.
pub trait Facts {
    /// Words behind a name in the list, the most important one first.
    fn marks(&self, number: usize) -> Vec<Mark>;
    /// What is told of the highlighted one.
    fn details(&self, number: usize) -> Vec<String>;
}

/// A word behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The word itself.
    pub word: &'static str,
    /// Whether it warns.
    pub warns: bool,
}

/// How a piece of text looks. None of it says anything that the text does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    bold: bool,
    underlined: bool,
    tint: Tint,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Tint {
    #[default]
    Plain,
    Faint,
    Warning,
}

const FAINT: Look = Look { bold: false, underlined: false, tint: Tint::Faint };

/// A line, piece by piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Line {
    pieces: Vec<(String, Look)>,
    columns: usize,
}

/// What is drawn at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    lines: Vec<Line>,
    /// The column of the cursor, which stands in the first line.
    cursor: usize,
}

impl Picker<'_> {
    /// What is to be seen on a terminal of that size.
    pub fn frame(&mut self, size: Size, facts: &dyn Facts) -> Frame {
        // The last column is left free: terminals differ in what they do behind it.
        let width = size.columns.saturating_sub(1);
        let height = size.rows.clamp(1, TALLEST);
        let details = usize::min(if size.columns < 80 { 3 } else { 2 }, (height - 1) / 3);
        // As many as there are profiles, so that nothing moves while the search goes on.
        self.page = (height - 1 - details).min(self.shown.len().max(1));
        self.scroll();
        let (mut first, mut cursor) = self.search_line(width);
        if height == 1 {
            cursor = cursor.min(width / 2);
            first.cut(cursor);
            self.add_highlighted(&mut first, width);
        }
        let mut lines = vec![first];
        let mut told = Vec::new();
        let words = self.words();
        for place in self.top..self.top + self.page {
            lines.push(match self.found.get(place).copied() {
                Some(number) => {
                    let places = matched(&words, &self.shown[number], &mut self.matcher);
                    let places = places.map(|(_, places)| places).unwrap_or_default();
                    let row = self.row(place == self.at, number, &places, &facts.marks(number), width);
                    if place == self.at {
                        told.extend(row.is_cut.then(|| self.shown[number].clone().into_owned()));
                        told.extend(facts.details(number).iter().map(|text| cleaned(text).into_owned()));
                    }
                    row.line
                }
                None if place == 0 => Line::of(&format!("  {NOTHING}"), FAINT),
                None => Line::default(),
            });
        }
        let told = flow(&told, width.saturating_sub(2), details);
        lines.extend(told.iter().map(|text| Line::of(&format!("  {text}"), FAINT)));
        lines.resize(height.min(1 + self.page + details), Line::default());
        for line in &mut lines {
            line.cut(width);
        }
        Frame { lines, cursor: cursor.min(width) }
    }

    /// Keeps the highlighted name among those that are shown, and moves as little as can be.
    fn scroll(&mut self) {
        let page = self.page.max(1);
        let lowest = self.found.len().saturating_sub(page);
        self.top = self.top.min(self.at).max((self.at + 1).saturating_sub(page)).min(lowest);
    }

    /// What was typed and how many match; and where the cursor stands.
    fn search_line(&self, width: usize) -> (Line, usize) {
        let mut line = Line::of(LABEL, Look::default());
        let room = QUERY_COLUMNS.min(width.saturating_sub(LABEL.len() + 1));
        line.push(&end_of(&cleaned(&self.query), room), Look { bold: true, ..Look::default() });
        let cursor = line.columns;
        if self.query.is_empty() {
            line.push(&middle_cut(HELP, width.saturating_sub(cursor)), FAINT);
        }
        let count = format!("{} of {}", self.found.len(), self.shown.len());
        // Not at the right end: a line that is as short as can be seldom wraps when the terminal becomes narrower.
        if line.columns + 2 + count.len() <= width {
            line.push("  ", Look::default());
            line.push(&count, FAINT);
        }
        (line, cursor)
    }

    /// On a terminal of one line, what Enter would take has no other place.
    fn add_highlighted(&self, line: &mut Line, width: usize) {
        line.push(" > ", Look::default());
        let name = self.highlighted().map_or(NOTHING, |number| &self.shown[number]);
        line.push(&middle_cut(name, width.saturating_sub(line.columns)), Look::default());
    }

    /// A name in the list.
    fn row(&self, is_highlighted: bool, number: usize, matched: &[u32], marks: &[Mark], width: usize) -> Row {
        let name: Vec<char> = self.shown[number].chars().collect();
        let words: usize = marks.iter().map(|mark| 2 + columns(mark.word)).sum();
        let (head, tail) = kept(&name, width.saturating_sub(2 + words));
        let mut line = Line::of(if is_highlighted { "> " } else { "  " }, Look::default());
        for ((at, place), char) in (0..).zip(0u32..).zip(&name) {
            if at == head && head < tail {
                line.push(CUT, FAINT);
            }
            if at < head || at >= tail {
                let underlined = matched.contains(&place);
                let look = Look { bold: is_highlighted, underlined, tint: Tint::Plain };
                line.push(char.encode_utf8(&mut [0; 4]), look);
            }
        }
        for (at, mark) in marks.iter().enumerate() {
            line.push(if at == 0 { "  " } else { ", " }, Look::default());
            line.push(
                mark.word,
                Look { tint: if mark.warns { Tint::Warning } else { Tint::Faint }, ..Look::default() },
            );
        }
        Row { line, is_cut: head < tail }
    }
}

/// A line of the list.
struct Row {
    line: Line,
    /// A part of the name had to be left out.
    is_cut: bool,
}

impl Line {
    fn of(text: &str, look: Look) -> Self {
        let mut line = Self::default();
        line.push(text, look);
        line
    }

    fn push(&mut self, text: &str, look: Look) {
        self.columns += columns(text);
        match self.pieces.last_mut() {
            Some((last, same)) if *same == look => last.push_str(text),
            _ => self.pieces.push((text.to_owned(), look)),
        }
    }

    /// Drops what stands behind that column.
    fn cut(&mut self, width: usize) {
        while self.columns > width {
            let Some((text, _)) = self.pieces.last_mut() else { break };
            match text.pop() {
                Some(char) => self.columns -= columns_of(char),
                None => drop(self.pieces.pop()),
            }
        }
    }
}

impl Frame {
    /// What draws it, from anywhere in the first line of the frame before, and leaves the cursor in its own first line:
    /// the lines are written over and not cleared before, so that nothing flickers.
    #[must_use]
    pub fn drawn(&self, coloured: bool) -> String {
        // Without a cursor that runs about, and without wrapping: a terminal may take a character for wider than we do.
        let mut text = "\x1b[?25l\x1b[?7l\r".to_owned();
        for (at, line) in self.lines.iter().enumerate() {
            if at > 0 {
                text.push_str("\r\n");
            }
            for (piece, look) in &line.pieces {
                look.draw(piece, coloured, &mut text);
            }
            text.push_str("\x1b[K");
        }
        text.push_str("\x1b[J\r");
        if self.lines.len() > 1 {
            let _ = write!(text, "\x1b[{}A", self.lines.len() - 1);
        }
        if self.cursor > 0 {
            let _ = write!(text, "\x1b[{}C", self.cursor);
        }
        text.push_str("\x1b[?7h\x1b[?25h");
        text
    }
}

impl Look {
    fn draw(self, piece: &str, coloured: bool, text: &mut String) {
        let tint = match self.tint {
            Tint::Faint => Some("2"),
            Tint::Warning if coloured => Some("33"),
            Tint::Plain | Tint::Warning => None,
        };
        let codes = [self.bold.then_some("1"), self.underlined.then_some("4"), tint];
        let codes = codes.into_iter().flatten().collect::<Vec<_>>().join(";");
        if codes.is_empty() {
            text.push_str(piece);
        } else {
            let _ = write!(text, "\x1b[{codes}m{piece}\x1b[m");
        }
    }
}

fn columns_of(char: char) -> usize {
    char.width().unwrap_or(0)
}

fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// How many characters at the beginning are kept and where the end begins that is kept too, so that they take at most
/// `width` columns with a mark for what is left out between them: names often differ at their end.
fn kept(text: &[char], width: usize) -> (usize, usize) {
    if text.iter().copied().map(columns_of).sum::<usize>() <= width {
        return (text.len(), text.len());
    }
    let room = width.saturating_sub(columns(CUT));
    let (mut head, mut left) = (0, room.div_ceil(2));
    while let Some(rest) = text.get(head).and_then(|char| left.checked_sub(columns_of(*char))) {
        (head, left) = (head + 1, rest);
    }
    let (mut tail, mut left) = (text.len(), room / 2 + left);
    while let Some(rest) = text[head..tail].last().and_then(|char| left.checked_sub(columns_of(*char))) {
        (tail, left) = (tail - 1, rest);
    }
    // A mark above a letter goes with the letter.
    while text.get(tail).is_some_and(|char| columns_of(*char) == 0) {
        tail += 1;
    }
    (head, tail)
}

/// Text of at most `width` columns, its middle left out.
fn middle_cut(text: &str, width: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (head, tail) = kept(&chars, width);
    let mark = if head < tail { CUT } else { "" };
    chars[..head].iter().collect::<String>() + mark + &chars[tail..].iter().collect::<String>()
}

/// The end of a text, in at most `width` columns.
fn end_of(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(columns(CUT));
    let fits = |char: &char| {
        let rest = left.checked_sub(columns_of(*char));
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    let end: Vec<char> = text.chars().rev().take_while(fits).collect();
    CUT.chars().chain(end.into_iter().rev()).collect()
}

/// Texts one behind the other, in at most so many lines of so many columns.
fn flow(texts: &[String], width: usize, lines: usize) -> Vec<String> {
    let mut flown: Vec<String> = Vec::new();
    for text in texts {
        // Room for a comma is kept.
        let text = middle_cut(text, width.saturating_sub(1));
        match flown.last_mut() {
            Some(last) if columns(last) + 2 + columns(&text) < width => {
                last.push_str(", ");
                last.push_str(&text);
            }
            last => {
                if let Some(last) = last {
                    last.push(',');
                }
                flown.push(text);
            }
        }
    }
    if flown.len() > lines {
        flown.truncate(lines);
        if let Some(last) = flown.last_mut() {
            last.pop();
            last.push_str(CUT);
        }
    }
    flown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picker::Pressed;
    use crate::picker::keys::Key;
    use crate::picker::tests::any_key;
    use proptest::prelude::*;

    const NAMES: [&str; 7] = [
        "dev",
        "preprod",
        "prodProfile",
        "konto-ä",
        "a-very-long-name-that-tells-the-account-123456789012",
        "日本語",
        "x\u{202e}y",
    ];

    struct Told;

    impl Facts for Told {
        fn marks(&self, number: usize) -> Vec<Mark> {
            let protected = Mark { word: "protected", warns: true };
            let active = Mark { word: "active", warns: false };
            match number {
                0 => vec![active],
                2 => vec![protected, active],
                4 => vec![protected],
                _ => Vec::new(),
            }
        }

        fn details(&self, number: usize) -> Vec<String> {
            let texts = [
                "kind role",
                "account 123456789012",
                "role Deploy",
                "region eu-west-1",
                "~/.aws/config:11",
                "esc \u{1b}[31m",
            ];
            texts[..texts.len() - usize::from(number < 6)].iter().map(|text| (*text).to_owned()).collect()
        }
    }

    fn shown(picker: &mut Picker<'_>, rows: usize, columns: usize) -> Vec<String> {
        let frame = picker.frame(Size { rows, columns }, &Told);
        let text = |line: &Line| line.pieces.iter().map(|(text, _)| text.as_str()).collect::<String>();
        frame.lines.iter().map(|line| text(line).trim_end().to_owned()).collect()
    }

    fn picker(typed: &str) -> Picker<'static> {
        let mut picker = Picker::new(&NAMES, &[]);
        typed.chars().for_each(|char| assert_eq!(picker.press(Key::Char(char)), Pressed::Goes));
        picker
    }

    #[test]
    fn on_a_wide_terminal_there_are_the_search_the_names_and_what_the_highlighted_one_is() {
        let mut picker = picker("");
        picker.press(Key::Down);
        picker.press(Key::Down);
        assert_eq!(
            shown(&mut picker, 24, 80),
            [
                "profile: (type to search, Enter to switch, Esc to cancel)  7 of 7",
                "  dev  active",
                "  preprod",
                "> prodProfile  protected, active",
                "  konto-ä",
                "  a-very-long-name-that-tells-the-account-123456789012  protected",
                "  日本語",
                "  x\\u{202e}y",
                "  kind role, account 123456789012, role Deploy, region eu-west-1,",
                "  ~/.aws/config:11",
            ]
        );
    }

    #[test]
    fn on_a_narrow_one_a_long_name_keeps_both_its_ends_and_stands_below_in_full() {
        let mut picker = picker("long");
        assert_eq!(
            shown(&mut picker, 24, 40),
            [
                "profile: long  1 of 7",
                "> a-very-long-n…123456789012  protected",
                "",
                "",
                "",
                "",
                "",
                "",
                "  a-very-long-name-t…ount-123456789012,",
                "  kind role, account 123456789012,",
                "  role Deploy, region eu-west-1…",
            ]
        );
    }

    #[test]
    fn a_low_terminal_shows_what_fits_and_one_of_a_single_line_what_enter_would_take() {
        let mut picker = picker("");
        picker.press(Key::End);
        assert_eq!(
            shown(&mut picker, 5, 80)[1..],
            [
                "  a-very-long-name-that-tells-the-account-123456789012  protected",
                "  日本語",
                "> x\\u{202e}y",
                "  kind role, account 123456789012, role Deploy, region eu-west-1…"
            ]
        );
        picker.press(Key::Home);
        assert_eq!(shown(&mut picker, 2, 80)[1..], ["> dev  active"]);
        typed(&mut picker, "prodp");
        assert_eq!(shown(&mut picker, 1, 60), ["profile: prodp > prodProfile"]);
    }

    #[test]
    fn that_nothing_matches_is_said() {
        assert_eq!(shown(&mut picker("xx"), 3, 30), ["profile: xx  0 of 7", "  no profile matches", ""]);
    }

    #[test]
    fn what_was_found_is_underlined_and_a_warning_coloured_where_there_may_be_colours() {
        let mut picker = picker("pp");
        let frame = picker.frame(Size { rows: 2, columns: 40 }, &Told);
        let start = "\x1b[?25l\x1b[?7l\rprofile: \x1b[1mpp\x1b[m  \x1b[2m2 of 7\x1b[m\x1b[K\r\n> ";
        let name = "\x1b[1;4mp\x1b[m\x1b[1mrod\x1b[m\x1b[1;4mP\x1b[m\x1b[1mrofile\x1b[m  ";
        let end = ", \x1b[2mactive\x1b[m\x1b[K\x1b[J\r\x1b[1A\x1b[11C\x1b[?7h\x1b[?25h";
        assert_eq!(frame.drawn(true), [start, name, "\x1b[33mprotected\x1b[m", end].concat());
        assert_eq!(frame.drawn(false), [start, name, "protected", end].concat());
    }

    fn typed(picker: &mut Picker<'_>, text: &str) {
        text.chars().for_each(|char| assert_eq!(picker.press(Key::Char(char)), Pressed::Goes));
    }

    #[test]
    fn only_the_end_of_a_long_search_is_shown() {
        let mut picker = picker("");
        typed(&mut picker, &"語".repeat(40));
        let frame = picker.frame(Size { rows: 2, columns: 40 }, &Told);
        assert_eq!(shown(&mut picker, 2, 40)[0], format!("profile: …{}", "語".repeat(12)));
        assert_eq!(frame.cursor, 9 + 25);
    }

    proptest! {
        #[test]
        fn at_any_size_every_line_fits_and_the_highlighted_name_is_among_them(
            names in prop::collection::vec("[abA ä語\u{301}\u{202e}-]{1,12}|\\PC{1,60}", 0..30),
            typed in prop::collection::vec((any_key(), 0usize..30, 0usize..100), 1..20),
        ) {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let mut picker = Picker::new(&names, &[]);
            for (key, rows, columns) in typed {
                picker.press(key);
                let frame = picker.frame(Size { rows, columns }, &Told);
                prop_assert!(frame.lines.len() <= rows.clamp(1, TALLEST));
                prop_assert!(frame.cursor < columns.max(1));
                for line in &frame.lines {
                    let text: String = line.pieces.iter().map(|(text, _)| text.as_str()).collect();
                    prop_assert_eq!(super::columns(&text), line.columns);
                    prop_assert!(line.columns < columns.max(1), "{} in {}: {:?}", line.columns, columns, text);
                    prop_assert!(!text.contains(char::is_control));
                }
                let is_marked = |line: &&Line| line.pieces.first().is_some_and(|(text, _)| text.starts_with('>'));
                let highlighted = frame.lines[1..].iter().filter(is_marked);
                let expected = picker.highlighted().is_some() && rows > 1 && columns > 1;
                prop_assert_eq!(highlighted.count(), usize::from(expected));
            }
        }
    }
}
