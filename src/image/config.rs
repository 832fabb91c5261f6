//! The config of an image: OCI's fields and all that Docker adds to them.
//!
//! Tolerant to the last field: what has a wrong type is noted and left out, the rest is shown.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::fields::{Fields, Notes};
use super::json::Json;
use super::runtime::RuntimeConfig;
use super::shape;
use super::{ChainId, Created, DiffId, Digest, Error, HistoryEntry, Oddity, Platform};

/// A config byte for byte, with its digest, which is the image ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigDocument {
    /// The bytes as they came.
    pub bytes: Rc<[u8]>,
    /// Their digest: the image ID.
    pub digest: Digest,
    /// What they say.
    pub config: ImageConfig,
    /// What was odd in them.
    pub oddities: Vec<Oddity>,
}

/// What a config says. Texts that are absent are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// What the image runs on; any part may be empty.
    pub platform: Platform,
    /// When the image was made.
    pub created: Option<Created>,
    /// Who made it.
    pub author: String,
    /// The message of a commit.
    pub comment: String,
    /// The Docker that made it.
    pub docker_version: String,
    /// The container from which it was committed.
    pub container: String,
    /// How that container was run.
    pub container_config: Option<RuntimeConfig>,
    /// How containers of this image are run.
    pub config: Option<RuntimeConfig>,
    /// `rootfs.type`; `None` when there is no `rootfs` or it does not say.
    pub rootfs_type: Option<String>,
    /// The diff_ids, base first; `None` where the text is no digest.
    pub diff_ids: Vec<Option<DiffId>>,
    /// The steps of its making, oldest first.
    pub history: Vec<HistoryEntry>,
}

impl ConfigDocument {
    /// Takes the bytes of a config; the digest is computed.
    ///
    /// # Errors
    /// When they are too many, are not JSON, or no object.
    pub fn parse(bytes: impl Into<Rc<[u8]>>, limit_bytes: u64) -> Result<ConfigDocument, Error> {
        let bytes = bytes.into();
        let json = Json::parse_as(&bytes, limit_bytes, &shape::CONFIG)?;
        let notes = Notes::after(json.oddities);
        let fields = Fields::of_document(&json.value, "the config of an image", &notes)?;
        let config = ImageConfig::read(&fields);
        Ok(ConfigDocument {
            digest: Digest::sha256_of(&bytes),
            bytes,
            config,
            oddities: notes.take(),
        })
    }

    /// A field of which the config says several things, where it does: what it means depends on the reader.
    pub fn ambiguous_field(&self) -> Option<&str> {
        let ambiguous = |oddity: &&Oddity| {
            matches!(
                oddity,
                Oddity::SeveralKeys { .. } | Oddity::DuplicateKey { .. }
            )
        };
        self.oddities.iter().find(ambiguous).map(Oddity::subject)
    }

    /// Whether the bytes are those that a descriptor or a file name claims; `None` when that cannot be computed.
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

    /// Whether the layers form a file system.
    ///
    /// # Errors
    /// When `rootfs.type` is anything but `layers`. A config that does not say is let pass.
    pub fn check_rootfs(&self) -> Result<(), Error> {
        match self.rootfs_type.as_deref() {
            None | Some("layers") => Ok(()),
            Some(other) => Err(Error::RootfsType {
                actual: other.chars().take(80).collect(),
            }),
        }
    }

    /// The labels, by key.
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
                detail: error.to_string(),
            });
            None
        }
    };
    let texts = rootfs.texts_in_place("diff_ids");
    texts.into_iter().enumerate().map(read).collect()
}

/// The chain ID of each layer; `None` from the first layer on whose diff_id is not known.
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
