//! Benchmarks of each part of reading an image: the same work natively, under criterion, and in the browser.
//!
//! The input is made here and is the same everywhere: text that compresses like programs and their sources, and a
//! root file system of half a million entries.

#[path = "../../tests/suite/support/root_fs.rs"]
mod root_fs;

use std::hint::black_box;
use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits, SearchLimits};
use lamina::build::GzipWriter;
use lamina::image::Digest;
use lamina::layer::tar::{TarEvent, TarParser};
use lamina::layer::{
    Compression, DecodeStatus, Decoder, Expected, FileHashes, LayerIndex, LayerReader,
    LayerReading, ReadOptions, pack, unpack,
};
use lamina::overlay::{
    ChangeFilter, Direction, Filter, LayerIdx, NodeId, Query, Sort, SortKey, TreeRows, Union, View,
};

/// Amount of input that one turn of a part processes.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "the browser's side tells times only")]
pub(crate) enum Amount {
    Bytes(u64),
    Entries(u64),
}

/// A part, ready to be measured.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    #[allow(dead_code, reason = "the browser's side tells times only")]
    pub(crate) amount: Amount,
    pub(crate) turn: Box<dyn FnMut()>,
}

/// Uncompressed bytes of the layer.
const LAYER_BYTES: usize = 32 * 1024 * 1024;
const N_ENTRIES: usize = 500_000;
const N_LAYERS: usize = 8;

pub(crate) fn parts() -> Vec<Part> {
    let mut parts = layer_parts();
    parts.extend(union_parts());
    parts
}

fn layer_parts() -> Vec<Part> {
    let tar: Rc<[u8]> = tar().into();
    let gzip: Rc<[u8]> = gzip_of(&tar).into();
    let amount = Amount::Bytes(tar.len() as u64);
    let part = |name, turn| Part { name, amount, turn };
    let [to_inflate, to_hash, to_parse, to_read, to_deflate] =
        [&gzip, &tar, &tar, &gzip, &tar].map(Rc::clone);
    let reading = read(&gzip);
    let packed = pack(&reading);
    vec![
        part("inflate", Box::new(move || inflate(&to_inflate))),
        part(
            "hash",
            Box::new(move || drop(black_box(Digest::sha256_of(&to_hash)))),
        ),
        part("tar", Box::new(move || parse(&to_parse))),
        part("layer", Box::new(move || drop(black_box(read(&to_read))))),
        part("deflate", Box::new(move || deflate(&to_deflate))),
        part("pack", Box::new(move || drop(black_box(pack(&reading))))),
        part(
            "unpack",
            Box::new(move || drop(black_box(unpack(&packed, &LayerLimits::DEFAULT)))),
        ),
    ]
}

/// Decodes piece by piece like the sequential pass, with gzip's own checksum and no other hash.
fn inflate(gzip: &[u8]) {
    let mut decoder = Decoder::new(Compression::Gzip, &LayerLimits::DEFAULT);
    let mut out = vec![0; 256 * 1024];
    for mut piece in gzip.chunks(64 * 1024) {
        while let Ok(step) = decoder.decode(piece, &mut out) {
            piece = piece.get(step.read..).unwrap_or_default();
            if step.status == DecodeStatus::NeedsInput {
                break;
            }
        }
    }
    black_box(decoder.finish().is_ok());
}

/// Compresses like a push, without hashing.
fn deflate(tar: &[u8]) {
    let mut out = Vec::new();
    let mut writer = GzipWriter::new(&mut out);
    for piece in tar.chunks(256 * 1024) {
        writer.push(piece, &mut out);
        out.clear();
    }
    writer.finish(&mut out);
    black_box(out.len());
}

fn parse(tar: &[u8]) {
    let mut parser = TarParser::new(&LayerLimits::DEFAULT);
    for mut piece in tar.chunks(256 * 1024) {
        while let Ok(step) = parser.step(piece) {
            piece = piece.get(step.read..).unwrap_or_default();
            if matches!(step.event, TarEvent::NeedsInput) {
                break;
            }
        }
    }
    black_box(parser.finish().is_ok());
}

fn read(gzip: &[u8]) -> LayerReading {
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Skip,
    };
    let mut reader = LayerReader::new(Expected::default(), options);
    for piece in gzip.chunks(64 * 1024) {
        reader.push(piece);
    }
    reader.finish()
}

/// Returns a tar of files from a few KiB to a megabyte, like sources and programs.
fn tar() -> Vec<u8> {
    let words = [
        "fn ", "let ", "self.", "return ", "    ", "\n", "(", ");\n", "= ", "index", "value",
        "\0\0\0\0", "\x7fELF", "0x",
    ];
    let mut state = 1_u32;
    let mut roll = move |sides: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % sides
    };
    let mut builder = tar::Builder::new(Vec::new());
    let mut n_bytes = 0;
    for number in 0.. {
        let len = 2_000 + roll(60) * roll(300);
        let mut content = Vec::with_capacity(len + 16);
        while content.len() < len {
            match roll(4) {
                0 => content.push(roll(256) as u8),
                _ => content.extend_from_slice(words[roll(words.len())].as_bytes()),
            }
        }
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        let name = format!("usr/lib/part{}/file{number}.rs", number / 50);
        builder
            .append_data(&mut header, name, content.as_slice())
            .expect("memory takes all");
        n_bytes += content.len();
        if n_bytes > LAYER_BYTES {
            break;
        }
    }
    builder.into_inner().expect("memory takes all")
}

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    gzip.extend(miniz_oxide::deflate::compress_to_vec(bytes, 6));
    gzip.extend(crc32fast::hash(bytes).to_le_bytes());
    gzip.extend((bytes.len() as u32).to_le_bytes());
    gzip
}

