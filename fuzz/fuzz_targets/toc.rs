//! Fuzzes tables of contents: `src/targets/toc.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::toc::run(data));
