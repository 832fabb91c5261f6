//! A blob in a registry: streamed with resumption, read in ranges, found behind redirects and at foreign URLs.
//!
//! The bytes are not verified here; a reader verifies them by reading to the end.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::image::Digest;
use crate::io::{self, ByteStream, Cache, ErrorKind, HttpRequest, LocalFuture, Response};

use super::super::{Blob, Error, RepositoryPlace};
use super::answer;
use super::auth::Scope;
use super::conversation::{Conversation, as_io, io_error};
use super::encoding::{self, encoding_of};
use super::host::Asker;
use super::url;

/// A blob of one repository.
pub struct RegistryBlob(Rc<Place>);

struct Place {
    registry: Rc<Conversation>,
    repository: String,
    digest: Digest,
    size_bytes: Option<u64>,
    /// The other locations of a nondistributable layer; empty for all other blobs.
    foreign_urls: Vec<String>,
    /// True if the foreign URLs may be used.
    asks_foreign: Cell<bool>,
    /// The redirect target, or the foreign URL that answered. Ranges are requested there directly.
    direct: RefCell<Option<String>>,
    /// True if the server does not support ranges. All bytes are then requested, and unwanted ones are skipped.
    has_no_ranges: Cell<bool>,
    what: Message,
    /// The same in English, for warnings.
    told: String,
}

impl RegistryBlob {
    pub(super) fn new(
        registry: Rc<Conversation>,
        repository: &str,
        digest: Digest,
        size_bytes: Option<u64>,
        foreign_urls: Vec<String>,
    ) -> RegistryBlob {
        let what = Message::blob_of(digest.to_string(), repository);
        RegistryBlob(Rc::new(Place {
            what: what.clone(),
            told: what.to_string(),
            registry,
            repository: repository.to_owned(),
            digest,
            size_bytes,
            foreign_urls,
            asks_foreign: Cell::new(true),
            direct: RefCell::default(),
            has_no_ranges: Cell::new(false),
        }))
    }
}

impl Blob for RegistryBlob {
    fn size_bytes(&self) -> Option<u64> {
        self.0.size_bytes
    }

    fn place(&self) -> Option<&str> {
        Some(&self.0.told)
    }

    fn repository(&self) -> Option<RepositoryPlace<'_>> {
        Some(RepositoryPlace {
            base: &self.0.registry.base,
            name: &self.0.repository,
        })
    }

    fn ask_elsewhere(&self, may: bool) {
        self.0.asks_foreign.set(may);
    }

    fn stream(&self) -> LocalFuture<'_, Result<Box<dyn ByteStream>, Error>> {
        Box::pin(async move {
            let mut stream = Resuming::new(Rc::clone(&self.0), 0, Until::End);
            stream.open().await?;
            let stream: Box<dyn ByteStream> = Box::new(stream);
            Ok(stream)
        })
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            let read = self.0.read(offset, len, Ranges::Perhaps).await?;
            read.ok_or_else(|| self.0.past_the_end(offset))
        })
    }

    fn read_part(
        &self,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(self.0.read(offset, len, Ranges::Needed))
    }
}

/// The handling of a server that ignores `Range`: the range is cut out of all bytes, or not read at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ranges {
    Perhaps,
    Needed,
}

impl Place {
    /// Reads a range; `None` if it would have to be cut out of all bytes and must not be.
    async fn read(
        self: &Rc<Self>,
        offset: u64,
        len: usize,
        ranges: Ranges,
    ) -> Result<Option<Vec<u8>>, Error> {
        let place = self;
        let end = u64::try_from(len)
            .ok()
            .and_then(|len| offset.checked_add(len));
        let within = |end: &u64| place.size_bytes.is_none_or(|size| *end <= size);
        let end = end
            .filter(within)
            .ok_or_else(|| place.past_the_end(offset))?;
        let mut bytes = Vec::new();
        if len == 0 {
            return Ok(Some(bytes));
        }
        let mut stream = Resuming::new(Rc::clone(place), offset, Until::Before(end));
        stream.open().await?;
        if stream.n_skip > 0 && ranges == Ranges::Needed {
            return Ok(None);
        }
        while let Some(piece) = stream.next().await.map_err(|e| io_error(&place.what, e))? {
            bytes.extend_from_slice(&piece);
        }
        if bytes.len() == len {
            Ok(Some(bytes))
        } else {
            Err(place.past_the_end(offset))
        }
    }
}

