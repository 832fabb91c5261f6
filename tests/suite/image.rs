//! The `image` suite.
