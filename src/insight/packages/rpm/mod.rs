//! Reads the databases of rpm, each by its format: SQLite, ndb and Berkeley DB. All hold one header a package.
//!
//! A read takes from each page no more bytes than it has, whatever the references in it say.

mod bdb;
mod header;
mod ndb;
mod number;
mod sqlite;
mod walked;

use super::record::{Budget, Records};

/// Reads the packages of a database; `None` for a file in another format.
pub(super) fn packages(bytes: &[u8], budget: Budget) -> Option<Records> {
    let mut records = Records::new(budget);
    let read = if sqlite::is_one(bytes) {
        sqlite::blobs(bytes, b"Packages", &mut |blob| take(&mut records, blob))
    } else if ndb::is_one(bytes) {
        ndb::blobs(bytes, &mut |blob| take(&mut records, blob))
    } else if bdb::is_one(bytes) {
        bdb::blobs(bytes, &mut |blob| take(&mut records, blob))
    } else {
        return None;
    };
    records.n_malformed = records.n_malformed.saturating_add(read.n_broken);
    Some(records)
}

fn take(records: &mut Records, blob: &[u8]) {
    match header::package(blob, records) {
        Some(record) => records.push(record),
        None => records.malformed(),
    }
}
