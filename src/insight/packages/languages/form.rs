//! The forms of files that tell packages, each known by its path.

use super::super::PackageKind;
use super::super::record::{Budget, Records};
use super::archive::is_archive;
use super::{golang, java, javascript, python, rust};

/// A form of file that tells packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum FileForm {
    /// The metadata of a Python package.
    Python,
    /// A `package.json`.
    Javascript,
    /// A Java archive.
    Archive,
    /// A program, which may have a list of what it is built of.
    Program,
}

/// A file as its layer has it.
#[derive(Clone, Copy)]
pub(in super::super) struct FoundFile<'p> {
    /// Its name.
    pub(in super::super) name: &'p [u8],
    /// The name of its directory; empty in the root.
    pub(in super::super) dir: &'p [u8],
    /// True if it is a program by its mode, and large enough for one.
    pub(in super::super) is_program: bool,
}

impl FileForm {
    /// Returns the form of a file; `None` for one that tells no package.
    pub(in super::super) fn of(file: FoundFile<'_>) -> Option<FileForm> {
        let FoundFile {
            name,
            dir,
            is_program,
        } = file;
        if name == b"package.json" {
            return Some(FileForm::Javascript);
        }
        if python::is_metadata(dir, name) {
            return Some(FileForm::Python);
        }
        if is_archive(name) {
            return Some(FileForm::Archive);
        }
        is_program.then_some(FileForm::Program)
    }

    /// Returns the kind of its packages, unless they say it themselves.
    pub(in super::super) fn kind(self) -> PackageKind {
        match self {
            FileForm::Python => PackageKind::Python,
            FileForm::Javascript => PackageKind::Npm,
            FileForm::Archive => PackageKind::Java,
            FileForm::Program => PackageKind::Go,
        }
    }

    /// Reads the packages of a file at a path, of which the end may be missing; `None` if it is in no known format.
    pub(in super::super) fn read(
        self,
        path: &[u8],
        bytes: &[u8],
        budget: Budget,
    ) -> Option<Records> {
        let mut records = Records::new(budget);
        // A path is kept as it is asked for, and as it is found.
        records.place_bytes = path.len().saturating_mul(2);
        match self {
            FileForm::Python => python::package(bytes, &mut records),
            FileForm::Javascript => javascript::package(bytes, &mut records),
            FileForm::Archive => java::packages(path, bytes, &mut records)?,
            FileForm::Program => {
                golang::packages(path, bytes, &mut records);
                rust::packages(path, bytes, &mut records);
            }
        }
        Some(records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_paths() {
        for (path, is_program, expected) in [
            ("lib/a-1.dist-info/METADATA", false, Some(FileForm::Python)),
            ("lib/a.egg-info/PKG-INFO", false, Some(FileForm::Python)),
            ("lib/a.egg/EGG-INFO/PKG-INFO", false, Some(FileForm::Python)),
            ("lib/a-1.egg-info", false, Some(FileForm::Python)),
            ("lib/a/METADATA", false, None),
            ("app/package.json", false, Some(FileForm::Javascript)),
            ("app/xpackage.json", false, None),
            ("app/a.jar", false, Some(FileForm::Archive)),
            ("app/A.WAR", true, Some(FileForm::Archive)),
            ("app/.jar", false, None),
            ("app/run", true, Some(FileForm::Program)),
            ("app/run", false, None),
        ] {
            let (dir, name) = path.rsplit_once('/').unwrap();
            let dir = dir.rsplit('/').next().unwrap().as_bytes();
            let name = name.as_bytes();
            let file = FoundFile {
                name,
                dir,
                is_program,
            };
            assert_eq!(FileForm::of(file), expected, "{path}");
        }
    }
}
