//! ksh93.

use super::posix::{BRACKETS, Posix, ansi_c_quote};

/// ksh93.
pub(super) static KSH: Posix = Posix {
    name: "ksh",
    aliases: &["ksh93", "rksh"],
    hook: include_str!("../../shell/hook.ksh"),
    quote: ansi_c_quote,
    list: BRACKETS,
    silent_on_missing: false,
    only_utf8: None,
    counts_seconds: true,
    behind_function: "",
};
