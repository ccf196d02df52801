//! bash 3.2 and later, also in posix mode.

use super::posix::{self, PosixKeeper};
use super::{Dialect, Keeper, Refusal};
use crate::core::vars::VarName;
use crate::core::watch::Watch;

/// bash 3.2 and later, also in posix mode.
pub(super) struct Bash;

impl Dialect for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["rbash"]
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        posix::export(name, value, posix::ansi_c_quote, script);
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        posix::unset(name, script);
        Ok(())
    }

    fn guarded(&self, name: &VarName, statement: Vec<u8>) -> Vec<u8> {
        posix::guarded(name, &statement)
    }

    fn in_turn(&self, first: Vec<u8>, rest: Vec<u8>) -> Vec<u8> {
        posix::in_turn(&first, &rest)
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&PosixKeeper)
    }

    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        let tests = posix::Tests { list: posix::BRACKETS, silent_on_missing: false, quote: posix::ansi_c_quote };
        posix::check(watch, &tests, script);
        // Under `set -a`, bash exports functions as well.
        script.extend_from_slice(b"\\builtin export -nf __credenv_check;\n");
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.bash"))
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::new();
        posix::ansi_c_quote(word, &mut quoted);
        quoted
    }
}
