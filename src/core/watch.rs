//! What must still be true for the last decision to hold: the shell checks it with builtins at every prompt.

use super::vars::VarName;

/// The time that a reference file bears, in nanoseconds since 1970: it is named by it, `SECONDS.NANOSECONDS`.
#[must_use]
pub fn time_of(reference: &[u8]) -> Option<i64> {
    let name = std::str::from_utf8(reference.rsplit(|byte| *byte == b'/').next()?).ok()?;
    let (seconds, nanoseconds) = name.split_once('.')?;
    let fraction = nanoseconds.parse::<i64>().ok().filter(|_| nanoseconds.len() == 9)?;
    seconds.parse::<i64>().ok()?.checked_mul(1_000_000_000)?.checked_add(fraction)
}

/// Whether the directory that the shell names is the one it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    There,
    /// Nothing of that name is there: the directory was deleted or renamed.
    Gone,
    /// Something else of that name is there.
    Elsewhere,
}

/// In what a shell hands back, stands before each word about the end of an identity.
pub const SAID: char = 'e';

/// A path as a shell holds it.
pub type PathBytes = Vec<u8>;

/// A file as whole numbers tell it: what a shell compares that can compare no times with those of a reference file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its number on its file system.
    pub inode: u64,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, in seconds; anybody can set that.
    pub modified: i64,
    /// When anything of it was last changed, in seconds; that nobody can set.
    pub changed: i64,
    /// Whether that second is not over, so that another change could bear it as well.
    pub fresh: bool,
}

/// What must still be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// The directory, as the shell names it in `PWD`.
    pub directory: PathBytes,
    /// Whether that is the directory it is in.
    pub standing: Standing,
    /// Files, and for each a reference file with the same modification time.
    pub unchanged: Vec<(PathBytes, PathBytes)>,
    /// Files that only credenv writes, each time anew, and for each a reference file with the same modification time: one
    /// that is there and no newer is the same.
    pub not_newer: Vec<(PathBytes, PathBytes)>,
    /// Files and how each was, in place of both lists for a shell that compares numbers.
    pub marks: Vec<(PathBytes, Mark)>,
    /// Paths with a symlink in them, and where each leads: what it leads to next may have the same time.
    pub leading: Vec<(PathBytes, PathBytes)>,
    /// Where nothing may be.
    pub absent: Vec<PathBytes>,
    /// Where names may not come to be.
    pub bare: Vec<Bare>,
    /// What names those are, where a directory does not say it itself.
    pub names: Vec<&'static str>,
    /// Variables that were asked for, and their values; none when not set.
    pub variables: Vec<(VarName, Option<Vec<u8>>)>,
    /// What the shell is to hand back the next time: which words were said already. None leaves it as it is.
    pub memory: Option<String>,
    /// What it is to hand back besides, of a word that a command said.
    pub said: Option<u64>,
    /// After how many seconds it is to ask again, where it counts them: then something is to be said.
    pub look_again_in: Option<u64>,
    /// Whether a change could go unseen, so that the next prompt must look again.
    pub unsure: bool,
}

impl Watch {
    /// In that directory, with nothing looked at yet.
    #[must_use]
    pub const fn of(directory: PathBytes, standing: Standing) -> Self {
        Self {
            directory,
            standing,
            unchanged: Vec::new(),
            not_newer: Vec::new(),
            marks: Vec::new(),
            leading: Vec::new(),
            absent: Vec::new(),
            bare: Vec::new(),
            names: Vec::new(),
            variables: Vec::new(),
            memory: None,
            said: None,
            look_again_in: None,
            unsure: false,
        }
    }
}

/// Directories in which certain names may not come to be. Each name could be asked for, but where nothing came into a
/// directory at all, one look at the directory tells the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    /// The directories, absolute or from the one that we are in.
    pub directories: Vec<PathBytes>,
    /// A file that tells that nothing came into them; without, the names themselves are asked for.
    pub since: Option<Since>,
    /// For a shell that compares numbers: the second in which each was last changed, if that second is over.
    pub changed: Vec<Option<i64>>,
    /// The names; none are those of [`Watch::names`].
    pub names: Option<Vec<&'static str>>,
}

/// A reference file, which tells whether a directory was changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// The reference file.
    pub reference: PathBytes,
    /// Whether a directory must have its very time, or only none behind it.
    pub exact: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_reference_file_tells_its_time() {
        assert_eq!(time_of(b"/run/credenv/1795267857.039228028"), Some(1_795_267_857_039_228_028));
        for other in ["/run/bare.dad5e89582cde8d8", "/run/1.5", "/run/99999999999.000000000", "x", ""] {
            assert_eq!(time_of(other.as_bytes()), None, "{other}");
        }
    }
}
