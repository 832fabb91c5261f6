//! `lamina export`: writes an image as an archive, or a layer or directory of it as tar, to a file or standard output.

use std::io::{BufWriter, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::path::Path;

use crate::build::Family;
use crate::image::ImagePath;
use crate::layer::{FileHashes, Limits};
use crate::overlay::LayerIdx;
use crate::source::FoundImage;
use crate::workspace::{
    Draft, Export, ExportNames, LayerCache, LayerStatus, ManifestForm, OpenImage, Platforms,
    Repack, damage_of, docker_archive, layer_as_stored, layer_as_tar, oci_archive, publish,
    tree_as_tar,
};

use super::arguments::{ExportArguments, Format};
use super::error::Error;
use super::load::{load, tell};
use super::output::Bounded;
use super::part::Part;
use super::push::{published, repack};
use super::{Outcome, complain, place, select};

/// Exports one image, or a part of it.
pub(super) async fn run(arguments: &ExportArguments) -> Result<Outcome, Error> {
    let chosen = &arguments.chosen;
    let limits = chosen.limits();
    let names = arguments.tags.iter().map(String::as_str);
    let names = ExportNames::chosen(names)
        .map_err(|unfit| Error::Choice(format!("{:?}: {unfit}", unfit.name)))?;
    refuse_terminal(&arguments.output)?;
    let mut opened = place::open(chosen, &limits).await?;
    let places = select::asked_for(&opened, chosen)?;
    let nothing = || Error::Choice(format!("{} holds no images", chosen.place));
    let at = select::only_one(&opened, &places).ok_or_else(nothing)?;
    if at >= opened.images.len() {
        return Err(nothing());
    }
    let damage = select::damage_beside(&opened, chosen, at);
    let found = opened.images.swap_remove(at);
    let names = match arguments.tags.is_empty() {
        true => ExportNames::of(&found),
        false => names,
    };
    damage.iter().for_each(|damage| complain(damage));
    let (export, image) = begin(arguments, found, &names, &limits).await?;
    save(export, &image, &arguments.output).await?;
    // For an archive, each blob is verified as it passes. A file system is made from the parts that could be read.
    Ok(match image.layers().iter().any(is_read) {
        true => tell(&image, &damage_of(&image, image.layers().len())),
        false => Outcome::Whole,
    })
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

/// Starts the requested export. Returns it with the image that it needs.
async fn begin(
    arguments: &ExportArguments,
    found: FoundImage,
    names: &ExportNames,
    limits: &Limits,
) -> Result<(Export, OpenImage), Error> {
    let go_on = |_| ControlFlow::Continue(());
    if let Some(layer) = arguments.layer {
        let image = OpenImage::new(found, *limits);
        let draft = Draft::of(&image);
        let export = match arguments.stored {
            true => layer_as_stored(draft, layer, &go_on).await?,
            false => layer_as_tar(draft, layer, &go_on).await?,
        };
        return Ok((export, image));
    }
    if arguments.path.is_some() || arguments.format == Some(Format::Rootfs) {
        let n_layers = found.layers.len();
        let cache = &mut LayerCache::default();
        let image = load(found, n_layers, FileHashes::Skip, limits, cache).await;
        let path = arguments.path.as_deref().unwrap_or_default();
        let path = ImagePath::normalise(path.as_bytes());
        let path = path.map_err(|error| Error::Choice(error.to_string()))?;
        let top = LayerIdx::at(n_layers.saturating_sub(1));
        let export = tree_as_tar(&image, top, &path)?;
        return Ok((export, image));
    }
    let platforms = match (arguments.all_platforms, arguments.present_platforms) {
        (_, true) => Some(Platforms::Present),
        (true, false) => Some(Platforms::All),
        (false, false) => None,
    };
    if platforms.is_some() && arguments.format != Some(Format::OciArchive) {
        let reason = "only an OCI archive holds all platforms: --format oci-archive";
        return Err(Error::Choice(reason.to_owned()));
    }
    let image = OpenImage::new(found, *limits);
    let draft = Draft::of(&image);
    let export = match arguments.format {
        Some(Format::OciArchive) => {
            for name in &names.left_out {
                complain(&format!(
                    "the name {name:?} is left out: no index may hold it; --tag gives another"
                ));
            }
            let (publication, platform) = match platforms {
                Some(platforms) => (published(draft, platforms).await?, None),
                None => {
                    let form = ManifestForm::Of(Family::Oci);
                    let platform = image.found.platform.as_ref();
                    let draft = repack(draft, form, Repack::Needed, limits).await?;
                    (publish(draft, form, &go_on).await?, platform)
                }
            };
            oci_archive(&publication, platform, names, *limits)
        }
        Some(Format::DockerArchive | Format::Rootfs) | None => {
            docker_archive(draft, names, &go_on).await?
        }
    };
    Ok((export, image))
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
