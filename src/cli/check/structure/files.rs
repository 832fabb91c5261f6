//! Looks at the files of the final file system, as a program in a container finds them.

use crate::cli::error::Error;
use crate::image::{ImageConfig, env_pair, escape};
use crate::layer::EntryKind;
use crate::overlay::{LayerIdx, NodeId, NodeInfo, Union, View};
use crate::workspace::OpenImage;

/// Bytes of a path with its variables.
const MOST_PATH_BYTES: usize = 64 * 1024;

/// The file system that is tested, with a bound on what is decoded of it.
pub(super) struct TestedFiles<'a> {
    image: &'a OpenImage,
    left_bytes: u64,
}

impl<'a> TestedFiles<'a> {
    pub(super) fn new(image: &'a OpenImage) -> TestedFiles<'a> {
        TestedFiles {
            image,
            left_bytes: image.limits().image.passed_bytes,
        }
    }

    fn union(&self) -> &'a Union {
        self.image.union()
    }

    fn view(&self) -> View {
        View::UpTo(LayerIdx::at(self.image.n_applied().saturating_sub(1)))
    }

    /// Returns what stands at a path, without following the path itself if it is a link.
    pub(super) fn at(&self, path: &str) -> Option<NodeInfo<'a>> {
        self.union().node(self.node_at(path)?, self.view())
    }

    fn node_at(&self, path: &str) -> Option<NodeId> {
        let path = cleaned(path);
        let Some((dir, name)) = path.rsplit_once('/') else {
            return match path.as_str() {
                "" => Some(NodeId::ROOT),
                name => self.union().child(NodeId::ROOT, name.as_bytes()),
            };
        };
        let dir = self.union().resolve(dir.as_bytes(), self.view()).ok()?;
        self.union().child(dir, name.as_bytes())
    }

    /// Returns the names of the directories in a directory, sorted.
    pub(super) fn directories(&self, path: &str) -> Option<Vec<String>> {
        let dir = self
            .union()
            .resolve(cleaned(path).as_bytes(), self.view())
            .ok()?;
        let is_dir = |id: &NodeId| {
            let info = self.union().node(*id, self.view());
            info.is_some_and(|info| info.kind == EntryKind::Dir)
        };
        is_dir(&dir).then(|| {
            let children = self.union().children(dir, self.view()).filter(is_dir);
            let names = children.map(|id| escape(self.union().name(id)));
            let mut names: Vec<String> = names.collect();
            names.sort_unstable();
            names
        })
    }

    /// Returns the text of a file, up to a bound. Bytes that are no UTF-8 are replaced.
    pub(super) async fn text(&mut self, path: &str, most_bytes: u64) -> Result<String, String> {
        let node = self.union().resolve(cleaned(path).as_bytes(), self.view());
        let node = node.map_err(|_| "there is no such file".to_owned())?;
        let info = self.union().node(node, self.view());
        let info = info.ok_or("there is no such file")?;
        if info.kind != EntryKind::File {
            return Err("it is no regular file".to_owned());
        }
        if info.size_bytes > most_bytes {
            let size = info.size_bytes;
            return Err(format!(
                "it has {size} bytes, and at most {most_bytes} are read"
            ));
        }
        let content = info
            .content
            .and_then(|place| self.image.file_content(place));
        let content = content.ok_or("its content is not there")?;
        self.left_bytes = self
            .left_bytes
            .checked_sub(content.passed_bytes())
            .ok_or("too many bytes precede it in its layer")?;
        let bytes = content.read(0, info.size_bytes, &|_| None).await;
        let bytes = bytes.map_err(|error| Error::from(error).to_string())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Returns a path without `.`, `..`, empty parts, and the slash before it, by its letters alone.
fn cleaned(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Puts the config's variables into a path: `$NAME` and `${NAME}`.
pub(super) fn with_variables(path: &str, config: Option<&ImageConfig>) -> String {
    let runtime = config.and_then(|config| config.config.as_ref());
    let env = runtime.map_or(&[][..], |runtime| &runtime.env);
    let value = |name: &str| {
        let mut pairs = env.iter().rev().map(|entry| env_pair(entry));
        let found = pairs.find(|(key, _)| *key == name);
        found.and_then(|(_, value)| value).unwrap_or_default()
    };
    let mut text = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let (name, next) = match after
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
        {
            Some(braced) => braced,
            None => {
                let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let end = after.find(|c| !is_of_name(c)).unwrap_or(after.len());
                after.split_at_checked(end).unwrap_or((after, ""))
            }
        };
        text.push_str(value(name));
        rest = next;
        if text.len() > MOST_PATH_BYTES {
            return text;
        }
    }
    text + rest
}

/// Words a mode as Go does: `-rw-r--r--`, `drwxr-xr-x`, `urwxr-xr-x`, `dtrwxrwxrwx`.
pub(super) fn mode_text(info: &NodeInfo<'_>) -> String {
    let kind = match info.kind {
        EntryKind::Dir => "d",
        EntryKind::Symlink => "L",
        EntryKind::Fifo => "p",
        EntryKind::Block => "D",
        EntryKind::Char => "Dc",
        EntryKind::File | EntryKind::Hardlink => "",
    };
    let special = [(0o4000, 'u'), (0o2000, 'g'), (0o1000, 't')];
    let special = special.iter().filter(|(bit, _)| info.mode & bit != 0);
    // Go has these letters in the order of its bits: device, pipe, setuid, setgid, character device, sticky.
    let mut letters = kind.to_owned();
    letters.extend(special.map(|(_, letter)| letter));
    if letters.is_empty() {
        letters.push('-');
    }
    for (at, letter) in "rwxrwxrwx".chars().enumerate() {
        letters.push(if info.mode & (0o400 >> at) != 0 {
            letter
        } else {
            '-'
        });
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_by_their_letters() {
        for (path, expected) in [
            ("/etc/../bin/su", "bin/su"),
            ("bin//su/", "bin/su"),
            ("/./a", "a"),
            ("/../..", ""),
        ] {
            assert_eq!(cleaned(path), expected);
        }
    }

    #[test]
    fn variables_are_those_of_the_config() {
        let config = ImageConfig {
            config: Some(crate::image::RuntimeConfig {
                env: vec!["A=b".to_owned(), "A=c".to_owned(), "LONG_1=x/y".to_owned()],
                ..Default::default()
            }),
            ..Default::default()
        };
        for (path, expected) in [
            ("/$A/x", "/c/x"),
            ("${LONG_1}z", "x/yz"),
            ("$NONE/a", "/a"),
            ("a$", "a"),
            ("plain", "plain"),
        ] {
            assert_eq!(with_variables(path, Some(&config)), expected);
        }
        assert_eq!(with_variables("$A", None), "");
    }
}
