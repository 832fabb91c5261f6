//! Facts about a container layer that the layer itself does not have.

use crate::message::Message;

/// Facts about an image's container layer that the layer itself does not have.
#[derive(Clone, Default)]
pub(super) struct ContainerFacts {
    /// The number under which its journal is kept.
    pub(super) serial: u64,
    /// The reason that a part of the kept layer was left out.
    pub(super) lost: Option<Message>,
}
