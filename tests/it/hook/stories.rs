//! What a person does in a day.

use super::{CONFIG, DEV, PROD, TO_DEV, TO_NONE, TO_PROD, allow, allowed, home, is_changed, is_new, settled, start};
use crate::support::{Ability, Home, Session, Shell};

fn entering_a_project_takes_its_profile_and_leaving_gives_back_all_that_was_before(shell: &Shell) {
    for before in [&[][..], &[("AWS_PROFILE", "other"), ("AWS_REGION", ""), ("AWS_ACCESS_KEY_ID", "hunter2")]] {
        let home = home();
        let session = before.iter().fold(Session::of(shell, &home), |session, (name, value)| session.env(name, value));
        let Some(mut prompt) = session.start() else { return };
        let first = settled(prompt.env());
        assert_eq!(prompt.line("cd project"), TO_DEV);
        let inside = prompt.env();
        for (name, value) in [
            ("AWS_PROFILE", Some("devProfile")),
            ("AWS_REGION", Some("eu-west-1")),
            ("AWS_DEFAULT_REGION", Some("eu-west-1")),
            ("AWS_SDK_LOAD_CONFIG", Some("1")),
            ("AWS_ACCESS_KEY_ID", None),
        ] {
            assert_eq!(inside.get(name), value.map(str::as_bytes), "{name}");
        }
        assert!(!inside.holds(b"hunter2"));
        assert_eq!(prompt.line("cd below"), "");
        settled(prompt.env()).must_be(&settled(inside.clone()), "deeper in the project");
        let back = if before.is_empty() { TO_NONE } else { "credenv: back to other\n" };
        assert_eq!(prompt.line("cd ../.."), back);
        settled(prompt.env()).must_be(&first, "outside again");
        assert_eq!(prompt.line("cd project/below"), "credenv: devProfile (eu-west-1) ← ~/project/.credenv.yml:1\n");
        settled(prompt.env()).must_be(&settled(inside), "inside again");
        assert_eq!(prompt.line("cd /"), back);
        settled(prompt.env()).must_be(&first, "outside at last");
    }
}
in_every_shell!(
    entering_a_project_takes_its_profile_and_leaving_gives_back_all_that_was_before:
    bash bash_posix zsh zsh_emulating_sh dash busybox_ash ksh mksh yash
    fish
    elvish
    xonsh
);

fn the_first_prompt_follows_the_project_in_which_a_shell_starts(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).inside("project").start() else { return };
    assert_eq!(prompt.first, TO_DEV);
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    assert_eq!(prompt.line("cd .."), TO_NONE);
}
at_every_prompt!(the_first_prompt_follows_the_project_in_which_a_shell_starts);

fn the_nearest_project_wins(shell: &Shell) {
    let home = home();
    allowed(&home, "project/below/.credenv.yml", PROD);
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project/below"), TO_PROD);
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
    assert_eq!(prompt.line("cd .."), TO_DEV);
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    assert_eq!(prompt.line("cd below"), TO_PROD);
    assert_eq!(prompt.line("cd"), TO_NONE);
    assert_eq!(prompt.profile(), None);
}
at_every_prompt!(the_nearest_project_wins);

fn an_edit_is_seen_at_the_next_prompt_and_asks_again_only_if_it_means_something_else(shell: &Shell) {
    let home = home();
    let file = "project/.credenv.yml";
    let Some(mut prompt) = Session::of(shell, &home).inside("project").start() else { return };
    home.write(file, format!("# the same\n{DEV}"));
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    home.write(file, PROD);
    let shown = prompt.look();
    assert!(shown.contains(&is_changed(".credenv.yml")), "{shown}");
    assert_eq!(prompt.profile(), None);
    assert_eq!(prompt.look(), "");
    allow(&home, file);
    assert_eq!(prompt.look(), TO_PROD);
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
    // Both edits fall into one second, and often into one tick of the clock.
    home.write(file, DEV);
    let changed = prompt.look();
    home.write(file, PROD);
    assert!(changed.contains(&is_changed(".credenv.yml")), "{changed}");
    assert_eq!(prompt.look(), TO_PROD);
    home.replace_by_an_older(file, DEV);
    assert!(prompt.look().contains(&is_changed(".credenv.yml")));
    home.replace_by_an_older(file, PROD);
    assert_eq!(prompt.look(), TO_PROD);
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
}
at_every_prompt!(an_edit_is_seen_at_the_next_prompt_and_asks_again_only_if_it_means_something_else);

