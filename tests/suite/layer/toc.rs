//! Tables of contents: how they are found, that they match the layer, and reading single files with them.

use std::collections::BTreeMap;

use lamina::bounds::LayerLimits;
use lamina::image::Digest;
use lamina::layer::{
    EntryId, StoredRange, Toc, TocError, TocForm, TocPlace, TocReader, difference, footer_range,
    place_in_annotations, place_in_footer, read_toc,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::read_pieces;
use crate::support::toc::{CHUNK_BYTES, Written, chunked_footer, legacy_footer, with_toc};
use crate::support::{gzip_of, tar_of, zstd};

pub(super) const FORMS: [TocForm; 2] = [TocForm::Estargz, TocForm::ZstdChunked];

/// Entries of every kind; one file of several chunks.
pub(super) const TREE: &str = "
    etc/ | mode=755 mtime=3600
    etc/hosts = 127.0.0.1 | mode=640 uid=1000 gid=42 mtime=100
    etc/empty =
    big = @2500000
    bin/sh -> dash
    bin/dash = elf | xattr.user.k=v xattr.security.capability=\\x01\\x00
    bin/ash => bin/dash
    dev/null c 1:3
    dev/sda b 8:0
    run/pipe p
    usr/.wh.bin
    a/b/.wh..wh..opq
    last = the last one";

/// Returns the place of the table by the layer's last bytes.
pub(super) fn footer_place(form: TocForm, written: &Written) -> Result<TocPlace, TocError> {
    let blob_bytes = written.stored.len() as u64;
    let range = footer_range(form, blob_bytes).expect("the layer is long enough");
    assert_eq!(range.offset + range.len, blob_bytes);
    place_in_footer(
        form,
        part(&written.stored, range),
        &written.annotations,
        blob_bytes,
        &LayerLimits::DEFAULT,
    )
}

pub(super) fn part(stored: &[u8], range: StoredRange) -> &[u8] {
    &stored[range.offset as usize..][..range.len as usize]
}

pub(super) fn toc_of(form: TocForm, written: &Written) -> Result<Toc, TocError> {
    let place = footer_place(form, written)?;
    read_toc(
        &place,
        part(&written.stored, place.range),
        &LayerLimits::DEFAULT,
    )
}

/// Returns the content that a reader gives for these compressed bytes, the number of
/// bytes requested, and the error.
pub(super) fn drive(mut reader: TocReader, stored: &[u8]) -> (Vec<u8>, u64, Option<TocError>) {
    let (mut content, mut asked) = (Vec::new(), 0);
    for _ in 0..10_000 {
        let Some(range) = reader.next_range() else {
            return (content, asked, None);
        };
        asked += range.len;
        if let Err(error) = reader.push(part(stored, range), &mut content) {
            assert_eq!(reader.next_range(), None, "after an error there is no more");
            return (content, asked, Some(error));
        }
    }
    panic!("reading does not end");
}

pub(super) fn id_of(toc: &Toc, path: &str) -> EntryId {
    let found = toc.index.entries().find(|e| e.path == path.as_bytes());
    found.expect("the table lists it").id
}

#[wasm_bindgen_test(unsupported = test)]
fn a_table_tells_what_the_layer_holds() {
    for form in FORMS {
        let written = with_toc(form, &tar_of(TREE), |_| ());
        let reading = read_pieces(&[&written.stored], &Default::default(), super::OPTIONS);
        assert_eq!(reading.damage, None, "{form:?}");
        assert_eq!(reading.diff_id.0, Digest::sha256_of(&written.decoded));
        let toc = toc_of(form, &written).unwrap();
        assert_eq!(toc.warnings.kept, []);
        assert_eq!(difference(&toc.index, &reading.index), None, "{form:?}");
        // The table is a file of an eStargz layer, and lists everything but itself.
        let n_tables = usize::from(form == TocForm::Estargz);
        assert_eq!(toc.index.n_entries() + n_tables, reading.index.n_entries());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_opens_by_its_own_chunks() {
    for form in FORMS {
        let tar = tar_of(TREE);
        let written = with_toc(form, &tar, |_| ());
        let toc = toc_of(form, &written).unwrap();
        let big: Vec<u8> = (0..2_500_000).map(|at| b'a' + (at % 26) as u8).collect();
        let files: [(&str, &[u8]); 4] = [
            ("etc/hosts", b"127.0.0.1"),
            ("big", &big),
            ("bin/dash", b"elf"),
            ("last", b"the last one"),
        ];
        for (path, content) in files {
            let size = content.len() as u64;
            let open = |offset, len| {
                let reader = toc.contents.open(id_of(&toc, path), offset, len);
                drive(reader.expect("it opens"), &written.stored)
            };
            let (whole, asked, error) = open(0, size);
            assert!(whole == content && error.is_none(), "{path}: {error:?}");
            // Each member has some bytes around the content, followed by tar headers and padding.
            assert!(
                asked < size + 8192,
                "{asked} bytes asked for {size} of {path}"
            );
            for (offset, len) in [
                (0, 1),
                (size / 2, 2),
                (size - 1, 1),
                (size - 1, 99),
                (size, 1),
            ] {
                let (got, asked, error) = open(offset, len);
                let end = (offset + len).min(size) as usize;
                assert!(got == content[offset as usize..end], "{path} from {offset}");
                assert_eq!(error, None);
                assert!(asked <= 2 * (CHUNK_BYTES as u64 + 8192));
            }
        }
        for none in ["etc/empty", "etc", "bin/sh", "usr/.wh.bin"] {
            assert!(toc.contents.open(id_of(&toc, none), 0, 9).is_none());
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn annotations_lead_to_a_table_without_its_footer() {
    let written = with_toc(TocForm::ZstdChunked, &tar_of(TREE), |_| ());
    let blob_bytes = written.stored.len() as u64;
    let by_footer = footer_place(TocForm::ZstdChunked, &written).unwrap();
    let by_annotations = |annotations: &BTreeMap<String, String>| {
        place_in_annotations(annotations, blob_bytes, &LayerLimits::DEFAULT)
    };
    assert_eq!(
        by_annotations(&written.annotations),
        Some(Ok(by_footer.clone()))
    );
    let before: BTreeMap<_, _> = written
        .annotations
        .iter()
        .map(|(key, value)| (key.replace("io.github.", "io."), value.clone()))
        .collect();
    assert_eq!(by_annotations(&before), Some(Ok(by_footer)));
    assert_eq!(by_annotations(&BTreeMap::new()), None);
    for (position, why) in [
        ("1:2:3", "no list of four"),
        ("1:2:3:4:5", "no list of four"),
        ("-1:2:3:1", "no list of four"),
        ("1:2:3:2", "of a type"),
        ("1:0:3:1", "outside"),
        ("999999999:2:3:1", "outside"),
        ("18446744073709551615:2:3:1", "outside"),
        ("1:99999999999:3:1", "more bytes"),
    ] {
        let mut annotations = written.annotations.clone();
        for (key, value) in &mut annotations {
            if key.ends_with("position") {
                *value = position.to_owned();
            }
        }
        let error = by_annotations(&annotations).unwrap().unwrap_err();
        assert!(error.to_string().contains(why), "{position}: {error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn footers_of_all_writers_are_known() {
    let tar = tar_of(TREE);
    let stargz = with_toc(TocForm::Estargz, &tar, |_| ());
    let place = footer_place(TocForm::Estargz, &stargz).unwrap();
    // The footer of the older stargz form is four bytes shorter.
    let body = stargz.stored[..stargz.stored.len() - 51].to_vec();
    let legacy = Written {
        stored: [body, legacy_footer(place.range.offset)].concat(),
        ..stargz
    };
    assert_eq!(footer_place(TocForm::Estargz, &legacy), Ok(place));
    assert!(toc_of(TocForm::Estargz, &legacy).is_ok());

    let chunked = with_toc(TocForm::ZstdChunked, &tar, |_| ());
    let place = footer_place(TocForm::ZstdChunked, &chunked).unwrap();
    let body = chunked.stored[..chunked.stored.len() - 72].to_vec();
    let numbers = [place.range.offset, place.range.len, 9, 1];
    let short = zstd::skippable(0, &chunked_footer(&numbers, 40));
    let shorter = Written {
        stored: [body, short].concat(),
        ..chunked
    };
    assert_eq!(footer_place(TocForm::ZstdChunked, &shorter), Ok(place));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_ordinary_layer_has_no_table() {
    let tar = tar_of(TREE);
    for form in FORMS {
        let ordinary = Written {
            stored: gzip_of(&tar, 1),
            annotations: BTreeMap::new(),
            decoded: tar.clone(),
        };
        assert_eq!(footer_place(form, &ordinary), Err(TocError::Absent));
        assert_eq!(footer_range(form, 20), None);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_a_table_tells_otherwise_is_found_out() {
    let tar = tar_of(TREE);
    let told = |field: &'static str, value: serde_json::Value| {
        let written = with_toc(TocForm::Estargz, &tar, |toc| {
            toc["entries"][1][field] = value;
        });
        let reading = read_pieces(&[&written.stored], &Default::default(), super::OPTIONS);
        let toc = toc_of(TocForm::Estargz, &written).unwrap();
        let found = difference(&toc.index, &reading.index);
        found.map(|d| format!("{} {}", String::from_utf8(d.path).unwrap(), d.n_paths))
    };
    let hosts = Some("etc/hosts 1".to_owned());
    assert_eq!(told("mode", 0o600.into()), hosts);
    assert_eq!(told("uid", 0.into()), hosts);
    assert_eq!(told("size", 8.into()), hosts);
    assert_eq!(told("type", "dir".into()), hosts);
    assert_eq!(told("xattrs", serde_json::json!({"user.x": "eA=="})), hosts);
    assert_eq!(told("modtime", "1971-01-01T00:00:00Z".into()), hosts);
    // Some writers round times.
    assert_eq!(told("modtime", "1970-01-01T00:01:41Z".into()), None);
    // User and group names are not compared, nor are unknown values.
    assert_eq!(told("userName", "ada".into()), None);
    assert_eq!(
        told("name", "etc/issue".into()),
        Some("etc/hosts 2".to_owned())
    );
}

/// Written by podman 4.3.1: `podman push --compression-format zstd:chunked` of a few files.
const BY_PODMAN: &[u8] = include_bytes!("podman.chunked.tar.zst");

#[wasm_bindgen_test(unsupported = test)]
fn a_real_writers_table_is_read() {
    let mut written = Written {
        stored: BY_PODMAN.to_vec(),
        annotations: BTreeMap::new(),
        decoded: Vec::new(),
    };
    let by_footer = footer_place(TocForm::ZstdChunked, &written).unwrap();
    let key = |name| format!("io.containers.zstd-chunked.manifest-{name}");
    let claimed = "sha256:7a90ab3296ba1bd2d03c615c3daa841d60c9d5e0f072bc33f876f161eb8e2d59";
    written.annotations = BTreeMap::from([
        (key("position"), "3941:442:2004:1".to_owned()),
        (key("checksum"), claimed.to_owned()),
    ]);
    let by_annotations =
        place_in_annotations(&written.annotations, 4_431, &LayerLimits::DEFAULT).unwrap();
    assert_eq!(by_annotations.as_ref().unwrap().range, by_footer.range);
    let toc = toc_of(TocForm::ZstdChunked, &written).unwrap();
    let reading = read_pieces(&[BY_PODMAN], &Default::default(), super::OPTIONS);
    assert_eq!(difference(&toc.index, &reading.index), None);
    assert_eq!(toc.index.n_entries(), 10);
    let reader = toc
        .contents
        .open(id_of(&toc, "data/etc/numbers"), 0, 20_000);
    let (content, asked, error) = drive(reader.unwrap(), BY_PODMAN);
    assert!(content.starts_with(b"1\n2\n3\n") && content.len() == 20_000);
    assert_eq!(error, None);
    assert!(asked < 4_000, "{asked}");
    let reader = toc.contents.open(id_of(&toc, "data/bin/again"), 2, 20);
    assert_eq!(drive(reader.unwrap(), BY_PODMAN).0, b"/bin/sh\n");
}
