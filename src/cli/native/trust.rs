//! Certificates of a connection, both the trusted ones and the client's own: the system's, those that Docker and
//! podman have for one host (`certs.d`), and those that the person names.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use crate::io::{Error, ErrorKind};
use crate::message::Message;

/// Bytes read of one certificate file at most.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// The folder of engines' certificates below the roots of [`certificate_folders`]. It has one folder for each
/// host, called `name[:port]`.
const CERTIFICATES: &str = "certs.d";

/// Certificates that the person names, in addition to the system's.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Files with further authorities.
    pub authorities: Vec<PathBuf>,
    /// The one host whose certificate is not checked, `name[:port]`.
    pub unproved_host: Option<String>,
    /// The files of a client certificate and its key, shown to the registry that the person named.
    pub own: Option<(PathBuf, PathBuf)>,
    system: OnceLock<Vec<Certificate<'static>>>,
}

impl Trust {
    /// Returns the configuration for one host, `name[:port]`. `is_named` tells whether the person named it; a host that
    /// a registry names is not shown who asks.
    ///
    /// # Errors
    /// When a named file cannot be read, or contains no certificate or key.
    pub(super) fn config_for(&self, authority: &str, is_named: bool) -> Result<TlsConfig, Error> {
        let mut further = Vec::new();
        for file in &self.authorities {
            further.extend(certificates_of(file)?);
        }
        let mut own = match &self.own {
            Some((certificate, key)) if is_named => Some(client_of(certificate, key)?),
            _ => None,
        };
        for folder in certificate_folders(authority) {
            for file in files_of(&folder) {
                match file.extension().and_then(|ending| ending.to_str()) {
                    Some("crt") => further.extend(certificates_of(&file)?),
                    Some("cert") if own.is_none() => {
                        own = Some(client_of(&file, &file.with_extension("key"))?);
                    }
                    _ => {}
                }
            }
        }
        let is_unproved = self.unproved_host.as_deref() == Some(authority);
        Ok(TlsConfig::builder()
            .root_certs(self.roots(further))
            .client_cert(own)
            .disable_verification(is_unproved)
            .build())
    }

    /// Returns the system's authorities and further ones. Without system authorities, those of Mozilla are used.
    fn roots(&self, further: Vec<Certificate<'static>>) -> RootCerts {
        let system = self.system.get_or_init(|| {
            let found = rustls_native_certs::load_native_certs().certs;
            let owned = found
                .iter()
                .map(|der| Certificate::from_der(der).to_owned());
            owned.collect()
        });
        if system.is_empty() && further.is_empty() {
            return RootCerts::WebPki;
        }
        RootCerts::Specific(Arc::new(system.iter().cloned().chain(further).collect()))
    }
}

/// Returns the folders in which engines look for the certificates of one host.
fn certificate_folders(authority: &str) -> Vec<PathBuf> {
    // Not a plain folder name: it could lead elsewhere.
    if authority.is_empty() || authority.contains(['/', '\\']) || authority.starts_with('.') {
        return Vec::new();
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let config = config.or_else(|| Some(home.as_ref()?.join(".config")));
    let system = PathBuf::from("/etc");
    let roots = [
        Some(system.join("docker")),
        Some(system.join("containers")),
        home.map(|home| home.join(".docker")),
        config.as_ref().map(|config| config.join("docker")),
        config.as_ref().map(|config| config.join("containers")),
    ];
    let folders = roots.into_iter().flatten();
    folders
        .map(|root| root.join(CERTIFICATES).join(authority))
        .collect()
}

/// Returns the files of a folder, sorted by name; none if it cannot be read.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

fn unfit(file: &Path, reason: &str) -> Error {
    let detail = format!("{}: {reason}", file.display());
    Error::new(ErrorKind::Certificate, Message::verbatim(detail))
}

fn items_of(file: &Path) -> Result<Vec<PemItem<'static>>, Error> {
    use std::io::Read as _;
    let failed = |cause: std::io::Error| unfit(file, &cause.to_string());
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(failed)?;
    opened
        .take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let items: Result<Vec<_>, _> = parse_pem(&bytes).collect();
    items.map_err(|cause| unfit(file, &cause.to_string()))
}

fn certificates_of(file: &Path) -> Result<Vec<Certificate<'static>>, Error> {
    let items = items_of(file)?.into_iter();
    let found: Vec<_> = items
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    match found.is_empty() {
        true => Err(unfit(file, "it holds no certificate in PEM")),
        false => Ok(found),
    }
}

fn client_of(certificate: &Path, key: &Path) -> Result<ClientCert, Error> {
    let chain = certificates_of(certificate)?;
    let key_of = |item| match item {
        PemItem::PrivateKey(key) => Some(key),
        _ => None,
    };
    let found: Option<PrivateKey<'static>> = items_of(key)?.into_iter().find_map(key_of);
    let found = found.ok_or_else(|| unfit(key, "it holds no private key in PEM"))?;
    Ok(ClientCert::new_with_certs(&chain, found))
}
