//! Our line in a start-up file: added behind all that is there, found, and taken away to the byte.

/// The text of a file with our line in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Added {
    /// All of the file.
    pub text: Vec<u8>,
    /// In which line it stands, from 1.
    pub at: usize,
}

/// What is left of a file without our line.
#[derive(Debug, PartialEq, Eq)]
pub struct Removed {
    /// All of the file; none where it held nothing but our line.
    pub text: Option<Vec<u8>>,
    /// In which lines ours stood, from 1.
    pub at: Vec<usize>,
}

/// A line that loads the integration.
#[derive(Debug, PartialEq, Eq)]
pub struct Loading {
    /// Which one it is, from 1.
    pub at: usize,
    /// Its text, without the blanks around it.
    pub text: String,
}

/// Adds the line as the last one, with the line ends of the file; why not, where that would make something else of it.
///
/// Behind a file whose last line has no end, an empty line follows ours: so [`remove`] knows that the line before had none.
/// The same holds for a file that was there and empty, which is left so.
pub fn add(before: Option<&[u8]>, line: &str) -> Result<Added, &'static str> {
    let Some(before) = before else { return Ok(Added { text: format!("{line}\n").into(), at: 1 }) };
    if before.contains(&0) {
        return Err("it contains NUL bytes, as text in UTF-16 does");
    }
    if before.contains(&b'\r') && !before.contains(&b'\n') {
        return Err("its lines end with a carriage return alone");
    }
    let last = lines(before).last().unwrap_or_default();
    if trimmed_end(last).iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1 {
        return Err("its last line ends with a backslash, and would go on in ours");
    }
    let end = if before.contains(&b'\n') && lines(before).filter(|line| line.ends_with(b"\n")).all(is_crlf) {
        "\r\n"
    } else {
        "\n"
    };
    let mut text = before.to_vec();
    let is_ended = before.ends_with(b"\n");
    if !is_ended && !before.is_empty() {
        text.extend(end.as_bytes());
    }
    let at = lines(&text).count() + 1;
    text.extend([line, end, if is_ended { "" } else { end }].concat().into_bytes());
    Ok(Added { text, at })
}

/// Takes away each line that is one of these to the byte, and what [`add`] put around it; none where there is none.
#[must_use]
pub fn remove(text: &[u8], ours: &[&str]) -> Option<Removed> {
    let is_ours = |line: &[u8]| ours.iter().any(|ours| ours.as_bytes() == trimmed_end(line));
    let numbered = (1..).zip(lines(text));
    let at: Vec<usize> = numbered.filter(|(_, line)| is_ours(line)).map(|(at, _)| at).collect();
    if at.is_empty() {
        return None;
    }
    let mut left: Vec<&[u8]> = lines(text).filter(|line| !is_ours(line)).collect();
    let (mut before, mut empty) = (&b""[..], &b""[..]);
    for line in lines(text) {
        (before, empty) = (empty, line);
    }
    let had_no_end = is_ours(before) && before[trimmed_end(before).len()..] == *empty;
    if had_no_end {
        left.pop();
        if let Some(last) = left.last_mut() {
            *last = last.strip_suffix(empty).unwrap_or(last);
        }
    }
    let text = (had_no_end || !left.is_empty()).then(|| left.concat());
    Some(Removed { text, at })
}

/// The lines that load the integration, in whichever words; a comment does not.
#[must_use]
pub fn loading(text: &[u8]) -> Vec<Loading> {
    let lines = (1..).zip(lines(text)).map(|(at, line)| (at, String::from_utf8_lossy(line).trim().to_owned()));
    let found = lines.filter(|(_, line)| !line.starts_with('#') && line.contains("credenv") && line.contains(" init "));
    found.map(|(at, text)| Loading { at, text }).collect()
}

/// The lines with their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

