//! The content of a bill of materials, whatever its format.

use crate::image::{Timestamp, escape, rfc3339};
use crate::insight::packages::{Package, PackageList, Standing};
use crate::insight::system::OsRelease;
use crate::workspace::OpenImage;

/// The parts that a document is made of.
#[derive(Clone, Copy)]
pub struct SbomSource<'a> {
    /// The image.
    pub image: &'a OpenImage,
    /// Its packages.
    pub list: &'a PackageList,
    /// Its distribution, which the names of system packages lie under.
    pub release: &'a OsRelease,
    /// The time of the document; `None` for the image's.
    pub created: Option<Timestamp>,
}

/// A name and a value that no field of a format has a place for.
pub(super) type Property = (&'static str, String);

impl<'a> SbomSource<'a> {
    /// Returns the name of the image.
    pub(super) fn title(&self) -> String {
        match self.image.title() {
            title if title.is_empty() => "image".to_owned(),
            title => title,
        }
    }

    /// Returns the time of the document, without a fraction of a second. An image that tells none is of 1970.
    pub(super) fn created(&self) -> String {
        let config = self.image.config();
        let own = config.and_then(|config| config.config.created.as_ref()?.at);
        let at = self.created.or(own).unwrap_or_default();
        rfc3339(Timestamp::from_seconds(at.seconds))
    }

    /// Returns the SHA-256 of the image: of its manifest, or else of its config.
    pub(super) fn sha256(&self) -> Option<String> {
        let found = &self.image.found;
        let manifest = found
            .manifest
            .as_ref()
            .map(|manifest| manifest.digest.to_string());
        let digest = manifest.or_else(|| Some(found.image_id.as_ref()?.to_string()))?;
        digest.strip_prefix("sha256:").map(str::to_owned)
    }

    /// Iterates over the packages that the image has, each with its position in the list.
    pub(super) fn packages(&self) -> impl Iterator<Item = (usize, &'a Package)> + use<'a> {
        let packages = self.list.packages.iter().enumerate();
        packages.filter(|(_, package)| package.standing() != Standing::Removed)
    }

    /// True if something of the image was not read, so that packages may be missing.
    pub(super) fn is_partial(&self) -> bool {
        let lacks = self
            .list
            .databases
            .iter()
            .any(|one| one.n_malformed + one.n_left_out > 0);
        lacks || self.list.n_left_out > 0 || !self.list.gaps.is_empty()
    }

    /// Returns what is told of a package beside the fields of a format.
    pub(super) fn properties(&self, package: &Package) -> Vec<Property> {
        let mut properties = vec![
            ("lamina:kind", package.kind.word().to_owned()),
            ("lamina:path", escape(&package.record.path)),
        ];
        if let Some(layer) = package.version_brought_by() {
            properties.push(("lamina:layer:index", layer.0.to_string()));
            if let Some(digest) = self.image.layer_digest(layer.0 as usize) {
                properties.push(("lamina:layer:digest", digest.to_string()));
            }
            if let Some(diff_id) = self.image.diff_id(layer.0 as usize) {
                properties.push(("lamina:layer:diffID", diff_id.0.to_string()));
            }
        }
        if package.n_owned > 0 {
            properties.push(("lamina:files", package.n_owned.to_string()));
            properties.push(("lamina:bytes", package.owned_bytes.to_string()));
        }
        if package.standing() == Standing::Unknown {
            properties.push(("lamina:database", "deleted by a layer".to_owned()));
        }
        properties
    }
}
