//! Builds the images of a recipe, as the files of a static registry.

mod config;
pub(crate) mod recipe;
mod static_registry;

use std::collections::BTreeMap;
use std::fmt;

use lamina::build::documents::{self, describe, json};
use lamina::build::{self, GzipWriter, LayerTar, NewDescriptor, NewEntry};
use lamina::image::{DiffId, Digest, MediaType, Platform};
use lamina::layer::XattrRef;

use config::{Config, History, RootFs};
use recipe::parse::parse;
use recipe::parts::{Content, EntryRecipe, ImageRecipe, LayerRecipe, Recipe, Step};
use static_registry::StaticRegistry;

/// The media type of layers that are compressed here.
const GZIP_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The reason why a recipe makes no images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// The recipe breaks its own rules. `reason` names the rule, and what to write instead.
    Recipe {
        /// The line number, from 1.
        line: usize,
        /// The problem, and its fix.
        reason: String,
    },
    /// A layer cannot be built.
    Build(build::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Recipe { line, reason } => write!(f, "line {line} of the recipe: {reason}"),
            Error::Build(error) => error.fmt(f),
        }
    }
}

impl From<build::Error> for Error {
    fn from(error: build::Error) -> Error {
        Error::Build(error)
    }
}

/// Builds the images of a text recipe. Returns every file of a read-only registry with its path, such as
/// `v2/index.html`.
///
/// Equal recipes give equal files. The recipe's language is described in `xtask/src/sample/recipe/mod.rs`.
///
/// # Errors
/// When the recipe breaks its rules, with the line.
pub(crate) fn sample(recipe_text: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let recipe = parse(recipe_text)?;
    let mut workshop = Workshop {
        recipe: &recipe,
        blobs: BTreeMap::new(),
        registry: StaticRegistry::new(),
    };
    for image in &recipe.images {
        workshop.add_image(image)?;
    }
    Ok(workshop.registry.into_files())
}

struct Workshop<'a> {
    recipe: &'a Recipe,
    /// Compressed layers so far, by diff_id: compression is the slow part.
    blobs: BTreeMap<DiffId, Vec<u8>>,
    registry: StaticRegistry,
}

/// The manifest of one platform.
struct Made {
    manifest: Vec<u8>,
    /// The config and the layers.
    blobs: Vec<Vec<u8>>,
}

impl Workshop<'_> {
    fn add_image(&mut self, image: &ImageRecipe) -> Result<(), Error> {
        let mut manifests = Vec::new();
        let mut tagged = Vec::new();
        for platform in &image.platforms {
            let made = self.for_platform(image, platform)?;
            for (repository, _) in &image.names {
                for blob in &made.blobs {
                    self.registry.add_blob(repository, blob);
                }
                self.registry.add_manifest(repository, &made.manifest);
            }
            let descriptor = describe(MediaType::OCI_MANIFEST, &made.manifest);
            manifests.push(NewDescriptor {
                platform: Some(platform.into()),
                ..descriptor
            });
            tagged = made.manifest;
        }
        if manifests.len() > 1 {
            tagged = documents::index(&manifests, &image.annotations);
        }
        for (repository, tag) in &image.names {
            self.registry.add_manifest(repository, &tagged);
            self.registry.tag(repository, tag, &tagged);
        }
        Ok(())
    }

    fn for_platform(&mut self, image: &ImageRecipe, platform: &Platform) -> Result<Made, Error> {
        let mut layers = Vec::new();
        let mut blobs = Vec::new();
        let mut diff_ids = Vec::new();
        let mut history = Vec::new();
        for step in &image.steps {
            match step {
                Step::Empty { created, command } => history.push(History {
                    created: &created.text,
                    created_by: command,
                    author: "",
                    comment: "",
                    empty_layer: true,
                }),
                Step::Layer(name) => {
                    // The parser has checked that it exists.
                    let Some(layer) = self.recipe.layers.get(name) else {
                        continue;
                    };
                    let tar = tar_of(layer, platform)?;
                    let diff_id = DiffId(Digest::sha256_of(&tar));
                    let blob = self
                        .blobs
                        .entry(diff_id.clone())
                        .or_insert_with(|| gzip(&tar));
                    layers.push(describe(GZIP_LAYER, blob));
                    blobs.push(blob.clone());
                    diff_ids.push(diff_id);
                    history.push(History {
                        created: &layer.created.text,
                        created_by: &layer.command,
                        author: &layer.author,
                        comment: &layer.comment,
                        empty_layer: false,
                    });
                }
            }
        }
        let config = json(&Config {
            created: history.last().map_or("", |step| step.created),
            author: &image.author,
            comment: &image.comment,
            architecture: &platform.architecture,
            variant: &platform.variant,
            os: &platform.os,
            config: &image.runtime,
            rootfs: RootFs {
                kind: "layers",
                diff_ids,
            },
            history,
        });
        let descriptor = describe(MediaType::OCI_CONFIG, &config);
        blobs.push(config);
        let annotations = &image.annotations;
        let manifest =
            documents::manifest(MediaType::OCI_MANIFEST, &descriptor, &layers, annotations);
        Ok(Made { manifest, blobs })
    }
}

fn gzip(tar: &[u8]) -> Vec<u8> {
    let mut stored = Vec::new();
    let mut writer = GzipWriter::new(&mut stored);
    writer.push(tar, &mut stored);
    writer.finish(&mut stored);
    stored
}

fn tar_of(layer: &LayerRecipe, platform: &Platform) -> Result<Vec<u8>, Error> {
    let mut tar = LayerTar::new();
    for entry in &layer.entries {
        let content = content_of(entry, platform);
        let xattrs: Vec<_> = entry
            .xattrs
            .iter()
            .map(|(name, value)| XattrRef { name, value })
            .collect();
        tar.entry(&NewEntry {
            path: &entry.path,
            kind: entry.kind,
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            size_bytes: content.len() as u64,
            mtime: entry.mtime.unwrap_or(layer.created.at),
            link: &entry.link,
            device: None,
            xattrs: &xattrs,
        })?;
        tar.content(&content)?;
    }
    Ok(tar.finish()?)
}

fn content_of(entry: &EntryRecipe, platform: &Platform) -> Vec<u8> {
    match &entry.content {
        Content::Program(size_bytes) => program(&entry.path, platform, *size_bytes),
        Content::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if text.contains('$') => text
                .replace(
                    "$platform",
                    &format!("{}/{}", platform.os, platform.architecture),
                )
                .replace("$arch", &platform.architecture)
                .into_bytes(),
            _ => bytes.clone(),
        },
    }
}

/// Returns bytes that begin like an ELF file and compress to about half, as programs do.
fn program(path: &[u8], platform: &Platform, size_bytes: u32) -> Vec<u8> {
    let seed = Digest::sha256_of(&[path, platform.architecture.as_bytes()].concat());
    let mut state = seed
        .encoded()
        .bytes()
        .fold(0x9e37_79b9_7f4a_7c15_u64, |state, byte| {
            state.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
        });
    // 64-bit, little-endian, version 1; the rest is noise of sixteen values.
    let magic = [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let noise = std::iter::repeat_with(move || {
        // A linear congruential generator (Knuth's constants): the high bits are the good ones.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 60) as u8 * 17
    });
    magic
        .into_iter()
        .chain(noise)
        .take(size_bytes as usize)
        .collect()
}
