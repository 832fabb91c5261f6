//! Holds the panel of one path: everything known about it, and the version whose content is shown.

use crate::protocol::{
    ContentAnswer, DetailAnswer, ImageKey, Kind, PathDetail, Problem, TouchRow, TreeView, ask,
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
    /// Bytes of the path in hex.
    pub path_hex: String,
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
    pub(super) fn new(path_hex: String, wraps: bool) -> PanelState {
        PanelState {
            path: path_text(&path_hex),
            path_hex,
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

    pub(super) fn next_detail(&mut self, image: ImageKey, view: TreeView) -> Option<ask::Detail> {
        if !self.asks_detail {
            return None;
        }
        self.asks_detail = false;
        Some(ask::Detail {
            image,
            path_hex: self.path_hex.clone(),
            view,
        })
    }

    pub(super) fn next_content(&mut self, image: ImageKey) -> Option<ask::Content> {
        let content = self.content.as_mut()?;
        let chunk = content.wanted()?;
        content.loading = Some(chunk);
        Some(ask::Content {
            image,
            path_hex: self.path_hex.clone(),
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
    if row.kind != Kind::File {
        return None;
    }
    detail
        .history
        .iter()
        .rev()
        .find(|touch| touch.layer <= row.layer && touch.has_content)
        .cloned()
}

/// Returns the parent directory of a path, both in hex: empty if the parent is the root, `None` for the root itself.
pub(super) fn parent_of(path_hex: &str) -> Option<&str> {
    if path_hex.is_empty() {
        return None;
    }
    let slash = slashes(path_hex).next_back();
    Some(slash.and_then(|at| path_hex.get(..at)).unwrap_or(""))
}

/// Returns the readable form of a path in hex, with a leading slash.
pub(super) fn path_text(path_hex: &str) -> String {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<u8> = path_hex.chars().filter_map(digit).collect();
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect();
    let mut text = "/".to_owned();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        // Bytes that are not UTF-8 are escaped as in the worker's names.
        let escaped = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
        text.extend(escaped);
    }
    text
}

/// Returns the first component of a path in hex.
pub(super) fn first_component(path_hex: &str) -> &str {
    let slash = slashes(path_hex).next();
    slash.and_then(|at| path_hex.get(..at)).unwrap_or(path_hex)
}

/// Returns the positions of the slashes; each byte takes two digits.
fn slashes(path_hex: &str) -> impl DoubleEndedIterator<Item = usize> + '_ {
    let n_bytes = path_hex.len() / 2;
    (0..n_bytes)
        .map(|byte| byte * 2)
        .filter(|at| path_hex.get(*at..*at + 2) == Some("2f"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_in_hex() {
        assert_eq!(parent_of(""), None);
        assert_eq!(parent_of("61"), Some(""));
        assert_eq!(parent_of("612f62"), Some("61"));
        // "\x62\xf6" holds the digits 2f across two bytes, but no slash.
        assert_eq!(parent_of("62f6"), Some(""));
        assert_eq!(first_component("612f622f63"), "61");
        assert_eq!(first_component("61"), "61");
        assert_eq!(path_text("612fff"), "/a/\\xff");
    }
}
