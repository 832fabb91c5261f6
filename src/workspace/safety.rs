//! The safety of an open image: its tree, its config, and the files of its accounts.

use crate::image::shown_command;
use crate::insight::safety::{SafetyList, SafetyPlace, SafetyProbe};
use crate::insight::secrets::{SecretList, SecretProbe};
use crate::insight::system::FileGap;
use crate::message::Message;
use crate::overlay::{LayerIdx, View};

use super::system::layer_gaps;
use super::{FileContent, NoAnalysis, OpenImage, Watch};

/// The analysis of an image's safety, with the contents that it wants. It borrows nothing of the image.
pub struct SafetyTask {
    probe: SafetyProbe,
    /// A content for each wanted file; `None` if the image cannot give it.
    contents: Vec<Option<FileContent>>,
    /// Bytes that may be decoded to reach files.
    left_bytes: u64,
}

/// The findings about an image's safety, without the lines of its history.
pub struct ReadSafety {
    probe: SafetyProbe,
}

/// Begins the analysis of an image's safety, as far as its layers are read.
///
/// An uncommitted container layer on top is not counted.
///
/// # Errors
/// If the image is an artifact, or none of its layers is read yet.
pub fn safety_task(image: &OpenImage) -> Result<SafetyTask, NoAnalysis> {
    let gaps = layer_gaps(image)?;
    let top = LayerIdx::at(image.n_applied().saturating_sub(1));
    let config = image.config().map(|document| &document.config);
    let limits = image.limits();
    let mut probe = SafetyProbe::new(image.union(), View::UpTo(top), config, limits.safety);
    probe.history(image.history());
    gaps.into_iter().for_each(|gap| probe.note(gap));
    let wanted = probe.wanted().iter();
    let contents = wanted.map(|wanted| image.file_content(wanted.content));
    Ok(SafetyTask {
        contents: contents.collect(),
        left_bytes: limits.image.passed_bytes,
        probe,
    })
}

impl SafetyTask {
    /// Reads the files of accounts. What cannot be read becomes one of the findings' gaps.
    pub async fn read(mut self, watch: Watch<'_>) -> ReadSafety {
        let mut left_bytes = self.left_bytes;
        for (at, content) in self.contents.iter().enumerate() {
            let wanted = self.probe.wanted().get(at);
            let len_bytes = wanted.map_or(0, |wanted| wanted.len_bytes);
            let read = match content {
                None => Err(FileGap::Failed {
                    reason: Message::its_layer_not_read(),
                }),
                Some(content) if content.passed_bytes() > left_bytes => Err(FileGap::TooFar),
                Some(content) => {
                    left_bytes = left_bytes.saturating_sub(content.passed_bytes());
                    let bytes = content.read(0, len_bytes, watch).await;
                    bytes.map_err(|error| FileGap::Failed {
                        reason: (&error).into(),
                    })
                }
            };
            self.probe.take(at, read.as_deref().map_err(Clone::clone));
        }
        ReadSafety { probe: self.probe }
    }
}

impl ReadSafety {
    /// Returns the findings, with the line of the history that made each layer of them.
    pub fn finish(self, image: &OpenImage) -> SafetyList {
        let mut list = self.probe.finish();
        let secrets = secrets_of_config(image);
        for finding in &mut list.findings {
            if let SafetyPlace::History { address, .. } = &mut finding.place {
                *address = secrets.masked(address);
            }
        }
        let layers: Vec<LayerIdx> = list
            .findings
            .iter()
            .filter_map(|finding| finding.place.layer())
            .collect();
        for layer in layers {
            let line = || {
                let entry = image.history_of(layer.0 as usize);
                let command = entry.map(|entry| shown_command(&entry.created_by).text);
                command.map_or_else(String::new, |command| secrets.masked(&command))
            };
            list.lines.entry(layer).or_insert_with(line);
        }
        list
    }
}

/// Searches the config alone for secrets, which are masked wherever its history is told.
pub fn secrets_of_config(image: &OpenImage) -> SecretList {
    let mut probe = SecretProbe::new(image.limits().secrets);
    if let Some(config) = image.config() {
        probe.search_config(&config.config);
    }
    probe.finish(image.union(), image.n_applied())
}
