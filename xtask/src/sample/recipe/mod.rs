//! A text recipe for images: layers as lists of entries, and images as layers, configuration and tags.
//!
//! ```text
//! # A layer; its parent directories are implied. `key: value` lines say what its history will say.
//! layer base
//!     created: 2025-01-14T09:30:00Z
//!     command: /bin/sh -c #(nop) ADD rootfs.tar in /
//!     etc/ | mode=0755                      a directory
//!     etc/hostname = lamina\n               a file; `\n`, `\\` and `\xHH` are bytes
//!     etc/os-release =                      a file whose lines follow
//!         |ID=lamina
//!     bin -> usr/bin                        a symbolic link; `=>` is a hard link
//!     usr/bin/app = @4000                   4,000 bytes that look like a program
//!     usr/.wh.games                         an empty file: here a whiteout
//!     usr/share/{a,b}/{01..20}.txt = $1 $2  forty files; `$1` is what the first brace stands for
//!
//! image demo/base:12 demo/base:latest
//!     platforms: linux/amd64 linux/arm64    `$arch` in a layer's content is replaced for each
//!     layer: base
//!     empty: 2025-01-14T09:30:01Z CMD ["sh"]
//!     cmd: sh
//! ```
//!
//! `parts` defines the parsed recipe, and `parse` reads it. The images are built above.

mod entry;
pub(crate) mod expand;
pub(crate) mod parse;
pub(crate) mod parts;
