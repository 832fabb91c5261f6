//! Substring search in bytes that ignores the case of ASCII letters.
//!
//! Names are bytes: nothing is assumed about other letters.

use memchr::memchr2;

/// The text to search for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needle {
    text: Box<[u8]>,
    /// Index of the byte that is rarest in names. The search looks for it first.
    rarest: usize,
}

/// Lower-case letters and punctuation, most frequent in file names first.
const FREQUENT: &[u8] = b"esatinorl.cp_d-mu0gh1f2by";

impl Needle {
    pub(super) fn new(text: &[u8]) -> Needle {
        let text: Box<[u8]> = text.to_ascii_lowercase().into();
        let frequency = |byte: &u8| FREQUENT.iter().rev().position(|other| other == byte);
        let rarest = (0..)
            .zip(text.iter())
            .min_by_key(|(_, byte)| frequency(byte));
        Needle {
            rarest: rarest.map_or(0, |(at, _)| at),
            text,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn ends(&self, text: &[u8]) -> bool {
        let start = text.len().checked_sub(self.len());
        start
            .and_then(|start| text.get(start..))
            .is_some_and(|end| end.eq_ignore_ascii_case(&self.text))
    }

    /// Returns the first match in `text` at or after `from`.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        let Some(&rarest) = self.text.get(self.rarest) else {
            return (from <= text.len()).then_some(from);
        };
        let mut at = from.checked_add(self.rarest)?;
        loop {
            let rest = text.get(at..)?;
            at = at.checked_add(memchr2(rarest, rarest.to_ascii_uppercase(), rest)?)?;
            let start = at.checked_sub(self.rarest)?;
            let here = text.get(start..start.checked_add(self.len())?)?;
            if here.eq_ignore_ascii_case(&self.text) {
                return Some(start);
            }
            at = at.checked_add(1)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Needle;

    /// Checks the places of all matches.
    fn check(text: &str, whole: &str, places: &[usize]) {
        let needle = Needle::new(text.as_bytes());
        let mut from = 0;
        let found = std::iter::from_fn(|| {
            let at = needle.find(whole.as_bytes(), from)?;
            from = at + 1;
            Some(at)
        });
        assert_eq!(found.collect::<Vec<_>>(), places, "{text} in {whole}");
    }

    #[test]
    fn finds_bytes_whatever_the_case() {
        check("ReadMe", "x/README.md readme", &[2, 12]);
        check("readme", "READM", &[]);
        check("a", "", &[]);
        check("", "ab", &[0, 1, 2]);
        check("e", "eEé", &[0, 1]);
        check("aa", "aaa", &[0, 1]);
        // The rarest byte is last, or in the middle, or not a letter.
        check("tez", "tetez TEZ tex", &[2, 6]);
        check("exe", "eexex.EXE", &[1, 6]);
        check("[k", "a[k{K[K", &[1, 5]);
        check("zz", "z", &[]);
        assert_eq!(Needle::new(b"\xff/A").find(b"x\xff/a", 0), Some(1));
    }

    #[test]
    fn the_end_of_a_text_is_compared_whatever_the_case() {
        let needle = Needle::new(b"/Usr");
        assert!(needle.ends(b"/x/uSR") && needle.ends(b"/usr"));
        assert!(!needle.ends(b"usr") && !needle.ends(b"/usr/") && !needle.ends(b""));
        assert!(Needle::new(b"").ends(b"") && Needle::new(b"").is_empty());
        assert_eq!(needle.len(), 4);
    }
}
