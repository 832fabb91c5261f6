//! Reads the fields of a document one at a time. A field with a wrong type is noted, and only that field is lost.
//!
//! The fields that a document has are defined in the document's own file.

use crate::message::Code;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::{Digest, Error, FieldType, InvalidDigest, Oddity};

/// Maximum number of oddities kept per document.
const MAX_ODDITIES: usize = 50;

/// Maximum length of an oddity's field path, in bytes.
const MAX_PLACE_BYTES: usize = 200;

/// Collects oddities while a document is parsed.
#[derive(Debug, Default)]
pub(super) struct Notes(RefCell<Vec<Oddity>>);

impl Notes {
    /// Continues with the oddities found in the text.
    pub(super) fn after(oddities: Vec<Oddity>) -> Notes {
        Notes(RefCell::new(oddities))
    }

    pub(super) fn push(&self, oddity: Oddity) {
        let mut kept = self.0.borrow_mut();
        match kept.len() {
            n if n < MAX_ODDITIES => kept.push(oddity),
            MAX_ODDITIES => kept.push(Oddity::More),
            _ => {}
        }
    }

    pub(super) fn take(self) -> Vec<Oddity> {
        self.0.into_inner()
    }
}

/// One object of a document, read field by field. A field with a wrong type is noted and read as absent.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    /// Path of the object with a dot at its end; empty for the document itself.
    prefix: String,
    notes: &'a Notes,
}

impl<'a> Fields<'a> {
    /// Creates the fields of the document itself.
    pub(super) fn of_document(
        value: &'a Value,
        document: Code,
        notes: &'a Notes,
    ) -> Result<Fields<'a>, Error> {
        match value {
            Value::Object(object) => Ok(Fields {
                object,
                prefix: String::new(),
                notes,
            }),
            other => Err(Error::Shape {
                document,
                expected: Code::AnObject,
                actual: kind_of(other),
            }),
        }
    }

    /// Returns the value of a member. A `null` counts as absent.
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    /// Iterates over the keys of members that are not `null`.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a String> + use<'a> {
        let members = self.object.iter().filter(|(_, value)| !value.is_null());
        members.map(|(key, _)| key)
    }

    /// Returns the path of a member in the document, cut to a reasonable length.
    pub(super) fn place(&self, key: &str) -> String {
        cut_place(format!("{}{key}", self.prefix))
    }

    pub(super) fn note(&self, oddity: Oddity) {
        self.notes.push(oddity);
    }

    fn wrong<T>(&self, key: &str, expected: FieldType) -> Option<T> {
        self.note(Oddity::WrongType {
            place: self.place(key),
            expected,
        });
        None
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::String(text) => Some(text.clone()),
            _ => self.wrong(key, FieldType::Text),
        }
    }

    /// Reads a text. An empty one counts as absent.
    pub(super) fn filled_text(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| !text.is_empty())
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        match self.get(key) {
            Some(Value::Bool(flag)) => *flag,
            Some(_) => self.wrong(key, FieldType::Flag).unwrap_or(false),
            None => false,
        }
    }

    pub(super) fn unsigned(&self, key: &str) -> Option<u64> {
        let value = self.get(key)?;
        value
            .as_u64()
            .or_else(|| self.wrong(key, FieldType::Unsigned))
    }

    pub(super) fn signed(&self, key: &str) -> Option<i64> {
        let value = self.get(key)?;
        value
            .as_i64()
            .or_else(|| self.wrong(key, FieldType::Signed))
    }

    /// Reads a list of texts. A single text counts as a list of one.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            None => Vec::new(),
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .filter_map(|(i, item)| match item {
                    Value::String(text) => Some(text.clone()),
                    _ => self.wrong(&format!("{key}[{i}]"), FieldType::Text),
                })
                .collect(),
            Some(_) => self.wrong(key, FieldType::Texts).unwrap_or_default(),
        }
    }

    /// Reads a list of texts. An item with a wrong type becomes an empty text, so that nothing shifts.
    pub(super) fn texts_in_place(&self, key: &str) -> Vec<String> {
        let Some(Value::Array(items)) = self.get(key) else {
            return self.texts(key);
        };
        let text_of = |(i, item): (usize, &Value)| match item {
            Value::String(text) => text.clone(),
            _ => self
                .wrong(&format!("{key}[{i}]"), FieldType::Text)
                .unwrap_or_default(),
        };
        items.iter().enumerate().map(text_of).collect()
    }

    /// Reads the keys of an object that represents a set, whatever their values. A list of texts counts as well.
    pub(super) fn set(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::Object(object)) => object.keys().cloned().collect(),
            _ => self.texts(key),
        }
    }

    /// Reads an object from text to text.
    pub(super) fn text_map(&self, key: &str) -> BTreeMap<String, String> {
        let Some(inner) = self.object(key) else {
            return BTreeMap::new();
        };
        let mut texts = BTreeMap::new();
        texts.extend(
            inner
                .keys()
                .filter_map(|name| Some((name.clone(), inner.text(name)?))),
        );
        texts
    }

    pub(super) fn object(&self, key: &str) -> Option<Fields<'a>> {
        match self.get(key)? {
            Value::Object(object) => Some(Fields {
                object,
                prefix: format!("{}.", self.place(key)),
                notes: self.notes,
            }),
            _ => self.wrong(key, FieldType::Object),
        }
    }

    /// Reads the members of an object that are objects themselves.
    pub(super) fn objects_by_key(&self, key: &str) -> Vec<(String, Fields<'a>)> {
        let Some(inner) = self.object(key) else {
            return Vec::new();
        };
        inner
            .keys()
            .filter_map(|name| Some((name.clone(), inner.object(name)?)))
            .collect()
    }

    /// Reads a list of objects. An item of another type becomes an empty object, so that nothing shifts.
    pub(super) fn objects(&self, key: &str) -> Vec<Fields<'a>> {
        match self.get(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => objects_of(items, &self.place(key), self.notes),
            Some(_) => self.wrong(key, FieldType::Objects).unwrap_or_default(),
        }
    }

    pub(super) fn digest(&self, key: &str) -> Result<Digest, InvalidDigest> {
        let digest = Digest::parse(&self.text(key).unwrap_or_default());
        if let Err(error) = &digest {
            self.note(Oddity::InvalidDigest {
                place: self.place(key),
                detail: error.into(),
            });
        }
        digest
    }
}

