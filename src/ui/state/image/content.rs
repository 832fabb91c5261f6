//! The content of one version of a file: which pieces have come, and how they are shown.
//!
//! Pieces have a fixed size and are kept by number; a text also grows from its beginning as lines.

use std::collections::BTreeMap;

use crate::protocol::{ContentAnswer, ContentKind, Problem, TouchRow};
use crate::ui::state::Shared;

use super::TextLines;

/// Bytes of a piece.
pub const CHUNK_BYTES: u32 = 256 * 1024;

/// Bytes of a text or a picture that are shown; beyond them it is better saved.
pub const TEXT_LIMIT_BYTES: u64 = 16 * 1024 * 1024;

/// Decoded bytes before a file's own that a person is told of: more than pass in a layer with places to begin.
const FAR_BYTES: u64 = 8 * 1024 * 1024;

/// How content is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they say it")]
pub enum ContentMode {
    Text,
    Hex,
    Picture,
}

/// The content of one version of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentState {
    /// The layer that wrote it.
    pub layer: u32,
    /// Its size, as the story of the path says.
    pub size_bytes: u64,
    /// Decoded bytes of its layer that pass before it.
    pub passed_bytes: u64,
    /// Bytes decoded for the piece under way, and all that are to be; where it takes long.
    pub progress: Option<(u64, u64)>,
    /// What it seems to be, once its beginning has come.
    pub kind: Option<ContentKind>,
    /// How it is shown.
    pub mode: ContentMode,
    /// The pieces that have come.
    pub chunks: Shared<BTreeMap<u32, Vec<u8>>>,
    /// The beginning as lines.
    pub text: Shared<TextLines>,
    /// Why a piece did not come.
    pub problem: Option<Problem>,
    /// The piece under way.
    pub loading: Option<u32>,
    /// Whether the bytes end before the size says: the layer is cut off.
    pub ends_early: bool,
    /// The pieces in sight of the hex view.
    in_sight: (u32, u32),
    /// How many pieces of a text the person has asked for.
    n_text_chunks: u32,
}

impl ContentState {
    pub(super) fn new(touch: &TouchRow) -> ContentState {
        ContentState {
            layer: touch.layer,
            size_bytes: touch.size_bytes,
            passed_bytes: touch.passed_bytes,
            progress: None,
            kind: None,
            mode: ContentMode::Text,
            chunks: Shared::new(BTreeMap::new()),
            text: Shared::new(TextLines::default()),
            problem: None,
            loading: None,
            ends_early: false,
            in_sight: (0, 0),
            n_text_chunks: 1,
        }
    }

    /// Takes why a piece did not come.
    pub(super) fn fail(&mut self, problem: Problem) {
        self.loading = None;
        self.progress = None;
        self.problem = Some(problem);
    }

    /// Whether so much passes before it that it is worth a word.
    pub fn is_far(&self) -> bool {
        self.passed_bytes >= FAR_BYTES
    }

    /// The ways in which this content can be shown.
    pub fn modes(&self) -> &'static [ContentMode] {
        match self.kind {
            Some(ContentKind::Picture { .. }) if self.size_bytes <= TEXT_LIMIT_BYTES => {
                &[ContentMode::Picture, ContentMode::Hex]
            }
            _ => &[ContentMode::Text, ContentMode::Hex],
        }
    }

    fn n_chunks(&self) -> u32 {
        chunk_of(self.size_bytes.saturating_sub(1)) + 1
    }

    /// Whether a further piece of the text can be loaded, and is not too much for the page.
    pub fn has_more_text(&self) -> bool {
        !self.ends_early
            && self.text.n_bytes() < self.size_bytes
            && self.text.n_bytes() < TEXT_LIMIT_BYTES
    }

    /// Whether all bytes have come.
    pub fn is_whole(&self) -> bool {
        u32::try_from(self.chunks.len()).is_ok_and(|n| n == self.n_chunks())
    }

    /// All bytes, once they have come.
    pub fn whole(&self) -> Option<Vec<u8>> {
        self.is_whole()
            .then(|| self.chunks.values().flatten().copied().collect())
    }

    /// Bytes from `offset` on, as far as they have come, at most `len`.
    pub fn bytes_at(&self, offset: u64, len: usize) -> &[u8] {
        let within = usize::try_from(offset % u64::from(CHUNK_BYTES)).unwrap_or(0);
        let chunk = self.chunks.get(&chunk_of(offset));
        let rest = chunk.and_then(|bytes| bytes.get(within..));
        rest.map(|rest| rest.get(..len).unwrap_or(rest))
            .unwrap_or_default()
    }

    pub(super) fn more(&mut self) {
        if self.has_more_text() {
            self.n_text_chunks = self.n_text_chunks.saturating_add(1);
        }
    }

    pub(super) fn see(&mut self, offset: u64, len: u64) {
        let last = offset.saturating_add(len).min(self.size_bytes);
        self.in_sight = (chunk_of(offset), chunk_of(last.saturating_sub(1)));
    }

    /// The next piece to ask for.
    pub(super) fn wanted(&self) -> Option<u32> {
        if self.loading.is_some() || self.problem.is_some() || self.size_bytes == 0 {
            return None;
        }
        let missing = |chunk: &u32| !self.chunks.contains_key(chunk);
        let n = self.n_chunks();
        if self.kind.is_none() {
            return Some(0).filter(missing);
        }
        if self.ends_early {
            return None;
        }
        match self.mode {
            ContentMode::Text => (0..self.n_text_chunks.min(n)).find(missing),
            ContentMode::Hex => (self.in_sight.0..=self.in_sight.1.min(n - 1)).find(missing),
            ContentMode::Picture => (0..n).find(missing),
        }
    }

    pub(super) fn take(&mut self, chunk: u32, answer: &ContentAnswer, bytes: Vec<u8>) {
        self.loading = None;
        self.progress = None;
        self.size_bytes = answer.size_bytes;
        if chunk == 0 && self.kind.is_none() {
            self.kind = Some(answer.kind.clone());
            self.mode = match answer.kind {
                ContentKind::Picture { .. } => self.modes().first().copied(),
                ContentKind::Text => Some(ContentMode::Text),
                ContentKind::Binary => Some(ContentMode::Hex),
            }
            .unwrap_or(ContentMode::Hex);
        }
        let begins = u64::from(chunk) * u64::from(CHUNK_BYTES);
        let expected = (self.size_bytes - begins.min(self.size_bytes)).min(CHUNK_BYTES.into());
        self.ends_early = self.ends_early || (bytes.len() as u64) < expected;
        self.chunks.make_mut().insert(chunk, bytes);
        self.grow_text();
    }

    /// Appends to the text what follows it among the pieces.
    fn grow_text(&mut self) {
        let is_picture = matches!(self.kind, Some(ContentKind::Picture { .. }));
        while !is_picture && self.text.n_bytes() < TEXT_LIMIT_BYTES {
            let at = self.text.n_bytes();
            if !at.is_multiple_of(u64::from(CHUNK_BYTES)) {
                break;
            }
            match self.chunks.get(&chunk_of(at)) {
                Some(bytes) if !bytes.is_empty() => self.text.make_mut().push(bytes),
                _ => break,
            }
        }
    }
}

fn chunk_of(offset: u64) -> u32 {
    u32::try_from(offset / u64::from(CHUNK_BYTES)).unwrap_or(u32::MAX - 1)
}
