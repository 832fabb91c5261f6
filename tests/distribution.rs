//! The registry client and the native transport with a real registry, CNCF distribution, on a loopback port.
//!
//! Images are uploaded over the same transport, so nothing else needs to be installed.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at once, and says what it skips"
)]

#[path = "distribution/push.rs"]
mod push;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use lamina::bounds::Limits;
use lamina::cli::native::{SocketTransport, SystemClock};
use lamina::image::Digest;
use lamina::io::{Cache, HttpRequest, Method, Transport as _};
use lamina::source::registry::{
    Access, Asker, Client, Endpoint, Listed, PlatformChoice, RegistryWorld, Target,
};

/// A registry process, which is stopped when this value is dropped.
struct Server {
    process: Child,
    folder: PathBuf,
    base: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Starts a registry in a folder of its own. `None`, with a message, if none is installed.
fn serve(name: &str) -> Option<Server> {
    serve_with(name, "", &[])
}

/// Starts a registry with further settings. `HERE` in them is replaced by the folder of these files, and a
/// `storage` replaces the default one.
fn serve_with(name: &str, settings: &str, files: &[(&str, &str)]) -> Option<Server> {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{port}"));
    std::fs::create_dir_all(&folder).unwrap();
    let config = folder.join("config.yml");
    for (file, content) in files {
        std::fs::write(folder.join(file), content).unwrap();
    }
    let storage = match settings.contains("storage:") {
        true => "",
        false => "storage: {filesystem: {rootdirectory: 'HERE/data'}}\n",
    };
    let text = format!(
        "version: 0.1\nlog: {{level: error}}\n{storage}http: {{addr: '127.0.0.1:{port}', relativeurls: true}}\n{settings}"
    );
    let text = text.replace("HERE", &folder.display().to_string());
    std::fs::write(&config, text).unwrap();
    let started = Command::new("docker-registry")
        .arg("serve")
        .arg(&config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(process) = started else {
        println!("skipped: {name}: docker-registry is not installed");
        return None;
    };
    let server = Server {
        process,
        folder,
        base: format!("http://127.0.0.1:{port}"),
    };
    for _ in 0..100 {
        if pollster::block_on(client(&server).connect()).is_ok() {
            return Some(server);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the registry did not answer in ten seconds");
}

fn client(server: &Server) -> Client {
    client_as(server, Asker::Native)
}

fn client_as(server: &Server, asker: Asker) -> Client {
    let world = RegistryWorld {
        transport: Rc::new(SocketTransport::default()),
        clock: Rc::new(SystemClock),
    };
    let endpoint = Endpoint::parse(&server.base).unwrap();
    Client::new(world, endpoint, asker, Limits::DEFAULT)
}

fn send(method: Method, url: &str, media_type: &str, body: Vec<u8>) -> (u16, Option<String>) {
    let mut request =
        HttpRequest::get(url, Cache::Bypassed).with_header("Content-Type", media_type);
    request.method = method;
    request.body = body.into();
    let response = pollster::block_on(SocketTransport::default().exchange(request)).unwrap();
    (
        response.status,
        response.headers.get("location").map(str::to_owned),
    )
}

fn put_blob(server: &Server, repository: &str, bytes: &[u8]) -> Digest {
    let digest = Digest::sha256_of(bytes);
    let octets = "application/octet-stream";
    let uploads = format!("{}/v2/{repository}/blobs/uploads/", server.base);
    let (status, location) = send(Method::Post, &uploads, octets, Vec::new());
    assert_eq!(status, 202, "an upload begins");
    let location = location.unwrap();
    let url = format!("{}{location}&digest={digest}", server.base);
    let (status, _) = send(Method::Put, &url, octets, bytes.to_vec());
    assert_eq!(status, 201, "an upload ends");
    digest
}

fn put_manifest(
    server: &Server,
    repository: &str,
    tag: &str,
    media_type: &str,
    text: &str,
) -> Digest {
    let url = format!("{}/v2/{repository}/manifests/{tag}", server.base);
    let (status, _) = send(Method::Put, &url, media_type, text.as_bytes().to_vec());
    assert_eq!(status, 201, "{text}");
    Digest::sha256_of(text.as_bytes())
}

/// Uploads an image of one layer, with the media types of Docker or OCI.
fn put_image(server: &Server, repository: &str, tag: &str, is_oci: bool, layer: &[u8]) -> Digest {
    let (manifest_type, config_type, layer_type) = if is_oci {
        (
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.config.v1+json",
            "application/vnd.oci.image.layer.v1.tar",
        )
    } else {
        (
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.container.image.v1+json",
            "application/vnd.docker.image.rootfs.diff.tar",
        )
    };
    let layer_digest = put_blob(server, repository, layer);
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","author":"{tag}","rootfs":{{"type":"layers","diff_ids":["{layer_digest}"]}}}}"#
    );
    let config_digest = put_blob(server, repository, config.as_bytes());
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{manifest_type}","config":{{"mediaType":"{config_type}","size":{},"digest":"{config_digest}"}},"layers":[{{"mediaType":"{layer_type}","size":{},"digest":"{layer_digest}"}}]}}"#,
        config.len(),
        layer.len()
    );
    put_manifest(server, repository, tag, manifest_type, &manifest)
}

#[test]
fn lists_and_opens_what_a_real_registry_holds() {
    let Some(server) = serve("lists_and_opens") else {
        return;
    };
    let layer: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    for repository in ["a/one", "b"] {
        put_image(&server, repository, "docker", false, &layer);
    }
    let manifest = put_image(&server, "b", "oci", true, &layer);
    let index_type = "application/vnd.oci.image.index.v1+json";
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"{index_type}","manifests":[{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{manifest}","size":1,"platform":{{"os":"linux","architecture":"amd64"}}}}]}}"#
    );
    put_manifest(&server, "b", "index", index_type, &index);

    // The command sends one long Accept, a page two short ones.
    for asker in [Asker::Native, Asker::HttpPage] {
        let client = client_as(&server, asker);
        let connection = pollster::block_on(client.connect()).unwrap();
        assert_eq!(connection.access, Access::Open);
        let Listed::Offered(catalog) = pollster::block_on(client.all_repositories()).unwrap()
        else {
            panic!("distribution offers a catalog");
        };
        assert_eq!(
            (catalog.items.join(" ").as_str(), catalog.next),
            ("a/one b", None)
        );
        let mut tags = pollster::block_on(client.all_tags("b")).unwrap();
        // Distribution 2.8 returns them unordered.
        tags.items.sort();
        assert_eq!(tags.items, ["docker", "index", "oci"]);
        for tag in ["docker", "index", "oci"] {
            let target = Target::Tag(tag.to_owned());
            let opened =
                pollster::block_on(client.open("b", &target, &PlatformChoice::Usual)).unwrap();
            assert_eq!(opened.index.is_some(), tag == "index");
            let image = opened.image;
            let config = image.config.unwrap().unwrap();
            assert_eq!(
                config.config.author,
                if tag == "index" { "oci" } else { tag }
            );
            let blob = image.layers[0].blob.as_ref().unwrap();
            assert_eq!(
                pollster::block_on(blob.read_at(2_000_000, 500)).unwrap(),
                layer[2_000_000..2_000_500]
            );
            let read = pollster::block_on(async {
                let mut stream = blob.stream().await.unwrap();
                let mut all = Vec::new();
                while let Some(piece) = stream.next().await.unwrap() {
                    all.extend(piece);
                }
                all
            });
            assert_eq!(read.len(), layer.len());
            assert_eq!(Digest::sha256_of(&read), Digest::sha256_of(&layer));
            let stated = pollster::block_on(client.digest_of("b", tag)).unwrap();
            assert_eq!(stated, opened.digest);
        }
    }
}

#[test]
fn says_what_a_real_registry_does_not_hold() {
    let Some(server) = serve("says_what_is_missing") else {
        return;
    };
    let client = client(&server);
    let target = Target::Tag("1".to_owned());
    let error = pollster::block_on(client.manifest("nothing/here", &target)).unwrap_err();
    let host = server.base.trim_start_matches("http://");
    assert_eq!(
        error.to_string(),
        format!(
            "{host}/nothing/here:1: the registry answered 404: it does not exist there, or it is private and needs a login (MANIFEST_UNKNOWN: manifest unknown)"
        )
    );
    let error = pollster::block_on(client.all_tags("nothing/here")).unwrap_err();
    assert!(error.to_string().contains("NAME_UNKNOWN"), "{error}");
    let digest = Digest::sha256_of(b"nothing");
    let blob = pollster::block_on(client.blob("nothing/here", &digest, None)).unwrap();
    let error = pollster::block_on(blob.read_at(0, 1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("blob {digest} of nothing/here is missing")
    );
}

#[test]
fn finds_the_scheme_of_a_host_without_tls() {
    let Some(server) = serve("finds_the_scheme") else {
        return;
    };
    let world = RegistryWorld {
        transport: Rc::new(SocketTransport::default()),
        clock: Rc::new(SystemClock),
    };
    let endpoint = Endpoint::parse(server.base.trim_start_matches("http://")).unwrap();
    let client = Client::new(world, endpoint, Asker::Native, Limits::DEFAULT);
    let connection = pollster::block_on(client.connect()).unwrap();
    assert_eq!(connection.base, server.base);
}
