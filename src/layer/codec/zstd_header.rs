//! Parses the header of a zstd frame: the requirements of the frame before a byte of it is decompressed.
//!
//! `zstd.rs` decides whether to meet them. See RFC 8878, section 3.1.1.1.

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The fields of a frame's header.
#[derive(Clone, Copy, Default)]
pub(super) struct Frame {
    pub(super) content_bytes: Option<u64>,
    pub(super) window_bytes: u64,
    pub(super) dictionary: u32,
    pub(super) has_checksum: bool,
    pub(super) reserved: bool,
}

/// The header at the start of the staged bytes.
pub(super) enum Head {
    /// Number of bytes needed to tell.
    Needs(usize),
    Skippable {
        len: u64,
    },
    Frame(Frame),
    Foreign,
}

/// Reads a little-endian number of any length.
pub(super) fn little_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Parses a frame's header. See RFC 8878, section 3.1.1.1.
pub(super) fn parse_head(bytes: &[u8]) -> Head {
    let Some((magic, rest)) = bytes.split_first_chunk::<4>() else {
        return Head::Needs(4);
    };
    if let [0x50..=0x5f, 0x2a, 0x4d, 0x18] = magic {
        return rest.get(..4).map_or(Head::Needs(8), |len| Head::Skippable {
            len: little_endian(len),
        });
    }
    if *magic != MAGIC {
        return Head::Foreign;
    }
    let Some((&descriptor, fields)) = rest.split_first() else {
        return Head::Needs(5);
    };
    let single_segment = descriptor & 0b0010_0000 != 0;
    let window_len = usize::from(!single_segment);
    let dictionary_len = match descriptor & 0b11 {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => 4,
    };
    let content_len = match descriptor >> 6 {
        0 => usize::from(single_segment),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    let Some(fields) = fields.get(..window_len + dictionary_len + content_len) else {
        return Head::Needs(5 + window_len + dictionary_len + content_len);
    };
    let (window, fields) = fields.split_at(window_len);
    let (dictionary, content) = fields.split_at(dictionary_len);
    // The two-byte form is stored minus 256.
    let content_bytes =
        (content_len > 0).then(|| little_endian(content) + if content_len == 2 { 256 } else { 0 });
    let window_bytes = match window.first() {
        None => content_bytes.unwrap_or_default(),
        Some(&window) => {
            let base = 1u64 << (10 + (window >> 3));
            base + base / 8 * u64::from(window & 0b111)
        }
    };
    Head::Frame(Frame {
        content_bytes,
        window_bytes,
        // At most four bytes long.
        dictionary: u32::try_from(little_endian(dictionary)).unwrap_or(u32::MAX),
        has_checksum: descriptor & 0b100 != 0,
        reserved: descriptor & 0b1000 != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_windows_and_sizes_from_headers() {
        let frame = |bytes: &[u8]| match parse_head(bytes) {
            Head::Frame(frame) => frame,
            _ => panic!("{bytes:?} is a frame's header"),
        };
        let window27 = frame(&[0x28, 0xb5, 0x2f, 0xfd, 0x04, 17 << 3]);
        assert_eq!(
            (window27.window_bytes, window27.content_bytes),
            (128 << 20, None)
        );
        assert!(window27.has_checksum);
        let single = frame(&[0x28, 0xb5, 0x2f, 0xfd, 0x60, 0x01, 0x00]);
        assert_eq!(
            (single.window_bytes, single.content_bytes),
            (257, Some(257))
        );
        let dictionary = frame(&[0x28, 0xb5, 0x2f, 0xfd, 0x02, 0x00, 0x34, 0x12]);
        assert_eq!(dictionary.dictionary, 0x1234);
        assert!(matches!(
            parse_head(&[0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]),
            Head::Skippable { len: 5 }
        ));
        assert!(matches!(
            parse_head(&[0x28, 0xb5, 0x2f, 0xfd, 0xc0]),
            Head::Needs(14)
        ));
    }
}
