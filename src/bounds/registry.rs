//! The bounds on registries: what they send, how long they take, whom they lead to, and what they may demand.

use super::units::GIB;

/// Bounds on what a registry can make Lamina do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistryLimits {
    /// Bytes of a blob of unknown length. Stops a registry whose layer never ends.
    pub blob_bytes: u64,
    /// Minimum bytes per second of a blob, averaged over all of it with one minute of grace. Stops a registry that
    /// sends a byte now and then. 0 disables the check.
    pub least_rate: u64,
    /// Seconds until a connection is established, where the program makes it itself. Stops a host that never answers.
    pub connect_seconds: u64,
    /// Seconds without a byte of a response. Stops a host that falls silent: after them a request is aborted and
    /// retried once. Requests that change something, such as the end of an upload, get ten times as long, because the
    /// registry works meanwhile.
    pub silence_seconds: u64,
    /// Bytes of a registry's list or error body. Stops answers that fill the memory.
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
    /// Pages of a catalog or tag list that are read before the user asks for more. Stops lists that lead on for ever.
    pub pages: usize,
    /// Names of a catalog or tag list held at once. Stops a registry whose list never ends.
    pub listed_names: usize,
    /// Bytes of one upload slice, which are held in memory while they are sent.
    pub upload_slice_bytes: u64,
    /// Bytes per slice that a registry may demand. Stops a registry that demands whole layers in memory.
    pub upload_slice_most_bytes: u64,
    /// Attempts at one request after 429, 5xx or a broken connection. Stops a registry that is always about to answer.
    pub retries: u32,
    /// Seconds that a registry may ask to wait. Stops one that asks for a day: it is reported instead.
    pub retry_after_seconds: u64,
}

impl RegistryLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: RegistryLimits = RegistryLimits {
        blob_bytes: 64 * GIB,
        least_rate: 1024,
        connect_seconds: 20,
        silence_seconds: 30,
        answer_bytes: 16 * 1024 * 1024,
        token_bytes: 256 * 1024,
        header_bytes: 64 * 1024,
        foreign_places: 8,
        redirects: 10,
        pages: 1_000,
        listed_names: 1_000_000,
        upload_slice_bytes: 4 * 1024 * 1024,
        upload_slice_most_bytes: 64 * 1024 * 1024,
        retries: 4,
        retry_after_seconds: 30,
    };
}
