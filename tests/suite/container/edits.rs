//! Edits: the files that a container sees after them, the output of `docker diff`, undo, and refused edits.

use lamina::build::container::{Journal, Refusal};
use lamina::overlay::LayerIdx;
use wasm_bindgen_test::wasm_bindgen_test;

use super::world::{World, path};

const BASE: &str = "
    bin/
    bin/app = program | mode=0755 mtime=5 xattr.user.k=v
    bin/app2 => bin/app | mode=0755 mtime=5
    etc/
    etc/hosts = 127.0.0.1 | mtime=7
    etc/passwd = root | mtime=7
    lib -> usr/lib
    loop -> loop
    usr/lib/so = code
    ---
    etc/group = wheel | mtime=9
    etc/.wh.passwd
";

fn check_diff(edits: &str, diff: &str) {
    let mut world = World::new(BASE);
    world.edit(edits);
    let expected: String = diff
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(world.diff(), expected, "{edits}");
}

#[wasm_bindgen_test(unsupported = test)]
fn edits_are_told_as_docker_diff_tells_them() {
    check_diff("write etc/new = x", "C /etc\nA /etc/new");
    check_diff("write etc/hosts = y", "C /etc\nC /etc/hosts");
    check_diff("delete etc/hosts", "C /etc\nD /etc/hosts");
    check_diff("delete etc", "D /etc");
    check_diff(
        "dirs a/b/c\nlink a/l -> b",
        "A /a\nA /a/b\nA /a/b/c\nA /a/l",
    );
    check_diff("mode 700 etc/hosts", "C /etc\nC /etc/hosts");
    check_diff("owner 1:2 etc", "C /etc");
    check_diff("move etc/hosts -> hosts", "C /etc\nD /etc/hosts\nA /hosts");
    check_diff(
        "move etc -> cfg",
        "A /cfg\nA /cfg/group\nA /cfg/hosts\nD /etc",
    );
    // A path that was written and is again as it was below is not a change.
    check_diff("write new = x\ndelete new", "");
    check_diff("mode 644 etc/hosts", "");
    check_diff("move etc/hosts -> h\nmove h -> etc/hosts", "");
    // A name that a layer hid is free.
    check_diff("write etc/passwd = me", "C /etc\nA /etc/passwd");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_container_sees_what_was_edited() {
    let mut world = World::new(BASE);
    world.edit("write etc/hosts = new\nwrite n = 1 | mode=4755 uid=3 gid=4\nmode 600 bin/app");
    let seen = world.seen();
    let has = |line: &str| {
        assert!(
            seen.iter().any(|l| l.starts_with(line)),
            "{line}: {seen:#?}"
        )
    };
    has("etc/hosts File 644 0:0 1709208000 \"new\"");
    has("n File 4755 3:4 1709208000 \"1\"");
    // Copied up with its attributes and its time, and no longer linked to its other name.
    has("bin/app File 600 0:0 5 \"program\" \"\" None [\"user.k=v\"] []");
    has("bin/app2 File 755 0:0 5 \"program\" \"\" None [\"user.k=v\"] []");
    let from = |text: &str| world.image.copied_from(&path(text));
    assert_eq!(from("bin/app").unwrap().layer, LayerIdx(0));
    assert_eq!(from("n"), None);
    assert_eq!(from("etc/group"), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_was_renamed_is_told_with_where_it_was() {
    let mut world = World::new(BASE);
    world.edit("move etc -> cfg");
    let copied = world.image.copied_from(&path("cfg/group")).unwrap();
    assert_eq!(
        (copied.layer, copied.path),
        (LayerIdx(1), path("etc/group"))
    );
}

fn check_refused(edits: &str, why: Refusal) {
    let mut world = World::new(BASE);
    world.edit("write kept = 1");
    let before = world.seen();
    let refused = world.try_edit(edits).expect_err(edits);
    assert_eq!(refused.why, why, "{edits}");
    assert_eq!(world.seen(), before, "nothing of a refused step is done");
    assert_eq!(world.image.container().unwrap().journal().n_done, 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_no_file_system_does_is_refused() {
    check_refused("dir etc", Refusal::Exists);
    check_refused("dir a\nlink a -> b", Refusal::Exists);
    check_refused("dir a/b", Refusal::ParentMissing);
    check_refused("write etc/hosts/a = 1", Refusal::ParentNotDirectory);
    check_refused("write etc = 1", Refusal::NotFile);
    check_refused("write lib = 1", Refusal::NotFile);
    check_refused("write a = 1\ndelete none", Refusal::NotFound);
    check_refused("delete etc/passwd", Refusal::NotFound);
    check_refused("delete /", Refusal::Root);
    check_refused("dir /", Refusal::Root);
    check_refused("move / -> a", Refusal::Root);
    check_refused("move etc -> etc/a", Refusal::IntoItself);
    check_refused("move etc -> bin", Refusal::Exists);
    check_refused("move etc -> etc", Refusal::Exists);
    check_refused("mode 777 lib", Refusal::NoMode);
    check_refused("mode 10000 etc", Refusal::Mode);
    check_refused("write loop/a = 1", Refusal::Loop);
    check_refused("dirs etc/hosts/a", Refusal::ParentNotDirectory);
    check_refused("link a ->", Refusal::TargetEmpty);
}

/// Also in directories, in targets of moves, and in an image that already has such a directory.
#[wasm_bindgen_test(unsupported = test)]
fn ex_06_no_name_of_a_whiteout_can_be_made() {
    for name in [".wh.", ".wh.x", ".wh..wh..opq", "etc/.wh.hosts"] {
        check_refused(&format!("write {name} = 1"), Refusal::Whiteout);
        check_refused(&format!("dir {name}"), Refusal::Whiteout);
        check_refused(&format!("dirs {name}"), Refusal::Whiteout);
        check_refused(&format!("link {name} -> x"), Refusal::Whiteout);
        check_refused(&format!("move bin/app -> {name}"), Refusal::Whiteout);
    }
    let long = "n".repeat(256);
    check_refused(
        &format!("write {long} = 1"),
        Refusal::NameTooLong { limit: 255 },
    );
    let deep = "d/".repeat(2048);
    check_refused(
        &format!("dirs {deep}"),
        Refusal::PathTooLong { limit: 4094 },
    );
    let mut world = World::new("d/.wh.etc/somefile = 1\nd/x = 2");
    for edit in [
        "write d/.wh.etc/new = 1",
        "delete d/.wh.etc/somefile",
        "mode 700 d/.wh.etc",
        "move d -> e",
    ] {
        let refused = world.try_edit(edit).expect_err(edit);
        assert_eq!(refused.why, Refusal::Whiteout, "{edit}");
    }
    // Its directory can be deleted as a whole, and made again without it.
    world.edit("delete d\ndir d\nwrite d/x = 3");
    assert_eq!(world.written(), ["d/", "d/.wh..wh..opq", "d/x"]);
    assert_eq!(world.seen().len(), 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_07_links_on_the_way_are_followed() {
    let mut world = World::new(BASE);
    world.edit("write lib/new = 1\nmode 700 lib/so\ndirs lib/a/b\nlink etc/up -> ../lib");
    world.edit("write etc/up/more = 2");
    assert_eq!(
        world.diff(),
        "C /etc\nA /etc/up\nC /usr\nC /usr/lib\nA /usr/lib/a\nA /usr/lib/a/b\nA /usr/lib/more\nA /usr/lib/new\nC /usr/lib/so\n"
    );
    // The link itself is deleted or moved.
    world.edit("move lib -> lib64\ndelete etc/up");
    assert!(world.diff().contains("A /lib64\n") && world.diff().contains("D /lib\n"));
    let mut world = World::new("a/\nup -> ../../a\nabs -> /a");
    world.edit("write up/x = 1\nwrite abs/y = 2");
    assert_eq!(world.diff(), "C /a\nA /a/x\nA /a/y\n");
}

#[wasm_bindgen_test(unsupported = test)]
fn steps_are_undone_and_done_again() {
    let mut world = World::new(BASE);
    let steps = [
        "write etc/hosts = 1\ndelete etc/group",
        "move etc -> cfg",
        "write cfg/hosts = 2\nmode 700 cfg",
        "delete cfg",
        "dir etc",
    ];
    let mut states = vec![world.seen()];
    for step in steps {
        world.edit(step);
        states.push(world.seen());
    }
    for state in states.iter().rev().skip(1) {
        assert!(world.image.undo());
        assert_eq!(&world.seen(), state);
    }
    assert!(!world.image.undo());
    for state in states.iter().skip(1) {
        assert!(world.image.redo());
        assert_eq!(&world.seen(), state);
    }
    assert!(!world.image.redo());
    // After another step, there is nothing to redo.
    world.image.undo();
    world.edit("write x = 1");
    assert!(!world.image.redo());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_container_layer_survives_as_its_journal() {
    let mut world = World::new(BASE);
    world.edit("write etc/hosts = 1\nlink l -> \u{e9}");
    world.edit("move etc -> cfg");
    world.edit("delete cfg");
    world.image.undo();
    let (seen, journal) = (world.seen(), world.image.container().unwrap().journal());
    let bytes = journal.to_bytes().unwrap();
    let read = Journal::from_bytes(&bytes).unwrap();
    assert_eq!(&read, journal);
    assert_eq!((read.n_done, read.contents().len()), (2, 1));
    let mut again = World::new(BASE);
    let contents = std::rc::Rc::new(lamina::build::container::MemoryContents::new());
    assert_eq!(
        again.image.restore_container(read.clone(), contents),
        Ok(None)
    );
    assert_eq!(again.diff(), world.diff());
    assert_eq!(
        seen.len(),
        again
            .image
            .union()
            .listing(lamina::overlay::View::UpTo(LayerIdx(2)))
            .count()
    );
    assert!(again.image.redo());
    // Bytes that are not a journal are refused, and so is a truncated journal.
    for len in 0..bytes.len() {
        assert!(Journal::from_bytes(&bytes[..len]).is_err(), "{len}");
    }
}

/// On another image, a step may be impossible. The steps before it stay.
#[wasm_bindgen_test(unsupported = test)]
fn a_journal_over_another_image_holds_as_far_as_it_can() {
    let mut world = World::new(BASE);
    world.edit("write a = 1");
    world.edit("delete etc/group");
    world.edit("write b = 1");
    let journal = world.image.container().unwrap().journal().clone();
    let mut other = World::new("etc/");
    let contents = std::rc::Rc::new(lamina::build::container::MemoryContents::new());
    let refused = other.image.restore_container(journal, contents).unwrap();
    assert_eq!(refused.unwrap().why, Refusal::NotFound);
    assert_eq!(other.diff(), "A /a\n");
    assert_eq!(other.image.container().unwrap().journal().steps.len(), 1);
}

/// Discarding the layer leaves the image as it was, and so does reading a layer again.
#[wasm_bindgen_test(unsupported = test)]
fn a_container_layer_comes_and_goes() {
    let mut world = World::new(BASE);
    let n_layers = world.image.layers().len();
    world.edit("write a = 1");
    assert_eq!(world.image.union().n_layers(), n_layers + 1);
    world.image.drop_container();
    assert_eq!(world.image.union().n_layers(), n_layers);
    assert_eq!(world.image.container_layer(), None);
    assert_eq!(world.image.changes(), []);
    assert!(!world.image.undo());
}

/// An image without layers also has a root.
#[wasm_bindgen_test(unsupported = test)]
fn an_image_without_layers_can_be_changed() {
    let mut world = World::of(super::world::found(
        &[],
        &super::world::config_json(&[], ""),
    ));
    world.edit("write a = 1\nmode 700 /");
    assert_eq!(world.diff(), "A /a\n");
    assert_eq!(world.written(), ["/", "a"]);
    let layer = world.image.container_layer().unwrap();
    assert_eq!(layer, LayerIdx(0));
}
