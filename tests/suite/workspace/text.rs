//! Texts of an image, on their way to the page.

use lamina::protocol::{Answer, DetailAnswer, ExportKind, Request, TreeView, ask};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_MANIFEST, config_of, descriptor, index_of, layout_of, manifest_of, named, with,
};
use crate::support::tar_of;

use super::world::{Asked, at};

/// Whitespace, escapes, numbers and the order of keys would all change if a document were serialised again.
#[wasm_bindgen_test(unsupported = test)]
fn r_03_documents_are_exported_byte_for_byte() {
    let layer = tar_of("a = 1");
    let config = config_of(&[&layer]).to_string();
    let config = config.replace("\"linux\"", " \"linu\\u0078\" ,\n\t\"x\": 1.50e0");
    let manifest = manifest_of(&config, &[&layer]).to_string();
    let manifest = format!("{}\r\n", manifest.replace("\":", "\" :\n"));
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "v1")]);
    let outer = layout_of(&top).blob(&layer).blob(&config).blob(&manifest);
    let asked = Asked::new(None);
    let image = asked.open(outer.tar()).key;
    let export = |kind| {
        let served = asked
            .ask(Request::Export(ask::Export { image, kind }))
            .unwrap();
        String::from_utf8(served.file.unwrap()).unwrap()
    };
    assert_eq!(export(ExportKind::Config), config);
    assert_eq!(export(ExportKind::Manifest), manifest);
    let report = export(ExportKind::Report);
    assert!(
        report.contains(&config),
        "the report has the config as it is: {report}"
    );
}

const MARKUP: &str = "<script>alert(1)</script>&lt;<img src=x onerror=alert(2)>\u{202e}\0";

/// The page gets the text itself: nothing is cut, decoded or escaped before, because only the page knows how it
/// shows text. A browser test checks that it is shown as text.
#[wasm_bindgen_test(unsupported = test)]
fn r_10_what_an_image_says_reaches_the_page_as_it_is() {
    let layer = tar_of("<b>x<b> -> <i>y | xattr.user.k=<u>v</u>");
    let mut config = config_of(&[&layer]);
    config["author"] = json!(MARKUP);
    config["config"] = json!({"Labels": {MARKUP: MARKUP}, "Env": [format!("A={MARKUP}")]});
    config["history"] = json!([{"created_by": MARKUP, "comment": MARKUP}]);
    let config = config.to_string();
    let annotations = json!({"<a>": MARKUP});
    let manifest = with(manifest_of(&config, &[&layer]), "annotations", annotations).to_string();
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), MARKUP)]);
    let outer = layout_of(&top).blob(&layer).blob(&config).blob(&manifest);
    let asked = Asked::new(None);
    let view = asked.open(outer.tar());
    let text = serde_json::to_value(&view).unwrap();
    let holds = |value: &Value, n_times: usize| {
        fn count(value: &Value) -> usize {
            match value {
                Value::String(text) => usize::from(text.contains(MARKUP)),
                Value::Array(items) => items.iter().map(count).sum(),
                Value::Object(map) => {
                    let keys = map.keys().filter(|key| key.contains(MARKUP)).count();
                    keys + map.values().map(count).sum::<usize>()
                }
                _ => 0,
            }
        }
        assert!(count(value) >= n_times, "{value}");
    };
    holds(&text["names"], 1);
    holds(&text["author"], 1);
    holds(&text["config"], 3);
    holds(&text["history"], 2);
    holds(&text["annotations"], 1);
    let rows = asked.tree(view.key, None).rows;
    assert_eq!(rows[0].name.text, "<b>x<b>");
    assert_eq!(rows[0].link.as_ref().unwrap().text, "<i>y");
    let detail = Request::Detail(ask::Detail {
        image: view.key,
        path_key: at("<b>x<b>"),
        view: TreeView::Union,
    });
    let Answer::Detail(DetailAnswer::Known(detail)) = asked.ask(detail).unwrap().answer else {
        panic!("the path is known");
    };
    assert!(format!("{detail:?}").contains("<u>v</u>"), "{detail:?}");
}
