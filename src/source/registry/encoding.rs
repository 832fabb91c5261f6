//! Removes content encodings that a proxy or a static host has added in transit.
//!
//! The command requests none (`Accept-Encoding: identity`) and decodes gzip if it is sent anyway. In a page, the
//! browser requests encodings and decodes them itself.

use crate::message::Message;
use std::collections::VecDeque;

use crate::bounds::Limits;
use crate::io::{ByteStream, Error, ErrorKind, Headers, LocalFuture, Response};
use crate::layer::{Checksum, Compression, DecodeStatus, Decoder};

/// Decoded bytes returned at a time: one received piece may expand a thousandfold.
const PIECE_BYTES: usize = 64 * 1024;
/// The first bytes of a gzip stream.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Returns the encoding of an answer's body, in lower case; `None` if there is none.
pub(super) fn encoding_of(headers: &Headers) -> Option<String> {
    let encoding = headers.get("content-encoding")?.trim().to_ascii_lowercase();
    (!matches!(encoding.as_str(), "" | "identity")).then_some(encoding)
}

/// Returns the `Content-Length` in bytes.
pub(super) fn length_of(response: &Response) -> Option<u64> {
    let length = response.headers.get("content-length")?;
    length.trim().parse().ok()
}

/// True for gzip.
pub(super) fn is_gzip(encoding: &str) -> bool {
    matches!(encoding, "gzip" | "x-gzip")
}

/// Decodes a body if its header says gzip and its bytes are gzip. A browser keeps the header for a body that it
/// has decoded already. The reader bounds the length.
pub(super) fn decode(response: &mut Response) {
    if encoding_of(&response.headers).is_some_and(|encoding| is_gzip(&encoding)) {
        response.headers.remove("content-encoding");
        // It states the encoded length.
        response.headers.remove("content-length");
        let sent: Box<dyn ByteStream> = Box::new(crate::io::VecStream::new(Vec::new()));
        let sent = std::mem::replace(&mut response.body, sent);
        response.body = Box::new(Decoded {
            sent,
            state: State::Unknown,
            input: VecDeque::new(),
            room: Vec::new(),
        });
    }
}

/// Like [`decode`], for a blob of this size. A static host may state the encoding of a compressed layer that it
/// sends unchanged; the length tells the difference.
pub(super) fn decode_blob(response: &mut Response, size_bytes: Option<u64>) {
    if length_of(response).is_none_or(|length| Some(length) != size_bytes) {
        decode(response);
    }
}

/// A body whose encoding is removed.
struct Decoded {
    sent: Box<dyn ByteStream>,
    state: State,
    /// Bytes received, but not yet returned or decoded.
    input: VecDeque<u8>,
    /// Buffer for decoded bytes.
    room: Vec<u8>,
}

enum State {
    /// Not enough bytes to recognise gzip.
    Unknown,
    /// Not encoded, whatever the header says.
    Plain,
    Gzip(Box<Decoder>),
    Ended,
}

impl Decoded {
    async fn give(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            match &mut self.state {
                State::Ended => return Ok(None),
                State::Plain => {
                    let waiting: Vec<u8> = self.input.drain(..).collect();
                    return match waiting.is_empty() {
                        true => self.sent.next().await,
                        false => Ok(Some(waiting)),
                    };
                }
                State::Unknown => {
                    if self.input.len() >= MAGIC.len() {
                        let is_gzip = self.input.iter().take(MAGIC.len()).eq(&MAGIC);
                        self.state = match is_gzip {
                            true => State::Gzip(Box::new(Decoder::new(
                                Compression::Gzip,
                                &Limits::DEFAULT.layer,
                            ))),
                            false => State::Plain,
                        };
                    } else {
                        match self.sent.next().await? {
                            Some(piece) => self.input.extend(piece),
                            None => self.state = State::Plain,
                        }
                    }
                }
                State::Gzip(decoder) => {
                    self.room.resize(PIECE_BYTES, 0);
                    let waiting = self.input.make_contiguous();
                    let step = decoder.decode(waiting, &mut self.room).map_err(damaged)?;
                    self.input.drain(..step.read);
                    if step.written > 0 {
                        let piece = self.room.get(..step.written);
                        return Ok(piece.map(<[u8]>::to_vec));
                    }
                    if step.status == DecodeStatus::NeedsInput && self.input.is_empty() {
                        match self.sent.next().await? {
                            Some(more) => self.input.extend(more),
                            None => {
                                let ended = decoder.finish().map_err(damaged)?;
                                self.state = State::Ended;
                                if let Checksum::Refuted(error) = ended.checksum {
                                    return Err(damaged(error));
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl ByteStream for Decoded {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(self.give())
    }
}

fn damaged(error: crate::layer::Error) -> Error {
    let detail = Message::not_decoded(error.to_string());
    Error::new(ErrorKind::Misbehaved, detail)
}
