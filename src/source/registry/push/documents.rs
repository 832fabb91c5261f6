//! The documents, when all blobs are there: children by their digests, then the top one under each tag.

use std::rc::Rc;

use crate::image::{Digest, Document};
use crate::io::{Method, Request, Response};

use super::super::super::Error;
use super::super::conversation::Conversation;
use super::super::url;
use super::Push;
use super::upload::may_pass;

impl Push {
    /// Puts the documents, byte for byte.
    pub(super) async fn put_documents(&self, registry: &Conversation) -> Result<(), Error> {
        for document in &self.parcel.below {
            let name = document.digest.as_str();
            let response = self.put(registry, document, name).await?;
            self.list_with_subject(registry, document, &response)
                .await?;
        }
        let top = &self.parcel.top;
        let own_name = [top.digest.to_string()];
        let names = match self.destination.tags.as_slice() {
            [] => own_name.as_slice(),
            tags => tags,
        };
        for name in names {
            let response = self.put(registry, top, name).await?;
            self.list_with_subject(registry, top, &response).await?;
        }
        Ok(())
    }

    /// Puts one document under a tag or its digest. To put it twice does no harm, so a lost connection is mended.
    pub(super) async fn put(
        &self,
        registry: &Conversation,
        document: &Document,
        name: &str,
    ) -> Result<Response, Error> {
        let repository = self.client.endpoint().name_of(&self.destination.repository);
        let separator = if name == document.digest.as_str() {
            '@'
        } else {
            ':'
        };
        let what = format!("{repository}{separator}{name}");
        let address = self.address(registry, &format!("manifests/{}", url::encode_path(name)));
        let request = Request::change(Method::Put, address)
            .with_body(document.media_type.as_str(), Rc::clone(&document.bytes));
        let mut n_failed = 0;
        let response = loop {
            let response = registry.ask(request.clone(), &self.scope(), &what).await;
            let may_pass = match &response {
                Ok(response) => matches!(response.status, 408 | 500..),
                Err(error) => may_pass(error),
            };
            if !may_pass || n_failed >= registry.limits.retries {
                break response?;
            }
            registry.pause_before(&mut n_failed).await;
        };
        if !matches!(response.status, 200..=202) {
            return Err(registry.refusal(&what, response).await);
        }
        let stated = response.headers.get("docker-content-digest");
        match stated.map(Digest::parse) {
            Some(Ok(actual)) if actual != document.digest => Err(Error::DigestMismatch {
                what,
                expected: document.digest.clone(),
                actual,
            }),
            _ => Ok(response),
        }
    }
}
