//! Holds the panel of one path: everything known about it, and the version whose content is shown.

use crate::protocol::{
    ContentAnswer, DetailAnswer, EntryKind, ImageKey, ImagePath, PathDetail, Problem, TouchRow,
    TreeView, ask,
};

use crate::ui::state::Shared;

use super::{CHUNK_BYTES, ContentState, PanelAction};

/// Data that the worker provides.
#[derive(Clone, Debug, PartialEq)]
pub enum Loadable<T> {
    /// Not requested.
    Idle,
    /// Requested, but not answered yet.
    Loading,
    /// Received.
    Ready(T),
    /// Failed to load.
    Failed(Problem),
}

/// The panel of one path.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelState {
    /// The path.
    pub path_key: ImagePath,
    /// Everything known about the path; `None` inside if no layer has it.
    pub detail: Loadable<Option<Shared<PathDetail>>>,
    /// Readable form of the path, known before anything else.
    pub path: String,
    /// Content of the chosen version; `None` if no version with content is chosen.
    pub content: Option<ContentState>,
    /// True if long lines are wrapped.
    pub wraps: bool,
    asks_detail: bool,
    /// Layer of the version that the user chose; new layers do not change it.
    chosen: Option<u32>,
}

impl PanelState {
    pub(super) fn new(path_key: ImagePath, wraps: bool) -> PanelState {
        PanelState {
            path: format!("/{path_key}"),
            path_key,
            detail: Loadable::Loading,
            content: None,
            wraps,
            asks_detail: true,
            chosen: None,
        }
    }

    /// Returns what is known about the path.
    pub fn detail(&self) -> Option<&PathDetail> {
        match &self.detail {
            Loadable::Ready(Some(detail)) => Some(detail),
            _ => None,
        }
    }

    /// Requests the details again, because the layers have changed.
    pub(super) fn out_of_date(&mut self) {
        self.asks_detail = true;
    }

    /// Drops the content of this layer, which has changed.
    pub(super) fn forget_content_of(&mut self, layer: u32) {
        if self
            .content
            .as_ref()
            .is_some_and(|content| content.layer == layer)
        {
            self.content = None;
        }
    }

    /// Requests the details again, because another view shows its own version.
    pub(super) fn view_changed(&mut self) {
        self.asks_detail = true;
        self.chosen = None;
    }

    /// True if [`PanelState::next_detail`] or [`PanelState::next_content`] has something to ask.
    pub(super) fn has_question(&self) -> bool {
        let content = self.content.as_ref();
        self.asks_detail || content.is_some_and(|content| content.wanted().is_some())
    }

    pub(super) fn next_detail(&mut self, image: ImageKey, view: TreeView) -> Option<ask::Detail> {
        if !self.asks_detail {
            return None;
        }
        self.asks_detail = false;
        Some(ask::Detail {
            image,
            path_key: self.path_key.clone(),
            view,
        })
    }

    pub(super) fn next_content(&mut self, image: ImageKey) -> Option<ask::Content> {
        let content = self.content.as_mut()?;
        let chunk = content.wanted()?;
        content.loading = Some(chunk);
        Some(ask::Content {
            image,
            path_key: self.path_key.clone(),
            layer: content.layer,
            offset: u64::from(chunk) * u64::from(CHUNK_BYTES),
            len: CHUNK_BYTES,
        })
    }

    /// Stores the details of the path, and chooses the version that the view shows.
    pub(super) fn take_detail(&mut self, outcome: Result<DetailAnswer, Problem>) {
        self.detail = match outcome {
            Ok(DetailAnswer::Known(detail)) => Loadable::Ready(Some(Shared::new(detail))),
            Ok(DetailAnswer::Unknown { .. }) => Loadable::Ready(None),
            Err(problem) => Loadable::Failed(problem),
        };
        let shown = self.detail().and_then(|detail| {
            let chosen = detail
                .history
                .iter()
                .find(|touch| Some(touch.layer) == self.chosen && touch.has_content);
            chosen.cloned().or_else(|| shown_version(detail))
        });
        let same = |content: &ContentState| Some(content.layer) == shown.as_ref().map(|s| s.layer);
        if !self.content.as_ref().is_some_and(same) {
            self.content = shown.as_ref().map(ContentState::new);
        }
    }

    /// Stores a chunk of the content.
    pub(super) fn take_content(
        &mut self,
        asked: &ask::Content,
        outcome: Result<ContentAnswer, Problem>,
        bytes: Vec<u8>,
    ) {
        let Some(content) = &mut self.content else {
            return;
        };
        // Chunk numbers are small, so the cast never saturates.
        let chunk = u32::try_from(asked.offset / u64::from(CHUNK_BYTES)).unwrap_or(u32::MAX);
        match outcome {
            Ok(answer) => content.take(chunk, &answer, bytes),
            Err(problem) => content.fail(problem),
        }
    }

    /// Stores the progress of the current chunk.
    pub(super) fn take_progress(&mut self, layer: u32, progress: (u64, u64)) {
        let shown = self.content.as_mut();
        if let Some(content) = shown.filter(|c| c.layer == layer && c.loading.is_some()) {
            content.progress = Some(progress);
        }
    }

    /// True if this touch is the version whose content is shown.
    pub fn shows(&self, touch: &TouchRow) -> bool {
        self.content
            .as_ref()
            .is_some_and(|content| content.layer == touch.layer)
    }

    pub(super) fn choose_version(&mut self, layer: u32) {
        let touch = self
            .detail()
            .and_then(|detail| detail.history.iter().find(|touch| touch.layer == layer));
        if let Some(touch) = touch.filter(|touch| touch.has_content) {
            self.content = Some(ContentState::new(touch));
            self.chosen = Some(layer);
        }
    }

    /// Returns the reason why the path or its content is not shown.
    pub(super) fn failure(&self) -> Option<&Problem> {
        match (&self.detail, &self.content) {
            (Loadable::Failed(problem), _) => Some(problem),
            (_, Some(content)) => content.problem.as_ref(),
            (_, None) => None,
        }
    }

    /// Applies an action on the content; other actions are left to `open_image`.
    pub(super) fn reduce(&mut self, action: &PanelAction) {
        match action {
            PanelAction::Version(layer) => self.choose_version(*layer),
            PanelAction::Wrap(wraps) => self.wraps = *wraps,
            PanelAction::Close
            | PanelAction::Download
            | PanelAction::SaveDirectory
            | PanelAction::Stop => {}
            PanelAction::Retry if self.content.is_none() => {
                self.asks_detail = true;
                self.detail = Loadable::Loading;
            }
            PanelAction::Mode(_)
            | PanelAction::More
            | PanelAction::Bytes { .. }
            | PanelAction::Retry => {
                let Some(content) = &mut self.content else {
                    return;
                };
                match action {
                    PanelAction::Mode(mode) => content.mode = *mode,
                    PanelAction::More => content.more(),
                    PanelAction::Bytes { offset, len } => content.see(*offset, *len),
                    _ => content.problem = None,
                }
            }
        }
    }
}

/// Returns the version that the view shows: the last one with content, up to the layer that supplies the path.
fn shown_version(detail: &PathDetail) -> Option<TouchRow> {
    let row = detail.row.as_ref()?;
    if row.kind != EntryKind::File {
        return None;
    }
    detail
        .history
        .iter()
        .rev()
        .find(|touch| touch.layer <= row.layer && touch.has_content)
        .cloned()
}
