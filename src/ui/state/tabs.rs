//! What is open side by side: each tab with what it shows.

use std::collections::BTreeSet;

use super::registry::{RegistryTab, RepositoryTab};
use super::source::{Source, routed_address, short_address};
use super::{FileSource, ImagePlace, Route, Shared, Unsaved};
use crate::protocol::{FoundRow, ImageView, OpenProgress, OtherRow, Problem, RequestId, Warning};
use crate::ui::text::visible::visible_text;

/// A tab, for as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TabId(pub u32);

/// A tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// Which one.
    pub id: TabId,
    /// What it shows.
    pub body: Body,
    /// What it showed before, for Back: registries and repositories on the way here, the last one last.
    pub past: Vec<Body>,
}

/// What a tab shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The start page.
    Home,
    /// Something is on its way.
    Opening(Opening),
    /// A registry's repositories.
    Registry(RegistryTab),
    /// A repository's tags.
    Repository(RepositoryTab),
    /// An archive with several images, or with none.
    Archive(ArchiveTab),
    /// An image.
    Image(ImageTab),
    /// A file that has to be handed over again.
    Wanted {
        /// Which.
        file: FileSource,
        /// Where in its image.
        place: ImagePlace,
        /// The key of a stored handle that may open it.
        handle: Option<String>,
    },
    /// What a link leads to, at a registry that was never asked: a person says whether it is.
    Linked {
        /// What opens it.
        text: String,
        /// Where in it.
        place: ImagePlace,
    },
    /// What was open before a reload: it is opened again when its tab is shown.
    Later {
        /// What it was.
        source: Source,
        /// Where in it.
        place: ImagePlace,
    },
    /// What could not be opened.
    Failed {
        /// What it was.
        source: Source,
        /// Where in it.
        place: ImagePlace,
        /// Why.
        problem: Problem,
    },
}

/// Something on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// What.
    pub source: Source,
    /// Where in it.
    pub place: ImagePlace,
    /// Which question of ours; answers to older ones are stale.
    pub ticket: u32,
    /// The worker's id of it, for progress and for cancelling.
    pub request: Option<RequestId>,
    /// How far it is.
    pub progress: Option<OpenProgress>,
    /// The archive that has been opened on the way.
    pub archive: Option<u32>,
    /// The layers over which the worker died: they are not read without being asked for.
    pub left_out: BTreeSet<u32>,
}

/// An archive's list of images.
#[derive(Clone, Debug, PartialEq)]
pub struct ArchiveTab {
    /// Where it came from.
    pub file: FileSource,
    /// The worker's key.
    pub archive: u32,
    /// Its images.
    pub images: Vec<FoundRow>,
    /// What else it holds.
    pub others: Vec<OtherRow>,
    /// What is odd.
    pub warnings: Vec<Warning>,
    /// An image that was asked for by its ID and is not among them.
    pub missing: Option<String>,
}

/// An open image.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageTab {
    /// Where it came from.
    pub source: Source,
    /// The archive that it is in.
    pub archive: Option<u32>,
    /// The image as it was when it opened.
    pub image: Shared<ImageView>,
    /// Where in it.
    pub place: ImagePlace,
    /// The layers over which the worker died: they are not read without being asked for.
    pub left_out: BTreeSet<u32>,
    /// Set for an image that was made here, until it is in a file or registry.
    pub unsaved: Option<Unsaved>,
    /// Another platform of it that is on its way.
    pub switching: Option<Opening>,
}

impl Opening {
    /// The first question for something.
    pub(super) fn of(source: Source, place: ImagePlace, ticket: u32) -> Opening {
        Opening {
            source,
            place,
            ticket,
            request: None,
            progress: None,
            archive: None,
            left_out: BTreeSet::new(),
        }
    }

    /// The next question on the way, now that the archive is open.
    pub(super) fn in_archive(self, archive: u32, ticket: u32) -> Opening {
        Opening {
            ticket,
            request: None,
            progress: None,
            archive: Some(archive),
            ..self
        }
    }
}

impl Tab {
    /// The route to what it shows.
    pub fn route(&self) -> Route {
        self.body.route()
    }

    /// What is on its way in it.
    pub fn opening(&self) -> Option<&Opening> {
        match &self.body {
            Body::Opening(opening) => Some(opening),
            Body::Image(image) => image.switching.as_ref(),
            _ => None,
        }
    }

