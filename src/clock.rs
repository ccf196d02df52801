//! Moments: read from the forms in which AWS tools and certificates write them, and told in words.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment, in seconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// Reads RFC 3339, also in the forms that AWS tools have written it in: `UTC` for `Z` (AWS CLI before 2.0), no zone
    /// at all, which means UTC, a zone without its colon or told twice (yawsso 1.4), a blank before the time (aws-mfa).
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date_and_time, zone) = match text.strip_suffix("UTC") {
            Some(bare) => (bare.trim_end(), "Z".to_owned()),
            None => without_zone(text),
        };
        let moment = OffsetDateTime::parse(&format!("{}{zone}", date_and_time.replacen(' ', "T", 1)), &Rfc3339);
        moment.ok().map(|moment| Self(moment.unix_timestamp()))
    }

    /// RFC 3339 in UTC, to the second: `2026-11-21T10:00:00Z`. A moment outside of the years 1 to 9999 is told as the
    /// nearest one inside.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let moment = self.calendar();
        let (date, time) = (moment.date(), moment.time());
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }

    /// The day in UTC: `2026-11-21`.
    #[must_use]
    pub fn day(self) -> String {
        let date = self.calendar().date();
        format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
    }

    fn calendar(self) -> OffsetDateTime {
        const FIRST: i64 = -62_135_596_800;
        const LAST: i64 = 253_402_300_799;
        OffsetDateTime::from_unix_timestamp(self.0.clamp(FIRST, LAST)).expect("the range is that of the calendar")
    }

    /// How far off it is, in words and in the two greatest units: `in 3 h 20 min`, `2 days ago`, `now`.
    #[must_use]
    pub fn seen_from(self, now: Self) -> String {
        let distance = self.0.abs_diff(now.0);
        let (days, hours, minutes) = (distance / 86_400, distance / 3_600 % 24, distance / 60 % 60);
        let days = |hours| match (days, hours) {
            (1, 0) => "1 day".to_owned(),
            (days, 0) => format!("{days} days"),
            (1, hours) => format!("1 day {hours} h"),
            (days, hours) => format!("{days} days {hours} h"),
        };
        let words = match distance {
            0..60 => {
                return if distance == 0 { "now".to_owned() } else { direction(self > now, &format!("{distance} s")) };
            }
            60..3_600 => format!("{minutes} min"),
            3_600..86_400 if minutes == 0 => format!("{hours} h"),
            3_600..86_400 => format!("{hours} h {minutes} min"),
            86_400..864_000 => days(hours),
            _ => days(0),
        };
        direction(self > now, &words)
    }
}

/// What stands before the zone, and the zone as RFC 3339 writes it.
fn without_zone(text: &str) -> (&str, String) {
    let Some(at) = text.get(DATE..).and_then(|rest| rest.find(['Z', 'z', '+', '-'])).map(|at| DATE + at) else {
        return (text, "Z".to_owned());
    };
    let (before, zone) = text.split_at(at);
    let once = zone.get(6..).filter(|more| *more == "+0000").map_or(zone, |_| &zone[..6]);
    let digits = once.get(1..).filter(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let zone =
        digits.map_or_else(|| once.to_owned(), |digits| format!("{}{}:{}", &once[..1], &digits[..2], &digits[2..]));
    (before, zone)
}

/// The length of `2026-11-21`.
const DATE: usize = 10;

fn direction(ahead: bool, words: &str) -> String {
    if ahead { format!("in {words}") } else { format!("{words} ago") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_that_aws_tools_write_is_read() {
        for text in [
            "2026-11-21T10:00:00Z",
            "2026-11-21T10:00:00UTC",
            "2026-11-21T10:00:00 UTC",
            "2026-11-21T10:00:00.000Z",
            "2026-11-21T11:00:00+01:00",
            "2026-11-21T10:00:00+00:00",
            "2026-11-21T10:00:00",
            "2026-11-21t10:00:00z",
            " 2026-11-21T10:00:00Z\n",
            "2026-11-21 10:00:00",
            "2026-11-21T10:00:00+0000",
            "2026-11-21T04:30:00-0530",
            "2026-11-21T10:00:00+00:00+0000",
            "2026-11-21T10:00:00.123456+00:00",
        ] {
            assert_eq!(Moment::from_rfc3339(text), Some(Moment(1_795_255_200)), "{text:?}");
        }
        for text in [
            "",
            "Z",
            "UTC",
            "tomorrow",
            "2026-11-21",
            "2026-13-01T00:00:00Z",
            "2026-11-21T10:00:00+0000x",
            "2026-11-21T10:00:00+00:00+0100",
            "2026-11-21T10:00:00Z+0000",
            "2026-11-21  10:00:00",
            "2026-11-2ä10:00:00",
            "None",
        ] {
            assert_eq!(Moment::from_rfc3339(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_distance_is_told_in_its_two_greatest_units() {
        let at = |seconds: i64| Moment(1_000_000 + seconds).seen_from(Moment(1_000_000));
        assert_eq!(
            [0, 1, 59, 60, 3_599, 3_600, 12_000, 86_399, 86_400, 90_000, 172_800, 864_000 + 7_200].map(at),
            [
                "now",
                "in 1 s",
                "in 59 s",
                "in 1 min",
                "in 59 min",
                "in 1 h",
                "in 3 h 20 min",
                "in 23 h 59 min",
                "in 1 day",
                "in 1 day 1 h",
                "in 2 days",
                "in 10 days"
            ]
        );
        assert_eq!([-1, -60, -12_000, -176_400].map(at), ["1 s ago", "1 min ago", "3 h 20 min ago", "2 days 1 h ago"]);
    }

    #[test]
    fn a_moment_outside_of_the_calendar_is_told_as_the_nearest_inside() {
        assert_eq!(Moment(i64::MIN).to_rfc3339(), "0001-01-01T00:00:00Z");
        assert_eq!(Moment(i64::MAX).day(), "9999-12-31");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(seconds in -62_135_596_800_i64..253_402_300_799) {
            let moment = Moment(seconds);
            prop_assert_eq!(Moment::from_rfc3339(&moment.to_rfc3339()), Some(moment));
            prop_assert!(moment.to_rfc3339().starts_with(&moment.day()));
        }

        #[test]
        fn no_text_is_too_much(text in ".{0,40}") {
            let _ = Moment::from_rfc3339(&text);
        }
    }
}
