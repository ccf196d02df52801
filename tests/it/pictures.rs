//! The pictures of the README show what a terminal shows: each is drawn anew, from a real one.

use std::collections::BTreeMap;

use crate::support::{CREDENV, Home, directory_of_source, is_missing, source};

#[test]
fn the_pictures_of_the_readme_are_current() {
    if ["python3", "tmux", "bash"].into_iter().any(is_missing) {
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/picture");
    let home = Home::new();
    home.run("python3", [script, CREDENV, "pictures"]).check();
    let drawn: BTreeMap<String, String> = home
        .names_in("pictures")
        .into_iter()
        .map(|name| name.into_string().unwrap())
        .map(|name| (name.clone(), String::from_utf8(home.read(format!("pictures/{name}"))).unwrap()))
        .collect();
    let kept = directory_of_source("docs/pictures", &drawn);
    assert_eq!(kept.keys().collect::<Vec<_>>(), drawn.keys().collect::<Vec<_>>());
    let readme = String::from_utf8(source("README.md")).unwrap();
    for (name, picture) in &drawn {
        assert!(
            kept[name] == *picture,
            "docs/pictures/{name} is out of date: `CREDENV_WRITE_MAN=1 cargo test --test it pictures` draws it\n{picture}"
        );
        assert!(picture.len() < 20_000, "{name} is too large");
        assert!(readme.contains(&format!("](docs/pictures/{name})")), "the README does not show {name}");
    }
}
