//! The messages between the page and its worker: requests, answers and events.
//!
//! Plain serde data, and the only such view of the workspace. The engine answers requests, and runs natively in
//! tests. `worker` carries the messages between threads.

mod analysis;
pub mod ask;
mod container;
mod content;
mod documents;
mod event;
mod image;
mod overview;
mod problem;
mod push;
mod registry;
mod request;
mod space;
mod storage;
mod tree;

/// The limits that a person may raise.
pub use crate::bounds::Bound;
/// Paths cross as their bytes, since names need not be text.
pub use crate::image::ImagePath;
/// The kinds of artifacts, which tell an artifact's tag from an image's.
pub use crate::image::{ArtifactKind, FieldType};
/// The names that images, layers and documents have by their content.
pub use crate::image::{ChainId, DiffId, Digest, MediaType, Platform};
/// Bytes as text, and back.
pub use crate::image::{escape, hex, percent_decoded};
/// Foreign texts are shown with their invisible characters made visible.
pub use crate::image::{n_columns, visible_line, visible_lines, visible_text};
/// The Dockerfile of an image crosses as it is rebuilt.
pub use crate::insight::dockerfile::{Dockerfile, DockerfileGap, DockerfileStep};
/// The packages in an image cross as the analysis has them.
pub use crate::insight::packages::{
    Gone, GoneFile, Package, PackageChange, PackageDatabase, PackageEvent, PackageKind,
    PackageList, Standing, Unowned, UnownedFile,
};
/// The findings about an image's safety cross as the analysis has them.
pub use crate::insight::safety::{SafetyFinding, SafetyList, SafetyPlace, SafetyRule};
/// The secrets in an image cross as the analysis has them.
pub use crate::insight::secrets::{
    SecretFate, SecretFinding, SecretList, SecretPlace, SecretRule, SecretStanding, SecretValue,
};
/// The system in an image crosses as the analysis has it.
pub use crate::insight::system::{
    Accounts, Agreement, Architecture, Basis, FileGap, FilePlace, Gap, LayerGap, Places, System,
    User,
};
/// The analysis of an image's space, with its rows.
pub use crate::insight::{
    Analysis, Dead, DeathCause, KnownPlace, Large, LayerSpace, Overview, Repeated, RowsLeftOut,
    Shipped, SquashRange, Waste, WasteKind, WastePlace,
};
/// Sign-in names and passwords, which never appear in debug output.
pub use crate::io::Secret;
/// The container engines on this machine, which the page asks by `lamina serve` and not by its worker.
pub use crate::io::{
    EngineCause, EngineContainer, EngineContainers, EngineImage, EngineItem, EngineKind,
    EngineList, EngineNews, EngineOrder, EngineTrouble, LoadedImage, LocalEngine,
};
/// Facts about images and layers, sent in the types of the core.
pub use crate::layer::{
    Check, Claim, Compression, Device, EngineRefusal, EntryKind, LeftOut, LeftOutPath, LeftOutWhy,
    ListedBy, Notice, OverlayEffect, TocForm, Verdict, Warning, Weight,
};
/// Messages of the core, as a code with arguments; and how texts with places are filled.
pub use crate::message::{Code, Message, fill_template, has_places};
/// Statements of the union about paths: the changes of layers, orders, filters and sums.
pub use crate::overlay::{
    Cause, Change, ChangeFilter, Differences, Direction, Filter, LayerIdx, NodeId, Sort, SortKey,
    Totals,
};
/// The choice of a platform, also as a text for addresses.
pub use crate::source::registry::PlatformChoice;
pub use crate::source::{Origin, TagsLeft};
/// The default limit on the bytes of cached layers.
pub use crate::workspace::DEFAULT_QUOTA_BYTES;
/// The forms in which an image, or a part of it, is saved or pushed.
pub use crate::workspace::{Platforms, SaveKind};

pub use analysis::{Analysed, AnalysisKind, Findings};
pub use container::{
    ChangeRow, CommitForm, ConfigField, ContainerRequest, ContainerView, EditOrder, LineWord,
    SquashView, StepRow, StepWord, TextDiffView, TypedPath,
};
pub use content::{ContentAnswer, ContentKind, ExportKind, FileText, SavedFile};
pub use documents::Documents;
pub use event::{Event, Holder, LayerProgress, OpenProgress};
pub use image::{
    AnnotationPlace, AnnotationRow, ArchiveView, ArtifactView, ConfigFact, ConfigView, FoundRow,
    HistoryRow, ImageKey, ImageView, LayerRow, LayerState, OtherRow, OtherWhat, PlatformRow,
};
pub use overview::{OverviewAnswer, Strata, StrataGap};
pub use problem::{LimitRow, Problem, ProblemCode};
pub use push::{PushNews, PushRow, PushState, PushedView, Throughput};
pub use registry::{
    AddressHint, AddressKind, CatalogAnswer, OpenedAddress, RegistryView, RepositoryView,
    TagsAnswer, names_a_registry, without_login,
};
pub use request::{Answer, Ask, Done, Exchange, Request, RequestId, VERSION, typed};
pub use space::{SpaceAnswer, SpaceGap, SpaceView};
pub use storage::StorageView;
pub use tree::{
    DetailAnswer, MatchRow, Matches, Name, PathDetail, TouchRow, TreeChange, TreeRow, TreeView,
    TreeWindow, XattrRow,
};

/// Converts a number of rows to the width in which it is sent; no list that the page shows has four billion.
pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
