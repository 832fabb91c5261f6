//! Layers that a registry may not distribute, and the URLs that their manifest names for them.

use lamina::image::Digest;
use lamina::io::HttpRequest;
use lamina::source::registry::{Asker, PlatformChoice, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::hosts::{LAYER, Says, asking, says};
use super::{OCI_CONFIG, OCI_MANIFEST};

const FOREIGN_LAYER: &str = "application/vnd.oci.image.layer.nondistributable.v1.tar";

/// Returns the responses of a registry that has an image with this manifest, and of hosts elsewhere.
fn answers(
    manifest: String,
    elsewhere: impl Fn(&str) -> Says + 'static,
) -> impl Fn(&HttpRequest) -> Says + 'static {
    let config = Digest::sha256_of(b"{}");
    move |request| match request.url.split_once("/v2/") {
        Some((_, "")) => says(200, ""),
        Some((_, rest)) if rest.contains("/manifests/") => {
            says(200, &manifest).with("Content-Type", OCI_MANIFEST)
        }
        Some((_, rest)) if rest.ends_with(config.as_str()) => says(200, "{}"),
        Some(_) => says(404, ""),
        None => elsewhere(&request.url),
    }
}

/// Reads a foreign layer with these URLs. Also returns the requests outside the registry.
fn read_foreign(base: &'static str, urls: &[String]) -> (Result<Vec<u8>, String>, Vec<String>) {
    let digest = Digest::sha256_of(LAYER);
    let config = Digest::sha256_of(b"{}");
    let manifest = format!(
        r#"{{"config":{{"mediaType":"{OCI_CONFIG}","digest":"{config}","size":2}},"layers":[{{"mediaType":"{FOREIGN_LAYER}","digest":"{digest}","size":5,"urls":{}}}]}}"#,
        serde_json::to_string(urls).unwrap()
    );
    let answer = answers(manifest, |url| match url.ends_with("/good") {
        true => says(200, "layer"),
        false => says(404, ""),
    });
    let (read, asked) = asking(base, Asker::Native, answer, async |client| {
        let tag = Target::Tag("1".to_owned());
        let opened = client.open("app", &tag, &PlatformChoice::Usual).await?;
        let blob = opened.image.layers[0].blob.clone()?;
        blob.read_at(0, 5).await
    });
    let elsewhere = asked.into_iter().filter(|line| !line.starts_with(base));
    (read, elsewhere.collect())
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_15_foreign_addresses_are_asked_as_far_as_a_manifest_may_name_them() {
    let urls = |list: &[&str]| list.iter().map(|&url| url.to_owned()).collect::<Vec<_>>();
    let evil = urls(&[
        "http://127.0.0.1:2375/containers/json",
        "http://192.168.1.1/reboot",
        "ftp://foreign.example/good",
        "https://me:pw@foreign.example/good",
    ]);
    let (read, asked) = read_foreign("https://r.example", &evil);
    let error = read.unwrap_err();
    assert!(
        error.ends_with("(not distributed by this registry, and an address that its manifest names is not asked: a registry elsewhere names an address of this machine) is missing"),
        "{error}"
    );
    assert_eq!(asked, Vec::<String>::new());

    let mixed = [evil, urls(&["https://foreign.example/good"])].concat();
    let (read, asked) = read_foreign("https://r.example", &mixed);
    assert_eq!(read.as_deref(), Ok(LAYER));
    assert_eq!(asked, ["https://foreign.example/good"]);

    let near = urls(&["http://192.168.1.1/good"]);
    let (read, asked) = read_foreign("http://192.168.1.5:5000", &near);
    assert_eq!(read.as_deref(), Ok(LAYER));
    assert_eq!(asked, ["http://192.168.1.1/good"]);

    // A manifest cannot send Lamina to any number of hosts.
    let many: Vec<_> = (0..1_000)
        .map(|n| format!("https://host{n}.example/bad"))
        .collect();
    let (read, asked) = read_foreign("https://r.example", &many);
    assert!(read.unwrap_err().ends_with("is missing"));
    assert_eq!(asked.len(), 8);
}

/// Twelve layers, each on a host of its own: eight hosts are contacted per image, not per layer.
#[wasm_bindgen_test(unsupported = test)]
fn rp_15_foreign_hosts_are_counted_over_the_image() {
    let base = "https://r.example";
    let config = Digest::sha256_of(b"{}");
    let layers: Vec<_> = (0..12)
        .map(|at| {
            let bytes = format!("layer {at:02}");
            let digest = Digest::sha256_of(bytes.as_bytes());
            let url = format!("https://host{at}.example/{at:02}");
            format!(
                r#"{{"mediaType":"{FOREIGN_LAYER}","digest":"{digest}","size":8,"urls":["{url}"]}}"#
            )
        })
        .collect();
    let layers = layers.join(",");
    let manifest = format!(
        r#"{{"config":{{"mediaType":"{OCI_CONFIG}","digest":"{config}","size":2}},"layers":[{layers}]}}"#
    );
    let answer = answers(manifest, |url| {
        says(200, &format!("layer {}", &url[url.len() - 2..]))
    });
    let (read, asked) = asking(base, Asker::Native, answer, async |client| {
        let tag = Target::Tag("1".to_owned());
        let opened = client.open("app", &tag, &PlatformChoice::Usual).await?;
        let mut read = Vec::new();
        for layer in &opened.image.layers {
            let blob = layer.blob.clone()?;
            read.push(blob.read_at(0, 8).await.is_ok());
        }
        Ok(read)
    });
    let read = read.unwrap();
    assert_eq!(read.iter().filter(|is_read| **is_read).count(), 8);
    assert!(read[..8].iter().all(|is_read| *is_read), "the first ones");
    let elsewhere = asked.iter().filter(|line| !line.starts_with(base));
    assert_eq!(elsewhere.count(), 8);
}
