//! Exports a directory of the union, or all of it, as a tar, like `docker export` for a container.
//!
//! Directories come first, then everything else without content, then files in the order of their layers' bytes,
//! so that each layer is decoded once. Further names of files come last, as hard links. Attributes are those of
//! the union; values that do not fit ustar are in PAX headers.

use crate::message::Message;
use std::collections::BTreeMap;
use std::collections::VecDeque;

use crate::build::{LayerTar, NewEntry};
use crate::image::{ImagePath, Timestamp, escape};
use crate::layer::{DataPlace, EntryKind};
use crate::overlay::{EntryPlace, LayerIdx, NodeId, NodeInfo, Union, View};
use crate::source::Error;

use super::super::container::Held;
use super::super::tape::Tape;
use super::super::{FileContent, LayerStatus, OpenImage};
use super::{Export, LookAt, Machine, not_written};

/// Number of headers written at a time.
const GATHERED_ENTRIES: usize = 128;
/// Zeros of a hole written at a time.
const ZEROS_BYTES: u64 = 256 * 1024;
/// Bytes of a new file read at a time.
const NEW_BYTES: u64 = 1024 * 1024;
/// Size of a header in bytes.
const BLOCK: u64 = 512;

/// Exports a directory and everything below it as tar, as a container of the layers up to `upto` sees it. The
/// empty path is the root.
///
/// The entries are below the directory's own name, as with `docker cp`; those of the root have no prefix.
///
/// # Errors
/// When there is no such path, or one of the layers was not read.
pub fn tree_as_tar(image: &OpenImage, upto: LayerIdx, path: &ImagePath) -> Result<Export, Error> {
    for (layer, status) in image.layers().iter().enumerate() {
        if LayerIdx::at(layer) > upto {
            break;
        }
        match status {
            LayerStatus::Read(..) => {}
            LayerStatus::Failed(error) => return Err(error.clone()),
            LayerStatus::Waiting | LayerStatus::Listed(_) | LayerStatus::LeftOut => {
                return Err(Error::NotHere {
                    what: Message::verbatim(format!("/{path}")),
                    reason: Message::layer_not_read(layer),
                });
            }
        }
    }
    let (union, view) = (image.union(), View::UpTo(upto));
    let missing = |reason: Message| Error::Malformed {
        what: Message::verbatim(format!("/{path}")),
        reason,
    };
    let top = union.resolve(path.as_bytes(), view);
    let top = top.map_err(|error| {
        let named = union.lookup(path.as_bytes());
        missing(match named.and_then(|node| union.deleted_by(node, view)) {
            Some(layer) => Message::deleted_by_layer(layer.0),
            None => (&error).into(),
        })
    })?;
    let mut plan = Plan::default();
    plan.walk(union, view, top);
    let (total_bytes, items) = plan.finish();
    Ok(Export {
        total_bytes,
        machine: Machine::Tree(TreeExport {
            n_built: image.n_built(),
            view,
            prefix_bytes: union.path(top).len(),
            base: path.file_name().unwrap_or_default().to_vec(),
            items: items.into(),
            tar: Some(LayerTar::new()),
            open: None,
            tape: None,
        }),
    })
}

/// An entry to be written.
#[derive(Clone, Copy)]
struct Item {
    node: NodeId,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Header,
    Content(EntryPlace),
    LinkTo(NodeId),
}

#[derive(Default)]
struct Plan {
    folders: Vec<Item>,
    plain: Vec<Item>,
    files: Vec<(LayerIdx, u32, Item)>,
    links: Vec<Item>,
    /// The first name of each content that has several.
    first: BTreeMap<(LayerIdx, u32), NodeId>,
    total_bytes: u64,
}

impl Plan {
    fn walk(&mut self, union: &Union, view: View, top: NodeId) {
        let mut pending = vec![top];
        while let Some(node) = pending.pop() {
            let Some(info) = union.node(node, view) else {
                continue;
            };
            let above = pending.len();
            pending.extend(union.children(node, view));
            let inside = pending.get_mut(above..).unwrap_or_default();
            inside.sort_unstable_by(|&a, &b| union.name(b).cmp(union.name(a)));
            self.add(node, &info);
        }
    }

