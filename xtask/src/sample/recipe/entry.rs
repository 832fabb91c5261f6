//! Parses a line of a layer: `path = content`, `path -> target`, `path => path`, `path/`, and attributes after ` | `.

use lamina::image::{Created, ImagePath, bytes_of_hex};
use lamina::layer::EntryKind;

use super::expand::{Expansion, expand};
use super::parts::{Content, EntryRecipe, Moment};

/// Size in bytes of the largest file that a recipe may generate.
const PROGRAM_BYTES_MAX: u32 = 16 * 1024 * 1024;

/// The parts of a line before its braces are expanded.
struct Line<'a> {
    pattern: &'a str,
    kind: EntryKind,
    content: &'a str,
    link: &'a str,
    attributes: &'a str,
}

/// True if the entry's content is in the lines below it.
pub(crate) fn has_block(line: &str) -> bool {
    split(line).pattern_ends_in_equals()
}

/// Returns the entries of a line. `block` is the text of the lines below it, if there are any.
pub(crate) fn read(line: &str, block: Option<&str>) -> Result<Vec<EntryRecipe>, String> {
    let line = split(line);
    let pattern = line.pattern.trim_end_matches(" =");
    expand(pattern)?
        .iter()
        .map(|expansion| one(&line, expansion, block))
        .collect()
}

impl Line<'_> {
    fn pattern_ends_in_equals(&self) -> bool {
        self.kind == EntryKind::File && self.pattern.ends_with(" =")
    }
}

fn split(line: &str) -> Line<'_> {
    let (what, attributes) = line.split_once(" | ").unwrap_or((line, ""));
    let what = what.trim();
    let of = |pattern, kind, content, link| Line {
        pattern,
        kind,
        content,
        link,
        attributes,
    };
    if let Some((path, target)) = what.split_once(" -> ") {
        of(path, EntryKind::Symlink, "", target)
    } else if let Some((path, target)) = what.split_once(" => ") {
        of(path, EntryKind::Hardlink, "", target)
    } else if let Some((path, content)) = what.split_once(" = ") {
        of(path, EntryKind::File, content, "")
    } else if what.ends_with('/') {
        of(what, EntryKind::Dir, "", "")
    } else {
        of(what, EntryKind::File, "", "")
    }
}

fn one(line: &Line<'_>, expansion: &Expansion, block: Option<&str>) -> Result<EntryRecipe, String> {
    let content = match (block, line.content.strip_prefix('@')) {
        (Some(block), _) => Content::Text(expansion.fill(block).into_bytes()),
        (None, Some(size)) => Content::Program(
            size.parse()
                .ok()
                .filter(|size| *size <= PROGRAM_BYTES_MAX)
                .ok_or_else(|| {
                    format!(
                        "@{size}: a number of bytes up to {PROGRAM_BYTES_MAX} belongs after the @"
                    )
                })?,
        ),
        (None, None) => Content::Text(unescape(&expansion.fill(line.content))?),
    };
    let path =
        ImagePath::normalise(&unescape(&expansion.path)?).map_err(|error| error.to_string())?;
    let mut entry = EntryRecipe {
        path: path.as_bytes().to_vec(),
        kind: line.kind,
        content,
        link: unescape(&expansion.fill(line.link))?,
        mode: match line.kind {
            EntryKind::Dir => 0o755,
            EntryKind::Symlink => 0o777,
            _ => 0o644,
        },
        uid: 0,
        gid: 0,
        mtime: None,
        xattrs: Vec::new(),
    };
    for attribute in line.attributes.split_whitespace() {
        let (key, value) = attribute
            .split_once('=')
            .ok_or_else(|| format!("{attribute:?}: an attribute has the form key=value"))?;
        set(&mut entry, key, value).map_err(|reason| format!("{attribute:?}: {reason}"))?;
    }
    Ok(entry)
}

fn set(entry: &mut EntryRecipe, key: &str, value: &str) -> Result<(), String> {
    match key {
        "mode" => {
            entry.mode = u16::from_str_radix(value, 8)
                .ok()
                .filter(|mode| *mode <= 0o7777)
                .ok_or("a mode is octal, up to 7777")?;
        }
        "uid" => entry.uid = value.parse().map_err(|_| "an owner is a number")?,
        "gid" => entry.gid = value.parse().map_err(|_| "a group is a number")?,
        "mtime" => entry.mtime = Some(moment(value)?.at),
        key => {
            let name = key
                .strip_prefix("xattr.")
                .ok_or("attributes are mode, uid, gid, mtime and xattr.NAME")?;
            entry
                .xattrs
                .push((name.as_bytes().to_vec(), unescape(value)?));
        }
    }
    Ok(())
}

/// Resolves `\n`, `\\` and `\xHH`. All other text stands for itself.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first != b'\\' {
            bytes.push(*first);
            rest = tail;
            continue;
        }
        let (byte, used) = match tail {
            [b'n', ..] => (b'\n', 1),
            [b'\\', ..] => (b'\\', 1),
            [b'x', high, low, ..] => {
                let digits = [*high, *low];
                let byte = bytes_of_hex(std::str::from_utf8(&digits).unwrap_or_default());
                let Some([byte]) = byte.as_deref() else {
                    return Err("\\x needs two hexadecimal digits".to_owned());
                };
                (*byte, 3)
            }
            _ => return Err("after a backslash stands n, x or another backslash".to_owned()),
        };
        bytes.push(byte);
        rest = tail.get(used..).unwrap_or_default();
    }
    Ok(bytes)
}

/// Parses a time in RFC 3339, the form used in configs.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    let created = Created::new(text);
    let at = created
        .at
        .ok_or_else(|| format!("{text:?}: a time like 2025-01-31T12:00:00Z is wanted"))?;
    Ok(Moment {
        text: created.raw,
        at,
    })
}
