//! Fuzzes the reader of metadata of Python packages, through the whole analysis: `src/targets/packages.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::packages::python(data));
