//! Reads many files of an image for an analysis: in the order of their layers' bytes, so that each layer is decoded
//! once, whatever the number of files.

use std::rc::Rc;

use crate::insight::system::FileGap;
use crate::layer::{DataPlace, TarOffset};
use crate::message::Message;
use crate::overlay::{EntryPlace, LayerIdx};
use crate::source::Error;

use super::tape::Tape;
use super::{FileContent, OpenImage, ReadLayer, Watch};

/// Bytes taken at a time.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;

/// Files that are to be read. It borrows nothing of the image.
pub(super) struct Pass {
    files: Vec<PassFile>,
    /// Bytes that may be decoded beside the one pass over each layer.
    left_bytes: u64,
}

struct PassFile {
    layer: LayerIdx,
    /// The caller's numbers of the file, each with the number of its first bytes.
    wanted: Vec<(usize, u64)>,
    len_bytes: u64,
    way: Way,
}

/// The way to a file's bytes.
enum Way {
    /// A stretch of a layer.
    Stretch {
        read: Rc<ReadLayer>,
        start: u64,
        is_incomplete: bool,
    },
    /// Everything else: sparse files, and layers that are only listed.
    Content(FileContent),
    Nowhere,
}

/// The state of a pass.
struct Passing<'w> {
    watch: Watch<'w>,
    n_bytes: u64,
    left_bytes: u64,
    tape: Option<(LayerIdx, Tape)>,
    /// The layer whose source gave no bytes, and the reason: it is not asked again.
    silent: Option<(LayerIdx, FileGap)>,
}

/// Receives the number of a file, and its bytes or the reason why there are none.
pub(super) type TakeFile<'t> = &'t mut dyn FnMut(usize, Result<&[u8], FileGap>);

impl Pass {
    /// Plans to read files of an image: the place of each and the number of its first bytes. The files of the highest
    /// layer are read first, and a content of several names is read once.
    pub(super) fn new(
        image: &OpenImage,
        wanted: impl IntoIterator<Item = (EntryPlace, u64)>,
    ) -> Pass {
        let wanted = wanted.into_iter().enumerate();
        let mut wanted: Vec<(EntryPlace, usize, u64)> = wanted
            .map(|(number, (place, len_bytes))| (place, number, len_bytes))
            .collect();
        let key = |place: &EntryPlace| (std::cmp::Reverse(place.layer), place.entry);
        wanted.sort_unstable_by_key(|(place, number, _)| (key(place), *number));
        let mut files: Vec<PassFile> = Vec::new();
        let mut last = None;
        for (place, number, len_bytes) in wanted {
            match files.last_mut().filter(|_| last == Some(place)) {
                Some(file) => {
                    file.len_bytes = file.len_bytes.max(len_bytes);
                    file.wanted.push((number, len_bytes));
                }
                None => files.push(PassFile {
                    layer: place.layer,
                    wanted: vec![(number, len_bytes)],
                    len_bytes,
                    way: way(image, place),
                }),
            }
            last = Some(place);
        }
        Pass {
            files,
            left_bytes: image.limits().image.passed_bytes,
        }
    }

    /// Reads all files, and gives each to `take`.
    pub(super) async fn run(self, watch: Watch<'_>, take: TakeFile<'_>) {
        let mut passing = Passing {
            watch,
            n_bytes: 0,
            left_bytes: self.left_bytes,
            tape: None,
            silent: None,
        };
        for file in self.files {
            let read = passing.read(&file).await;
            for (number, len_bytes) in file.wanted {
                let most = usize::try_from(len_bytes).unwrap_or(usize::MAX);
                let first = |bytes: &[u8]| bytes.len().min(most);
                match &read {
                    Ok(bytes) => take(number, Ok(bytes.get(..first(bytes)).unwrap_or_default())),
                    Err(why) => take(number, Err(why.clone())),
                }
            }
        }
    }
}

impl Passing<'_> {
    async fn read(&mut self, file: &PassFile) -> Result<Vec<u8>, FileGap> {
        if let Some((_, why)) = self.silent.as_ref().filter(|(of, _)| *of == file.layer) {
            return Err(why.clone());
        }
        let read = match &file.way {
            Way::Stretch {
                read,
                start,
                is_incomplete,
            } => {
                let mut bytes = Vec::new();
                match self.stretch(file, read, *start, &mut bytes).await? {
                    // The damage was reported when the layer was read.
                    Err(Error::Damaged { .. }) if *is_incomplete && !bytes.is_empty() => Ok(bytes),
                    read => read.map(|()| bytes),
                }
            }
            Way::Content(content) => {
                let passed_bytes = content.passed_bytes();
                let left = self.left_bytes.checked_sub(passed_bytes);
                self.left_bytes = left.ok_or(FileGap::TooFar)?;
                content.read(0, file.len_bytes, self.watch).await
            }
            Way::Nowhere => {
                let reason = Message::its_layer_not_read();
                return Err(FileGap::Failed { reason });
            }
        };
        read.map_err(|error| {
            let reason = Message::from(&error);
            let why = FileGap::Failed { reason };
            if !matches!(error, Error::Damaged { .. }) {
                self.silent = Some((file.layer, why.clone()));
            }
            why
        })
    }

    /// Reads a stretch of a layer by its tape, which moves on from file to file.
    async fn stretch(
        &mut self,
        file: &PassFile,
        read: &Rc<ReadLayer>,
        start: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<Result<(), Error>, FileGap> {
        let mut tape = match self.tape.take() {
            Some((of, tape)) if of == file.layer && tape.at() <= start => tape,
            // A tape that broke off begins again, and a file may stand before the last one.
            Some((of, _)) if of == file.layer => {
                let restart = read.access.restart_before(TarOffset(start)).0;
                let left = self.left_bytes.checked_sub(start.saturating_sub(restart));
                self.left_bytes = left.ok_or(FileGap::TooFar)?;
                Tape::new(read, file.layer)
            }
            _ => Tape::new(read, file.layer),
        };
        bytes.reserve_exact(usize::try_from(file.len_bytes).unwrap_or(0));
        let mut result = Ok(());
        while (bytes.len() as u64) < file.len_bytes {
            let done = bytes.len() as u64;
            let most = (file.len_bytes - done).min(PIECE_BYTES);
            match tape.read(start.saturating_add(done), most).await {
                Ok(piece) => bytes.extend_from_slice(&piece),
                Err(error) => {
                    tape.break_off();
                    result = Err(error);
                    break;
                }
            }
            self.n_bytes = self.n_bytes.saturating_add(most);
            if let Some(due) = (self.watch)(self.n_bytes) {
                due.await;
            }
        }
        self.tape = Some((file.layer, tape));
        Ok(result)
    }
}

fn way(image: &OpenImage, place: EntryPlace) -> Way {
    let entry = image.union().entry(place);
    let read = image.read_layer(place.layer.0 as usize);
    if let (Some(read), Some(entry)) = (read, entry)
        && let DataPlace::At(start) = entry.data
    {
        return Way::Stretch {
            read: Rc::clone(read),
            start: start.0,
            is_incomplete: entry.incomplete,
        };
    }
    match image.file_content(place) {
        Some(content) => Way::Content(content),
        None => Way::Nowhere,
    }
}
