//! Where you choose is where it holds, and what is yours stays yours.

use super::{DEV, PROD, TO_DEV, TO_NONE, TO_PROD, allowed, home, settled, start};
use crate::support::{Ability, Prompt, Session, Shell};

/// What the hook says where a choice made by hand comes back.
const TO_MY_PROD: &str = "credenv: prodProfile (us-east-1) ← `credenv use prodProfile`\n";

fn assert_profile(prompt: &mut Prompt<'_>, expected: &str) {
    assert_eq!(prompt.profile().as_deref(), (expected != "-").then_some(expected), "{}", prompt.shell.name);
}

fn a_choice_made_outside_holds_outside(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    prompt.line("credenv use prodProfile");
    assert_eq!(prompt.look(), "");
    assert_profile(&mut prompt, "prodProfile");
    assert_eq!(prompt.line("cd .aws"), "");
    assert_eq!(prompt.line("cd ../project"), TO_DEV);
    assert_profile(&mut prompt, "devProfile");
    assert_eq!(prompt.line("cd .."), TO_MY_PROD);
    assert_profile(&mut prompt, "prodProfile");
    prompt.line_and_look("credenv off");
    assert_profile(&mut prompt, "-");
    assert_eq!(prompt.line("cd project"), TO_DEV);
    assert_eq!(prompt.line("cd .."), TO_NONE);
}
at_every_prompt!(a_choice_made_outside_holds_outside);

fn a_choice_made_in_a_project_holds_in_that_project(shell: &Shell) {
    let home = home();
    allowed(&home, "other/.credenv.yml", "profile: bare\n");
    let Some(mut prompt) = start(shell, &home) else { return };
    let first = settled(prompt.env());
    assert_eq!(prompt.line("cd project"), TO_DEV);
    prompt.line("credenv use prodProfile");
    assert_eq!(prompt.look(), "");
    assert_profile(&mut prompt, "prodProfile");
    assert_eq!(prompt.line("cd below"), "");
    assert_profile(&mut prompt, "prodProfile");
    assert_eq!(prompt.line("cd ../../other"), "credenv: bare ← .credenv.yml:1\n");
    assert_eq!(prompt.line("cd .."), TO_NONE);
    settled(prompt.env()).must_be(&first, "outside");
    assert_eq!(prompt.line("cd project/below"), TO_MY_PROD);
    let shown = prompt.line_and_look("credenv auto");
    assert!(shown.contains("devProfile"), "{shown}");
    assert_profile(&mut prompt, "devProfile");
    assert_eq!(prompt.line("cd ../.."), TO_NONE);
    settled(prompt.env()).must_be(&first, "outside at last");
}
at_every_prompt!(a_choice_made_in_a_project_holds_in_that_project);

fn a_choice_in_a_nested_project_holds_there_alone(shell: &Shell) {
    let home = home();
    allowed(&home, "project/below/.credenv.yml", PROD);
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project/below"), TO_PROD);
    prompt.line("credenv use bare");
    assert_profile(&mut prompt, "bare");
    assert_eq!(prompt.line("cd .."), TO_DEV);
    assert_eq!(prompt.line("cd below"), "credenv: bare ← `credenv use bare`\n");
    assert_eq!(prompt.line("cd .."), TO_DEV);
    prompt.line("credenv use prodProfile");
    assert_eq!(prompt.line("cd below"), "credenv: bare ← `credenv use bare`\n");
    assert_eq!(prompt.line("cd .."), TO_MY_PROD);
    assert_eq!(prompt.line("cd .."), TO_NONE);
}
at_every_prompt!(a_choice_in_a_nested_project_holds_there_alone);

fn kept_it_holds_everywhere_until_auto(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    prompt.line("credenv use prodProfile --keep");
    assert_eq!(prompt.line("cd project"), "");
    assert_profile(&mut prompt, "prodProfile");
    let shown = prompt.line_and_look("credenv auto");
    assert!(shown.contains("devProfile"), "{shown}");
    assert_profile(&mut prompt, "devProfile");
    prompt.line("credenv use bare --keep");
    assert_eq!(prompt.line("cd .."), "");
    assert_profile(&mut prompt, "bare");
    prompt.line_and_look("credenv off");
    assert_profile(&mut prompt, "-");
    assert_eq!(prompt.line("cd .aws"), "");
    assert_profile(&mut prompt, "-");
}
at_every_prompt!(kept_it_holds_everywhere_until_auto);

fn off_in_a_project_holds_until_it_is_left_or_auto(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    let first = settled(prompt.env());
    assert_eq!(prompt.line("cd project"), TO_DEV);
    prompt.line_and_look("credenv off");
    settled(prompt.env()).must_be(&first, "after `off`");
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.line("cd below"), "");
    assert_profile(&mut prompt, "-");
    let shown = prompt.line_and_look("credenv auto");
    assert!(shown.contains("devProfile"), "{shown}");
    assert_profile(&mut prompt, "devProfile");
}
at_every_prompt!(off_in_a_project_holds_until_it_is_left_or_auto);

