//! yash, which carries only valid UTF-8.

use super::posix::{BRACKETS, Posix, single_quote};

/// yash, which carries only valid UTF-8.
pub(super) static YASH: Posix = Posix {
    name: "yash",
    aliases: &[],
    hook: include_str!("../../shell/hook.yash"),
    quote: single_quote,
    list: BRACKETS,
    silent_on_missing: false,
    only_utf8: Some("yash reads only valid UTF-8"),
    counts_seconds: false,
    behind_function: "",
};
