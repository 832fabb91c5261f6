//! Uploads one blob: begins, sends slices, resumes and completes.
//!
//! Advice for hackers: distribution up to 3.x ties `Location` to the bytes received when it was issued. After a
//! slice that broke half-way, or whose answer was lost, it refuses that address and drops the upload; this blob
//! then starts over. A slice that arrived completely or not at all can be resumed.

use crate::message::Message;
use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::join;

use crate::image::Algorithm;
use crate::io::{BodyPart, Cache, ErrorKind, HttpRequest, Method, Response};

use super::super::super::{Deed, Error, Unstored};
use super::super::conversation::Conversation;
use super::reader::SliceReader;
use super::{BlobState, ParcelBlob, Presence, Push, location};

const OCTETS: &str = "application/octet-stream";

/// The result of one step.
enum Step {
    /// Bytes that the registry has now.
    Arrived(u64),
    /// All bytes arrived, and the registry has verified them.
    Ended,
    /// The answer was lost, for this reason: the registry must be asked for its state.
    Lost(Error),
    /// The registry has dropped the upload, or has other bytes than were sent.
    Forgotten(Error),
    /// The slice was too large for the registry or for a proxy before it.
    TooLarge(Error),
    /// The registry does not accept slices.
    Unsliced(Error),
}

/// The smallest slice used after larger ones were refused, in bytes.
const LEAST_SLICE_BYTES: u64 = 64 * 1024;
/// Factor by which a refused slice shrinks: from 4 MiB to the 1 MiB that nginx allows by default.
const SMALLER: u64 = 4;
/// A slice that arrives within this time is followed by one twice as large. The fixed cost of a slice (a browser
/// sends a preflight for each) weighs less then, and progress is still reported often.
const QUICK_MILLIS: i64 = 500;

/// The state of one blob's upload.
struct Sending<'a> {
    push: &'a Push,
    registry: &'a Conversation,
    blob: &'a ParcelBlob,
    what: Message,
    /// True if an earlier run began the upload: the registry then knows how far it came.
    is_resumed: bool,
    /// True if the whole blob is sent in one piece, since the registry does not accept slices.
    is_whole: Cell<bool>,
    /// The end offset of the furthest byte sent.
    sent_bytes: Cell<u64>,
    /// True if the registry had other bytes under this digest before.
    had_others: bool,
}

impl Push {
    /// Uploads a blob. Continues an open upload, if there is one, perhaps from an earlier run.
    pub(super) async fn upload(
        &self,
        registry: &Conversation,
        blob: &ParcelBlob,
        is_resumed: bool,
        had_others: bool,
        tell: &dyn Fn(BlobState),
    ) -> Result<(), Error> {
        // The last blob's slices may have been larger than what this one may hold.
        let slice_bytes = self.slice_bytes.get().min(self.most_held_bytes());
        self.slice_bytes.set(slice_bytes);
        let sending = Sending {
            push: self,
            registry,
            blob,
            what: self.what(blob),
            is_resumed,
            is_whole: Cell::new(false),
            sent_bytes: Cell::new(0),
            had_others,
        };
        sending.run(tell).await
    }
}

