//! What lies beside an image where it came from: the other manifests of its index, and every blob that they name.
//!
//! An image is opened for one platform; exporting or copying all of them asks here.

use crate::image::{Descriptor, Document};
use crate::io::LocalFuture;

use super::{Blob, Error};
use std::rc::Rc;

/// The manifests and blobs of the archive or repository that an image came from.
pub trait Beside {
    /// A manifest or index, proved by its digest.
    ///
    /// # Errors
    /// When it is missing, or not what its digest says.
    fn document<'a>(
        &'a self,
        descriptor: &'a Descriptor,
    ) -> LocalFuture<'a, Result<Document, Error>>;

    /// A blob; whether its bytes are the right ones is proved by whoever reads them to their end.
    ///
    /// # Errors
    /// When it is known to be missing.
    fn blob(&self, descriptor: &Descriptor) -> Result<Rc<dyn Blob>, Error>;
}
