//! The environment in memory: futures that never wait, and the limits for the targets.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use lamina::layer::Limits;

const MIB: u64 = 1024 * 1024;

/// [`Limits::DEFAULT`], reduced where a megabyte of input could take minutes or gigabytes:
/// uncompressed bytes, zeros to hash, windows, link targets to follow, documents and pages. The page
/// and the command use the rest as it is.
pub(super) const LIMITS: Limits = Limits {
    decoded_bytes: 16 * MIB,
    decoded_floor_bytes: 4 * MIB,
    hole_bytes: 16 * MIB,
    zstd_window_bytes: 8 * MIB,
    spool_memory_bytes: 16 * MIB,
    spool_bytes: 16 * MIB,
    followed_link_bytes: 16 * MIB,
    documents_bytes: 16 * MIB,
    document_values: 300_000,
    lookup_bytes: 64 * MIB,
    pages: 8,
    ..Limits::DEFAULT
};

/// Limits so low that ordinary inputs exceed every one of them.
pub(super) const TIGHT: Limits = Limits {
    entries: 6,
    image_entries: 10,
    paths: 12,
    path_bytes: 60,
    path_depth: 4,
    extension_bytes: 300,
    xattr_bytes: 40,
    text_bytes: 200,
    image_text_bytes: 300,
    sparse_extents: 3,
    hole_bytes: 1000,
    decoded_bytes: 6_000,
    expansion: 2,
    decoded_floor_bytes: 3_000,
    image_decoded_bytes: 9_000,
    image_decoded_floor_bytes: 4_000,
    zstd_window_bytes: 2_048,
    checkpoints: 2,
    json_bytes: 2_000,
    toc_bytes: 3_000,
    toc_chunks: 3,
    toc_chunk_bytes: 500,
    documents_bytes: 20_000,
    document_values: 300,
    annotation_bytes: 60,
    index_depth: 1,
    index_visits: 3,
    layers: 2,
    members: 12,
    symlink_hops: 2,
    followed_link_bytes: 50,
    warnings: 2,
    spool_memory_bytes: 10_000,
    spool_bytes: 9_000,
    answer_bytes: 100,
    pages: 2,
    retries: 1,
    retry_after_seconds: 1,
    lookup_bytes: 1_000,
    links: 2,
    shown_rows: 3,
    shown_text_bytes: 20,
    blob_bytes: 20_000,
    least_rate: 1_000,
    connect_seconds: 1,
    silence_seconds: 1,
    output_expansion: 2,
    output_floor_bytes: 1_000,
    picture_pixels: 100,
    token_bytes: 50,
    header_bytes: 200,
    foreign_places: 1,
    redirects: 1,
    listed_names: 3,
    name_bytes: 40,
    names: 3,
    upload_slice_bytes: 1_000,
    upload_slice_most_bytes: 2_000,
};

/// Runs a future in memory to its end.
pub(super) fn finished<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future waits, though everything is in memory");
}
