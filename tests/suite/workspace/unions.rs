//! The union as the page shows it: implied directories, links, devices, attributes, many layers and none.
//!
//! The `overlay` suite tests the rules themselves. Here, each one is queried as the page does.

use lamina::protocol::{
    Answer, Cause, Change, ChangeFilter, DetailAnswer, EntryKind, ImageView, Matches, PathDetail,
    ProblemCode, Request, TreeChange, TreeView, ask,
};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{Outer, config_of, docker_save, oci_layout};
use crate::support::tar_of;

use super::world::{Asked, at};

/// Opens and reads an image of layers separated by lines of dashes.
fn opened(layers: &str) -> (Asked, ImageView) {
    let tars: Vec<_> = layers.split("---").map(tar_of).collect();
    let tars: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let asked = Asked::new(None);
    let image = asked.open(docker_save(&["demo:1"], &tars).tar());
    (asked, image)
}

fn detail(asked: &Asked, image: &ImageView, path: &str) -> PathDetail {
    let request = Request::Detail(ask::Detail {
        image: image.key,
        path_key: at(path),
        view: TreeView::Union,
    });
    match asked.ask(request).unwrap().answer {
        Answer::Detail(DetailAnswer::Known(detail)) => detail,
        other => panic!("{path} is not known: {other:?}"),
    }
}

/// Returns the warnings of a layer, as `code subject`.
fn warnings(image: &ImageView, layer: usize) -> Vec<String> {
    let warnings = image.layers[layer].warnings.iter();
    warnings
        .map(|warning| format!("{} {}", warning.code(), warning.subject))
        .collect()
}

