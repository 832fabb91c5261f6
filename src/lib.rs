//! Lamina: a workbench for container images that runs entirely in the browser.
//!
//! The modules have ranks, and each imports only from modules above it in this list. ARCHITECTURE.md has the map.
//! `tests/tidy.rs` has the same map as data, and fails on an import from a higher rank.
//!
//! Code that reads images must not panic on any input, since a panic ends the worker or the command. Therefore the
//! core may not index, slice or truncate unchecked. Where a panic is provably impossible,
//! `#[expect(clippy::expect_used, reason = "why")]` marks the place. Code that only draws the page has fewer
//! restrictions.
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

/// Whether this is a program in parts, which are fetched when they are first wanted: see [`part!`].
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

/// The page in Yew: open tabs and their content.
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

    #[cfg(feature = "web")]
    mod apart;
    #[cfg(feature = "web")]
    mod app;
    #[cfg(feature = "web")]
    mod components;
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

/// Makes a function that is in its own part of the program, together with the code that only such functions need. The
/// part is a file that is not fetched before `web::part::fetch` is called with the function's name.
///
/// The function must not be called before that. The compiler and the linker see one program in which one function is
/// imported and another exported. The page's build (`scripts/wasm/wasm-bindgen`) connects the two by their names, and
/// writes each part to its own file. The macro belongs in a binary, and the function cannot be generic: an exported
/// function is in every program that contains it.
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
