//! `credenv link`: what it writes, to the byte, and that a failure leaves everything as it was.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use crate::support::{Home, is_missing, skip};

const CONFIG: &str = "[profile devProfile]\nregion = eu-west-1\n[profile prodProfile]\n[profile \"my account\"]\n";

fn home() -> Home {
    Home::new().config(CONFIG).directory("shop")
}

/// Links in the directory of the project, with these words on stderr.
fn links(home: &Home, arguments: &[&str], words: &str) {
    home.credenv([&["link"], arguments].concat()).inside("shop").stderr(format!("credenv: {words}\n")).check();
}

/// Refuses likewise.
fn refuses(home: &Home, arguments: &[&str], words: &str) {
    home.credenv([&["link"], arguments].concat()).inside("shop").stderr(words).code(1).check();
}

fn text(home: &Home) -> String {
    String::from_utf8(home.read("shop/.credenv.yml")).unwrap()
}

#[test]
fn a_directory_is_linked_from_nothing_stage_by_stage() {
    let home = home();
    links(&home, &["devProfile"], "linked `devProfile` in .credenv.yml:1");
    assert_eq!(text(&home), "profile: devProfile\n");
    links(&home, &["prodProfile", "--stage", "prod"], "linked `prodProfile` in .credenv.yml:3 for stage `prod`");
    assert_eq!(text(&home), "profile: devProfile\nstages:\n  prod: prodProfile\n");
    links(&home, &["my account", "--stage=qa"], "linked `my account` in .credenv.yml:4 for stage `qa`");
    links(&home, &["prodProfile"], "linked `prodProfile` in .credenv.yml:1");
    assert_eq!(text(&home), "profile: prodProfile\nstages:\n  prod: prodProfile\n  qa: \"my account\"\n");
    assert_eq!(home.names_in("shop"), [".credenv.yml"]);
}

#[test]
fn all_else_in_the_file_stays_as_it_was_written() {
    let before = "\u{feff}# Orders team\r\n\r\nregion:  'eu-west-1'   # Dublin\r\nprofile: \"devProfile\" # ask Ana\r\n\r\nstages:\r\n    \
                  prod: {profile: devProfile,   protected: true}\r\n    # no qa yet";
    let home = home().file("shop/.credenv.yml", before);
    home.credenv(["allow", "shop"]).any_stdout().check();
    links(&home, &["prodProfile"], "linked `prodProfile` in .credenv.yml:4");
    links(&home, &["prodProfile", "--stage", "prod"], "linked `prodProfile` in .credenv.yml:7 for stage `prod`");
    links(&home, &["devProfile", "--stage", "qa"], "linked `devProfile` in .credenv.yml:8 for stage `qa`");
    let after = before.replace("devProfile", "prodProfile").replace("true}\r\n", "true}\r\n    qa: devProfile\r\n");
    assert_eq!(text(&home), after);
}

#[test]
fn a_file_that_says_it_already_is_not_touched() {
    let home = home().file("shop/.credenv.yml", "profile: devProfile\n");
    home.credenv(["allow", "shop"]).any_stdout().check();
    let inode = |home: &Home| fs::metadata(home.path("shop/.credenv.yml")).unwrap().ino();
    let before = inode(&home);
    links(&home, &["devProfile"], "linked `devProfile` in .credenv.yml:1");
    assert_eq!(inode(&home), before);
    links(&home, &["prodProfile"], "linked `prodProfile` in .credenv.yml:1");
    assert_ne!(inode(&home), before);
}

#[test]
fn a_profile_that_does_not_exist_is_not_linked() {
    let home = home();
    refuses(
        &home,
        &["devProfil"],
        "credenv: no profile named `devProfil`\n  looked in [HOME]/.aws/config\n  looked for [HOME]/.aws/credentials, which \
         does not exist\n  hint: did you mean `devProfile`?\n",
    );
    assert_eq!(home.names_in("shop"), [""; 0]);
}

#[test]
fn the_projects_name_for_a_profile_of_the_person_can_be_linked() {
    let home = home().file(".config/credenv/config.yml", "profiles: {ordersDev: devProfile, gone: nowhere}\n");
    links(&home, &["ordersDev"], "linked `ordersDev` in .credenv.yml:1");
    assert_eq!(text(&home), "profile: ordersDev\n");
    home.credenv(["link", "gone"]).inside("shop").any_stderr().code(1).check();
}

