//! A time as archives store it: seconds and nanoseconds since 1970, in UTC.
//!
//! Parsing the RFC 3339 times of configs is left to `created`.

/// Seconds since 1970-01-01T00:00:00Z, negative before it, and the nanoseconds after them.
///
/// The nanoseconds always count forward from the second, so -1.5 s is `{ seconds: -2, nanos: 500_000_000 }`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Timestamp {
    /// Whole seconds, rounded towards the past.
    pub seconds: i64,
    /// Nanoseconds past the second, below 1,000,000,000.
    pub nanos: u32,
}

impl Timestamp {
    /// Creates a time at a whole second.
    pub const fn from_seconds(seconds: i64) -> Timestamp {
        Timestamp { seconds, nanos: 0 }
    }
}
