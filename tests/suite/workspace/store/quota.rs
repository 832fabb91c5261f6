//! The quota, and the order of eviction.

use lamina::bounds::{LayerLimits, Limits};
use lamina::io::{Error, Kept, Key, LocalFuture, MemoryStore, ReadAt, Room, Store, StoreWriter};
use lamina::layer::{FileHashes, ReadOptions};
use lamina::protocol::{Request, ask};
use lamina::workspace::{Fresh, Keep, LayerStore, LayerTask, OpenImage, read_keeping, read_layer};
use std::ops::ControlFlow;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::run;

use super::{Browser, ROOMY, archive, key_of, open, storage, stored, words};

const IMAGES: &str = "1: base one\n2: base two\n3: two\n4: big\n5: one";

/// Returns the size of the stored objects of layers, in bytes.
fn size_of(browser: &Browser, kinds: &[&str], layers: &[&str]) -> u64 {
    let kept = run(browser.store.list()).unwrap();
    let keys: Vec<Key> = layers
        .iter()
        .flat_map(|layer| kinds.iter().map(|kind| key_of(kind, layer)))
        .collect();
    let kept = kept.iter().filter(|kept| keys.contains(&kept.key));
    kept.map(|kept| kept.size_bytes).sum()
}

fn choose(browser: &Browser, bytes: u64) {
    storage(
        &browser.page(),
        Request::ChooseQuota(ask::ChooseQuota { bytes }),
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_was_used_least_goes_first() {
    let browser = Browser::new(ROOMY, IMAGES);
    open(&browser.page(), "1");
    open(&browser.page(), "3");
    // `one` is used again, so `base` is the least recently used.
    open(&browser.page(), "5");
    let all = storage(&browser.page(), Request::Storage(ask::Storage {})).bytes;
    choose(&browser, all - 1);
    assert_eq!(
        browser.kept(),
        "blob one, blob two, index base, index one, index two",
        "a blob that nobody opened a file of was used when it was written"
    );
    let rest =
        size_of(&browser, &["blob", "index"], &["two"]) + size_of(&browser, &["index"], &["one"]);
    choose(&browser, rest + 1);
    assert_eq!(browser.kept(), "blob two, index one, index two");
    choose(&browser, 0);
    assert_eq!(browser.kept(), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_new_layer_takes_the_place_of_the_oldest() {
    let measured = Browser::new(ROOMY, IMAGES);
    open(&measured.page(), "1");
    let of_two = storage(&measured.page(), Request::Storage(ask::Storage {})).bytes;
    let room = Room {
        bytes: of_two + 50,
        lasts: true,
    };
    let browser = Browser::new(room, IMAGES);
    open(&browser.page(), "1");
    assert_eq!(browser.kept(), "blob base, blob one, index base, index one");
    open(&browser.page(), "3");
    assert_eq!(browser.kept(), "blob one, blob two, index one, index two");
    assert!(storage(&browser.page(), Request::Storage(ask::Storage {})).bytes <= room.bytes);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_larger_than_the_quota_is_not_kept_and_nothing_goes_for_it() {
    let browser = Browser::new(ROOMY, IMAGES);
    open(&browser.page(), "3");
    let page = browser.page();
    let bytes = stored("big").len() as u64 - 1;
    assert!(bytes > storage(&page, Request::Storage(ask::Storage {})).bytes);
    storage(&page, Request::ChooseQuota(ask::ChooseQuota { bytes }));
    let image = open(&page, "4");
    assert_eq!(words(&image), "ok");
    assert!(browser.kept().starts_with("blob two"), "{}", browser.kept());
    assert!(!browser.kept().contains("blob big"));
}

#[wasm_bindgen_test(unsupported = test)]
fn nothing_is_kept_where_nothing_may_be() {
    let none = Room {
        bytes: 0,
        lasts: true,
    };
    for browser in [Browser::new(none, IMAGES), Browser::new(ROOMY, IMAGES)] {
        let page = browser.page();
        storage(&page, Request::ChooseQuota(ask::ChooseQuota { bytes: 0 }));
        assert_eq!(words(&open(&page, "1")), "ok ok");
        assert_eq!(browser.kept(), "");
        let usage = storage(&page, Request::Storage(ask::Storage {}));
        assert_eq!((usage.bytes, usage.quota_bytes), (0, 0));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn memory_keeps_indexes_and_no_blobs() {
    let room = Room {
        lasts: false,
        ..ROOMY
    };
    let browser = Browser::new(room, IMAGES);
    assert!(!storage(&browser.page(), Request::Storage(ask::Storage {})).lasts);
    open(&browser.page(), "1");
    assert_eq!(browser.kept(), "index base, index one");
    browser.downloads();
    let page = browser.page();
    let image = open(&page, "1");
    assert_eq!(words(&image), "known known");
    assert_eq!(super::content(&page, image.key, 0, "base"), "of base");
    assert_eq!(browser.downloads(), "base*");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_whose_reading_is_begun_anew_is_kept_whole() {
    let memory = MemoryStore::new(ROOMY);
    let store = LayerStore::new(Rc::new(memory.clone()));
    let task = tasks(&["big"]).remove(0);
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Skip,
    };
    let read = async |task: LayerTask| {
        // As if another thread had abandoned the layer halfway.
        let mut begun = task.blob.stream().await?;
        begun.next().await.expect("it has bytes");
        drop(begun);
        let read = read_layer(task, options, &|_| ControlFlow::Continue(())).await;
        read.map(Fresh::from)
    };
    let done = run(read_keeping(&store, Keep::IndexAndBlob, task, read));
    assert!(done.is_ok_and(|(_, verdict, _)| verdict.holds()));
    let object = run(memory.open(&key_of("blob", "big")))
        .unwrap()
        .expect("it is kept");
    let bytes = run(object.read_at(0, object.len_bytes() as usize)).unwrap();
    assert_eq!(bytes, stored("big"));
}

/// A store with less room than it reports.
#[derive(Clone)]
struct Cramped(MemoryStore);

impl Store for Cramped {
    fn begin<'a>(
        &'a self,
        key: &'a Key,
    ) -> LocalFuture<'a, Result<Option<Box<dyn StoreWriter>>, Error>> {
        self.0.begin(key)
    }

    fn open<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<Option<Rc<dyn ReadAt>>, Error>> {
        self.0.open(key)
    }

    fn touch<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, ()> {
        self.0.touch(key)
    }

    fn list(&self) -> LocalFuture<'_, Result<Vec<Kept>, Error>> {
        self.0.list()
    }

    fn remove<'a>(&'a self, key: &'a Key) -> LocalFuture<'a, Result<(), Error>> {
        self.0.remove(key)
    }

    fn room(&self) -> LocalFuture<'_, Room> {
        Box::pin(std::future::ready(ROOMY))
    }
}

/// Returns the tasks of an archive's layers, as if they came from a registry.
fn tasks(layers: &[&str]) -> Vec<LayerTask> {
    use crate::archive::fixture::{file_input, open_input};
    let opened = open_input(file_input(archive(layers))).unwrap();
    let image = OpenImage::new(opened.images[0].clone(), Limits::DEFAULT);
    (0..layers.len())
        .map(|layer| image.task(layer).unwrap())
        .collect()
}

fn read(store: &LayerStore, task: LayerTask) {
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Skip,
    };
    let read = async |task| {
        let read = read_layer(task, options, &|_| ControlFlow::Continue(())).await;
        read.map(Fresh::from)
    };
    let done = run(read_keeping(store, Keep::IndexAndBlob, task, read));
    let (_, verdict, index) = done.expect("it is read");
    assert!(verdict.holds());
    run(store.keep(index.expect("it is proved")));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_browser_with_less_room_than_it_said_evicts_and_goes_on_without() {
    let measured = Browser::new(ROOMY, IMAGES);
    open(&measured.page(), "4");
    let of_big = storage(&measured.page(), Request::Storage(ask::Storage {})).bytes;
    let big = stored("big").len() as u64;
    for (bytes, kept_blobs) in [
        // Each fits alone.
        (of_big + 50, &["big"][..]),
        // Only the small one fits.
        (big - 1, &[][..]),
    ] {
        let memory = MemoryStore::new(Room { bytes, lasts: true });
        let store = LayerStore::new(Rc::new(Cramped(memory.clone())));
        let mut tasks = tasks(&["base", "big"]).into_iter();
        read(&store, tasks.next().unwrap());
        let blobs = || {
            let kept = run(memory.list()).unwrap().into_iter();
            let blobs = kept.filter(|kept| kept.key.kind() == "blob");
            blobs.map(|kept| kept.key).collect::<Vec<_>>()
        };
        assert_eq!(blobs(), [key_of("blob", "base")]);
        read(&store, tasks.next().unwrap());
        let expected: Vec<_> = kept_blobs
            .iter()
            .map(|layer| key_of("blob", layer))
            .collect();
        assert!(
            expected.iter().all(|key| blobs().contains(key)),
            "{:?}",
            blobs()
        );
        assert_eq!(
            blobs().contains(&key_of("blob", "big")),
            !kept_blobs.is_empty()
        );
    }
}
