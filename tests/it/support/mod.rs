//! What every test stands on: a sealed home, exact expectations, the shells, and random values.

mod changes;
mod home;
mod language;
mod process;
mod prompt;
mod random;
mod screen;
mod shell;
mod story;
mod sts;

pub(crate) use changes::{in_seconds, now};
pub(crate) use home::{Home, Run};
pub(crate) use language::{Ability, quoted};
pub(crate) use process::{
    CREDENV, credenv_serverless, directory_of_source, find_program, is_missing, is_required, own_path, own_source,
    process_variable, rewrite_source, seed_from_environment, skip, source,
};
pub(crate) use prompt::{Prompt, Session};
pub(crate) use random::Random;
pub(crate) use screen::Screen;
pub(crate) use shell::{SHELLS, Shell};
pub(crate) use story::{Env, Story, Told};
pub(crate) use sts::Sts;

/// One test a shell, each called after it: `in_every_shell!(story)` stands below `fn story(shell: &Shell)`.
macro_rules! in_every_shell {
    ($story:ident) => {
        in_every_shell!(
            $story:
            bash bash_posix zsh zsh_emulating_sh dash busybox_ash ksh mksh yash
            fish
            tcsh
            nu
            elvish
            xonsh
            pwsh
        );
    };
    ($story:ident: $($shell:ident)+) => {
        mod $story {
            $(#[test]
            fn $shell() {
                $crate::support::Shell::test(stringify!($shell), super::$story);
            })+
        }
    };
}

/// The same for the shells that have a hook of their own; one hook serves dash and busybox ash.
macro_rules! at_every_prompt {
    ($story:ident) => {
        in_every_shell!(
            $story:
            bash zsh dash ksh mksh yash
            fish
            tcsh
            nu
            elvish
            xonsh
            pwsh
        );
    };
}
