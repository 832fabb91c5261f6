//! Reads a found image to its end: the result of each layer, and the union, as short lines.

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::image::escape;
use lamina::layer::{Before, Compression, Entry, EntryKind, FileHashes, LayerIndex, ReadOptions};
use lamina::overlay::View;
use lamina::source::{FoundImage, FoundLayer};
use lamina::workspace::{LayerStatus, OpenImage, ReadLayer, list_headers, read_layer};

use crate::support::run;

/// Opens an image and reads every available layer.
pub(crate) fn read_image(found: &FoundImage) -> OpenImage {
    let mut image = OpenImage::new(found.clone(), Limits::DEFAULT);
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Skip,
    };
    while let Some(layer) = image.next_waiting() {
        let task = image.task(layer).unwrap();
        let status = match run(read_layer(task, options, &|_| ControlFlow::Continue(()))) {
            Ok((read, verdict)) => {
                hold_headers(&found.layers[layer], &read);
                LayerStatus::Read(Rc::new(read), verdict)
            }
            Err(error) => LayerStatus::Failed(error),
        };
        image.accept(layer, status);
    }
    image
}

/// Holds the listing of a plain layer by its headers against what reading the layer found.
fn hold_headers(found: &FoundLayer, read: &ReadLayer) {
    let listed = run(list_headers(found, Before::default(), &Limits::DEFAULT))
        .expect("its bytes are at hand");
    let Some(listed) = listed else {
        // One that is not compressed is listed, unless it is no tar.
        let is_tar = read.damage.is_none() && read.stored_bytes > 0;
        assert!(read.compression != Compression::None || !is_tar);
        return;
    };
    assert_eq!(listed.damage, read.damage);
    assert_eq!(listed.left_out, read.left_out);
    assert_eq!(listed.warnings, read.warnings);
    assert_eq!(rows(&listed.index), rows(&read.index));
    assert!(listed.asked_bytes <= read.stored_bytes);
}

fn rows(index: &LayerIndex) -> Vec<String> {
    let row = |entry: Entry<'_>| {
        let xattrs: Vec<_> = index.xattrs(entry.id).collect();
        let known = Entry {
            fingerprint: 0,
            ..entry
        };
        format!("{known:?} {xattrs:?}")
    };
    index.entries().map(row).collect()
}

/// Describes the layers, one per line: compression, then the verdict on digest, size, diff_id and
/// checksum, then `damaged` if they are. Unavailable layers are `failed`, with the reason. The codes of
/// its warnings follow below each layer.
pub(crate) fn layer_lines(image: &OpenImage) -> Vec<String> {
    let mut lines = Vec::new();
    for (layer, status) in image.layers().iter().enumerate() {
        let mut warnings = image.layer_warnings(layer).kept;
        lines.push(match status {
            LayerStatus::Failed(error) => format!("{layer} failed: {error}"),
            LayerStatus::Read(read, verdict) => {
                warnings.splice(0..0, read.warnings.kept.iter().cloned());
                let checks = [
                    &verdict.digest,
                    &verdict.size,
                    &verdict.diff_id,
                    &verdict.checksum,
                ];
                let words = checks.map(|check| check.word()).join(" ");
                let damage = read.damage.as_ref().map_or("", |_| " damaged");
                format!("{layer} {} {words}{damage}", read.compression)
            }
            _ => format!("{layer} not read"),
        });
        lines.extend(warnings.iter().map(|w| format!("  warning {}", w.code())));
    }
    lines
}

/// Describes the union, one path per line: `path`, with a slash for a directory, a size for a file, a target for a
/// symlink, and the layer that it comes from.
pub(crate) fn file_lines(image: &OpenImage) -> Vec<String> {
    let union = image.union();
    let Some(last) = union.last_layer() else {
        return Vec::new();
    };
    let listing = union.listing(View::UpTo(last));
    let line = |listed: lamina::overlay::ListedPath<'_>| {
        let info = &listed.info;
        let path = escape(&listed.path);
        let more = match info.kind {
            EntryKind::Dir => "/".to_owned(),
            EntryKind::Symlink => format!(" -> {}", escape(info.link)),
            _ => format!(" {}", info.size_bytes),
        };
        format!("{path}{more} @{}", info.layer.0)
    };
    listing.map(line).collect()
}

/// Checks the layers and the union of an image that is read to its end.
pub(crate) fn check_read(found: &FoundImage, layers: &str, files: &str) -> OpenImage {
    let image = read_image(found);
    assert_eq!(layer_lines(&image), lines(layers));
    assert_eq!(file_lines(&image), lines(files));
    image
}

fn lines(text: &str) -> Vec<String> {
    let text = text
        .lines()
        .map(|line| line.strip_prefix("        ").unwrap_or(line).trim_end());
    text.filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}
