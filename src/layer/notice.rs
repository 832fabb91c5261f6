//! Warnings with a type: what engines make of a layer or a document where that is more, less or something else than
//! what stands there.
//!
//! The listing shows what Docker extracts. Each notice says which engines differ from that, or refuse the layer; it has
//! been tried with the engines that the end-to-end tests start (Docker 20.10 with the vfs driver, containerd 1.6,
//! podman 4.3) or follows from their source. Words are chosen by the page for its language; `Display` is English.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::image::escape;

/// How much a warning matters to somebody who relies on the listing.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Odd, and without consequence for what runs.
    #[default]
    Note,
    /// Engines refuse the layer or the image, so that nothing of it runs.
    Refused,
    /// Some engines, or the same with another storage driver, run something else than is shown.
    Differs,
    /// A document or the archive is not what it is claimed to be, or not all of it is there: what is shown may be
    /// something else than was meant. It counts as the damage of a layer does.
    Damaged,
}

/// One warning with its arguments. The path concerned is the warning's subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// Container engines refuse the layer because of this entry.
    EnginesRefuse {
        /// Why.
        why: EngineRefusal,
    },
    /// The name leads above the root: Docker and podman refuse the layer, containerd and Lamina stop at the root.
    AboveRoot,
    /// A global header has this name: Docker's vfs driver and containerd remove what has it, as they do before they
    /// extract an entry; overlay drivers do not.
    GlobalHeaderName,
    /// Go takes the prefix of a GNU header for a part of the name, since the times there are malformed.
    GnuPrefix,
    /// PAX records of a sparse file that do not count for Go, so that engines extract the stored bytes under the
    /// header's own name.
    SparseRecordsIgnored,
    /// A character device 0/0: overlay mounts hide what has this name, and the device.
    DeviceZero,
    /// An extended attribute that overlay mounts obey.
    OverlayAttribute {
        /// The attribute's name, escaped.
        name: String,
        /// What it does to the path.
        effect: OverlayEffect,
    },
    /// A name at the root that begins with `.wh..wh.`: Docker's vfs driver leaves it out, as shown; overlay drivers
    /// and containerd extract it, or take it for a whiteout.
    AufsName,
    /// `.wh.`, `.wh..` or `.wh...`: Docker's vfs driver removes the directory that holds it, or the one above; others
    /// refuse the layer.
    WhiteoutOfDirectory,
    /// A whiteout comes after what its own layer has under the name: Docker's vfs driver and containerd remove that,
    /// overlay drivers refuse the layer, and the specification, as shown, keeps it.
    WhiteoutAfterEntry,
    /// The layer deletes a directory by name and brings it, or something in it, afterwards: containerd's overlay
    /// snapshotter refuses that, or shows what lower layers have there; others make the directory anew, as shown.
    WhiteoutOfOwnDirectory,
    /// A path stands more than once in the layer: Docker's storage drivers refuse it, others take the last one, as
    /// shown.
    DuplicatePath,
    /// A hard link to a file of a lower layer, which overlay drivers do not find.
    LinkToLower,
    /// The owner's or group's number does not fit 32 bits, or means "unchanged": the kernel takes the lower ones.
    OwnerCut,
    /// The path leads through a symbolic link of a lower layer; overlay drivers put a directory in the link's place.
    ThroughSymlink,
    /// The path leads through a symbolic link to nothing: engines differ in whether they make its target.
    DanglingParent,
    /// A directory on the way is something else in the layers so far: engines differ in whether they replace it.
    ParentNotDirectory,
    /// Several members of one object mean one field; engines take the last one.
    SeveralKeys,
    /// A key stands more than once in an object; engines take the last one.
    DuplicateKey,
    /// The field's name is written in another case; engines take it all the same.
    OtherCase,
    /// A member of the archive that decides what is loaded stands in it several times: Docker takes the last one,
    /// podman the first.
    SeveralMembers {
        /// How often.
        n: u64,
    },
    /// The manifest of the layout and `manifest.json` tell different things of the image.
    ManifestsDiffer,
    /// The config's bytes have another digest than is claimed.
    ConfigDigest {
        /// As found.
        actual: String,
        /// As claimed.
        claimed: String,
    },
    /// A document has another length than its descriptor claims.
    DocumentSize {
        /// As found.
        actual: u64,
        /// As claimed.
        claimed: u64,
    },
    /// The config counts another number of layers than the manifest names: one is missing, or one too many is there.
    LayerCount {
        /// Layers that are named.
        n_layers: u64,
        /// Layers that the config counts.
        n_counted: u64,
    },
    /// The archive ends before its end.
    ArchiveTruncated {
        /// The English message, which tells where.
        reason: String,
    },
    /// One of the two lists of an archive's images cannot be read.
    UnreadableList {
        /// The English message.
        reason: String,
    },
}

