//! Pushes the documents after all blobs: children by their digests, then the top one under each tag.

use crate::message::Message;
use std::rc::Rc;

use crate::image::{Digest, Document};
use crate::io::{Cache, HttpRequest, Method, Response};

use super::super::super::{Deed, Error, TagsLeft, Unstored};
use super::super::conversation::Conversation;
use super::super::document::Asked;
use super::super::url;
use super::Push;
use super::upload::may_pass;

impl Push {
    /// Uploads the documents, byte for byte, and verifies them by reading them back: a success status for a PUT
    /// does not prove that anything was stored.
    pub(super) async fn put_documents(&self, registry: &Conversation) -> Result<(), Error> {
        for document in &self.parcel.below {
            let name = document.digest.as_str();
            let response = self.put(registry, document, name).await?;
            if response.status != 201 {
                self.confirm(registry, document, name).await?;
            }
            self.list_with_subject(registry, document, &response)
                .await?;
        }
        let top = &self.parcel.top;
        let own_name = [top.digest.to_string()];
        let names = match self.destination.tags.as_slice() {
            [] => own_name.as_slice(),
            tags => tags,
        };
        for (at, name) in names.iter().enumerate() {
            if let Err(cause) = self.put_top(registry, name).await {
                return Err(self.partly_tagged(at, cause));
            }
        }
        if self.destination.tags.is_empty() {
            return Ok(());
        }
        let by_digest = self.confirm(registry, top, top.digest.as_str()).await;
        by_digest.map_err(|cause| self.partly_tagged(names.len(), cause))
    }

    async fn put_top(&self, registry: &Conversation, name: &str) -> Result<(), Error> {
        let top = &self.parcel.top;
        let response = self.put(registry, top, name).await?;
        self.confirm(registry, top, name).await?;
        self.list_with_subject(registry, top, &response).await
    }

    /// Returns the failure of the tag at this position, with the state of the others. A push of one tag returns
    /// the cause alone.
    fn partly_tagged(&self, at: usize, cause: Error) -> Error {
        let tags = &self.destination.tags;
        let (written, rest) = tags.split_at(at.min(tags.len()));
        let is_lost = matches!(cause, Error::Io { .. });
        let (unknown, unwritten) = match rest.split_first() {
            Some((first, rest)) if is_lost => (Some(first.clone()), rest),
            _ => (None, rest),
        };
        if written.is_empty() && unknown.is_none() {
            return cause;
        }
        Error::PartlyTagged {
            tags: TagsLeft {
                written: written.to_vec(),
                unknown,
                unwritten: unwritten.to_vec(),
            },
            cause: Box::new(cause),
        }
    }

    /// Reads back a document that the registry has accepted, under a tag or its digest, and compares it.
    ///
    /// # Errors
    /// [`Error::NotStored`] if the registry does not have it, or has other bytes; otherwise as for any read.
    async fn confirm(
        &self,
        registry: &Conversation,
        document: &Document,
        name: &str,
    ) -> Result<(), Error> {
        let what = self.document_name(document, name);
        let address = self.address(registry, &format!("manifests/{}", url::encode_path(name)));
        let request = HttpRequest::get(address, Cache::Bypassed)
            .with_header("Accept", document.media_type.as_str());
        let limit_bytes = registry.limits.documents.json_bytes;
        let scope = self.scope();
        let asked = registry.document(request, &scope, &what, limit_bytes);
        let reason = match asked.await? {
            Asked::Document(answer) if answer.body == *document.bytes => return Ok(()),
            Asked::Document(answer) => Unstored::Other(Digest::sha256_of(&answer.body)),
            Asked::Refused(Error::Refused { status, .. }) => Unstored::Status(status),
            Asked::Refused(error) => return Err(error),
        };
        Err(Error::NotStored { what, reason })
    }

    fn document_name(&self, document: &Document, name: &str) -> Message {
        let repository = self.client.endpoint().name_of(&self.destination.repository);
        let separator = if name == document.digest.as_str() {
            '@'
        } else {
            ':'
        };
        Message::verbatim(format!("{repository}{separator}{name}"))
    }

    /// Uploads one document under a tag or its digest. It is idempotent, so it is retried after a lost connection.
    pub(super) async fn put(
        &self,
        registry: &Conversation,
        document: &Document,
        name: &str,
    ) -> Result<Response, Error> {
        let what = self.document_name(document, name);
        let address = self.address(registry, &format!("manifests/{}", url::encode_path(name)));
        let request = HttpRequest::change(Method::Put, address)
            .with_body(document.media_type.as_str(), Rc::clone(&document.bytes));
        let mut n_failed = 0;
        let response = loop {
            let response = registry.ask(request.clone(), &self.scope(), &what).await;
            let may_pass = match &response {
                Ok(response) => matches!(response.status, 408 | 500..),
                Err(error) => may_pass(error),
            };
            if !may_pass || n_failed >= registry.limits.registry.retries {
                break response?;
            }
            registry.pause_before(&mut n_failed).await;
        };
        if !matches!(response.status, 200..=204) {
            return Err(registry.refusal_of(Deed::Write, &what, response).await);
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
