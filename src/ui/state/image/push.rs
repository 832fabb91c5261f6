//! Holds the dialog that pushes an image: the target, the progress of each blob, and the result.
//!
//! A password passes from an action into a request and is stored nowhere here.

use super::{ImageState, Said};
use crate::protocol::{
    Done, ImageKey, ImageView, Platforms, Problem, ProblemCode, PushNews, PushRow, PushState,
    PushedView, Request, Secret, Throughput, ask,
};

/// State of the push dialog.
#[derive(Clone, Debug, PartialEq)]
pub struct PushPane {
    /// True if the dialog is shown; a push continues while it is hidden.
    pub is_open: bool,
    /// Text of the target field, `registry/repository:tag`.
    pub target: String,
    /// Further tags, separated by whitespace or commas.
    pub tags: String,
    /// Images of the index that are pushed along.
    pub scope: Option<Platforms>,
    /// Blobs that the registry has to have in the end.
    pub rows: Vec<PushRow>,
    /// Milliseconds since the first blob was requested.
    pub sending_millis: u64,
    /// Phase of the push.
    pub phase: PushPhase,
}

/// Phase of a push.
#[derive(Clone, Debug, PartialEq)]
pub enum PushPhase {
    /// No push was started, or it was stopped.
    Idle,
    /// The push is running. Until the blobs are known, this counts bytes read from layers that have to be compressed.
    UnderWay(Throughput),
    /// All blobs are in the registry, and the documents are being sent.
    Documents,
    /// The user is signing in to the registry of this base URL; the push continues afterwards.
    SigningIn(String),
    /// The push failed.
    Failed(Problem),
    /// The image is in the registry.
    Done(PushedView),
}

/// An action in the push dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum PushAction {
    /// Shows or hides the dialog.
    Toggle,
    /// The user changed the text of the target field.
    Target(String),
    /// The user changed the text of the tags field.
    Tags(String),
    /// The user chose which images of the index to push along.
    Scope(Option<Platforms>),
    /// Pushes only the images that are present, after a push of all was requested.
    StartPresent,
    /// Starts a push, or continues one that failed.
    Start,
    /// Stops the push.
    Stop,
    /// Signs in at this registry, then continues the push.
    SignIn {
        /// Base URL of the registry.
        registry: String,
        /// User name at the registry.
        name: Secret,
        /// Password of that user.
        password: Secret,
    },
    /// The worker reported progress.
    News(PushNews),
}

impl PushPane {
    /// Creates the closed dialog. The target is the image's own address if it came from a registry, or else its name.
    pub(super) fn new(image: &ImageView) -> PushPane {
        let name = image.address.as_ref().or_else(|| image.names.first());
        let name = name.filter(|name| !name.contains('@'));
        PushPane {
            is_open: false,
            target: name.cloned().unwrap_or_default(),
            tags: String::new(),
            scope: image.index_digest.as_ref().map(|_| Platforms::All),
            rows: Vec::new(),
            sending_millis: 0,
            phase: PushPhase::Idle,
        }
    }

    /// True if a push or its sign-in is running.
    pub fn is_busy(&self) -> bool {
        matches!(
            self.phase,
            PushPhase::UnderWay(_) | PushPhase::Documents | PushPhase::SigningIn(_)
        )
    }

    /// Returns the bytes that the registry has, and the bytes in total. Blobs that it had before count as well.
    pub fn bytes(&self) -> (u64, u64) {
        let there = |row: &PushRow| match row.state {
            PushState::Waiting | PushState::Asking => 0,
            PushState::Sending(bytes) => bytes,
            PushState::Exists | PushState::Mounted | PushState::Sent => row.size_bytes,
        };
        let sum =
            |of: &dyn Fn(&PushRow) -> u64| self.rows.iter().map(of).fold(0, u64::saturating_add);
        (sum(&there), sum(&|row| row.size_bytes))
    }

