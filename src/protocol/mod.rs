//! The seam between the page and its worker: what can be asked, what is answered, and what is told in between.
//!
//! Plain serde data; the only such view of the workspace. `serve` answers requests and runs natively in tests;
//! how messages travel between threads is `worker`'s work.

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

/// Why an edit cannot be done.
pub use crate::build::container::Refusal;
/// The kinds of artifacts, by which a tag is told from an image's.
pub use crate::image::{ArtifactKind, FieldType};
/// Paths travel as their bytes in hexadecimal digits, since names need not be text.
pub use crate::image::{bytes_of_hex, hex, percent_decoded};
/// Texts of others are shown with what they would hide.
pub use crate::image::{n_columns, visible_line, visible_lines, visible_text};
/// What a person signs in with travels unseen.
pub use crate::io::Secret;
/// The limits that a person may raise.
pub use crate::layer::Bound;
/// What is known of images and layers crosses as the core has it.
pub use crate::layer::{
    Check, Claim, Compression, EngineRefusal, LeftOut, LeftOutPath, LeftOutWhy, Notice,
    OverlayEffect, TocForm, Verdict, Warning, Weight,
};
pub use crate::source::Origin;
/// What is kept of layers at most, unless the person chose otherwise.
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

/// A number of rows as it travels; no list that the page shows has four billion.
pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
