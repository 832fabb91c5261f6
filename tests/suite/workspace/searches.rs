//! Searching as the page does, and the marks of a layer's rows.

use lamina::protocol::{
    Answer, Change, ChangeFilter, Differences, Filter, ImageView, ProblemCode, Request, TreeChange,
    TreeView, ask,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::docker_save;
use crate::support::tar_of;

use super::world::Asked;

/// Opens and reads an image of layers separated by lines of dashes.
fn opened(layers: &str) -> (Asked, ImageView) {
    let tars: Vec<_> = layers.split("---").map(tar_of).collect();
    let tars: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let asked = Asked::new(None);
    let image = asked.open(docker_save(&["demo:1"], &tars).tar());
    (asked, image)
}

/// Returns the hits as `path START-END…`, or what is wrong with the query.
fn found(asked: &Asked, image: &ImageView, text: &str) -> String {
    let request = Request::Find(ask::Find {
        image: image.key,
        text: text.to_owned(),
        limit: 10,
    });
    match asked.ask(request).map(|served| served.answer) {
        Ok(Answer::Matches(found)) => {
            let row = |row: &lamina::protocol::MatchRow| {
                let marks = row.marks.iter().map(|(from, to)| format!(" {from}-{to}"));
                format!("{}{}", row.path.text, marks.collect::<String>())
            };
            let rows: Vec<_> = found.rows.iter().map(row).collect();
            rows.join(", ")
        }
        Ok(other) => panic!("a search was asked for: {other:?}"),
        Err(problem) => {
            assert_eq!(problem.code, ProblemCode::BadQuery);
            problem.detail.to_string()
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_page_searches_by_words_patterns_and_the_image_s_own_accounts() {
    let (asked, image) = opened(
        "etc/passwd = root:x:0:0::/root:/bin/sh\\napp:x:1000:1000::/app:/bin/sh\\n
         etc/group = www:x:33:\\n
         app/run.py = 1 | uid=1000
         app/old.pyc = 1 | gid=33
         ---
         app/.wh.old.pyc",
    );
    let check = |text: &str, expected: &str| {
        assert_eq!(found(&asked, &image, text), expected, "{text}");
    };
    check("run", "app/run.py 4-7");
    check("app run", "app/run.py 0-3 4-7");
    check("aprunpy", "app/run.py 0-2 4-7 8-10");
    check("*.pyc", "app/old.pyc");
    check("owner:app", "app/run.py");
    check("owner::www deleted:", "app/old.pyc");
    check("size:>9 kind:file", "etc/passwd, etc/group");
    assert!(found(&asked, &image, "owner:nobody").contains("nobody"));
    assert!(found(&asked, &image, "sise:1").contains("sise:"));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_s_rows_say_what_changed_and_how_much_it_hides() {
    let (asked, image) = opened(
        "a = 1 | mtime=5\nb = 1 | mtime=5\nc = 1 | mtime=5\nd = 1 | mtime=5\ne = 1 | mtime=5\ngone = 12345\ndir/x = 333\ndir/y = 4444
         ---
         a = 2 | mtime=5\nb = 1 | mtime=5 mode=0600\nc = 1 | mtime=5 uid=7\nd = 1 | mtime=6
         e = 1 | mtime=5 xattr.user.k=v\n.wh.gone\n.wh.dir",
    );
    let view = TreeView::Layer(1);
    asked.rows(image.key, view);
    let all = Filter {
        changes: Some(ChangeFilter::ALL),
        ..Filter::default()
    };
    let window = asked.tree(image.key, Some(TreeChange::Filter { filter: all }));
    let word = |differs: Differences| {
        let all = [
            (differs.kind, "kind"),
            (differs.content, "content"),
            (differs.mode, "mode"),
            (differs.owner, "owner"),
            (differs.xattrs, "xattrs"),
            (differs.mtime, "time"),
        ];
        let named = all.iter().filter(|(is_so, _)| *is_so);
        named.map(|(_, word)| *word).collect::<Vec<_>>().join("+")
    };
    let rows = window.rows.iter().filter(|row| row.depth == 0);
    let rows: Vec<_> = rows
        .map(|row| match row.change {
            Some(Change::Deleted) => format!("{} hides {}", row.name.text, row.size_bytes),
            _ => format!("{} {}", row.name.text, word(row.differs)),
        })
        .collect();
    assert_eq!(
        rows.join(", "),
        "dir hides 7, a content, b mode, c owner, d time, e xattrs, gone hides 5"
    );
}
