//! Facts that only the bytes of a layer can express, in the listing and on the page.

use lamina::protocol::Compression;
use lamina::protocol::{
    Answer, DetailAnswer, ExportKind, FileText, ProblemCode, Request, TreeView, ask,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_MANIFEST, config_of, descriptor, docker_save, index_of, layout_of, manifest_of, zstd,
};
use crate::layer::raw::{file, pax};
use crate::support::tar_of;
use crate::support::zstd::skippable;

use super::archives::verdict_of;
use super::world::{Asked, at};

#[wasm_bindgen_test(unsupported = test)]
fn tf_07_times_are_told_to_the_nanosecond() {
    for (time, seconds, nanos, listed) in [
        (&b"-1.5"[..], -2, 500_000_000, "-1.5"),
        (
            b"1350244992.023960108",
            1_350_244_992,
            23_960_108,
            "1350244992.023960108",
        ),
        (b"-7", -7, 0, "-7"),
    ] {
        let layer = [pax(&[("mtime", time)]), file("f", b"")].concat();
        let asked = Asked::new(None);
        let image = asked.open(docker_save(&["a:1"], &[&layer]).tar());
        let request = Request::Detail(ask::Detail {
            image: image.key,
            path_key: at("f"),
            view: TreeView::Union,
        });
        let Answer::Detail(DetailAnswer::Known(detail)) = asked.ask(request).unwrap().answer else {
            panic!("f is known");
        };
        let row = detail.row.unwrap();
        assert_eq!((row.mtime, detail.mtime_nanos), (seconds, nanos));
        let request = Request::Export(ask::Export {
            image: image.key,
            kind: ExportKind::Listing {
                view: TreeView::Union,
                full: true,
            },
        });
        let lines = String::from_utf8(asked.ask(request).unwrap().file.unwrap()).unwrap();
        let told = lines.split(r#""mtime":"#).nth(1).unwrap();
        assert_eq!(told.split([',', '}']).next(), Some(listed), "{lines}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn zs_02_what_annotations_say_of_a_chunked_layer_is_not_needed() {
    let tar = tar_of("a = 1\nb = @3000");
    let chunks: Vec<u8> = tar.chunks(512).flat_map(zstd).collect();
    let stored = [chunks, skippable(0, b"the table of contents")].concat();
    let open = |annotations: Value| {
        let config = config_of(&[&tar]).to_string();
        let mut manifest = manifest_of(&config, &[&stored]);
        let layer = &mut manifest["layers"][0];
        layer["mediaType"] = json!("application/vnd.oci.image.layer.v1.tar+zstd");
        layer["annotations"] = annotations;
        let manifest = manifest.to_string();
        let outer = layout_of(&index_of(&[descriptor(OCI_MANIFEST, &manifest)]))
            .blob(&stored)
            .blob(&config)
            .blob(&manifest);
        let asked = Asked::new(None);
        let image = asked.open(outer.tar());
        let verdict = verdict_of(&image, 0);
        assert!(verdict.proves());
        assert_eq!(verdict.checksum.word(), "ok");
        assert_eq!(image.layers[0].compression, Some(Compression::Zstd));
        assert_eq!(image.layers[0].warnings, []);
        asked.rows(image.key, TreeView::Union)
    };
    for annotations in [
        json!({}),
        json!({
            "io.github.containers.zstd-chunked.manifest-checksum": "sha256:wrong",
            "io.github.containers.zstd-chunked.manifest-position": "99999999999:1:2:3",
            "io.github.containers.zstd-chunked.tarsplit-position": "x",
        }),
    ] {
        assert_eq!(open(annotations), "a Added 1\nb Added 3000");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_editor_gets_text_or_learns_that_there_is_none() {
    let asked = Asked::new(None);
    let layer = [file("a", "caf\u{e9}".as_bytes())].concat();
    let image = asked.open(docker_save(&["a:1"], &[&layer]).tar());
    let text = |path: &str, most_bytes: u32| {
        let question = ask::Text {
            image: image.key,
            path_key: at(path),
            layer: 0,
            most_bytes,
        };
        asked.answer(question)
    };
    let utf8 = |text: &str| Ok(FileText::Utf8(text.to_owned()));
    assert_eq!(text("a", 100), utf8("caf\u{e9}"));
    assert_eq!(text("a", 3), utf8("caf"));
    assert_eq!(text("a", 4), Ok(FileText::Binary), "half a letter");
    assert_eq!(text("none", 9).unwrap_err().code, ProblemCode::NoContent);
}
