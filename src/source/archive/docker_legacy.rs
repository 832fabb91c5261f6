//! Reads archives of Docker before 1.10: `repositories`, and a folder `<id>/{VERSION,json,layer.tar}` for each layer.
//!
//! An image is a chain from a tagged id along `parent` to the base. The ids are not digests, so there is no image ID.

use crate::message::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::image::{ConfigDocument, Digest, LegacyImage, Oddity, escape, read_repositories};
use crate::layer::{Notice, Warning};
use crate::source::{Annotations, Error, FoundImage, FoundLayer, Origin};

use super::members::Members;
use super::opened::{Contents, OtherContent};
use super::store::{FoundBlob, Store, is_cancelled, missing, refuse, warn_of};

const REPOSITORIES: &str = "repositories";

/// The parsed `<id>/json` and its bytes.
struct Layer {
    image: LegacyImage,
    bytes: Rc<[u8]>,
    oddities: Vec<Oddity>,
}

type Layers = BTreeMap<String, Result<Layer, Error>>;

/// True if the archive has at least one such folder.
pub(super) fn is_present(members: &Members) -> bool {
    ids(members).next().is_some()
}

/// Returns the ids of all layers: the top-level folders that hold a `json` and a `layer.tar` or `VERSION`.
fn ids(members: &Members) -> impl Iterator<Item = &str> {
    members.paths().filter_map(move |path| {
        let id = std::str::from_utf8(path).ok()?.strip_suffix("/json")?;
        let holds = |name: &str| members.has(&format!("{id}/{name}"));
        (!id.contains('/') && (holds("layer.tar") || holds("VERSION"))).then_some(id)
    })
}

/// Reads every `<id>/json` and assembles the chains.
///
/// # Errors
/// When the person cancels.
pub(super) async fn read(store: &Store<'_>) -> Result<Contents, Error> {
    let mut contents = Contents::default();
    let layers = read_layers(store, &mut contents).await?;
    let tagged = read_tags(store, &mut contents).await?;
    let heads = tagged.unwrap_or_else(|| untagged_heads(&layers));
    let mut left = Room {
        layers: store
            .limits
            .documents
            .index_visits
            .saturating_mul(CHAINS_PER_LAYER),
        text_bytes: store.limits.documents.documents_bytes,
    };
    for (at, (id, mut names)) in heads.into_iter().enumerate() {
        names.retain(|name| name.len() <= store.limits.image.name_bytes);
        names.truncate(store.limits.image.names);
        if at >= store.limits.documents.index_visits || left.is_used_up() {
            let n_seen = at as u64;
            let notice = Notice::TooManyDocuments { n_seen };
            contents.warnings.push(Warning::new(notice, b""));
            break;
        }
        match image(store, &layers, &id, names.clone()) {
            Ok(image) => {
                left.take(&image);
                contents.images.push(image);
            }
            Err(error) => contents
                .others
                .push(OtherContent::unavailable(names, error)),
        }
    }
    Ok(contents)
}

/// The number of images that each layer of an archive may belong to, on average.
const CHAINS_PER_LAYER: usize = 8;

/// The remaining budget: each image holds its own copy of all layers of its chain and of their history.
struct Room {
    layers: usize,
    text_bytes: u64,
}

impl Room {
    fn is_used_up(&self) -> bool {
        self.layers == 0 || self.text_bytes == 0
    }

    fn take(&mut self, image: &FoundImage) {
        self.layers = self.layers.saturating_sub(image.layers.len());
        let config = image
            .config
            .as_ref()
            .and_then(|config| config.as_ref().ok());
        let history = config.map_or(&[][..], |config| &config.config.history);
        for step in history {
            let bytes = [&step.created_by, &step.author, &step.comment].map(String::len);
            let bytes = bytes.into_iter().fold(0, usize::saturating_add);
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            self.text_bytes = self.text_bytes.saturating_sub(bytes);
        }
    }
}

async fn read_layers(store: &Store<'_>, contents: &mut Contents) -> Result<Layers, Error> {
    let mut layers = Layers::new();
    for id in ids(store.members) {
        if layers.len() >= store.limits.documents.index_visits {
            let n_seen = layers.len() as u64;
            let notice = Notice::TooManyDocuments { n_seen };
            contents.warnings.push(Warning::new(notice, b""));
            break;
        }
        let read = read_layer(store, id).await;
        if let Err(error) = &read
            && is_cancelled(error)
        {
            return Err(error.clone());
        }
        layers.insert(id.to_owned(), read);
    }
    Ok(layers)
}

async fn read_layer(store: &Store<'_>, id: &str) -> Result<Layer, Error> {
    let path = format!("{id}/json");
    let bytes = store.document_at(&path).await?;
    let (image, oddities) = LegacyImage::parse(&bytes, store.limits.documents.json_bytes)
        .map_err(|error| refuse(&path, error))?;
    Ok(Layer {
        image,
        bytes,
        oddities,
    })
}

