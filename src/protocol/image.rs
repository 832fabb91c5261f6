//! Images and their layers as the page shows them.

use crate::message::Message;
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::image::{ArtifactKind, ChainId, DiffId, Digest, MediaType, Platform};
use crate::layer::{Compression, LeftOut, ListedBy, Verdict, Warning};
use crate::source::Origin;
use crate::source::registry::PlatformChoice;

/// The key of an open image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImageKey(pub u32);

/// An open archive or folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArchiveView {
    /// The archive's key, for [`super::ask::OpenFound`].
    pub archive: u32,
    /// The file's or folder's name.
    pub name: String,
    /// The images that can be opened.
    pub images: Vec<FoundRow>,
    /// The rest of its content: attestations, artifacts, and images that cannot be opened with the reason.
    pub others: Vec<OtherRow>,
    /// Oddities of the archive itself.
    pub warnings: Vec<Warning>,
    /// The image of an archive with no other, already open.
    pub only: Option<Box<ImageView>>,
}

/// An image in an archive's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundRow {
    /// Its names; empty for an unnamed image.
    pub names: Vec<String>,
    /// The digest of its config.
    pub image_id: Option<Digest>,
    /// The platform that it is for.
    pub platform: Option<Platform>,
    /// The creation time in its config.
    pub created: Option<String>,
    /// Compressed bytes of its layers, where known.
    pub stored_bytes: Option<u64>,
    /// Number of layers.
    pub n_layers: u32,
    /// The type of an artifact that is not a root file system.
    pub artifact_type: Option<String>,
}

/// An item of an archive or index that is not an image to browse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherRow {
    /// A digest or a member's name.
    pub name: String,
    /// Its media type, where one is declared.
    pub media_type: Option<MediaType>,
    /// The reason that it cannot be browsed.
    pub what: OtherWhat,
}

/// The kinds of items that are not images to browse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtherWhat {
    /// A document of a media type that Lamina does not know.
    Unknown,
    /// An attestation, with the digest of its subject if it names one.
    Attestation(Option<Digest>),
    /// An image for this platform that was not saved with the others.
    NotSaved(Option<Platform>),
    /// A build cache of BuildKit.
    BuildCache,
    /// An item that is named but not available, with the reason.
    Unavailable(Message),
}

/// An artifact that takes the place of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactView {
    /// Its kind, such as a signature.
    pub kind: ArtifactKind,
    /// The digest of the manifest that it belongs to.
    pub of: Option<Digest>,
    /// The document that it consists of; empty if there is none.
    pub raw_json: String,
}

/// Everything about an open image except its tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageView {
    /// Its key in further requests.
    pub key: ImageKey,
    /// The best single name: a tag, a file's name, or the short image ID.
    pub title: String,
    /// The address that reopens it, a canonical reference with scheme for a registry; `None` for files.
    pub address: Option<String>,
    /// The file or folder that it came from.
    pub file_name: Option<String>,
    /// The key of the archive that it came from, for `OpenFound` when the platform is switched.
    pub archive: Option<u32>,
    /// All its names, `repository:tag` each.
    pub names: Vec<String>,
    /// The kind of place that it came from.
    pub origin: Origin,
    /// The image ID, which is the config's digest.
    pub image_id: Option<Digest>,
    /// The manifest's digest.
    pub manifest_digest: Option<Digest>,
    /// The index's digest.
    pub index_digest: Option<Digest>,
    /// The platform that is shown.
    pub platform: Option<Platform>,
    /// All platforms that can be chosen, this one included; empty if there is only one.
    pub platforms: Vec<PlatformRow>,
    /// The creation time in the config, in RFC 3339.
    pub created: Option<String>,
    /// The `author` in the config.
    pub author: String,
    /// The message of the last commit.
    pub comment: String,
    /// Compressed bytes of all layers, as declared until they are read; `None` while unknown.
    pub stored_bytes: Option<u64>,
    /// Uncompressed bytes of the layers read.
    pub decoded_bytes: u64,
    /// Entries of the layers read.
    pub n_entries: u64,
    /// Number of layers, from the base, in the union.
    pub n_layers_ready: u32,
    /// The layers, base first.
    pub layers: Vec<LayerRow>,
    /// The history, oldest first.
    pub history: Vec<HistoryRow>,
    /// The configuration; `None` if there is none.
    pub config: Option<ConfigView>,
    /// The reason that the configuration cannot be read.
    pub config_problem: Option<Problem>,
    /// Annotations of index, descriptor, manifest and layers.
    pub annotations: Vec<AnnotationRow>,
    /// The type of an artifact that is not a root file system.
    pub artifact_type: Option<String>,
    /// Its kind and document, if it is an artifact.
    pub artifact: Option<ArtifactView>,
    /// Oddities that are worth a notice.
    pub warnings: Vec<Warning>,
}

