//! What `CREDENV_PROMPT` says: who the next command will be, in the few words that a prompt has room for.

use super::profile::{account_of_arn, role_of_arn};
use super::text;

/// The variables by which programs find who they are, and so what the text follows from.
pub const DECIDING: [&str; 8] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
];

/// So much of one name is shown, in characters: a prompt is a line.
const LONGEST_NAME: usize = 80;

/// Who one program or another will be. Where it is more than one, they do not agree on which variable wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'w> {
    /// Keys in the environment; whose they are, where credenv put them there.
    Keys(Option<&'w str>),
    /// A role, by a token.
    WebIdentity(&'w str),
    /// A profile, by its name.
    Profile(&'w str),
}

/// Whether an identity is one that the person protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// It is not.
    No,
    /// It is.
    Yes,
    /// Their config cannot be read.
    Unknown,
}

/// The text: each identity with what is to be known of it, the word `or` between them, and the region. What stands in
/// parentheses is ours, the rest are names. None where nothing is chosen.
#[must_use]
pub fn text(who: &[(Who<'_>, Protection)], region: Option<&str>) -> Option<String> {
    if who.is_empty() {
        return None;
    }
    let told: Vec<String> = who.iter().map(|(who, protection)| one(*who, *protection)).collect();
    let region = region.map_or_else(String::new, |region| format!(" {}", harmless(region)));
    Some(format!("{}{region}", told.join(" or ")))
}

fn one(who: Who<'_>, protection: Protection) -> String {
    let protection = match protection {
        Protection::No => None,
        Protection::Yes => Some("protected"),
        Protection::Unknown => Some("protected?"),
    };
    let with = |first: Option<&'static str>| {
        let words: Vec<_> = first.into_iter().chain(protection).collect();
        if words.is_empty() { String::new() } else { format!("({})", words.join(", ")) }
    };
    let around = |before: String, between: &str, after: String| {
        let between = if before.is_empty() || after.is_empty() { "" } else { between };
        format!("{before}{between}{after}")
    };
    match who {
        Who::Keys(whose) => around(whose.map_or_else(String::new, harmless), " ", with(Some("keys"))),
        Who::WebIdentity(role) => around(with(Some("web identity")), " ", harmless(&short(role))),
        Who::Profile(name) => around(harmless(name), " ", with(None)),
    }
}

/// `123456789012/Deploy` of `arn:aws:iam::123456789012:role/path/Deploy`.
fn short(role: &str) -> String {
    match (account_of_arn(role), role_of_arn(role)) {
        (Some(account), Some(name)) => format!("{account}/{name}"),
        _ => role.to_owned(),
    }
}

/// The name with a `?` for each character that a terminal obeys, or a shell could in a prompt: bash, zsh and ksh run
/// `$(…)` and backquotes that stand there, some turn `!` into a number or `\` into something else, and a prompt that
/// somebody put together in a hurry does so with what a variable holds, too. `%` stays: it may stand in the name of any
/// profile, and runs nothing.
fn harmless(name: &str) -> String {
    let mut shown = String::with_capacity(name.len());
    for (number, char) in name.chars().enumerate() {
        if number == LONGEST_NAME {
            shown.push_str("...");
            break;
        }
        let obeyed = matches!(char, '$' | '`' | '\\' | '!') || text::is_obeyed(char);
        shown.push(if obeyed { '?' } else { char });
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn told(who: &[(Who<'_>, Protection)], region: Option<&str>, expected: &str) {
        assert_eq!(text(who, region).as_deref(), Some(expected));
    }

    #[test]
    fn each_identity_is_told_by_its_name_and_what_is_to_be_known_of_it() {
        use Protection::{No, Unknown, Yes};
        let role = "arn:aws:iam::123456789012:role/ci/Deploy";
        told(&[(Who::Profile("dev"), No)], None, "dev");
        told(&[(Who::Profile("dev"), No)], Some("eu-west-1"), "dev eu-west-1");
        told(&[(Who::Profile("prod"), Yes)], Some("us-east-1"), "prod (protected) us-east-1");
        told(&[(Who::Profile("prod"), Unknown)], None, "prod (protected?)");
        told(&[(Who::Keys(None), No)], Some("eu-west-1"), "(keys) eu-west-1");
        told(&[(Who::Keys(Some("prod")), Yes)], None, "prod (keys, protected)");
        told(&[(Who::WebIdentity(role), Yes)], None, "(web identity, protected) 123456789012/Deploy");
        told(&[(Who::WebIdentity("Deploy"), No)], None, "(web identity) Deploy");
        told(&[(Who::Keys(None), No), (Who::Profile("prod"), Yes)], None, "(keys) or prod (protected)");
        assert_eq!(text(&[], Some("eu-west-1")), None);
    }

    #[test]
    fn a_long_name_is_cut_and_what_stands_behind_it_is_not() {
        let text = text(&[(Who::Profile(&"ä".repeat(100_000)), Protection::Yes)], Some("r")).unwrap();
        assert_eq!(text, format!("{}... (protected) r", "ä".repeat(80)));
    }

    proptest! {
        #[test]
        fn nothing_that_a_prompt_could_obey_is_left(name in "\\PC{0,20}|.{0,20}|[a$`!\\\\\n\u{9b}%(]{0,9}", region in ".{0,9}") {
            for who in [Who::Keys(Some(&name)), Who::WebIdentity(&name), Who::Profile(&name)] {
                let text = text(&[(who, Protection::No)], Some(&region)).unwrap();
                prop_assert!(text::is_clean(&text) && !text.contains(['$', '`', '\\', '!']), "{:?}", text);
            }
        }
    }
}
