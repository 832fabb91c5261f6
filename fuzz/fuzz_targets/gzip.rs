//! Fuzzes gzip layers: `src/targets/gzip.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::gzip::run(data));
