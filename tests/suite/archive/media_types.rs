//! What media types decide in an archive: which blobs are layers, and nothing about how they are stored.

use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tar_of;

use super::fixture::{
    OCI_MANIFEST, Outer, config_of, descriptor, gzip, index_of, layout_of, manifest_of, named,
    open_tar, zstd,
};
use super::reading::check_read;

/// An image whose layers are declared as these types; each layer decodes to the tar of the same place.
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
