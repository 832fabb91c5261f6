//! Commits that fail, are cancelled, or follow one another.

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{ImageLimits, Limits};
use lamina::build::commit::NewCompression;
use lamina::build::container::{Edit, MemoryContents, NewContent, Step};
use lamina::io::{Bytes, MemorySpool};
use lamina::overlay::View;
use lamina::workspace::{CommitError, NoContainer, OpenImage};
use wasm_bindgen_test::wasm_bindgen_test;

use super::world::{NOW, World, config_json, found, opened, order, path, seen};
use crate::support::{run, tar_of};

#[wasm_bindgen_test(unsupported = test)]
fn commits_follow_one_another() {
    let mut world = World::new("a/\na/x = 1\nb = 2");
    let base = world.image.found.layers.len();
    for round in 0..3_usize {
        world.edit(&format!(
            "write a/n{round} = {round}\nmove b -> c\nwrite b = {round}\ndelete c"
        ));
        let before = world.seen();
        let image = world.committed(&order(NewCompression::Gzip));
        assert_eq!(image.found.layers.len(), base + round + 1);
        assert_eq!(seen(&image, image.union().last_layer().unwrap()), before);
        world = World::of(image.found.clone());
    }
}

/// The image below a commit does not change, and neither does its container layer.
#[wasm_bindgen_test(unsupported = test)]
fn a_commit_leaves_the_container_layer_where_it_is() {
    let mut world = World::new("a = 1");
    world.edit("write b = 2");
    let (seen, diff) = (world.seen(), world.diff());
    world.committed(&order(NewCompression::Plain));
    assert_eq!((world.seen(), world.diff()), (seen, diff));
}

#[wasm_bindgen_test(unsupported = test)]
fn bytes_that_changed_since_they_were_added_are_not_committed() {
    let tars = [tar_of("a = 1")];
    let claimed = NewContent::of(b"what was added");
    let commit = |bytes: Option<&[u8]>| {
        let mut contents = MemoryContents::new();
        if let Some(bytes) = bytes {
            contents.keep_read(&claimed, Rc::new(Bytes::new(bytes)));
        }
        let mut image = opened(found(&tars, &config_json(&tars, "")));
        image.start_container(NOW, Rc::new(contents)).unwrap();
        let edit = Edit::File {
            path: path("new"),
            content: claimed.clone(),
            attributes: None,
        };
        let edits = vec![edit];
        image.edit(Step { at: NOW, edits }).unwrap();
        let task = image.commit_task().unwrap();
        let spool = Box::new(MemorySpool::new(1 << 20));
        let go_on = |_| ControlFlow::Continue(());
        run(task.run(&order(NewCompression::Gzip), spool, &go_on)).map(|_| ())
    };
    assert_eq!(commit(Some(b"what was added")), Ok(()));
    let changed = CommitError::Changed {
        path: "new".to_owned(),
    };
    assert_eq!(commit(Some(b"what was Added")), Err(changed.clone()));
    assert_eq!(
        commit(Some(b"what was added and more")),
        Err(changed.clone())
    );
    assert_eq!(commit(Some(b"what")), Err(changed));
    assert!(matches!(commit(None), Err(CommitError::Io { .. })));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_commit_ends_when_the_person_says_so_or_there_is_no_room() {
    let mut world = World::new("a = @5000000");
    world.edit("mode 600 a");
    let order = order(NewCompression::Plain);
    let commit = |room: u64, stop_at: u64| {
        let told = std::cell::Cell::new(0);
        let progress = |n_bytes: u64| {
            assert!(n_bytes >= told.replace(n_bytes), "it only grows");
            match n_bytes >= stop_at {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let task = world.image.commit_task().unwrap();
        assert_eq!(task.content_bytes(), 5_000_000);
        let made = run(task.run(&order, Box::new(MemorySpool::new(room)), &progress));
        (made.map(|_| ()), told.get())
    };
    let (cancelled, told) = commit(1 << 30, 2_000_000);
    assert!(cancelled.unwrap_err().is_cancelled());
    assert!(told < 5_000_000, "it ends at once: {told}");
    let (full, _) = commit(1 << 20, u64::MAX);
    assert!(!full.unwrap_err().is_cancelled());
    assert_eq!(commit(1 << 30, u64::MAX), (Ok(()), 5_000_000));
}

/// The entries that an edit would hide must be known, so an image that is not fully read has no container layer.
#[wasm_bindgen_test(unsupported = test)]
fn an_image_that_is_not_whole_cannot_be_changed() {
    let tars = [tar_of("a = 1"), tar_of("b = 1")];
    let contents = Rc::new(MemoryContents::new());
    let mut image = OpenImage::new(found(&tars, &config_json(&tars, "")), Limits::DEFAULT);
    let refused = image.start_container(NOW, contents.clone());
    assert_eq!(refused, Err(NoContainer::Incomplete { layer: 0 }));
    assert!(image.container().is_none() && image.commit_task().is_err());
    let mut artifact = found(&tars, &config_json(&tars, ""));
    artifact.artifact_type = Some("chart".to_owned());
    let mut image = OpenImage::new(artifact, Limits::DEFAULT);
    let refused = image.start_container(NOW, contents.clone());
    assert_eq!(refused, Err(NoContainer::Artifact));
    let limits = Limits {
        image: ImageLimits {
            layers: 2,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let whole = opened(found(&tars, &config_json(&tars, "")));
    let mut full = OpenImage::new(whole.found.clone(), limits);
    for layer in 0..2 {
        full.accept(layer, whole.layers()[layer].clone());
    }
    let refused = full.start_container(NOW, contents);
    assert_eq!(refused, Err(NoContainer::TooManyLayers { limit: 2 }));
}

/// If a layer is read again with other entries, the edits are reapplied as far as possible.
#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_is_read_anew_keeps_the_edits() {
    let mut world = World::new("a = 1\nb = 2");
    world.edit("mode 600 a\ndelete b");
    let other = World::new("a = 1\nb = 2\nc = 3");
    let status = other.image.layers()[0].clone();
    world.image.accept(0, status);
    assert_eq!(world.diff(), "C /a\nD /b\n");
    let layer = world.image.container_layer().unwrap();
    assert_eq!(world.image.union().listing(View::UpTo(layer)).count(), 2);
}
