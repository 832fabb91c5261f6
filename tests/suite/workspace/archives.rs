//! Opening an archive, browsing it, and saving bytes from it.

use std::rc::Rc;

use lamina::engine::PickedInput;
use lamina::io::Bytes;
use lamina::protocol::{
    Answer, ArchiveView, Cause, Change, ContentKind, DetailAnswer, Direction, Event, ExportKind,
    Filter, ImageView, LayerState, PathDetail, ProblemCode, Request, RequestId, Sort, SortKey,
    TreeChange, TreeView, Verdict, ask,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_MANIFEST, Outer, config_of, descriptor, digest_of, docker_save, gzip, index_of, layout_of,
    manifest_of, named, zstd,
};
use crate::support::{run, tar_of};

use super::images::three_images;
use super::world::{Asked, at};

const BASE: &str = "etc/\netc/hosts = 127.0.0.1\netc/motd = hello\nbin/\nbin/sh = @3000 | mode=755";
const TOP: &str = "etc/\netc/motd = hello, world\netc/.wh.hosts\nbin/ash => bin/bash\nbin/bash = x";

fn opened() -> (Asked, lamina::protocol::ImageView) {
    let asked = Asked::new(None);
    let archive = docker_save(&["demo/app:1"], &[&tar_of(BASE), &tar_of(TOP)]);
    let image = asked.open(archive.tar());
    (asked, image)
}

