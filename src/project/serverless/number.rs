//! Numbers as JavaScript reads and prints them: what a number in a project file becomes when it ends up as text.

/// The number that a word is to JavaScript's `Number`.
pub(super) fn parse(word: &str) -> Option<f64> {
    match word.get(..2) {
        Some("0x" | "0X") => return whole(&word[2..], 16),
        Some("0o" | "0O") => return whole(&word[2..], 8),
        Some("0b" | "0B") => return whole(&word[2..], 2),
        _ => {}
    }
    // Rust reads `inf` and `nan` too.
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    let decimal = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if decimal { word.parse().ok() } else { None }
}

fn whole(digits: &str, radix: u32) -> Option<f64> {
    let digits = digits.chars().map(|digit| digit.to_digit(radix)).collect::<Option<Vec<_>>>()?;
    (!digits.is_empty()).then(|| digits.iter().fold(0.0, |sum, &digit| sum * f64::from(radix) + f64::from(digit)))
}

/// A number as JavaScript prints it.
pub(super) fn shown(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    if (1e-6..1e21).contains(&value.abs()) {
        return value.to_string();
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}
