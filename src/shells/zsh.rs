//! zsh 5, also under `emulate sh`.

use super::posix::{BRACKETS, Posix, ansi_c_quote};
use super::{AT_HOME, Integration};

/// zsh 5, also under `emulate sh`.
pub(super) static ZSH: Posix = Posix {
    name: "zsh",
    aliases: &["rzsh"],
    hook: include_str!("../../shell/hook.zsh"),
    integration: Integration {
        line: r#"eval "$(credenv init zsh)""#,
        belongs: "~/.zshrc",
        directory: (Some("ZDOTDIR"), ""),
        files: &[".zshenv", ".zprofile", ".zlogin"],
        rc: &[(Some("ZDOTDIR"), "", ".zshrc")],
        sets_place: Some(".zshenv"),
        place: "precmd_functions",
        taken_by: &["precmd_functions=", "export precmd_functions=", "typeset -ga precmd_functions="],
        is_first: true,
        ..AT_HOME
    },
    quote: ansi_c_quote,
    list: BRACKETS,
    silent_on_missing: true,
    only_utf8: None,
    counts_seconds: true,
    behind_function: "",
    behind_hook: "",
};
