//! Converts arguments to edits. Each argument has its parts separated by colons.

use crate::bounds::Limits;
use crate::build::container::{Edit, MemoryContents};

use super::super::error::Error;
use super::CommitArguments;
use super::files::{Adding, above, path_of};

/// Returns the edits in their order of application, and the bytes that they bring.
pub(super) async fn edits_of(
    arguments: &CommitArguments,
    limits: &Limits,
) -> Result<(Vec<Edit>, MemoryContents), Error> {
    let mut edits = Vec::new();
    for path in &arguments.delete {
        edits.push(Edit::Delete {
            path: path_of(path)?,
        });
    }
    for argument in &arguments.rename {
        let (from, to) = parted(argument, "--rename FROM:TO")?;
        let (from, to) = (path_of(from)?, path_of(to)?);
        edits.push(Edit::Rename { from, to });
    }
    for path in &arguments.mkdir {
        edits.push(Edit::Dirs {
            path: path_of(path)?,
        });
    }
    let mut adding = Adding::new(limits);
    for argument in &arguments.add {
        let (source, path) = parted(argument, "--add FILE:PATH")?;
        adding.add(source, path).await?;
    }
    let (mut added, contents) = adding.finish();
    edits.append(&mut added);
    for argument in &arguments.symlink {
        let (target, path) = parted(argument, "--symlink TARGET:PATH")?;
        let path = path_of(path)?;
        edits.extend(above(&path));
        let target = target.as_bytes().to_vec();
        edits.push(Edit::Symlink { path, target });
    }
    for argument in &arguments.chmod {
        let (mode, path) = parted(argument, "--chmod MODE:PATH")?;
        let mode = u16::from_str_radix(mode, 8);
        let mode = mode.map_err(|_| wrong(argument, "--chmod MODE:PATH, the mode octal"))?;
        let path = path_of(path)?;
        edits.push(Edit::Mode { path, mode });
    }
    for argument in &arguments.chown {
        let form = "--chown UID:GID:PATH, both numbers";
        let mut parts = argument.splitn(3, ':');
        let mut number = || parts.next().and_then(|part| part.parse().ok());
        let (uid, gid) = (number(), number());
        let (Some(uid), Some(gid), Some(path)) = (uid, gid, parts.next()) else {
            return Err(wrong(argument, form));
        };
        let path = path_of(path)?;
        edits.push(Edit::Owner { path, uid, gid });
    }
    Ok((edits, contents))
}

/// Splits an argument at the last colon, since the first part may contain colons.
fn parted<'a>(argument: &'a str, form: &str) -> Result<(&'a str, &'a str), Error> {
    let parts = argument.rsplit_once(':');
    let filled = parts.filter(|(one, other)| !one.is_empty() && !other.is_empty());
    filled.ok_or_else(|| wrong(argument, form))
}

fn wrong(argument: &str, form: &str) -> Error {
    Error::Choice(format!("{argument:?}: write it as {form}"))
}
