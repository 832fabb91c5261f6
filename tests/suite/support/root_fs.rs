//! A realistic root file system of any size. Names, depths, owners and times are like those in packages of a
//! distribution, of Python and of Node. It has several layers, and upper ones overwrite some files of lower ones.
//!
//! It is deterministic: the same numbers give the same rows. For measurements of
//! memory and speed outside the suites.

use lamina::image::Timestamp;
use lamina::layer::{
    DataPlace, Device, Entry, EntryId, EntryKind, IndexBuilder, LayerIndex, TarOffset,
};

/// One entry of a layer.
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) kind: EntryKind,
    pub(crate) size: u64,
    pub(crate) link: String,
    pub(crate) mtime: i64,
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

const SYLLABLES: [&str; 24] = [
    "an", "ber", "con", "dis", "ex", "fo", "gra", "hy", "in", "jo", "ka", "lo", "mul", "net", "ob",
    "per", "qu", "re", "sys", "tra", "un", "ver", "web", "ze",
];
const LANGUAGES: [&str; 8] = ["de", "fr", "ja", "pt_BR", "zh_CN", "es", "ru", "sr@latin"];

fn word(dice: &mut Dice, n_syllables: usize) -> String {
    (0..n_syllables)
        .map(|_| SYLLABLES[dice.roll(SYLLABLES.len())])
        .collect()
}

/// Returns layers that have `n_entries` entries in total, including directories.
pub(crate) fn layers(n_entries: usize, n_layers: usize) -> Vec<Vec<Row>> {
    let mut dice = Dice(2_024);
    let mut layers: Vec<Vec<Row>> = Vec::new();
    let (mut n_left, mut n_package) = (n_entries, 0_usize);
    for n in 0..n_layers {
        let most = n_left / (n_layers - n);
        let mut layer = Layer {
            rows: Vec::new(),
            dirs: std::collections::HashSet::new(),
            mtime: 0,
        };
        // Every layer of a distribution overwrites some files: package lists, caches and a
        // few files of the layer below.
        if let Some(below) = layers.last() {
            for row in below
                .iter()
                .step_by(40)
                .filter(|row| row.kind == EntryKind::File)
            {
                layer.mtime = row.mtime + 1;
                layer.file(&row.path, row.size + 1);
            }
        }
        while layer.rows.len() < most {
            n_package += 1;
            layer.mtime = 1_600_000_000 + (n_package as i64 * 7_919) % 100_000_000;
            package(&mut layer, &mut dice, n_package);
        }
        layer.rows.truncate(most);
        n_left -= layer.rows.len();
        // The tar of a layer is in the order of a directory walk.
        layer
            .rows
            .sort_by_cached_key(|row| row.path.replace('/', "\0"));
        layers.push(layer.rows);
    }
    layers
}

struct Layer {
    rows: Vec<Row>,
    dirs: std::collections::HashSet<String>,
    mtime: i64,
}

impl Layer {
    fn push(&mut self, path: &str, kind: EntryKind, size: u64, link: &str) {
        for (at, _) in path.match_indices('/') {
            if self.dirs.insert(path[..at].to_owned()) {
                self.add(&path[..at], EntryKind::Dir, 0, "");
            }
        }
        self.add(path, kind, size, link);
    }

    fn add(&mut self, path: &str, kind: EntryKind, size: u64, link: &str) {
        self.rows.push(Row {
            path: path.to_owned(),
            kind,
            size,
            link: link.to_owned(),
            mtime: self.mtime,
        });
    }

    fn file(&mut self, path: &str, size: u64) {
        self.push(path, EntryKind::File, size, "");
    }
}

