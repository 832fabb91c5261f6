//! JSON as images and registries really contain it: byte order marks, nulls, duplicate keys, wrong types.
//!
//! Every document is parsed into a tree first. Reading its fields is left to `fields`. The bytes are never
//! rewritten.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use crate::bounds::DocumentLimits;

use super::fields::Notes;
use super::shape::{Shape, Tree};
use super::{Error, Oddity};

const MAX_VALUES: usize = DocumentLimits::VALUES;
const MAX_DEPTH: usize = DocumentLimits::DEPTH;

/// A document as a tree, and the oddities of its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Json {
    /// The tree, with only the last of duplicate keys.
    pub value: Value,
    /// Duplicate keys, and bytes that are not UTF-8.
    pub oddities: Vec<Oddity>,
}

impl Json {
    /// Parses a whole document.
    ///
    /// A byte order mark and surrounding whitespace are accepted. Integers up to 64 bits stay exact.
    ///
    /// # Errors
    /// If the document is longer than `limit_bytes`, has more values or levels than any real one, or is not JSON.
    pub fn parse(bytes: &[u8], limit_bytes: u64) -> Result<Json, Error> {
        Json::parse_as(bytes, limit_bytes, &Shape::Any)
    }

    /// Parses a whole document as an engine decodes one with this shape.
    pub(super) fn parse_as(bytes: &[u8], limit_bytes: u64, shape: &Shape) -> Result<Json, Error> {
        let actual_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if actual_bytes > limit_bytes {
            return Err(Error::TooLarge {
                actual_bytes,
                limit_bytes,
            });
        }
        let notes = Notes::default();
        let lossy;
        let text = match std::str::from_utf8(without_mark(bytes)) {
            Ok(text) => text,
            Err(_) => {
                notes.push(Oddity::NotUtf8);
                lossy = String::from_utf8_lossy(without_mark(bytes)).into_owned();
                &lossy
            }
        };
        let mended = without_lone_surrogates(text);
        let text = match &mended {
            Some(mended) => {
                notes.push(Oddity::NotUtf8);
                mended
            }
            None => text,
        };
        let (n_values, too_deep) = (Cell::new(0), Cell::new(false));
        let tree = Reader {
            n_values: &n_values,
            too_deep: &too_deep,
            depth: 0,
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let parsed = tree
            .deserialize(&mut deserializer)
            .and_then(|tree| deserializer.end().map(|()| tree));
        match parsed {
            Ok(tree) => Ok(Json {
                value: shape.value(tree, &notes),
                oddities: notes.take(),
            }),
            Err(_) if n_values.get() > MAX_VALUES => {
                Err(Error::TooManyValues { limit: MAX_VALUES })
            }
            Err(_) if too_deep.get() => Err(Error::TooDeep { limit: MAX_DEPTH }),
            Err(error) => Err(Error::Json {
                detail: error.to_string(),
            }),
        }
    }
}

/// Returns an upper bound of a document's number of values, without parsing it. Each except the first follows one
/// of these characters.
pub fn most_values(document: &[u8]) -> u64 {
    let signs = |byte: &&u8| matches!(byte, b',' | b':' | b'[' | b'{');
    document.iter().filter(signs).count() as u64 + 1
}

/// Removes a byte order mark and surrounding whitespace, for other JSON readers.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.trim_ascii_start();
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii()
}

/// Replaces each lone surrogate in an escape (RFC 8259, section 8.2) by U+FFFD, as Go decodes it. `None` if there
/// is none.
fn without_lone_surrogates(text: &str) -> Option<String> {
    const REPLACEMENT: &str = "\\ufffd";
    let unit = |at: usize| {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut mended: Option<String> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\\')) {
        at = at.saturating_add(found);
        // Any other escape has one character after its backslash, which may be another backslash.
        let (step, is_lone) = match (unit(at), unit(at.saturating_add(6))) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, false),
            (Some(0xd800..=0xdfff), _) => (6, true),
            (Some(_), _) => (6, false),
            (None, _) => (2, false),
        };
        if is_lone {
            let mended = mended.get_or_insert_default();
            mended.push_str(text.get(copied..at).unwrap_or_default());
            mended.push_str(REPLACEMENT);
            copied = at.saturating_add(step);
        }
        at = at.saturating_add(step);
        // A step may end inside a character that no escape contains.
        while at < text.len() && !text.is_char_boundary(at) {
            at = at.saturating_add(1);
        }
    }
    if let Some(mended) = &mut mended {
        mended.push_str(text.get(copied..).unwrap_or_default());
    }
    mended
}

