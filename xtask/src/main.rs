//! Tasks of the project that its product does not ship: the images that the page shows as a sample.
//!
//! `cargo run -p xtask -- sample RECIPE OUTDIR` writes a read-only registry from a text recipe.

mod sample;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["sample", recipe, folder] => write_sample(Path::new(recipe), Path::new(folder)),
        _ => Err("write it as: xtask sample RECIPE OUTDIR".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::from(2)
        }
    }
}

/// Writes `v2/` with the registry of a recipe into a folder.
fn write_sample(recipe: &Path, folder: &Path) -> Result<(), String> {
    let failed = |path: &Path, cause: String| format!("{}: {cause}", path.display());
    let text = fs::read_to_string(recipe).map_err(|cause| failed(recipe, cause.to_string()))?;
    let files = sample::sample(&text).map_err(|cause| failed(recipe, cause.to_string()))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|cause| failed(parent, cause.to_string()))?;
        fs::write(&path, bytes).map_err(|cause| failed(&path, cause.to_string()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    mod expand;
    mod parse;

    use super::*;

    #[test]
    fn sample_writes_a_registry() {
        let folder = std::env::temp_dir().join(format!("lamina-xtask-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        let recipe = folder.join("recipe");
        let text = "layer base\n    etc/hostname = lamina\nimage demo:1\n    layer: base\n";
        fs::write(&recipe, text).expect("a file");
        let out = folder.join("out");
        assert_eq!(write_sample(&recipe, &out), Ok(()));
        assert!(out.join("v2/demo/manifests/1").is_file());
        fs::write(&recipe, "nonsense").expect("a file");
        let error = write_sample(&recipe, &out).expect_err("it is no recipe");
        assert!(error.contains("line 1 of the recipe"), "{error}");
        fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
