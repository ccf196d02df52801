//! ksh93.

use super::posix::{BRACKETS, Posix, ansi_c_quote};
use super::{AT_HOME, Integration};

/// ksh93.
pub(super) static KSH: Posix = Posix {
    name: "ksh",
    aliases: &["ksh93", "rksh"],
    hook: include_str!("../../shell/hook.ksh"),
    integration: Integration {
        line: r#"eval "$(credenv init ksh)""#,
        belongs: "~/.kshrc",
        files: &[".profile"],
        rc: &[(None, "", ".kshrc")],
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
