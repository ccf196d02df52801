//! The certificates of an identity: found, checked, and laid down where programs look for them.

pub(super) mod findings;
mod told;

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::context::Context;
use super::list::shown;
use super::place::Looking;
use crate::aws::files;
use crate::certs::{self, Certificate, Validity};
use crate::cli::CertificateArgs;
use crate::clock::Moment;
use crate::core::binding::{Asked, Origin, Said};
use crate::core::error::{Error, Result};
use crate::core::profile::Profile;
use crate::core::target::{self, Certificates, Reason, Target};
use crate::core::text::as_typed;
use crate::core::vars::{Managed, Value};
use crate::report;
use crate::state::Choice;
use crate::system::{System, bytes_of_path, path_of};

pub(super) use told::{as_json, describe, in_force, in_force_as_json};

/// Where systems keep the public roots, the ones that most have first.
const SYSTEM_ROOTS: [&str; 7] = [
    // Debian, Arch, Alpine, NixOS
    "/etc/ssl/certs/ca-certificates.crt",
    // Fedora, Red Hat
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    // SUSE
    "/etc/ssl/ca-bundle.pem",
    // macOS, OpenBSD, FreeBSD
    "/etc/ssl/cert.pem",
    "/usr/local/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// Certificates that somebody asks for.
#[derive(Debug, Clone)]
pub(super) struct Source {
    what: What,
    by: By,
    /// What a person may have overlooked, should the file not be there.
    hint: Option<&'static str>,
}

#[derive(Debug, Clone)]
enum What {
    /// Text that stands in the file that asks.
    Text(String),
    /// A file whose text goes into `ca`.
    TextOf(PathBuf),
    /// A file that goes into `cafile`.
    File(PathBuf),
}

/// Who asks.
#[derive(Debug, Clone)]
enum By {
    /// A line of a project file or of an AWS file.
    Line(Origin),
    /// A command.
    Command(String),
    /// A variable of the environment.
    Variable(&'static str),
}

/// Why certificates cannot be taken, and what to do.
struct Wrong {
    why: String,
    hint: Option<String>,
}

impl Wrong {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The files of the command line, by their whole paths.
pub(super) fn files_of(arguments: &CertificateArgs, system: &System) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let whole = |paths: &[PathBuf]| paths.iter().map(|path| whole_path(path, &system.directory, system)).collect();
    (whole(&arguments.ca), whole(&arguments.cafile))
}

/// The certificates of a choice made by hand, by that command.
pub(super) fn of_choice(choice: &Choice, command: &str) -> Vec<Source> {
    let source = |what| Source { what, by: By::Command(command.to_owned()), hint: None };
    let texts = choice.ca.iter().cloned().map(What::TextOf);
    texts.chain(choice.cafile.iter().cloned().map(What::File)).map(source).collect()
}

/// The certificates that a project file asks for, whose relative paths start at its directory.
pub(super) fn of_asked(asked: &Asked, directory: &Path, system: &System) -> Vec<Source> {
    let source = |what, said: &Said| Source { what, by: By::Line(said.origin.clone()), hint: None };
    let texts = asked.ca.iter().map(|said| source(What::Text(certs::unescaped(&said.text)), said));
    let path = |said: &Said| whole_path(Path::new(&said.text), directory, system);
    texts.chain(asked.cafile.iter().map(|said| source(What::File(path(said)), said))).collect()
}

/// The certificates of a profile. A relative path starts at the file that names it, as that of a token does: for the
/// AWS CLI it would lead elsewhere in every directory.
pub(super) fn of_profile(profile: &Profile, system: &System) -> Option<Source> {
    let (text, origin) = (profile.get("ca_bundle")?, profile.origin("ca_bundle")?);
    let directory = origin.file.parent().unwrap_or(Path::new("/"));
    let path = whole_path(Path::new(text), directory, system);
    let hint = "write the full path: a relative `ca_bundle` is looked for beside the file that names it, but by the \
                AWS CLI in the current directory";
    let hint = Path::new(text).is_relative().then_some(hint);
    (!text.is_empty()).then(|| Source { what: What::File(path), by: By::Line(origin.clone()), hint })
}

/// The path from the root, without `.` and `..`.
fn whole_path(path: &Path, directory: &Path, system: &System) -> PathBuf {
    let path: PathBuf = directory.join(files::expand_home(path, system.home.as_deref())).components().collect();
    let up = |path: &&Path| path.components().next_back() == Some(Component::ParentDir);
    let Some(above) = path.ancestors().find(up) else { return path };
    let below = path.strip_prefix(above).unwrap_or(&path);
    // Where a symlink led down, `..` leads elsewhere than the name says.
    system.real_path(above).map_or_else(|| path.clone(), |above| above.join(below))
}

impl Source {
    /// Why these certificates are there.
    pub(super) fn reason(&self) -> Reason {
        match &self.by {
            By::Line(origin) => Reason::at("certificates of the project", origin),
            By::Command(command) => Reason::rule(format!("`{command}`")),
            By::Variable(name) => Reason::rule(format!("`{name}`")),
        }
    }

    /// The file; none where the text stands in the file that asks.
    fn path(&self) -> Option<&Path> {
        match &self.what {
            What::Text(_) => None,
            What::TextOf(path) | What::File(path) => Some(path),
        }
    }

    /// Reads and checks them.
    fn certificates(&self, looking: &Looking<'_>, system: &System) -> Result<Vec<Certificate>> {
        // What is not there is looked at, too: it may come.
        if let Some(path) = self.path() {
            looking.look_at(path);
        }
        self.read(system).map_err(|Wrong { why, hint }| {
            let what = match (self.path(), &self.by) {
                (None, By::Line(origin)) => format!("the text at {origin}"),
                (Some(path), By::Line(origin)) => format!("{}, which {origin} asks for", path.display()),
                (Some(path), _) => path.display().to_string(),
                (None, _) => "a text".to_owned(),
            };
            let error = Error::failed(format!("cannot use the certificates from {what}: {why}"));
            match hint {
                Some(hint) => error.hint(hint),
                None => error,
            }
        })
    }

    fn read(&self, system: &System) -> std::result::Result<Vec<Certificate>, Wrong> {
        let text = match &self.what {
            What::Text(text) => Cow::Borrowed(text.as_bytes()),
            What::TextOf(path) => Cow::Owned(self.read_file(path, system)?),
            What::File(path) => {
                check_path(path)?;
                Cow::Owned(self.read_file(path, system)?)
            }
        };
        certs::read(&text).map_err(|refusal| {
            let file = self.path().map_or_else(|| "FILE".to_owned(), |path| as_typed(&path.to_string_lossy()));
            Wrong::new(refusal.words()).hint(refusal.hint(&file))
        })
    }

    fn read_file(&self, path: &Path, system: &System) -> std::result::Result<Vec<u8>, Wrong> {
        match system.is_file(path) {
            Some(false) if system.is_directory(path) => {
                return Err(Wrong::new("it is a directory").hint("name the files in it"));
            }
            // To open it may wait for ever.
            Some(false) => return Err(Wrong::new("it is not a regular file").hint("name a regular file")),
            _ => {}
        }
        let bytes = system.read(path, certs::SIZE_LIMIT).map_err(|error| {
            let named = format!("cannot read {}: ", path.display());
            Wrong::new(error.message().strip_prefix(&named).unwrap_or(error.message()))
        })?;
        bytes.ok_or_else(|| Wrong { why: "no such file or directory".to_owned(), hint: self.hint.map(str::to_owned) })
    }

    /// Where they come from, for `why`.
    fn shown(&self, system: &System) -> String {
        match (self.path(), &self.by) {
            (None, By::Line(origin)) => format!("the text at {}", shown(origin, system)),
            (Some(path), By::Line(origin)) => format!("{} ({})", system.in_home(path), shown(origin, system)),
            (Some(path), _) => system.in_home(path),
            (None, _) => "a text".to_owned(),
        }
    }

    /// Where a certificate stands, for a warning.
    fn place(&self, certificate: &Certificate) -> String {
        match (self.path(), &self.by) {
            (Some(path), _) => format!("{}:{}", path.display(), certificate.line),
            (None, By::Line(origin)) => origin.to_string(),
            (None, _) => format!("line {}", certificate.line),
        }
    }

    /// What programs will hold against its certificates. Of a whole store of them, a few are enough.
    fn warnings(&self, certificates: &[Certificate], now: Moment) -> Vec<String> {
        let mut told: Vec<_> = certificates.iter().filter_map(|certificate| self.warning(certificate, now)).collect();
        if told.len() > SHOWN {
            let more = told.len() - (SHOWN - 1);
            told.truncate(SHOWN - 1);
            told.push(format!("{more} more certificates in the same file are not valid now"));
        }
        told
    }

    fn warning(&self, certificate: &Certificate, now: Moment) -> Option<String> {
        let (from, until) = (certificate.not_before.day(), certificate.not_after.day());
        let what = match certificate.validity(now) {
            Validity::Valid | Validity::EndsSoon => return None,
            Validity::Expired => format!("has expired: it was valid from {from} until {until}"),
            Validity::NotYet => format!("is not valid yet: it is valid from {from} until {until}"),
        };
        Some(format!("the certificate `{}` at {} {what}", certificate.subject, self.place(certificate)))
    }
}

/// How many certificates of one file are spoken of one by one.
const SHOWN: usize = 4;

/// `cafile` is a list of paths with commas between, each of which is trimmed.
fn check_path(path: &Path) -> std::result::Result<(), Wrong> {
    let text = path.to_string_lossy();
    let why = if text.contains(',') {
        "its path contains a comma, which separates the paths in `cafile`"
    } else if text.ends_with(char::is_whitespace) {
        "its path ends with a space, which programs cut off"
    } else {
        return Ok(());
    };
    Err(Wrong::new(why).hint("rename it, or pass it as `ca`"))
}

/// Checks certificates, lays them down, and adds the variables that name them to a target; none ask for nothing. What
/// the person should know besides is returned.
pub(super) fn add(
    context: &Context<'_>,
    looking: &Looking<'_>,
    sources: &[Source],
    decided_by: &Reason,
    target: &mut Target,
) -> Result<Vec<String>> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let system = context.system;
    let mut all = Vec::new();
    for source in sources {
        all.push((source.clone(), source.certificates(looking, system)?));
    }
    let now = system.now();
    let told = all.iter().flat_map(|(source, certificates)| source.warnings(certificates, now));
    let notes = told.map(|warning| report::note(&warning)).collect();
    if let Some(origin) = &context.settings.certificates.system_roots {
        all.push(system_roots(looking, system, origin)?);
    }
    target::add_certificates(target, &variables(&all, context, looking)?, decided_by);
    Ok(notes)
}

/// The public roots of the system, which the variables would take away.
fn system_roots(looking: &Looking<'_>, system: &System, origin: &Origin) -> Result<(Source, Vec<Certificate>)> {
    let found = SYSTEM_ROOTS.iter().map(Path::new).find(|path| system.is_file(path) == Some(true));
    let path = found.ok_or_else(|| {
        Error::failed(format!("cannot find the public root certificates of this system, which {origin} asks for"))
            .because(format!("looked for {}", SYSTEM_ROOTS.join(", ")))
    })?;
    let source = Source { what: What::File(path.to_owned()), by: By::Line(origin.clone()), hint: None };
    let certificates = source.certificates(looking, system)?;
    Ok((source, certificates))
}

/// The values of the variables, and the lines behind them.
fn variables(all: &[(Source, Vec<Certificate>)], context: &Context<'_>, looking: &Looking<'_>) -> Result<Certificates> {
    let system = context.system;
    let (files, texts): (Vec<_>, Vec<_>) = all.iter().partition(|(source, _)| matches!(source.what, What::File(_)));
    // One file is named as it is: then it stays right when somebody edits it, also where no hook looks.
    let only = match all {
        [(source, _)] => source.path(),
        _ => None,
    };
    let bundle = if let Some(path) = only {
        (Value::new(bytes_of_path(path)), reason("certificates", all.iter(), system))
    } else {
        let path = system.certificate_bundle(&certs::bundle(all.iter().flat_map(|(_, found)| found)))?;
        looking.look_at(&path);
        (Value::new(bytes_of_path(&path)), reason("one file with the certificates", all.iter(), system))
    };
    let paths: Vec<_> = files.iter().filter_map(|(source, _)| source.path()).map(bytes_of_path).collect();
    let text = certs::one_line(texts.iter().flat_map(|(_, found)| found));
    let given = |what: &str, of: &[&(Source, Vec<Certificate>)], value: Vec<u8>| {
        (!of.is_empty()).then(|| (Value::new(value), reason(what, of.iter().copied(), system)))
    };
    Ok(Certificates {
        texts: given("certificates", &texts, text.into_bytes()),
        files: given("certificates", &files, paths.join(&b',')),
        bundle,
        also: context.settings.certificates.also.clone(),
    })
}

/// The reason of a variable: each source, and the line or the command that asks for it.
fn reason<'s>(
    what: &str,
    sources: impl Iterator<Item = &'s (Source, Vec<Certificate>)>,
    system: &System,
) -> Rc<Reason> {
    let (mut from, mut by) = (Vec::new(), String::new());
    for (source, _) in sources {
        from.push(source.shown(system));
        if let By::Command(command) = &source.by {
            by = format!(", `{command}`");
        }
    }
    Rc::new(Reason::rule(format!("{what} from {}{by}", from.join(", "))))
}

/// The certificates that a variable names: the path of one file.
fn named_by(row: &'static Managed, system: &System) -> Option<Source> {
    let value = system.environment.get(&row.name).filter(|value| !value.as_bytes().is_empty())?;
    let path = system.directory.join(path_of(value.as_bytes()));
    Some(Source { what: What::TextOf(path), by: By::Variable(row.name.as_str()), hint: None })
}
