//! Every bound on what an image or a registry can make Lamina do, in one place.
//!
//! The readers enforce them; those that protect only the person who reads may be raised by this person: see `Bound`.

/// Bounds on hostile or broken input. Each field says its unit and the attack it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries in one layer. Stops memory exhaustion by millions of empty names.
    pub entries: u32,
    /// Entries in all layers of one image. Stops the same by a thousand layers.
    pub image_entries: u64,
    /// Paths in all layers of one image, directories that no entry describes with them. Stops memory exhaustion by
    /// deep names, of which each makes thousands of directories.
    pub paths: usize,
    /// Bytes of one path or link target. Stops names that no file system holds.
    pub path_bytes: usize,
    /// Components of one path. Stops deep recursion by nesting.
    pub path_depth: usize,
    /// Bytes of one PAX or GNU long-name record. Stops a header that is itself a bomb.
    pub extension_bytes: u64,
    /// Bytes of extended attributes in one layer. Stops memory exhaustion by attributes.
    pub xattr_bytes: u64,
    /// Bytes of all names, link targets and attributes in one layer. Stops memory exhaustion by long names.
    pub text_bytes: u64,
    /// Bytes of the same that are held of all layers of one image. Stops what `text_bytes` lets through by a hundred
    /// layers.
    pub image_text_bytes: u64,
    /// Extents of all sparse files in one layer. Stops memory exhaustion by maps.
    pub sparse_extents: usize,
    /// Bytes of sparse files' holes that are hashed in one layer. Stops endless hashing of zeros.
    pub hole_bytes: u64,
    /// Decoded bytes of one layer. Stops decompression bombs.
    pub decoded_bytes: u64,
    /// Decoded bytes for each stored byte, once `decoded_floor_bytes` are passed. Stops decompression bombs early:
    /// deflate reaches 1,032 at most, and real layers hardly ever 100.
    pub expansion: u64,
    /// Decoded bytes below which `expansion` is not asked.
    pub decoded_floor_bytes: u64,
    /// Decoded bytes of all layers of one image. Stops decompression bombs cut into a hundred layers.
    pub image_decoded_bytes: u64,
    /// Decoded bytes of all layers below which `expansion` is not asked of all of them together.
    pub image_decoded_floor_bytes: u64,
    /// Bytes of a zstd window or an xz dictionary. Stops a header that asks for gigabytes.
    pub zstd_window_bytes: u64,
    /// Checkpoints kept of one layer, each with up to 32 KiB; beyond it every other one is given up.
    pub checkpoints: usize,
    /// Bytes of one JSON document: manifest, index, config. Stops memory exhaustion by documents.
    pub json_bytes: u64,
    /// Bytes of a layer's table of contents, as it is stored and as it is decoded. Stops a layer that is all table; one
    /// beyond it is read as a whole.
    pub toc_bytes: u64,
    /// Chunks of files in such a table. Stops memory exhaustion by files cut to pieces.
    pub toc_chunks: usize,
    /// Bytes of one chunk, and before it in its gzip member. Stops memory exhaustion by what has to be held until it is
    /// proved; a file of larger ones is opened once its layer was read.
    pub toc_chunk_bytes: u64,
    /// Bytes of all documents of one archive, or below one index. Stops an archive that names one large document ten
    /// thousand times.
    pub documents_bytes: u64,
    /// Values in the same documents. Stops the same by a document of empty objects, of which each takes fifty times its
    /// bytes.
    pub document_values: u64,
    /// Bytes of the annotations that an index hands on to each of its images; larger ones are left out.
    pub annotation_bytes: usize,
    /// Levels of nested indexes. Stops endless descent.
    pub index_depth: usize,
    /// Documents visited, and entries listed, below one index. Stops fan-out bombs.
    pub index_visits: usize,
    /// Layers of one image.
    pub layers: usize,
    /// Members of one archive.
    pub members: usize,
    /// Bytes compared while members of one archive are looked up, links followed with them. Stops long paths through
    /// chains of links that are looked up for every layer.
    pub lookup_bytes: u64,
    /// Other names told of one file. Stops a file with a million hard links from being told a million times.
    pub links: usize,
    /// Symbolic links followed for one path, as Linux containers do.
    pub symlink_hops: usize,
    /// Bytes of symbolic links' targets followed for the paths of one layer. Stops long links named by every entry.
    pub followed_link_bytes: u64,
    /// Warnings kept for one layer or image; further ones are only counted.
    pub warnings: usize,
    /// Rows shown of one list of a document: steps of the history, labels, variables, annotations.
    pub shown_rows: usize,
    /// Bytes shown of one text of a document.
    pub shown_text_bytes: usize,
    /// Bytes of a decoded archive that are held in memory where no file can take them.
    pub spool_memory_bytes: u64,
    /// Bytes of a decoded archive altogether.
    pub spool_bytes: u64,
    /// Bytes of one blob whose length nobody states. Stops a registry whose layer never ends.
    pub blob_bytes: u64,
    /// Bytes a second that a blob has to come with, over all of it and a minute. Stops a registry that sends a byte now
    /// and then; 0 asks for nothing.
    pub least_rate: u64,
    /// Seconds until a connection is there, where the program makes it itself.
    pub connect_seconds: u64,
    /// Seconds without a byte of an answer, after which a question is given up and asked once more. What changes
    /// something, such as the end of an upload, has ten times as long: the registry works meanwhile.
    pub silence_seconds: u64,
    /// Bytes that the command writes for each stored byte of the image, beyond `output_floor_bytes`. Stops an archive of
    /// a hundred kilobytes whose listing or root file system fills the disk.
    pub output_expansion: u64,
    /// Bytes written below which `output_expansion` is not asked.
    pub output_floor_bytes: u64,
    /// Pixels of a picture that is shown, of all of its frames. Stops a small file that takes gigabytes to draw.
    pub picture_pixels: u64,
    /// Bytes of a registry's list or error body.
    pub answer_bytes: u64,
    /// Bytes of a token server's answer. Stops a server that anybody can name from filling the memory.
    pub token_bytes: u64,
    /// Bytes of the header fields of one answer. Stops answers that are all header.
    pub header_bytes: u64,
    /// Foreign hosts asked for the layers of one image, and addresses for one of them. Stops a manifest that lets Lamina
    /// ask thousands of hosts.
    pub foreign_places: usize,
    /// Redirects followed for one request, where the browser does not follow them. Stops endless chains.
    pub redirects: u32,
    /// Pages of a catalog or tag list read without being asked for more.
    pub pages: usize,
    /// Names of a catalog or tag list held at once. Stops a registry whose list never ends.
    pub listed_names: usize,
    /// Bytes of one name of such a list, or of an image in an archive; a longer one is left out.
    pub name_bytes: usize,
    /// Names of one image in an archive.
    pub names: usize,
    /// Bytes of one slice of an upload, which are held in memory while they are sent.
    pub upload_slice_bytes: u64,
    /// Bytes that a registry may demand of a slice. Stops one that has whole layers held in memory.
    pub upload_slice_most_bytes: u64,
    /// Attempts at one request after 429, 5xx or a broken connection.
    pub retries: u32,
    /// Seconds that a registry may ask to wait before Lamina reports it instead of waiting.
    pub retry_after_seconds: u64,
}

impl Limits {
    /// What the page and the command use unless told otherwise.
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
