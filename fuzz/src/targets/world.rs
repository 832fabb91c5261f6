//! The environment in memory: futures that never wait, and the limits for the targets.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use lamina::bounds::{
    ArchiveLimits, DocumentLimits, EngineLimits, ImageLimits, LayerLimits, Limits, OutputLimits,
    PackageLimits, RegistryLimits, SafetyLimits, SearchLimits, SecretLimits, StructureLimits,
};

const MIB: u64 = 1024 * 1024;

/// [`Limits::DEFAULT`], reduced where a megabyte of input could take minutes or gigabytes:
/// uncompressed bytes, zeros to hash, windows, link targets to follow, documents and pages. The page
/// and the command use the rest as it is.
pub(super) const LIMITS: Limits = Limits {
    layer: LayerLimits {
        decoded_bytes: 16 * MIB,
        decoded_floor_bytes: 4 * MIB,
        hole_bytes: 16 * MIB,
        zstd_window_bytes: 8 * MIB,
        ..LayerLimits::DEFAULT
    },
    archive: ArchiveLimits {
        spool_memory_bytes: 16 * MIB,
        spool_bytes: 16 * MIB,
        lookup_bytes: 64 * MIB,
        ..ArchiveLimits::DEFAULT
    },
    image: ImageLimits {
        followed_link_bytes: 16 * MIB,
        ..ImageLimits::DEFAULT
    },
    documents: DocumentLimits {
        documents_bytes: 16 * MIB,
        document_values: 300_000,
        ..DocumentLimits::DEFAULT
    },
    registry: RegistryLimits {
        pages: 8,
        ..RegistryLimits::DEFAULT
    },
    ..Limits::DEFAULT
};

/// Limits so low that ordinary inputs exceed every one of them.
pub(super) const TIGHT: Limits = Limits {
    layer: LayerLimits {
        entries: 6,
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
        toc_bytes: 3_000,
        toc_chunks: 3,
        toc_chunk_bytes: 500,
        warnings: 2,
    },
    image: ImageLimits {
        layers: 2,
        image_entries: 10,
        paths: 12,
        links: 2,
        symlink_hops: 2,
        followed_link_bytes: 50,
        passed_bytes: 500,
        names: 3,
        name_bytes: 40,
    },
    documents: DocumentLimits {
        json_bytes: 2_000,
        documents_bytes: 20_000,
        document_values: 300,
        annotation_bytes: 60,
        index_depth: 1,
        index_visits: 3,
    },
    archive: ArchiveLimits {
        members: 12,
        lookup_bytes: 1_000,
        spool_memory_bytes: 10_000,
        spool_bytes: 9_000,
    },
    registry: RegistryLimits {
        blob_bytes: 20_000,
        least_rate: 1_000,
        connect_seconds: 1,
        silence_seconds: 1,
        answer_bytes: 100,
        token_bytes: 50,
        header_bytes: 200,
        foreign_places: 1,
        redirects: 1,
        pages: 2,
        listed_names: 3,
        upload_slice_bytes: 1_000,
        upload_slice_most_bytes: 2_000,
        retries: 1,
        retry_after_seconds: 1,
    },
    output: OutputLimits {
        shown_rows: 3,
        shown_text_bytes: 20,
        picture_pixels: 100,
        output_expansion: 2,
        output_floor_bytes: 1_000,
    },
    packages: PackageLimits {
        files: 6,
        database_bytes: 200,
        databases_bytes: 400,
        list_bytes: 30,
        lists_bytes: 60,
        licence_bytes: 60,
        licences_bytes: 80,
        packages: 3,
        mentions: 5,
        text_bytes: 2_000,
        path_bytes: 100,
        listed_paths: 12,
        name_bytes: 8,
        licence_text_bytes: 8,
        licences: 2,
        diversions: 1,
        followed_link_bytes: 20,
        listings: 1,
        manifest_bytes: 100,
        manifests_bytes: 200,
        least_program_bytes: 4,
        program_bytes: 2_000,
        programs_bytes: 4_000,
        archive_bytes: 2_000,
        archives_bytes: 4_000,
        unpacked_bytes: 1_000,
        archive_entries: 4,
        archive_depth: 1,
    },
    secrets: SecretLimits {
        file_bytes: 300,
        of_file: 2,
        findings: 3,
        unread_files: 1,
        failures: 1,
    },
    safety: SafetyLimits {
        accounts_bytes: 100,
        findings: 2,
    },
    structure: StructureLimits {
        file_bytes: 100,
        licences: 1,
    },
    engines: EngineLimits {
        images: 2,
        image_names: 1,
        containers: 1,
        list_bytes: 1_000,
        list_seconds: 1,
        lists: 1,
        asked_at_once: 1,
        export_files: 1,
        export_bytes: 10_000,
        loads: 1,
        load_answer_bytes: 1_000,
        loaded_names: 1,
    },
    search: SearchLimits {
        query_bytes: 40,
        terms: 3,
        hits: 2,
        fuzzy_bytes: 8,
        ..SearchLimits::DEFAULT
    },
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
