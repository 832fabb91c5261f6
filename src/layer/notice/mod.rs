//! Warnings with a type: what engines make of a layer or a document where that is more, less or something else than
//! what stands there.
//!
//! The listing shows what Docker extracts. Each notice says which engines differ from that, or refuse the layer; it has
//! been tried with the engines that the end-to-end tests start (Docker 20.10 with the vfs driver, containerd 1.6,
//! podman 4.3) or follows from their source. Words are chosen by the page for its language; `Display` is English.

mod english;
mod refusal;

use serde::{Deserialize, Serialize};

use crate::image::{FieldType, escape};

use super::Compression;

pub use refusal::EngineRefusal;

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
    /// The document is not UTF-8; what is not was replaced.
    NotUtf8,
    /// A field has another type than it must have, and is read as absent.
    WrongType {
        /// The type that it must have.
        expected: FieldType,
    },
    /// A digest breaks the grammar, and is read as absent.
    InvalidDigest {
        /// The English message.
        reason: String,
    },
    /// The registry states a digest that breaks the grammar.
    StatedDigest {
        /// The English message.
        reason: String,
    },
    /// The document states another media type than the one under which it was found.
    MediaTypeMismatch {
        /// By descriptor or by Content-Type.
        declared: String,
        /// In its own `mediaType`.
        stated: String,
    },
    /// The document has the fields of an index and of a manifest at once.
    AmbiguousDocument,
    /// There are layers and no history at all.
    NoHistory,
    /// The number of entries that made a layer is not the number of layers: none is matched.
    HistoryMismatch {
        /// Entries that claim a layer.
        n_entries: u64,
        /// Layers there are.
        n_layers: u64,
    },
    /// `empty_layer` contradicts the number of layers, but all entries together match it: they are matched in order.
    HistoryGuessed,
    /// Further oddities of this document were not kept.
    MoreOddities,
    /// `rootfs.type` of a config is not `layers`.
    RootfsType {
        /// The English message.
        reason: String,
    },
    /// Nobody here can compute a digest of this algorithm.
    NotVerifiable,
    /// Annotations larger than their limit are not shown.
    AnnotationsLeftOut,
    /// An image has more names than are shown, or longer ones.
    TooManyNames {
        /// Names there are.
        n_names: u64,
        /// Names that are shown.
        n_shown: u64,
    },
    /// An index, or an archive, has more entries than are looked at.
    TooManyDocuments {
        /// Those that were.
        n_seen: u64,
    },
    /// An index that is nested too deeply, or comes after too many others.
    TooManyIndexes,
    /// An index within an index cannot be had.
    NestedIndex {
        /// The English message.
        reason: String,
    },
    /// The only platform there is, and another one was asked for.
    OtherPlatform {
        /// The one that was asked for.
        wanted: String,
    },
    /// Words of the registry's own.
    RegistryWarning {
        /// As text.
        text: String,
    },
    /// All members of the archive lie in one folder.
    InsideFolder,
    /// The archive lists no images.
    NoImages,
    /// The file that marks an OCI layout is missing.
    OciLayoutMissing,
    /// The version of the layout is not 1.0.0.
    OciLayoutVersion {
        /// False when it tells none at all.
        is_told: bool,
    },
    /// The archive names no image: what it has is shown as one layer.
    FlatRootfs {
        /// Its members.
        n_members: u64,
        /// The names of some.
        sample: String,
    },
    /// `manifest.json` and the layout's manifest name different numbers of layers.
    ListsDiffer {
        /// In `manifest.json`.
        n_docker: u64,
        /// In the layout's manifest.
        n_oci: u64,
    },
    /// A layer of an old archive is its own ancestor.
    ParentCircle,
    /// A layer of an old archive and what lies below it cannot be had.
    MissingParent {
        /// The English message.
        reason: String,
    },
    /// The names of an old archive's images cannot be read.
    UnreadableRepositories {
        /// The English message.
        reason: String,
    },
    /// A list of a document is longer than is shown.
    DocumentShortened {
        /// Its rows.
        n_rows: u64,
        /// Those that are shown.
        n_shown: u64,
    },
    /// The layer's own table of contents told something else than the layer holds.
    TocDiffers {
        /// Of how many paths.
        n_paths: u64,
    },
    /// The layer's own table of contents cannot be used.
    TocUnusable {
        /// The English message.
        reason: String,
    },
    /// The bytes are compressed in another way than the media type claims.
    CompressionMismatch {
        /// By the media type.
        claimed: Compression,
        /// As found.
        actual: Compression,
    },
    /// Bytes follow the compressed data.
    TrailingGarbage {
        /// The stored byte at which they begin.
        at: u64,
    },
    /// The bytes are what those of the digest decompress to.
    DecompressedOnTheWay,
    /// A sparse file's holes are more than the limit, so its SHA-256 is left out.
    Sha256LeftOut,
    /// A global header follows an extended one, which engines forget.
    GlobalHeaderBetween,
    /// Too many hard links of one layer bring attributes to one file.
    LinkAttributesLeftOut,
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
            Notice::NotUtf8 => "not-utf8",
            Notice::WrongType { .. } => "wrong-type",
            Notice::InvalidDigest { .. } | Notice::StatedDigest { .. } => "invalid-digest",
            Notice::MediaTypeMismatch { .. } => "media-type-mismatch",
            Notice::AmbiguousDocument => "ambiguous-document",
            Notice::NoHistory => "no-history",
            Notice::HistoryMismatch { .. } => "history-mismatch",
            Notice::HistoryGuessed => "history-guessed",
            Notice::MoreOddities => "more-oddities",
            Notice::RootfsType { .. } => "rootfs-type",
            Notice::NotVerifiable => "not-verifiable",
            Notice::AnnotationsLeftOut => "annotations-left-out",
            Notice::TooManyNames { .. } => "too-many-names",
            Notice::TooManyDocuments { .. } => "too-many-documents",
            Notice::TooManyIndexes => "too-many-indexes",
            Notice::NestedIndex { .. } => "nested-index",
            Notice::OtherPlatform { .. } => "other-platform",
            Notice::RegistryWarning { .. } => "registry-warning",
            Notice::InsideFolder => "inside-folder",
            Notice::NoImages => "no-images",
            Notice::OciLayoutMissing => "oci-layout-missing",
            Notice::OciLayoutVersion { .. } => "oci-layout-version",
            Notice::FlatRootfs { .. } => "flat-rootfs",
            Notice::ListsDiffer { .. } => "layer-count-mismatch",
            Notice::ParentCircle => "parent-circle",
            Notice::MissingParent { .. } => "missing-parent",
            Notice::UnreadableRepositories { .. } => "unreadable-repositories",
            Notice::DocumentShortened { .. } => "document-shortened",
            Notice::TocDiffers { .. } => "toc-differs",
            Notice::TocUnusable { .. } => "toc-unusable",
            Notice::CompressionMismatch { .. } => "compression-mismatch",
            Notice::TrailingGarbage { .. } => "trailing-garbage",
            Notice::DecompressedOnTheWay => "decompressed-on-the-way",
            Notice::Sha256LeftOut => "sha256-left-out",
            Notice::GlobalHeaderBetween => "global-header-between",
            Notice::LinkAttributesLeftOut => "link-attributes-left-out",
        }
    }

    /// How much it matters.
    pub fn weight(&self) -> Weight {
        match self {
            Notice::EnginesRefuse { .. } => Weight::Refused,
            Notice::OtherCase
            | Notice::NotUtf8
            | Notice::WrongType { .. }
            | Notice::InvalidDigest { .. }
            | Notice::StatedDigest { .. }
            | Notice::MediaTypeMismatch { .. }
            | Notice::AmbiguousDocument
            | Notice::NoHistory
            | Notice::HistoryMismatch { .. }
            | Notice::HistoryGuessed
            | Notice::MoreOddities
            | Notice::RootfsType { .. }
            | Notice::NotVerifiable
            | Notice::AnnotationsLeftOut
            | Notice::TooManyNames { .. }
            | Notice::TooManyDocuments { .. }
            | Notice::TooManyIndexes
            | Notice::NestedIndex { .. }
            | Notice::OtherPlatform { .. }
            | Notice::RegistryWarning { .. }
            | Notice::InsideFolder
            | Notice::NoImages
            | Notice::OciLayoutMissing
            | Notice::OciLayoutVersion { .. }
            | Notice::FlatRootfs { .. }
            | Notice::ListsDiffer { .. }
            | Notice::ParentCircle
            | Notice::MissingParent { .. }
            | Notice::UnreadableRepositories { .. }
            | Notice::DocumentShortened { .. }
            | Notice::TocDiffers { .. }
            | Notice::TocUnusable { .. }
            | Notice::CompressionMismatch { .. }
            | Notice::TrailingGarbage { .. }
            | Notice::DecompressedOnTheWay
            | Notice::Sha256LeftOut
            | Notice::GlobalHeaderBetween
            | Notice::LinkAttributesLeftOut => Weight::Note,
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
