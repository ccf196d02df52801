//! `.credenv.yml`: what a project asks for, in our own words.

use std::path::Path;

use super::Question;
use super::strict::{Document, Part};
use crate::core::binding::{Answer, Asked, Binding, Said, WebIdentityAsked};
use crate::core::error::Result;
use crate::core::profile::ProfileName;

/// The name of the format.
pub(crate) const NAME: &str = "credenv";

/// The name of the file.
pub(crate) const FILE: &str = ".credenv.yml";

/// The stage where the file names none.
const DEFAULT_STAGE: &str = "dev";

/// The keys of a stage.
const OF_A_STAGE: [&str; 8] = ["profile", "account", "role", "region", "protected", "ca", "cafile", "web_identity"];

/// The keys of the file: those of a stage, which hold for all that do not say it themselves, and these.
const OF_THE_FILE: [&str; 10] =
    ["profile", "account", "role", "region", "stage", "stages", "protected", "ca", "cafile", "web_identity"];

/// What a stage, or the file for all stages, says itself.
#[derive(Default, Clone)]
struct Says {
    profile: Option<Said>,
    account: Option<Said>,
    role: Option<Said>,
    region: Option<Said>,
    protected: Option<bool>,
    ca: Option<Vec<Said>>,
    cafile: Option<Vec<Said>>,
    web_identity: Option<WebIdentityAsked>,
}

/// Reads the text of the file. Nothing of the machine is looked at.
pub(super) fn read(text: &[u8], path: &Path, question: &Question<'_>) -> Result<Binding> {
    read_stage(text, path, question.stage)
}

/// Reads it for a stage, or for its own default.
pub(super) fn read_stage(text: &[u8], path: &Path, stage: Option<&str>) -> Result<Binding> {
    let document = Document::read(text, path)?;
    let mut all = Says::default();
    let mut own_default = None;
    let mut stages = Vec::new();
    for entry in document.root().map_or_else(|| Ok(Vec::new()), |root| root.known_entries(&OF_THE_FILE))? {
        match entry.name() {
            "stage" => own_default = Some(stage_name(&entry.text()?, &entry)?),
            "stages" => {
                for stage in if entry.is_nothing() { Vec::new() } else { entry.entries()? } {
                    stages.push((stage, says_of_a_stage(&stage)?));
                }
            }
            _ => all.take(&entry)?,
        }
    }
    let stages = stages.into_iter().map(|(stage, says)| (stage.name().to_owned(), says.or(&all).into_answer()));
    let stages: Vec<(String, Answer)> = stages.collect();
    let any_stage = all.into_answer();
    let default_stage = own_default.unwrap_or_else(|| DEFAULT_STAGE.to_owned());
    let stage = stage.unwrap_or(&default_stage).to_owned();
    let named = stages.iter().find(|(name, _)| *name == stage);
    Ok(Binding {
        file: path.to_owned(),
        format: NAME,
        answer: named.map_or_else(|| any_stage.clone(), |(_, answer)| answer.clone()),
        default_stage: Some(default_stage),
        stage: Some(stage),
        selected: None,
        stages,
        any_stage,
        inputs: Vec::new(),
    })
}

fn says_of_a_stage(stage: &Part<'_>) -> Result<Says> {
    if stage.name().is_empty() || stage.name().chars().any(char::is_control) {
        return Err(stage.refuse_key(&format!("`{}` cannot be the name of a stage", stage.name())));
    }
    if stage.is_nothing() { Ok(Says::default()) } else { says(stage, &OF_A_STAGE) }
}

/// The name of a profile, or keys that say more.
fn says(part: &Part<'_>, known: &[&str]) -> Result<Says> {
    let mut says = Says::default();
    if part.is_mapping() {
        for entry in part.known_entries(known)? {
            says.take(&entry)?;
        }
    } else {
        says.profile = Some(profile(part)?);
    }
    Ok(says)
}

/// What the person's own rule for a directory asks for.
pub(crate) fn asked_by_rule(rule: &Part<'_>) -> Result<Asked> {
    Ok(says(rule, &["profile", "account", "role", "region", "protected"])?.into_answer().asked)
}

