//! The config of an image that a recipe makes: the image specification, `config.md`.

use lamina::image::DiffId;
use serde::Serialize;

use super::recipe::parts::RuntimeRecipe;

/// An image configuration: the image specification, `config.md`.
#[derive(Serialize)]
pub(super) struct Config<'a> {
    pub(super) created: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) author: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) comment: &'a str,
    pub(super) architecture: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) variant: &'a str,
    pub(super) os: &'a str,
    pub(super) config: &'a RuntimeRecipe,
    pub(super) rootfs: RootFs,
    pub(super) history: Vec<History<'a>>,
}

/// The `rootfs` of a config.
#[derive(Serialize)]
pub(super) struct RootFs {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) diff_ids: Vec<DiffId>,
}

/// One entry of a config's history.
#[derive(Serialize)]
pub(super) struct History<'a> {
    pub(super) created: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) created_by: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) author: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) comment: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) empty_layer: bool,
}
