//! Writes one gzip member, in pieces: RFC 1952 around deflate, without time or name, so that equal input gives
//! equal output.

use miniz_oxide::MZFlush;
use miniz_oxide::deflate::core::CompressorOxide;
use miniz_oxide::deflate::stream::deflate;
use miniz_oxide::{DataFormat, MZStatus};

/// Magic, deflate, no flags, no time, no hint of the level, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// The compression level of all output that is kept: the best that costs no more than twice the usual time.
const LEVEL: u8 = 9;
/// The compression level of output that is not kept.
const QUICK_LEVEL: u8 = 1;

/// A streaming compressor. Bytes are pushed in; the member's bytes are appended to the caller's buffer.
pub struct GzipWriter {
    compressor: Box<CompressorOxide>,
    checksum: crc32fast::Hasher,
    input_bytes: u64,
}

impl GzipWriter {
    /// Starts a member and writes its header to `out`.
    pub fn new(out: &mut Vec<u8>) -> GzipWriter {
        GzipWriter::at_level(LEVEL, out)
    }

    /// Like [`GzipWriter::new`], but faster and with larger output, for output that is not kept.
    pub fn quick(out: &mut Vec<u8>) -> GzipWriter {
        GzipWriter::at_level(QUICK_LEVEL, out)
    }

    fn at_level(level: u8, out: &mut Vec<u8>) -> GzipWriter {
        out.extend_from_slice(&HEADER);
        let mut compressor = Box::<CompressorOxide>::default();
        compressor.set_format_and_level(DataFormat::Raw, level);
        GzipWriter {
            compressor,
            checksum: crc32fast::Hasher::new(),
            input_bytes: 0,
        }
    }

    /// Compresses the next bytes.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) {
        self.checksum.update(input);
        self.input_bytes = self.input_bytes.saturating_add(input.len() as u64);
        self.deflate(input, MZFlush::None, out);
    }

    /// Finishes the member: writes the rest of deflate's output, the checksum, and the length modulo 2^32.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        self.deflate(&[], MZFlush::Finish, out);
        out.extend_from_slice(&self.checksum.finalize().to_le_bytes());
        let [a, b, c, d, ..] = self.input_bytes.to_le_bytes();
        out.extend_from_slice(&[a, b, c, d]);
    }

    fn deflate(&mut self, mut input: &[u8], flush: MZFlush, out: &mut Vec<u8>) {
        let mut piece = [0; 16 * 1024];
        loop {
            let step = deflate(&mut self.compressor, input, &mut piece, flush);
            input = input.get(step.bytes_consumed..).unwrap_or_default();
            out.extend_from_slice(piece.get(..step.bytes_written).unwrap_or_default());
            let is_stuck = step.bytes_consumed == 0 && step.bytes_written == 0;
            if step.status != Ok(MZStatus::Ok) || is_stuck {
                return;
            }
            if flush == MZFlush::None && input.is_empty() && step.bytes_written < piece.len() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::inflate::decompress_to_vec;

    fn check_round_trip(start: fn(&mut Vec<u8>) -> GzipWriter, input: &[u8], piece_bytes: usize) {
        let mut stored = Vec::new();
        let mut writer = start(&mut stored);
        for piece in input.chunks(piece_bytes) {
            writer.push(piece, &mut stored);
        }
        writer.finish(&mut stored);
        let (body, trailer) = stored.split_at(stored.len() - 8);
        let decoded = decompress_to_vec(&body[HEADER.len()..]).expect("deflate can be inflated");
        assert_eq!(decoded, input);
        assert_eq!(trailer[..4], crc32fast::hash(input).to_le_bytes());
        assert_eq!(trailer[4..], (input.len() as u32).to_le_bytes());
    }

    #[test]
    fn what_is_written_inflates_to_what_was_pushed() {
        let noisy: Vec<u8> = (0..200_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        for start in [GzipWriter::new, GzipWriter::quick] {
            for input in [&b""[..], b"x", &[0; 100_000], &noisy] {
                check_round_trip(start, input, 1_000_000);
                check_round_trip(start, input, 1021);
            }
            check_round_trip(start, &noisy[..3000], 1);
        }
    }
}
