//! What the page remembers between visits: small values in localStorage, as JSON.

use gloo::storage::{LocalStorage, Storage};
use serde::{Serialize, de::DeserializeOwned};

/// What was remembered under `key`; `None` where there is nothing, or nothing that can be read.
pub fn get<T: DeserializeOwned>(key: &str) -> Option<T> {
    LocalStorage::get(key).ok()
}

/// Remembers `value` under `key`. A browser that forbids it, or is full, only forgets.
pub fn set<T: Serialize>(key: &str, value: &T) {
    LocalStorage::set(key, value).unwrap_or_default();
}
