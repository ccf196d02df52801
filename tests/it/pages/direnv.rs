//! direnv and credenv in one directory, as docs/moving.md tells.

use crate::support::{Home, Session, Shell, is_missing};

const DIRENV: &str = "eval \"$(direnv hook NAME)\"";

fn home() -> Home {
    let home = Home::new()
        .config("[profile dev]\nregion = eu-central-1\n[profile prod]\nregion = us-east-1\n")
        .file("api/.envrc", "export AWS_PROFILE=dev\n")
        .file("api/.credenv.yml", "profile: prod\n");
    home.run("direnv", ["allow"]).inside("api").check();
    home.credenv(["allow"]).inside("api").any_stdout().check();
    home
}

/// Who is in force in the directory where both set the profile, and after it was left.
fn both_set_the_profile(shell: &Shell) {
    if is_missing("direnv") {
        return;
    }
    let line = DIRENV.replace("NAME", shell.called);
    let home = home();
    for (is_ours_first, inside, left) in [(true, "prod", None), (false, "dev", Some("prod"))] {
        let session = Session::of(shell, &home).env("DIRENV_LOG_FORMAT", "");
        let session = if is_ours_first { session.after(&line) } else { session.before(&line) };
        let Some(mut prompt) = session.start() else { return };
        prompt.line_and_look("cd api");
        assert_eq!(prompt.profile().as_deref(), Some(inside), "{}: {is_ours_first}", shell.name);
        prompt.line_and_look("cd ..");
        assert_eq!(prompt.profile().as_deref(), left, "{}: {is_ours_first}", shell.name);
    }
}
in_every_shell!(both_set_the_profile: bash zsh);
