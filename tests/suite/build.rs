//! Images built by Lamina: the recipe of the sample, read by the registry client.

use std::collections::{BTreeMap, BTreeSet};

use lamina::image::Digest;
use serde_json::Value;
use wasm_bindgen_test::wasm_bindgen_test;

/// The images of a recipe, as `xtask` makes them.
#[path = "../../xtask/src/sample/mod.rs"]
mod sample;

use sample::{Error, sample};

const RECIPE: &str = include_str!("../../www/sample.recipe");

/// Responses of a registry that consists of static files.
struct Site(BTreeMap<String, Vec<u8>>);

impl Site {
    fn of(recipe: &str) -> Site {
        Site(sample(recipe).unwrap().into_iter().collect())
    }

    fn get(&self, path: &str) -> &[u8] {
        self.0
            .get(path)
            .unwrap_or_else(|| panic!("{path} is missing"))
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_slice(self.get(path)).unwrap()
    }

    /// Returns the content of a descriptor, verified by digest and size.
    fn follow(&self, repository: &str, kind: &str, descriptor: &Value) -> &[u8] {
        let digest = descriptor["digest"].as_str().unwrap();
        let bytes = self.get(&format!("v2/{repository}/{kind}/{digest}"));
        assert_eq!(Digest::sha256_of(bytes).as_str(), digest);
        assert_eq!(descriptor["size"], bytes.len());
        bytes
    }

    /// Returns the manifest, the config and the tars of the layers, for one platform of a tag.
    fn image(
        &self,
        repository: &str,
        tag: &str,
        architecture: &str,
    ) -> (Value, Value, Vec<Vec<u8>>) {
        let index = self.json(&format!("v2/{repository}/manifests/{tag}"));
        let entries = index["manifests"].as_array().unwrap();
        let entry = entries
            .iter()
            .find(|entry| entry["platform"]["architecture"] == architecture)
            .unwrap();
        let manifest: Value =
            serde_json::from_slice(self.follow(repository, "manifests", entry)).unwrap();
        let config: Value =
            serde_json::from_slice(self.follow(repository, "blobs", &manifest["config"])).unwrap();
        let layers = manifest["layers"].as_array().unwrap().iter();
        let tars = layers
            .map(|layer| gunzip(self.follow(repository, "blobs", layer)))
            .collect();
        (manifest, config, tars)
    }
}

/// Decodes the one member of a layer built here: a header of ten bytes, deflate, a trailer of eight.
fn gunzip(stored: &[u8]) -> Vec<u8> {
    let (body, trailer) = stored.split_at(stored.len() - 8);
    let decoded = miniz_oxide::inflate::decompress_to_vec(&body[10..]).unwrap();
    assert_eq!(trailer[..4], crc32fast::hash(&decoded).to_le_bytes());
    decoded
}

