//! The person's own config, `config.yml` in their config directory.

use std::path::{Component, Path, PathBuf};

use crate::core::binding::{Asked, Origin, Said};
use crate::core::error::Result;
use crate::core::vars::{MANAGED, Role, VarName};
use crate::project::credenv_file::{asked_by_rule, profile};
use crate::project::strict::{Document, Part};
use crate::system::System;
use crate::system::os::Os;

/// The largest config that is read, in bytes.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// What the person set for themselves.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Profiles that are never entered without being asked for: names, with `*` for any text.
    pub protected: Vec<Said>,
    /// No line when a hook changed something.
    pub quiet: bool,
    /// The names that projects use for profiles, and the person's own.
    pub profiles: Vec<(String, Said)>,
    /// What holds below a directory.
    pub directories: Vec<Rule>,
    /// Whom certificates reach, and what is added to them.
    pub certificates: Certificates,
}

/// What the person wants of the certificates that are asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Certificates {
    /// More variables that are to name the one file of all.
    pub also: Vec<VarName>,
    /// Whether the public roots of the system are added, and where it says so.
    pub system_roots: Option<Origin>,
}

/// What holds in a directory and below it.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The directory as written: from `/` or `~/`, with `*` for any text within one name.
    pub directory: Said,
    /// What it asks for.
    pub asked: Asked,
}

/// Something in the config that will surprise.
#[derive(Debug, PartialEq, Eq)]
pub struct Remark {
    /// Whether something fails of it, rather than does nothing.
    pub is_problem: bool,
    /// What it is.
    pub message: String,
    /// Where it stands.
    pub origin: Origin,
    /// What to do.
    pub remedy: String,
}

impl Config {
    /// Where it lies.
    #[must_use]
    pub fn path(system: &System) -> Option<PathBuf> {
        Some(system.config_directory()?.join("config.yml"))
    }

    /// Reads it; one that is not there sets nothing.
    pub fn read(system: &System) -> Result<Self> {
        let Some(path) = Self::path(system) else { return Ok(Self::default()) };
        let Some(bytes) = system.read(&path, SIZE_LIMIT)? else { return Ok(Self::default()) };
        Self::from_text(&bytes, &path)
    }

    /// Reads its text.
    pub fn from_text(text: &[u8], path: &Path) -> Result<Self> {
        let document = Document::read(text, path)?;
        let mut config = Self::default();
        let Some(root) = document.root() else { return Ok(config) };
        for entry in root.known_entries(&["protected", "quiet", "profiles", "directories", "certificates"])? {
            // A key above lines that are all commented out.
            if entry.is_nothing() {
                continue;
            }
            match entry.name() {
                "protected" => {
                    config.protected = entry.items()?.iter().map(profile).collect::<Result<_>>()?;
                }
                "quiet" => config.quiet = entry.flag()?,
                "profiles" => {
                    for mapped in entry.entries()? {
                        config.profiles.push((mapped.name().to_owned(), profile(&mapped)?));
                    }
                }
                "certificates" => config.certificates = certificates(&entry)?,
                _ => {
                    for rule in entry.entries()? {
                        let directory = Said { text: rule.name().to_owned(), origin: rule.key_origin() };
                        config.directories.push(Rule { directory, asked: asked_by_rule(&rule)? });
                    }
                }
            }
        }
        Ok(config)
    }

    /// Whether a profile is protected.
    #[must_use]
    pub fn protects(&self, profile: &str) -> bool {
        self.protected.iter().any(|pattern| matches(&pattern.text, profile))
    }

    /// The person's own name for a profile that a project names.
    #[must_use]
    pub fn own_name(&self, named: &str) -> Option<&Said> {
        self.profiles.iter().find(|(name, _)| name == named).map(|(_, own)| own)
    }

