//! What is wrong with certificates, for `credenv doctor`.

use std::path::Path;

use super::{By, Source, What, Wrong, named_by, of_profile};

use crate::aws::profiles::Profiles;
use crate::certs::Validity;
use crate::clock::Moment;
use crate::core::finding::{ALL, CLI, Finding, JAVASCRIPT_2};
use crate::core::vars::{MANAGED, Managed, Role, Value};
use crate::system::{System, path_of};

/// What is wrong with the certificates in force and with those of profiles, or will be within 30 days.
pub(in crate::commands) fn of(profiles: &Profiles<'_>, system: &System) -> Vec<Finding> {
    findings_at(profiles, system, system.now())
}

fn findings_at(profiles: &Profiles<'_>, system: &System, now: Moment) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = Vec::new();
    for row in MANAGED {
        let (sources, affects): (Vec<_>, &[&str]) = match row.role {
            Role::CertificateBundle => (named_by(row, system).into_iter().collect(), ALL),
            Role::CertificateFiles => (listed_by(row, system), &[JAVASCRIPT_2]),
            // `requests` takes a directory as well.
            Role::CertificateBundleOnRequest => (
                named_by(row, system)
                    .filter(|source| !source.path().is_some_and(|path| system.is_directory(path)))
                    .into_iter()
                    .collect(),
                &[],
            ),
            _ => continue,
        };
        for source in sources {
            let path = source.path().map(Path::to_owned);
            if seen.contains(&path) {
                continue;
            }
            seen.push(path);
            let name = row.name.as_str();
            let found = source.findings(&format!("`{name}` names"), affects, system, now);
            findings.extend(found.into_iter().map(|finding| finding.about(name)));
        }
    }
    for profile in profiles.all() {
        let Some((source, origin)) = of_profile(&profile, system).zip(profile.origin("ca_bundle")) else { continue };
        let found = source.findings(&format!("profile `{}` takes certificates from", profile.name), ALL, system, now);
        findings.extend(found.into_iter().map(|finding| finding.at(origin)));
        if profile.get("ca_bundle").is_some_and(|text| Path::new(text).is_relative()) {
            let message = format!(
                "`ca_bundle` of profile `{}` is a relative path: without credenv, programs look for it in the \
                 directory they are started in",
                profile.name
            );
            findings.push(Finding::note(message, &[CLI], "write the full path").at(origin));
        }
    }
    findings
}

/// The certificates in the files that `cafile` names.
fn listed_by(row: &'static Managed, system: &System) -> Vec<Source> {
    let value = system.environment.get(&row.name).map_or(&b""[..], Value::as_bytes);
    let paths = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|path| !path.is_empty());
    let source = |path: &[u8]| Source {
        what: What::TextOf(system.directory.join(path_of(path))),
        by: By::Variable(row.name.as_str()),
        hint: None,
    };
    paths.map(source).collect()
}

