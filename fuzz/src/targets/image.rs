//! Whole images: the archive's bytes, every layer, their union, and all queries of a union.

use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::insight::safety::SafetyRule;
use lamina::layer::{EntryKind, FileHashes, ReadOptions};
use lamina::source::FoundImage;
use lamina::workspace::{
    FileContent, FileFindings, LayerStatus, OpenImage, packages_task, read_layer, report_of,
    safety_task, secrets_task, system_task,
};

use super::archive::{opened, opened_in, readings};
use super::cuts::Numbers;
use super::mend::Depth;
use super::union;
use super::world::{LIMITS, TIGHT, finished};

/// [`LIMITS`] with fewer uncompressed bytes, because each path of the union is visited many times. The expansion
/// limit is off: how early it is noticed depends on the pieces. The targets of the layers test it.
const IMAGE_LIMITS: Limits = Limits {
    layer: LayerLimits {
        decoded_bytes: 2 * 1024 * 1024,
        expansion: u64::MAX,
        ..LIMITS.layer
    },
    ..LIMITS
};

/// Maximum number of images per archive, of layers and files per image, and maximum size of a file.
const IMAGES: usize = 2;
const LAYERS: usize = 12;
const FILES: usize = 6;
const FILE_BYTES: u64 = 1024 * 1024;

/// Opens bytes as an archive and reads its images to the end.
pub fn run(data: &[u8]) {
    let tight = Limits {
        layer: LayerLimits {
            expansion: u64::MAX,
            ..TIGHT.layer
        },
        ..TIGHT
    };
    for archive in readings(data, Depth::Inner) {
        for limits in [&IMAGE_LIMITS, &tight] {
            let Ok(opened) = opened(&archive, limits) else {
                continue;
            };
            // The same image, with its bytes in other pieces.
            let piece_bytes = 1 + Numbers::of(&archive).below(5_000);
            let cut = opened_in(&archive, piece_bytes, limits).expect("was opened before");
            let images = opened.images.into_iter().zip(cut.images);
            for (image, cut) in images.take(IMAGES) {
                check(image, cut, limits);
            }
        }
    }
}

fn check(mut image: FoundImage, mut cut: FoundImage, limits: &Limits) {
    image.layers.truncate(LAYERS);
    cut.layers.truncate(LAYERS);
    let n_layers = image.layers.len();
    assert_eq!(n_layers, cut.layers.len());
    let mut upward = OpenImage::new(image, *limits);
    let mut downward = OpenImage::new(cut, *limits);
    for layer in 0..n_layers {
        upward.accept(layer, status(&upward, layer, limits));
        let top = n_layers - 1 - layer;
        downward.accept(top, status(&downward, top, limits));
    }
    for (one, other) in upward.layers().iter().zip(downward.layers()) {
        check_same_status(one, other);
    }
    // The blobs of an artifact are only listed, so they make no union.
    let is_waiting = |status: &LayerStatus| matches!(status, LayerStatus::Waiting);
    let n_read = upward.layers().iter().position(is_waiting);
    assert_eq!(upward.n_applied(), n_read.unwrap_or(n_layers));
    assert_eq!(upward.next_waiting(), None);
    union::check(upward.union(), limits);
    union::check_same(upward.union(), downward.union());
    let [system, same] = [&upward, &downward]
        .map(|image| system_task(image).map(|task| finished(task.run(&|_| None))));
    assert_eq!(system, same);
    let [packages, same] = [&upward, &downward]
        .map(|image| packages_task(image).map(|task| finished(task.read(&|_| None)).finish(image)));
    assert_eq!(packages, same);
    let [secrets, same] = [&upward, &downward].map(|image| {
        secrets_task(image).map(|task| finished(task.search(&|_| None)).finish(image))
    });
    assert_eq!(secrets, same);
    if let Ok(list) = &secrets {
        let bounds = &limits.secrets;
        assert!(list.findings.len() <= 2 * bounds.findings);
        assert!(list.gaps.len() <= bounds.unread_files + 2 * n_layers);
    }
    let [safety, same] = [&upward, &downward]
        .map(|image| safety_task(image).map(|task| finished(task.read(&|_| None)).finish(image)));
    assert_eq!(safety, same);
    if let Ok(list) = &safety {
        let most = limits.safety.findings * SafetyRule::ALL.len();
        assert!(list.findings.len() <= most);
    }
    let found = FileFindings {
        system: system.as_ref(),
        packages: packages.as_ref(),
        secrets: Some(secrets.as_ref()),
        safety: safety.as_ref(),
    };
    let report = serde_json::to_string(&report_of(&upward, found));
    assert!(report.is_ok());
    for layer in 0..n_layers {
        check_files(&upward, layer);
    }
}

/// Checks that a layer is read as the same, whatever the pieces.
fn check_same_status(one: &LayerStatus, other: &LayerStatus) {
    match (one, other) {
        (LayerStatus::Read(one, verdict), LayerStatus::Read(other, other_verdict)) => {
            assert_eq!(verdict, other_verdict);
            assert_eq!(one.index, other.index);
            assert_eq!(one.access, other.access);
            assert_eq!(one.damage, other.damage);
            assert_eq!(one.warnings, other.warnings);
        }
        (LayerStatus::Failed(one), LayerStatus::Failed(other)) => assert_eq!(one, other),
        (LayerStatus::Waiting, LayerStatus::Waiting) => {}
        _ => panic!("a layer is read in some pieces and not in others"),
    }
}

fn status(image: &OpenImage, layer: usize, limits: &Limits) -> LayerStatus {
    let options = ReadOptions {
        limits: limits.layer,
        file_hashes: FileHashes::Sha256,
    };
    let go_on = |_| std::ops::ControlFlow::Continue(());
    match image.task(layer) {
        Some(task) => match finished(read_layer(task, options, &go_on)) {
            Ok((read, verdict)) => LayerStatus::Read(Rc::new(read), verdict),
            Err(error) => LayerStatus::Failed(error),
        },
        None => image.layers()[layer].clone(),
    }
}

/// Checks that some files of a layer have the same hash as during the first reading.
fn check_files(image: &OpenImage, layer: usize) {
    let Some(read) = image.read_layer(layer) else {
        return;
    };
    let files = read.index.entries().filter(|entry| {
        entry.kind == EntryKind::File && entry.size_bytes <= FILE_BYTES && !entry.incomplete
    });
    let files: Vec<_> = files.collect();
    let mut numbers = Numbers::of(read.digest.as_str().as_bytes());
    for _ in 0..FILES.min(files.len()) {
        let entry = &files[numbers.below(files.len())];
        let content = FileContent::new(Rc::clone(read), entry.id).expect("is an entry");
        assert_eq!(content.size_bytes(), entry.size_bytes);
        let bytes = finished(content.read(0, u64::MAX, &|_| None)).expect("was read before");
        assert_eq!(bytes.len() as u64, entry.size_bytes);
        if let Some(sha256) = entry.sha256 {
            let digest = lamina::image::Digest::sha256_of(&bytes);
            assert_eq!(lamina::image::hex(&sha256), digest.encoded());
        }
        let from = entry.size_bytes / 2;
        let rest = finished(content.read(from, 7, &|_| None)).expect("was read before");
        let start = usize::try_from(from).expect("is bounded");
        assert_eq!(rest, bytes[start..bytes.len().min(start + 7)]);
    }
}
