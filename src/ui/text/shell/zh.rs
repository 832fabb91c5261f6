//! The shell in Chinese.

use super::Shell;

/// Chinese.
pub static CHINESE: Shell = Shell { retry: "重试" };
