//! Keys as a terminal sends them: bytes, of which several may make one key.

/// A key that the picker knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character of the search.
    Char(char),
    /// Takes what is highlighted.
    Enter,
    /// Leaves.
    Leave,
    /// Leaves, where nothing was typed (Ctrl-D).
    EndOfInput,
    /// Erases a character.
    Backspace,
    /// Erases a word.
    EraseWord,
    /// Erases all.
    EraseAll,
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// As many lines up as are shown.
    PageUp,
    /// As many lines down as are shown.
    PageDown,
    /// The first line.
    Home,
    /// The last line.
    End,
}

/// What has come of a key so far.
#[derive(Debug, Default)]
pub struct Keys {
    /// The bytes of a key that is not whole yet.
    begun: Vec<u8>,
    /// Between the marks that a terminal puts around what is pasted: there a newline is no Enter.
    pasting: bool,
}

const ESCAPE: u8 = 0x1b;

/// No key takes more bytes; what goes on is dropped.
const LONGEST: usize = 32;

impl Keys {
    /// Takes a byte; the key that it completes.
    pub fn take(&mut self, byte: u8) -> Option<Key> {
        match (self.begun.as_slice(), byte) {
            // Twice in a row, the first one stood alone.
            ([ESCAPE], ESCAPE) => Some(Key::Leave),
            (_, ESCAPE) => {
                self.begun = vec![ESCAPE];
                None
            }
            ([], _) => self.first(byte),
            ([ESCAPE], b'[' | b'O') => {
                self.begun.push(byte);
                None
            }
            // With Alt. Esc and then Enter, fast enough, must not be taken for an Enter.
            ([ESCAPE], _) => {
                self.begun.clear();
                match byte {
                    0x03 => Some(Key::Leave),
                    0x08 | 0x7f => Some(Key::EraseWord),
                    _ => None,
                }
            }
            ([ESCAPE, b'O'], _) => {
                self.begun.clear();
                named(byte)
            }
            ([ESCAPE, ..], _) => self.sequence(byte),
            _ => self.character(byte),
        }
    }

    /// Takes it that nothing more comes for now: an Esc that stands alone is a key, and any other beginning is dropped.
    pub fn rest(&mut self) -> Option<Key> {
        let begun = std::mem::take(&mut self.begun);
        (begun == [ESCAPE]).then_some(Key::Leave)
    }

    fn first(&mut self, byte: u8) -> Option<Key> {
        match byte {
            0x03 | 0x07 => Some(Key::Leave),
            b'\r' | b'\n' | b'\t' if self.pasting => Some(Key::Char(' ')),
            0x00..=0x1f | 0x7f if self.pasting => None,
            0x04 => Some(Key::EndOfInput),
            0x08 | 0x7f => Some(Key::Backspace),
            b'\r' | b'\n' => Some(Key::Enter),
            0x0e => Some(Key::Down),
            0x10 => Some(Key::Up),
            0x15 => Some(Key::EraseAll),
            0x17 => Some(Key::EraseWord),
            b' '..=b'~' => Some(Key::Char(byte.into())),
            0x80.. => self.character(byte),
            _ => None,
        }
    }

    /// A byte of a character beyond ASCII.
    fn character(&mut self, byte: u8) -> Option<Key> {
        self.begun.push(byte);
        match std::str::from_utf8(&self.begun) {
            Ok(text) => {
                let char = text.chars().next().filter(|char| !char.is_control());
                self.begun.clear();
                char.map(Key::Char)
            }
            // It is not whole yet.
            Err(error) if error.error_len().is_none() => None,
            Err(_) => {
                let is_alone = self.begun.len() == 1;
                self.begun.clear();
                // What does not belong to it is the beginning of something else.
                if is_alone { None } else { self.first(byte) }
            }
        }
    }

    /// A byte behind `ESC [`.
    fn sequence(&mut self, byte: u8) -> Option<Key> {
        match (self.begun.get(2..), byte) {
            // The function keys of the Linux console: one byte more.
            (Some([]), b'[') => {
                self.begun.push(byte);
                None
            }
            (Some([b'[']), _) => {
                self.begun.clear();
                None
            }
            (_, b' '..=b'?') => {
                if self.begun.len() < LONGEST {
                    self.begun.push(byte);
                }
                None
            }
            (Some(parameters), b'@'..=b'~') => {
                let digits = parameters.split(|byte| !byte.is_ascii_digit()).next().unwrap_or_default();
                let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u16>().ok());
                self.begun.clear();
                match (byte, number) {
                    (b'~', Some(200)) => {
                        self.pasting = true;
                        None
                    }
                    (b'~', Some(201)) => {
                        self.pasting = false;
                        None
                    }
                    (b'~', Some(1 | 7)) => Some(Key::Home),
                    (b'~', Some(4 | 8)) => Some(Key::End),
                    (b'~', Some(5)) => Some(Key::PageUp),
                    (b'~', Some(6)) => Some(Key::PageDown),
                    (b'~', _) => None,
                    _ => named(byte),
                }
            }
            _ => {
                self.begun.clear();
                self.first(byte)
            }
        }
    }
}

