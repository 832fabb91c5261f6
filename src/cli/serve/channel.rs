//! Bodies between the server's one thread and the threads that wait for registries and files.
//!
//! A few pieces lie between both at most, so memory does not grow with what passes.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Frame, Incoming, SizeHint};
use hyper::{Response, body};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// An answer of this server.
pub(super) type Answer = Response<Body>;

/// Pieces that wait between two threads at most.
const PIECES: usize = 3;

/// The body of an answer.
pub(super) enum Body {
    /// No bytes.
    Nothing,
    /// Bytes that are there.
    Whole(Bytes),
    /// Pieces of another thread. Dropping the receiver ends that thread's work, and gives the permit back.
    Pieces {
        pieces: mpsc::Receiver<io::Result<Bytes>>,
        _permit: OwnedSemaphorePermit,
    },
}

impl body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut *self {
            Body::Nothing => Poll::Ready(None),
            Body::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Body::Nothing;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Body::Pieces { pieces, .. } => pieces
                .poll_recv(context)
                .map(|piece| piece.map(|piece| piece.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Body::Nothing => true,
            Body::Whole(bytes) => bytes.is_empty(),
            Body::Pieces { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Nothing => SizeHint::with_exact(0),
            Body::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Body::Pieces { .. } => SizeHint::default(),
        }
    }
}

/// The memory of pieces that come back once they are sent, so that later ones may lie in it.
pub(super) struct Lender {
    back: std::sync::mpsc::Sender<Vec<u8>>,
    returned: std::sync::mpsc::Receiver<Vec<u8>>,
}

/// A piece that goes back when it is dropped.
struct Lent {
    piece: Vec<u8>,
    back: std::sync::mpsc::Sender<Vec<u8>>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.piece
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Whoever lent it may have ended.
        let _ = self.back.send(std::mem::take(&mut self.piece));
    }
}

impl Default for Lender {
    fn default() -> Lender {
        let (back, returned) = std::sync::mpsc::channel();
        Lender { back, returned }
    }
}

impl Lender {
    /// Returns the bytes of a piece, whose memory comes back.
    pub(super) fn lend(&self, piece: Vec<u8>) -> Bytes {
        let back = self.back.clone();
        Bytes::from_owner(Lent { piece, back })
    }

    /// Returns the memory of a piece that has come back.
    pub(super) fn returned(&self) -> Option<Vec<u8>> {
        self.returned.try_recv().ok()
    }
}

/// Creates the two ends of a body in pieces.
pub(super) fn pieces() -> (
    mpsc::Sender<io::Result<Bytes>>,
    mpsc::Receiver<io::Result<Bytes>>,
) {
    mpsc::channel(PIECES)
}

/// Reads a whole body of known length.
pub(super) async fn collect(mut body: Incoming, silence: Duration) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) = next(&mut body, silence).await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(bytes)
}

/// Passes a body on to another thread, until either ends.
pub(super) async fn pump(
    mut body: Incoming,
    silence: Duration,
    to: mpsc::Sender<io::Result<Bytes>>,
) {
    while let Some(piece) = next(&mut body, silence).await {
        let is_end = piece.is_err();
        if to.send(piece).await.is_err() || is_end {
            return;
        }
    }
}

async fn next(body: &mut Incoming, silence: Duration) -> Option<io::Result<Bytes>> {
    loop {
        let frame = match tokio::time::timeout(silence, body.frame()).await {
            Ok(None) => return None,
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(cause))) => return Some(Err(io::Error::other(cause))),
            Err(_) => return Some(Err(io::ErrorKind::TimedOut.into())),
        };
        if let Ok(piece) = frame.into_data() {
            return Some(Ok(piece));
        }
    }
}

/// The reading end of a body that comes in pieces, for a thread that may wait.
pub(super) struct Pieces {
    from: mpsc::Receiver<io::Result<Bytes>>,
    current: Bytes,
}

impl Pieces {
    pub(super) fn new(from: mpsc::Receiver<io::Result<Bytes>>) -> Pieces {
        Pieces {
            from,
            current: Bytes::new(),
        }
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.from.blocking_recv() {
                None => return Ok(0),
                Some(piece) => self.current = piece?,
            }
        }
        let n = self.current.len().min(into.len());
        let piece = self.current.split_to(n);
        if let Some(into) = into.get_mut(..n) {
            into.copy_from_slice(&piece);
        }
        Ok(n)
    }
}
