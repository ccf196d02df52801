//! The 65 cases of the AWS SDK's parser suite, through the library and through the binary.
// It asks cargo where the suite lies, writes its cases into homes, and tells when it skips them.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use credenv::aws::dialect::{self, Damage};
use credenv::aws::files::{self, AwsFile, FileKind};
use credenv::aws::profiles::Profiles;
use credenv::core::profile::Properties;
use credenv::core::vars::{Value, VarName};
use credenv::system::os::Os;
use serde_json::Value as Json;

/// The cases of the parser, 65 of them.
fn suite() -> Option<Vec<Json>> {
    let cases = cases("profile-parser-tests.json")?;
    assert_eq!(cases.len(), 65);
    Some(cases)
}

/// The cases in a file of the suite, where `cargo fetch --manifest-path tests/aws-suite/Cargo.toml` has brought it.
fn cases(file: &str) -> Option<Vec<Json>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aws-suite/Cargo.toml");
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--format-version", "1", "--manifest-path", manifest])
        .output()
        .unwrap();
    let packages: Json = serde_json::from_slice(&metadata.stdout).unwrap_or_default();
    let runtime =
        packages["packages"].as_array().into_iter().flatten().find(|package| package["name"] == "aws-runtime");
    let Some(runtime) = runtime else {
        assert!(std::env::var_os("CREDENV_REQUIRE_SHELLS").is_none(), "the AWS parser suite was not fetched");
        eprintln!("skipped: the AWS parser suite is not fetched");
        return None;
    };
    let directory = PathBuf::from(runtime["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned();
    let text = std::fs::read(directory.join("test-data").join(file)).unwrap();
    let suite: Json = serde_json::from_slice(&text).unwrap();
    Some(suite["tests"].as_array().unwrap().clone())
}

fn file(case: &Json, kind: FileKind) -> AwsFile {
    let key = if kind == FileKind::Config { "configFile" } else { "credentialsFile" };
    let text = case["input"][key].as_str().unwrap_or_default();
    AwsFile::read(kind, key.into(), text.as_bytes().to_vec())
}

fn plain(properties: &Properties) -> BTreeMap<String, String> {
    properties.iter().map(|(key, property)| (key.clone(), property.value.clone())).collect()
}

type Sections = BTreeMap<String, BTreeMap<String, String>>;

fn expected(case: &Json, what: &str) -> Sections {
    serde_json::from_value(case["output"]["config"][what].clone()).unwrap_or_default()
}

fn damage(file: &AwsFile) -> Vec<Damage> {
    let mut damage = Vec::new();
    let sections = file.sections();
    dialect::preamble(file.bytes(), sections, &mut damage);
    for section in sections {
        dialect::items(file.bytes(), section, &mut damage);
    }
    damage
}

#[test]
fn the_library_reads_every_case_as_the_specification_says_and_sees_the_damage_where_it_wants_an_error() {
    for case in suite().unwrap_or_default() {
        let (config, credentials) = (file(&case, FileKind::Config), file(&case, FileKind::Credentials));
        let profiles = Profiles::find(&config, &credentials);
        let damage = [damage(&config), damage(&credentials)].concat();
        assert_eq!(damage.is_empty(), case["output"].get("errorContaining").is_none(), "{case}");
        if damage.is_empty() {
            let all = profiles.all();
            let read: Sections =
                all.iter().map(|profile| (profile.name.to_string(), plain(&profile.properties))).collect();
            assert_eq!(read, expected(&case, "profiles"), "{case}");
            let sessions: Sections =
                profiles.sso_sessions().into_iter().map(|(name, properties)| (name, plain(&properties))).collect();
            assert_eq!(sessions, expected(&case, "sso_sessions"), "{case}");
        }
    }
}

struct Home(tempfile::TempDir);

impl Home {
    fn of(case: &Json) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        for (name, key) in [("config", "configFile"), ("credentials", "credentialsFile")] {
            if let Some(text) = case["input"][key].as_str() {
                let path = home.path().join(".aws").join(name);
                std::fs::write(&path, text).unwrap();
                make_private(&path);
            }
        }
        Self(home)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_credenv"));
        command.env_clear().env("HOME", self.0.path()).args(arguments).output().unwrap()
    }
}

