//! What goes to the disk: downloads, machine-readable answers, and exports, whose form and progress stand here.

use crate::protocol::{ExportKind, Problem, ProblemCode, Request, SaveKind, SavedFile, ask};

use super::{ImageAction, ImageState, Said};

/// The form for exports, and how far one is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavingState {
    /// The form, while it is open.
    pub form: Option<SaveForm>,
    /// The export that is under way: bytes written, and in all. One at a time.
    pub progress: Option<(u64, u64)>,
}

/// What is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveForm {
    /// What is saved.
    pub choice: SaveChoice,
    /// Names for an archive, separated by blanks or commas; the image's own for none.
    pub names: String,
}

/// What can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveChoice {
    /// What `docker load` takes.
    DockerArchive,
    /// An OCI layout.
    OciArchive,
    /// An OCI layout with all platforms.
    AllPlatforms,
    /// The root file system.
    RootFs,
    /// A layer.
    Layer(u32),
}

impl SaveChoice {
    /// The word for it in the form.
    pub fn word(self) -> String {
        match self {
            SaveChoice::DockerArchive => "docker-archive".to_owned(),
            SaveChoice::OciArchive => "oci-archive".to_owned(),
            SaveChoice::AllPlatforms => "all-platforms".to_owned(),
            SaveChoice::RootFs => "rootfs".to_owned(),
            SaveChoice::Layer(layer) => format!("layer-{layer}"),
        }
    }

    /// Whether it has names.
    pub fn is_archive(self) -> bool {
        match self {
            SaveChoice::DockerArchive | SaveChoice::OciArchive | SaveChoice::AllPlatforms => true,
            SaveChoice::RootFs | SaveChoice::Layer(_) => false,
        }
    }
}

/// Something in the form for exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavingAction {
    /// Opens the form.
    Open,
    /// Closes it; what is under way goes on.
    Close,
    /// Another choice, by its word.
    Choose(String),
    /// Other names.
    Names(String),
    /// Saves what is chosen.
    Start,
    /// Saves this, without the form.
    Save(SaveKind),
    /// Ends the export.
    Stop,
    /// How far it is.
    Progress {
        /// Bytes written.
        written_bytes: u64,
        /// Bytes in all.
        total_bytes: u64,
    },
}

impl SaveForm {
    fn kind(&self) -> SaveKind {
        let separators = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、');
        let names = self.names.split(separators).filter(|name| !name.is_empty());
        let names: Vec<String> = names.map(str::to_owned).collect();
        match self.choice {
            SaveChoice::DockerArchive => SaveKind::DockerArchive { names },
            SaveChoice::OciArchive | SaveChoice::AllPlatforms => SaveKind::OciArchive {
                names,
                all_platforms: self.choice == SaveChoice::AllPlatforms,
            },
            SaveChoice::RootFs => SaveKind::Directory {
                path_hex: String::new(),
            },
            SaveChoice::Layer(layer) => SaveKind::Layer { layer },
        }
    }
}

impl ImageState {
    /// What can be saved of this image.
    pub fn save_choices(&self) -> Vec<SaveChoice> {
        let image = &self.image;
        let mut choices = Vec::new();
        if self.has_tree() {
            choices.push(SaveChoice::DockerArchive);
        }
        choices.push(SaveChoice::OciArchive);
        if image.index_digest.is_some() {
            choices.push(SaveChoice::AllPlatforms);
        }
        if self.has_tree() {
            choices.push(SaveChoice::RootFs);
            choices.extend(image.layers.iter().map(|row| SaveChoice::Layer(row.layer)));
        }
        choices
    }

    /// The name that a file picker offers.
    pub fn save_name(&self, kind: &SaveKind) -> String {
        let title = &self.image.title;
        let name = match kind {
            SaveKind::DockerArchive { names } => {
                format!("{}.docker.tar", names.first().unwrap_or(title))
            }
            SaveKind::OciArchive { names, .. } => {
                format!("{}.oci.tar", names.first().unwrap_or(title))
            }
            SaveKind::Directory { path_hex } if path_hex.is_empty() => {
                format!("{title}.rootfs.tar")
            }
            SaveKind::Directory { .. } => match self.panel.as_ref().map(|panel| &panel.path) {
                Some(path) => format!("{}.tar", path.rsplit('/').next().unwrap_or(path)),
                None => "directory.tar".to_owned(),
            },
            SaveKind::Layer { layer } => format!("{title}.layer-{layer}.tar"),
        };
        let plain = |c: char| match c {
            c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') => c,
            _ => '_',
        };
        let name: String = name.chars().map(plain).collect();
        name.trim_start_matches('.').to_owned()
    }

    pub(super) fn saving_action(&mut self, action: SavingAction) {
        let choices = self.save_choices();
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
            (SavingAction::Stop, _) => self.flights.cancel(shows_progress),
            (
                SavingAction::Progress {
                    written_bytes,
                    total_bytes,
                },
                _,
            ) => {
                // A listing shows how far it is once it is long.
                let is_long = written_bytes >= LONG_BYTES && self.flights.count(shows_progress) > 0;
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

    /// Asks for something that goes to the disk.
    pub(super) fn ask_for_file(&mut self, question: impl Into<Request>) {
        self.flights.ask(question);
        self.count_saving();
    }

    /// Takes in how it ended; `is_export` if it showed how far it was.
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
            // The person knows.
            Err(problem) if is_export && problem.code == ProblemCode::Cancelled => {}
            Err(problem) => self.notice = Some(problem),
        }
        self.count_saving();
    }

    fn count_saving(&mut self) {
        self.n_saving = self.flights.count(|question| {
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

/// Bytes of a listing from which on its progress is shown: less is written at once.
const LONG_BYTES: u64 = 4 * 1024 * 1024;

/// True if a document is a listing: it may be long, shows how far it is, and can be stopped.
pub(super) fn is_listing(kind: ExportKind) -> bool {
    matches!(kind, ExportKind::Listing { .. })
}

/// True for a question whose progress is shown, and which can be stopped.
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
