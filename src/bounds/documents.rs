//! The bounds on the JSON documents of images: manifests, indexes and configs.

/// Bounds on the documents of an image, an archive or a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Bytes of one JSON document: manifest, index or config. Stops memory exhaustion by documents.
    pub json_bytes: u64,
    /// Bytes of all documents of an archive, or below an index. Stops an archive that names one large document ten
    /// thousand times.
    pub documents_bytes: u64,
    /// JSON values in the same documents. Stops a document of empty objects, each of which takes fifty times its
    /// bytes.
    pub document_values: u64,
    /// Bytes of the annotations that an index passes on to each of its images. Stops one annotation copied ten thousand
    /// times; larger ones are omitted.
    pub annotation_bytes: usize,
    /// Levels of nested indexes. Stops endless descent.
    pub index_depth: usize,
    /// Documents visited, and entries listed, below one index. Stops fan-out bombs.
    pub index_visits: usize,
}

impl DocumentLimits {
    /// JSON values in one document. Stops a few megabytes of `{"":0}` from becoming gigabytes of maps.
    pub const VALUES: usize = 250_000;

    /// Levels of lists and objects in one document. Stops a text of brackets alone, on which the parser would exhaust
    /// its stack; well below `serde_json`'s own bound.
    pub const DEPTH: usize = 100;

    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: DocumentLimits = DocumentLimits {
        json_bytes: 16 * 1024 * 1024,
        documents_bytes: 128 * 1024 * 1024,
        document_values: 2_000_000,
        annotation_bytes: 64 * 1024,
        index_depth: 16,
        index_visits: 2_000,
    };
}