/// Builds the tree and counts its values.
#[derive(Clone, Copy)]
struct Reader<'n> {
    n_values: &'n Cell<usize>,
    too_deep: &'n Cell<bool>,
    /// Depth of the enclosing lists and objects.
    depth: usize,
}

impl<'n> Reader<'n> {
    /// Returns a reader for the content of a list or object.
    fn inside<E: serde::de::Error>(self) -> Result<Reader<'n>, E> {
        let depth = self.depth.saturating_add(1);
        if depth > MAX_DEPTH {
            self.too_deep.set(true);
            return Err(E::custom("too many levels"));
        }
        Ok(Reader { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        self.n_values.set(self.n_values.get() + 1);
        if self.n_values.get() > MAX_VALUES {
            return Err(D::Error::custom("too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Number(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Number(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Leaf(
            Number::from_f64(value).map_or(Value::Null, Value::Number),
        ))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::String(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::String(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let inside = self.inside()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let inside = self.inside()?;
        let mut object = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            object.push((key, members.next_value_seed(inside)?));
        }
        Ok(Tree::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, tree: Value, codes: &[&str]) {
        let json = Json::parse(text.as_bytes(), 1_000).expect("is JSON");
        assert_eq!(json.value, tree, "from {text:?}");
        let actual: Vec<_> = json.oddities.iter().map(Oddity::code).collect();
        assert_eq!(actual, codes, "from {text:?}");
    }

    #[test]
    fn cf_16_tolerates_what_others_tolerate() {
        use serde_json::json;
        check("\u{feff} {\"a\": 1} \n", json!({"a": 1}), &[]);
        check("\n\t{\"a\": 1}", json!({"a": 1}), &[]);
        check(r#"{"a": 1, "a": 2}"#, json!({"a": 2}), &["duplicate-key"]);
        check(
            r#"{"a": 1, "a": null}"#,
            json!({"a": null}),
            &["duplicate-key"],
        );
        check(
            r#"{"a": null, "a": 1}"#,
            json!({"a": 1}),
            &["duplicate-key"],
        );
        check(
            r#"{"size": 9007199254740993, "most": 18446744073709551615}"#,
            json!({"size": 9_007_199_254_740_993_u64, "most": u64::MAX}),
            &[],
        );
        check(
            r#"{"a": null, "b": [null]}"#,
            json!({"a": null, "b": [null]}),
            &[],
        );
        check("null", Value::Null, &[]);
    }

    #[test]
    fn bounds_length_depth_and_number() {
        let refused = |bytes: &[u8], limit| Json::parse(bytes, limit).expect_err("is refused");
        assert!(matches!(refused(b"{}", 1), Error::TooLarge { .. }));
        assert!(matches!(refused(b"", 9), Error::Json { .. }));
        assert!(matches!(refused(b"{} {}", 9), Error::Json { .. }));
        let deep = "[".repeat(100_000);
        assert!(matches!(
            refused(deep.as_bytes(), 1 << 20),
            Error::TooDeep { limit: 100 }
        ));
        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert_eq!(
            refused(many.as_bytes(), 1 << 20),
            Error::TooManyValues { limit: MAX_VALUES }
        );
        let odd = "{\"a\":1,".to_owned() + &"\"a\":1,".repeat(200) + "\"a\":1}";
        let json = Json::parse(odd.as_bytes(), 1 << 20).expect("is JSON");
        assert_eq!(json.oddities.last(), Some(&Oddity::More));
    }

    #[test]
    fn replaces_what_is_not_text() {
        let json = Json::parse(b"{\"author\": \"J\xf6rg\"}", 99).expect("is JSON");
        assert_eq!(json.value["author"], "J\u{fffd}rg");
        assert_eq!(json.oddities, [Oddity::NotUtf8]);
        for (text, expected) in [
            (r#""a\udcffb""#, "a\u{fffd}b"),
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\ude00\\\ude00""#, "\u{fffd}\\\u{fffd}"),
        ] {
            let json = Json::parse(text.as_bytes(), 100).expect("it is read as Go reads it");
            assert_eq!(json.value, Value::from(expected), "{text}");
            assert_eq!(json.oddities, [Oddity::NotUtf8], "{text}");
        }
        for text in [r#""\\udcff""#, r#""\ud83d\ude00""#, r#""\u00e9\é""#] {
            assert_eq!(without_lone_surrogates(text), None, "{text}");
        }
    }
}
