//! The config of an image: OCI's fields and all that Docker adds to them.
//!
//! Parsing is tolerant: a field with a wrong type is noted and omitted, and the rest is kept.

use crate::message::Code;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::fields::{Fields, Notes};
use super::json::Json;
use super::runtime::RuntimeConfig;
use super::shape;
use super::{ChainId, Created, DiffId, Digest, Error, HistoryEntry, Oddity, Platform};

/// A config with its exact bytes and their digest, which is the image ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigDocument {
    /// Exact bytes of the config.
    pub bytes: Rc<[u8]>,
    /// Digest of the bytes: the image ID.
    pub digest: Digest,
    /// Parsed fields.
    pub config: ImageConfig,
    /// Oddities of the document.
    pub oddities: Vec<Oddity>,
}

/// The fields of a config. Absent texts are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// Platform of the image; any part may be empty.
    pub platform: Platform,
    /// Creation time of the image.
    pub created: Option<Created>,
    /// Author of the image, as free text.
    pub author: String,
    /// Commit message.
    pub comment: String,
    /// Version of the Docker that built the image.
    pub docker_version: String,
    /// ID of the container from which the image was committed.
    pub container: String,
    /// Settings of that container.
    pub container_config: Option<RuntimeConfig>,
    /// Settings for containers of this image.
    pub config: Option<RuntimeConfig>,
    /// `rootfs.type`; `None` if `rootfs` or its type is absent.
    pub rootfs_type: Option<String>,
    /// diff_ids, base first; `None` where the text is not a digest.
    pub diff_ids: Vec<Option<DiffId>>,
    /// Build steps, oldest first.
    pub history: Vec<HistoryEntry>,
}

impl ConfigDocument {
    /// Parses a config and computes its digest.
    ///
    /// # Errors
    /// If the bytes exceed the limit, are not JSON, or are not an object.
    pub fn parse(bytes: impl Into<Rc<[u8]>>, limit_bytes: u64) -> Result<ConfigDocument, Error> {
        let bytes = bytes.into();
        let json = Json::parse_as(&bytes, limit_bytes, &shape::CONFIG)?;
        let notes = Notes::after(json.oddities);
        let fields = Fields::of_document(&json.value, Code::ConfigOfAnImage, &notes)?;
        let config = ImageConfig::read(&fields);
        Ok(ConfigDocument {
            digest: Digest::sha256_of(&bytes),
            bytes,
            config,
            oddities: notes.take(),
        })
    }

    /// Returns a field with several values, if there is one. Its meaning depends on the reader.
    pub fn ambiguous_field(&self) -> Option<&str> {
        let ambiguous = |oddity: &&Oddity| {
            matches!(
                oddity,
                Oddity::SeveralKeys { .. } | Oddity::DuplicateKey { .. }
            )
        };
        self.oddities.iter().find(ambiguous).map(Oddity::subject)
    }

    /// True if the bytes match the digest in a descriptor or a file name. `None` if the digest cannot be computed.
    pub fn matches(&self, claimed: &Digest) -> Option<bool> {
        claimed.matches(&self.bytes)
    }
}

impl ImageConfig {
    pub(super) fn read(fields: &Fields<'_>) -> ImageConfig {
        let text = |key| fields.text(key).unwrap_or_default();
        let rootfs = fields.object("rootfs");
        ImageConfig {
            platform: Platform::read(fields),
            created: fields.text("created").map(Created::new),
            author: text("author"),
            comment: text("comment"),
            docker_version: text("docker_version"),
            container: text("container"),
            container_config: fields
                .object("container_config")
                .map(|c| RuntimeConfig::read(&c)),
            config: fields.object("config").map(|c| RuntimeConfig::read(&c)),
            rootfs_type: rootfs.as_ref().and_then(|r| r.filled_text("type")),
            diff_ids: rootfs.map(|r| read_diff_ids(&r)).unwrap_or_default(),
            history: fields
                .objects("history")
                .iter()
                .map(HistoryEntry::read)
                .collect(),
        }
    }

    /// Checks that the layers form a file system.
    ///
    /// # Errors
    /// If `rootfs.type` is anything but `layers`. A config without the field passes.
    pub fn check_rootfs(&self) -> Result<(), Error> {
        match self.rootfs_type.as_deref() {
            None | Some("layers") => Ok(()),
            Some(other) => Err(Error::RootfsType {
                actual: other.chars().take(80).collect(),
            }),
        }
    }

    /// Returns the labels by key.
    pub fn labels(&self) -> Option<&BTreeMap<String, String>> {
        self.config.as_ref().map(|config| &config.labels)
    }
}

fn read_diff_ids(rootfs: &Fields<'_>) -> Vec<Option<DiffId>> {
    let read = |(i, text): (usize, String)| match Digest::parse(&text) {
        Ok(digest) => Some(DiffId(digest)),
        Err(error) => {
            rootfs.note(Oddity::InvalidDigest {
                place: rootfs.place(&format!("diff_ids[{i}]")),
                detail: (&error).into(),
            });
            None
        }
    };
    let texts = rootfs.texts_in_place("diff_ids");
    texts.into_iter().enumerate().map(read).collect()
}

/// Returns the chain ID of each layer; `None` from the first layer with an unknown diff_id on.
pub fn chain_ids(diff_ids: &[Option<DiffId>]) -> Vec<Option<ChainId>> {
    let mut below: Option<ChainId> = None;
    let mut chain = Vec::with_capacity(diff_ids.len());
    for (i, diff_id) in diff_ids.iter().enumerate() {
        below = match (diff_id, &below) {
            (Some(diff_id), _) if i == 0 => Some(ChainId::base(diff_id)),
            (Some(diff_id), Some(below)) => Some(below.child(diff_id)),
            _ => None,
        };
        chain.push(below.clone());
    }
    chain
}
