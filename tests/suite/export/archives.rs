//! Archives of one image: exported as what it was, whatever form it was opened from.

use lamina::image::{Digest, MediaType};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{
    OCI_MANIFEST, Outer, bzip2, config_of, descriptor, docker_save, gzip, hex_of, index_of,
    layout_of, named, oci_layout, place_of, with, zstd,
};
use crate::support::tar_of;

use super::{
    Store, bytes_of, go_on, identity, image, image_id, images, listing, member, members, names,
    to_docker, to_oci,
};

const LAYERS: [&str; 3] = [
    "etc/\netc/hosts = 127.0.0.1\nbin/\nbin/a = @70000 | mode=4755\nbin/b => bin/a\nold = gone",
    ".wh.old =\netc/new = new\nlib -> bin",
    "etc/hosts = ::1 | mode=0600 uid=7",
];

fn tars() -> Vec<Vec<u8>> {
    LAYERS.iter().map(|layer| tar_of(layer)).collect()
}

/// Makes a docker-archive with an odd but realistic config. `store` compresses the layers.
fn saved(store: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let tars = tars();
    let layers: Vec<&[u8]> = tars.iter().map(Vec::as_slice).collect();
    let config = with(
        config_of(&layers),
        "config",
        json!({"Healthcheck": {"Test": ["CMD", "true"]}, "Unknown": [1, null]}),
    );
    // Whitespace and the order of fields affect the digest.
    let config = serde_json::to_string_pretty(&config).unwrap();
    let mut outer = Outer::new().file("c.json", &config);
    for (at, layer) in layers.iter().enumerate() {
        outer = outer.file(&format!("{at}.tar"), store(layer));
    }
    let list = json!([{
        "Config": "c.json",
        "RepoTags": ["demo/app:1", "registry.example.com:5000/app:2"],
        "Layers": ["0.tar", "1.tar", "2.tar"],
    }]);
    outer.json("manifest.json", &list).tar()
}

