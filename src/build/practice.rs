//! An image for the warm-up: a `docker save` tarball of one layer with many small files, made piece by piece.
//!
//! Its content is meaningless; its shape is that of typical images. `engine` uses it.

use super::documents::json;
use super::{Error, GzipWriter, LayerTar, NewEntry, saved_image};
use crate::image::{Algorithm, DiffId, Digest, Hasher, Timestamp};
use crate::layer::EntryKind;

/// Files per directory.
const FILES_A_DIRECTORY: u32 = 40;
/// Files written before control is yielded.
const FILES_A_PIECE: u32 = 200;
/// The words that file contents are made of.
const WORDS: [&str; 16] = [
    "layer", "image", "root", "file", "digest", "tar", "entry", "path", "mode", "owner", "size",
    "link", "opaque", "whiteout", "union", "chain",
];

/// Builds the practice image.
pub struct PracticeImage {
    n_files: u32,
    n_written: u32,
    tar: LayerTar,
    decoded: Hasher,
    gzip: GzipWriter,
    stored: Vec<u8>,
    state: u32,
}

impl PracticeImage {
    /// Creates a builder for an image of `n_files` files.
    pub fn of(n_files: u32) -> PracticeImage {
        let mut stored = Vec::new();
        PracticeImage {
            n_files,
            n_written: 0,
            tar: LayerTar::new(),
            decoded: Hasher::new(Algorithm::Sha256),
            gzip: GzipWriter::quick(&mut stored),
            stored,
            state: 1,
        }
    }

    /// Writes the next files; `false` once there are no more.
    ///
    /// # Errors
    /// None that its own files could cause.
    pub fn go_on(&mut self) -> Result<bool, Error> {
        let end = self.n_files.min(self.n_written + FILES_A_PIECE);
        for number in self.n_written..end {
            self.write(number)?;
        }
        self.n_written = end;
        let tar = self.tar.take();
        self.pass(&tar);
        Ok(end < self.n_files)
    }

    /// Returns the finished tarball.
    ///
    /// # Errors
    /// None that its own files could cause.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        let end = std::mem::take(&mut self.tar).finish()?;
        self.pass(&end);
        self.gzip.finish(&mut self.stored);
        // SHA-256 is always supported.
        let diff_id = self
            .decoded
            .finish()
            .unwrap_or_else(|| Digest::sha256_of(b""));
        let config = json(&serde_json::json!({
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "history": [{ "created": "2024-01-01T00:00:00Z", "created_by": "COPY . /" }],
            "rootfs": { "type": "layers", "diff_ids": [DiffId(diff_id)] },
        }));
        let layers = ["layer.tar.gz".to_owned()];
        let mut archive = LayerTar::new();
        for (name, bytes) in [
            ("manifest.json", &saved_image("config.json", &[], &layers)),
            ("config.json", &config),
            ("layer.tar.gz", &self.stored),
        ] {
            archive.entry(&entry(name.as_bytes(), EntryKind::File, bytes.len() as u64))?;
            archive.content(bytes)?;
        }
        archive.finish()
    }

    fn write(&mut self, number: u32) -> Result<(), Error> {
        let directory = format!("usr/share/{}", number / FILES_A_DIRECTORY);
        if number.is_multiple_of(FILES_A_DIRECTORY) {
            self.tar
                .entry(&entry(directory.as_bytes(), EntryKind::Dir, 0))?;
        }
        let mut content = String::new();
        for _ in 0..64 {
            // A linear congruential generator (Numerical Recipes' constants): the high bits are the good ones.
            self.state = self
                .state
                .wrapping_mul(1_664_525)
                .wrapping_add(1_013_904_223);
            content.push_str(word(self.state >> 28));
            content.push(' ');
        }
        let path = format!("{directory}/{}-{number}", word(self.state >> 24));
        self.tar.entry(&entry(
            path.as_bytes(),
            EntryKind::File,
            content.len() as u64,
        ))?;
        self.tar.content(content.as_bytes())
    }

    fn pass(&mut self, tar: &[u8]) {
        self.decoded.update(tar);
        self.gzip.push(tar, &mut self.stored);
    }
}

fn word(number: u32) -> &'static str {
    let at = number as usize % WORDS.len();
    WORDS.get(at).copied().unwrap_or_default()
}

fn entry(path: &[u8], kind: EntryKind, size_bytes: u64) -> NewEntry<'_> {
    NewEntry {
        path,
        kind,
        mode: if kind == EntryKind::Dir { 0o755 } else { 0o644 },
        uid: 0,
        gid: 0,
        size_bytes,
        mtime: Timestamp::from_seconds(1_704_067_200),
        link: b"",
        device: None,
        xattrs: &[],
    }
}
