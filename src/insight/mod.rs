//! What an image's bytes are good for: how well they are used, which are dead, and rules about that.
//!
//! [`analyse`] goes through the layers of a [`crate::overlay::Union`] once, from the base up, and gives two answers.
//!
//! **dive's figures**, by the definition of that tool. Each layer has a tree of its own, of the paths as it writes
//! them, and each leaf of it (an entry, a whiteout or a directory with nothing below it in that layer) is a *copy* of
//! its path. A copy is as large as its tar entry: a hard link, a link and a directory have no bytes, the whiteout of a
//! file has none, and the whiteout of a directory has those of all that it hides: the entries below that directory in
//! the union of the layers below. The score is the sum of each path's smallest copy over the sum of all copies, 1 for
//! an image without bytes; wasted are all copies of the paths that have two or more; the percentage is the wasted
//! bytes over those of all entries above the base layer, 0 when there is no such layer. A copy of a path that was
//! first written and then hidden counts as wasted twice over, and what a lone whiteout of a directory hides lowers no
//! score: the figures are kept as they are, since pipelines have bounds for them.
//!
//! dive itself gives other figures than its definition where its reader errs, which is not followed here: the whiteout
//! of a path that is not there ends its walk of that layer; whiteouts of a directory that no entry describes count
//! nothing; opaque markers hide nothing, and a directory that became a file keeps its children, so that a later
//! whiteout counts them; a whiteout hides a dot file of the same layer where it sorts after it; a whiteout in the
//! base layer hides the base layer's own file; and with bytes wasted over layers that hold none it divides by zero.
//! The last is infinite here too: it is more than any bound.
//!
//! **Dead bytes**, which is the question behind those figures: content that some layer stores and that no path of the
//! final file system reaches, by any of its names. Each is counted once, with the layer that stored it, the layer
//! that took its last name away, and how. Only the bytes that the tar holds count: not a sparse file's holes.
//!
//! The cost is linear in entries and whiteouts, but for the logarithm of a sum over a subtree. Reading layers, and what
//! is printed of all this, is left to others.

mod analysis;
mod copies;
mod dead;
mod order;
mod replay;
mod rows;
mod rules;
mod subtree;

pub use analysis::{Analysis, LayerSpace, Unread, analyse, analyse_layers};
pub use copies::{Dive, Repeated};
pub use dead::How;
pub use rows::{Dead, LeftOut};
pub use rules::{Bounds, Figure, Rule, Ruling, Status, apply_rules};
