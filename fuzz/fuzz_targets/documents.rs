//! Fuzzes manifests, indexes and configs: `src/targets/documents.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::documents::run(data));