fn use_minus_goes_back_to_the_profile_before(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    prompt.line("credenv use prodProfile");
    prompt.line("credenv use -");
    assert_eq!(prompt.look(), "");
    assert_profile(&mut prompt, "devProfile");
    prompt.line("credenv use -");
    assert_profile(&mut prompt, "prodProfile");
}
at_every_prompt!(use_minus_goes_back_to_the_profile_before);

fn a_variable_exported_by_hand_in_a_project_is_the_person_s(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    assert_eq!(prompt.line("export AWS_PROFILE=mine"), "");
    assert_eq!(prompt.look(), "");
    assert_profile(&mut prompt, "mine");
    home.touch(".aws/config");
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.line("cd below"), "");
    assert_profile(&mut prompt, "mine");
    prompt.line("cd \"$HOME\"");
    assert_profile(&mut prompt, "mine");
    assert_eq!(prompt.variable("AWS_REGION"), None, "what credenv set is taken back");
}
at_every_prompt!(a_variable_exported_by_hand_in_a_project_is_the_person_s);

/// Of one that was not there when the project was entered, nothing is remembered.
fn keys_exported_by_hand_in_a_project_are_the_person_s(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    prompt.line("export AWS_ACCESS_KEY_ID=A");
    assert_eq!(prompt.line_and_look("export AWS_SECRET_ACCESS_KEY=S"), "");
    let keys =
        |prompt: &mut Prompt<'_>| prompt.variable("AWS_ACCESS_KEY_ID").zip(prompt.variable("AWS_SECRET_ACCESS_KEY"));
    for line in ["cd below", "cd ..", "cd .."] {
        prompt.line(line);
        assert_eq!(keys(&mut prompt), Some(("A".to_owned(), "S".to_owned())), "{line}");
    }
    // Entered anew, the project takes its place again.
    prompt.line("cd project");
    assert_eq!(keys(&mut prompt), None);
    prompt.line("cd ..");
    assert_eq!(keys(&mut prompt), Some(("A".to_owned(), "S".to_owned())));
}
at_every_prompt!(keys_exported_by_hand_in_a_project_are_the_person_s);

fn a_variable_unset_by_hand_in_a_project_stays_unset_there(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).env("AWS_REGION", "sa-east-1").start() else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    assert_eq!(prompt.line("unset AWS_REGION"), "");
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.line("cd below"), "");
    assert_eq!(prompt.variable("AWS_REGION"), None);
    assert_profile(&mut prompt, "devProfile");
}
at_every_prompt!(a_variable_unset_by_hand_in_a_project_stays_unset_there);

fn a_variable_that_was_not_exported_is_not_exported_afterwards(shell: &Shell) {
    if !shell.can(Ability::Unexported) {
        return;
    }
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    prompt.line("AWS_PROFILE='my own'; AWS_SECRET_ACCESS_KEY=hunter2");
    assert_eq!(prompt.line("cd project"), TO_DEV);
    assert_profile(&mut prompt, "devProfile");
    assert!(!prompt.env().holds(b"hunter2"));
    prompt.line("cd ..");
    assert_profile(&mut prompt, "-");
    assert!(!prompt.env().holds(b"hunter2"));
    assert_eq!(prompt.line("echo \"$AWS_PROFILE $AWS_SECRET_ACCESS_KEY\""), "my own hunter2\n");
}
at_every_prompt!(a_variable_that_was_not_exported_is_not_exported_afterwards);

fn secrets_make_way_inside_and_come_back_outside(shell: &Shell) {
    let home = home();
    let secrets = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let session = secrets.iter().fold(Session::of(shell, &home), |session, name| session.env(name, "hun'ter 2\\"));
    let Some(mut prompt) = session.start() else { return };
    let first = settled(prompt.env());
    for _ in 0..2 {
        assert_eq!(prompt.line("cd project"), TO_DEV);
        assert!(!prompt.env().holds(b"hun'ter"));
        prompt.line("cd ..");
        settled(prompt.env()).must_be(&first, "outside");
    }
}
at_every_prompt!(secrets_make_way_inside_and_come_back_outside);

/// Editors and terminal multiplexers start shells in other places than those from which they come.
fn a_new_shell_that_inherits_the_state_follows_its_own_directory(shell: &Shell) {
    let home = home();
    allowed(&home, "other/.credenv.yml", PROD);
    let Some(mut prompt) = Session::of(shell, &home).env("AWS_VAULT", "before").start() else { return };
    let first = settled(prompt.env());
    prompt.line("cd project");
    let inside = prompt.env();
    let start = |directory| Session::of(shell, &home).inheriting(&inside).inside(directory).start().unwrap();

    let mut same = start("project");
    assert_eq!(same.first, "");
    settled(same.env()).must_be(&settled(inside.clone()), "in the same directory");
    assert_eq!(same.line("cd .."), TO_NONE);
    settled(same.env()).must_be(&first, "when that is left");

    let mut elsewhere = start("other");
    assert_eq!(elsewhere.first, TO_PROD);
    elsewhere.line("cd ..");
    settled(elsewhere.env()).must_be(&first, "when another is left");

    let mut outside = start("");
    settled(outside.env()).must_be(&first, "outside");

    settled(prompt.env()).must_be(&settled(inside), "the shell itself is where it was");
}
at_every_prompt!(a_new_shell_that_inherits_the_state_follows_its_own_directory);

