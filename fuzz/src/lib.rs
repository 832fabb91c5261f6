//! Bodies of Lamina's fuzz targets. `tests/smoke` also runs them, without a fuzzer.
#![forbid(unsafe_code)]

pub mod targets;
