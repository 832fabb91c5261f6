//! Images and their layers as the page shows them.

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::image::ArtifactKind;
use crate::layer::{Compression, LeftOut, TocForm, Verdict, Warning};
use crate::source::Origin;

/// An open image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImageKey(pub u32);

/// An open archive, or a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArchiveView {
    /// The archive's key for [`super::ask::OpenFound`].
    pub archive: u32,
    /// The file's or folder's name.
    pub name: String,
    /// Its images.
    pub images: Vec<FoundRow>,
    /// What else it holds: attestations, artifacts, images that cannot be opened and why.
    pub others: Vec<OtherRow>,
    /// Odd things about it.
    pub warnings: Vec<Warning>,
    /// The image of an archive that holds no other, open already.
    pub only: Option<Box<ImageView>>,
}

/// An image in an archive's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundRow {
    /// Its names; empty for an unnamed image.
    pub names: Vec<String>,
    /// The image ID.
    pub image_id: Option<String>,
    /// `os/arch[/variant]`.
    pub platform: Option<String>,
    /// When it was made, as its config says.
    pub created: Option<String>,
    /// Stored bytes of its layers, where known.
    pub stored_bytes: Option<u64>,
    /// How many layers.
    pub n_layers: u32,
    /// The type of an artifact that is no root file system.
    pub artifact_type: Option<String>,
}

/// Something in an archive or index that is no image to browse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherRow {
    /// What it is called: a digest or a member's name.
    pub name: String,
    /// Its media type, where one is declared.
    pub kind: String,
    /// What it is.
    pub what: OtherWhat,
}

/// What is no image to browse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtherWhat {
    /// A document of a media type that Lamina does not know.
    Unknown,
    /// An attestation, of this digest where it tells one.
    Attestation(Option<String>),
    /// An image for this platform that was not saved with the others.
    NotSaved(Option<String>),
    /// A build cache of BuildKit.
    BuildCache,
    /// What is named and cannot be had, and why.
    Unavailable(String),
}

/// An artifact: it stands in an image's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactView {
    /// Its kind.
    pub kind: ArtifactKind,
    /// The digest of the manifest that it belongs to.
    pub of: Option<String>,
    /// The document that it consists of; empty where it has none.
    pub raw_json: String,
}

/// Everything about an open image but its tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageView {
    /// Its key.
    pub key: ImageKey,
    /// The best single name: a tag, a file's name, or the short image ID.
    pub title: String,
    /// What reopens it: the canonical reference with scheme where it came from a registry; `None` for files.
    pub address: Option<String>,
    /// The file or folder it came from.
    pub file_name: Option<String>,
    /// The key of the archive it came from, for `OpenFound` when the platform is switched.
    pub archive: Option<u32>,
    /// All names.
    pub names: Vec<String>,
    /// The kind of place that it came from.
    pub origin: Origin,
    /// The image ID: the config's digest.
    pub image_id: Option<String>,
    /// The manifest's digest.
    pub manifest_digest: Option<String>,
    /// The index's digest.
    pub index_digest: Option<String>,
    /// The platform shown.
    pub platform: Option<String>,
    /// All platforms that can be switched to, this one included; empty when there is only one.
    pub platforms: Vec<PlatformRow>,
    /// RFC 3339 as the config says.
    pub created: Option<String>,
    /// Who made it.
    pub author: String,
    /// The message of the last commit.
    pub comment: String,
    /// Stored bytes of all layers, claimed until they are read; `None` while unknown.
    pub stored_bytes: Option<u64>,
    /// Decoded bytes of the layers read.
    pub decoded_bytes: u64,
    /// Entries of the layers read.
    pub n_entries: u64,
    /// How many layers, from the base, the union consists of.
    pub n_layers_ready: u32,
    /// The layers, base first.
    pub layers: Vec<LayerRow>,
    /// The history, oldest first.
    pub history: Vec<HistoryRow>,
    /// The configuration; `None` when there is none.
    pub config: Option<ConfigView>,
    /// Why the configuration cannot be read, when it cannot.
    pub config_problem: Option<Problem>,
    /// Annotations of index, descriptor, manifest and layers.
    pub annotations: Vec<AnnotationRow>,
    /// The type of an artifact that is no root file system.
    pub artifact_type: Option<String>,
    /// Its kind and document, where it is an artifact.
    pub artifact: Option<ArtifactView>,
    /// What is odd.
    pub warnings: Vec<Warning>,
}

/// A platform of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformRow {
    /// `os[(version)]/arch[/variant]`; the digest of a manifest that this does not tell apart from the others.
    pub platform: String,
    /// The manifest's digest.
    pub digest: String,
    /// For an archive: the image's position for `OpenFound`.
    pub image: Option<u32>,
    /// Whether it is the one shown.
    pub selected: bool,
}

/// The document, or the part of one, that an annotation stands in.
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

