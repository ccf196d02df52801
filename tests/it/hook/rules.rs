//! What the person's own config says holds at every prompt.

use super::{CONFIG, DEV, PROD, TO_DEV, TO_NONE, TO_PROD, allow, allowed, home, is_changed, start};
use crate::support::{Home, Session, Shell};

const SETTINGS: &str = ".config/credenv/config.yml";

fn a_protected_profile_is_entered_by_asking_for_it_and_never_by_cd(shell: &Shell) {
    let home = home().file(SETTINGS, "protected: ['*prod*']\n");
    allowed(&home, "vault/.credenv.yml", PROD);
    home.write("vault/below/x", "");
    let Some(mut prompt) = start(shell, &home) else { return };
    let refused = prompt.line("cd vault");
    assert!(refused.contains("`prodProfile`") && refused.contains("protected"), "{refused}");
    assert_eq!(prompt.profile(), None);
    assert_eq!(prompt.look(), "", "it was told already");
    prompt.keys_until(b"credenv use prodProfile\n", "[y/N] ");
    prompt.own("n");
    assert_eq!(prompt.profile(), None);
    prompt.keys_until(b"credenv use prodProfile\n", "[y/N] ");
    prompt.own("y");
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
    prompt.line("cd below");
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
    prompt.line("cd ../..");
    assert_eq!(prompt.profile(), None);
    prompt.line("cd vault");
    assert_eq!(prompt.profile(), None, "it was left");
    prompt.line("credenv use prodProfile --yes");
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
    assert_eq!(prompt.line("cd ../project"), TO_DEV);
}
at_every_prompt!(a_protected_profile_is_entered_by_asking_for_it_and_never_by_cd);

fn a_change_of_the_config_is_seen_at_the_next_prompt(shell: &Shell) {
    let home = home();
    home.write("clients/acme/x", "");
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd clients/acme"), "");
    home.write(SETTINGS, "directories:\n  ~/clients/*: { profile: devProfile }\n");
    assert_eq!(prompt.look(), "credenv: devProfile (eu-west-1) ← ~/.config/credenv/config.yml:2\n");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    home.write(
        SETTINGS,
        "directories:\n  ~/clients/*: { profile: their-prod }\nprofiles: { their-prod: prodProfile }\n",
    );
    assert_eq!(prompt.look(), "credenv: prodProfile (us-east-1) ← ~/.config/credenv/config.yml:2\n");
    home.write(SETTINGS, "quiet: true\ndirectories:\n  ~/clients/*: { profile: devProfile }\n");
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    assert_eq!(prompt.line("cd"), "");
    assert_eq!(prompt.profile(), None);
    home.write(SETTINGS, "quite: true\n");
    let broken = prompt.look();
    assert!(broken.contains("config.yml:1"), "{broken}");
    assert_eq!(prompt.look(), "");
    home.remove(SETTINGS);
    prompt.look();
    assert_eq!(prompt.line("cd project"), TO_DEV);
}
at_every_prompt!(a_change_of_the_config_is_seen_at_the_next_prompt);

const WITH_INCLUDE: &str = "\
service: shop
provider:
  name: aws
  profile: ${file(profiles.yml):used}
";

fn an_included_file_that_changes_the_meaning_asks_again(shell: &Shell) {
    let home = Home::new().config(CONFIG).file("shop/profiles.yml", "used: devProfile\n");
    allowed(&home, "shop/serverless.yml", WITH_INCLUDE);
    let Some(mut prompt) = start(shell, &home) else { return };
    let entered = prompt.line("cd shop");
    assert!(entered.starts_with("credenv: devProfile (eu-west-1) ← "), "{entered}");
    home.write("shop/profiles.yml", "used: prodProfile\n");
    let changed = prompt.look();
    assert!(changed.contains(&is_changed("serverless.yml")), "{changed}");
    assert_eq!(prompt.profile(), None);
    allow(&home, "shop/serverless.yml");
    let entered = prompt.look();
    assert!(entered.starts_with("credenv: prodProfile (us-east-1) ← "), "{entered}");
    home.remove("shop/profiles.yml");
    prompt.look();
    assert_eq!(prompt.profile(), None);
}
at_every_prompt!(an_included_file_that_changes_the_meaning_asks_again);

