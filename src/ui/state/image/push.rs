//! The dialog that pushes an image: where to, how far each blob is, how it ended.
//!
//! A password passes through an action into a question and is kept nowhere here.

use super::{ImageState, Said};
use crate::protocol::{
    Compression, Done, ImageKey, ImageView, Pace, Problem, ProblemCode, PushNews, PushRow,
    PushScope, PushState, PushedView, Request, Secret, ask,
};

/// The dialog.
#[derive(Clone, Debug, PartialEq)]
pub struct PushPane {
    /// Whether it is shown; a push goes on behind it.
    pub is_open: bool,
    /// `registry/repository:tag` as it stands in the field.
    pub target: String,
    /// Further tags, separated by spaces or commas.
    pub tags: String,
    /// Which images of its index go with it.
    pub scope: PushScope,
    /// What is to be there in the end.
    pub rows: Vec<PushRow>,
    /// Milliseconds since the first blob was asked for.
    pub sending_millis: u64,
    /// How it stands.
    pub phase: PushPhase,
}

/// How a push stands.
#[derive(Clone, Debug, PartialEq)]
pub enum PushPhase {
    /// Nothing has been pushed.
    Idle,
    /// It goes on. Before the blobs are known: bytes of layers that have been read to be compressed.
    UnderWay(Pace),
    /// The blobs are there, and the documents go.
    Documents,
    /// The person signs in, and then it goes on.
    SigningIn,
    /// It did not come to its end.
    Failed(Problem),
    /// The image is there.
    Done(PushedView),
}

/// Something in the dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum PushAction {
    /// Shows it, or hides it.
    Toggle,
    /// Other text stands in the field of the target.
    Target(String),
    /// Other text stands in the field of the tags.
    Tags(String),
    /// Others of its index go with it.
    Scope(PushScope),
    /// Pushes those that are here, after all were wanted.
    StartPresent,
    /// Pushes, or goes on with what failed.
    Start,
    /// Ends what is under way.
    Stop,
    /// Signs in at this registry, and goes on.
    SignIn {
        /// Its base URL.
        registry: String,
        /// The name.
        name: Secret,
        /// The password.
        password: Secret,
    },
    /// The worker told something.
    News(PushNews),
}

impl PushPane {
    /// The dialog as it is at first: the image's own place, if it came from a registry, else its name.
    pub(super) fn new(image: &ImageView) -> PushPane {
        let name = image.address.as_ref().or_else(|| image.names.first());
        let name = name.filter(|name| !name.contains('@'));
        PushPane {
            is_open: false,
            target: name.cloned().unwrap_or_default(),
            tags: String::new(),
            scope: match image.index_digest {
                Some(_) => PushScope::All,
                None => PushScope::One,
            },
            rows: Vec::new(),
            sending_millis: 0,
            phase: PushPhase::Idle,
        }
    }

    /// Whether it is under way.
    pub fn is_busy(&self) -> bool {
        matches!(
            self.phase,
            PushPhase::UnderWay(_) | PushPhase::Documents | PushPhase::SigningIn
        )
    }

    /// The bytes that are there of all that are to be: those that the registry had count as well.
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

    /// The bytes that this push has sent, and the time since it began to.
    pub fn pace(&self) -> Pace {
        let sent = |row: &PushRow| match row.state {
            PushState::Sending(bytes) => bytes,
            PushState::Sent => row.size_bytes,
            PushState::Waiting | PushState::Asking | PushState::Exists | PushState::Mounted => 0,
        };
        Pace {
            bytes: self.rows.iter().map(sent).fold(0, u64::saturating_add),
            millis: self.sending_millis,
        }
    }

    /// The question that pushes.
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

    /// Takes in what the worker tells.
    pub(super) fn hear(&mut self, news: PushNews) {
        // What was stopped may tell a last thing.
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

    /// It ended.
    pub(super) fn end(&mut self, outcome: Result<PushedView, Problem>) {
        self.phase = match outcome {
            Ok(pushed) => PushPhase::Done(pushed),
            Err(problem) if problem.code == ProblemCode::Cancelled => PushPhase::Idle,
            Err(problem) => PushPhase::Failed(problem),
        };
    }
}

impl ImageState {
    /// The platforms of the index beside the one shown, as a list in words.
    pub fn other_platforms(&self) -> String {
        let rows = self.image.platforms.iter();
        let others = rows.filter(|row| !row.selected);
        let names: Vec<&str> = others.map(|row| &*row.platform).collect();
        names.join(", ")
    }

    /// The layers that a push compresses anew, as a list of numbers: as far as they have been read.
    pub fn repacked_layers(&self) -> String {
        let image = &self.image;
        let layers = image.layers.iter().filter(|row| {
            let is_odd = matches!(row.compression, Some(Compression::Xz | Compression::Bzip2));
            image.manifest_digest.is_none() && is_odd
        });
        let numbers: Vec<String> = layers.map(|row| row.layer.to_string()).collect();
        numbers.join(", ")
    }

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
                pane.scope = PushScope::Present;
                self.start_push();
            }
            PushAction::Stop => {
                pane.phase = PushPhase::Idle;
                self.flights
                    .drop_all(|question| matches!(question, Request::Push(_) | Request::SignIn(_)));
            }
            PushAction::SignIn {
                registry,
                name,
                password,
            } => {
                pane.phase = PushPhase::SigningIn;
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
        self.push.phase = PushPhase::UnderWay(Pace::default());
        self.flights.ask(self.push.question(self.image.key));
    }

    /// Takes in how signing in for a push ended; whoever has signed in pushes on.
    pub(super) fn take_sign_in(&mut self, outcome: Result<Done, Problem>) {
        match outcome {
            Ok(Done) => self.start_push(),
            Err(problem) => self.take_push(Err(problem)),
        }
    }

    /// Takes in how a push ended.
    pub(super) fn take_push(&mut self, outcome: Result<PushedView, Problem>) {
        self.say(match &outcome {
            Ok(_) => Said::Pushed,
            Err(_) => Said::NotPushed,
        });
        self.push.end(outcome);
    }
}
