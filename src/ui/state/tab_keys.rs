//! The keys of a list of tabs, by the ARIA practices.

/// Returns the position that a key leads to from tab `at` of `n`; `None` if it is no such key.
pub fn tab_at_key(key: &str, at: usize, n: usize) -> Option<usize> {
    let last = n.checked_sub(1)?;
    Some(match key {
        "ArrowRight" if at >= last => 0,
        "ArrowRight" => at + 1,
        "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
        "Home" => 0,
        "End" => last,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::tab_at_key;

    #[test]
    fn arrows_lead_round_the_list() {
        let cases = [
            ("ArrowRight", 0, 3, Some(1)),
            ("ArrowRight", 2, 3, Some(0)),
            ("ArrowLeft", 0, 3, Some(2)),
            ("ArrowLeft", 2, 3, Some(1)),
            ("Home", 2, 3, Some(0)),
            ("End", 0, 3, Some(2)),
            ("Enter", 0, 3, None),
            ("End", 0, 0, None),
        ];
        for (key, at, n, to) in cases {
            assert_eq!(tab_at_key(key, at, n), to, "{key} at {at} of {n}");
        }
    }
}