fn detail(asked: &Asked, image: &lamina::protocol::ImageView, path: &str) -> PathDetail {
    let request = Request::Detail(ask::Detail {
        image: image.key,
        path_key: at(path),
        view: TreeView::Union,
    });
    match asked.ask(request).unwrap().answer {
        Answer::Detail(DetailAnswer::Known(detail)) => detail,
        other => panic!("{path} is not known: {other:?}"),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_archive_opens_with_every_layer_proved() {
    let (asked, image) = opened();
    assert_eq!(image.title, "demo/app:1");
    assert_eq!(image.n_layers_ready, 2);
    for layer in &image.layers {
        let LayerState::Read { verdict, damage } = &layer.state else {
            panic!("layer {} was not read", layer.layer);
        };
        assert!(verdict.proves() && damage.is_none(), "{verdict:?}");
        assert_eq!(verdict.diff_id.word(), "ok");
    }
    let done = |event: &&Event| matches!(event, Event::LayerDone { .. });
    assert_eq!(asked.told.borrow().iter().filter(done).count(), 2);
    let counts = |layer: usize| {
        let row = &image.layers[layer];
        (row.n_added, row.n_changed, row.n_deleted)
    };
    assert_eq!(counts(0), (Some(5), Some(0), Some(0)));
    assert_eq!(counts(1).2, Some(1));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_archive_of_one_image_comes_with_it_opened() {
    let one = docker_save(&["demo/app:1"], &[&tar_of(BASE)]).tar();
    let bare = tar_of("etc/\netc/os-release = x");
    for (archive, n_images, is_opened) in
        [(one, 1, true), (bare, 1, true), (three_images(), 3, false)]
    {
        let asked = Asked::new(None);
        let file = PickedInput {
            bytes: Rc::new(Bytes::new(archive)),
        };
        let name = "image.tar".to_owned();
        let opening = asked.session.serve(
            RequestId(1),
            Request::OpenFile(ask::OpenFile { name }),
            vec![file],
        );
        let Answer::Archive(ArchiveView { images, only, .. }) = run(opening).unwrap().answer else {
            panic!("an archive was asked for");
        };
        assert_eq!((images.len(), only.is_some()), (n_images, is_opened));
        if let Some(only) = only {
            assert_eq!(asked.read(only.key).layers.len(), only.layers.len());
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_opens_at_once_is_not_told_about() {
    let archive = docker_save(&["demo/app:1"], &[&tar_of(BASE)]).tar();
    for (step_millis, is_told) in [(0.0, false), (1000.0, true)] {
        let asked = Asked::new(None);
        asked.step_millis.set(step_millis);
        asked.archive(archive.clone()).unwrap();
        let told = asked.told.borrow();
        let told = told
            .iter()
            .any(|event| matches!(event, Event::Opening { .. }));
        assert_eq!(told, is_told, "{step_millis} ms between two looks");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_tree_shows_the_union_a_prefix_and_one_layer() {
    let (asked, image) = opened();
    let key = image.key;
    assert_eq!(
        asked.rows(key, TreeView::UpTo(0)),
        "bin Added 3000\netc Added 14"
    );
    let etc = asked.tree(key, None).rows[1].node;
    asked.tree(
        key,
        Some(TreeChange::Toggle {
            node: etc,
            expanded: true,
        }),
    );
    assert_eq!(
        asked.rows(key, TreeView::UpTo(0)),
        "bin Added 3000\netc Added 14\n-hosts Added 9\n-motd Added 5"
    );
    let union = asked.rows(key, TreeView::Union);
    assert!(
        union.contains("-motd Changed 12") && !union.contains("hosts"),
        "{union}"
    );
    let layer = asked.rows(key, TreeView::Layer(1));
    assert!(layer.contains("-hosts Deleted"), "{layer}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_tree_sorts_filters_and_reveals() {
    let (asked, image) = opened();
    let key = image.key;
    let sort = TreeChange::Sort {
        sort: Sort {
            key: SortKey::Size,
            direction: Direction::Ascending,
        },
    };
    let window = asked.tree(key, Some(sort));
    assert_eq!(window.rows[0].name.text, "etc");
    let filter = Filter {
        text: b"MOTD".to_vec(),
        ..Filter::default()
    };
    let window = asked.tree(key, Some(TreeChange::Filter { filter }));
    let names: Vec<_> = window
        .rows
        .iter()
        .map(|row| row.name.text.as_str())
        .collect();
    assert_eq!(names, ["etc", "motd"]);
    let all = Filter::default();
    asked.tree(key, Some(TreeChange::Filter { filter: all }));
    let reveal = TreeChange::Reveal {
        path_key: at("bin/sh"),
    };
    let window = asked.tree(key, Some(reveal));
    let focus = window.focus_row.unwrap() as usize;
    assert_eq!(window.rows[focus].name.text, "sh");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_path_tells_its_story() {
    let (asked, image) = opened();
    let motd = detail(&asked, &image, "etc/motd");
    let story: Vec<_> = motd
        .history
        .iter()
        .map(|t| (t.layer, t.change, t.size_bytes))
        .collect();
    assert_eq!(story, [(0, Change::Added, 5), (1, Change::Changed, 12)]);
    let hosts = detail(&asked, &image, "etc/hosts");
    assert!(hosts.row.is_none());
    assert_eq!(hosts.history[1].cause, Cause::Whiteout);
    let unknown = Request::Detail(ask::Detail {
        image: image.key,
        path_key: at("no/such"),
        view: TreeView::Union,
    });
    let answer = asked.ask(unknown).unwrap().answer;
    assert!(matches!(
        answer,
        Answer::Detail(DetailAnswer::Unknown { .. })
    ));
}

#[wasm_bindgen_test(unsupported = test)]
fn every_layers_version_of_a_file_can_be_read() {
    let (asked, image) = opened();
    let content = |path: &str, layer, offset, len| {
        asked.ask(Request::Content(ask::Content {
            image: image.key,
            path_key: at(path),
            layer,
            offset,
            len,
        }))
    };
    assert_eq!(
        content("etc/motd", 0, 0, 100).unwrap().bytes.unwrap(),
        b"hello"
    );
    let served = content("etc/motd", 1, 7, 3).unwrap();
    assert_eq!(served.bytes.unwrap(), b"wor");
    let Answer::Content(answer) = served.answer else {
        panic!("content was asked for");
    };
    assert_eq!((answer.size_bytes, answer.kind), (12, ContentKind::Text));
    let gone = content("etc/hosts", 1, 0, 10).err().unwrap();
    assert_eq!(gone.code, ProblemCode::NoContent);
    let dir = content("etc", 0, 0, 10).err().unwrap();
    assert_eq!(dir.code, ProblemCode::NoContent);
}

#[wasm_bindgen_test(unsupported = test)]
fn tf_20_a_file_of_a_truncated_layer_is_shown_as_far_as_it_goes() {
    let layer = tar_of("bin/sh = @3000");
    let cut = layer.get(..512 + 1000).unwrap();
    for stored in [cut.to_vec(), gzip(cut)] {
        let asked = Asked::new(None);
        let image = asked.open(docker_save(&["demo/app:1"], &[&stored]).tar());
        let content = |offset| {
            asked.ask(Request::Content(ask::Content {
                image: image.key,
                path_key: at("bin/sh"),
                layer: 0,
                offset,
                len: 4096,
            }))
        };
        assert_eq!(content(0).unwrap().bytes.unwrap().len(), 1000);
        assert_eq!(content(400).unwrap().bytes.unwrap().len(), 600);
        let nothing = content(1000).err().unwrap();
        assert_eq!(nothing.code, ProblemCode::Damaged);
        let download = Request::Download(ask::Download {
            image: image.key,
            path_key: at("bin/sh"),
            layer: 0,
        });
        let refused = asked.ask(download).err().unwrap();
        assert_eq!(refused.code, ProblemCode::Damaged, "a part is no file");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn files_and_answers_can_be_saved() {
    let (asked, image) = opened();
    let download = Request::Download(ask::Download {
        image: image.key,
        path_key: at("bin/sh"),
        layer: 0,
    });
    assert_eq!(asked.ask(download).unwrap().file.unwrap().len(), 3000);
    let export = |kind| {
        let request = Request::Export(ask::Export {
            image: image.key,
            kind,
        });
        String::from_utf8(asked.ask(request).unwrap().file.unwrap()).unwrap()
    };
    let listing = export(ExportKind::Listing {
        view: TreeView::Union,
        full: false,
    });
    let first = listing.lines().next().unwrap();
    assert_eq!(
        first,
        r#"{"path":"bin","type":"dir","mode":"0755","uid":0,"gid":0,"size":0,"linkname":"","layer":0}"#
    );
    let report: serde_json::Value = serde_json::from_str(&export(ExportKind::Report)).unwrap();
    assert_eq!(report["images"][0]["tags"][0], "demo/app:1");
    assert_eq!(report["images"][0]["layers"][1]["verdict"]["diff_id"], "ok");
    let config: serde_json::Value = serde_json::from_str(&export(ExportKind::Config)).unwrap();
    assert_eq!(config, report["images"][0]["config"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn af_12_a_shared_layer_is_decoded_once_and_said_to_be_known() {
    let (asked, first) = opened();
    let again = docker_save(&["demo/other:1"], &[&tar_of(BASE), &tar_of("new = 1")]);
    let second = asked.open(again.tar());
    let word = |layer: usize| match &second.layers[layer].state {
        LayerState::Read { verdict, .. } => verdict.diff_id.word(),
        other => panic!("not read: {other:?}"),
    };
    assert_eq!((word(0), word(1)), ("known", "ok"));
    let verify = Request::ReadLayerAgain(ask::ReadLayerAgain {
        image: second.key,
        layer: 0,
    });
    let Answer::Image(verified) = asked.ask(verify).unwrap().answer else {
        panic!("an image was asked for");
    };
    let LayerState::Read { verdict, .. } = &verified.layers[0].state else {
        panic!("not read");
    };
    assert_eq!(verdict.diff_id.word(), "ok");
    assert_eq!(
        asked.tree(first.key, None).n_rows,
        2,
        "the first image is as it was"
    );
}

/// Makes an OCI archive of one image. `change` edits the descriptor of its layer; `diff_id` is the claimed one.
pub(super) fn oci_archive(
    layer: &[u8],
    n_layers: usize,
    change: &[(&str, Value)],
    diff_id: &str,
) -> Vec<u8> {
    let layers = vec![layer; n_layers];
    let mut config = config_of(&layers);
    config["rootfs"]["diff_ids"] = json!(vec![diff_id; n_layers]);
    let config = config.to_string();
    let mut manifest = manifest_of(&config, &layers);
    for entry in manifest["layers"].as_array_mut().unwrap() {
        for (field, value) in change {
            entry[*field] = value.clone();
        }
    }
    let manifest = manifest.to_string();
    let entry = named(descriptor(OCI_MANIFEST, &manifest), "demo/app:1");
    let blobs = Outer::new().blob(layer).blob(&config).blob(&manifest);
    layout_of(&index_of(&[entry])).and(blobs).tar()
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_16_sizes_that_cannot_be_added_up_are_unknown() {
    let layer = tar_of(BASE);
    let diff_id = digest_of(&layer).to_string();
    let archive = oci_archive(&layer, 2, &[("size", json!(u64::MAX))], &diff_id);
    let asked = Asked::new(None);
    let image = asked.found(archive);
    assert_eq!(image.stored_bytes, None);
    assert_eq!(image.layers[1].stored_bytes, Some(u64::MAX));
    let read = asked.read(image.key);
    assert_eq!(read.stored_bytes, Some(2 * layer.len() as u64));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_checksum_that_nobody_proved_is_not_known() {
    let tar = tar_of(BASE);
    // One frame without its checksum: the last four bytes are removed, and the flag for them is cleared.
    let mut stored = zstd(&tar);
    stored[4] &= !0b100;
    stored.truncate(stored.len() - 4);
    let diff_id = digest_of(&tar).to_string();
    let asked = Asked::new(None);
    for expected in [["ok", "absent"], ["known", "absent"]] {
        let image = asked.open(oci_archive(&stored, 1, &[], &diff_id));
        let verdict = verdict_of(&image, 0);
        assert_eq!([verdict.digest.word(), verdict.checksum.word()], expected);
    }
    let stored = gzip(&tar);
    for expected in [["ok", "ok"], ["known", "known"]] {
        let image = asked.open(oci_archive(&stored, 1, &[], &diff_id));
        let verdict = verdict_of(&image, 0);
        assert_eq!([verdict.digest.word(), verdict.checksum.word()], expected);
    }
}

pub(super) fn verdict_of(image: &ImageView, layer: usize) -> Verdict {
    match &image.layers[layer].state {
        LayerState::Read { verdict, .. } => verdict.clone(),
        other => panic!("not read: {other:?}"),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_damaged_layer_is_said_to_be_and_the_rest_opens() {
    let asked = Asked::new(None);
    let whole = docker_save(&["demo/app:1"], &[&tar_of(BASE), &tar_of(TOP)]);
    let mut bytes = whole.tar();
    let at = bytes
        .windows(5)
        .position(|window| window == b"hello")
        .unwrap();
    bytes[at] = b'J';
    let image = asked.open(bytes);
    let verified: Vec<_> = image
        .layers
        .iter()
        .map(lamina::protocol::LayerRow::is_verified)
        .collect();
    assert_eq!(verified, [false, true]);
    let LayerState::Read { verdict, .. } = &image.layers[0].state else {
        panic!("not read");
    };
    assert_eq!(verdict.diff_id.word(), "mismatch");
    assert_eq!(verdict.diff_id.word(), "mismatch");
    assert_eq!(asked.tree(image.key, None).n_rows, 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_wrong_file_and_a_closed_image_are_problems_not_crashes() {
    let (asked, image) = opened();
    let wrong = asked.archive(b"just a text".to_vec()).err().unwrap();
    assert_eq!(wrong.code, ProblemCode::NotAnImage);
    let empty = asked.archive(Vec::new()).err().unwrap();
    assert_eq!(empty.code, ProblemCode::NotAnImage);
    assert_eq!(
        asked.tree(image.key, None).n_rows,
        2,
        "what is open stays open"
    );
    asked
        .ask(Request::Close(ask::Close { image: image.key }))
        .unwrap();
    let closed = asked.ask(Request::ReadLayers(ask::ReadLayers { image: image.key }));
    assert_eq!(closed.err().unwrap().code, ProblemCode::Closed);
    let nothing = Request::Cancel(ask::Cancel {
        request: RequestId(99),
    });
    asked.ask(nothing).unwrap();
}

/// Checks the message that the page shows for a config with these two comments.
fn check_message(own: &str, last: &str, shown: &str) {
    let layer = tar_of(BASE);
    let config = serde_json::json!({
        "comment": own,
        "rootfs": {"type": "layers", "diff_ids": [digest_of(&layer).to_string()]},
        "history": [{"created_by": "COPY . /srv", "comment": last}],
    });
    let archive = Outer::new()
        .file("layer.tar", &layer)
        .json("config.json", &config)
        .json(
            "manifest.json",
            &serde_json::json!([{"Config": "config.json", "RepoTags": null, "Layers": ["layer.tar"]}]),
        );
    assert_eq!(Asked::new(None).open(archive.tar()).comment, shown);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_commits_message_is_told_and_a_builders_mark_is_not() {
    check_message("fix the greeting", "fix the greeting", "fix the greeting");
    check_message("", "from podman commit", "from podman commit");
    check_message("", "buildkit.dockerfile.v0", "");
    check_message("buildkit.dockerfile.v0", "", "");
}
