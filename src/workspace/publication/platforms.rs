//! The choice of platforms that are published.

/// The platforms of an index that are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platforms {
    /// All platforms, under the unchanged index.
    All,
    /// The platforms whose content is available. If one is absent, the index is rewritten without it and its
    /// attestations, and so has another digest.
    Present,
}