/// A key and value with the place they were found in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnotationRow {
    /// Where it stands.
    pub place: AnnotationPlace,
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerRow {
    /// Counted from 0 at the base.
    pub layer: u32,
    /// The digest of the stored bytes; claimed until read.
    pub digest: Option<String>,
    /// The digest of the decoded bytes; claimed until read.
    pub diff_id: Option<String>,
    /// The chain ID up to this layer.
    pub chain_id: Option<String>,
    /// As declared.
    pub media_type: Option<String>,
    /// The file name that an artifact gives to its blob.
    pub title: Option<String>,
    /// How the stored bytes are compressed, once read.
    pub compression: Option<Compression>,
    /// Stored bytes; claimed until read.
    pub stored_bytes: Option<u64>,
    /// Decoded bytes, once read.
    pub decoded_bytes: Option<u64>,
    /// Entries, once read.
    pub n_entries: Option<u64>,
    /// Paths added, once applied.
    pub n_added: Option<u64>,
    /// Paths changed, once applied.
    pub n_changed: Option<u64>,
    /// Paths deleted, once applied.
    pub n_deleted: Option<u64>,
    /// The command that made it, tidied for reading; empty when the history does not say.
    pub command: String,
    /// The command as it stands.
    pub raw_command: String,
    /// When it was made.
    pub created: Option<String>,
    /// Who made it.
    pub author: String,
    /// The message.
    pub comment: String,
    /// How far it is.
    pub state: LayerState,
    /// What is odd about it.
    pub warnings: Vec<Warning>,
    /// How many more warnings were not kept.
    pub n_more_warnings: u64,
    /// What a bound or a rule left out of it: with any of it the layer is incomplete.
    pub left_out: LeftOut,
}

impl LayerRow {
    /// Whether it was read to its end, nothing was left out, nothing was refuted, and one of its digests was proved.
    pub fn is_verified(&self) -> bool {
        let is_proved =
            matches!(&self.state, LayerState::Read { verdict, damage: None } if verdict.proves());
        is_proved && self.left_out.is_empty()
    }
}

/// How far a layer is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "there are as many as layers")]
pub enum LayerState {
    /// Not begun.
    Waiting,
    /// Known by its own table of contents alone: its files are shown, and nothing of it is verified.
    Listed {
        /// Stored bytes that were asked for.
        asked_bytes: u64,
        /// In which form the table is.
        form: TocForm,
        /// Whether the table is the one that the manifest claims.
        is_claimed: bool,
    },
    /// Read to its end; see the verdict.
    Read {
        /// What was proved.
        verdict: Verdict,
        /// Where its bytes were damaged; what was read before is shown.
        damage: Option<Problem>,
    },
    /// Its bytes cannot be had.
    Failed {
        /// Why.
        problem: Problem,
    },
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// RFC 3339 as it stands.
    pub created: Option<String>,
    /// Who.
    pub author: String,
    /// The command, tidied for reading.
    pub command: String,
    /// The command as it stands.
    pub raw_command: String,
    /// The message.
    pub comment: String,
    /// Whether it made no layer.
    pub empty_layer: bool,
    /// The layer it made, where that is known.
    pub layer: Option<u32>,
}

/// A field of a configuration that is shown as a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigFact {
    /// What is run.
    HealthTest,
    /// The time between two checks.
    HealthInterval,
    /// How long one may take.
    HealthTimeout,
    /// How long failures do not count after the start.
    HealthStartPeriod,
    /// The time between two checks in that period.
    HealthStartInterval,
    /// Failures in a row that make it unhealthy.
    HealthRetries,
    /// `os.version`.
    OsVersion,
    /// `os.features`.
    OsFeatures,
    /// The container that it was committed from.
    Container,
    /// What ran in that container.
    ContainerCommand,
    /// `Hostname`.
    Hostname,
    /// `Domainname`.
    Domainname,
    /// `Image`: what it was built on.
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
    /// The document as it is.
    pub raw_json: String,
    /// Operating system.
    pub os: String,
    /// Architecture with variant.
    pub architecture: String,
    /// The engine's version that made it.
    pub docker_version: String,
    /// User.
    pub user: String,
    /// Working directory.
    pub working_dir: String,
    /// Entry point.
    pub entrypoint: Vec<String>,
    /// Default command.
    pub cmd: Vec<String>,
    /// Environment, `K=V` as it stands.
    pub env: Vec<String>,
    /// Exposed ports, `80/tcp`.
    pub exposed_ports: Vec<String>,
    /// Volumes.
    pub volumes: Vec<String>,
    /// Labels.
    pub labels: Vec<(String, String)>,
    /// The signal that stops it.
    pub stop_signal: String,
    /// Shell.
    pub shell: Vec<String>,
    /// Commands for builds on top.
    pub on_build: Vec<String>,
    /// The health check.
    pub healthcheck: Vec<(ConfigFact, String)>,
    /// Further fields.
    pub extras: Vec<(ConfigFact, String)>,
}
