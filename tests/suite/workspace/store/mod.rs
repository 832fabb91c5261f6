//! Layers that are kept after their images are closed: a browser with a store and a
//! registry, and pages that open and close.

mod damage;
mod layers;
mod quota;
mod tabs;

use std::cell::Cell;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::image::Digest;
use lamina::io::{Key, MemoryStore, Room, Store, Transport};
use lamina::protocol::{
    Answer, ImageKey, ImageView, LayerState, OpenedAddress, PlatformChoice, Request, StorageView,
    ask,
};

use crate::archive::fixture::{
    OCI_MANIFEST, config_of, descriptor, gzip, index_of, layout_of, manifest_of, named,
};
use crate::support::registry::{Registry, RegistryTransport};
use crate::support::{run, tar_of};

use super::archives::verdict_of;
use super::world::{Asked, at};

const ROOMY: Room = Room {
    bytes: 1 << 20,
    lasts: true,
};

/// The layers of the tests, by name. Each has one file, with the same name.
const LAYERS: &[&str] = &["base", "one", "two", "big"];

/// Returns a layer's compressed bytes.
fn stored(layer: &str) -> Vec<u8> {
    gzip(&decoded(layer))
}

fn decoded(layer: &str) -> Vec<u8> {
    match layer {
        // Many names, so that it does not compress to almost nothing.
        "big" => tar_of(
            &(0..200)
                .map(|n| format!("{:x}/big{n} = {n}\n", n * 7919))
                .collect::<String>(),
        ),
        _ => tar_of(&format!("{layer} = of {layer}")),
    }
}

fn digest_of(layer: &str) -> Digest {
    Digest::sha256_of(&stored(layer))
}

/// Returns the name of the layer whose digest is in this URL.
fn layer_in(address: &str) -> Option<&'static str> {
    let known = LAYERS.iter().copied();
    known
        .into_iter()
        .find(|layer| address.contains(digest_of(layer).as_str()))
}

fn key_of(kind: &str, layer: &str) -> Key {
    Key::parse(&format!("{kind}-sha256-{}", digest_of(layer).encoded())).unwrap()
}

/// A browser: its storage, which outlives pages, and the registry that the pages contact.
struct Browser {
    store: MemoryStore,
    registry: Rc<Registry>,
    transport: Rc<RegistryTransport>,
    n_told: Cell<usize>,
}

impl Browser {
    /// Makes a browser with this room for a store, and a registry that has `images`:
    /// `tag: layer layer…`, one per line.
    fn new(room: Room, images: &str) -> Browser {
        Browser::with(room, images, Registry::default())
    }

    fn with(room: Room, images: &str, registry: Registry) -> Browser {
        for line in images.lines() {
            let (tag, layers) = line.split_once(": ").expect("a line is `tag: layers`");
            let layers: Vec<&str> = layers.split(' ').collect();
            put_image(&registry, tag, &layers);
        }
        let (registry, transport) = registry.transport();
        Browser {
            store: MemoryStore::new(room),
            registry,
            transport,
            n_told: Cell::new(0),
        }
    }

    /// Opens a new page.
    fn page(&self) -> Asked {
        self.page_within(Limits::DEFAULT)
    }

    fn page_within(&self, limits: Limits) -> Asked {
        let transport: Rc<dyn Transport> = Rc::clone(&self.transport) as _;
        Asked::keeping_in(self.store.clone(), Some(transport), limits)
    }

    /// Returns the layers whose bytes were requested from the registry since the last call, in
    /// order; `base*` for a part of them.
    fn downloads(&self) -> String {
        let asked = self.transport.asked();
        let new = asked.iter().skip(self.n_told.replace(asked.len()));
        let told = new.filter_map(|request| {
            let part = if request.headers.get("range").is_some() {
                "*"
            } else {
                ""
            };
            Some(format!("{}{part}", layer_in(&request.url)?))
        });
        told.collect::<Vec<_>>().join(" ")
    }

