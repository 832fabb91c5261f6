//! containerd's images, by its own tool `ctr`: its API has no export for strangers.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::bounds::EngineLimits;
use crate::io::{EngineImage, EngineList, EngineTrouble};

use super::names::is_plain;
use super::tool;
use super::trouble;
use super::watch::{Until, Watch};

/// The beginning of a namespace's address.
pub(super) const SCHEME: &str = "containerd://";
/// The sockets at which containerd usually listens, alone or in k3s.
const SOCKETS: [&str; 2] = [
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
];
/// The namespace of Docker, which tells its images itself.
const OF_DOCKER: &str = "moby";
/// Time in which the tool has to bring the next bytes of an image.
const EXPORT_SILENCE: Duration = Duration::from_secs(300);

/// A containerd on this machine, and the tool for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Containerd {
    program: PathBuf,
    socket: String,
}

/// A namespace of containerd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Namespace {
    of: Containerd,
    name: String,
}

impl std::fmt::Display for Containerd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{SCHEME}{}", self.socket)
    }
}

impl std::fmt::Display for Namespace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.of, self.name)
    }
}

/// Returns each containerd on this machine that has a tool.
pub(super) fn all() -> Vec<Containerd> {
    let Some(program) = tool::find("ctr") else {
        return Vec::new();
    };
    let named = std::env::var("CONTAINERD_ADDRESS").ok();
    let named = named.filter(|address| !address.is_empty());
    let sockets = match named {
        Some(address) => vec![address.trim_start_matches("unix://").to_owned()],
        None => SOCKETS.map(str::to_owned).to_vec(),
    };
    let there = sockets.into_iter().filter(|path| Path::new(path).exists());
    let all = there.map(|socket| Containerd {
        program: program.clone(),
        socket,
    });
    all.collect()
}

/// Returns the namespace of this address, if a containerd on this machine may have it.
pub(super) fn find(address: &str) -> Option<Namespace> {
    let (socket, name) = address.strip_prefix(SCHEME)?.rsplit_once('#')?;
    let of = all().into_iter().find(|one| one.socket == socket)?;
    is_listed(name).then(|| Namespace {
        of,
        name: name.to_owned(),
    })
}

fn is_listed(namespace: &str) -> bool {
    is_plain(namespace) && namespace != OF_DOCKER
}

impl Containerd {
    /// Returns its namespaces, without Docker's.
    pub(super) fn namespaces(
        &self,
        limits: &EngineLimits,
        until: &Until,
    ) -> Result<Vec<Namespace>, EngineTrouble> {
        let names = self.text(&["namespaces", "ls", "-q"], limits, until)?;
        let names = names.lines().map(str::trim);
        let names = names.filter(|name| is_listed(name)).map(|name| Namespace {
            of: self.clone(),
            name: name.to_owned(),
        });
        Ok(names.collect())
    }

    fn arguments<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["--address", &self.socket], rest].concat()
    }

    fn text(
        &self,
        arguments: &[&str],
        limits: &EngineLimits,
        until: &Until,
    ) -> Result<String, EngineTrouble> {
        let failed = |cause: io::Error| trouble::of_error(&cause);
        let mut until = until.clone();
        let silence = Duration::from_secs(limits.list_seconds);
        let arguments = self.arguments(arguments);
        let output = tool::run(&self.program, &arguments, silence, &mut until);
        let mut output = output.map_err(failed)?.take(limits.list_bytes + 1);
        let mut text = Vec::new();
        output.read_to_end(&mut text).map_err(failed)?;
        match text.len() as u64 > limits.list_bytes {
            true => Err(trouble::too_long(limits)),
            false => Ok(String::from_utf8_lossy(&text).into_owned()),
        }
    }
}

impl Namespace {
    /// Lists the images.
    pub(super) fn images(
        &self,
        limits: &EngineLimits,
        until: &Until,
    ) -> Result<EngineList, EngineTrouble> {
        let arguments = ["--namespace", &self.name, "images", "ls"];
        let table = self.of.text(&arguments, limits, until)?;
        Ok(list(&table, limits))
    }

    /// Exports an image as an archive that Docker reads, too.
    pub(super) fn export<'a>(
        &self,
        name: &str,
        watch: &'a mut dyn Watch,
    ) -> io::Result<impl Read + use<'a>> {
        let export = ["--namespace", &self.name, "images", "export", "-", name];
        let arguments = self.of.arguments(&export);
        tool::run(&self.of.program, &arguments, EXPORT_SILENCE, watch)
    }
}

