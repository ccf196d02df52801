//! Web identity: when a token expires, what is the ARN of a role, and what a session may be called.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;

use crate::clock::Moment;

/// The largest token file that is read, in bytes (1 MiB); STS takes a token of 20,000.
pub const SIZE_LIMIT: u64 = 1_048_576;

/// When a token expires, if it is a JWT that says so. Nothing is verified: that is for those who take it.
#[must_use]
pub fn expiry(token: &str) -> Option<Moment> {
    let mut parts = token.trim().split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let payload: Json = serde_json::from_slice(&payload).ok()?;
    let exp = payload.get("exp")?;
    // RFC 7519 allows for fractions of a second.
    #[allow(clippy::cast_possible_truncation)]
    exp.as_i64().or_else(|| exp.as_f64().map(|seconds| seconds as i64)).map(Moment)
}

/// Whether the text has the form of a role's ARN, `arn:aws:iam::123456789012:role/path/Name`, in any partition
/// (`aws-cn`, `aws-us-gov`, `aws-iso-b`, …).
#[must_use]
pub fn is_role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let &["arn", partition, "iam", "", account, resource] = parts.as_slice() else { return false };
    let is_partition = partition == "aws"
        || partition
            .strip_prefix("aws-")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()));
    let is_name = |name: &str| !name.is_empty() && name.chars().all(may_stand_in_a_name);
    is_partition
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && resource.strip_prefix("role/").is_some_and(|path| path.split('/').all(is_name))
        && text.len() <= 2048
}

/// Whether STS takes the text as the name of a session: 2 to 64 of `A-Z a-z 0-9 _ + = , . @ -`.
#[must_use]
pub fn is_session_name(text: &str) -> bool {
    (2..=64).contains(&text.len()) && text.chars().all(may_stand_in_a_name)
}

fn may_stand_in_a_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || "_+=,.@-".contains(char)
}

/// The name of a session where none is given: who it was and where, so that an audit log tells. The same in every
/// shell of a person on a machine, so that nothing changes from prompt to prompt.
#[must_use]
pub fn session_name(user: Option<&str>, host: Option<&str>) -> String {
    let clean = |text: &str| -> String {
        text.chars().map(|char| if may_stand_in_a_name(char) && char != '@' { char } else { '-' }).collect()
    };
    let mut name = "credenv".to_owned();
    if let Some(user) = user.filter(|user| !user.is_empty()) {
        name = format!("{name}-{}", clean(user));
    }
    if let Some(host) = host.filter(|host| !host.is_empty()) {
        name = format!("{name}@{}", clean(host));
    }
    // It is ASCII by now.
    name.truncate(64);
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn jwt(payload: &str) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}"), URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn the_expiry_of_a_jwt_is_read_and_anything_else_has_none() {
        for (token, expected) in [
            (jwt(r#"{"sub":"ü","exp":1795255200}"#), Some(1_795_255_200)),
            (jwt(r#"{"exp":1795255200.9}"#) + "\n", Some(1_795_255_200)),
            (jwt(r#"{"exp":-1}"#), Some(-1)),
            (jwt(r#"{"exp":1e300}"#), Some(i64::MAX)),
            (jwt(r#"{"exp":"1795255200"}"#), None),
            (jwt(r#"{"iat":1}"#), None),
            (jwt("[1]"), None),
            (jwt("no json"), None),
            (jwt(r#"{"exp":1}"#) + ".more", None),
            ("eyJ.!.x".to_owned(), None),
            ("opaque".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(expiry(&token), expected.map(Moment), "{token}");
        }
    }

    #[test]
    fn an_arn_of_a_role_has_a_partition_an_account_and_a_name() {
        for arn in [
            "arn:aws:iam::123456789012:role/R",
            "arn:aws:iam::123456789012:role/team/a.b/Deploy_1+=,@-",
            "arn:aws-cn:iam::123456789012:role/R",
            "arn:aws-us-gov:iam::123456789012:role/R",
            "arn:aws-iso-b:iam::123456789012:role/R",
        ] {
            assert!(is_role_arn(arn), "{arn}");
        }
        for arn in [
            "",
            "R",
            "arn:aws:iam::12345678901:role/R",
            "arn:aws:iam::12345678901x:role/R",
            "arn:aws:iam:us-east-1:123456789012:role/R",
            "arn:aws:sts::123456789012:assumed-role/R/s",
            "arn:aws:iam::123456789012:user/R",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role//R",
            "arn:aws:iam::123456789012:role/a b",
            "arn:aws:iam::123456789012:role/R\n",
            "arn:aws-:iam::123456789012:role/R",
            "arn:gcp:iam::123456789012:role/R",
            "ARN:aws:iam::123456789012:role/R",
        ] {
            assert!(!is_role_arn(arn), "{arn}");
        }
    }

    #[test]
    fn a_session_is_called_after_who_and_where() {
        for (user, host, expected) in [
            (Some("ana"), Some("laptop"), "credenv-ana@laptop"),
            (Some("Ana María"), Some("büro.example.org"), "credenv-Ana-Mar-a@b-ro.example.org"),
            (Some("a@b"), None, "credenv-a-b"),
            (None, Some("h"), "credenv@h"),
            (Some(""), None, "credenv"),
        ] {
            assert_eq!(session_name(user, host), expected);
        }
        assert!(["a b", "a", "", &"x".repeat(65), "a:b", "ä1"].iter().all(|name| !is_session_name(name)));
    }

    proptest! {
        #[test]
        fn sts_takes_every_name_that_is_made(user in prop::option::of(".{0,80}"), host in prop::option::of(".{0,80}")) {
            prop_assert!(is_session_name(&session_name(user.as_deref(), host.as_deref())));
        }

        #[test]
        fn no_token_and_no_arn_is_too_much(text in "([a-z]{0,3}[.:/]){0,8}.{0,20}") {
            let _ = (expiry(&text), is_role_arn(&text));
        }
    }
}
