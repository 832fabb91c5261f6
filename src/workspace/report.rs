//! The report that `lamina inspect --json` prints and the page exports: one document about opened images.
//!
//! Field names and their order are a format that scripts rely on. An unknown value is `null`.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::image::{Platform, escape};
use crate::insight::dockerfile::{Dockerfile, DockerfileGap};
use crate::insight::packages::PackageList;
use crate::insight::safety::SafetyList;
use crate::insight::secrets::SecretList;
use crate::insight::system::System;
use crate::layer::{LeftOut, ListedBy, Verdict, Warning, Weight};

use super::analysis::AnalysisReport;
use super::dockerfile::dockerfile_of;
use super::packages_report::PackagesReport;
use super::safety_report::SafetyReport;
use super::secrets_report::SecretsReport;
use super::system_report::SystemReport;
use super::{LayerStatus, NoAnalysis, OpenImage, analysis_of, damage_of};

/// The version of the format. New members do not change it; removing a member, or changing its meaning, does.
/// Members are never renamed.
const VERSION: u32 = 1;

/// The reason why there is no member `secrets` unless it is asked for: the search reads all layers again.
const NOT_SEARCHED: &str =
    "not searched; `lamina inspect --json --secrets` searches the files of all layers";

/// The whole document. `docs/inspect.schema.json` describes it, and a test validates real documents against that.
#[derive(Serialize)]
pub struct Report {
    version: u32,
    /// The images, in the order of their archive.
    pub images: Vec<ImageReport>,
    /// Damage of the archive that its images do not report themselves.
    pub damage: Vec<String>,
    /// Warnings about the archive.
    pub warnings: Vec<String>,
}

impl Report {
    /// Creates a document in the present version.
    pub fn new(images: Vec<ImageReport>, damage: Vec<String>, warnings: Vec<String>) -> Report {
        Report {
            version: VERSION,
            images,
            damage,
            warnings,
        }
    }
}

