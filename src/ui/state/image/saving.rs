//! Manages what is saved to disk: downloads, machine-readable answers, and exports with their form and progress.

use crate::protocol::{
    ExportKind, ImagePath, ImageView, Platforms, Problem, ProblemCode, Request, SaveKind,
    SavedFile, ask,
};

use super::head::has_tree;
use super::{ImageAction, ImageState, Said};

/// The export form, and the progress of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavingState {
    /// The form; `None` while it is closed.
    pub form: Option<SaveForm>,
    /// Bytes written and bytes in total of the export in progress; only one runs at a time.
    pub progress: Option<(u64, u64)>,
}

/// Content of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveForm {
    /// The chosen kind of export.
    pub choice: SaveChoice,
    /// Names for an archive, separated by whitespace or commas; the image's own names if empty.
    pub names: String,
}

/// A kind of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveChoice {
    /// An archive that `docker load` reads.
    DockerArchive,
    /// An OCI layout.
    OciArchive,
    /// An OCI layout with all platforms.
    AllPlatforms,
    /// The root file system.
    RootFs,
    /// The layer at this position.
    Layer(u32),
}

impl SaveChoice {
    /// Returns the word that stands for the choice in the form.
    pub fn word(self) -> String {
        match self {
            SaveChoice::DockerArchive => "docker-archive".to_owned(),
            SaveChoice::OciArchive => "oci-archive".to_owned(),
            SaveChoice::AllPlatforms => "all-platforms".to_owned(),
            SaveChoice::RootFs => "rootfs".to_owned(),
            SaveChoice::Layer(layer) => format!("layer-{layer}"),
        }
    }

    /// True if the export is an archive, which has names.
    pub fn is_archive(self) -> bool {
        match self {
            SaveChoice::DockerArchive | SaveChoice::OciArchive | SaveChoice::AllPlatforms => true,
            SaveChoice::RootFs | SaveChoice::Layer(_) => false,
        }
    }
}

/// An action on exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavingAction {
    /// Opens the form.
    Open,
    /// Closes the form; an export in progress continues.
    Close,
    /// The user chose another kind of export, given by its word.
    Choose(String),
    /// The user changed the names.
    Names(String),
    /// Starts the export that is chosen.
    Start,
    /// Saves this without the form.
    Save(SaveKind),
    /// Stops the export.
    Stop,
    /// The export in progress has advanced.
    Progress {
        /// Bytes written.
        written_bytes: u64,
        /// Bytes in total.
        total_bytes: u64,
    },
}

impl SaveForm {
    fn kind(&self) -> SaveKind {
        let names = names_in(&self.names);
        match self.choice {
            SaveChoice::DockerArchive => SaveKind::DockerArchive { names },
            SaveChoice::OciArchive | SaveChoice::AllPlatforms => SaveKind::OciArchive {
                names,
                platforms: match self.choice {
                    SaveChoice::AllPlatforms => Some(Platforms::All),
                    _ => None,
                },
            },
            SaveChoice::RootFs => SaveKind::Directory {
                path_key: ImagePath::root(),
            },
            SaveChoice::Layer(layer) => SaveKind::Layer { layer },
        }
    }
}

