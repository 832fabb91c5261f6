//! The container layer. Edits go in as short text. The container's files, the committed layer and the resulting
//! image come out. Each case is named by its line of the checklist.

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
