//! Substrings of bytes, upper and lower case of ASCII letters taken as one.
//!
//! Names are bytes: nothing is assumed about any other letter.

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needle(Box<[u8]>);

impl Needle {
    pub(super) fn new(text: &[u8]) -> Needle {
        Needle(text.to_ascii_lowercase().into())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has_slash(&self) -> bool {
        self.0.contains(&b'/')
    }

    pub(super) fn is_all_of(&self, text: &[u8]) -> bool {
        text.eq_ignore_ascii_case(&self.0)
    }

    pub(super) fn starts(&self, text: &[u8]) -> bool {
        text.get(..self.0.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(&self.0))
    }

    pub(super) fn ends(&self, text: &[u8]) -> bool {
        let start = text.len().checked_sub(self.0.len());
        start
            .and_then(|start| text.get(start..))
            .is_some_and(|end| end.eq_ignore_ascii_case(&self.0))
    }

    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let Some((&first, rest)) = self.0.split_first() else {
            return true;
        };
        let Some(last_start) = text.len().checked_sub(self.0.len()) else {
            return false;
        };
        (0..=last_start).any(|at| {
            text.get(at)
                .is_some_and(|byte| byte.to_ascii_lowercase() == first)
                && text
                    .get(at + 1..at + self.0.len())
                    .is_some_and(|tail| tail.eq_ignore_ascii_case(rest))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Needle;

    #[test]
    fn finds_bytes_whatever_the_case() {
        let needle = Needle::new(b"ReadMe");
        assert!(needle.is_in(b"x/README.md") && needle.is_in(b"readme"));
        assert!(needle.is_all_of(b"readMe") && needle.starts(b"README.md"));
        assert!(!needle.is_in(b"READM") && !needle.is_in(b"") && !needle.is_all_of(b"readme2"));
        assert!(Needle::new(b"").is_in(b""));
        assert!(Needle::new(b"\xff/A").is_in(b"x\xff/a") && Needle::new(b"a/b").has_slash());
        assert!(!Needle::new(b"ab").has_slash() && Needle::new(b"ab").len() == 2);
    }
}
