#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| telewire_tests::fuzzing::session(data));
