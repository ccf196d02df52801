//! Bytes against the law of `serverless`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::serverless::holds(data));
