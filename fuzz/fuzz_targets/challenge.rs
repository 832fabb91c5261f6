//! Fuzzes `WWW-Authenticate`, through the registry client: `src/targets/challenge.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::challenge::run(data));