/// The end of a request.
#[derive(Clone, Copy)]
enum Until {
    /// The end of the blob.
    End,
    /// This offset, exclusive.
    Before(u64),
}

impl Place {
    fn past_the_end(&self, offset: u64) -> Error {
        let detail = Message::range_past_end(offset);
        io_error(&self.what, io::Error::new(ErrorKind::OutOfRange, detail))
    }

    /// Requests the bytes from `offset` on. The answer has status 200, 206 or 416.
    async fn ask(&self, offset: u64, until: Until) -> Result<Response, Error> {
        match self.ask_once(offset, until).await {
            Err(Error::Refused {
                status: 405 | 501, ..
            }) if !matches!(until, Until::End if offset == 0)
                && !self.has_no_ranges.replace(true) =>
            {
                self.ask_once(offset, until).await
            }
            answer => answer,
        }
    }

    async fn ask_once(&self, offset: u64, until: Until) -> Result<Response, Error> {
        let range = match until {
            _ if self.has_no_ranges.get() => None,
            Until::End if offset == 0 => None,
            Until::End => Some(format!("bytes={offset}-")),
            Until::Before(end) => Some(format!("bytes={offset}-{}", end.saturating_sub(1))),
        };
        let request = |address: &str| {
            let request = HttpRequest::get(address, Cache::Allowed);
            match &range {
                Some(range) => request.with_header("Range", range),
                None => request,
            }
        };
        let scope = Scope::Pull(self.repository.clone());
        let ask = async |address: &str| {
            let request = request(address);
            self.registry.ask(request, &scope, &self.what).await
        };
        let direct = self.direct.borrow().clone().filter(|_| range.is_some());
        if let Some(direct) = direct {
            match ask(&direct).await {
                Ok(response) if answer::is_content(&response) => return Ok(response),
                // A signed URL is valid for minutes; the registry gives a new one.
                _ => *self.direct.borrow_mut() = None,
            }
        }
        let path = url::encode_path(&format!("{}/blobs/{}", self.repository, self.digest));
        let response = ask(&self.registry.address(&path)).await?;
        if answer::is_content(&response) {
            if !self.registry.is_own(&response) {
                *self.direct.borrow_mut() = Some(response.url.clone());
            }
            return Ok(response);
        }
        let (mut refused, mut wants_login) = (None, None);
        let may_ask = self.asks_foreign.get();
        for address in self.foreign_urls.iter().filter(|_| may_ask) {
            // A manifest may name any URL. Only an admissible one is contacted, and without a token.
            if let Err(error) = self.registry.gate.admit(address) {
                refused.get_or_insert(error);
                continue;
            }
            match ask(address).await {
                Ok(response) if answer::is_content(&response) => {
                    *self.direct.borrow_mut() = Some(address.clone());
                    return Ok(response);
                }
                Err(error @ Error::LoginElsewhere { .. }) => wants_login = Some(error),
                _ => {}
            }
        }
        if let Some(error) = wants_login {
            return Err(error);
        }
        if response.status != 404 {
            return Err(self.registry.refusal(&self.what, response).await);
        }
        let what = self.what.clone();
        Err(Error::Missing {
            what: match refused {
                _ if self.foreign_urls.is_empty() => what,
                _ if !may_ask => {
                    Message::foreign_elsewhere(what, url::hosts_of(&self.foreign_urls))
                }
                Some(refused) => Message::foreign_refused(what, &refused),
                None => Message::foreign_layer(what),
            },
        })
    }
}

/// Milliseconds before a blob's rate counts.
const GRACE_MILLIS: u64 = 60_000;
/// The longest time between two pieces that counts as transfer time, in milliseconds.
const MOST_GAP_MILLIS: u64 = 30_000;

