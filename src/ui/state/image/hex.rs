//! Formats one row of a hex view: the offset, the bytes in hex, and their ASCII characters.

/// A row of a hex view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexRow {
    /// Offset of the first byte in hex, eight digits or more.
    pub offset: String,
    /// Two digits for each byte, in groups of eight bytes.
    pub hex: String,
    /// The ASCII characters, with a dot for every other byte.
    pub ascii: String,
}

/// Formats the row of `bytes` from `offset`. A row has `n_columns` bytes; the last one may be shorter.
pub fn hex_row(offset: u64, bytes: &[u8], n_columns: usize) -> HexRow {
    let mut hex = String::with_capacity(n_columns * 3 + 2);
    let mut ascii = String::with_capacity(n_columns);
    for column in 0..n_columns {
        if column > 0 {
            hex.push(' ');
            if column % 8 == 0 {
                hex.push(' ');
            }
        }
        match bytes.get(column) {
            Some(byte) => {
                hex.push_str(&format!("{byte:02x}"));
                let shown = if byte.is_ascii_graphic() || *byte == b' ' {
                    char::from(*byte)
                } else {
                    '.'
                };
                ascii.push(shown);
            }
            None => hex.push_str("  "),
        }
    }
    HexRow {
        offset: format!("{offset:08x}"),
        hex,
        ascii,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_wide_as_the_others() {
        let row = hex_row(16, b"\x7fELF", 16);
        assert_eq!(row.offset, "00000010");
        assert_eq!(row.hex.len(), 16 * 3);
        assert!(row.hex.starts_with("7f 45 4c 46 "));
        assert_eq!(row.ascii, ".ELF");
    }
}
