//! The image's page in Chinese.

use super::Image;

/// Chinese.
pub static CHINESE: Image = Image { layers: "层" };
