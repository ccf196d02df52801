//! What a release holds, and that the workflow which makes it packs what is there.

use crate::support::{Home, own_source, source};

#[test]
fn a_release_holds_the_binary_the_completions_the_man_pages_and_the_licences() {
    let home = Home::new().file("built/credenv", "the binary\n");
    let script = format!(
        "cd '{}' && sh .github/package x86_64-unknown-linux-musl \"$HOME/built\" \"$HOME/dist\"",
        own_source().display()
    );
    home.run("sh", ["-c", &script]).check();
    let name = format!("credenv-{}-x86_64-unknown-linux-musl", env!("CARGO_PKG_VERSION"));
    let archive = format!("{name}.tar.gz");
    home.run("sh", ["-c", "cd dist && sha256sum --quiet --check *.sha256 && tar -xzf *.tar.gz"]).check();
    let mut names = home.names_in("dist");
    names.sort();
    assert_eq!(names, [name.as_str(), archive.as_str(), &format!("{archive}.sha256")]);
    let in_it = |path: &str| home.names_in(format!("dist/{name}/{path}"));
    let top = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "completions", "credenv", "man"];
    assert_eq!(in_it(""), top);
    assert_eq!(home.read(format!("dist/{name}/credenv")), b"the binary\n");
    assert_eq!(home.read(format!("dist/{name}/completions/_credenv")), source("completions/_credenv"));
    assert!(in_it("man").len() > 10 && in_it("completions").len() == 8);
}
