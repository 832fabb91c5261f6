//! Opens an archive or folder: detects its format and lets that format's reader list the images.
//!
//! Each format is defined in its own file.

use crate::message::Message;
use std::cmp::Reverse;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::io::{ReadAt, Spool};
use crate::layer::{Compression, Notice, SNIFF_BYTES, Sniffed, Warning, Weight, sniff};
use crate::source::{Error, Origin};

use super::beside;
use super::describe::describe;
use super::members::Members;
use super::opened::{Contents, OpenedArchive};
use super::progress::{ArchiveProgress, Progress};
use super::remembered::Remembered;
use super::scan::{Scan, scan};
use super::store::{Store, is_cancelled};
use super::unpack::{Unpacked, unpack};
use super::window::LEAST_BYTES;
use super::{docker_archive, docker_legacy, flat, hybrid, oci_layout};

/// The file or folder that a person dropped or named.
pub enum Input {
    /// One file.
    File {
        /// The file's name, for messages only.
        name: String,
        /// The bytes of the file.
        bytes: Rc<dyn ReadAt>,
    },
    /// A folder with all files below it.
    Folder {
        /// The folder's name, for messages only.
        name: String,
        /// The files, each with its path in the folder. All paths may share a leading folder.
        files: Vec<(Vec<u8>, Rc<dyn ReadAt>)>,
    },
}

/// State of a file before its members are looked up.
struct Opening<'a> {
    name: String,
    compression: Compression,
    limits: &'a Limits,
    progress: Progress<'a>,
    /// The reason why the members end before the archive does, if they do.
    cut: Option<Error>,
    warnings: Vec<Warning>,
}

/// Opens an archive or folder and lists the images in it.
///
/// Formats are tried in the order `manifest.json`, `index.json` with `oci-layout`, `repositories` or `<id>/json`.
/// Any other tar is shown as a root file system of one layer. `spool` is called only for a file that is compressed
/// as a whole, to hold the decompressed bytes. `progress` may end the work between two pieces.
///
/// ```
/// use std::ops::ControlFlow;
/// use std::rc::Rc;
///
/// use lamina::io::{Bytes, MemorySpool};
/// use lamina::bounds::Limits;
/// use lamina::source::archive::{Input, open};
///
/// let name = "image.tar".to_owned();
/// let bytes = Rc::new(Bytes::new(*b"just words"));
/// let limits = Limits::DEFAULT;
/// let spool = || Box::new(MemorySpool::new(limits.archive.spool_memory_bytes)) as _;
/// let opened = open(Input::File { name, bytes }, spool, &limits, &|_| ControlFlow::Continue(()));
/// let error = pollster::block_on(opened).err().expect("this is no image");
/// assert_eq!(error.to_string(), "image.tar is no container image: plain text");
/// ```
///
/// # Errors
/// When the file is not an image, is damaged before its list of images, exceeds a limit or cannot be read, or when
/// `progress` breaks ([`crate::io::ErrorKind::Cancelled`]). A bad image or layer is marked in the result instead.
pub async fn open(
    input: Input,
    spool: impl FnOnce() -> Box<dyn Spool>,
    limits: &Limits,
    progress: &dyn Fn(ArchiveProgress) -> ControlFlow<()>,
) -> Result<OpenedArchive, Error> {
    let opening = |name: String, compression| Opening {
        name,
        compression,
        limits,
        progress,
        cut: None,
        warnings: Vec::new(),
    };
    match input {
        Input::Folder { name, files } => {
            let members = Members::of_folder(&name, files, limits)?;
            open_folder(opening(name, Compression::None), members).await
        }
        Input::File { name, bytes } => {
            let file = Rc::new(Remembered::new(Rc::clone(&bytes)));
            let first = first_bytes(&name, &*file).await?;
            match sniff(&first) {
                Sniffed::Tar => {
                    let opening = opening(name, Compression::None);
                    let archive = Rc::clone(&file);
                    let opened = open_tar(opening, archive, bytes).await;
                    file.forget();
                    opened
                }
                Sniffed::Compressed(compression) => {
                    open_compressed(opening(name, compression), bytes, spool()).await
                }
                Sniffed::Empty | Sniffed::Other(_) => Err(Error::NotAnImage {
                    what: Message::verbatim(name),
                    found: describe(&first),
                }),
            }
        }
    }
}

