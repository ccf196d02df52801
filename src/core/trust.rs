//! Trust in project files: by path and by what the file would do, never by its bytes.

use std::fmt::Write as _;

use super::binding::{ANY_STAGE, Answer, Binding, Said};
use super::text;

/// How far a project file is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Allowed, and it still means what it meant then.
    Trusted,
    /// Never allowed: it is not even parsed.
    New,
    /// Allowed once, and it means something else now.
    Changed,
    /// Refused for good.
    Denied,
}

impl Trust {
    /// The word for it in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Trust::Trusted => "trusted",
            Trust::New => "new",
            Trust::Changed => "changed",
            Trust::Denied => "denied",
        }
    }
}

/// What was said of a project file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may do what it meant then.
    Allowed(String),
    /// It may do nothing.
    Denied,
}

/// The first line of every record; a record of another format is none.
const FORMAT: &str = "credenv trust 1";

/// A verdict and the file that it is about, as they are kept on disk.
///
/// The file is named twice: by the directory in which it is found, and by what it really is, so that neither a copy of
/// a record nor a file that turned into a symlink can borrow trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The file in its real directory.
    pub file: Vec<u8>,
    /// The real path of the file, all symlinks resolved.
    pub real: Vec<u8>,
    /// What was said.
    pub verdict: Verdict,
}

impl Record {
    /// The text of the record.
    #[must_use]
    pub fn to_text(&self) -> Vec<u8> {
        let mut text = format!("{FORMAT}\n").into_bytes();
        for path in [&self.file, &self.real] {
            text.extend_from_slice(format!("{} ", path.len()).as_bytes());
            text.extend_from_slice(path);
            text.push(b'\n');
        }
        match &self.verdict {
            Verdict::Denied => text.extend_from_slice(b"denied\n"),
            Verdict::Allowed(meaning) => {
                text.extend_from_slice(b"allowed\n");
                text.extend_from_slice(meaning.as_bytes());
            }
        }
        text
    }

    /// Reads a record; one that is damaged is none.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Option<Self> {
        let rest = text.strip_prefix(FORMAT.as_bytes())?.strip_prefix(b"\n")?;
        let (file, rest) = counted(rest)?;
        let (real, rest) = counted(rest)?;
        let verdict = if rest == b"denied\n" {
            Verdict::Denied
        } else {
            Verdict::Allowed(String::from_utf8(rest.strip_prefix(b"allowed\n")?.to_vec()).ok()?)
        };
        Some(Self { file: file.to_vec(), real: real.to_vec(), verdict })
    }

    /// Whether the record is about this file, and not about another whose name leads to the same record.
    #[must_use]
    pub fn is_about(&self, file: &[u8], real: &[u8]) -> bool {
        self.file == file && self.real == real
    }
}

/// `LENGTH BYTES\n`, so that a path may hold any byte.
fn counted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = text.iter().take(8).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&text[..blank]).ok()?.parse().ok()?;
    let rest = &text[blank + 1..];
    let bytes = rest.get(..length)?;
    Some((bytes, rest.get(length..)?.strip_prefix(b"\n")?))
}

/// The name of the record of a file: FNV-1a of its path. Two paths with one name do no harm, because a record names
/// its file in full.
#[must_use]
pub fn record_name(file: &[u8]) -> String {
    format!("{:016x}", super::delta::fingerprint(file))
}

/// What a file would do, for every stage: two files with one meaning ask for the same. The file must have been read
/// without a stage asked for, because the stage that a person names is not the file's.
#[must_use]
pub fn meaning(binding: &Binding) -> String {
    let mut text = format!("format {}\ndefault stage {}\n", binding.format, or_none(binding.default_stage.as_deref()));
    describe("no stage asked for", &binding.answer, &mut text);
    for (stage, answer) in &binding.stages {
        describe(&format!("stage {}", text::clean(stage)), answer, &mut text);
    }
    describe("any other stage", &binding.any_stage, &mut text);
    text
}

