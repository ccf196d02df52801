//! mksh.

use super::posix::{BRACKETS, Posix, ansi_c_quote};
use super::{AT_HOME, Integration};

/// mksh.
pub(super) static MKSH: Posix = Posix {
    name: "mksh",
    aliases: &["lksh"],
    hook: include_str!("../../shell/hook.mksh"),
    integration: Integration {
        line: r#"eval "$(credenv init mksh)""#,
        belongs: "~/.mkshrc",
        files: &[".profile"],
        rc: &[(None, "", ".mkshrc")],
        named_by: Some("ENV"),
        place: "PS1",
        taken_by: &["PS1=", "export PS1="],
        ..AT_HOME
    },
    quote: ansi_c_quote,
    list: BRACKETS,
    silent_on_missing: false,
    only_utf8: None,
    counts_seconds: true,
    behind_function: "",
    behind_hook: "",
};
