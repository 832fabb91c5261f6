//! A slow and obvious union: a map from path to object, changed entry by entry as the specification says.
//!
//! Paths are whole strings, and every query looks at all of them. Of the library's union, it only uses the types
//! for the content of a layer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use lamina::image::ImagePath;
use lamina::layer::{Device, Entry, EntryKind, LayerIndex};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Inode {
    pub(super) kind: EntryKind,
    pub(super) mode: u16,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mtime: Option<i64>,
    pub(super) size_bytes: u64,
    pub(super) fingerprint: u64,
    pub(super) link: String,
    pub(super) device: Option<Device>,
    pub(super) xattrs: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) inode: usize,
    pub(super) layer: u32,
    pub(super) implied: bool,
}

/// The file system after some layers. The root is the empty path.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) inodes: Vec<Rc<Inode>>,
    pub(super) paths: BTreeMap<String, Object>,
}

/// Directory of the targets of AUFS's hard links.
const AUFS_LINKS: &str = ".wh..wh.plnk/";

/// Effects of the layer that is being applied.
struct Layer {
    number: u32,
    written: BTreeSet<String>,
    needed: BTreeSet<String>,
    /// AUFS's hard link targets: their inodes, by name.
    aufs: BTreeMap<String, usize>,
}

enum Found {
    Dir { path: String },
    Blocked { by: String, rest: Vec<String> },
    Loop,
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() {
        name.to_owned()
    } else {
        format!("{dir}/{name}")
    }
}

pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

pub(super) fn is_below(path: &str, dir: &str) -> bool {
    match path.strip_prefix(dir) {
        Some("") | None => false,
        Some(rest) => dir.is_empty() || rest.starts_with('/'),
    }
}

fn implied() -> Inode {
    Inode {
        kind: EntryKind::Dir,
        mode: 0o755,
        uid: 0,
        gid: 0,
        mtime: None,
        size_bytes: 0,
        fingerprint: 0,
        link: String::new(),
        device: None,
        xattrs: BTreeMap::new(),
    }
}

fn inode_of(entry: &Entry<'_>, xattrs: BTreeMap<String, String>) -> Inode {
    let (is_symlink, is_file) = (
        entry.kind == EntryKind::Symlink,
        entry.kind == EntryKind::File,
    );
    Inode {
        kind: entry.kind,
        mode: if is_symlink {
            0o777
        } else {
            entry.mode & 0o7777
        },
        uid: entry.uid,
        gid: entry.gid,
        mtime: Some(entry.mtime.seconds),
        size_bytes: entry.size_bytes,
        fingerprint: if is_file { entry.fingerprint } else { 0 },
        link: text(entry.link),
        device: entry.device,
        xattrs,
    }
}

impl Model {
    pub(super) fn new() -> Model {
        let mut model = Model {
            inodes: Vec::new(),
            paths: BTreeMap::new(),
        };
        model.set("", implied(), 0, true);
        model
    }

    pub(super) fn inode(&self, path: &str) -> Option<&Inode> {
        Some(&self.inodes[self.paths.get(path)?.inode])
    }

    pub(super) fn is_dir(&self, path: &str) -> bool {
        self.inode(path)
            .is_some_and(|inode| inode.kind == EntryKind::Dir)
    }

    fn set(&mut self, path: &str, inode: Inode, layer: u32, implied: bool) {
        self.inodes.push(Rc::new(inode));
        let object = Object {
            inode: self.inodes.len() - 1,
            layer,
            implied,
        };
        self.paths.insert(path.to_owned(), object);
    }

    pub(super) fn apply(&mut self, number: u32, index: &LayerIndex) {
        let mut layer = Layer {
            number,
            written: BTreeSet::new(),
            needed: BTreeSet::new(),
            aufs: BTreeMap::new(),
        };
        for entry in index.entries() {
            let xattrs = index.xattrs(entry.id);
            let xattrs = xattrs.map(|xattr| (text(xattr.name), text(xattr.value)));
            self.entry(&mut layer, &entry, inode_of(&entry, xattrs.collect()));
        }
    }

