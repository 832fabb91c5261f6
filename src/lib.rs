//! Lamina: a workbench for container images that runs wholly in the browser.
//!
//! The modules stand in ranks; each imports only from those above it in this list.
//! ARCHITECTURE.md has the map, `tests/tidy.rs` holds it as data and fails on an import that looks up.

pub mod image;
pub mod io;

pub mod layer;

pub mod overlay;
pub mod source;

pub mod insight;

pub mod build;

pub mod workspace;

pub mod protocol;

#[cfg(feature = "web")]
pub mod web;

#[cfg(feature = "web")]
pub mod worker;

/// The page: what is open and shown, in Yew.
///
/// `state` and `text` are pure and are tested natively; the rest draws them.
pub mod ui {
    pub mod state;
    pub mod text;

    #[cfg(feature = "web")]
    mod app;
    #[cfg(feature = "web")]
    mod components;
    #[cfg(feature = "web")]
    mod pages;
    #[cfg(feature = "web")]
    mod shell;
    #[cfg(feature = "web")]
    mod world;

    #[cfg(feature = "web")]
    pub use app::App;
}

#[cfg(feature = "cli")]
pub mod cli;
