//! Runs the state's effects: requests to the worker, changes of the address bar, and the storage of what is
//! remembered.

use std::collections::BTreeMap;

use yew::Callback;

use super::saving;
use super::state::{Action, Attached, Effect, FilesId, Given, PRIVATE, Recent};
use super::uploads::UploadedFiles;
use crate::protocol::{
    Digest, ImageKey, Message, Problem, ProblemCode, Request, RequestId, SaveKind, ask,
};
use crate::ui::feature::home::storage::QUOTA_KEY;
use crate::web::file::PickedFile;
use crate::web::files::{Dropped, DroppedContent, Folder};
use crate::web::handles::{self, FileHandle};
use crate::web::location::{self, HashStep};
use crate::web::{dom, held, relay, storage, task, unsaved};
use crate::worker::Link;

/// The storage key of private files that are removed when the page is loaded again.
const LATER_KEY: &str = "lamina.forgotten";
const RECENT_KEY: &str = "lamina.recent";
const TABS_KEY: &str = "lamina.tabs";
/// The name of the meta element in which the build writes the name of the worker's script.
const WORKER_META: &str = "lamina-worker";

/// The worker, and the files that tabs were opened from.
pub(super) struct World {
    /// The connection to the worker.
    pub(super) link: Link,
    /// The files of an upload whose question is about to be sent.
    pub(super) uploads: UploadedFiles,
    act: Callback<Action>,
    files: BTreeMap<FilesId, KeptFiles>,
    next_files: u32,
}

struct KeptFiles {
    picked: Vec<PickedFile>,
    handle: Option<FileHandle>,
}

/// The facts about an image that is opened again by its handle.
pub(super) struct Reopened {
    handle: String,
    image_id: Option<Digest>,
    /// The open image that was written into the file, and the number of that write.
    pub(super) keeps: Option<(ImageKey, RequestId)>,
}

impl World {
    /// Starts the worker.
    pub(super) fn start(act: Callback<Action>) -> Result<World, Problem> {
        list_unsaved(act.clone());
        Ok(World {
            link: start_link(&act)?,
            uploads: UploadedFiles::default(),
            act,
            files: BTreeMap::new(),
            next_files: 0,
        })
    }

    /// Loads the list of what was opened before.
    pub(super) fn remembered() -> Vec<Recent> {
        storage::get(RECENT_KEY).unwrap_or_default()
    }

    /// Loads the state of the tabs before a reload.
    pub(super) fn remembered_tabs() -> String {
        storage::get_of_tab(TABS_KEY).unwrap_or_default()
    }

    /// Keeps files that were dropped or picked, and describes them.
    pub(super) fn keep(&mut self, dropped: Vec<Dropped>, reopened: Option<Reopened>) -> Vec<Given> {
        let keep = |dropped: Dropped| {
            let (picked, folder) = match dropped.content {
                DroppedContent::File(file) => (vec![file], None),
                DroppedContent::Folder(Folder { files, .. }) => {
                    let paths = files.iter().map(|file| file.path().to_owned()).collect();
                    (files, Some(paths))
                }
            };
            let files = FilesId(self.next_files);
            self.next_files += 1;
            let given = Given {
                files,
                name: dropped.name,
                // Sizes are whole numbers that a double represents exactly.
                size_bytes: picked.iter().map(|file| file.size_bytes() as u64).sum(),
                served: served(&picked),
                folder,
                image_id: reopened.as_ref().and_then(|r| r.image_id.clone()),
                handle: reopened.as_ref().map(|r| r.handle.clone()),
            };
            let handle = dropped.handle;
            self.files.insert(files, KeptFiles { picked, handle });
            given
        };
        dropped.into_iter().map(keep).collect()
    }

    /// Runs one effect.
    pub(super) fn run(&mut self, effect: Effect, recent: &[Recent], files: &Callback<OpenedFiles>) {
        match effect {
            Effect::Ask {
                asker,
                id,
                request,
                attached,
            } => {
                let files = match attached {
                    Attached::Nothing => Vec::new(),
                    Attached::Files(files) => self
                        .files
                        .get(&files)
                        .map(|kept| kept.picked.clone())
                        .unwrap_or_default(),
                    Attached::Upload(upload) => self.uploads.take(upload),
                };
                let pending = self.link.ask_as(id, request.clone(), files);
                let act = self.act.clone();
                task::spawn("ask", async move {
                    let (outcome, bytes) = saving::opened(pending.await);
                    act.emit(Action::Answered {
                        asker,
                        id,
                        exchange: Box::new(request.with(outcome)),
                        bytes,
                    });
                });
            }
            Effect::Save { id, question, name } => {
                saving::save(self.link.clone(), id, question, name, self.act.clone());
            }
            Effect::Tell(request) => self.tell(request),
            Effect::Cancel(request) => self.link.cancel(request),
            Effect::DropFiles(files) => {
                let dropped = self.files.remove(&files);
                if let Some(number) = dropped.and_then(|kept| served(&kept.picked)) {
                    held::let_go(number);
                }
            }
            Effect::WriteHash { hash, is_new } => {
                location::set_hash(
                    &hash,
                    if is_new {
                        HashStep::New
                    } else {
                        HashStep::Same
                    },
                );
            }
            Effect::SaveRecent => storage::set(RECENT_KEY, &recent),
            Effect::SaveTabs(saved) => storage::set_of_tab(TABS_KEY, &saved),
            Effect::KeepHandle(files) => self.keep_handle(files),
            Effect::ForgetHandle(key) => {
                task::spawn("forget handle", async move { forget(&key).await });
            }
            Effect::ForgetHandleLater(key) => {
                let mut keys: Vec<String> = storage::get(LATER_KEY).unwrap_or_default();
                keys.push(key);
                storage::set(LATER_KEY, &keys);
            }
            Effect::KeepImage { image, id, name } => {
                let (link, files, act) = (self.link.clone(), files.clone(), self.act.clone());
                task::spawn("keep image", async move {
                    match keep_image(link, image, id, &name).await {
                        Ok((handle, dropped)) => files.emit(OpenedFiles {
                            dropped: vec![dropped],
                            reopened: Some(Reopened {
                                handle,
                                image_id: None,
                                keeps: Some((image, id)),
                            }),
                        }),
                        Err(problem) => act.emit(Action::ImageNotKept { image, id, problem }),
                    }
                });
            }
            Effect::OpenHandle { handle, image_id } => {
                open_handle(handle, image_id, files.clone(), self.act.clone());
            }
            Effect::RestartWorker => match start_link(&self.act) {
                Ok(link) => {
                    // Asked before the tabs are opened again.
                    drop(link.ask(ask::BeCareful {}, Vec::new()));
                    self.link = link;
                }
                Err(problem) => self.act.emit(Action::WorkerLost(problem)),
            },
            // The page itself does these.
            Effect::Draw | Effect::FocusPage => {}
        }
    }

