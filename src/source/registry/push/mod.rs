//! Pushes an image: first the missing blobs, then the documents, children before parents, and the tags last.
//!
//! The caller decides which documents and blobs make an image, and hands over a complete [`Parcel`]. Nothing is
//! sent to any host but the registry (`gate`). No upload is completed whose bytes do not match the digest
//! (`reader`). An upload that is no longer wanted is cancelled ([`Push::abandon`]).

mod documents;
mod location;
mod reader;
mod referrers;
mod upload;

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::image::{Digest, Document};
use crate::io::{Cache, HttpRequest, Method, Response};

use super::super::{Blob, Error};
use super::answer::{self, Body};
use super::auth::Scope;
use super::client::Client;
use super::conversation::Conversation;
use super::url;

/// The content of a push.
#[derive(Clone)]
pub struct Parcel {
    /// Configs and layers, each digest once.
    pub blobs: Vec<ParcelBlob>,
    /// Manifests and indexes below the top one, children before parents.
    pub below: Vec<Document>,
    /// The document that the tags are to point to.
    pub top: Document,
}

/// A blob of a parcel.
#[derive(Clone)]
pub struct ParcelBlob {
    /// Its name in messages, such as `layer 3`.
    pub what: Message,
    /// The digest under which it is pushed.
    pub digest: Digest,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// The bytes, not verified yet.
    pub bytes: Rc<dyn Blob>,
}

/// The target of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The repository's name, such as `library/alpine`.
    pub repository: String,
    /// The tags to write. Without any, the image is only available by its digest.
    pub tags: Vec<String>,
}

/// The state of one blob, in the terms of `docker push`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobState {
    /// The registry is being asked whether it has the blob.
    Asking,
    /// Bytes received by the registry so far.
    Sending(u64),
    /// The registry had the blob already.
    Exists,
    /// The blob was mounted from another repository of the registry.
    Mounted,
    /// The blob was sent, and the registry has verified it.
    Sent,
}

/// Progress of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushProgress {
    /// A blob, by its position in the parcel, and its state.
    Blob(usize, BlobState),
    /// All blobs are uploaded, and the documents follow.
    Documents,
}

/// The result of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The digest that the tags point to.
    pub digest: Digest,
    /// Blobs that were sent.
    pub n_sent: u32,
    /// Blobs that the registry had already.
    pub n_existing: u32,
    /// Blobs that were mounted from another repository.
    pub n_mounted: u32,
    /// Bytes of the blobs that were sent.
    pub sent_bytes: u64,
}

/// One push. After a failure it can be run again: bytes that have arrived are not sent again.
///
/// A blob that exists in another repository of the same registry is mounted from there.
pub struct Push {
    client: Rc<Client>,
    parcel: Parcel,
    destination: Destination,
    /// The upload that has begun and not ended.
    begun: RefCell<Option<Begun>>,
    /// Size of a slice in bytes. It grows while slices arrive quickly, and shrinks when the registry, or a proxy
    /// before it, refuses a slice as too large.
    slice_bytes: Cell<u64>,
    /// Upper bound of `slice_bytes`; a refused size is not tried again.
    most_slice_bytes: Cell<u64>,
}

/// An upload that the registry keeps open.
#[derive(Clone)]
struct Begun {
    digest: Digest,
    location: String,
    /// The least size in bytes of every slice except the last (`OCI-Chunk-Min-Length`).
    least_bytes: u64,
}

/// Factor by which slices that are held in memory may grow over their first size. Those that the transport reads by
/// itself take no memory.
const LARGER: u64 = 4;

/// The presence of a blob in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    There,
    Absent,
    /// The repository has another number of bytes under this digest.
    OtherLength(u64),
}

impl Push {
    /// Prepares a push. Sends nothing yet.
    pub fn new(client: Rc<Client>, parcel: Parcel, destination: Destination) -> Push {
        let limits = client.limits();
        let slice_bytes = limits.registry.upload_slice_bytes;
        let most_slice_bytes = limits.registry.upload_slice_most_bytes;
        Push {
            client,
            parcel,
            destination,
            begun: RefCell::default(),
            slice_bytes: Cell::new(slice_bytes),
            most_slice_bytes: Cell::new(most_slice_bytes),
        }
    }

