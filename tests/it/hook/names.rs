//! Directories may be called anything, and nothing in a name is ever run.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::{CONFIG, DEV, TO_DEV, TO_NONE};
use crate::support::{Ability, Home, Session, Shell};

const NAMES: [&[u8]; 22] = [
    b"a b",
    b" both ends ",
    b"line\nbreak",
    b"\nfirst",
    b"it's",
    b"\"quoted\"",
    b"$HOME",
    b"$(touch X)",
    b"`touch X`",
    b"back\\slash\\",
    b"*",
    b"[a-z]?",
    b"really!",
    b"!!",
    b"-x",
    b"--",
    b"~",
    b"a;touch X;b",
    b"%s%n",
    b"\x1b[31mred\x07",
    b"\xff\xfe",
    "日本 ä".as_bytes(),
];

fn path(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

fn a_project_may_be_called_anything(shell: &Shell) {
    let names = || {
        NAMES.into_iter().filter(|name| {
            shell.can(Ability::InvalidUtf8) && shell.can(Ability::OddDirectories) || std::str::from_utf8(name).is_ok()
        })
    };
    // `cd` of nushell takes colours out of what it is told.
    let names = || names().filter(|name| shell.called != "nu" || !name.contains(&b'\x1b'));
    // PowerShell takes a backslash for a slash, and a `*` for a pattern, whatever it is told.
    let names = || names().filter(|name| shell.called != "powershell" || !name.contains(&b'\\') && *name != b"*");
    let home = names().fold(Home::new().config(CONFIG), |home, name| {
        home.file(path(name).join(".credenv.yml"), DEV).directory(path(name).join("below"))
    });
    for name in names() {
        let file = home.path(path(name).join(".credenv.yml"));
        home.credenv(["allow".as_ref(), file.as_os_str()]).any_stdout().any_stderr().check();
    }
    let session = names().enumerate().fold(Session::of(shell, &home), |session, (number, name)| {
        session.env(&format!("ODD_{number}"), home.path(path(name)).as_os_str().as_bytes())
    });
    let Some(mut prompt) = session.start() else { return };
    for (number, name) in names().enumerate() {
        let shown = name.escape_ascii();
        assert_eq!(prompt.line(format!("cd \"$ODD_{number}\"")), TO_DEV, "{shown}");
        assert_eq!(prompt.profile().as_deref(), Some("devProfile"), "{shown}");
        assert_eq!(prompt.look(), "", "{shown}");
        assert_eq!(prompt.line("cd"), TO_NONE, "{shown}");
        let deeper = prompt.line(format!("cd \"$ODD_{number}/below\""));
        assert!(deeper.starts_with("credenv: devProfile (eu-west-1) ← ~/"), "{shown}: {deeper}");
        assert_eq!(deeper.matches('\n').count(), 1, "{shown}: {deeper}");
        home.touch(path(name).join(".credenv.yml"));
        assert_eq!(prompt.look(), "", "{shown}");
        home.write(path(name).join(".credenv.yml"), "profile: bare\n");
        assert!(prompt.look().contains("asks for something other"), "{shown}");
        assert_eq!(prompt.profile(), None, "{shown}");
        assert_eq!(prompt.line("cd"), "", "{shown}");
        assert!(!home.has("X") && !home.has(path(name).join("X")) && !home.has(path(name).join("below/X")), "{shown}");
    }
}
at_every_prompt!(a_project_may_be_called_anything);

fn a_name_that_begins_with_a_dash_is_entered_by_its_relative_path(shell: &Shell) {
    let home = Home::new().config(CONFIG);
    super::allowed(&home, "-P/.credenv.yml", DEV);
    let Some(mut prompt) = super::start(shell, &home) else { return };
    assert_eq!(prompt.line("cd -- -P"), TO_DEV);
    assert_eq!(prompt.line("cd .."), TO_NONE);
    assert_eq!(prompt.line("cd ./-P"), TO_DEV);
    if !shell.can(Ability::GoingBack) {
        return;
    }
    // Most shells tell where that leads.
    let ours = |text: String| text.find("credenv: ").map(|at| text[at..].to_owned());
    assert_eq!(ours(prompt.line("cd -")).as_deref(), Some(TO_NONE));
    assert_eq!(ours(prompt.line("cd -")).as_deref(), Some(TO_DEV));
}
at_every_prompt!(a_name_that_begins_with_a_dash_is_entered_by_its_relative_path);

/// The paths of the AWS files, of the trust and of the reference files then hold it too.
fn the_home_directory_may_be_called_anything(shell: &Shell) {
    for name in ["a b'c\"$(touch X)`touch X`\\*!\nä", "-n", "%s"] {
        let name = if shell.called == "powershell" { name.replace(['\\', '*', '`'], "") } else { name.to_owned() };
        let outer = Home::new();
        let home = outer.path(&name);
        let home = Home::new().env("HOME", home.as_os_str().as_bytes()).config(CONFIG).directory("project/below");
        super::allowed(&home, "project/.credenv.yml", DEV);
        let Some(mut prompt) = super::start(shell, &home) else { return };
        assert_eq!(prompt.line("cd project"), TO_DEV, "{name}");
        assert_eq!(prompt.look(), "", "{name}");
        home.write(".aws/config", CONFIG.replace("eu-west-1", "eu-north-1"));
        assert_eq!(prompt.look(), "credenv: devProfile (eu-north-1) ← .credenv.yml:1\n", "{name}");
        assert_eq!(prompt.line("cd"), TO_NONE, "{name}");
        assert!(!home.has("X") && !home.has("project/X"), "{name}");
    }
}
at_every_prompt!(the_home_directory_may_be_called_anything);
