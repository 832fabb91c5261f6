//! A read-only registry as plain files that answer `GET /v2/...` on any static host.
//!
//! The distribution specification's paths are files, except `/v2/` itself, which is answered by its index page.

use std::collections::{BTreeMap, BTreeSet};

use lamina::build::documents::json;
use lamina::image::Digest;

/// The files of a registry, by path.
#[derive(Default)]
pub(crate) struct StaticRegistry {
    files: BTreeMap<String, Vec<u8>>,
    tags: BTreeMap<String, BTreeSet<String>>,
}

#[derive(serde::Serialize)]
struct Catalog<'a> {
    repositories: Vec<&'a str>,
}

#[derive(serde::Serialize)]
struct Tags<'a> {
    name: &'a str,
    tags: &'a BTreeSet<String>,
}

impl StaticRegistry {
    /// Creates a registry without repositories.
    pub(crate) fn new() -> StaticRegistry {
        StaticRegistry::default()
    }

    /// Adds a layer or config to a repository, and returns its digest.
    pub(crate) fn add_blob(&mut self, repository: &str, bytes: &[u8]) -> Digest {
        self.add(repository, "blobs", bytes)
    }

    /// Adds a manifest or index to a repository, under the digest that is returned.
    pub(crate) fn add_manifest(&mut self, repository: &str, bytes: &[u8]) -> Digest {
        self.add(repository, "manifests", bytes)
    }

    /// Points a tag at the bytes of a manifest or index.
    pub(crate) fn tag(&mut self, repository: &str, tag: &str, bytes: &[u8]) {
        let path = format!("v2/{repository}/manifests/{tag}");
        self.files.insert(path, bytes.to_vec());
        self.tags
            .entry(repository.to_owned())
            .or_default()
            .insert(tag.to_owned());
    }

    /// Returns all files, by path from the root of the site.
    pub(crate) fn into_files(mut self) -> Vec<(String, Vec<u8>)> {
        let repositories = self.tags.keys().map(String::as_str).collect();
        let catalog = json(&Catalog { repositories });
        for (name, tags) in &self.tags {
            self.files
                .insert(format!("v2/{name}/tags/list"), json(&Tags { name, tags }));
        }
        self.files.insert("v2/_catalog".to_owned(), catalog);
        self.files
            .insert("v2/index.html".to_owned(), b"{}".to_vec());
        self.files.into_iter().collect()
    }

    fn add(&mut self, repository: &str, kind: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256_of(bytes);
        let path = format!("v2/{repository}/{kind}/{digest}");
        self.files.entry(path).or_insert_with(|| bytes.to_vec());
        digest
    }
}
