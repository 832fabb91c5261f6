//! Output of the command: documents without terminal control characters, and of a size in proportion to the image.

use std::io::{self, Write};

use serde::Serialize;

use crate::bounds::{Bound, Limits};
use crate::image::escape_json;

/// Writes a document as JSON for people and machines, with a line break at its end.
pub(super) fn write_json(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_string_pretty(document)?;
    writeln!(out, "{}", escape_json(&json))
}

/// A writer that fails after much more output than an image of its size can justify.
pub(super) struct Bounded<W> {
    inner: W,
    written_bytes: u64,
    most_bytes: u64,
    expansion: u64,
}

impl<W: Write> Bounded<W> {
    /// Creates a writer for the output about an image of this compressed size.
    pub(super) fn new(inner: W, stored_bytes: u64, limits: &Limits) -> Bounded<W> {
        let in_proportion = stored_bytes.saturating_mul(limits.output.output_expansion);
        Bounded {
            inner,
            written_bytes: 0,
            most_bytes: in_proportion.max(limits.output.output_floor_bytes),
            expansion: limits.output.output_expansion,
        }
    }
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.written_bytes.saturating_add(n_bytes) > self.most_bytes {
            let (name, expansion) = (Bound::OutputExpansion.name(), self.expansion);
            return Err(io::Error::other(format!(
                "it grows beyond {} bytes, more than {expansion} for each byte of the image; write on with --limit {name}=VALUE",
                self.most_bytes
            )));
        }
        let n = self.inner.write(bytes)?;
        self.written_bytes = self
            .written_bytes
            .saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use crate::bounds::OutputLimits;

    use super::*;

    #[test]
    fn writing_ends_at_the_bound_and_says_how_to_go_on() {
        let limits = Limits {
            output: OutputLimits {
                output_floor_bytes: 10,
                ..Limits::DEFAULT.with(Bound::OutputExpansion, 3).output
            },
            ..Limits::DEFAULT.with(Bound::OutputExpansion, 3)
        };
        let mut few = Bounded::new(Vec::new(), 1, &limits);
        assert!(few.write_all(&[0; 10]).is_ok() && few.write_all(&[0; 1]).is_err());
        let mut more = Bounded::new(Vec::new(), 10, &limits);
        let ended = more.write_all(&[0; 31]).expect_err("it is more than 30");
        assert!(
            ended.to_string().contains("--limit output_expansion=VALUE"),
            "{ended}"
        );
    }
}
