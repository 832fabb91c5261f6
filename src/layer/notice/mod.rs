//! Typed warnings where engines make more, less or something else of a layer or a document than it says.
//!
//! The listing shows what Docker extracts. Each notice says which engines differ from that, or refuse the layer.
//! That was tested with the engines of the end-to-end tests (Docker 20.10 with the vfs driver, containerd 1.6,
//! podman 4.3) or follows from their source. The page words notices in its language; `Display` is English.

mod english;
mod refusal;

use crate::message::Message;
use serde::{Deserialize, Serialize};

use crate::image::{FieldType, escape};

use super::Compression;

pub use refusal::EngineRefusal;

/// The importance of a warning to a user who relies on the listing.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Odd, but without consequence for what runs.
    #[default]
    Note,
    /// Engines refuse the layer or the image, so nothing of it runs.
    Refused,
    /// Some engines, or the same engine with another storage driver, run something else than is shown.
    Differs,
    /// A document or the archive is not what it is claimed to be, or is incomplete: what is shown may be something
    /// else than was meant. It counts like damage of a layer.
    Damaged,
}

/// One warning with its arguments. Its [`super::Warning::subject`] is the path concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// Container engines refuse the layer because of this entry.
    EnginesRefuse {
        /// Reason for the refusal.
        why: EngineRefusal,
    },
    /// The name leads above the root. Docker and podman refuse the layer; containerd and Lamina stop at the root.
    AboveRoot,
    /// A global header has this name. Docker's vfs driver and containerd remove the path, as they do before they
    /// extract an entry; overlay drivers do not.
    GlobalHeaderName,
    /// Go reads the prefix of a GNU header as a part of the name, because the times there are malformed.
    GnuPrefix,
    /// PAX records of a sparse file that Go ignores, so that engines extract the stored bytes under the header's
    /// own name.
    SparseRecordsIgnored,
    /// A character device 0/0. Overlay mounts hide the path and the device.
    DeviceZero,
    /// An extended attribute that overlay mounts obey.
    OverlayAttribute {
        /// Name of the attribute, escaped.
        name: String,
        /// Effect on the path.
        effect: OverlayEffect,
    },
    /// A name at the root that begins with `.wh..wh.`. Docker's vfs driver omits it, as shown; overlay drivers and
    /// containerd extract it, or read it as a whiteout.
    AufsName,
    /// `.wh.`, `.wh..` or `.wh...`. Docker's vfs driver removes the directory that holds it, or its parent; others
    /// refuse the layer.
    WhiteoutOfDirectory,
    /// A whiteout follows an entry of its own layer under the same name. Docker's vfs driver and containerd remove
    /// the entry and overlay drivers refuse the layer; the specification keeps the entry, as shown.
    WhiteoutAfterEntry,
    /// The layer whites out a directory and then adds it, or something in it. containerd's overlay snapshotter
    /// refuses that, or shows the content of lower layers; others create the directory anew, as shown.
    WhiteoutOfOwnDirectory,
    /// A path occurs more than once in the layer. Docker's storage drivers refuse it; others take the last one, as
    /// shown.
    DuplicatePath,
    /// A hard link to a file of a lower layer, which overlay drivers do not find.
    LinkToLower,
    /// The owner's or group's ID does not fit 32 bits, or means "unchanged". The kernel takes the lower 32 bits.
    OwnerCut,
    /// The path leads through a symbolic link of a lower layer. Overlay drivers replace the link by a directory.
    ThroughSymlink,
    /// The path leads through a dangling symbolic link. Some engines create its target, others do not.
    DanglingParent,
    /// A directory on the path is something else in the layers so far. Some engines replace it, others do not.
    ParentNotDirectory,
    /// Several members of one object match one field. Engines take the last one.
    SeveralKeys,
    /// A key occurs more than once in an object. Engines take the last one.
    DuplicateKey,
    /// The field's name is written in another case. Engines accept it all the same.
    OtherCase,
    /// A member of the archive that decides what is loaded occurs several times. Docker takes the last one, podman
    /// the first.
    SeveralMembers {
        /// Number of occurrences.
        n: u64,
    },
    /// The layout's manifest and `manifest.json` describe the image differently.
    ManifestsDiffer,
    /// The digest of the config's bytes differs from the claimed one.
    ConfigDigest {
        /// Digest of the bytes.
        actual: String,
        /// Digest in the claim.
        claimed: String,
    },
    /// The length of a document differs from the one in its descriptor.
    DocumentSize {
        /// Length found, in bytes.
        actual: u64,
        /// Length in the descriptor, in bytes.
        claimed: u64,
    },
    /// The config and the manifest have different numbers of layers: one is missing, or there is one too many.
    LayerCount {
        /// Layers in the manifest.
        n_layers: u64,
        /// Layers in the config.
        n_counted: u64,
    },
    /// The archive is cut off.
    ArchiveTruncated {
        /// English message with the place.
        reason: Message,
    },
    /// One of the two lists of an archive's images cannot be read.
    UnreadableList {
        /// The reason.
        reason: Message,
    },
    /// The document is not valid UTF-8. Invalid sequences were replaced.
    NotUtf8,
    /// A field has the wrong type, and is read as absent.
    WrongType {
        /// Type that the field must have.
        expected: FieldType,
    },
    /// A digest violates the grammar, and is read as absent.
    InvalidDigest {
        /// The reason.
        reason: Message,
    },
    /// The digest that the registry sent violates the grammar.
    StatedDigest {
        /// The reason.
        reason: Message,
    },
    /// The document's own media type differs from the one under which it was found.
    MediaTypeMismatch {
        /// Media type in the descriptor or the Content-Type.
        declared: String,
        /// Media type in the document's `mediaType`.
        stated: String,
    },
    /// The document has the fields of an index and of a manifest at once.
    AmbiguousDocument,
    /// There are layers, but no history.
    NoHistory,
    /// The number of history entries with a layer differs from the number of layers. None is matched.
    HistoryMismatch {
        /// History entries that claim a layer.
        n_entries: u64,
        /// Layers of the image.
        n_layers: u64,
    },
    /// `empty_layer` contradicts the number of layers, but the number of all history entries equals it. They are
    /// matched in order.
    HistoryGuessed,
    /// Further oddities of this document were dropped.
    MoreOddities,
    /// `rootfs.type` of a config is not `layers`.
    RootfsType {
        /// The reason.
        reason: Message,
    },
    /// Lamina cannot compute a digest of this algorithm.
    NotVerifiable,
    /// Annotations above the limit are not shown.
    AnnotationsLeftOut,
    /// An image has more names than are shown, or longer ones.
    TooManyNames {
        /// Names of the image.
        n_names: u64,
        /// Names that are shown.
        n_shown: u64,
    },
    /// An index or an archive has more entries than Lamina reads.
    TooManyDocuments {
        /// Entries that were read.
        n_seen: u64,
    },
    /// An index that is nested too deeply, or follows too many others.
    TooManyIndexes,
    /// An index within an index is unavailable.
    NestedIndex {
        /// The reason.
        reason: Message,
    },
    /// The image's only platform, which is not the requested one.
    OtherPlatform {
        /// Platform that was requested.
        wanted: String,
    },
    /// A message from the registry itself.
    RegistryWarning {
        /// Text of the message.
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
        /// False if there is no version at all.
        is_told: bool,
    },
    /// The archive names no image. Its content is shown as one layer.
    FlatRootfs {
        /// Number of its members.
        n_members: u64,
        /// Names of some members.
        sample: String,
    },
    /// The layout's manifest and `manifest.json` have different numbers of layers.
    ListsDiffer {
        /// Layers in `manifest.json`.
        n_docker: u64,
        /// Layers in the layout's manifest.
        n_oci: u64,
    },
    /// A layer of an old archive is its own ancestor.
    ParentCircle,
    /// A layer of an old archive, and the layers below it, are unavailable.
    MissingParent {
        /// The reason.
        reason: Message,
    },
    /// The names of an old archive's images cannot be read.
    UnreadableRepositories {
        /// The reason.
        reason: Message,
    },
    /// A list of a document is longer than is shown.
    DocumentShortened {
        /// Rows of the list.
        n_rows: u64,
        /// Rows that are shown.
        n_shown: u64,
    },
    /// The layer's own table of contents differs from the layer.
    TocDiffers {
        /// Number of paths that differ.
        n_paths: u64,
    },
    /// The layer's own table of contents is unusable.
    TocUnusable {
        /// The reason.
        reason: Message,
    },
    /// The compression differs from the one in the media type.
    CompressionMismatch {
        /// Compression in the media type.
        claimed: Compression,
        /// Compression found.
        actual: Compression,
    },
    /// Bytes follow the compressed data.
    TrailingGarbage {
        /// Compressed offset where they begin.
        at: u64,
    },
    /// The bytes are the decompressed form of those with the digest.
    DecompressedOnTheWay,
    /// A sparse file's holes exceed the limit, so its SHA-256 is omitted.
    Sha256LeftOut,
    /// A global header follows an extended one, which engines forget.
    GlobalHeaderBetween,
    /// Too many hard links of one layer bring attributes to one file.
    LinkAttributesLeftOut,
}

/// The effect of an attribute in an overlay mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverlayEffect {
    /// The directory hides the entries of lower layers.
    Opaque,
    /// The directory shows the entries of another one.
    Redirect,
    /// The file shows the content of a lower layer's file.
    Metacopy,
    /// The file counts as a whiteout.
    Whiteout,
    /// Another instruction to the file system.
    Other,
}

impl OverlayEffect {
    /// Returns the effect of an attribute. `None` for names that overlay mounts ignore.
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
    /// Returns the notice about an attribute that overlay mounts obey.
    pub fn of_attribute(name: &[u8]) -> Option<Notice> {
        let effect = OverlayEffect::of(name)?;
        let name = escape(name.get(..80).unwrap_or(name));
        Some(Notice::OverlayAttribute { name, effect })
    }

    /// Returns a stable word in kebab case.
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

    /// Returns the importance of the notice.
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
