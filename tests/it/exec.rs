//! `exec` for one profile: the command has the terminal, the signals and the exit status as if it was typed alone.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use crate::support::{Home, Prompt, Session, Shell};

const CONFIG: &str = "[profile dev]\nregion = eu-west-1\n";

fn home() -> Home {
    Home::new().config(CONFIG)
}

fn the_status_of_a_command_that_a_signal_ended_is_that_of_the_shell_itself(shell: &Shell) {
    let home = home();
    // A script ends with a command that was interrupted: what INT does is seen at a prompt.
    for (number, name) in [(1, "HUP"), (9, "KILL"), (15, "TERM")] {
        let status = |before: &str| {
            let script = format!("{before}sh -c 'kill -{name} $$'");
            let language = shell.language;
            let lines = [language.prelude(), language.in_script(&language.say(&script)), language.say("echo $?")];
            let script = lines.join("\n");
            let arguments = shell.command[1..].iter().copied().chain(["-c", &script]);
            home.run(shell.command[0], arguments).any_stdout().any_stderr().check().0.trim_end().to_owned()
        };
        assert_eq!(status("credenv exec dev -- "), status(""), "{name}");
        let expected = match shell.called {
            "ksh" => 256 + number,
            "yash" => 384 + number,
            "nu" => -number,
            _ => 128 + number,
        };
        assert_eq!(status("credenv exec dev -- "), expected.to_string(), "{name}");
    }
}
in_every_shell!(the_status_of_a_command_that_a_signal_ended_is_that_of_the_shell_itself);

/// Types a line whose command says `ready`, and waits for that.
fn begin(prompt: &mut Prompt<'_>, line: &str) {
    prompt.keys_until(format!("{line}\n").as_bytes(), "ready\r\n");
}

fn ctrl_c_is_for_the_command(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    let waits = "echo ready; while :; do sleep 0.02; done";
    let status = "echo \"with $?\"";
    // One that catches it goes on as it likes, and its own status comes back.
    begin(&mut prompt, &format!("credenv exec dev -- sh -c 'trap \"echo caught; exit 7\" INT; {waits}'"));
    prompt.keys_until(b"\x03", "caught\r\n");
    assert_eq!(prompt.line(""), "ready\ncaught\n");
    prompt.interrupt();
    // One that does not is ended by it, as the shell sees.
    begin(&mut prompt, &format!("credenv exec dev -- sh -c '{waits}'"));
    prompt.keys(b"\x03");
    prompt.keys_until(format!("{status}\n").as_bytes(), "with 130\r\n");
}
in_every_shell!(ctrl_c_is_for_the_command: bash zsh mksh);

fn ctrl_z_stops_the_command_and_fg_goes_on_with_it(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    // One that starts no process of its own, which could be stopped while its parent waits for it to become another.
    begin(&mut prompt, "credenv exec dev -- sh -c 'echo ready; exec cat'");
    prompt.keys_until(b"typed\n", "typed\r\n");
    prompt.keys_until(b"\x1a", "[prompt]");
    // A shell that takes its terminal back forgets what is typed meanwhile, and so may one that gives it away.
    prompt.interrupt();
    prompt.keys_until(b"fg\n", if shell.called == "zsh" { "continued" } else { "credenv" });
    prompt.keys_until(b"\n\nonwards\n", "onwards\r\n");
}
in_every_shell!(ctrl_z_stops_the_command_and_fg_goes_on_with_it: bash zsh mksh);

fn the_command_learns_that_the_window_has_another_size(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    let resizes = "trap \"stty size\" WINCH; stty cols 77; sleep 0.1; echo done";
    assert_eq!(prompt.line(format!("credenv exec dev -- sh -c '{resizes}'")), "50 77\ndone\n");
}
in_every_shell!(the_command_learns_that_the_window_has_another_size: bash zsh fish nu);

#[test]
fn what_stands_behind_the_dashes_is_the_commands_own() {
    let home = home();
    let echo = |arguments: &[&[u8]]| {
        let before: [&[u8]; 5] = [b"exec", b"dev", b"--", b"printf", b"<%s>"];
        let all = before.iter().chain(arguments).map(|argument| OsStr::from_bytes(argument).to_owned());
        home.credenv(all.collect::<Vec<_>>()).any_stdout().check().0
    };
    assert_eq!(
        echo(&[b"--yes", b"--region", b"x", b"--", b"-h", b"--fail-fast"]),
        "<--yes><--region><x><--><-h><--fail-fast>"
    );
    assert_eq!(echo(&[b"*", b"--creds=1", b""]), "<*><--creds=1><>");
    // A flag in front of the dashes is ours, wherever it stands.
    home.credenv(["exec", "--region", "x", "dev", "--", "sh", "-c", "echo $AWS_REGION"]).stdout("x\n").check();
    home.credenv(["exec", "dev", "--region", "x", "--", "sh", "-c", "echo $AWS_REGION"]).stdout("x\n").check();
}
