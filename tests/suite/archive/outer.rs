//! Archives written by the tests: an outer tar or folder made from a list of members, and the documents in it.
//!
//! The `fixture` module opens them. This file depends on nothing else in the suites, since the seeds of the fuzz
//! targets are also made with it.

use std::rc::Rc;

use lamina::image::Digest;
use lamina::io::{Bytes, ReadAt};
use serde_json::{Value, json};

/// Type of a member of an outer archive.
#[derive(Clone)]
enum Member {
    File(Vec<u8>),
    /// A file with its name in a PAX header, and a different name in its own header.
    Pax(Vec<u8>),
    /// A file without its blocks of zeros, as GNU tar writes it with `--sparse
    /// --format=posix`, and its stated length.
    Sparse(Vec<u8>, u64),
    Symlink(String),
    Hardlink(String),
    Dir,
}

/// Members of an outer archive, in order.
#[derive(Clone, Default)]
pub(crate) struct Outer(Vec<(String, Member)>);

impl Outer {
    pub(crate) fn new() -> Outer {
        Outer::default()
    }

    pub(crate) fn file(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Outer {
        let member = Member::File(bytes.as_ref().to_vec());
        self.0.push((name.to_owned(), member));
        self
    }

    pub(crate) fn json(self, name: &str, document: &Value) -> Outer {
        self.file(name, document.to_string())
    }

    /// Adds a blob at its path in an OCI layout.
    pub(crate) fn blob(self, bytes: impl AsRef<[u8]>) -> Outer {
        let place = place_of(bytes.as_ref());
        self.file(&place, bytes)
    }

    /// Adds a file in the form of tools that put long names into PAX headers.
    pub(crate) fn pax_file(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Outer {
        let member = Member::Pax(bytes.as_ref().to_vec());
        self.0.push((name.to_owned(), member));
        self
    }

    /// Adds a file in sparse form.
    pub(crate) fn sparse_file(self, name: &str, bytes: impl AsRef<[u8]>) -> Outer {
        let size = bytes.as_ref().len() as u64;
        self.sparse_file_of(name, bytes, size)
    }

    /// Adds a file in sparse form with this stated length.
    pub(crate) fn sparse_file_of(
        mut self,
        name: &str,
        bytes: impl AsRef<[u8]>,
        size: u64,
    ) -> Outer {
        let member = Member::Sparse(bytes.as_ref().to_vec(), size);
        self.0.push((name.to_owned(), member));
        self
    }

    pub(crate) fn symlink(mut self, name: &str, target: &str) -> Outer {
        let member = Member::Symlink(target.to_owned());
        self.0.push((name.to_owned(), member));
        self
    }

    pub(crate) fn hardlink(mut self, name: &str, target: &str) -> Outer {
        let member = Member::Hardlink(target.to_owned());
        self.0.push((name.to_owned(), member));
        self
    }

    pub(crate) fn dir(mut self, name: &str) -> Outer {
        self.0.push((name.to_owned(), Member::Dir));
        self
    }

    /// Returns the same members, followed by those of `other`.
    pub(crate) fn and(mut self, other: Outer) -> Outer {
        self.0.extend(other.0);
        self
    }

    /// Returns the same members in reverse order.
    pub(crate) fn reversed(mut self) -> Outer {
        self.0.reverse();
        self
    }

    /// Returns the same members, each name with a prefix.
    pub(crate) fn below(mut self, prefix: &str) -> Outer {
        for (name, _) in &mut self.0 {
            name.insert_str(0, prefix);
        }
        self
    }

    /// Returns the same members without one of them.
    pub(crate) fn without(mut self, name: &str) -> Outer {
        self.0.retain(|(n, _)| n != name);
        self
    }

    pub(crate) fn tar(&self) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, member) in &self.0 {
            let mut header = tar::Header::new_gnu();
            header.set_mode(0o644);
            if let Member::Sparse(content, size) = member {
                append_sparse(&mut builder, header, name, content, *size);
                continue;
            }
            let (kind, link, content): (_, &str, &[u8]) = match member {
                Member::File(content) | Member::Pax(content) | Member::Sparse(content, _) => {
                    (tar::EntryType::Regular, "", content)
                }
                Member::Symlink(target) => (tar::EntryType::Symlink, target, &[]),
                Member::Hardlink(target) => (tar::EntryType::Link, target, &[]),
                Member::Dir => (tar::EntryType::Directory, "", &[]),
            };
            header.set_entry_type(kind);
            header.set_size(content.len() as u64);
            if let Member::Pax(_) = member {
                let path = [("path", name.as_bytes())];
                builder.append_pax_extensions(path).unwrap();
                header.set_path("cut-off").unwrap();
                header.set_cksum();
                builder.append(&header, content).unwrap();
                continue;
            }
            let raw = header.as_gnu_mut().unwrap();
            if name.len() <= raw.name.len() && link.len() <= raw.linkname.len() {
                // Written by hand, because the crate refuses `..`, which hostile archives contain.
                raw.name[..name.len()].copy_from_slice(name.as_bytes());
                raw.linkname[..link.len()].copy_from_slice(link.as_bytes());
                header.set_cksum();
                builder.append(&header, content).unwrap();
            } else {
                assert!(link.is_empty(), "a long name with a link is not needed yet");
                builder.append_data(&mut header, name, content).unwrap();
            }
        }
        builder.into_inner().unwrap()
    }

