//! An edit of an AWS file: its text, the profile, the key and the value, each ended by a NUL.

use credenv::aws::edit::{self, Change, Named};
use credenv::aws::files::{AwsFile, FileKind};
use credenv::aws::profiles::Profiles;
use credenv::core::profile::{Profile, ProfileName};

pub fn holds(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0);
    let text = parts.next().unwrap_or_default();
    let mut word = || parts.next().and_then(|part| std::str::from_utf8(part).ok()).unwrap_or_default();
    let (name, key, value) = (word(), word(), word());
    // What `configure` lets through.
    let Some(name) = ProfileName::new(name).filter(|_| name.trim() == name && !name.contains(['[', ']'])) else {
        return;
    };
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_value = !value.is_empty() && !value.chars().any(char::is_control) && value.trim() == value;
    if !is_key
        || !is_value
        || [" #", " ;"].iter().any(|comment| value.contains(comment))
        || value.starts_with(['#', ';'])
    {
        return;
    }
    for kind in [FileKind::Config, FileKind::Credentials] {
        let change =
            |value: Option<&str>| [Change { key: key.to_owned(), below: None, value: value.map(str::to_owned) }];
        let named = Named::Profile(name.as_str());
        let before = profiles(text, kind);
        let others = |profiles: &[Profile]| -> Vec<String> {
            let others = profiles.iter().filter(|profile| profile.name != name);
            others.map(|profile| told(profile, "")).collect()
        };
        let listed = |profiles: &[Profile]| profiles.iter().any(|profile| profile.name == name);

        // `configure` refuses to rename either of two.
        if edit::both_defaults(text, kind).is_none() {
            let renamed = profiles(&edit::rename(text, kind, named, named), kind);
            assert_eq!(all(&renamed), all(&before), "a new name that is the old one");
        }
        let removed = edit::remove(text, kind, named);
        assert!(!listed(&profiles(&removed, kind)), "it was taken away and is there");
        assert_eq!(others(&profiles(&removed, kind)), others(&before), "another went with it");
        let _ = (edit::body(text, kind, named), edit::begin(text, kind, named));
        let without = edit::set(text, kind, named, &change(None)).expect("a key can always go");
        let left = profiles(&without, kind);
        let has_it = |profile: &Profile| profile.properties.keys().any(|found| found.eq_ignore_ascii_case(key));
        assert!(!left.iter().any(|profile| profile.name == name && has_it(profile)), "the key is still there");
        assert_eq!(others(&left), others(&before), "another profile changed with it");
        assert!(comments(&without) >= comments(text), "a comment was lost with the key");

        let Ok(edited) = edit::set(text, kind, named, &change(Some(value))) else { continue };
        let after = profiles(&edited, kind);
        if !listed(&after) {
            // Names that the two programs read differently in that file: nothing else may have changed.
            assert_eq!(others(&after), others(&before));
            continue;
        }
        let of = |profiles: &[Profile]| profiles.iter().find(|profile| profile.name == name).cloned();
        let profile = of(&after).expect("it is listed");
        let found = profile.get(&key.to_ascii_lowercase()).or_else(|| profile.get(key));
        assert_eq!(found, Some(value), "{}", String::from_utf8_lossy(&edited));
        assert_eq!(others(&after), others(&before), "{}", String::from_utf8_lossy(&edited));
        if let Some(before) = of(&before) {
            assert_eq!(told(&profile, key), told(&before, key), "{}", String::from_utf8_lossy(&edited));
        }
        assert_eq!(edit::set(&edited, kind, named, &change(Some(value))).as_ref(), Ok(&edited), "twice is not once");
        assert!(comments(&edited) >= comments(text), "a comment was lost");
    }
}

fn comments(text: &[u8]) -> usize {
    let lines = text.split(|byte| *byte == b'\n');
    lines.filter(|line| matches!(line.iter().find(|byte| !b" \t".contains(byte)), Some(b'#' | b';'))).count()
}

/// A profile in words, without one of its properties and without the lines where they stand.
fn told(profile: &Profile, without: &str) -> String {
    let others = profile.properties.iter().filter(|(key, _)| !key.eq_ignore_ascii_case(without));
    let others: Vec<_> = others.map(|(key, property)| format!("{key} = {:?}", property.value)).collect();
    format!("{}: {others:?}", profile.name)
}

fn all(profiles: &[Profile]) -> Vec<String> {
    let mut all: Vec<_> = profiles.iter().map(|profile| told(profile, "")).collect();
    // `[default]` and `[profile default]` stand in different places.
    all.sort();
    all
}

fn profiles(text: &[u8], kind: FileKind) -> Vec<Profile> {
    let file = |of, bytes: &[u8]| AwsFile::read(of, "/home/them/.aws/x".into(), bytes.to_vec());
    let (config, credentials) = match kind {
        FileKind::Config => (file(FileKind::Config, text), file(FileKind::Credentials, b"")),
        FileKind::Credentials => (file(FileKind::Config, b""), file(FileKind::Credentials, text)),
    };
    Profiles::find(&config, &credentials).all()
}
