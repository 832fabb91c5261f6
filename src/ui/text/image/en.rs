//! The image's page in English.

use super::Image;

/// English.
pub static ENGLISH: Image = Image { layers: "Layers" };
