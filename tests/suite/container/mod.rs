//! The container layer: edits as short text in, what a container sees, what a commit writes, and the image that comes
//! of it out. Each case is named by its line of the checklist.

mod commits;
mod configs;
mod editor;
mod edits;
mod layers;
mod lifted;
mod model;
mod random;
mod squash;
mod world;
