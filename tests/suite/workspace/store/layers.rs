//! Layers that were read once are found again: in another page, in another image, in a file.

use lamina::protocol::{ImageView, LayerState, Request, TreeView, ask};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::docker_save;
use crate::support::run;

use super::{
    Browser, ROOMY, archive, content, decoded, digest_of, found, open, storage, stored, words,
};

const IMAGES: &str = "1: base one\n2: base two";

#[wasm_bindgen_test(unsupported = test)]
fn what_was_opened_opens_again_without_asking_for_a_layer() {
    let browser = Browser::new(ROOMY, IMAGES);
    let first = browser.page();
    let read = open(&first, "1");
    assert_eq!(
        (words(&read).as_str(), browser.downloads().as_str()),
        ("ok ok", "base one")
    );
    assert_eq!(browser.kept(), "blob base, blob one, index base, index one");
    let second = browser.page();
    let again = open(&second, "1");
    assert_eq!(words(&again), "known known");
    let same = |image: &ImageView| (image.n_entries, image.decoded_bytes, image.stored_bytes);
    assert_eq!(same(&again), same(&read));
    let tree = TreeView::Union;
    assert_eq!(second.rows(again.key, tree), first.rows(read.key, tree));
    assert_eq!(content(&second, again.key, 1, "one"), "of one");
    assert_eq!(browser.downloads(), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_second_image_on_the_same_base_downloads_its_own_layers_only() {
    let browser = Browser::new(ROOMY, IMAGES);
    open(&browser.page(), "1");
    assert_eq!(browser.downloads(), "base one");
    let page = browser.page();
    let image = open(&page, "2");
    assert_eq!(
        (words(&image).as_str(), browser.downloads().as_str()),
        ("known ok", "two")
    );
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
    assert_eq!(browser.downloads(), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn files_of_a_layer_just_read_come_from_the_store() {
    let browser = Browser::new(ROOMY, IMAGES);
    let page = browser.page();
    let image = open(&page, "1");
    browser.downloads();
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
    assert_eq!(browser.downloads(), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_dropped_files_layers_are_known_when_it_is_dropped_again() {
    for (archive, kept) in [
        (archive(&["base", "one"]), "index base, index one"),
        // Without any digest of its compressed bytes.
        (
            docker_save(&["app:1"], &[&decoded("base"), &decoded("one")]).tar(),
            "",
        ),
    ] {
        let browser = Browser::new(ROOMY, "");
        let first = browser.page().open(archive.clone());
        assert!(!words(&first).contains("known"), "{}", words(&first));
        assert_eq!(browser.kept(), kept, "no bytes of a file are kept");
        let page = browser.page();
        let again = page.open(archive);
        assert!(words(&again).contains("known"), "{}", words(&again));
        assert_eq!(content(&page, again.key, 1, "one"), "of one");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_of_a_file_is_known_on_a_registry_and_the_other_way_round() {
    let browser = Browser::new(ROOMY, IMAGES);
    let archive = archive(&["base", "one"]);
    browser.page().open(archive.clone());
    let page = browser.page();
    let image = open(&page, "1");
    assert_eq!(
        (words(&image).as_str(), browser.downloads().as_str()),
        ("known known", "")
    );
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
    assert_eq!(
        browser.downloads(),
        "base*",
        "its bytes are on the registry alone"
    );
    let browser = Browser::new(ROOMY, IMAGES);
    open(&browser.page(), "1");
    let image = browser.page().open(archive);
    assert_eq!(words(&image), "known known");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_blob_of_another_size_is_read_though_its_diff_id_is_known() {
    let browser = Browser::new(ROOMY, "1: base");
    open(&browser.page(), "1");
    // The same layer without compression: offsets in one form say nothing about the other.
    let page = browser.page();
    let image = page.open(docker_save(&["app:1"], &[&decoded("base")]).tar());
    assert_eq!(words(&image), "absent/ok");
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_known_layer_is_verified_anew_when_asked() {
    let browser = Browser::new(ROOMY, "1: base");
    open(&browser.page(), "1");
    let page = browser.page();
    let image = open(&page, "1");
    let again = Request::ReadLayerAgain(ask::ReadLayerAgain {
        image: image.key,
        layer: 0,
    });
    browser.downloads();
    page.ask(again).unwrap();
    let image = page.read(image.key);
    assert_eq!(
        (words(&image).as_str(), browser.downloads().as_str()),
        ("ok", "")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_was_not_proved_is_not_kept() {
    let browser = Browser::new(ROOMY, "1: base\n2: base one");
    let place = format!("app/blobs/{}", digest_of("base"));
    let mut damaged = stored("base");
    damaged[30] ^= 1;
    let sent = ("application/octet-stream".to_owned(), damaged);
    browser
        .registry
        .content
        .borrow_mut()
        .insert(place.clone(), sent);
    let image = open(&browser.page(), "1");
    assert!(words(&image).contains("damaged"), "{}", words(&image));
    assert_eq!(browser.kept(), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_page_hears_of_a_known_layer_before_and_after() {
    let browser = Browser::new(ROOMY, "1: base");
    open(&browser.page(), "1");
    let page = browser.page();
    let image = found(&page, "1");
    assert_eq!(image.layers[0].state, LayerState::Waiting);
    page.told.borrow_mut().clear();
    page.read(image.key);
    let told: Vec<_> = page
        .told
        .borrow()
        .iter()
        .map(|event| format!("{event:?}"))
        .collect();
    assert!(told[0].contains("Verifying"), "{told:?}");
    assert!(told[1].starts_with("LayerDone"), "{told:?}");
    assert_eq!(told.len(), 2, "{told:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn clear_forgets_all_and_what_is_open_goes_on() {
    let browser = Browser::new(ROOMY, IMAGES);
    let page = browser.page();
    let image = open(&page, "1");
    let before = storage(&page, Request::Storage(ask::Storage {}));
    assert_eq!((before.n_layers, before.lasts), (2, true));
    assert!(before.bytes > stored("base").len() as u64 + stored("one").len() as u64);
    assert_eq!(before.quota_bytes, ROOMY.bytes);
    let after = storage(&page, Request::ClearStorage(ask::ClearStorage {}));
    assert_eq!((after.n_layers, after.bytes), (0, 0));
    assert_eq!(browser.kept(), "");
    browser.downloads();
    assert_eq!(content(&page, image.key, 0, "base"), "of base");
    assert_eq!(browser.downloads(), "base*");
    let image = open(&browser.page(), "1");
    assert_eq!(
        (words(&image).as_str(), browser.downloads().as_str()),
        ("ok ok", "base one")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn layers_are_looked_for_before_they_are_asked_for() {
    let browser = Browser::new(ROOMY, IMAGES);
    open(&browser.page(), "1");
    assert_eq!(browser.downloads(), "base one");
    let page = browser.page();
    let image = found(&page, "2").key;
    run(page.session.look_ahead(image));
    assert_eq!(
        page.rows(image, TreeView::Union),
        "base Added 7",
        "the one that is kept"
    );
    assert_eq!(browser.downloads(), "");
    let read = page.read(image);
    assert_eq!(
        (words(&read).as_str(), browser.downloads().as_str()),
        ("known ok", "two")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_page_whose_worker_died_is_careful() {
    let browser = Browser::new(ROOMY, IMAGES);
    open(&browser.page(), "1");
    let page = browser.page();
    page.ask(Request::BeCareful(ask::BeCareful {})).unwrap();
    let image = found(&page, "1").key;
    run(page.session.look_ahead(image));
    assert_eq!(page.rows(image, TreeView::Union), "");
    assert_eq!(words(&page.read(image)), "known known");
}
