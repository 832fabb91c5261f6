//! Stored objects may be damaged, foreign or missing. Then they are removed, the layer is read again,
//! and none of their content is shown.

use lamina::bounds::{LayerLimits, Limits};
use lamina::protocol::{Answer, LayerState, Request, ask};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Browser, ROOMY, content, key_of, open, stored, words};

/// Makes a browser that has opened the image before.
fn browser() -> Browser {
    let browser = Browser::new(ROOMY, "1: base one");
    open(&browser.page(), "1");
    browser.downloads();
    browser
}

#[wasm_bindgen_test(unsupported = test)]
fn a_damaged_index_is_read_anew_from_the_blob() {
    let whole = browser().object(&key_of("index", "base"));
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        bytes
    };
    let mut damaged = vec![
        Vec::new(),
        whole[..whole.len() / 2].to_vec(),
        vec![0; whole.len()],
    ];
    damaged.push([&whole[..], b"more"].concat());
    damaged.extend((0..whole.len()).step_by(37).map(changed));
    for bytes in damaged {
        let browser = browser();
        browser.replace(&key_of("index", "base"), &bytes);
        let image = open(&browser.page(), "1");
        assert_eq!(
            (words(&image).as_str(), browser.downloads().as_str()),
            ("ok known", "")
        );
        assert_eq!(
            browser.object(&key_of("index", "base")),
            whole,
            "it is whole again"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn another_layers_index_is_not_taken_for_this_one() {
    let browser = browser();
    let other = browser.object(&key_of("index", "one"));
    browser.replace(&key_of("index", "base"), &other);
    let page = browser.page();
    let image = open(&page, "1");
    assert_eq!(words(&image), "ok known");
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
}

/// Makes a docker-archive with one layer. `stored` are its bytes in the archive, which decode to `plain`.
fn saved(plain: &[u8], stored: &[u8]) -> Vec<u8> {
    use crate::archive::fixture::{docker_save, hex_of};
    let member = format!("{}/layer.tar", hex_of("layer 0"));
    let archive = docker_save(&["app:1"], &[plain]);
    archive.without(&member).file(&member, stored).tar()
}

/// Two streams of equal length over one tar. The archive only claims the diff_id, so the stream is known only after
/// it is read. The first one must not be taken for the second, nor keep it from being read.
#[wasm_bindgen_test(unsupported = test)]
fn streams_of_one_length_over_one_tar_are_never_mixed_up() {
    let plain = super::decoded("base");
    let streams = [1, 2].map(|at| {
        let mut stored = crate::archive::fixture::gzip(&plain);
        // The time in gzip's header.
        stored[4] = at;
        stored
    });
    assert!(streams[0].len() == streams[1].len() && streams[0] != streams[1]);
    let browser = Browser::new(ROOMY, "1: one");
    for stored in streams.iter().chain(&streams) {
        let page = browser.page();
        let image = page.open(saved(&plain, stored));
        assert_eq!(words(&image), "absent/ok");
        assert_eq!(content(&page, image.key, 0, "base"), "of base");
    }
    // The digest of an uncompressed layer is its diff_id, so the layer is recognised by it.
    for expected in ["absent/ok", "absent/known"] {
        let page = browser.page();
        let image = page.open(saved(&plain, &plain));
        assert_eq!(words(&image), expected);
        assert_eq!(content(&page, image.key, 0, "base"), "of base");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_that_is_not_the_known_layer_is_read() {
    let plain = super::decoded("base");
    let browser = Browser::new(ROOMY, "1: one");
    browser.page().open(saved(&plain, &plain));
    let at = plain.windows(7).position(|w| w == b"of base").unwrap();
    let mut other = plain.clone();
    other[at] ^= 1;
    let mut longer = plain.clone();
    longer.extend([0; 512]);
    for stored in [other, longer] {
        let image = browser.page().open(saved(&plain, &stored));
        assert_eq!(words(&image), "absent/mismatch");
    }
    // The stored object of the right bytes is still used.
    let image = browser.page().open(saved(&plain, &plain));
    assert_eq!(words(&image), "absent/known");
}

/// A layer with so many spans that a sample misses some, and a file in each.
#[wasm_bindgen_test(unsupported = test)]
fn a_layer_falls_when_a_file_of_it_is_not_what_was_proved() {
    let names: String = (0..40).map(|n| format!("f{n} = @70000\n")).collect();
    let plain = crate::support::tar_of(&names);
    let browser = Browser::new(ROOMY, "1: one");
    browser.page().open(saved(&plain, &plain));
    // Each file is damaged in turn. The sample finds some of the damage, and opening the file finds the rest.
    let (mut by_sample, mut by_opening) = (0, 0);
    for n in 0..40usize {
        let mut stored = plain.clone();
        stored[n * 70_656 + 512 + 35_000] ^= 1;
        let page = browser.page();
        let image = page.open(saved(&plain, &stored));
        if words(&image) == "absent/mismatch" {
            by_sample += 1;
            continue;
        }
        assert_eq!(words(&image), "absent/known");
        let ask = |name: String| {
            Request::Content(ask::Content {
                image: image.key,
                path_key: super::at(&name),
                layer: 0,
                offset: 0,
                len: 100_000,
            })
        };
        let Err(problem) = page.ask(ask(format!("f{n}"))) else {
            panic!("other bytes are refused");
        };
        assert!(
            problem
                .detail
                .to_string()
                .contains("not those that were verified"),
            "{problem}"
        );
        let fallen = page
            .told
            .take()
            .into_iter()
            .rev()
            .find_map(|event| match event {
                lamina::protocol::Event::LayerDone { row, .. } => Some(row),
                _ => None,
            });
        let fallen = fallen.unwrap();
        assert!(!fallen.is_verified());
        let LayerState::Read { verdict, damage } = fallen.state else {
            panic!("it was read");
        };
        assert!(damage.is_some());
        assert_eq!(
            (verdict.digest.word(), verdict.diff_id.word()),
            ("absent", "absent")
        );
        assert_eq!(browser.kept(), "", "what was kept of it goes");
        by_opening += 1;
        // Reading all of it shows the actual digest. Then the right file is read and stored again.
        let again = Request::ReadLayerAgain(ask::ReadLayerAgain {
            image: image.key,
            layer: 0,
        });
        let Answer::Image(read) = page.ask(again).unwrap().answer else {
            panic!("an image");
        };
        assert_eq!(words(&read), "absent/mismatch");
        browser.page().open(saved(&plain, &plain));
    }
    assert!(
        by_sample >= 5 && by_opening >= 5,
        "{by_sample} and {by_opening}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_damaged_blob_is_found_out_when_it_is_read_again_and_downloaded_anew() {
    let mut damaged = stored("base");
    damaged[30] ^= 1;
    let mut longer = stored("base");
    longer.push(0);
    for (bytes, found_out) in [(damaged, true), (longer, false), (b"short".to_vec(), false)] {
        let browser = browser();
        browser.replace(&key_of("blob", "base"), &bytes);
        let page = browser.page();
        let image = open(&page, "1");
        assert_eq!(words(&image), "known known");
        let again = Request::ReadLayerAgain(ask::ReadLayerAgain {
            image: image.key,
            layer: 0,
        });
        page.ask(again).unwrap();
        let image = page.read(image.key);
        assert_eq!(words(&image), "ok known", "{}", bytes.len());
        assert_eq!(browser.downloads(), "base");
        if found_out {
            assert_eq!(
                browser.object(&key_of("blob", "base")),
                stored("base"),
                "it is whole again"
            );
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_damaged_blob_does_not_reach_the_person_as_a_download() {
    let browser = browser();
    let mut damaged = stored("base");
    damaged[30] ^= 1;
    browser.replace(&key_of("blob", "base"), &damaged);
    let page = browser.page();
    let image = open(&page, "1");
    let request = Request::DownloadBlob(ask::DownloadBlob {
        image: image.key,
        layer: 0,
    });
    let served = page.ask(request).unwrap();
    assert!(matches!(served.answer, Answer::File(_)));
    assert_eq!(served.file.unwrap(), stored("base"));
    assert_eq!(browser.downloads(), "base");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_blob_that_another_tab_removes_is_read_from_the_registry() {
    let browser = browser();
    let page = browser.page();
    let image = open(&page, "1");
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
    assert_eq!(browser.downloads(), "");
    super::storage(&browser.page(), Request::ClearStorage(ask::ClearStorage {}));
    // Content that is open is still available; other content is not.
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
    assert_eq!(content(&page, image.key, 1, "one"), "of one");
    assert_eq!(browser.downloads(), "one*");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_beyond_the_limits_is_not_taken_from_the_store_and_stays_there() {
    let browser = browser();
    let limits = Limits {
        layer: LayerLimits {
            path_bytes: 3,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let image = open(&browser.page_within(limits), "1");
    let states = image.layers.iter().map(|row| &row.state);
    let known = |state: &LayerState| matches!(state, LayerState::Read { verdict, .. } if verdict.digest.word() == "known");
    assert_eq!(
        states.filter(|state| known(state)).count(),
        1,
        "`one` is short enough"
    );
    assert_eq!(words(&open(&browser.page(), "1")), "known known");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_of_a_damaged_blob_is_read_from_the_registry() {
    let whole = stored("big");
    for at in [10, whole.len() / 2, whole.len() - 9] {
        let browser = Browser::new(ROOMY, "1: big");
        open(&browser.page(), "1");
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        browser.replace(&key_of("blob", "big"), &damaged);
        browser.downloads();
        let page = browser.page();
        let image = open(&page, "1");
        let name = format!("{:x}/big7", 7 * 7919);
        assert_eq!(content(&page, image.key, 0, &name), "7", "damaged at {at}");
        assert_eq!(browser.downloads(), "big*", "damaged at {at}");
        assert_eq!(browser.kept(), "index big", "it is removed");
    }
}