/// Adds the files of one package. There are three kinds of packages.
fn package(layer: &mut Layer, dice: &mut Dice, number: usize) {
    let name = format!("{}{number}", word(dice, 3));
    let size = |dice: &mut Dice| 200 + (dice.roll(200) * dice.roll(400)) as u64;
    match number % 3 {
        0 => {
            for file in ["copyright", "changelog.Debian.gz", "README.md"] {
                layer.file(&format!("usr/share/doc/lib{name}/{file}"), size(dice));
            }
            for suffix in ["list", "md5sums", "triggers"] {
                layer.file(
                    &format!("var/lib/dpkg/info/lib{name}:amd64.{suffix}"),
                    size(dice),
                );
            }
            let library = format!("lib{name}.so.1");
            let path = format!("usr/lib/x86_64-linux-gnu/{library}");
            layer.file(&format!("{path}.{}.0", dice.roll(30)), 70_000);
            layer.push(&path, EntryKind::Symlink, 0, &format!("{library}.2.0"));
            for language in LANGUAGES.iter().take(dice.roll(9)) {
                layer.file(
                    &format!("usr/share/locale/{language}/LC_MESSAGES/{name}.mo"),
                    size(dice),
                );
            }
            layer.file(&format!("usr/share/man/man1/{name}.1.gz"), size(dice));
            layer.file(&format!("usr/bin/{name}"), 30_000);
        }
        1 => {
            let root = format!("usr/lib/python3/dist-packages/{name}");
            for _ in 0..6 + dice.roll(40) {
                let module = format!("{}_{}", word(dice, 2), word(dice, 3));
                let part = ["", "core/", "utils/", "tests/functional/"][dice.roll(4)];
                layer.file(&format!("{root}/{part}{module}.py"), size(dice));
                layer.file(
                    &format!("{root}/{part}__pycache__/{module}.cpython-311.pyc"),
                    size(dice),
                );
            }
            layer.file(&format!("{root}/__init__.py"), 0);
        }
        _ => {
            let root = format!("usr/local/lib/node_modules/{name}");
            for _ in 0..1 + dice.roll(6) {
                let inner = format!("{root}/node_modules/{}-{}", word(dice, 2), word(dice, 2));
                for file in ["package.json", "LICENSE", "README.md", "index.js"] {
                    layer.file(&format!("{inner}/{file}"), size(dice));
                }
                for _ in 0..dice.roll(24) {
                    let module = format!("{}-{}", word(dice, 2), word(dice, 3));
                    layer.file(&format!("{inner}/dist/esm/{module}.js"), size(dice));
                    layer.file(&format!("{inner}/dist/esm/{module}.js.map"), size(dice));
                    layer.file(&format!("{inner}/dist/types/{module}.d.ts"), size(dice));
                }
            }
            let target = format!("../lib/node_modules/{name}/cli.js");
            layer.push(
                &format!("usr/local/bin/{name}"),
                EntryKind::Symlink,
                0,
                &target,
            );
        }
    }
}

/// Returns the rows as an index, with offsets and fingerprints.
pub(crate) fn index_of(rows: &[Row]) -> LayerIndex {
    let mut builder = IndexBuilder::new();
    let mut offset = 0;
    for (number, row) in rows.iter().enumerate() {
        offset += 512;
        let entry = Entry {
            id: EntryId(0),
            path: row.path.as_bytes().into(),
            kind: row.kind,
            mode: if row.kind == EntryKind::Dir {
                0o755
            } else {
                0o644
            },
            uid: u32::from(number % 50 == 0) * 1_000,
            gid: 0,
            size_bytes: row.size,
            mtime: Timestamp::from_seconds(row.mtime),
            link: row.link.as_bytes(),
            device: None::<Device>,
            data: match row.size {
                0 => DataPlace::None,
                _ => DataPlace::At(TarOffset(offset)),
            },
            fingerprint: 0,
            sha256: None,
            incomplete: false,
        };
        let id = builder.push(&entry, &[]);
        if row.kind == EntryKind::File {
            let fingerprint = xxhash_rust::xxh3::xxh3_64(
                &[row.size, row.mtime as u64].map(u64::to_le_bytes).concat(),
            );
            builder.set_fingerprint(id, fingerprint);
        }
        offset += row.size.next_multiple_of(512);
    }
    builder.finish()
}
