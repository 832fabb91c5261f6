//! The documents of image archives: `manifest.json` and the other documents of a docker-archive, and `index.json`
//! of an OCI layout.
//!
//! Equal images give equal documents. `workspace` decides which bytes go into an archive.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json as value};

use super::documents::{self, NewDescriptor, json};
use crate::image::{ChainId, DiffId, Digest, MediaType, Platform, Reference};

/// The content of `oci-layout`, the file that marks a layout.
pub const OCI_LAYOUT: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

/// Returns the annotations in which readers of layouts look for an image's names.
pub fn name_annotations(ref_name: &str, full: Option<&str>) -> BTreeMap<String, String> {
    let mut annotations = BTreeMap::new();
    if let Some(full) = full {
        let key = crate::image::Descriptor::IMAGE_NAME;
        annotations.insert(key.to_owned(), full.to_owned());
    }
    let key = crate::image::Descriptor::REF_NAME;
    annotations.insert(key.to_owned(), ref_name.to_owned());
    annotations
}

/// Serializes `index.json`, with one entry for each name of each image.
pub fn layout_index(entries: &[NewDescriptor]) -> Vec<u8> {
    documents::index(entries, &BTreeMap::new())
}

/// Returns the descriptor of a document, for an index.
pub fn index_entry(
    media_type: &MediaType,
    digest: &Digest,
    size_bytes: u64,
    platform: Option<&Platform>,
    annotations: BTreeMap<String, String>,
) -> NewDescriptor {
    NewDescriptor {
        media_type: media_type.clone(),
        digest: digest.clone(),
        size: size_bytes,
        platform: platform.map(Into::into),
        annotations,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SavedImage<'a> {
    config: &'a str,
    /// `null` if there are none, as Docker writes it.
    repo_tags: Option<Vec<String>>,
    layers: &'a [String],
}

/// Serializes `manifest.json` of one image, with the members that hold its config and its layers, base first.
pub fn saved_image(config: &str, tags: &[Reference], layers: &[String]) -> Vec<u8> {
    let names: Vec<String> = tags.iter().map(Reference::familiar).collect();
    json(&[SavedImage {
        config,
        repo_tags: (!names.is_empty()).then_some(names),
        layers,
    }])
}

/// One layer of a chain in the format of Docker before 1.10: `<id>/json`.
pub struct Version1 {
    /// The ID, which is the folder's name.
    pub id: String,
    /// The bytes of `<id>/json`.
    pub json: Vec<u8>,
}

/// Returns an image in the format of Docker before 1.10, base first. The topmost layer has the config.
pub fn version_1(config: &Map<String, Value>, diff_ids: &[DiffId]) -> Vec<Version1> {
    let mut chain: Vec<Version1> = Vec::new();
    let mut below: Option<ChainId> = None;
    for (at, diff_id) in diff_ids.iter().enumerate() {
        let id = match &below {
            Some(below) => below.child(diff_id),
            None => ChainId::base(diff_id),
        };
        let is_top = at + 1 == diff_ids.len();
        let mut layer = match is_top {
            true => config.clone(),
            false => Map::from_iter([
                ("created".to_owned(), value!("1970-01-01T00:00:00Z")),
                ("container_config".to_owned(), value!({"Cmd": null})),
            ]),
        };
        layer.remove("rootfs");
        layer.remove("history");
        layer.insert("id".to_owned(), value!(id.0.encoded()));
        if let Some(parent) = chain.last() {
            layer.insert("parent".to_owned(), value!(parent.id));
        }
        chain.push(Version1 {
            id: id.0.encoded().to_owned(),
            json: json(&layer),
        });
        below = Some(id);
    }
    chain
}

/// Serializes `repositories`: for each repository its tags, each with the topmost layer.
pub fn repositories(tags: &[Reference], top: &str) -> Vec<u8> {
    let mut repositories: BTreeMap<String, BTreeMap<&str, &str>> = BTreeMap::new();
    for name in tags {
        let tags = repositories.entry(name.repository().familiar());
        tags.or_default().insert(name.target(), top);
    }
    json(&repositories)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_without_names_has_null_for_them() {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("JSON is text");
        let layers = ["a.tar".to_owned()];
        assert_eq!(
            text(saved_image("c.json", &[], &layers)),
            r#"[{"Config":"c.json","RepoTags":null,"Layers":["a.tar"]}]"#
        );
        let name = Reference::parse("docker.io/library/app:1").expect("is a name");
        assert_eq!(
            text(saved_image("c.json", std::slice::from_ref(&name), &layers)),
            r#"[{"Config":"c.json","RepoTags":["app:1"],"Layers":["a.tar"]}]"#
        );
        assert_eq!(text(repositories(&[name], "top")), r#"{"app":{"1":"top"}}"#);
    }

    #[test]
    fn a_chain_has_its_config_on_top() {
        let config = Map::from_iter([
            ("config".to_owned(), value!({"Cmd": ["sh"]})),
            ("history".to_owned(), value!([])),
        ]);
        let diff_id = |text: &str| DiffId(Digest::sha256_of(text.as_bytes()));
        let chain = version_1(&config, &[diff_id("a"), diff_id("b")]);
        let [base, top] = &chain[..] else {
            panic!("there are two layers")
        };
        let read =
            |layer: &Version1| serde_json::from_slice::<Value>(&layer.json).expect("it is JSON");
        assert_eq!(read(base).get("parent"), None);
        assert_eq!(read(top)["parent"], value!(base.id));
        assert_eq!(read(top)["config"]["Cmd"][0], value!("sh"));
        assert_eq!(read(top).get("history"), None);
    }
}
