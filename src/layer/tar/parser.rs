//! The push parser: bytes in, one event at a time out.
//!
//! Implementation notes: `extensions` keeps extended headers until the next real entry takes them. A size from PAX
//! applies to that entry and to the bytes skipped after it, never to an extended header in between. Readers that
//! differ in this can hide entries from one another (CVE-2025-62518). Every entry ends in `emit` (in
//! `assemble.rs`), the one place that reports or drops it; `data` and `padding` always come from its tar.

use super::TarEntry;
use super::header::{BLOCK_BYTES, Block, Header, c_string};
use super::pax::{self, Records};
use super::sparse::MapReader;
use crate::bounds::LayerLimits;
use crate::image::ImagePath;
use crate::layer::{
    EngineRefusal, Error, LeftOut, Notice, Sniffed, TarOffset, Warning, Warnings, sniff,
};
use crate::message::Code;

/// Parses a tar that arrives in pieces.
///
/// ```
/// use lamina::bounds::LayerLimits;
/// use lamina::layer::tar::{TarEvent, TarParser};
///
/// let mut parser = TarParser::new(&LayerLimits::DEFAULT);
/// let mut input = &[0; 1024][..];
/// loop {
///     let step = parser.step(input)?;
///     input = &input[step.read..];
///     match step.event {
///         TarEvent::NeedsInput => break,
///         TarEvent::Entry(entry) => println!("{}", entry.path),
///         TarEvent::Data(_) | TarEvent::EntryEnd => {}
///     }
/// }
/// parser.finish()?;
/// # Ok::<(), lamina::layer::Error>(())
/// ```
pub struct TarParser {
    pub(super) state: State,
    pub(super) limits: LayerLimits,
    /// Offset of the next byte.
    pub(super) offset: u64,
    /// A block that arrives in pieces, and the number of its bytes received.
    block: Box<Block>,
    block_len: usize,
    pub(super) extensions: Extensions,
    warnings: Warnings,
    pub(super) left_out: LeftOut,
}

/// The result of one call of [`TarParser::step`].
#[derive(Debug)]
pub struct TarStep<'i> {
    /// Input bytes consumed. The caller passes the rest again.
    pub read: usize,
    /// Event found in those bytes.
    pub event: TarEvent<'i>,
}

/// An event that the parser reports.
#[derive(Debug)]
pub enum TarEvent<'i> {
    /// All input was consumed. More is needed, or nothing of interest follows.
    NeedsInput,
    /// An entry begins.
    Entry(Box<TarEntry>),
    /// The next bytes of its stored content.
    Data(&'i [u8]),
    /// Its content is complete.
    EntryEnd,
}

/// Extended headers that wait for their entry.
#[derive(Default)]
pub(super) struct Extensions {
    /// Offset of the first of them.
    pub(super) starts_at: Option<TarOffset>,
    /// PAX records, with the offset of their header.
    pub(super) pax: Option<(TarOffset, Records)>,
    pub(super) name: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ExtensionKind {
    Pax,
    /// A header for the whole archive, which engines treat as an entry that they do not extract.
    Global,
    LongName,
    LongLink,
}

pub(super) enum State {
    Header,
    /// In the content of an extended header.
    Extension {
        kind: ExtensionKind,
        at: TarOffset,
        left: usize,
        padding: u64,
        text: Vec<u8>,
        /// The header's own name, for a global header.
        name: Vec<u8>,
    },
    /// At an extension block of an old GNU sparse map.
    GnuMap(Box<TarEntry>),
    /// At a block of a PAX 1.0 sparse map.
    PaxMap(Box<TarEntry>, MapReader),
    /// In the content of a reported entry.
    Data {
        left: u64,
        padding: u64,
    },
    /// In content that is skipped, and the padding after it.
    Skip {
        data: u64,
        padding: u64,
    },
    /// After the first of the two zero blocks that end a tar.
    OneZeroBlock,
    Ended,
    Failed(Error),
}

/// Returns the number of bytes between the end of content and the next block.
pub(super) fn padding_of(size: u64) -> u64 {
    let block = BLOCK_BYTES as u64;
    (block - size % block) % block
}

impl TarParser {
    /// Creates a parser at the start of a tar.
    pub fn new(limits: &LayerLimits) -> TarParser {
        TarParser {
            state: State::Header,
            limits: *limits,
            offset: 0,
            block: Box::new([0; BLOCK_BYTES]),
            block_len: 0,
            extensions: Extensions::default(),
            warnings: Warnings::default(),
            left_out: LeftOut::default(),
        }
    }

