//! Implementations over memory, for tests and small data.

use crate::message::Message;
use std::cell::RefCell;
use std::rc::Rc;

use super::{
    Bytes, Error, ErrorKind, HttpRequest, LocalFuture, ReadAt, Response, Spool, Transport,
};

/// A spool in memory that refuses bytes beyond its limit.
pub struct MemorySpool {
    bytes: Vec<u8>,
    limit_bytes: u64,
}

impl MemorySpool {
    /// Creates an empty spool for at most `limit_bytes`.
    pub fn new(limit_bytes: u64) -> MemorySpool {
        MemorySpool {
            bytes: Vec::new(),
            limit_bytes,
        }
    }
}

impl Spool for MemorySpool {
    fn append(&mut self, bytes: Vec<u8>) -> LocalFuture<'_, Result<(), Error>> {
        let fits = self.bytes.len() as u64 + bytes.len() as u64 <= self.limit_bytes;
        if fits {
            self.bytes.extend_from_slice(&bytes);
        }
        Box::pin(std::future::ready(if fits {
            Ok(())
        } else {
            Err(Error::new(
                ErrorKind::StorageFull,
                Message::memory_limit(self.limit_bytes),
            ))
        }))
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<Rc<dyn ReadAt>, Error>> {
        let bytes: Rc<dyn ReadAt> = Rc::new(Bytes::new(self.bytes));
        Box::pin(std::future::ready(Ok(bytes)))
    }
}

/// A transport that answers every request from a function, and records the requests. It reads parts that are a `Vec<u8>`.
pub struct MemoryTransport<F> {
    answer: F,
    asked: RefCell<Vec<HttpRequest>>,
}

impl<F: Fn(&HttpRequest) -> Result<Response, Error>> MemoryTransport<F> {
    /// Creates a transport that calls `answer` for each request.
    pub fn new(answer: F) -> MemoryTransport<F> {
        MemoryTransport {
            answer,
            asked: RefCell::default(),
        }
    }

    /// Returns the requests so far, in order.
    pub fn asked(&self) -> Vec<HttpRequest> {
        self.asked.borrow().clone()
    }
}

impl<F: Fn(&HttpRequest) -> Result<Response, Error>> Transport for MemoryTransport<F> {
    fn exchange(&self, mut request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>> {
        let part = request.part.as_ref();
        if let Some(bytes) = part.and_then(|part| part.handle.0.downcast_ref::<Vec<u8>>()) {
            request.body = bytes.as_slice().into();
        }
        let response = (self.answer)(&request);
        self.asked.borrow_mut().push(request);
        Box::pin(std::future::ready(response))
    }
}
