//! Peak memory of hostile and large images, natively and at full size, measured by a counting allocator.
//!
//! The suite tests the results and messages for such images (`tests/suite/hostile/`).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

#[path = "suite/support/root_fs.rs"]
mod root_fs;

use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lamina::bounds::{ImageLimits, LayerLimits, Limits};
use lamina::build::Family;
use lamina::image::{Algorithm, Digest, Hasher, Json};
use lamina::io::{self, Bytes, LocalFuture, MemorySpool, ReadAt};
use lamina::layer::{Expected, FileHashes, LayerReader, LayerReading, ReadOptions, pack, unpack};
use lamina::overlay::{LayerIdx, NodeId, Query, TreeRows, Union, View};
use lamina::source::archive::{Input, OpenedArchive, open};
use lamina::workspace::{
    Draft, Export, ExportNames, LayerStatus, ManifestForm, OpenImage,
    docker_archive as as_docker_archive, oci_archive, publish, read_layer, tree_as_tar,
};
use peak_alloc::PeakAlloc;
use serde_json::json;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MIB: usize = 1024 * 1024;

const OPTIONS: ReadOptions = ReadOptions {
    limits: LayerLimits::DEFAULT,
    file_hashes: FileHashes::Skip,
};

/// Runs one test at a time, since each would count the memory of the others.
fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work`, which may take `most_mib` more than is held before.
fn check<T>(most_mib: usize, work: impl FnOnce() -> T) -> T {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let done = work();
    let peak = MEMORY.peak_usage().saturating_sub(before);
    assert!(
        peak <= most_mib * MIB,
        "{:.1} MiB at the most, and {most_mib} were allowed",
        peak as f64 / MIB as f64
    );
    done
}

/// Reads a layer of a first piece and `n` copies of another one.
fn read(first: &[u8], piece: &[u8], n: usize) -> LayerReading {
    let mut reader = LayerReader::new(Expected::default(), OPTIONS);
    reader.push(first);
    for _ in 0..n {
        reader.push(piece);
    }
    reader.finish()
}

fn header(flag: tar::EntryType, name: &str, size: u64) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).unwrap();
    header.set_entry_type(flag);
    header.set_mode(0o644);
    header.set_size(size);
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    member.extend(miniz_oxide::deflate::compress_to_vec(bytes, 9));
    member.extend(crc32fast::hash(bytes).to_le_bytes());
    member.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    member
}

/// Returns a frame with the largest window, of blocks of one byte each, repeated 128 Ki times.
fn zstd_zeros(n_blocks: usize) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3];
    for at in 1..=n_blocks {
        let header = (128 * 1024_u32) << 3 | 1 << 1 | u32::from(at == n_blocks);
        frame.extend(header.to_le_bytes().iter().take(3));
        frame.push(0);
    }
    frame
}

#[test]
fn a_gzip_bomb() {
    let _alone = alone();
    // Up to 512 checkpoints are kept, each with 32 KiB.
    let piece = gzip(&vec![0; 16 * MIB]);
    let reading = check(20, || read(&[], &piece, 4_000));
    let damage = reading.damage.unwrap().to_string();
    assert!(damage.contains("decompression bomb"), "{damage}");
}

#[test]
fn a_zstd_bomb() {
    let _alone = alone();
    // Its window of 128 MiB is the largest allowed, and all of it is filled.
    let piece = zstd_zeros(100_000);
    let reading = check(256, || read(&[], &piece, 4));
    let damage = reading.damage.unwrap().to_string();
    assert!(damage.contains("decompression bomb"), "{damage}");
}

#[test]
fn a_plain_layer_of_a_gigabyte() {
    let _alone = alone();
    let first = header(tar::EntryType::Regular, "data", 1 << 30);
    let reading = check(2, || read(&first, &[0; MIB], 1_024));
    assert_eq!(reading.damage, None);
    assert_eq!(reading.decoded_bytes, (1 << 30) + 512);
}

#[test]
fn a_layer_of_a_million_entries() {
    let _alone = alone();
    check(320, || {
        let mut reader = LayerReader::new(Expected::default(), OPTIONS);
        for n in 0..1_000_000 {
            let name = format!("usr/share/part{}/file{n}.txt", n / 1_000);
            reader.push(&header(tar::EntryType::Regular, &name, 0));
        }
        let reading = reader.finish();
        assert_eq!(reading.index.n_entries(), 1_000_000);
        let mut union = Union::new(Limits::DEFAULT);
        let layer = union.apply(Rc::new(reading.index));
        // The first actions of a user: totals, a tree with everything open, a search.
        let view = View::UpTo(layer);
        assert_eq!(union.totals(NodeId::ROOT, view).n_files, 1_000_000);
        let mut tree = TreeRows::new(view);
        let share = union.lookup(b"usr/share").unwrap();
        tree.expand_to(
            &union,
            union.lookup(b"usr/share/part7/file7000.txt").unwrap(),
        );
        tree.expand_all(&union, union.children(share, view));
        assert_eq!(tree.n_rows(&union), 1_001_002);
        assert_eq!(
            union.find(&Query::literal(b"file999999"), view, 10).len(),
            1
        );
    });
}

#[test]
fn a_root_file_system_of_half_a_million_entries() {
    let _alone = alone();
    let rows = root_fs::layers(500_000, 8);
    let n_entries: usize = rows.iter().map(Vec::len).sum();
    let before = MEMORY.current_usage();
    let indexes: Vec<_> = rows
        .iter()
        .map(|rows| Rc::new(root_fs::index_of(rows)))
        .collect();
    let mut union = Union::new(Limits::DEFAULT);
    for index in &indexes {
        union.apply(Rc::clone(index));
    }
    union.shrink_to_fit();
    let held = MEMORY.current_usage() - before;
    assert!(
        held <= 120 * n_entries,
        "{:.1} bytes for each entry, names, indexes and union together",
        held as f64 / n_entries as f64
    );
    // The reported sizes are almost all of it: boxes, warnings and the list of layers are small.
    let said = indexes
        .iter()
        .map(|index| index.heap_bytes())
        .sum::<usize>()
        + union.heap_bytes();
    assert!((held - 4096..=held).contains(&said), "{said} of {held}");
    assert_eq!(n_entries, 500_000);
    assert!(union.n_nodes() > 450_000);
}

fn open_bytes(bytes: Vec<u8>) -> OpenedArchive {
    let limits = Limits::DEFAULT;
    let input = Input::File {
        name: "test.tar".to_owned(),
        bytes: Rc::new(Bytes::new(bytes)),
    };
    let spool = || Box::new(MemorySpool::new(limits.archive.spool_memory_bytes)) as _;
    pollster::block_on(open(input, spool, &limits, &|_| ControlFlow::Continue(()))).unwrap()
}

fn tar_of(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        builder
            .append_data(&mut header, name, content.as_slice())
            .unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn an_index_that_fans_out_to_a_billion() {
    let _alone = alone();
    const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    let descriptor = |bytes: &[u8]| {
        json!({"mediaType": INDEX, "digest": Digest::sha256_of(bytes).to_string(), "size": bytes.len(),
               "annotations": {"padding": "x".repeat(10_000)}})
    };
    let mut members = vec![("oci-layout".to_owned(), b"{}".to_vec())];
    let mut below = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).to_string();
    for _ in 0..16 {
        let name = format!(
            "blobs/sha256/{}",
            Digest::sha256_of(below.as_bytes()).encoded()
        );
        let entry = descriptor(below.as_bytes());
        members.push((name, below.into_bytes()));
        below = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry, entry, entry, entry]}).to_string();
    }
    members.push(("index.json".to_owned(), below.into_bytes()));
    let archive = tar_of(&members);
    let opened = check(64, || open_bytes(archive));
    assert!(
        opened
            .warnings
            .iter()
            .any(|w| w.code() == "too-many-documents")
    );
}

/// Makes a docker-archive with these layers and this config.
fn docker_archive(layers: &[Vec<u8>], config: &str) -> Vec<u8> {
    let names: Vec<_> = (0..layers.len()).map(|n| format!("{n}.tar")).collect();
    let list = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": names}]);
    let mut members: Vec<_> = names.into_iter().zip(layers.to_vec()).collect();
    members.push(("c.json".to_owned(), config.as_bytes().to_vec()));
    members.push(("manifest.json".to_owned(), list.to_string().into_bytes()));
    tar_of(&members)
}

/// Reads an image's layers one after another, like the command.
fn read_layers(image: &mut OpenImage) {
    while let Some(layer) = image.next_waiting() {
        let task = image.task(layer).unwrap();
        let read = read_layer(task, OPTIONS, &|_| ControlFlow::Continue(()));
        let (read, verdict) = pollster::block_on(read).unwrap();
        image.accept(layer, LayerStatus::Read(Rc::new(read), verdict));
    }
}

#[test]
fn an_archive_of_a_mebibyte_from_opening_to_browsing() {
    let _alone = alone();
    let layer = tar_of(&[("etc/hosts".to_owned(), vec![b'x'; MIB / 2])]);
    let archive = docker_archive(&[layer.clone(), layer], "{}");
    check(4, || {
        let mut opened = open_bytes(archive);
        let mut image = OpenImage::new(opened.images.remove(0), Limits::DEFAULT);
        read_layers(&mut image);
        assert_eq!(image.union().n_layers(), 2);
    });
}

#[test]
fn documents_of_sixteen_mebibytes() {
    let _alone = alone();
    // The maximum number of values per document, each with as few bytes as possible.
    let values = format!("[{}0]", "{},".repeat(249_990));
    check(32, || Json::parse(values.as_bytes(), 1 << 24).unwrap());
    let brackets = "[".repeat(16 * MIB);
    check(4, || Json::parse(brackets.as_bytes(), 1 << 24).unwrap_err());
    let commas = format!("[{}0]", "0,".repeat(8 * MIB - 2));
    check(32, || Json::parse(commas.as_bytes(), 1 << 24).unwrap_err());
    let steps = vec![json!({"created_by": "x".repeat(100)}); 100_000];
    let config =
        json!({"history": steps, "rootfs": {"type": "layers", "diff_ids": []}}).to_string();
    let archive = docker_archive(&[], &config);
    check(128, || open_bytes(archive));
}

#[test]
fn paths_that_are_nothing_but_depth() {
    let _alone = alone();
    // Sixteen kilobytes of text each. Without a limit, each would make four thousand directories.
    let mut records = Vec::new();
    for n in 0..4_000 {
        let path = format!("{n}/{}f", "d/".repeat(2_000));
        let rest = path.len() + " path=\n".len();
        let record = format!("{} path={path}\n", rest + 4);
        let mut entry = header(tar::EntryType::XHeader, "pax", record.len() as u64);
        entry.extend(record.as_bytes());
        entry.resize(entry.len().next_multiple_of(512), 0);
        entry.extend(header(tar::EntryType::Regular, "short", 0));
        records.push(entry);
    }
    let reading = {
        let mut reader = LayerReader::new(Expected::default(), OPTIONS);
        for entry in &records {
            reader.push(entry);
        }
        reader.finish()
    };
    assert_eq!((reading.damage, reading.index.n_entries()), (None, 4_000));
    let index = Rc::new(reading.index);
    // An eighth of the real limit, which therefore takes about 550 MiB.
    let limits = Limits {
        image: ImageLimits {
            paths: 1_000_000,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    check(96, || {
        let mut union = Union::new(limits);
        let layer = union.apply(index);
        assert_eq!(union.n_nodes(), limits.image.paths);
        let why = union
            .left_out(layer)
            .first
            .last()
            .map(|told| told.why.word());
        assert_eq!(why, Some("paths"));
    });
}

#[test]
fn records_that_announce_billions() {
    let _alone = alone();
    let packed = pack(&read(
        &header(tar::EntryType::Regular, "a", 0),
        &[0; 1024],
        1,
    ));
    check(1, || {
        for at in 12..packed.len() - 8 {
            let mut forged = packed.clone();
            let end = (at + 4).min(packed.len() - 8);
            forged[at..end].fill(0x7f);
            let body = packed.len() - 8;
            let hash = xxhash_rust::xxh3::xxh3_64(&forged[..body]);
            forged[body..].copy_from_slice(&hash.to_le_bytes());
            drop(unpack(&forged, &LayerLimits::DEFAULT));
        }
    });
}

/// A file with only its ends in memory, and zeros in between.
struct Long {
    head: Vec<u8>,
    n_zeros: u64,
    tail: Vec<u8>,
}

impl ReadAt for Long {
    fn len_bytes(&self) -> u64 {
        self.head.len() as u64 + self.n_zeros + self.tail.len() as u64
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        let (head, zeros_end) = (
            self.head.len() as u64,
            self.head.len() as u64 + self.n_zeros,
        );
        let byte = |at: u64| match at {
            at if at < head => self.head[at as usize],
            at if at < zeros_end => 0,
            at => self.tail[(at - zeros_end) as usize],
        };
        let end = offset + len as u64;
        let bytes = match offset >= head && end <= zeros_end {
            true => vec![0; len],
            false => (offset..end).map(byte).collect(),
        };
        Box::pin(std::future::ready(Ok(bytes)))
    }
}

/// Makes a docker-archive of one layer with one file of `n_zeros` zeros.
fn long_archive(n_zeros: u64) -> Long {
    let entry = header(tar::EntryType::Regular, "zeros", n_zeros);
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(&entry);
    let piece = vec![0; MIB];
    for _ in 0..n_zeros / MIB as u64 {
        hasher.update(&piece);
    }
    hasher.update(&[0; 1024]);
    let diff_id = hasher.finish().unwrap();
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [diff_id]},
    });
    let list = json!([{"Config": "c.json", "RepoTags": ["long:1"], "Layers": ["0.tar"]}]);
    let mut head = Vec::new();
    for (name, document) in [("c.json", config), ("manifest.json", list)] {
        let text = document.to_string();
        head.extend(header(tar::EntryType::Regular, name, text.len() as u64));
        head.extend(text.as_bytes());
        head.resize(head.len().next_multiple_of(512), 0);
    }
    head.extend(header(
        tar::EntryType::Regular,
        "0.tar",
        512 + n_zeros + 1024,
    ));
    head.extend(entry);
    Long {
        head,
        n_zeros,
        tail: vec![0; 2048],
    }
}

#[test]
fn ex_08_ex_09_an_export_takes_no_memory_however_large_it_is() {
    let _alone = alone();
    let size = 600 * MIB as u64;
    let bytes: Rc<dyn ReadAt> = Rc::new(long_archive(size));
    let name = "long.tar".to_owned();
    let limits = &Limits::DEFAULT;
    let spool = || Box::new(MemorySpool::new(0)) as _;
    let go_on = |_| ControlFlow::Continue(());
    let opening = open(Input::File { name, bytes }, spool, limits, &go_on);
    let opened = pollster::block_on(opening).unwrap();
    let image = OpenImage::new(opened.images.into_iter().next().unwrap(), *limits);
    let names = ExportNames::of(&image.found);
    let all = |mut export: Export, image: &OpenImage| {
        let mut n_bytes = 0;
        while let Some(piece) = pollster::block_on(export.next(&|look| look(image))).unwrap() {
            n_bytes += piece.len() as u64;
        }
        assert!(n_bytes > size && n_bytes <= export.total_bytes);
    };
    let go_on = |_| ControlFlow::Continue(());
    check(16, || {
        let export = as_docker_archive(Draft::of(&image), &names, &go_on);
        all(pollster::block_on(export).unwrap(), &image);
    });
    check(16, || {
        let form = ManifestForm::Of(Family::Oci);
        let publication = pollster::block_on(publish(Draft::of(&image), form, &go_on)).unwrap();
        all(oci_archive(&publication, None, &names, *limits), &image);
    });
    let mut image = image;
    read_layers(&mut image);
    check(32, || {
        let root = lamina::image::ImagePath::default();
        all(tree_as_tar(&image, LayerIdx(0), &root).unwrap(), &image);
    });
}

/// Each layer alone is far below the limits, but twenty of them would take gigabytes.
#[test]
fn names_of_twenty_layers_together() {
    let _alone = alone();
    let mut layer = Vec::new();
    for at in 0..12_000 {
        let target = format!("{at}/{}", "t".repeat(4_000));
        let rest = target.len() + " linkpath=\n".len();
        let record = format!("{} linkpath={target}\n", rest + 4);
        layer.extend(header(tar::EntryType::XHeader, "pax", record.len() as u64));
        layer.extend(record.as_bytes());
        layer.resize(layer.len().next_multiple_of(512), 0);
        layer.extend(header(tar::EntryType::Symlink, &format!("link{at}"), 0));
    }
    let stored = gzip(&layer);
    drop(layer);
    let archive = docker_archive(&vec![stored; 20], "{}");
    let image = check(400, || {
        let mut opened = open_bytes(archive);
        let mut image = OpenImage::new(opened.images.remove(0), Limits::DEFAULT);
        read_layers(&mut image);
        image
    });
    let reads = image.layers().iter().filter_map(|status| match status {
        LayerStatus::Read(read, _) => Some(read),
        _ => None,
    });
    let text: u64 = reads.clone().map(|read| read.index.text_bytes()).sum();
    // Each layer also holds the entry that exceeds the limit.
    assert!(
        text <= Limits::DEFAULT.layer.image_text_bytes + 20 * 4_100,
        "{text}"
    );
    let n_stopped = reads.filter(|read| read.damage.is_some()).count();
    assert!(
        n_stopped >= 10,
        "{n_stopped} layers were not read to their ends"
    );
}
