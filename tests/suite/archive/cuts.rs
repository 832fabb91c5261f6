//! One archive in many pieces: as a whole, byte by byte, and cut at random; and the full result of opening it.

use std::cell::Cell;
use std::rc::Rc;

use lamina::io::{self, LocalFuture, MemorySpool, ReadAt, Spool};
use lamina::source::archive::{Input, OpenedArchive, OtherContent, OtherKind};
use lamina::source::{Blob, Error, FoundImage, FoundLayer};

use crate::support::run;

use super::fixture::digest_of;
use super::reading::{file_lines, layer_lines, read_image};

/// Number of small pieces. Further ones are large, so that tests of larger archives finish in time.
const SMALL_PIECES: u64 = 20_000;
const LARGE_BYTES: usize = 64 * 1024;
/// Maximum number of bytes compared per blob.
const MOST_BYTES: usize = 256 * 1024;

/// A way to cut bytes.
#[derive(Clone, Copy)]
enum Way {
    Whole,
    /// Into pieces of 1 to this many bytes.
    Pieces(u64),
}

const WAYS: [Way; 4] = [
    Way::Whole,
    Way::Pieces(1),
    Way::Pieces(7),
    Way::Pieces(1500),
];

/// An input whose bytes all come in pieces.
pub(super) struct Cut {
    pub(super) input: Input,
    way: Way,
}

/// Returns the same input cut in every way, the whole one first.
pub(super) fn ways(input: Input) -> [Cut; 4] {
    WAYS.map(|way| Cut {
        input: match &input {
            Input::File { name, bytes } => Input::File {
                name: name.clone(),
                bytes: way.of(Rc::clone(bytes)),
            },
            Input::Folder { name, files } => Input::Folder {
                name: name.clone(),
                files: files
                    .iter()
                    .map(|(path, bytes)| (path.clone(), way.of(Rc::clone(bytes))))
                    .collect(),
            },
        },
        way,
    })
}

impl Cut {
    /// Returns a spool in memory, with bytes cut like those of the input.
    pub(super) fn spool(&self, limit_bytes: u64) -> Box<dyn Spool> {
        Box::new(CutSpool {
            inner: Box::new(MemorySpool::new(limit_bytes)),
            way: self.way,
        })
    }
}

impl Way {
    fn of(self, bytes: Rc<dyn ReadAt>) -> Rc<dyn ReadAt> {
        match self {
            Way::Whole => bytes,
            Way::Pieces(most_bytes) => Rc::new(InPieces {
                bytes,
                most_bytes,
                n_pieces: Cell::new(0),
                dice: Cell::new(most_bytes),
            }),
        }
    }
}

struct InPieces {
    bytes: Rc<dyn ReadAt>,
    most_bytes: u64,
    n_pieces: Cell<u64>,
    dice: Cell<u64>,
}

impl ReadAt for InPieces {
    fn len_bytes(&self) -> u64 {
        self.bytes.len_bytes()
    }

    fn piece_bytes(&self) -> usize {
        self.n_pieces.set(self.n_pieces.get() + 1);
        if self.n_pieces.get() > SMALL_PIECES {
            return LARGE_BYTES;
        }
        // Knuth's generator: looks random, but is the same on every run.
        let rolled = self.dice.get().wrapping_mul(6_364_136_223_846_793_005);
        self.dice
            .set(rolled.wrapping_add(1_442_695_040_888_963_407));
        1 + ((self.dice.get() >> 33) % self.most_bytes) as usize
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        self.bytes.read_at(offset, len)
    }
}

struct CutSpool {
    inner: Box<MemorySpool>,
    way: Way,
}