/// A platform of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformRow {
    /// The choice that opens it: its platform, or its manifest's digest if it has none that no other has.
    pub choice: PlatformChoice,
    /// The manifest's digest, or the image ID of an image without a manifest.
    pub digest: Option<Digest>,
    /// The image's position for `OpenFound`, in an archive.
    pub image: Option<u32>,
    /// True if it is the one shown.
    pub selected: bool,
}

/// The document, or the part of one, that contains an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnnotationPlace {
    /// The index.
    Index,
    /// The manifest's descriptor in the index.
    Descriptor,
    /// The manifest.
    Manifest,
    /// The descriptor of a layer in the manifest.
    Layer(u32),
}

/// An annotation with the place where it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnotationRow {
    /// The place where it was found.
    pub place: AnnotationPlace,
    /// The annotation's key, `org.opencontainers.image.created`.
    pub key: String,
    /// The annotation's value.
    pub value: String,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerRow {
    /// The layer's position, counted from 0 at the base.
    pub layer: u32,
    /// The digest of the compressed bytes, as declared until the layer is read.
    pub digest: Option<Digest>,
    /// The digest of the uncompressed bytes, as declared until the layer is read.
    pub diff_id: Option<DiffId>,
    /// The chain ID up to this layer.
    pub chain_id: Option<ChainId>,
    /// The media type in its descriptor.
    pub media_type: Option<MediaType>,
    /// The file name that an artifact gives to its blob.
    pub title: Option<String>,
    /// The compression format, once read.
    pub compression: Option<Compression>,
    /// Compressed size in bytes, as declared until the layer is read.
    pub stored_bytes: Option<u64>,
    /// Uncompressed size in bytes, once read.
    pub decoded_bytes: Option<u64>,
    /// Number of entries, once read.
    pub n_entries: Option<u64>,
    /// Paths added, once applied.
    pub n_added: Option<u64>,
    /// Paths changed, once applied.
    pub n_changed: Option<u64>,
    /// Paths deleted, once applied.
    pub n_deleted: Option<u64>,
    /// The command that made it, tidied for reading; empty if the history does not tell.
    pub command: String,
    /// The command as the history has it.
    pub raw_command: String,
    /// The creation time in the history.
    pub created: Option<String>,
    /// The author in the history.
    pub author: String,
    /// The comment in the history.
    pub comment: String,
    /// The progress of its reading.
    pub state: LayerState,
    /// Oddities found in it.
    pub warnings: Vec<Warning>,
    /// Number of warnings that were not kept.
    pub n_more_warnings: u64,
    /// Parts that a limit or a rule left out. If there are any, the layer is incomplete.
    pub left_out: LeftOut,
}

impl LayerRow {
    /// True if the layer was read to its end, nothing was left out or refuted, and one of its digests was proved.
    pub fn is_verified(&self) -> bool {
        let is_proved =
            matches!(&self.state, LayerState::Read { verdict, damage: None } if verdict.proves());
        is_proved && self.left_out.is_empty()
    }
}

