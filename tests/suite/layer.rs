//! The `layer` suite.
