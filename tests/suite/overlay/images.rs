//! Random images as short text: few names, many collisions, every construct that a layer can hold.
//!
//! An image is known by its seed alone. Nothing here names the library, so that the ring with a real engine
//! (`tests/engines.rs`) draws its images from the same well. How lines are read is `support/text.rs`'s.

use std::collections::BTreeMap;

/// How often a choice looks at nothing, out of a hundred; else it takes what makes sense at that point: a parent
/// that is a directory, a link's target that is there, a whiteout of something below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mix {
    pub(crate) blind_percent: usize,
}

/// The layers of an image, base first.
pub(crate) fn image(seed: u64, mix: Mix) -> Vec<String> {
    let mut maker = Maker {
        random: Random::new(seed),
        mix,
        now: BTreeMap::new(),
        below: Vec::new(),
    };
    let n_layers = 2 + maker.random.below(7);
    (0..n_layers).map(|_| maker.layer()).collect()
}

/// An image as one text, its layers parted by lines of dashes.
pub(crate) fn told(seed: u64, layers: &[String]) -> String {
    format!("the image of seed {seed}:\n{}", layers.join("---\n"))
}

/// What an entry can be, each as often as it stands here.
const CONSTRUCTS: &[Construct] = &[
    Construct::File,
    Construct::File,
    Construct::File,
    Construct::File,
    Construct::File,
    Construct::Dir,
    Construct::Dir,
    Construct::Dir,
    Construct::Dir,
    Construct::Symlink,
    Construct::Symlink,
    Construct::Symlink,
    Construct::Hardlink,
    Construct::Hardlink,
    Construct::Hardlink,
    Construct::Node,
    Construct::Whiteout,
    Construct::Whiteout,
    Construct::Whiteout,
    Construct::Opaque,
    Construct::Again,
    Construct::Odd,
];

#[derive(Clone, Copy, Debug)]
enum Construct {
    File,
    Dir,
    Symlink,
    Hardlink,
    /// A named pipe or a device.
    Node,
    Whiteout,
    Opaque,
    /// The path of an entry before, in the same layer or another, as something else.
    Again,
    /// The root, whiteouts of nothing, what AUFS keeps for itself.
    Odd,
}

const NAMES: &[&str] = &["a", "b", "c", "a-b", "d.e"];

/// What the maker believes to be at a path; a guess that only has to be right mostly.
#[derive(Clone, Debug, PartialEq)]
enum Thing {
    Dir,
    Leaf,
    Link(String),
}

struct Maker {
    random: Random,
    mix: Mix,
    now: BTreeMap<String, Thing>,
    /// What was there when the layer began.
    below: Vec<String>,
}

impl Maker {
    fn layer(&mut self) -> String {
        self.below = self.now.keys().cloned().collect();
        (0..self.random.below(14)).map(|_| self.line()).collect()
    }

    fn line(&mut self) -> String {
        let construct = CONSTRUCTS[self.random.below(CONSTRUCTS.len())];
        let what = match construct {
            Construct::Again => {
                let path = self.there(|_| true);
                let one = self.random.below(4);
                self.object(
                    [
                        Construct::File,
                        Construct::Dir,
                        Construct::Symlink,
                        Construct::Node,
                    ][one],
                    path,
                )
            }
            Construct::Whiteout => {
                let path = self.lower();
                self.forget(&path, true);
                let (dir, name) = split(&path);
                join(dir, &format!(".wh.{name}"))
            }
            Construct::Opaque => {
                let dir = self.dir();
                self.forget(&dir, false);
                join(&dir, ".wh..wh..opq")
            }
            Construct::Odd => self.odd(),
            construct => {
                let path = self.path();
                self.object(construct, path)
            }
        };
        let attributes = self.attributes();
        format!("{what} | {attributes}\n")
    }

    fn object(&mut self, construct: Construct, path: String) -> String {
        // A link's target is chosen before its own path is written over.
        let line = match construct {
            Construct::Dir => format!("{path}/"),
            Construct::Symlink => {
                let target = self.symlink_target(&path);
                let line = format!("{path} -> {target}");
                self.write(&path, Thing::Link(target));
                return self.spelled(line);
            }
            Construct::Hardlink => {
                let target = self.there(|thing| *thing != Thing::Dir);
                format!(
                    "{path} => {}{target}",
                    self.random.of(&["", "", "", "/", "./", "../"])
                )
            }
            Construct::Node => format!("{path} {}", self.random.of(&["p", "p", "c 1:3", "b 8:1"])),
            _ => format!("{path} = {}", self.random.of(&["x", "yy", "yy", "zzz", ""]))
                .trim_end()
                .to_owned(),
        };
        let thing = if construct_is_dir(construct) {
            Thing::Dir
        } else {
            Thing::Leaf
        };
        self.write(&path, thing);
        self.spelled(line)
    }

    /// The same path in another spelling, now and then.
    fn spelled(&mut self, line: String) -> String {
        let prefix = self
            .random
            .of(&["", "", "", "", "", "", "", "", "./", "/", "..//", "./c/../"]);
        format!("{prefix}{line}")
    }

