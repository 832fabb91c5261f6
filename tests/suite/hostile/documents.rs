//! Documents whose oddities would be larger than they are.

use lamina::image::{Oddity, read_saved_images};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn a_long_key_is_not_repeated_for_each_field_in_it() {
    // A hundred thousand bad fields below a key of a hundred kilobytes: ten gigabytes, were each told in full.
    let key = "é".repeat(50_000);
    let bad = vec!["1"; 100_000].join(",");
    let text = format!(r#"[{{"LayerSources":{{"{key}":{{"urls":[{bad}]}}}}}}]"#);
    let (_, oddities) = read_saved_images(text.as_bytes(), u64::MAX).unwrap();
    assert_eq!(oddities.len(), 51);
    assert_eq!(oddities.last(), Some(&Oddity::More));
    for oddity in &oddities {
        let n_letters = oddity.subject().chars().count();
        assert!(n_letters <= 301, "{n_letters} letters");
    }
    assert!(oddities[0].subject().starts_with("[0].LayerSources.éé"));
    assert!(oddities[0].subject().ends_with('…'));
}
