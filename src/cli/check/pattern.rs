//! Patterns of paths: `/usr/bin/su`, `/usr/share/*/doc`, `**/*.pyc`. A pattern that names a directory names all below
//! it.

use fast_glob::glob_match;

/// Characters of a pattern.
const MOST_CHARS: usize = 1_000;

/// A pattern of paths, without a slash before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathPattern {
    own: String,
    below: String,
}

impl PathPattern {
    /// Parses a pattern, with or without a slash before it.
    pub(super) fn parse(text: &str) -> Result<PathPattern, String> {
        let own = text.trim().trim_start_matches('/').trim_end_matches('/');
        if own.is_empty() || own.chars().count() > MOST_CHARS {
            let asked = "a path such as /usr/share/doc or **/*.pyc is asked for";
            return Err(format!("{asked}, and not {text:?}"));
        }
        Ok(PathPattern {
            own: own.to_owned(),
            below: format!("{own}/**"),
        })
    }

    /// True for a path that it names, or one below. The path has no slash before it.
    pub(super) fn fits(&self, path: &[u8]) -> bool {
        glob_match(&self.own, path) || glob_match(&self.below, path)
    }

    /// Returns the text, with a slash before it unless it begins with `**`.
    pub(super) fn text(&self) -> String {
        match self.own.starts_with("**") {
            true => self.own.clone(),
            false => format!("/{}", self.own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_paths_and_what_is_below() {
        let fits = |pattern: &str, path: &str| {
            PathPattern::parse(pattern)
                .expect("is a pattern")
                .fits(path.as_bytes())
        };
        for (pattern, path) in [
            ("/usr/bin/su", "usr/bin/su"),
            ("usr/share/doc", "usr/share/doc/a/b"),
            ("/usr/share/doc/", "usr/share/doc"),
            ("/usr/*/doc", "usr/lib/doc/x"),
            ("**/*.pyc", "a/b/c.pyc"),
            ("**/*.pyc", "c.pyc"),
            ("/opt/{a,b}", "opt/b"),
            ("**/.git", "srv/app/.git/HEAD"),
        ] {
            assert!(fits(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/usr/bin/su", "usr/bin/sudo"),
            ("/usr/*/doc", "usr/a/b/doc"),
            ("*.pyc", "a/b.pyc"),
            ("/usr/bin", "usr"),
        ] {
            assert!(!fits(pattern, path), "{pattern} {path}");
        }
        for wrong in ["", "/", " "] {
            assert!(PathPattern::parse(wrong).is_err());
        }
        assert_eq!(
            PathPattern::parse("a/").map(|one| one.text()),
            Ok("/a".to_owned())
        );
        assert_eq!(
            PathPattern::parse("**/a").map(|one| one.text()),
            Ok("**/a".to_owned())
        );
    }
}
