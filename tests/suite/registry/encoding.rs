//! Responses that were compressed in transit.

use lamina::bounds::{DocumentLimits, Limits, RegistryLimits};
use lamina::source::registry::{Asker, PlatformChoice, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::blob::read_all;
use super::{OCI_MANIFEST, Set, native, put_image, set_under};
use crate::support::registry::Registry;
use crate::support::{gzip_of, run};

fn encoding(encoding: &'static str) -> Registry {
    Registry {
        encoding: Some(encoding),
        ..Registry::default()
    }
}

/// Reads a whole blob of these bytes. `states_size` is true if the manifest states their size.
fn read(set: &Set, bytes: &[u8], states_size: bool) -> Result<Vec<u8>, String> {
    let digest = set.registry.put_blob("app", bytes);
    let size = states_size.then_some(bytes.len() as u64);
    let blob = run(set.client.blob("app", &digest, size)).map_err(|error| error.to_string())?;
    read_all(&*blob)
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_compressed_for_the_way_is_decompressed() {
    let set = native(encoding("gzip"));
    let manifest = put_image(&set.registry, "1", OCI_MANIFEST, "linux/amd64");
    let tag = Target::Tag("1".to_owned());
    let fetched = run(set.client.manifest("app", &tag)).unwrap();
    assert_eq!(&*fetched.document.bytes, manifest.as_bytes());
    let opened = run(set.client.open("app", &tag, &PlatformChoice::Usual)).unwrap();
    assert!(opened.image.config.unwrap().is_ok());
    assert_eq!(run(set.client.all_tags("app")).unwrap().items, ["1"]);
    // Errors, too.
    let error = run(set.client.manifest("other", &tag))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("MANIFEST_UNKNOWN: manifest unknown"),
        "{error}"
    );
    let text: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
    for bytes in [&text[..], b"a", b"", &gzip_of(&text, 6)] {
        for states_size in [true, false] {
            let read = read(&set, bytes, states_size);
            assert!(read.as_deref() == Ok(bytes), "{} bytes", bytes.len());
        }
    }
    // A range of encoded bytes is useless, so the whole blob is requested and cut.
    let digest = set.registry.put_blob("app", &text);
    let blob = run(set.client.blob("app", &digest, Some(text.len() as u64))).unwrap();
    assert_eq!(
        run(blob.read_at(500_000, 9)).unwrap(),
        text[500_000..500_009]
    );
}

/// A static host states the encoding of a compressed layer, but sends the layer as it is.
#[wasm_bindgen_test(unsupported = test)]
fn a_layer_of_its_own_length_is_not_decompressed() {
    let layer = gzip_of(b"a layer", 6);
    let set = native(encoding("x-gzip"));
    assert_eq!(read(&set, &layer, true), Ok(layer));
    // Bytes that are not compressed are used as they are, whatever encoding is stated.
    assert_eq!(
        read(&set, b"a plain layer", false),
        Ok(b"a plain layer".to_vec())
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn an_encoding_that_nobody_asked_for_is_named() {
    let set = native(encoding("br"));
    let error = read(&set, b"layer", true).unwrap_err();
    assert!(error.contains("encoded as \"br\""), "{error}");
    // A browser reports the encoding of a response that it has already decoded.
    for asker in [Asker::HttpsPage, Asker::HttpPage] {
        let set = set_under(encoding("br"), "https://r.example", asker, Limits::DEFAULT);
        assert_eq!(read(&set, b"layer", true), Ok(b"layer".to_vec()));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_swells_on_the_way_is_bounded() {
    let bomb = vec![b' '; 8 << 20];
    let limits = Limits {
        documents: DocumentLimits {
            json_bytes: 1 << 20,
            ..DocumentLimits::DEFAULT
        },
        registry: RegistryLimits {
            blob_bytes: 1 << 20,
            ..RegistryLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let set = set_under(encoding("gzip"), "https://r.example", Asker::Native, limits);
    let text = String::from_utf8(bomb.clone()).unwrap();
    set.registry.put_manifest("app", "1", OCI_MANIFEST, &text);
    let tag = Target::Tag("1".to_owned());
    let error = run(set.client.manifest("app", &tag))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("exceeds the limit of 1048576 bytes"),
        "{error}"
    );
    let error = read(&set, &bomb, false).unwrap_err();
    assert!(
        error.contains("exceeds the limit of 1048576 bytes"),
        "{error}"
    );
    // The manifest states less than arrives.
    let digest = set.registry.put_blob("app", &bomb);
    let blob = run(set.client.blob("app", &digest, Some(1000))).unwrap();
    let mut stream = run(blob.stream()).unwrap();
    let error = run(async {
        loop {
            match stream.next().await {
                Ok(Some(piece)) => assert!(piece.len() <= 64 * 1024),
                end => return end.map(|_| ()),
            }
        }
    });
    let error = error.unwrap_err().to_string();
    assert!(error.contains("goes on past the 1000 bytes"), "{error}");
}
