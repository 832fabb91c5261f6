//! Fuzzes `Link` and the paging of lists, through the registry client: `src/targets/link.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::link::run(data));
