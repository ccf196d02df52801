//! Whatever goes wrong, the prompt comes, and the shell goes on with the environment it had.

use super::{CONFIG, DEV, PROD, TO_DEV, TO_NONE, allow, allowed, home, is_new, settled, start};
use crate::support::{Ability, Home, Prompt, Session, Shell, quoted, skip};

/// Loads the hook of the binary in `bin`, which the test may replace.
fn replaceable<'h>(shell: &'h Shell, home: &'h Home) -> Option<Prompt<'h>> {
    home.link_binary("bin");
    let line = shell.load_from(home, &quoted(home.path("bin/credenv").to_str().unwrap()));
    Session::of(shell, home).loaded_by(&line).start()
}

fn without_a_place_for_reference_files_it_follows_at_every_cd(shell: &Shell) {
    let home = Home::new().config(CONFIG).file(".local/state/credenv/references", "").directory("project/below");
    allowed(&home, "project/.credenv.yml", DEV);
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    assert_eq!(prompt.line("cd below"), "");
    assert_eq!(prompt.line("cd ../.."), TO_NONE);
}
at_every_prompt!(without_a_place_for_reference_files_it_follows_at_every_cd);

fn a_state_directory_that_cannot_be_written_is_told_by_allow_and_not_at_prompts(shell: &Shell) {
    let home = Home::new().config(CONFIG).file("project/.credenv.yml", DEV).env("XDG_STATE_HOME", "/proc/nowhere");
    let Some(mut prompt) = start(shell, &home) else { return };
    assert_eq!(prompt.line("cd project"), is_new(".credenv.yml"));
    assert_eq!(prompt.look(), "");
    let told = prompt.line("credenv allow");
    assert!(told.contains("/proc/nowhere"), "{told}");
    assert_eq!(prompt.profile(), None);
    assert_eq!(prompt.look(), "");
    prompt.line("credenv use devProfile");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
}
at_every_prompt!(a_state_directory_that_cannot_be_written_is_told_by_allow_and_not_at_prompts);

/// A disk of a few pages, filled before the shell starts.
const FULL_DISK: &str = r#"
state=$HOME/.local/state
mount -t tmpfs -o size=64k tmpfs "$state" || exit 9
cp -r "$HOME/saved" "$state/credenv"
cat /dev/zero >"$state/full" 2>/dev/null
exec "$@"
"#;

fn on_a_full_disk_what_was_allowed_stays_so_and_nothing_is_lost(shell: &Shell) {
    let home = home();
    home.write("new/.credenv.yml", PROD);
    home.rename(".local/state/credenv", "saved");
    let can = home.run("unshare", ["-m", "sh", "-c", FULL_DISK, "sh", "true"]).any_stdout().any_stderr();
    if crate::support::is_missing("unshare") || can.output_if_it_succeeds().is_none() {
        return skip("no file system may be mounted here, so no disk is full");
    }
    let session = Session::of(shell, &home).within(&["unshare", "-m", "sh", "-c", FULL_DISK, "sh"]);
    let Some(mut prompt) = session.start() else { return };
    assert_eq!(prompt.line("cd project"), TO_DEV);
    assert_eq!(prompt.look(), "");
    let edited = CONFIG.replace("eu-west-1", "eu-north-1");
    home.write(".aws/config", edited);
    let _ = prompt.look();
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.line("cd ../new"), [TO_NONE, &is_new(".credenv.yml")].concat());
    let told = prompt.line("credenv allow");
    assert!(told.contains("cannot write") && told.contains("space"), "{told}");
    assert_eq!(prompt.look(), "");
    assert_eq!(prompt.profile(), None);
    assert_eq!(prompt.line("cd ../project"), "credenv: devProfile (eu-north-1) ← .credenv.yml:1\n");
    prompt.line("rm \"$HOME/.local/state/full\"");
    prompt.line("cd ../new");
    let told = prompt.line_and_look("credenv allow");
    assert!(told.ends_with(super::TO_PROD), "{told}");
}
at_every_prompt!(on_a_full_disk_what_was_allowed_stays_so_and_nothing_is_lost);

fn without_a_home_the_prompt_comes(shell: &Shell) {
    if !shell.can(Ability::StartingWithoutHome) {
        return;
    }
    let home = home();
    let state = home.path(".local/state").into_os_string().into_encoded_bytes();
    let aws = home.path(".aws/config").into_os_string().into_encoded_bytes();
    for bare in [true, false] {
        let session = Session::of(shell, &home).without("HOME").env("XDG_STATE_HOME", &state);
        let session = session.env("XDG_DATA_HOME", &state).env("XDG_CACHE_HOME", &state);
        let session = session.env("XDG_CONFIG_HOME", home.path(".config").into_os_string().into_encoded_bytes());
        let session = if bare { session } else { session.env("AWS_CONFIG_FILE", &aws) };
        let Some(mut prompt) = session.start() else { return };
        let shown = prompt.line("cd project");
        assert!(shown.lines().count() <= 4 && shown.starts_with("credenv: "), "{shown}");
        assert_eq!(prompt.look(), "");
        if !bare {
            assert_eq!(prompt.profile().as_deref(), Some("devProfile"), "{shown}");
        }
        prompt.line("cd ..");
        assert_eq!(prompt.profile(), None);
    }
}
at_every_prompt!(without_a_home_the_prompt_comes);

