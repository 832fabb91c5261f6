//! Archives of any kind, compressed as a whole or not: the images found in them, up to each image's config.

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::image::escape;
use lamina::io::{self, Bytes, ErrorKind, LocalFuture, MemorySpool, ReadAt};
use lamina::layer::Compression;
use lamina::source::archive::{Input, OpenedArchive, OtherKind, open};
use lamina::source::{Error, FoundImage, FoundLayer, Origin};
use lamina::workspace::{
    FileFindings, OpenImage, comment_of, packages_task, report_of, safety_task, system_task,
};

use super::assemble::assembled;
use super::cuts::Numbers;
use super::mend::{Depth, mended};
use super::world::{LIMITS, TIGHT, finished};

/// Opens bytes as an archive: as they are, with corrected checksums, or as the parts that they describe.
pub fn run(data: &[u8]) {
    for archive in readings(data, Depth::Outer) {
        check(&archive);
    }
}

/// Returns the archives that an input describes.
pub(super) fn readings(data: &[u8], depth: Depth) -> Vec<Vec<u8>> {
    if let Some(tar) = assembled(data) {
        return vec![tar];
    }
    let mended = mended(data, depth);
    let mut all = vec![data.to_vec()];
    if mended != data {
        all.push(mended);
    }
    all
}

/// Bytes that are read in pieces of a given length.
struct InPieces(Bytes, usize);

impl ReadAt for InPieces {
    fn len_bytes(&self) -> u64 {
        self.0.len_bytes()
    }

    fn piece_bytes(&self) -> usize {
        self.1
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        self.0.read_at(offset, len)
    }
}

/// Opens an archive in pieces of the usual length, and finds its images.
pub(super) fn opened(archive: &[u8], limits: &Limits) -> Result<OpenedArchive, Error> {
    opened_in(archive, 1024 * 1024, limits)
}

/// Opens an archive in pieces of `piece_bytes`.
pub(super) fn opened_in(
    archive: &[u8],
    piece_bytes: usize,
    limits: &Limits,
) -> Result<OpenedArchive, Error> {
    let input = Input::File {
        name: "input.tar".to_owned(),
        bytes: Rc::new(InPieces(Bytes::new(archive), piece_bytes)),
    };
    let spool = || Box::new(MemorySpool::new(limits.archive.spool_memory_bytes)) as _;
    finished(open(input, spool, limits, &|_| ControlFlow::Continue(())))
}

fn check(archive: &[u8]) {
    let plain = opened(archive, &LIMITS);
    let outline = outline(&plain);
    // Single bytes, or more in a long archive, where single bytes would take too long.
    let single = 1 + archive.len() / 20_000;
    let own = 1 + Numbers::of(archive).below(archive.len().max(1) * 2);
    for piece_bytes in [single, own] {
        let cut = opened_in(archive, piece_bytes, &LIMITS);
        assert_eq!(self::outline(&cut), outline);
        assert_eq!(cut.err(), plain.as_ref().err().cloned());
    }
    check_cancelled(archive);
    if let Ok(archive) = plain {
        check_opened(archive, &LIMITS);
    }
    if let Ok(archive) = opened(archive, &TIGHT) {
        check_opened(archive, &TIGHT);
    }
    let wrapped = opened(&in_zstd(archive), &LIMITS);
    if let (Some(outline), Ok(wrapped)) = (outline, wrapped) {
        assert_eq!(wrapped.compression, Compression::Zstd);
        assert_eq!(self::outline(&Ok(wrapped)), Some(outline));
    }
}

/// Returns the content of an archive as text; `None` if it is unreadable, or compressed as a whole.
fn outline(opened: &Result<OpenedArchive, Error>) -> Option<String> {
    let opened = opened.as_ref().ok()?;
    if opened.compression == Compression::None || opened.compression == Compression::Zstd {
        let images = opened.images.iter().map(image_outline);
        let others = opened
            .others
            .iter()
            .map(|other| format!("{} {:?} {:?}", other.kind.word(), other.names, other.digest));
        let lines: Vec<_> = images.chain(others).collect();
        return Some(format!("{}\n{:?}", lines.join("\n"), opened.warnings));
    }
    None
}

