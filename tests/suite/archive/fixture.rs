//! Opens archives made by the tests, and describes them as an outline. The `outer` module writes them.

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::io::{Bytes, MemorySpool};
use lamina::source::archive::{ArchiveProgress, Input, OpenedArchive, open};
use lamina::source::{Error, FoundImage, FoundLayer};

use crate::support::run;

use super::cuts::{self, Cut};

pub(crate) use super::outer::{
    OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Outer, bzip2, config_of, descriptor, digest_of,
    docker_save, gzip, hex_of, image_blobs, index_of, layout_of, manifest_of, named, oci_layout,
    place_of, with, zstd,
};

/// Opens a file or folder with its bytes cut in every way. All ways must give the same result.
pub(crate) fn open_input(input: Input) -> Result<OpenedArchive, Error> {
    let [whole, pieces @ ..] = cuts::ways(input);
    let (opened, expected) = open_cut(whole);
    for (way, input) in pieces.into_iter().enumerate() {
        cuts::assert_same(way, &open_cut(input).1, &expected);
    }
    opened
}

/// Opens once, and describes the result.
fn open_cut(cut: Cut) -> (Result<OpenedArchive, Error>, Vec<String>) {
    let limits = &Limits::DEFAULT;
    let spool = cut.spool(limits.archive.spool_memory_bytes);
    let go_on = |_| ControlFlow::Continue(());
    let opened = run(open(cut.input, || spool, limits, &go_on));
    let described = match &opened {
        Ok(opened) => cuts::describe(opened),
        Err(error) => vec![format!("{error:?}")],
    };
    (opened, described)
}

/// Opens once, with limits and progress chosen by the test.
pub(crate) fn open_with(
    input: Input,
    limits: &Limits,
    progress: &dyn Fn(ArchiveProgress) -> ControlFlow<()>,
) -> Result<OpenedArchive, Error> {
    let spool = || Box::new(MemorySpool::new(limits.archive.spool_memory_bytes)) as _;
    run(open(input, spool, limits, progress))
}

pub(crate) fn file_input(bytes: impl Into<Rc<[u8]>>) -> Input {
    Input::File {
        name: "test.tar".to_owned(),
        bytes: Rc::new(Bytes::new(bytes)),
    }
}

pub(crate) fn open_tar(outer: &Outer) -> Result<OpenedArchive, Error> {
    open_input(file_input(outer.tar()))
}

/// Returns all compressed bytes of a layer.
pub(crate) fn bytes_of(layer: &FoundLayer) -> Result<Vec<u8>, Error> {
    let blob = layer.blob.as_ref().map_err(Error::clone)?;
    let mut stream = run(blob.stream())?;
    let mut bytes = Vec::new();
    while let Some(piece) = run(stream.next()).unwrap() {
        bytes.extend(piece);
    }
    Ok(bytes)
}

/// Describes an archive in short lines: `image NAMES PLATFORM: LAYERS`, `other KIND NAMES`, `warning CODE SUBJECT`.
///
/// A layer is the word by which `known` has its bytes, followed by `*` if the source claims their digest correctly
/// and by `!` if it claims another. `?` is for unknown bytes, `-` for a layer that is unavailable.
pub(crate) fn outline(opened: &OpenedArchive, known: &[(&str, &[u8])]) -> String {
    let mut lines = Vec::new();
    for image in &opened.images {
        lines.push(image_line(image, known));
        let warnings = image.warnings.iter();
        lines.extend(warnings.map(|w| format!("  warning {} {}", w.code(), w.subject)));
    }
    for other in &opened.others {
        lines.push(format!(
            "other {} {}",
            other.kind.word(),
            other.names.join(",")
        ));
    }
    let warnings = opened.warnings.iter();
    lines.extend(warnings.map(|w| format!("warning {} {}", w.code(), w.subject)));
    let lines: Vec<_> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

fn image_line(image: &FoundImage, known: &[(&str, &[u8])]) -> String {
    let names = if image.names.is_empty() {
        "-".to_owned()
    } else {
        image.names.join(",")
    };
    let platform = image.platform.as_ref().map(ToString::to_string);
    let layers: Vec<_> = image.layers.iter().map(|l| layer_word(l, known)).collect();
    format!(
        "image {names} {}: {}",
        platform.as_deref().unwrap_or("-"),
        layers.join(" ")
    )
}

fn layer_word(layer: &FoundLayer, known: &[(&str, &[u8])]) -> String {
    let Ok(bytes) = bytes_of(layer) else {
        return "-".to_owned();
    };
    let word = known.iter().find(|(_, b)| *b == bytes);
    let claim = match &layer.digest {
        None => "",
        Some(digest) if *digest == digest_of(&bytes) => "*",
        Some(_) => "!",
    };
    format!("{}{claim}", word.map_or("?", |(word, _)| word))
}

/// Opens the tar of `outer` and compares its outline.
pub(crate) fn check(outer: &Outer, known: &[(&str, &[u8])], expected: &str) {
    check_opened(&open_tar(outer).unwrap(), known, expected);
}

pub(crate) fn check_opened(opened: &OpenedArchive, known: &[(&str, &[u8])], expected: &str) {
    let expected: Vec<_> = expected
        .lines()
        .map(|line| line.strip_prefix("        ").unwrap_or(line).trim_end())
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(outline(opened, known), expected.join("\n"));
}
