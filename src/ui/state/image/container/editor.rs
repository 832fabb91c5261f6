//! Holds the file that is being edited, and chooses its syntax highlighting.

use crate::protocol::{ImagePath, Problem};
use crate::ui::state::Shared;

use super::super::Loadable;

/// Largest file that can be edited in the page.
pub const EDIT_LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// A file that is being edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Editing {
    /// The path.
    pub path_key: ImagePath,
    /// Readable form of the path.
    pub path: String,
    /// Text that the editor starts with.
    pub text: Loadable<Shared<String>>,
    /// True if the editor's text differs from the saved one.
    pub is_changed: bool,
    /// True while the text is being saved.
    pub is_saving: bool,
    /// True if the user is asked what to do with unsaved changes.
    pub asks_leave: bool,
    /// Reason why the text was not saved.
    pub problem: Option<Problem>,
}

impl Editing {
    pub(super) fn new(path_key: ImagePath, path: String) -> Editing {
        Editing {
            path_key,
            path,
            text: Loadable::Loading,
            is_changed: false,
            is_saving: false,
            asks_leave: false,
            problem: None,
        }
    }
}

/// Returns the editor's language for a file, by its name or else by its first line; empty for plain text.
pub fn language_of(path: &str, text: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match (name, extension) {
        ("Dockerfile" | "Containerfile", _) => return "dockerfile",
        ("nginx.conf", _) => return "nginx",
        ("profile" | "bashrc" | ".bashrc" | ".profile" | "bash.bashrc", _) => return "shell",
        (_, "sh" | "bash" | "ash" | "env") => return "shell",
        (_, "py") => return "python",
        (_, "js" | "mjs" | "cjs" | "ts") => return "javascript",
        (_, "json") => return "json",
        (_, "yaml" | "yml") => return "yaml",
        (_, "toml") => return "toml",
        (_, "html" | "htm") => return "html",
        (_, "xml" | "svg") => return "xml",
        (_, "css") => return "css",
        (_, "pl" | "pm") => return "perl",
        (_, "rb") => return "ruby",
        (_, "conf" | "cfg" | "ini" | "properties" | "service") => return "properties",
        _ => {}
    }
    let first = text.lines().next().unwrap_or_default();
    let Some(interpreter) = first.strip_prefix("#!") else {
        return "";
    };
    let has = |word: &str| interpreter.contains(word);
    match () {
        () if has("python") => "python",
        () if has("perl") => "perl",
        () if has("ruby") => "ruby",
        () if has("node") => "javascript",
        () if has("sh") => "shell",
        () => "",
    }
}