    fn tell(&self, request: Request) {
        let pending = self.link.ask(request, Vec::new());
        task::spawn("tell", async move {
            // Nobody waits for the answer: what it closes is gone in either case.
            pending.await.ok();
        });
    }

    fn keep_handle(&self, files: FilesId) {
        let handle = self.files.get(&files).and_then(|kept| kept.handle.clone());
        let Some(handle) = handle else {
            return;
        };
        let act = self.act.clone();
        task::spawn("keep handle", async move {
            let key = handles::new_key();
            if handles::store(&key, &handle).await {
                act.emit(Action::HandleKept { files, handle: key });
            }
        });
    }
}

/// Returns the number of the file with an engine's image that `lamina serve` keeps for this page; `None` for others.
fn served(picked: &[PickedFile]) -> Option<u64> {
    let [file] = picked else { return None };
    file.served_number()
        .filter(|number| held::is_exported(*number))
}

/// Files that were opened, in whatever way.
pub(super) struct OpenedFiles {
    /// The files and folders.
    pub(super) dropped: Vec<Dropped>,
    /// Set if they were opened again by a kept handle.
    pub(super) reopened: Option<Reopened>,
}

fn start_link(act: &Callback<Action>) -> Result<Link, Problem> {
    let script = dom::meta(WORKER_META).unwrap_or_else(|| "worker_loader.js".to_owned());
    let script = relay::with_key(script);
    let (told, lost) = (act.clone(), act.clone());
    let link = Link::start(
        &script,
        move |event| told.emit(Action::Told(event)),
        move |problem| lost.emit(Action::WorkerLost(problem)),
    )?;
    if let Some(bytes) = storage::get(QUOTA_KEY) {
        // Asked before anything else. The start page asks for the result itself.
        drop(link.ask(ask::ChooseQuota { bytes }, Vec::new()));
    }
    Ok(link)
}

/// Removes the files that were discarded, then reports the content of the private file system.
fn list_unsaved(act: Callback<Action>) {
    task::spawn("unsaved", async move {
        let keys: Vec<String> = storage::get(LATER_KEY).unwrap_or_default();
        for key in keys {
            forget(&key).await;
        }
        storage::set(LATER_KEY, &Vec::<String>::new());
        if let Some(found) = unsaved::list().await {
            let with_key = |(key, name, size)| (format!("{PRIVATE}{key}"), name, size);
            act.emit(Action::KeptFound(found.into_iter().map(with_key).collect()));
        }
    });
}

/// Writes an image as an archive into the private file system; returns its key and the file.
async fn keep_image(
    link: Link,
    image: ImageKey,
    id: RequestId,
    name: &str,
) -> Result<(String, Dropped), Problem> {
    let failed = |detail: String| {
        Problem::new(
            ProblemCode::StorageFull,
            Message::verbatim(name),
            Message::verbatim(detail),
        )
    };
    let (file_name, target) = unsaved::create(name).await.map_err(failed)?;
    let kind = SaveKind::OciArchive {
        names: Vec::new(),
        platforms: None,
    };
    let saved = link.save(id, ask::Save { image, kind }, Some(target));
    if let Err(problem) = saved.await {
        unsaved::forget(&file_name).await;
        return Err(problem);
    }
    let lost = || failed("the browser did not keep the file".to_owned());
    let dropped = unsaved::open(&file_name).await.ok_or_else(lost)?;
    Ok((format!("{PRIVATE}{file_name}"), dropped))
}

async fn forget(key: &str) {
    match key.strip_prefix(PRIVATE) {
        Some(file_name) => unsaved::forget(file_name).await,
        None => handles::forget(key).await,
    }
}

fn open_handle(
    key: String,
    image_id: Option<Digest>,
    files: Callback<OpenedFiles>,
    act: Callback<Action>,
) {
    task::spawn("open handle", async move {
        let opened = match key.strip_prefix(PRIVATE) {
            Some(file_name) => unsaved::open(file_name).await,
            None => match handles::load(&key).await {
                Some(handle) => handle.open().await,
                None => None,
            },
        };
        match opened {
            Some(dropped) => files.emit(OpenedFiles {
                dropped: vec![dropped],
                reopened: Some(Reopened {
                    handle: key,
                    image_id,
                    keeps: None,
                }),
            }),
            None => act.emit(Action::Toast(Problem::new(
                ProblemCode::Unreadable,
                Message::none(),
                Message::file_not_given(),
            ))),
        }
    });
}
