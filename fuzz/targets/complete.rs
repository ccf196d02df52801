//! Bytes against the law of `complete`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::complete::holds(data));