    /// The rule that holds in a directory: the one with the longest path; of two as long, the one with fewer `*`.
    #[must_use]
    pub fn rule_for(&self, directory: &Path, home: Option<&Path>) -> Option<&Rule> {
        let fitting = self.directories.iter().filter_map(|rule| {
            let path = expanded(&rule.directory.text, home)?;
            holds_in(&path, directory).then(|| {
                let stars = rule.directory.text.matches('*').count();
                ((path.components().count(), std::cmp::Reverse(stars)), rule)
            })
        });
        // The first of several that are as good: `max_by_key` would take the last.
        fitting.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, rule)| rule)
    }

    /// The rule that holds in a directory, and the directory above it, or the same, that the rule names.
    #[must_use]
    pub fn rule_at(&self, directory: &Path, home: Option<&Path>) -> Option<(&Rule, PathBuf)> {
        let rule = self.rule_for(directory, home)?;
        let depth = expanded(&rule.directory.text, home)?.components().count();
        Some((rule, directory.components().take(depth).collect()))
    }

    /// What in it will surprise, given the names of the profiles that there are.
    #[must_use]
    pub fn remarks(&self, names: &[&str]) -> Vec<Remark> {
        let list = "`credenv list` shows your profiles";
        let mut remarks = Vec::new();
        let mut remark = |is_problem, origin: &Origin, message: String, remedy: &str| {
            remarks.push(Remark { is_problem, message, origin: origin.clone(), remedy: remedy.to_owned() });
        };
        for pattern in &self.protected {
            if !names.iter().any(|name| matches(&pattern.text, name)) {
                let message = format!("`{}` protects nothing: no profile matches it", pattern.text);
                remark(false, &pattern.origin, message, list);
            }
        }
        for (name, own) in &self.profiles {
            if !names.contains(&own.text.as_str()) {
                let message = format!("`{name}` stands for the profile `{}`, which does not exist", own.text);
                remark(true, &own.origin, message, list);
            }
        }
        for Rule { directory, asked } in &self.directories {
            if let Some(profile) = asked.profile.as_ref().filter(|profile| !names.contains(&profile.text.as_str())) {
                let message = format!(
                    "the rule for `{}` names the profile `{}`, which does not exist",
                    directory.text, profile.text
                );
                remark(true, &profile.origin, message, list);
            }
            if !is_rooted(&directory.text) {
                let message = format!("the rule for `{}` never applies: no directory has such a path", directory.text);
                remark(true, &directory.origin, message, "write the full path, or from `~/`, without `.` and `..`");
            }
            if asked.profile.is_none() && asked.account.is_none() && asked.region.is_none() {
                let message = format!("the rule for `{}` asks for nothing", directory.text);
                remark(false, &directory.origin, message, "give it a profile, an account or a region");
            }
        }
        remarks
    }
}

fn certificates(part: &Part<'_>) -> Result<Certificates> {
    let mut certificates = Certificates::default();
    let on_request = MANAGED.iter().filter(|row| row.role == Role::CertificateBundleOnRequest);
    let names: Vec<&str> = on_request.map(|row| row.name.as_str()).collect();
    for entry in part.known_entries(&["also", "system_roots"])? {
        if entry.is_nothing() {
            continue;
        }
        match entry.name() {
            "also" => {
                for item in entry.items()? {
                    certificates.also.extend(VarName::new(item.one_of(&names)?));
                }
            }
            _ => certificates.system_roots = entry.flag()?.then(|| entry.origin()),
        }
    }
    Ok(certificates)
}

/// Whether the path of a rule can be that of a directory.
fn is_rooted(text: &str) -> bool {
    let path = Path::new(text);
    let begins = path.is_absolute() || text == "~" || text.starts_with("~/");
    begins && !path.components().any(|component| matches!(component, Component::CurDir | Component::ParentDir))
}

/// The path of a rule, `~` being the home directory.
fn expanded(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    match text.strip_prefix('~') {
        _ if !is_rooted(text) => None,
        Some(below) => Some(home?.join(below.trim_start_matches('/'))),
        None => Some(PathBuf::from(text)),
    }
}

/// Whether the directory is the one of a rule, or below it.
fn holds_in(rule: &Path, directory: &Path) -> bool {
    let mut names = directory.components();
    rule.components().all(|wanted| {
        names.next().is_some_and(|name| {
            let (wanted, name) = (wanted.as_os_str(), name.as_os_str());
            wanted == name || {
                let (wanted, name) = (wanted.to_string_lossy(), name.to_string_lossy());
                matches(&Os::HERE.folded(&wanted), &Os::HERE.folded(&name))
            }
        })
    })
}

