//! A registry as a source, and as the place that images are pushed to: the conversation of the distribution
//! specification.
//!
//! Everything goes over [`crate::io::Transport`], so the same conversation runs in the page, in the command and in
//! tests over memory. It is written for a page's lot: header fields that CORS hides are done without, and no request
//! costs a preflight unless a token has to be sent. Only the host that a person named is asked, and the hosts that
//! this registry names: its token server and the places of its blobs; `gate` sees to it. A token goes to the
//! host alone that it was got for.

mod url;

mod gate;
mod host;
mod reach;

mod answer;
mod auth;
mod conversation;
mod encoding;
mod guest;
mod login;

mod link;
mod list;

mod blob;
mod manifest;

mod assembly;
mod beside;
mod client;
mod open;

mod push;

pub use auth::Credentials;
pub use blob::RegistryBlob;
pub use client::{Access, Client, Connection, World};
pub use host::{Asker, Endpoint};
pub use list::{Cursor, Listed, Page};
pub use manifest::{FetchedManifest, Target};
pub use open::{OpenedReference, PlatformChoice, PlatformEntry};
pub use push::{BlobState, Destination, Parcel, ParcelBlob, Push, PushProgress, Pushed};
