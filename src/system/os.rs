//! What differs from one system to the next, as far as it can be told as a rule about values: so that each rule is tested
//! on every system.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::core::vars;

/// A family of systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    /// Linux, and other systems that follow the XDG base directory specification.
    Unix,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// A directory of the person's that is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directory {
    /// What the person writes.
    Config,
    /// What outlives a shell: what is trusted.
    State,
    /// What can be made again.
    Cache,
}

/// A variable of the environment, by its name; `None` when it is not set.
type Variables<'v> = &'v dyn Fn(&str) -> Option<PathBuf>;

impl Os {
    /// The one that we run on.
    pub const HERE: Os = if cfg!(windows) {
        Os::Windows
    } else if cfg!(target_os = "macos") {
        Os::MacOs
    } else {
        Os::Unix
    };

    /// The home directory by the rule of the AWS SDKs: `HOME` on every system first, then on Windows `USERPROFILE`, then
    /// `HOMEDRIVE` with `HOMEPATH`.
    #[must_use]
    pub fn home(self, get: Variables<'_>) -> Option<PathBuf> {
        let set = |name: &str| get(name).filter(|path| !path.as_os_str().is_empty());
        set("HOME").or_else(|| {
            if self != Os::Windows {
                return None;
            }
            set("USERPROFILE").or_else(|| {
                let mut path = set("HOMEDRIVE")?.into_os_string();
                path.push(set("HOMEPATH")?);
                Some(path.into())
            })
        })
    }

    /// Our directory by the custom of the system: the XDG base directory specification (a relative path in a variable is
    /// ignored), `~/Library` on macOS, and on Windows what goes with the person from machine to machine apart from what
    /// does not.
    #[must_use]
    pub fn directory(self, which: Directory, home: Option<&Path>, get: Variables<'_>) -> Option<PathBuf> {
        let (variable, below_home) = match (self, which) {
            (Os::Unix, Directory::Config) => (Some("XDG_CONFIG_HOME"), &[".config"][..]),
            (Os::Unix, Directory::State) => (Some("XDG_STATE_HOME"), &[".local", "state"][..]),
            (Os::Unix, Directory::Cache) => (Some("XDG_CACHE_HOME"), &[".cache"][..]),
            (Os::MacOs, Directory::Config | Directory::State) => (None, &["Library", "Application Support"][..]),
            (Os::MacOs, Directory::Cache) => (None, &["Library", "Caches"][..]),
            (Os::Windows, Directory::Config) => (Some("APPDATA"), &["AppData", "Roaming"][..]),
            (Os::Windows, Directory::State | Directory::Cache) => (Some("LOCALAPPDATA"), &["AppData", "Local"][..]),
        };
        let named = variable.and_then(get).filter(|path| self.is_absolute(path));
        let base = named.or_else(|| Some(below_home.iter().fold(home?.to_owned(), |path, part| path.join(part))))?;
        Some(base.join("credenv"))
    }

    /// Where programs that follow the XDG base directory specification have such a directory here, below home.
    #[must_use]
    pub fn below_home(self, of_the_specification: &str) -> &str {
        match (self, of_the_specification) {
            (Os::MacOs, ".local/share") => "Library/Application Support",
            (Os::Windows, ".config" | ".local/share") => "AppData/Roaming",
            (_, same) => same,
        }
    }

    /// Whether a path starts at a root: on Windows, at a drive or a share.
    #[must_use]
    pub fn is_absolute(self, path: &Path) -> bool {
        let bytes = path.as_os_str().as_encoded_bytes();
        match self {
            Os::Unix | Os::MacOs => bytes.first() == Some(&b'/'),
            Os::Windows => match bytes {
                [b'/' | b'\\', b'/' | b'\\', ..] => true,
                [drive, b':', b'/' | b'\\', ..] => drive.is_ascii_alphabetic(),
                _ => false,
            },
        }
    }

