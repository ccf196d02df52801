//! mksh.

use super::posix::{BRACKETS, Posix, ansi_c_quote};

/// mksh.
pub(super) static MKSH: Posix = Posix {
    name: "mksh",
    aliases: &["lksh"],
    hook: include_str!("../../shell/hook.mksh"),
    quote: ansi_c_quote,
    list: BRACKETS,
    silent_on_missing: false,
    only_utf8: None,
    counts_seconds: true,
    behind_function: "",
};
