//! Defines the tabs and what each of them shows.

use std::collections::BTreeSet;

use super::guide::Guide;
use super::image::ImageState;
use super::registry::{RegistryTab, RepositoryTab};
use super::source::{TabSource, routed_address, short_address};
use super::{FileSource, ImagePlace, Route, Shared, Unsaved};
use crate::protocol::{
    Digest, FoundRow, ImageView, OpenProgress, OtherRow, Problem, RequestId, Warning,
};
use crate::ui::text::visible::visible_text;

/// Identifies a tab for as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TabId(pub u32);

/// A tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// Number that never changes while the tab is open.
    pub id: TabId,
    /// The content that the tab shows now.
    pub body: Body,
    /// Lists of registries and repositories that the tab showed before, for Back; the most recent one last.
    pub past: Vec<Body>,
}

/// The content of a tab.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a tab has one")]
pub enum Body {
    /// The start page.
    Home,
    /// The guide to a private registry.
    Guide(Guide),
    /// An opening in progress.
    Opening(Opening),
    /// A registry's repositories.
    Registry(RegistryTab),
    /// A repository's tags.
    Repository(RepositoryTab),
    /// An archive shown as a list, such as one with several images or with none.
    Archive(ArchiveTab),
    /// An image.
    Image(ImageTab),
    /// A file that the user has to hand over again.
    Wanted {
        /// The file that is missing.
        file: FileSource,
        /// Place in its image.
        place: ImagePlace,
        /// Key of a stored handle that may open it; `None` if there is none.
        handle: Option<String>,
    },
    /// A link's target at a registry that was never contacted; the user decides whether to contact it.
    Linked {
        /// Address that opens the target.
        text: String,
        /// Place in the target.
        place: ImagePlace,
    },
    /// An entry from before a reload; it is reopened when its tab is shown.
    Later {
        /// Source to reopen.
        source: TabSource,
        /// Place in it.
        place: ImagePlace,
    },
    /// An opening that failed.
    Failed {
        /// Source that did not open.
        source: TabSource,
        /// Place in it.
        place: ImagePlace,
        /// Reason of the failure.
        problem: Problem,
    },
}

/// An opening in progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// Source being opened.
    pub source: TabSource,
    /// Place in it to show.
    pub place: ImagePlace,
    /// Number of the current question; answers to earlier ones are stale.
    pub request: RequestId,
    /// Progress reported last; `None` before the first report.
    pub progress: Option<OpenProgress>,
    /// Key of the archive that has been opened on the way.
    pub archive: Option<u32>,
    /// Layers that the worker was reading when it died; they are read only on request.
    pub left_out: BTreeSet<u32>,
}

/// An archive's list of images.
#[derive(Clone, Debug, PartialEq)]
pub struct ArchiveTab {
    /// File or folder of the archive.
    pub file: FileSource,
    /// The worker's key of the archive.
    pub archive: u32,
    /// Images in the archive.
    pub images: Vec<FoundRow>,
    /// Entries that are not images, and images that cannot be opened.
    pub others: Vec<OtherRow>,
    /// Oddities found in the archive.
    pub warnings: Vec<Warning>,
    /// ID of an image that was asked for and is not in the archive.
    pub missing: Option<Digest>,
}

/// An open image.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageTab {
    /// Source that reopens the image.
    pub source: TabSource,
    /// Key of the archive that holds the image; `None` for a registry's image.
    pub archive: Option<u32>,
    /// The image itself. Its page draws it, and the tab takes its title and its place from it.
    pub state: Shared<ImageState>,
    /// Layers that the worker was reading when it died; they are read only on request.
    pub left_out: BTreeSet<u32>,
    /// `Some` for an image that was made here, until it is saved to a file or pushed to a registry.
    pub unsaved: Option<Unsaved>,
    /// Another platform of the image that is being opened.
    pub switching: Option<Opening>,
}

impl Opening {
    /// Creates an opening with its first request.
    pub(super) fn of(source: TabSource, place: ImagePlace, request: RequestId) -> Opening {
        Opening {
            source,
            place,
            request,
            progress: None,
            archive: None,
            left_out: BTreeSet::new(),
        }
    }

    /// Continues the opening with the next request, now that the archive is open.
    pub(super) fn in_archive(self, archive: u32, request: RequestId) -> Opening {
        Opening {
            request,
            progress: None,
            archive: Some(archive),
            ..self
        }
    }
}

impl Tab {
    /// Returns the repository and the registry that the tab shows, or showed before.
    pub fn lists(&self) -> (Option<&RepositoryTab>, Option<&RegistryTab>) {
        let bodies = || self.past.iter().chain([&self.body]).rev();
        let repository = bodies().find_map(|body| match body {
            Body::Repository(repository) => Some(repository),
            _ => None,
        });
        let registry = bodies().find_map(|body| match body {
            Body::Registry(registry) => Some(registry),
            _ => None,
        });
        (repository, registry)
    }