    fn odd(&mut self) -> String {
        let dir = self.dir();
        let odd = self.random.of(&[
            "./",
            "./",
            "./",
            "./",
            ".wh.",
            ".wh..",
            ".wh...",
            ".wh..wh.aufs",
            ".wh..wh.plnk/1 = content",
            "l => .wh..wh.plnk/1",
            "./ -> a",
            ".wh..wh.orph/",
            ".wh.none/x = 1",
            ".whx = 1",
            "a.wh.b = 1",
        ]);
        if odd.starts_with("./") || odd.contains(".wh..wh.") {
            odd.to_owned()
        } else {
            join(&dir, odd)
        }
    }

    fn attributes(&mut self) -> String {
        let mode = self.random.of(&[
            "0755", "0755", "0700", "0644", "0640", "4711", "1777", "0100600",
        ]);
        let (uid, gid, mtime) = (
            self.random.below(2),
            self.random.below(2),
            self.random.below(4) * 1000,
        );
        let xattr = self.random.of(&[
            "",
            "",
            "",
            "",
            "",
            "",
            " xattr.user.k=v",
            " xattr.user.k=w xattr.user.l=v",
        ]);
        format!("mode={mode} uid={uid} gid={gid} mtime={mtime}{xattr}")
    }

    fn is_blind(&mut self) -> bool {
        self.random.below(100) < self.mix.blind_percent
    }

    fn any_path(&mut self) -> String {
        let depth = 1 + self.random.below(3);
        let names: Vec<_> = (0..depth).map(|_| self.random.of(NAMES)).collect();
        names.join("/")
    }

    /// Where a new object goes: into a directory, or a new directory in it that no entry describes.
    fn path(&mut self) -> String {
        if self.is_blind() {
            return self.any_path();
        }
        let mut dir = self.dir();
        if self.random.below(12) == 0 {
            let implied = join(&dir, "implied");
            if self
                .now
                .get(&implied)
                .is_none_or(|thing| *thing == Thing::Dir)
            {
                self.now.insert(implied.clone(), Thing::Dir);
                dir = implied;
            }
        }
        if dir.matches('/').count() > 2 {
            dir.clear();
        }
        join(&dir, self.random.of(NAMES))
    }

    /// A directory, the root now and then, seldom by a symbolic link that leads to one.
    fn dir(&mut self) -> String {
        if self.is_blind() {
            return split(&self.any_path()).0.to_owned();
        }
        if self.random.below(10) == 0 {
            let link = self.there(|thing| matches!(thing, Thing::Link(_)));
            if self.leads_to_dir(&link) {
                return link;
            }
        }
        if self.random.below(4) == 0 {
            return String::new();
        }
        let dirs: Vec<&String> = self
            .now
            .iter()
            .filter(|(_, thing)| **thing == Thing::Dir)
            .map(|(path, _)| path)
            .collect();
        match dirs.len() {
            0 => String::new(),
            n => dirs[self.random.below(n)].clone(),
        }
    }

    /// Something that is there; any path where nothing fits.
    fn there(&mut self, fits: impl Fn(&Thing) -> bool) -> String {
        let fitting: Vec<&String> = self
            .now
            .iter()
            .filter(|(_, thing)| fits(thing))
            .map(|(path, _)| path)
            .collect();
        if self.random.below(100) < self.mix.blind_percent || fitting.is_empty() {
            return self.any_path();
        }
        fitting[self.random.below(fitting.len())].clone()
    }

    /// Something that a lower layer brought.
    fn lower(&mut self) -> String {
        if self.is_blind() || self.below.is_empty() {
            return self.any_path();
        }
        let at = self.random.below(self.below.len());
        self.below[at].clone()
    }

    fn symlink_target(&mut self, path: &str) -> String {
        if self.is_blind() {
            let form = self.random.of(&["", "/", "../", "./", "../../a/../"]);
            return format!("{form}{}", self.any_path());
        }
        let target = if self.random.below(3) > 0 {
            self.dir()
        } else {
            self.there(|_| true)
        };
        let up = match self.random.below(3) {
            0 => "/".to_owned(),
            1 => "../".repeat(path.matches('/').count() + self.random.below(2)),
            _ => "../".repeat(path.matches('/').count()),
        };
        if target.is_empty() {
            format!("{up}.")
        } else {
            format!("{up}{target}")
        }
    }

    fn leads_to_dir(&self, link: &str) -> bool {
        match self.now.get(link) {
            Some(Thing::Link(target)) => {
                let target = target.trim_start_matches(['.', '/']);
                target.is_empty() || self.now.get(target) == Some(&Thing::Dir)
            }
            _ => false,
        }
    }

    fn write(&mut self, path: &str, thing: Thing) {
        if thing != Thing::Dir {
            self.forget(path, true);
        }
        self.now.insert(path.to_owned(), thing);
    }

    fn forget(&mut self, dir: &str, itself: bool) {
        let inside = format!("{dir}/");
        self.now.retain(|path, _| match path.as_str() {
            path if path == dir => !itself,
            path => !(dir.is_empty() || path.starts_with(&inside)),
        });
    }
}

fn construct_is_dir(construct: Construct) -> bool {
    matches!(construct, Construct::Dir)
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() {
        name.to_owned()
    } else {
        format!("{dir}/{name}")
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Marsaglia's xorshift with 64 bits of state; the seed is stirred first, or neighbours would begin alike.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        let mut random = Random((seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for _ in 0..8 {
            random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}
