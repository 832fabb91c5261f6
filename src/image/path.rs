//! Paths inside an image: bytes, normalised once, never leaving the root.
//!
//! Following symbolic links is left to `overlay`; here a path is only its components.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A path inside an image: components joined by `/`, without a leading slash, `.` or `..`.
///
/// The root is the empty path. Names are bytes: nothing is assumed about their encoding, and they are compared and
/// sorted bytewise.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct ImagePath(Box<[u8]>);

impl TryFrom<Vec<u8>> for ImagePath {
    type Error = PathError;

    fn try_from(name: Vec<u8>) -> Result<ImagePath, PathError> {
        ImagePath::normalise(&name)
    }
}

impl From<ImagePath> for Vec<u8> {
    fn from(path: ImagePath) -> Vec<u8> {
        path.0.into()
    }
}

/// The reason why a name is not a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The name contains a NUL byte, which no file system can hold.
    #[error("the name holds a NUL byte")]
    Nul,
}

impl ImagePath {
    /// Returns the root directory.
    pub fn root() -> ImagePath {
        ImagePath::default()
    }

    /// Normalises a name from an archive: drops leading `./` and `/` and repeated `/`, and resolves `.` and `..`,
    /// which stops at the root.
    ///
    /// # Errors
    /// If the name contains a NUL byte.
    pub fn normalise(name: &[u8]) -> Result<ImagePath, PathError> {
        if name.contains(&0) {
            return Err(PathError::Nul);
        }
        let mut path: Vec<u8> = Vec::with_capacity(name.len());
        for component in name.split(|&b| b == b'/') {
            match component {
                b"" | b"." => {}
                b".." => {
                    let parent = path.iter().rposition(|&b| b == b'/').unwrap_or(0);
                    path.truncate(parent);
                }
                component => {
                    if !path.is_empty() {
                        path.push(b'/');
                    }
                    path.extend_from_slice(component);
                }
            }
        }
        Ok(ImagePath(path.into()))
    }

    /// Returns the bytes, without a leading slash; empty for the root.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// True for the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over the components from the root down.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.0.split(|&b| b == b'/').filter(|c| !c.is_empty())
    }

    /// Returns the last component; `None` for the root.
    pub fn file_name(&self) -> Option<&[u8]> {
        self.components().next_back()
    }

    /// Returns the first component as a path of its own; the root for the root.
    pub fn first(&self) -> ImagePath {
        self.components()
            .next()
            .map_or_else(ImagePath::root, |name| ImagePath(name.into()))
    }

    /// Returns the directory that contains this path; `None` for the root.
    pub fn parent(&self) -> Option<ImagePath> {
        if self.is_root() {
            return None;
        }
        let end = self.0.iter().rposition(|&b| b == b'/').unwrap_or(0);
        Some(ImagePath(self.0.get(..end).unwrap_or_default().into()))
    }

    /// Returns this path with one more component, which must be a plain name.
    pub fn join(&self, name: &[u8]) -> ImagePath {
        let mut path = self.0.to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        ImagePath(path.into())
    }
}

/// Converts bytes to text: valid UTF-8 stays, every other byte becomes `\xHH`.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

impl fmt::Display for ImagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.0))
    }
}

impl fmt::Debug for ImagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", escape(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, normalised: &str) {
        let path = ImagePath::normalise(name.as_bytes()).expect("has no NUL");
        assert_eq!(path.to_string(), normalised, "from {name:?}");
    }

    #[test]
    fn normalises_names_inside_the_root() {
        check("", "");
        check("/", "");
        check("./", "");
        check("./etc//hosts", "etc/hosts");
        check("/etc/hosts/", "etc/hosts");
        check("a/./b/../c", "a/c");
        check("../../etc/passwd", "etc/passwd");
        check("a/../../b", "b");
        check("...", "...");
    }

    #[test]
    fn escapes_what_is_not_text() {
        assert_eq!(escape(b"caf\xe9"), "caf\\xe9");
        assert_eq!(escape("café".as_bytes()), "café");
        assert_eq!(ImagePath::normalise(b"a\0b"), Err(PathError::Nul));
    }

    #[test]
    fn walks_up_and_down() {
        let path = ImagePath::normalise(b"usr/lib/x").expect("has no NUL");
        assert_eq!(path.file_name(), Some(&b"x"[..]));
        assert_eq!(path.parent().map(|p| p.to_string()), Some("usr/lib".into()));
        assert_eq!(ImagePath::root().parent(), None);
        assert_eq!(ImagePath::root().join(b"a").join(b"b").to_string(), "a/b");
    }
}
