//! The same image twice, as Lamina's union of the layers' tars and as files on disk, and the differences.
//!
//! A difference is one facet of one path. `divergences` decides whether it is allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::image::escape;
use lamina::layer::{DataPlace, Entry, EntryKind, Expected, FileHashes, LayerReader, ReadOptions};
use lamina::overlay::{LayerIdx, NodeId, NodeInfo, Union, View};

use crate::umoci::Owners;

/// An image as Lamina reads it.
pub(crate) struct Case {
    pub(crate) tars: Vec<Vec<u8>>,
    pub(crate) union: Union,
    /// Warnings from reading the tars and applying the layers: code and entry.
    warnings: Vec<(String, String)>,
}

/// Facts about a path, by facet.
pub(crate) type Facets = BTreeMap<&'static str, String>;

/// A facet of a path that differs. Empty on a side that does not have the path.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    pub(crate) path: String,
    pub(crate) facet: &'static str,
    pub(crate) lamina: String,
    pub(crate) engine: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference {
            path,
            facet,
            lamina,
            engine,
        } = self;
        write!(
            f,
            "{facet} of {path:?}: {lamina:?} by Lamina, {engine:?} by umoci"
        )
    }
}

impl Case {
    /// Reads the layers from the bytes of their tars.
    pub(crate) fn new(tars: Vec<Vec<u8>>) -> Case {
        let mut union = Union::new(Limits::DEFAULT);
        let mut warnings = Vec::new();
        for tar in &tars {
            let options = ReadOptions {
                limits: LayerLimits::DEFAULT,
                file_hashes: FileHashes::Skip,
            };
            let mut reader = LayerReader::new(Expected::default(), options);
            reader.push(tar);
            let reading = reader.finish();
            assert_eq!(reading.damage, None);
            let layer = union.apply(Rc::new(reading.index));
            let told = reading.warnings.kept.iter();
            warnings.extend(
                told.chain(&union.warnings(layer).kept)
                    .map(|warning| (warning.code().to_owned(), warning.subject.clone())),
            );
        }
        Case {
            tars,
            union,
            warnings,
        }
    }

    /// Returns the union of all layers.
    pub(crate) fn view(&self) -> View {
        View::UpTo(self.union.last_layer().unwrap())
    }

    /// Returns the node of a path as a difference names it.
    pub(crate) fn id(&self, path: &str) -> Option<NodeId> {
        self.union.lookup(path.as_bytes())
    }

