//! The `registry` suite.