/// The shell runs the check at once behind each edit; none may be lost, however fast they come.
fn of_many_edits_within_one_second_none_is_missed(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).inside("project").start() else { return };
    for number in 0..15 {
        let region = if number % 2 == 0 { "eu-north-1" } else { "eu-south-1" };
        home.write(".aws/config", CONFIG.replace("eu-west-1", region));
        assert_eq!(prompt.look(), format!("credenv: devProfile ({region}) ← .credenv.yml:1\n"), "edit {number}");
    }
}
at_every_prompt!(of_many_edits_within_one_second_none_is_missed);

fn a_nearer_file_is_seen_when_it_comes_and_when_it_goes(shell: &Shell) {
    let home = home();
    allowed(&home, "project/below/.credenv.yml", PROD);
    home.rename("project/below/.credenv.yml", "project/below/aside");
    let Some(mut prompt) = Session::of(shell, &home).inside("project/below").start() else { return };
    assert_eq!(prompt.first, "credenv: devProfile (eu-west-1) ← ~/project/.credenv.yml:1\n");
    home.rename("project/below/aside", "project/below/.credenv.yml");
    assert_eq!(prompt.look(), TO_PROD);
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
    home.remove("project/below/.credenv.yml");
    assert_eq!(prompt.look(), "credenv: devProfile (eu-west-1) ← ~/project/.credenv.yml:1\n");
    home.remove("project/.credenv.yml");
    assert_eq!(prompt.look(), TO_NONE);
    assert_eq!(prompt.profile(), None);
    home.write("project/.credenv.yml", DEV);
    assert_eq!(prompt.look(), "credenv: devProfile (eu-west-1) ← ~/project/.credenv.yml:1\n");
    home.rename("project", "moved");
    if shell.can(Ability::StandingOn) {
        let _ = prompt.look();
    }
    if shell.can(Ability::Watching) && shell.can(Ability::StandingOn) {
        assert_eq!(prompt.look(), "");
    }
    assert!(prompt.line("cd \"$HOME/moved\"").ends_with(&is_new(".credenv.yml")));
    assert_eq!(prompt.profile(), None, "a project under another name was never allowed");
}
at_every_prompt!(a_nearer_file_is_seen_when_it_comes_and_when_it_goes);

fn a_change_in_the_aws_files_is_seen_inside_a_project(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).inside("project").start() else { return };
    home.touch(".aws/config");
    assert_eq!(prompt.look(), "");
    home.write(".aws/config", CONFIG.replace("eu-west-1", "eu-north-1"));
    assert_eq!(prompt.look(), "credenv: devProfile (eu-north-1) ← .credenv.yml:1\n");
    assert_eq!(prompt.variable("AWS_REGION").as_deref(), Some("eu-north-1"));
    home.write(".aws/config", "[profile other]\n");
    let shown = prompt.look();
    assert!(shown.contains("devProfile"), "{shown}");
    assert_eq!(prompt.profile(), None, "there is no such profile any more");
    assert_eq!(prompt.look(), "");
    home.write(".aws/credentials", "[devProfile]\naws_access_key_id = A\naws_secret_access_key = S\n");
    assert_eq!(prompt.look(), "credenv: devProfile ← .credenv.yml:1\n");
    home.write(".aws/config", CONFIG);
    assert_eq!(prompt.look(), TO_DEV);
}
at_every_prompt!(a_change_in_the_aws_files_is_seen_inside_a_project);

fn a_new_file_is_followed_once_it_is_allowed_and_never_after_it_was_denied(shell: &Shell) {
    let home = Home::new().config(CONFIG).file("project/.credenv.yml", DEV);
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), is_new(".credenv.yml"));
    assert_eq!(prompt.profile(), None);
    assert_eq!(prompt.look(), "", "it was told already");
    let allowed = prompt.line_and_look("credenv allow");
    assert!(allowed.ends_with(TO_DEV), "{allowed}");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    let denied = prompt.line_and_look("credenv deny");
    assert!(denied.ends_with(TO_NONE), "{denied}");
    assert_eq!(prompt.profile(), None);
    assert_eq!(prompt.line("cd .."), "");
    assert_eq!(prompt.line("cd project"), "", "a denied file is passed over in silence");
    home.write("project/.credenv.yml", PROD);
    assert_eq!(prompt.look(), "", "whatever it says");
    let again = prompt.line_and_look("credenv allow .credenv.yml");
    assert!(again.ends_with(TO_PROD), "{again}");
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
}
at_every_prompt!(a_new_file_is_followed_once_it_is_allowed_and_never_after_it_was_denied);