    /// The same, to change it.
    pub(super) fn opening_mut(&mut self) -> Option<&mut Opening> {
        match &mut self.body {
            Body::Opening(opening) => Some(opening),
            Body::Image(image) => image.switching.as_mut(),
            _ => None,
        }
    }
}

impl Body {
    /// The route to it.
    pub fn route(&self) -> Route {
        match self {
            Body::Home => Route::Home,
            Body::Opening(opening) => opening.source.route(&opening.place),
            Body::Registry(registry) => Route::address(registry.address()),
            Body::Repository(repository) => Route::address(repository.address()),
            Body::Archive(archive) => {
                Source::File(archive.file.clone()).route(&ImagePlace::default())
            }
            Body::Image(image) => image.source.route(&image.place),
            Body::Wanted { file, place, .. } => Source::File(file.clone()).route(place),
            Body::Linked { text, place } => Source::address(text.clone()).route(place),
            Body::Later { source, place } | Body::Failed { source, place, .. } => {
                source.route(place)
            }
        }
    }

    /// Its name in the tab, made visible, without words of any language; empty for the start page.
    pub fn title(&self) -> String {
        match self {
            Body::Home => String::new(),
            Body::Opening(opening) => opening.source.title(),
            Body::Registry(registry) => visible_text(&registry.host),
            Body::Repository(repository) => visible_text(&repository.repository),
            Body::Archive(archive) => visible_text(&archive.file.name),
            Body::Image(image) => visible_text(&image.title()),
            Body::Wanted { file, .. } => visible_text(&file.name),
            Body::Linked { text, .. } => Source::address(text.clone()).title(),
            Body::Later { source, .. } => source.short_title(),
            Body::Failed { source, .. } => source.title(),
        }
    }

    /// What the address field shows: what opens it when it is typed; empty for files.
    pub fn address(&self) -> String {
        match self.route() {
            Route::Address { text, .. } => text,
            Route::Home | Route::File { .. } => String::new(),
        }
    }

    /// What stands above it in its registry: its name and address.
    pub fn parent(&self) -> Option<(String, String)> {
        match self {
            Body::Repository(repository) => {
                Some((repository.host.clone(), repository.registry_address()))
            }
            Body::Image(image) => image.repository(),
            _ => None,
        }
    }

    /// Whether it is nothing that anyone would miss: another thing may take its tab.
    pub(super) fn is_disposable(&self) -> bool {
        matches!(
            self,
            Body::Home | Body::Failed { .. } | Body::Wanted { .. } | Body::Linked { .. }
        )
    }

    /// Whether it lists the registry that an address is in.
    pub(super) fn lists_registry_of(&self, text: &str) -> bool {
        let host = |text: &str| {
            let short = short_address(text);
            short.split('/').next().unwrap_or(short).to_owned()
        };
        self.listed_registry()
            .is_some_and(|url| host(url) == host(text))
    }

    /// The base URL of the registry that it lists, when it lists one.
    pub(super) fn listed_registry(&self) -> Option<&str> {
        match self {
            Body::Registry(registry) => Some(&registry.url),
            Body::Repository(repository) => Some(&repository.url),
            _ => None,
        }
    }
}

impl ImageTab {
    /// Its name in the tab: without the host, which the address field shows.
    fn title(&self) -> String {
        match &self.source {
            Source::Address { text, .. } => match short_address(text).split_once('/') {
                Some((_, path)) => path.to_owned(),
                None => self.image.title.clone(),
            },
            Source::File(_) => self.image.title.clone(),
        }
    }

    /// The address of the image, exact, and its source with it.
    pub(super) fn exact_source(source: Source, image: &ImageView) -> Source {
        match source {
            Source::Address { text, by_link } => Source::Address {
                by_link,
                text: image.address.as_deref().map_or(text, routed_address),
            },
            Source::File(mut file) => {
                file.image_id = image.image_id.clone().or(file.image_id);
                Source::File(file)
            }
        }
    }

    /// The repository that it came from, as name and address; nothing for files.
    fn repository(&self) -> Option<(String, String)> {
        let Source::Address { text, .. } = &self.source else {
            return None;
        };
        let scheme = text.strip_suffix(short_address(text))?;
        let (host, path) = short_address(text).split_once('/')?;
        let path = path.split_once('@').map_or(path, |(before, _)| before);
        let name = match path.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => name,
            _ => path,
        };
        Some((name.to_owned(), format!("{scheme}{host}/{name}")))
    }
}
