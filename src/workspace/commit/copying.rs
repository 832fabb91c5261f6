//! Reads the bytes of a new layer's files, one file after the other, from layers below and from edits.
//!
//! Files that were copied up are mostly adjacent in their layers, too. A [`Tape`] continues where the last file
//! ended, so a directory of ten thousand files is decoded once.

use crate::message::Message;
use std::rc::Rc;

use super::CommitError;
use crate::build::container::{ContentSource, Contents, NewContent, WrittenEntry};
use crate::image::{Algorithm, Hasher, escape};
use crate::io::{ByteStream, stream_of};
use crate::layer::{DataPlace, EntryId};
use crate::overlay::{EntryPlace, LayerIdx};
use crate::source;

use super::super::tape::Tape;
use super::super::{FileContent, ReadLayer};

/// Bytes read at a time from a file that is not on the tape.
const STRIDE_BYTES: u64 = 1024 * 1024;

/// A layer below, as a source of file content.
pub(super) struct Layer(Rc<ReadLayer>);

impl Layer {
    pub(super) fn of(read: &Rc<ReadLayer>) -> Layer {
        Layer(Rc::clone(read))
    }
}

/// Reads the content of files.
pub(super) struct Copying<'a> {
    layers: &'a [Option<Layer>],
    contents: Option<&'a dyn Contents>,
    /// The layer being read, with its position.
    tape: Option<(LayerIdx, Tape)>,
    file: File,
}

/// The file being read.
enum File {
    None,
    /// A file on the tape, with the number of bytes left.
    OnTape {
        offset: u64,
        left_bytes: u64,
    },
    /// A sparse file in a layer, read on its own.
    Alone {
        content: FileContent,
        at: u64,
    },
    /// New content from an edit, not opened yet.
    Kept {
        content: NewContent,
        path: Box<[u8]>,
    },
    Stream {
        content: NewContent,
        path: Box<[u8]>,
        stream: Box<dyn ByteStream>,
        hash: Hasher,
    },
}

impl<'a> Copying<'a> {
    pub(super) fn new(
        layers: &'a [Option<Layer>],
        contents: Option<&'a dyn Contents>,
    ) -> Copying<'a> {
        Copying {
            layers,
            contents,
            tape: None,
            file: File::None,
        }
    }

    /// Moves to a file.
    ///
    /// # Errors
    /// When no layer has its content.
    pub(super) fn open(&mut self, entry: &WrittenEntry) -> Result<(), CommitError> {
        self.file = match &entry.source {
            ContentSource::Empty => File::None,
            ContentSource::New(content) => File::Kept {
                content: content.clone(),
                path: entry.path.clone(),
            },
            ContentSource::Lower(place) => {
                self.lower(*place).ok_or_else(|| missing(&entry.path))?
            }
        };
        Ok(())
    }

    fn layer(&self, number: u32) -> Option<&'a Rc<ReadLayer>> {
        self.layers
            .get(number as usize)?
            .as_ref()
            .map(|layer| &layer.0)
    }

    fn lower(&mut self, place: EntryPlace) -> Option<File> {
        let layer = self.layer(place.layer.0)?;
        let entry = layer.index.entry(place.entry_id())?;
        let DataPlace::At(start) = entry.data else {
            return Some(File::Alone {
                content: self.alone(place)?,
                at: 0,
            });
        };
        if self.tape.as_ref().is_none_or(|(at, _)| *at != place.layer) {
            self.tape = Some((place.layer, Tape::new(layer, place.layer)));
        }
        Some(File::OnTape {
            offset: start.0,
            left_bytes: entry.size_bytes,
        })
    }

    fn alone(&self, place: EntryPlace) -> Option<FileContent> {
        let layer = self.layer(place.layer.0)?;
        FileContent::new(Rc::clone(layer), EntryId(place.entry))
    }

    /// Returns the next bytes of the file, never empty; `None` at its end.
    ///
    /// # Errors
    /// When they cannot be read, or have changed.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, CommitError> {
        match &mut self.file {
            File::None => Ok(None),
            File::OnTape { left_bytes: 0, .. } => Ok(None),
            File::OnTape { offset, left_bytes } => {
                let Some((_, tape)) = &mut self.tape else {
                    return Ok(None);
                };
                let piece = tape.read(*offset, *left_bytes).await?;
                *offset = offset.saturating_add(piece.len() as u64);
                *left_bytes = left_bytes.saturating_sub(piece.len() as u64);
                Ok(Some(piece))
            }
            File::Alone { content, at } => {
                let piece = content.read(*at, STRIDE_BYTES, &|_| None).await?;
                *at = at.saturating_add(piece.len() as u64);
                Ok(Some(piece).filter(|piece| !piece.is_empty()))
            }
            File::Kept { .. } => {
                self.file = self.opened().await?;
                Box::pin(self.next()).await
            }
            File::Stream {
                content,
                path,
                stream,
                hash,
            } => {
                let next = stream.next().await.map_err(|cause| kept(path, cause))?;
                if let Some(piece) = next {
                    hash.update(&piece);
                    return Ok(Some(piece));
                }
                let hash = std::mem::replace(hash, Hasher::new(Algorithm::Sha256));
                match hash.finish().as_ref() == Some(&content.digest) {
                    true => Ok(None),
                    false => Err(CommitError::Changed { path: escape(path) }),
                }
            }
        }
    }

    async fn opened(&mut self) -> Result<File, CommitError> {
        let File::Kept { content, path } = std::mem::replace(&mut self.file, File::None) else {
            return Ok(File::None);
        };
        let contents = self.contents.ok_or_else(|| missing(&path))?;
        let bytes = contents.open(&content.digest).await;
        let bytes = bytes.map_err(|cause| kept(&path, cause))?;
        if bytes.len_bytes() != content.size_bytes {
            return Err(CommitError::Changed {
                path: escape(&path),
            });
        }
        Ok(File::Stream {
            content,
            path,
            stream: stream_of(bytes, 0),
            hash: Hasher::new(Algorithm::Sha256),
        })
    }
}

fn missing(path: &[u8]) -> source::Error {
    source::Error::Missing {
        what: Message::content_of(escape(path).to_string()),
    }
}

fn kept(path: &[u8], cause: crate::io::Error) -> CommitError {
    CommitError::io(Message::new_content_of(escape(path).to_string()), cause)
}
