//! Digests in the form of the image specification, and the hashers that verify them.
//!
//! The caller that reads the bytes decides what to hash, and what a mismatch means.

use crate::message::{Code, Message};
use std::fmt;

use sha2::{Digest as _, Sha256, Sha512};

use super::hex;
use super::hex::bytes_of_hex;

/// A content digest in the valid form `algorithm:encoded`.
///
/// Unknown algorithms are accepted: such digests can be shown, but not verified. See the image specification,
/// `descriptor.md`, section "Digests".
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    text: Box<str>,
    algorithm: Algorithm,
}

/// The hash function of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// SHA-256: 64 lower-case hexadecimal digits.
    Sha256,
    /// SHA-512: 128 lower-case hexadecimal digits.
    Sha512,
    /// Any other registered or private algorithm: valid in form, but not verifiable here.
    Other,
}

/// The reason why a text is not a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDigest {
    reason: Code,
    text: String,
}

impl From<&InvalidDigest> for Message {
    fn from(invalid: &InvalidDigest) -> Message {
        Message::about_text(invalid.reason, format!("{:?}", invalid.text))
    }
}

impl fmt::Display for InvalidDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for InvalidDigest {}

impl Digest {
    /// Parses `algorithm:encoded`.
    ///
    /// # Errors
    /// If the text violates the grammar, or a known algorithm has the wrong number of digits or upper-case ones.
    pub fn parse(text: &str) -> Result<Digest, InvalidDigest> {
        let refuse = |reason| InvalidDigest {
            reason,
            text: text.chars().take(160).collect(),
        };
        let (algorithm, encoded) = text
            .split_once(':')
            .ok_or_else(|| refuse(Code::DigestForm))?;
        let component = |c: &str| {
            !c.is_empty()
                && c.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if !algorithm.split(['+', '.', '_', '-']).all(component) {
            return Err(refuse(Code::DigestAlgorithm));
        }
        let encoded_char = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'_' | b'-');
        if encoded.is_empty() || encoded.len() > 512 || !encoded.bytes().all(encoded_char) {
            return Err(refuse(Code::DigestEncoded));
        }
        let hex = |digits: usize| {
            encoded.len() == digits
                && encoded
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let algorithm = match algorithm {
            "sha256" if hex(64) => Algorithm::Sha256,
            "sha512" if hex(128) => Algorithm::Sha512,
            "sha256" => return Err(refuse(Code::Sha256Form)),
            "sha512" => return Err(refuse(Code::Sha512Form)),
            _ => Algorithm::Other,
        };
        Ok(Digest {
            text: text.into(),
            algorithm,
        })
    }

    /// Computes the SHA-256 digest of `bytes`.
    pub fn sha256_of(bytes: &[u8]) -> Digest {
        Digest::made("sha256", Algorithm::Sha256, &Sha256::digest(bytes))
    }

    /// Returns the digest for a SHA-256 hash computed elsewhere.
    pub fn of_sha256(hash: &[u8; 32]) -> Digest {
        Digest::made("sha256", Algorithm::Sha256, hash)
    }

    fn made(name: &str, algorithm: Algorithm, hash: &[u8]) -> Digest {
        Digest {
            text: format!("{name}:{}", hex(hash)).into(),
            algorithm,
        }
    }

    /// Computes the digest of `bytes` by `algorithm`, or by SHA-256 if that algorithm is not supported.
    pub fn of(bytes: &[u8], algorithm: Algorithm) -> Digest {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish().unwrap_or_else(|| Digest::sha256_of(bytes))
    }

    /// True if `bytes` have this digest. `None` if its algorithm is not supported.
    pub fn matches(&self, bytes: &[u8]) -> Option<bool> {
        let mut hasher = Hasher::new(self.algorithm);
        hasher.update(bytes);
        hasher.finish().map(|actual| actual == *self)
    }

    /// Returns the whole text, `algorithm:encoded`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the hash function.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the part before the colon, as written.
    pub fn algorithm_name(&self) -> &str {
        self.text.split_once(':').map_or("", |(name, _)| name)
    }

    /// Returns the part after the colon.
    pub fn encoded(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, encoded)| encoded)
    }

    /// Returns the first twelve digits, the usual abbreviation of container tools.
    pub fn short(&self) -> &str {
        let encoded = self.encoded();
        encoded.get(..12).unwrap_or(encoded)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(&self.text);
        }
        let hash = bytes_of_hex(self.encoded()).unwrap_or_default();
        let mut halves = hash.chunks(32).map(|half| <[u8; 32]>::try_from(half).ok());
        let packed = match (
            self.algorithm,
            halves.next().flatten(),
            halves.next().flatten(),
        ) {
            (Algorithm::Sha256, Some(hash), None) => Packed::Sha256(hash),
            (Algorithm::Sha512, Some(first), Some(second)) => Packed::Sha512(first, second),
            _ => Packed::Text(&self.text),
        };
        packed.serialize(serializer)
    }
}

