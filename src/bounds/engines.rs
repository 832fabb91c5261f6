//! The bounds on the container engines of this machine: what they tell, and the files that their images are put into.

use super::units::GIB;

/// Bounds on what an engine, or a page that asks one, can make `lamina serve` do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineLimits {
    /// Images listed of one engine. Stops a page of a million rows.
    pub images: usize,
    /// Names listed of one image. Stops an image with a name for each build.
    pub image_names: usize,
    /// Containers listed of one engine. Stops an engine that never removes those that have ended.
    pub containers: usize,
    /// Bytes of a list. Stops an engine that never comes to the end of one.
    pub list_bytes: u64,
    /// Seconds that an engine has for its list. Stops an engine that sends a byte from time to time.
    pub list_seconds: u64,
    /// Lists made at once. Stops threads that wait for an engine that hangs from growing with each visit.
    pub lists: usize,
    /// Engines asked at once for one list.
    pub asked_at_once: usize,
    /// Files with exported images, finished or not. Stops a page that exports all that an engine has.
    pub export_files: usize,
    /// Bytes of all these files together. Stops the same page from filling the disk.
    pub export_bytes: u64,
    /// Archives on their way into engines at once.
    pub loads: usize,
    /// Bytes of an engine's answer to an archive.
    pub load_answer_bytes: u64,
    /// Images that such an answer may name. Stops an engine that has itself asked about each of a million names.
    pub loaded_names: usize,
}

impl EngineLimits {
    /// The bounds of the command.
    pub const DEFAULT: EngineLimits = EngineLimits {
        images: 2_000,
        image_names: 32,
        containers: 2_000,
        list_bytes: 32 * 1024 * 1024,
        list_seconds: 20,
        lists: 4,
        asked_at_once: 8,
        export_files: 16,
        export_bytes: 64 * GIB,
        loads: 8,
        load_answer_bytes: 4 * 1024 * 1024,
        loaded_names: 32,
    };
}