/// Why engines refuse a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineRefusal {
    /// An old GNU sparse file.
    OldGnuSparse,
    /// A "contiguous file", type 7.
    ContiguousFile,
    /// A type that no file system holds.
    UnknownType {
        /// The type flag.
        flag: u8,
    },
    /// One block of zeros with something else after it.
    SingleZeroBlock,
    /// A component of the name is longer than the 255 bytes that Linux allows.
    NameTooLong {
        /// Its bytes.
        n_bytes: u64,
    },
    /// The path is longer than the 4,095 bytes that Linux allows.
    PathTooLong {
        /// Its bytes.
        n_bytes: u64,
    },
    /// The target of a symbolic link is longer than the 4,095 bytes that Linux allows.
    LinkTooLong {
        /// Its bytes.
        n_bytes: u64,
    },
    /// A link without a target.
    EmptyLink,
    /// More is stored of a sparse file than its map uses.
    SparseRest,
    /// The root would be something else than a directory.
    RootNotDirectory,
    /// A hard link whose target is not there.
    UnresolvedHardlink,
    /// The path leads through too many symbolic links.
    SymlinkLoop,
    /// A name with a NUL byte.
    NulInName,
}

/// What an attribute does in an overlay mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverlayEffect {
    /// Lower layers' entries of the directory are hidden.
    Opaque,
    /// The directory shows the entries of another one.
    Redirect,
    /// The file shows the content of a lower layer's.
    Metacopy,
    /// The file is taken for a whiteout.
    Whiteout,
    /// Another word to the file system.
    Other,
}

impl OverlayEffect {
    /// The effect of an attribute, by its name; `None` for those that overlay mounts do not look at.
    pub fn of(name: &[u8]) -> Option<OverlayEffect> {
        let word = [&b"trusted.overlay."[..], b"user.overlay."]
            .into_iter()
            .find_map(|prefix| name.strip_prefix(prefix))?;
        Some(match word {
            b"opaque" => OverlayEffect::Opaque,
            b"redirect" => OverlayEffect::Redirect,
            b"metacopy" => OverlayEffect::Metacopy,
            b"whiteout" | b"whiteouts" => OverlayEffect::Whiteout,
            _ => OverlayEffect::Other,
        })
    }
}

impl Notice {
    /// What an overlay mount makes of an attribute of this name.
    pub fn of_attribute(name: &[u8]) -> Option<Notice> {
        let effect = OverlayEffect::of(name)?;
        let name = escape(name.get(..80).unwrap_or(name));
        Some(Notice::OverlayAttribute { name, effect })
    }

