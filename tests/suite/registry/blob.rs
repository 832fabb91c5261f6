//! Blobs: whole, in ranges, broken, redirected, foreign.

use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::io::ErrorKind;
use lamina::source::registry::{PlatformChoice, Target};
use lamina::source::{Blob, Error};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{OCI_MANIFEST, Set, limited, native, page};
use crate::support::registry::{Registry, log, preflights};
use crate::support::run;

const TEXT: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

fn blob_of(set: &Set, size_bytes: Option<u64>) -> Rc<dyn Blob> {
    let digest = set.registry.put_blob("app", TEXT);
    run(set.client.blob("app", &digest, size_bytes)).unwrap()
}

pub(super) fn read_all(blob: &dyn Blob) -> Result<Vec<u8>, String> {
    run(async {
        let mut all = Vec::new();
        let mut stream = blob.stream().await.map_err(|error| error.to_string())?;
        while let Some(piece) = stream.next().await.map_err(|error| error.to_string())? {
            all.extend(piece);
        }
        Ok(all)
    })
}

/// Returns the requested ranges, `-` for the whole blob, after `/v2/`.
fn ranges(set: &Set) -> String {
    let asked = set.transport.asked();
    let range = asked
        .iter()
        .skip(1)
        .map(|r| r.headers.get("range").unwrap_or("-").replace("bytes=", ""));
    range.collect::<Vec<_>>().join(" ")
}

