//! Digests as text, and digests that are computed: section 6 of the checklist.

use lamina::image::{Algorithm, ChainId, DiffId, Digest, Hasher, chain_ids};
use wasm_bindgen_test::wasm_bindgen_test;

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const EMPTY_512: &str = "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";

fn check(text: &str, algorithm: Algorithm) {
    let digest = Digest::parse(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(digest.algorithm(), algorithm, "of {text}");
    assert_eq!(digest.as_str(), text);
    let (name, encoded) = text.split_once(':').unwrap();
    assert_eq!((digest.algorithm_name(), digest.encoded()), (name, encoded));
}

fn check_refused(text: &str, reason: &str) {
    let error = Digest::parse(text).expect_err(text).to_string();
    assert_eq!(error, format!("{reason}: {text:?}"));
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_01_the_grammar() {
    check(&format!("sha256:{EMPTY}"), Algorithm::Sha256);
    check(&format!("sha512:{EMPTY_512}"), Algorithm::Sha512);
    let sha256 = "a sha256 digest has 64 lower-case hex digits";
    check_refused(&format!("sha256:{}", EMPTY.to_uppercase()), sha256);
    check_refused(&format!("sha256:{}", EMPTY.replace('b', "B")), sha256);
    check_refused(&format!("sha256:{}", &EMPTY[1..]), sha256);
    check_refused(&format!("sha256:{EMPTY}0"), sha256);
    check_refused(&format!("sha256:{}g", &EMPTY[1..]), sha256);
    let sha512 = "a sha512 digest has 128 lower-case hex digits";
    check_refused(&format!("sha512:{EMPTY}"), sha512);
    check_refused(&format!("sha512:{}", EMPTY_512.to_uppercase()), sha512);
    check_refused(&format!("sha512:{EMPTY_512}00"), sha512);
    check_refused(EMPTY, "a digest needs the form algorithm:hex");
    check_refused("", "a digest needs the form algorithm:hex");
    for algorithm in ["", "SHA256", "sha-", "sha--1", "+b64", "sha 256", "sha/256"] {
        let text = format!("{algorithm}:{EMPTY}");
        check_refused(&text, "the digest's algorithm is malformed");
    }
    for encoded in ["", "a b", "a/b", "a:b", "a+b", "../../etc", "\u{e9}"] {
        let text = format!("multihash+base58:{encoded}");
        check_refused(&text, "the digest's encoded part is malformed");
    }
    // All characters and separators of the grammar.
    check(
        "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564=",
        Algorithm::Other,
    );
    check("a+b.c_d-e9:0AZaz=_-", Algorithm::Other);
}

/// The specification has since registered blake3. It is one more algorithm whose
/// digests are valid and not computed.
#[wasm_bindgen_test(unsupported = test)]
fn dg_01_blake3_is_valid_and_not_computed() {
    let text = format!("blake3:{EMPTY}");
    check(&text, Algorithm::Other);
    assert_eq!(Digest::parse(&text).unwrap().matches(b""), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn dg_02_what_can_be_verified() {
    for (text, bytes, matches) in [
        (format!("sha256:{EMPTY}"), &b""[..], Some(true)),
        (format!("sha256:{EMPTY}"), b"x", Some(false)),
        (format!("sha512:{EMPTY_512}"), b"", Some(true)),
        (format!("sha512:{EMPTY_512}"), b"x", Some(false)),
        ("md9:abc".to_owned(), b"", None),
    ] {
        assert_eq!(Digest::parse(&text).unwrap().matches(bytes), matches);
    }
    for (algorithm, text) in [
        (Algorithm::Sha256, Some(format!("sha256:{EMPTY}"))),
        (Algorithm::Sha512, Some(format!("sha512:{EMPTY_512}"))),
        (Algorithm::Other, None),
    ] {
        let computed = Hasher::new(algorithm).finish();
        assert_eq!(computed.map(|digest| digest.to_string()), text);
    }
}

fn diff_id(text: &str) -> DiffId {
    DiffId(Digest::parse(text).unwrap())
}

/// The values are those of `printf '%s %s' PARENT DIFF_ID | sha256sum`.
#[wasm_bindgen_test(unsupported = test)]
fn dg_08_chain_ids() {
    // The diff_id of Docker's empty layer, three times: hundreds of real images begin like this.
    let empty = diff_id("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
    let of = |ids: &[Option<DiffId>]| -> Vec<Option<String>> {
        let chain = chain_ids(ids).into_iter();
        chain.map(|id| id.map(|id| id.0.to_string())).collect()
    };
    let three = [
        "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
        "sha256:170b376f64fb30995c140276be3d71dfb256b308d86183ca3b22aa93a79ad548",
        "sha256:7800f80a93336d416612f372faa5f69eb67b353ce6ae9535fa0848f8784c74b1",
    ]
    .map(|text| Some(text.to_owned()));
    let ids = [
        Some(empty.clone()),
        Some(empty.clone()),
        Some(empty.clone()),
    ];
    assert_eq!(of(&ids), three);
    assert_eq!(ChainId::base(&empty).0, empty.0);
    // After an unknown diff_id, no chain ID is known.
    let (a, b) = (
        diff_id(&format!("sha256:{}", "a".repeat(64))),
        diff_id(&format!("sha256:{}", "b".repeat(64))),
    );
    let ids = [Some(a.clone()), Some(b.clone()), None, Some(b.clone())];
    let two = "sha256:ccd722928bd92476ba1745586fed6e45a102504185ad88cd89e01ff116fd146c".to_owned();
    assert_eq!(of(&ids), [Some(a.0.to_string()), Some(two), None, None]);
    // The order matters.
    let ids = [Some(b.clone()), Some(a.clone())];
    let other =
        "sha256:c6238ae8d91445af4c453ac796a5e6c69f596c950ef3ae7b29faf4f8da3487f1".to_owned();
    assert_eq!(of(&ids), [Some(b.0.to_string()), Some(other)]);
    assert_eq!(of(&[]), Vec::<Option<String>>::new());
    // A chain ID is always SHA-256, whatever the algorithm of a diff_id.
    let long = diff_id(&format!("sha512:{EMPTY_512}"));
    let ids = [Some(long.clone()), Some(a.clone())];
    let mixed =
        "sha256:c373d46b969eb72c640eea95ed322ab2d97e691c8e5059f62b273263344eb82d".to_owned();
    assert_eq!(of(&ids), [Some(long.0.to_string()), Some(mixed)]);
}
