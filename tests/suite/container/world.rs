//! Images in memory, edits written as lines, and their results as lines:
//!
//! ```text
//! write etc/hosts = 127.0.0.1    a file, new or with new content; also with `| mode=0600 uid=1 gid=2`
//! dir a, dirs a/b/c              a directory, and all missing ones
//! link bin/sh -> dash            a symbolic link
//! delete a, move a -> b, mode 755 a, owner 1:2 a
//! ```

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::build::commit::NewCompression;
use lamina::build::container::{Attributes, Edit, MemoryContents, Refused, Step};
use lamina::image::{ConfigDocument, DiffId, Digest, ImagePath, MediaType, Timestamp, escape};
use lamina::io::{Bytes, MemorySpool};
use lamina::layer::{Check, EntryKind, FileHashes, ReadOptions};
use lamina::overlay::{Change, LayerIdx, View};
use lamina::source::{Annotations, FoundImage, FoundLayer, Origin, SliceBlob};
use lamina::workspace::{CommitError, CommitOrder, LayerStatus, OpenImage, read_layer};

use crate::support::{run, tar_of};

/// Time of all edits and commits: 2024-02-29T12:00:00Z.
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_709_208_000);

pub(super) fn path(text: &str) -> ImagePath {
    ImagePath::normalise(text.as_bytes()).unwrap()
}

/// Returns the layers that a text describes.
pub(super) fn tars_of(layers: &str) -> Vec<Vec<u8>> {
    let layers = layers.split("---\n");
    layers
        .map(|layer| tar_of(layer.trim_end_matches(' ')))
        .collect()
}

/// Returns the JSON of a config with these layers, and `more` members before them.
pub(super) fn config_json(tars: &[Vec<u8>], more: &str) -> String {
    let diff_ids: Vec<_> = tars
        .iter()
        .map(|tar| format!("\"{}\"", Digest::sha256_of(tar)))
        .collect();
    let steps = vec![r#"{"created_by":"base"}"#; tars.len()].join(",");
    format!(
        r#"{{{more}"architecture":"arm64","os":"linux","rootfs":{{"type":"layers","diff_ids":[{}]}},"history":[{steps}]}}"#,
        diff_ids.join(",")
    )
}

/// Returns an image of uncompressed layers.
pub(super) fn found(tars: &[Vec<u8>], config: &str) -> FoundImage {
    let document = ConfigDocument::parse(config.as_bytes(), 1 << 20).unwrap();
    let layers = tars.iter().map(|tar| FoundLayer {
        media_type: Some(MediaType::new("application/vnd.oci.image.layer.v1.tar")),
        digest: Some(Digest::sha256_of(tar)),
        size_bytes: Some(tar.len() as u64),
        diff_id: Some(DiffId(Digest::sha256_of(tar))),
        annotations: Default::default(),
        blob: Ok(Rc::new(SliceBlob::new(
            Rc::new(Bytes::new(tar.clone())),
            "a layer",
        ))),
    });
    FoundImage {
        names: vec!["test:1".to_owned()],
        origin: Origin::OciLayout,
        image_id: Some(document.digest.clone()),
        manifest: None,
        index_digest: None,
        index: None,
        beside: None,
        platform: Some(document.config.platform.clone()),
        config: Some(Ok(document)),
        layers: layers.collect(),
        annotations: Annotations::default(),
        artifact_type: None,
        warnings: Vec::new(),
    }
}

/// Opens an image and reads its layers, which must all be verified.
pub(super) fn opened(found: FoundImage) -> OpenImage {
    let mut image = OpenImage::new(found, Limits::DEFAULT);
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Skip,
    };
    while let Some(layer) = image.next_waiting() {
        let task = image.task(layer).unwrap();
        let go_on = |_| ControlFlow::Continue(());
        let (read, verdict) = run(read_layer(task, options, &go_on)).unwrap();
        assert_eq!(read.damage, None);
        for check in [&verdict.digest, &verdict.size, &verdict.diff_id] {
            assert_eq!(check, &Check::Ok, "layer {layer}");
        }
        image.accept(layer, LayerStatus::Read(Rc::new(read), verdict));
    }
    image
}

