//! Fuzzes the tar parser: `src/targets/tar.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::tar::run(data));