/// The directory may be emptied at any time, by another shell or by a cleaner.
fn without_the_reference_files_nothing_is_missed(shell: &Shell) {
    if shell.dialect().compares_numbers() {
        return;
    }
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).inside("project").start() else { return };
    let references = ".local/state/credenv/references";
    assert!(home.has(references));
    home.remove(references);
    assert_eq!(prompt.look(), "");
    // nushell has written their times down.
    if shell.called != "nu" {
        assert!(home.has(references));
        home.remove(references);
    }
    home.remove("project/.credenv.yml");
    assert_eq!(prompt.look(), TO_NONE, "the file and what it was compared with are both gone");
    home.write("project/.credenv.yml", DEV);
    assert_eq!(prompt.look(), TO_DEV);
    home.remove(references);
    home.replace_by_an_older(".aws/config", CONFIG.replace("eu-west-1", "eu-north-1"));
    assert_eq!(prompt.look(), "credenv: devProfile (eu-north-1) ← .credenv.yml:1\n");
}
at_every_prompt!(without_the_reference_files_nothing_is_missed);

/// Trust belongs to a file at its place: neither a copy of the project nor of the records brings it along.
fn trust_does_not_travel_with_a_project(shell: &Shell) {
    let home = home();
    allowed(&home, "other/.credenv.yml", PROD);
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd other"), TO_PROD);
    assert_eq!(prompt.line("cd .."), TO_NONE);
    home.rename("other", "renamed");
    assert!(prompt.line("cd renamed").contains("`credenv allow`"));
    assert_eq!(prompt.profile(), None);
    assert_eq!(prompt.line("cd .."), "");
    home.rename("project", "other");
    let shown = prompt.line("cd other");
    assert!(!shown.contains("devProfile"), "what was allowed at this path asked for another profile: {shown}");
    assert_eq!(prompt.profile(), None);
}
at_every_prompt!(trust_does_not_travel_with_a_project);

fn a_file_that_turns_into_a_symlink_is_another_file(shell: &Shell) {
    let home = home().file("elsewhere", DEV);
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    home.retarget("../elsewhere", "project/.credenv.yml");
    let shown = prompt.look();
    assert!(shown.contains(".credenv.yml is not followed"), "{shown}");
    assert_eq!(prompt.profile(), None, "though it says the same");
    let allowed = prompt.line_and_look("credenv allow");
    assert!(allowed.ends_with(TO_DEV), "{allowed}");
}
at_every_prompt!(a_file_that_turns_into_a_symlink_is_another_file);

fn a_copied_record_of_trust_is_worth_nothing(shell: &Shell) {
    let home = Home::new().config(CONFIG);
    let records = ".local/state/credenv/trust";
    allowed(&home, "one/.credenv.yml", DEV);
    let one = home.names_in(records);
    allowed(&home, "other/.credenv.yml", DEV);
    let other = home.names_in(records).into_iter().find(|name| !one.contains(name)).unwrap();
    let record = |name| std::path::Path::new(records).join(name);
    for bytes in [home.read(record(&one[0])), b"credenv trust 1\n".to_vec(), Vec::new(), vec![0xff; 5_000]] {
        home.write(record(&other), bytes);
        let Some(mut prompt) = start(shell, &home) else { return };
        assert!(prompt.line("cd other").contains(".credenv.yml is not followed"));
        assert_eq!(prompt.profile(), None);
    }
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd one"), TO_DEV);
    let allowed = prompt.line_and_look("cd ../other; credenv allow");
    assert!(allowed.contains("allowed: .credenv.yml"), "{allowed}");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
}
at_every_prompt!(a_copied_record_of_trust_is_worth_nothing);