fn trimmed_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_crlf(line: &[u8]) -> bool {
    line.ends_with(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINE: &str = r#"eval "$(credenv init bash)""#;

    fn added(before: Option<&str>) -> String {
        String::from_utf8(add(before.map(str::as_bytes), LINE).unwrap().text).unwrap()
    }

    #[test]
    fn the_line_is_the_last_one_and_ends_as_the_others_do() {
        assert_eq!(added(None), format!("{LINE}\n"));
        assert_eq!(added(Some("a\nb\n")), format!("a\nb\n{LINE}\n"));
        assert_eq!(added(Some("a\r\nb\r\n")), format!("a\r\nb\r\n{LINE}\r\n"));
        assert_eq!(added(Some("a\r\nb\n")), format!("a\r\nb\n{LINE}\n"));
        assert_eq!(add(Some(b"a\n\nb\n"), LINE).unwrap().at, 4);
    }

    #[test]
    fn an_empty_line_behind_it_tells_that_the_one_before_had_no_end() {
        assert_eq!(added(Some("a\nb")), format!("a\nb\n{LINE}\n\n"));
        assert_eq!(added(Some("a\r\nb")), format!("a\r\nb\r\n{LINE}\r\n\r\n"));
        assert_eq!(added(Some("")), format!("{LINE}\n\n"));
        assert_eq!((add(Some(b"a\nb"), LINE).unwrap().at, add(Some(b""), LINE).unwrap().at), (3, 1));
    }

    #[test]
    fn a_file_in_which_the_line_would_be_something_else_is_left_alone() {
        for before in [&b"\xff\xfea\0\n\0"[..], b"a\rb\r", b"a \\", b"a \\\n", b"a \\\r\n", b"a\\\\\\\n"] {
            assert!(add(Some(before), LINE).is_err(), "{before:?}");
        }
        assert!(add(Some(b"a\\\\\n"), LINE).is_ok());
    }

    fn removed(text: &str) -> Option<(Option<String>, Vec<usize>)> {
        let removed = remove(text.as_bytes(), &[LINE])?;
        Some((removed.text.map(|text| String::from_utf8(text).unwrap()), removed.at))
    }

    #[test]
    fn only_the_line_itself_goes() {
        assert_eq!(removed(&format!("a\n{LINE}\nb\n")), Some((Some("a\nb\n".into()), vec![2])));
        assert_eq!(removed(&format!("a\n{LINE}\n\nb\n")), Some((Some("a\n\nb\n".into()), vec![2])));
        assert_eq!(removed(&format!("a\n{LINE}")), Some((Some("a\n".into()), vec![2])));
        assert_eq!(removed(&format!("a\n{LINE}\r\n{LINE}\nb")), Some((Some("a\nb".into()), vec![2, 3])));
        assert_eq!(removed(&format!("{LINE}\n")), Some((None, vec![1])));
        assert_eq!(removed(&format!("a\n{LINE}\r")), Some((Some("a\n".into()), vec![2])));
        assert_eq!(removed(&format!("a\n{LINE}\n\r")), Some((Some("a\n\r".into()), vec![2])));
        assert_eq!(removed(&format!("a\n{LINE}\r\n\n")), Some((Some("a\n\n".into()), vec![2])));
        for edited in [format!("# {LINE}\n"), format!(" {LINE}\n"), format!("{LINE} \n"), format!("{LINE} # mine\n")] {
            assert_eq!(removed(&edited), None, "{edited}");
        }
    }

    #[test]
    fn a_line_that_loads_it_is_known_in_other_words_and_a_comment_is_none() {
        let text =
            format!("# {LINE}\n\t{LINE}\r\n  #credenv init bash\nsource <(~/bin/credenv init bash)\ncredenv use x\n");
        let found: Vec<_> = loading(text.as_bytes()).into_iter().map(|found| (found.at, found.text)).collect();
        assert_eq!(found, [(2, LINE.to_owned()), (4, "source <(~/bin/credenv init bash)".to_owned())]);
    }

    fn any_file() -> impl Strategy<Value = Option<Vec<u8>>> {
        let parts = [&b"\n"[..], b"\r\n", b"\r", b"a", b"\\", b"\xff", b" ", LINE.as_bytes(), b"# ", b"\0"];
        prop::option::of(
            prop::collection::vec(prop::sample::select(parts.to_vec()), 0..8).prop_map(|parts| parts.concat()),
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn what_is_added_and_removed_leaves_every_byte_as_it_was(before in any_file()) {
            prop_assume!(before.as_ref().is_none_or(|before| remove(before, &[LINE]).is_none()));
            if let Ok(added) = add(before.as_deref(), LINE) {
                prop_assert!(added.text.starts_with(before.as_deref().unwrap_or_default()));
                let line = lines(&added.text).nth(added.at - 1).unwrap();
                prop_assert_eq!(trimmed_end(line), LINE.as_bytes());
                let removed = remove(&added.text, &[LINE]).unwrap();
                prop_assert_eq!((removed.text, removed.at), (before, vec![added.at]));
            }
        }

        #[test]
        fn what_is_removed_is_nothing_but_whole_lines_and_ends(before in any_file()) {
            if let Some(removed) = before.as_deref().and_then(|before| remove(before, &[LINE])) {
                let words = |text: &[u8]| -> Vec<u8> {
                    text.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect()
                };
                let left = removed.text.unwrap_or_default();
                let before = before.unwrap_or_default();
                prop_assert_eq!(words(&left).len() + removed.at.len() * LINE.len(), words(&before).len());
                prop_assert!(remove(&left, &[LINE]).is_none());
            }
        }
    }
}