fn names(tar: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().unwrap();
    entries
        .map(|entry| String::from_utf8_lossy(&entry.unwrap().path_bytes()).into_owned())
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn the_sample_is_a_registry_within_its_size() {
    let site = Site::of(RECIPE);
    assert_eq!(site.get("v2/index.html"), b"{}");
    assert_eq!(
        site.json("v2/_catalog")["repositories"],
        serde_json::json!(["demo/app", "demo/base"])
    );
    let tags = site.json("v2/demo/app/tags/list");
    assert_eq!(
        tags,
        serde_json::json!({"name": "demo/app", "tags": ["1.0", "1.1", "1.1-fixed", "latest"]})
    );
    let n_bytes: usize = site.0.values().map(Vec::len).sum();
    assert!(n_bytes <= 2_000_000, "the sample has {n_bytes} bytes");
    assert_eq!(site.0, Site::of(RECIPE).0, "equal recipes give equal files");
}

#[wasm_bindgen_test(unsupported = test)]
fn every_digest_of_the_sample_holds() {
    let site = Site::of(RECIPE);
    for (path, bytes) in &site.0 {
        if let Some((_, digest)) = path.split_once("sha256:") {
            assert_eq!(Digest::sha256_of(bytes).encoded(), digest, "{path}");
        }
    }
    for architecture in ["amd64", "arm64"] {
        let (manifest, config, tars) = site.image("demo/app", "latest", architecture);
        let diff_ids: Vec<_> = tars
            .iter()
            .map(|tar| Value::from(Digest::sha256_of(tar).as_str()))
            .collect();
        assert_eq!(config["rootfs"]["diff_ids"], Value::from(diff_ids));
        assert_eq!(config["architecture"], architecture);
        let history = config["history"].as_array().unwrap();
        let n_layers = history
            .iter()
            .filter(|step| step["empty_layer"] != true)
            .count();
        assert_eq!(n_layers, manifest["layers"].as_array().unwrap().len());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_sample_shows_what_it_promises() {
    let site = Site::of(RECIPE);
    let (base, _, tars) = site.image("demo/base", "12", "amd64");
    assert!(
        names(&tars[0]).len() >= 1_000,
        "{} entries",
        names(&tars[0]).len()
    );
    for tag in ["1.0", "1.1", "latest"] {
        let (manifest, _, _) = site.image("demo/app", tag, "amd64");
        assert_eq!(
            manifest["layers"][0], base["layers"][0],
            "{tag} stands on the base"
        );
    }
    let (_, config, tars) = site.image("demo/app", "latest", "amd64");
    let all: Vec<_> = tars.iter().flat_map(|tar| names(tar)).collect();
    let has = |name: &str| assert!(all.iter().any(|path| path == name), "{name}");
    has("srv/app/static/.wh..wh..opq");
    has("srv/app/.wh.debug");
    has("srv/app/static/说明.txt");
    let n_configs = all
        .iter()
        .filter(|path| *path == "etc/app/config.toml")
        .count();
    assert_eq!(n_configs, 3, "one file changed twice");
    let commit = config["history"].as_array().unwrap().last().unwrap();
    assert_eq!(commit["author"], "Mei Lin <mei@lamina.example>");
    assert_eq!(commit["comment"], config["comment"]);
    for tar in &tars {
        let unique: BTreeSet<_> = names(tar).into_iter().collect();
        assert_eq!(unique.len(), names(tar).len(), "no path twice in one layer");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_35_no_layer_is_made_with_a_path_twice() {
    let refused = |lines: &str, line: usize, path: &str| {
        let error = sample(&format!("layer a\n{lines}\nimage x/y:1\n layer: a\n")).unwrap_err();
        let told = format!(
            "line {line} of the recipe: the layer has this path already, name a directory before what is in it and all else once: {path}"
        );
        assert_eq!(error.to_string(), told);
    };
    refused(" f = 1\n f = 2", 3, "f");
    refused(" f = 1\n ./f -> g", 3, "f");
    refused(" d/\n d/f = 1\n d/ | mode=0700", 4, "d");
    refused(" d/f = 1\n d/", 3, "d");
    refused(" {a,b,a} = 1", 2, "a");
    // In two layers it is not a duplicate.
    let two = "layer a\n f = 1\nlayer b\n f = 2\nimage x/y:1\n layer: a\n layer: b\n";
    assert!(sample(two).is_ok());
}

#[wasm_bindgen_test(unsupported = test)]
fn one_platform_needs_no_index() {
    let site = Site::of("layer a\n f = $platform\nimage x/y:1\n layer: a\n");
    let manifest = site.json("v2/x/y/manifests/1");
    assert_eq!(
        manifest["mediaType"],
        "application/vnd.oci.image.manifest.v1+json"
    );
    let tar = gunzip(site.follow("x/y", "blobs", &manifest["layers"][0]));
    assert!(tar[512..].starts_with(b"linux/amd64\0"));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_wrong_recipe_names_its_line() {
    let error = sample("layer a\n f = 1\n\nimage x:1\n layer: b\n").unwrap_err();
    assert!(matches!(error, Error::Recipe { line: 5, .. }), "{error}");
}
