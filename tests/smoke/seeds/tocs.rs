//! Seeds for tables of contents: small layers that have one, and the JSON of some tables.

use lamina::layer::TocForm;
use serde_json::json;

use crate::support::tar_of;
use crate::support::toc::{legacy_footer, with_toc};

const TREE: &str = "etc/\netc/hosts = 127.0.0.1\nbin/sh -> dash\nbin/dash = @700 | xattr.user.k=v mtime=100\nbin/ash => bin/dash\ndev/null c 1:3\nrun/pipe p\n.wh.x\n";

pub(super) fn tocs() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for form in [TocForm::Estargz, TocForm::ZstdChunked] {
        for tree in [TREE, "a = b", ""] {
            all.push(with_toc(form, &tar_of(tree), |_| ()).stored);
        }
        let mut json = Vec::new();
        all.push(
            with_toc(form, &tar_of(TREE), |toc| {
                toc["entries"][1]["chunkSize"] = 4.into();
                let chunk =
                    json!({"type": "chunk", "offset": 5, "chunkOffset": 4, "chunkType": "zeros"});
                let entries = toc["entries"].as_array_mut().expect("it is a list");
                entries.insert(2, chunk);
                json = toc.to_string().into_bytes();
            })
            .stored,
        );
        all.push(json);
    }
    let stargz = with_toc(TocForm::Estargz, &tar_of(TREE), |_| ()).stored;
    all.push([&stargz[..stargz.len() - 51], &legacy_footer(200)].concat());
    all
}
