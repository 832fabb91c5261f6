//! Documents of a registry: whole bodies of bounded length, requested again when they break off.

use crate::io::{self, ErrorKind, HttpRequest};
use crate::message::Message;

use super::super::Error;
use super::answer::{self, Body};
use super::auth::Scope;
use super::conversation::{Conversation, io_error};

/// An answer whose body has been read.
pub(super) struct Document {
    pub(super) headers: io::Headers,
    pub(super) body: Vec<u8>,
}

/// The result of requesting a document.
pub(super) enum Asked {
    /// The document, with status 200.
    Document(Document),
    /// The error for any other status.
    Refused(Error),
}

impl Conversation {
    /// Requests a whole body of at most `limit_bytes`. A body that breaks off is requested again.
    ///
    /// # Errors
    /// As [`Conversation::ask`]; also when the body is too large or incomplete.
    pub(super) async fn document(
        &self,
        request: HttpRequest,
        scope: &Scope,
        what: &Message,
        limit_bytes: u64,
    ) -> Result<Asked, Error> {
        let mut n_broken = 0;
        loop {
            let mut response = self.ask(request.clone(), scope, what).await?;
            if response.status != 200 {
                return Ok(Asked::Refused(self.refusal(what, response).await));
            }
            match answer::read_body(&mut response, limit_bytes).await {
                Ok(Body::Whole(body)) => {
                    if let Some(page) = answer::web_page(what, &body, &response.url) {
                        return Ok(Asked::Refused(page));
                    }
                    let headers = response.headers;
                    return Ok(Asked::Document(Document { headers, body }));
                }
                Ok(Body::Cut) => {
                    return Err(Error::TooLarge {
                        what: what.clone(),
                        limit: Message::limit_bytes(limit_bytes),
                    });
                }
                Err(cause)
                    if cause.kind == ErrorKind::Cancelled
                        || n_broken >= self.limits.registry.retries =>
                {
                    return Err(io_error(what, cause));
                }
                Err(_) => self.pause_before(&mut n_broken).await,
            }
        }
    }
}
