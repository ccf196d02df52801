//! What the other tests stand on shows what it should.

use crate::support::{Home, Session, Shell};

fn a_line_shows_what_it_printed_and_nothing_else(shell: &Shell) {
    let home = Home::new().directory("a b");
    let Some(mut prompt) = Session::of(shell, &home).loaded_by("").env("MINE", "1").start() else { return };
    assert_eq!(prompt.first, "");
    assert_eq!(prompt.line("echo one"), "one\n");
    assert_eq!(prompt.line(""), "");
    assert_eq!(prompt.line("echo two >&2"), "two\n");
    assert_eq!(prompt.line("cd 'a b'"), "");
    assert_eq!(prompt.line("pwd"), "[HOME]/a b\n");
    assert_eq!(prompt.variable("MINE").as_deref(), Some("1"));
    prompt.line("false");
    assert_eq!(prompt.line("echo $?"), "1\n");
    // What is typed ahead may be lost; and xonsh starts a command first, and hands it the terminal then.
    let reader = shell.language.say("sh -c 'sleep 0.5; echo be\"\"gun; while read -r line; do echo \"<$line>\"; done'");
    prompt.keys_until(format!("{reader}\n").as_bytes(), "begun");
    // Who reads has the terminal. The terminal itself shows what is typed, too.
    prompt.keys_until(b"seen\n", "<seen>");
    prompt.interrupt();
    assert_eq!(prompt.line("echo three"), "three\n");
    assert_eq!(prompt.try_line("exit 7").unwrap_err().1, 7);
}
at_every_prompt!(a_line_shows_what_it_printed_and_nothing_else);

fn processes_are_counted(shell: &Shell) {
    let home = Home::new();
    let Some(mut prompt) = Session::of(shell, &home).loaded_by("").traced().start() else { return };
    let first = prompt.processes();
    (0..5).for_each(|_| assert_eq!(prompt.line(""), ""));
    assert_eq!(prompt.processes() - first, 0);
    prompt.line("/bin/true");
    assert_eq!(prompt.processes() - first, 1);
}
at_every_prompt!(processes_are_counted);
