//! A registry with small indexes that lead to very many entries.

use std::rc::Rc;

use lamina::bounds::{DocumentLimits, Limits};
use lamina::io::MemoryClock;
use lamina::source::registry::{Asker, Client, Endpoint, PlatformChoice, RegistryWorld, Target};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, descriptor, index_of};
use crate::support::registry::Registry;
use crate::support::run;

/// Opens an image in an index of ten indexes of a hundred empty entries. Returns the number of other entries
/// offered, and the codes of the warnings.
fn offered(limits: Limits) -> (usize, Vec<String>) {
    let registry = Registry::default();
    let config = r#"{"os":"linux","architecture":"amd64"}"#;
    registry.put_blob("app", config.as_bytes());
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, config),
        "layers": [],
    })
    .to_string();
    registry.put_manifest("app", "image", OCI_MANIFEST, &manifest);
    let mut entries = vec![descriptor(OCI_MANIFEST, &manifest)];
    for n in 0..10 {
        let mut inner = index_of(&vec![json!({}); 100]);
        inner["annotations"] = json!({"n": n.to_string()});
        let inner = inner.to_string();
        registry.put_manifest("app", &format!("inner{n}"), OCI_INDEX, &inner);
        entries.push(descriptor(OCI_INDEX, &inner));
    }
    registry.put_manifest("app", "1", OCI_INDEX, &index_of(&entries).to_string());
    let (_, transport) = registry.transport();
    let world = RegistryWorld {
        transport,
        clock: Rc::new(MemoryClock::at(0)),
    };
    let endpoint = Endpoint::parse("https://r.example").unwrap();
    let client = Client::new(world, endpoint, Asker::Native, limits);
    let target = Target::Tag("1".to_owned());
    let opened = run(client.open("app", &target, &PlatformChoice::Usual)).unwrap();
    let warnings = opened.image.warnings.iter();
    let codes = warnings.map(|warning| warning.code().to_owned());
    (opened.others.len(), codes.collect())
}

#[wasm_bindgen_test(unsupported = test)]
fn indexes_of_many_values_are_read_only_so_often() {
    let limits = Limits {
        documents: DocumentLimits {
            document_values: 400,
            ..DocumentLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let (n_others, codes) = offered(limits);
    assert_eq!(n_others, 200);
    assert_eq!(codes, ["too-many-indexes"; 8]);
    assert_eq!(offered(Limits::DEFAULT), (1_000, Vec::new()));
}