    /// Parses until there is an event. Call it with the rest of the input until it returns [`TarEvent::NeedsInput`].
    ///
    /// # Errors
    /// If the tar is damaged or crosses a limit. Later calls return the same error.
    pub fn step<'i>(&mut self, input: &'i [u8]) -> Result<TarStep<'i>, Error> {
        let mut rest = input;
        let event = loop {
            match self.advance(&mut rest) {
                Ok(Some(event)) => break event,
                Ok(None) => {}
                Err(error) => {
                    self.state = State::Failed(error.clone());
                    return Err(error);
                }
            }
        };
        Ok(TarStep {
            read: input.len() - rest.len(),
            event,
        })
    }

    /// Returns the offset of the next byte that the parser needs.
    pub fn position(&self) -> TarOffset {
        TarOffset(self.offset)
    }

    /// Returns the number of following bytes that are content the parser need not see.
    pub fn skippable(&self) -> u64 {
        match self.state {
            State::Data { left, padding } => left + padding,
            State::Skip { data, padding } => data + padding,
            _ => 0,
        }
    }

    /// Advances by `n` bytes as if they had been pushed, at most [`TarParser::skippable`].
    pub fn skip(&mut self, n: u64) {
        let n = n.min(self.skippable());
        if let State::Data {
            left: data,
            padding,
        }
        | State::Skip { data, padding } = &mut self.state
        {
            let of_data = n.min(*data);
            *data -= of_data;
            *padding -= n - of_data;
            self.offset += n;
        }
    }

    /// True if the end marker was read. Nothing after it is an entry.
    pub fn is_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Returns the oddities found so far.
    pub fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    /// Returns the entries omitted so far.
    pub fn left_out(&self) -> &LeftOut {
        &self.left_out
    }

    /// Ends the input.
    ///
    /// # Errors
    /// [`Error::TarTruncated`] within a header or content. A missing end marker, or a last entry without its
    /// padding, is not an error.
    pub fn finish(&mut self) -> Result<(), Error> {
        let within = match &self.state {
            State::Failed(error) => return Err(error.clone()),
            State::Ended => return Ok(()),
            State::OneZeroBlock => {
                let block = *self.block;
                self.end_at_one_zero_block(block.get(..self.block_len).unwrap_or_default());
                return Ok(());
            }
            State::Data { left: 0, .. } => return Ok(()),
            State::Skip { data: 0, .. } if self.extensions.starts_at.is_none() => return Ok(()),
            State::Header if self.block_len == 0 && self.extensions.starts_at.is_none() => {
                return Ok(());
            }
            State::Header if self.offset < BLOCK_BYTES as u64 => {
                let first = self.block.get(..self.block_len).unwrap_or_default();
                match sniff(first) {
                    Sniffed::Tar => Code::WithinFirstHeader,
                    other => {
                        return Err(Error::NotTar {
                            found: other.describe(),
                        });
                    }
                }
            }
            State::Header if self.block_len > 0 => Code::WithinHeader,
            State::Header | State::Extension { .. } | State::Skip { data: 0, .. } => {
                Code::WithinExtendedHeader
            }
            State::GnuMap(_) | State::PaxMap(..) => Code::WithinSparseMap,
            State::Data { .. } | State::Skip { .. } => Code::WithinContent,
        };
        Err(Error::TarTruncated {
            offset: TarOffset(self.offset),
            within,
        })
    }

    fn advance<'i>(&mut self, rest: &mut &'i [u8]) -> Result<Option<TarEvent<'i>>, Error> {
        match &mut self.state {
            State::Failed(error) => return Err(error.clone()),
            State::Ended => {
                self.take(rest, usize::MAX);
                return Ok(Some(TarEvent::NeedsInput));
            }
            State::Data { left: 0, padding } => {
                self.state = State::Skip {
                    data: 0,
                    padding: *padding,
                };
                return Ok(Some(TarEvent::EntryEnd));
            }
            State::Skip {
                data: 0,
                padding: 0,
            } => self.state = State::Header,
            State::Extension { left: 0, .. } => self.end_extension()?,
            _ if rest.is_empty() => return Ok(Some(TarEvent::NeedsInput)),
            State::Data { left, .. } => {
                let n = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                *left -= n as u64;
                return Ok(Some(TarEvent::Data(self.take(rest, n))));
            }
            State::Skip { .. } => {
                let n = self.skippable().min(rest.len() as u64);
                self.skip(n);
                *rest = rest
                    .get(usize::try_from(n).unwrap_or(usize::MAX)..)
                    .unwrap_or_default();
            }
            State::Extension { left, text, .. } => {
                let n = (*left).min(rest.len());
                *left -= n;
                text.extend_from_slice(rest.get(..n).unwrap_or_default());
                self.take(rest, n);
            }
            State::Header | State::OneZeroBlock | State::GnuMap(_) | State::PaxMap(..) => {
                let Some(block) = self.take_block(rest) else {
                    return Ok(Some(TarEvent::NeedsInput));
                };
                return self.block(&block);
            }
        }
        Ok(None)
    }

    /// Consumes up to `n` bytes of the input.
    fn take<'i>(&mut self, rest: &mut &'i [u8], n: usize) -> &'i [u8] {
        let (taken, left) = rest.split_at(n.min(rest.len()));
        *rest = left;
        self.offset += taken.len() as u64;
        taken
    }

    /// Consumes a block once it is complete.
    fn take_block(&mut self, rest: &mut &[u8]) -> Option<Block> {
        if self.block_len == 0
            && let Some((block, left)) = rest.split_first_chunk()
        {
            *rest = left;
            self.offset += BLOCK_BYTES as u64;
            return Some(*block);
        }
        let room = self.block.get_mut(self.block_len..).unwrap_or_default();
        let (taken, left) = rest.split_at(room.len().min(rest.len()));
        for (slot, byte) in room.iter_mut().zip(taken) {
            *slot = *byte;
        }
        *rest = left;
        self.offset += taken.len() as u64;
        self.block_len += taken.len();
        if self.block_len < BLOCK_BYTES {
            return None;
        }
        self.block_len = 0;
        Some(*self.block)
    }

    fn block<'i>(&mut self, block: &Block) -> Result<Option<TarEvent<'i>>, Error> {
        match std::mem::replace(&mut self.state, State::Header) {
            State::GnuMap(entry) => self.gnu_map_block(entry, block),
            State::PaxMap(entry, map) => self.pax_map_block(entry, map, block),
            State::OneZeroBlock => {
                self.end_at_one_zero_block(block);
                Ok(None)
            }
            _ if block.iter().all(|&b| b == 0) => {
                self.state = State::OneZeroBlock;
                Ok(None)
            }
            _ => self.header(block),
        }
    }

    /// Ends the tar after one zero block. `after` holds the bytes that follow, at most a block.
    fn end_at_one_zero_block(&mut self, after: &[u8]) {
        let is_block = after.len() == BLOCK_BYTES || after.is_empty();
        if !is_block || after.iter().any(|&b| b != 0) {
            let why = EngineRefusal::SingleZeroBlock;
            self.notice(Notice::EnginesRefuse { why }, b"");
        }
        self.state = State::Ended;
    }

    fn header<'i>(&mut self, block: &Block) -> Result<Option<TarEvent<'i>>, Error> {
        let at = TarOffset(self.offset - BLOCK_BYTES as u64);
        let header = Header::parse(block, at).map_err(|error| match (at, sniff(block)) {
            (TarOffset(0), found) if found != Sniffed::Tar => Error::NotTar {
                found: found.describe(),
            },
            _ => error,
        })?;
        let kind = match header.type_flag() {
            b'x' => ExtensionKind::Pax,
            b'L' => ExtensionKind::LongName,
            b'K' => ExtensionKind::LongLink,
            // Engines do not apply its records to later entries, and a layer means what engines make of it.
            b'g' => ExtensionKind::Global,
            _ => return self.entry(&header, at),
        };
        let size = header.size()?;
        let limit_bytes = self.limits.extension_bytes;
        let len = usize::try_from(size).ok().filter(|_| size <= limit_bytes);
        let left = len.ok_or(Error::ExtensionTooLong {
            offset: at,
            size_bytes: size,
            limit_bytes,
        })?;
        self.state = State::Extension {
            kind,
            at,
            left,
            padding: padding_of(size),
            text: Vec::new(),
            name: match kind {
                ExtensionKind::Global => header.name(),
                _ => Vec::new(),
            },
        };
        Ok(None)
    }

    fn end_extension(&mut self) -> Result<(), Error> {
        let State::Extension {
            kind,
            at,
            padding,
            text,
            name,
            ..
        } = std::mem::replace(&mut self.state, State::Header)
        else {
            return Ok(());
        };
        self.state = State::Skip { data: 0, padding };
        if kind == ExtensionKind::Global {
            return self.end_global(at, &text, name);
        }
        self.extensions.starts_at.get_or_insert(at);
        match kind {
            ExtensionKind::Global => {}
            ExtensionKind::Pax => {
                self.extensions.pax = Some((at, parsed(&text, at, &self.limits)?));
            }
            ExtensionKind::LongName => self.extensions.name = Some(c_string(&text).to_vec()),
            ExtensionKind::LongLink => self.extensions.link = Some(c_string(&text).to_vec()),
        }
        Ok(())
    }

    /// Ends a global header. Engines return it as an entry with a name, and forget the extended headers before it.
    fn end_global(&mut self, at: TarOffset, text: &[u8], name: Vec<u8>) -> Result<(), Error> {
        if std::mem::take(&mut self.extensions).starts_at.is_some() {
            self.notice(Notice::GlobalHeaderBetween, b"");
        }
        // Engines read only the name, and check that the records are well-formed.
        let records = parsed(text, at, &self.limits)?;
        let path = ImagePath::normalise(records.path().unwrap_or(&name));
        // A name that is the root, or invalid, removes nothing.
        if let Some(path) = path.ok().filter(|path| !path.is_root()) {
            self.notice(Notice::GlobalHeaderName, path.as_bytes());
        }
        Ok(())
    }

    pub(super) fn notice(&mut self, notice: Notice, subject: &[u8]) {
        self.warnings
            .push(Warning::new(notice, subject), self.limits.warnings);
    }
}

fn parsed(text: &[u8], at: TarOffset, limits: &LayerLimits) -> Result<Records, Error> {
    pax::parse(text, limits.sparse_extents).map_err(bad_pax(at))
}

/// Builds an error about the extended header at `at`.
pub(super) fn bad_pax(at: TarOffset) -> impl Fn(Code) -> Error {
    move |reason| Error::BadPax { offset: at, reason }
}
