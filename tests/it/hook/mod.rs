//! The hook as a person meets it: a shell at its prompt, on a terminal.

mod harness;
