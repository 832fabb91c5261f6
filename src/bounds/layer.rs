//! The bounds on reading one layer, and on what all layers of an image may take while each is read.
//!
//! The fields that begin with `image_` count over all layers of an image: a reading is told what came before it.

use super::units::GIB;

/// Bounds on what one layer can make its reader do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerLimits {
    /// Entries per layer. Stops memory exhaustion by millions of empty names.
    pub entries: u32,
    /// Bytes of one path or link target. Stops names that no file system can hold.
    pub path_bytes: usize,
    /// Components of one path. Stops deep recursion by nesting.
    pub path_depth: usize,
    /// Bytes of one PAX or GNU long-name record. Stops a header that is itself a bomb.
    pub extension_bytes: u64,
    /// Bytes of extended attributes per layer. Stops memory exhaustion by attributes.
    pub xattr_bytes: u64,
    /// Bytes of names, link targets and attributes per layer. Stops memory exhaustion by long names.
    pub text_bytes: u64,
    /// Bytes of names, link targets and attributes in all layers of an image. Stops the same attack spread over a
    /// hundred layers.
    pub image_text_bytes: u64,
    /// Extents of all sparse files per layer. Stops memory exhaustion by maps.
    pub sparse_extents: usize,
    /// Bytes of sparse files' holes that are hashed per layer. Stops endless hashing of zeros.
    pub hole_bytes: u64,
    /// Uncompressed bytes per layer. Stops decompression bombs.
    pub decoded_bytes: u64,
    /// Uncompressed bytes per compressed byte, once `decoded_floor_bytes` are exceeded. Stops decompression bombs
    /// early: deflate reaches 1,032 at most, and real layers hardly ever 100.
    pub expansion: u64,
    /// Uncompressed bytes per layer up to which `expansion` is not enforced.
    pub decoded_floor_bytes: u64,
    /// Uncompressed bytes of all layers of an image. Stops decompression bombs cut into a hundred layers.
    pub image_decoded_bytes: u64,
    /// Uncompressed bytes of all layers together up to which `expansion` is not enforced for their sum.
    pub image_decoded_floor_bytes: u64,
    /// Bytes of a zstd window or an xz dictionary. Stops a header that asks for gigabytes.
    pub zstd_window_bytes: u64,
    /// Checkpoints kept per layer, each with up to 32 KiB. Stops a layer of terabytes from filling the memory with them:
    /// beyond it every other one is dropped.
    pub checkpoints: usize,
    /// Bytes of a layer's table of contents, compressed and uncompressed. Stops a layer that is all table. A layer
    /// with a larger table is read as a whole.
    pub toc_bytes: u64,
    /// Chunks of files in such a table. Stops memory exhaustion by files cut to pieces.
    pub toc_chunks: usize,
    /// Bytes of one chunk, and of the bytes before it in its gzip member. Stops memory exhaustion by bytes held
    /// until they are verified. A file with larger chunks can be opened once its layer is read.
    pub toc_chunk_bytes: u64,
    /// Warnings kept per layer or image. Stops a warning for each of a million entries: further ones are counted.
    pub warnings: usize,
}

impl LayerLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: LayerLimits = LayerLimits {
        entries: 4_000_000,
        path_bytes: 16 * 1024,
        path_depth: 2_048,
        extension_bytes: 1024 * 1024,
        xattr_bytes: 64 * 1024 * 1024,
        text_bytes: GIB / 2,
        image_text_bytes: GIB / 8,
        sparse_extents: 1_000_000,
        hole_bytes: 4 * GIB,
        decoded_bytes: 64 * GIB,
        expansion: 200,
        decoded_floor_bytes: GIB,
        image_decoded_bytes: 256 * GIB,
        image_decoded_floor_bytes: 8 * GIB,
        zstd_window_bytes: 128 * 1024 * 1024,
        checkpoints: 512,
        toc_bytes: 64 * 1024 * 1024,
        toc_chunks: 1_000_000,
        toc_chunk_bytes: 64 * 1024 * 1024,
        warnings: 200,
    };
}