/// The report about one image.
#[derive(Serialize)]
pub struct ImageReport {
    tags: Vec<String>,
    image_id: Option<String>,
    manifest_digest: Option<String>,
    index_digest: Option<String>,
    platform: Option<String>,
    os_version: Option<String>,
    /// The artifact in place of an image; `null` for an image.
    artifact: Option<ArtifactReport>,
    created: Option<String>,
    author: String,
    comment: String,
    config: Option<Box<RawValue>>,
    /// The reason why the config could not be read.
    config_problem: Option<String>,
    history: Vec<HistoryReport>,
    layers: Vec<LayerReport>,
    analysis: Option<AnalysisReport>,
    /// The reason why there is no analysis.
    analysis_problem: Option<String>,
    system: Option<SystemReport>,
    /// The reason why nothing is known of the system.
    system_problem: Option<String>,
    packages: Option<PackagesReport>,
    /// The reason why nothing is known of packages.
    packages_problem: Option<String>,
    secrets: Option<SecretsReport>,
    /// The reason why nothing is known of secrets.
    secrets_problem: Option<String>,
    safety: Option<SafetyReport>,
    /// The reason why nothing is known of the safety.
    safety_problem: Option<String>,
    dockerfile: Option<DockerfileReport>,
    /// The reason why there is no Dockerfile.
    dockerfile_problem: Option<String>,
    /// Problems with engines: documents that they refuse, or read in another way than is shown.
    engines: Vec<EngineReport>,
    /// False claims and missing parts. Any of them makes the command end with status 3.
    damage: Vec<String>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct ArtifactReport {
    /// A word such as `build-cache` or `signature`; `other` if only its type is known.
    kind: &'static str,
    r#type: Option<String>,
    /// The digest of the manifest that it belongs to.
    of: Option<String>,
    document: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct HistoryReport {
    created: Option<String>,
    created_by: String,
    author: String,
    comment: String,
    empty_layer: bool,
    layer: Option<usize>,
}

/// The Dockerfile, rebuilt.
#[derive(Serialize)]
struct DockerfileReport {
    /// Name of the base image; `null` if the history does not tell it.
    base: Option<String>,
    steps: Vec<DockerfileStepReport>,
}

#[derive(Serialize)]
struct DockerfileStepReport {
    text: String,
    layer: Option<u32>,
    of_base: bool,
    /// The part of the instruction that the history does not hold.
    gap: Option<&'static str>,
}

impl From<&Dockerfile> for DockerfileReport {
    fn from(dockerfile: &Dockerfile) -> DockerfileReport {
        let steps = dockerfile.steps.iter().map(|step| DockerfileStepReport {
            text: step.text.clone(),
            layer: step.layer.map(|layer| layer.0),
            of_base: step.is_base,
            gap: step.gap.map(DockerfileGap::word),
        });
        DockerfileReport {
            base: dockerfile.base.clone(),
            steps: steps.collect(),
        }
    }
}

#[derive(Serialize)]
struct LayerReport {
    digest: Option<String>,
    diff_id: Option<String>,
    chain_id: Option<String>,
    media_type: Option<String>,
    compression: Option<&'static str>,
    stored_bytes: Option<u64>,
    decoded_bytes: Option<u64>,
    entries: Option<usize>,
    verdict: Option<VerdictReport>,
    /// Paths that a limit or a rule left out; `null` if nothing is missing.
    left_out: Option<LeftOutReport>,
    /// Problems with engines: content that they refuse, or read in another way than is shown.
    engines: Vec<EngineReport>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct LeftOutReport {
    count: u64,
    first: Vec<LeftOutPathReport>,
}

#[derive(Serialize)]
struct LeftOutPathReport {
    path: String,
    path_bytes: u64,
    why: &'static str,
}

/// A warning about the behaviour of engines.
#[derive(Serialize)]
struct EngineReport {
    code: String,
    /// `refused` or `differs`.
    weight: Weight,
    subject: String,
    message: String,
}

fn engine_reports<'w>(warnings: impl Iterator<Item = &'w Warning>) -> Vec<EngineReport> {
    let report = |warning: &Warning| EngineReport {
        code: warning.code().to_owned(),
        weight: warning.weight(),
        subject: warning.subject.clone(),
        message: warning.message(),
    };
    let of_engines = |w: &&Warning| matches!(w.weight(), Weight::Refused | Weight::Differs);
    warnings.filter(of_engines).map(report).collect()
}

fn left_out_report(left_out: &LeftOut) -> Option<LeftOutReport> {
    let path = |told: &crate::layer::LeftOutPath| LeftOutPathReport {
        path: escape(&told.path),
        path_bytes: told.path_bytes,
        why: told.why.word(),
    };
    (!left_out.is_empty()).then(|| LeftOutReport {
        count: left_out.n,
        first: left_out.first.iter().map(path).collect(),
    })
}

#[derive(Serialize)]
struct VerdictReport {
    digest: &'static str,
    size: &'static str,
    diff_id: &'static str,
    checksum: &'static str,
}

impl From<&Verdict> for VerdictReport {
    fn from(verdict: &Verdict) -> VerdictReport {
        VerdictReport {
            digest: verdict.digest.word(),
            size: verdict.size.word(),
            diff_id: verdict.diff_id.word(),
            checksum: verdict.checksum.word(),
        }
    }
}

/// The findings of the analyses that have to read files.
#[derive(Clone, Copy)]
pub struct FileFindings<'a> {
    /// The system, by [`super::system_task`].
    pub system: Result<&'a System, &'a NoAnalysis>,
    /// The packages, by [`super::packages_task`].
    pub packages: Result<&'a PackageList, &'a NoAnalysis>,
    /// The secrets, by [`super::secrets_task`]; `None` if they were not searched for.
    pub secrets: Option<Result<&'a SecretList, &'a NoAnalysis>>,
    /// The findings about the image's safety, by [`super::safety_task`].
    pub safety: Result<&'a SafetyList, &'a NoAnalysis>,
}

/// Returns the report about one image, as far as its layers are read.
pub fn report_of(image: &OpenImage, found: FileFindings<'_>) -> ImageReport {
    let config = image.config();
    let analysis = analysis_of(image);
    let dockerfile = dockerfile_of(image);
    let secrets = match found.secrets {
        Some(found) => found.map_err(ToString::to_string),
        None => Err(NOT_SEARCHED.to_owned()),
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    ImageReport {
        tags: image.found.names.clone(),
        image_id: image.found.image_id.as_ref().map(ToString::to_string),
        manifest_digest: image.found.manifest.as_ref().map(|m| m.digest.to_string()),
        index_digest: image.found.index_digest.as_ref().map(ToString::to_string),
        platform: image.found.platform.as_ref().map(Platform::without_version),
        os_version: image
            .found
            .platform
            .as_ref()
            .filter(|platform| !platform.os_version.is_empty())
            .map(|platform| platform.os_version.clone()),
        artifact: image.found.artifact().map(|artifact| ArtifactReport {
            kind: artifact.kind.word(),
            r#type: image.found.artifact_type.clone(),
            of: artifact.of.map(|digest| digest.to_string()),
            document: artifact.document.and_then(|document| {
                let json = text(crate::image::without_mark(&document.bytes))?;
                RawValue::from_string(json).ok()
            }),
        }),
        created: config
            .and_then(|c| c.config.created.as_ref())
            .map(|c| c.raw.clone()),
        author: config.map(|c| c.config.author.clone()).unwrap_or_default(),
        comment: comment_of(image),
        config: config
            .and_then(|c| text(crate::image::without_mark(&c.bytes)))
            .and_then(|json| RawValue::from_string(json).ok()),
        config_problem: image
            .found
            .config
            .as_ref()
            .and_then(|config| config.as_ref().err())
            .map(ToString::to_string),
        history: image
            .history()
            .map(|(entry, layer)| HistoryReport {
                created: entry.created.as_ref().map(|c| c.raw.clone()),
                created_by: entry.created_by.clone(),
                author: entry.author.clone(),
                comment: entry.comment.clone(),
                empty_layer: entry.empty_layer,
                layer,
            })
            .collect(),
        layers: (0..image.layers().len())
            .map(|layer| layer_report(image, layer))
            .collect(),
        analysis: analysis.as_ref().ok().map(AnalysisReport::from),
        analysis_problem: analysis.as_ref().err().map(ToString::to_string),
        system: found.system.ok().map(SystemReport::from),
        system_problem: found.system.err().map(ToString::to_string),
        packages: found
            .packages
            .ok()
            .map(|list| PackagesReport::of(list, image)),
        packages_problem: found.packages.err().map(ToString::to_string),
        secrets: secrets
            .as_ref()
            .ok()
            .map(|list| SecretsReport::of(list, image)),
        secrets_problem: secrets.err(),
        safety: found.safety.ok().map(SafetyReport::from),
        safety_problem: found.safety.err().map(ToString::to_string),
        dockerfile: dockerfile.as_ref().ok().map(DockerfileReport::from),
        dockerfile_problem: dockerfile.err().map(|why| why.to_string()),
        engines: engine_reports(image.warnings().iter()),
        damage: damage_of(image, image.layers().len()),
        warnings: image.warnings().iter().map(ToString::to_string).collect(),
    }
}

/// The comment that BuildKit gives to every step: its own name, not a person's message.
const BUILDER_MARK: &str = "buildkit.dockerfile.v0";

/// Returns the message of the last commit: the config's own, or else that of the last history entry.
///
/// `docker commit -m` writes it into both; `podman commit` and OCI tools write it only into the history.
pub fn comment_of(image: &OpenImage) -> String {
    let Some(config) = image.config() else {
        return String::new();
    };
    let last = config.config.history.last().map(|entry| &entry.comment);
    [Some(&config.config.comment), last]
        .into_iter()
        .flatten()
        .find(|comment| !comment.is_empty() && *comment != BUILDER_MARK)
        .cloned()
        .unwrap_or_default()
}

fn layer_report(image: &OpenImage, layer: usize) -> LayerReport {
    let found = image.found.layers.get(layer);
    let status = image.layers().get(layer);
    let (read, verdict) = match status {
        Some(LayerStatus::Read(read, verdict)) => (Some(read), Some(verdict)),
        _ => (None, None),
    };
    let mut warnings = Vec::new();
    let applied = image.layer_warnings(layer);
    let own = read.map(|read| read.warnings.kept.iter());
    let engines = engine_reports(own.into_iter().flatten().chain(&applied.kept));
    if let Some(LayerStatus::Failed(error)) = status {
        warnings.push(error.to_string());
    }
    if let Some(LayerStatus::Listed(listed)) = status {
        let note = match listed.by {
            ListedBy::Table { .. } => "listed from its table of contents, and not verified",
            ListedBy::Headers => "listed by its headers alone, and not verified",
        };
        warnings.push(note.to_owned());
        warnings.extend(listed.damage.as_ref().map(ToString::to_string));
        warnings.extend(applied.kept.iter().map(ToString::to_string));
    }
    if let Some(read) = read {
        warnings.extend(read.damage.as_ref().map(ToString::to_string));
        let own = &read.warnings;
        warnings.extend(
            own.kept
                .iter()
                .chain(&applied.kept)
                .map(ToString::to_string),
        );
        let n_dropped = own.n_dropped + applied.n_dropped;
        match n_dropped {
            0 => {}
            1 => warnings.push("1 further warning".to_owned()),
            n => warnings.push(format!("{n} further warnings")),
        }
    }
    LayerReport {
        digest: image.layer_digest(layer).map(ToString::to_string),
        diff_id: image.diff_id(layer).map(|id| id.0.to_string()),
        chain_id: image.chain_id(layer).map(|id| id.0.to_string()),
        media_type: found
            .and_then(|f| f.media_type.as_ref())
            .map(|media_type| media_type.as_str().to_owned()),
        compression: read.map(|r| r.compression.word()),
        stored_bytes: read
            .map(|r| r.stored_bytes)
            .or_else(|| found.and_then(|f| f.size_bytes)),
        decoded_bytes: read.map(|r| r.decoded_bytes),
        entries: read.map(|r| r.index.n_entries()),
        verdict: verdict.map(VerdictReport::from),
        left_out: left_out_report(&image.left_out(layer)),
        engines,
        warnings,
    }
}
