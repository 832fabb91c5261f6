//! Reads stanzas of fields, as deb822(5) describes them: the form of dpkg's database and of copyright files.

/// Iterates over stanzas, which empty lines part.
pub(super) fn stanzas(bytes: &[u8]) -> impl Iterator<Item = Stanza<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        // Skip the empty lines before it.
        while let Some((_, tail)) = cut_line(rest).filter(|(line, _)| is_blank(line)) {
            rest = tail;
        }
        if rest.is_empty() {
            return None;
        }
        let begin = rest;
        while let Some((_, tail)) = cut_line(rest).filter(|(line, _)| !is_blank(line)) {
            rest = tail;
        }
        let len = begin.len() - rest.len();
        begin.get(..len).map(|lines| Stanza { lines })
    })
}

/// A stanza.
#[derive(Clone, Copy)]
pub(super) struct Stanza<'b> {
    lines: &'b [u8],
}

impl<'b> Stanza<'b> {
    /// Iterates over names and first lines of the fields. Further lines of a value, and comments, are skipped.
    pub(super) fn fields(self) -> impl Iterator<Item = (&'b [u8], &'b [u8])> {
        self.lines.split(|&byte| byte == b'\n').filter_map(|line| {
            if matches!(line.first(), None | Some(b' ' | b'\t' | b'#')) {
                return None;
            }
            let colon = line.iter().position(|&byte| byte == b':')?;
            let value = line.get(colon + 1..)?;
            Some((line.get(..colon)?, value.trim_ascii()))
        })
    }
}

/// Cuts the first line off, with its end; `None` at the end.
fn cut_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let len = end.map_or(bytes.len(), |end| end + 1);
    bytes.split_at_checked(len)
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let told: Vec<String> = stanzas(text.as_bytes())
            .map(|stanza| {
                let fields = stanza.fields().map(|(name, value)| {
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    format!("{}={}", text(name), text(value))
                });
                fields.collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(told, expected, "{text:?}");
    }

    #[test]
    fn stanzas_are_parted_by_empty_lines() {
        check("", &[]);
        check("\n \n\t\n", &[]);
        check("A: 1\nB:2\n\nA: 3", &["A=1 B=2", "A=3"]);
        check("\n\nA: 1\n \n\nA: 2\n", &["A=1", "A=2"]);
        check("A: 1\r\n\r\nB: 2\r\n", &["A=1", "B=2"]);
    }

    #[test]
    fn further_lines_and_comments_are_skipped() {
        check("A: 1\n more: 2\n\tmore\n# no: 3\nB:\n", &["A=1 B="]);
        check("no colon\n: x\n", &["=x"]);
        check("A: b: c", &["A=b: c"]);
    }
}
