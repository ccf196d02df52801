//! Bytes against the law of `aws_edit`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::aws_edit::holds(data));
