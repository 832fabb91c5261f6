//! `lamina export`: writes an image as an archive, or a layer or directory of it as tar, to a file or standard output.

use std::io::{BufWriter, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::path::Path;

use clap::Args;

use crate::image::ImagePath;
use crate::workspace::{
    Export, ExportNames, LayerCache, LayerStatus, OpenImage, Platforms, SaveKind, UnfitName,
    damage_of,
};

use super::chosen::{Chosen, Format};
use super::error::Error;
use super::load::{load_whole, tell};
use super::native::spool;
use super::one_image::one_image;
use super::output::Bounded;
use super::part::Part;
use super::upload::{tell_absent, tell_renamed};
use super::{Outcome, complain};

#[derive(Args, Debug)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// What to write
    #[arg(long, value_enum, conflicts_with_all = ["path", "layer"])]
    pub(super) format: Option<Format>,
    /// A name for the image in the archive, REPOSITORY[:TAG]; can be given several times [default: the names it has]
    #[arg(long = "tag", value_name = "NAME", conflicts_with_all = ["path", "layer"])]
    pub(super) tags: Vec<String>,
    /// Keep all platforms of the image, byte for byte, in an OCI archive
    #[arg(long, requires = "format", conflicts_with_all = ["path", "layer", "platform"])]
    pub(super) all_platforms: bool,
    /// Keep the platforms of the image that are here, under a new index where some are not, in an OCI archive
    #[arg(long, requires = "format", conflicts_with_all = ["path", "layer", "platform", "all_platforms"])]
    pub(super) present_platforms: bool,
    /// Only this directory of the file system, as tar
    #[arg(long, value_name = "DIR", conflicts_with = "layer")]
    pub(super) path: Option<String>,
    /// Only this layer, as the tar that it is, the base being 0
    #[arg(long, value_name = "N")]
    pub(super) layer: Option<usize>,
    /// The layer as it is stored, compressed or not
    #[arg(long, requires = "layer")]
    pub(super) stored: bool,
    /// The file to write, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(super) output: String,
}

/// Exports one image, or a part of it.
pub(super) async fn run(arguments: &ExportArguments) -> Result<Outcome, Error> {
    let chosen = &arguments.chosen;
    let limits = chosen.limits();
    let kind = kind_of(arguments)?;
    names_of(&arguments.tags)?;
    refuse_terminal(&arguments.output)?;
    let given = chosen.connection.credentials(&chosen.place)?;
    let found = one_image(chosen, given, &limits).await?;
    let names = kind.names(&found).map_err(unfit)?;
    let image = match kind {
        SaveKind::Directory { .. } => {
            let cache = &mut LayerCache::default();
            load_whole(found, &limits, cache).await
        }
        _ => OpenImage::new(found, limits),
    };
    let export = begin(&image, kind, names).await?;
    save(export, &image, &arguments.output).await?;
    // For an archive, each blob is verified as it passes. A file system is made from the parts that could be read.
    Ok(match image.layers().iter().any(is_read) {
        true => tell(&image, &damage_of(&image, image.layers().len())),
        false => Outcome::Whole,
    })
}

/// Returns the chosen names, before anything is read.
pub(super) fn names_of(tags: &[String]) -> Result<ExportNames, Error> {
    ExportNames::chosen(tags.iter().map(String::as_str)).map_err(unfit)
}

fn unfit(unfit: UnfitName) -> Error {
    Error::Choice(format!("{:?}: {unfit}", unfit.name))
}

fn is_read(status: &LayerStatus) -> bool {
    matches!(status, LayerStatus::Read(..))
}

/// Refuses to write an archive to a terminal.
pub(super) fn refuse_terminal(output: &str) -> Result<(), Error> {
    if output != "-" || !std::io::stdout().is_terminal() {
        return Ok(());
    }
    let reason = "a terminal takes no archive: name a file with -o FILE, or send it on by | or >";
    Err(Error::Choice(reason.to_owned()))
}

