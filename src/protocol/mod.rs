//! The messages between the page and its worker: requests, answers and events.
//!
//! Plain serde data, and the only such view of the workspace. The engine answers requests, and runs natively in
//! tests. `worker` carries the messages between threads.

pub mod ask;
mod container;
mod content;
mod event;
mod image;
mod problem;
mod push;
mod registry;
mod request;
mod saving;
mod space;
mod storage;
mod tree;

/// The reason that an edit is refused.
pub use crate::build::container::Refusal;
/// Paths cross as their bytes, since names need not be text.
pub use crate::image::ImagePath;
/// The kinds of artifacts, which tell an artifact's tag from an image's.
pub use crate::image::{ArtifactKind, FieldType};
/// Bytes as text, and back.
pub use crate::image::{hex, percent_decoded};
/// Foreign texts are shown with their invisible characters made visible.
pub use crate::image::{n_columns, visible_line, visible_lines, visible_text};
/// The system in an image crosses as the analysis has it.
pub use crate::insight::system::{
    Accounts, Agreement, Architecture, Basis, FileGap, FilePlace, Gap, LayerGap, Places, System,
};
/// Sign-in names and passwords, which never appear in debug output.
pub use crate::io::Secret;
/// The limits that a person may raise.
pub use crate::layer::Bound;
/// Facts about images and layers, sent in the types of the core.
pub use crate::layer::{
    Check, Claim, Compression, EngineRefusal, LeftOut, LeftOutPath, LeftOutWhy, Notice,
    OverlayEffect, TocForm, Verdict, Warning, Weight,
};
pub use crate::source::Origin;
/// The default limit on the bytes of cached layers.
pub use crate::workspace::DEFAULT_QUOTA_BYTES;

pub use container::{
    ChangeRow, CommitForm, ConfigField, ContainerRequest, ContainerView, EditOrder, LineWord,
    SquashView, StepRow, StepWord, TextDiffView, TypedPath,
};
pub use content::{ContentAnswer, ContentKind, ExportKind, FileText, SavedFile};
pub use event::{Event, Holder, LayerProgress, OpenProgress};
pub use image::{
    AnnotationPlace, AnnotationRow, ArchiveView, ArtifactView, ConfigFact, ConfigView, FoundRow,
    HistoryRow, ImageKey, ImageView, LayerRow, LayerState, OtherRow, OtherWhat, PlatformRow,
};
pub use problem::{LimitRow, Problem, ProblemCode, TagsLeft};
pub use push::{Pace, PushNews, PushRow, PushScope, PushState, PushedView};
pub use registry::{
    AddressHint, AddressKind, CatalogAnswer, OpenedAddress, RegistryView, RepositoryView,
    TagsAnswer, names_a_registry, without_login,
};
pub use request::{Answer, Ask, Done, Exchange, Request, RequestId, VERSION, typed};
pub use saving::SaveKind;
pub use space::{
    DeadHow, DeadRow, RepeatedRow, RowsLeftOut, SpaceAnswer, SpaceGap, SpaceLayer, SpaceView,
};
pub use storage::StorageView;
pub use tree::{
    ChangeWord, DetailAnswer, DirTotals, Kind, MatchRow, Matches, Name, PathDetail, SortColumn,
    SortOrder, TouchCause, TouchRow, TreeChange, TreeFilter, TreeRow, TreeView, TreeWindow,
    XattrRow,
};

/// Converts a number of rows to the width in which it is sent; no list that the page shows has four billion.
pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
