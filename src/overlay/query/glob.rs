//! Patterns for names and paths: `*.pyc`, `lib?.so`, `/usr/**/x`, `[a-c]*`. ASCII letters match in either case.
//!
//! Each star goes back at most to the last one, so the time is at most the product of the lengths.

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::overlay) struct Glob {
    /// The last part: the pattern for a name.
    name: Part,
    /// The parts before it, from the root; `None` for a pattern without slashes, which is for names alone.
    path: Option<Vec<Part>>,
}

/// The pattern for one component of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// `**`: any number of components.
    Any,
    One(Vec<Token>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// `?`
    One,
    /// `*`
    Many,
    /// `[a-z]`: ranges, and true if it is for all other bytes.
    Set(Vec<(u8, u8)>, bool),
}

impl Glob {
    pub(super) fn new(pattern: &[u8]) -> Glob {
        let trimmed = pattern.strip_suffix(b"/").unwrap_or(pattern);
        let mut parts: Vec<Part> = trimmed.split(|&byte| byte == b'/').map(Part::new).collect();
        let has_slash = parts.len() > 1;
        let name = parts.pop().unwrap_or(Part::Any);
        let is_anchored = trimmed.starts_with(b"/");
        if name == Part::Any {
            parts.push(Part::Any);
        }
        let path = has_slash.then(|| match is_anchored {
            true => parts.into_iter().skip(1).collect(),
            false => [Part::Any].into_iter().chain(parts).collect(),
        });
        Glob { name, path }
    }

    /// True if it matches a name, whatever its directory.
    pub(in crate::overlay) fn fits_name(&self, name: &[u8]) -> bool {
        self.name.fits(name)
    }

    /// True if directories count as well.
    pub(in crate::overlay) fn has_path(&self) -> bool {
        self.path.is_some()
    }

    /// True if it matches the path of a directory, without slashes at its ends.
    pub(in crate::overlay) fn fits_directory(&self, path: &[u8]) -> bool {
        let Some(parts) = &self.path else {
            return true;
        };
        let names: Vec<&[u8]> = match path {
            b"" => Vec::new(),
            path => path.split(|&byte| byte == b'/').collect(),
        };
        matches(
            parts,
            &names,
            |part| *part == Part::Any,
            |part, name| part.fits(name),
        )
    }
}

impl Part {
    fn new(pattern: &[u8]) -> Part {
        if pattern == b"**" {
            return Part::Any;
        }
        let mut tokens = Vec::new();
        let mut rest = pattern;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            tokens.push(match byte {
                b'*' => Token::Many,
                b'?' => Token::One,
                b'[' => match set(after) {
                    Some((set, after)) => {
                        rest = after;
                        set
                    }
                    None => Token::Byte(byte),
                },
                byte => Token::Byte(byte.to_ascii_lowercase()),
            });
        }
        Part::One(tokens)
    }

    fn fits(&self, name: &[u8]) -> bool {
        match self {
            Part::Any => true,
            Part::One(tokens) => matches(
                tokens,
                name,
                |token| *token == Token::Many,
                |token, byte| token.fits(byte.to_ascii_lowercase()),
            ),
        }
    }
}

impl Token {
    fn fits(&self, byte: u8) -> bool {
        match self {
            Token::Byte(own) => *own == byte,
            Token::One | Token::Many => true,
            Token::Set(ranges, negated) => {
                let mut ranges = ranges.iter();
                ranges.any(|&(first, last)| (first..=last).contains(&byte)) != *negated
            }
        }
    }
}

/// Reads a set after its bracket; `None` if it has no end, and so is no set.
fn set(text: &[u8]) -> Option<(Token, &[u8])> {
    let (negated, text) = match text.split_first() {
        Some((b'!' | b'^', rest)) => (true, rest),
        _ => (false, text),
    };
    // A bracket at the start stands for itself.
    let end = text
        .iter()
        .skip(1)
        .position(|&byte| byte == b']')?
        .checked_add(1)?;
    let (mut members, rest) = text.split_at_checked(end)?;
    let mut ranges = Vec::new();
    while let Some((&first, after)) = members.split_first() {
        let (last, after) = match after {
            [b'-', last, after @ ..] => (*last, after),
            after => (first, after),
        };
        ranges.push((first.to_ascii_lowercase(), last.to_ascii_lowercase()));
        members = after;
    }
    Some((Token::Set(ranges, negated), rest.get(1..)?))
}

/// Matches tokens, some of which take any number of items, with items.
fn matches<T, I>(
    tokens: &[T],
    items: &[I],
    is_many: impl Fn(&T) -> bool,
    fits: impl Fn(&T, &I) -> bool,
) -> bool {
    let (mut token, mut item) = (0_usize, 0_usize);
    // The token after the last star, and the item where its items end so far.
    let mut last: Option<(usize, usize)> = None;
    while let Some(at) = items.get(item) {
        match tokens.get(token) {
            Some(star) if is_many(star) => {
                token = token.saturating_add(1);
                last = Some((token, item));
            }
            Some(one) if fits(one, at) => {
                token = token.saturating_add(1);
                item = item.saturating_add(1);
            }
            _ => {
                let Some((after, end)) = last else {
                    return false;
                };
                let end = end.saturating_add(1);
                last = Some((after, end));
                (token, item) = (after, end);
            }
        }
    }
    tokens.iter().skip(token).all(is_many)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks which paths a pattern matches; those after the bar it does not.
    fn check(pattern: &str, paths: &str) {
        let glob = Glob::new(pattern.as_bytes());
        let (yes, no) = paths.split_once('|').expect("a case has a bar");
        for (paths, expected) in [(yes, true), (no, false)] {
            for path in paths.split_whitespace() {
                let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
                let fits = glob.fits_name(name.as_bytes()) && glob.fits_directory(dir.as_bytes());
                assert_eq!(fits, expected, "{pattern} and {path}");
            }
        }
    }

    #[test]
    fn a_pattern_without_slashes_is_for_names() {
        check("*.pyc", "a.pyc x/y/B.PYC .pyc | a.py pyc a.pyc/x");
        check("lib?.so*", "libc.so a/libm.so.6 | lib.so libcc.so");
        check("[a-c]*[!0-9]", "ax b/c_ Cz | dx a1 a");
        check("[]x]?", "]a xb | ab");
        check("a[b", "a[b | ab");
        check("*a*a*a*b", "aaab xaxaxab | aaaaaaaaaaaaaaaa");
        check("*", "a b/c |");
    }

    #[test]
    fn a_pattern_with_slashes_is_for_paths() {
        check(
            "/usr/**/x",
            "usr/x usr/a/x usr/a/b/x | x a/usr/x usr/a usr/x/y",
        );
        check(
            "etc/*.conf",
            "etc/a.conf usr/etc/b.conf | etc/a/b.conf a.conf",
        );
        check("/etc/*", "etc/a | a/etc/b etc/a/b");
        check("**/*.py", "a.py x/y/a.py | a.pyc");
        check("/*/", "a | a/b");
        check("a/**", "a/b a/b/c x/a/b | a b/c");
        check("**/a/**/b/**/c", "a/b/c a/x/b/y/z/c | a/c b/a/c");
    }

    #[test]
    fn many_stars_take_little_time() {
        let part = Part::new("*a".repeat(128).as_bytes());
        assert!(!part.fits(format!("{}b", "a".repeat(4_000)).as_bytes()));
        let glob = Glob::new(format!("{}z", "**/a/".repeat(50)).as_bytes());
        let path = format!("{}a", "a/".repeat(2_000));
        assert!(glob.fits_directory(path.as_bytes()) && !glob.fits_name(b"a"));
    }
}