/// Returns the names in a typed text, which stand apart by spaces or commas.
pub fn names_in(text: &str) -> Vec<String> {
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、');
    let names = text.split(separators).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// Returns the kinds of export that an image allows.
pub fn save_choices(image: &ImageView) -> Vec<SaveChoice> {
    let mut choices = Vec::new();
    if has_tree(image) {
        choices.push(SaveChoice::DockerArchive);
    }
    choices.push(SaveChoice::OciArchive);
    if image.index_digest.is_some() {
        choices.push(SaveChoice::AllPlatforms);
    }
    if has_tree(image) {
        choices.push(SaveChoice::RootFs);
        choices.extend(image.layers.iter().map(|row| SaveChoice::Layer(row.layer)));
    }
    choices
}

impl ImageState {
    /// Returns the file name that a file picker suggests.
    pub fn save_name(&self, kind: &SaveKind) -> String {
        let name = kind.file_name(&self.image.title);
        let plain = |c: char| match c {
            c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') => c,
            _ => '_',
        };
        let name: String = name.chars().map(plain).collect();
        name.trim_start_matches('.').to_owned()
    }

    pub(super) fn saving_action(&mut self, action: SavingAction) {
        let choices = save_choices(&self.image);
        let form = &mut self.saving.form;
        match (action, form) {
            (SavingAction::Open, form) => {
                if form.is_none()
                    && let Some(&choice) = choices.first()
                {
                    let names = String::new();
                    *form = Some(SaveForm { choice, names });
                }
            }
            (SavingAction::Close, form) => *form = None,
            (SavingAction::Choose(word), Some(form)) => {
                let chosen = choices.into_iter().find(|choice| choice.word() == word);
                form.choice = chosen.unwrap_or(form.choice);
            }
            (SavingAction::Names(names), Some(form)) => form.names = names,
            (SavingAction::Start, Some(form)) => {
                let kind = form.kind();
                self.save(kind);
            }
            (SavingAction::Save(kind), _) => self.save(kind),
            (SavingAction::Stop, _) => self.flights.cancel(&shows_progress),
            (
                SavingAction::Progress {
                    written_bytes,
                    total_bytes,
                },
                _,
            ) => {
                // A listing shows its progress only if it is long.
                let is_long =
                    written_bytes >= LONG_BYTES && self.flights.count(&shows_progress) > 0;
                if self.saving.progress.is_some() || is_long {
                    self.saving.progress = Some((written_bytes, total_bytes));
                }
            }
            (SavingAction::Choose(_) | SavingAction::Names(_) | SavingAction::Start, None) => {}
        }
    }

    fn save(&mut self, kind: SaveKind) {
        if self.saving.progress.is_some() {
            return;
        }
        let image = self.image.key;
        self.notice = None;
        self.saving.progress = Some((0, 0));
        self.ask_for_file(ask::Save { image, kind });
    }

    /// Sends a request whose result goes to disk.
    pub(super) fn ask_for_file(&mut self, question: impl Into<Request>) {
        self.flights.ask(question);
        self.count_saving();
    }

    /// Applies the result of a save; `is_export` is true if its progress was shown.
    pub(super) fn take_saved(&mut self, is_export: bool, outcome: Result<SavedFile, Problem>) {
        if is_export {
            self.saving.progress = None;
        }
        match outcome {
            Ok(file) => {
                if is_export {
                    self.saving.form = None;
                }
                self.say(Said::Saved(file.file_name));
            }
            // The user stopped it and needs no notice.
            Err(problem) if is_export && problem.code == ProblemCode::Cancelled => {}
            Err(problem) => self.notice = Some(problem),
        }
        self.count_saving();
    }

    fn count_saving(&mut self) {
        self.n_saving = self.flights.count(&|question| {
            matches!(
                question,
                Request::Download(_)
                    | Request::DownloadBlob(_)
                    | Request::Export(_)
                    | Request::Save(_)
            )
        });
    }
}

/// Bytes from which on a listing shows its progress; a shorter one is written at once.
const LONG_BYTES: u64 = 4 * 1024 * 1024;

/// True for a listing, which may be long, shows its progress and can be stopped.
pub(super) fn is_listing(kind: ExportKind) -> bool {
    matches!(kind, ExportKind::Listing { .. })
}

/// True for a request that shows its progress and can be stopped.
fn shows_progress(question: &Request) -> bool {
    match question {
        Request::Save(_) => true,
        Request::Export(asked) => is_listing(asked.kind),
        _ => false,
    }
}

impl From<SavingAction> for ImageAction {
    fn from(action: SavingAction) -> ImageAction {
        ImageAction::Saving(action)
    }
}
