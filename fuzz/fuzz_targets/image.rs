//! Fuzzes whole images, from the archive's bytes to the union: `src/targets/image.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::image::run(data));
