//! Fuzzes the reader of what Go and Rust note in programs, through the whole analysis: `src/targets/packages.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::packages::program(data));
