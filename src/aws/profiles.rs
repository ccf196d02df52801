//! The profiles of both AWS files, merged; only the sections asked for are read in full.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use ini::Ini;

use super::dialect::{self, Heading, Item, Section};
use super::files::{AwsFile, FileKind};
use crate::core::binding::Origin;
use crate::core::error::{Error, Result};
use crate::core::profile::{Kind, Profile, ProfileName, Properties, Property};
use crate::core::text::as_typed;

/// Both files and where their sections are.
#[derive(Debug)]
pub struct Profiles<'a> {
    config: &'a AwsFile,
    credentials: &'a AwsFile,
    /// `[profile default]` stands in config and beats `[default]` there.
    prefixed_default: bool,
    plain_default: bool,
}

/// A section and the file it stands in.
pub(super) type Place<'a> = (&'a AwsFile, &'a Section<'a>);

impl<'a> Profiles<'a> {
    /// Finds the sections of both files.
    #[must_use]
    pub fn find(config: &'a AwsFile, credentials: &'a AwsFile) -> Self {
        let default = |wanted| {
            let is_it =
                |section: &Section<'_>| matches!(section.heading, Heading::Default { prefixed } if prefixed == wanted);
            config.sections().iter().any(is_it)
        };
        Self { prefixed_default: default(true), plain_default: default(false), config, credentials }
    }

    /// The config and the credentials file.
    #[must_use]
    pub fn files(&self) -> [&'a AwsFile; 2] {
        [self.config, self.credentials]
    }

    /// Whether config holds both `[default]` and `[profile default]`, on which the JavaScript SDK v2 dies when it is
    /// told to read the file.
    #[must_use]
    pub fn has_both_defaults(&self) -> bool {
        self.prefixed_default && self.plain_default
    }