    /// A stable word in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Notice::EnginesRefuse { why } => why.code(),
            Notice::AboveRoot => "above-root",
            Notice::GlobalHeaderName => "global-header-name",
            Notice::GnuPrefix => "gnu-prefix",
            Notice::SparseRecordsIgnored => "sparse-records-ignored",
            Notice::DeviceZero => "device-zero",
            Notice::OverlayAttribute { .. } => "overlay-attribute",
            Notice::AufsName => "aufs-name",
            Notice::WhiteoutOfDirectory => "invalid-whiteout",
            Notice::WhiteoutAfterEntry => "whiteout-after-entry",
            Notice::WhiteoutOfOwnDirectory => "whiteout-of-own-directory",
            Notice::DuplicatePath => "duplicate-path",
            Notice::LinkToLower => "link-to-lower",
            Notice::OwnerCut => "owner-cut",
            Notice::ThroughSymlink => "through-symlink",
            Notice::DanglingParent => "dangling-parent",
            Notice::ParentNotDirectory => "parent-not-directory",
            Notice::SeveralKeys => "several-keys",
            Notice::DuplicateKey => "duplicate-key",
            Notice::OtherCase => "other-case",
            Notice::SeveralMembers { .. } => "several-members",
            Notice::ManifestsDiffer => "manifests-differ",
            Notice::ConfigDigest { .. } => "config-digest-mismatch",
            Notice::DocumentSize { .. } => "size-mismatch",
            Notice::LayerCount { .. } => "layer-count-mismatch",
            Notice::ArchiveTruncated { .. } => "archive-truncated",
            Notice::UnreadableList { .. } => "unreadable-list",
        }
    }

    /// How much it matters.
    pub fn weight(&self) -> Weight {
        match self {
            Notice::EnginesRefuse { .. } => Weight::Refused,
            Notice::OtherCase => Weight::Note,
            Notice::ConfigDigest { .. }
            | Notice::DocumentSize { .. }
            | Notice::LayerCount { .. }
            | Notice::ArchiveTruncated { .. }
            | Notice::UnreadableList { .. } => Weight::Damaged,
            Notice::AboveRoot
            | Notice::GlobalHeaderName
            | Notice::GnuPrefix
            | Notice::SparseRecordsIgnored
            | Notice::DeviceZero
            | Notice::OverlayAttribute { .. }
            | Notice::AufsName
            | Notice::WhiteoutOfDirectory
            | Notice::WhiteoutAfterEntry
            | Notice::WhiteoutOfOwnDirectory
            | Notice::DuplicatePath
            | Notice::LinkToLower
            | Notice::OwnerCut
            | Notice::ThroughSymlink
            | Notice::DanglingParent
            | Notice::ParentNotDirectory
            | Notice::SeveralKeys
            | Notice::DuplicateKey
            | Notice::SeveralMembers { .. }
            | Notice::ManifestsDiffer => Weight::Differs,
        }
    }
}

impl EngineRefusal {
    fn code(&self) -> &'static str {
        match self {
            EngineRefusal::OldGnuSparse => "old-gnu-sparse",
            EngineRefusal::ContiguousFile => "contiguous-file",
            EngineRefusal::UnknownType { .. } => "unknown-type",
            EngineRefusal::SingleZeroBlock => "single-zero-block",
            EngineRefusal::NameTooLong { .. } => "name-too-long",
            EngineRefusal::PathTooLong { .. } => "path-too-long",
            EngineRefusal::LinkTooLong { .. } => "link-too-long",
            EngineRefusal::EmptyLink => "empty-link",
            EngineRefusal::SparseRest => "sparse-rest",
            EngineRefusal::RootNotDirectory => "root-not-directory",
            EngineRefusal::UnresolvedHardlink => "unresolved-hardlink",
            EngineRefusal::SymlinkLoop => "symlink-loop",
            EngineRefusal::NulInName => "nul-in-name",
        }
    }
}

