//! Archives and folders of every tool that writes images, opened from memory.
//!
//! Each case builds its archive, opens it, and compares an outline of a few words with what the checklist's line
//! says; each is opened whole, a byte at a time and in random pieces. The layers' own reading is the `layer` suite's.

mod artifacts;
mod broken;
mod compressed;
mod cuts;
mod docker;
pub(crate) mod fixture;
mod flat;
mod hybrid;
mod legacy;
mod media_types;
mod oci;
mod outer;
pub(crate) mod reading;
mod unsaved;
mod writers;
