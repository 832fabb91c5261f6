//! zstd: one frame after the other, with skippable frames among them (RFC 8878).
//!
//! This module handles frames, their limits and their checks. Decompressing a block is left to ruzstd. Dictionaries
//! are refused, because an image has no way to carry them.
//!
//! Implementation note: ruzstd gets one whole block at a time, and its buffer is emptied before the next. Memory is
//! thus bounded by the window, and the output does not depend on how the input is cut.

use crate::message::{Code, Message};
use std::io::Read;

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::checkpoint::{Checkpoint, Recorder, Resume};
use super::step::{Checksum, Codec, DecodeStatus, DecodeStep, Ended, Progress};
use super::zstd_header::{Frame, Head, little_endian, parse_head};
use crate::layer::{Compression, Error, TarOffset};

/// Size of the largest block in bytes. Staged input is at most a few bytes more.
const BLOCK_BYTES: usize = 128 * 1024;
/// Window beyond which a decoder is not kept for the next frame, nor allocated in advance for it.
const KEPT_WINDOW_BYTES: u64 = 8 * 1024 * 1024;
/// An empty raw block marked as last, and a checksum: ends a truncated frame.
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// A decoder of zstd frames.
pub(super) struct Zstd {
    state: State,
    decoder: FrameDecoder,
    /// Window that `decoder` has room for, in bytes.
    decoder_window_bytes: u64,
    /// Bytes of a header or block that came in pieces.
    staged: Vec<u8>,
    window_limit_bytes: u64,
    /// Compressed bytes consumed.
    stored: u64,
    /// Compressed offset of the header or block being read.
    part_at: u64,
    /// Bytes decompressed from complete frames.
    decoded: u64,
    frame: Frame,
    /// Bytes returned of the current frame.
    frame_decoded: u64,
    /// True if a frame with a checksum was read; `unchecked`, if one without was.
    checked: bool,
    unchecked: bool,
    refuted: Option<Error>,
    recorder: Option<Recorder>,
}

enum State {
    /// At or in a frame's header.
    Header,
    /// In a skippable frame, with the bytes left to skip.
    Skipping(u64),
    /// At or in a block.
    Block,
    /// Returning the output of a block. `last` if it ends the frame.
    Drain {
        last: bool,
    },
    Failed(Error),
}

impl Zstd {
    pub(super) fn new(window_limit_bytes: u64, recorder: Option<Recorder>) -> Zstd {
        Zstd {
            state: State::Header,
            decoder: FrameDecoder::new(),
            decoder_window_bytes: 0,
            staged: Vec::new(),
            window_limit_bytes,
            stored: 0,
            part_at: 0,
            decoded: 0,
            frame: Frame::default(),
            frame_decoded: 0,
            checked: false,
            unchecked: false,
            refuted: None,
            recorder,
        }
    }

    /// Stages input until `n` bytes are there. True once they are.
    fn stage(&mut self, progress: &mut Progress<'_>, n: usize) -> bool {
        let input = progress.input();
        let missing = n.saturating_sub(self.staged.len()).min(input.len());
        self.staged
            .extend_from_slice(input.get(..missing).unwrap_or_default());
        self.take(progress, missing);
        self.staged.len() >= n
    }

    fn take(&mut self, progress: &mut Progress<'_>, n: usize) {
        progress.read += n;
        self.stored += n as u64;
    }

    /// Advances in a header. True if more input is needed.
    fn header(&mut self, progress: &mut Progress<'_>) -> bool {
        self.part_at = self.stored - self.staged.len() as u64;
        match parse_head(&self.staged) {
            Head::Needs(n) => return !self.stage(progress, n),
            Head::Skippable { len } => self.state = State::Skipping(len),
            Head::Frame(frame) => self.start_frame(frame),
            Head::Foreign if self.part_at > 0 => self.fail(Code::ZstdRest),
            Head::Foreign => self.fail(Code::NoZstdFrame),
        }
        self.staged.clear();
        false
    }

    fn start_frame(&mut self, frame: Frame) {
        let starts_at = self.part_at;
        if frame.reserved {
            return self.fail(Code::ZstdReserved);
        }
        if frame.dictionary != 0 {
            self.state = State::Failed(Error::NeedsDictionary {
                stored_offset: starts_at,
                dictionary: frame.dictionary,
            });
            return;
        }
        if frame.window_bytes > self.window_limit_bytes {
            self.state = State::Failed(Error::WindowTooLarge {
                compression: Compression::Zstd,
                stored_offset: starts_at,
                window_bytes: frame.window_bytes,
                limit_bytes: self.window_limit_bytes,
            });
            return;
        }
        // A kept decoder allocates the window at once, while a new one grows with its input. So a header's claim
        // alone never takes more memory than the kept size.
        if frame.window_bytes.max(self.decoder_window_bytes) > KEPT_WINDOW_BYTES {
            self.decoder = FrameDecoder::new();
        }
        self.decoder_window_bytes = frame.window_bytes;
        self.decoder.set_max_window_size(self.window_limit_bytes);
        if let Err(error) = self.decoder.reset(self.staged.as_slice()) {
            return self.fail(Message::verbatim(error.to_string()));
        }
        let decoded = self.decoded;
        if let Some(recorder) = self.recorder.as_mut().filter(|r| r.wants_start(decoded)) {
            recorder.record(Checkpoint {
                stored_offset: starts_at,
                decoded_offset: TarOffset(decoded),
                resume: Resume::Start,
            });
        }
        self.frame = frame;
        self.frame_decoded = 0;
        self.state = State::Block;
    }