    /// Returns the stored objects: `blob base, index base`.
    fn kept(&self) -> String {
        let kept = run(self.store.list()).unwrap();
        let told = kept.iter().filter_map(|kept| {
            let digest = kept.key.as_str().split('-').nth(2)?;
            let layer = LAYERS.iter().find(|l| digest_of(l).encoded() == digest);
            layer.map(|layer| format!("{} {layer}", kept.key.kind()))
        });
        let mut told: Vec<_> = told.collect();
        told.sort();
        told.join(", ")
    }

    /// Returns an object's bytes.
    fn object(&self, key: &Key) -> Vec<u8> {
        let object = run(self.store.open(key)).unwrap().expect("it is kept");
        run(object.read_at(0, object.len_bytes() as usize)).unwrap()
    }

    /// Replaces an object's bytes, like a broken disk.
    fn replace(&self, key: &Key, bytes: &[u8]) {
        run(self.store.remove(key)).unwrap();
        let mut writer = run(self.store.begin(key))
            .unwrap()
            .expect("nobody writes it");
        run(writer.push(bytes)).unwrap();
        run(writer.commit()).unwrap();
    }
}

/// Returns the config and the manifest of an image.
fn documents(layers: &[&str]) -> (String, String) {
    let decoded: Vec<_> = layers.iter().map(|layer| decoded(layer)).collect();
    let decoded: Vec<_> = decoded.iter().map(Vec::as_slice).collect();
    let stored: Vec<_> = layers.iter().map(|layer| stored(layer)).collect();
    let stored: Vec<_> = stored.iter().map(Vec::as_slice).collect();
    let config = config_of(&decoded).to_string();
    let manifest = manifest_of(&config, &stored).to_string();
    (config, manifest)
}

fn put_image(registry: &Registry, tag: &str, layers: &[&str]) {
    let (config, manifest) = documents(layers);
    registry.put_blob("app", config.as_bytes());
    for layer in layers {
        registry.put_blob("app", &stored(layer));
    }
    registry.put_manifest("app", tag, OCI_MANIFEST, &manifest);
}

/// Returns the same image as an archive.
fn archive(layers: &[&str]) -> Vec<u8> {
    let (config, manifest) = documents(layers);
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "app:1")]);
    let outer = layout_of(&top).blob(&manifest).blob(&config);
    let outer = layers
        .iter()
        .fold(outer, |outer, layer| outer.blob(stored(layer)));
    outer.tar()
}

/// Opens an image of the registry by its tag, and reads no layer.
fn found(page: &Asked, tag: &str) -> ImageView {
    let request = Request::OpenAddress(ask::OpenAddress {
        text: format!("https://r.example/app:{tag}"),
        platform: PlatformChoice::Usual,
        by_link: false,
    });
    match page.ask(request).unwrap().answer {
        Answer::Address(OpenedAddress::Image(image)) => image,
        other => panic!("an image was asked for: {other:?}"),
    }
}

/// Opens an image of the registry by its tag, and reads its layers.
fn open(page: &Asked, tag: &str) -> ImageView {
    page.read(found(page, tag).key)
}

/// Returns the state of each layer: the words for its digest and its diff_id, or its trouble.
fn words(image: &ImageView) -> String {
    let word = |layer: usize| match &image.layers[layer].state {
        LayerState::Read {
            damage: Some(_), ..
        } => "damaged".to_owned(),
        LayerState::Read { .. } => {
            let verdict = verdict_of(image, layer);
            match verdict.digest.word() == verdict.diff_id.word() {
                true => verdict.digest.word().to_owned(),
                false => format!("{}/{}", verdict.digest.word(), verdict.diff_id.word()),
            }
        }
        other => format!("{other:?}"),
    };
    let words = (0..image.layers.len()).map(word);
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the content of a layer's file.
fn content(page: &Asked, image: ImageKey, layer: u32, name: &str) -> String {
    let request = Request::Content(ask::Content {
        image,
        path_key: at(name),
        layer,
        offset: 0,
        len: 100,
    });
    let served = page.ask(request).unwrap();
    String::from_utf8(served.bytes.unwrap()).unwrap()
}

fn storage(page: &Asked, request: Request) -> StorageView {
    match page.ask(request).unwrap().answer {
        Answer::Storage(storage) => storage,
        other => panic!("the storage was asked for: {other:?}"),
    }
}
