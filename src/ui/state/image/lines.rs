//! Cuts a text into lines, and long lines into pieces that fit: every piece has the same height on the page.
//!
//! Only bytes that have arrived are cut. Judging what the bytes are is left to `content`.

use crate::ui::text::visible::{n_columns, visible_line};

/// The beginning of a text file, with the offsets of its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLines {
    bytes: Vec<u8>,
    /// Offset of each line; the first is 0 as soon as there is a byte.
    starts: Vec<u32>,
}

/// A piece of a line, one row high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisualLine {
    /// Index of the line, counted from 0.
    pub line: u32,
    /// True for the first piece of the line.
    pub is_first: bool,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset after its last byte.
    pub end: u32,
}

/// Columns drawn of an unbroken line. Nobody scrolls further sideways, and browsers are slow with more.
const MOST_COLUMNS: usize = 20_000;

impl TextLines {
    /// Appends the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let before = self.bytes.len();
        if before == 0 && !bytes.is_empty() {
            self.starts.push(0);
        } else if self.bytes.last() == Some(&b'\n') && !bytes.is_empty() {
            self.starts.push(place(before));
        }
        self.bytes.extend_from_slice(bytes);
        let n = bytes.len();
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' && at + 1 < n {
                self.starts.push(place(before + at + 1));
            }
        }
    }

    /// Returns the number of bytes that have arrived.
    pub fn n_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Returns all bytes that have arrived.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the number of lines.
    pub fn n_lines(&self) -> u32 {
        place(self.starts.len())
    }

    /// Returns a line without its line break.
    pub fn line(&self, line: u32) -> VisualLine {
        let index = line as usize;
        let start = self.starts.get(index).copied().unwrap_or(0);
        let next = self.starts.get(index + 1).copied();
        let mut end = next.unwrap_or_else(|| place(self.bytes.len()));
        if end > start && self.byte(end - 1) == Some(b'\n') {
            end -= 1;
            if end > start && self.byte(end - 1) == Some(b'\r') {
                end -= 1;
            }
        }
        VisualLine {
            line,
            is_first: true,
            start,
            end,
        }
    }

    fn byte(&self, at: u32) -> Option<u8> {
        self.bytes.get(at as usize).copied()
    }

    /// Returns the text of a piece, ready to draw.
    pub fn text(&self, piece: VisualLine) -> String {
        let bytes = self
            .bytes
            .get(piece.start as usize..piece.end as usize)
            .unwrap_or_default();
        let cut = bytes.get(..MOST_COLUMNS.min(bytes.len())).unwrap_or(bytes);
        let mut text = visible_line(&String::from_utf8_lossy(cut));
        if cut.len() < bytes.len() {
            text.push('…');
        }
        text
    }
}

/// Cuts all lines into pieces of at most `columns` columns.
pub fn wrap(text: &TextLines, columns: u32) -> Vec<VisualLine> {
    let columns = columns.max(8);
    let mut pieces = Vec::with_capacity(text.starts.len());
    for line in 0..text.n_lines() {
        wrap_line(text, text.line(line), columns, &mut pieces);
    }
    pieces
}

fn wrap_line(text: &TextLines, whole: VisualLine, columns: u32, pieces: &mut Vec<VisualLine>) {
    let mut piece = VisualLine {
        end: whole.start,
        ..whole
    };
    if whole.end - whole.start <= columns / 8 {
        // Even tabs could not fill a row with so few bytes.
        pieces.push(whole);
        return;
    }
    let bytes = text
        .bytes
        .get(whole.start as usize..whole.end as usize)
        .unwrap_or_default();
    let mut column = 0;
    // End of the last word, and the columns before it.
    let mut word = (whole.start, 0);
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().chars().map(|c| (c, place(c.len_utf8())));
        let invalid = Some(('\u{fffd}', place(chunk.invalid().len())));
        for (c, n_bytes) in valid.chain(invalid.filter(|(_, n)| *n > 0)) {
            let width = match c {
                '\t' => 8 - column % 8,
                c => n_columns(c),
            };
            if column + width > columns && piece.end > piece.start {
                // A word is kept whole unless that would leave more than half of the row empty.
                let at = if word.0 > piece.start && word.1 >= columns / 2 && c != ' ' {
                    word.0
                } else {
                    piece.end
                };
                let carried = piece.end - at;
                pieces.push(VisualLine { end: at, ..piece });
                piece = VisualLine {
                    is_first: false,
                    start: at,
                    ..piece
                };
                column = if carried == 0 { 0 } else { column - word.1 };
                word = (at, 0);
            }
            piece.end += n_bytes;
            column += width;
            if matches!(c, ' ' | '\t' | '/' | ',' | ';') {
                word = (piece.end, column);
            }
        }
    }
    pieces.push(piece);
}

fn place(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(parts: &[&str]) -> TextLines {
        let mut lines = TextLines::default();
        for part in parts {
            lines.push(part.as_bytes());
        }
        lines
    }

    fn check_lines(parts: &[&str], expected: &[&str]) {
        let lines = text(parts);
        let got: Vec<String> = (0..lines.n_lines())
            .map(|line| lines.text(lines.line(line)))
            .collect();
        assert_eq!(got, expected, "of {parts:?}");
    }

    #[test]
    fn lines_end_at_line_breaks_however_the_bytes_come() {
        check_lines(&[], &[]);
        check_lines(&["a\nb\n"], &["a", "b"]);
        check_lines(&["a\n", "b"], &["a", "b"]);
        check_lines(&["a", "\n", "\r\n", "b"], &["a", "", "b"]);
        check_lines(&["caf\u{e9}"], &["café"]);
    }

    fn check_wrap(line: &str, columns: u32, expected: &[&str]) {
        let lines = text(&[line]);
        let pieces = wrap(&lines, columns);
        let got: Vec<String> = pieces.iter().map(|piece| lines.text(*piece)).collect();
        assert_eq!(got, expected, "of {line:?}");
        assert!(
            pieces
                .iter()
                .skip(1)
                .all(|piece| !piece.is_first || piece.line > 0)
        );
    }

    #[test]
    fn long_lines_are_broken_by_columns() {
        check_wrap("12345678", 8, &["12345678"]);
        check_wrap("123456789", 8, &["12345678", "9"]);
        check_wrap("a\tb", 8, &["a\t", "b"]);
        check_wrap("镜像镜像镜", 8, &["镜像镜像", "镜"]);
        check_wrap("ab cd efgh ij", 8, &["ab cd ", "efgh ij"]);
        check_wrap("a bcdefghij", 8, &["a bcdefg", "hij"]);
        check_wrap("", 8, &[]);
    }
}
