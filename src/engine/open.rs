//! Opens archives, registries, repositories and images.

use crate::message::{Code, Message};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::protocol::{
    AddressHint, AddressKind, ArchiveView, CatalogAnswer, Event, FoundRow, ImageView, OpenProgress,
    OpenedAddress, OtherRow, OtherWhat, PlatformRow, Problem, ProblemCode, RegistryView,
    RepositoryView, RequestId, TagsAnswer, count,
};
use crate::source::archive::{self, ArchiveProgress, Input, OtherContent, OtherKind};
use crate::source::registry::{
    Access, Asker, Client, Cursor, Endpoint, Listed, OpenedReference, PlatformChoice, RegistryWorld,
};
use crate::source::{Error, FoundImage};
use crate::workspace::{Located, OpenImage, Remote, Within, address_of, shown_address};

use super::cancel::Cancel;
use super::platforms::{platform_row, siblings, told_apart};
use super::session::Place;
use super::{PickedInput, Session, World, view};

/// The registries that were asked, by base URL.
#[derive(Default)]
pub(super) struct Registries {
    clients: RefCell<BTreeMap<String, Rc<Client>>>,
}

/// Milliseconds between progress events. To render more of them takes longer than to open most archives.
const TELL_MILLIS: f64 = 100.0;

/// The reason that a page does not ask Docker Hub.
pub(super) const NO_DOCKER_HUB: Code = Code::DockerHub;

/// Parses the cursor that the page was given. Nothing is kept here, since a page may be older than this worker.
fn cursor_of(text: Option<&str>) -> Result<Option<Cursor>, Problem> {
    let malformed = |text: &str| {
        let detail = Message::bad_cursor();
        Problem::new(ProblemCode::BadAddress, Message::verbatim(text), detail)
    };
    text.map(|text| Cursor::parse(text).ok_or_else(|| malformed(text)))
        .transpose()
}

impl<W: World> Session<W> {
    pub(super) async fn open_file(
        &self,
        id: RequestId,
        name: String,
        files: Vec<PickedInput>,
        cancel: &Cancel,
    ) -> Result<ArchiveView, Problem> {
        let file = files.into_iter().next().ok_or_else(no_file)?;
        let bytes = file.bytes;
        self.open_input(id, name.clone(), Input::File { name, bytes }, cancel)
            .await
    }

    pub(super) async fn open_folder(
        &self,
        id: RequestId,
        name: String,
        paths: Vec<String>,
        files: Vec<PickedInput>,
        cancel: &Cancel,
    ) -> Result<ArchiveView, Problem> {
        let paths = paths.into_iter().map(String::into_bytes);
        let input = Input::Folder {
            name: name.clone(),
            files: paths
                .zip(files.into_iter().map(|file| file.bytes))
                .collect(),
        };
        self.open_input(id, name, input, cancel).await
    }

    async fn open_input(
        &self,
        id: RequestId,
        name: String,
        input: Input,
        cancel: &Cancel,
    ) -> Result<ArchiveView, Problem> {
        let told_millis = Cell::new(self.world.now_millis());
        let progress = |progress: ArchiveProgress| -> ControlFlow<()> {
            let now_millis = self.world.now_millis();
            if now_millis - told_millis.get() >= TELL_MILLIS {
                told_millis.set(now_millis);
                self.tell_opening(id, archive_progress(progress));
            }
            cancel.check()
        };
        self.expect_layers();
        let spool = || self.world.spool();
        let opened = archive::open(input, spool, &self.limits, &progress).await;
        let opened = opened.map_err(|error| Problem::from(&error))?;
        let archive = self.new_key();
        let images: Vec<_> = opened.images.iter().map(found_row).collect();
        let others = opened.others.iter().map(other_row).collect();
        let warnings = opened.warnings.clone();
        self.archives.borrow_mut().insert(archive, Rc::new(opened));
        let only = match images.as_slice() {
            [_] => Some(Box::new(self.opened_of(archive, 0)?)),
            _ => None,
        };
        Ok(ArchiveView {
            archive,
            name,
            images,
            others,
            warnings,
            only,
        })
    }