fn what_a_start_up_file_sets_anew_is_put_right_at_the_first_prompt(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    prompt.line("cd project");
    let inside = prompt.env();
    let line = &shell.language.say("export AWS_PROFILE=from-rc");
    let session = Session::of(shell, &home).inheriting(&inside).inside("project").before(line);
    let mut again = session.start().unwrap();
    assert_profile(&mut again, "devProfile");
    let outside = Session::of(shell, &home).inheriting(&inside).before(line).start();
    assert_profile(&mut outside.unwrap(), "from-rc");
}
at_every_prompt!(what_a_start_up_file_sets_anew_is_put_right_at_the_first_prompt);

fn a_choice_made_by_hand_is_inherited(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    prompt.line("credenv use prodProfile");
    let chosen = prompt.env();
    let mut child = Session::of(shell, &home).inheriting(&chosen).start().unwrap();
    assert_eq!(child.first, "");
    assert_profile(&mut child, "prodProfile");
    assert_eq!(child.line("cd project"), TO_DEV);
    assert_eq!(child.line("cd .."), TO_MY_PROD);
    child.line_and_look("credenv off");
    assert_profile(&mut child, "-");
}
at_every_prompt!(a_choice_made_by_hand_is_inherited);

fn a_damaged_state_is_told_once_and_switching_goes_on(shell: &Shell) {
    let home = home();
    for damaged in ["{damaged", "{\"v\":99}", "\u{1}", "x'$(touch X)"] {
        let Some(mut prompt) = Session::of(shell, &home).env("CREDENV_STATE", damaged).start() else { return };
        let shown = prompt.first.clone() + &prompt.line("cd project") + &prompt.look();
        assert!(shown.ends_with(TO_DEV) || shown.contains(TO_DEV), "{damaged}: {shown}");
        assert_eq!(shown.matches("CREDENV_STATE").count(), 1, "{damaged}: {shown}");
        assert_profile(&mut prompt, "devProfile");
        assert_eq!(prompt.line("cd .."), TO_NONE, "{damaged}");
        assert_eq!(prompt.line("cd project"), TO_DEV, "{damaged}");
        // And damaged while it runs.
        prompt.line("export CREDENV_STATE=broken");
        let _ = prompt.line_and_look("cd ..");
        assert_eq!(prompt.look(), "");
        assert!(!home.has("X") && !home.has("project/X"));
    }
}
at_every_prompt!(a_damaged_state_is_told_once_and_switching_goes_on);

fn two_terminals_at_once_share_trust_and_nothing_else(shell: &Shell) {
    let home = home();
    home.write("new/.credenv.yml", PROD);
    let (Some(mut one), Some(mut other)) = (start(shell, &home), start(shell, &home)) else { return };
    one.line("cd new");
    other.line("cd new");
    assert!(one.line_and_look("credenv allow").ends_with(TO_PROD));
    assert_eq!(other.look(), TO_PROD);
    one.line("credenv use bare");
    assert_eq!(other.look(), "");
    assert_profile(&mut one, "bare");
    assert_profile(&mut other, "prodProfile");
    assert!(one.line_and_look("credenv deny").contains(".credenv.yml"));
    assert_eq!(other.look(), TO_NONE);
    home.write("new/.credenv.yml", DEV);
    assert!(other.line_and_look("credenv allow").ends_with(TO_DEV));
    assert_eq!(one.look(), "", "its own choice holds");
    assert_profile(&mut one, "bare");
}
at_every_prompt!(two_terminals_at_once_share_trust_and_nothing_else);

fn another_aws_file_named_by_hand_is_read_at_the_next_prompt(shell: &Shell) {
    let home = home().file("other.config", "[profile devProfile]\nregion = eu-north-1\n");
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    prompt.line("export AWS_CONFIG_FILE=$HOME/other.config");
    prompt.look();
    assert_eq!(prompt.variable("AWS_REGION").as_deref(), Some("eu-north-1"));
    prompt.line("unset AWS_CONFIG_FILE");
    prompt.look();
    assert_eq!(prompt.variable("AWS_REGION").as_deref(), Some("eu-west-1"));
}
at_every_prompt!(another_aws_file_named_by_hand_is_read_at_the_next_prompt);

/// A name that was taken away is the person's doing, whatever happens to the files.
fn a_profile_unset_by_hand_stays_unset_in_the_project(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    prompt.line("unset AWS_PROFILE");
    home.touch(".aws/config");
    let _ = prompt.look();
    assert_profile(&mut prompt, "-");
    let _ = prompt.line("cd below");
    assert_profile(&mut prompt, "-");
    let _ = prompt.line("credenv use prodProfile");
    assert_profile(&mut prompt, "prodProfile");
    assert!(prompt.line_and_look("credenv auto").contains("devProfile"));
    assert_profile(&mut prompt, "devProfile");
}
at_every_prompt!(a_profile_unset_by_hand_stays_unset_in_the_project);
