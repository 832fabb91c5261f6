//! What Lamina's fuzz targets share: their bodies, which `tests/smoke` runs as well, without a fuzzer.
#![forbid(unsafe_code)]

pub mod targets;