    pub(super) async fn open_found(
        &self,
        archive: u32,
        position: u32,
    ) -> Result<ImageView, Problem> {
        self.opened_of(archive, position)
    }

    /// Opens an image of an open archive.
    fn opened_of(&self, archive: u32, position: u32) -> Result<ImageView, Problem> {
        let opened = self.archives.borrow().get(&archive).cloned();
        let closed = || {
            Problem::new(
                ProblemCode::Closed,
                Message::none(),
                Message::archive_closed(),
            )
        };
        let opened = opened.ok_or_else(closed)?;
        let found = opened.images.get(position as usize).ok_or_else(closed)?;
        let place = Place::Archive {
            archive,
            name: opened.name.clone(),
            platforms: siblings(&opened, found),
        };
        let image = OpenImage::new(found.clone(), self.limits);
        self.opened(image, place)
    }

    fn opened(&self, image: OpenImage, place: Place) -> Result<ImageView, Problem> {
        let key = self.show(image, place);
        let shown = self.shown(key)?;
        let shown = shown.borrow();
        Ok(view::image_view(key, &shown))
    }

    pub(super) async fn open_address(
        &self,
        id: RequestId,
        text: &str,
        platform: &PlatformChoice,
        cancel: &Cancel,
    ) -> Result<OpenedAddress, Problem> {
        let Located {
            remote,
            other_reading,
        } = Remote::locate(text).map_err(|error| {
            Problem::new(
                ProblemCode::BadAddress,
                Message::verbatim(shown_address(text)),
                &error,
            )
        })?;
        if remote.host.is_docker_hub() && !self.may_read_without_cors() {
            return Err(Problem::new(
                ProblemCode::DockerHub,
                Message::verbatim(text),
                NO_DOCKER_HUB,
            ));
        }
        let url = remote.host.to_string();
        self.tell_opening(id, OpenProgress::Connecting { url });
        let (client, base) = self.connect(&remote.host).await?;
        if cancel.check().is_break() {
            return Err(Problem::new(
                ProblemCode::Cancelled,
                Message::verbatim(text),
                Message::cancelled(),
            ));
        }
        self.tell_opening(id, OpenProgress::Documents);
        let host = remote.host.authority().to_owned();
        let other_reading = other_reading.map(|(text, within)| AddressHint {
            text,
            kind: kind_of(&within),
        });
        let opened = match &remote.within {
            Within::Catalog => OpenedAddress::Registry(RegistryView {
                url: shown_base(&base, &remote.host),
                host,
                catalog: self.catalog_page(&client, None).await?,
                other_reading,
            }),
            Within::Repository(repository) => OpenedAddress::Repository(RepositoryView {
                url: shown_base(&base, &remote.host),
                host,
                repository: repository.clone(),
                tags: self.tags_page(&client, repository, None).await?,
                other_reading,
            }),
            Within::Image(repository, target) => {
                self.expect_layers();
                let opened = client.open(repository, target, platform).await;
                let opened = opened.map_err(|error| Problem::from(&error))?;
                // The person can allow the host, and the image is whole only then.
                if let Some(Err(error)) = &opened.image.config
                    && Message::from(error).text_of(Code::HostAsked).is_some()
                {
                    return Err(Problem::from(error));
                }
                let address = address_of(&base, remote.host.prefix(), &remote.within);
                OpenedAddress::Image(self.opened_reference(opened, address)?)
            }
        };
        Ok(opened)
    }

    fn opened_reference(
        &self,
        opened: OpenedReference,
        address: String,
    ) -> Result<ImageView, Problem> {
        let platforms = opened.platforms.iter().enumerate();
        let rows = platforms.map(|(at, entry)| {
            let platform = entry.descriptor.platform.as_ref();
            let (platform, row) = platform_row(platform, Some(&entry.digest));
            let selected = opened.chosen == Some(at);
            (platform, PlatformRow { selected, ..row })
        });
        let place = Place::Registry {
            address,
            name: opened.image.names.first().cloned(),
            platforms: told_apart(rows.collect()),
        };
        self.opened(OpenImage::new(self.kept(opened.image), self.limits), place)
    }

