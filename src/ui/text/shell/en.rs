//! The shell in English.

use super::Shell;

/// English.
pub static ENGLISH: Shell = Shell { retry: "Try again" };