/// Returns the reason why there is no content to preview.
fn why_no_content(asked: &Asked, image: &ImageView, path: &str, layer: u32) -> String {
    let request = Request::Content(ask::Content {
        image: image.key,
        path_key: at(path),
        layer,
        offset: 0,
        len: 100,
    });
    let problem = asked.ask(request).err().unwrap();
    assert_eq!(problem.code, ProblemCode::NoContent, "{path}");
    problem.detail.to_string()
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_16_implied_directories_are_marked_in_every_tree() {
    let (asked, image) = opened("a/b/c = 1\nd/\n---\ne/f = 1");
    for (view, expected) in [
        (TreeView::Layer(0), "a implied, d"),
        (TreeView::Layer(1), "e implied"),
        (TreeView::Union, "a implied, d, e implied"),
    ] {
        let window = asked.tree(image.key, Some(TreeChange::View { view }));
        let rows = window.rows.iter().map(|row| {
            assert_eq!((row.mode, row.uid, row.gid), (0o755, 0, 0));
            let mark = if row.implied { " implied" } else { "" };
            format!("{}{mark}", row.name.text)
        });
        assert_eq!(rows.collect::<Vec<_>>().join(", "), expected);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_15_ls_18_ls_21_what_engines_disagree_on_is_said_of_its_layer() {
    let (_, image) = opened(
        "usr/\nusr/lib/\nlib -> usr/lib\nfile = 1\ngone -> nowhere\nodd -> file
         ---
         lib/new = 1\nfile/child = 1\ngone/x = 1\nodd/y = 1",
    );
    assert_eq!(warnings(&image, 0), [""; 0]);
    // By then, the file in the way of `odd/y` is a directory.
    assert_eq!(
        warnings(&image, 1),
        [
            "through-symlink lib/new",
            "parent-not-directory file/child",
            "dangling-parent gone/x",
            "through-symlink gone/x",
            "through-symlink odd/y",
        ]
    );
    let told = &image.layers[1].warnings[0].message();
    assert!(
        told.ends_with("overlay drivers replace the link by a directory"),
        "{told}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_24_links_are_told_as_written_and_followed_inside_the_image() {
    let (asked, image) = opened(
        "etc/\netc/passwd = x\nattack -> ../../../etc/passwd\ndangling -> /not/there\nloop -> loop",
    );
    let told = |path: &str| {
        let detail = detail(&asked, &image, path);
        let link = detail.row.unwrap().link.unwrap().text;
        let led = detail.resolved.map(|path| format!("/{path}"));
        (link, led, detail.resolve_problem.unwrap_or_default())
    };
    let (link, led, problem) = told("attack");
    assert_eq!(
        (link.as_str(), led.as_deref(), problem.as_str()),
        ("../../../etc/passwd", Some("/etc/passwd"), "")
    );
    let (link, led, problem) = told("dangling");
    assert_eq!((link.as_str(), led), ("/not/there", None));
    assert!(problem.starts_with("nothing is at this path"), "{problem}");
    let (link, led, problem) = told("loop");
    assert_eq!((link.as_str(), led), ("loop", None));
    assert!(
        problem.contains("more than 255 symbolic links"),
        "{problem}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_38_the_preview_says_why_there_is_nothing_to_show() {
    let (asked, image) = opened(
        "dev/null c 1:3\ndev/sda b 8:0\nrun/pipe p\nlink -> dev/null\nlost => nothing\nfile = 1
         ---
         .wh.file",
    );
    for (path, kind, device, why) in [
        ("dev/null", EntryKind::Char, Some("1:3"), "a device"),
        ("dev/sda", EntryKind::Block, Some("8:0"), "a device"),
        ("run/pipe", EntryKind::Fifo, None, "a named pipe"),
        ("link", EntryKind::Symlink, None, "a symbolic link"),
        ("lost", EntryKind::Hardlink, None, "a hard link"),
        ("dev", EntryKind::Dir, None, "a directory"),
    ] {
        let row = detail(&asked, &image, path).row.unwrap();
        let shown = row.device.map(|device| device.to_string());
        assert_eq!((row.kind, shown.as_deref()), (kind, device), "{path}");
        let told = why_no_content(&asked, &image, path, 0);
        assert!(
            told.contains(why) && told.ends_with(&format!("/{path}")),
            "{path}: {told}"
        );
    }
    for path in ["dev/null", "run/pipe"] {
        let told = why_no_content(&asked, &image, path, 0);
        assert!(told.contains("never opened"), "{told}");
    }
    let told = why_no_content(&asked, &image, "file", 1);
    assert!(told.contains("nothing is there"), "{told}");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_42_a_layer_of_no_bytes_is_a_layer_of_its_history() {
    let base = tar_of("a = 1");
    let (none, whiteout, metadata) = (tar_of(""), tar_of(".wh.a"), tar_of("./ | mode=0700"));
    let layers: [&[u8]; 4] = [&base, &none, &whiteout, &metadata];
    let mut config = config_of(&layers);
    config["history"] = json!([
        {"created_by": "ADD base"},
        {"created_by": "ENV A=b", "empty_layer": true},
        {"created_by": "WORKDIR /srv"},
        {"created_by": "RUN rm a"},
        {"created_by": "RUN chmod 700 /"},
    ]);
    let mut outer = Outer::new().json("config.json", &config);
    let names: Vec<_> = (0..layers.len())
        .map(|at| format!("{at}/layer.tar"))
        .collect();
    for (name, layer) in names.iter().zip(layers) {
        outer = outer.file(name, layer);
    }
    let manifest = json!([{"Config": "config.json", "RepoTags": ["demo:1"], "Layers": names}]);
    let asked = Asked::new(None);
    let image = asked.open(outer.json("manifest.json", &manifest).tar());
    let history: Vec<_> = image
        .history
        .iter()
        .map(|row| (row.raw_command.as_str(), row.empty_layer, row.layer))
        .collect();
    assert_eq!(
        history,
        [
            ("ADD base", false, Some(0)),
            ("ENV A=b", true, None),
            ("WORKDIR /srv", false, Some(1)),
            ("RUN rm a", false, Some(2)),
            ("RUN chmod 700 /", false, Some(3)),
        ]
    );
    let counts: Vec<_> = image
        .layers
        .iter()
        .map(|row| (row.n_entries, row.n_added, row.n_changed, row.n_deleted))
        .collect();
    let counted = |n: [u64; 4]| (Some(n[0]), Some(n[1]), Some(n[2]), Some(n[3]));
    assert_eq!(
        counts,
        [[1, 1, 0, 0], [0; 4], [1, 0, 0, 1], [1, 0, 0, 0]].map(counted)
    );
    assert_eq!((image.n_layers_ready, image.layers.len()), (4, 4));
    assert_eq!(asked.rows(image.key, TreeView::Union), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_44_the_page_marks_content_that_is_stored_again() {
    let (asked, image) = opened("a = same | mtime=1\n---\na = same | mtime=2");
    let detail = detail(&asked, &image, "a");
    let told: Vec<_> = detail
        .history
        .iter()
        .map(|touch| (touch.change, touch.cause, touch.content_identical))
        .collect();
    assert_eq!(
        told,
        [
            (Change::Added, Cause::Entry, false),
            (Change::Changed, Cause::Entry, true),
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_45_file_capabilities_are_decoded() {
    // Revision 2 with the effective bit; permitted: bit 13, inheritable: none.
    let ping = "\\x01\\x00\\x00\\x02\\x00\\x20\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00";
    // Revision 3 with an owner; permitted and inheritable: bits 10 and 38.
    let both = "\\x00\\x00\\x00\\x03\\x00\\x04\\x00\\x00\\x00\\x04\\x00\\x00\\x40\\x00\\x00\\x00\\x40\\x00\\x00\\x00\\xe8\\x03\\x00\\x00";
    let (asked, image) = opened(&format!(
        "ping = 1 | xattr.security.capability={ping} xattr.user.note=a\\x00b\\xff
         web = 1 | xattr.security.capability={both}
         odd = 1 | xattr.security.capability=\\x01\\x02"
    ));
    let told = |path: &str| -> Vec<_> {
        let xattrs = detail(&asked, &image, path).xattrs.into_iter();
        xattrs
            .map(|xattr| format!("{} {} {}", xattr.name, xattr.value, xattr.hex))
            .collect()
    };
    assert_eq!(
        told("ping"),
        [
            "security.capability cap_net_raw=ep 0100000200200000000000000000000000000000",
            "user.note a\0b\\xff 610062ff",
        ]
    );
    assert_eq!(
        told("web"),
        [
            "security.capability cap_net_bind_service,cap_perfmon=ip 0000000300040000000400004000000040000000e8030000"
        ]
    );
    // A value that cannot be decoded is shown as it is.
    assert_eq!(told("odd"), ["security.capability \u{1}\u{2} 0102"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_47_images_of_no_layer_and_of_130_open() {
    for n_layers in [0, 1, 50, 130] {
        let layer = |n: usize| match n {
            0 => tar_of("d/\nd/f0 = x"),
            n => tar_of(&format!("d/\nd/f{n} = x\nd/.wh.f{}", n - 1)),
        };
        let tars: Vec<_> = (0..n_layers).map(layer).collect();
        let layers: Vec<_> = tars.iter().map(Vec::as_slice).collect();
        for archive in [
            docker_save(&["demo:1"], &layers).tar(),
            oci_layout("demo:1", &layers).tar(),
        ] {
            let asked = Asked::new(None);
            let image = asked.open(archive);
            assert_eq!(image.layers.len(), n_layers);
            assert_eq!(image.n_layers_ready as usize, n_layers);
            let expected = match n_layers {
                0 => "",
                1 => "d Added 1",
                _ => "d 1",
            };
            assert_eq!(asked.rows(image.key, TreeView::Union), expected);
            if n_layers > 0 {
                let last = format!("d/f{}", n_layers - 1);
                let row = detail(&asked, &image, &last).row.unwrap();
                assert_eq!(row.layer as usize, n_layers - 1);
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_an_upper_layer_deleted_is_found_where_it_lies() {
    let (asked, image) = opened(
        "app/\napp/deploy_key = secret\napp/x = 1\n---\napp/.wh.deploy_key\napp/x = 22\n---\nlast = 1",
    );
    let found = |text: &str| {
        let request = Request::Find(ask::Find {
            image: image.key,
            text: text.to_owned(),
            limit: 10,
        });
        match asked.ask(request).unwrap().answer {
            Answer::Matches(Matches { rows, is_whole, .. }) => {
                assert!(is_whole, "all layers were looked through");
                let row = |row: lamina::protocol::MatchRow| {
                    let hidden = (row.deleted_by, row.overwritten_by);
                    (row.path.text, row.layer, row.in_view, hidden)
                };
                rows.into_iter().map(row).collect::<Vec<_>>()
            }
            other => panic!("a search was asked for: {other:?}"),
        }
    };
    let key = "app/deploy_key".to_owned();
    assert_eq!(found("deploy_key"), [(key, 0, false, (Some(1), None))]);
    let x = "app/x".to_owned();
    assert_eq!(
        found("x"),
        [
            (x.clone(), 1, true, (None, None)),
            (x, 0, false, (None, Some(1)))
        ]
    );
    assert_eq!(found("nothing"), []);
    // The filter shows it in the tree of all layers, with the layer that deleted it.
    let filter = lamina::protocol::Filter {
        changes: Some(ChangeFilter {
            deleted: true,
            ..ChangeFilter::default()
        }),
        ..Default::default()
    };
    let window = asked.tree(image.key, Some(TreeChange::Filter { filter }));
    let rows = window.rows.iter();
    let rows: Vec<_> = rows
        .map(|row| {
            (
                row.name.text.as_str(),
                row.layer,
                row.change,
                row.deleted_by,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("app", 0, None, None),
            ("deploy_key", 0, Some(Change::Deleted), Some(1))
        ]
    );
    assert_eq!(window.totals.n_files, 2);
}