/// The key with that letter at its end.
fn named(letter: u8) -> Option<Key> {
    match letter {
        b'A' => Some(Key::Up),
        b'B' => Some(Key::Down),
        b'H' => Some(Key::Home),
        b'F' => Some(Key::End),
        b'M' => Some(Key::Enter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The keys of these bytes, nothing following.
    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut keys = Keys::default();
        let mut found: Vec<_> = bytes.iter().filter_map(|byte| keys.take(*byte)).collect();
        found.extend(keys.rest());
        found
    }

    #[test]
    fn a_key_is_known_in_each_form_that_terminals_send() {
        for (forms, key) in [
            (&["\x1b[A", "\x1bOA", "\x1b[1;5A", "\x10"][..], Key::Up),
            (&["\x1b[B", "\x1bOB", "\x1b[1;2B", "\x0e"], Key::Down),
            (&["\x1b[5~", "\x1b[5;3~"], Key::PageUp),
            (&["\x1b[6~"], Key::PageDown),
            (&["\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\x1b[1;5H"], Key::Home),
            (&["\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~"], Key::End),
            (&["\r", "\n", "\x1bOM"], Key::Enter),
            (&["\x1b", "\x03", "\x07", "\x1b\x03"], Key::Leave),
            (&["\x7f", "\x08"], Key::Backspace),
            (&["\x17", "\x1b\x7f"], Key::EraseWord),
            (&["\x15"], Key::EraseAll),
            (&["\x04"], Key::EndOfInput),
            (&["ä"], Key::Char('ä')),
        ] {
            for form in forms {
                assert_eq!(keys(form.as_bytes()), [key], "{form:?}");
            }
        }
    }

    #[test]
    fn what_is_not_a_key_of_ours_is_nothing() {
        for bytes in
            ["\x1b[C", "\x1b[3~", "\x1b[15~", "\x1b[[A", "\x1bf", "\x1b\r", "\x1a", "\x00", "\x1b[", "\x1b[1;", "\x1bO"]
        {
            assert_eq!(keys(bytes.as_bytes()), [], "{bytes:?}");
        }
        assert_eq!(keys(b"\xc3"), []);
        assert_eq!(keys(b"\xff"), []);
        assert_eq!(keys("\u{9b}".as_bytes()), []);
    }

    #[test]
    fn what_stands_behind_a_damaged_key_still_counts() {
        assert_eq!(keys(b"\xc3a"), [Key::Char('a')]);
        assert_eq!(keys(b"\xe2\x82\xc3\xa4"), [Key::Char('ä')]);
        assert_eq!(keys(b"\x1b[1\x03"), [Key::Leave]);
        assert_eq!(keys(b"\x1b[\x1b[A"), [Key::Up]);
        assert_eq!(keys(b"\x1b\x1b[A"), [Key::Leave, Key::Up]);
    }

    #[test]
    fn a_key_may_come_in_parts() {
        let mut parts = Keys::default();
        assert_eq!(parts.take(ESCAPE), None);
        assert_eq!(parts.take(b'['), None);
        assert_eq!(parts.rest(), None);
        assert_eq!(parts.take(b'A'), Some(Key::Char('A')));
        assert_eq!(parts.take(ESCAPE), None);
        assert_eq!(parts.rest(), Some(Key::Leave));
    }

    #[test]
    fn a_newline_that_is_pasted_takes_nothing() {
        assert_eq!(
            keys(b"\x1b[200~a\r\nb\x15\x04\x7f\x1b[201~\r"),
            [Key::Char('a'), Key::Char(' '), Key::Char(' '), Key::Char('b'), Key::Enter]
        );
        assert_eq!(keys(b"\x1b[200~a\x03"), [Key::Char('a'), Key::Leave]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_end_of_memory_or_patience(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut keys = Keys::default();
            for byte in bytes {
                if let Some(Key::Char(char)) = keys.take(byte) {
                    prop_assert!(!char.is_control());
                }
                prop_assert!(keys.begun.len() <= LONGEST);
            }
            keys.rest();
            prop_assert_eq!(keys.take(3), Some(Key::Leave));
        }

        #[test]
        fn text_is_read_as_it_was_typed(text in "\\PC{0,20}") {
            let typed: Vec<_> = text.chars().filter(|char| !char.is_control()).map(Key::Char).collect();
            prop_assert_eq!(keys(text.as_bytes()), typed);
        }
    }
}