    fn add(&mut self, node: NodeId, info: &NodeInfo<'_>) {
        // The root of an image that does not describe it needs no entry.
        if node == NodeId::ROOT && info.implied {
            return;
        }
        self.total_bytes = self.total_bytes.saturating_add(BLOCK);
        let item = |what| Item { node, what };
        if info.kind == EntryKind::Dir {
            self.folders.push(item(What::Header));
            return;
        }
        if let Some(place) = info.content.filter(|_| info.n_names > 1) {
            let first = self.first.entry((place.layer, place.entry));
            let first = *first.or_insert(node);
            if first != node {
                self.links.push(item(What::LinkTo(first)));
                return;
            }
        }
        match info.content {
            Some(place) if info.kind == EntryKind::File && info.size_bytes > 0 => {
                let filled = info.size_bytes.div_ceil(BLOCK).saturating_mul(BLOCK);
                self.total_bytes = self.total_bytes.saturating_add(filled);
                let item = item(What::Content(place));
                self.files.push((place.layer, place.entry, item));
            }
            _ => self.plain.push(item(What::Header)),
        }
    }

    fn finish(mut self) -> (u64, Vec<Item>) {
        self.files
            .sort_unstable_by_key(|(layer, entry, _)| (*layer, *entry));
        let mut items = self.folders;
        items.append(&mut self.plain);
        items.extend(self.files.into_iter().map(|(_, _, item)| item));
        items.append(&mut self.links);
        (self.total_bytes.saturating_add(2 * BLOCK), items)
    }
}

/// A tree that is being written.
pub(super) struct TreeExport {
    /// The build number of the union that the nodes belong to.
    n_built: u32,
    view: View,
    /// Length in bytes of the top directory's own path.
    prefix_bytes: usize,
    /// The path that replaces it.
    base: Vec<u8>,
    items: VecDeque<Item>,
    /// `None` once the end was written.
    tar: Option<LayerTar>,
    open: Option<OpenFile>,
    tape: Option<(LayerIdx, Tape)>,
}

/// The file whose content is being written.
struct OpenFile {
    runs: VecDeque<Run>,
}

enum Run {
    Zeros(u64),
    Data {
        offset: u64,
        len: u64,
    },
    /// Content that an edit of the container layer brought.
    New {
        content: FileContent,
        offset: u64,
        len: u64,
    },
}

impl TreeExport {
    /// Returns the next piece, which may be empty.
    pub(super) async fn next(&mut self, look: LookAt<'_>) -> Result<Option<Vec<u8>>, Error> {
        if let Some(open) = &mut self.open {
            let Some(run) = open.runs.pop_front() else {
                self.open = None;
                return Ok(Some(Vec::new()));
            };
            let (bytes, rest) = match run {
                Run::Zeros(n) => {
                    let now = n.min(ZEROS_BYTES);
                    // At most ZEROS_BYTES, which fits a `usize` on every platform.
                    let zeros = vec![0; usize::try_from(now).unwrap_or_default()];
                    (zeros, Run::Zeros(n - now))
                }
                Run::Data { offset, len } => {
                    let Some((_, tape)) = &mut self.tape else {
                        return Ok(Some(Vec::new()));
                    };
                    let bytes = tape.read(offset, len).await?;
                    let n = bytes.len() as u64;
                    let (offset, len) = (offset.saturating_add(n), len.saturating_sub(n));
                    (bytes, Run::Data { offset, len })
                }
                Run::New {
                    content,
                    offset,
                    len,
                } => {
                    let bytes = content.read(offset, len.min(NEW_BYTES), &|_| None).await?;
                    let n = bytes.len() as u64;
                    if n == 0 {
                        let what = Message::content_of_edit();
                        let reason = Message::bytes_missing(len);
                        return Err(Error::Damaged { what, reason });
                    }
                    let rest = Run::New {
                        content,
                        offset: offset.saturating_add(n),
                        len: len.saturating_sub(n),
                    };
                    (bytes, rest)
                }
            };
            if !matches!(
                rest,
                Run::Zeros(0) | Run::Data { len: 0, .. } | Run::New { len: 0, .. }
            ) {
                open.runs.push_front(rest);
            }
            return self.taken(|tar| tar.content(&bytes));
        }
        if self.items.is_empty() {
            let Some(tar) = self.tar.take() else {
                return Ok(None);
            };
            return tar.finish().map(Some).map_err(|e| not_written(&e));
        }
        let mut written = Ok(());
        look(&mut |image| written = self.headers(image));
        written?;
        self.taken(|_| Ok(()))
    }

    fn taken(
        &mut self,
        write: impl FnOnce(&mut LayerTar) -> Result<(), crate::build::Error>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let Some(tar) = &mut self.tar else {
            return Ok(None);
        };
        write(tar).map_err(|error| not_written(&error))?;
        Ok(Some(tar.take()))
    }