impl Sending<'_> {
    async fn run(&self, tell: &dyn Fn(BlobState)) -> Result<(), Error> {
        let blob = self.blob;
        let bytes = Rc::clone(&blob.bytes);
        let mut reader = SliceReader::new(&*bytes, &blob.digest, blob.size_bytes, &self.what);
        let mut arrived_bytes = match self.is_resumed {
            true => self.asked_how_far().await.unwrap_or(0),
            false => 0,
        };
        let mut most_bytes = arrived_bytes;
        let mut n_failed = 0;
        loop {
            let step = if self.has_begun() {
                tell(BlobState::Sending(arrived_bytes));
                self.step(&mut reader, arrived_bytes).await?
            } else {
                match self.begin().await {
                    Ok(()) => {
                        arrived_bytes = 0;
                        continue;
                    }
                    Err(error) if may_pass(&error) => Step::Lost(error),
                    Err(error) => return Err(error),
                }
            };
            let error = match step {
                Step::Arrived(bytes) if bytes > arrived_bytes => {
                    arrived_bytes = bytes;
                    // Only bytes beyond the previous maximum are progress: a registry cannot keep this going forever.
                    if bytes > most_bytes {
                        (most_bytes, n_failed) = (bytes, 0);
                    }
                    continue;
                }
                Step::Ended => break,
                Step::Arrived(_) if n_failed >= self.registry.limits.registry.retries => {
                    return Err(Error::Malformed {
                        what: self.what.clone(),
                        reason: Message::upload_not_kept(),
                    });
                }
                Step::Arrived(_) => None,
                // Each slice is smaller than the last, so this ends.
                Step::TooLarge(error) => match self.shrink() {
                    true => Some(error),
                    false => return Err(error),
                },
                Step::Unsliced(error) if self.is_whole.replace(true) => return Err(error),
                Step::Unsliced(_) => None,
                Step::Lost(error) | Step::Forgotten(error)
                    if n_failed >= self.registry.limits.registry.retries =>
                {
                    return Err(error);
                }
                Step::Lost(error) => {
                    reader.look(arrived_bytes).await?;
                    // A browser reports a refusal that it hides, such as a proxy's 413, as a lost connection.
                    if n_failed > 0 && is_hidden(&error) {
                        self.shrink();
                    }
                    Some(error)
                }
                Step::Forgotten(_) => None,
            };
            self.registry.pause_before(&mut n_failed).await;
            let known = match (error, self.has_begun()) {
                (Some(_), true) => self.asked_how_far().await,
                _ => None,
            };
            // More bytes than were sent cannot have arrived.
            let known = known.filter(|&bytes| self.is_resumed || bytes <= self.sent_bytes.get());
            if known.is_none() {
                self.push.begun.replace(None);
            }
            arrived_bytes = known.unwrap_or(0).min(blob.size_bytes);
        }
        self.push.begun.replace(None);
        // Registries keep an existing blob when it is sent again.
        if self.had_others
            && let Presence::OtherLength(bytes) = self.push.presence(self.registry, blob).await?
        {
            return Err(self.not_stored(Unstored::Length(bytes)));
        }
        Ok(())
    }

    /// Makes slices smaller from now on; false if they cannot be.
    fn shrink(&self) -> bool {
        let begun = self.push.begun.borrow();
        let least = begun.as_ref().map_or(0, |begun| begun.least_bytes);
        let slice_bytes = self.push.slice_bytes.get();
        let smaller = slice_bytes / SMALLER;
        let floor =
            LEAST_SLICE_BYTES.min(self.registry.limits.registry.upload_slice_bytes / SMALLER);
        let can = !self.is_whole.get() && smaller >= least.max(floor);
        if can {
            self.push.slice_bytes.set(smaller);
            self.push.most_slice_bytes.set(smaller);
        }
        can
    }

    /// Makes slices larger from now on if one arrived quickly. A clock that stands still gives no information.
    fn grow(&self, millis: i64, is_held: bool) {
        let slice_bytes = self.push.slice_bytes.get();
        if (1..=QUICK_MILLIS).contains(&millis) {
            let most = self.push.most_slice_bytes.get();
            let most = match is_held {
                true => most.min(self.push.most_held_bytes()),
                false => most,
            };
            self.push
                .slice_bytes
                .set(slice_bytes.saturating_mul(2).min(most));
        }
    }

    fn not_stored(&self, reason: Unstored) -> Error {
        Error::NotStored {
            what: self.what.clone(),
            reason,
        }
    }

    fn has_begun(&self) -> bool {
        self.push.begun.borrow().is_some()
    }

    async fn begin(&self) -> Result<(), Error> {
        let mut address = self.push.address(self.registry, "blobs/uploads/");
        if self.blob.digest.algorithm() != Algorithm::Sha256 {
            let (algorithm, _) = self
                .blob
                .digest
                .as_str()
                .split_once(':')
                .unwrap_or_default();
            address.push_str(&format!("?digest-algorithm={algorithm}"));
        }
        let response = self
            .change(HttpRequest::change(Method::Post, address))
            .await?;
        match response.status {
            202 => self.push.note_begun(self.registry, self.blob, &response),
            _ => Err(self
                .registry
                .refusal_of(Deed::Write, &self.what, response)
                .await),
        }
    }

    /// Sends the next slice, or completes the upload.
    async fn step(&self, reader: &mut SliceReader<'_>, from: u64) -> Result<Step, Error> {
        let Some(begun) = self.push.begun.borrow().clone() else {
            return Ok(Step::Arrived(from));
        };
        let size_bytes = self.blob.size_bytes;
        let limits = &self.registry.limits;
        let slice_bytes = match self.is_whole.get() {
            true => size_bytes,
            false => self.push.slice_bytes.get().max(begun.least_bytes),
        };
        if slice_bytes > limits.registry.upload_slice_most_bytes {
            return Err(Error::TooLarge {
                what: Message::slice_for(self.what.clone()),
                limit: Message::limit_bytes(limits.registry.upload_slice_most_bytes),
            });
        }
        let most = usize::try_from(slice_bytes).unwrap_or(usize::MAX);
        let end = from.saturating_add(slice_bytes).min(size_bytes);
        self.sent_bytes.set(self.sent_bytes.get().max(end));
        let len_bytes = end.saturating_sub(from);
        let part = self
            .blob
            .bytes
            .part(from, len_bytes)
            .filter(|_| len_bytes > 0);
        let part = part.map(|handle| BodyPart { handle, len_bytes });
        let is_held = part.is_none();
        let is_whole = from == 0 && end == size_bytes;
        if from == size_bytes || is_whole {
            let address = location::with_digest(&begun.location, self.blob.digest.as_str());
            let request = HttpRequest::change(Method::Put, address);
            let request = match part {
                Some(part) => {
                    reader.pass(end, &Cell::new(false)).await?;
                    request.with_part(OCTETS, part)
                }
                None => request.with_body(OCTETS, reader.slice(from, most).await?),
            };
            // The upload is not completed before the bytes are verified.
            reader.prove(&self.blob.digest).await?;
            let step = self.answered(self.change(request).await, 0).await?;
            return Ok(match step {
                Step::Lost(error) => match self.push.presence(self.registry, self.blob).await? {
                    Presence::There => Step::Ended,
                    _ => Step::Lost(error),
                },
                step => step,
            });
        }
        let last = end.saturating_sub(1);
        let request = HttpRequest::change(Method::Patch, begun.location)
            .with_header("Content-Range", format!("{from}-{last}"));
        let began = self.registry.clock.unix_millis();
        let answer = match part {
            // While the transport reads and sends, the same bytes and the following ones are hashed here.
            Some(part) => {
                let is_sending = Cell::new(true);
                let sending = async {
                    let answer = self.change(request.with_part(OCTETS, part)).await;
                    is_sending.set(false);
                    answer
                };
                let (answer, read) = join(sending, reader.pass(end, &is_sending)).await;
                read?;
                answer
            }
            // The next slice is read while this one is being sent.
            None => {
                let request = request.with_body(OCTETS, reader.slice(from, most).await?);
                join(self.change(request), reader.read_ahead(end, most))
                    .await
                    .0
            }
        };
        let millis = self.registry.clock.unix_millis().saturating_sub(began);
        let step = self.answered(answer, end).await?;
        if let Step::Arrived(_) = step {
            self.grow(millis, is_held);
        }
        Ok(step)
    }

    /// Interprets the answer to a slice that ends at `end`, or to the completing request.
    async fn answered(&self, answer: Result<Response, Error>, end: u64) -> Result<Step, Error> {
        let response = match answer {
            Ok(response) => response,
            Err(error) if may_pass(&error) => return Ok(Step::Lost(error)),
            Err(error) => return Err(error),
        };
        match response.status {
            200..=204 if end == 0 => self.accepted(&response).await,
            200 | 202 | 204 if end > 0 => {
                let least_bytes = self.push.begun.borrow().as_ref().map(|b| b.least_bytes);
                self.push.note_begun(self.registry, self.blob, &response)?;
                if let Some(begun) = self.push.begun.borrow_mut().as_mut() {
                    begun.least_bytes = least_bytes.unwrap_or(0);
                }
                let arrived = location::arrived_bytes(&response).filter(|&bytes| bytes <= end);
                Ok(Step::Arrived(arrived.unwrap_or(end)))
            }
            404 | 410 => Ok(Step::Forgotten(self.refused(response).await)),
            405 | 501 if end > 0 => Ok(Step::Unsliced(self.refused(response).await)),
            413 => Ok(Step::TooLarge(self.refused(response).await)),
            408 | 416 | 500.. => Ok(Step::Lost(self.refused(response).await)),
            // The bytes were verified before, so it is the registry that has other bytes.
            400 if end == 0 => match self.refused(response).await {
                error if error.has_code("DIGEST_INVALID") => Ok(Step::Forgotten(error)),
                error => Err(error),
            },
            _ => Err(self.refused(response).await),
        }
    }

    /// Completes an upload that the registry has accepted under the right digest. Only 201 means that it is stored.
    async fn accepted(&self, response: &Response) -> Result<Step, Error> {
        let stated = response.headers.get("docker-content-digest");
        let expected = &self.blob.digest;
        match stated.map(crate::image::Digest::parse) {
            Some(Ok(actual)) if actual != *expected => Err(Error::DigestMismatch {
                what: self.what.clone(),
                expected: expected.clone(),
                actual,
            }),
            _ if response.status == 201 => Ok(Step::Ended),
            _ => match self.push.presence(self.registry, self.blob).await? {
                Presence::There => Ok(Step::Ended),
                Presence::OtherLength(bytes) => Err(self.not_stored(Unstored::Length(bytes))),
                Presence::Absent => Err(self.not_stored(Unstored::Absent)),
            },
        }
    }

    /// Asks the registry for the bytes received of the open upload; `None` if the upload must start over.
    async fn asked_how_far(&self) -> Option<u64> {
        let location = self.push.begun.borrow().as_ref()?.location.clone();
        let request = HttpRequest::get(location, Cache::Bypassed);
        let response = self
            .registry
            .ask(request, &self.push.scope(), &self.what)
            .await;
        let response = response
            .ok()
            .filter(|response| matches!(response.status, 200 | 202 | 204))?;
        if response.headers.get("location").is_some() {
            self.push
                .note_begun(self.registry, self.blob, &response)
                .ok()?;
        }
        location::arrived_bytes(&response)
    }

    async fn change(&self, request: HttpRequest) -> Result<Response, Error> {
        let scope = self.push.scope();
        self.registry.ask(request, &scope, &self.what).await
    }

    async fn refused(&self, response: Response) -> Error {
        self.registry
            .refusal_of(Deed::Write, &self.what, response)
            .await
    }
}

/// True for a browser failure that may hide an answer.
fn is_hidden(error: &Error) -> bool {
    matches!(error, Error::Io { cause, .. } if matches!(cause.kind, ErrorKind::Cors | ErrorKind::Withheld))
}

/// True if another attempt may succeed.
pub(super) fn may_pass(error: &Error) -> bool {
    match error {
        // For a request with a body, a browser reports a broken connection and a refusal alike.
        Error::Io { cause, .. } => matches!(
            cause.kind,
            ErrorKind::Unreachable | ErrorKind::Silent | ErrorKind::Cors | ErrorKind::Withheld
        ),
        Error::TokenServer { cause, .. } => {
            matches!(cause.kind, ErrorKind::Unreachable | ErrorKind::Silent)
        }
        Error::Refused { status, .. } => matches!(status, 408 | 500..),
        _ => false,
    }
}