/// Spoils the file of the project; false where that cannot be done here.
type Spoil = fn(&Home) -> bool;

fn a_project_file_that_cannot_be_read_any_more_changes_nothing_but_what_it_asked_for(shell: &Shell) {
    let file = "project/.credenv.yml";
    let spoil: [(&str, Spoil); 9] = [
        ("locked", |home| home.lock("project/.credenv.yml")),
        ("a directory", |home| {
            home.remove("project/.credenv.yml");
            home.write("project/.credenv.yml/x", "");
            true
        }),
        ("a symlink that leads nowhere", |home| {
            home.retarget("nowhere", "project/.credenv.yml");
            true
        }),
        ("a symlink to itself", |home| {
            home.retarget(".credenv.yml", "project/.credenv.yml");
            true
        }),
        ("a pipe", |home| {
            home.remove("project/.credenv.yml");
            home.run("mkfifo", [home.path("project/.credenv.yml")]).check();
            true
        }),
        ("a device", |home| {
            home.retarget("/dev/zero", "project/.credenv.yml");
            true
        }),
        ("no YAML", |home| {
            home.write("project/.credenv.yml", "profile: [\n");
            true
        }),
        ("no text", |home| {
            home.write("project/.credenv.yml", b"\xff\xfe\0");
            true
        }),
        ("huge", |home| {
            home.write("project/.credenv.yml", vec![b'#'; 5_000_000]);
            true
        }),
    ];
    for (what, spoil) in spoil {
        let home = home();
        let Some(mut prompt) = start(shell, &home) else { return };
        let first = settled(prompt.env());
        assert_eq!(prompt.line("cd project"), TO_DEV, "{what}");
        if !spoil(&home) {
            continue;
        }
        prompt.doing = what;
        let shown = prompt.look();
        assert!(shown.contains(TO_NONE), "{what}: {shown}");
        assert!(shown.lines().count() <= 4, "{what}: {shown}");
        assert_eq!(prompt.look(), "", "{what}");
        settled(prompt.env()).must_be(&first, what);
        prompt.line("cd ..");
        settled(prompt.env()).must_be(&first, what);
        home.remove(file);
        home.write(file, DEV);
        assert_eq!(prompt.line("cd project"), TO_DEV, "mended: {what}");
    }
}
at_every_prompt!(a_project_file_that_cannot_be_read_any_more_changes_nothing_but_what_it_asked_for);

fn a_directory_deleted_under_the_shell_is_a_place_without_projects(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    let first = settled(prompt.env());
    assert_eq!(prompt.line("cd project/below"), "credenv: devProfile (eu-west-1) ← ~/project/.credenv.yml:1\n");
    home.remove("project");
    if shell.can(Ability::Watching) && shell.can(Ability::StandingOn) {
        assert_eq!(prompt.look(), TO_NONE);
        assert_eq!(prompt.look(), "");
        settled(prompt.env()).must_be(&first, "in a directory that is gone");
    } else if shell.can(Ability::StandingOn) {
        // It says that it cannot `cd` there.
        let _ = prompt.look();
    }
    home.write("project/.credenv.yml", DEV);
    home.write("project/below/x", "");
    let _ = prompt.look();
    let _ = prompt.line("cd \"$HOME\"");
    settled(prompt.env()).must_be(&first, "at home");
    assert_eq!(prompt.line("cd project"), TO_DEV);
}
at_every_prompt!(a_directory_deleted_under_the_shell_is_a_place_without_projects);

fn ctrl_c_during_the_hook_gives_a_prompt_and_switching_goes_on(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = replaceable(shell, &home) else { return };
    home.replace_by_script("bin/credenv", ">\"$HOME/started\"; exec sleep 30");
    prompt.keys(b"cd project\n");
    home.wait_for("started");
    prompt.interrupt();
    // Nor does it hang at each prompt from now on.
    home.remove("started");
    prompt.line("true");
    assert!(!home.has("started"), "what hung was started again, though nothing changed");
    home.remove("bin/credenv");
    home.link_binary("bin");
    prompt.line("cd below");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    assert_eq!(prompt.line("cd ../.."), TO_NONE);
}
at_every_prompt!(ctrl_c_during_the_hook_gives_a_prompt_and_switching_goes_on);

