//! The AWS files, as anybody may have left them: split by the first NUL, the config file stands before it and the
//! credentials file behind it.

use std::collections::HashSet;

use credenv::aws::configparser;
use credenv::aws::files::{AwsFile, FileKind};
use credenv::aws::findings;
use credenv::aws::profiles::Profiles;

pub fn holds(data: &[u8]) {
    let (config, credentials) = data.split_at(data.iter().position(|byte| *byte == 0).unwrap_or(data.len()));
    let file = |kind, bytes: &[u8]| AwsFile::read(kind, "/home/them/.aws/x".into(), bytes.to_vec());
    let config = file(FileKind::Config, config);
    let credentials = file(FileKind::Credentials, credentials.strip_prefix(b"\0").unwrap_or(credentials));
    let profiles = Profiles::find(&config, &credentials);
    let names = profiles.names();

    // What is listed is there, and once; what is not listed is not there.
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{names:?}");
    let all = profiles.all();
    assert_eq!(all.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>(), names);
    assert!(profiles.get("a profile that nobody has").is_none());

    // The short look of completion says what the long one of `show` says.
    let glances = profiles.glance(&|_| true);
    assert_eq!(glances.len(), names.len());
    for (glance, profile) in glances.iter().zip(&all) {
        assert_eq!(profiles.get(profile.name.as_str()).as_ref().map(|found| &found.name), Some(&profile.name));
        assert_eq!(glance.name, profile.name.as_str());
        assert_eq!(glance.kind(), profile.kind(), "{}", profile.name);
        assert_eq!(glance.region(), profile.region(), "{}", profile.name);
        let _ = profiles.check_chain(profile);
    }
    let _ = (findings::of(&profiles), profiles.regions(), profiles.sso_sessions(), profiles.has_both_defaults());
    let _ = std::str::from_utf8(config.bytes()).map(configparser::refusals);
}
