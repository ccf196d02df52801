//! credenv as people use it: the real binary, in real shells, in a sealed home.
#![cfg(unix)]
// A helper of a test is a test: it says what went wrong by panicking.
#![allow(clippy::unwrap_used)]

#[macro_use]
mod support;

mod aws_cli;
mod aws_suite;
mod bad_input;
mod certificates;
mod commands;
mod complete;
mod configure;
mod credentials;
mod doctor;
mod exec;
mod exec_all;
mod expiry;
mod failing;
mod first_day;
mod formats;
mod help;
mod hook;
mod hostile;
mod install;
mod link;
mod man;
mod messages;
mod package;
mod pages;
mod picker;
mod pictures;
mod powershell;
mod project;
mod quoting;
mod security;
mod serverless;
mod status;
mod switching;
mod table;
mod tcsh;
mod trust;
mod web_identity;
mod who;
mod windows;
mod wrapper;
mod yaml;
