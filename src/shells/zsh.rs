//! zsh 5, also under `emulate sh`.

use super::posix::{BRACKETS, Posix, ansi_c_quote};

/// zsh 5, also under `emulate sh`.
pub(super) static ZSH: Posix = Posix {
    name: "zsh",
    aliases: &["rzsh"],
    hook: include_str!("../../shell/hook.zsh"),
    quote: ansi_c_quote,
    list: BRACKETS,
    silent_on_missing: true,
    only_utf8: None,
    counts_seconds: true,
    behind_function: "",
};
