//! Fuzzes whole archives, up to the config and layers of each image: `src/targets/archive.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::archive::run(data));
