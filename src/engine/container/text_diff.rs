//! Compares a file's text before and after, line by line.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::engine::session::Shown;
use crate::engine::{Session, World};
use crate::image::ImagePath;
use crate::layer::EntryKind;
use crate::overlay::{LayerIdx, View};
use crate::protocol::{ImageKey, LineWord, Problem, TextDiffView};
use crate::workspace::FileContent;

/// The size in bytes above which files are not compared here.
const MOST_BYTES: u64 = 1024 * 1024;
/// The maximum number of pairs of differing lines to compare. Beyond it, all lines count as different. Texts that are
/// made to be the worst case would take minutes.
const MOST_PAIRS: usize = 25_000_000;
/// Equal lines that are shown before and after a difference.
const CONTEXT: usize = 3;

impl<W: World> Session<W> {
    pub(in super::super) async fn text_diff(
        &self,
        image: ImageKey,
        path: &ImagePath,
    ) -> Result<TextDiffView, Problem> {
        let shown = self.shown(image)?;
        let versions = versions(&shown.borrow(), path);
        let mut texts = Vec::new();
        for version in versions {
            let Some(file) = version else {
                texts.push(Vec::new());
                continue;
            };
            if file.size_bytes() > MOST_BYTES {
                return Ok(TextDiffView::TooLarge);
            }
            let bytes = file.read(0, MOST_BYTES, &|_| None).await;
            texts.push(bytes.map_err(|error| Problem::from(&error))?);
        }
        Ok(match texts.as_slice() {
            [before, after] => compare(before, after),
            _ => TextDiffView::Binary,
        })
    }
}

/// Returns the file in the image and in the container; `None` where it does not exist.
fn versions(shown: &Shown, path: &ImagePath) -> [Option<FileContent>; 2] {
    let image = &shown.image;
    let union = image.union();
    let version = |upto: Option<LayerIdx>| {
        let info = union.node(union.lookup(path.as_bytes())?, View::UpTo(upto?))?;
        let place = info.content.filter(|_| info.kind == EntryKind::File)?;
        image.file_content(place)
    };
    let top = image.container_layer();
    let below = top.and_then(|top| top.0.checked_sub(1)).map(LayerIdx);
    [version(below), version(top)]
}

fn compare(before: &[u8], after: &[u8]) -> TextDiffView {
    let (Ok(before), Ok(after)) = (std::str::from_utf8(before), std::str::from_utf8(after)) else {
        return TextDiffView::Binary;
    };
    if before.contains('\0') || after.contains('\0') {
        return TextDiffView::Binary;
    }
    let before: Vec<&str> = before.split_inclusive('\n').collect();
    let after: Vec<&str> = after.split_inclusive('\n').collect();
    let mut lines = Lines::default();
    for op in operations(&before, &after) {
        let (old, new) = (op.old_range(), op.new_range());
        match op {
            DiffOp::Equal { .. } => lines.same(before.get(old).unwrap_or_default()),
            _ => {
                lines.put(LineWord::Deleted, before.get(old).unwrap_or_default());
                lines.put(LineWord::Added, after.get(new).unwrap_or_default());
            }
        }
    }
    TextDiffView::Lines(lines.finish())
}

/// Returns the operations that change one text into the other.
fn operations(before: &[&str], after: &[&str]) -> Vec<DiffOp> {
    let n_before = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let differs = |lines: &[&str]| lines.len().saturating_sub(n_before);
    if differs(before).saturating_mul(differs(after)) <= MOST_PAIRS {
        return capture_diff_slices(Algorithm::Myers, before, after);
    }
    let same = DiffOp::Equal {
        old_index: 0,
        new_index: 0,
        len: n_before,
    };
    let other = DiffOp::Replace {
        old_index: n_before,
        old_len: differs(before),
        new_index: n_before,
        new_len: differs(after),
    };
    vec![same, other]
}

/// The lines of a comparison. Equal lines are kept only near differences.
#[derive(Default)]
struct Lines {
    lines: Vec<(LineWord, String)>,
    /// Equal lines since the last difference.
    same: Vec<String>,
}

impl Lines {
    fn same(&mut self, lines: &[&str]) {
        self.same.extend(lines.iter().map(|line| shown(line)));
    }

    fn put(&mut self, word: LineWord, lines: &[&str]) {
        if lines.is_empty() {
            return;
        }
        let is_first = self.lines.is_empty();
        let after = if is_first { 0 } else { CONTEXT };
        self.context(after, CONTEXT);
        self.lines
            .extend(lines.iter().map(|line| (word, shown(line))));
    }

    /// Shows the first `start` and the last `end` of the pending equal lines.
    fn context(&mut self, start: usize, end: usize) {
        let same = std::mem::take(&mut self.same);
        let n_left_out = same.len().saturating_sub(start.saturating_add(end));
        for (at, line) in same.into_iter().enumerate() {
            if n_left_out == 0 || at < start || at >= start.saturating_add(n_left_out) {
                self.lines.push((LineWord::Same, line));
            } else if at == start {
                self.lines.push((LineWord::Gap, n_left_out.to_string()));
            }
        }
    }

    fn finish(mut self) -> Vec<(LineWord, String)> {
        if !self.lines.is_empty() {
            self.context(CONTEXT, 0);
        }
        self.lines
    }
}

/// Returns a line without its line end.
fn shown(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => line.to_owned(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str, expected: &[&str]) {
        let TextDiffView::Lines(lines) = compare(before.as_bytes(), after.as_bytes()) else {
            panic!("these are texts");
        };
        let sign = |word| match word {
            LineWord::Same => ' ',
            LineWord::Added => '+',
            LineWord::Deleted => '-',
            LineWord::Gap => '~',
        };
        let lines: Vec<String> = lines
            .iter()
            .map(|(word, line)| format!("{}{line}", sign(*word)))
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn shows_what_differs_with_a_little_of_what_does_not() {
        check("a\nb\nc\n", "a\nB\nc\n", &[" a", "-b", "+B", " c"]);
        check("", "a\n", &["+a"]);
        check("a\n", "", &["-a"]);
        check("a\n", "a\n", &[]);
        let many: String = (0..20).map(|n| format!("{n}\n")).collect();
        check(
            &many,
            &many.replace("10\n", "ten\n"),
            &[
                "~7", " 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13", "~6",
            ],
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_not_compared() {
        assert_eq!(compare(b"\xff", b"a"), TextDiffView::Binary);
        assert_eq!(compare(b"a", b"\0"), TextDiffView::Binary);
    }

    #[test]
    fn texts_that_differ_in_everything_are_told_at_once() {
        let text = |n: u32| (0..8_000).map(|i| format!("{}\n", i * 2 + n)).collect();
        let (before, after): (String, String) = (text(0), text(1));
        let TextDiffView::Lines(lines) = compare(before.as_bytes(), after.as_bytes()) else {
            panic!("these are texts");
        };
        assert_eq!(lines.len(), 16_000);
    }
}
