//! The bounds on an image as a whole: its layers together, the paths and links of its file system, its names.

use super::units::GIB;

/// Bounds on what the layers and names of an image come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageLimits {
    /// Layers per image. Stops a manifest of a hundred thousand.
    pub layers: usize,
    /// Entries in all layers of an image. Stops the same attack spread over a thousand layers.
    pub image_entries: u64,
    /// Paths in all layers of an image, including directories without an entry. Stops memory exhaustion by deep
    /// names, each of which creates thousands of directories.
    pub paths: usize,
    /// Other names listed per file. Stops a file with a million hard links from being listed a million times.
    pub links: usize,
    /// Symbolic links followed per path, as in Linux containers. Stops links that lead in circles.
    pub symlink_hops: usize,
    /// Bytes of symbolic link targets followed for the paths of one layer. Stops long links named by every entry.
    pub followed_link_bytes: u64,
    /// Bytes decoded again, in one analysis, to reach files that a pass over the layers does not reach. Stops a file
    /// behind gigabytes of a layer without checkpoints, which would be decoded again for each.
    pub passed_bytes: u64,
    /// Names of one image in an archive. Stops an image of a million names.
    pub names: usize,
    /// Bytes of one name in a registry's list, or of an image in an archive. Stops names that no list can show; a longer
    /// one is omitted.
    pub name_bytes: usize,
}

impl ImageLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: ImageLimits = ImageLimits {
        layers: 1_000,
        image_entries: 8_000_000,
        paths: 8_000_000,
        links: 1_000,
        symlink_hops: 255,
        followed_link_bytes: GIB,
        passed_bytes: GIB,
        names: 200,
        name_bytes: 1_024,
    };
}
