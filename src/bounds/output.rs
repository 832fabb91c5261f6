//! The bounds on what is shown of an image or written about it.

use super::units::GIB;

/// Bounds on what an image can make the page show and the command write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputLimits {
    /// Rows shown of one list of a document: history, labels, variables or annotations. Stops a page of a million rows.
    pub shown_rows: usize,
    /// Bytes shown of one text of a document. Stops a label of megabytes.
    pub shown_text_bytes: usize,
    /// Pixels of a displayed picture, over all of its frames. Stops a small file that takes gigabytes to draw.
    pub picture_pixels: u64,
    /// Bytes that the command writes per compressed byte of the image, beyond `output_floor_bytes`. Stops an
    /// archive of a hundred kilobytes whose listing or root file system fills the disk.
    pub output_expansion: u64,
    /// Bytes written up to which `output_expansion` is not enforced.
    pub output_floor_bytes: u64,
}

impl OutputLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: OutputLimits = OutputLimits {
        shown_rows: 2_000,
        shown_text_bytes: 64 * 1024,
        picture_pixels: 100_000_000,
        output_expansion: 1_000,
        output_floor_bytes: GIB,
    };
}