impl Says {
    /// Takes what a key of [`OF_A_STAGE`] says.
    fn take(&mut self, entry: &Part<'_>) -> Result<()> {
        match entry.name() {
            "profile" => self.profile = Some(profile(entry)?),
            "account" => self.account = Some(account(entry)?),
            "role" => self.role = Some(word(entry)?),
            "region" => self.region = Some(word(entry)?),
            "protected" => self.protected = Some(entry.flag()?),
            "ca" => self.ca = Some(texts(entry)?),
            "cafile" => self.cafile = Some(texts(entry)?),
            _ => self.web_identity = Some(web_identity(entry)?),
        }
        Ok(())
    }

    /// What is not said here is said for all stages.
    fn or(self, all: &Self) -> Self {
        Self {
            profile: self.profile.or_else(|| all.profile.clone()),
            account: self.account.or_else(|| all.account.clone()),
            role: self.role.or_else(|| all.role.clone()),
            region: self.region.or_else(|| all.region.clone()),
            protected: self.protected.or(all.protected),
            ca: self.ca.or_else(|| all.ca.clone()),
            cafile: self.cafile.or_else(|| all.cafile.clone()),
            web_identity: self.web_identity.or_else(|| all.web_identity.clone()),
        }
    }

    fn into_answer(self) -> Answer {
        let asked = Asked {
            profile: self.profile,
            account: self.account,
            role: self.role,
            region: self.region,
            protected: self.protected.unwrap_or_default(),
            ca: self.ca.unwrap_or_default(),
            cafile: self.cafile.unwrap_or_default(),
            web_identity: self.web_identity,
            keys_only: false,
        };
        Answer { asked, unresolved: Vec::new() }
    }
}

fn stage_name(said: &Said, entry: &Part<'_>) -> Result<String> {
    if said.text.chars().any(char::is_control) {
        return Err(entry.refuse("the name of a stage cannot contain a line break or control character"));
    }
    Ok(said.text.clone())
}

/// The name of a profile.
pub(crate) fn profile(entry: &Part<'_>) -> Result<Said> {
    let said = entry.text()?;
    match ProfileName::new(&said.text) {
        Some(_) => Ok(said),
        None => Err(entry.refuse("this cannot be the name of a profile")),
    }
}

/// The number of an account, which is text: as a number, it would lose the zeros in front.
fn account(entry: &Part<'_>) -> Result<Said> {
    let said = entry.text()?;
    if said.text.len() == 12 && said.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(said);
    }
    Err(entry.refuse(&format!("`{}` is not an account: an account has twelve digits", said.text)))
}

/// Text of one line.
fn word(entry: &Part<'_>) -> Result<Said> {
    let said = entry.text()?;
    if said.text.chars().any(char::is_control) {
        return Err(entry.refuse(&format!("`{}` cannot contain a line break or control character", entry.name())));
    }
    Ok(said)
}

fn texts(entry: &Part<'_>) -> Result<Vec<Said>> {
    entry.one_or_more().iter().map(Part::text).collect()
}

