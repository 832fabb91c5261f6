//! The secrets of an open image: the files of all its layers, each layer decoded once.

use std::rc::Rc;

use crate::insight::secrets::{SNIFFED_BYTES, SearchedFile, SecretList, SecretProbe};
use crate::insight::system::{FileGap, Gap, LayerGap};
use crate::layer::{DataPlace, EntryId, EntryKind, Extent, TarOffset};
use crate::message::Message;
use crate::overlay::{EntryPlace, LayerIdx};
use crate::source::Error;

use super::system::layer_gaps;
use super::tape::Tape;
use super::{LayerStatus, NoAnalysis, OpenImage, ReadLayer, Watch};

/// The search for an image's secrets. It borrows nothing of the image, and lists none of its files.
pub struct SecretsTask {
    probe: SecretProbe,
    layers: Vec<(LayerIdx, Rc<ReadLayer>)>,
    failures: u32,
}

/// The secrets that were found in files, before their fate is known.
pub struct SearchedSecrets {
    probe: SecretProbe,
}

/// Begins the search for an image's secrets, as far as its layers are read.
///
/// A layer that is only listed from its table of contents is not searched: that would fetch all of it. An uncommitted
/// container layer on top is not counted.
///
/// # Errors
/// If the image is an artifact, or none of its layers is read yet.
pub fn secrets_task(image: &OpenImage) -> Result<SecretsTask, NoAnalysis> {
    let limits = image.limits().secrets;
    let mut probe = SecretProbe::new(limits);
    layer_gaps(image)?
        .into_iter()
        .for_each(|gap| probe.note(gap));
    let mut layers = Vec::new();
    for (layer, status) in image.layers().iter().take(image.n_applied()).enumerate() {
        let layer = LayerIdx::at(layer);
        match status {
            LayerStatus::Read(read, _) => layers.push((layer, Rc::clone(read))),
            LayerStatus::Listed(_) | LayerStatus::Waiting => {
                let why = LayerGap::Unread;
                probe.note(Gap::Layer { layer, why });
            }
            // Among the gaps of every analysis.
            LayerStatus::Failed(_) | LayerStatus::LeftOut => {}
        }
    }
    if let Some(config) = image.config() {
        probe.search_config(&config.config);
    }
    Ok(SecretsTask {
        probe,
        layers,
        failures: limits.failures,
    })
}

impl SecretsTask {
    /// Reads and searches all files. What cannot be read becomes one of the findings' gaps.
    pub async fn search(self, watch: Watch<'_>) -> SearchedSecrets {
        let mut search = Search {
            probe: self.probe,
            failures: self.failures,
            n_bytes: 0,
            watch,
        };
        for (layer, read) in self.layers {
            search.layer(layer, &read).await;
        }
        SearchedSecrets {
            probe: search.probe,
        }
    }
}

impl SearchedSecrets {
    /// Returns the findings, by the image of which the search was begun.
    pub fn finish(self, image: &OpenImage) -> SecretList {
        self.probe.finish(image.union(), image.n_applied())
    }
}

/// A search under way.
struct Search<'w> {
    probe: SecretProbe,
    failures: u32,
    n_bytes: u64,
    watch: Watch<'w>,
}

/// The stretches of a layer that hold a file's bytes, one after the other.
struct Stretches<'e> {
    start: TarOffset,
    /// The length of the one stretch of a file that is not sparse.
    whole: Option<u64>,
    extents: &'e [Extent],
}

impl Search<'_> {
    async fn layer(&mut self, layer: LayerIdx, read: &Rc<ReadLayer>) {
        let mut tape = Tape::new(read, layer);
        let mut left_failures = self.failures;
        let n_entries = u32::try_from(read.index.n_entries()).unwrap_or(u32::MAX);
        for id in 0..n_entries {
            let Some(entry) = read.index.entry(EntryId(id)) else {
                continue;
            };
            if entry.kind != EntryKind::File || entry.size_bytes == 0 {
                continue;
            }
            let content = EntryPlace { layer, entry: id };
            let stretches = match entry.data {
                DataPlace::None => continue,
                DataPlace::At(start) => Stretches {
                    start,
                    whole: Some(entry.size_bytes),
                    extents: &[],
                },
                DataPlace::Sparse { start, extents } => Stretches {
                    start,
                    whole: None,
                    extents,
                },
            };
            let path = entry.path.to_vec();
            let file = self.probe.file(content, path, entry.size_bytes);
            loop {
                let mut bytes = Vec::new();
                let Err(error) = self.file(&file, &stretches, &mut tape, &mut bytes).await else {
                    self.probe.take(&file, &bytes);
                    break;
                };
                // The damage was reported when the layer was read.
                if entry.incomplete && !bytes.is_empty() {
                    self.probe.take(&file, &bytes);
                    break;
                }
                tape = Tape::new(read, layer);
                if let Some(left) = left_failures.checked_sub(1) {
                    // Reading may have fetched what it lacked, such as a decoder.
                    left_failures = left;
                    continue;
                }
                let reason = Message::from(&error);
                self.probe.miss(&file, FileGap::Failed { reason });
                if id.saturating_add(1) < n_entries {
                    self.probe.miss_rest(layer);
                }
                return;
            }
        }
    }

    /// Reads the first bytes of a file, and no more of what is no text. Between the extents of a sparse file stands a
    /// blank: its holes have no line ends, and what stands on both sides of one is no word.
    async fn file(
        &mut self,
        file: &SearchedFile,
        stretches: &Stretches<'_>,
        tape: &mut Tape,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut start = stretches.start.0;
        let extents = stretches.extents.iter().map(|extent| extent.len);
        for len in stretches.whole.into_iter().chain(extents) {
            if !bytes.is_empty() {
                bytes.push(b' ');
            }
            let (mut at, end) = (start, start.saturating_add(len));
            while at < end && (bytes.len() as u64) < file.len_bytes() {
                while !tape.approach(at).await {
                    self.pause().await;
                }
                let n_read = bytes.len() as u64;
                let most = match n_read < SNIFFED_BYTES {
                    true => SNIFFED_BYTES - n_read,
                    false => file.len_bytes().saturating_sub(n_read),
                };
                let piece = tape.read(at, most.min(end - at)).await?;
                at = at.saturating_add(piece.len() as u64);
                bytes.extend_from_slice(&piece);
                self.n_bytes = self.n_bytes.saturating_add(piece.len() as u64);
                self.pause().await;
                if file.is_done_after(bytes) {
                    return Ok(());
                }
            }
            start = end;
        }
        Ok(())
    }

    /// Lets other work be done, if it is time for that.
    async fn pause(&self) {
        if let Some(due) = (self.watch)(self.n_bytes) {
            due.await;
        }
    }
}
