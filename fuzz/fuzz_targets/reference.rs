//! Fuzzes typed text - references, addresses, platforms, routes: `src/targets/reference.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lamina_fuzz::targets::reference::run(data));
