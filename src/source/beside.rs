//! Access to the content next to an image at its source: the other manifests of its index and all their blobs.
//!
//! An image is opened for one platform. Exporting or copying all platforms uses this trait.

use crate::image::{Descriptor, Document};
use crate::io::LocalFuture;

use super::{Blob, Error};
use std::rc::Rc;

/// The manifests and blobs of the archive or repository that an image came from.
pub trait Beside {
    /// Reads a manifest or index, verified by its digest.
    ///
    /// # Errors
    /// When it is missing, or its bytes do not match the digest.
    fn document<'a>(
        &'a self,
        descriptor: &'a Descriptor,
    ) -> LocalFuture<'a, Result<Document, Error>>;

    /// Returns a blob. Its bytes are not verified here; a reader verifies them by reading to the end.
    ///
    /// # Errors
    /// When it is known to be missing.
    fn blob(&self, descriptor: &Descriptor) -> Result<Rc<dyn Blob>, Error>;
}
