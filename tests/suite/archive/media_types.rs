//! Media types in an archive decide which blobs are layers, but not how they are compressed.

use lamina::image::{Distribution, MediaType};
use lamina::layer::Compression;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{
    OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Outer, check, config_of, descriptor, digest_of,
    gzip, image_blobs, index_of, layout_of, manifest_of, named, open_tar, with, zstd,
};
use super::reading::{check_read, file_lines, layer_lines, read_image};

const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// Makes an image whose layers have these media types. The uncompressed bytes of each are given as well.
fn typed(layers: &[(&str, &[u8], &[u8])]) -> Outer {
    let decoded: Vec<_> = layers.iter().map(|(_, _, tar)| *tar).collect();
    let stored: Vec<_> = layers.iter().map(|(_, stored, _)| *stored).collect();
    let config = config_of(&decoded).to_string();
    let mut manifest = manifest_of(&config, &stored);
    for (at, (media_type, _, _)) in layers.iter().enumerate() {
        manifest["layers"][at]["mediaType"] = json!(media_type);
    }
    let manifest = manifest.to_string();
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "v1")]);
    stored
        .iter()
        .fold(layout_of(&top), |outer, layer| outer.blob(layer))
        .blob(&config)
        .blob(&manifest)
}

/// Checks that layers of these types, each compressed as its type says, are read like any other, without a warning.
fn check_types(types: &[(&str, Compression)], distribution: Distribution) {
    let tars: Vec<_> = (0..types.len())
        .map(|at| tar_of(&format!("f{at} = 1")))
        .collect();
    let stored = types
        .iter()
        .zip(&tars)
        .map(|((_, compression), tar)| match compression {
            Compression::Gzip => gzip(tar),
            Compression::Zstd => zstd(tar),
            _ => tar.clone(),
        });
    let stored: Vec<_> = stored.collect();
    let layers = types.iter().zip(&stored).zip(&tars);
    let layers: Vec<_> = layers
        .map(|((t, stored), tar)| (t.0, &stored[..], &tar[..]))
        .collect();
    let opened = open_tar(&typed(&layers)).unwrap();
    let image = &opened.images[0];
    let line = |(at, (_, compression)): (usize, &(&str, Compression))| match compression {
        Compression::None => format!("{at} none ok ok ok absent"),
        compressed => format!("{at} {compressed} ok ok ok ok"),
    };
    let lines: Vec<_> = types.iter().enumerate().map(line).collect();
    let files: Vec<_> = (0..types.len())
        .map(|at| format!("f{at} 1 @{at}"))
        .collect();
    check_read(image, &lines.join("\n"), &files.join("\n"));
    for (layer, (media_type, _)) in image.layers.iter().zip(types) {
        let found = layer.media_type.as_ref().unwrap();
        assert_eq!(found.as_str(), *media_type);
        assert_eq!(found.layer().unwrap().distribution, distribution);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_01_oci_layers_are_read() {
    let types = [
        ("application/vnd.oci.image.layer.v1.tar", Compression::None),
        (
            "application/vnd.oci.image.layer.v1.tar+gzip",
            Compression::Gzip,
        ),
        (
            "application/vnd.oci.image.layer.v1.tar+zstd",
            Compression::Zstd,
        ),
    ];
    check_types(&types, Distribution::Distributable);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_02_nondistributable_layers_are_read_and_known_as_such() {
    let types = [
        (
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            Compression::None,
        ),
        (
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            Compression::Gzip,
        ),
        (
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
            Compression::Zstd,
        ),
    ];
    check_types(&types, Distribution::Nondistributable);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_03_dockers_layers_are_read() {
    let types = [
        (
            "application/vnd.docker.image.rootfs.diff.tar.gzip",
            Compression::Gzip,
        ),
        (
            "application/vnd.docker.image.rootfs.diff.tar",
            Compression::None,
        ),
        (
            "application/vnd.docker.image.rootfs.diff.tar.zstd",
            Compression::Zstd,
        ),
    ];
    check_types(&types, Distribution::Distributable);
    let types = [
        (
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            Compression::Gzip,
        ),
        (
            "application/vnd.docker.image.rootfs.foreign.diff.tar",
            Compression::None,
        ),
    ];
    check_types(&types, Distribution::Nondistributable);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_04_mt_06_manifests_lists_and_configs_of_both_kinds() {
    let base = tar_of("etc/hosts = base");
    for list_type in [OCI_INDEX, DOCKER_LIST] {
        for manifest_type in [OCI_MANIFEST, DOCKER_MANIFEST] {
            let config = config_of(&[&base]).to_string();
            let manifest = manifest_of(&config, &[&base]);
            let mut manifest = with(manifest, "mediaType", json!(manifest_type));
            if manifest_type == DOCKER_MANIFEST {
                manifest["config"]["mediaType"] = json!(MediaType::DOCKER_CONFIG);
            }
            let manifest = manifest.to_string();
            let list = index_of(&[descriptor(manifest_type, &manifest)]);
            let list = with(list, "mediaType", json!(list_type)).to_string();
            let top = index_of(&[named(descriptor(list_type, &list), "v1")]);
            let outer = layout_of(&top)
                .blob(&base)
                .blob(&config)
                .blob(&manifest)
                .blob(&list);
            check(&outer, &[("base", &base)], "image v1 linux/amd64: base*");
            let opened = open_tar(&outer).unwrap();
            let found = opened.images[0].manifest.as_ref().unwrap();
            assert_eq!(found.media_type.as_str(), manifest_type, "in {list_type}");
        }
    }
}

/// Makes an OCI layout with a custom manifest under the name `v1`.
fn artifact(manifest: &serde_json::Value, entry: &[(&str, serde_json::Value)]) -> Outer {
    let manifest = manifest.to_string();
    let mut descriptor = named(descriptor(OCI_MANIFEST, &manifest), "v1");
    for (field, value) in entry {
        descriptor[*field] = value.clone();
    }
    layout_of(&index_of(&[descriptor])).blob(&manifest)
}

/// Its type is the manifest's artifact type, or else its config's media type. Its blobs
/// and annotations are available.
#[wasm_bindgen_test(unsupported = test)]
fn mt_07_unknown_types_are_shown_as_what_they_are() {
    let (config, data) = ("{\"any\": true}", "a blob of an unknown kind");
    let mut manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.example.config+json", config),
        "layers": [with(
            descriptor("application/vnd.example.data", data),
            "annotations",
            json!({"org.opencontainers.image.title": "data.bin"}),
        )],
        "annotations": {"a": "b"},
    });
    let kind_of = |manifest: &serde_json::Value, entry: &[(&str, serde_json::Value)]| {
        let outer = artifact(manifest, entry).blob(config).blob(data);
        check(&outer, &[("data", data.as_bytes())], "image v1 -: data*");
        let image = open_tar(&outer).unwrap().images.remove(0);
        assert_eq!(image.annotations.manifest["a"], "b");
        assert_eq!(
            image.layers[0].annotations["org.opencontainers.image.title"],
            "data.bin"
        );
        assert!(image.config.is_none() && image.warnings.is_empty());
        image.artifact_type
    };
    let by_config = kind_of(&manifest, &[]);
    assert_eq!(
        by_config.as_deref(),
        Some("application/vnd.example.config+json")
    );
    manifest["artifactType"] = json!("application/vnd.example");
    assert_eq!(
        kind_of(&manifest, &[]).as_deref(),
        Some("application/vnd.example")
    );
    let entry = [("artifactType", json!("application/vnd.other"))];
    let stated = kind_of(&manifest, &entry);
    assert_eq!(
        stated.as_deref(),
        Some("application/vnd.example"),
        "the manifest's own word counts"
    );
}

/// The empty descriptor in an artifact is not waiting to be read. By its digest, it is `{}`.
#[wasm_bindgen_test(unsupported = test)]
fn mt_08_the_empty_descriptor_is_no_broken_layer() {
    let empty = descriptor(MediaType::OCI_EMPTY, "{}");
    assert_eq!(empty["size"], 2);
    assert_eq!(
        empty["digest"],
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": "application/vnd.example",
        "config": empty,
        "layers": [empty],
    });
    let opened = open_tar(&artifact(&manifest, &[]).blob("{}")).unwrap();
    check_read(&opened.images[0], "0 not read", "");
    // The same if an image has it as a layer, which is reported as empty.
    let base = tar_of("a = 1");
    let config = config_of(&[&base, b""]).to_string();
    let mut manifest = manifest_of(&config, &[&base, b"{}"]);
    manifest["layers"][1] = empty;
    let outer = artifact(&manifest, &[])
        .blob(&base)
        .blob(&config)
        .blob("{}");
    let image = read_image(&open_tar(&outer).unwrap().images[0]);
    let said = &layer_lines(&image)[1];
    assert!(said.contains("it is empty"), "{said}");
    assert_eq!(file_lines(&image), ["a 1 @0"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_09_a_tar_of_another_kind_is_never_merged() {
    let (base, chart) = (tar_of("a = 1"), tar_of("chart/Chart.yaml = name"));
    let helm = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    let stored = gzip(&chart);
    // Between the layers of an image, and as an artifact of its own.
    let opened = open_tar(&typed(&[
        (OCI_LAYER, &base, &base),
        (helm, &stored, &chart),
        (OCI_LAYER, &base, &base),
    ]));
    check_read(
        &opened.unwrap().images[0],
        "0 none ok ok ok absent
        1 failed: application/vnd.cncf.helm.chart.content.v1.tar+gzip is not supported: it is a tar of another kind, and no part of a file system
        2 none ok ok ok absent",
        "a 1 @2",
    );
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.cncf.helm.config.v1+json", "{}"),
        "layers": [descriptor(helm, &stored)],
    });
    let outer = artifact(&manifest, &[]).blob("{}").blob(&stored);
    check_read(&open_tar(&outer).unwrap().images[0], "0 not read", "");
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_11_the_bytes_decide_and_a_note_says_so() {
    let tar = tar_of("a = 1");
    let stem = "application/vnd.oci.image.layer.v1.tar";
    let (gzipped, zstandard) = (gzip(&tar), zstd(&tar));
    let forms = [
        ("", "none", "absent", tar.clone()),
        ("+gzip", "gzip", "ok", gzipped),
        ("+zstd", "zstd", "ok", zstandard),
    ];
    for (suffix, _, _, _) in &forms {
        let media_type = format!("{stem}{suffix}");
        for (actual, compression, checksum, stored) in &forms {
            let opened = open_tar(&typed(&[(&media_type, stored, &tar)])).unwrap();
            let note = match actual == suffix {
                true => "",
                false => "\n  warning compression-mismatch",
            };
            let layer = format!("0 {compression} ok ok ok {checksum}{note}");
            check_read(&opened.images[0], &layer, "a 1 @0");
        }
    }
    let opened = open_tar(&typed(&[(&format!("{stem}+gzip"), &zstd(&tar), &tar)])).unwrap();
    let image = super::reading::read_image(&opened.images[0]);
    assert_eq!(
        image.layer_warnings(0).kept[0].to_string(),
        "application/vnd.oci.image.layer.v1.tar+gzip: the media type claims gzip, and the bytes are zstd: \
         they were read as what they are"
    );
}

/// Each is between two layers, which are still read. Without its media type, its bytes would be a layer.
#[wasm_bindgen_test(unsupported = test)]
fn mt_12_r_06_what_is_no_file_system_is_said_to_be_none() {
    let (below, tar, above) = (tar_of("a = 1"), tar_of("b = 1"), tar_of("c = 1"));
    let encrypted = "the layer is encrypted, and cannot be read as a file system";
    let other = "it cannot be read as a file system";
    for (media_type, reason) in [
        (
            "application/vnd.oci.image.layer.v1.tar+encrypted",
            encrypted,
        ),
        (
            "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
            encrypted,
        ),
        (
            "application/vnd.oci.image.layer.v1.tar+zstd+encrypted",
            encrypted,
        ),
        ("application/vnd.sylabs.image.layer.v1.squashfs", other),
        ("application/vnd.wasm.content.layer.v1+wasm", other),
        ("application/wasm", other),
        ("application/vnd.oras.blob", other),
        ("application/vnd.in-toto+json", other),
    ] {
        let outer = typed(&[
            (OCI_LAYER, &below, &below),
            (media_type, &tar, &tar),
            (OCI_LAYER, &above, &above),
        ]);
        let layers = format!(
            "0 none ok ok ok absent
        1 failed: {media_type} is not supported: {reason}
        2 none ok ok ok absent"
        );
        let opened = open_tar(&outer).unwrap();
        let image = check_read(&opened.images[0], &layers, "a 1 @0\nc 1 @2");
        assert!(
            image.task(1).is_none(),
            "it cannot be asked for again, either"
        );
    }
}

/// A variant of a layer's media type that no specification has is still a layer: its bytes decide the rest.
#[wasm_bindgen_test(unsupported = test)]
fn a_layer_in_an_unknown_form_is_read_by_its_magic() {
    let tar = tar_of("a = 1");
    let stored = super::fixture::bzip2(&tar);
    let media_type = "application/vnd.oci.image.layer.v1.tar+bzip2";
    let opened = open_tar(&typed(&[(media_type, &stored, &tar)])).unwrap();
    check_read(&opened.images[0], "0 bzip2 ok ok ok ok", "a 1 @0");
    let opened = open_tar(&typed(&[("application/octet-stream", &stored, &tar)])).unwrap();
    check_read(&opened.images[0], "0 bzip2 ok ok ok ok", "a 1 @0");
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_13_parameters_do_not_count() {
    let tar = tar_of("a = 1");
    let stored = gzip(&tar);
    let parametered = |media_type: &str| format!("{media_type}; charset=utf-8");
    let config = config_of(&[&tar]).to_string();
    let mut manifest = manifest_of(&config, &[&stored]);
    manifest["mediaType"] = json!(parametered(OCI_MANIFEST));
    manifest["config"]["mediaType"] = json!(parametered(OCI_CONFIG));
    manifest["layers"][0]["mediaType"] = json!(parametered(&format!("{OCI_LAYER}+gzip")));
    let manifest = manifest.to_string();
    let inner = index_of(&[descriptor(&parametered(OCI_MANIFEST), &manifest)]).to_string();
    let top = index_of(&[named(descriptor(&parametered(OCI_INDEX), &inner), "v1")]);
    let outer = layout_of(&top)
        .blob(&stored)
        .blob(&config)
        .blob(&manifest)
        .blob(&inner);
    check(&outer, &[("tar", &stored)], "image v1 linux/amd64: tar*");
    check_read(
        &open_tar(&outer).unwrap().images[0],
        "0 gzip ok ok ok ok",
        "a 1 @0",
    );
}

/// The distribution specification says that clients should refuse such a document. A workbench shows the content,
/// with a warning.
#[wasm_bindgen_test(unsupported = test)]
fn mt_14_a_document_that_states_another_type_is_read_with_a_warning() {
    let base = tar_of("etc/hosts = base");
    let (blobs, manifest) = image_blobs(&[&base]);
    let top = index_of(&[named(descriptor(DOCKER_MANIFEST, &manifest), "v1")]);
    let expected = format!(
        "image v1 linux/amd64: base*
          warning media-type-mismatch {}",
        digest_of(&manifest)
    );
    check(
        &layout_of(&top).and(blobs.clone()),
        &[("base", &base)],
        &expected,
    );

    let inner = index_of(&[descriptor(OCI_MANIFEST, &manifest)]).to_string();
    let top = index_of(&[named(descriptor(DOCKER_LIST, &inner), "v1")]);
    let expected = format!(
        "image v1 linux/amd64: base*
        warning media-type-mismatch {}",
        digest_of(&inner)
    );
    check(
        &layout_of(&top).and(blobs).blob(&inner),
        &[("base", &base)],
        &expected,
    );
}
