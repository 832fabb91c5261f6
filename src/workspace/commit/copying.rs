//! The bytes of a new layer's files, one file after the other: of layers below, and of what edits brought.
//!
//! Files that were copied up mostly lie one after the other below, too. So a layer is read on from where the last file
//! ended as long as that costs no more than a fresh look: a directory of ten thousand files is decoded once.

use std::rc::Rc;

use super::CommitError;
use crate::build::container::{Contents, NewContent, Source, WrittenEntry};
use crate::image::{Algorithm, Hasher, escape};
use crate::io::{ByteStream, stream_of};
use crate::layer::{Compression, ContentReader, DataPlace, EntryId, TarOffset};
use crate::overlay::EntryPlace;
use crate::source;

use super::super::{FileContent, ReadLayer};

/// Decoded bytes that are passed over rather than begun anew: as far as two checkpoints lie apart.
const SKIP_BYTES: u64 = 4 * 1024 * 1024;
/// Stored bytes asked for at a time.
const STORED_BYTES: u64 = 1024 * 1024;
/// Bytes of a file that a fresh look gives at a time.
const STRIDE_BYTES: u64 = 1024 * 1024;

/// A layer below.
pub(super) struct Layer(Rc<ReadLayer>);

impl Layer {
    pub(super) fn of(read: &Rc<ReadLayer>) -> Layer {
        Layer(Rc::clone(read))
    }
}

/// Gives the content of files.
pub(super) struct Copying<'a> {
    layers: &'a [Option<Layer>],
    contents: Option<&'a dyn Contents>,
    /// The layer that is being read on.
    run: Option<Run>,
    file: File,
}

/// A layer that is read from one file to the next.
struct Run {
    layer: u32,
    reader: ContentReader,
    /// Where the next decoded byte lies.
    at: u64,
    /// Decoded bytes from there on that were not taken.
    ready: Vec<u8>,
    /// Decoded bytes that are still to come before that place.
    to_skip: u64,
}

/// The file whose content is given.
enum File {
    None,
    /// In the run, so many bytes more.
    InRun {
        left_bytes: u64,
    },
    /// In a layer, by itself: a sparse file, or one of which the run's bytes were not right.
    Alone {
        content: FileContent,
        at: u64,
    },
    /// What an edit brought; not opened yet.
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
            run: None,
            file: File::None,
        }
    }

    /// Goes to a file.
    ///
    /// # Errors
    /// When no layer has it.
    pub(super) fn open(&mut self, entry: &WrittenEntry) -> Result<(), CommitError> {
        self.file = match &entry.source {
            Source::Empty => File::None,
            Source::New(content) => File::Kept {
                content: content.clone(),
                path: entry.path.clone(),
            },
            Source::Lower(place) => self.lower(*place).ok_or_else(|| missing(&entry.path))?,
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
        let skip = match layer.compression {
            // Nothing is decoded: what lies between costs as much as a look.
            Compression::None => 0,
            _ => SKIP_BYTES,
        };
        let run = self.run.take().filter(|run| {
            let ahead = start.0.checked_sub(run.at);
            run.layer == place.layer.0 && ahead.is_some_and(|ahead| ahead <= skip)
        });
        self.run = Some(run.unwrap_or_else(|| Run::from(place.layer.0, layer, start)));
        if let Some(run) = &mut self.run {
            run.skip_to(start.0);
        }
        Some(File::InRun {
            left_bytes: entry.size_bytes,
        })
    }

    fn alone(&self, place: EntryPlace) -> Option<FileContent> {
        let layer = self.layer(place.layer.0)?;
        FileContent::new(Rc::clone(layer), EntryId(place.entry))
    }

    /// The next bytes of the file, never empty; `None` at its end.
    ///
    /// # Errors
    /// When they cannot be had, or are not what they were.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, CommitError> {
        match &mut self.file {
            File::None => Ok(None),
            File::InRun { left_bytes: 0 } => Ok(None),
            File::InRun { left_bytes } => {
                let left = *left_bytes;
                let piece = self.from_run(left).await?;
                self.file = File::InRun {
                    left_bytes: left.saturating_sub(piece.len() as u64),
                };
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

    /// At most `left` bytes of the run.
    async fn from_run(&mut self, left: u64) -> Result<Vec<u8>, CommitError> {
        let Some(run) = &mut self.run else {
            return Err(missing(b"").into());
        };
        let Some(layer) = self.layers.get(run.layer as usize).and_then(Option::as_ref) else {
            return Err(missing(b"").into());
        };
        let (at, read) = (run.at, run.take(&layer.0, left).await);
        match read {
            Ok(piece) => Ok(piece),
            // Bytes that were kept may have been damaged since; where they came from they may be whole.
            Err(_) if layer.0.blob.drop_copy().await => {
                let mut again = Run::from(run.layer, &layer.0, TarOffset(at));
                let piece = again.take(&layer.0, left).await?;
                self.run = Some(again);
                Ok(piece)
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Run {
    fn from(number: u32, layer: &Rc<ReadLayer>, start: TarOffset) -> Run {
        let len = layer.decoded_bytes.saturating_sub(start.0);
        Run {
            layer: number,
            reader: ContentReader::range(Rc::clone(&layer.access), start, len),
            at: start.0,
            ready: Vec::new(),
            to_skip: 0,
        }
    }

    /// Passes over what lies before a place. What is not decoded yet is passed over by [`Run::take`].
    fn skip_to(&mut self, start: u64) {
        let ahead = start.saturating_sub(self.at);
        let passed = usize::try_from(ahead)
            .unwrap_or(usize::MAX)
            .min(self.ready.len());
        self.ready.drain(..passed);
        self.at = start;
        let missing = ahead.saturating_sub(passed as u64);
        self.to_skip = self.to_skip.saturating_add(missing);
    }

    /// At most `left` of the next bytes, and one at least.
    async fn take(&mut self, layer: &ReadLayer, left: u64) -> Result<Vec<u8>, source::Error> {
        while self.ready.is_empty() {
            let Some(range) = self.reader.next_range() else {
                return Err(ends(self.at));
            };
            let wanted = usize::try_from(range.len.min(STORED_BYTES)).unwrap_or(usize::MAX);
            let stored = layer.blob.read_at(range.offset, wanted).await?;
            let pushed = self.reader.push(&stored, &mut self.ready);
            let passed = usize::try_from(self.to_skip)
                .unwrap_or(usize::MAX)
                .min(self.ready.len());
            self.ready.drain(..passed);
            self.to_skip = self.to_skip.saturating_sub(passed as u64);
            if self.ready.is_empty() {
                pushed.map_err(|reason| damaged(&reason))?;
            }
        }
        let n = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(self.ready.len());
        let rest = self.ready.split_off(n);
        let piece = std::mem::replace(&mut self.ready, rest);
        self.at = self.at.saturating_add(piece.len() as u64);
        Ok(piece)
    }
}

fn missing(path: &[u8]) -> source::Error {
    source::Error::Missing {
        what: format!("the content of /{}", escape(path)),
    }
}

fn ends(at: u64) -> source::Error {
    source::Error::Damaged {
        what: "a layer".to_owned(),
        reason: format!("it ends after {at} decoded bytes, in the middle of a file"),
    }
}

fn damaged(reason: &crate::layer::Error) -> source::Error {
    source::Error::Damaged {
        what: "a layer".to_owned(),
        reason: reason.to_string(),
    }
}

fn kept(path: &[u8], cause: crate::io::Error) -> CommitError {
    CommitError::io(&format!("the new content of /{}", escape(path)), cause)
}