fn a_stranger_s_file_takes_nothing_away(shell: &Shell) {
    let home = home();
    home.write("project/below/.credenv.yml", PROD);
    let Some(mut prompt) = start(shell, &home) else { return };
    let shown = prompt.line("cd project/below");
    assert!(shown.contains("devProfile (eu-west-1) ← ~/project/.credenv.yml:1\n"), "{shown}");
    assert!(shown.contains(&is_new(".credenv.yml")), "{shown}");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
}
at_every_prompt!(a_stranger_s_file_takes_nothing_away);

fn a_symlinked_directory_is_the_project_it_leads_to(shell: &Shell) {
    let home = home().symlink("project", "link").directory("elsewhere");
    allowed(&home, "elsewhere/.credenv.yml", PROD);
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd link"), TO_DEV);
    assert_eq!(prompt.line("cd below"), "");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    assert_eq!(prompt.line("cd \"$HOME\""), TO_NONE);
    home.same_time("project/.credenv.yml", "elsewhere/.credenv.yml");
    home.retarget("elsewhere", "link");
    assert_eq!(prompt.line("cd link"), TO_PROD);
    assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
    home.retarget("project", "link");
    if !shell.can(Ability::StandingOn) {
        assert_eq!(prompt.look(), TO_DEV, "what is started now runs where the link leads");
        return;
    }
    // What is started now still runs in the directory that was entered, whatever the link is now.
    if shell.can(Ability::Watching) {
        assert_eq!(prompt.look(), "");
        assert_eq!(prompt.profile().as_deref(), Some("prodProfile"));
    }
    // ksh does not move where the name is the same.
    if shell.called != "ksh" {
        assert_eq!(prompt.line("cd \"$HOME/link\""), TO_DEV);
    }
}
at_every_prompt!(a_symlinked_directory_is_the_project_it_leads_to);

fn a_project_file_may_be_a_symlink_and_is_seen_to_lead_elsewhere(shell: &Shell) {
    let home = home().file("one", DEV).file("two", PROD).directory("linked");
    let home = home.symlink("../one", "linked/.credenv.yml");
    home.same_time("one", "two");
    allow(&home, "linked/.credenv.yml");
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd linked"), TO_DEV);
    home.retarget("../two", "linked/.credenv.yml");
    let shown = prompt.look();
    assert!(shown.contains(".credenv.yml"), "{shown}");
    assert_eq!(prompt.profile(), None);
}
at_every_prompt!(a_project_file_may_be_a_symlink_and_is_seen_to_lead_elsewhere);

const SERVERLESS: &str = "\
service: shop
custom:
  profiles: { dev: devProfile, prod: prodProfile }
provider:
  name: aws
  profile: ${self:custom.profiles.${opt:stage, 'dev'}}
";

fn a_serverless_project_gives_the_profile_of_every_stage(shell: &Shell) {
    let home = home();
    allowed(&home, "shop/serverless.yml", SERVERLESS);
    let Some(mut prompt) = start(shell, &home) else { return };
    let first = settled(prompt.env());
    assert_eq!(prompt.line("cd shop"), "credenv: devProfile (eu-west-1) ← serverless.yml:3, stage dev\n");
    let inside = prompt.env();
    assert_eq!(inside.get("AWS_PROFILE"), Some(&b"devProfile"[..]));
    assert_eq!(inside.get("AWS_PROD_PROFILE"), Some(&b"prodProfile"[..]));
    assert_eq!(prompt.line("cd .."), TO_NONE);
    settled(prompt.env()).must_be(&first, "outside again");
    prompt.line("export CREDENV_STAGE=prod");
    assert_eq!(prompt.line("cd shop"), "credenv: prodProfile (us-east-1) ← serverless.yml:3, stage prod\n");
    prompt.line("unset CREDENV_STAGE");
    let shown = prompt.look();
    assert!(shown.is_empty() || shown.contains("stage dev"), "{shown}");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
}
at_every_prompt!(a_serverless_project_gives_the_profile_of_every_stage);
