//! Finds a few directories that hold most of a tree's bytes, and that do not lie within each other.

/// A share of the whole below which nothing is told for itself.
const LEAST_SHARE: u64 = 20;

/// Returns at most `most` nodes that together hold most of the bytes below `root`, the largest first.
///
/// A node is replaced by its large children where these hold three quarters of it, and there is room for them.
/// `children` returns the children of a node with their bytes, and none for what is to be told as it is.
pub(super) fn cover<N>(
    root: N,
    bytes: u64,
    most: usize,
    mut children: impl FnMut(&N) -> Vec<(N, u64)>,
) -> Vec<(N, u64)> {
    let least = (bytes / LEAST_SHARE).max(1);
    let mut open = vec![(root, bytes)];
    let mut told: Vec<(N, u64)> = Vec::new();
    while let Some((node, bytes)) = take_largest(&mut open) {
        let mut large = children(&node);
        large.retain(|(_, bytes)| *bytes >= least);
        let sum = large
            .iter()
            .fold(0, |sum: u64, (_, bytes)| sum.saturating_add(*bytes));
        let has_room = open.len() + told.len() + large.len() <= most;
        if !large.is_empty() && has_room && sum >= bytes / 4 * 3 {
            open.append(&mut large);
        } else {
            told.push((node, bytes));
        }
    }
    told.sort_by_key(|(_, bytes)| u64::MAX - bytes);
    told
}

fn take_largest<N>(open: &mut Vec<(N, u64)>) -> Option<(N, u64)> {
    let places = (0..).zip(open.iter());
    // Of equal ones, the first: `max_by_key` returns the last.
    let largest = places.max_by_key(|(at, (_, bytes))| (*bytes, usize::MAX - at));
    let at = largest.map(|(at, _)| at)?;
    Some(open.remove(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Covers a tree of files, `path bytes` each.
    fn check(files: &str, most: usize, expected: &str) {
        let files: Vec<(&str, u64)> = files
            .split(", ")
            .filter_map(|file| file.split_once(' '))
            .map(|(path, bytes)| (path, bytes.parse().expect("a number")))
            .collect();
        let below = |dir: &str| -> u64 {
            let files = files.iter();
            let below = files.filter(|(path, _)| path.starts_with(dir));
            below.map(|(_, bytes)| bytes).sum()
        };
        let told = cover(String::new(), below(""), most, |dir: &String| {
            let mut names: Vec<String> = files
                .iter()
                .filter_map(|(path, _)| {
                    let (name, _) = path.strip_prefix(dir.as_str())?.split_once('/')?;
                    Some(format!("{dir}{name}/"))
                })
                .collect();
            names.sort();
            names.dedup();
            names
                .into_iter()
                .map(|name| (name.clone(), below(&name)))
                .collect()
        });
        let told: Vec<String> = told
            .iter()
            .map(|(dir, bytes)| format!("{dir} {bytes}"))
            .collect();
        assert_eq!(told.join(", "), expected);
    }

    #[test]
    fn directories_are_told_where_their_bytes_part() {
        check("a/b/c/x 90, a/y 10", 8, "a/b/c/ 90");
        check("a/b/x 50, a/c/x 50", 8, "a/b/ 50, a/c/ 50");
        check("a/b/x 50, a/c/x 50", 1, "a/ 100");
        check(
            "a/x 30, b/x 30, c/x 30, d/x 10",
            8,
            "a/ 30, b/ 30, c/ 30, d/ 10",
        );
        // Files beside a small directory: the directory above them is told.
        check("a/x 60, a/b/x 40", 8, "a/ 100");
        check("x 100", 8, " 100");
        check("a/x 97, b/x 3", 8, "a/ 97");
    }
}