/// The form of a digest in what is kept for long, whatever the format: its text.
pub mod digest_text {
    use super::Digest;

    /// Writes the text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: serde::Serializer>(
        digest: &Digest,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(digest.as_str())
    }

    /// Reads the text.
    ///
    /// # Errors
    /// Those of the deserializer, and what is no digest.
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Digest, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Digest::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A digest in a format that nobody reads: half as long as its text.
#[derive(serde::Serialize, serde::Deserialize)]
enum Packed<'a> {
    Sha256([u8; 32]),
    Sha512([u8; 32], [u8; 32]),
    Text(&'a str),
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
        let text;
        let text = if deserializer.is_human_readable() {
            text = String::deserialize(deserializer)?;
            &text
        } else {
            match Packed::deserialize(deserializer)? {
                Packed::Sha256(hash) => return Ok(Digest::of_sha256(&hash)),
                Packed::Sha512(first, second) => {
                    let hash = [first, second].concat();
                    return Ok(Digest::made("sha512", Algorithm::Sha512, &hash));
                }
                Packed::Text(text) => text,
            }
        };
        Digest::parse(text).map_err(serde::de::Error::custom)
    }
}

/// The digest of a layer's uncompressed bytes: of the whole stream, including everything after the tar's end
/// marker.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct DiffId(pub Digest);

/// The identity of a stack of layers: the result of a layer on top of all those below it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct ChainId(pub Digest);

impl ChainId {
    /// Returns the chain ID of a base layer: its own diff_id.
    pub fn base(diff_id: &DiffId) -> ChainId {
        ChainId(diff_id.0.clone())
    }

    /// Returns the chain ID of `diff_id` on top of `self`: SHA-256 over `parent SPACE diff_id`. See the image
    /// specification, `config.md`, section "Layer ChainID".
    pub fn child(&self, diff_id: &DiffId) -> ChainId {
        ChainId(Digest::sha256_of(
            format!("{} {}", self.0, diff_id.0).as_bytes(),
        ))
    }
}

/// An incremental hash.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
    Uncomputable,
}

impl Hasher {
    /// Creates a hasher. For [`Algorithm::Other`] it accepts bytes but computes nothing.
    pub fn new(algorithm: Algorithm) -> Hasher {
        Hasher(match algorithm {
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Sha512 => State::Sha512(Box::new(Sha512::new())),
            Algorithm::Other => State::Uncomputable,
        })
    }

    /// Hashes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(hash) => hash.update(bytes),
            State::Sha512(hash) => hash.update(bytes),
            State::Uncomputable => {}
        }
    }

    /// Returns the digest of all bytes; `None` for [`Algorithm::Other`].
    pub fn finish(self) -> Option<Digest> {
        Some(match self.0 {
            State::Sha256(hash) => Digest::made("sha256", Algorithm::Sha256, &hash.finalize()),
            State::Sha512(hash) => Digest::made("sha512", Algorithm::Sha512, &hash.finalize()),
            State::Uncomputable => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_refused(text: &str) {
        assert!(Digest::parse(text).is_err(), "{text:?} was accepted");
    }

    #[test]
    fn refuses_what_the_grammar_refuses() {
        let hex = "a".repeat(64);
        check_refused("");
        check_refused(&hex);
        check_refused(&format!("sha256:{}", hex.to_uppercase()));
        check_refused(&format!("sha256:{}", &hex[1..]));
        check_refused(&format!("sha512:{hex}"));
        check_refused(&format!("SHA256:{hex}"));
        check_refused("sha256:../../etc/passwd");
        check_refused("+:abc");
    }

    #[test]
    fn keeps_unknown_algorithms() {
        let digest =
            Digest::parse("multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8")
                .expect("is valid in form");
        assert_eq!(digest.algorithm(), Algorithm::Other);
        assert_eq!(digest.matches(b""), None);
    }

    #[test]
    fn crosses_packed_and_is_written_as_text() {
        for text in [
            format!("sha256:{}", "0f".repeat(32)),
            format!("sha512:{}", "f0".repeat(64)),
            "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8".to_owned(),
        ] {
            let digest = Digest::parse(&text).expect("is a digest");
            let packed = postcard::to_allocvec(&digest).expect("packs");
            assert!(packed.len() <= text.len() + 2, "{text}");
            let back: Digest = postcard::from_bytes(&packed).expect("unpacks");
            assert_eq!(back, digest);
            let json = serde_json::to_string(&digest).expect("is JSON");
            assert_eq!(json, format!("{text:?}"));
            let back: Digest = serde_json::from_str(&json).expect("is a digest");
            assert_eq!(back, digest);
        }
    }

    #[test]
    fn hashes_to_the_published_values() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::sha256_of(b"").as_str(), empty);
        assert_eq!(Digest::sha256_of(b"").short(), "e3b0c44298fc");
        assert_eq!(
            Digest::parse(empty).expect("is a digest").matches(b"x"),
            Some(false)
        );
    }
}