/// The English sentence without the subject, lower-case start, no full stop.
impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Notice::EnginesRefuse { why } => {
                return write!(f, "container engines refuse this layer: {why}");
            }
            Notice::OverlayAttribute { name, effect } => {
                let effect = match effect {
                    OverlayEffect::Opaque => "hide what lower layers have in this directory",
                    OverlayEffect::Redirect => "show another directory's entries here",
                    OverlayEffect::Metacopy => "show a lower layer's content here",
                    OverlayEffect::Whiteout => "hide this name",
                    OverlayEffect::Other => "obey this attribute",
                };
                return write!(f, "overlay mounts {effect} (attribute {name}), other storage drivers do not");
            }
            Notice::SeveralMembers { n } => {
                return write!(f, "the archive has this member {n} times: Docker reads the last one, as shown, podman the first");
            }
            Notice::ConfigDigest { actual, claimed } => {
                return write!(f, "the config has the digest {actual}, not {claimed}");
            }
            Notice::DocumentSize { actual, claimed } => {
                return write!(f, "the blob has {actual} bytes, its descriptor claims {claimed}");
            }
            Notice::LayerCount { n_layers, n_counted } => {
                let there_are = match n_layers {
                    1 => "there is 1 layer".to_owned(),
                    n => format!("there are {n} layers"),
                };
                return write!(f, "{there_are}, and the config counts {n_counted}");
            }
            Notice::ArchiveTruncated { reason } => return f.write_str(reason),
            Notice::UnreadableList { reason } => {
                return write!(f, "this list of the archive's images cannot be read: {reason}");
            }
            Notice::AboveRoot => "the name leads above the root: Docker and podman refuse the layer, containerd stops at the root, as shown",
            Notice::GlobalHeaderName => "a global header has this name: Docker's vfs driver and containerd remove what has it below, overlay drivers do not",
            Notice::GnuPrefix => "the name has a part from a GNU header's prefix, as container engines read it; other tar readers leave that out",
            Notice::SparseRecordsIgnored => "its records of a sparse file do not count for container engines, which extract the stored bytes under this name; other tar readers make a sparse file of another name",
            Notice::DeviceZero => "a character device 0/0: overlay mounts hide this name, other storage drivers have a device",
            Notice::AufsName => "a name of AUFS's own kind: Docker's vfs driver leaves it out, as shown; overlay drivers and containerd extract it or take it for a whiteout",
            Notice::WhiteoutOfDirectory => "this whiteout names no file: Docker's vfs driver removes the directory that holds it, other engines refuse the layer",
            Notice::WhiteoutAfterEntry => "a whiteout follows what its own layer has under this name: Docker's vfs driver and containerd remove it, overlay drivers refuse the layer, and the specification keeps it, as shown",
            Notice::WhiteoutOfOwnDirectory => "the layer deletes this directory and brings it, or something in it, afterwards: containerd's overlay snapshotter shows what lower layers have in it, or refuses the layer; others make it anew, as shown",
            Notice::DuplicatePath => "the layer has this path more than once: Docker's storage drivers refuse the layer, others take the last one, as shown",
            Notice::LinkToLower => "a hard link to a file of a lower layer: Docker's overlay2 driver refuses the layer, others link, as shown",
            Notice::OwnerCut => "the owner's or group's number does not fit: the kernel takes its lower 32 bits, or leaves root, as shown",
            Notice::ThroughSymlink => "the path leads through a symbolic link of a lower layer, which is followed; overlay drivers replace the link by a directory",
            Notice::DanglingParent => "the path leads through a symbolic link to nothing, its target is made a directory; other engines refuse the layer",
            Notice::ParentNotDirectory => "a directory of this path is something else in the layers so far, a new directory takes its place; other engines refuse the layer",
            Notice::SeveralKeys => "several members mean this field; engines take the last one and merge objects, as shown, and other readers may take another",
            Notice::DuplicateKey => "the key stands more than once in one object; the last value counts",
            Notice::OtherCase => "the field's name is written in another case; engines take it all the same",
            Notice::ManifestsDiffer => "the layout's manifest and manifest.json tell different things of this image: older engines read manifest.json, newer ones the layout",
        })
    }
}

impl fmt::Display for EngineRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EngineRefusal::UnknownType { flag } => {
                return write!(f, "the tar type '{}' is not known; the entry is left out", escape(&[*flag]));
            }
            EngineRefusal::NameTooLong { n_bytes } => {
                return write!(f, "a name of {n_bytes} bytes, and Linux allows 255");
            }
            EngineRefusal::PathTooLong { n_bytes } => {
                return write!(f, "a path of {n_bytes} bytes, and Linux allows 4095");
            }
            EngineRefusal::LinkTooLong { n_bytes } => {
                return write!(f, "a link target of {n_bytes} bytes, and Linux allows 4095");
            }
            EngineRefusal::OldGnuSparse => "an old GNU sparse file",
            EngineRefusal::ContiguousFile => "a file of the type \"contiguous\"",
            EngineRefusal::SingleZeroBlock => "one zero block ends the tar, and more than zeros follow; they are not read as entries",
            EngineRefusal::EmptyLink => "a link without a target",
            EngineRefusal::SparseRest => "more is stored of this sparse file than its map uses",
            EngineRefusal::RootNotDirectory => "the root can only be a directory; the entry is left out",
            EngineRefusal::UnresolvedHardlink => "the target of this hard link cannot be linked to",
            EngineRefusal::SymlinkLoop => "the path leads through too many symbolic links; the entry is left out",
            EngineRefusal::NulInName => "the name holds a NUL byte; the entry is left out",
        })
    }
}
