//! Exports of open images, opened again: the content must be the same, byte for byte if it has a digest.

mod archives;
mod damage;
mod layers;
pub(crate) mod platforms;
pub(crate) mod saving;
mod trees;

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::build::Family;
use lamina::image::Timestamp;
use lamina::layer::{FileHashes, ReadOptions};
use lamina::overlay::{LayerIdx, View};
use lamina::source::{Error, FoundImage};
use lamina::workspace::{
    Detail, Draft, Export, ExportNames, LayerStatus, ManifestForm, OpenImage, docker_archive,
    listing_line, oci_archive, publish, read_layer,
};
use serde_json::json;

use crate::archive::fixture::{Outer, config_of, file_input, open_with};
use crate::support::run;

/// Compression of a layer.
type Store = fn(&[u8]) -> Vec<u8>;

/// Makes a docker-archive, `a:1`, of these layers, each compressed by `store`.
fn archive_of(tars: &[&[u8]], store: Store) -> Vec<u8> {
    let mut outer = Outer::new().file("c.json", config_of(tars).to_string());
    let mut paths = Vec::new();
    for (at, tar) in tars.iter().enumerate() {
        paths.push(format!("{at}.tar"));
        outer = outer.file(&paths[at], store(tar));
    }
    let list = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": paths}]);
    outer.json("manifest.json", &list).tar()
}

/// Returns the images of an archive. No layer is read yet.
fn images(archive: &[u8]) -> Vec<OpenImage> {
    let limits = &Limits::DEFAULT;
    let opened = open_with(file_input(archive.to_vec()), limits, &|_| go_on()).unwrap();
    let images = opened.images.into_iter();
    images.map(|found| OpenImage::new(found, *limits)).collect()
}

/// Returns the one image of an archive, with its layers read.
fn image(archive: &[u8]) -> OpenImage {
    let mut images = images(archive);
    assert_eq!(images.len(), 1, "the archive holds one image");
    read_all(images.remove(0))
}

fn read_all(mut image: OpenImage) -> OpenImage {
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Sha256,
    };
    for layer in 0..image.layers().len() {
        let task = image.task(layer).unwrap();
        let (read, verdict) = run(read_layer(task, options, &|_| go_on())).unwrap();
        image.accept(layer, LayerStatus::Read(Rc::new(read), verdict));
    }
    image
}

fn go_on() -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Returns all bytes of an export.
fn bytes_of(export: Result<Export, Error>, image: &OpenImage) -> Result<Vec<u8>, Error> {
    let mut export = export?;
    let mut bytes = Vec::new();
    while let Some(piece) = run(export.next(&|look| look(image)))? {
        assert!(!piece.is_empty(), "a piece is never empty");
        bytes.extend(piece);
    }
    assert_eq!(run(export.next(&|look| look(image))), Ok(None));
    Ok(bytes)
}

fn names(names: &[&str]) -> ExportNames {
    ExportNames::chosen(names.iter().copied()).unwrap()
}

fn to_docker(image: &OpenImage, names: &ExportNames) -> Result<Vec<u8>, Error> {
    let export = run(docker_archive(Draft::of(image), names, &|_| go_on()));
    bytes_of(export, image)
}

fn to_oci(image: &OpenImage, names: &ExportNames) -> Result<Vec<u8>, Error> {
    let form = ManifestForm::Of(Family::Oci);
    let publication = run(publish(Draft::of(image), form, &|_| go_on()))?;
    let platform = image.found.platform.as_ref();
    let export = oci_archive(&publication, platform, names, Limits::DEFAULT);
    bytes_of(Ok(export), image)
}

/// Returns the root file system, one path per line, without the layers that the paths come from.
fn listing(image: &OpenImage) -> String {
    let view = View::UpTo(LayerIdx::at(image.layers().len() - 1));
    let lines = image.union().listing(view).map(|mut listed| {
        listed.info.layer = LayerIdx(0);
        listed.info.implied = false;
        // A directory without an entry in any layer has no time, but gets one when it is written.
        listed.info.mtime = listed.info.mtime.or(Some(Timestamp::from_seconds(0)));
        listing_line(image.union(), view, &listed, Detail::Full)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the identity of an image: its ID, its diff_ids and its file system.
fn identity(image: &OpenImage) -> (Option<String>, Vec<String>, String) {
    let diff_ids =
        (0..image.layers().len()).map(|layer| image.diff_id(layer).unwrap().0.to_string());
    (image_id(&image.found), diff_ids.collect(), listing(image))
}

fn image_id(found: &FoundImage) -> Option<String> {
    found.image_id.as_ref().map(ToString::to_string)
}

/// Returns the names and contents of a tar's members, in order.
fn members(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    use std::io::Read as _;
    let mut archive = tar::Archive::new(archive);
    let member = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        (name, bytes)
    };
    archive.entries().unwrap().map(member).collect()
}

fn member(archive: &[u8], name: &str) -> serde_json::Value {
    let members = members(archive);
    let found = members.iter().find(|(path, _)| path == name);
    serde_json::from_slice(&found.unwrap().1).unwrap()
}