#[cfg(unix)]
fn make_private(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn make_private(_path: &std::path::Path) {}

#[test]
fn the_binary_lists_and_shows_every_case() {
    for case in suite().unwrap_or_default() {
        if case["output"].get("errorContaining").is_some() {
            continue;
        }
        let home = Home::of(&case);
        let list: Vec<Json> = serde_json::from_slice(&home.run(&["list", "--json"]).stdout).unwrap();
        let mut names: Vec<_> = list.iter().map(|profile| profile["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        let wanted = expected(&case, "profiles");
        assert_eq!(names, wanted.keys().cloned().collect::<Vec<_>>(), "{case}");
        for (name, properties) in wanted {
            let shown: Json = serde_json::from_slice(&home.run(&["show", &name, "--json"]).stdout).unwrap();
            let mut shown: BTreeMap<String, String> = serde_json::from_value(shown["properties"].clone()).unwrap();
            // The suite has one key that looks like a secret, and we mask it.
            let masked = shown.remove("secret");
            assert_eq!(masked, properties.get("secret").map(|_| "********".to_owned()));
            let wanted = properties.into_iter().filter(|(key, _)| key != "secret").collect();
            assert_eq!(shown, wanted, "{case}");
        }
    }
}

#[test]
fn where_the_suite_wants_an_error_the_doctor_names_file_and_line_and_the_rest_stays_readable() {
    for case in suite().unwrap_or_default() {
        let home = Home::of(&case);
        let doctor = home.run(&["doctor", "--json"]);
        let findings: Vec<Json> = serde_json::from_slice(&doctor.stdout).unwrap();
        let wrong: Vec<_> = findings.iter().filter(|finding| finding["severity"] == "problem").collect();
        if case["output"].get("errorContaining").is_some() {
            assert_eq!(doctor.status.code(), Some(1), "{case}");
            let named = |finding: &&&Json| finding["line"].is_u64() && finding["file"].is_string();
            assert!(wrong.iter().any(|finding| named(&finding)), "{case}\n{findings:?}");
            let text = case["input"]["configFile"].as_str().unwrap();
            let list = home.run(&["list"]);
            let readable = if text.contains("[profile foo]") { "foo\n" } else { "" };
            assert_eq!((String::from_utf8_lossy(&list.stdout).as_ref(), list.status.code()), (readable, Some(0)));
        }
    }
}

/// Windows is played on this system: its separators are written as ours, and no path is absolute for want of a drive.
#[test]
fn the_files_are_looked_for_where_every_sdk_looks() {
    let cases = cases("file-location-tests.json").unwrap_or_default();
    for case in &cases {
        let environment: BTreeMap<String, String> = serde_json::from_value(case["environment"].clone()).unwrap();
        let environment: BTreeMap<_, _> =
            environment.into_iter().map(|(name, value)| (name, value.replace('\\', "/"))).collect();
        let os = if case["platform"] == "windows" { Os::Windows } else { Os::Unix };
        let home = os.home(&|name| environment.get(name).map(PathBuf::from));
        let exported =
            environment.iter().map(|(name, value)| (VarName::new(name).unwrap(), Value::new(value.as_str())));
        let exported = exported.collect();
        for (kind, key) in [(FileKind::Config, "configLocation"), (FileKind::Credentials, "credentialsLocation")] {
            let to_path = |bytes: &[u8]| PathBuf::from(String::from_utf8(bytes.to_vec()).unwrap());
            let found = files::locate(kind, &exported, home.as_deref(), Path::new(""), &to_path);
            let wanted = case[key].as_str().unwrap().replace('\\', "/");
            assert_eq!(found, Some(PathBuf::from(wanted)), "{case}");
        }
    }
}
