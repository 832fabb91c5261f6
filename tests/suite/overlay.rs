//! The `overlay` suite.
