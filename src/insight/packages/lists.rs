//! The lists of files that were read, by the view in which a package had them.

use std::collections::BTreeMap;

use super::databases::STATUS_D;
use super::paths::Paths;
use super::wants::INFO;
use crate::insight::system::FilePlace;
use crate::overlay::{EntryPlace, LayerIdx, NodeId, Union, View};

/// The lists of files of dpkg's packages, and of Python's.
#[derive(Default)]
pub(super) struct Lists {
    read: BTreeMap<EntryPlace, Paths>,
    /// The folders of lists, by the layer up to which the view goes.
    folders: BTreeMap<(LayerIdx, &'static str), Option<NodeId>>,
    /// Python's, by their directory and their layer.
    records: BTreeMap<(Vec<u8>, LayerIdx), (FilePlace, Paths)>,
}

impl Lists {
    /// Keeps a list by the place of its content.
    pub(super) fn insert(&mut self, content: EntryPlace, paths: Paths) {
        self.read.insert(content, paths);
    }

    /// Keeps a list that stands beside a package's metadata.
    pub(super) fn insert_record(&mut self, place: FilePlace, paths: Paths) {
        let key = (dir_of(&place.path).to_vec(), place.layer);
        self.records.insert(key, (place, paths));
    }

    /// Returns the list beside a file of metadata, up to a layer.
    pub(super) fn beside(&self, metadata: &[u8], upto: LayerIdx) -> Option<(FilePlace, &Paths)> {
        let dir = dir_of(metadata).to_vec();
        let lists = (dir.clone(), LayerIdx(0))..=(dir, upto);
        let (_, (place, paths)) = self.records.range(lists).next_back()?;
        Some((place.clone(), paths))
    }

    /// Returns the list of a package's files up to a layer, and its place. A package with a database of its own has the
    /// list beside that.
    pub(super) fn of(
        &mut self,
        union: &Union,
        upto: LayerIdx,
        database: &[u8],
        name: &str,
        architecture: &str,
        left_links: &mut u64,
    ) -> Option<(FilePlace, &Paths)> {
        let view = View::UpTo(upto);
        let own = database.strip_prefix(STATUS_D.as_bytes());
        let own = own.and_then(|rest| rest.strip_prefix(b"/"));
        let (dir, names) = match own {
            Some(own) => (STATUS_D, vec![[own, b".md5sums"].concat()]),
            None => {
                let endings = [".list", ".md5sums"];
                let names = endings.iter().flat_map(|ending| {
                    let both = format!("{name}:{architecture}{ending}");
                    [both.into_bytes(), format!("{name}{ending}").into_bytes()]
                });
                (INFO, names.collect())
            }
        };
        let folder = *self.folders.entry((upto, dir)).or_insert_with(|| {
            let found = union.follow_within(dir.as_bytes(), view, left_links);
            found.there()
        });
        let folder = folder?;
        let found = names.iter().find_map(|name| {
            let node = union.child(folder, name)?;
            let file = union.file(node, view)?;
            Some((node, file.layer, file.content?, name))
        });
        let (node, layer, content, name) = found?;
        let place = FilePlace {
            asked: [dir.as_bytes(), b"/", name].concat(),
            path: union.path(node),
            layer,
        };
        Some((place, self.read.get(&content)?))
    }
}

/// Returns the directory of a file; empty in the root.
pub(super) fn dir_of(path: &[u8]) -> &[u8] {
    let slash = path.iter().rposition(|&byte| byte == b'/');
    path.get(..slash.unwrap_or(0)).unwrap_or_default()
}
