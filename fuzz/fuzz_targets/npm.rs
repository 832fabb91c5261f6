//! Fuzzes the reader of a package of Node, through the whole analysis: `src/targets/packages.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::packages::npm(data));
