//! Verdicts: the checklist's lines DG-02, DG-05 to DG-07 and DG-09, and rules 0.1 and 0.2.

use lamina::image::{Algorithm, DiffId, Digest, Hasher};
use lamina::layer::{Check, Expected};
use wasm_bindgen_test::wasm_bindgen_test;

use super::raw::{END, file};
use super::{OPTIONS, list, read_as};
use crate::support::gzip_of;

fn sha512_of(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha512);
    hasher.update(bytes);
    hasher.finish().unwrap()
}

fn check(stored: &[u8], expected: &Expected, words: [&str; 4]) {
    let reading = read_as(stored, expected, OPTIONS);
    let verdict = &reading.verdict;
    let actual = [
        &verdict.digest,
        &verdict.size,
        &verdict.diff_id,
        &verdict.checksum,
    ]
    .map(Check::word);
    assert_eq!(actual, words);
    assert_eq!(verdict.holds(), !words.contains(&"mismatch"));
    assert_eq!(list(&reading), ["file a 0644 0:0 1"], "it stays browsable");
}

#[wasm_bindgen_test(unsupported = test)]
fn each_claim_is_checked_by_itself() {
    // Bytes after the end marker count for the diff_id, and bytes after the gzip data for the digest.
    let tar = [
        file("a", b"a"),
        END.to_vec(),
        b"trailing bytes of a table of contents".to_vec(),
    ]
    .concat();
    let stored = [gzip_of(&tar, 6), vec![0; 100]].concat();
    let right = Expected {
        digest: Some(Digest::sha256_of(&stored)),
        size_bytes: Some(stored.len() as u64),
        diff_id: Some(DiffId(Digest::sha256_of(&tar))),
    };
    let wrong = Digest::sha256_of(b"something else");
    check(&stored, &right, ["ok", "ok", "ok", "ok"]);
    check(
        &stored,
        &Expected::default(),
        ["absent", "absent", "absent", "ok"],
    );
    let digest = Expected {
        digest: Some(wrong.clone()),
        ..right.clone()
    };
    check(&stored, &digest, ["mismatch", "ok", "ok", "ok"]);
    let size = Expected {
        size_bytes: Some(7),
        ..right.clone()
    };
    check(&stored, &size, ["ok", "mismatch", "ok", "ok"]);
    let diff_id = Expected {
        diff_id: Some(DiffId(wrong)),
        ..right.clone()
    };
    check(&stored, &diff_id, ["ok", "ok", "mismatch", "ok"]);
    let sha512 = Expected {
        digest: Some(sha512_of(&stored)),
        ..right.clone()
    };
    check(&stored, &sha512, ["ok", "ok", "ok", "ok"]);
    let unknown = Expected {
        digest: Some(Digest::parse("blake9:00ff").unwrap()),
        ..right
    };
    check(&stored, &unknown, ["absent", "ok", "ok", "ok"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn plain_layers_have_digest_and_diff_id_by_their_own_algorithms() {
    let tar = [file("a", b"a"), END.to_vec()].concat();
    let size_bytes = Some(tar.len() as u64);
    let (short, long) = (Digest::sha256_of(&tar), sha512_of(&tar));
    for (digest, diff_id) in [
        (&short, &short),
        (&short, &long),
        (&long, &short),
        (&long, &long),
    ] {
        let expected = Expected {
            digest: Some(digest.clone()),
            size_bytes,
            diff_id: Some(DiffId(diff_id.clone())),
        };
        check(&tar, &expected, ["ok", "ok", "ok", "absent"]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_mismatch_shows_both_values() {
    let tar = END.to_vec();
    let expected = Expected {
        digest: Some(Digest::sha256_of(b"")),
        ..Expected::default()
    };
    let reading = read_as(&tar, &expected, OPTIONS);
    let both = Check::Mismatch {
        expected: Digest::sha256_of(b"").to_string(),
        actual: Digest::sha256_of(&tar).to_string(),
    };
    assert_eq!(reading.verdict.digest, both);
    assert_eq!(reading.damage, None);
}

#[wasm_bindgen_test(unsupported = test)]
fn after_damage_the_digest_is_still_whole() {
    let tar = [file("a", b"a"), END.to_vec()].concat();
    let mut stored = gzip_of(&tar, 6);
    let middle = stored.len() / 2;
    stored.truncate(middle);
    stored.extend(b"the rest of the blob");
    let expected = Expected {
        digest: Some(Digest::sha256_of(&stored)),
        size_bytes: Some(stored.len() as u64),
        diff_id: Some(DiffId(Digest::sha256_of(&tar))),
    };
    let reading = read_as(&stored, &expected, OPTIONS);
    assert!(reading.damage.is_some());
    assert_eq!(reading.verdict.digest, Check::Ok);
    assert_eq!(reading.verdict.size, Check::Ok);
    assert_eq!(reading.verdict.diff_id.word(), "mismatch");
}
