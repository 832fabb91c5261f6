//! The system of an open image: the files that say which it is, read one after the other.

use crate::insight::system::{FileGap, Gap, LayerGap, Probe, System};
use crate::message::Message;
use crate::overlay::{LayerIdx, View};

use super::{FileContent, LayerStatus, NoAnalysis, OpenImage, Watch};

/// The analysis of an image's system, with the contents that it may want. It borrows nothing of the image.
pub struct SystemTask {
    probe: Probe,
    /// A content for each wanted file; `None` if the image cannot give it.
    contents: Vec<Option<FileContent>>,
    /// Bytes that may be decoded to reach files.
    left_bytes: u64,
}

/// Begins the analysis of an image's system, as far as its layers are read.
///
/// An uncommitted container layer on top is not counted.
///
/// # Errors
/// If the image is an artifact, or none of its layers is read yet.
pub fn system_task(image: &OpenImage) -> Result<SystemTask, NoAnalysis> {
    let gaps = layer_gaps(image)?;
    let top = LayerIdx::at(image.n_applied().saturating_sub(1));
    let config = image.config().map(|document| &document.config);
    let mut probe = Probe::new(image.union(), View::UpTo(top), config);
    gaps.into_iter().for_each(|gap| probe.note(gap));
    let wanted = probe.all_wanted().iter();
    let contents = wanted.map(|wanted| image.file_content(wanted.content));
    Ok(SystemTask {
        contents: contents.collect(),
        left_bytes: image.limits().image.passed_bytes,
        probe,
    })
}

/// Returns the layers of an image that an analysis of its file system does not know, or not as a whole.
///
/// # Errors
/// If the image is an artifact, or none of its layers is read yet.
pub(super) fn layer_gaps(image: &OpenImage) -> Result<Vec<Gap>, NoAnalysis> {
    if image.found.artifact_type.is_some() {
        return Err(NoAnalysis::Artifact);
    }
    let n_layers = image.layers().len();
    if n_layers > 0 && image.n_applied() == 0 {
        return Err(NoAnalysis::Waiting { layer: 0 });
    }
    let mut gaps = Vec::new();
    for (layer, status) in image.layers().iter().enumerate() {
        let is_damaged = match status {
            LayerStatus::Read(read, _) => read.damage.is_some(),
            _ => false,
        };
        let is_missing = matches!(status, LayerStatus::Failed(_) | LayerStatus::LeftOut);
        let why = if layer >= image.n_applied() || is_missing {
            LayerGap::Unread
        } else if is_damaged || !image.left_out(layer).is_empty() {
            LayerGap::Incomplete
        } else {
            continue;
        };
        let layer = LayerIdx::at(layer);
        gaps.push(Gap::Layer { layer, why });
    }
    Ok(gaps)
}

impl SystemTask {
    /// Reads what is wanted, and returns the findings. What cannot be read is one of their gaps.
    pub async fn run(mut self, watch: Watch<'_>) -> System {
        let mut left_bytes = self.left_bytes;
        while let Some(at) = self.probe.wants() {
            let len_bytes = self
                .probe
                .all_wanted()
                .get(at)
                .map(|wanted| wanted.len_bytes);
            let content = self.contents.get(at).and_then(Option::as_ref);
            let read = match content {
                None => Err(FileGap::Failed {
                    reason: Message::its_layer_not_read(),
                }),
                Some(content) if content.passed_bytes() > left_bytes => Err(FileGap::TooFar),
                Some(content) => {
                    left_bytes = left_bytes.saturating_sub(content.passed_bytes());
                    let bytes = content.read(0, len_bytes.unwrap_or(0), watch).await;
                    bytes.map_err(|error| FileGap::Failed {
                        reason: (&error).into(),
                    })
                }
            };
            self.probe.take(at, read.as_deref().map_err(Clone::clone));
        }
        self.probe.finish()
    }
}
