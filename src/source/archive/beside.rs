//! Gives the images of an archive access to the other blobs of its layout.

use crate::message::Message;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::bounds::Limits;
use crate::image::{Descriptor, Document};
use crate::io::LocalFuture;
use crate::source::{Beside, Blob, Error};

use super::members::Members;
use super::opened::Contents;
use super::store::{FoundBlob, Store, verified};

/// The blobs of an OCI layout, looked up by digest.
struct Layout {
    members: Rc<Members>,
    limits: Limits,
}

/// Gives every image that has a manifest or an index access to the layout's other blobs.
pub(super) fn attach(contents: &mut Contents, members: &Rc<Members>, limits: &Limits) {
    let beside: Rc<dyn Beside> = Rc::new(Layout {
        members: Rc::clone(members),
        limits: *limits,
    });
    for image in &mut contents.images {
        let has_documents = image.manifest.is_some() || image.index.is_some();
        image.beside = has_documents.then(|| Rc::clone(&beside));
    }
}

impl Beside for Layout {
    fn document<'a>(
        &'a self,
        descriptor: &'a Descriptor,
    ) -> LocalFuture<'a, Result<Document, Error>> {
        Box::pin(async move {
            let store = Store::new(&self.members, &self.limits, &|_| ControlFlow::Continue(()));
            let blob = store.blob(descriptor)?;
            let digest = descriptor.known_digest().ok_or_else(|| Error::Malformed {
                what: Message::entry_of_index(),
                reason: Message::no_digest(),
            })?;
            verified(store.document(&blob).await?, digest, descriptor)
        })
    }

    fn blob(&self, descriptor: &Descriptor) -> Result<Rc<dyn Blob>, Error> {
        let store = Store::new(&self.members, &self.limits, &|_| ControlFlow::Continue(()));
        store.blob(descriptor).map(FoundBlob::into_blob)
    }
}