    /// Writes headers up to the next one with content.
    fn headers(&mut self, image: &OpenImage) -> Result<(), Error> {
        if image.n_built() != self.n_built {
            return Err(Error::Malformed {
                what: Message::the_export(),
                reason: Message::image_changed(),
            });
        }
        let union = image.union();
        for _ in 0..GATHERED_ENTRIES {
            let Some(item) = self.items.pop_front() else {
                return Ok(());
            };
            let Some(info) = union.node(item.node, self.view) else {
                continue;
            };
            self.header(union, item, &info)?;
            if let What::Content(place) = item.what {
                return self.begin(image, item.node, place, info.size_bytes);
            }
        }
        Ok(())
    }

    fn path_of(&self, union: &Union, node: NodeId) -> Vec<u8> {
        let path = union.path(node);
        let below = path.get(self.prefix_bytes..).unwrap_or_default();
        let mut own = self.base.clone();
        own.extend_from_slice(below);
        match own.strip_prefix(b"/") {
            Some(inside) => inside.to_vec(),
            None => own,
        }
    }

    fn header(&mut self, union: &Union, item: Item, info: &NodeInfo<'_>) -> Result<(), Error> {
        let path = self.path_of(union, item.node);
        let first = match item.what {
            What::LinkTo(first) => Some(self.path_of(union, first)),
            What::Header | What::Content(_) => None,
        };
        let xattrs = match first {
            // They belong to the inode, and are written with its first name.
            Some(_) => Vec::new(),
            None => union.xattrs(item.node, self.view),
        };
        let entry = NewEntry {
            path: &path,
            kind: match first {
                Some(_) => EntryKind::Hardlink,
                None => info.kind,
            },
            mode: info.mode,
            uid: info.uid,
            gid: info.gid,
            size_bytes: match item.what {
                What::Content(_) => info.size_bytes,
                What::Header | What::LinkTo(_) => 0,
            },
            // A directory that no layer names has no time of its own.
            mtime: info.mtime.unwrap_or(Timestamp::from_seconds(0)),
            link: first.as_deref().unwrap_or(info.link),
            device: info.device,
            xattrs: &xattrs,
        };
        match &mut self.tar {
            Some(tar) => tar.entry(&entry).map_err(|error| not_written(&error)),
            None => Ok(()),
        }
    }

    /// Prepares to write a file's content.
    fn begin(
        &mut self,
        image: &OpenImage,
        node: NodeId,
        place: EntryPlace,
        size_bytes: u64,
    ) -> Result<(), Error> {
        let place = match image.held(place) {
            Some(Held::InLayer(place)) => place,
            Some(Held::New(content)) => {
                let (offset, len) = (0, size_bytes);
                let run = Run::New {
                    content,
                    offset,
                    len,
                };
                self.open = Some(OpenFile {
                    runs: VecDeque::from([run]),
                });
                return Ok(());
            }
            None => place,
        };
        let layer = place.layer;
        let read = image.read_layer(layer.0 as usize);
        let entry = read.and_then(|read| read.index.entry(place.entry_id()));
        let (Some(read), Some(entry)) = (read, entry) else {
            return Err(Error::Missing {
                what: Message::content_of(escape(&image.union().path(node)).to_string()),
            });
        };
        if entry.incomplete {
            return Err(Error::Damaged {
                what: Message::layer(layer.0),
                reason: Message::content_of_ends(escape(&image.union().path(node)).to_string()),
            });
        }
        if self.tape.as_ref().is_none_or(|(at, _)| *at != layer) {
            self.tape = Some((layer, Tape::new(read, layer)));
        }
        self.open = Some(OpenFile {
            runs: runs_of(&entry.data, size_bytes),
        });
        Ok(())
    }
}

/// Returns a file's content as ranges of the layer, with zeros in its holes.
fn runs_of(data: &DataPlace<'_>, size_bytes: u64) -> VecDeque<Run> {
    let mut runs = VecDeque::new();
    let zeros = |runs: &mut VecDeque<Run>, n: u64| {
        if n > 0 {
            runs.push_back(Run::Zeros(n));
        }
    };
    match data {
        DataPlace::None => zeros(&mut runs, size_bytes),
        DataPlace::At(start) => runs.push_back(Run::Data {
            offset: start.0,
            len: size_bytes,
        }),
        DataPlace::Sparse { start, extents } => {
            let (mut offset, mut written) = (start.0, 0_u64);
            for extent in *extents {
                zeros(&mut runs, extent.logical_offset.saturating_sub(written));
                if extent.len > 0 {
                    runs.push_back(Run::Data {
                        offset,
                        len: extent.len,
                    });
                }
                offset = offset.saturating_add(extent.len);
                written = extent.logical_offset.saturating_add(extent.len);
            }
            zeros(&mut runs, size_bytes.saturating_sub(written));
        }
    }
    runs
}
