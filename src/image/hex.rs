//! Bytes as lower-case hexadecimal digits, as digests are written and as pages and workers name paths.
//!
//! Writing names for reading is `path`'s [`super::escape`].

use std::fmt::Write;

/// Two digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
    }
    text
}

/// The bytes that such a text stands for, in digits of either case; `None` when it is none.
pub fn bytes_of_hex(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    hex.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_there_and_back() {
        assert_eq!(hex(b"\x00\xff/"), "00ff2f");
        assert_eq!(bytes_of_hex("00FF2f"), Some(b"\x00\xff/".to_vec()));
        assert_eq!(bytes_of_hex(""), Some(Vec::new()));
        for bad in ["0", "0g", "é"] {
            assert_eq!(bytes_of_hex(bad), None, "from {bad:?}");
        }
    }
}
