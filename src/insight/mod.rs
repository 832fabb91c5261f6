//! Analyses of an image: the use of its bytes, with rules about that, the system that it holds ([`system`]), its
//! packages ([`packages`]), its secrets ([`secrets`]), what makes it less safe to run ([`safety`]) and its Dockerfile
//! ([`dockerfile`]).
//!
//! [`analyse`] walks the layers of a [`crate::overlay::Union`] once, from the base up, and returns two results.
//!
//! **dive's figures**, by the definition of that tool. Each layer has its own tree, of the paths as it writes them,
//! and each leaf of it (an entry, a whiteout or a directory with nothing below it in that layer) is a *copy* of its
//! path. A copy has the size of its tar entry. A hard link, a symbolic link and a directory have no bytes, and
//! neither does the whiteout of a file. The whiteout of a directory has the bytes of everything that it hides: of
//! the entries below that directory in the union of the layers below. The score is the sum of each path's smallest
//! copy over the sum of all copies, and 1 for an image without bytes. Wasted bytes are all copies of the paths with
//! two or more. The percentage is the wasted bytes over those of all entries above the base layer, and 0 if there
//! is no such layer. A copy of a path that was written and then hidden counts as wasted twice, and a lone whiteout
//! of a directory does not lower the score, whatever it hides. The figures are kept as they are, because pipelines
//! have bounds for them.
//!
//! dive's reader has errors, so its own results differ from its definition. They are not reproduced here: the
//! whiteout of a missing path ends its walk of that layer; whiteouts of a directory without an entry count nothing;
//! opaque markers hide nothing; a directory that became a file keeps its children, so that a later whiteout counts
//! them; a whiteout hides a dot file of the same layer that sorts after it; a whiteout in the base layer hides the
//! base layer's own file; and wasted bytes over layers without bytes divide by zero. The last is infinite here too:
//! it exceeds any bound.
//!
//! **Dead bytes**, the question behind those figures: content that some layer stores and that no path of the final
//! file system reaches, by any of its names. Each is counted once, with the layer that stored it, the layer that
//! removed its last name, and how. Only bytes in the tar count, so a sparse file's holes do not.
//!
//! [`overview()`] sums that up for a first look: causes and places of what is dead, what is large, and which squash pays.
//!
//! The cost is linear in entries and whiteouts, except for the logarithm of a sum over a subtree. Reading layers
//! and printing results are left to others.

mod analysis;
mod copies;
mod dead;
pub mod dockerfile;
mod order;
mod overview;
pub mod packages;
mod replay;
mod rows;
mod rules;
pub mod safety;
pub mod secrets;
mod subtree;
pub mod system;

pub use analysis::{Analysis, LayerSpace, Unread, analyse, analyse_layers};
pub use copies::{Dive, Repeated};
pub use dead::DeathCause;
pub use overview::{
    KnownPlace, Large, Overview, Shipped, SquashRange, Waste, WastePlace, overview,
};
pub use rows::{Dead, RowsLeftOut, WasteKind, WasteSum};
pub use rules::{Bounds, Figure, Rule, RuleStatus, Ruling, apply_rules};