/// A stream that resumes after a broken connection.
struct Resuming {
    place: Rc<Place>,
    /// The offset of the next byte to return.
    at: u64,
    until: Until,
    body: Option<Box<dyn ByteStream>>,
    /// Bytes to skip first, if the registry ignores ranges.
    n_skip: u64,
    n_broken: u32,
    /// The offset of the last break.
    broken_at: u64,
    /// The offset at which a body last ended before the blob's end, without an error.
    short_at: Option<u64>,
    /// The offset of the first byte.
    began_at: u64,
    /// The time of the last piece, and the total transfer time in milliseconds.
    seen_millis: i64,
    active_millis: u64,
}

impl Resuming {
    fn new(place: Rc<Place>, at: u64, until: Until) -> Resuming {
        Resuming {
            began_at: at,
            seen_millis: place.registry.clock.unix_millis(),
            active_millis: 0,
            place,
            at,
            until,
            body: None,
            n_skip: 0,
            n_broken: 0,
            broken_at: at,
            short_at: None,
        }
    }

    /// Returns the offset at which the bytes should end.
    fn expected_end(&self) -> Option<u64> {
        match self.until {
            Until::End => self.place.size_bytes,
            Until::Before(end) => Some(end),
        }
    }

    /// True if all requested bytes have been returned.
    fn has_enough(&self) -> bool {
        match self.until {
            Until::Before(end) => self.at >= end,
            Until::End => false,
        }
    }

    /// Checks the bytes received so far against the limits.
    ///
    /// # Errors
    /// When the blob exceeds its stated size, or the limit if no size is stated, or when it is too slow.
    fn check_course(&mut self) -> Result<(), io::Error> {
        let limits = &self.place.registry.limits;
        let refuse = |detail: Message| Err(io::Error::new(ErrorKind::Misbehaved, detail));
        match (self.until, self.place.size_bytes) {
            (Until::End, Some(size)) if self.at > size => {
                return refuse(Message::past_stated_size(size));
            }
            (Until::End, None) if self.at > limits.registry.blob_bytes => {
                let limit = limits.registry.blob_bytes;
                return refuse(Message::blob_limit(limit));
            }
            _ => {}
        }
        let now = self.place.registry.clock.unix_millis();
        let gap = now.saturating_sub(self.seen_millis).max(0).cast_unsigned();
        self.seen_millis = now;
        // A sleeping tab or a silence counts as a moment: only a slow trickle is given up for its rate.
        self.active_millis += gap.min(MOST_GAP_MILLIS);
        let n_bytes = self.at.saturating_sub(self.began_at);
        let rate = limits.registry.least_rate;
        let allowed_millis = n_bytes.saturating_mul(1_000).checked_div(rate);
        match allowed_millis {
            Some(allowed) if self.active_millis > allowed.saturating_add(GRACE_MILLIS) => {
                refuse(Message::too_slow(rate, n_bytes, self.active_millis / 1_000))
            }
            _ => Ok(()),
        }
    }

