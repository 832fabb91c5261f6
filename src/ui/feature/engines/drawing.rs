//! The drawing of the engines' list: what its rows share.

use yew::prelude::*;

use crate::protocol::EngineKind;
use crate::ui::shell::Shell;
use crate::ui::state::{Engines, ItemAt};
use crate::ui::text::engines::EngineWords;

/// The drawing of a list: its words, its state, and what takes a click.
pub(super) struct Drawing<'a> {
    pub(super) shell: &'a Shell,
    pub(super) words: &'static EngineWords,
    pub(super) engines: &'a Engines,
    pub(super) now_seconds: i64,
    pub(super) on_open: &'a Callback<ItemAt>,
    pub(super) on_cancel: &'a Callback<ItemAt>,
}

/// Returns the name of a kind of engine.
pub(super) fn name_of(kind: EngineKind) -> &'static str {
    match kind {
        EngineKind::Docker => "Docker",
        EngineKind::Podman => "podman",
        EngineKind::Containerd => "containerd",
    }
}
