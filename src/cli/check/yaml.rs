//! Reads a document of YAML that a person has written.

use serde::de::DeserializeOwned;

/// Reads one document.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_saphyr::from_str(text).map_err(|error| {
        // The error draws the lines around its place, below its first line.
        let told = error.to_string();
        told.lines().next().unwrap_or_default().to_owned()
    })
}