    /// A name as it is compared with others: Windows makes nothing of the case of its letters.
    #[must_use]
    pub fn folded(self, name: &str) -> Cow<'_, str> {
        if self == Os::Windows { name.to_lowercase().into() } else { name.into() }
    }

    /// The files by which the terminal is read and written.
    #[must_use]
    pub fn terminal(self) -> (&'static str, &'static str) {
        if self == Os::Windows { ("CONIN$", "CONOUT$") } else { ("/dev/tty", "/dev/tty") }
    }

    /// A file that is always there and always empty.
    #[must_use]
    pub fn null_device(self) -> &'static str {
        if self == Os::Windows { "NUL" } else { "/dev/null" }
    }

    /// A real path as people and other programs write it: Windows puts `\\?\` before those that it resolves, which many
    /// programs do not understand.
    #[must_use]
    pub fn plain_path(self, real: PathBuf) -> PathBuf {
        let Some(rest) = real.to_str().filter(|_| self == Os::Windows).and_then(|path| path.strip_prefix(r"\\?\"))
        else {
            return real;
        };
        match (rest.strip_prefix(r"UNC\"), rest.as_bytes()) {
            (Some(share), _) => format!(r"\\{share}").into(),
            (None, [drive, b':', b'\\', ..]) if drive.is_ascii_alphabetic() => rest.into(),
            // A volume without a letter has no other name.
            _ => real,
        }
    }

    /// The name under which we know a variable, if it concerns us. Windows makes nothing of the case of its letters, and
    /// keeps it as it was when the variable was made.
    #[must_use]
    pub fn known_name(self, name: OsString) -> Option<String> {
        if self != Os::Windows {
            return if vars::concerns_us(name.as_encoded_bytes()) { name.into_string().ok() } else { None };
        }
        let name = name.into_string().ok()?;
        let (upper, lower) = (name.to_ascii_uppercase(), name.to_ascii_lowercase());
        [upper, lower].into_iter().find(|name| vars::concerns_us(name.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Os; 3] = [Os::Unix, Os::MacOs, Os::Windows];

    /// Paths are compared as text: the machine of the test has its own separator.
    fn text(path: Option<PathBuf>) -> Option<String> {
        path.map(|path| path.to_str().unwrap().replace('\\', "/"))
    }

    fn get<'v>(variables: &'v [(&str, &str)]) -> impl Fn(&str) -> Option<PathBuf> + 'v {
        move |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| PathBuf::from(value))
    }

    #[test]
    fn home_comes_first_on_every_system_and_the_windows_variables_only_there() {
        let home = |os: Os, variables: &[(&str, &str)]| text(os.home(&get(variables)));
        let windows = [("USERPROFILE", r"C:\Users\u"), ("HOMEDRIVE", "C:"), ("HOMEPATH", r"\h")];
        for os in ALL {
            assert_eq!(home(os, &[&[("HOME", "/u")], &windows[..]].concat()).as_deref(), Some("/u"));
            assert_eq!(home(os, &[("HOME", "")]), None);
        }
        assert_eq!(home(Os::Windows, &windows).as_deref(), Some("C:/Users/u"));
        assert_eq!(home(Os::Windows, &[&[("USERPROFILE", "")], &windows[1..]].concat()).as_deref(), Some("C:/h"));
        assert_eq!(home(Os::Windows, &windows[2..]), None);
        assert_eq!(home(Os::MacOs, &windows), None);
        assert_eq!(home(Os::Unix, &windows), None);
    }

    #[test]
    fn our_directories_are_where_each_system_has_them() {
        use Directory::{Cache, Config, State};
        let at = |os: Os, which, home: &str, variables: &[(&str, &str)]| {
            text(os.directory(which, Some(home).filter(|home| !home.is_empty()).map(Path::new), &get(variables)))
        };
        let xdg = [("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "relative"), ("XDG_CACHE_HOME", "")];
        assert_eq!(at(Os::Unix, Config, "/h", &xdg).as_deref(), Some("/c/credenv"));
        assert_eq!(at(Os::Unix, State, "/h", &xdg).as_deref(), Some("/h/.local/state/credenv"));
        assert_eq!(at(Os::Unix, Cache, "/h", &xdg).as_deref(), Some("/h/.cache/credenv"));
        assert_eq!(at(Os::MacOs, Config, "/h", &xdg).as_deref(), Some("/h/Library/Application Support/credenv"));
        assert_eq!(at(Os::MacOs, State, "/h", &xdg).as_deref(), Some("/h/Library/Application Support/credenv"));
        assert_eq!(at(Os::MacOs, Cache, "/h", &xdg).as_deref(), Some("/h/Library/Caches/credenv"));
        let windows =
            [("APPDATA", r"C:\Users\u\AppData\Roaming"), ("LOCALAPPDATA", r"\no\drive"), ("XDG_CONFIG_HOME", "/c")];
        assert_eq!(at(Os::Windows, Config, "C:/h", &windows).as_deref(), Some("C:/Users/u/AppData/Roaming/credenv"));
        assert_eq!(at(Os::Windows, State, "C:/h", &windows).as_deref(), Some("C:/h/AppData/Local/credenv"));
        assert_eq!(at(Os::Windows, Cache, "C:/h", &[]).as_deref(), Some("C:/h/AppData/Local/credenv"));
        for os in ALL {
            assert_eq!(at(os, Config, "", &[]), None);
        }
    }

    #[test]
    fn what_others_keep_below_home_is_where_each_system_has_it() {
        for (path, here) in [
            (".local/share", [".local/share", "Library/Application Support", "AppData/Roaming"]),
            (".config", [".config", ".config", "AppData/Roaming"]),
            ("", ["", "", ""]),
        ] {
            assert_eq!(ALL.map(|os| os.below_home(path)), here);
        }
    }

    #[test]
    fn a_path_on_windows_starts_at_a_drive_or_a_share() {
        for (path, unix, windows) in [
            ("/a", true, false),
            (r"C:\a", false, true),
            ("c:/a", false, true),
            (r"\\server\share", false, true),
            ("C:a", false, false),
            (r"\a", false, false),
            ("é:/a", false, false),
            ("", false, false),
        ] {
            let is_absolute = |os: Os| os.is_absolute(Path::new(path));
            assert_eq!(ALL.map(is_absolute), [unix, unix, windows], "{path}");
        }
    }

    #[test]
    fn a_resolved_path_of_windows_is_written_as_people_write_it() {
        for (real, plain) in [
            (r"\\?\C:\Users\u", r"C:\Users\u"),
            (r"\\?\UNC\server\share\x", r"\\server\share\x"),
            (r"\\?\Volume{01}\x", r"\\?\Volume{01}\x"),
            (r"D:\x", r"D:\x"),
        ] {
            assert_eq!(Os::Windows.plain_path(real.into()), PathBuf::from(plain));
            assert_eq!(Os::Unix.plain_path(real.into()), PathBuf::from(real));
        }
    }

    #[test]
    fn on_windows_the_case_of_a_variable_makes_no_difference() {
        let known = |os: Os, name: &str| os.known_name(name.into());
        for (name, windows) in [
            ("AWS_PROFILE", Some("AWS_PROFILE")),
            ("Aws_Profile", Some("AWS_PROFILE")),
            ("credenv_state", Some("CREDENV_STATE")),
            ("CaFile", Some("cafile")),
            ("Path", None),
        ] {
            assert_eq!(known(Os::Windows, name).as_deref(), windows, "{name}");
            assert_eq!(known(Os::Unix, name).is_some(), windows == Some(name), "{name}");
        }
        assert_eq!(known(Os::Unix, "https_ca").as_deref(), Some("https_ca"));
    }

    #[test]
    fn on_windows_the_case_of_a_name_makes_no_difference() {
        assert_eq!(ALL.map(|os| os.folded("Äcme-X").into_owned()), ["Äcme-X", "Äcme-X", "äcme-x"]);
    }

    #[test]
    fn the_terminal_and_the_null_device_have_other_names_on_windows() {
        assert_eq!(ALL.map(Os::null_device), ["/dev/null", "/dev/null", "NUL"]);
        assert_eq!(ALL.map(|os| os.terminal().0), ["/dev/tty", "/dev/tty", "CONIN$"]);
    }
}