    fn entry(&mut self, layer: &mut Layer, entry: &Entry<'_>, inode: Inode) {
        let path = text(&entry.path.to_vec());
        if path.is_empty() {
            if entry.kind == EntryKind::Dir {
                self.write(layer, "", entry, inode);
            }
            return;
        }
        if path.starts_with(".wh..wh.") && path != ".wh..wh..opq" {
            if path.starts_with(AUFS_LINKS) && entry.kind == EntryKind::File {
                self.inodes.push(Rc::new(inode));
                layer.aufs.insert(path, self.inodes.len() - 1);
            }
            return;
        }
        let name = path.rsplit('/').next().unwrap().to_owned();
        if [".wh.", ".wh..", ".wh..."].contains(&name.as_str()) {
            return;
        }
        let Some(dir) = self.make_dirs(layer, parent(&path)) else {
            return;
        };
        let mut above = dir.as_str();
        loop {
            layer.needed.insert(above.to_owned());
            if above.is_empty() {
                break;
            }
            above = parent(above);
        }
        if name == ".wh..wh..opq" {
            self.hide_lower(layer, |path| is_below(path, &dir));
        } else if let Some(hidden) = name.strip_prefix(".wh.") {
            let hidden = join(&dir, hidden);
            self.hide_lower(layer, |path| path == hidden || is_below(path, &hidden));
        } else {
            self.write(layer, &join(&dir, &name), entry, inode);
        }
    }

    /// Removes paths of lower layers. Directories that this layer needs are made again.
    fn hide_lower(&mut self, layer: &mut Layer, hidden: impl Fn(&str) -> bool) {
        let paths: Vec<String> = self.paths.keys().cloned().collect();
        for path in paths {
            if !hidden(&path) || layer.written.contains(&path) {
                continue;
            }
            if layer.needed.contains(&path) && self.is_dir(&path) {
                self.set(&path, implied(), layer.number, true);
                layer.written.insert(path);
            } else {
                self.paths.remove(&path);
            }
        }
    }

    fn write(&mut self, layer: &mut Layer, path: &str, entry: &Entry<'_>, inode: Inode) {
        let shared = if entry.kind == EntryKind::Hardlink {
            self.link_target(layer, path, entry)
        } else {
            None
        };
        if entry.kind != EntryKind::Dir || !self.is_dir(path) {
            self.paths.retain(|other, _| !is_below(other, path));
            layer.written.retain(|other| !is_below(other, path));
        }
        layer.written.insert(path.to_owned());
        match shared {
            None => self.set(path, inode, layer.number, false),
            Some(at) => {
                let target = Rc::make_mut(&mut self.inodes[at]);
                if target.kind != EntryKind::Symlink {
                    target.mode = inode.mode;
                }
                (target.uid, target.gid, target.mtime) = (inode.uid, inode.gid, inode.mtime);
                target.xattrs.extend(inode.xattrs);
                let object = Object {
                    inode: at,
                    layer: layer.number,
                    implied: false,
                };
                self.paths.insert(path.to_owned(), object);
            }
        }
    }

    fn link_target(&self, layer: &Layer, path: &str, entry: &Entry<'_>) -> Option<usize> {
        let target = ImagePath::normalise(entry.link).unwrap().to_string();
        if target.starts_with(AUFS_LINKS) {
            return layer.aufs.get(&target).copied();
        }
        let Found::Dir { path: dir } = self.find_dir(parent(&target)) else {
            return None;
        };
        let name = target.rsplit('/').next().unwrap();
        let target = join(&dir, name);
        let kind = self.inode(&target)?.kind;
        let linkable = !matches!(kind, EntryKind::Dir | EntryKind::Hardlink) && target != path;
        linkable.then(|| self.paths[&target].inode)
    }