impl Spool for CutSpool {
    fn append(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), io::Error>> {
        self.inner.append(bytes)
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<Rc<dyn ReadAt>, io::Error>> {
        Box::pin(async move { Ok(self.way.of(self.inner.finish().await?)) })
    }
}

/// Describes the result of opening an archive, one fact per line, and its layers after they are read.
pub(super) fn describe(opened: &OpenedArchive) -> Vec<String> {
    let mut lines = vec![
        format!("{} {}", opened.name, opened.compression),
        format!("{:?}", opened.warnings),
    ];
    opened
        .images
        .iter()
        .for_each(|image| describe_image(image, &mut lines));
    opened
        .others
        .iter()
        .for_each(|other| describe_other(other, &mut lines));
    lines
}

fn describe_image(image: &FoundImage, lines: &mut Vec<String>) {
    lines.push(format!("image {:?} {:?}", image.names, image.origin));
    lines.push(format!("{:?} {:?}", image.image_id, image.index_digest));
    lines.push(format!("{:?} {:?}", image.platform, image.artifact_type));
    lines.push(format!("{:?}", image.manifest));
    lines.push(format!("{:?}", image.config));
    lines.push(format!("{:?}", image.annotations));
    lines.push(format!("{:?}", image.warnings));
    lines.extend(image.layers.iter().map(layer_line));
    let is_small = |layer: &FoundLayer| layer.claimed_bytes().unwrap_or(0) < MOST_BYTES as u64;
    if image.layers.iter().all(is_small) {
        let read = read_image(image);
        lines.extend(layer_lines(&read));
        lines.extend(file_lines(&read));
        let read = (0..image.layers.len()).filter_map(|layer| read.read_layer(layer));
        lines.extend(read.map(|read| {
            let (damage, warnings) = (&read.damage, &read.warnings);
            format!("{} {:?} {damage:?} {warnings:?}", read.digest, read.diff_id)
        }));
    }
}

fn describe_other(other: &OtherContent, lines: &mut Vec<String>) {
    lines.push(format!("other {} {:?}", other.kind.word(), other.names));
    lines.push(format!("{:?} {:?}", other.media_type, other.digest));
    lines.push(format!("{:?} {:?}", other.size_bytes, other.platform));
    lines.push(format!("{:?} {:?}", other.annotations, other.index_digest));
    lines.push(blob_line(&other.blob));
    match &other.kind {
        OtherKind::Unknown | OtherKind::NotSaved | OtherKind::BuildCache => {}
        OtherKind::Attestation { of, statements } => {
            lines.push(format!("{of:?}"));
            lines.extend(statements.iter().map(layer_line));
        }
        OtherKind::Unavailable(error) => lines.push(format!("{error:?}")),
    }
}

fn layer_line(layer: &FoundLayer) -> String {
    let (media_type, digest, diff_id) = (&layer.media_type, &layer.digest, &layer.diff_id);
    let claims = format!(
        "{media_type:?} {digest:?} {:?} {diff_id:?}",
        layer.size_bytes
    );
    format!(
        "layer {claims} {:?} {}",
        layer.annotations,
        blob_line(&layer.blob)
    )
}

/// Describes a blob by its length and the digest of its bytes, as streamed.
fn blob_line(blob: &Result<Rc<dyn Blob>, Error>) -> String {
    let blob = match blob {
        Ok(blob) => blob,
        Err(error) => return format!("{error:?}"),
    };
    let mut stream = run(blob.stream()).unwrap();
    let mut bytes = Vec::new();
    while bytes.len() < MOST_BYTES {
        match run(stream.next()).unwrap() {
            Some(piece) => bytes.extend(piece),
            None => break,
        }
    }
    bytes.truncate(MOST_BYTES);
    format!("{:?} {}", blob.size_bytes(), digest_of(bytes))
}

/// Fails with the first line that differs, instead of thousands of bytes.
pub(super) fn assert_same(way: usize, cut: &[String], whole: &[String]) {
    let short = |line: &String| line.chars().take(2000).collect::<String>();
    for (cut, whole) in cut.iter().zip(whole) {
        assert!(
            cut == whole,
            "way {way} of cutting: {} is {}",
            short(whole),
            short(cut)
        );
    }
    assert_eq!(cut.len(), whole.len(), "way {way} of cutting");
}
