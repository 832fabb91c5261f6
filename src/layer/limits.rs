//! Every bound on what an image or a registry can make Lamina do.
//!
//! The readers enforce them. The user may raise the bounds that protect only the user: see `Bound`.

/// Bounds on hostile or broken input. Each field documents its unit and the attack it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries per layer. Stops memory exhaustion by millions of empty names.
    pub entries: u32,
    /// Entries in all layers of an image. Stops the same attack spread over a thousand layers.
    pub image_entries: u64,
    /// Paths in all layers of an image, including directories without an entry. Stops memory exhaustion by deep
    /// names, each of which creates thousands of directories.
    pub paths: usize,
    /// Bytes of one path or link target. Stops names that no file system can hold.
    pub path_bytes: usize,
    /// Components of one path. Stops deep recursion by nesting.
    pub path_depth: usize,
    /// Bytes of one PAX or GNU long-name record. Stops a header that is itself a bomb.
    pub extension_bytes: u64,
    /// Bytes of extended attributes per layer. Stops memory exhaustion by attributes.
    pub xattr_bytes: u64,
    /// Bytes of names, link targets and attributes per layer. Stops memory exhaustion by long names.
    pub text_bytes: u64,
    /// Bytes of names, link targets and attributes in all layers of an image. Stops the same attack spread over a
    /// hundred layers.
    pub image_text_bytes: u64,
    /// Extents of all sparse files per layer. Stops memory exhaustion by maps.
    pub sparse_extents: usize,
    /// Bytes of sparse files' holes that are hashed per layer. Stops endless hashing of zeros.
    pub hole_bytes: u64,
    /// Uncompressed bytes per layer. Stops decompression bombs.
    pub decoded_bytes: u64,
    /// Uncompressed bytes per compressed byte, once `decoded_floor_bytes` are exceeded. Stops decompression bombs
    /// early: deflate reaches 1,032 at most, and real layers hardly ever 100.
    pub expansion: u64,
    /// Uncompressed bytes per layer up to which `expansion` is not enforced.
    pub decoded_floor_bytes: u64,
    /// Uncompressed bytes of all layers of an image. Stops decompression bombs cut into a hundred layers.
    pub image_decoded_bytes: u64,
    /// Uncompressed bytes of all layers together up to which `expansion` is not enforced for their sum.
    pub image_decoded_floor_bytes: u64,
    /// Bytes of a zstd window or an xz dictionary. Stops a header that asks for gigabytes.
    pub zstd_window_bytes: u64,
    /// Checkpoints kept per layer, each with up to 32 KiB. Beyond it every other one is dropped.
    pub checkpoints: usize,
    /// Bytes of one JSON document: manifest, index or config. Stops memory exhaustion by documents.
    pub json_bytes: u64,
    /// Bytes of a layer's table of contents, compressed and uncompressed. Stops a layer that is all table. A layer
    /// with a larger table is read as a whole.
    pub toc_bytes: u64,
    /// Chunks of files in such a table. Stops memory exhaustion by files cut to pieces.
    pub toc_chunks: usize,
    /// Bytes of one chunk, and of the bytes before it in its gzip member. Stops memory exhaustion by bytes held
    /// until they are verified. A file with larger chunks can be opened once its layer is read.
    pub toc_chunk_bytes: u64,
    /// Bytes of all documents of an archive, or below an index. Stops an archive that names one large document ten
    /// thousand times.
    pub documents_bytes: u64,
    /// JSON values in the same documents. Stops a document of empty objects, each of which takes fifty times its
    /// bytes.
    pub document_values: u64,
    /// Bytes of the annotations that an index passes on to each of its images. Larger ones are omitted.
    pub annotation_bytes: usize,
    /// Levels of nested indexes. Stops endless descent.
    pub index_depth: usize,
    /// Documents visited, and entries listed, below one index. Stops fan-out bombs.
    pub index_visits: usize,
    /// Layers per image.
    pub layers: usize,
    /// Members per archive.
    pub members: usize,
    /// Bytes compared while members of an archive are looked up, including links followed. Stops long paths through
    /// chains of links that are looked up for every layer.
    pub lookup_bytes: u64,
    /// Other names listed per file. Stops a file with a million hard links from being listed a million times.
    pub links: usize,
    /// Symbolic links followed per path, as in Linux containers.
    pub symlink_hops: usize,
    /// Bytes of symbolic link targets followed for the paths of one layer. Stops long links named by every entry.
    pub followed_link_bytes: u64,
    /// Warnings kept per layer or image. Further ones are only counted.
    pub warnings: usize,
    /// Rows shown of one list of a document: history, labels, variables or annotations.
    pub shown_rows: usize,
    /// Bytes shown of one text of a document.
    pub shown_text_bytes: usize,
    /// Bytes of a decompressed archive held in memory where no file can take them.
    pub spool_memory_bytes: u64,
    /// Bytes of a decompressed archive in total.
    pub spool_bytes: u64,
    /// Bytes of a blob of unknown length. Stops a registry whose layer never ends.
    pub blob_bytes: u64,
    /// Minimum bytes per second of a blob, averaged over all of it with one minute of grace. Stops a registry that
    /// sends a byte now and then. 0 disables the check.
    pub least_rate: u64,
    /// Seconds until a connection is established, where the program makes it itself.
    pub connect_seconds: u64,
    /// Seconds without a byte of a response, after which a request is aborted and retried once. Requests that
    /// change something, such as the end of an upload, get ten times as long, because the registry works meanwhile.
    pub silence_seconds: u64,
    /// Bytes that the command writes per compressed byte of the image, beyond `output_floor_bytes`. Stops an
    /// archive of a hundred kilobytes whose listing or root file system fills the disk.
    pub output_expansion: u64,
    /// Bytes written up to which `output_expansion` is not enforced.
    pub output_floor_bytes: u64,
    /// Pixels of a displayed picture, over all of its frames. Stops a small file that takes gigabytes to draw.
    pub picture_pixels: u64,
    /// Bytes of a registry's list or error body.
    pub answer_bytes: u64,
    /// Bytes of a token server's response. Stops a server that anybody can name from filling the memory.
    pub token_bytes: u64,
    /// Bytes of the header fields of one response. Stops responses that are all header.
    pub header_bytes: u64,
    /// Foreign hosts asked for the layers of one image, and addresses per layer. Stops a manifest that makes Lamina
    /// ask thousands of hosts.
    pub foreign_places: usize,
    /// Redirects followed per request, where the browser does not follow them. Stops endless chains.
    pub redirects: u32,
    /// Pages of a catalog or tag list that are read before the user asks for more.
    pub pages: usize,
    /// Names of a catalog or tag list held at once. Stops a registry whose list never ends.
    pub listed_names: usize,
    /// Bytes of one name in such a list, or of an image in an archive. A longer name is omitted.
    pub name_bytes: usize,
    /// Names of one image in an archive.
    pub names: usize,
    /// Bytes of one upload slice, which are held in memory while they are sent.
    pub upload_slice_bytes: u64,
    /// Bytes per slice that a registry may demand. Stops a registry that demands whole layers in memory.
    pub upload_slice_most_bytes: u64,
    /// Attempts at one request after 429, 5xx or a broken connection.
    pub retries: u32,
    /// Seconds that a registry may ask to wait. Beyond it Lamina reports the registry instead of waiting.
    pub retry_after_seconds: u64,
}