    /// Requests the remaining bytes.
    async fn open(&mut self) -> Result<(), Error> {
        let mut response = self.place.ask(self.at, self.until).await?;
        let malformed = |reason: Message| Error::Malformed {
            what: Message::answer_for(self.place.what.clone()),
            reason,
        };
        let is_encoded =
            self.place.registry.asker == Asker::Native && encoding_of(&response.headers).is_some();
        match response.status {
            200 => {
                if is_encoded {
                    encoding::decode_blob(&mut response, self.place.size_bytes);
                }
                self.check_length(&response).map_err(malformed)?;
                self.n_skip = self.at;
            }
            // A range of encoded bytes cannot be decoded.
            206 if is_encoded && !self.place.has_no_ranges.replace(true) => {
                return Box::pin(self.open()).await;
            }
            206 if is_encoded => {
                return Err(malformed(Message::encoded_range()));
            }
            206 => {
                let start = response
                    .headers
                    .get("content-range")
                    .and_then(answer::range_start);
                self.n_skip = match start.map(|start| self.at.checked_sub(start)) {
                    None => 0,
                    Some(Some(before)) => before,
                    // The answer begins after the requested offset. Only a full answer is sure to contain it.
                    Some(None) if !self.place.has_no_ranges.replace(true) => {
                        return Box::pin(self.open()).await;
                    }
                    Some(None) => {
                        let at = self.at;
                        return Err(malformed(Message::another_range(at)));
                    }
                };
            }
            _ => {
                // 416: nothing is left. The bytes so far are all there is.
                if self.at == 0 || matches!(self.until, Until::Before(_)) {
                    return Err(self.place.past_the_end(self.at));
                }
                self.body = Some(Box::new(io::VecStream::new(Vec::new())));
                self.short_at = Some(self.at);
                return Ok(());
            }
        }
        self.body = Some(response.body);
        Ok(())
    }

    /// Rejects a body whose length is not the blob's: reading it would be a waste.
    fn check_length(&self, response: &Response) -> Result<(), Message> {
        match (encoding::length_of(response), self.place.size_bytes) {
            (Some(length), Some(size))
                if length != size && response.headers.get("content-encoding").is_none() =>
            {
                Err(Message::another_length(length, size))
            }
            _ => Ok(()),
        }
    }

    /// Returns the requested part of a piece; `None` if no byte of it was requested.
    fn wanted(&mut self, mut piece: Vec<u8>) -> Option<Vec<u8>> {
        let len = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        let n_skip = self.n_skip.min(len);
        self.n_skip -= n_skip;
        piece.drain(..usize::try_from(n_skip).unwrap_or(piece.len()));
        if let Until::Before(end) = self.until {
            let room = usize::try_from(end.saturating_sub(self.at)).unwrap_or(usize::MAX);
            piece.truncate(room);
        }
        self.at = self
            .at
            .saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        (!piece.is_empty()).then_some(piece)
    }

    /// Counts a break. Returns the error if there have been too many.
    async fn broken(&mut self, cause: io::Error) -> Result<(), io::Error> {
        self.body = None;
        // A break after new bytes resets the count. A trickle is given up for its rate instead.
        if self.at > self.broken_at {
            self.n_broken = 0;
        }
        self.broken_at = self.at;
        if cause.kind == ErrorKind::Cancelled
            || self.n_broken >= self.place.registry.limits.registry.retries
        {
            return Err(cause);
        }
        self.place.registry.pause_before(&mut self.n_broken).await;
        Ok(())
    }
}

impl ByteStream for Resuming {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, io::Error>> {
        Box::pin(async move {
            loop {
                if self.has_enough() {
                    return Ok(None);
                }
                let Some(body) = &mut self.body else {
                    match self.open().await {
                        Ok(()) => {}
                        Err(Error::Io { cause, .. }) if cause.kind != ErrorKind::OutOfRange => {
                            self.broken(cause).await?;
                        }
                        Err(error) => return Err(as_io(error)),
                    }
                    continue;
                };
                match body.next().await {
                    Ok(Some(piece)) => {
                        let piece = self.wanted(piece);
                        self.check_course()?;
                        if let Some(piece) = piece {
                            return Ok(Some(piece));
                        }
                    }
                    Ok(None) => {
                        let is_short = self.expected_end().is_some_and(|end| self.at < end);
                        // It ended twice at the same offset: the blob is no longer than this.
                        if !is_short || self.short_at == Some(self.at) {
                            return Ok(None);
                        }
                        self.short_at = Some(self.at);
                        let detail = Message::ended_before_blob();
                        self.broken(io::Error::new(ErrorKind::Other, detail))
                            .await?;
                    }
                    // All bytes have been received. The way the connection ended does not matter.
                    Err(_) if self.expected_end().is_some_and(|end| self.at >= end) => {
                        return Ok(None);
                    }
                    Err(cause) => self.broken(cause).await?,
                }
            }
        })
    }
}