/// Streams the whole blob while its first bodies break after `breaks` bytes.
fn check_stream(registry: Registry, breaks: &[usize], size: Option<u64>, asked: &str) {
    let (quiet, plain) = (registry.breaks_quietly, registry.ignores_ranges);
    let set = page(registry);
    *set.registry.breaks.borrow_mut() = breaks.iter().copied().collect();
    let read = read_all(&*blob_of(&set, size));
    let case = format!("{breaks:?} {size:?} quiet {quiet} plain {plain}");
    assert_eq!(
        read.as_deref().map(String::from_utf8_lossy),
        Ok("abcdefghijklmnopqrstuvwxyz".into()),
        "{case}"
    );
    assert_eq!(ranges(&set), asked, "{case}");
    assert_eq!(preflights(&set.transport), Vec::<String>::new());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_14_a_broken_stream_goes_on_where_it_broke() {
    let plain = || Registry {
        ignores_ranges: true,
        ..Registry::default()
    };
    let quiet = || Registry {
        breaks_quietly: true,
        ..Registry::default()
    };
    check_stream(Registry::default(), &[], Some(26), "-");
    check_stream(Registry::default(), &[], None, "-");
    check_stream(Registry::default(), &[10, 0, 5], Some(26), "- 10- 10- 15-");
    check_stream(Registry::default(), &[10], None, "- 10-");
    // At the very end, there is nothing left to request.
    check_stream(Registry::default(), &[26], Some(26), "-");
    check_stream(Registry::default(), &[26], None, "- 26-");
    // The registry starts over.
    check_stream(plain(), &[10, 20], Some(26), "- 10- 20-");
    // The connection just ends.
    check_stream(quiet(), &[10], Some(26), "- 10-");
}

/// Some registries refuse ranges, and some proxies send other ranges than requested.
#[wasm_bindgen_test(unsupported = test)]
fn a_blob_is_read_on_where_ranges_are_refused_or_come_from_elsewhere() {
    let refusing = |range_status| Registry {
        range_status,
        ..Registry::default()
    };
    let shifting = |range_shift| Registry {
        range_shift,
        ..Registry::default()
    };
    for status in [405, 501] {
        check_stream(refusing(status), &[10], Some(26), "- 10- -");
        check_stream(refusing(status), &[10, 20], Some(26), "- 10- - -");
    }
    // Bytes before the requested offset are skipped; a range that begins after it is useless.
    check_stream(shifting(-3), &[10], Some(26), "- 10-");
    check_stream(shifting(4), &[10], Some(26), "- 10- -");
    let set = page(shifting(4));
    let blob = blob_of(&set, Some(26));
    assert_eq!(run(blob.read_at(5, 10)).unwrap(), b"fghijklmno");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_14_gives_up_in_the_end() {
    let set = page(Registry::default());
    *set.registry.breaks.borrow_mut() = [10, 0, 0, 0, 0, 0, 0, 0].into();
    let error = read_all(&*blob_of(&set, Some(26))).unwrap_err();
    assert_eq!(error, "the connection was reset");
    assert_eq!(set.clock.pauses(), [500, 1_000, 2_000, 4_000]);
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_06_a_content_length_of_another_size_is_an_error() {
    for size in [20, 30] {
        let set = page(Registry::default());
        let error = read_all(&*blob_of(&set, Some(size))).unwrap_err();
        let digest = lamina::image::Digest::sha256_of(TEXT);
        let expected = format!(
            "the answer for blob {digest} of app is malformed: it has 26 bytes, and the manifest says {size}"
        );
        assert_eq!(error, expected);
    }
}

/// A blob that a proxy decompressed, and one that never ends, look the same: the page sees the
/// length of the bytes that were sent.
#[wasm_bindgen_test(unsupported = test)]
fn gz_07_a_blob_that_goes_on_past_its_length_is_given_up_at_once() {
    let lengths = |sent| Registry {
        stated_length: Some(sent),
        hides_headers: true,
        ..Registry::default()
    };
    let set = limited(lengths(5), Limits::DEFAULT);
    let read = read_all(&*blob_of(&set, Some(5)));
    let problem = read.unwrap_err().to_string();
    assert!(problem.contains("goes on past the 5 bytes"), "{problem}");
    assert!(
        problem.contains("a proxy, may have decompressed it"),
        "{problem}"
    );
    // It is not requested again.
    assert_eq!(ranges(&set), "-");
    let set = limited(lengths(26), Limits::DEFAULT);
    let read = read_all(&*blob_of(&set, Some(26)));
    assert_eq!(read.unwrap(), b"abcdefghijklmnopqrstuvwxyz");
}

fn check_range(registry: Registry, offset: u64, len: usize, asked: &str) {
    let set = page(registry);
    let read = run(blob_of(&set, Some(26)).read_at(offset, len));
    let at = usize::try_from(offset).unwrap();
    assert_eq!(read.unwrap(), &TEXT[at..at + len], "{len} at {offset}");
    assert_eq!(ranges(&set), asked);
    assert_eq!(preflights(&set.transport), Vec::<String>::new());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_14_ranges() {
    let plain = || Registry {
        ignores_ranges: true,
        ..Registry::default()
    };
    let hidden = Registry {
        hides_headers: true,
        ..Registry::default()
    };
    check_range(Registry::default(), 0, 26, "0-25");
    check_range(Registry::default(), 3, 4, "3-6");
    check_range(Registry::default(), 25, 1, "25-25");
    check_range(Registry::default(), 26, 0, "");
    check_range(plain(), 3, 4, "3-6");
    check_range(plain(), 20, 6, "20-25");
    check_range(hidden, 3, 4, "3-6");
    let broken = Registry {
        breaks: std::cell::RefCell::new([2].into()),
        ..Registry::default()
    };
    check_range(broken, 3, 4, "3-6 5-6");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_range_past_the_end_is_told() {
    for size in [Some(26), None] {
        let set = page(Registry::default());
        let blob = blob_of(&set, size);
        for (offset, len) in [(20, 7), (26, 1), (u64::MAX, 1)] {
            let error = run(blob.read_at(offset, len)).unwrap_err();
            let is_range =
                matches!(&error, Error::Io { cause, .. } if cause.kind == ErrorKind::OutOfRange);
            assert!(is_range, "{error}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_13_br_04_the_place_behind_a_redirect_is_remembered_while_it_serves() {
    let set = page(Registry {
        redirects: true,
        store_serves: 2,
        ..Registry::default()
    });
    let blob = blob_of(&set, Some(26));
    for at in [0, 5, 10, 15, 20] {
        assert_eq!(
            run(blob.read_at(at, 3)).unwrap(),
            &TEXT[at as usize..at as usize + 3]
        );
    }
    let hosts: Vec<_> = log(&set.transport)
        .iter()
        .skip(1)
        .filter_map(|line| Some(line.split("://").nth(1)?.split('.').next()?.to_owned()))
        .collect();
    // A URL of the store is valid twice. Then it is forbidden, and the registry gives a new one.
    assert_eq!(hosts.join(" "), "r store store store r store");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_13_a_signed_address_is_in_no_message() {
    let set = page(Registry {
        redirects: true,
        ..Registry::default()
    });
    let blob = blob_of(&set, Some(26));
    run(blob.read_at(0, 3)).unwrap();
    *set.registry.faults.borrow_mut() = [(0, "", ""), (0, "", ""), (0, "", ""), (0, "", "")].into();
    let error = run(blob.read_at(3, 3)).unwrap_err().to_string();
    assert!(
        error.starts_with("blob sha256:") && !error.contains("sig="),
        "{error}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_missing_blob_is_named() {
    let set = page(Registry::default());
    let digest = lamina::image::Digest::sha256_of(b"other");
    let blob = run(set.client.blob("app", &digest, None)).unwrap();
    assert_eq!(
        read_all(&*blob),
        Err(format!("blob {digest} of app is missing"))
    );
}

/// Opens an image whose only layer has `media_type` and `urls`, and reads that layer.
fn read_foreign(media_type: &str, urls: &str) -> (Result<Vec<u8>, String>, Vec<String>) {
    let set = native(Registry::default());
    let digest = lamina::image::Digest::sha256_of(TEXT);
    let config = set.registry.put_blob("app", b"{}");
    let manifest = format!(
        r#"{{"config":{{"mediaType":"{}","digest":"{config}","size":2}},"layers":[{{"mediaType":"{media_type}","digest":"{digest}","size":26,"urls":{urls}}}]}}"#,
        super::OCI_CONFIG
    );
    set.registry
        .put_manifest("app", "1", OCI_MANIFEST, &manifest);
    let place = "https://foreign.example/b".to_owned();
    set.registry
        .foreign
        .borrow_mut()
        .insert(place, TEXT.to_vec());
    let opened = run(set
        .client
        .open("app", &Target::Tag("1".into()), &PlatformChoice::Usual))
    .unwrap();
    let blob = opened.image.layers[0].blob.as_ref().unwrap().clone();
    let read = read_all(&*blob);
    let asked = log(&set.transport)
        .into_iter()
        .filter(|line| !line.contains("r.example"));
    (read, asked.collect())
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_15_mt_02_a_foreign_layer_comes_from_its_address() {
    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let (read, asked) = read_foreign(
        foreign,
        r#"["ftp://x/y","https://foreign.example/a","https://foreign.example/b"]"#,
    );
    assert_eq!(read.as_deref(), Ok(TEXT));
    assert_eq!(
        asked,
        [
            "GET https://foreign.example/a",
            "GET https://foreign.example/b"
        ]
    );
    let (read, asked) = read_foreign(foreign, "[]");
    assert!(read.unwrap_err().ends_with("is missing"));
    assert_eq!(asked, Vec::<String>::new());
    // An ordinary layer is not fetched from elsewhere, whatever URLs its manifest names.
    let (read, asked) = read_foreign(super::OCI_LAYER, r#"["https://foreign.example/b"]"#);
    assert!(read.unwrap_err().ends_with("is missing"));
    assert_eq!(asked, Vec::<String>::new());
}
