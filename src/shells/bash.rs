//! bash 3.2 and later, also in posix mode.

use super::posix::{BRACKETS, Posix, ansi_c_quote};
use super::{AT_HOME, Integration};

/// bash 3.2 and later, also in posix mode.
pub(super) static BASH: Posix = Posix {
    name: "bash",
    aliases: &["rbash"],
    hook: include_str!("../../shell/hook.bash"),
    integration: Integration {
        line: r#"eval "$(credenv init bash)""#,
        belongs: "~/.bashrc",
        rc: &[(None, "", ".bashrc")],
        login: &[".bash_profile", ".bash_login", ".profile"],
        place: "PROMPT_COMMAND",
        taken_by: &["PROMPT_COMMAND=", "export PROMPT_COMMAND=", "declare PROMPT_COMMAND="],
        is_first: true,
        ..AT_HOME
    },
    quote: ansi_c_quote,
    list: BRACKETS,
    silent_on_missing: false,
    only_utf8: None,
    counts_seconds: true,
    // Under `set -a`, bash exports functions as well.
    behind_function: "\\builtin export -nf __credenv_check;\n",
    behind_hook: "",
};