/// Whether a name fits a pattern in which `*` stands for any text, also none.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, fits) in [
            ("*prod*", "prodProfile", true),
            ("*prod*", "acme-prod", true),
            ("*prod*", "dev", false),
            ("prod", "prod", true),
            ("prod", "prod2", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("*", "", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    const TEXT: &str = "\
protected: [\"*prod*\", audit]
quiet: true
profiles:
  devProfile: acme-dev
  'prodProfile': acme-prod
directories:
  ~/code/acme: acme-dev
  ~/code/acme/billing:
    profile: billing
    region: eu-west-1
    protected: true
  ~/code/*/ops: {account: \"012345678901\", role: Deploy}
  ROOT/srv/acme-*: acme-prod
";

    /// The same text with paths of this system, where they start at `ROOT`.
    fn here(text: &str) -> String {
        text.replace("ROOT", if cfg!(windows) { "C:" } else { "" })
    }

    fn read(text: &str) -> Config {
        Config::from_text(here(text).as_bytes(), Path::new("/c.yml")).unwrap()
    }

    fn told(text: &str) -> String {
        let error = Config::from_text(text.as_bytes(), Path::new("/c.yml")).unwrap_err();
        error.hint_text().map_or_else(|| error.message().to_owned(), |hint| format!("{}; {hint}", error.message()))
    }

    #[test]
    fn everything_is_told_with_its_line() {
        let config = read(TEXT);
        let at = |said: &Said| (said.text.clone(), said.origin.to_string());
        let line = |text: &str, line| (text.to_owned(), format!("/c.yml:{line}"));
        assert_eq!(config.protected.iter().map(at).collect::<Vec<_>>(), [line("*prod*", 1), line("audit", 1)]);
        assert!(config.quiet);
        assert_eq!(config.own_name("devProfile").map(at), Some(line("acme-dev", 4)));
        assert_eq!(config.own_name("prodProfile").map(at), Some(line("acme-prod", 5)));
        assert_eq!(config.own_name("acme-dev"), None);
        let rules: Vec<_> = config.directories.iter().map(|rule| at(&rule.directory)).collect();
        assert_eq!(
            rules,
            [
                line("~/code/acme", 7),
                line("~/code/acme/billing", 8),
                line("~/code/*/ops", 12),
                line(&here("ROOT/srv/acme-*"), 13)
            ]
        );
        let asked = &config.directories[1].asked;
        assert_eq!(asked.profile.as_ref().map(at), Some(line("billing", 9)));
        assert_eq!(asked.region.as_ref().map(at), Some(line("eu-west-1", 10)));
        assert!(asked.protected);
        let asked = &config.directories[2].asked;
        assert_eq!(asked.account.as_ref().map(at), Some(line("012345678901", 12)));
        assert_eq!(asked.role.as_ref().map(at), Some(line("Deploy", 12)));
        let text = "certificates:\n  also: [CURL_CA_BUNDLE]\n  system_roots: true\n";
        let origin = Origin { file: "/c.yml".into(), line: 3 };
        let also = vec![VarName::known("CURL_CA_BUNDLE")];
        assert_eq!(read(text).certificates, Certificates { also, system_roots: Some(origin) });
        let text = "certificates: {also: , system_roots: false}";
        assert_eq!(read(text).certificates, Certificates::default());
        for text in ["", "---\n", "# nothing\n", "protected:\nquiet:\nprofiles:\ndirectories:\n", "{}"] {
            assert_eq!(read(text), Config::default(), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_an_error_with_its_place() {
        for (text, words) in [
            ("quiet: true\nprotectd: [x]\n", "/c.yml:2:1: unknown key `protectd`; did you mean `protected`?"),
            (
                "x: 1\n",
                "/c.yml:1:1: unknown key `x`; the keys are `protected`, `quiet`, `profiles`, `directories`, \
              `certificates`",
            ),
            ("protected: x\n", "/c.yml:1:12: `protected` must be a list, but is text"),
            ("protected: [x, 1]\n", "/c.yml:1:16: `protected` must be text, but is a number: quote it"),
            ("quiet: yes\n", "/c.yml:1:8: `quiet` must be `true` or `false`, but is text"),
            ("profiles: [x]\n", "/c.yml:1:11: `profiles` must hold keys and values, but is a list"),
            ("profiles:\n  a: \n", "/c.yml:2:5: `a` is empty"),
            ("profiles:\n  1: a\n", "/c.yml:2:3: a key must be text, but this one is a number: quote it"),
            ("directories:\n  /a: {profil: x}\n", "/c.yml:2:8: unknown key `profil`; did you mean `profile`?"),
            (
                "directories: {/a: {stage: x}}\n",
                "/c.yml:1:20: unknown key `stage`; the keys are `profile`, `account`, \
              `role`, `region`, `protected`",
            ),
            ("certificates: true\n", "/c.yml:1:15: `certificates` must hold keys and values, but is a truth value"),
            ("certificates: {als: []}\n", "/c.yml:1:16: unknown key `als`; did you mean `also`?"),
            ("certificates: {also: x}\n", "/c.yml:1:22: `also` must be a list, but is text"),
            (
                "certificates:\n  also: [SSL_CERT_FILE, CURL_CA_BUNDEL]\n",
                "/c.yml:2:25: `also` cannot hold `CURL_CA_BUNDEL`; did you mean `CURL_CA_BUNDLE`?",
            ),
            (
                "certificates: {also: [PATH]}\n",
                "/c.yml:1:23: `also` cannot hold `PATH`; it can hold `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`, \
              `SSL_CERT_FILE`",
            ),
            ("certificates: {also: [1]}\n", "/c.yml:1:23: `also` must be text, but is a number: quote it"),
            (
                "certificates: {system_roots: yes}\n",
                "/c.yml:1:30: `system_roots` must be `true` or `false`, but is text",
            ),
            ("- a\n", "/c.yml:1:1: the file must hold keys and values, but is a list"),
            ("quiet: true\nquiet: false\n", "/c.yml:2:1: the key `quiet` appears twice"),
            ("quiet: [\n", "/c.yml:2:1: did not find expected node content, while parsing a flow node"),
        ] {
            assert_eq!(told(text), words, "{text:?}");
        }
    }

    #[test]
    fn the_rule_with_the_longest_path_holds() {
        let config = read(TEXT);
        let home = Path::new("/home/me");
        let rule = |directory: &str| {
            config.rule_for(Path::new(&here(directory)), Some(home)).map(|rule| &*rule.directory.text)
        };
        assert_eq!(rule("/home/me/code/acme"), Some("~/code/acme"));
        assert_eq!(rule("/home/me/code/acme/web/src"), Some("~/code/acme"));
        assert_eq!(rule("/home/me/code/acme/billing/x"), Some("~/code/acme/billing"));
        assert_eq!(rule("/home/me/code/acme/ops"), Some("~/code/*/ops"));
        assert_eq!(rule("/home/me/code/acme2"), None);
        assert_eq!(rule("/home/me/work"), None);
        assert_eq!(rule("ROOT/srv/acme-1/x"), Some(here("ROOT/srv/acme-*").as_str()));
        assert_eq!(rule("ROOT/srv/acme"), None);
        assert_eq!(rule("/home/me/Code/ACME").is_some(), cfg!(windows));
        assert_eq!(config.rule_for(Path::new("/home/me/code/acme"), None), None);
        let same = read(
            "directories: {ROOT/a/*: one, ROOT/a/b: two, ROOT/a/b/: three, a/b: four, ROOT/a/../a/b/c: five, \
             ROOT/: six, \"~\": seven}",
        );
        let rule = |directory: &str| {
            same.rule_for(Path::new(&here(directory)), Some(home)).map(|rule| rule.directory.text.as_str())
        };
        assert_eq!(rule("ROOT/a/b/c"), Some(here("ROOT/a/b").as_str()));
        assert_eq!(rule("ROOT/a/c"), Some(here("ROOT/a/*").as_str()));
        assert_eq!(rule("ROOT/x"), Some(here("ROOT/").as_str()));
        assert_eq!(rule("/home/me/x"), Some("~"));
    }

    #[test]
    fn what_will_surprise_is_remarked() {
        assert_eq!(read(TEXT).remarks(&["acme-dev", "acme-prod", "audit", "billing"]), []);
        let told = |text, names: &[&str]| {
            let remarks = read(text).remarks(names);
            let as_text = |remark: &Remark| {
                let kind = if remark.is_problem { "problem" } else { "note" };
                format!("{kind} {}: {}", remark.origin.line, remark.message)
            };
            remarks.iter().map(as_text).collect::<Vec<_>>()
        };
        assert_eq!(
            told(TEXT, &["acme-dev"]),
            [
                "note 1: `*prod*` protects nothing: no profile matches it",
                "note 1: `audit` protects nothing: no profile matches it",
                "problem 5: `prodProfile` stands for the profile `acme-prod`, which does not exist",
                "problem 9: the rule for `~/code/acme/billing` names the profile `billing`, which does not exist",
                &here("problem 13: the rule for `ROOT/srv/acme-*` names the profile `acme-prod`, which does not exist"),
            ]
        );
        assert_eq!(
            told("directories:\n  work: a\n  ~me/x: a\n  ROOT/a/../b: a\n  ROOT/c: {}\n", &["a"]),
            [
                "problem 2: the rule for `work` never applies: no directory has such a path",
                "problem 3: the rule for `~me/x` never applies: no directory has such a path",
                &here("problem 4: the rule for `ROOT/a/../b` never applies: no directory has such a path"),
                &here("note 5: the rule for `ROOT/c` asks for nothing"),
            ]
        );
    }
}