/// Returns the tagged ids in the order of their first tag, each with all its names. `None` without `repositories`.
async fn read_tags(
    store: &Store<'_>,
    contents: &mut Contents,
) -> Result<Option<Vec<(String, Vec<String>)>>, Error> {
    if !store.members.has(REPOSITORIES) {
        return Ok(None);
    }
    let read = store.document_at(REPOSITORIES).await.and_then(|bytes| {
        read_repositories(&bytes, store.limits.documents.json_bytes)
            .map_err(|error| refuse(REPOSITORIES, error))
    });
    let (repositories, oddities) = match read {
        Ok(read) => read,
        Err(error) if is_cancelled(&error) => return Err(error),
        Err(error) => {
            let reason = (&error).into();
            let notice = Notice::UnreadableRepositories { reason };
            contents
                .warnings
                .push(Warning::new(notice, REPOSITORIES.as_bytes()));
            return Ok(None);
        }
    };
    let oddities = oddities.iter().map(|o| warn_of(REPOSITORIES, o));
    contents.warnings.extend(oddities);
    let mut heads: Vec<(String, Vec<String>)> = Vec::new();
    let mut position: BTreeMap<String, usize> = BTreeMap::new();
    for (repository, tags) in repositories {
        for (tag, id) in tags {
            let at = *position.entry(id.clone()).or_insert_with(|| {
                heads.push((id, Vec::new()));
                heads.len() - 1
            });
            if let Some((_, names)) = heads.get_mut(at) {
                names.push(format!("{repository}:{tag}"));
            }
        }
    }
    Ok(Some(heads))
}

/// Returns the ids that are no other layer's parent (AF-04).
fn untagged_heads(layers: &Layers) -> Vec<(String, Vec<String>)> {
    let read = layers.values().filter_map(|layer| layer.as_ref().ok());
    let mut parents = BTreeSet::new();
    parents.extend(read.filter_map(|l| l.image.parent.as_deref()));
    let heads = layers.keys().filter(|id| !parents.contains(id.as_str()));
    heads.map(|id| (id.clone(), Vec::new())).collect()
}

fn image(
    store: &Store<'_>,
    layers: &Layers,
    head: &str,
    names: Vec<String>,
) -> Result<FoundImage, Error> {
    let top = match layers.get(head) {
        Some(Ok(top)) => top,
        Some(Err(error)) => return Err(error.clone()),
        None => return Err(missing(&format!("{head}/json"))),
    };
    let mut chain = Chain::default();
    chain.walk(store, layers, head)?;
    let mut config = top.image.config.clone();
    config.history = chain.history.into_iter().rev().collect();
    chain.layers.reverse();
    let mut warnings: Vec<_> = top.oddities.iter().map(|o| warn_of("json", o)).collect();
    warnings.extend(chain.warning);
    let platform = config.platform.clone();
    let config = ConfigDocument {
        bytes: Rc::clone(&top.bytes),
        digest: Digest::sha256_of(&top.bytes),
        config,
        oddities: top.oddities.clone(),
    };
    Ok(FoundImage {
        names,
        origin: Origin::DockerLegacy,
        image_id: None,
        manifest: None,
        index_digest: None,
        index: None,
        beside: None,
        platform: (!platform.is_empty()).then_some(platform),
        config: Some(Ok(config)),
        layers: chain.layers,
        annotations: Annotations::default(),
        artifact_type: None,
        warnings,
    })
}

/// The layers from a tagged id down to its base, top first.
#[derive(Default)]
struct Chain {
    layers: Vec<FoundLayer>,
    history: Vec<crate::image::HistoryEntry>,
    warning: Option<Warning>,
}

impl Chain {
    fn walk(&mut self, store: &Store<'_>, layers: &Layers, head: &str) -> Result<(), Error> {
        let mut seen = BTreeSet::new();
        let mut next = Some(head);
        while let Some(id) = next {
            if self.layers.len() >= store.limits.image.layers {
                return Err(Error::TooLarge {
                    what: Message::chain_of(head.to_string()),
                    limit: Message::limit_layers(store.limits.image.layers),
                });
            }
            if !seen.insert(id) {
                self.warning = Some(Warning::new(Notice::ParentCircle, id.as_bytes()));
                return Ok(());
            }
            next = match layers.get(id) {
                Some(Ok(layer)) => {
                    self.layers.push(layer_of(store, id));
                    self.history.push(layer.image.history_entry());
                    layer.image.parent.as_deref()
                }
                Some(Err(error)) => return self.end(id, error.clone()),
                None => {
                    return self.end(
                        id,
                        Error::Missing {
                            what: Message::layer_named(id.to_string()),
                        },
                    );
                }
            };
        }
        Ok(())
    }

    /// Ends the chain at a parent that cannot be read. One unreadable layer stands for it and all layers below (AF-05).
    fn end(&mut self, id: &str, error: Error) -> Result<(), Error> {
        let reason = (&error).into();
        let notice = Notice::MissingParent { reason };
        self.warning = Some(Warning::new(notice, id.as_bytes()));
        self.history.push(crate::image::HistoryEntry::default());
        self.layers.push(found_layer(Err(error)));
        Ok(())
    }
}

fn layer_of(store: &Store<'_>, id: &str) -> FoundLayer {
    let path = format!("{id}/layer.tar");
    let member = store.members.member(path.as_bytes());
    let name = escape(path.as_bytes());
    found_layer(member.map(|m| FoundBlob::of_member(name, m).into_blob()))
}

fn found_layer(blob: Result<Rc<dyn crate::source::Blob>, Error>) -> FoundLayer {
    FoundLayer {
        media_type: None,
        digest: None,
        size_bytes: None,
        diff_id: None,
        annotations: BTreeMap::new(),
        blob,
    }
}