    /// Returns the client of a registry, connected before or new, and the base URL at which the registry answers.
    pub(super) async fn connect(&self, host: &Endpoint) -> Result<(Rc<Client>, String), Problem> {
        let known = self
            .registries
            .clients
            .borrow()
            .get(&host.to_string())
            .cloned();
        let client = known.unwrap_or_else(|| {
            let world = RegistryWorld {
                transport: self.world.transport(),
                clock: self.world.clock(),
            };
            let asker = match self.world.page_is_https() {
                _ if self.world.is_relayed() => Asker::Native,
                true => Asker::HttpsPage,
                false => Asker::HttpPage,
            };
            Rc::new(Client::new(world, host.clone(), asker, self.limits))
        });
        let connection = client.connect().await;
        let connection = connection.map_err(|error| {
            let mut problem = Problem::from(&error);
            // The registry may speak only http, which an https page cannot find out.
            let is_https = self.world.page_is_https() && host.asks_https_alone();
            if is_https && problem.code == ProblemCode::Unreachable {
                problem.code = ProblemCode::HttpsUnreachable;
            }
            problem
        })?;
        let mut clients = self.registries.clients.borrow_mut();
        // The same registry by another name: a sign-in there stays valid.
        let client = clients.get(&connection.base).cloned().unwrap_or(client);
        clients.insert(host.to_string(), Rc::clone(&client));
        clients.insert(connection.base.clone(), Rc::clone(&client));
        Ok((client, connection.base))
    }

    pub(super) async fn catalog(
        &self,
        registry: &str,
        cursor: Option<String>,
    ) -> Result<CatalogAnswer, Problem> {
        let client = self.client(registry).await?;
        self.catalog_page(&client, cursor.as_deref()).await
    }

    pub(super) async fn tags(
        &self,
        registry: &str,
        repository: &str,
        cursor: Option<String>,
    ) -> Result<TagsAnswer, Problem> {
        let client = self.client(registry).await?;
        self.tags_page(&client, repository, cursor.as_deref()).await
    }

    /// True if a host that sends no CORS headers may be read all the same: a relay asks it, or the person can allow it
    /// to an extension.
    pub(super) fn may_read_without_cors(&self) -> bool {
        self.world.is_relayed() || self.world.is_extension()
    }

    pub(super) async fn client(&self, registry: &str) -> Result<Rc<Client>, Problem> {
        let host = Endpoint::parse(registry).map_err(|error| {
            Problem::new(ProblemCode::BadAddress, Message::verbatim(registry), &error)
        })?;
        Ok(self.connect(&host).await?.0)
    }

    async fn catalog_page(
        &self,
        client: &Client,
        cursor: Option<&str>,
    ) -> Result<CatalogAnswer, Problem> {
        let cursor = cursor_of(cursor)?;
        let connection = client.connect().await;
        let connection = connection.map_err(|error| Problem::from(&error))?;
        let only_for_names = matches!(connection.access, Access::Login | Access::Hidden);
        let catalog = client.catalog(cursor.as_ref()).await;
        Ok(match catalog.map_err(|error| Problem::from(&error))? {
            Listed::Offered(page) => CatalogAnswer {
                offered: true,
                wants_sign_in: false,
                repositories: page.items,
                cursor: page.next.as_ref().map(Cursor::to_text),
                is_cut_off: page.is_cut_off,
            },
            // Without a login there is nothing to show.
            Listed::NotOffered(error @ Error::LoginNeeded { .. }) if only_for_names => {
                return Err(Problem::from(&error));
            }
            Listed::NotOffered(error) => CatalogAnswer {
                offered: false,
                wants_sign_in: matches!(error, Error::LoginNeeded { .. }),
                repositories: Vec::new(),
                cursor: None,
                is_cut_off: false,
            },
        })
    }