    pub(crate) fn folder(&self) -> Vec<(Vec<u8>, Rc<dyn ReadAt>)> {
        let file = |(name, member): &(String, Member)| match member {
            Member::File(content) => {
                let bytes: Rc<dyn ReadAt> = Rc::new(Bytes::new(content.clone()));
                Some((name.clone().into_bytes(), bytes))
            }
            _ => None,
        };
        self.0.iter().filter_map(file).collect()
    }
}

pub(crate) fn digest_of(bytes: impl AsRef<[u8]>) -> Digest {
    Digest::sha256_of(bytes.as_ref())
}

/// Writes the map before the data blocks, in decimal numbers and newlines, padded to a block.
fn append_sparse(
    builder: &mut tar::Builder<Vec<u8>>,
    mut header: tar::Header,
    name: &str,
    content: &[u8],
    size: u64,
) {
    let blocks = content.chunks(512).enumerate();
    let held: Vec<_> = blocks
        .filter(|(_, block)| block.iter().any(|byte| *byte != 0))
        .collect();
    let mut stored = format!("{}\n", held.len());
    for (at, block) in &held {
        stored += &format!("{}\n{}\n", at * 512, block.len());
    }
    let mut stored = stored.into_bytes();
    stored.resize(stored.len().next_multiple_of(512), 0);
    for (_, block) in &held {
        stored.extend_from_slice(block);
    }
    let size = size.to_string();
    let records = [
        ("GNU.sparse.major", "1"),
        ("GNU.sparse.minor", "0"),
        ("GNU.sparse.name", name),
        ("GNU.sparse.realsize", &size),
    ];
    let records = records.map(|(key, value)| (key, value.as_bytes()));
    builder.append_pax_extensions(records).unwrap();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(stored.len() as u64);
    header.set_path("GNUSparseFile.0/file").unwrap();
    header.set_cksum();
    builder.append(&header, stored.as_slice()).unwrap();
}

pub(crate) fn hex_of(bytes: impl AsRef<[u8]>) -> String {
    digest_of(bytes).encoded().to_owned()
}

pub(crate) fn place_of(bytes: impl AsRef<[u8]>) -> String {
    format!("blobs/sha256/{}", hex_of(bytes))
}

/// Returns a config with these layers, given as uncompressed bytes.
pub(crate) fn config_of(layers: &[&[u8]]) -> Value {
    let diff_ids: Vec<_> = layers.iter().map(digest_of).collect();
    json!({
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    })
}

pub(crate) const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

pub(crate) fn descriptor(media_type: &str, bytes: impl AsRef<[u8]>) -> Value {
    let bytes = bytes.as_ref();
    json!({"mediaType": media_type, "digest": digest_of(bytes), "size": bytes.len()})
}

/// Returns the same descriptor with one more field.
pub(crate) fn with(mut document: Value, field: &str, value: Value) -> Value {
    document[field] = value;
    document
}

pub(crate) fn manifest_of(config: &str, layers: &[&[u8]]) -> Value {
    let layers: Vec<_> = layers.iter().map(|l| descriptor(OCI_LAYER, l)).collect();
    json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, config),
        "layers": layers,
    })
}

pub(crate) fn index_of(manifests: &[Value]) -> Value {
    json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests})
}

/// Returns an image's blobs and its manifest, for a custom layout.
pub(crate) fn image_blobs(layers: &[&[u8]]) -> (Outer, String) {
    let config = config_of(layers).to_string();
    let manifest = manifest_of(&config, layers).to_string();
    let blobs = layers.iter().fold(Outer::new(), |outer, l| outer.blob(l));
    (blobs.blob(&config).blob(&manifest), manifest)
}

/// Returns the same descriptor with a name for an OCI layout.
pub(crate) fn named(entry: Value, name: &str) -> Value {
    with(
        entry,
        "annotations",
        json!({"org.opencontainers.image.ref.name": name}),
    )
}

/// Makes an OCI layout of one image, named `name`, with these layers.
pub(crate) fn oci_layout(name: &str, layers: &[&[u8]]) -> Outer {
    let config = config_of(layers).to_string();
    let manifest = manifest_of(&config, layers).to_string();
    let entry = with(
        descriptor(OCI_MANIFEST, &manifest),
        "annotations",
        json!({"org.opencontainers.image.ref.name": name}),
    );
    let blobs = layers.iter().fold(Outer::new(), |outer, l| outer.blob(l));
    layout_of(&index_of(&[entry])).and(blobs.blob(config).blob(manifest))
}

/// Returns the two files that make an OCI layout, without blobs.
pub(crate) fn layout_of(index: &Value) -> Outer {
    Outer::new()
        .json("oci-layout", &json!({"imageLayoutVersion": "1.0.0"}))
        .json("index.json", index)
}

/// Makes an archive of one image as Docker 1.10 to 24 saves it: a folder for each layer, named `tags`.
pub(crate) fn docker_save(tags: &[&str], layers: &[&[u8]]) -> Outer {
    let config = config_of(layers).to_string();
    let config_name = format!("{}.json", hex_of(&config));
    let mut outer = Outer::new();
    let mut paths = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        let path = format!("{}/layer.tar", hex_of(format!("layer {at}")));
        outer = outer.file(&path, layer);
        paths.push(path);
    }
    outer.file(&config_name, &config).json(
        "manifest.json",
        &json!([{"Config": config_name, "RepoTags": tags, "Layers": paths}]),
    )
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut stored = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    stored.extend(miniz_oxide::deflate::compress_to_vec(bytes, 6));
    stored.extend(crc32fast::hash(bytes).to_le_bytes());
    stored.extend((bytes.len() as u32).to_le_bytes());
    stored
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
