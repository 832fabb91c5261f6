//! Names and IDs that are sent to engines.

/// Bytes of an image's name at most.
pub(super) const NAME_BYTES: usize = 512;

/// True if a text can be the name or ID of an image, and nothing else in a path.
pub(super) fn is_plain(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    (1..=NAME_BYTES).contains(&name.len())
        && name.chars().all(is_plain)
        && !name.starts_with(['/', '-', '.'])
        && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_other_path() {
        for (name, is_name) in [
            ("app:1", true),
            ("docker.io/library/redis:7", true),
            ("sha256:aa", true),
            ("app@sha256:aa", true),
            ("", false),
            ("../containers/x", false),
            ("a/../b", false),
            ("/a", false),
            ("-a", false),
            ("a b", false),
            ("a?b", false),
            ("a%2f", false),
            ("a\r\nHost: x", false),
        ] {
            assert_eq!(is_plain(name), is_name, "{name:?}");
        }
    }
}
