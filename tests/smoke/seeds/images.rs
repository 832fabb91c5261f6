//! Seeds of whole archives: each format, each compression, hostile paths, and archives described as parts.

use lamina::layer::Compression;
use serde_json::json;

use crate::outer::{
    OCI_MANIFEST, Outer, bzip2, descriptor, docker_save, gzip, image_blobs, index_of, layout_of,
    named, oci_layout, zstd,
};
use crate::support::tar_of;

/// Layers of one image, each of which changes something below.
const LAYERS: [&str; 4] = [
    "bin/\nbin/sh -> dash\nbin/dash = elf\nbin/ash => bin/dash\netc/hosts = 127.0.0.1\nlib -> usr/lib\nusr/lib/a = 1\nusr/lib/b = 22\n",
    "bin/.wh.sh\netc/.wh..wh..opq\netc/new = x\nlib/c = through a link\n",
    "bin/dash = another | mode=0700\nusr => bin/dash\nusr/lib/a = y\n.wh.lib\na/b/c/d/e = deep\n",
    ".wh.usr\nusr/ | mode=0700 uid=7\nbin/ash2 => bin/ash\nloop -> loop\nup -> ../../etc/new\nx.wh.y = plain\n",
];

fn layers() -> Vec<Vec<u8>> {
    LAYERS.iter().map(|text| tar_of(text)).collect()
}

/// Returns the archive target's seeds.
pub(super) fn archives() -> Vec<Vec<u8>> {
    let small = tar_of("etc/hosts = 127.0.0.1\n");
    let layers = [small.as_slice()];
    let docker = docker_save(&["app:1", "app:latest"], &layers).tar();
    let mut all = vec![
        gzip(&docker),
        zstd(&docker),
        bzip2(&docker),
        zstd(&tar_of("etc/passwd = root\n")),
        oci_layout("app:1", &layers).below("folder/").tar(),
        docker_save(&["a:1"], &layers).reversed().tar(),
        docker.get(..1200).unwrap_or_default().to_vec(),
        Outer::new().file("only", "a file").tar(),
        b"plain text".to_vec(),
    ];
    all.extend(images());
    all
}

/// Returns archives whose layers are worth reading.
pub(super) fn images() -> Vec<Vec<u8>> {
    let layers = layers();
    let slices: Vec<&[u8]> = layers.iter().map(Vec::as_slice).collect();
    let docker = docker_save(&["app:1"], &slices);
    let oci = oci_layout("docker.io/library/app:1", &slices);
    let packed: Vec<_> = layers.iter().map(|layer| gzip(layer)).collect();
    let packed: Vec<&[u8]> = packed.iter().map(Vec::as_slice).collect();
    vec![
        docker.tar(),
        oci.tar(),
        oci_layout("app:2", &packed).tar(),
        docker.clone().and(oci).tar(),
        nested(&slices),
        legacy(&slices),
        linked(&slices),
        artifact(),
        tar_of(LAYERS[0]),
        gzip(&tar_of(LAYERS[3])),
        parts(Compression::None),
        parts(Compression::Gzip),
        docker_parts(),
    ]
}

/// Makes an index within an index, with a platform each.
fn nested(layers: &[&[u8]]) -> Vec<u8> {
    let (blobs, manifest) = image_blobs(&layers[..2]);
    let (others, other) = image_blobs(&layers[2..]);
    let inner = index_of(&[
        descriptor(OCI_MANIFEST, &manifest),
        descriptor(OCI_MANIFEST, &other),
    ]);
    let entry = descriptor(crate::outer::OCI_INDEX, inner.to_string());
    layout_of(&index_of(&[named(entry, "app:1")]))
        .and(blobs)
        .and(others)
        .blob(inner.to_string())
        .tar()
}

/// Makes an artifact. Its blobs are listed, and none is read as a layer.
fn artifact() -> Vec<u8> {
    let (config, note) = ("{}", "a note\n");
    let manifest = json!({
        "schemaVersion": 2,
        "artifactType": "application/vnd.example.note",
        "config": descriptor("application/vnd.oci.empty.v1+json", config),
        "layers": [descriptor("application/vnd.example.part", note)],
    });
    let entry = descriptor(OCI_MANIFEST, manifest.to_string());
    layout_of(&index_of(&[named(entry, "note:1")]))
        .blob(config)
        .blob(note)
        .blob(manifest.to_string())
        .tar()
}

