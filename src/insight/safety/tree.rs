//! Looks at the modes, attributes and programs of the final file system.

use std::collections::BTreeSet;

use super::capabilities;
use super::{SafetyFinding, SafetyPlace, SafetyRule};
use crate::layer::EntryKind;
use crate::overlay::{NodeId, NodeInfo, Union, View};

/// Bits of a mode: runs as its owner, runs as its group, only owners delete, everyone writes.
const SETUID: u16 = 0o4000;
const SETGID: u16 = 0o2000;
const STICKY: u16 = 0o1000;
const WRITABLE: u16 = 0o002;

/// Programs that are known by their paths.
const PROGRAMS: [(SafetyRule, &str); 12] = [
    (SafetyRule::Sudo, "usr/bin/sudo"),
    (SafetyRule::Sudo, "bin/sudo"),
    (SafetyRule::Sudo, "usr/local/bin/sudo"),
    (SafetyRule::Sudo, "usr/bin/doas"),
    (SafetyRule::Sudo, "bin/doas"),
    (SafetyRule::Sudo, "usr/local/bin/doas"),
    (SafetyRule::SshServer, "usr/sbin/sshd"),
    (SafetyRule::SshServer, "sbin/sshd"),
    (SafetyRule::SshServer, "usr/local/sbin/sshd"),
    (SafetyRule::SshServer, "usr/sbin/dropbear"),
    (SafetyRule::SshServer, "sbin/dropbear"),
    (SafetyRule::SshServer, "usr/local/sbin/dropbear"),
];

/// Gives the findings of a view, in the order of its paths' first entries.
pub(super) fn of_view(union: &Union, view: View, give: &mut dyn FnMut(SafetyFinding)) {
    for id in union.ids() {
        let Some(info) = union.node(id, view) else {
            continue;
        };
        let mut found = |rule, capabilities| {
            let place = place(union, id, &info, capabilities);
            give(SafetyFinding { rule, place });
        };
        match info.kind {
            EntryKind::File => {
                for (bit, rule) in [
                    (SETUID, SafetyRule::Setuid),
                    (SETGID, SafetyRule::Setgid),
                    (WRITABLE, SafetyRule::WritableFile),
                ] {
                    if info.mode & bit != 0 {
                        found(rule, String::new());
                    }
                }
                if let Some(text) = capabilities_of(union, id, view) {
                    found(SafetyRule::Capabilities, text);
                }
            }
            EntryKind::Dir if info.mode & (WRITABLE | STICKY) == WRITABLE => {
                found(SafetyRule::WritableDir, String::new());
            }
            _ => {}
        }
    }
    let mut known = BTreeSet::new();
    for (rule, path) in PROGRAMS {
        let Ok(id) = union.resolve(path.as_bytes(), view) else {
            continue;
        };
        let info = union.node(id, view);
        let Some(info) = info.filter(|info| info.kind == EntryKind::File) else {
            continue;
        };
        if known.insert(id) {
            let place = place(union, id, &info, String::new());
            give(SafetyFinding { rule, place });
        }
    }
}

fn capabilities_of(union: &Union, id: NodeId, view: View) -> Option<String> {
    let attributes = union.xattrs(id, view);
    let held = attributes
        .iter()
        .find(|attribute| attribute.name == capabilities::ATTRIBUTE)?;
    capabilities::text(held.value)
}

fn place(union: &Union, id: NodeId, info: &NodeInfo<'_>, capabilities: String) -> SafetyPlace {
    SafetyPlace::Path {
        path: union.path(id),
        layer: info.metadata.map_or(info.layer, |entry| entry.layer),
        mode: info.mode,
        uid: info.uid,
        gid: info.gid,
        size_bytes: info.size_bytes,
        capabilities,
    }
}
