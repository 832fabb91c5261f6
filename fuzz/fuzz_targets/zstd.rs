//! Fuzzes zstd layers: `src/targets/zstd.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::zstd::run(data));