fn describe(head: &str, answer: &Answer, text: &mut String) {
    let asked = &answer.asked;
    let _ = writeln!(text, "{head}");
    let one = |said: &Option<Said>| said.as_ref().map(|said| said.text.clone());
    let many = |said: &[Said]| said.iter().map(|said| said.text.clone()).collect::<Vec<_>>();
    let mut line = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(text, "  {key} {}", text::clean(&value.replace(ANY_STAGE, "STAGE")));
        }
    };
    line("profile", one(&asked.profile));
    line("account", one(&asked.account));
    line("role", one(&asked.role));
    line("region", one(&asked.region));
    line("protected", asked.protected.then(|| "yes".to_owned()));
    for certificate in many(&asked.ca) {
        line("ca", Some(certificate));
    }
    for path in many(&asked.cafile) {
        line("cafile", Some(path));
    }
    if let Some(identity) = &asked.web_identity {
        line("token file", Some(identity.token_file.text.clone()));
        line("role to assume", Some(identity.role_arn.text.clone()));
        line("session name", one(&identity.session_name));
    }
    for unresolved in &answer.unresolved {
        line("cannot tell", Some(unresolved.key.clone()));
    }
}

fn or_none(text: Option<&str>) -> String {
    text.map_or_else(|| "none".to_owned(), text::clean)
}

/// What the record says of a file, before it is parsed: `None` when only its meaning can tell.
#[must_use]
pub fn before_parsing(record: Option<&Record>) -> Option<Trust> {
    match record.map(|record| &record.verdict) {
        None => Some(Trust::New),
        Some(Verdict::Denied) => Some(Trust::Denied),
        Some(Verdict::Allowed(_)) => None,
    }
}

/// What the record says of a file that means this.
#[must_use]
pub fn judge(record: Option<&Record>, meaning: &str) -> Trust {
    before_parsing(record).unwrap_or_else(|| match record.map(|record| &record.verdict) {
        Some(Verdict::Allowed(allowed)) if allowed == meaning => Trust::Trusted,
        _ => Trust::Changed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::binding::Origin;
    use proptest::prelude::*;

    fn said(text: &str, line: u32) -> Said {
        Said { text: text.to_owned(), origin: Origin { file: "/p/serverless.yml".into(), line } }
    }

    fn binding(profile: &str, line: u32) -> Binding {
        let mut answer = Answer::default();
        answer.asked.profile = Some(said(profile, line));
        Binding {
            file: "/p/serverless.yml".into(),
            format: "serverless",
            default_stage: Some("dev".to_owned()),
            stage: Some("dev".to_owned()),
            selected: None,
            answer: answer.clone(),
            stages: vec![("prod".to_owned(), answer.clone())],
            any_stage: answer,
            inputs: Vec::new(),
        }
    }

    #[test]
    fn the_line_on_which_something_stands_means_nothing_and_what_stands_there_does() {
        assert_eq!(meaning(&binding("dev", 3)), meaning(&binding("dev", 9)));
        assert_ne!(meaning(&binding("dev", 3)), meaning(&binding("prod", 3)));
    }

    #[test]
    fn another_default_stage_means_something_else() {
        let with =
            |stage: Option<&str>| meaning(&Binding { default_stage: stage.map(str::to_owned), ..binding("dev", 3) });
        assert!(with(Some("dev")).starts_with("format serverless\ndefault stage dev\nno stage asked for\n"));
        assert!(with(None).starts_with("format serverless\ndefault stage none\nno stage asked for\n"));
    }

    #[test]
    fn a_stage_added_or_turned_to_another_profile_means_something_else() {
        let before = binding("dev", 3);
        let mut after = before.clone();
        after.stages[0].1.asked.profile = Some(said("other", 3));
        assert_ne!(meaning(&before), meaning(&after));
        after.stages.pop();
        assert_ne!(meaning(&before), meaning(&after));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            file in prop::collection::vec(any::<u8>(), 0..20), real in prop::collection::vec(any::<u8>(), 0..20),
            verdict in prop_oneof![Just(Verdict::Denied), ".*".prop_map(Verdict::Allowed)]
        ) {
            let record = Record { file, real, verdict };
            prop_assert_eq!(Record::from_text(&record.to_text()), Some(record));
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Record::from_text(&bytes);
            let mut framed = format!("{FORMAT}\n").into_bytes();
            framed.extend(bytes);
            let _ = Record::from_text(&framed);
        }
    }
}
