//! The list of questions, each with the type of its answer.
//!
//! A question with the wrong type of answer does not compile. The engine answers with [`Ask::Answer`]. The page reads
//! an answer through [`Request::with`], which returns the question with an outcome of the right type.

use crate::message::Message;
use serde::{Deserialize, Serialize};

use super::{
    ArchiveView, CatalogAnswer, ConfigField, ContainerView, ContentAnswer, DetailAnswer, FileText,
    Findings, ImageView, Matches, OpenedAddress, Problem, ProblemCode, PushedView, SavedFile,
    SquashView, StorageView, TagsAnswer, TextDiffView, TreeWindow, ask,
};

/// The version of these messages. Page and worker must agree, since a browser may cache them separately.
pub const VERSION: u32 = 13;

/// The identity of a request, which its answer and events carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u32);

/// A question of the page.
pub trait Ask: Into<Request> {
    /// The type of its answer.
    type Answer: Into<Answer> + TryFrom<Answer>;
}

macro_rules! questions {
    ($($question:ident -> $answer:ty,)*) => {
        /// Any question: a variant for each type of [`ask`].
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Request {
            $(#[doc = concat!("See [`ask::", stringify!($question), "`].")] $question(ask::$question),)*
        }

        /// A question with its outcome.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "one is alive at a time")]
        pub enum Exchange {
            $(
                #[doc = concat!("See [`ask::", stringify!($question), "`].")]
                $question(ask::$question, Result<$answer, Problem>),
            )*
        }

        $(
            impl Ask for ask::$question {
                type Answer = $answer;
            }

            impl From<ask::$question> for Request {
                fn from(question: ask::$question) -> Request {
                    Request::$question(question)
                }
            }
        )*

        impl Request {
            /// Pairs the question with its outcome in the right type; see [`typed`].
            pub fn with(self, outcome: Result<Answer, Problem>) -> Exchange {
                match self {
                    $(Request::$question(question) => Exchange::$question(question, typed::<ask::$question>(outcome)),)*
                }
            }
        }

        impl Exchange {
            /// Returns the problem that the question ended with.
            pub fn problem(&self) -> Option<&Problem> {
                match self {
                    $(Exchange::$question(_, outcome) => outcome.as_ref().err(),)*
                }
            }
        }
    };
}

macro_rules! answers {
    ($($(#[$about:meta])* $kind:ident($answer:ty),)*) => {
        /// Any answer, by its type.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[allow(clippy::large_enum_variant, reason = "one answer is alive at a time")]
        pub enum Answer {
            $($(#[$about])* $kind($answer),)*
        }

        $(
            impl From<$answer> for Answer {
                fn from(answer: $answer) -> Answer {
                    Answer::$kind(answer)
                }
            }

            impl TryFrom<Answer> for $answer {
                type Error = Answer;

                fn try_from(answer: Answer) -> Result<$answer, Answer> {
                    match answer {
                        Answer::$kind(answer) => Ok(answer),
                        other => Err(other),
                    }
                }
            }
        )*
    };
}

questions! {
    OpenFile -> ArchiveView,
    OpenFolder -> ArchiveView,
    OpenAddress -> OpenedAddress,
    Catalog -> CatalogAnswer,
    Tags -> TagsAnswer,
    OpenFound -> ImageView,
    ReadLayers -> ImageView,
    ReadLayerAgain -> ImageView,
    ReadLayerHigher -> ImageView,
    LeaveOut -> Done,
    Tree -> TreeWindow,
    Find -> Matches,
    Detail -> DetailAnswer,
    Analyse -> Findings,
    Content -> ContentAnswer,
    Text -> FileText,
    Download -> SavedFile,
    DownloadBlob -> SavedFile,
    Export -> SavedFile,
    Save -> SavedFile,
    Container -> Option<ContainerView>,
    TextDiff -> TextDiffView,
    FormFields -> Vec<(ConfigField, String)>,
    Commit -> ImageView,
    SquashPlan -> SquashView,
    Squash -> ImageView,
    Rename -> ImageView,
    SignIn -> Done,
    Push -> PushedView,
    Close -> Done,
    CloseArchive -> Done,
    BeCareful -> Done,
    Storage -> StorageView,
    ClearStorage -> StorageView,
    ChooseQuota -> StorageView,
    Cancel -> Done,
}

answers! {
    /// An opened archive or folder. An archive with a single image brings that image already open.
    Archive(ArchiveView),
    /// A registry, repository or image at an address.
    Address(OpenedAddress),
    /// A page of repositories.
    Catalog(CatalogAnswer),
    /// A page of tags.
    Tags(TagsAnswer),
    /// An image in its present state.
    Image(ImageView),
    /// Rows of a tree.
    Tree(TreeWindow),
    /// Paths that were found by name.
    Matches(Matches),
    /// Everything about one path.
    Detail(DetailAnswer),
    /// The findings of an analysis.
    Findings(Findings),
    /// The state of this browser's layer cache.
    Storage(StorageView),
    /// Facts about the bytes in the envelope.
    Content(ContentAnswer),
    /// A file's text.
    Text(FileText),
    /// The container layer in its present state; `None` if there is none.
    Container(Option<ContainerView>),
    /// Lines that differ.
    TextDiff(TextDiffView),
    /// Every field of the configuration with its text.
    FormFields(Vec<(ConfigField, String)>),
    /// The bytes that squashing saves.
    SquashPlan(SquashView),
    /// A file that is written, or that the page is to save.
    File(SavedFile),
    /// The result of a push.
    Pushed(PushedView),
    /// Success without further data.
    Done(Done),
}

/// The answer that carries no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done;

/// Converts the outcome of a question to the question's type. An answer of another type, which only a worker of
/// another build sends, becomes [`ProblemCode::Internal`].
///
/// # Errors
/// The problem that the question ended with.
pub fn typed<A: Ask>(outcome: Result<Answer, Problem>) -> Result<A::Answer, Problem> {
    outcome.and_then(|answer| {
        A::Answer::try_from(answer).map_err(|_| {
            let detail = Message::another_answer();
            Problem::new(ProblemCode::Internal, Message::none(), detail)
        })
    })
}
