//! The shells in which the stories are played, and how each is told to run a script without its start-up files.

use credenv::shells::Dialect;

use super::process;

/// Whose words a shell understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Posix,
    Fish,
}

/// A shell.
#[derive(Debug)]
pub(crate) struct Shell {
    /// The name of its tests.
    pub(crate) name: &'static str,
    /// The program, and what makes it read nothing but the script.
    pub(crate) command: &'static [&'static str],
    /// What `--shell` and `init` call it.
    pub(crate) called: &'static str,
    pub(crate) family: Family,
}

/// Every shell; the names are those in `in_every_shell!`.
pub(crate) const SHELLS: &[Shell] = &[
    posix("bash", &["bash", "--norc", "--noprofile"], "bash"),
    posix("bash_posix", &["bash", "--norc", "--noprofile", "--posix"], "bash"),
    posix("zsh", &["zsh", "-f"], "zsh"),
    posix("zsh_emulating_sh", &["zsh", "--emulate", "sh", "-f"], "zsh"),
    Shell { name: "fish", command: &["fish", "--no-config"], called: "fish", family: Family::Fish },
    posix("dash", &["dash"], "sh"),
    posix("busybox_ash", &["busybox", "ash"], "sh"),
    posix("ksh", &["ksh"], "ksh"),
    posix("mksh", &["mksh"], "mksh"),
    posix("yash", &["yash", "--noprofile", "--norcfile"], "yash"),
];

const fn posix(name: &'static str, command: &'static [&'static str], called: &'static str) -> Shell {
    Shell { name, command, called, family: Family::Posix }
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

    pub(crate) fn is_posix(&self) -> bool {
        self.family == Family::Posix
    }

    /// yash keeps its variables as wide characters; the others keep bytes.
    pub(crate) fn carries_invalid_utf8(&self) -> bool {
        self.name != "yash"
    }

    /// Only bash, zsh, ksh, mksh and fish have a form of quoting in which a control character need not stand as it is.
    pub(crate) fn escapes_controls(&self) -> bool {
        matches!(self.called, "bash" | "zsh" | "ksh" | "mksh" | "fish")
    }

    /// The line of that shell's family.
    pub(crate) fn either<'t>(&self, posix: &'t str, fish: &'t str) -> &'t str {
        match self.family {
            Family::Posix => posix,
            Family::Fish => fish,
        }
    }

    /// A word, quoted by the plainest rule of its family: of the tests' own, so that credenv is not measured by itself.
    pub(crate) fn word(&self, text: &str) -> String {
        match self.family {
            Family::Posix => format!("'{}'", text.replace('\'', r"'\''")),
            Family::Fish => format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
        }
    }
}
