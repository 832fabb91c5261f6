//! Random images as short text: few names, many collisions, every construct that a layer can have.
//!
//! The seed alone determines an image. Nothing here names the library, so that the tests with a real engine
//! (`tests/engines.rs`) can use the same images. `support/text.rs` parses the lines.

use std::collections::BTreeMap;

use crate::support::random::Random;

/// Rate of blind choices, per thousand. Other choices make sense at that point: a parent that is a directory, a
/// link target that exists, a whiteout of something in a lower layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mix {
    pub(crate) blind_permille: usize,
}

/// Returns the layers of an image, base first.
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

/// Returns an image as one text, with lines of dashes between its layers.
pub(crate) fn told(seed: u64, layers: &[String]) -> String {
    format!("the image of seed {seed}:\n{}", layers.join("---\n"))
}

/// Constructs of entries. The number of repetitions is the weight.
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
    /// The path of an earlier entry, in the same layer or another, with a new construct.
    Again,
    /// The root, whiteouts of nothing, and AUFS's own names.
    Odd,
}

const NAMES: &[&str] = &["a", "b", "c", "a-b", "d.e"];
const MODES: &[&str] = &[
    "0755", "0755", "0700", "0644", "0640", "4711", "1777", "0100600",
];

/// Guess of the type at a path, which only has to be right most of the time.
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
    /// Paths that existed when the layer began.
    below: Vec<String>,
}

/// A path as an entry has it, and the path that it leads to through its symbolic link.
#[derive(Clone, Debug, Default)]
struct Place {
    told: String,
    real: String,
}

impl Place {
    fn plain(path: String) -> Place {
        Place {
            told: path.clone(),
            real: path,
        }
    }

