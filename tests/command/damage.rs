//! Damage in the status and the output of the command: it is reported with the verdict. Damage to content that was
//! not requested does not count.

use serde_json::{Value, json};

use super::outer::{
    OCI_INDEX, OCI_MANIFEST, Outer, config_of, descriptor, image_blobs, index_of, layout_of,
    manifest_of, named, oci_layout, place_of, with,
};
use super::{lamina, text};

fn layer() -> Vec<u8> {
    text::tar_of("etc/hosts = @100")
}

/// Makes a layout of one image, `demo:1`, with changed documents.
fn changed(config: &str, manifest: impl Fn(&mut Value), entry: impl Fn(&mut Value)) -> Outer {
    let layer = layer();
    let mut document = manifest_of(config, &[&layer]);
    manifest(&mut document);
    let document = document.to_string();
    let mut named = named(descriptor(OCI_MANIFEST, &document), "demo:1");
    entry(&mut named);
    layout_of(&index_of(&[named]))
        .blob(layer)
        .blob(config)
        .blob(document)
}

/// Checks that an archive is damaged, even if all layers are verified: the status is 3, and table,
/// document and standard error say why.
fn check_damaged(archive: &[u8], why: &str) {
    let (status, out, err) = lamina(&["check", "-"], archive);
    assert_eq!(status, 3, "{why}: {out}");
    let line = out.lines().find(|line| line.starts_with("fail  integrity"));
    let line = line.unwrap_or_else(|| panic!("{why}: {out}"));
    assert!(
        line.contains("damaged") && line.contains(why),
        "{why}: {line}"
    );
    assert!(
        err.starts_with("lamina: ") && err.contains(why),
        "{why}: {err}"
    );
    let (status, out, _) = lamina(&["check", "--json", "-"], archive);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &report["pass"]), (3, &json!(false)), "{why}");
    let (of_place, of_image) = (&report["damage"], &report["images"][0]["damage"]);
    assert!(
        of_place.to_string().contains(why) || of_image.to_string().contains(why),
        "{why}: {out}"
    );

    let (status, out, err) = lamina(&["inspect", "-"], archive);
    assert_eq!(status, 3, "{why}: {out}");
    assert!(
        out.lines()
            .any(|line| line.starts_with("Damage: ") && line.contains(why)),
        "{why}: {out}"
    );
    assert!(err.contains(why), "{why}: {err}");
    assert_eq!(lamina(&["inspect", "--json", "-"], archive).0, 3, "{why}");
}

#[test]
fn documents_that_do_not_hold_are_damage_whatever_the_layers_prove() {
    let config = config_of(&[&layer()]).to_string();
    let whole = changed(&config, |_| {}, |_| {}).tar();
    let (status, out, err) = lamina(&["check", "-"], &whole);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");

    check_damaged(
        &changed("no JSON", |_| {}, |_| {}).tar(),
        "config is malformed",
    );
    let none = changed(&config, |_| {}, |_| {}).without(&place_of(&config));
    check_damaged(&none.tar(), "is missing");
    let other = none.file(&place_of(&config), config.replace("amd64", "arm64"));
    check_damaged(&other.tar(), "the config has the digest");
    let longer = |document: &mut Value| document["config"]["size"] = json!(1);
    check_damaged(
        &changed(&config, longer, |_| {}).tar(),
        "its descriptor claims 1",
    );
    let longer = |entry: &mut Value| entry["size"] = json!(7);
    check_damaged(
        &changed(&config, |_| {}, longer).tar(),
        "its descriptor claims 7",
    );
    let two = config_of(&[&layer(), &layer()]).to_string();
    let counted = "there is 1 layer, and the config counts 2";
    check_damaged(&changed(&two, |_| {}, |_| {}).tar(), counted);
    // The archive is truncated after everything that the image needs.
    let mut cut = changed(&config, |_| {}, |_| {})
        .file("more", [1; 2_000])
        .tar();
    cut.truncate(cut.len() - 2_048);
    check_damaged(&cut, "standard input");
}

/// Makes two archives, one of two images and one of two platforms. In each, one of the two is unavailable.
fn half() -> (Vec<u8>, Vec<u8>) {
    let (blobs, good) = image_blobs(&[&layer()]);
    let of = |manifest: &str| descriptor(OCI_MANIFEST, manifest);
    let images = [named(of(&good), "demo:1"), named(of("no JSON"), "demo:2")];
    let images = layout_of(&index_of(&images))
        .and(blobs.clone())
        .blob("no JSON");
    let on = |manifest: &str, architecture: &str| {
        let platform = json!({"os": "linux", "architecture": architecture});
        with(of(manifest), "platform", platform)
    };
    let inner = index_of(&[on("no JSON", "arm64"), on(&good, "amd64")]).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &inner), "multi:1")]);
    let platforms = layout_of(&top).and(blobs).blob(&inner).blob("no JSON");
    (images.tar(), platforms.tar())
}