/// Makes an archive of two layers in the form before Docker 1.10.
fn legacy(layers: &[&[u8]]) -> Vec<u8> {
    let (base, top) = ("b".repeat(64), "c".repeat(64));
    let of = |id: &str| json!({"id": id, "os": "linux", "container_config": {"Cmd": ["x"]}});
    let mut over = of(&top);
    over["parent"] = base.clone().into();
    Outer::new()
        .file(&format!("{base}/VERSION"), "1.0")
        .json(&format!("{base}/json"), &of(&base))
        .file(&format!("{base}/layer.tar"), layers[0])
        .file(&format!("{top}/VERSION"), "1.0")
        .json(&format!("{top}/json"), &over)
        .file(&format!("{top}/layer.tar"), layers[1])
        .json("repositories", &json!({"app": {"1": top, "2": base}}))
        .tar()
}

/// Makes an archive with layers behind links, one of them in a circle.
fn linked(layers: &[&[u8]]) -> Vec<u8> {
    Outer::new()
        .file("../real.tar", layers[0])
        .symlink("one.tar", "sub/../real.tar")
        .hardlink("two.tar", "one.tar")
        .symlink("circle.tar", "circle.tar")
        .file("config.json", r#"{"rootfs":{"diff_ids":["x"]},"history":[{}]}"#)
        .file(
            "manifest.json",
            r#"[{"Config":"./config.json","RepoTags":null,"Layers":["one.tar","two.tar","circle.tar","/../real.tar","gone"]}]"#,
        )
        .tar()
}

/// Describes an OCI layout as parts, so that its documents can change and still have right digests.
fn parts(compression: Compression) -> Vec<u8> {
    let tar = tar_of("a = 1\nb -> a\n");
    let (layer, suffix) = match compression {
        Compression::Gzip => (gzip(&tar), "+gzip"),
        _ => (tar, ""),
    };
    let config = r#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["sha256:{{0}}"]},"history":[{"created_by":"x"}]}"#;
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{{{{1}}}}","size":[[1]]}},"layers":[{{"mediaType":"application/vnd.oci.image.layer.v1.tar{suffix}","digest":"sha256:{{{{0}}}}","size":[[0]]}}],"annotations":{{"k":"v"}}}}"#
    );
    let index = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{2}}","size":[[2]],"platform":{"os":"linux","architecture":"arm64"}},{"digest":"sha256:{{0}}","annotations":{"vnd.docker.reference.type":"attestation-manifest"}}]}"#;
    let list = r#"{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:{{3}}","size":[[3]],"annotations":{"org.opencontainers.image.ref.name":"1"}}]}"#;
    let blobs = [
        &layer[..],
        config.as_bytes(),
        manifest.as_bytes(),
        index.as_bytes(),
    ];
    let mut text = b"parts\n".to_vec();
    for blob in blobs {
        push_part(&mut text, "blobs/sha256/", blob);
    }
    push_part(
        &mut text,
        "oci-layout",
        br#"{"imageLayoutVersion":"1.0.0"}"#,
    );
    push_part(&mut text, "index.json", list.as_bytes());
    text.pop();
    text
}

/// Describes a docker-archive as parts.
fn docker_parts() -> Vec<u8> {
    let mut text = b"parts\n".to_vec();
    push_part(&mut text, "base.tar", &tar_of("etc/hosts = x\n"));
    push_part(&mut text, "top.tar", &tar_of("etc/.wh.hosts\n"));
    push_part(
        &mut text,
        "c.json",
        br#"{"rootfs":{"diff_ids":["sha256:{{0}}","sha256:{{1}}"]},"history":[{},{"empty_layer":true},{}]}"#,
    );
    push_part(
        &mut text,
        "manifest.json",
        br#"[{"Config":"c.json","RepoTags":["a:1"],"Layers":["base.tar","top.tar"]}]"#,
    );
    text.pop();
    text
}

/// Appends a part. Its newline ends the content before the next part's line.
fn push_part(text: &mut Vec<u8>, name: &str, content: &[u8]) {
    text.extend_from_slice(format!("@@ {name}\n").as_bytes());
    text.extend_from_slice(content);
    text.push(b'\n');
}
