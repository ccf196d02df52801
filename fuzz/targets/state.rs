//! Bytes against the law of `state`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::state::holds(data));
