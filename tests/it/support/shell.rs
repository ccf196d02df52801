//! The shells in which the stories are played, and how each is told to run a script without its start-up files.

use credenv::shells::Dialect;

use super::home::Home;
use super::language::{Ability, Elvish, Fish, Language, Nu, Posix, PowerShell, Tcsh, Xonsh};
use super::process;

/// A shell.
pub(crate) struct Shell {
    /// The name of its tests.
    pub(crate) name: &'static str,
    /// The program, and what makes it read nothing but the script.
    pub(crate) command: &'static [&'static str],
    /// What `--shell` and `init` call it.
    pub(crate) called: &'static str,
    pub(crate) language: &'static dyn Language,
}

/// Every shell; the names are those in `in_every_shell!`.
pub(crate) const SHELLS: &[Shell] = &[
    posix("bash", &["bash", "--norc", "--noprofile"], "bash"),
    posix("bash_posix", &["bash", "--norc", "--noprofile", "--posix"], "bash"),
    posix("zsh", &["zsh", "-f"], "zsh"),
    posix("zsh_emulating_sh", &["zsh", "--emulate", "sh", "-f"], "zsh"),
    Shell { name: "fish", command: &["fish", "--no-config"], called: "fish", language: &Fish },
    Shell { name: "nu", command: &["nu", "--no-config-file"], called: "nu", language: &Nu },
    Shell { name: "elvish", command: &["elvish", "-norc"], called: "elvish", language: &Elvish },
    Shell { name: "xonsh", command: &["xonsh", "--no-rc"], called: "xonsh", language: &Xonsh },
    Shell { name: "pwsh", command: &["pwsh", "-NoProfile"], called: "powershell", language: &PowerShell },
    posix("dash", &["dash"], "sh"),
    posix("busybox_ash", &["busybox", "ash"], "sh"),
    posix("ksh", &["ksh"], "ksh"),
    posix("mksh", &["mksh"], "mksh"),
    posix("yash", &["yash", "--noprofile", "--norcfile"], "yash"),
    Shell { name: "tcsh", command: &["tcsh", "-f"], called: "tcsh", language: &Tcsh },
];

const fn posix(name: &'static str, command: &'static [&'static str], called: &'static str) -> Shell {
    Shell { name, command, called, language: &Posix }
}

impl Shell {
    /// Plays a story in the shell of that name, if it is installed.
    pub(crate) fn test(name: &str, story: impl Fn(&Shell)) {
        let shell = SHELLS.iter().find(|shell| shell.name == name).unwrap();
        if !process::is_missing(shell.command[0]) {
            story(shell);
        }
    }

    /// The dialect that credenv writes for it.
    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        credenv::shells::named(self.called).unwrap()
    }

    /// Whether it can do that. Where not, its language says why, and so do the shortcomings.
    pub(crate) fn can(&self, ability: Ability) -> bool {
        self.language.cannot(self, ability).is_none()
    }

    /// The line in the words of a POSIX shell, or what stands for it in those that every shell has.
    pub(crate) fn either<'t>(&self, posix: &'t str, plain: &'t str) -> &'t str {
        if self.can(Ability::PosixWords) { posix } else { plain }
    }

    /// The line that loads the integration.
    pub(crate) fn load(&self, home: &Home) -> String {
        self.load_from(home, "credenv")
    }

    /// The same with another binary, a word of a plain line.
    pub(crate) fn load_from(&self, home: &Home, binary: &str) -> String {
        self.language.load(home, &self.init(binary))
    }

    /// The same in a script.
    pub(crate) fn load_in_script(&self, home: &Home, binary: &str) -> String {
        self.language.load_in_script(home, &self.init(binary))
    }

    /// The lines of a start-up file that make the prompt `$ `, and let nothing else be seen.
    pub(crate) fn plain_prompt(&self) -> &'static str {
        self.language.window_prompt(self)
    }

    fn init(&self, binary: &str) -> String {
        self.language.say(&format!("{binary} init {}", self.called))
    }
}
