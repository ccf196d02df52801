//! Plain scalars that are text to our reader of YAML and something else to js-yaml.

use super::number;
use super::resolve::Scalar;

/// Tells whether a text would be something else if it stood there without quotes.
pub(super) fn may_differ(text: &str) -> bool {
    text.len() <= 400 && read(text).is_some()
}

/// What js-yaml makes of it: a whole number with leading zeros or of any length is a number, and a date is a time.
pub(super) fn read(text: &str) -> Option<Scalar> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return number::parse(text).map(|value| Scalar::Number(number::shown(value)));
    }
    let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    let digits = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    // A day that is not in its month is one of the next to JavaScript; nobody means that.
    (1..=last).contains(&day).then(|| Scalar::Text(format!("{text}T00:00:00.000Z")))
}