#[test]
fn what_was_not_asked_for_does_not_count() {
    let (images, platforms) = half();
    let status = |archive: &[u8], arguments: &[&str]| {
        let (status, out, err) = lamina(&[arguments, &["-"]].concat(), archive);
        assert_eq!(
            status == 3,
            err.contains("malformed"),
            "{arguments:?}: {out}{err}"
        );
        (status, out + &err)
    };
    let why = "malformed";
    check_damaged(&images, why);
    check_damaged(&platforms, why);
    for command in ["check", "inspect", "ls"] {
        assert_eq!(status(&images, &[command]).0, 3, "{command}");
        for asked in [["--ref", "demo:1"], ["--image", "0"]] {
            assert_eq!(
                status(&images, &[command, asked[0], asked[1]]).0,
                0,
                "{command} {asked:?}"
            );
        }
        let amd64 = [command, "--platform", "linux/amd64"];
        assert_eq!(status(&platforms, &amd64).0, 0, "{command}");
        // If the requested image is unavailable, the message says why, instead of that it does not exist.
        for (archive, asked, told) in [
            (&images, ["--ref", "demo:2"], "\"demo:2\" cannot be had: "),
            (
                &platforms,
                ["--platform", "linux/arm64"],
                "the image for linux/arm64 cannot be had: ",
            ),
        ] {
            let (status, out, err) = lamina(&[command, asked[0], asked[1], "-"], archive);
            assert_eq!((status, out.as_str()), (2, ""), "{command} {asked:?}");
            assert!(err.contains(told) && err.contains(why), "{command}: {err}");
        }
    }
    // `ls` uses the default platform, which is complete.
    assert_eq!(status(&platforms, &["ls"]).0, 0);
}

/// The rest of a list that is too long is unknown. An image that was found by its name is not affected.
#[test]
fn what_was_not_looked_at_is_damage_unless_a_name_was_asked_for() {
    let (blobs, good) = image_blobs(&[&layer()]);
    let mut entries = vec![descriptor("text/plain", "{}"); 2_001];
    entries[0] = named(descriptor(OCI_MANIFEST, &good), "demo:1");
    let archive = layout_of(&index_of(&entries)).and(blobs).blob("{}").tar();
    check_damaged(&archive, "only the first 2000 entries were looked at");
    assert_eq!(lamina(&["check", "--ref", "demo:1", "-"], &archive).0, 0);
}

#[test]
fn a_platform_that_was_not_saved_is_named_when_it_is_asked_for() {
    let (amd64, first) = image_blobs(&[&layer()]);
    let other = text::tar_of("b = @10");
    let (arm64, second) = image_blobs(&[&other]);
    let on = |manifest: &str, architecture: &str| {
        let platform = json!({"os": "linux", "architecture": architecture});
        with(descriptor(OCI_MANIFEST, manifest), "platform", platform)
    };
    let inner = index_of(&[on(&first, "amd64"), on(&second, "arm64")]).to_string();
    let top = index_of(&[named(descriptor(OCI_INDEX, &inner), "multi:1")]);
    let whole = layout_of(&top).and(amd64).and(arm64).blob(&inner);
    // Without its manifest, and without its layers only.
    for left_out in [place_of(&second), place_of(&other)] {
        let archive = whole.clone().without(&left_out).tar();
        for command in ["check", "inspect", "ls"] {
            let (status, out, err) = lamina(&[command, "-"], &archive);
            assert_eq!((status, err.as_str()), (0, ""), "{command}: {out}");
            let asked = [command, "--platform", "linux/arm64", "-"];
            let (status, _, err) = lamina(&asked, &archive);
            assert_eq!(status, 2, "{command}");
            assert!(err.contains("linux/arm64, which was not saved"), "{err}");
        }
    }
}

#[test]
fn layers_above_what_is_listed_do_not_count() {
    let upper = text::tar_of("b = @10");
    let archive = oci_layout("demo:1", &[&layer(), &upper]);
    let archive = archive.without(&place_of(&upper)).tar();
    let status = |arguments: &[&str]| lamina(&[arguments, &["-"]].concat(), &archive).0;
    assert_eq!(status(&["ls"]), 3);
    assert_eq!(status(&["ls", "--upto", "1"]), 3);
    assert_eq!(status(&["ls", "--upto", "0"]), 0);
    assert_eq!(status(&["ls", "--layer", "0"]), 0);
}