    /// The sections that make profiles, config first, each with its name.
    pub(super) fn places(&self) -> impl Iterator<Item = (&'a str, Place<'a>)> {
        let in_config = |section: &&Section<'a>| match section.heading {
            Heading::Default { prefixed } => prefixed || !self.prefixed_default,
            Heading::Profile(_) => true,
            _ => false,
        };
        // Built only when a name with blanks is met, which is hardly ever.
        let in_both = OnceCell::new();
        let in_credentials = move |section: &&Section<'a>| match &section.heading {
            Heading::Default { .. } | Heading::Profile(_) => true,
            Heading::Spaced(name) => in_both.get_or_init(|| self.names_in_config()).contains(name.as_ref()),
            _ => false,
        };
        let config = self.config.sections().iter().filter(in_config).map(|section| (self.config, section));
        let credentials =
            self.credentials.sections().iter().filter(in_credentials).map(|section| (self.credentials, section));
        config.chain(credentials).filter_map(|place| Some((profile_name(&place.1.heading)?, place)))
    }

    fn names_in_config(&self) -> HashSet<&str> {
        let names = self.config.sections().iter().filter_map(|section| match &section.heading {
            Heading::Profile(name) => Some(name.as_ref()),
            _ => None,
        });
        names.collect()
    }

    /// The names, in the order of `aws configure list-profiles`: config's, then those only in credentials.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut seen = HashSet::with_capacity(self.config.sections().len() + self.credentials.sections().len());
        self.places().map(|(name, _)| name).filter(|name| seen.insert(*name)).collect()
    }

    /// One profile.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Profile> {
        let places: Vec<_> = self.places().filter(|(found, _)| *found == name).map(|(_, place)| place).collect();
        if places.is_empty() { None } else { merge(&[(name, &places)]).pop() }
    }

    /// Every profile, in the order of `names`.
    #[must_use]
    pub fn all(&self) -> Vec<Profile> {
        let mut order = Vec::new();
        let mut by_name: HashMap<&str, Vec<Place<'a>>> = HashMap::new();
        for (name, place) in self.places() {
            by_name.entry(name).or_insert_with(|| {
                order.push(name);
                Vec::new()
            });
            if let Some(places) = by_name.get_mut(name) {
                places.push(place);
            }
        }
        let wanted: Vec<_> = order.iter().map(|name| (*name, by_name[name].as_slice())).collect();
        merge(&wanted)
    }

    /// The properties of the sso-sessions, by name.
    #[must_use]
    pub fn sso_sessions(&self) -> BTreeMap<String, Properties> {
        let mut sessions: BTreeMap<String, Properties> = BTreeMap::new();
        for section in self.config.sections() {
            if let Heading::SsoSession(name) = &section.heading {
                let session = merge(&[(name, &[(self.config, section)])]).pop();
                let properties = session.map(|session| session.properties).unwrap_or_default();
                sessions.entry(name.to_string()).or_default().extend(properties);
            }
        }
        sessions
    }

    /// The profile, or an error that names the nearest ones and the files that were looked at.
    pub fn require(&self, name: &str) -> Result<Profile> {
        if let Some(profile) = self.get(name) {
            return Ok(profile);
        }
        let names = self.names();
        let error = Error::failed(format!("no profile named `{name}`"));
        let error = self.looked_at().into_iter().fold(error, Error::because);
        let near = nearest(name, &names);
        Err(match near.as_slice() {
            [] if names.is_empty() => error.hint("`credenv configure PROFILE` creates the first one"),
            [] => error.hint("`credenv list` shows your profiles"),
            [one] => error.hint(format!("did you mean `{one}`?")),
            some => error.hint(format!("did you mean one of `{}`?", some.join("`, `"))),
        })
    }

    /// Where profiles were looked for, in words.
    #[must_use]
    pub fn looked_at(&self) -> [String; 2] {
        self.files().map(looked_at)
    }

    /// Checks that the chain of source profiles behind a profile ends in credentials.
    pub fn check_chain(&self, profile: &Profile) -> Result<()> {
        if profile.kind() != Kind::Role {
            return Ok(());
        }
        let mut path = vec![profile.name.as_str().to_owned()];
        let mut current = profile.clone();
        while let (Kind::Role, Some(source)) = (current.kind(), current.get("source_profile").map(str::to_owned)) {
            let at = current.origin("source_profile").map_or_else(String::new, |origin| format!(" ({origin})"));
            let another = || {
                let name = as_typed(current.name.as_str());
                format!("`credenv configure {name} --source-profile PROFILE` names another")
            };
            // A role may take its own profile's keys as the source: botocore and the SDKs allow it once.
            let own_keys = current.get("aws_access_key_id").is_some() && current.get("aws_secret_access_key").is_some();
            if source == current.name.as_str() && own_keys {
                return Ok(());
            }
            if path.contains(&source) {
                path.push(source);
                return Err(Error::failed(format!("the source profiles form a loop{at}"))
                    .because(format!("`{}`", path.join("` → `")))
                    .hint(another()));
            }
            let Some(next) = self.get(&source) else {
                let names = self.names();
                let error = Error::failed(format!(
                    "profile `{}` takes its credentials from `{source}`, which does not exist{at}",
                    current.name
                ));
                return Err(match nearest(&source, &names).as_slice() {
                    [] => error.hint(another()),
                    near => error.hint(format!("did you mean `{}`?", near.join("`, `"))),
                });
            };
            if next.kind() == Kind::None {
                return Err(Error::failed(format!(
                    "profile `{}` takes its credentials from `{source}`, which has none{at}",
                    current.name
                ))
                .hint(another()));
            }
            path.push(source);
            current = next;
        }
        Ok(())
    }
}

fn looked_at(file: &AwsFile) -> String {
    let what = match file.kind {
        FileKind::Config => "config",
        FileKind::Credentials => "credentials",
    };
    if file.path.as_os_str().is_empty() {
        format!("looked for the {what} file, but there is no home directory: `HOME` is not set")
    } else if file.exists {
        format!("looked in {}", file.path.display())
    } else {
        format!("looked for {}, which does not exist", file.path.display())
    }
}

/// The names that a slip of the finger could have meant, nearest first, three at most.
#[must_use]
pub fn nearest<'n>(name: &str, names: &[&'n str]) -> Vec<&'n str> {
    let wanted = name.to_lowercase();
    let mut near: Vec<_> = names
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), *candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    near.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

fn profile_name<'s>(heading: &'s Heading<'_>) -> Option<&'s str> {
    match heading {
        Heading::Default { .. } => Some("default"),
        Heading::Profile(name) | Heading::Spaced(name) => Some(name),
        _ => None,
    }
}

