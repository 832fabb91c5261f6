//! The `archive` suite.