/// An image and its container layer.
pub(super) struct World {
    pub(super) image: OpenImage,
    contents: Rc<MemoryContents>,
}

impl World {
    /// Makes an image from layers separated by lines of dashes, with an empty container layer.
    pub(super) fn new(layers: &str) -> World {
        let tars = tars_of(layers);
        World::of(found(&tars, &config_json(&tars, "")))
    }

    pub(super) fn of(found: FoundImage) -> World {
        let mut world = World {
            image: opened(found),
            contents: Rc::new(MemoryContents::new()),
        };
        let contents = Rc::clone(&world.contents);
        world.image.start_container(NOW, contents).unwrap();
        world
    }

    /// Parses an edit. New content is stored.
    pub(super) fn edit_of(&mut self, line: &str) -> Edit {
        let (what, rest) = line.trim().split_once(' ').unwrap();
        let two = |sign: &str| {
            let (one, other) = rest.split_once(sign).unwrap();
            (one.trim().to_owned(), other.trim().to_owned())
        };
        match what {
            "write" => {
                let (rest, attributes) = rest.split_once(" | ").unwrap_or((rest, ""));
                let (name, text) = rest.split_once(" =").unwrap();
                let contents = Rc::make_mut(&mut self.contents);
                let content = contents.keep(text.trim_start().as_bytes());
                Edit::File {
                    path: path(name),
                    content,
                    attributes: attributes_of(attributes),
                }
            }
            "dir" => Edit::Dir {
                path: path(rest),
                attributes: None,
            },
            "dirs" => Edit::Dirs { path: path(rest) },
            "link" => {
                let (name, target) = two("->");
                Edit::Symlink {
                    path: path(&name),
                    target: target.into_bytes(),
                }
            }
            "delete" => Edit::Delete { path: path(rest) },
            "move" => {
                let (from, to) = two("->");
                Edit::Rename {
                    from: path(&from),
                    to: path(&to),
                }
            }
            "mode" => {
                let (mode, name) = two(" ");
                Edit::Mode {
                    path: path(&name),
                    mode: u16::from_str_radix(&mode, 8).unwrap(),
                }
            }
            "owner" => {
                let (owner, name) = two(" ");
                let (uid, gid) = owner.split_once(':').unwrap();
                Edit::Owner {
                    path: path(&name),
                    uid: uid.parse().unwrap(),
                    gid: gid.parse().unwrap(),
                }
            }
            other => panic!("{other} is no edit"),
        }
    }

    /// Applies edits, one per line, as one step.
    pub(super) fn try_edit(&mut self, lines: &str) -> Result<(), Refused> {
        let edits = lines
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| self.edit_of(line))
            .collect();
        // Lets the image find the new contents.
        let journal = self.image.container().unwrap().journal().clone();
        let contents = Rc::clone(&self.contents);
        let refused = self.image.restore_container(journal, contents).unwrap();
        assert_eq!(refused, None, "what was done can be done again");
        self.image.edit(Step { at: NOW, edits })
    }

    pub(super) fn edit(&mut self, lines: &str) {
        self.try_edit(lines)
            .unwrap_or_else(|refused| panic!("{lines}: {refused}"));
    }

    /// Returns the output of `docker diff`: `C /etc`.
    pub(super) fn diff(&self) -> String {
        let lines = self.image.changes().into_iter().map(|changed| {
            let letter = match changed.change {
                Change::Added => 'A',
                Change::Changed => 'C',
                Change::Deleted => 'D',
            };
            format!("{letter} /{}\n", escape(&changed.path))
        });
        lines.collect()
    }

    /// Returns the entries that a commit writes, in the order of the tar, as short lines.
    pub(super) fn written(&self) -> Vec<String> {
        let written = self.image.container_entries().unwrap();
        let line = |entry: &lamina::build::container::WrittenEntry| {
            let path = escape(&entry.path);
            match entry.kind {
                EntryKind::Dir => format!("{path}/"),
                EntryKind::Symlink => format!("{path} -> {}", escape(&entry.link)),
                EntryKind::Hardlink => format!("{path} => {}", escape(&entry.link)),
                EntryKind::File => path,
                kind => format!("{path} {kind:?}"),
            }
        };
        written.entries.iter().map(line).collect()
    }

    /// Returns the files that a container sees.
    pub(super) fn seen(&self) -> Vec<String> {
        let layer = self.image.container_layer().unwrap();
        seen(&self.image, layer)
    }

    /// Returns the image that a commit makes, with its layers read.
    pub(super) fn committed(&self, order: &CommitOrder) -> OpenImage {
        opened(self.try_commit(order).unwrap())
    }

    pub(super) fn try_commit(&self, order: &CommitOrder) -> Result<FoundImage, CommitError> {
        let task = self.image.commit_task()?;
        let spool = Box::new(MemorySpool::new(1 << 30));
        run(task.run(order, spool, &|_| ControlFlow::Continue(())))
    }
}

