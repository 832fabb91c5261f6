//! The addresses of the engines on this machine: as Docker's and podman's own clients find them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::image::{Digest, Userinfo};
use crate::io::{EngineCause, EngineTrouble};

use super::containerd::{self, Namespace};
use super::trouble;

/// Bytes of a document about a docker context at most.
const MOST_BYTES: u64 = 1024 * 1024;
/// Contexts of docker that are looked at.
const MOST_CONTEXTS: usize = 64;

/// An address of an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Socket(PathBuf),
    Tcp(String),
    Containerd(Namespace),
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Address::Socket(path) => write!(f, "unix://{}", path.display()),
            Address::Tcp(host) => write!(f, "tcp://{host}"),
            Address::Containerd(namespace) => write!(f, "{namespace}"),
        }
    }
}

/// An address that was named or found, as its source names it, and what it is.
pub(super) struct Named {
    /// The name, without a password that stands in it.
    pub(super) name: String,
    pub(super) address: Result<Address, EngineTrouble>,
}

impl Named {
    fn of(host: &str) -> Named {
        let name = match Userinfo::cut(host) {
            Some(cut) => cut.address,
            None => host.to_owned(),
        };
        let address = parse(&name);
        Named { name, address }
    }

    fn socket(path: PathBuf) -> Named {
        Named::at(Address::Socket(path))
    }

    /// Wraps an address that was found.
    pub(super) fn at(address: Address) -> Named {
        Named {
            name: address.to_string(),
            address: Ok(address),
        }
    }

    /// Returns the place that it names, so that two names of one are known.
    fn place(&self) -> PathBuf {
        match &self.address {
            Ok(Address::Socket(path)) => path.canonicalize().unwrap_or_else(|_| path.clone()),
            Ok(address) => PathBuf::from(address.to_string()),
            Err(_) => PathBuf::from(&self.name),
        }
    }
}

/// The engines of this machine that answer by HTTP.
pub(super) struct Found {
    /// The engine that docker would ask, or those at its usual sockets; the sockets of its other contexts; podman's.
    pub(super) engines: Vec<Named>,
    /// True if the first of them was chosen, by `DOCKER_HOST` or a context.
    pub(super) is_first_chosen: bool,
}

/// Returns the engine of this name.
pub(super) fn find(name: &str) -> Option<Named> {
    if name.starts_with(containerd::SCHEME) {
        let namespace = containerd::find(name)?;
        return Some(Named::at(Address::Containerd(namespace)));
    }
    let all = found().engines;
    all.into_iter().find(|named| named.name == name)
}

/// Returns the engines of this machine. None of them is asked.
pub(super) fn found() -> Found {
    let var = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let home = var("HOME").map(PathBuf::from);
    let run = var("XDG_RUNTIME_DIR").map(PathBuf::from);
    let docker = var("DOCKER_CONFIG").map(PathBuf::from);
    let docker = docker.or_else(|| Some(home.as_ref()?.join(".docker")));
    let chosen = match (var("DOCKER_HOST"), &docker) {
        (Some(host), _) => Some(Named::of(&host)),
        (None, Some(docker)) => of_context(docker, var("DOCKER_CONTEXT")),
        (None, None) => None,
    };
    let is_first_chosen = chosen.is_some();
    let mut engines: Vec<Named> = chosen.into_iter().collect();
    if !is_first_chosen {
        let usual = [
            Some(PathBuf::from("/var/run/docker.sock")),
            home.as_ref()
                .map(|home| home.join(".docker/run/docker.sock")),
            run.as_ref().map(|run| run.join("docker.sock")),
        ];
        engines.extend(present(usual));
    }
    engines.extend(docker.iter().flat_map(|docker| other_contexts(docker)));
    engines.extend(var("CONTAINER_HOST").map(|host| Named::of(&host)));
    engines.extend(present([
        run.map(|run| run.join("podman/podman.sock")),
        Some(PathBuf::from("/run/podman/podman.sock")),
    ]));
    let mut places = Vec::new();
    engines.retain(|named| {
        let place = named.place();
        let is_new = !places.contains(&place);
        places.push(place);
        is_new
    });
    Found {
        engines,
        is_first_chosen,
    }
}

