//! The POSIX shells without `$'…'`: dash, busybox ash, posh.

use super::posix::{Posix, TEST, single_quote};
use super::{AT_HOME, Integration};

/// The POSIX shells without `$'…'`: dash, busybox ash, posh.
pub(super) static SH: Posix = Posix {
    name: "sh",
    aliases: &["dash", "ash", "posh"],
    hook: include_str!("../../shell/hook.sh"),
    integration: Integration {
        line: r#"eval "$(credenv init sh)""#,
        belongs: "the file that `ENV` names",
        files: &[".profile"],
        named_by: Some("ENV"),
        place: "cd",
        taken_by: &["cd()", "cd ()"],
        function: "__credenv_moved",
        ..AT_HOME
    },
    quote: single_quote,
    list: TEST,
    silent_on_missing: true,
    only_utf8: None,
    counts_seconds: false,
    behind_function: "",
    behind_hook: "__credenv_check || __credenv_look\n",
};
