//! The completion scripts: plain files that ask the binary, one a shell.

/// The completion script of a shell.
#[derive(Debug)]
pub struct Script {
    /// The shell.
    pub shell: &'static str,
    /// Other names of it.
    pub aliases: &'static [&'static str],
    /// The file, as packages install it.
    pub text: &'static str,
}

/// Every shell that can complete, in the order in which they are named to people.
pub static SCRIPTS: &[Script] = &[
    Script { shell: "bash", aliases: &[], text: include_str!("../../completions/credenv.bash") },
    Script { shell: "zsh", aliases: &[], text: include_str!("../../completions/_credenv") },
    Script { shell: "fish", aliases: &[], text: include_str!("../../completions/credenv.fish") },
    Script { shell: "elvish", aliases: &[], text: include_str!("../../completions/credenv.elv") },
    Script { shell: "nu", aliases: &["nushell"], text: include_str!("../../completions/credenv.nu") },
    Script { shell: "powershell", aliases: &["pwsh"], text: include_str!("../../completions/credenv.ps1") },
    Script { shell: "tcsh", aliases: &["csh"], text: include_str!("../../completions/credenv.tcsh") },
    Script { shell: "xonsh", aliases: &[], text: include_str!("../../completions/credenv.xsh") },
];

/// The script of the shell with that name or alias.
#[must_use]
pub fn script(shell: &str) -> Option<&'static str> {
    let script = SCRIPTS.iter().find(|script| script.shell == shell || script.aliases.contains(&shell))?;
    Some(script.text)
}
