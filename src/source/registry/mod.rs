//! A registry as a source, and as the target of pushes: the conversation of the distribution specification.
//!
//! All exchanges use [`crate::io::Transport`], so the same conversation runs in the page, in the command and in
//! tests over memory. It is written for the limits of a page: it works without header fields that CORS hides, and
//! no request costs a preflight unless a token has to be sent. `gate` enforces that only the host that a person
//! named is contacted, and the hosts that this registry names: its token server and the locations of its blobs. A
//! token is sent only to the host that it was obtained for.

mod url;

mod gate;
mod host;
mod reach;

mod answer;
mod auth;
mod conversation;
mod document;
mod encoding;
mod guest;
mod login;
mod sign_in;
mod token_server;

mod link;
mod list;

mod blob;
mod manifest;

mod assembly;
mod beside;
mod client;
mod open;

mod push;

mod relay;

pub use auth::Credentials;
pub use blob::RegistryBlob;
pub use client::{Access, Client, Connection, RegistryWorld};
pub use host::{Asker, Endpoint};
pub use list::{Cursor, Listed, Page};
pub use manifest::{FetchedManifest, Target};
pub use open::{OpenedReference, PlatformChoice, PlatformEntry};
pub use push::{BlobState, Destination, Parcel, ParcelBlob, Push, PushProgress, Pushed};
pub use relay::{FindKept, Login as RelayLogin, Memory as RelayMemory, Relay};
