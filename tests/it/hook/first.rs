//! The first prompt of a shell: it asks nobody where `init` found nothing to do, and misses nothing that came behind the line.

use super::{TO_DEV, home};
use crate::support::{Home, Session, Shell, quoted};

/// Starts a shell in home in which only `init` finds credenv; who asks later leaves a mark.
fn asked(shell: &Shell, home: &Home, behind: &str, variables: &[(&str, &str)]) -> Option<bool> {
    home.link_binary("bin");
    home.replace_by_script("instead", ">~/asked");
    let line = shell.load_from(home, &quoted(home.path("bin/credenv").to_str().unwrap()));
    let session = Session::of(shell, home).loaded_by(&line).after("mv -f ~/instead ~/bin/credenv").after(behind);
    let session = variables.iter().fold(session, |session, (name, value)| session.env(name, value));
    session.start().map(|prompt| {
        assert!(!prompt.first.contains("credenv:"), "{}: {}", shell.name, prompt.first);
        home.has("asked")
    })
}

fn where_nothing_is_to_be_done_it_asks_nobody(shell: &Shell) {
    let Some(asked) = asked(shell, &home(), "", &[]) else { return };
    assert!(!asked, "{}", shell.name);
}
in_every_shell!(where_nothing_is_to_be_done_it_asks_nobody: bash bash_posix zsh dash busybox_ash ksh mksh yash);

fn loading_it_takes_the_process_of_init_and_no_other(shell: &Shell) {
    let home = home();
    let [with, without] = [None, Some(":")].map(|instead| {
        let session = Session::of(shell, &home).traced();
        instead.into_iter().fold(session, Session::loaded_by).start().map(|prompt| prompt.processes())
    });
    let (Some(with), Some(without)) = (with, without) else { return };
    assert_eq!(with - without, 1, "{}", shell.name);
}
in_every_shell!(loading_it_takes_the_process_of_init_and_no_other: bash bash_posix zsh dash busybox_ash ksh mksh yash);

fn it_asks_where_something_was_inherited_or_came_behind_the_line(shell: &Shell) {
    for (behind, variables) in [
        ("", &[("CREDENV_STATE", "broken")][..]),
        ("", &[("AWS_PROFILE", "devProfile")]),
        ("AWS_CONFIG_FILE=$HOME/other; export AWS_CONFIG_FILE", &[]),
        ("echo 'profile: devProfile' >.credenv.yml", &[]),
        ("cd project", &[]),
    ] {
        let Some(asked) = asked(shell, &home(), behind, variables) else { return };
        assert!(asked, "{}: {behind} {variables:?}", shell.name);
    }
}
in_every_shell!(it_asks_where_something_was_inherited_or_came_behind_the_line: bash bash_posix zsh ksh mksh yash);

fn a_start_up_file_that_goes_into_a_project_is_followed(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).after("cd project").start() else { return };
    // busybox has a banner of its own.
    assert!(prompt.first.ends_with(TO_DEV), "{}: {}", shell.name, prompt.first);
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
}
in_every_shell!(a_start_up_file_that_goes_into_a_project_is_followed: bash bash_posix zsh dash busybox_ash ksh mksh yash);