    /// Returns the largest size of a slice that is held in memory, in bytes.
    fn most_held_bytes(&self) -> u64 {
        let first = self.client.limits().registry.upload_slice_bytes;
        first.saturating_mul(LARGER)
    }

    /// Returns the client that pushes.
    pub fn client(&self) -> &Rc<Client> {
        &self.client
    }

    /// Returns the target of the push.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Returns the content of the push.
    pub fn parcel(&self) -> &Parcel {
        &self.parcel
    }

    /// Runs the push. A lost connection is retried up to `RegistryLimits::retries` times without progress; the open upload
    /// is then kept for another run. After any other failure it is cancelled.
    ///
    /// # Errors
    /// When the registry refuses, cannot be reached, or does not have afterwards what it accepted, or when a
    /// blob's bytes do not match its digest. The tags are then unchanged, except those that
    /// [`Error::PartlyTagged`] names.
    pub async fn run(&self, progress: &dyn Fn(PushProgress)) -> Result<Pushed, Error> {
        let pushed = self.attempt(progress).await;
        if let Err(error) = &pushed
            && !matches!(
                error,
                Error::Io { .. } | Error::TokenServer { .. } | Error::LoginNeeded { .. }
            )
        {
            self.abandon().await;
        }
        pushed
    }

    /// Cancels the open upload, if any. Failures are ignored: the registry drops abandoned uploads by itself.
    pub async fn abandon(&self) {
        let begun = self.begun.borrow_mut().take();
        if let (Some(begun), Ok(registry)) = (begun, self.client.registry().await) {
            let request = HttpRequest::change(Method::Delete, begun.location);
            let _ = registry
                .ask(request, &self.scope(), &Message::an_upload())
                .await;
        }
    }

    async fn attempt(&self, progress: &dyn Fn(PushProgress)) -> Result<Pushed, Error> {
        let registry = self.client.repository(&self.destination.repository).await?;
        let mut pushed = Pushed {
            digest: self.parcel.top.digest.clone(),
            n_sent: 0,
            n_existing: 0,
            n_mounted: 0,
            sent_bytes: 0,
        };
        for (at, blob) in self.parcel.blobs.iter().enumerate() {
            let tell = |state| progress(PushProgress::Blob(at, state));
            tell(BlobState::Asking);
            let state = self.bring(&registry, blob, &tell).await?;
            match state {
                BlobState::Exists => pushed.n_existing += 1,
                BlobState::Mounted => pushed.n_mounted += 1,
                _ => {
                    pushed.n_sent += 1;
                    pushed.sent_bytes = pushed.sent_bytes.saturating_add(blob.size_bytes);
                }
            }
            tell(state);
        }
        progress(PushProgress::Documents);
        self.put_documents(&registry).await?;
        Ok(pushed)
    }

    /// Ensures that the registry has a blob.
    async fn bring(
        &self,
        registry: &Conversation,
        blob: &ParcelBlob,
        tell: &dyn Fn(BlobState),
    ) -> Result<BlobState, Error> {
        let is_begun = |begun: &Begun| begun.digest == blob.digest;
        let earlier = self.begun.borrow().clone().filter(is_begun);
        let is_resumed = earlier.is_some();
        let mut had_others = false;
        if !is_resumed {
            self.abandon().await;
            match self.presence(registry, blob).await? {
                Presence::There => return Ok(BlobState::Exists),
                Presence::OtherLength(_) => had_others = true,
                Presence::Absent => {}
            }
            let place = blob.bytes.repository();
            let elsewhere = place.filter(|place| {
                place.base == registry.base && place.name != self.destination.repository
            });
            if let Some(place) = elsewhere
                && self.mount(registry, blob, place.name).await?
            {
                return Ok(BlobState::Mounted);
            }
        }
        self.upload(registry, blob, is_resumed, had_others, tell)
            .await?;
        Ok(BlobState::Sent)
    }

