//! What is kept may be damaged, foreign or gone: then it is removed and read anew, and nothing of it is shown.

use lamina::io::Key;
use lamina::layer::Limits;
use lamina::protocol::{Answer, LayerState, Request};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Browser, ROOMY, content, key_of, open, stored, words};

/// A browser that has opened the image before.
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

#[wasm_bindgen_test(unsupported = test)]
fn a_diff_id_that_leads_nowhere_is_read_anew() {
    use crate::archive::fixture::docker_save;
    let archive = docker_save(&["app:1"], &[&super::decoded("base")]).tar();
    let first = Browser::new(ROOMY, "1: one");
    first.page().open(archive.clone());
    open(&first.page(), "1");
    let keys: Vec<Key> = crate::support::run(lamina::io::Store::list(&first.store))
        .unwrap()
        .into_iter()
        .map(|kept| kept.key)
        .collect();
    let of_base = super::decoded("base").len().to_string();
    let diff = keys
        .iter()
        .find(|key| key.kind() == "diff" && key.as_str().ends_with(&of_base))
        .expect("it leads to the index");
    for led in [
        b"".to_vec(),
        b"sha256:0".to_vec(),
        vec![0xff; 71],
        vec![b'a'; 4000],
        super::digest_of("two").as_str().as_bytes().to_vec(),
        super::digest_of("one").as_str().as_bytes().to_vec(),
    ] {
        first.replace(diff, &led);
        let page = first.page();
        let image = page.open(archive.clone());
        assert_eq!(words(&image), "absent/ok", "{led:?}");
        assert_eq!(content(&page, image.key, 0, "base"), "of base");
        assert_eq!(
            words(&first.page().open(archive.clone())),
            "absent/known",
            "it is right again"
        );
    }
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
        let again = Request::ReadLayerAgain {
            image: image.key,
            layer: 0,
        };
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
    let request = Request::DownloadBlob {
        image: image.key,
        layer: 0,
    };
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
    super::storage(&browser.page(), Request::ClearStorage);
    // What is open is at hand still; what is not, is not.
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
    assert_eq!(content(&page, image.key, 1, "one"), "of one");
    assert_eq!(browser.downloads(), "one*");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_beyond_the_limits_is_not_taken_from_the_store_and_stays_there() {
    let browser = browser();
    let limits = Limits {
        path_bytes: 3,
        ..Limits::DEFAULT
    };
    let image = open(&browser.page_within(limits), "1");
    let states = image.layers.iter().map(|row| &row.state);
    let known = |state: &LayerState| matches!(state, LayerState::Read { verdict, .. } if verdict.digest.word == "known");
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
