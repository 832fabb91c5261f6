//! Opened images and the use cases over them, with plain structs as results.
//!
//! `protocol` has the user-visible texts and the messages between threads.

mod analysis;
mod cache;
mod commit;
mod container;
mod content;
mod damage;
mod declared;
mod dockerfile;
mod export;
mod listed;
mod listing;
mod open_image;
mod packages;
mod packages_report;
mod pass;
mod publication;
mod push;
mod read_layer;
mod remote;
mod repack;
mod report;
mod safety;
mod safety_report;
mod save;
mod sbom;
mod secrets;
mod secrets_report;
mod store;
mod system;
mod system_report;
mod tag;
mod tape;

pub use analysis::{NoAnalysis, analysis_of, analysis_with_container, overview_of};
pub use cache::LayerCache;
pub use commit::{CommitError, CommitOrder, CommitTask, SquashPlan, SquashTask};
pub use container::{ChangedPath, NoContainer};
pub use content::{FileContent, Watch};
pub use damage::damage_of;
pub use dockerfile::dockerfile_of;
pub use export::{
    Export, ExportNames, LookAt, ProvedStream, docker_archive, layer_as_stored, layer_as_tar,
    oci_archive, tree_as_tar,
};
pub use listed::{ListedLayer, TableAnswer, list_headers, list_layer};
pub use listing::{Detail, listing_line};
pub use open_image::{Applied, LayerStatus, OpenImage};
pub use packages::{PackagesTask, ReadPackages, packages_task};
pub use publication::{
    Draft, ManifestForm, Platforms, Publication, PublishedBlob, platforms_beside, publish,
    publish_platforms,
};
pub use push::{
    PushDestination, PushTarget, ReadyPush, ReadyStep, destination, destinations, parcel_of,
    platforms_to_push, ready_push,
};
pub use read_layer::{Fresh, LayerTask, ReadLayer, read_layer, read_layer_breathing};
pub use remote::{Located, Remote, Within, address_of, shown_address};
pub use repack::{Repack, Repacked, repacked};
pub use report::{FileFindings, ImageReport, Report, comment_of, report_of};
pub use safety::{ReadSafety, SafetyTask, safety_task, secrets_of_config};
pub use save::{BegunSave, SaveKind, SaveTask};
pub use sbom::{SbomFormat, SbomSource, sbom};
pub use secrets::{SearchedSecrets, SecretsTask, secrets_task};
pub use store::{
    ContainerStore, DEFAULT_QUOTA_BYTES, Keep, KeptBlob, LayerStore, PackedIndex, Tee, Usage,
    read_keeping,
};
pub use system::{SystemTask, system_task};
pub use tag::{UnfitName, tagged, tags};
