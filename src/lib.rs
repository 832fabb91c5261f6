//! Lamina: a workbench for container images that runs entirely in the browser.
//!
//! The modules are in ranks; each imports only from those above it in this list. ARCHITECTURE.md has the map.
//! `tests/tidy/` holds it as data and fails on an import that breaks the order.
//!
//! Code that reads images must not panic on any input: a panic ends the worker, and the command. So the core has no
//! unchecked indexing, slicing or truncating casts. A panic that is provably out of reach is marked with
//! `#[expect(clippy::expect_used, reason = "why")]`. Code that only draws the page is held to less.
#![cfg_attr(
    not(test),
    deny(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
    )
)]

/// True in a program whose parts are fetched on first use: see [`part!`].
pub(crate) const IN_PARTS: bool = cfg!(feature = "parts");

pub mod image;
pub mod io;

pub mod layer;

pub mod overlay;
pub mod source;

pub mod insight;

pub mod build;

pub mod workspace;

pub mod protocol;

pub mod engine;

#[cfg(feature = "web")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser's numbers are all floating"
)]
pub mod web;

#[cfg(feature = "web")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser's numbers are all floating"
)]
pub mod worker;

/// The page, in Yew: open tabs and their content.
///
/// `state` and `text` are pure and are tested natively. The other modules draw them.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser's numbers are all floating"
)]
pub mod ui {
    pub mod state;
    pub mod text;

    /// Features of the page, a folder each: its view, its words, its tests.
    pub mod feature {
        /// Live and dead bytes of an image.
        pub mod space {
            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// The system in an image: distribution, architecture, programs, users and groups.
        pub mod system {
            pub mod words;

            #[cfg(feature = "web")]
            pub(crate) mod view;
        }
    }

    #[cfg(feature = "web")]
    mod apart;
    #[cfg(feature = "web")]
    mod app;
    #[cfg(feature = "web")]
    mod components;
    #[cfg(feature = "web")]
    mod kit;
    #[cfg(feature = "web")]
    mod pages;
    #[cfg(feature = "web")]
    mod rehearsal;
    #[cfg(feature = "web")]
    mod shell;
    #[cfg(feature = "web")]
    mod world;

    #[cfg(feature = "web")]
    pub use apart::{Drawn, Order, PartFn, Parts, Words};
    #[cfg(feature = "web")]
    pub use app::start;
}

#[cfg(feature = "cli")]
pub mod cli;

/// Makes a function in a part of its own: a file with the function and all code that only such functions need. The file
/// is fetched when `web::part::fetch` is called with the function's name.
///
/// The function must not be called before that. The compiler and the linker see one program that imports one function
/// and exports another. The page's build (`scripts/wasm/wasm-bindgen`) moves each part to a file of its own, and
/// replaces the one function by the other, by the names used here. Use this macro in a binary: an exported function is
/// in every program that links it. The function cannot be generic.
#[cfg(feature = "parts")]
#[macro_export]
macro_rules! part {
    (fn $name:ident <$life:lifetime> ($arg:ident: $type:ty) -> $out:ty { $body:expr }) => {
        fn $name<$life>($arg: $type) -> $out {
            #[link(wasm_import_module = "__wasm_split_placeholder__")]
            unsafe extern "C" {
                #[link_name = concat!("__wasm_split_00", stringify!($name), "00_import_00000000000000000000000000000000")]
                #[allow(improper_ctypes, reason = "both sides are compiled at once")]
                safe fn there<$life>($arg: $type) -> $out;
            }
            #[unsafe(export_name = concat!("__wasm_split_00", stringify!($name), "00_export_00000000000000000000000000000000"))]
            #[allow(improper_ctypes_definitions, reason = "both sides are compiled at once")]
            extern "C" fn here<$life>($arg: $type) -> $out {
                $body
            }
            there($arg)
        }
    };
}

/// The same where all of the program is in one piece.
#[cfg(not(feature = "parts"))]
#[macro_export]
macro_rules! part {
    (fn $name:ident <$life:lifetime> ($arg:ident: $type:ty) -> $out:ty { $body:expr }) => {
        fn $name<$life>($arg: $type) -> $out {
            $body
        }
    };
}
