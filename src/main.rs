//! The binary: capture the process, run, write stdout once, leave with the code.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use credenv::system::{self, System};

fn main() -> ExitCode {
    system::report_bugs_and_fail();
    system::keep_memory_private();
    // The process ends right after: nothing of this need be tidied up.
    let system = ManuallyDrop::new(System::capture());
    let outcome = credenv::run(&system);
    system::write_stdout(&outcome.stdout);
    ExitCode::from(outcome.code)
}
