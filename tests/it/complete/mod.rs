//! What could stand in a command line: what the binary tells, and what comes of it in each shell.

mod candidates;
mod tab;
mod terminal;
