//! What is wrong in the AWS files, or is read differently by different programs.
//!
//! Who stumbles over what was measured with AWS CLI 2.9 and 1.46, botocore 1.44, the AWS SDKs for JavaScript v2 and
//! v3, and aws-runtime 1.10 (the AWS SDK for Rust).

use std::collections::{BTreeSet, HashMap, HashSet};

use super::configparser::{self, Refusal, Why};
use super::dialect::{self, Damage, Fault, Heading, Section};
use super::files::{AwsFile, FileKind};
use super::profiles::Profiles;
use crate::core::binding::Origin;
use crate::core::finding::{ALL, CLI, Finding, JAVASCRIPT_2, JAVASCRIPT_3, RUST};
use crate::core::profile::{Kind, Profile};

/// Everything found in the two files, config first, by line.
#[must_use]
pub fn of(profiles: &Profiles<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in profiles.files() {
        let sections = file.sections();
        let mut found = text(file);
        found.extend(lines(file, sections));
        found.extend(headings(file, sections, profiles));
        found.sort_by_key(|finding| finding.line);
        findings.extend(found);
    }
    findings.extend(both_defaults(profiles));
    let sessions: BTreeSet<String> = profiles.sso_sessions().into_keys().collect();
    let all = profiles.all();
    for profile in &all {
        findings.extend(of_profile(profile, profiles, &sessions));
    }
    findings.extend(only_in_config(&all, profiles));
    findings
}