    fn make_dirs(&mut self, layer: &mut Layer, path: &str) -> Option<String> {
        let dir = match self.find_dir(path) {
            Found::Loop => return None,
            Found::Dir { path } => path,
            Found::Blocked { by, rest } => {
                self.paths.remove(&by);
                rest.iter().fold(by, |dir, name| join(&dir, name))
            }
        };
        let mut made = String::new();
        for name in dir.split('/').filter(|name| !name.is_empty()) {
            made = join(&made, name);
            if !self.paths.contains_key(&made) {
                self.set(&made, implied(), layer.number, true);
                layer.written.insert(made.clone());
            }
        }
        Some(dir)
    }

    /// Follows every symbolic link of a path to a directory. Missing components count as directories.
    fn find_dir(&self, path: &str) -> Found {
        let literal = path.split('/').map(|name| (name.to_owned(), false));
        let mut queue: VecDeque<(String, bool)> = literal.collect();
        let (mut at, mut hops, mut outermost) = (String::new(), 0, String::new());
        while let Some((name, in_link)) = queue.pop_front() {
            if name.is_empty() || name == "." {
                continue;
            }
            if name == ".." {
                at = parent(&at).to_owned();
                continue;
            }
            let next = join(&at, &name);
            if !in_link {
                outermost = next.clone();
            }
            match self.inode(&next) {
                Some(inode) if inode.kind == EntryKind::Symlink => {
                    hops += 1;
                    if hops > 255 {
                        return Found::Loop;
                    }
                    if inode.link.starts_with('/') {
                        at.clear();
                    }
                    for name in inode.link.split('/').rev() {
                        queue.push_front((name.to_owned(), true));
                    }
                }
                Some(inode) if inode.kind != EntryKind::Dir => {
                    let rest = queue.into_iter().filter(|(_, in_link)| !in_link);
                    return Found::Blocked {
                        by: outermost,
                        rest: rest.map(|(name, _)| name).collect(),
                    };
                }
                _ => at = next,
            }
        }
        Found::Dir { path: at }
    }

    /// Returns the other names of a path's inode.
    pub(super) fn links(&self, path: &str) -> Vec<&str> {
        let inode = self.paths[path].inode;
        let others = self
            .paths
            .iter()
            .filter(|(other, object)| object.inode == inode && *other != path);
        others.map(|(other, _)| other.as_str()).collect()
    }

    /// Returns the output of `docker diff` between two states: by path, `A`, `C` or `D`.
    pub(super) fn diff(&self, below: &Model) -> BTreeMap<String, char> {
        let mut changes = BTreeMap::new();
        for (path, object) in self.paths.iter().filter(|(path, _)| !path.is_empty()) {
            let now: &Inode = &self.inodes[object.inode];
            match below.inode(path) {
                None => {
                    changes.insert(path.clone(), 'A');
                }
                Some(then) => {
                    let mut then = then.clone();
                    if now.kind == EntryKind::Dir {
                        then.mtime = now.mtime;
                    }
                    if *now != then {
                        changes.insert(path.clone(), 'C');
                    }
                }
            }
        }
        for path in below.paths.keys() {
            if !self.paths.contains_key(path) && self.is_dir(parent(path)) {
                changes.insert(path.clone(), 'D');
            }
        }
        let listed: Vec<String> = changes.keys().cloned().collect();
        for path in listed {
            let mut above = parent(&path);
            while !above.is_empty() {
                changes.entry(above.to_owned()).or_insert('C');
                above = parent(above);
            }
        }
        changes
    }

    /// Returns the bytes and the numbers of files, directories and others below a directory.
    pub(super) fn totals(&self, dir: &str) -> (u64, u32, u32, u32) {
        let (mut seen, mut totals) = (BTreeSet::new(), (0, 0, 0, 0));
        for (_, object) in self.paths.iter().filter(|(path, _)| is_below(path, dir)) {
            let inode = &self.inodes[object.inode];
            match inode.kind {
                EntryKind::File => totals.1 += 1,
                EntryKind::Dir => totals.2 += 1,
                _ => totals.3 += 1,
            }
            if inode.kind == EntryKind::File && seen.insert(object.inode) {
                totals.0 += inode.size_bytes;
            }
        }
        totals
    }
}
