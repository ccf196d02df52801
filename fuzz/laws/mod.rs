//! What must hold whatever the bytes: one file a reader of what others wrote.
// The tests of credenv take these files in as their own, where nobody else can reach them.
#![allow(unreachable_pub)]

pub mod aws_dialect;
pub mod aws_edit;
pub mod complete;
pub mod credenv_file;
mod project;
pub mod serverless;
pub mod state;