/// What concerns the bytes of the file.
fn text(file: &AwsFile) -> Vec<Finding> {
    let mut found = Vec::new();
    if dialect::has_byte_order_mark(file.bytes()) {
        let remedy = "save it as UTF-8 without a byte order mark";
        found.push(Finding::problem("the file begins with a byte order mark", &[CLI, RUST], remedy).at(&at(file, 1)));
    }
    if let Err(error) = std::str::from_utf8(file.bytes()) {
        let before = &file.bytes()[..error.valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        let message = "the line is not valid UTF-8, so the whole file is refused";
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        found.push(Finding::problem(message, &[CLI, RUST], "save the file as UTF-8").at(&at(file, line)));
    }
    found
}

fn at(file: &AwsFile, line: u32) -> Origin {
    Origin { file: file.path.clone(), line }
}

/// What concerns single lines: damage, what the AWS CLI refuses, comments behind values.
fn lines(file: &AwsFile, sections: &[Section<'_>]) -> Vec<Finding> {
    let mut damage = Vec::new();
    let mut found = Vec::new();
    dialect::preamble(file.bytes(), sections, &mut damage);
    for section in sections {
        for item in dialect::items(file.bytes(), section, &mut damage) {
            if item.quirks.inline_comment {
                let message = format!(
                    "some programs read the comment after `{}` as part of the value, and others cut it off",
                    item.key
                );
                let remedy = "put the comment on a line of its own";
                found.push(Finding::problem(message, &[CLI], remedy).at(&at(file, item.line)));
            }
            let written = file.bytes()[item.span.clone()].trim_ascii_start();
            if written[..item.key.len().min(written.len())].iter().any(u8::is_ascii_uppercase) {
                let message =
                    format!("`{}` is written with capital letters, which some programs do not recognize", item.key);
                let remedy = format!("write it as `{}`", item.key);
                found.push(Finding::problem(message, &[JAVASCRIPT_2, JAVASCRIPT_3], remedy).at(&at(file, item.line)));
            }
            if item.value.contains('\n') && !item.value.starts_with('\n') {
                let message =
                    format!("the value of `{}` continues on the next line, which some programs ignore", item.key);
                let remedy = "write it on one line";
                found.push(Finding::problem(message, &[JAVASCRIPT_2, JAVASCRIPT_3], remedy).at(&at(file, item.line)));
            }
        }
    }
    let text = String::from_utf8_lossy(dialect::without_byte_order_mark(file.bytes()));
    let refusals = configparser::refusals(&text);
    let refused: HashSet<u32> = refusals.iter().filter(|refusal| !refusal.is_twice()).map(|found| found.line).collect();
    let damaged_lines: HashSet<u32> = damage.iter().map(|damage| damage.line).collect();
    found.extend(damage.iter().map(|damage| {
        let cli = refused.contains(&damage.line);
        damaged(*damage, cli).at(&at(file, damage.line))
    }));
    let told = |refusal: &&Refusal| refusal.is_twice() || !damaged_lines.contains(&refusal.line);
    let first_outside = refusals.iter().find(|refusal| refusal.why == Why::NoSection).map(|refusal| refusal.line);
    for refusal in refusals.iter().filter(told) {
        // Below the first line outside of a section, the others say nothing new.
        if refusal.why != Why::NoSection || Some(refusal.line) == first_outside {
            found.push(refused_by_cli(&refusal.why).at(&at(file, refusal.line)));
        }
    }
    found
}

/// What only the AWS CLI refuses.
fn refused_by_cli(why: &Why) -> Finding {
    let (message, remedy) = match why {
        Why::SectionTwice(written, first) => (
            format!("the section `{written}` appears twice, first at line {first}"),
            "merge the two sections: the AWS CLI refuses the whole file",
        ),
        Why::KeyTwice(key, first) => (
            format!("`{key}` appears twice in this section, first at line {first}"),
            "remove one of the lines: the AWS CLI refuses the whole file",
        ),
        Why::NoSection | Why::NoDelimiter | Why::EmptyKey | Why::BadSubProperty => (
            "the line is neither a section header nor `key = value`".to_owned(),
            "remove it, or put a `#` in front of it: the AWS CLI refuses the whole file",
        ),
    };
    Finding::problem(message, &[CLI], remedy)
}

/// A line that the specification refuses; whether the AWS CLI does too is another matter.
fn damaged(damage: Damage, cli: bool) -> Finding {
    let refusing: &[_] = if cli { &[CLI, RUST] } else { &[RUST] };
    match damage.fault {
        Fault::OutsideSection => Finding::problem(
            "the line is above the first section",
            refusing,
            "put a header such as `[default]` above it",
        ),
        Fault::OpenHeader => {
            Finding::problem("the section header has no closing `]`", refusing, "close the header with `]`")
        }
        Fault::NoEqualsSign if !cli => Finding::problem(
            "the line has no `=`: only the AWS CLI and boto3 read it as a key",
            &[JAVASCRIPT_2, JAVASCRIPT_3, RUST],
            "write `key = value`, or put a `#` in front of it",
        ),
        Fault::NoEqualsSign => {
            Finding::problem("the line has no `=`", refusing, "write `key = value`, or put a `#` in front of it")
        }
        Fault::IndentedComment => Finding::problem(
            "the comment is indented: some programs read it as part of what is above it",
            &[RUST],
            "remove the spaces in front of it",
        ),
        Fault::EmptyKey => Finding::problem("there is no key before the `=`", refusing, "write `key = value`"),
        Fault::StrayContinuation => Finding::problem(
            "the line is indented, but there is no property above it to continue",
            refusing,
            "remove the spaces in front of it",
        ),
        Fault::BadSubProperty => Finding::problem(
            "the indented line below a key without a value has no `=`",
            refusing,
            "write `key = value`, or put the value on the same line as the key",
        ),
        Fault::EmptySubPropertyKey => {
            Finding::problem("there is no key before the `=` of the indented line", refusing, "write `key = value`")
        }
    }
}

/// What concerns section headers: names that not everybody sees, names written in two ways.
fn headings(file: &AwsFile, sections: &[Section<'_>], profiles: &Profiles<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen: HashMap<String, (String, u32)> = HashMap::new();
    let names: BTreeSet<&str> = profiles.names().into_iter().collect();
    for section in sections {
        let written = header(file, section);
        let origin = at(file, section.line);
        // The credentials file knows no two ways of writing a name; and to the AWS CLI, a header that stands twice
        // letter by letter is another matter.
        let has_a_name = matches!(section.heading, Heading::Profile(_) | Heading::SsoSession(_) | Heading::Services(_));
        if file.kind == FileKind::Config && has_a_name {
            let (before, first) =
                seen.entry(format!("{:?}", section.heading)).or_insert_with(|| (written.clone(), section.line));
            if *before != written {
                let message = format!("`{written}` is the same as `{before}` at line {first}, written differently");
                let remedy = "merge the two sections: the AWS CLI uses only the later one";
                found.push(Finding::problem(message, &[CLI], remedy).at(&origin));
            }
        }
        found.extend(spelling(file, section, &written).map(|finding| finding.at(&origin)));
        let finding = match &section.heading {
            Heading::Profile(name) if !is_plain(name) => Finding::note(
                format!(
                    "only some programs see the profile `{name}`: its name has characters other than letters, digits \
                     and `_-/.%@:+`"
                ),
                // The AWS SDK for JavaScript v2 takes whatever stands between the brackets, also the quotes.
                if written.contains(['"', '\'', '\\']) {
                    &[JAVASCRIPT_2, JAVASCRIPT_3, RUST]
                } else {
                    &[JAVASCRIPT_3, RUST]
                },
                "give it a plain name if you need it in these programs",
            ),
            Heading::Spaced(name) => match name.strip_prefix("profile ") {
                Some(bare) => Finding::problem(
                    format!(
                        "`{written}` in the credentials file does not define the profile `{bare}`: there, a header is \
                         the name alone"
                    ),
                    ALL,
                    format!("write `[{}]`", bare.trim()),
                ),
                None if names.contains(name.as_ref()) => continue,
                None => Finding::note(
                    format!("only the AWS CLI sees the profile `{name}`: its name contains a space"),
                    &[JAVASCRIPT_2, JAVASCRIPT_3, RUST],
                    "give it a name without spaces if you need it in these programs",
                ),
            },
            Heading::Ignored if file.kind == FileKind::Config => match unseen(&written) {
                Some(finding) => finding,
                None => continue,
            },
            _ => continue,
        };
        found.push(finding.at(&origin));
    }
    found
}

/// A header whose blanks, or what stands behind it, some programs stumble over.
fn spelling(file: &AwsFile, section: &Section<'_>, written: &str) -> Option<Finding> {
    let line = String::from_utf8_lossy(&file.bytes()[section.header.clone()]);
    let behind = line.trim_start().strip_prefix(written)?.trim();
    if !behind.is_empty() && !behind.starts_with(['#', ';']) && !written.contains(['"', '\'', '\\']) {
        let message = format!("there is text after the header `{written}`");
        let remedy = "remove it, or put a `#` in front of it";
        return Some(Finding::problem(message, &[JAVASCRIPT_2, JAVASCRIPT_3, RUST], remedy));
    }
    let inner = written.strip_prefix('[')?.strip_suffix(']')?;
    let plain = match &section.heading {
        Heading::Default { prefixed: false } => "default".to_owned(),
        Heading::Default { prefixed: true } => "profile default".to_owned(),
        Heading::Profile(name) if file.kind == FileKind::Config && is_plain(name) => format!("profile {name}"),
        Heading::Profile(name) if is_plain(name) => name.to_string(),
        _ => return None,
    };
    // To these two, nothing but the name may stand between the brackets.
    let of_cli = inner.starts_with([' ', '\t']) || (file.kind == FileKind::Credentials && inner != plain);
    let hit: &[_] = if of_cli { &[CLI, JAVASCRIPT_2, JAVASCRIPT_3] } else { &[JAVASCRIPT_2, JAVASCRIPT_3] };
    let message = format!("some programs do not find `{written}`, because of its spaces");
    (inner != plain && !inner.contains(['"', '\'', '\\']))
        .then(|| Finding::problem(message, hit, format!("write `[{plain}]`")))
}

/// The header as it is written, without its line end and comment.
fn header(file: &AwsFile, section: &Section<'_>) -> String {
    let line = String::from_utf8_lossy(&file.bytes()[section.header.clone()]);
    line.find(']').map_or(line.trim(), |end| &line[..=end]).to_owned()
}

fn is_plain(name: &str) -> bool {
    name.chars().all(|char| char.is_ascii_alphanumeric() || "_-/.%@:+".contains(char))
}

/// A section of config that no program takes for a profile, though it looks like one.
fn unseen(written: &str) -> Option<Finding> {
    let inner = written.strip_prefix('[')?.strip_suffix(']')?.trim();
    if let Some(name) = inner.strip_prefix("profile ").map(str::trim) {
        // One word is one to the AWS CLI, whatever is in it, and to the AWS SDK for JavaScript v2. Quotes around it would
        // be part of it to the latter.
        if !name.contains([' ', '\t', '"', '\'', '\\']) {
            let message = format!(
                "credenv and these programs do not see the profile `{name}`: its name has characters other than \
                 letters, digits and `_-/.%@:+`"
            );
            return Some(Finding::problem(message, &[JAVASCRIPT_3, RUST], "give it a plain name"));
        }
        let remedy = format!("quote the name, `[profile \"{name}\"]`, or give it a plain one");
        let message =
            format!("`{written}` does not define a profile: a name with spaces or special characters needs quotes");
        return Some(Finding::problem(message, ALL, remedy));
    }
    // Sections of the AWS CLI itself.
    if matches!(inner, "plugins" | "preview" | "")
        || inner.starts_with("sso-session ")
        || inner.starts_with("services ")
    {
        return None;
    }
    let message = format!("`{written}` does not define a profile: in the config file, headers begin with `profile`");
    Some(Finding::note(message, ALL, format!("did you mean `[profile {inner}]`?")))
}

fn both_defaults(profiles: &Profiles<'_>) -> Option<Finding> {
    let [config, _] = profiles.files();
    let plain =
        config.sections().iter().find(|section| matches!(section.heading, Heading::Default { prefixed: false }))?;
    profiles.has_both_defaults().then(|| {
        let message = "the config file has both `[default]` and `[profile default]`: the AWS CLI uses the later one, \
                       most SDKs use `[profile default]`, and the AWS SDK for JavaScript v2 fails when \
                       `AWS_SDK_LOAD_CONFIG` is set";
        Finding::problem(message, ALL, "keep one of them").at(&at(config, plain.line))
    })
}

/// What concerns the meaning of a profile.
fn of_profile(profile: &Profile, profiles: &Profiles<'_>, sessions: &BTreeSet<String>) -> Vec<Finding> {
    let name = profile.name.as_str();
    let mut found = Vec::new();
    let mut tell = |key: &str, message: String, remedy: String| {
        let origin = profile.origin(key).or(profile.sources.first());
        let finding = Finding::problem(message, ALL, remedy);
        found.push(match origin {
            Some(origin) => finding.at(origin),
            None => finding,
        });
    };
    let has = |key: &str| profile.get(key).is_some();
    if let Err(error) = profiles.check_chain(profile) {
        let causes = error.causes().first().map_or_else(String::new, |cause| format!(": {cause}"));
        let message = error.message();
        let message = message.rsplit_once(" (").map_or(message, |(words, _)| words);
        let remedy = error.hint_text().unwrap_or("set `source_profile` to a profile that has credentials");
        tell("source_profile", format!("{message}{causes}"), remedy.to_owned());
    }
    if has("role_arn") && profile.kind() != Kind::Role && profile.kind() != Kind::WebIdentity {
        let remedy = "add `source_profile`, `credential_source` or `web_identity_token_file`";
        tell("role_arn", format!("profile `{name}` has a role, but nothing to assume it with"), remedy.to_owned());
    }
    if let Some(source) = profile.get("credential_source")
        && !matches!(source, "Environment" | "Ec2InstanceMetadata" | "EcsContainer")
    {
        let remedy = "use `Environment`, `Ec2InstanceMetadata` or `EcsContainer`";
        tell(
            "credential_source",
            format!("profile `{name}` has an unknown `credential_source`: `{source}`"),
            remedy.to_owned(),
        );
    }
    if has("web_identity_token_file") && !has("role_arn") {
        let remedy = "add `role_arn`";
        tell(
            "web_identity_token_file",
            format!("profile `{name}` has a web identity token file, but no role"),
            remedy.to_owned(),
        );
    }
    if let Some(session) = profile.get("sso_session")
        && !sessions.contains(session)
    {
        let remedy = format!("add a section `[sso-session {session}]` with `sso_start_url` and `sso_region`");
        tell("sso_session", format!("profile `{name}` uses the sso-session `{session}`, which does not exist"), remedy);
    }
    if profile.kind() == Kind::Sso {
        let legacy: &[&str] = if has("sso_session") { &[] } else { &["sso_region"] };
        let wanted = ["sso_account_id", "sso_role_name"];
        for key in wanted.iter().chain(legacy).filter(|key| !has(key)) {
            tell("sso_start_url", format!("profile `{name}` uses SSO, but has no `{key}`"), format!("add `{key}`"));
        }
    }
    for (one, other) in [("aws_access_key_id", "aws_secret_access_key"), ("aws_secret_access_key", "aws_access_key_id")]
    {
        if has(one) && !has(other) {
            tell(
                one,
                format!("profile `{name}` has `{one}`, but no `{other}`"),
                format!("add `{other}`, or remove `{one}`"),
            );
        }
    }
    found
}

fn only_in_config(all: &[Profile], profiles: &Profiles<'_>) -> Option<Finding> {
    let [config, credentials] = profiles.files();
    let outside = |profile: &&Profile| profile.sources.iter().all(|origin| origin.file != credentials.path);
    let number = all.iter().filter(outside).count();
    (number > 0).then(|| {
        let whose = if number == 1 { "1 profile is".to_owned() } else { format!("{number} profiles are") };
        let message = format!(
            "{whose} only in the config file, which this program does not read unless `AWS_SDK_LOAD_CONFIG` is set"
        );
        Finding::note(message, &[JAVASCRIPT_2], "nothing to do: `credenv use` sets the variable").in_file(config)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::finding::RUST;

    /// Where, to whom (by one letter each, `*` being all), and how the message begins.
    fn told(config: &str, credentials: &str) -> Vec<String> {
        let file = |kind, path: &str, text: &str| AwsFile::read(kind, path.into(), text.as_bytes().to_vec());
        let files = (file(FileKind::Config, "c", config), file(FileKind::Credentials, "k", credentials));
        let letters = [(CLI, 'a'), (JAVASCRIPT_2, '2'), (JAVASCRIPT_3, '3'), (RUST, 'r')];
        let profiles = Profiles::find(&files.0, &files.1);
        let [config, credentials] = profiles.files();
        let mut found = headings(config, config.sections(), &profiles);
        found.extend(headings(credentials, credentials.sections(), &profiles));
        for file in [config, credentials] {
            found.extend(lines(file, file.sections()));
        }
        let one = |finding: Finding| {
            let whom = letters.iter().filter(|(name, _)| finding.affects.contains(name)).map(|(_, letter)| letter);
            let whom = if finding.affects == ALL { "*".to_owned() } else { whom.collect() };
            let file = finding.file.map_or_else(String::new, |file| file.display().to_string());
            let message: String = finding.message.chars().take(60).collect();
            format!("{file}:{} {whom}: {message}", finding.line.unwrap_or_default())
        };
        found.into_iter().map(one).collect()
    }

    #[test]
    fn a_header_is_told_where_its_spaces_or_what_stands_behind_it_hide_it_from_a_program() {
        let config = "[default]\n[ default ]\n[profile  a]\n[ profile b ]\n[profile c] x\n[profile d] # y\n[profile e] ; z\n\
                      [profile \"f g\"] h\n[profile \"d\"]\n[sso-session  s]\n";
        assert_eq!(
            told(config, "[a]\n[ b ]\n[default ]\n[c] x\n[f g]\n"),
            [
                "c:2 a23: some programs do not find `[ default ]`, because of its spac",
                "c:3 23: some programs do not find `[profile  a]`, because of its spa",
                "c:4 a23: some programs do not find `[ profile b ]`, because of its sp",
                "c:5 23r: there is text after the header `[profile c]`",
                "c:8 23r: only some programs see the profile `f g`: its name has chara",
                "c:9 a: `[profile \"d\"]` is the same as `[profile d]` at line 6, writ",
                "k:2 a23: some programs do not find `[ b ]`, because of its spaces",
                "k:3 a23: some programs do not find `[default ]`, because of its space",
                "k:4 23r: there is text after the header `[c]`",
            ]
        );
    }

    #[test]
    fn a_name_is_told_where_not_everybody_sees_it() {
        let config = "[profile ä]\n[profile \"ä b\"]\n[profile a&b]\n[profile a b]\n[other]\n[plugins]\n[preview]\n\
                      [sso-session a&b]\n[services]\n[profile default]\n[ profile  default]\n";
        assert_eq!(
            told(config, "[profile c]\n[d e]\n[ä]\n[ä b]\n[a\u{7}b]\n"),
            [
                "c:1 3r: only some programs see the profile `ä`: its name has charact",
                "c:2 23r: only some programs see the profile `ä b`: its name has chara",
                "c:3 3r: credenv and these programs do not see the profile `a&b`: its",
                "c:4 *: `[profile a b]` does not define a profile: a name with space",
                "c:5 *: `[other]` does not define a profile: in the config file, hea",
                "c:9 *: `[services]` does not define a profile: in the config file, ",
                "c:11 a23: some programs do not find `[ profile  default]`, because of ",
                "k:1 *: `[profile c]` in the credentials file does not define the pr",
                "k:2 23r: only the AWS CLI sees the profile `d e`: its name contains a",
                "k:3 3r: only some programs see the profile `ä`: its name has charact",
            ]
        );
    }

    #[test]
    fn a_line_is_told_with_those_who_refuse_it() {
        let config = "[]\na = 1\nb = 2\n[profile a]\n region = x\n region = y\n[profile b]\nkey: value\nnonsense\nx = 1\nx = 2\n\
                      [profile b]\n= v\ns3 =\n  = v\n  w\n# c\n  # d\nY = 1\nz = 1\n  2\n";
        assert_eq!(
            told(config, "stray\nmore\n[open\nr = x\n"),
            [
                "c:19 23: `y` is written with capital letters, which some programs do ",
                "c:20 23: the value of `z` continues on the next line, which some prog",
                "c:5 r: the line is indented, but there is no property above it to c",
                "c:6 r: the line is indented, but there is no property above it to c",
                "c:8 23r: the line has no `=`: only the AWS CLI and boto3 read it as a",
                "c:9 ar: the line has no `=`",
                "c:13 ar: there is no key before the `=`",
                "c:15 r: there is no key before the `=` of the indented line",
                "c:16 ar: the indented line below a key without a value has no `=`",
                "c:18 r: the comment is indented: some programs read it as part of wh",
                "c:1 a: the line is neither a section header nor `key = value`",
                "c:6 a: `region` appears twice in this section, first at line 5",
                "c:11 a: `x` appears twice in this section, first at line 10",
                "c:12 a: the section `[profile b]` appears twice, first at line 7",
                "k:1 ar: the line is above the first section",
                "k:2 ar: the line is above the first section",
                "k:3 ar: the section header has no closing `]`",
            ]
        );
    }
}