fn image_outline(image: &FoundImage) -> String {
    let layers: Vec<_> = image.layers.iter().map(layer_outline).collect();
    let config = image.config.as_ref().map(|c| c.as_ref().map(|c| &c.digest));
    let is_flat = image.origin == Origin::FlatRootfs;
    format!(
        "{:?} {:?} {:?} {:?} {config:?} {}",
        image.names,
        image.origin,
        image.image_id,
        image.platform,
        // A root file system is its own layer, compressed or not.
        if is_flat {
            String::new()
        } else {
            layers.join(" ")
        },
    )
}

fn layer_outline(layer: &FoundLayer) -> String {
    let size_bytes = layer.blob.as_ref().map(|blob| blob.size_bytes());
    let size_bytes = size_bytes.map_err(ToString::to_string);
    format!("{:?} {:?} {size_bytes:?}", layer.digest, layer.diff_id)
}

/// Returns bytes as a zstd frame of raw blocks, without a checksum.
fn in_zstd(bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x58];
    let mut blocks = bytes.chunks(100_000).peekable();
    if bytes.is_empty() {
        frame.extend([1, 0, 0]);
    }
    while let Some(block) = blocks.next() {
        let last = u32::from(blocks.peek().is_none());
        let len = u32::try_from(block.len()).expect("is a block's length");
        frame.extend_from_slice(&(len << 3 | last).to_le_bytes()[..3]);
        frame.extend_from_slice(block);
    }
    frame
}

/// Checks that opening stops when it is cancelled.
fn check_cancelled(archive: &[u8]) {
    let input = Input::File {
        name: String::new(),
        bytes: Rc::new(Bytes::new(archive)),
    };
    let spool = || Box::new(MemorySpool::new(LIMITS.archive.spool_memory_bytes)) as _;
    let was_asked = std::cell::Cell::new(false);
    let stop = |_| {
        was_asked.set(true);
        ControlFlow::Break(())
    };
    let result = finished(open(input, spool, &LIMITS, &stop));
    if was_asked.get() {
        let is_cancelled = matches!(
            &result,
            Err(Error::Io { cause, .. }) if cause.kind == ErrorKind::Cancelled
        );
        assert!(is_cancelled, "was told to stop");
    }
}

fn check_opened(archive: OpenedArchive, limits: &Limits) {
    assert!(archive.warnings.len() <= limits.layer.warnings);
    assert!(archive.images.len() <= limits.documents.index_visits.max(1));
    for other in &archive.others {
        if let OtherKind::Unavailable(error) = &other.kind {
            assert!(!error.to_string().is_empty());
        }
    }
    for image in archive.images.into_iter().take(50) {
        check_image(image, limits);
    }
}

fn check_image(image: FoundImage, limits: &Limits) {
    assert!(image.layers.len() <= limits.image.layers);
    if let Some(Ok(config)) = &image.config {
        assert_eq!(config.matches(&config.digest), Some(true));
    }
    if let Some(manifest) = &image.manifest {
        assert_ne!(manifest.digest.matches(&manifest.bytes), Some(false));
    }
    for layer in &image.layers {
        if let Ok(blob) = &layer.blob {
            let len = blob.size_bytes().expect("a member has a length");
            assert!(len <= limits.archive.spool_bytes.max(1 << 30));
            assert!(finished(blob.read_at(len, 1)).is_err());
            let last = finished(blob.read_at(len.saturating_sub(1), 1));
            assert_eq!(last.is_ok(), len > 0, "the last byte of {len}");
        }
    }
    let n_layers = image.layers.len();
    let open = OpenImage::new(image, *limits);
    assert_eq!(open.layers().len(), n_layers);
    for (_, layer) in open.history() {
        assert!(layer.is_none_or(|layer| layer < n_layers));
    }
    for layer in 0..n_layers {
        let _ = (
            open.chain_id(layer),
            open.history_of(layer),
            open.diff_id(layer),
        );
    }
    let system = system_task(&open).map(|task| finished(task.run(&|_| None)));
    let packages = packages_task(&open).map(|task| finished(task.read(&|_| None)).finish(&open));
    let safety = safety_task(&open).map(|task| finished(task.read(&|_| None)).finish(&open));
    let found = FileFindings {
        system: system.as_ref(),
        packages: packages.as_ref(),
        secrets: None,
        safety: safety.as_ref(),
    };
    let report = report_of(&open, found);
    let report = serde_json::to_string(&report).expect("a report is JSON");
    assert!(report.starts_with('{'));
    let _ = (open.title(), comment_of(&open), open.stored_bytes());
    for warning in open.warnings() {
        assert!(!warning.code().is_empty());
        assert_eq!(escape(warning.subject.as_bytes()), warning.subject);
    }
}