async fn first_bytes(name: &str, bytes: &dyn ReadAt) -> Result<Vec<u8>, Error> {
    // The same number of bytes as the scan reads next.
    let len = usize::try_from(bytes.len_bytes()).map_or(LEAST_BYTES, |len| len.min(LEAST_BYTES));
    if len == 0 {
        return Ok(Vec::new());
    }
    let read = bytes.read_at(0, len).await;
    let mut first = read.map_err(|cause| Error::Io {
        what: Message::verbatim(name),
        cause,
    })?;
    first.truncate(SNIFF_BYTES);
    Ok(first)
}

async fn open_folder(
    mut opening: Opening<'_>,
    mut members: Members,
) -> Result<OpenedArchive, Error> {
    if !has_marker(&members) {
        members.enter_common_folder(has_marker);
    }
    let members = Rc::new(members);
    if let Some(contents) = read_formats(&mut opening, &members).await? {
        return Ok(opening.finish(contents));
    }
    Err(Error::NotAnImage {
        what: Message::verbatim(opening.name),
        found: match members.n_entries() {
            0 => Message::empty_folder(),
            _ => Message::folder_without_lists(members.sample().to_string()),
        },
    })
}

/// Decompresses the whole file once, and opens the result.
async fn open_compressed(
    mut opening: Opening<'_>,
    stored: Rc<dyn ReadAt>,
    spool: Box<dyn Spool>,
) -> Result<OpenedArchive, Error> {
    let Unpacked { bytes, damage } = unpack(
        &opening.name,
        &stored,
        opening.compression,
        spool,
        opening.limits,
        opening.progress,
    )
    .await?;
    let first = first_bytes(&opening.name, &*bytes).await?;
    let what = opening.name.clone();
    opening.cut = damage.map(|reason| Error::Damaged {
        what: Message::verbatim(what),
        reason,
    });
    if sniff(&first) != Sniffed::Tar {
        return Err(opening.cut.take().unwrap_or_else(|| Error::NotAnImage {
            found: Message::data_that_holds(opening.compression.to_string(), describe(&first)),
            what: Message::verbatim(opening.name),
        }));
    }
    // A layer may be gzip or zstd, so the file itself serves as the layer if it is such a root file system.
    let layer = match opening.compression {
        Compression::Gzip | Compression::Zstd => stored,
        _ => Rc::clone(&bytes),
    };
    open_tar(opening, bytes, layer).await
}

/// Scans a tar. `layer` is shown as the layer if the tar turns out to be a root file system.
async fn open_tar(
    mut opening: Opening<'_>,
    archive: Rc<dyn ReadAt>,
    layer: Rc<dyn ReadAt>,
) -> Result<OpenedArchive, Error> {
    let Scan { mut members, cut } =
        scan(&opening.name, archive, opening.limits, opening.progress).await?;
    // If decompression broke off, that is why the tar ends early.
    opening.cut = opening.cut.take().or(cut);
    if !has_marker(&members) && members.enter_common_folder(has_marker) {
        opening
            .warnings
            .push(Warning::new(Notice::InsideFolder, b""));
    }
    let members = Rc::new(members);
    let contents = match read_formats(&mut opening, &members).await {
        Ok(Some(contents)) => contents,
        Ok(None) => flat::read(&opening.name, &members, layer, opening.cut.as_ref())?,
        // Web applications have a `manifest.json` of another kind.
        Err(Error::Malformed { .. }) if flat::looks_like_rootfs(&members) => {
            flat::read(&opening.name, &members, layer, opening.cut.as_ref())?
        }
        // An error in a list that was decompressed from damaged bytes is a consequence of the damage.
        Err(error @ Error::Malformed { .. }) => {
            let damage = opening.cut.take();
            let damage = damage.filter(|cut| matches!(cut, Error::Damaged { .. }));
            return Err(damage.unwrap_or(error));
        }
        Err(error) => return Err(error),
    };
    Ok(opening.finish(contents))
}