    fn join(&self, name: &str) -> Place {
        Place {
            told: join(&self.told, name),
            real: join(&self.real, name),
        }
    }
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
                let place = self.there_or_any();
                let constructs = [
                    Construct::File,
                    Construct::Dir,
                    Construct::Symlink,
                    Construct::Node,
                ];
                let construct = constructs[self.random.below(4)];
                self.object(construct, place)
            }
            Construct::Whiteout => match self.lower() {
                Some(path) => {
                    self.forget(&path, true);
                    let (dir, name) = split(&path);
                    join(dir, &format!(".wh.{name}"))
                }
                None => self.new_object(Construct::File),
            },
            Construct::Opaque => {
                let dir = self.dir();
                self.forget(&dir.real, false);
                dir.join(".wh..wh..opq").told
            }
            Construct::Odd if self.is_blind() || self.random.below(8) == 0 => self.odd(),
            construct => self.new_object(construct),
        };
        let attributes = self.attributes(&what);
        format!("{what} | {attributes}\n")
    }

    fn new_object(&mut self, construct: Construct) -> String {
        let place = self.place();
        self.object(construct, place)
    }

    fn object(&mut self, construct: Construct, place: Place) -> String {
        let path = &place.told;
        let (line, thing) = match construct {
            Construct::Dir => (format!("{path}/"), Thing::Dir),
            Construct::Symlink => {
                let target = self.symlink_target(&place.real);
                (format!("{path} -> {target}"), Thing::Link(target))
            }
            Construct::Hardlink => {
                let blind = self.is_blind();
                // A link that replaces its target, or a directory above it, would have no target.
                let inside = format!("{}/", place.real);
                let fits = |at: &str, thing: &Thing| {
                    *thing != Thing::Dir && at != place.real && !at.starts_with(&inside)
                };
                let target = match self.there(fits) {
                    Some(target) if !blind => target,
                    None if !blind => return self.object(Construct::File, place),
                    _ => self.any_path(),
                };
                let form = self.random.of(&["", "", "", "/", "./", "../"]);
                (format!("{path} => {form}{target}"), Thing::Leaf)
            }
            Construct::Node => {
                let node = self.random.of(&["p", "p", "c 1:3", "b 8:1"]);
                (format!("{path} {node}"), Thing::Leaf)
            }
            _ => {
                let content = self.random.of(&["= x", "= yy", "= yy", "= zzz", "="]);
                (format!("{path} {content}"), Thing::Leaf)
            }
        };
        self.write(&place.real, thing);
        // Sometimes the same path in another spelling.
        let forms = ["", "", "", "", "", "", "", "", "./", "/", "..//", "./c/../"];
        format!("{}{line}", self.random.of(&forms))
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
            dir.join(odd).told
        }
    }

    fn attributes(&mut self, what: &str) -> String {
        let mut mode = self.random.of(MODES);
        let (uid, gid) = (self.random.below(2), self.random.below(2));
        let mtime = self.random.below(4) * 1000;
        let is_file = what.contains(" =");
        if !is_file && !self.is_blind() {
            mode = mode.strip_prefix("010").unwrap_or(mode);
        }
        // Linux allows attributes with these names only for files and directories.
        let is_fit = is_file || what.ends_with('/');
        let xattr = match self.random.below(8) {
            0 if is_fit || self.is_blind() => " xattr.user.k=v",
            1 if is_fit || self.is_blind() => " xattr.user.k=w xattr.user.l=v",
            _ => "",
        };
        format!("mode={mode} uid={uid} gid={gid} mtime={mtime}{xattr}")
    }

    fn is_blind(&mut self) -> bool {
        self.random.below(1000) < self.mix.blind_permille
    }

    fn any_path(&mut self) -> String {
        let depth = 1 + self.random.below(3);
        let names: Vec<_> = (0..depth).map(|_| self.random.of(NAMES)).collect();
        names.join("/")
    }

    /// Returns the place for a new object: in a directory, or in a new directory without an entry.
    fn place(&mut self) -> Place {
        if self.is_blind() {
            return Place::plain(self.any_path());
        }
        let mut dir = self.dir();
        if self.random.below(12) == 0 {
            let implied = dir.join("implied");
            let thing = self.now.get(&implied.real);
            if thing.is_none_or(|thing| *thing == Thing::Dir) {
                self.now.insert(implied.real.clone(), Thing::Dir);
                dir = implied;
            }
        }
        if dir.real.matches('/').count() > 2 {
            dir = Place::default();
        }
        dir.join(self.random.of(NAMES))
    }

    /// Returns a directory: sometimes the root, rarely through a symbolic link to one.
    fn dir(&mut self) -> Place {
        if self.is_blind() {
            return Place::plain(split(&self.any_path()).0.to_owned());
        }
        if self.random.below(8) == 0 {
            let link = self.there(|_, thing| matches!(thing, Thing::Link(_)));
            let led = link.and_then(|told| Some((self.leads_to(&told)?, told)));
            if let Some((real, told)) = led {
                return Place { told, real };
            }
        }
        if self.random.below(4) == 0 {
            return Place::default();
        }
        let dir = self.there(|_, thing| *thing == Thing::Dir);
        Place::plain(dir.unwrap_or_default())
    }

    /// Returns an existing path.
    fn there(&mut self, fits: impl Fn(&str, &Thing) -> bool) -> Option<String> {
        let fitting = self.now.iter().filter(|(path, thing)| fits(path, thing));
        let fitting: Vec<&String> = fitting.map(|(path, _)| path).collect();
        match fitting.len() {
            0 => None,
            n => Some(fitting[self.random.below(n)].clone()),
        }
    }

    /// Returns an existing path, or any path.
    fn there_or_any(&mut self) -> Place {
        if self.is_blind() {
            return Place::plain(self.any_path());
        }
        match self.there(|_, _| true) {
            Some(path) => Place::plain(path),
            None => self.place(),
        }
    }

    /// Returns a path from a lower layer whose directory exists.
    fn lower(&mut self) -> Option<String> {
        if self.is_blind() {
            return Some(self.any_path());
        }
        let reachable = self.below.iter().filter(|path| {
            let dir = split(path).0;
            dir.is_empty() || self.now.get(dir) == Some(&Thing::Dir)
        });
        let reachable: Vec<&String> = reachable.collect();
        match reachable.len() {
            0 => None,
            n => Some(reachable[self.random.below(n)].clone()),
        }
    }

    fn symlink_target(&mut self, path: &str) -> String {
        if self.is_blind() {
            let form = self.random.of(&["", "/", "../", "./", "../../a/../"]);
            return format!("{form}{}", self.any_path());
        }
        let dir = self.there(|_, thing| *thing == Thing::Dir);
        let target = match dir.filter(|_| self.random.below(3) > 0) {
            Some(dir) => dir,
            None => self.there_or_any().real,
        };
        let up = match self.random.below(3) {
            0 => "/".to_owned(),
            1 => "../".repeat(path.matches('/').count() + self.random.below(2)),
            _ => "../".repeat(path.matches('/').count()),
        };
        format!("{up}{target}")
    }

    /// Returns the directory that one of the generated links leads to.
    fn leads_to(&self, link: &str) -> Option<String> {
        let Some(Thing::Link(target)) = self.now.get(link) else {
            return None;
        };
        let target = target.trim_start_matches(['.', '/']);
        (self.now.get(target) == Some(&Thing::Dir)).then(|| target.to_owned())
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
