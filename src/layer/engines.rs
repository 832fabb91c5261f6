//! Notices about entries that container engines change or refuse: limits of their kernel, and attributes that
//! overlay mounts reserve for themselves.

use super::{Device, EngineRefusal, Entry, EntryKind, Notice};

/// Longest file name on Linux, in bytes.
const NAME_MAX: usize = 255;
/// Longest path on Linux, in bytes, including a leading slash and the final NUL.
const PATH_MAX: usize = 4096;

/// Returns the notices about an entry. `name` is its name as written in the archive, `attributes` the names of its
/// extended attributes.
pub(super) fn notices_of<'n>(
    name: &[u8],
    entry: &Entry<'_>,
    attributes: impl Iterator<Item = &'n [u8]>,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    if leads_above_root(name) {
        notices.push(Notice::AboveRoot);
    }
    notices.extend(too_long(entry).map(|why| Notice::EnginesRefuse { why }));
    if entry.kind == EntryKind::Char && entry.device.is_some_and(is_zero) {
        notices.push(Notice::DeviceZero);
    }
    notices.extend(attributes.filter_map(Notice::of_attribute));
    notices
}

fn too_long(entry: &Entry<'_>) -> Option<EngineRefusal> {
    let dirs = entry.path.dir.split(|&b| b == b'/');
    let longest = dirs.chain([entry.path.name]).map(<[u8]>::len).max();
    let longest = longest.unwrap_or(0);
    let path_bytes = match entry.path.dir.len() {
        0 => entry.path.name.len(),
        n_bytes => n_bytes + 1 + entry.path.name.len(),
    };
    if longest > NAME_MAX {
        Some(EngineRefusal::NameTooLong {
            n_bytes: longest as u64,
        })
    } else if path_bytes + 2 > PATH_MAX {
        Some(EngineRefusal::PathTooLong {
            n_bytes: path_bytes as u64,
        })
    } else if entry.kind != EntryKind::Symlink {
        None
    } else if entry.link.is_empty() {
        Some(EngineRefusal::EmptyLink)
    } else if entry.link.len() >= PATH_MAX {
        Some(EngineRefusal::LinkTooLong {
            n_bytes: entry.link.len() as u64,
        })
    } else {
        None
    }
}

/// True if the device becomes 0/0 in Docker, which combines twelve bits of `major` with twenty bits of `minor`.
fn is_zero(device: Device) -> bool {
    device.major & 0xfff == 0 && device.minor & 0xf_ffff == 0
}

/// True if a relative name has more `..` than directories before them.
fn leads_above_root(name: &[u8]) -> bool {
    if name.starts_with(b"/") {
        return false;
    }
    let mut depth = 0i64;
    name.split(|&b| b == b'/').any(|component| {
        match component {
            b"" | b"." => {}
            b".." => depth -= 1,
            _ => depth += 1,
        }
        depth < 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_above_the_root_only_without_a_slash_before_it() {
        for (name, above) in [
            ("../a", true),
            ("a/../../b", true),
            ("./..", true),
            ("/../a", false),
            ("a/../b", false),
            ("a/b/../../c", false),
            ("..a/b", false),
        ] {
            assert_eq!(leads_above_root(name.as_bytes()), above, "{name}");
        }
    }
}
