//! `lamina sample`: writes the files of a small read-only registry into a folder.

use std::fs;
use std::path::Path;

use crate::build;

use super::error::Error;
use super::{Outcome, native};

/// Writes the registry of a recipe.
pub(super) fn run(recipe: &Path, folder: &Path) -> Result<Outcome, Error> {
    let failed = |path: &Path, cause: &std::io::Error| Error::File {
        path: path.display().to_string(),
        cause: native::unreadable(cause),
    };
    let text = fs::read_to_string(recipe).map_err(|cause| failed(recipe, &cause))?;
    let files = build::sample(&text).map_err(|cause| Error::Recipe {
        path: recipe.display().to_string(),
        cause,
    })?;
    for (name, bytes) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|cause| failed(parent, &cause))?;
        fs::write(&path, bytes).map_err(|cause| failed(&path, &cause))?;
    }
    Ok(Outcome::Whole)
}