    /// Returns the full length of the block at the start of `bytes`, and whether it is the last. `None` if its
    /// header is incomplete.
    fn block_len(&self, bytes: &[u8]) -> Option<Result<(usize, bool), Code>> {
        let header = little_endian(bytes.get(..3)?);
        let last = header & 1 == 1;
        let size = usize::try_from(header >> 3).unwrap_or(usize::MAX);
        if size > BLOCK_BYTES {
            return Some(Err(Code::ZstdBlockLength));
        }
        let body = match (header >> 1) & 0b11 {
            1 => 1,
            0 | 2 => size,
            _ => return Some(Err(Code::ZstdBlockType)),
        };
        let checksum = if last && self.frame.has_checksum {
            4
        } else {
            0
        };
        Some(Ok((3 + body + checksum, last)))
    }

    /// Advances in a block. True if more input is needed.
    fn block(&mut self, progress: &mut Progress<'_>) -> bool {
        let in_place = self.staged.is_empty();
        self.part_at = self.stored - self.staged.len() as u64;
        let seen = if in_place {
            progress.input()
        } else {
            self.staged.as_slice()
        };
        let (len, last) = match self.block_len(seen) {
            None => return !self.stage(progress, 3),
            Some(Ok(found)) => found,
            Some(Err(reason)) => {
                self.fail(reason);
                return false;
            }
        };
        if let Some(block) = progress.input().get(..len).filter(|_| in_place) {
            self.decode_block(block, last);
            self.take(progress, len);
        } else if self.stage(progress, len) {
            let block = std::mem::take(&mut self.staged);
            self.decode_block(&block, last);
            self.staged = block;
            self.staged.clear();
        } else {
            return true;
        }
        false
    }

    fn decode_block(&mut self, block: &[u8], last: bool) {
        match self
            .decoder
            .decode_blocks(block, BlockDecodingStrategy::UptoBlocks(1))
        {
            Ok(_) => self.state = State::Drain { last },
            Err(error) => self.fail(Message::verbatim(error.to_string())),
        }
    }

    fn drain(&mut self, progress: &mut Progress<'_>, last: bool) {
        // The decoder's buffer is memory: reading from it cannot fail.
        let n = self.decoder.read(progress.output()).unwrap_or(0);
        progress.written += n;
        self.frame_decoded += n as u64;
        if self.decoder.can_collect() > 0 {
            return;
        }
        self.state = State::Block;
        if last {
            self.end_frame();
        }
    }

    fn end_frame(&mut self) {
        self.decoded += self.frame_decoded;
        self.state = State::Header;
        let (stored, computed) = (
            self.decoder.get_checksum_from_data(),
            self.decoder.get_calculated_checksum(),
        );
        match (stored, computed) {
            (Some(expected), Some(actual)) if expected != actual => {
                self.refuted.get_or_insert(Error::Checksum {
                    compression: Compression::Zstd,
                    what: Code::CheckContent,
                    stored_offset: self.stored,
                    expected: format!("{expected:08x}"),
                    actual: format!("{actual:08x}"),
                });
            }
            (Some(_), Some(_)) => self.checked = true,
            _ => self.unchecked = true,
        }
        if self
            .frame
            .content_bytes
            .is_some_and(|announced| announced != self.frame_decoded)
        {
            self.fail(Code::ZstdLength);
        }
    }

    fn fail(&mut self, reason: impl Into<Message>) {
        self.state = State::Failed(Error::Corrupt {
            compression: Compression::Zstd,
            stored_offset: self.part_at,
            reason: reason.into(),
        });
    }
}

impl Codec for Zstd {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<DecodeStep, Error> {
        let mut progress = Progress::new(input, output);
        loop {
            let needs_input = match &mut self.state {
                State::Failed(_) if progress.written > 0 => {
                    return Ok(progress.step(DecodeStatus::NeedsOutput));
                }
                State::Failed(error) => return Err(error.clone()),
                State::Drain { last } => {
                    let last = *last;
                    if progress.output().is_empty() && self.decoder.can_collect() > 0 {
                        return Ok(progress.step(DecodeStatus::NeedsOutput));
                    }
                    self.drain(&mut progress, last);
                    false
                }
                State::Header => self.header(&mut progress),
                State::Skipping(left) => {
                    let n = usize::try_from(*left)
                        .unwrap_or(usize::MAX)
                        .min(progress.input().len());
                    *left -= n as u64;
                    let more = *left > 0;
                    self.take(&mut progress, n);
                    if !more {
                        self.state = State::Header;
                    }
                    more
                }
                State::Block => self.block(&mut progress),
            };
            if needs_input {
                return Ok(progress.step(DecodeStatus::NeedsInput));
            }
        }
    }

    fn finish(&mut self) -> Result<Ended, Error> {
        match &self.state {
            State::Failed(error) => Err(error.clone()),
            State::Header if self.staged.is_empty() => Ok(Ended {
                checksum: match &self.refuted {
                    Some(error) => Checksum::Refuted(error.clone()),
                    None if self.checked && !self.unchecked => Checksum::Proved,
                    None => Checksum::Absent,
                },
                garbage_at: None,
            }),
            _ => Err(Error::Truncated {
                compression: Compression::Zstd,
                stored_offset: self.stored,
            }),
        }
    }

    fn salvage(&mut self, output: &mut [u8]) -> usize {
        // The decoder holds back one window until the frame ends, so end it. If that fails, nothing more is lost.
        if !self.decoder.is_finished() {
            let _ = self
                .decoder
                .decode_blocks(LAST_BLOCK.as_slice(), BlockDecodingStrategy::UptoBlocks(1));
        }
        self.decoder.read(output).unwrap_or(0)
    }

    fn take_checkpoints(&mut self) -> Vec<Checkpoint> {
        self.recorder
            .take()
            .map(Recorder::finish)
            .unwrap_or_default()
    }
}
