//! The platforms of an index: each has a name of its own, and opens by that name.

use lamina::protocol::{
    Answer, Digest, ImageView, OpenedAddress, PlatformChoice, Platforms, Request, ask,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_INDEX, OCI_MANIFEST, Outer, descriptor, image_blobs, index_of, layout_of, named, with,
};
use crate::support::registry::Registry;
use crate::support::tar_of;

use super::push::{push_as, set_of};

/// Makes a layout with an image for each of these platforms, `-` for none. Returns it
/// with the digests of the manifests.
fn layout(platforms: &[&str]) -> (Outer, Vec<Digest>) {
    let mut blobs = Outer::new();
    let mut entries: Vec<Value> = Vec::new();
    for (at, text) in platforms.iter().enumerate() {
        let (image, manifest) = image_blobs(&[&tar_of(&format!("n = {at}"))]);
        blobs = blobs.and(image);
        let entry = descriptor(OCI_MANIFEST, &manifest);
        let parts: Vec<&str> = text.split(' ').collect();
        entries.push(match parts.as_slice() {
            [os, architecture] => {
                let platform = json!({"os": os, "architecture": architecture});
                with(entry, "platform", platform)
            }
            [os, architecture, version] => {
                let platform =
                    json!({"os": os, "architecture": architecture, "os.version": version});
                with(entry, "platform", platform)
            }
            _ => entry,
        });
    }
    let digests = entries
        .iter()
        .map(|entry| Digest::parse(entry["digest"].as_str().unwrap()).unwrap());
    let digests = digests.collect();
    let index = index_of(&entries).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &index), "1")]);
    (layout_of(&top).and(blobs).blob(index), digests)
}

/// Checks the names of the platforms in a registry, `@` for a digest, and that each opens by its name.
fn check(platforms: &[&str], expected: &[&str]) {
    let (outer, digests) = layout(platforms);
    let set = set_of(Registry::default());
    let image = set.asked.open(outer.tar());
    push_as(
        &set,
        image.key,
        "r.example/team/app:1",
        &[],
        Some(Platforms::All),
    )
    .unwrap();
    let open = |platform: &PlatformChoice| -> ImageView {
        let request = Request::OpenAddress(ask::OpenAddress {
            text: "r.example/team/app:1".to_owned(),
            platform: platform.clone(),
            by_link: false,
        });
        match set.asked.ask(request).unwrap().answer {
            Answer::Address(OpenedAddress::Image(view)) => view,
            other => panic!("{other:?}"),
        }
    };
    let rows = open(&PlatformChoice::Usual).platforms;
    let called = |row: &lamina::protocol::PlatformRow| match &row.choice {
        PlatformChoice::Manifest(_) => "@".to_owned(),
        choice => choice.to_string(),
    };
    assert_eq!(rows.iter().map(called).collect::<Vec<_>>(), expected);
    for (row, digest) in rows.iter().zip(&digests) {
        assert_eq!(row.digest.as_ref(), Some(digest));
        let view = open(&row.choice);
        assert_eq!(
            view.manifest_digest.as_ref(),
            Some(digest),
            "{}",
            row.choice
        );
        let selected: Vec<_> = view.platforms.iter().filter(|row| row.selected).collect();
        assert_eq!(selected.len(), 1, "{}", row.choice);
        assert_eq!(selected[0].digest.as_ref(), Some(digest));
    }
    // The same in the archive. There, an entry without a platform has the one in its config.
    let rows = image.platforms;
    assert_eq!(rows.len(), digests.len());
    let mut names: Vec<_> = rows.iter().map(|row| row.choice.to_string()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), rows.len(), "{names:?}");
    for (row, digest) in rows.iter().zip(&digests) {
        let request = Request::OpenFound(ask::OpenFound {
            archive: image.archive.unwrap(),
            image: row.image.unwrap(),
        });
        match set.asked.ask(request).unwrap().answer {
            Answer::Image(view) => assert_eq!(view.manifest_digest.as_ref(), Some(digest)),
            other => panic!("{other:?}"),
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_12_each_platform_is_told_apart_and_opens() {
    check(
        &["linux amd64", "linux arm64"],
        &["linux/amd64", "linux/arm64"],
    );
    check(
        &[
            "windows amd64 10.0.17763.1",
            "windows amd64 10.0.20348.2",
            "linux amd64",
        ],
        &[
            "windows(10.0.17763.1)/amd64",
            "windows(10.0.20348.2)/amd64",
            "linux/amd64",
        ],
    );
    check(
        &["linux amd64", "-", "linux arm64"],
        &["linux/amd64", "@", "linux/arm64"],
    );
    check(&["linux amd64", "linux amd64"], &["@", "@"]);
    check(&["linux amd64", "li nux amd64/x"], &["linux/amd64", "@"]);
    check(&["-", "-"], &["@", "@"]);
}
