//! Entries of a layer - duplicates, the root, devices, modes, AUFS's names, the number of layers: LS-35 to LS-47.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    check, check_view, check_warnings, lines_of, node, own, read_union, tars_of, union_of, upto,
    whole,
};

#[wasm_bindgen_test(unsupported = test)]
fn ls_35_of_duplicate_paths_the_last_one_wins_and_directories_merge() {
    let layers = "a = 1
         d/ | mode=0700
         d/x = 1
         a = 22
         d/ | mode=0711
         e/
         e/x = 1
         e = file";
    check(
        layers,
        "a file 2 @0
         d dir 0711 @0
         d/x file @0
         e file 4 @0",
    );
    check_warnings(
        layers,
        "duplicate-path a\nduplicate-path d\nduplicate-path e",
    );
    // A directory that is implied first and named later is not a duplicate.
    check_warnings("d/x = 1\nd/ | mode=0700", "");
    // Different spellings of a path are the same path.
    check("a = 1\n./a = 22\n/a = 333\nx/../a = 4444", "a file 4 @0");
    check_warnings(
        "a = 1\n./a = 22\nl -> t\nl => a",
        "duplicate-path a\nduplicate-path l",
    );
    // Markers also name paths, whether or not they hide anything.
    check_warnings(
        "a = 1\n---\n.wh.a\n.wh.a\n.wh.b\n.wh.b\n.wh..wh..opq\n.wh..wh..opq\nd/.wh.a\nd/.wh.b",
        "duplicate-path .wh.a\nduplicate-path .wh.b\nduplicate-path .wh..wh..opq",
    );
    // For containerd, a directory that its own layer deletes first is a different directory.
    check_warnings(
        "d/a = 1\n---\n.wh.d\nd/\nd/b = 2\n.wh.x\nx/y/z = 3\nx/y/w = 4\n.wh.f\nf = 5\n.wh.m\nm/.wh.n",
        "whiteout-of-own-directory d\nwhiteout-of-own-directory x\nwhiteout-of-own-directory m",
    );
    // The same path in two layers is not a duplicate.
    check_warnings("a = 1\nd/\n---\na = 1\nd/", "");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_37_the_root_entry_gives_metadata_and_is_not_listed() {
    for root in ["./", "/", "."] {
        let line = if root == "." {
            "./ | mode=0711 uid=7".to_owned()
        } else {
            format!("{root} | mode=0711 uid=7")
        };
        let union = union_of(&format!("{line}\na = 1"));
        assert_eq!(lines_of(&union, whole(&union)), ["a file 0644 0:0 1 @0"]);
        let info = union
            .node(lamina::overlay::NodeId::ROOT, whole(&union))
            .unwrap();
        assert_eq!((info.mode, info.uid, info.implied), (0o711, 7, false));
    }
    check("a = 1\n---\n./ -> b", "a file @0");
    check_warnings("a = 1\n---\n./ -> b", "root-not-directory /");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_38_devices_and_pipes_are_listed() {
    check(
        "dev/null c 1:3 | mode=0666\ndev/sda b 8:0 | mode=0660 gid=6\nrun/pipe p | mode=0600",
        "dev dir implied
         dev/null char 0666 @0 dev=1:3
         dev/sda block 0660 0:6 @0 dev=8:0
         run dir implied
         run/pipe fifo 0600 @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_39_permission_bits_only() {
    check(
        "a = 1 | mode=0104755\nb -> a | mode=0644\nc/ | mode=01777\nd = 1 | mode=0100644\ne/ | mode=042755",
        "a file 4755\nb symlink 0777 -> a\nc dir 1777\nd file 0644\ne dir 2755",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_40_aufs_metadata_is_dropped_and_its_hard_links_resolved() {
    let layers = ".wh..wh.aufs =
         .wh..wh.orph/
         .wh..wh.orph/x = 1
         .wh..wh.plnk/
         .wh..wh.plnk/12.34 = content | mode=0600
         .wh..wh.anything p
         a => .wh..wh.plnk/12.34 | mode=0640
         b => /.wh..wh.plnk/12.34 | mode=0644
         d/";
    check(
        layers,
        "a file 0644 7 @0 =b
         b file 0644 7 @0 =a
         d dir @0",
    );
    // Other engines extract entries below AUFS's own, or ones that only look like them.
    check_warnings(
        layers,
        "aufs-name .wh..wh.orph/x
         aufs-name .wh..wh.plnk/12.34
         aufs-name .wh..wh.anything",
    );
    let union = union_of(layers);
    let info = union.node(node(&union, "a"), whole(&union)).unwrap();
    let entry = union.entry(info.content.unwrap()).unwrap();
    assert_eq!(entry.path, b".wh..wh.plnk/12.34");
    // Content is not taken from a target that is missing, not a file, or in another layer.
    for target in [
        "",
        ".wh..wh.plnk/1/",
        ".wh..wh.plnk/1 -> a",
        ".wh..wh.plnk/1 = lower\n---",
    ] {
        let layers = format!("{target}\na => .wh..wh.plnk/1");
        check(&layers, "a hardlink -> .wh..wh.plnk/1");
        let in_layer = target
            .lines()
            .last()
            .filter(|line| line.starts_with(".wh."));
        let aufs = in_layer.map_or("", |_| "aufs-name .wh..wh.plnk/1\n");
        check_warnings(&layers, &format!("{aufs}unresolved-hardlink a"));
    }
    // Only at the root. Elsewhere it is the whiteout of a name.
    check(
        "d/\nd/.wh.aufs = 1\nd/.wh.x = 1\ne = 1\n---\nd/.wh..wh.aufs",
        "d dir\ne file",
    );
    check("d/\nd/x = 1\n---\n.wh..wh..opq\n.wh..wh.opq = 1", "");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_41_overlay_mount_whiteouts_are_a_device_and_an_attribute() {
    check(
        "a = 1\nd/\nd/x = 1\n---\na c 0:0\nd/ | xattr.trusted.overlay.opaque=y",
        "a char @1 dev=0:0\nd dir @1\nd/x file @0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_42_empty_and_whiteout_only_layers_are_normal() {
    check(
        "a = 1\nb = 1\n---\n\n---\n.wh.b\n---\na = 1 | mode=0600",
        "a file 0600 @3",
    );
    check("", "");
    for layer in ["", ".wh.nothing", "./ | mode=0755", "d/"] {
        check_warnings(&format!("d/\n---\n{layer}"), "");
        check_view(&format!("d/\n---\n{layer}"), own(1), "");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_47_many_layers_or_none_open() {
    let layers: Vec<_> = (0..130)
        .map(|n| format!("d/\nd/f{n:03} = {n}\nd/.wh.f{:03}", n - 1))
        .collect();
    let union = union_of(&layers.join("\n---\n"));
    assert_eq!(
        lines_of(&union, whole(&union)),
        ["d dir 0755 0:0 @129", "d/f129 file 0644 0:0 3 @129"]
    );
    assert_eq!(
        lines_of(&union, upto(49)),
        ["d dir 0755 0:0 @49", "d/f049 file 0644 0:0 2 @49"]
    );
    let (read, codes) = read_union(&tars_of(&layers.join("\n---\n")));
    assert_eq!(
        lines_of(&read, whole(&read)),
        lines_of(&union, whole(&union))
    );
    assert_eq!((union.n_layers(), codes.len()), (130, 0));
    let none = lamina::overlay::Union::new(lamina::bounds::Limits::DEFAULT);
    assert_eq!(lines_of(&none, whole(&none)), [""; 0]);
    assert_eq!((none.n_layers(), none.last_layer()), (0, None));
}
