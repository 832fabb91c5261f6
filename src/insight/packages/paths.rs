//! The paths of a package, each directory once for the files that follow each other in it.

/// Bytes that a path takes beside its text.
const ITEM_BYTES: usize = 8;
/// Bytes of a directory beyond which nothing is looked for: no path of an image is as long.
const MOST_DIR_BYTES: usize = 64 * 1024;

/// A kind of path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathKind {
    /// A file that the package brings.
    File,
    /// A directory of files that follow it.
    Dir,
    /// A file that belongs to the package, which does not bring it.
    Ghost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    /// The directory of the paths that follow.
    In,
    Path(PathKind),
}

/// Paths, without slashes before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Paths {
    text: Vec<u8>,
    /// The end of each stretch of the text, and its use.
    items: Vec<(u32, Item)>,
    /// The stretch of the directory that was named last.
    dir: (usize, usize),
}

/// A path of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OnePath<'p> {
    pub(super) dir: &'p [u8],
    pub(super) name: &'p [u8],
    pub(super) kind: PathKind,
}

impl Paths {
    /// Adds a path, and takes what it needs from a budget. False if that does not suffice.
    pub(super) fn add(
        &mut self,
        left: &mut usize,
        dir: &[u8],
        name: &[u8],
        kind: PathKind,
    ) -> bool {
        let dir = trimmed(dir);
        let is_same = self.text.get(self.dir.0..self.dir.1) == Some(dir);
        let dir_bytes = if is_same { 0 } else { dir.len() + ITEM_BYTES };
        let len = dir_bytes
            .saturating_add(name.len())
            .saturating_add(ITEM_BYTES);
        let fits = u32::try_from(self.text.len().saturating_add(len)).is_ok();
        let Some(rest) = left
            .checked_sub(len)
            .filter(|_| fits && dir.len() <= MOST_DIR_BYTES)
        else {
            return false;
        };
        *left = rest;
        if !is_same {
            let start = self.text.len();
            self.push(dir, Item::In);
            self.dir = (start, self.text.len());
        }
        self.push(name, Item::Path(kind));
        true
    }

    fn push(&mut self, text: &[u8], item: Item) {
        self.text.extend_from_slice(text);
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.items.push((end, item));
    }

    /// Takes the list of a package's files, a path each. Returns the number of files beyond the budget, too.
    pub(super) fn of_list<'b>(
        list: impl Iterator<Item = &'b [u8]>,
        left: &mut usize,
    ) -> (Paths, u32) {
        let (mut paths, mut n_left_out) = (Paths::default(), 0_u32);
        let mut lines = list.map(trimmed).peekable();
        while let Some(path) = lines.next() {
            if path.is_empty() || path == b"." {
                continue;
            }
            let next = lines.peek().copied().unwrap_or_default();
            let next = next.strip_prefix(path);
            let kind = match next.is_some_and(|rest| rest.starts_with(b"/")) {
                true => PathKind::Dir,
                false => PathKind::File,
            };
            let slash = path.iter().rposition(|&byte| byte == b'/');
            let (dir, name) = slash.map_or((&b""[..], path), |slash| {
                let (dir, name) = path.split_at(slash);
                (dir, name.get(1..).unwrap_or_default())
            });
            if !paths.add(left, dir, name, kind) {
                n_left_out = n_left_out.saturating_add(1);
            }
        }
        (paths, n_left_out)
    }

    /// Returns the bytes that the paths took from the budget.
    pub(super) fn cost(&self) -> usize {
        self.text.len() + self.items.len() * ITEM_BYTES
    }

    /// Returns the number of paths, and of their directories.
    pub(super) fn n(&self) -> u64 {
        self.items.len() as u64
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = OnePath<'_>> {
        let (mut start, mut dir) = (0, &b""[..]);
        self.items.iter().filter_map(move |(end, item)| {
            let end = *end as usize;
            let text = self.text.get(start..end).unwrap_or_default();
            start = end;
            match item {
                Item::In => {
                    dir = text;
                    None
                }
                Item::Path(kind) => Some(OnePath {
                    dir,
                    name: text,
                    kind: *kind,
                }),
            }
        })
    }
}

impl OnePath<'_> {
    /// Returns the path as a whole.
    pub(super) fn whole(self) -> Vec<u8> {
        match self.dir {
            b"" => self.name.to_vec(),
            dir => [dir, b"/", self.name].concat(),
        }
    }
}

/// Takes the slashes before and behind a path away.
fn trimmed(path: &[u8]) -> &[u8] {
    let n_before = path.iter().take_while(|&&byte| byte == b'/').count();
    let path = path.get(n_before..).unwrap_or_default();
    let n_behind = path.iter().rev().take_while(|&&byte| byte == b'/').count();
    path.get(..path.len() - n_behind).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The paths as text: directories end with a slash, ghosts with a question mark.
    pub(in super::super) fn told(paths: &Paths) -> String {
        let told = paths.iter().map(|path| {
            let mark = match path.kind {
                PathKind::File => "",
                PathKind::Dir => "/",
                PathKind::Ghost => "?",
            };
            format!("{}{mark}", String::from_utf8_lossy(&path.whole()))
        });
        told.collect::<Vec<_>>().join(" ")
    }

    fn check(list: &str, most: usize, expected: &str, n_left_out: u32) {
        let mut left = most;
        let (paths, n) = Paths::of_list(list.split('\n').map(str::as_bytes), &mut left);
        assert_eq!(
            (told(&paths).as_str(), n),
            (expected, n_left_out),
            "{list:?}"
        );
        assert_eq!(paths.cost(), most - left);
    }

    #[test]
    fn lists_have_directories_and_files() {
        check(
            "/.\n/bin\n/bin/a b\n\n/bin/c\n/d",
            99,
            "bin/ bin/a b bin/c d",
            0,
        );
        check("//a//\n", 99, "a", 0);
    }

    #[test]
    fn paths_beyond_the_budget_are_counted() {
        // The directory, and two names of nine bytes each.
        check("/x/a\n/x/b\n/x/c\n", 30, "x/a x/b", 1);
        check("/x/a\n", 0, "", 1);
        let deep = format!("/{}/a\n", "x".repeat(MOST_DIR_BYTES + 1));
        check(&deep, 1_000_000, "", 1);
    }
}
