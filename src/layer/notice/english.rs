//! Warnings in English, for the command and for messages.

use std::fmt;

use super::{EngineRefusal, Notice, OverlayEffect};
use crate::image::escape;
use crate::layer::Compression;

/// Writes the English sentence without its subject, with a lower-case start and no full stop.
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
            Notice::ArchiveTruncated { reason } => return reason.fmt(f),
            Notice::UnreadableList { reason } => {
                return write!(f, "this list of the archive's images cannot be read: {reason}");
            }
            Notice::WrongType { expected } => {
                return write!(f, "the field is not {expected} and was left out");
            }
            Notice::InvalidDigest { reason } | Notice::RootfsType { reason } | Notice::NestedIndex { reason } => {
                return reason.fmt(f);
            }
            Notice::StatedDigest { reason } => {
                return write!(f, "the registry states no valid digest of it: {reason}");
            }
            Notice::MediaTypeMismatch { declared, stated } => {
                return write!(f, "the document says that it is {stated:?}, but was found as {declared:?}");
            }
            Notice::HistoryMismatch { n_entries, n_layers } => {
                return write!(f, "the history tells of {n_entries} layers and there are {n_layers}; which belongs to which is unknown");
            }
            Notice::TooManyNames { n_names, n_shown } => {
                return write!(f, "an image has {n_names} names, of which {n_shown} are shown: the others are too many or too long");
            }
            Notice::TooManyDocuments { n_seen } => {
                return write!(f, "only the first {n_seen} entries were looked at");
            }
            Notice::OtherPlatform { wanted } => {
                return write!(f, "this is the only platform there is, and {wanted} was asked for");
            }
            Notice::RegistryWarning { text } => return f.write_str(text),
            Notice::FlatRootfs { n_members, sample } => {
                return write!(f, "the archive names no image; its {n_members} members ({sample}) are shown as one layer");
            }
            Notice::ListsDiffer { n_docker, n_oci } => {
                return write!(f, "the layers are {n_docker} in manifest.json, and {n_oci} in the manifest of index.json");
            }
            Notice::MissingParent { reason } => {
                return write!(f, "this layer and what lies below it cannot be had: {reason}");
            }
            Notice::UnreadableRepositories { reason } => {
                return write!(f, "the names of the images cannot be read: {reason}");
            }
            Notice::DocumentShortened { n_rows, n_shown } => {
                return write!(f, "of {n_rows} {n_shown} are shown; the saved document has all");
            }
            Notice::TocDiffers { n_paths } => {
                return write!(f, "the layer's table of contents told something else of {n_paths} paths than the layer holds, this one first");
            }
            Notice::TocUnusable { reason } => return write!(f, "{reason}; the layer was read as a whole"),
            Notice::CompressionMismatch { claimed, actual } => {
                let words = |compression: &Compression| match compression {
                    Compression::None => "uncompressed",
                    compressed => compressed.word(),
                };
                return write!(f, "the media type claims {}, and the bytes are {}: they were read as what they are", words(claimed), words(actual));
            }
            Notice::TrailingGarbage { at } => {
                return write!(f, "after the compressed data, from stored byte {at}, come bytes that are ignored");
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
            Notice::NotUtf8 => "the document is not UTF-8; what is not text was replaced",
            Notice::AmbiguousDocument => "the document has the fields of an index and of a manifest at once",
            Notice::NoHistory => "the config tells no history of its layers",
            Notice::HistoryGuessed => "the history marks the wrong entries as empty; they were matched with the layers in order",
            Notice::MoreOddities => "there are more oddities of this kind",
            Notice::NotVerifiable => "the digest's algorithm is not known, so the content cannot be verified",
            Notice::AnnotationsLeftOut => "the annotations are larger than the limit, so the images below do not show them",
            Notice::TooManyIndexes => "it is nested too deeply, or after too many others, and was not read",
            Notice::InsideFolder => "all members lie in one folder; other tools may not find the image there",
            Notice::NoImages => "the archive lists no images",
            Notice::OciLayoutMissing => "the file that marks an OCI layout is missing",
            Notice::OciLayoutVersion { is_told: true } => "the layout's version is not 1.0.0",
            Notice::OciLayoutVersion { is_told: false } => "the layout does not tell its version",
            Notice::ParentCircle => "the layer is its own ancestor; the chain was ended there",
            Notice::DecompressedOnTheWay => "these are not the bytes of the digest, but what those decompress to: something on the way, such as a proxy, decompressed them",
            Notice::Sha256LeftOut => "the sparse file's holes are more than the limit; its SHA-256 is left out",
            Notice::GlobalHeaderBetween => "a global header follows an extended one; container engines forget that one, and so it is not used",
            Notice::LinkAttributesLeftOut => "too many hard links of this layer bring attributes to one file, those of the link before are left out",
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