    /// Returns the route to what the tab shows.
    pub fn route(&self) -> Route {
        self.body.route()
    }

    /// Returns the opening in progress, if there is one.
    pub fn opening(&self) -> Option<&Opening> {
        match &self.body {
            Body::Opening(opening) => Some(opening),
            Body::Image(image) => image.switching.as_ref(),
            _ => None,
        }
    }

    /// Returns the opening in progress for changing.
    pub(super) fn opening_mut(&mut self) -> Option<&mut Opening> {
        match &mut self.body {
            Body::Opening(opening) => Some(opening),
            Body::Image(image) => image.switching.as_mut(),
            _ => None,
        }
    }
}

impl Body {
    /// Returns the route to this view.
    pub fn route(&self) -> Route {
        match self {
            Body::Home => Route::Home,
            Body::Guide(guide) => guide.route(),
            Body::Opening(opening) => opening.source.route(&opening.place),
            Body::Registry(registry) => Route::address(registry.address()),
            Body::Repository(repository) => Route::address(repository.address()),
            Body::Archive(archive) => {
                TabSource::File(archive.file.clone()).route(&ImagePlace::default())
            }
            Body::Image(image) => image.source.route(&image.state.place()),
            Body::Wanted { file, place, .. } => TabSource::File(file.clone()).route(place),
            Body::Linked { text, place } => TabSource::address(text.clone()).route(place),
            Body::Later { source, place } | Body::Failed { source, place, .. } => {
                source.route(place)
            }
        }
    }

    /// Returns the title of the tab with invisible characters made visible, free of any language's words; empty for
    /// the start page and the guide.
    pub fn title(&self) -> String {
        match self {
            Body::Home | Body::Guide(_) => String::new(),
            Body::Opening(opening) => opening.source.title(),
            Body::Registry(registry) => visible_text(&registry.host),
            Body::Repository(repository) => visible_text(&repository.repository),
            Body::Archive(archive) => visible_text(&archive.file.name),
            Body::Image(image) => visible_text(&image.title()),
            Body::Wanted { file, .. } => visible_text(&file.name),
            Body::Linked { text, .. } => TabSource::address(text.clone()).title(),
            Body::Later { source, .. } => source.short_title(),
            Body::Failed { source, .. } => source.title(),
        }
    }

    /// Returns the text of the address field, which opens this view when typed; empty for files.
    pub fn address(&self) -> String {
        match self.route() {
            Route::Address { text, .. } => text,
            Route::Home | Route::Guide { .. } | Route::File { .. } => String::new(),
        }
    }

    /// Returns the name and the address of the level above in the registry; `None` if there is none.
    pub fn parent(&self) -> Option<(String, String)> {
        match self {
            Body::Repository(repository) => {
                Some((repository.host.clone(), repository.registry_address()))
            }
            Body::Image(image) => image.repository(),
            _ => None,
        }
    }

    /// True if nobody would miss this view, so that another one may take its tab.
    pub(super) fn is_disposable(&self) -> bool {
        matches!(
            self,
            Body::Home | Body::Failed { .. } | Body::Wanted { .. } | Body::Linked { .. }
        )
    }

    /// True if this view lists the registry of the address.
    pub(super) fn lists_registry_of(&self, text: &str) -> bool {
        let host = |text: &str| {
            let short = short_address(text);
            short.split('/').next().unwrap_or(short).to_owned()
        };
        self.listed_registry()
            .is_some_and(|url| host(url) == host(text))
    }

    /// Returns the base URL of the listed registry; `None` if this view is no list of a registry.
    pub(super) fn listed_registry(&self) -> Option<&str> {
        match self {
            Body::Registry(registry) => Some(&registry.url),
            Body::Repository(repository) => Some(&repository.url),
            _ => None,
        }
    }
}

impl ImageTab {
    /// Returns the title of the tab, without the host, which the address field shows.
    fn title(&self) -> String {
        match &self.source {
            TabSource::Address { text, .. } => match short_address(text).split_once('/') {
                Some((_, path)) => path.to_owned(),
                None => self.state.image.title.clone(),
            },
            TabSource::File(_) => self.state.image.title.clone(),
        }
    }

    /// Returns the source with the exact address or the ID of the image.
    pub(super) fn exact_source(source: TabSource, image: &ImageView) -> TabSource {
        match source {
            TabSource::Address { text, by_link } => TabSource::Address {
                by_link,
                text: image.address.as_deref().map_or(text, routed_address),
            },
            TabSource::File(mut file) => {
                file.image_id = image.image_id.clone().or(file.image_id);
                TabSource::File(file)
            }
        }
    }

    /// Returns the name and the address of the image's repository; `None` for files.
    fn repository(&self) -> Option<(String, String)> {
        let TabSource::Address { text, .. } = &self.source else {
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
