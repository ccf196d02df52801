//! The POSIX shells without `$'…'`: dash, busybox ash, posh.

use super::posix::{self, PosixKeeper};
use super::{Dialect, Keeper, Refusal};
use crate::core::vars::VarName;
use crate::core::watch::Watch;

/// The POSIX shells without `$'…'`: dash, busybox ash, posh.
pub(super) struct Sh;

impl Dialect for Sh {
    fn name(&self) -> &'static str {
        "sh"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["dash", "ash", "posh"]
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        posix::export(name, value, posix::single_quote, script);
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
        let tests = posix::Tests { list: ("\\test ", ""), silent_on_missing: true, quote: posix::single_quote };
        posix::check(watch, &tests, script);
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.sh"))
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::new();
        posix::single_quote(word, &mut quoted);
        quoted
    }
}
