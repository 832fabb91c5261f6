//! The layer that a commit writes, by entry and by byte.

use lamina::build::commit::NewCompression;
use lamina::image::Digest;
use lamina::insight::secrets::SecretFate;
use lamina::workspace::secrets_task;
use wasm_bindgen_test::wasm_bindgen_test;

use super::world::{World, order, seen};
use crate::support::run;

const BASE: &str = "
    a/
    a/b/
    a/b/c = 1
    a/b/d = 2
    a/e = 3
    a-b = 4
    f = 5
    f2 => f
    lib -> usr/lib
    usr/lib/so = code
";

fn check(edits: &str, written: &[&str]) {
    let mut world = World::new(BASE);
    world.edit(edits);
    assert_eq!(world.written(), written, "{edits}");
    // The files written are those that a container saw, in any compression.
    for compression in [NewCompression::Gzip, NewCompression::Plain] {
        let image = world.committed(&order(compression));
        let top = image.union().last_layer().unwrap();
        assert_eq!(seen(&image, top), world.seen(), "{edits}");
    }
}

/// Only changed files, in full, each with the directories above it. Whiteouts come before their siblings.
#[wasm_bindgen_test(unsupported = test)]
fn ex_01_a_layer_has_the_changes_and_nothing_else() {
    check("write a/b/new = x", &["a/", "a/b/", "a/b/new"]);
    check("delete a/b/c", &["a/", "a/b/", "a/b/.wh.c"]);
    check("delete a", &[".wh.a"]);
    check("mode 700 a/b", &["a/", "a/b/"]);
    check(
        "write a/+ = x\ndelete a/e\nwrite a/b/c = y",
        &["a/", "a/.wh.e", "a/+", "a/b/", "a/b/c"],
    );
    check("move a/b -> g", &["a/", "a/.wh.b", "g/", "g/c", "g/d"]);
    check(
        "write z = 1\nwrite a/z = 2\ndelete a-b",
        &[".wh.a-b", "a/", "a/z", "z"],
    );
    // A file that was made and deleted leaves nothing.
    check("dir n\nwrite n/x = 1\ndelete n\nwrite q = 1", &["q"]);
    // The root has an entry only if it was changed itself.
    check("mode 711 /", &["/"]);
}

/// Sorted, with two zero blocks at the end. Equal edits give equal bytes, however they were made.
#[wasm_bindgen_test(unsupported = test)]
fn ex_03_equal_edits_give_equal_bytes() {
    let digests = |steps: &[&str], compression| {
        let mut world = World::new(BASE);
        steps.iter().for_each(|step| world.edit(step));
        let found = world.try_commit(&order(compression)).unwrap();
        let layer = found.layers.last().unwrap();
        (layer.digest.clone(), layer.diff_id.clone(), found.image_id)
    };
    for compression in [NewCompression::Gzip, NewCompression::Plain] {
        let one = digests(&["write x = 1\nwrite a/y = 2\ndelete f2"], compression);
        let other = digests(
            &[
                "delete f2",
                "write t = 2",
                "write x = 0",
                "move t -> a/y",
                "write x = 1",
            ],
            compression,
        );
        assert_eq!(one, other);
        assert_ne!(
            one,
            digests(&["write x = 2\nwrite a/y = 2\ndelete f2"], compression)
        );
    }
    let mut world = World::new(BASE);
    world.edit("write x = 1");
    let found = world.try_commit(&order(NewCompression::Plain)).unwrap();
    let layer = found.layers.last().unwrap();
    let size_bytes = layer.size_bytes.unwrap() as usize;
    let bytes = run(layer.blob.as_ref().unwrap().read_at(0, size_bytes)).unwrap();
    // One header, one block of content, two of zeros. A plain file needs no PAX header.
    assert_eq!(bytes.len(), 4 * 512);
    assert!(bytes[2 * 512..].iter().all(|&byte| byte == 0));
    assert_eq!(&bytes[257..263], b"ustar\0");
    assert_eq!(layer.diff_id.as_ref().unwrap().0, Digest::sha256_of(&bytes));
    assert_eq!(layer.digest, Some(Digest::sha256_of(&bytes)));
}

/// A directory that replaces another hides the old content by name. Engines would disagree on a whiteout of the
/// directory next to its own entry.
#[wasm_bindgen_test(unsupported = test)]
fn ex_04_a_new_directory_hides_what_the_old_one_had() {
    check("delete a\ndir a", &["a/", "a/.wh.b", "a/.wh.e"]);
    check(
        "delete a\ndirs a/b\nwrite a/b/d = new",
        &["a/", "a/.wh.e", "a/b/", "a/b/.wh.c", "a/b/d"],
    );
    check("delete a\nwrite a = file", &["a"]);
    check("delete f\ndir f", &["f/"]);
    check("delete lib\ndir lib\nwrite lib/x = 1", &["lib/", "lib/x"]);
    check(
        "delete a\nmove usr/lib -> a",
        &["a/", "a/.wh.b", "a/.wh.e", "a/so", "usr/", "usr/.wh.lib"],
    );
    check("delete a\nlink a -> usr", &["a -> usr"]);
}