    async fn tags_page(
        &self,
        client: &Client,
        repository: &str,
        cursor: Option<&str>,
    ) -> Result<TagsAnswer, Problem> {
        let cursor = cursor_of(cursor)?;
        let tags = match &cursor {
            Some(cursor) => client
                .tags(repository, Some(cursor))
                .await
                .map(Listed::Offered),
            None => client.first_tags(repository).await,
        };
        Ok(match tags.map_err(|error| Problem::from(&error))? {
            Listed::Offered(page) => TagsAnswer {
                offered: true,
                tags: page.items,
                cursor: page.next.as_ref().map(Cursor::to_text),
                is_cut_off: page.is_cut_off,
            },
            Listed::NotOffered(_) => TagsAnswer {
                offered: false,
                tags: Vec::new(),
                cursor: None,
                is_cut_off: false,
            },
        })
    }

    /// Starts a reader ahead of time, which takes as long as reading an archive's documents. Both run at once.
    fn expect_layers(&self) {
        if let Some(readers) = self.world.readers() {
            readers.expect();
        }
    }

    fn tell_opening(&self, request: RequestId, progress: OpenProgress) {
        self.world.tell(Event::Opening { request, progress });
    }
}

/// Returns the base URL as the page shows and reopens it: with `/v2` if the registry is below a folder.
pub(super) fn shown_base(base: &str, host: &Endpoint) -> String {
    address_of(base, host.prefix(), &Within::Catalog)
}

fn kind_of(within: &Within) -> AddressKind {
    match within {
        Within::Catalog => AddressKind::Registry,
        Within::Repository(_) => AddressKind::Repository,
        Within::Image(..) => AddressKind::Image,
    }
}

fn no_file() -> Problem {
    Problem::new(
        ProblemCode::Internal,
        Message::none(),
        Message::no_file_came(),
    )
}

fn archive_progress(progress: ArchiveProgress) -> OpenProgress {
    match progress {
        ArchiveProgress::Decoding {
            stored_bytes,
            stored_total_bytes,
            decoded_bytes,
        } => OpenProgress::Unpacking {
            read_bytes: stored_bytes,
            total_bytes: stored_total_bytes,
            decoded_bytes,
        },
        ArchiveProgress::Scanning {
            position_bytes,
            total_bytes,
            n_members,
        } => OpenProgress::Scanning {
            read_bytes: position_bytes,
            total_bytes,
            n_members,
        },
        ArchiveProgress::Reading { .. } => OpenProgress::Documents,
    }
}

fn found_row(found: &FoundImage) -> FoundRow {
    let config = found
        .config
        .as_ref()
        .and_then(|config| config.as_ref().ok());
    let mut layers = found.layers.iter();
    FoundRow {
        names: found.names.clone(),
        image_id: found.image_id.clone(),
        platform: found.platform.clone(),
        created: config
            .and_then(|c| c.config.created.as_ref())
            .map(|created| created.raw.clone()),
        stored_bytes: layers.try_fold(0, |sum: u64, layer| sum.checked_add(layer.claimed_bytes()?)),
        n_layers: count(found.layers.len()),
        artifact_type: found.artifact_type.clone(),
    }
}

fn other_row(other: &OtherContent) -> OtherRow {
    let name = other.names.first().cloned();
    let digest = || other.digest.as_ref().map(ToString::to_string);
    OtherRow {
        name: name.or_else(digest).unwrap_or_default(),
        media_type: other.media_type.clone(),
        what: match &other.kind {
            OtherKind::Unknown => OtherWhat::Unknown,
            OtherKind::BuildCache => OtherWhat::BuildCache,
            OtherKind::NotSaved => OtherWhat::NotSaved(other.platform.clone()),
            OtherKind::Attestation { of, .. } => OtherWhat::Attestation(of.clone()),
            OtherKind::Unavailable(error) => OtherWhat::Unavailable(error.into()),
        },
    }
}
