//! Converts bytes to and from lower-case hexadecimal digits, for digests and for paths in messages between page and
//! workers. Decodes `%XX` in addresses.
//!
//! Names in readable form are left to [`super::escape`].

use std::fmt::Write;

/// Encodes each byte as two digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
    }
    text
}

/// Decodes hexadecimal digits in either case. `None` if the text is anything else.
pub fn bytes_of_hex(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => byte_of(*high, *low),
            _ => None,
        })
        .collect()
}

/// Decodes each `%XX` of an address. Any other percent sign stays.
pub fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = match after {
            [high, low, after @ ..] if first == b'%' => {
                byte_of(*high, *low).map(|byte| (byte, after))
            }
            _ => None,
        };
        let (byte, after) = code.unwrap_or((first, after));
        bytes.push(byte);
        rest = after;
    }
    bytes
}

fn byte_of(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_decoded() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("a%2Fb%2f", b"a/b/"),
            ("%c3%A9", "é".as_bytes()),
            ("100%", b"100%"),
            ("%4", b"%4"),
            ("%zz%25", b"%zz%"),
        ] {
            assert_eq!(percent_decoded(text), bytes, "{text}");
        }
    }

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