#[test]
fn a_file_that_cannot_be_edited_is_left_alone() {
    for (before, words) in [
        ("regoin: x\n", "[HOME]/shop/.credenv.yml:1:1: unknown key `regoin`\n  hint: did you mean `region`?\n"),
        (
            "profile: [a\n",
            "[HOME]/shop/.credenv.yml:2:1: did not find expected ',' or ']', while parsing a flow sequence that begins in \
             line 1\n",
        ),
        (
            "profile: &p a\nregion: *p\n",
            "cannot edit [HOME]/shop/.credenv.yml without changing the rest of it\n  hint: write it by hand: \
             `profile: devProfile`\n",
        ),
    ] {
        let home = home().file("shop/.credenv.yml", before);
        refuses(&home, &["devProfile"], &format!("credenv: {words}"));
        assert_eq!(text(&home), before);
        assert_eq!(home.names_in("shop"), [".credenv.yml"]);
    }
    let directory = home().directory("shop/.credenv.yml");
    refuses(&directory, &["devProfile"], "credenv: cannot read [HOME]/shop/.credenv.yml: it is a directory\n");
}

#[test]
fn the_name_of_a_stage_must_be_one() {
    let home = home();
    let words = "credenv: `` cannot be the name of a stage\n";
    home.credenv(["link", "devProfile", "--stage", ""]).inside("shop").stderr(words).code(2).check();
    assert_eq!(home.names_in("shop"), [""; 0]);
}

#[test]
fn a_symlink_stays_one_and_the_mode_is_kept() {
    let home = home()
        .file("shared.yml", "region: r\n")
        .mode("shared.yml", 0o640)
        .symlink("../middle.yml", "shop/.credenv.yml")
        .symlink("shared.yml", "middle.yml");
    home.credenv(["allow", "shop"]).any_stdout().check();
    links(&home, &["devProfile"], "linked `devProfile` in .credenv.yml:1");
    assert_eq!(home.read("shared.yml"), b"profile: devProfile\nregion: r\n");
    assert_eq!(fs::metadata(home.path("shared.yml")).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(home.path("middle.yml")).unwrap().is_symlink());
    assert!(fs::symlink_metadata(home.path("shop/.credenv.yml")).unwrap().is_symlink());
    assert_eq!(home.names_in("shop"), [".credenv.yml"]);
}

/// Someone else may have written the rest of the file.
#[test]
fn a_file_that_was_there_and_never_allowed_is_not_allowed_by_linking() {
    let home = home().file("shop/.credenv.yml", "stages: { prod: prodProfile }\n");
    links(
        &home,
        &["devProfile"],
        "linked `devProfile` in .credenv.yml:1\ncredenv: .credenv.yml is not followed yet, because it was there \
         before and never allowed: `credenv allow` shows what it asks for and allows it",
    );
    home.credenv(["exec", "--", "true"]).inside("shop").any_stderr().code(1).check();
}

#[test]
fn a_file_that_was_not_there_or_was_allowed_stays_allowed() {
    let home = home();
    links(&home, &["devProfile"], "linked `devProfile` in .credenv.yml:1");
    home.credenv(["exec", "--", "sh", "-c", "echo $AWS_PROFILE"]).inside("shop").stdout("devProfile\n").check();
    links(&home, &["prodProfile"], "linked `prodProfile` in .credenv.yml:1");
    home.credenv(["exec", "--", "sh", "-c", "echo $AWS_PROFILE"]).inside("shop").stdout("prodProfile\n").check();
}

#[test]
fn a_symlink_to_nothing_gets_its_file() {
    let home = self::home().symlink("../later.yml", "shop/.credenv.yml");
    links(&home, &["devProfile"], "linked `devProfile` in .credenv.yml:1");
    assert_eq!(home.read("later.yml"), b"profile: devProfile\n");
    let round = self::home().symlink(".credenv.yml", "shop/.credenv.yml");
    let words = "credenv: cannot read [HOME]/shop/.credenv.yml: too many levels of symbolic links\n";
    refuses(&round, &["devProfile"], words);
}

#[test]
fn nothing_is_lost_where_nothing_can_be_written() {
    if is_missing("setpriv") {
        return;
    }
    let before = "profile: devProfile\n";
    let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "credenv", "link", "prodProfile"];
    let home = home().file("shop/.credenv.yml", before).open_to_others();
    let probe = ["--reuid", "65534", "--clear-groups", "credenv", "--version"];
    if home.run("setpriv", probe).any_stdout().any_stderr().output_if_it_succeeds().is_none() {
        skip("only root can become another user, who must reach the binary");
        return;
    }
    let words = "credenv: cannot write [HOME]/shop/.credenv.yml: permission denied\n";
    // Neither the file nor its directory may be written.
    home.run("setpriv", nobody).inside("shop").stderr(words).code(1).check();
    // The directory may, and with it the file could be replaced, but its mode says no.
    let home = home.mode("shop", 0o777);
    home.run("setpriv", nobody).inside("shop").stderr(words).code(1).check();
    assert_eq!(text(&home), before);
    assert_eq!(home.names_in("shop"), [".credenv.yml"]);
    // The file may, the directory not.
    let home = home.mode("shop", 0o755).mode("shop/.credenv.yml", 0o666);
    home.run("setpriv", nobody).inside("shop").stderr(words).code(1).check();
    assert_eq!(text(&home), before);
}