fn a_binary_that_is_gone_or_fails_changes_nothing(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = replaceable(shell, &home) else { return };
    let status = "echo $?";
    assert_eq!(prompt.line("cd project"), TO_DEV);
    let inside = settled(prompt.env());
    for (what, script) in [
        ("gone", None),
        ("fails", Some("exit 3")),
        ("is killed", Some("kill -9 $$")),
        ("prints half a statement and fails", Some("echo \"AWS_PROFILE='half\"; exit 1")),
        ("prints a whole statement and fails", Some("echo 'echo evaluated'; exit 1")),
    ] {
        match script {
            Some(script) => home.replace_by_script("bin/credenv", script),
            None => home.remove("bin/credenv"),
        }
        prompt.line("cd below");
        assert_eq!(prompt.line(status), "0\n", "{what}");
        let _ = prompt.line("false");
        assert_eq!(prompt.line(status), "1\n", "{what}");
        assert_eq!(prompt.line("true"), "", "{what}: told at every prompt");
        settled(prompt.env()).must_be(&inside, what);
        prompt.line("cd ..");
    }
    let _ = prompt.line("true");
    home.remove("bin/credenv");
    home.link_binary("bin");
    let _ = prompt.look();
    assert_eq!(prompt.line("cd .."), TO_NONE);
}
at_every_prompt!(a_binary_that_is_gone_or_fails_changes_nothing);

/// What `project --json` says of the trust in the file of that directory.
fn trust(home: &Home, directory: &str) -> String {
    let project = home.credenv(["project", "--json"]).inside(directory).any_stdout().any_stderr().any_code_but_a_bug();
    let (stdout, _) = project.check();
    let project: serde_json::Value = serde_json::from_str(&stdout).unwrap_or_default();
    project["trust"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn of_three_hundred_verdicts_at_once_none_is_lost() {
    let home =
        (0..300).fold(Home::new().config(CONFIG), |home, number| home.file(format!("many/{number}/.credenv.yml"), DEV));
    let script = r#"
        number=0
        while [ $number -lt 300 ]; do
            case $number in *[02468]) word=allow ;; *) word=deny ;; esac
            credenv $word many/$number/.credenv.yml >/dev/null 2>&1 || echo "$number failed" &
            number=$((number + 1))
        done
        wait
    "#;
    home.run("sh", ["-c", script]).check();
    for number in 0..300 {
        let expected = if number % 2 == 0 { "trusted" } else { "denied" };
        assert_eq!(trust(&home, &format!("many/{number}")), expected, "{number}");
    }
}

#[test]
fn of_three_hundred_verdicts_on_one_file_one_stays_whole() {
    let home = Home::new().config(CONFIG).file("one/.credenv.yml", DEV);
    let script = r"
        cd one
        number=0
        while [ $number -lt 150 ]; do
            credenv allow >/dev/null 2>&1 || echo failed &
            credenv deny >/dev/null 2>&1 || echo failed &
            number=$((number + 1))
        done
        wait
    ";
    home.run("sh", ["-c", script]).check();
    let trust = trust(&home, "one");
    assert!(trust == "trusted" || trust == "denied", "{trust}");
    assert_eq!(home.names_in(".local/state/credenv/trust").len(), 1, "something half done was left");
    allow(&home, "one/.credenv.yml");
}

/// A person may lock a variable on purpose: the prompt comes, and what could not be done is not tried at each of them.
fn a_locked_variable_is_told_once_and_the_prompt_comes(shell: &Shell) {
    if !shell.can(Ability::PosixWords) {
        return;
    }
    let home = home();
    for name in ["AWS_PROFILE", "AWS_REGION", "CREDENV_STATE"] {
        let Some(mut prompt) = start(shell, &home) else { return };
        prompt.own(&format!("readonly {name}=locked"));
        let _ = prompt.line("cd project");
        assert_eq!(prompt.look(), "", "{name}");
        prompt.line("false");
        assert_eq!(prompt.line("echo $?"), "1\n", "{name}");
        let _ = prompt.line("cd ..");
        assert_eq!(prompt.look(), "", "{name}");
        assert_eq!(prompt.line("echo alive"), "alive\n", "{name}");
    }
}
at_every_prompt!(a_locked_variable_is_told_once_and_the_prompt_comes);

fn without_a_place_to_tell_it_switches_all_the_same(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = start(shell, &home) else { return };
    let closed = shell.either("cd project 2>&-", "cd project 2>/dev/full");
    let _ = prompt.line(closed);
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
}
at_every_prompt!(without_a_place_to_tell_it_switches_all_the_same);

fn deep_down_it_is_idle_too(shell: &Shell) {
    let home = home();
    let deep = format!("project/{}", "deeper/".repeat(120));
    home.write(format!("{deep}x"), "");
    let Some(mut prompt) = Session::of(shell, &home).traced().inside(&deep).start() else { return };
    prompt.rest();
    assert_eq!(prompt.line("true"), "");
    let before = prompt.processes();
    assert_eq!(prompt.line("true"), "");
    assert_eq!(prompt.processes(), before);
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    home.write(".aws/config", CONFIG.replace("eu-west-1", "eu-north-1"));
    assert_eq!(prompt.look(), "credenv: devProfile (eu-north-1) ← ~/project/.credenv.yml:1\n");
}
at_every_prompt!(deep_down_it_is_idle_too);
