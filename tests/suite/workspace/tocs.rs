//! Layers of a registry with a table of contents: listed without a download, never shown as
//! verified, and read and verified on request.

use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::io::{MemoryStore, Room, Transport};
use lamina::layer::{ListedBy, TocForm};
use lamina::protocol::{
    Answer, ImageView, LayerState, OpenedAddress, PlatformChoice, Problem, Request, SpaceAnswer,
    SpaceGap, TreeView, ask,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use super::world::{Asked, at};
use crate::support::registry::{Registry, RegistryTransport};
use crate::support::tar_of;
use crate::support::toc::{Written, with_toc};

const FORMS: [(TocForm, &str); 2] = [
    (
        TocForm::Estargz,
        "application/vnd.oci.image.layer.v1.tar+gzip",
    ),
    (
        TocForm::ZstdChunked,
        "application/vnd.oci.image.layer.v1.tar+zstd",
    ),
];

/// Larger than a single read, and stored without compression.
const TREE: &str = "etc/\netc/hosts = here\nbig = @4200000\nsmall = of few bytes";

/// A page with one image of one layer in a registry, and the requests for the layer.
pub(super) struct Opened {
    pub(super) page: Asked,
    pub(super) image: ImageView,
    transport: Rc<RegistryTransport>,
    store: MemoryStore,
}

/// Returns the position of a form.
pub(super) fn form_at(form: TocForm) -> usize {
    usize::from(form == TocForm::ZstdChunked)
}

pub(super) fn open(registry: Registry, form: usize, written: &Written) -> Opened {
    open_in(registry, form, written, Limits::DEFAULT)
}

fn open_in(registry: Registry, form: usize, written: &Written, limits: Limits) -> Opened {
    let digest = registry.put_blob("app", &written.stored).to_string();
    let diff_id = lamina::image::Digest::sha256_of(&written.decoded);
    let config = json!({
        "architecture": "amd64", "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [diff_id.to_string()]},
    })
    .to_string();
    let config_digest = registry.put_blob("app", config.as_bytes());
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": config_digest.to_string(), "size": config.len(),
        },
        "layers": [{
            "mediaType": FORMS[form].1, "digest": digest, "size": written.stored.len(),
            "annotations": written.annotations,
        }],
    });
    registry.put_manifest("app", "1", media_type, &manifest.to_string());
    let (_, transport) = registry.transport();
    let store = MemoryStore::new(Room {
        bytes: 1 << 30,
        lasts: true,
    });
    let page = page(&store, &transport, limits);
    let image = opened(&page);
    Opened {
        page,
        image,
        transport,
        store,
    }
}

fn page(store: &MemoryStore, transport: &Rc<RegistryTransport>, limits: Limits) -> Asked {
    let transport: Rc<dyn Transport> = Rc::clone(transport) as _;
    Asked::keeping_in(store.clone(), Some(transport), limits)
}

fn opened(page: &Asked) -> ImageView {
    let request = Request::OpenAddress(ask::OpenAddress {
        text: "https://r.example/app:1".to_owned(),
        platform: PlatformChoice::Usual,
        by_link: false,
    });
    match page.ask(request).unwrap().answer {
        Answer::Address(OpenedAddress::Image(image)) => page.read(image.key),
        other => panic!("an image was asked for: {other:?}"),
    }
}

impl Opened {
    /// Returns the ranges of the layer that were requested, and `all` for the whole.
    fn asked(&self) -> Vec<String> {
        let of_layer = self.image.layers[0].digest.clone().unwrap();
        let asked = self.transport.asked();
        let of_layer = asked.iter().filter(|r| r.url.contains(of_layer.as_str()));
        let range =
            |r: &lamina::io::HttpRequest| r.headers.get("range").unwrap_or("all").to_owned();
        of_layer.map(range).collect()
    }

    /// Returns the number of bytes in the ranges after the first `n`.
    fn asked_bytes_after(&self, n: usize) -> u64 {
        let asked = self.asked();
        let len = |range: &String| {
            let (from, to) = range
                .strip_prefix("bytes=")
                .unwrap()
                .split_once('-')
                .unwrap();
            to.parse::<u64>().unwrap() - from.parse::<u64>().unwrap() + 1
        };
        asked[n..].iter().map(len).sum()
    }

    fn content(&self, name: &str, len: u32) -> Result<Vec<u8>, Problem> {
        let request = Request::Content(ask::Content {
            image: self.image.key,
            path_key: at(name),
            layer: 0,
            offset: 0,
            len,
        });
        Ok(self.page.ask(request)?.bytes.unwrap())
    }

    fn verify(&self) -> ImageView {
        let request = Request::ReadLayerAgain(ask::ReadLayerAgain {
            image: self.image.key,
            layer: 0,
        });
        match self.page.ask(request).unwrap().answer {
            Answer::Image(image) => image,
            other => panic!("an image was asked for: {other:?}"),
        }
    }
}

