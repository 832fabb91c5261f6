//! umoci as a process: writes an OCI layout for it. Its bundle is in a folder that is removed afterwards.
//!
//! `states` reads the bundle.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lamina::image::Digest;

/// An installed umoci.
pub(crate) struct Umoci {
    /// `AsInImage` if it can change the owners of files, which takes root.
    pub(crate) owners: Owners,
    folder: PathBuf,
}

/// Owners of the files on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owners {
    AsInImage,
    /// Unpacked without root: all files belong to the current user, and devices are empty files.
    OneOwn,
}

/// Result for an image.
pub(crate) enum Unpacked {
    Folder(Folder),
    Rejected(String),
}

/// A folder that is removed when the value is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Returns the root of the file system.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.join("bundle/rootfs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Finds the umoci on PATH, with a working folder of this name. `None` if there is none.
pub(crate) fn find(name: &str) -> Option<Umoci> {
    let out = Command::new("umoci").arg("--version").output().ok()?;
    let id = Command::new("id").arg("-u").output().unwrap();
    let owners = if id.stdout == b"0\n" {
        Owners::AsInImage
    } else {
        Owners::OneOwn
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("engines-{name}-{}", std::process::id()));
    out.status.success().then_some(Umoci { owners, folder })
}

impl Umoci {
    /// Unpacks an image of these layers, base first.
    pub(crate) fn unpack(&self, number: u64, tars: &[Vec<u8>]) -> Unpacked {
        let folder = Folder(self.folder.join(number.to_string()));
        let layout = folder.0.join("layout");
        write_layout(&layout, tars);
        // Implied directories get their mode from the umask; this is the usual one.
        let script = r#"umask 022; exec umoci unpack "$@""#;
        let mut command = Command::new("sh");
        command.args(["-c", script, "umoci"]);
        if self.owners == Owners::OneOwn {
            command.arg("--rootless");
        }
        command
            .arg("--image")
            .arg(format!("{}:latest", layout.display()));
        let out = command.arg(folder.0.join("bundle")).output().unwrap();
        if out.status.success() {
            Unpacked::Folder(folder)
        } else {
            Unpacked::Rejected(String::from_utf8_lossy(&out.stderr).into_owned())
        }
    }
}

impl Drop for Umoci {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn write_layout(layout: &Path, tars: &[Vec<u8>]) {
    fs::create_dir_all(layout.join("blobs/sha256")).unwrap();
    let blob = |media_type: &str, bytes: &[u8]| {
        let digest = Digest::sha256_of(bytes);
        fs::write(layout.join("blobs/sha256").join(digest.encoded()), bytes).unwrap();
        format!(
            r#"{{"mediaType":"application/vnd.oci.image.{media_type}","digest":"{digest}","size":{}}}"#,
            bytes.len()
        )
    };
    let layers: Vec<_> = tars.iter().map(|tar| blob("layer.v1.tar", tar)).collect();
    let diff_ids: Vec<_> = tars
        .iter()
        .map(|tar| format!(r#""{}""#, Digest::sha256_of(tar)))
        .collect();
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","config":{{}},"rootfs":{{"type":"layers","diff_ids":[{}]}}}}"#,
        diff_ids.join(",")
    );
    let config = blob("config.v1+json", config.as_bytes());
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{config},"layers":[{}]}}"#,
        layers.join(",")
    );
    let manifest = blob("manifest.v1+json", manifest.as_bytes());
    let named = manifest.replacen(
        '{',
        r#"{"annotations":{"org.opencontainers.image.ref.name":"latest"},"#,
        1,
    );
    fs::write(
        layout.join("index.json"),
        format!(r#"{{"schemaVersion":2,"manifests":[{named}]}}"#),
    )
    .unwrap();
    fs::write(
        layout.join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
}