/// Reads the table of `ctr images ls`: name, type, digest, size and its unit, platforms, labels.
fn list(table: &str, limits: &EngineLimits) -> EngineList {
    let mut images: BTreeMap<String, EngineImage> = BTreeMap::new();
    let mut n_left_out = 0;
    for line in table.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (name, digest, size) = match words.as_slice() {
            [name, _, digest, size, rest @ ..] if is_plain(name) && is_plain(digest) => {
                let unit = rest.first().copied().unwrap_or_default();
                (*name, *digest, bytes_of(size, unit))
            }
            [] => continue,
            _ => {
                n_left_out += 1;
                continue;
            }
        };
        let image = images.entry(digest.to_owned());
        let image = image.or_insert_with(|| EngineImage {
            id: digest.to_owned(),
            names: Vec::new(),
            n_names_left_out: 0,
            size_bytes: size,
            // The table does not tell it.
            created_seconds: 0,
        });
        image.names.push(name.to_owned());
    }
    let mut images: Vec<EngineImage> = images.into_values().collect();
    for image in &mut images {
        // Kubernetes gives each image its digests as names, too.
        image
            .names
            .sort_by_key(|name| (name.contains("sha256:"), name.clone()));
        let n_over = image.names.len().saturating_sub(limits.image_names);
        image.names.truncate(limits.image_names);
        image.n_names_left_out = n_over as u64;
    }
    images.sort_by(|a, b| a.names.cmp(&b.names));
    n_left_out += images.len().saturating_sub(limits.images) as u64;
    images.truncate(limits.images);
    EngineList { images, n_left_out }
}

/// Returns a size that the tool prints; `None` where it prints that it knows none.
fn bytes_of(number: &str, unit: &str) -> Option<u64> {
    let number: f64 = number.parse().ok()?;
    let scale = match unit {
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        "TiB" => 40,
        _ => 0,
    };
    let bytes = number * f64::from(2_u32).powi(scale);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a saturating cast of a rounded size"
    )]
    let bytes = bytes as u64;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table as ctr 1.6 prints it.
    const TABLE: &str = "\
REF                      TYPE                                       DIGEST    SIZE      PLATFORMS   LABELS 
docker.io/library/b:1    application/vnd.oci.image.manifest.v1+json sha256:bb 1.5 KiB   linux/amd64 -      
docker.io/library/a:2    application/vnd.oci.image.index.v1+json    sha256:aa 2.0 MiB   linux/amd64 -      
docker.io/library/a@sha256:aa application/vnd.oci.image.index.v1+json sha256:aa 2.0 MiB linux/amd64 -
sha256:aa                application/vnd.oci.image.index.v1+json    sha256:aa 2.0 MiB   linux/amd64 -
docker.io/library/c:1    application/x                              sha256:cc -         -           -
bad$name:1               application/x                              sha256:dd 1.0 B     -           -
docker.io/library/d:1    application/x
";

    fn lines(list: &EngineList) -> Vec<String> {
        let line = |image: &EngineImage| {
            let (names, more) = (image.names.join(","), image.n_names_left_out);
            format!("{} {:?} {names} +{more}", image.id, image.size_bytes)
        };
        list.images.iter().map(line).collect()
    }

    #[test]
    fn a_table_is_read_by_its_digests() {
        let told = list(TABLE, &EngineLimits::DEFAULT);
        assert_eq!(
            lines(&told),
            [
                "sha256:aa Some(2097152) docker.io/library/a:2,docker.io/library/a@sha256:aa,sha256:aa +0",
                "sha256:bb Some(1536) docker.io/library/b:1 +0",
                "sha256:cc None docker.io/library/c:1 +0",
            ]
        );
        assert_eq!(told.n_left_out, 2, "an odd name, and half a line");
        assert_eq!(list("", &EngineLimits::DEFAULT), EngineList::default());
    }

    #[test]
    fn what_a_bound_leaves_out_of_a_table_is_counted() {
        let limits = EngineLimits {
            images: 2,
            image_names: 1,
            ..EngineLimits::DEFAULT
        };
        let told = list(TABLE, &limits);
        assert_eq!(
            lines(&told),
            [
                "sha256:aa Some(2097152) docker.io/library/a:2 +2",
                "sha256:bb Some(1536) docker.io/library/b:1 +0",
            ]
        );
        assert_eq!(told.n_left_out, 3);
    }
}