/// Profiles with the properties of all their sections. Our lexer finds the keys and values and writes them as clean
/// text, in which nothing is left to interpretation; rust-ini reads that, all profiles at once. On the files themselves
/// it is silently wrong: with its best settings, a comment above `[profile b]` can put the keys of `b` into the profile
/// before it.
fn merge(wanted: &[(&str, &[Place<'_>])]) -> Vec<Profile> {
    let mut text = String::new();
    let mut profiles = Vec::with_capacity(wanted.len());
    for (number, (name, places)) in wanted.iter().enumerate() {
        writeln!(text, "[{number}]").expect("writing to a string does not fail");
        let Some(name) = ProfileName::new(name) else { continue };
        let mut profile = Profile { name, properties: Properties::new(), sources: Vec::with_capacity(places.len()) };
        for (file, section) in *places {
            profile.sources.push(Origin { file: file.path.clone(), line: section.line });
            for item in dialect::items(file.bytes(), section, &mut Vec::new()) {
                write_clean(&item, &mut text);
                // Of a key that stands more than once, the last one wins; its value comes from rust-ini.
                let origin = Origin { file: file.path.clone(), line: item.line };
                profile.properties.insert(item.key, Property { value: String::new(), origin });
            }
        }
        profiles.push((number, profile));
    }
    let clean = Ini::load_from_str(&text).expect("the text was written to be read");
    for (number, profile) in &mut profiles {
        // Of a key that stands more than once, rust-ini tells every value in its order.
        for (key, value) in clean.section(Some(number.to_string())).into_iter().flatten() {
            let value = value.strip_prefix(FENCE).and_then(|value| value.strip_suffix(FENCE)).unwrap_or(value);
            if let Some(property) = profile.properties.get_mut(key) {
                value.clone_into(&mut property.value);
            }
        }
    }
    profiles.into_iter().map(|(_, profile)| profile).collect()
}

/// Stands on both sides of a value: rust-ini trims after it has unescaped, and a value may begin with a newline.
const FENCE: char = '|';

fn write_clean(item: &Item, text: &mut String) {
    escape(&item.key, text);
    text.extend(['=', FENCE]);
    escape(&item.value, text);
    text.extend([FENCE, '\n']);
}

/// Escapes all that means something to rust-ini; what it reads back is the text as it was.
fn escape(value: &str, text: &mut String) {
    text.reserve(value.len());
    for char in value.chars() {
        let plain =
            matches!(char, 'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' | '/' | '+' | '%' | '@' | ',' | '~');
        // Beyond ASCII only blanks are trimmed; four digits hold no character above `\xffff`, and none there is blank.
        if plain || (!char.is_ascii() && !char.is_whitespace()) {
            text.push(char);
        } else {
            write!(text, "\\x{:04x}", u32::from(char)).expect("writing to a string does not fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::profile::sub_properties;

    fn file(kind: FileKind, text: &str) -> AwsFile {
        let path = if kind == FileKind::Config { "/config" } else { "/credentials" };
        AwsFile::read(kind, path.into(), text.as_bytes().to_vec())
    }

    fn with<T>(config: &str, credentials: &str, test: impl Fn(&Profiles<'_>) -> T) -> T {
        let config = file(FileKind::Config, config);
        let credentials = file(FileKind::Credentials, credentials);
        test(&Profiles::find(&config, &credentials))
    }

    #[test]
    fn names_come_in_the_order_of_the_cli_and_once() {
        let config = "[default]\n[profile b]\n[sso-session s]\n[profile a]\n[profile b]\n[other]\n";
        let names = with(config, "[c]\n[a]\n[default]\n", |profiles| {
            profiles.names().into_iter().map(str::to_owned).collect::<Vec<_>>()
        });
        assert_eq!(names, ["default", "b", "a", "c"]);
    }

    #[test]
    fn quoted_unicode_and_hostile_names_are_seen_as_the_cli_sees_them() {
        let config = "[profile \"my account\"]\n[profile 'a;b#c]d']\n[profile konto-ä]\n[profile it\\'s]\n\
                      [profile in valid]\n[profile \"open]\n[profile \"two\" words]\n";
        let names = with(config, "[my account]\n[in valid 2]\n[a$(touch)]\n", |profiles| {
            profiles.names().into_iter().map(str::to_owned).collect::<Vec<_>>()
        });
        assert_eq!(names, ["my account", "a;b#c]d", "konto-ä", "it's", "a$(touch)"]);
    }

    #[test]
    fn a_name_with_blanks_in_credentials_belongs_to_the_quoted_one_in_config() {
        let config = "[profile 'my account']\nregion = r\n";
        let sources = with(config, "[my account]\noutput = json\n[other one]\n", |profiles| {
            assert!(profiles.get("other one").is_none());
            profiles.get("my account").unwrap().sources
        });
        assert_eq!(sources.iter().map(ToString::to_string).collect::<Vec<_>>(), ["/config:1", "/credentials:1"]);
    }

    #[test]
    fn values_are_literal_and_survive_rust_ini() {
        let values = [
            r"C:\xtools\new\",
            r#""quoted""#,
            "a'b",
            "x=y:z",
            "50%",
            "x#no",
            "a;b",
            "ä😀\u{301}",
            "tab\tin",
            "\\x0041",
            "[x]",
            "a  b",
            "\u{feff}x",
            "\u{a0}x\u{a0}",
        ];
        for value in values {
            let text = format!("[profile p]\nkey:a = {value}\n");
            let read = with(&text, "", |profiles| profiles.get("p").unwrap().properties["key:a"].value.clone());
            assert_eq!(read, value);
        }
    }

    #[test]
    fn a_property_is_traced_to_the_line_that_wins() {
        let config = "# c\n[profile p]\nregion = a\nregion = b\n";
        with(config, "\n[p]\nRegion=c\n", |profiles| {
            let profile = profiles.get("p").unwrap();
            assert_eq!(profile.region(), Some("c"));
            assert_eq!(profile.origin("region").unwrap().to_string(), "/credentials:3");
            assert_eq!(
                profile.sources.iter().map(ToString::to_string).collect::<Vec<_>>(),
                ["/config:2", "/credentials:2"]
            );
        });
    }

    /// As botocore and the SDKs for JavaScript have it.
    #[test]
    fn an_indented_comment_is_no_part_of_a_value() {
        let config = "[profile a]\n  # one\nregion = x\n  # two\n\t; three\ns3 =\n  # four\n  max = 1\n";
        with(config, "", |profiles| {
            let profile = profiles.get("a").unwrap();
            assert_eq!(profile.region(), Some("x"));
            assert_eq!(profile.get("s3"), Some("\nmax = 1"));
            assert_eq!(profile.properties.len(), 2);
        });
    }

    #[test]
    fn damage_hides_no_other_profile_and_its_keys_land_nowhere() {
        let config = "stray = 1\n[profile a]\nnonsense\n  more\nregion = r\n[profile broken\nregion = lost\n[profile b]\n\
                      \tindented = 1\ns3 =\n  ok = 1\n  bad\n";
        with(config, "", |profiles| {
            assert_eq!(profiles.names(), ["a", "b"]);
            assert_eq!(profiles.get("a").unwrap().region(), Some("r"));
            let second = profiles.get("b").unwrap();
            assert_eq!(second.get("indented"), Some("1"));
            assert_eq!(
                sub_properties(&second.properties["s3"].value).into_iter().collect::<Vec<_>>(),
                [("ok".to_owned(), "1".to_owned())]
            );
        });
    }

    #[test]
    fn a_circle_or_a_gap_among_source_profiles_is_told_with_its_line() {
        let role = "role_arn = arn:aws:iam::1:role/R\nsource_profile =";
        let config = format!(
            "[profile a]\n{role} b\n[profile b]\n{role} a\n[profile gap]\n{role} bas\n[profile none]\n{role} empty\n\
             [profile empty]\n[profile base]\naws_access_key_id=A\naws_secret_access_key=S\n[profile ok]\n{role} base\n\
             [profile self]\n{role} self\n[profile own]\naws_access_key_id=A\naws_secret_access_key=S\n{role} own\n\
             [profile half]\naws_access_key_id=A\n{role} half\n"
        );
        let told = |name: &str| {
            with(&config, "", |profiles| match profiles.check_chain(&profiles.get(name).unwrap()) {
                Ok(()) => "ok".to_owned(),
                Err(error) => format!("{error}; {:?}; {:?}", error.causes(), error.hint_text()),
            })
        };
        assert_eq!(
            told("a"),
            "the source profiles form a loop (/config:6); [\"`a` → `b` → `a`\"]; \
             Some(\"`credenv configure b --source-profile PROFILE` names another\")"
        );
        assert_eq!(
            told("gap"),
            "profile `gap` takes its credentials from `bas`, which does not exist (/config:9); []; \
             Some(\"did you mean `base`?\")"
        );
        assert_eq!(
            told("none"),
            "profile `none` takes its credentials from `empty`, which has none (/config:12); []; Some(\"`credenv \
             configure \
             none --source-profile PROFILE` names another\")"
        );
        assert_eq!(
            told("self"),
            "the source profiles form a loop (/config:22); [\"`self` → `self`\"]; \
             Some(\"`credenv configure self --source-profile PROFILE` names another\")"
        );
        assert!(told("half").starts_with("the source profiles form a loop"));
        assert_eq!((told("ok").as_str(), told("own").as_str()), ("ok", "ok"));
    }
}