fn union_parts() -> Vec<Part> {
    let indexes: Vec<Rc<LayerIndex>> = root_fs::layers(N_ENTRIES, N_LAYERS)
        .iter()
        .map(|rows| Rc::new(root_fs::index_of(rows)))
        .collect();
    let union = Rc::new(union_of(&indexes));
    let top = View::UpTo(LayerIdx(N_LAYERS as u32 - 1));
    let large = union.lookup(b"var/lib/dpkg/info");
    let amount = Amount::Entries(N_ENTRIES as u64);
    let part = |name, turn| Part { name, amount, turn };
    let with_union = |name, mut work: Box<dyn FnMut(&Union)>| {
        let union = Rc::clone(&union);
        part(name, Box::new(move || work(&union)))
    };
    let find = |name, text: &str| {
        let query = Query::parse(text, &SearchLimits::DEFAULT).expect("the query is understood");
        with_union(
            name,
            Box::new(move |union| drop(black_box(union.find(&query, top, 201)))),
        )
    };
    // Each turn changes the view, since an unchanged one would be no work.
    let tree_part = |name, mut change: Box<dyn FnMut(&mut TreeRows)>| {
        let mut tree = TreeRows::new(top);
        // One folder of thousands is open, and its rows are sorted and shown.
        if let Some(file) = large.and_then(|dir| union.children(dir, top).next()) {
            tree.expand_to(&union, file);
        }
        with_union(
            name,
            Box::new(move |union| {
                change(&mut tree);
                black_box(tree.rows(union, 0, 60));
                black_box(tree.n_rows(union));
            }),
        )
    };
    vec![
        part(
            "union",
            Box::new(move || drop(black_box(union_of(&indexes)))),
        ),
        find("search: a letter", "e"),
        find("search: a word", "readme"),
        find("search: nothing", "\"not there at all\""),
        find("search: scattered letters", "usrlibso"),
        find("search: a pattern", "/usr/**/lib*.so"),
        find("search: a size", "size:>1M"),
        tree_part("filter: a letter", filtering(["e", "a"])),
        tree_part("filter: a word", filtering(["readme", "license"])),
        tree_part("filter: what a layer adds", filtering_changes()),
        tree_part("sort: the largest folder", sorting()),
        tree_part("view: up to a layer", viewing(View::UpTo)),
        tree_part("view: a layer's own", viewing(View::Layer)),
        {
            // A view's totals are cached, so each turn asks for those of another view.
            let mut layer = 0;
            let mut fresh = union_parts_again(&union);
            part(
                "totals of a view",
                Box::new(move || {
                    layer = (layer + 1) % N_LAYERS as u32;
                    black_box(fresh(View::UpTo(LayerIdx(layer))));
                }),
            )
        },
    ]
}

fn union_of(indexes: &[Rc<LayerIndex>]) -> Union {
    let mut union = Union::new(Limits::DEFAULT);
    for index in indexes {
        union.apply(Rc::clone(index));
    }
    union.shrink_to_fit();
    union
}

fn union_parts_again(union: &Rc<Union>) -> impl FnMut(View) -> u32 + use<> {
    let union = Rc::clone(union);
    move |view| union.totals(NodeId::ROOT, view).n_files
}

fn filtering(texts: [&'static str; 2]) -> Box<dyn FnMut(&mut TreeRows)> {
    let mut at = 0;
    Box::new(move |tree| {
        at = 1 - at;
        tree.set_filter(Filter {
            text: texts[at].into(),
            ..Filter::default()
        });
    })
}

fn filtering_changes() -> Box<dyn FnMut(&mut TreeRows)> {
    let mut added = false;
    Box::new(move |tree| {
        added = !added;
        tree.set_filter(Filter {
            changes: Some(ChangeFilter {
                added,
                changed: !added,
                deleted: false,
            }),
            ..Filter::default()
        });
    })
}

fn sorting() -> Box<dyn FnMut(&mut TreeRows)> {
    let keys = [SortKey::Size, SortKey::Time, SortKey::Owner, SortKey::Name];
    let mut at = 0;
    Box::new(move |tree| {
        at = (at + 1) % keys.len();
        tree.set_sort(Sort {
            key: keys[at],
            direction: Direction::Ascending,
        });
    })
}

fn viewing(of: fn(LayerIdx) -> View) -> Box<dyn FnMut(&mut TreeRows)> {
    let mut layer = 0;
    Box::new(move |tree| {
        layer = (layer + 1) % N_LAYERS as u32;
        tree.set_view(of(LayerIdx(layer)));
    })
}
