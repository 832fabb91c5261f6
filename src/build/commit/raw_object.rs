//! A JSON object that keeps its members as they are written, and in their order, until one of them is set.
//!
//! A new config thus differs from the previous one only in the changes: unknown members, their order, and the
//! notation of numbers and strings stay. A tree with ordered maps would keep only the order, and would make every
//! map of the program an ordered one.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The members, in their order. The last one wins among equal names.
#[derive(Clone, Debug, Default)]
pub(super) struct RawObject(Vec<(String, Box<RawValue>)>);

impl RawObject {
    /// Parses an object; `null` becomes an empty one.
    ///
    /// # Errors
    /// When it is anything else.
    pub(super) fn parse(text: &str) -> Result<RawObject, serde_json::Error> {
        let object: Option<RawObject> = serde_json::from_str(text)?;
        Ok(object.unwrap_or_default())
    }

    pub(super) fn get(&self, key: &str) -> Option<&RawValue> {
        let found = self.0.iter().rev().find(|(name, _)| name == key);
        found.map(|(_, value)| &**value)
    }

    /// Returns the object in a member; empty if there is none.
    pub(super) fn object(&self, key: &str) -> Result<RawObject, serde_json::Error> {
        RawObject::parse(self.get(key).map_or("null", RawValue::get))
    }

    /// Returns the items of the list in a member; empty if there is no list.
    pub(super) fn list(&self, key: &str) -> Result<Vec<Box<RawValue>>, serde_json::Error> {
        let text = self.get(key).map_or("null", RawValue::get);
        let list: Option<Vec<Box<RawValue>>> = serde_json::from_str(text)?;
        Ok(list.unwrap_or_default())
    }

    /// Sets a member in its place, or at the end if it is new.
    pub(super) fn set(
        &mut self,
        key: &str,
        value: &impl Serialize,
    ) -> Result<(), serde_json::Error> {
        let value = serde_json::value::to_raw_value(value)?;
        match self.0.iter().rposition(|(name, _)| name == key) {
            Some(at) => {
                if let Some((_, old)) = self.0.get_mut(at) {
                    *old = value;
                }
            }
            None => self.0.push((key.to_owned(), value)),
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }
}

impl Serialize for RawObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            members.serialize_entry(key, value)?;
        }
        members.end()
    }
}

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawObject, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = RawObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RawObject, A::Error> {
                let mut object = Vec::new();
                while let Some(member) = members.next_entry()? {
                    object.push(member);
                }
                Ok(RawObject(object))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_stays_as_it_is_written() {
        let text = r#"{"b": 1.50, "a":{"x" :[1, 2e1]},"c":"\u0041\/"}"#;
        let mut object = RawObject::parse(text).expect("is an object");
        object.set("a", &["new"]).expect("can be written");
        object.set("d", &true).expect("can be written");
        let written = serde_json::to_string(&object).expect("can be written");
        assert_eq!(written, r#"{"b":1.50,"a":["new"],"c":"\u0041\/","d":true}"#);
        object.remove("b");
        assert!(object.get("b").is_none());
        assert!(RawObject::parse("[]").is_err());
        assert!(RawObject::parse("null").expect("is nothing").0.is_empty());
        assert_eq!(object.list("none").expect("is nothing").len(), 0);
        assert!(object.list("c").is_err());
    }

    #[test]
    fn the_last_of_equal_names_counts() {
        let mut object = RawObject::parse(r#"{"a":1,"b":2,"a":3}"#).expect("is an object");
        assert_eq!(object.get("a").map(RawValue::get), Some("3"));
        object.set("a", &4).expect("can be written");
        assert_eq!(object.get("a").map(RawValue::get), Some("4"));
        object.remove("a");
        let written = serde_json::to_string(&object).expect("can be written");
        assert_eq!(written, r#"{"b":2}"#);
    }
}
