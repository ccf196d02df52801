//! What could stand in a command line: what the binary tells, and what comes of it in each shell.

mod candidates;
mod tab;
mod terminal;

use credenv::shells::completion::SCRIPTS;

use crate::support::{Home, source};
use crate::windows::READ_POWERSHELL;

/// The file of each shell.
const FILES: [(&str, &str); 8] = [
    ("bash", "credenv.bash"),
    ("zsh", "_credenv"),
    ("fish", "credenv.fish"),
    ("elvish", "credenv.elv"),
    ("nu", "credenv.nu"),
    ("powershell", "credenv.ps1"),
    ("tcsh", "credenv.tcsh"),
    ("xonsh", "credenv.xsh"),
];

#[test]
fn completions_prints_the_file_that_packages_install() {
    let home = Home::new();
    assert_eq!(SCRIPTS.iter().map(|script| script.shell).collect::<Vec<_>>(), FILES.map(|(shell, _)| shell));
    for (shell, file) in FILES {
        home.credenv(["completions", shell]).stdout(source(&format!("completions/{file}"))).check();
    }
    home.credenv(["completions", "pwsh"]).stdout(source("completions/credenv.ps1")).check();
}

/// PowerShell cannot be had here: its file is read, and not run.
#[test]
fn the_file_of_powershell_can_be_read() {
    let home = Home::new();
    let read = |text: &[u8]| home.run("python3", ["-c", READ_POWERSHELL]).stdin(text);
    if read(&source("completions/credenv.ps1")).installed_or_9("tree-sitter-powershell from PyPI") {
        read(b"foreach ($line in { $line }").code(1).check();
    }
}