fn is_verified(image: &ImageView) -> bool {
    matches!(&image.layers[0].state, LayerState::Read { verdict, damage: None } if verdict.proves())
}

fn is_listed(image: &ImageView) -> bool {
    matches!(image.layers[0].state, LayerState::Listed { .. })
}

/// Returns the codes of the layer's warnings with their subjects.
fn warnings(image: &ImageView) -> Vec<String> {
    let rows = image.layers[0].warnings.iter();
    rows.map(|row| {
        format!("{} {}", row.code(), row.subject)
            .trim_end()
            .to_owned()
    })
    .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_tree_opens_from_two_small_ranges_and_is_not_called_verified() {
    for (at, (form, _)) in FORMS.into_iter().enumerate() {
        let written = with_toc(form, &tar_of(TREE), |_| ());
        let opened = open(Registry::default(), at, &written);
        let LayerState::Listed {
            asked_bytes,
            by:
                ListedBy::Table {
                    form: word,
                    is_claimed,
                },
        } = &opened.image.layers[0].state
        else {
            panic!("{:?}", opened.image.layers[0].state);
        };
        assert_eq!(word.word(), ["estargz", "zstd:chunked"][at]);
        assert!(is_claimed);
        // zstd:chunked states the place of its table in the manifest.
        assert_eq!(opened.asked().len(), 2 - at, "{:?}", opened.asked());
        assert_eq!(opened.asked_bytes_after(0), *asked_bytes);
        assert!(*asked_bytes < 3_000, "{asked_bytes} bytes");
        assert_eq!(opened.image.n_layers_ready, 1);
        assert_eq!(opened.image.n_entries, 4);
        assert_eq!(opened.image.decoded_bytes, 0);
        let rows = opened.page.rows(opened.image.key, TreeView::Union);
        assert_eq!(rows, "etc Added 4\nbig Added 4200000\nsmall Added 12");
        let space = opened.page.findings::<SpaceAnswer>(opened.image.key);
        let gap = SpaceAnswer::Unknown {
            layer: 0,
            gap: SpaceGap::Listed,
        };
        assert_eq!(space, Ok(gap));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_of_a_listed_layer_costs_its_own_ranges() {
    for (at, (form, _)) in FORMS.into_iter().enumerate() {
        let written = with_toc(form, &tar_of(TREE), |_| ());
        let opened = open(Registry::default(), at, &written);
        let before = opened.asked().len();
        assert_eq!(opened.content("small", 99).unwrap(), b"of few bytes");
        assert_eq!(opened.asked().len(), before + 1);
        let asked = opened.asked_bytes_after(before);
        assert!(asked < 3_000, "{asked} bytes asked for a small file");
        let start = opened.content("big", 1_000).unwrap();
        assert!(start.starts_with(b"abcdefghijklmnopqrstuvwxyzab") && start.len() == 1_000);
        let asked = opened.asked_bytes_after(before + 1);
        assert!(
            asked < (1 << 20) + 8_192,
            "{asked} bytes asked for the first chunk"
        );
        // Adjacent chunks are read together.
        let all = opened.content("big", 4_200_000).unwrap();
        assert_eq!(all.len(), 4_200_000);
        assert_eq!(opened.asked().len(), before + 4, "{:?}", opened.asked());
        assert!(!opened.asked().contains(&"all".to_owned()));
        // Bytes of a file that differ from the digest in the table are not shown.
        let lying = with_toc(form, &tar_of(TREE), |toc| {
            let digest = format!("sha256:{}", "0".repeat(64));
            toc["entries"][1]["digest"] = digest.into();
        });
        let opened = open(Registry::default(), at, &lying);
        let problem = opened.content("etc/hosts", 9).unwrap_err();
        assert!(
            problem
                .detail
                .to_string()
                .contains("not those that the layer's table"),
            "{problem:?}"
        );
        // A file without a digest in the table needs the whole layer.
        let silent = with_toc(form, &tar_of(TREE), |toc| {
            toc["entries"][1]["digest"] = "".into()
        });
        let opened = open(Registry::default(), at, &silent);
        let problem = opened.content("etc/hosts", 9).unwrap_err();
        assert!(
            problem
                .detail
                .to_string()
                .contains("read the layer as a whole"),
            "{problem:?}"
        );
        assert!(is_verified(&opened.verify()));
        assert_eq!(opened.content("etc/hosts", 9).unwrap(), b"here");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn reading_the_layer_verifies_it_and_takes_the_place_of_the_list() {
    for (at, (form, _)) in FORMS.into_iter().enumerate() {
        let written = with_toc(form, &tar_of(TREE), |_| ());
        let opened_once = open(Registry::default(), at, &written);
        let read = opened_once.verify();
        assert!(is_verified(&read), "{:?}", read.layers[0].state);
        assert_eq!(warnings(&read), Vec::<String>::new(), "the table was right");
        assert_eq!(opened_once.asked().last().unwrap(), "all");
        let n_asked = opened_once.asked().len();
        assert_eq!(opened_once.content("small", 99).unwrap(), b"of few bytes");
        // The layer is stored, and the table is not requested again.
        let page = page(&opened_once.store, &opened_once.transport, Limits::DEFAULT);
        let again = opened(&page);
        assert!(matches!(again.layers[0].state, LayerState::Read { .. }));
        assert_eq!(opened_once.asked().len(), n_asked);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_table_that_lied_is_told_on_its_layer() {
    for (at, (form, _)) in FORMS.into_iter().enumerate() {
        let written = with_toc(form, &tar_of(TREE), |toc| {
            toc["entries"][1]["mode"] = 0o777.into();
            let entries = toc["entries"].as_array_mut().unwrap();
            entries.push(json!({"name": "etc/ghost", "type": "reg"}));
        });
        let opened = open(Registry::default(), at, &written);
        let rows = |view| opened.page.rows(opened.image.key, view);
        assert!(is_listed(&opened.image));
        assert_eq!(opened.image.n_entries, 5);
        let read = opened.verify();
        assert!(is_verified(&read), "the layer itself is what was claimed");
        assert_eq!(warnings(&read), ["toc-differs etc/ghost"]);
        let message = &read.layers[0].warnings[0].message();
        assert!(message.contains("of 2 paths"), "{message}");
        assert!(rows(TreeView::Union).contains("small Added 12"));
        assert_eq!(read.n_entries, 4 + u64::from(form == TocForm::Estargz));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_table_of_no_use_leads_to_the_whole_layer_with_a_note() {
    type Edit = fn(&mut Value);
    let edits: [Edit; 2] = [
        |toc| toc["entries"] = Value::Null,
        |toc| toc["entries"][1]["offset"] = u64::MAX.into(),
    ];
    for (at, (form, _)) in FORMS.into_iter().enumerate() {
        let written = with_toc(form, &tar_of(TREE), edits[at]);
        let opened = open(Registry::default(), at, &written);
        assert!(is_verified(&opened.image));
        assert_eq!(warnings(&opened.image), ["toc-unusable"]);
        let mut written = with_toc(form, &tar_of(TREE), |_| ());
        for (key, value) in &mut written.annotations {
            if key.ends_with("digest") || key.ends_with("checksum") {
                *value = format!("sha256:{}", "0".repeat(64));
            }
        }
        let opened = open(Registry::default(), at, &written);
        assert!(is_verified(&opened.image));
        assert_eq!(warnings(&opened.image), ["toc-unusable"]);
        // Without its annotations, it is found by the end of the layer, and no claim covers it.
        written.annotations.clear();
        let opened = open(Registry::default(), at, &written);
        assert!(
            matches!(
                opened.image.layers[0].state,
                LayerState::Listed {
                    by: ListedBy::Table {
                        is_claimed: false,
                        ..
                    },
                    ..
                }
            ),
            "{:?}",
            opened.image.layers[0].state
        );
        assert_eq!(opened.asked().len(), 2);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn layers_are_read_where_a_table_would_not_help() {
    for (at, (form, _)) in FORMS.into_iter().enumerate() {
        // A small layer.
        let small = with_toc(form, &tar_of("a = b"), |_| ());
        let opened = open(Registry::default(), at, &small);
        assert!(is_verified(&opened.image));
        assert_eq!(opened.asked(), ["all"]);
        // A registry that always sends everything: one attempt, and no more.
        let written = with_toc(form, &tar_of(TREE), |_| ());
        let registry = Registry {
            ignores_ranges: true,
            ..Registry::default()
        };
        let opened = open(registry, at, &written);
        assert!(is_verified(&opened.image));
        assert_eq!(opened.asked().len(), 2);
        assert_eq!(warnings(&opened.image), Vec::<String>::new());
        // A table that is larger than the limit.
        let limits = Limits {
            layer: LayerLimits {
                toc_bytes: 100,
                ..LayerLimits::DEFAULT
            },
            ..Limits::DEFAULT
        };
        let opened = open_in(Registry::default(), at, &written, limits);
        assert!(is_verified(&opened.image));
        assert_eq!(warnings(&opened.image), ["toc-unusable"]);
    }
    // An ordinary layer has no table, which one small range shows.
    let tar = tar_of(TREE);
    let ordinary = Written {
        stored: crate::support::gzip_of(&tar, 0),
        annotations: Default::default(),
        decoded: tar,
    };
    let opened = open(Registry::default(), 0, &ordinary);
    assert!(is_verified(&opened.image));
    assert_eq!(opened.asked().len(), 2);
    assert_eq!(warnings(&opened.image), Vec::<String>::new());
}