impl Limits {
    /// The limits of the page and the command unless others are given.
    pub const DEFAULT: Limits = Limits {
        entries: 4_000_000,
        image_entries: 8_000_000,
        paths: 8_000_000,
        path_bytes: 16 * 1024,
        path_depth: 2_048,
        extension_bytes: 1024 * 1024,
        xattr_bytes: 64 * 1024 * 1024,
        text_bytes: GIB / 2,
        image_text_bytes: GIB / 8,
        sparse_extents: 1_000_000,
        hole_bytes: 4 * GIB,
        decoded_bytes: 64 * GIB,
        expansion: 200,
        decoded_floor_bytes: GIB,
        image_decoded_bytes: 256 * GIB,
        image_decoded_floor_bytes: 8 * GIB,
        zstd_window_bytes: 128 * 1024 * 1024,
        checkpoints: 512,
        json_bytes: 16 * 1024 * 1024,
        toc_bytes: 64 * 1024 * 1024,
        toc_chunks: 1_000_000,
        toc_chunk_bytes: 64 * 1024 * 1024,
        documents_bytes: 128 * 1024 * 1024,
        document_values: 2_000_000,
        annotation_bytes: 64 * 1024,
        index_depth: 16,
        index_visits: 2_000,
        layers: 1_000,
        members: 1_000_000,
        lookup_bytes: GIB,
        links: 1_000,
        symlink_hops: 255,
        followed_link_bytes: GIB,
        warnings: 200,
        shown_rows: 2_000,
        shown_text_bytes: 64 * 1024,
        spool_memory_bytes: GIB,
        spool_bytes: 64 * GIB,
        blob_bytes: 64 * GIB,
        least_rate: 1024,
        connect_seconds: 20,
        silence_seconds: 30,
        output_expansion: 1_000,
        output_floor_bytes: GIB,
        picture_pixels: 100_000_000,
        answer_bytes: 16 * 1024 * 1024,
        token_bytes: 256 * 1024,
        header_bytes: 64 * 1024,
        foreign_places: 8,
        redirects: 10,
        pages: 1_000,
        listed_names: 1_000_000,
        name_bytes: 1_024,
        names: 200,
        upload_slice_bytes: 4 * 1024 * 1024,
        upload_slice_most_bytes: 64 * 1024 * 1024,
        retries: 4,
        retry_after_seconds: 30,
    };
}

const GIB: u64 = 1024 * 1024 * 1024;
