//! `lamina copy`: sends an image from any source to a registry, or writes it as an archive.

use clap::Args;

use crate::source::FoundImage;
use crate::workspace::{destinations, platforms_to_push};

use super::chosen::{Chosen, Format};
use super::error::Error;
use super::export::ExportArguments;
use super::one_image::one_image;
use super::place::looks_like_a_file;
use super::push::push_to;
use super::{Outcome, export};

#[derive(Args, Debug)]
pub(super) struct CopyArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// Copy to an archive of this kind; an OCI archive takes all platforms
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,
    /// Copy the images of those platforms that are here, under a new index where some are not
    #[arg(long, conflicts_with = "platform")]
    pub(super) present_platforms: bool,
    /// A reference such as registry.example.com/app:1, or a file such as app.tar
    #[arg(value_name = "DESTINATION")]
    pub(super) destination: String,
}

/// Copies an image. If it has several platforms and none is selected, all are copied.
pub(super) async fn run(arguments: CopyArguments) -> Result<Outcome, Error> {
    let CopyArguments {
        chosen,
        format,
        present_platforms,
        destination,
    } = arguments;
    if format.is_some() || looks_like_a_file(&destination) {
        let all_platforms = chosen.platform.is_none() && format == Some(Format::OciArchive);
        let given = chosen.connection.credentials(&chosen.place)?;
        let has_index = all_platforms
            && one_image(&chosen, given, &chosen.limits())
                .await?
                .index
                .is_some();
        if present_platforms && !all_platforms {
            return Err(export::only_oci_holds_platforms());
        }
        let arguments = ExportArguments {
            chosen,
            format: format.or(Some(Format::DockerArchive)),
            tags: Vec::new(),
            all_platforms: has_index && !present_platforms,
            present_platforms: has_index && present_platforms,
            path: None,
            layer: None,
            stored: false,
            output: destination,
        };
        return export::run(&arguments).await;
    }
    let to = destinations(&[destination], &[])?;
    let platforms = |found: &FoundImage| platforms_to_push(found, present_platforms, false);
    push_to(&chosen, to, platforms).await
}
