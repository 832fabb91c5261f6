//! The addresses that a manifest gives of layers which the registry itself does not have, bounded while they are read.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::places::place_of;

/// Addresses that are taken of one manifest at most.
const MOST_ADDRESSES: usize = 512;
/// Characters of an address at most.
const MOST_CHARS: usize = 4_096;

/// Returns the addresses of a manifest's layers, without query; none of a manifest that makes no sense, which is the
/// page's to judge.
pub(super) fn addresses(manifest: &[u8]) -> BTreeSet<String> {
    let named = serde_json::from_slice::<Manifest>(manifest);
    named.unwrap_or_default().layers.0
}

#[derive(Default, Deserialize)]
struct Manifest {
    #[serde(default)]
    layers: Addresses<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    #[serde(default)]
    urls: Addresses<Cow<'static, str>>,
}

/// The addresses that a list of `T` names, without query.
struct Addresses<T>(BTreeSet<String>, PhantomData<T>);

impl<T> Default for Addresses<T> {
    fn default() -> Addresses<T> {
        Addresses(BTreeSet::new(), PhantomData)
    }
}

/// An element of a list that names addresses.
trait Names {
    fn named(self) -> impl Iterator<Item = String>;
}

impl Names for Layer {
    fn named(self) -> impl Iterator<Item = String> {
        self.urls.0.into_iter()
    }
}

impl Names for Cow<'static, str> {
    fn named(self) -> impl Iterator<Item = String> {
        let url = (self.len() <= MOST_CHARS).then_some(self);
        let place = url.map(|url| place_of(&url));
        place.filter(|place| !place.is_empty()).into_iter()
    }
}

impl<'de, T: Names + Deserialize<'de>> Deserialize<'de> for Addresses<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Addresses<T>, D::Error> {
        from.deserialize_seq(Addresses::default())
    }
}

impl<'de, T: Names + Deserialize<'de>> Visitor<'de> for Addresses<T> {
    type Value = Addresses<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Addresses<T>, A::Error> {
        while self.0.len() < MOST_ADDRESSES
            && let Some(element) = list.next_element::<T>()?
        {
            let room = MOST_ADDRESSES - self.0.len();
            self.0.extend(element.named().take(room));
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_hostile_manifest_names_is_bounded() {
        let layer = |urls: &[String]| serde_json::json!({ "urls": urls });
        let many = |n: usize| {
            (0..n)
                .map(|at| format!("https://s.example/{at}?x"))
                .collect()
        };
        let numbered: Vec<String> = many(3);
        let check = |layers: Vec<serde_json::Value>, n: usize| {
            let manifest = serde_json::json!({ "layers": layers }).to_string();
            assert_eq!(addresses(manifest.as_bytes()).len(), n);
        };
        check(vec![layer(&numbered), layer(&numbered)], 3);
        check(vec![layer(&many(100_000))], MOST_ADDRESSES);
        check(
            numbered
                .iter()
                .map(|url| layer(std::slice::from_ref(url)))
                .collect(),
            3,
        );
        check(vec![layer(&["nothing".to_owned(), String::new()])], 0);
        check(
            vec![layer(&[format!("https://s.example/{}", "x".repeat(5_000))])],
            0,
        );
        check(vec![serde_json::json!({ "urls": 3 })], 0);
        assert!(addresses(b"[").is_empty());
    }
}
