//! The `workspace` suite.
