//! The bounds on the search by name: how long a query may be, and how much of what it finds is kept.

/// Bounds on what a query and an image can make a search do and keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchLimits {
    /// Bytes of a query. Stops a pasted file from being compared with every path.
    pub query_bytes: usize,
    /// Words, patterns and operators of a query. Stops a long query of single letters, each of which is compared with
    /// every path.
    pub terms: usize,
    /// Hits that are returned. Stops an answer that no page can show.
    pub hits: usize,
    /// Bytes of the paths of hits that are kept. Stops thousands of paths of maximum length.
    pub hit_bytes: usize,
    /// Bytes at the end of a path in which scattered letters are looked for. Stops paths of maximum length, which would
    /// be compared letter by letter.
    pub fuzzy_bytes: usize,
}

impl SearchLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: SearchLimits = SearchLimits {
        query_bytes: 256,
        terms: 16,
        hits: 10_000,
        hit_bytes: 16 * 1024 * 1024,
        fuzzy_bytes: 256,
    };
}