    /// Returns the bytes that this push has sent, and the time that it took.
    pub fn pace(&self) -> Throughput {
        let sent = |row: &PushRow| match row.state {
            PushState::Sending(bytes) => bytes,
            PushState::Sent => row.size_bytes,
            PushState::Waiting | PushState::Asking | PushState::Exists | PushState::Mounted => 0,
        };
        Throughput {
            bytes: self.rows.iter().map(sent).fold(0, u64::saturating_add),
            millis: self.sending_millis,
        }
    }

    /// Returns the request that starts the push.
    pub(super) fn question(&self, image: ImageKey) -> ask::Push {
        let tags = self.tags.split([' ', ',', '\n', '\t']);
        ask::Push {
            image,
            target: self.target.trim().to_owned(),
            tags: tags
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .collect(),
            scope: self.scope,
        }
    }

    /// Applies progress that the worker reported.
    pub(super) fn hear(&mut self, news: PushNews) {
        // A stopped push may still send one last message.
        if !self.is_busy() {
            return;
        }
        match news {
            PushNews::Preparing(pace) => self.phase = PushPhase::UnderWay(pace),
            PushNews::Blobs(rows) => self.rows = rows,
            PushNews::Blob { at, state, millis } => {
                self.sending_millis = millis;
                let row = usize::try_from(at)
                    .ok()
                    .and_then(|at| self.rows.get_mut(at));
                if let Some(row) = row {
                    row.state = state;
                }
            }
            PushNews::Documents => self.phase = PushPhase::Documents,
        }
    }

    /// Records the result of the push.
    pub(super) fn end(&mut self, outcome: Result<PushedView, Problem>) {
        self.phase = match outcome {
            Ok(pushed) => PushPhase::Done(pushed),
            Err(problem) if problem.code == ProblemCode::Cancelled => PushPhase::Idle,
            Err(problem) => PushPhase::Failed(problem),
        };
    }
}

impl ImageState {
    pub(super) fn push_action(&mut self, action: PushAction) {
        let pane = &mut self.push;
        match action {
            PushAction::Toggle => pane.is_open = !pane.is_open,
            PushAction::Target(text) => pane.target = text,
            PushAction::Tags(text) => pane.tags = text,
            PushAction::Scope(scope) => pane.scope = scope,
            PushAction::News(news) => pane.hear(news),
            PushAction::Start | PushAction::StartPresent if pane.is_busy() => {}
            PushAction::Start => self.start_push(),
            PushAction::StartPresent => {
                pane.scope = Some(Platforms::Present);
                self.start_push();
            }
            PushAction::Stop => {
                let phase = std::mem::replace(&mut pane.phase, PushPhase::Idle);
                // The header's form may sign in as well, at another registry.
                self.drop_questions(&|question| match (question, &phase) {
                    (Request::SignIn(asked), PushPhase::SigningIn(at)) => asked.registry == *at,
                    (question, _) => matches!(question, Request::Push(_)),
                });
                if let PushPhase::SigningIn(registry) = phase {
                    self.forget_login(&registry);
                }
            }
            PushAction::SignIn {
                registry,
                name,
                password,
            } => {
                pane.phase = PushPhase::SigningIn(registry.clone());
                self.flights.ask(ask::SignIn {
                    registry,
                    name,
                    password,
                });
            }
        }
    }

    fn start_push(&mut self) {
        self.push.rows.clear();
        self.push.sending_millis = 0;
        self.push.phase = PushPhase::UnderWay(Throughput::default());
        self.flights.ask(self.push.question(self.image.key));
    }

    /// Applies the result of a sign-in that the push waits for, and starts the push if it succeeded.
    pub(super) fn take_sign_in(&mut self, registry: &str, outcome: Result<Done, Problem>) {
        let is_awaited = matches!(&self.push.phase, PushPhase::SigningIn(at) if at == registry);
        match outcome {
            _ if !is_awaited => {}
            Ok(Done) => self.start_push(),
            Err(problem) => self.take_push(Err(problem)),
        }
    }

    /// Applies the result of a push.
    pub(super) fn take_push(&mut self, outcome: Result<PushedView, Problem>) {
        self.say(match &outcome {
            Ok(_) => Said::Pushed,
            Err(_) => Said::NotPushed,
        });
        self.push.end(outcome);
    }
}
