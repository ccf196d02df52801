//! yash, which carries only valid UTF-8.

use super::posix::{BRACKETS, Posix, single_quote};
use super::{AT_HOME, Integration};

/// yash, which carries only valid UTF-8.
pub(super) static YASH: Posix = Posix {
    name: "yash",
    aliases: &[],
    hook: include_str!("../../shell/hook.yash"),
    integration: Integration {
        line: r#"eval "$(credenv init yash)""#,
        belongs: "~/.yashrc",
        files: &[".yash_profile"],
        rc: &[(None, "", ".yashrc")],
        place: "PROMPT_COMMAND",
        taken_by: &["PROMPT_COMMAND=", "export PROMPT_COMMAND="],
        is_first: true,
        ..AT_HOME
    },
    quote: single_quote,
    list: BRACKETS,
    silent_on_missing: false,
    only_utf8: Some("yash reads only valid UTF-8"),
    counts_seconds: false,
    behind_function: "",
    behind_hook: "",
};
