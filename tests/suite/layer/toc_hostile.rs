//! Tables of contents that lie, are truncated, or ask for too much: none does harm, and
//! each error says what is wrong.

use lamina::bounds::LayerLimits;
use lamina::layer::{TocError, TocForm, read_toc};
use lamina::message::Code;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use super::toc::{FORMS, TREE, drive, footer_place, id_of, part, toc_of};
use crate::support::tar_of;
use crate::support::toc::{Written, stargz_footer, with_toc};

/// Returns the result for a table that was changed.
fn edited(form: TocForm, edit: impl FnOnce(&mut Value)) -> String {
    match toc_of(form, &with_toc(form, &tar_of(TREE), edit)) {
        Ok(toc) => format!("{} entries", toc.index.n_entries()),
        Err(error) => error.to_string(),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn malformed_rows_are_refused() {
    type Edit = (&'static str, fn(&mut Value));
    let edits: [Edit; 18] = [
        ("its version is not known", |t| t["version"] = 2.into()),
        ("invalid type: null", |t| t["version"] = Value::Null),
        ("invalid type", |t| t["entries"] = 7.into()),
        ("it has no entries", |t| {
            drop(t.as_object_mut().unwrap().remove("entries"))
        }),
        ("invalid type: null", |t| t["entries"][0] = Value::Null),
        ("type is not known", |t| {
            t["entries"][0]["type"] = "door".into()
        }),
        ("belongs to no file", |t| {
            t["entries"][0]["type"] = "chunk".into()
        }),
        ("user's number is out of range", |t| {
            t["entries"][0]["uid"] = (-1).into()
        }),
        ("group's number is out of range", |t| {
            t["entries"][0]["gid"] = (1_u64 << 33).into()
        }),
        ("no base64", |t| {
            t["entries"][0]["xattrs"] = json!({"user.k": "?"})
        }),
        ("invalid value", |t| t["entries"][1]["size"] = (-5).into()),
        ("outside of the layer", |t| {
            t["entries"][1]["offset"] = u64::MAX.into()
        }),
        ("do not fit together", |t| {
            t["entries"][1]["chunkSize"] = 10.into()
        }),
        ("do not fit together", |t| {
            t["entries"][1]["chunkOffset"] = 1.into()
        }),
        ("do not fit together", |t| {
            t["entries"][4]["chunkSize"] = u64::MAX.into()
        }),
        ("do not fit together", |t| {
            t["entries"][4]["chunkOffset"] = 5.into()
        }),
        ("chunk's type is not known", |t| {
            t["entries"][1]["chunkType"] = "ones".into()
        }),
        ("invalid type: string", |t| {
            t["entries"][1]["size"] = "9".into()
        }),
    ];
    for form in FORMS {
        for (why, edit) in edits {
            let told = edited(form, edit);
            assert!(told.contains(why), "{form:?}: {told:?} is not for {why:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn odd_names_are_left_out_as_of_a_tar() {
    for form in FORMS {
        let all = edited(form, |_| ());
        let odd = [
            "a\0b".to_owned(),
            "x/".repeat(3_000),
            "y".repeat(20_000),
            "..".to_owned(),
        ];
        for name in odd {
            let written = with_toc(form, &tar_of(TREE), |t| {
                t["entries"][1]["name"] = name.into()
            });
            let toc = toc_of(form, &written).unwrap();
            assert_eq!(toc.left_out.n, 1);
            assert_eq!(format!("{} entries", toc.index.n_entries() + 1), all);
        }
        // A name cannot lead out of the root, and the table does not list itself.
        assert_eq!(
            edited(form, |t| t["entries"][1]["name"] = "../../etc/x".into()),
            all
        );
        let itself = edited(form, |t| {
            t["entries"][1]["name"] = "stargz.index.json".into()
        });
        assert_ne!(itself, all);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn limits_hold() {
    let tight = [
        (
            "more entries",
            LayerLimits {
                entries: 3,
                ..LayerLimits::DEFAULT
            },
        ),
        (
            "more chunks",
            LayerLimits {
                toc_chunks: 2,
                ..LayerLimits::DEFAULT
            },
        ),
        (
            "more bytes of names",
            LayerLimits {
                text_bytes: 20,
                ..LayerLimits::DEFAULT
            },
        ),
        (
            "more bytes of attributes",
            LayerLimits {
                xattr_bytes: 3,
                ..LayerLimits::DEFAULT
            },
        ),
        (
            "more bytes than",
            LayerLimits {
                toc_bytes: 500,
                ..LayerLimits::DEFAULT
            },
        ),
    ];
    for form in FORMS {
        let written = with_toc(form, &tar_of(TREE), |_| ());
        let place = footer_place(form, &written).unwrap();
        for (why, limits) in &tight {
            let read = read_toc(&place, part(&written.stored, place.range), limits);
            let told = read.unwrap_err().to_string();
            assert!(told.contains(why), "{form:?}: {told:?} is not for {why:?}");
        }
        // A file that would need too much memory is listed, but not opened.
        let limits = LayerLimits {
            toc_chunk_bytes: 5,
            ..LayerLimits::DEFAULT
        };
        let toc = read_toc(&place, part(&written.stored, place.range), &limits).unwrap();
        assert!(toc.contents.open(id_of(&toc, "etc/hosts"), 0, 9).is_none());
        assert!(toc.contents.open(id_of(&toc, "bin/dash"), 0, 9).is_some());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_bomb_of_a_table_ends_at_the_limit() {
    let zeros = vec![b' '; 70 << 20];
    let table = compress_to_vec(&zeros[..], CompressionLevel::Fastest);
    let place = lamina::layer::TocPlace {
        form: TocForm::ZstdChunked,
        range: lamina::layer::StoredRange {
            offset: 0,
            len: table.len() as u64,
        },
        claimed: None,
    };
    let error = read_toc(&place, &table, &LayerLimits::DEFAULT).unwrap_err();
    assert!(
        matches!(
            error,
            TocError::TooMany {
                what: Code::TocBytes,
                ..
            }
        ),
        "{error}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn another_table_than_the_manifest_claims_is_refused() {
    for form in FORMS {
        let mut written = with_toc(form, &tar_of(TREE), |_| ());
        for (key, value) in &mut written.annotations {
            if key.ends_with("digest") || key.ends_with("checksum") {
                *value = format!("sha256:{}", "0".repeat(64));
            }
        }
        let error = toc_of(form, &written).unwrap_err();
        assert!(matches!(error, TocError::Digest { .. }), "{error}");
        for value in written.annotations.values_mut() {
            *value = "no digest".to_owned();
        }
        let error = toc_of(form, &written).unwrap_err();
        assert!(matches!(error, TocError::Place { .. }), "{error}");
        written.annotations.clear();
        assert!(
            toc_of(form, &written).is_ok(),
            "what claims nothing refutes nothing"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_tables_are_refused() {
    for form in FORMS {
        let written = with_toc(form, &tar_of(TREE), |_| ());
        let place = footer_place(form, &written).unwrap();
        let unclaimed = lamina::layer::TocPlace {
            claimed: None,
            ..place.clone()
        };
        let stored = part(&written.stored, place.range);
        for cut in [0, 1, stored.len() / 2, stored.len() - 1] {
            assert!(
                read_toc(&unclaimed, &stored[..cut], &LayerLimits::DEFAULT).is_err(),
                "{cut}"
            );
        }
        for at in (0..stored.len()).step_by(stored.len() / 50 + 1) {
            let mut other = stored.to_vec();
            other[at] ^= 0x55;
            // With a claimed digest, nothing else is accepted; without one, nothing panics.
            let proved = read_toc(&place, &other, &LayerLimits::DEFAULT);
            let whole = read_toc(&place, stored, &LayerLimits::DEFAULT);
            assert!(proved.is_err() || proved == whole, "byte {at}");
            drop(read_toc(&unclaimed, &other, &LayerLimits::DEFAULT));
        }
    }
    let far = Written {
        stored: [vec![0; 100], stargz_footer(1 << 40)].concat(),
        annotations: Default::default(),
        decoded: Vec::new(),
    };
    let error = footer_place(TocForm::Estargz, &far).unwrap_err();
    assert!(error.to_string().contains("outside"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn other_content_than_the_table_means_is_refused() {
    for form in FORMS {
        let written = with_toc(form, &tar_of(TREE), |_| ());
        let toc = toc_of(form, &written).unwrap();
        let open = || toc.contents.open(id_of(&toc, "big"), 0, 2_500_000).unwrap();
        let first = open().next_range().unwrap();
        let mut other = written.stored.clone();
        other[first.offset as usize + 1_000] ^= 1;
        let (content, _, error) = drive(open(), &other);
        assert!(content.is_empty(), "nothing unproved is given");
        assert!(
            matches!(error, Some(TocError::Content { .. } | TocError::Damaged(_))),
            "{error:?}"
        );
        // A table that points elsewhere, or has no digest.
        let lies = |field: &'static str, value: Value| {
            let written = with_toc(form, &tar_of(TREE), |t| t["entries"][1][field] = value);
            let toc = toc_of(form, &written).unwrap();
            let reader = toc.contents.open(id_of(&toc, "etc/hosts"), 0, 9)?;
            drive(reader, &written.stored).2
        };
        assert!(matches!(
            lies("digest", format!("sha256:{}", "0".repeat(64)).into()),
            Some(TocError::Content { .. })
        ));
        assert!(matches!(
            lies("offset", 1.into()),
            Some(TocError::Damaged(_) | TocError::ContentEnds { .. })
        ));
        assert!(lies("innerOffset", 1.into()).is_some());
        let written = with_toc(form, &tar_of(TREE), |t| {
            t["entries"][1]["digest"] = "".into()
        });
        let toc = toc_of(form, &written).unwrap();
        assert!(toc.contents.open(id_of(&toc, "etc/hosts"), 0, 9).is_none());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn holes_are_zeros_and_small_files_may_share_a_member() {
    for form in FORMS {
        let written = with_toc(form, &tar_of(TREE), |t| {
            t["entries"][1]["chunkType"] = "zeros".into();
            t["entries"][1]["size"] = 3_000_000.into();
            // The last bytes of the chunk before.
            let (offset, digest) = {
                let row = &t["entries"][3];
                (
                    row["offset"].clone(),
                    lamina::image::Digest::sha256_of(b"cde"),
                )
            };
            let last = t["entries"].as_array_mut().unwrap().last_mut().unwrap();
            last["offset"] = offset;
            last["innerOffset"] = 2.into();
            last["size"] = 3.into();
            last["digest"] = digest.to_string().into();
            last.as_object_mut().unwrap().remove("endOffset");
        });
        let toc = toc_of(form, &written).unwrap();
        let reader = toc.contents.open(id_of(&toc, "etc/hosts"), 5, 2_500_000);
        let (content, asked, error) = drive(reader.unwrap(), &written.stored);
        assert_eq!((content.len(), asked, error), (2_500_000, 0, None));
        assert!(content.iter().all(|byte| *byte == 0));
        let reader = toc.contents.open(id_of(&toc, "last"), 0, 3);
        let (content, _, error) = drive(reader.unwrap(), &written.stored);
        assert_eq!((content.as_slice(), error), (&b"cde"[..], None));
    }
}