/// Cuts a path to a reasonable length, because the image's author chooses the length of keys.
pub(super) fn cut_place(place: String) -> String {
    match place.get(..place.floor_char_boundary(MAX_PLACE_BYTES)) {
        Some(start) if start.len() < place.len() => format!("{start}…"),
        _ => place,
    }
}

/// Returns the items of a list as objects. An item of another type is noted and keeps its position.
pub(super) fn objects_of<'a>(items: &'a [Value], place: &str, notes: &'a Notes) -> Vec<Fields<'a>> {
    let object_of = |(i, item): (usize, &'a Value)| {
        let object = item.as_object().unwrap_or_else(|| {
            notes.push(Oddity::WrongType {
                place: format!("{place}[{i}]"),
                expected: FieldType::Object,
            });
            empty_object()
        });
        Fields {
            object,
            prefix: format!("{place}[{i}]."),
            notes,
        }
    };
    items.iter().enumerate().map(object_of).collect()
}

fn empty_object() -> &'static Map<String, Value> {
    static EMPTY: OnceLock<Map<String, Value>> = OnceLock::new();
    EMPTY.get_or_init(Map::new)
}

/// Names the type of a value, for a message.
pub(super) fn kind_of(value: &Value) -> Code {
    match value {
        Value::Null => Code::JsonNull,
        Value::Bool(_) => Code::JsonBool,
        Value::Number(_) => Code::JsonNumber,
        Value::String(_) => Code::JsonText,
        Value::Array(_) => Code::JsonList,
        Value::Object(_) => Code::AnObject,
    }
}
