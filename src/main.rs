//! The binary: capture the process, run, write stdout once, leave with the code.

use std::process::ExitCode;

use credenv::system::{self, System};

fn main() -> ExitCode {
    system::report_bugs_and_fail();
    let outcome = credenv::run(&System::capture());
    system::write_stdout(&outcome.stdout);
    ExitCode::from(outcome.code)
}