impl Source {
    /// What is wrong with the certificates, which `whose` takes from there.
    fn findings(&self, whose: &str, affects: &[&'static str], system: &System, now: Moment) -> Vec<Finding> {
        let path = self.path().map_or_else(String::new, |path| system.in_home(path));
        let certificates = match self.read(system) {
            Ok(certificates) => certificates,
            Err(Wrong { why, hint }) => {
                let remedy = hint.unwrap_or_else(|| "name a file of PEM certificates".to_owned());
                return vec![Finding::problem(format!("{whose} {path}, which cannot be used: {why}"), affects, remedy)];
            }
        };
        let mut findings = Vec::new();
        for validity in [Validity::Expired, Validity::NotYet, Validity::EndsSoon] {
            let mut fitting = certificates.iter().filter(|certificate| certificate.validity(now) == validity);
            let Some(first) = fitting.next() else { continue };
            let more = match fitting.count() {
                0 => String::new(),
                more => format!(", and likewise {more} more"),
            };
            let what = match validity {
                Validity::Expired => format!("expired on {}", first.not_after.day()),
                Validity::NotYet => format!("is not valid before {}", first.not_before.day()),
                _ => format!("ends on {}", first.not_after.day()),
            };
            let message = format!("{whose} {path}, where `{}` {what}{more}", first.subject);
            let told = if validity == Validity::EndsSoon { Finding::note } else { Finding::problem };
            findings.push(told(message, affects, "put its successor into the file".to_owned()));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use std::path::{MAIN_SEPARATOR, PathBuf};

    use super::*;
    use crate::aws::files::{AwsFile, FileKind};
    use crate::certs::tests::{NOW, OLD, ROOT};
    use crate::core::vars::{Environment, VarName};

    fn file(kind: FileKind, text: &str) -> AwsFile {
        AwsFile::read(kind, "/h/.aws/config".into(), text.as_bytes().to_vec())
    }

    /// What is told of a home with these files, this config and this environment.
    #[allow(clippy::disallowed_methods)] // the files of a directory of its own
    fn told(files: &[(&str, String)], config: &str, variables: &[(&str, &str)], now: Moment) -> Vec<String> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().to_str().unwrap().to_owned();
        for (name, text) in files {
            std::fs::write(home.path().join(name), text).unwrap();
        }
        let variable =
            |(name, value): &(&str, &str)| (VarName::new(name).unwrap(), Value::new(value.replace('~', &path)));
        let system = System {
            arguments: Vec::new(),
            environment: variables.iter().map(variable).collect::<Environment>(),
            directory: PathBuf::from("/"),
            real_directory: None,
            home: Some(home.path().to_owned()),
        };
        let config = config.replace("HOME", &path);
        let (config, credentials) = (file(FileKind::Config, &config), file(FileKind::Credentials, ""));
        let findings = findings_at(&Profiles::find(&config, &credentials), &system, now);
        let shown = |finding: Finding| {
            let at = finding.variable.unwrap_or_else(|| format!("line {}", finding.line.unwrap_or(0)));
            format!("{:?} {at}: {}; {}", finding.severity, finding.message, finding.remedy)
        };
        findings.into_iter().map(shown).map(|line| line.replace(&path, "~").replace(MAIN_SEPARATOR, "/")).collect()
    }

    const FOLLOWS: &str = "put its successor into the file";

    #[test]
    fn certificates_that_hold_are_not_worth_a_word() {
        let files = [("corp.pem", ROOT.to_owned())];
        let config = "[profile p]\nca_bundle = HOME/corp.pem\n[profile q]\nca_bundle =\n";
        assert_eq!(told(&files, config, &[("AWS_CA_BUNDLE", "~/corp.pem"), ("cafile", "")], NOW), [""; 0]);
        assert_eq!(told(&[], "", &[("REQUESTS_CA_BUNDLE", "~"), ("SSL_CERT_FILE", "")], NOW), [""; 0]);
    }

    #[test]
    fn what_the_environment_names_is_told_once_a_file() {
        let files = [("old.pem", format!("{OLD}{ROOT}{OLD}")), ("none.pem", "x".to_owned())];
        let variables = [
            ("AWS_CA_BUNDLE", "~/old.pem"),
            ("NODE_EXTRA_CA_CERTS", "~/old.pem"),
            ("CURL_CA_BUNDLE", "~"),
            ("SSL_CERT_FILE", "~/gone.pem"),
            ("cafile", "~/old.pem, ~/none.pem"),
        ];
        assert_eq!(
            told(&files, "", &variables, NOW),
            [
                format!(
                    "Problem AWS_CA_BUNDLE: `AWS_CA_BUNDLE` names ~/old.pem, where `CN=Old Root` expired on \
                     2020-01-01, and likewise 1 more; {FOLLOWS}"
                ),
                "Problem SSL_CERT_FILE: `SSL_CERT_FILE` names ~/gone.pem, which cannot be used: no such file or \
                 directory; name a file of PEM certificates"
                    .to_owned(),
                "Problem cafile: `cafile` names ~/none.pem, which cannot be used: there is no PEM certificate in it; \
                 `openssl x509 -in ~/none.pem -noout -subject` shows whether it holds a certificate"
                    .to_owned(),
            ]
        );
    }

    #[test]
    fn the_certificates_of_every_profile_are_looked_at() {
        let files = [("root.pem", ROOT.to_owned())];
        let config = "[profile p]\nca_bundle = HOME/root.pem\n[profile q]\nregion = x\nca_bundle = gone.pem\n";
        let soon = Moment::from_rfc3339("2029-12-20T00:00:00Z").unwrap();
        let ends = "Note line 2: profile `p` takes certificates from ~/root.pem, where `C=DE, O=Acme, Inc., CN=Acme \
                    Root` ends on";
        let gone = "Problem line 5: profile `q` takes certificates from /h/.aws/gone.pem, which cannot be used: no \
                    such file or \
                    directory; write the full path: a relative `ca_bundle` is looked for beside the file that names \
                    it, but by the AWS CLI in the current directory";
        let relative = "Note line 5: `ca_bundle` of profile `q` is a relative path: without credenv, programs look \
                        for it in the directory they are started in; write the full path";
        let q = [gone.to_owned(), relative.to_owned()];
        assert_eq!(told(&files, config, &[], soon), [&[format!("{ends} 2030-01-01; {FOLLOWS}")], &q[..]].concat());
        let early = Moment::from_rfc3339("2019-12-20T00:00:00Z").unwrap();
        let not_yet = "Problem line 2: profile `p` takes certificates from ~/root.pem, where `C=DE, O=Acme, Inc., \
                       CN=Acme Root` is not valid before 2020-01-01";
        assert_eq!(told(&files, config, &[], early), [&[format!("{not_yet}; {FOLLOWS}")], &q[..]].concat());
    }
}