fn has_marker(members: &Members) -> bool {
    members.has(docker_archive::MANIFEST)
        || oci_layout::is_present(members)
        || docker_legacy::is_present(members)
}

/// Reads the members with the first format that matches; `None` if none does.
async fn read_formats(
    opening: &mut Opening<'_>,
    members: &Rc<Members>,
) -> Result<Option<Contents>, Error> {
    let store = Store::new(members, opening.limits, opening.progress);
    let mut contents = match (
        members.has(docker_archive::MANIFEST),
        oci_layout::is_present(members),
    ) {
        (true, true) => {
            let docker = docker_archive::read(&store).await;
            let oci = oci_layout::read(&store, Origin::Hybrid).await;
            read_both(opening, docker, oci)?
        }
        (true, false) => docker_archive::read(&store).await?,
        (false, true) => oci_layout::read(&store, Origin::OciLayout).await?,
        (false, false) if docker_legacy::is_present(members) => docker_legacy::read(&store).await?,
        (false, false) => return Ok(None),
    };
    beside::attach(&mut contents, members, opening.limits);
    // If there are several, an engine loads one image or another depending on which it reads.
    for list in [docker_archive::MANIFEST, oci_layout::INDEX] {
        let n = members.n_of(list);
        if n > 1 {
            let warning = Warning::new(Notice::SeveralMembers { n }, list.as_bytes());
            contents.warnings.push(warning);
        }
    }
    Ok(Some(contents))
}

/// Merges both lists of a hybrid. If one list cannot be read, the other one is used.
fn read_both(
    opening: &mut Opening<'_>,
    docker: Result<Contents, Error>,
    oci: Result<Contents, Error>,
) -> Result<Contents, Error> {
    let (contents, list, error) = match (docker, oci) {
        (Ok(docker), Ok(oci)) => return Ok(hybrid::merge(docker, oci, opening.limits)),
        (Err(error), _) | (_, Err(error)) if is_cancelled(&error) => return Err(error),
        (Err(error), Err(_)) => return Err(error),
        (Ok(docker), Err(error)) => (docker, oci_layout::INDEX, error),
        (Err(error), Ok(oci)) => (oci, docker_archive::MANIFEST, error),
    };
    let reason = (&error).into();
    let notice = Notice::UnreadableList { reason };
    let warning = Warning::new(notice, list.as_bytes());
    opening.warnings.push(warning);
    Ok(contents)
}

impl Opening<'_> {
    fn finish(self, contents: Contents) -> OpenedArchive {
        let mut warnings = self.warnings;
        if let Some(cut) = self.cut {
            let reason = (&cut).into();
            warnings.push(Warning::new(Notice::ArchiveTruncated { reason }, b""));
        }
        warnings.extend(contents.warnings);
        if contents.images.is_empty() && contents.others.is_empty() {
            warnings.push(Warning::new(Notice::NoImages, b""));
        }
        // A warning that affects which image runs is given for each image, and is never truncated.
        warnings.sort_by_key(|warning| Reverse(warning.weight()));
        warnings.truncate(self.limits.layer.warnings);
        let mut images = contents.images;
        for warning in warnings.iter().filter(|w| w.weight() != Weight::Note) {
            for image in images.iter_mut().filter(|i| !i.warnings.contains(warning)) {
                image.warnings.insert(0, warning.clone());
            }
        }
        OpenedArchive {
            name: self.name,
            compression: self.compression,
            images,
            others: contents.others,
            warnings,
        }
    }
}
