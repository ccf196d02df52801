//! The POSIX shells without `$'…'`: dash, busybox ash, posh.

use super::posix::{Posix, TEST, single_quote};

/// The POSIX shells without `$'…'`: dash, busybox ash, posh.
pub(super) static SH: Posix = Posix {
    name: "sh",
    aliases: &["dash", "ash", "posh"],
    hook: include_str!("../../shell/hook.sh"),
    quote: single_quote,
    list: TEST,
    silent_on_missing: true,
    only_utf8: None,
    counts_seconds: false,
    behind_function: "",
};
