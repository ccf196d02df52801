//! Every seed of the fuzzing, and everything that it ever found, held against the same laws.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

#[path = "../../fuzz/laws/mod.rs"]
mod laws;

/// One test a law.
macro_rules! laws {
    ($($law:ident)+) => {
        $(#[test]
        fn $law() {
            each(stringify!($law), laws::$law::holds);
        })+

        #[test]
        fn every_law_is_fuzzed() {
            let targets = files("targets");
            let names: Vec<_> = targets.iter().map(|target| target.file_stem().unwrap().to_str().unwrap()).collect();
            assert_eq!(names, [$(stringify!($law)),+]);
        }
    };
}
laws!(aws_dialect aws_edit complete credenv_file serverless state);

fn each(law: &str, holds: fn(&[u8])) {
    let seeds = files(&format!("seeds/{law}"));
    assert!(!seeds.is_empty());
    for file in seeds.into_iter().chain(files(&format!("findings/{law}"))) {
        let bytes = fs::read(&file).unwrap();
        assert!(panic::catch_unwind(|| holds(&bytes)).is_ok(), "{}", file.display());
    }
}

/// The files in a folder of `fuzz`, by name; none where there is no such folder.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder)).into_iter().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
