//! Who else may read or write what the identity hangs on.

use super::{GOOD_CONFIG, GOOD_CREDENTIALS, home, sealed, told};
use crate::support::Home;

#[test]
fn others_may_read_keys_and_tokens() {
    let keys = format!("{GOOD_CONFIG}[profile keys]\naws_secret_access_key = hunter2\naws_access_key_id = A\n");
    let home = home(&keys, GOOD_CREDENTIALS)
        .mode(".aws/config", 0o640)
        .mode(".aws/credentials", 0o604)
        .file(".aws/sso/cache/a.json", "{}")
        .file(".aws/sso/cache/b.json", "{}")
        .file(".aws/sso/cache/own.json", "{}")
        .file(".aws/cli/cache/c.json", "{}")
        .mode(".aws/sso/cache/own.json", 0o600);
    home.credenv(["doctor"])
        .stdout(
            "\
note: 1 profile is only in the config file, which this program does not read unless `AWS_SDK_LOAD_CONFIG` is set
  in ~/.aws/config
  affects AWS SDK for JavaScript v2 (Serverless v3)
  remedy: nothing to do: `credenv use` sets the variable
problem: other users of this machine can read the config file, which holds keys
  in ~/.aws/config
  remedy: `chmod 600 [HOME]/.aws/config`
problem: other users of this machine can read the credentials file
  in ~/.aws/credentials
  remedy: `chmod 600 [HOME]/.aws/credentials`
problem: other users of this machine can read 1 file of tokens here
  in ~/.aws/cli/cache
  remedy: `chmod -R go= [HOME]/.aws/cli/cache`
problem: other users of this machine can read 2 files of tokens here
  in ~/.aws/sso/cache
  remedy: `chmod -R go= [HOME]/.aws/sso/cache`
4 problems and 1 note; looked at ~/.aws/config and ~/.aws/credentials
",
        )
        .code(1)
        .check();
}

#[test]
fn config_without_keys_may_be_read_by_anybody() {
    let home = home(GOOD_CONFIG, GOOD_CREDENTIALS).mode(".aws/config", 0o644).mode(".aws", 0o755);
    assert_eq!(told(&home, 0), [""; 0]);
}

#[test]
fn others_may_write_what_is_run_as_the_person() {
    let home = home(GOOD_CONFIG, GOOD_CREDENTIALS)
        .mode(".aws/config", 0o602)
        .mode(".aws/credentials", 0o620)
        .mode(".aws", 0o775);
    let writes = "- other users of this machine can write to this file: a program that they name in it runs as you";
    let replaces = "- other users of this machine can replace the files in this directory";
    assert_eq!(told(&home, 1), [writes, writes, replaces]);
}

/// In a directory like `/tmp`, only the owner of a file may put another in its place.
#[test]
fn a_sticky_directory_is_no_way_in() {
    let home =
        sealed().file("shared/config", GOOD_CONFIG).credentials(GOOD_CREDENTIALS).mode(".aws/credentials", 0o600);
    let home: Home = home.mode("shared", 0o1777);
    let path = home.path("shared/config").into_os_string().into_string().unwrap();
    assert_eq!(told(&home.env("AWS_CONFIG_FILE", path), 0), [""; 0]);
}
