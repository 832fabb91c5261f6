//! One file in the middle of a large gzip layer: the bytes read and inflated for it, counted instead of timed.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    unused_imports,
    reason = "what is shared by path with the suites is used in part"
)]

#[path = "suite/support/mod.rs"]
mod support;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::io::{ByteStream, LocalFuture, VecStream};
use lamina::layer::{Entry, Expected, FileHashes, ReadOptions};
use lamina::source::{Blob, Error};
use lamina::workspace::{FileContent, LayerTask, ReadLayer, read_layer};

use support::{gzip_of, run, tar_of};

const MIB: u64 = 1024 * 1024;
/// Uncompressed bytes between two checkpoints, unless there are too many of them.
const SPAN_BYTES: u64 = 4 * MIB;

/// A blob in memory that counts the bytes read from it in ranges.
struct Counting {
    bytes: Vec<u8>,
    n_read: Cell<u64>,
}

impl Blob for Counting {
    fn size_bytes(&self) -> Option<u64> {
        Some(self.bytes.len() as u64)
    }

    fn stream(&self) -> LocalFuture<'_, Result<Box<dyn ByteStream>, Error>> {
        let pieces = self.bytes.chunks(64 * 1024).map(<[u8]>::to_vec);
        let stream: Box<dyn ByteStream> = Box::new(VecStream::new(pieces.collect()));
        Box::pin(std::future::ready(Ok(stream)))
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        self.n_read.set(self.n_read.get() + len as u64);
        let bytes = self.bytes[offset as usize..][..len].to_vec();
        Box::pin(std::future::ready(Ok(bytes)))
    }
}

/// Returns content that compresses like programs, to about a third.
fn content(seed: u32, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let word = state >> 8;
        bytes.extend((word as u16).to_le_bytes());
        bytes.extend(b"push rbp\n\0\0");
    }
    bytes.truncate(len);
    bytes
}

/// Makes a layer of files, from a few bytes to some MiB, with at least `decoded_bytes` uncompressed bytes.
fn layer(decoded_bytes: u64) -> (ReadLayer, Rc<Counting>, Vec<Vec<u8>>) {
    let (mut tar, mut files) = (Vec::new(), Vec::new());
    while (tar.len() as u64) < decoded_bytes {
        let number = files.len() as u32;
        let len = [30, 4_000, 700_000, 90, 2_500_000, 60_000][files.len() % 6];
        let mut header = tar::Header::new_ustar();
        header.set_path(format!("f{number}")).unwrap();
        header.set_size(len as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.extend(header.as_bytes());
        files.push(content(number, len));
        tar.extend(files.last().unwrap());
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend([0; 1024]);
    let blob = Rc::new(Counting {
        bytes: gzip_of(&tar, 1),
        n_read: Cell::new(0),
    });
    let task = LayerTask {
        blob: Rc::clone(&blob) as Rc<dyn Blob>,
        expected: Expected::default(),
        before: Default::default(),
    };
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Skip,
    };
    let go_on = |_| ControlFlow::Continue(());
    let (read, _) = run(read_layer(task, options, &go_on)).unwrap();
    assert_eq!(read.damage, None);
    (read, blob, files)
}

#[test]
fn a_file_in_the_middle_of_a_large_layer_costs_one_span_and_itself() {
    let (read, blob, files) = layer(72 * MIB);
    assert!(read.decoded_bytes > 72 * MIB);
    let index_bytes = read.access.heap_bytes() as u64;
    assert!(
        index_bytes * 100 <= read.decoded_bytes,
        "{index_bytes} bytes lead into {}",
        read.decoded_bytes
    );
    // Largest distance between two checkpoints, in uncompressed and in compressed bytes.
    let starts = read.access.checkpoints.iter();
    let starts = starts.map(|c| (c.decoded_offset.0, c.stored_offset));
    let ends = starts.clone().skip(1);
    let ends = ends.chain([(read.decoded_bytes, read.stored_bytes)]);
    let spans = starts.zip(ends).map(|(a, b)| (b.0 - a.0, b.1 - a.1));
    let (mut decoded_span, mut stored_span) = (0, 0);
    for (decoded, stored) in spans {
        decoded_span = decoded_span.max(decoded);
        stored_span = stored_span.max(stored);
    }
    // A block is decoded to its end before a checkpoint is recorded.
    assert!(decoded_span < SPAN_BYTES + MIB, "{decoded_span}");
    let read = Rc::new(read);
    let ids: Vec<_> = read.index.entries().map(|entry| entry.id).collect();
    let mut farthest = 0;
    for (id, content) in ids.into_iter().zip(&files) {
        blob.n_read.set(0);
        let n_decoded = Cell::new(0);
        let watch = |decoded| {
            n_decoded.set(decoded);
            None
        };
        let file = FileContent::new(Rc::clone(&read), id).unwrap();
        let size = content.len() as u64;
        let bytes = run(file.read(0, size, &watch)).unwrap();
        assert!(bytes == *content, "file {}", id.0);
        let n_decoded = n_decoded.get();
        assert!(
            n_decoded <= decoded_span + size,
            "{n_decoded} bytes decoded for {size}"
        );
        if size < MIB {
            assert!(n_decoded <= 8 * MIB, "{n_decoded} bytes for a small file");
        }
        // The compressed bytes that it is decoded from, in whole hashed spans of 64 KiB. A large file may extend
        // over several checkpoints.
        let most = stored_span * (size / SPAN_BYTES + 2) + 2 * 64 * 1024;
        assert!(
            blob.n_read.get() <= most,
            "{} bytes read",
            blob.n_read.get()
        );
        assert!(blob.n_read.get() * 4 < read.stored_bytes);
        farthest = farthest.max(n_decoded - size);
    }
    assert!(
        farthest > 2 * MIB,
        "some file lies deep in a span: {farthest}"
    );
}

/// The same holds for a layer of 1 GB: spans only grow if there are too many checkpoints.
#[test]
fn a_layer_of_a_gigabyte_has_places_to_begin_as_near_to_each_other() {
    let n_spans = 1_000_000_000_u64.div_ceil(SPAN_BYTES);
    assert!(
        n_spans < Limits::DEFAULT.layer.checkpoints as u64,
        "{n_spans}"
    );
    // Each with a window of 32 KiB: less than a hundredth of the bytes that it gives access to.
    assert!(n_spans * 33 * 1024 * 100 < 1_000_000_000);
}
