//! Media types: section 2 of the checklist.

use lamina::image::{
    CompressionHint, ConfigKind, Digest, Distribution, LayerKind, ManifestKind, MediaKind,
    MediaType,
};
use wasm_bindgen_test::wasm_bindgen_test;

fn check(text: &str, kind: MediaKind) {
    assert_eq!(MediaType::new(text).kind(), kind, "of {text:?}");
}

fn check_layer(text: &str, compression: CompressionHint, distribution: Distribution) {
    let layer = LayerKind {
        compression,
        distribution,
    };
    check(text, MediaKind::Layer(layer));
    assert_eq!(MediaType::new(text).layer(), Some(layer));
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_01_oci_layers() {
    use CompressionHint::{Gzip, None, Zstd};
    use Distribution::Distributable;
    let stem = "application/vnd.oci.image.layer.v1.tar";
    check_layer(stem, None, Distributable);
    check_layer(&format!("{stem}+gzip"), Gzip, Distributable);
    check_layer(&format!("{stem}+zstd"), Zstd, Distributable);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_02_nondistributable_layers() {
    use CompressionHint::{Gzip, None, Zstd};
    use Distribution::Nondistributable;
    let stem = "application/vnd.oci.image.layer.nondistributable.v1.tar";
    check_layer(stem, None, Nondistributable);
    check_layer(&format!("{stem}+gzip"), Gzip, Nondistributable);
    check_layer(&format!("{stem}+zstd"), Zstd, Nondistributable);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_03_docker_layers() {
    use CompressionHint::{Gzip, None, Zstd};
    use Distribution::{Distributable, Nondistributable};
    let stem = "application/vnd.docker.image.rootfs";
    check_layer(&format!("{stem}.diff.tar.gzip"), Gzip, Distributable);
    check_layer(&format!("{stem}.diff.tar"), None, Distributable);
    check_layer(&format!("{stem}.diff.tar.zstd"), Zstd, Distributable);
    check_layer(
        &format!("{stem}.foreign.diff.tar.gzip"),
        Gzip,
        Nondistributable,
    );
    check_layer(&format!("{stem}.foreign.diff.tar"), None, Nondistributable);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_04_mt_05_manifests() {
    use ManifestKind::{DockerList, DockerManifest, OciIndex, OciManifest, Schema1};
    let docker = "application/vnd.docker.distribution.manifest";
    check(
        "application/vnd.oci.image.manifest.v1+json",
        MediaKind::Manifest(OciManifest),
    );
    check(
        "application/vnd.oci.image.index.v1+json",
        MediaKind::Manifest(OciIndex),
    );
    check(
        &format!("{docker}.v2+json"),
        MediaKind::Manifest(DockerManifest),
    );
    check(
        &format!("{docker}.list.v2+json"),
        MediaKind::Manifest(DockerList),
    );
    check(&format!("{docker}.v1+json"), MediaKind::Manifest(Schema1));
    check(
        &format!("{docker}.v1+prettyjws"),
        MediaKind::Manifest(Schema1),
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_06_configs() {
    check(
        "application/vnd.oci.image.config.v1+json",
        MediaKind::Config(ConfigKind::Oci),
    );
    check(
        "application/vnd.docker.container.image.v1+json",
        MediaKind::Config(ConfigKind::Docker),
    );
    for other in [
        "application/vnd.cncf.helm.config.v1+json",
        "application/vnd.docker.plugin.v1+json",
        "application/vnd.oci.image.config.v2+json",
    ] {
        check(other, MediaKind::Other);
        assert!(!MediaType::new(other).is_image_config());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_08_the_empty_descriptor() {
    check("application/vnd.oci.empty.v1+json", MediaKind::Empty);
    assert_eq!(
        Digest::sha256_of(b"{}").as_str(),
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_09_mt_10_mt_12_what_is_no_layer() {
    check(
        "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        MediaKind::OtherTar,
    );
    check("application/x-tar", MediaKind::OtherTar);
    check("application/vnd.in-toto+json", MediaKind::Attestation);
    check(
        "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
        MediaKind::Encrypted,
    );
    check(
        "application/vnd.oci.image.layer.v1.tar+encrypted",
        MediaKind::Encrypted,
    );
    check(
        "application/vnd.sylabs.image.layer.v1.squashfs",
        MediaKind::Other,
    );
    check(
        "application/vnd.wasm.content.layer.v1+wasm",
        MediaKind::Other,
    );
    check(
        "application/vnd.oci.image.layer.v1.tar+xz",
        MediaKind::Other,
    );
    check("text/html", MediaKind::Other);
}

#[wasm_bindgen_test(unsupported = test)]
fn mt_13_parameters_are_cut_off() {
    let text = "application/vnd.oci.image.manifest.v1+json; charset=utf-8";
    let media_type = MediaType::new(text);
    assert_eq!(media_type.as_str(), MediaType::OCI_MANIFEST);
    assert_eq!(media_type, MediaType::new(MediaType::OCI_MANIFEST));
    check(
        "Application/Vnd.OCI.image.config.v1+JSON ;a=b",
        MediaKind::Config(ConfigKind::Oci),
    );
    for unstated in [
        "",
        " ",
        "application/json;charset=utf-8",
        "text/plain",
        "application/octet-stream",
    ] {
        check(unstated, MediaKind::Unstated);
    }
}