fn web_identity(entry: &Part<'_>) -> Result<WebIdentityAsked> {
    let (mut token_file, mut role_arn, mut session_name) = (None, None, None);
    for entry in entry.known_entries(&["token_file", "role_arn", "session_name"])? {
        let said = Some(word(&entry)?);
        match entry.name() {
            "token_file" => token_file = said,
            "role_arn" => role_arn = said,
            _ => session_name = said,
        }
    }
    let missing = |key| entry.refuse_key(&format!("`web_identity` needs a `{key}`"));
    Ok(WebIdentityAsked {
        token_file: token_file.ok_or_else(|| missing("token_file"))?,
        role_arn: role_arn.ok_or_else(|| missing("role_arn"))?,
        session_name,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;
    use crate::core::binding::Origin;
    use crate::project::World;

    /// A machine on which nothing is to be looked at.
    struct Nothing;

    impl World for Nothing {
        fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
            panic!("{} is read", path.display());
        }

        fn real_path(&self, path: &Path) -> Option<PathBuf> {
            panic!("{} is resolved", path.display());
        }

        fn names(&self, directory: &Path, _beginning: &str, _most: usize) -> Vec<String> {
            panic!("{} is listed", directory.display());
        }

        fn variable(&self, name: &str) -> Option<String> {
            panic!("{name} is read");
        }
    }

    fn binding(text: &str, stage: Option<&str>) -> Result<Binding> {
        read(text.as_bytes(), Path::new("/p/.credenv.yml"), &Question { stage, world: &Nothing })
    }

    fn said(text: &str, line: u32) -> Said {
        Said { text: text.to_owned(), origin: Origin { file: PathBuf::from("/p/.credenv.yml"), line } }
    }

    fn told(text: &str) -> String {
        let error = binding(text, None).unwrap_err();
        let message = error.message().strip_prefix("/p/.credenv.yml:").unwrap();
        error.hint_text().map_or_else(|| message.to_owned(), |hint| format!("{message}; {hint}"))
    }

    const WHOLE: &str = "\
profile: devProfile            # everything is optional
account: \"123456789012\"
role: Deploy
region: eu-west-1
stage: qa
stages:
  qa: qaProfile
  prod: { profile: prodProfile, region: us-east-1, protected: true, account: '210987654321' }
  empty:
cafile: [certs/corp.pem, \"more.pem\"]
ca: |
  -----BEGIN CERTIFICATE-----
web_identity: { token_file: token, role_arn: arn, session_name: me }
";

    #[test]
    fn everything_is_told_with_its_line() {
        let binding = binding(WHOLE, None).unwrap();
        let all = Asked {
            profile: Some(said("devProfile", 1)),
            account: Some(said("123456789012", 2)),
            role: Some(said("Deploy", 3)),
            region: Some(said("eu-west-1", 4)),
            protected: false,
            ca: vec![said("-----BEGIN CERTIFICATE-----\n", 11)],
            cafile: vec![said("certs/corp.pem", 10), said("more.pem", 10)],
            web_identity: Some(WebIdentityAsked {
                token_file: said("token", 13),
                role_arn: said("arn", 13),
                session_name: Some(said("me", 13)),
            }),
            keys_only: false,
        };
        let qa = Asked { profile: Some(said("qaProfile", 7)), ..all.clone() };
        let prod = Asked {
            profile: Some(said("prodProfile", 8)),
            region: Some(said("us-east-1", 8)),
            account: Some(said("210987654321", 8)),
            protected: true,
            ..all.clone()
        };
        let answer = |asked: &Asked| Answer { asked: asked.clone(), unresolved: Vec::new() };
        assert_eq!(binding.any_stage, answer(&all));
        assert_eq!(
            binding.stages,
            [("qa".to_owned(), answer(&qa)), ("prod".to_owned(), answer(&prod)), ("empty".to_owned(), answer(&all))]
        );
        assert_eq!(binding.answer, answer(&qa));
        assert_eq!((binding.default_stage.as_deref(), binding.stage.as_deref()), (Some("qa"), Some("qa")));
        assert_eq!((binding.format, binding.file.to_str()), ("credenv", Some("/p/.credenv.yml")));
        assert_eq!(binding.inputs, Vec::<PathBuf>::new());
    }

    #[test]
    fn the_stage_asked_for_wins_over_every_default() {
        let profile = |text: &str, stage| {
            let binding = binding(text, stage).unwrap();
            (binding.stage.unwrap(), binding.answer.asked.profile.map(|said| said.text))
        };
        let of = |stage: &str, profile: &str| (stage.to_owned(), Some(profile.to_owned()));
        assert_eq!(profile(WHOLE, None), of("qa", "qaProfile"));
        assert_eq!(profile(WHOLE, Some("prod")), of("prod", "prodProfile"));
        assert_eq!(profile(WHOLE, Some("empty")), of("empty", "devProfile"));
        assert_eq!(profile(WHOLE, Some("nope")), of("nope", "devProfile"));
        assert_eq!(profile("profile: a\nstages: {dev: b, prod: c}\n", None), of("dev", "b"));
        assert_eq!(profile("profile: a\nstages: {prod: c}\n", None), of("dev", "a"));
        assert_eq!(profile("stages: {prod: c}\n", None), ("dev".to_owned(), None));
        for text in ["", "# nothing yet\n", "---\n", "stages:\n", "{}"] {
            assert_eq!(profile(text, None), ("dev".to_owned(), None), "{text:?}");
        }
    }

    #[test]
    fn a_stage_may_lift_the_protection_of_all() {
        let binding =
            binding("profile: p\nprotected: true\nstages: {dev: {protected: false}, prod: q}\n", None).unwrap();
        assert!(!binding.answer.asked.protected && binding.any_stage.asked.protected);
        assert!(binding.stages[1].1.asked.protected);
    }

    #[test]
    fn what_came_through_a_merge_key_is_told_where_it_is_written() {
        let text =
            "stages:\n  dev: &dev\n    profile: d\n    region: r\n  qa:\n    <<: *dev\n    profile: q\n  also: *dev\n";
        let binding = binding(text, Some("qa")).unwrap();
        assert_eq!(binding.answer.asked.profile, Some(said("q", 7)));
        assert_eq!(binding.answer.asked.region, Some(said("r", 4)));
        assert_eq!(binding.stages[2].1.asked.profile, Some(said("d", 3)));
    }

    #[test]
    fn what_is_not_known_or_of_the_wrong_type_is_an_error_with_its_place() {
        for (text, words) in [
            ("region: x\nprofil: a\n", "2:1: unknown key `profil`; did you mean `profile`?"),
            ("Profile: a\n", "1:1: unknown key `Profile`; did you mean `profile`?"),
            ("stages:\n  dev:\n    regoin: x\n", "3:5: unknown key `regoin`; did you mean `region`?"),
            (
                "stages: {dev: {profile: a, aws: b}}\n",
                "1:28: unknown key `aws`; the keys are `profile`, `account`, `role`, \
              `region`, `protected`, `ca`, `cafile`, `web_identity`",
            ),
            ("account: 123456789012\n", "1:10: `account` must be text, but is a number: quote it"),
            ("account: '12345678901'\n", "1:10: `12345678901` is not an account: an account has twelve digits"),
            ("account: 12345678901x\n", "1:10: `12345678901x` is not an account: an account has twelve digits"),
            ("profile: [a]\n", "1:10: `profile` must be text, but is a list"),
            ("profile: true\n", "1:10: `profile` must be text, but is a truth value: quote it"),
            ("profile: !Ref a\n", "1:15: `profile` must be text, but is a tagged value"),
            ("profile:\n", "1:9: `profile` is empty"),
            ("profile: ' '\n", "1:10: `profile` is empty"),
            ("profile: \"a\\nb\"\n", "1:10: this cannot be the name of a profile"),
            ("region: \"a\\tb\"\n", "1:9: `region` cannot contain a line break or control character"),
            ("stage: \"a\\0b\"\n", "1:8: the name of a stage cannot contain a line break or control character"),
            ("stage: 1\n", "1:8: `stage` must be text, but is a number: quote it"),
            ("stages:\n  1: a\n", "2:3: a key must be text, but this one is a number: quote it"),
            ("stages:\n  dev: a\n  '': b\n", "3:3: `` cannot be the name of a stage"),
            ("stages: dev\n", "1:9: `stages` must hold keys and values, but is text"),
            ("stages: {dev: [a]}\n", "1:15: `dev` must be text, but is a list"),
            ("protected: yes\n", "1:12: `protected` must be `true` or `false`, but is text"),
            ("cafile:\n- a\n- 1\n", "3:3: `cafile` must be text, but is a number: quote it"),
            ("cafile: {a: b}\n", "1:9: `cafile` must be text, but is a mapping"),
            ("web_identity: {role_arn: a}\n", "1:1: `web_identity` needs a `token_file`"),
            ("web_identity: {token_file: a}\n", "1:1: `web_identity` needs a `role_arn`"),
            ("web_identity: {token: a}\n", "1:16: unknown key `token`; did you mean `token_file`?"),
            ("web_identity: a\n", "1:15: `web_identity` must hold keys and values, but is text"),
            ("devProfile\n", "1:1: the file must hold keys and values, but is text"),
            ("profile: a\nprofile: b\n", "2:1: the key `profile` appears twice"),
            ("profile: [\n", "2:1: did not find expected node content, while parsing a flow node"),
        ] {
            assert_eq!(told(text), words, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn no_text_makes_it_panic(
            pieces in prop::collection::vec(
                prop::sample::select(&[
                    "profile: a\n", "account: '123456789012'\n", "stages:\n", "  dev: a\n", "  prod:\n", "    region: b\n",
                    "stage: dev\n", "stages: {", "}", "x: ", "&a ", "*a", "<<: *a\n", "ca: |\n  text\n", "cafile: [", "]", ",",
                    "\n", "  ", "- ", "web_identity: ", "protected: true\n", "!t ", "é", "1: ", "'", "\"", "#",
                ][..]),
                0..12,
            )
        ) {
            let text = pieces.concat();
            if let Ok(binding) = binding(&text, Some("dev")) {
                prop_assert_eq!(binding.stage.as_deref(), Some("dev"));
            }
        }
    }
}
