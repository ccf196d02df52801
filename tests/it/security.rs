//! What is promised of safety: the tests that the page names are there, and no more packages come in unseen.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How many packages may go into the binary and its tests, on any system. Each is somebody else's word; whoever adds one says
/// in Cargo.toml what for, and raises the number.
const PACKAGES: usize = 99;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The functions of the sources below a directory, as `module::function`.
fn functions(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let module = path.file_stem().unwrap().to_str().unwrap();
            let names = text.lines().filter_map(|line| line.trim_start().strip_prefix("fn ")?.split('(').next());
            found.extend(names.map(|name| format!("{module}::{name}")));
        }
    }
}

#[test]
fn every_line_of_the_page_on_security_is_held_by_a_test() {
    let mut known = BTreeSet::from(["hostile::aws_dialect".to_owned()]);
    functions(&root("tests/it"), &mut known);
    functions(&root("src"), &mut known);
    let page = fs::read_to_string(root("SECURITY.md")).unwrap();
    let rows =
        page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| can ") && !line.contains(" --- "));
    let mut held = 0;
    for row in rows {
        let test = row.trim_end_matches(" |").rsplit("| ").next().unwrap().trim_matches('`');
        assert!(known.contains(test), "no test called `{test}`: {row}");
        held += 1;
    }
    assert!(held > 20, "the rows were not found");
}

#[test]
fn the_number_of_packages_is_known() {
    let lock = fs::read_to_string(root("Cargo.lock")).unwrap();
    assert_eq!(lock.matches("[[package]]").count() - 1, PACKAGES);
}
