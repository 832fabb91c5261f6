//! The twin of a view on the command line: what `lamina` prints of the same.

use crate::protocol::{ImageView, Origin, PlatformChoice, TreeView};

use super::{ImagePart, ImageState, visible_text};

impl ImageState {
    /// Returns the command that tells what the page shows; `None` where no command does. `file` stands for a file
    /// without a name.
    pub fn twin(&self, file: &str) -> Option<String> {
        let image = &*self.image;
        let mut words = vec!["lamina".to_owned(), self.verb()?];
        let choice = self.place().platform;
        let platform = match &choice {
            Some(PlatformChoice::Wanted(platform)) => Some(platform),
            // In an archive each platform is an image of its own.
            _ if image.address.is_none() && image.platforms.len() > 1 => image.platform.as_ref(),
            _ => None,
        };
        if let Some(platform) = platform {
            words.push(format!("--platform {}", quoted(&platform.to_string())));
        }
        if let Some(name) = one_of_several(image) {
            words.push(format!("--ref {}", quoted(name)));
        }
        words.push(quoted(&place(image, choice.as_ref(), file)?));
        let command = words.join(" ");
        // What cannot be shown as it is must not reach a shell by way of the clipboard.
        (visible_text(&command) == command).then_some(command)
    }

    /// Returns the command's verb, and the options that stand for the view.
    fn verb(&self) -> Option<String> {
        let n_layers = self.image.layers.len();
        let verb = match (self.tab, self.tree.view) {
            (ImagePart::Files, _) if !self.has_tree() => "inspect",
            // The container layer is in this browser alone.
            (ImagePart::Files, TreeView::Union) if self.container.is_open() => return None,
            (ImagePart::Files, TreeView::Union) => "ls",
            (ImagePart::Files, TreeView::UpTo(layer)) => {
                let is_its = (layer as usize) < n_layers;
                return is_its.then(|| format!("ls --upto {layer}"));
            }
            (ImagePart::Files, TreeView::Layer(layer)) => {
                let is_its = (layer as usize) < n_layers;
                return is_its.then(|| format!("ls --layer {layer}"));
            }
            (ImagePart::Space, _) => "check",
            (ImagePart::Overview | ImagePart::System, _) => "inspect",
            (
                ImagePart::Configuration | ImagePart::History | ImagePart::Raw | ImagePart::Tags,
                _,
            ) => "inspect --json",
            (ImagePart::Packages, _) => "inspect --packages",
            (ImagePart::Findings, _) => "inspect --secrets --safety",
            (ImagePart::Diff | ImagePart::Commit, _) => return None,
        };
        Some(verb.to_owned())
    }
}

/// Returns the place that the command opens; `None` for an image that is in no place yet.
fn place(image: &ImageView, choice: Option<&PlatformChoice>, file: &str) -> Option<String> {
    match (&image.address, image.origin) {
        (Some(address), _) => {
            let plain = address.strip_prefix("https://").unwrap_or(address);
            Some(match choice {
                Some(PlatformChoice::Manifest(digest)) => format!("{}@{digest}", untagged(plain)),
                _ => plain.to_owned(),
            })
        }
        (None, Origin::Committed) => None,
        (None, _) => match &image.file_name {
            // Neither an option, nor the name of a repository.
            Some(name) if name.starts_with('-') || !name.contains('.') => Some(format!("./{name}")),
            Some(name) => Some(name.clone()),
            None => Some(file.to_owned()),
        },
    }
}

/// Returns an address without its tag or digest.
fn untagged(address: &str) -> &str {
    let address = address.split('@').next().unwrap_or(address);
    match address.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => address,
    }
}

/// Returns the name of an image in an archive. An archive with one image takes it, too.
fn one_of_several(image: &ImageView) -> Option<&str> {
    let is_in_file = image.address.is_none();
    image
        .names
        .first()
        .filter(|_| is_in_file)
        .map(String::as_str)
}

/// Quotes a word as shells take it, where it is needed.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '+' | ',' | '=')
    };
    match !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('-') {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_its_tag_and_its_digest() {
        for (address, expected) in [
            ("localhost:5000/app:1", "localhost:5000/app"),
            ("localhost:5000/app", "localhost:5000/app"),
            ("r.test/team/app:1@sha256:ab", "r.test/team/app"),
            ("http://r.test:5000/app:1", "http://r.test:5000/app"),
        ] {
            assert_eq!(untagged(address), expected);
        }
    }

    #[test]
    fn words_are_quoted_where_a_shell_reads_them_otherwise() {
        for (word, expected) in [
            ("app.tar", "app.tar"),
            ("my app.tar", "'my app.tar'"),
            ("it's.tar", "'it'\\''s.tar'"),
            ("$(rm).tar", "'$(rm).tar'"),
            ("-rf", "'-rf'"),
            ("镜像.tar", "'镜像.tar'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