    /// Checks whether the repository has the blob in its full length. A registry that does not say so is assumed
    /// not to have it.
    async fn presence(
        &self,
        registry: &Conversation,
        blob: &ParcelBlob,
    ) -> Result<Presence, Error> {
        let address = self.address(registry, &format!("blobs/{}", blob.digest));
        let mut request = HttpRequest::get(&address, Cache::Bypassed);
        request.method = Method::Head;
        let what = self.what(blob);
        let response = registry.ask(request, &self.scope(), &what).await?;
        match response.status {
            200 => {}
            401 | 429 | 500 | 502.. => return Err(registry.refusal(&what, response).await),
            _ => return Ok(Presence::Absent),
        }
        let stated = response.headers.get("docker-content-digest");
        if stated.is_some_and(|stated| Digest::parse(stated).ok().as_ref() != Some(&blob.digest)) {
            return Ok(Presence::Absent);
        }
        match response.headers.get("content-length").map(str::parse) {
            Some(Ok(bytes)) if bytes == blob.size_bytes => Ok(Presence::There),
            // A compressing proxy states another length, and some servers state 0 in every answer to HEAD.
            Some(Ok(bytes)) if bytes > 0 && response.headers.get("content-encoding").is_none() => {
                Ok(Presence::OtherLength(bytes))
            }
            _ => self.presence_by_range(registry, blob, address).await,
        }
    }

    /// Like [`Push::presence`], if no length is stated: exactly one byte must follow from the last byte's offset on.
    async fn presence_by_range(
        &self,
        registry: &Conversation,
        blob: &ParcelBlob,
        address: String,
    ) -> Result<Presence, Error> {
        let Some(last) = blob.size_bytes.checked_sub(1) else {
            return Ok(Presence::Absent);
        };
        let request = HttpRequest::get(address, Cache::Bypassed)
            .with_header("Range", format!("bytes={last}-"));
        let what = self.what(blob);
        let mut response = registry.ask(request, &self.scope(), &what).await?;
        if response.status != 206 {
            return Ok(Presence::Absent);
        }
        Ok(match answer::read_body(&mut response, 1).await {
            Ok(Body::Whole(body)) if body.len() == 1 => Presence::There,
            _ => Presence::Absent,
        })
    }

    /// Tries to mount the blob from another repository. If the registry begins an upload instead, it is used like
    /// any other. If it refuses, for whatever reason, the blob is sent.
    async fn mount(
        &self,
        registry: &Conversation,
        blob: &ParcelBlob,
        from: &str,
    ) -> Result<bool, Error> {
        let address = self.address(registry, "blobs/uploads/");
        let digest = url::encode_value(blob.digest.as_str());
        let address = format!("{address}?mount={digest}&from={}", url::encode_value(from));
        let scope = Scope::Mount {
            to: self.destination.repository.clone(),
            from: from.to_owned(),
        };
        let what = self.what(blob);
        let request = HttpRequest::change(Method::Post, address);
        match registry.ask(request, &scope, &what).await {
            Ok(response) if response.status == 201 => Ok(true),
            Ok(response) if response.status == 202 => {
                self.note_begun(registry, blob, &response)?;
                Ok(false)
            }
            // Reading the other repository may be forbidden although writing this one is allowed.
            Ok(_) | Err(Error::LoginNeeded { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn note_begun(
        &self,
        registry: &Conversation,
        blob: &ParcelBlob,
        response: &Response,
    ) -> Result<(), Error> {
        let location = location::of(response, &registry.base, registry.asker, &self.what(blob))?;
        let least = response.headers.get("oci-chunk-min-length");
        let least_bytes = least.and_then(|text| text.trim().parse().ok());
        *self.begun.borrow_mut() = Some(Begun {
            digest: blob.digest.clone(),
            location,
            least_bytes: least_bytes.unwrap_or(0),
        });
        Ok(())
    }

    fn scope(&self) -> Scope {
        Scope::Push(self.destination.repository.clone())
    }

    /// Returns the URL of a path in the repository.
    fn address(&self, registry: &Conversation, rest: &str) -> String {
        let repository = url::encode_path(&self.destination.repository);
        registry.address(&format!("{repository}/{rest}"))
    }

    fn what(&self, blob: &ParcelBlob) -> Message {
        let repository = self.client.endpoint().name_of(&self.destination.repository);
        Message::blob_for(
            blob.what.clone(),
            blob.digest.short().to_string(),
            repository.to_string(),
        )
    }
}