/// Compressions of layers.
const STORES: [Store; 4] = [<[u8]>::to_vec, gzip, zstd, bzip2];

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_ex_10_a_docker_archive_opens_as_the_same_image() {
    for store in STORES {
        let original = image(&saved(store));
        let own = lamina::workspace::ExportNames::of(&original.found);
        let archive = to_docker(&original, &own).unwrap();
        let again = image(&archive);
        assert_eq!(identity(&again), identity(&original));
        assert_eq!(again.found.names, original.found.names);
        assert_eq!(again.warnings(), original.warnings());
        // Whether the layers were read makes no difference.
        let unread = images(&saved(store)).remove(0);
        assert_eq!(to_docker(&unread, &own).unwrap(), archive);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_layers_are_plain_or_gzip_and_the_list_is_last() {
    for (store, kept) in STORES.into_iter().zip([true, true, false, false]) {
        let original = image(&saved(store));
        let archive = to_docker(&original, &names(&["a:1", "b/c:2"])).unwrap();
        let list = member(&archive, "manifest.json");
        assert_eq!(list[0]["RepoTags"], json!(["a:1", "b/c:2"]));
        let id = image_id(&original.found).unwrap();
        let config = format!("{}.json", id.trim_start_matches("sha256:"));
        assert_eq!(list[0]["Config"], json!(config));
        let members = members(&archive);
        let bytes = |path: &str| &members.iter().find(|(name, _)| name == path).unwrap().1;
        assert_eq!(Digest::sha256_of(bytes(&config)).to_string(), id);
        for (path, tar) in list[0]["Layers"].as_array().unwrap().iter().zip(tars()) {
            let expected = if kept { store(&tar) } else { tar };
            assert_eq!(bytes(path.as_str().unwrap()), &expected, "{path}");
        }
        assert_eq!(members.last().unwrap().0, "manifest.json");
        let repositories = member(&archive, "repositories");
        let top = repositories["a"]["1"].as_str().unwrap();
        assert_eq!(repositories["b/c"]["2"], json!(top));
        assert_eq!(member(&archive, &format!("{top}/json"))["id"], json!(top));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_docker_before_1_10_finds_its_chain() {
    let original = image(&saved(gzip));
    let archive = to_docker(&original, &names(&["a:1"])).unwrap();
    let (kept, mut outer): (Vec<_>, _) = (members(&archive), Outer::new());
    for (name, bytes) in &kept {
        let target = |tar: &[u8]| {
            let mut archive = tar::Archive::new(tar);
            let mut entries = archive.entries().unwrap().map(Result::unwrap);
            let entry = entries.find(|entry| entry.path_bytes() == name.as_bytes());
            let entry = entry.unwrap();
            let link = entry.link_name_bytes();
            link.map(|link| String::from_utf8(link.into_owned()).unwrap())
        };
        outer = match target(&archive) {
            Some(link) => outer.symlink(name, &link),
            None if name == "manifest.json" || name.ends_with('/') => outer,
            None => outer.file(name, bytes),
        };
    }
    let again = image(&outer.tar());
    assert_eq!(again.found.origin, lamina::source::Origin::DockerLegacy);
    assert_eq!(again.found.names, ["a:1"]);
    assert_eq!(listing(&again), listing(&original));
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_an_image_of_docker_before_1_10_gets_a_config() {
    let base = tar_of("etc/hosts = 1");
    let top = tar_of("etc/new = 2");
    let v1 = json!({"id": "aa", "created": "2015-01-02T03:04:05Z", "os": "linux", "architecture": "amd64"});
    let top_v1 = json!({
        "id": "bb", "parent": "aa", "created": "2015-01-03T03:04:05Z", "author": "Ada",
        "os": "linux", "architecture": "amd64", "config": {"Cmd": ["sh"]},
    });
    let outer = Outer::new()
        .file("aa/VERSION", "1.0")
        .json("aa/json", &v1)
        .file("aa/layer.tar", &base)
        .file("bb/VERSION", "1.0")
        .json("bb/json", &top_v1)
        .file("bb/layer.tar", &top)
        .json("repositories", &json!({"old/app": {"1": "bb"}}));
    let original = image(&outer.tar());
    let own = lamina::workspace::ExportNames::of(&original.found);
    for archive in [to_docker(&original, &own), to_oci(&original, &own)] {
        let again = image(&archive.unwrap());
        assert_eq!(listing(&again), listing(&original));
        assert!(again.warnings().is_empty(), "{:?}", again.warnings());
        let config = again.config().unwrap();
        let diff_ids: Vec<_> = config.config.diff_ids.iter().flatten().collect();
        assert_eq!(diff_ids[1].0, Digest::sha256_of(&top));
        assert_eq!(
            (config.config.author.as_str(), config.config.history.len()),
            ("Ada", 2)
        );
        let raw: Value = serde_json::from_slice(&config.bytes).unwrap();
        assert_eq!((raw.get("id"), raw.get("parent")), (None, None));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_09_ex_10_an_oci_archive_opens_as_the_same_image() {
    for store in [STORES[0], STORES[1], STORES[2]] {
        let original = image(&saved(store));
        let archive = to_oci(&original, &names(&["demo/app:1"])).unwrap();
        let again = image(&archive);
        assert_eq!(identity(&again), identity(&original));
        assert_eq!(again.warnings(), original.warnings());
        assert_eq!(again.found.names, ["docker.io/demo/app:1"]);
        assert_eq!(
            member(&archive, "oci-layout")["imageLayoutVersion"],
            json!("1.0.0")
        );
        let index = member(&archive, "index.json");
        let annotations = &index["manifests"][0]["annotations"];
        assert_eq!(annotations["org.opencontainers.image.ref.name"], json!("1"));
        assert_eq!(
            index["manifests"][0]["platform"],
            json!({"architecture": "amd64", "os": "linux"})
        );
        assert_eq!(members(&archive).last().unwrap().0, "index.json");
        // Every layer is compressed as before, and its media type says how.
        let manifest = again.found.manifest.as_ref().unwrap();
        let manifest: Value = serde_json::from_slice(&manifest.bytes).unwrap();
        for (layer, tar) in manifest["layers"].as_array().unwrap().iter().zip(tars()) {
            assert_eq!(layer["digest"], json!(Digest::sha256_of(&store(&tar))));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_09_no_manifest_can_name_bzip2() {
    let original = image(&saved(bzip2));
    let error = to_oci(&original, &names(&[])).unwrap_err();
    assert!(error.to_string().contains("layer 0"), "{error}");
    assert!(error.to_string().contains("bzip2"), "{error}");
}

/// Makes a layout whose manifest, config and layers have Docker's media types.
fn docker_family() -> (String, Outer) {
    let tar = gzip(&tar_of(LAYERS[0]));
    let config = config_of(&[&tar_of(LAYERS[0])]).to_string();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::DOCKER_MANIFEST,
        "config": descriptor(MediaType::DOCKER_CONFIG, &config),
        "layers": [descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", &tar)],
    })
    .to_string();
    let entry = named(descriptor(MediaType::DOCKER_MANIFEST, &manifest), "1");
    let layout = layout_of(&index_of(&[entry]));
    (
        config.clone(),
        layout.blob(&tar).blob(config).blob(manifest),
    )
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_09_media_types_change_together_and_the_config_stays() {
    let (config, outer) = docker_family();
    let original = image(&outer.tar());
    let archive = to_oci(&original, &names(&["a:1"])).unwrap();
    let again = image(&archive);
    assert_eq!(identity(&again), identity(&original));
    assert_eq!(
        image_id(&again.found).unwrap(),
        Digest::sha256_of(config.as_bytes()).to_string()
    );
    let manifest = again.found.manifest.as_ref().unwrap();
    let manifest: Value = serde_json::from_slice(&manifest.bytes).unwrap();
    assert_eq!(manifest["mediaType"], json!(OCI_MANIFEST));
    assert_eq!(
        manifest["config"]["mediaType"],
        json!(MediaType::OCI_CONFIG)
    );
    let layer = "application/vnd.oci.image.layer.v1.tar+gzip";
    assert_eq!(manifest["layers"][0]["mediaType"], json!(layer));
}

#[wasm_bindgen_test(unsupported = test)]
fn r_03_ex_09_an_oci_manifest_is_kept_byte_for_byte() {
    let layer = tar_of(LAYERS[0]);
    let layout = oci_layout("v1", &[&layer]);
    let original = image(&layout.tar());
    let kept = original.found.manifest.as_ref().unwrap().bytes.clone();
    let archive = to_oci(
        &original,
        &lamina::workspace::ExportNames::of(&original.found),
    )
    .unwrap();
    let members = members(&archive);
    let stored = members.iter().find(|(name, _)| *name == place_of(&kept));
    assert_eq!(stored.map(|(_, bytes)| bytes.as_slice()), Some(&*kept));
    assert_eq!(image(&archive).found.names, ["v1"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_10_the_same_image_gives_the_same_archive() {
    let (one, other) = (image(&saved(gzip)), image(&saved(gzip)));
    let names = names(&["a:1"]);
    assert_eq!(to_docker(&one, &names), to_docker(&other, &names));
    assert_eq!(to_oci(&one, &names), to_oci(&other, &names));
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_10_a_layer_that_stands_twice_is_stored_once() {
    let layer = tar_of("a = 1");
    let original = image(&docker_save(&["a:1"], &[&layer, &layer]).tar());
    for archive in [
        to_docker(&original, &names(&["a:1"])).unwrap(),
        to_oci(&original, &names(&["a:1"])).unwrap(),
    ] {
        assert_eq!(identity(&image(&archive)), identity(&original));
        let stored = members(&archive);
        let stored = stored.iter().filter(|(_, bytes)| *bytes == layer);
        assert_eq!(stored.count(), 1);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_ex_09_an_image_without_names_has_none() {
    let original = image(&docker_save(&[], &[&tar_of("a = 1")]).tar());
    let docker = to_docker(&original, &names(&[])).unwrap();
    assert_eq!(member(&docker, "manifest.json")[0]["RepoTags"], Value::Null);
    assert!(
        members(&docker)
            .iter()
            .all(|(name, _)| name != "repositories")
    );
    let oci = to_oci(&original, &names(&[])).unwrap();
    assert_eq!(image(&oci).found.names, Vec::<String>::new());
    assert_eq!(
        member(&oci, "index.json")["manifests"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_08_a_root_file_system_becomes_an_image() {
    let flat = tar_of("bin/\netc/\netc/hosts = 1\nusr/\nusr/bin/a = 2");
    let original = image(&flat);
    let names = names(&["rootfs:1"]);
    for archive in [to_docker(&original, &names), to_oci(&original, &names)] {
        let again = image(&archive.unwrap());
        assert_eq!(listing(&again), listing(&original));
        assert!(again.warnings().is_empty(), "{:?}", again.warnings());
        assert_eq!(
            again.found.platform.as_ref().unwrap().to_string(),
            "linux/amd64"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_artifact_goes_into_an_oci_archive_as_it_is() {
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.cncf.helm.config.v1+json", "{}"),
        "layers": [descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", "chart")],
    })
    .to_string();
    let top = index_of(&[named(descriptor(OCI_MANIFEST, &manifest), "chart")]);
    let layout = layout_of(&top).blob(&manifest).blob("{}").blob("chart");
    let original = images(&layout.tar()).remove(0);
    let archive = to_oci(&original, &names(&["chart:1"])).unwrap();
    let again = images(&archive).remove(0);
    let digest = |image: &lamina::workspace::OpenImage| {
        image.found.manifest.as_ref().unwrap().digest.to_string()
    };
    assert_eq!(digest(&again), format!("sha256:{}", hex_of(&manifest)));
    assert!(
        members(&archive)
            .iter()
            .any(|(name, _)| *name == place_of("{}"))
    );
    let error = to_docker(&original, &names(&[])).unwrap_err();
    assert!(error.to_string().contains("artifact"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_told_beforehand_is_how_much_comes() {
    let original = image(&saved(gzip));
    let names = names(&["a:1"]);
    let draft = lamina::workspace::Draft::of(&original);
    let export = lamina::workspace::docker_archive(draft, &names, &|_| go_on());
    let export = crate::support::run(export).unwrap();
    let told = export.total_bytes;
    assert_eq!(bytes_of(Ok(export), &original).unwrap().len() as u64, told);
}