/// The progress of a layer's reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "there are as many as layers")]
pub enum LayerState {
    /// Its reading has not begun.
    Waiting,
    /// Known only by its own table of contents, or by its headers. Its files are shown, and nothing in it is verified.
    Listed {
        /// Compressed bytes that were requested.
        asked_bytes: u64,
        /// The source of the listing.
        by: ListedBy,
    },
    /// Read to its end; see the verdict.
    Read {
        /// The digests that were proved or refuted.
        verdict: Verdict,
        /// Damage in its bytes. Everything before it is shown.
        damage: Option<Problem>,
    },
    /// Its bytes are not available.
    Failed {
        /// The reason.
        problem: Problem,
    },
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The creation time as the config has it, in RFC 3339.
    pub created: Option<String>,
    /// The author in this history entry.
    pub author: String,
    /// The command, tidied for reading.
    pub command: String,
    /// The command as the config has it.
    pub raw_command: String,
    /// The comment in this history entry.
    pub comment: String,
    /// True if it made no layer.
    pub empty_layer: bool,
    /// The layer that it made, where known.
    pub layer: Option<u32>,
}

/// A field of a configuration that is shown on its own line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigFact {
    /// The command of the health check.
    HealthTest,
    /// The time between two checks.
    HealthInterval,
    /// The time that a check may take.
    HealthTimeout,
    /// The time after the start in which failures do not count.
    HealthStartPeriod,
    /// The time between two checks in that period.
    HealthStartInterval,
    /// Failures in a row that make a container unhealthy.
    HealthRetries,
    /// `os.version`.
    OsVersion,
    /// `os.features`.
    OsFeatures,
    /// The container that the image was committed from.
    Container,
    /// The command that ran in that container.
    ContainerCommand,
    /// `Hostname`.
    Hostname,
    /// `Domainname`.
    Domainname,
    /// `Image`: the parent of a classic build.
    ParentImage,
    /// `MacAddress`.
    MacAddress,
    /// Seconds until a container that does not stop is killed.
    StopTimeout,
    /// `AttachStdin`.
    AttachStdin,
    /// `AttachStdout`.
    AttachStdout,
    /// `AttachStderr`.
    AttachStderr,
    /// `Tty`.
    Tty,
    /// `OpenStdin`.
    OpenStdin,
    /// `StdinOnce`.
    StdinOnce,
    /// `NetworkDisabled`.
    NetworkDisabled,
    /// `ArgsEscaped`: the entry point is one escaped text, on Windows.
    ArgsEscaped,
}

/// A configuration, ready to show. Lists keep their order; sets are sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigView {
    /// The document, unchanged.
    pub raw_json: String,
    /// The operating system, `linux`.
    pub os: String,
    /// The architecture with its variant, `arm64/v8`.
    pub architecture: String,
    /// The version of the engine that made it.
    pub docker_version: String,
    /// The user that the process runs as.
    pub user: String,
    /// The directory that the process starts in.
    pub working_dir: String,
    /// The words of the entry point.
    pub entrypoint: Vec<String>,
    /// The words of the default command.
    pub cmd: Vec<String>,
    /// Environment variables, `K=V` each, unchanged.
    pub env: Vec<String>,
    /// Exposed ports, `80/tcp` each.
    pub exposed_ports: Vec<String>,
    /// Mount points of volumes.
    pub volumes: Vec<String>,
    /// Labels, key and value.
    pub labels: Vec<(String, String)>,
    /// The signal that stops it.
    pub stop_signal: String,
    /// The words of the default shell, for the shell form of commands.
    pub shell: Vec<String>,
    /// `ONBUILD` instructions for builds on top.
    pub on_build: Vec<String>,
    /// The fields of the health check.
    pub healthcheck: Vec<(ConfigFact, String)>,
    /// Further fields that are set.
    pub extras: Vec<(ConfigFact, String)>,
}
