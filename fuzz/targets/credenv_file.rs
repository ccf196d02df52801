//! Bytes against the law of `credenv_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::credenv_file::holds(data));
