//! Archives and folders of every tool that writes images, opened from memory.
//!
//! Each case builds its archive, opens it, and compares a short outline with the line of the checklist. Each
//! archive is opened whole, byte by byte and in random pieces. The `layer` suite tests the reading of layers.

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
