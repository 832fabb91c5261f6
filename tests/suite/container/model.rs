//! A slow and obvious file system: a map from path to inode number, changed edit by edit.
//!
//! It knows nothing of layers except which inodes existed before the first edit: those are copied when they change.

use std::collections::BTreeMap;

use lamina::layer::{Device, EntryKind};
use lamina::overlay::{LayerIdx, View};
use lamina::workspace::OpenImage;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Inode {
    pub(super) kind: EntryKind,
    pub(super) mode: u16,
    pub(super) owner: (u32, u32),
    /// 0 for directories.
    pub(super) mtime: i64,
    pub(super) content: (u64, u64),
    pub(super) link: Vec<u8>,
    pub(super) device: Option<Device>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) names: BTreeMap<String, usize>,
    pub(super) inodes: Vec<Inode>,
    /// Number of the container's first own inode.
    n_lower: usize,
}

/// Facts about a path that can be compared, with the other names of its inode.
pub(super) type Line = (String, Inode, Vec<String>);

/// Returns the lines of the union up to a layer.
pub(super) fn lines_of(image: &OpenImage, layer: Option<LayerIdx>) -> Vec<Line> {
    let Some(layer) = layer else {
        return Vec::new();
    };
    let (union, view) = (image.union(), View::UpTo(layer));
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let lines = union.listing(view).map(|listed| {
        let info = &listed.info;
        let is_file = info.kind == EntryKind::File;
        let place = info.content.filter(|_| is_file);
        let fingerprint = place.map_or(0, |place| union.entry(place).unwrap().fingerprint);
        let mtime = info.mtime.filter(|_| info.kind != EntryKind::Dir);
        let inode = Inode {
            kind: info.kind,
            mode: info.mode,
            owner: (info.uid, info.gid),
            mtime: mtime.map_or(0, |mtime| mtime.seconds),
            content: (info.size_bytes, fingerprint),
            link: info.link.to_vec(),
            device: info.device,
        };
        let links = union.links(listed.id, view);
        let links = links.iter().map(|&id| text(&union.path(id))).collect();
        (text(&listed.path), inode, links)
    });
    lines.collect()
}

fn is_at_or_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Model {
    pub(super) fn of(lines: &[Line]) -> Model {
        let mut model = Model::default();
        for (path, inode, links) in lines {
            let known = links.iter().find_map(|link| model.names.get(link).copied());
            let number = known.unwrap_or_else(|| {
                model.inodes.push(inode.clone());
                model.inodes.len() - 1
            });
            model.names.insert(path.clone(), number);
        }
        model.n_lower = model.inodes.len();
        model
    }

    pub(super) fn lines(&self) -> Vec<Line> {
        let line = |(path, number): (&String, &usize)| {
            let others = self
                .names
                .iter()
                .filter(|(other, n)| *n == number && *other != path);
            let links = others.map(|(other, _)| other.clone()).collect();
            (path.clone(), self.inodes[*number].clone(), links)
        };
        self.names.iter().map(line).collect()
    }

    pub(super) fn kind(&self, path: &str) -> Option<EntryKind> {
        Some(self.inodes[*self.names.get(path)?].kind)
    }

    /// Returns the inode of a path, after copying it if it is from below.
    pub(super) fn own(&mut self, path: &str) -> &mut Inode {
        let mut number = self.names[path];
        if number < self.n_lower {
            self.inodes.push(self.inodes[number].clone());
            number = self.inodes.len() - 1;
            self.names.insert(path.to_owned(), number);
        }
        &mut self.inodes[number]
    }

    pub(super) fn make(&mut self, path: &str, inode: Inode) {
        self.inodes.push(inode);
        self.names.insert(path.to_owned(), self.inodes.len() - 1);
    }

    pub(super) fn delete(&mut self, path: &str) {
        self.names.retain(|name, _| !is_at_or_below(name, path));
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) {
        let moved: Vec<_> = self
            .names
            .iter()
            .filter(|(name, _)| is_at_or_below(name, from))
            .map(|(name, number)| (name.clone(), *number))
            .collect();
        let mut copies = BTreeMap::new();
        for (name, number) in moved {
            self.names.remove(&name);
            let copy = if number < self.n_lower {
                *copies.entry(number).or_insert_with(|| {
                    self.inodes.push(self.inodes[number].clone());
                    self.inodes.len() - 1
                })
            } else {
                number
            };
            self.names
                .insert(format!("{to}{}", &name[from.len()..]), copy);
        }
    }
}
