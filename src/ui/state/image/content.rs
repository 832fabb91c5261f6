//! Holds the content of one version of a file: the chunks that have arrived, and how they are shown.
//!
//! Chunks have a fixed size and are stored by number. A text also grows from its beginning as lines.

use std::collections::BTreeMap;

use crate::protocol::{ContentAnswer, ContentKind, Problem, TouchRow};
use crate::ui::state::Shared;

use super::TextLines;

/// Size of a chunk in bytes.
pub const CHUNK_BYTES: u32 = 256 * 1024;

/// Bytes of a text or a picture that are shown; a longer one is better saved to disk.
pub const TEXT_LIMIT_BYTES: u64 = 16 * 1024 * 1024;

/// If at least this many uncompressed bytes precede a file in its layer, the page says so. In a layer with
/// checkpoints, fewer bytes precede a file.
const FAR_BYTES: u64 = 8 * 1024 * 1024;

/// A way to show content.
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
    /// Layer that wrote this version.
    pub layer: u32,
    /// Size in bytes, as in the path's history until the first chunk arrives.
    pub size_bytes: u64,
    /// Uncompressed bytes of the layer that precede the content.
    pub passed_bytes: u64,
    /// Uncompressed bytes read for the current chunk, and their total; `None` unless the read takes long.
    pub progress: Option<(u64, u64)>,
    /// Kind of the content, judged by its beginning; `None` until the first chunk arrives.
    pub kind: Option<ContentKind>,
    /// Current way to show it.
    pub mode: ContentMode,
    /// Chunks that have arrived, by number.
    pub chunks: Shared<BTreeMap<u32, Vec<u8>>>,
    /// The beginning of the content, cut into lines.
    pub text: Shared<TextLines>,
    /// Reason why a chunk failed to load.
    pub problem: Option<Problem>,
    /// Number of the chunk that is being loaded.
    pub loading: Option<u32>,
    /// True if the content ends before `size_bytes` because the layer is cut off.
    pub ends_early: bool,
    /// First and last chunk that the hex view shows.
    in_sight: (u32, u32),
    /// Number of text chunks that the user has asked for.
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

    /// Records that a chunk failed to load.
    pub(super) fn fail(&mut self, problem: Problem) {
        self.loading = None;
        self.progress = None;
        self.problem = Some(problem);
    }

    /// True if so many bytes precede the content that the page mentions it.
    pub fn is_far(&self) -> bool {
        self.passed_bytes >= FAR_BYTES
    }

    /// Returns the ways in which this content can be shown.
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

    /// True if another chunk of the text can be loaded and the page can hold it.
    pub fn has_more_text(&self) -> bool {
        !self.ends_early
            && self.text.n_bytes() < self.size_bytes
            && self.text.n_bytes() < TEXT_LIMIT_BYTES
    }

    /// True if all chunks have arrived.
    pub fn is_whole(&self) -> bool {
        u32::try_from(self.chunks.len()).is_ok_and(|n| n == self.n_chunks())
    }

    /// Returns the whole content; `None` until all chunks have arrived.
    pub fn whole(&self) -> Option<Vec<u8>> {
        self.is_whole()
            .then(|| self.chunks.values().flatten().copied().collect())
    }

    /// Returns at most `len` bytes from `offset`, as far as their chunk has arrived.
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

    /// Returns the number of the next chunk to request.
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

    /// Appends the chunks that follow the text without a gap.
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
