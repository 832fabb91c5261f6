//! Hard links in a layer and across layers: LS-25 to LS-33.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{check, check_view, check_warnings, node, union_of, upto, whole};

#[wasm_bindgen_test(unsupported = test)]
fn ls_25_names_share_content_and_the_links_metadata() {
    check(
        "a = content | mode=0644 uid=1\nb => a | mode=0600 uid=2 gid=3",
        "a file 0600 2:3 7 @0 =b\nb file 0600 2:3 7 @0 =a",
    );
    let layers = "a = content | mode=0644\n---\nb => a | mode=0600\n---\nc => b | mode=0640 uid=9";
    check_view(layers, upto(0), "a file 0644 0:0 7");
    check_view(
        layers,
        upto(1),
        "a file 0600 0:0 7 @0 =b\nb file 0600 0:0 7 @1 =a",
    );
    check_view(
        layers,
        upto(2),
        "a file 0640 9:0 7 =b,c\nb file 0640 9:0 7 =a,c\nc file 0640 9:0 7 @2 =a,b",
    );
    let union = union_of(layers);
    let info = union.node(node(&union, "c"), whole(&union)).unwrap();
    let (content, metadata) = (info.content.unwrap(), info.metadata.unwrap());
    assert_eq!((content.layer.0, metadata.layer.0), (0, 2));
    // The time too. The bytes are the target's.
    let union = union_of("a = content | mtime=5\nb => a | mtime=6\n---\nc => a | mtime=7");
    let time = |path: &str, view| {
        union
            .node(node(&union, path), view)
            .unwrap()
            .mtime
            .map(|t| t.seconds)
    };
    assert_eq!((time("a", upto(0)), time("b", upto(0))), (Some(6), Some(6)));
    for name in ["a", "b", "c"] {
        assert_eq!(time(name, upto(1)), Some(7));
        let info = union.node(node(&union, name), upto(1)).unwrap();
        assert_eq!(info.content.map(|place| place.entry), Some(0));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_27_targets_resolve_inside_the_root() {
    for target in ["d/f", "/d/f", "./d/f", "../../d/f", "d//f", "x/../d/f"] {
        check(
            &format!("d/\nd/f = 1\nl => {target}"),
            "d dir\nd/f file 1 =l\nl file 1 =d/f",
        );
        // Inside a directory they are the same, since targets start at the root.
        check(
            &format!("d/\nd/f = 1\ne/\ne/l => {target}"),
            "d dir\nd/f file 1 =e/l\ne dir\ne/l file 1 =d/f",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_28_targets_through_linked_directories_resolve() {
    check(
        "usr/\nusr/bin/\nusr/bin/a = 1\nbin -> usr/bin\n---\nl => bin/a",
        "bin symlink -> usr/bin
         l file 1 @1 =usr/bin/a
         usr dir
         usr/bin dir
         usr/bin/a file 1 @0 =l",
    );
    // Through several links, from the root, and out of it.
    check(
        "usr/\nusr/a = 1\nx -> /y\ny -> ../../usr\nl => x/a",
        "l file 1 =usr/a\nusr dir\nusr/a file 1 =l\nx symlink -> /y\ny symlink -> ../../usr",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_29_names_outlive_the_one_with_the_bytes() {
    let base = "a = content | mode=0640\nb => a | mode=0640\nc => a | mode=0640\n---\n";
    check(
        &format!("{base}.wh.a"),
        "b file 0640 7 =c\nc file 0640 7 =b",
    );
    check(
        &format!("{base}a = other one\n---\n.wh.c"),
        "a file 0644 9 @1\nb file 0640 7 @0",
    );
    check_view(
        &format!("{base}.wh.a"),
        upto(0),
        "a file 7 =b,c\nb file =a,c\nc file =a,b",
    );
    // The remaining name has the original content, from where it is stored.
    let union = union_of(&format!("{base}.wh.a\n---\na = other one\n---\n.wh.b"));
    let info = union.node(node(&union, "c"), whole(&union)).unwrap();
    let place = info.content.unwrap();
    assert_eq!((place.layer.0, place.entry, info.n_names), (0, 0, 1));
    assert_eq!((info.size_bytes, info.mode), (7, 0o640));
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_30_a_link_to_a_lower_layers_file_is_resolved() {
    check(
        "a = content | mode=0600\n---\n---\nb => a | mode=0600",
        "a file 0600 7 @0 =b\nb file 0600 7 @2 =a",
    );
    check_warnings("a = content\n---\nb => a", "link-to-lower b");
    check("a = content\n---\n---\nb => a\n---\n.wh.a", "b file 7 @2");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_31_targets_that_cannot_be_found_leave_an_unresolved_link() {
    let layers = "lower = 1
         gone = 1
         ---
         early => late
         late = 1
         missing => nothing
         .wh.gone
         hidden => gone
         d/
         dir => d
         self => self
         again => self";
    check(
        layers,
        "again hardlink @1 -> self
         d dir @1
         dir hardlink @1 -> d
         early hardlink @1 -> late
         hidden hardlink @1 -> gone
         late file @1
         lower file @0
         missing hardlink @1 -> nothing
         self hardlink @1 -> self",
    );
    check_warnings(
        layers,
        "unresolved-hardlink early
         unresolved-hardlink missing
         unresolved-hardlink hidden
         unresolved-hardlink dir
         unresolved-hardlink self
         unresolved-hardlink again",
    );
    // None has content.
    let union = union_of(layers);
    check(
        "self = 1\n---\nself => ./self",
        "self hardlink @1 -> ./self",
    );
    for name in ["early", "missing", "hidden", "dir", "self", "again"] {
        let info = union.node(node(&union, name), whole(&union)).unwrap();
        assert_eq!((info.size_bytes, info.n_names), (0, 1), "{name}");
        assert!(union.links(node(&union, name), whole(&union)).is_empty());
    }
    // A target that a whiteout hid, and that the layer wrote again, exists.
    check(
        "gone = 1\n---\n.wh.gone\ngone = 22\nl => gone",
        "gone file 2 @1 =l\nl file 2 @1 =gone",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_32_a_link_survives_a_later_whiteout_of_its_target() {
    check("a = content\n---\nb => a\n.wh.a", "b file 7 @1");
    check("d/\nd/a = content\n---\nb => d/a\n.wh.d", "b file 7 @1");
    check_warnings("a = content\n---\nb => a\n.wh.a", "link-to-lower b");
    // In the reverse order, there is nothing to link to: LS-31.
    check("a = content\n---\n.wh.a\nb => a", "b hardlink @1 -> a");
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_33_links_to_symlinks_and_devices_are_those() {
    check(
        "s -> t\ns2 => s\nn c 1:3 | mode=0666\nn2 => n | mode=0666\np p\np2 => p\nb b 8:1\nb2 => b",
        "b block dev=8:1 =b2
         b2 block dev=8:1 =b
         n char 0666 dev=1:3 =n2
         n2 char 0666 dev=1:3 =n
         p fifo =p2
         p2 fifo =p
         s symlink 0777 -> t =s2
         s2 symlink 0777 -> t =s",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_replaced_target_in_one_layer_keeps_its_content_under_the_link() {
    check("a = old one\nb => a\na = new", "a file 3 @0\nb file 7 @0");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_over_its_own_directory_keeps_the_content() {
    check("d/\nd/f = content\n---\nd => d/f", "d file 7 @1");
}

#[wasm_bindgen_test(unsupported = test)]
fn linking_the_same_name_twice_changes_nothing() {
    check("a = 1\nb => a\nb => a", "a file =b\nb file =a");
    check(
        "a = 1\nb => a\n---\nb => a\na => b",
        "a file @1 =b\nb file @1 =a",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_25_attributes_of_every_link_stay_on_the_inode() {
    let union = union_of(
        "a = 1
         b => a | xattr.user.k=old xattr.user.l=v mode=0600
         c => a | xattr.user.k=new mode=0640
         d => a | mode=0644
         ---
         e => a | xattr.user.m=v
         f => a",
    );
    let attributes = |path: &str, view| -> String {
        let xattrs = union.xattrs(node(&union, path), view);
        let lines = xattrs.iter().map(|xattr| {
            let (name, value) = (xattr.name, xattr.value);
            String::from_utf8_lossy(&[name, b"=", value].concat()).into_owned()
        });
        lines.collect::<Vec<_>>().join(" ")
    };
    for name in ["a", "b", "c", "d"] {
        assert_eq!(attributes(name, upto(0)), "user.k=new user.l=v");
        assert_eq!(attributes(name, upto(1)), "user.k=new user.l=v user.m=v");
    }
    // One layer is one touch, however many links it has.
    assert_eq!(union.history(node(&union, "a")).len(), 2);
    assert!(union.warnings(lamina::overlay::LayerIdx(0)).kept.is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn attributes_of_very_many_links_are_left_out_aloud() {
    let mut layer = "a = 1\n".to_owned();
    for n in 0..100 {
        layer += &format!("l{n} => a | xattr.user.k{n}=v\n");
    }
    let union = union_of(&layer);
    assert_eq!(union.xattrs(node(&union, "a"), upto(0)).len(), 64);
    let warnings = union.warnings(lamina::overlay::LayerIdx(0));
    assert_eq!(warnings.kept.len(), 36);
    assert!(
        warnings
            .kept
            .iter()
            .all(|w| w.code() == "link-attributes-left-out")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ls_45_attributes_of_the_content_hold_for_all_names() {
    let union = union_of(
        "a = 1 | xattr.security.capability=\\x01\\x00=\\n\nb => a\n---\nc => b | xattr.user.k=v",
    );
    let xattrs = |path: &str, view| -> Vec<String> {
        let attributes = union.xattrs(node(&union, path), view);
        attributes
            .iter()
            .map(|xattr| String::from_utf8_lossy(xattr.name).into_owned())
            .collect()
    };
    assert_eq!(xattrs("b", upto(0)), ["security.capability"]);
    for name in ["a", "b", "c"] {
        assert_eq!(xattrs(name, upto(1)), ["security.capability", "user.k"]);
    }
    let values = union.xattrs(node(&union, "b"), upto(0));
    assert_eq!(values[0].value, b"\x01\0=\n");
}
