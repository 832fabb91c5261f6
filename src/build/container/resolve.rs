//! Resolves a path that a person wrote to a path that a layer may name, by following the links in its directories.
//!
//! Engines disagree on a layer that names a path through a link, so no edit produces one.

use super::upper::{Upper, join, parent_of};
use super::{Base, Refusal};
use crate::image::ImagePath;
use crate::layer::EntryKind;

/// Resolves the path of a directory. Every link is followed as a program in the container would, inside the root.
///
/// # Errors
/// When it does not exist, is not a directory, or its links are circular.
pub(super) fn real_dir(upper: &Upper, base: Base<'_>, path: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut at: Vec<u8> = Vec::new();
    // The components still to be walked; the next one is last.
    let mut rest: Vec<Vec<u8>> = reversed(path);
    let mut n_links = 0_usize;
    while let Some(name) = rest.pop() {
        if name == b".." {
            at = parent_of(&at).unwrap_or_default().to_vec();
            continue;
        }
        let next = join(&at, &name);
        let found = upper.find(base, &next).ok_or(Refusal::ParentMissing)?;
        let (kind, target) = upper.kind_of(base, found).ok_or(Refusal::ParentMissing)?;
        match kind {
            EntryKind::Dir => at = next,
            EntryKind::Symlink => {
                n_links = n_links.saturating_add(1);
                if n_links > base.limits().image.symlink_hops {
                    return Err(Refusal::Loop);
                }
                if target.starts_with(b"/") {
                    at.clear();
                }
                rest.extend(reversed(target));
            }
            _ => return Err(Refusal::ParentNotDirectory),
        }
    }
    Ok(at)
}

fn reversed(path: &[u8]) -> Vec<Vec<u8>> {
    let names = path.split(|&b| b == b'/').rev();
    let real = names.filter(|&name| !matches!(name, b"" | b"."));
    real.map(<[u8]>::to_vec).collect()
}

/// Resolves the links in the directories of a path. The last component stays as it is.
///
/// # Errors
/// As [`real_dir`].
pub(super) fn real_path(
    upper: &Upper,
    base: Base<'_>,
    path: &ImagePath,
) -> Result<Vec<u8>, Refusal> {
    let Some(name) = path.file_name() else {
        return Ok(Vec::new());
    };
    let dir = parent_of(path.as_bytes()).unwrap_or_default();
    Ok(join(&real_dir(upper, base, dir)?, name))
}