    /// Returns the facts about a path in the union of all layers.
    pub(crate) fn info(&self, path: &str) -> Option<NodeInfo<'_>> {
        self.union.node(self.id(path)?, self.view())
    }

    /// Returns a facet of a path in the union of the layers below one.
    pub(crate) fn facet_below(&self, path: &str, layer: LayerIdx, facet: &str) -> Option<String> {
        let view = View::UpTo(LayerIdx(layer.0.checked_sub(1)?));
        let info = self.union.node(self.id(path)?, view)?;
        self.facets(self.id(path)?, &info, view).remove(facet)
    }

    /// Returns the layers' entries in their order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (LayerIdx, Entry<'_>)> {
        (0..self.tars.len() as u32).map(LayerIdx).flat_map(|layer| {
            let index = self.union.layer_index(layer).unwrap();
            index.entries().map(move |entry| (layer, entry))
        })
    }

    /// True if there was this warning about an entry that `fits`.
    pub(crate) fn warns(&self, code: &str, fits: impl Fn(&str) -> bool) -> bool {
        let mut warnings = self.warnings.iter();
        warnings.any(|(of, subject)| of == code && fits(subject))
    }

    fn content(&self, info: &NodeInfo<'_>) -> Vec<u8> {
        let place = info.content.unwrap();
        let entry = self.union.entry(place).unwrap();
        match entry.data {
            DataPlace::At(start) => {
                let bytes = &self.tars[place.layer.0 as usize][start.0 as usize..];
                bytes[..entry.size_bytes as usize].to_vec()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the facts about each path in the union, with the root as `.`.
    fn paths(&self) -> BTreeMap<String, Facets> {
        let view = self.view();
        let listed = self.union.listing(view);
        let listed = listed.map(|listed| (escape(&listed.path), listed.id));
        let all = listed.chain([(".".to_owned(), NodeId::ROOT)]);
        all.map(|(path, id)| {
            let info = self.union.node(id, view).unwrap();
            (path, self.facets(id, &info, view))
        })
        .collect()
    }

    fn facets(&self, id: NodeId, info: &NodeInfo<'_>, view: View) -> Facets {
        let word = match info.kind {
            EntryKind::File => "file",
            EntryKind::Dir => "dir",
            EntryKind::Symlink => "symlink",
            EntryKind::Hardlink => "unresolved",
            EntryKind::Char => "char",
            EntryKind::Block => "block",
            EntryKind::Fifo => "fifo",
        };
        let links = self.union.links(id, view);
        let links = links.into_iter().map(|id| escape(&self.union.path(id)));
        let mut facets = Facets::from([
            ("type", word.to_owned()),
            ("owner", format!("{}:{}", info.uid, info.gid)),
            ("names", words(&links.collect())),
        ]);
        if let Some(mtime) = info.mtime {
            facets.insert("time", mtime.seconds.to_string());
        }
        if info.kind != EntryKind::Symlink {
            facets.insert("mode", format!("{:04o}", info.mode));
        }
        if info.kind == EntryKind::File {
            facets.insert("content", escape(&self.content(info)));
        }
        if info.kind == EntryKind::Symlink {
            facets.insert("target", escape(info.link));
        }
        if let Some(device) = info.device {
            facets.insert("device", format!("{}:{}", device.major, device.minor));
        }
        facets
    }
}

fn words(names: &BTreeSet<String>) -> String {
    names
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the facts about each path in a folder, with the folder itself as `.`.
fn paths_on_disk(root: &Path) -> BTreeMap<String, Facets> {
    let (mut paths, mut inodes) = (BTreeMap::new(), BTreeMap::<u64, BTreeSet<String>>::new());
    let mut pending = vec![".".to_owned()];
    while let Some(path) = pending.pop() {
        let full = match path.as_str() {
            "." => root.to_owned(),
            path => root.join(OsStr::from_bytes(path.as_bytes())),
        };
        let meta = fs::symlink_metadata(&full).unwrap();
        let mut facets = Facets::new();
        facets.insert("owner", format!("{}:{}", meta.uid(), meta.gid()));
        facets.insert("time", meta.mtime().to_string());
        let kind = meta.file_type();
        let word = if kind.is_dir() {
            // Without root, one's own directory may be unreadable.
            fs::set_permissions(&full, fs::Permissions::from_mode(0o700)).unwrap();
            for entry in fs::read_dir(&full).unwrap() {
                let name = escape(entry.unwrap().file_name().as_bytes());
                pending.push(if path == "." {
                    name
                } else {
                    format!("{path}/{name}")
                });
            }
            "dir"
        } else if kind.is_symlink() {
            let target = fs::read_link(&full).unwrap();
            facets.insert("target", escape(target.as_os_str().as_bytes()));
            "symlink"
        } else if kind.is_file() {
            facets.insert("content", escape(&fs::read(&full).unwrap()));
            "file"
        } else if kind.is_fifo() {
            "fifo"
        } else {
            // The kernel's own packing of both numbers, as in stat.
            let (low, high) = (meta.rdev() & 0xff, meta.rdev() >> 8 & 0xfff);
            facets.insert("device", format!("{high}:{low}"));
            if kind.is_char_device() {
                "char"
            } else {
                "block"
            }
        };
        facets.insert("type", word.to_owned());
        if !kind.is_symlink() {
            facets.insert("mode", format!("{:04o}", meta.mode() & 0o7777));
        }
        if !kind.is_dir() {
            inodes.entry(meta.ino()).or_default().insert(path.clone());
        }
        paths.insert(path, (meta.ino(), facets));
    }
    paths
        .into_iter()
        .map(|(path, (inode, mut facets))| {
            let mut names = inodes.get(&inode).cloned().unwrap_or_default();
            names.remove(&path);
            facets.insert("names", words(&names));
            (path, facets)
        })
        .collect()
}

/// Returns every facet that differs between the union and a folder.
pub(crate) fn differences(case: &Case, folder: &Path, owners: Owners) -> Vec<Difference> {
    let (mine, theirs) = (case.paths(), paths_on_disk(folder));
    let mut differences = Vec::new();
    let all: BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
    for path in all {
        let mut tell = |facet, lamina: Option<&String>, engine: Option<&String>| {
            if lamina != engine {
                differences.push(Difference {
                    path: path.clone(),
                    facet,
                    lamina: lamina.cloned().unwrap_or_default(),
                    engine: engine.cloned().unwrap_or_default(),
                });
            }
        };
        let (Some(mine), Some(theirs)) = (mine.get(path), theirs.get(path)) else {
            let word = |facets: Option<&Facets>| facets.map(|facets| facets["type"].clone());
            tell(
                "presence",
                word(mine.get(path)).as_ref(),
                word(theirs.get(path)).as_ref(),
            );
            continue;
        };
        let is_device = mine.contains_key("device");
        for facet in [
            "type", "mode", "owner", "time", "content", "target", "device", "names",
        ] {
            let told = match facet {
                "owner" => owners == Owners::AsInImage,
                "type" | "device" | "content" => owners == Owners::AsInImage || !is_device,
                // If no entry has a time, the union has none.
                "time" => mine.contains_key("time"),
                _ => true,
            };
            if told {
                tell(facet, mine.get(facet), theirs.get(facet));
            }
        }
    }
    differences
}
