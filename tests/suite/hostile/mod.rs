//! Images made to do harm: each ends in a clear message or a partial opening, in bounded work, and never in a panic.
//!
//! Large inputs are made as they are read, and limits are lowered where the real ones would take a debug build
//! minutes; `tests/memory.rs` reads the large ones at full size, natively. Hosts and answers are the `registry` suite's.

mod bombs;
mod cuts;
mod documents;
mod layers;
mod links;
mod registries;
mod swelling;
mod whole_image;

use std::rc::Rc;

use lamina::io::{self, Bytes, LocalFuture, ReadAt};
use lamina::layer::{Expected, FileHashes, LayerReader, LayerReading, Limits, ReadOptions};
use lamina::overlay::Union;

/// Bytes that are not held: a beginning, then one piece again and again.
struct Repeated {
    first: Vec<u8>,
    piece: Vec<u8>,
    n_pieces: u64,
}

impl ReadAt for Repeated {
    fn len_bytes(&self) -> u64 {
        self.first.len() as u64 + self.piece.len() as u64 * self.n_pieces
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        let mut bytes = Vec::with_capacity(len);
        let mut at = offset;
        while bytes.len() < len {
            let rest = match at.checked_sub(self.first.len() as u64) {
                None => &self.first[at as usize..],
                Some(at) => &self.piece[(at % self.piece.len() as u64) as usize..],
            };
            let n = rest.len().min(len - bytes.len());
            bytes.extend_from_slice(&rest[..n]);
            at += n as u64;
        }
        Box::pin(std::future::ready(Ok(bytes)))
    }
}

fn options(limits: Limits) -> ReadOptions {
    ReadOptions {
        limits,
        file_hashes: FileHashes::Skip,
    }
}

/// Reads a layer that comes in these pieces.
fn read<'p>(pieces: impl IntoIterator<Item = &'p [u8]>, limits: Limits) -> LayerReading {
    let mut reader = LayerReader::new(Expected::default(), options(limits));
    for piece in pieces {
        reader.push(piece);
    }
    reader.finish()
}

/// Why a layer could not be read to its end.
fn damage_of(reading: &LayerReading) -> String {
    let damage = reading.damage.as_ref();
    damage.map(ToString::to_string).unwrap_or_default()
}

/// A header with its content, which may be claimed to be longer than it is.
fn entry(flag: u8, name: &[u8], link: &[u8], content: &[u8]) -> Vec<u8> {
    header(
        flag,
        name,
        link,
        format!("{:011o}\0", content.len()),
        content,
    )
}

fn header(flag: u8, name: &[u8], link: &[u8], size: impl AsRef<[u8]>, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    let old = header.as_old_mut();
    old.name[..name.len()].copy_from_slice(name);
    old.linkname[..link.len()].copy_from_slice(link);
    old.linkflag = [flag];
    old.size.copy_from_slice(size.as_ref());
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// A PAX header of one record.
fn pax(key: &str, value: &[u8]) -> Vec<u8> {
    entry(b'x', b"pax", b"", &record(key, value))
}

fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut len = rest + 1;
    while len != rest + len.to_string().len() {
        len = rest + len.to_string().len();
    }
    [format!("{len} {key}=").as_bytes(), value, b"\n"].concat()
}

/// A file whose name and link may be of any length.
fn named(flag: u8, name: &[u8], link: &[u8]) -> Vec<u8> {
    let long = |flag, text: &[u8]| match text.len() {
        0..=100 => Vec::new(),
        _ => entry(flag, b"long", b"", text),
    };
    let short = |text: &[u8]| text[..text.len().min(100)].to_vec();
    [
        long(b'L', name),
        long(b'K', link),
        entry(flag, &short(name), &short(link), b""),
    ]
    .concat()
}

/// The union of layers of these bytes, within limits.
fn union_of(layers: &[Vec<u8>], limits: Limits) -> Union {
    let mut union = Union::new(limits);
    for layer in layers {
        let reading = read([layer.as_slice()], Limits::DEFAULT);
        assert_eq!(damage_of(&reading), "");
        union.apply(Rc::new(reading.index));
    }
    union
}

/// The warnings of a union's topmost layer, each code once.
fn codes(union: &Union) -> Vec<String> {
    let warnings = union.warnings(union.last_layer().unwrap());
    let left_out = union.left_out(union.last_layer().unwrap()).first.iter();
    let left_out = left_out.map(|told| format!("left out by {}", told.why.word()));
    let mut codes: Vec<_> = left_out
        .chain(warnings.kept.iter().map(|w| w.code().to_owned()))
        .collect();
    codes.dedup();
    codes
}

fn bytes(bytes: Vec<u8>) -> Rc<dyn ReadAt> {
    Rc::new(Bytes::new(bytes))
}
