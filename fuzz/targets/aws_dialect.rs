//! Bytes against the law of `aws_dialect`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::aws_dialect::holds(data));
