//! Hostile documents: deep, long, wide, repetitive, or with numbers out of range.

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{ArchiveLimits, DocumentLimits, LayerLimits, Limits};
use lamina::image::{ConfigDocument, Json};
use lamina::source::archive::OpenedArchive;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_INDEX, OCI_MANIFEST, Outer, check_opened, config_of, descriptor, docker_save, file_input,
    image_blobs, index_of, layout_of, open_tar, open_with, with,
};
use crate::support::tar_of;

fn open_within(outer: &Outer, limits: &Limits) -> OpenedArchive {
    open_with(file_input(outer.tar()), limits, &|_| {
        ControlFlow::Continue(())
    })
    .unwrap()
}

fn codes(opened: &OpenedArchive) -> Vec<&str> {
    let mut codes: Vec<_> = opened.warnings.iter().map(|w| w.code()).collect();
    codes.dedup();
    codes
}

#[wasm_bindgen_test(unsupported = test)]
fn json_of_brackets_alone_is_refused_by_its_depth() {
    let deep = |open: &str, n: usize| open.repeat(n);
    for text in [
        deep("[", 100_000),
        deep(r#"{"a":"#, 100_000),
        deep(r#"[{"a":"#, 50_000),
        format!(r#"{{"config":{}"#, deep("[", 100_000)),
    ] {
        let error = Json::parse(text.as_bytes(), 1 << 24)
            .unwrap_err()
            .to_string();
        assert!(error.contains("more than 100 levels"), "{error}");
        for name in ["manifest.json", "index.json"] {
            let outer = Outer::new().file(name, &text).file("oci-layout", "{}");
            let error = open_tar(&outer).err().unwrap().to_string();
            assert_eq!(
                error,
                format!("{name} exceeds the limit of 100 levels in a document")
            );
        }
    }
    // As a config, it breaks the config but not the image.
    let base = tar_of("etc/hosts = base");
    let outer = Outer::new()
        .json(
            "manifest.json",
            &json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l.tar"]}]),
        )
        .file("c.json", deep("[", 100_000))
        .file("l.tar", &base);
    check_opened(
        &open_tar(&outer).unwrap(),
        &[("base", &base)],
        "image a:1 -: base",
    );
    // A hundred levels are accepted.
    let text = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(Json::parse(text.as_bytes(), 1 << 20).is_ok());
}

#[wasm_bindgen_test(unsupported = test)]
fn json_of_very_many_values_is_refused_by_their_number() {
    let text = format!("[{}0]", "0,".repeat(300_000));
    let outer = Outer::new().file("manifest.json", text);
    let error = open_tar(&outer).err().unwrap().to_string();
    assert_eq!(
        error,
        "manifest.json exceeds the limit of 250000 values in a document"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn numbers_beyond_all_numbers_are_read_as_absent() {
    for size in [
        "-1",
        "1e400",
        "1e30",
        "18446744073709551616",
        "1.5",
        "\"5\"",
    ] {
        let base = tar_of("etc/hosts = base");
        let (blobs, manifest) = image_blobs(&[&base]);
        let entry = descriptor(OCI_MANIFEST, &manifest).to_string();
        let entry = entry.replace(
            &format!("\"size\":{}", manifest.len()),
            &format!("\"size\":{size}"),
        );
        let index = format!(r#"{{"schemaVersion":2,"manifests":[{entry}]}}"#);
        let outer = blobs
            .file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#)
            .file("index.json", index);
        let opened = match open_tar(&outer) {
            Ok(opened) => opened,
            // Text that is not a number at all is not JSON.
            Err(error) => {
                assert!(
                    error.to_string().contains("number out of range"),
                    "{size}: {error}"
                );
                continue;
            }
        };
        check_opened(
            &opened,
            &[("base", &base)],
            "image - linux/amd64: base*\nwarning wrong-type index.json: manifests[0].size",
        );
    }
    let timeouts = json!({"config": {"StopTimeout": i64::MIN, "Healthcheck": {"Interval": i64::MIN, "Retries": u64::MAX}}});
    let config = ConfigDocument::parse(timeouts.to_string().into_bytes(), 1 << 20).unwrap();
    let check = config.config.config.unwrap().healthcheck.unwrap();
    assert_eq!(
        (check.interval_nanos, check.retries),
        (Some(i64::MIN), None)
    );
    assert!(lamina::image::duration_text(i64::MIN).starts_with("-2562047h"));
}

/// Sixteen indexes, each of which names the next one four times: four billion paths to an image.
fn fan_out(levels: usize) -> Outer {
    let base = tar_of("etc/hosts = base");
    let (mut outer, manifest) = image_blobs(&[&base]);
    outer = outer.blob(&manifest);
    let mut below = descriptor(OCI_MANIFEST, &manifest);
    for _ in 0..levels {
        let index = index_of(&[below.clone(), below.clone(), below.clone(), below]).to_string();
        below = descriptor(OCI_INDEX, &index);
        outer = outer.blob(&index);
    }
    outer.and(layout_of(&index_of(&[below])))
}

#[wasm_bindgen_test(unsupported = test)]
fn an_index_that_fans_out_to_a_billion_is_cut_short_and_told() {
    let opened = open_within(&fan_out(16), &Limits::DEFAULT);
    assert!(
        codes(&opened).contains(&"too-many-documents"),
        "{:?}",
        codes(&opened)
    );
    let message = &opened.warnings.last().unwrap().message();
    assert_eq!(message, "only the first 2000 entries were looked at");
    assert!(opened.images.len() + opened.others.len() <= 2_000);
    // One level above the limit is reported at each place.
    let limits = Limits {
        documents: DocumentLimits {
            index_depth: 3,
            ..DocumentLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let opened = open_within(&fan_out(5), &limits);
    assert_eq!(opened.images.len(), 0);
    let reason = lamina_reason(&opened);
    assert_eq!(
        reason,
        "an index within indexes exceeds the limit of 3 levels"
    );
}

fn lamina_reason(opened: &OpenedArchive) -> String {
    use lamina::source::archive::OtherKind;
    match &opened.others[0].kind {
        OtherKind::Unavailable(error) => error.to_string(),
        _ => String::new(),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_large_document_named_often_is_not_read_often() {
    let base = tar_of("etc/hosts = base");
    let mut config = config_of(&[&base]);
    config["padding"] = Value::from("x".repeat(100_000));
    let element = json!({"Config": "c.json", "RepoTags": null, "Layers": ["l.tar"]});
    let outer = Outer::new()
        .json("manifest.json", &Value::from(vec![element; 200]))
        .file("c.json", config.to_string())
        .file("l.tar", &base);
    let limits = Limits {
        documents: DocumentLimits {
            documents_bytes: 1_000_000,
            ..DocumentLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let opened = open_within(&outer, &limits);
    let configs = opened
        .images
        .iter()
        .map(|image| image.config.as_ref().unwrap());
    let (read, refused): (Vec<_>, Vec<_>) = configs.partition(|config| config.is_ok());
    assert_eq!((read.len(), refused.len()), (9, 191));
    let error = refused[0].as_ref().unwrap_err().to_string();
    assert_eq!(
        error,
        "with the documents read before, c.json exceeds the limit of 1000000 bytes of documents"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn annotations_are_not_multiplied_by_what_they_stand_above() {
    let base = tar_of("etc/hosts = base");
    let (outer, manifest) = image_blobs(&[&base]);
    let entry = descriptor(OCI_MANIFEST, &manifest);
    let large = json!({"large": "x".repeat(100_000)});
    let nested = with(index_of(&vec![entry; 500]), "annotations", large.clone()).to_string();
    let top = with(descriptor(OCI_INDEX, &nested), "annotations", large.clone());
    let index = with(index_of(&[top]), "annotations", large);
    let outer = outer.blob(&manifest).blob(&nested).and(layout_of(&index));
    let opened = open_within(&outer, &Limits::DEFAULT);
    assert_eq!(opened.images.len(), 500);
    assert_eq!(codes(&opened), ["annotations-left-out"]);
    let held = opened.images.iter().map(|image| {
        let annotations = &image.annotations;
        annotations.index.len() + annotations.descriptor.len()
    });
    assert_eq!(held.sum::<usize>(), 0);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_manifest_of_very_many_layers_is_refused_by_their_number() {
    let base = tar_of("etc/hosts = base");
    let (blobs, _) = image_blobs(&[&base]);
    let layer = format!(
        r#"{{"digest":"{}"}}"#,
        lamina::image::Digest::sha256_of(&base)
    );
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{},"layers":[{layer}{}]}}"#,
        descriptor(
            "application/vnd.oci.image.config.v1+json",
            config_of(&[&base]).to_string()
        ),
        format!(",{layer}").repeat(99_999)
    );
    let outer = blobs
        .blob(&manifest)
        .and(layout_of(&index_of(&[descriptor(OCI_MANIFEST, &manifest)])));
    let opened = open_tar(&outer).unwrap();
    assert_eq!(opened.images.len(), 0);
    assert!(
        lamina_reason(&opened).ends_with("exceeds the limit of 1000 layers"),
        "{}",
        lamina_reason(&opened)
    );
    let list = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": vec!["l"; 100_000]}]);
    let opened = open_tar(&Outer::new().json("manifest.json", &list)).unwrap();
    assert!(lamina_reason(&opened).ends_with("exceeds the limit of 1000 layers"));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_image_of_very_many_names_shows_some_of_them() {
    let base = tar_of("etc/hosts = base");
    let names: Vec<String> = (0..5_000).map(|n| format!("a:{n}")).collect();
    let tags: Vec<&str> = names.iter().map(String::as_str).collect();
    let opened = open_tar(&docker_save(&tags, &[&base])).unwrap();
    assert_eq!(opened.images[0].names.len(), 200);
    assert_eq!(codes(&opened), ["too-many-names"]);
    assert_eq!(
        opened.warnings[0].message(),
        "an image has 5000 names, of which 200 are shown: the others are too many or too long"
    );
    let long = "a".repeat(2_000);
    let opened = open_tar(&docker_save(&[&long, "a:1"], &[&base])).unwrap();
    assert_eq!(opened.images[0].names, ["a:1"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn members_named_again_and_again_count_and_the_last_one_holds() {
    let base = tar_of("etc/hosts = base");
    let outer = (0..2_000).fold(Outer::new(), |outer, n| {
        outer.json("manifest.json", &json!([{"Config": n.to_string()}]))
    });
    let opened = open_tar(&outer.and(docker_save(&["a:1"], &[&base]))).unwrap();
    let told = "image a:1 linux/amd64: base
  warning several-members manifest.json
warning several-members manifest.json";
    check_opened(&opened, &[("base", &base)], told);
    let limits = Limits {
        archive: ArchiveLimits {
            members: 100,
            ..ArchiveLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let again = (0..101).fold(Outer::new(), |outer, _| outer.file("same", ""));
    let error = open_with(file_input(again.tar()), &limits, &|_| {
        ControlFlow::Continue(())
    })
    .err();
    assert_eq!(
        error.unwrap().to_string(),
        "test.tar exceeds the limit of 100 members"
    );
    let limits = Limits {
        layer: LayerLimits {
            text_bytes: 300,
            ..LayerLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let error = open_with(file_input(again.tar()), &limits, &|_| {
        ControlFlow::Continue(())
    })
    .err();
    assert_eq!(
        error.unwrap().to_string(),
        "test.tar exceeds the limit of 300 bytes of members' names"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_config_of_very_many_steps_is_read_whole() {
    let mut config = config_of(&[]);
    config["history"] = Value::from(vec![json!({"empty_layer": true}); 100_000]);
    let bytes: Rc<[u8]> = config.to_string().into_bytes().into();
    let document = ConfigDocument::parse(bytes, 1 << 24).unwrap();
    assert_eq!(document.config.history.len(), 100_000);
}

#[wasm_bindgen_test(unsupported = test)]
fn one_document_of_many_values_named_often_is_not_read_often() {
    // A thousand empty steps in three kilobytes, which take fifty times that in memory.
    let config = format!(r#"{{"history":[{}{{}}]}}"#, "{},".repeat(999));
    let element = json!({"Config": "c.json"});
    let outer = Outer::new()
        .json("manifest.json", &Value::from(vec![element; 100]))
        .file("c.json", config);
    let limits = Limits {
        documents: DocumentLimits {
            document_values: 10_000,
            ..DocumentLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let opened = open_within(&outer, &limits);
    let configs = opened
        .images
        .iter()
        .map(|image| image.config.as_ref().unwrap());
    let (read, refused): (Vec<_>, Vec<_>) = configs.partition(|config| config.is_ok());
    assert_eq!((read.len(), refused.len()), (4, 96));
    let error = refused[0].as_ref().unwrap_err().to_string();
    assert_eq!(
        error,
        "with the documents read before, c.json exceeds the limit of 10000 values in documents"
    );
    let opened = open_within(&outer, &Limits::DEFAULT);
    assert!(
        opened
            .images
            .iter()
            .all(|image| matches!(image.config, Some(Ok(_))))
    );
}