/// Returns an order for a commit with only a time.
pub(super) fn order(compression: NewCompression) -> CommitOrder {
    CommitOrder {
        author: String::new(),
        message: String::new(),
        created_by: CommitOrder::CREATED_BY.to_owned(),
        created: NOW,
        settings: None,
        compression,
        names: Vec::new(),
    }
}

fn attributes_of(text: &str) -> Option<Attributes> {
    let mut attributes = Attributes::FILE;
    for word in text.split_whitespace() {
        let (key, value) = word.split_once('=').unwrap();
        match key {
            "mode" => attributes.mode = u16::from_str_radix(value, 8).unwrap(),
            "uid" => attributes.uid = value.parse().unwrap(),
            "gid" => attributes.gid = value.parse().unwrap(),
            other => panic!("{other} is no attribute"),
        }
    }
    (!text.is_empty()).then_some(attributes)
}

/// Describes the union up to a layer: path, kind, mode, owner, time (except of directories, whose times change with
/// their content), content, target, attributes and other names.
pub(super) fn seen(image: &OpenImage, layer: LayerIdx) -> Vec<String> {
    let union = image.union();
    let view = View::UpTo(layer);
    let lines = union.listing(view).map(|listed| {
        let info = &listed.info;
        let content = match (info.kind, info.content) {
            (EntryKind::File, Some(place)) => {
                let file = image.file_content(place).unwrap();
                assert_eq!(file.size_bytes(), info.size_bytes);
                let bytes = run(file.read(0, u64::MAX, &|_| None)).unwrap();
                assert_eq!(bytes.len() as u64, info.size_bytes);
                escape(&bytes)
            }
            _ => String::new(),
        };
        let mtime = info.mtime.filter(|_| info.kind != EntryKind::Dir);
        let mtime = mtime.map_or(0, |mtime| mtime.seconds);
        let links = union.links(listed.id, view);
        let links: Vec<_> = links.iter().map(|&id| escape(&union.path(id))).collect();
        // User attributes of other kinds of files are not visible in a container.
        let holds_users = matches!(info.kind, EntryKind::File | EntryKind::Dir);
        let xattrs: Vec<_> = union
            .xattrs(listed.id, view)
            .iter()
            .filter(|xattr| holds_users || !xattr.name.starts_with(b"user."))
            .map(|xattr| format!("{}={}", escape(xattr.name), escape(xattr.value)))
            .collect();
        format!(
            "{} {:?} {:o} {}:{} {mtime} {content:?} {:?} {:?} {xattrs:?} {links:?}",
            escape(&listed.path),
            info.kind,
            info.mode,
            info.uid,
            info.gid,
            escape(info.link),
            info.device,
        )
    });
    lines.collect()
}
