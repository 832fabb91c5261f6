//! Access to the other content of an image's repository: any manifest or blob, by its digest.

use crate::message::Message;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::image::{Descriptor, Distribution, Document};
use crate::io::{Bytes, LocalFuture};

use super::super::{Beside, Blob, Error, SliceBlob};
use super::blob::RegistryBlob;
use super::conversation::Conversation;
use super::manifest::{self, Target};
use super::url;

/// The repository of an image, as the source of its index's other content.
pub(super) struct Repository {
    pub(super) registry: Rc<Conversation>,
    pub(super) repository: String,
    /// The image's name, for messages.
    pub(super) name: String,
    /// The foreign hosts named by its layers, up to the number that may be contacted.
    pub(super) foreign_hosts: RefCell<BTreeSet<String>>,
}

impl Beside for Repository {
    fn document<'a>(
        &'a self,
        descriptor: &'a Descriptor,
    ) -> LocalFuture<'a, Result<Document, Error>> {
        Box::pin(async move {
            let digest = self.digest_of(descriptor, &Message::a_manifest())?;
            let what = Message::at_digest(Message::verbatim(&*self.name), digest.to_string());
            let target = Target::Digest(digest);
            let declared = manifest::declared_type(&descriptor.media_type);
            let (registry, repository) = (&self.registry, &self.repository);
            let fetched = manifest::fetch(registry, repository, &target, &declared, &what).await?;
            Ok(Document {
                media_type: fetched.reading.media_type,
                ..fetched.document
            })
        })
    }

    fn blob(&self, descriptor: &Descriptor) -> Result<Rc<dyn Blob>, Error> {
        let digest = self.digest_of(descriptor, &Message::the_layer())?;
        if let Some(bytes) = descriptor.embedded() {
            return Ok(Rc::new(SliceBlob::new(
                Rc::new(Bytes(bytes)),
                digest.to_string(),
            )));
        }
        // Only a nondistributable layer is looked for at the URLs that its manifest names.
        let is_foreign = descriptor
            .media_type
            .layer()
            .is_some_and(|layer| layer.distribution == Distribution::Nondistributable);
        let foreign_urls = match is_foreign {
            true => self.within_hosts(&descriptor.urls),
            false => Vec::new(),
        };
        Ok(Rc::new(RegistryBlob::new(
            Rc::clone(&self.registry),
            &self.repository,
            digest,
            descriptor.size_bytes,
            foreign_urls,
        )))
    }
}

impl Repository {
    /// Returns the URLs on hosts that may be contacted for this image: the first ones that its layers name.
    fn within_hosts(&self, addresses: &[String]) -> Vec<String> {
        let most = self.registry.limits.registry.foreign_places;
        let mut hosts = self.foreign_hosts.borrow_mut();
        let mut may_ask = |address: &&String| {
            let Some(host) = url::host_of(address) else {
                return false;
            };
            let known = hosts.contains(host);
            known || hosts.len() < most && hosts.insert(host.to_owned())
        };
        // The bound on hosts also bounds the URLs tried for one layer.
        let admitted = addresses.iter().filter(|address| may_ask(address));
        admitted.take(most).cloned().collect()
    }

    fn digest_of(
        &self,
        descriptor: &Descriptor,
        what: &Message,
    ) -> Result<crate::image::Digest, Error> {
        descriptor.digest.clone().map_err(|error| Error::Malformed {
            what: Message::part_of(what.clone(), Message::verbatim(&*self.name)),
            reason: (&error).into(),
        })
    }
}