fn present(sockets: impl IntoIterator<Item = Option<PathBuf>>) -> Vec<Named> {
    let sockets = sockets.into_iter().flatten();
    // Who may not look into the folder is told so when the engine is asked.
    let present = sockets.filter(|path| match path.try_exists() {
        Ok(is_there) => is_there,
        Err(cause) => cause.kind() == std::io::ErrorKind::PermissionDenied,
    });
    present.map(Named::socket).collect()
}

fn parse(host: &str) -> Result<Address, EngineTrouble> {
    match host.split_once("://") {
        Some(("unix", path)) => Ok(Address::Socket(PathBuf::from(path))),
        Some(("tcp", _)) if std::env::var_os("DOCKER_TLS_VERIFY").is_some() => Err(trouble::of(
            EngineCause::Tls,
            format!("{host}: an engine behind TLS is not asked"),
        )),
        Some(("tcp", address)) => Ok(Address::Tcp(address.trim_end_matches('/').to_owned())),
        _ => Err(trouble::of(
            EngineCause::Scheme,
            format!("{host}: an engine is asked by unix:// or tcp:// only"),
        )),
    }
}

fn document(path: &Path) -> Option<serde_json::Value> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn host_in(meta: &Path) -> Option<String> {
    let meta = document(meta)?;
    let host = meta.pointer("/Endpoints/docker/Host")?.as_str()?;
    Some(host.to_owned())
}

/// Returns the engine of docker's current context; `None` for its default one. A context that cannot be read is an
/// address that cannot be asked: no other engine is meant then.
fn of_context(docker: &Path, named: Option<String>) -> Option<Named> {
    let current = || {
        let config = document(&docker.join("config.json"))?;
        Some(config.get("currentContext")?.as_str()?.to_owned())
    };
    let name = named
        .or_else(current)
        .filter(|name| name != "default" && !name.is_empty())?;
    let digest = Digest::sha256_of(name.as_bytes()).to_string();
    let folder = digest.strip_prefix("sha256:").unwrap_or_default();
    let path = docker.join("contexts/meta").join(folder).join("meta.json");
    Some(match host_in(&path) {
        Some(host) => Named::of(&host),
        None => Named {
            address: Err(trouble::of(
                EngineCause::Context,
                format!(
                    "the docker context {name:?} cannot be read: {} is missing or names no host",
                    path.display()
                ),
            )),
            name,
        },
    })
}

/// Returns the sockets of all contexts of docker that are there. Others lead to other machines.
fn other_contexts(docker: &Path) -> Vec<Named> {
    let Ok(folders) = docker.join("contexts/meta").read_dir() else {
        return Vec::new();
    };
    let folders = folders.take(MOST_CONTEXTS).flatten();
    let hosts = folders.filter_map(|folder| host_in(&folder.path().join("meta.json")));
    let sockets = hosts.filter_map(|host| match parse(&host) {
        Ok(Address::Socket(path)) => Some(Some(path)),
        _ => None,
    });
    present(sockets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_asked_by_a_socket_or_plain_tcp() {
        for (host, expected) in [
            ("unix:///run/x.sock", Some("unix:///run/x.sock")),
            ("tcp://127.0.0.1:2375/", Some("tcp://127.0.0.1:2375")),
            ("ssh://me@there", None),
            ("npipe:////./pipe/docker_engine", None),
            ("/run/x.sock", None),
        ] {
            let told = parse(host).map(|address| address.to_string());
            assert_eq!(told.ok().as_deref(), expected, "{host}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_neither_shown_nor_used() {
        for (host, name) in [
            ("ssh://me:secret@there", "ssh://there"),
            ("tcp://me:secret@there:2375", "tcp://there:2375"),
            ("unix:///run/me@there.sock", "unix:///run/me@there.sock"),
        ] {
            let named = Named::of(host);
            assert_eq!(named.name, name);
            match named.address {
                Ok(address) => assert_eq!(address.to_string(), name),
                Err(trouble) => assert!(!trouble.said.contains("secret"), "{}", trouble.said),
            }
        }
    }
}
