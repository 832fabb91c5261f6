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

pub mod bounds;
pub mod message;

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
        /// An archive with several images, or with none.
        #[cfg(feature = "web")]
        pub(crate) mod archive {
            pub(crate) mod view;
        }

        /// A manifest that is not a root file system.
        #[cfg(feature = "web")]
        pub(crate) mod artifact {
            pub(crate) mod view;
        }

        /// The Configuration tab.
        #[cfg(feature = "web")]
        pub(crate) mod configuration {
            pub(crate) mod view;
        }

        /// The container layer: edits, its changes, the image made from it.
        #[cfg(feature = "web")]
        pub(crate) mod container;

        /// The Dockerfile, beside the history.
        #[cfg(feature = "web")]
        pub(crate) mod dockerfile {
            pub(crate) mod view;
        }

        /// The container engines on this machine, on the start page.
        #[cfg(feature = "web")]
        pub(crate) mod engines {
            mod drawing;
            pub(crate) mod load;
            mod row;
            mod trouble;
            pub(crate) mod view;
        }

        /// Saving: the Export menu, and the form that saves an image.
        #[cfg(feature = "web")]
        pub(crate) mod export {
            pub(crate) mod form;
            pub(crate) mod menu;
        }

        /// The Files tab: layers, tools, tree.
        #[cfg(feature = "web")]
        pub(crate) mod files {
            pub(crate) mod find;
            pub(crate) mod toolbar;
            pub(crate) mod tree;
            pub(crate) mod view;
        }

        /// The frame around all pages: bar, tabs, theme, brief messages, questions.
        #[cfg(feature = "web")]
        pub(crate) mod frame {
            pub(crate) mod about;
            pub(crate) mod address_field;
            pub(crate) mod loss;
            pub(crate) mod panel;
            pub(crate) mod tab_bar;
            pub(crate) mod theme;
            pub(crate) mod toasts;
            pub(crate) mod worker_banner;
        }

        /// The History tab.
        #[cfg(feature = "web")]
        pub(crate) mod history {
            pub(crate) mod view;
        }

        /// The start page.
        #[cfg(feature = "web")]
        pub(crate) mod home {
            pub(crate) mod recent_list;
            pub(crate) mod storage;
            pub(crate) mod view;
        }

        /// An image's page: its header, its tabs.
        #[cfg(feature = "web")]
        pub(crate) mod image {
            pub(crate) mod announce;
            pub(crate) mod header;
            pub(crate) mod view;
        }

        /// Opening: its progress, its failures, and the consent that is asked for before.
        #[cfg(feature = "web")]
        pub(crate) mod opening {
            pub(crate) mod linked;
            pub(crate) mod problem;
            pub(crate) mod strip;
            pub(crate) mod view;
            pub(crate) mod wanted;
        }

        /// The panel of a path: facts, story, content.
        #[cfg(feature = "web")]
        pub(crate) mod panel;

        /// The popover that pushes an image.
        #[cfg(feature = "web")]
        pub(crate) mod push {
            pub(crate) mod view;
        }

        /// A registry and its repositories.
        #[cfg(feature = "web")]
        pub(crate) mod registry {
            pub(crate) mod view;
        }

        /// A repository and its tags.
        #[cfg(feature = "web")]
        pub(crate) mod repository {
            pub(crate) mod view;
        }

        /// The Tags tab.
        #[cfg(feature = "web")]
        pub(crate) mod tags {
            pub(crate) mod view;
        }

        /// The layers of an image, which the Overview and the files stand beside.
        #[cfg(feature = "web")]
        pub(crate) mod strata;

        /// The frame of every analysis.
        #[cfg(feature = "web")]
        mod analysis {
            pub(crate) mod view;
        }

        /// The guide to a private registry.
        pub mod guide {
            pub mod commands;

            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// The ways out where a browser refuses to read a registry.
        pub mod doctor {
            mod codes;
            pub mod commands;
            pub mod recipes;

            pub use codes::{Remedy, remedy};

            #[cfg(feature = "web")]
            pub(crate) mod offer;
            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// The summary of an image.
        pub mod overview {
            pub mod sentence;

            #[cfg(feature = "web")]
            mod bytes;
            #[cfg(feature = "web")]
            mod findings;
            #[cfg(feature = "web")]
            pub(crate) mod identity;
            #[cfg(feature = "web")]
            mod large;
            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// The secrets in an image, and what makes it less safe to run.
        pub mod findings {
            #[cfg(feature = "web")]
            mod safety;
            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// The documents of an image, as they are.
        pub mod raw {
            pub mod tokens;

            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// The packages in an image.
        pub mod packages {
            pub mod rows;

            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// The box that goes to a file, a layer, a part, a tab or a tag, and gives commands.
        pub mod palette {
            pub mod entries;
            pub mod fitting;

            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// Live and dead bytes of an image.
        pub mod space {
            #[cfg(feature = "web")]
            pub(crate) mod view;
        }

        /// The system in an image: distribution, architecture, programs, users and groups.
        pub mod system {
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
    mod pause;
    #[cfg(feature = "web")]
    mod rehearsal;
    #[cfg(feature = "web")]
    mod saving;
    #[cfg(feature = "web")]
    mod shell;
    #[cfg(feature = "web")]
    mod uploads;
    #[cfg(feature = "web")]
    mod world;

    #[cfg(feature = "web")]
    pub use apart::{DrawFn, Drawn, LanguageWords, PageParts, PieceOrder};
    #[cfg(feature = "web")]
    pub use app::start;
    #[cfg(feature = "web")]
    pub use text::Language;
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
