//! Communication with a registry in memory that has the habits and faults of real ones.

mod artifacts;
mod auth;
mod blob;
mod browser;
mod connect;
mod encoding;
mod foreign;
mod guests;
mod hosts;
mod limits;
mod list;
mod login;
mod manifest;
mod open;
mod push;

use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::io::MemoryClock;
use lamina::source::registry::{Asker, Client, Endpoint, RegistryWorld};

use crate::support::registry::{Registry, RegistryTransport};

/// 2020-01-01.
const NOW_MILLIS: i64 = 1_577_836_800_000;

/// A client, its registry and its transport.
struct Set {
    client: Client,
    registry: Rc<Registry>,
    transport: Rc<RegistryTransport>,
    clock: Rc<MemoryClock>,
}

const PAGE: Asker = Asker::HttpsPage;

fn set_of(registry: Registry, endpoint: &str, asker: Asker) -> Set {
    set_under(registry, endpoint, asker, Limits::DEFAULT)
}

fn set_under(registry: Registry, endpoint: &str, asker: Asker, limits: Limits) -> Set {
    let (registry, transport) = registry.transport();
    let clock = Rc::new(MemoryClock::at(NOW_MILLIS));
    let world = RegistryWorld {
        transport: transport.clone(),
        clock: clock.clone(),
    };
    let endpoint = Endpoint::parse(endpoint).unwrap();
    let client = Client::new(world, endpoint, asker, limits);
    Set {
        client,
        registry,
        transport,
        clock,
    }
}

/// A secure page that asks `https://r.example`.
fn page(registry: Registry) -> Set {
    set_of(registry, "r.example", PAGE)
}

/// The same under special limits.
fn limited(registry: Registry, limits: Limits) -> Set {
    set_under(registry, "r.example", PAGE, limits)
}

/// The command, with a client of `https://r.example`.
fn native(registry: Registry) -> Set {
    set_of(registry, "https://r.example", Asker::Native)
}

const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// Stores an image of one layer, `layer`, at `app:TAG`. Returns the text of its manifest.
fn put_image(registry: &Registry, tag: &str, media_type: &str, platform: &str) -> String {
    let (os, architecture) = platform.split_once('/').unwrap();
    let layer = registry.put_blob("app", b"layer");
    let config = format!(
        r#"{{"os":"{os}","architecture":"{architecture}","rootfs":{{"type":"layers","diff_ids":["{layer}"]}}}}"#
    );
    let config_digest = registry.put_blob("app", config.as_bytes());
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{media_type}","config":{{"mediaType":"{OCI_CONFIG}","digest":"{config_digest}","size":{}}},"layers":[{{"mediaType":"{OCI_LAYER}","digest":"{layer}","size":5}}]}}"#,
        config.len()
    );
    registry.put_manifest("app", tag, media_type, &manifest);
    manifest
}