/// Returns the kind of export that the arguments choose.
fn kind_of(arguments: &ExportArguments) -> Result<SaveKind, Error> {
    let platforms = match (arguments.all_platforms, arguments.present_platforms) {
        (_, true) => Some(Platforms::Present),
        (true, false) => Some(Platforms::All),
        (false, false) => None,
    };
    if let Some(layer) = arguments.layer {
        let layer = u32::try_from(layer).unwrap_or(u32::MAX);
        return Ok(match arguments.stored {
            true => SaveKind::StoredLayer { layer },
            false => SaveKind::Layer { layer },
        });
    }
    if arguments.path.is_some() || arguments.format == Some(Format::Rootfs) {
        let path = arguments.path.as_deref().unwrap_or_default();
        let path = ImagePath::normalise(path.as_bytes());
        let path_key = path.map_err(|error| Error::Choice(error.to_string()))?;
        return Ok(SaveKind::Directory { path_key });
    }
    let names = arguments.tags.clone();
    match arguments.format {
        Some(Format::OciArchive) => Ok(SaveKind::OciArchive { names, platforms }),
        _ if platforms.is_some() => Err(only_oci_holds_platforms()),
        _ => Ok(SaveKind::DockerArchive { names }),
    }
}

/// Returns the error of an archive that is to hold several platforms and cannot.
pub(super) fn only_oci_holds_platforms() -> Error {
    let reason = "only an OCI archive holds several platforms: --format oci-archive";
    Error::Choice(reason.to_owned())
}

/// Starts an export, and reports what had to be left out or changed for it.
pub(super) async fn begin(
    image: &OpenImage,
    kind: SaveKind,
    names: ExportNames,
) -> Result<Export, Error> {
    if matches!(kind, SaveKind::OciArchive { .. }) {
        for name in &names.left_out {
            complain(&format!(
                "the name {name:?} is left out: no index may hold it; --tag gives another"
            ));
        }
    }
    let task = image.save_task(kind, names)?;
    let go_on = |_| ControlFlow::Continue(());
    let begun = task.begin(&spool(image.limits()), &go_on).await?;
    tell_renamed(&begun.renamed);
    if let Some((absent, digest)) = &begun.absent {
        tell_absent(absent, digest);
    }
    Ok(begun.export)
}

/// Writes all of an export. A file appears under its name only when it is complete.
pub(super) async fn save(mut export: Export, image: &OpenImage, output: &str) -> Result<(), Error> {
    if output == "-" {
        let mut out = BufWriter::new(std::io::stdout().lock());
        write(&mut export, image, &mut out, Error::Output).await?;
        return Ok(out.flush()?);
    }
    let path = Path::new(output);
    let failed = |cause: std::io::Error| Error::File {
        path: output.to_owned(),
        cause: super::native::unreadable(&cause),
    };
    // A device or a pipe is written directly.
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let file = std::fs::File::options().write(true).open(path);
        let mut file = file.map_err(failed)?;
        return write(&mut export, image, &mut file, failed).await;
    }
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lamina-export-");
    // The usual mode of a new file, which the process's umask reduces.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    let part = Part::begin(file.path());
    write(&mut export, image, file.as_file_mut(), failed).await?;
    // A file that is replaced keeps its permissions.
    if let Ok(before) = std::fs::metadata(path) {
        let kept = file.as_file().set_permissions(before.permissions());
        kept.map_err(failed)?;
    }
    let kept = file.persist(path);
    drop(part);
    kept.map_err(|error| failed(error.error)).map(|_| ())
}

async fn write(
    export: &mut Export,
    image: &OpenImage,
    out: &mut dyn Write,
    failed: impl Fn(std::io::Error) -> Error,
) -> Result<(), Error> {
    let stored_bytes = image.stored_bytes().unwrap_or(u64::MAX);
    let mut out = Bounded::new(out, stored_bytes, image.limits());
    while let Some(piece) = export.next(&|look| look(image)).await? {
        out.write_all(&piece).map_err(&failed)?;
    }
    out.flush().map_err(&failed)
}
