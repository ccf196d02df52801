//! A command line in which Tab is pressed, in front of a config file: its text, then the words, each ended by a NUL.
#![allow(clippy::disallowed_methods)]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use credenv::core::vars::{Value, VarName};
use credenv::system::System;

pub fn holds(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0).map(<[u8]>::to_vec);
    let text = parts.next().unwrap_or_default();
    let words: Vec<_> = std::iter::once(b"credenv".to_vec()).chain(parts.take(8)).collect();
    let config = home().join("config");
    std::fs::write(&config, &text).expect("a directory of our own can be written to");
    let typed = String::from_utf8_lossy(words.last().expect("the program is one")).into_owned();
    for form in ["", "--all"] {
        let index = (words.len() - 1).to_string();
        let fixed = ["__complete", form, &index].into_iter().filter(|word| !word.is_empty()).map(OsString::from);
        let arguments = fixed.chain(words.iter().cloned().map(OsString::from_vec)).collect();
        let outcome = credenv::run(&system(arguments, &config));
        assert_eq!(outcome.code, 0);
        let told = String::from_utf8(outcome.stdout).expect("what a shell reads is UTF-8");
        for line in told.lines() {
            let word = line.split('\t').next().unwrap_or_default();
            assert!(!line.chars().any(|char| char.is_control() && char != '\t'), "{line:?}");
            assert!(line.matches('\t').count() <= 1, "{line:?}");
            // Behind `=`, the flag in front of it belongs to the word.
            assert!(form == "--all" || word.is_empty() || word.starts_with(&typed), "{typed:?} became {word:?}");
        }
    }
}

fn home() -> &'static PathBuf {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = std::env::temp_dir().join(format!("credenv-complete-{}", std::process::id()));
        std::fs::create_dir_all(&home).expect("the temporary directory can be written to");
        home
    })
}

fn system(arguments: Vec<OsString>, config: &std::path::Path) -> System {
    let variable = |name: &'static str, value: &std::path::Path| {
        let name = VarName::known(name);
        let value = Value::of(&name, value.as_os_str().as_encoded_bytes().to_vec());
        (name, value)
    };
    let nowhere = home().join("nothing");
    System {
        arguments,
        environment: [
            variable("AWS_CONFIG_FILE", config),
            variable("AWS_SHARED_CREDENTIALS_FILE", &nowhere),
            variable("XDG_CONFIG_HOME", &nowhere),
            variable("XDG_STATE_HOME", &nowhere),
        ]
        .into_iter()
        .collect(),
        directory: home().clone(),
        real_directory: Some(home().clone()),
        home: Some(nowhere),
    }
}