/// Deleting a name hides that name. Editing one separates it from the others. Names that move together stay linked.
#[wasm_bindgen_test(unsupported = test)]
fn ex_05_names_of_one_file() {
    check("delete f", &[".wh.f"]);
    check("write f = new", &["f"]);
    check("mode 600 f2", &["f2"]);
    check(
        "dir g\nmove f -> g/f\nmove f2 -> g/f2",
        &[".wh.f", ".wh.f2", "g/", "g/f", "g/f2"],
    );
    let base = "d/\nd/a = 1\nd/b => d/a\nd/c => d/a\nout => d/a";
    let mut world = World::new(base);
    world.edit("move d -> e");
    assert_eq!(
        world.written(),
        [".wh.d", "e/", "e/a", "e/b => e/a", "e/c => e/a"]
    );
    world.edit("write e/b = 2");
    let seen = world.seen();
    for name in ["e/a", "e/b", "e/c"] {
        assert!(
            seen.iter()
                .any(|line| line.starts_with(&format!("{name} File 644 0:0 1709208000 \"2\"")))
        );
    }
    world.edit("delete e/a");
    assert_eq!(world.written(), [".wh.d", "e/", "e/b", "e/c => e/b"]);
    let image = world.committed(&order(NewCompression::Gzip));
    assert_eq!(
        super::world::seen(&image, image.union().last_layer().unwrap()),
        world.seen()
    );
}

/// Every entry comes after one for its directory, which is not a link. Engines disagree on other layers.
#[wasm_bindgen_test(unsupported = test)]
fn ex_07_no_entry_goes_through_a_link_or_lacks_its_directory() {
    check("write lib/new = 1", &["usr/", "usr/lib/", "usr/lib/new"]);
    check("delete lib/so", &["usr/", "usr/lib/", "usr/lib/.wh.so"]);
    check(
        "dirs lib/x/y",
        &["usr/", "usr/lib/", "usr/lib/x/", "usr/lib/x/y/"],
    );
    // Directories without an entry get one.
    let mut world = World::new("deep/er/x = 1");
    world.edit("write deep/er/y = 1");
    assert_eq!(world.written(), ["deep/", "deep/er/", "deep/er/y"]);
}

/// Content of many kinds: empty, large, sparse, from several layers, compressed below.
#[wasm_bindgen_test(unsupported = test)]
fn what_is_copied_up_keeps_its_bytes() {
    let base = "
        d/
        d/empty =
        d/large = @300000
        d/small = 1
        d/dev c 1:3
        d/pipe p
        d/link -> small
        ---
        d/later = @70000 | mtime=3 xattr.user.a=1 xattr.security.capability=cap
    ";
    let mut world = World::new(base);
    world.edit("move d -> e\nmode 755 e/large\nwrite more =");
    world.edit("write big = x\nowner 2097152:4294967294 big");
    for compression in [NewCompression::Gzip, NewCompression::Plain] {
        let image = world.committed(&order(compression));
        let top = image.union().last_layer().unwrap();
        assert_eq!(seen(&image, top), world.seen());
        // Then once more on top of a compressed layer.
        let mut again = World::of(image.found.clone());
        again.edit("move e -> d");
        let second = again.committed(&order(NewCompression::Gzip));
        assert_eq!(
            seen(&second, second.union().last_layer().unwrap()),
            again.seen()
        );
    }
    // Writing to a file removes its capabilities, like the kernel, and nothing else.
    let mut world = World::new(base);
    world.edit("write d/later = new");
    let line = world
        .seen()
        .into_iter()
        .find(|line| line.starts_with("d/later"));
    assert!(line.unwrap().contains("[\"user.a=1\"]"));
}

/// The entry of a hard link can give a pipe attributes that no file system allows. They are not written again.
#[wasm_bindgen_test(unsupported = test)]
fn a_users_attributes_are_written_for_files_and_directories_alone() {
    let base = "
        pipe p
        other => pipe | xattr.user.k=v xattr.trusted.t=v
        file = 1 | xattr.user.k=v
        dir/ | xattr.user.k=v
    ";
    let mut world = World::new(base);
    world.edit("mode 711 pipe\nmode 711 file\nmode 711 dir");
    let written = world.image.container_entries().unwrap();
    let entries = &written.entries;
    let attributes = |name: &str| {
        let entry = entries.iter().find(|entry| *entry.path == *name.as_bytes());
        let xattrs = &entry.unwrap().xattrs;
        [&b"user.k"[..], b"trusted.t"].map(|name| xattrs.iter().any(|xattr| *xattr.name == *name))
    };
    assert_eq!(attributes("pipe"), [false, true]);
    assert_eq!(attributes("file"), [true, false]);
    assert_eq!(attributes("dir"), [true, false]);
}

/// An edit hides nothing of what is shipped before it is committed.
#[wasm_bindgen_test(unsupported = test)]
fn edits_do_not_count_for_the_fate_of_secrets() {
    let key = ["AKI", "AQ7RTUVWXYZ2345AB"].concat();
    let mut world = World::new(&format!("root/a = {key}"));
    world.edit("delete root/a");
    let task = secrets_task(&world.image).unwrap();
    let list = run(task.search(&|_| None)).finish(&world.image);
    let fates: Vec<_> = list.findings.iter().map(|finding| finding.fate).collect();
    assert_eq!(fates, [SecretFate::Live]);
}
