//! The names under which an image is exported: those that a person chose, or else its own.

use crate::image::Reference;
use crate::source::FoundImage;

use super::super::tag::{UnfitName, tagged};

/// Names for an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportNames {
    /// Names of the form `repository:tag`, as Docker accepts them.
    pub tags: Vec<Reference>,
    /// Other names of a layout, such as a bare tag, which OCI allows in an index.
    pub others: Vec<String>,
    /// Names of the image that no index may contain. They are not exported.
    pub left_out: Vec<String>,
}

impl ExportNames {
    /// Parses names that a person chose. As with Docker, a name without a tag gets `latest`.
    ///
    /// # Errors
    /// The first name that Docker would refuse, or that has a digest, which no tag can have.
    pub fn chosen<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<ExportNames, UnfitName> {
        let mut chosen = ExportNames::default();
        for name in names {
            chosen.add(tagged(name)?);
        }
        Ok(chosen)
    }

    /// Returns the image's own names.
    pub fn of(found: &FoundImage) -> ExportNames {
        let mut own = ExportNames::default();
        for name in &found.names {
            match Reference::parse(name) {
                Ok(reference) if reference.tag().is_some() && reference.digest().is_none() => {
                    own.add(reference);
                }
                _ if is_ref_name(name) => own.others.push(name.clone()),
                _ => own.left_out.push(name.clone()),
            }
        }
        own
    }

    fn add(&mut self, name: Reference) {
        if !self.tags.contains(&name) {
            self.tags.push(name);
        }
    }
}

/// True if an index may contain this name in `org.opencontainers.image.ref.name`: components of letters and
/// digits, with single separators (or `--`) between them, and a slash between components (OCI image-spec, annotations).
fn is_ref_name(name: &str) -> bool {
    let is_separator = |run: &str| run == "--" || (run.len() == 1 && "-._:@+".contains(run));
    name.split('/').all(|component| {
        let is_letter = |c: char| c.is_ascii_alphanumeric();
        let mut runs = component.split(is_letter).filter(|run| !run.is_empty());
        component.starts_with(is_letter) && component.ends_with(is_letter) && runs.all(is_separator)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_holds_names_of_its_grammar() {
        let check =
            |name: &str, expected: bool| assert_eq!(is_ref_name(name), expected, "{name:?}");
        for name in [
            "1.0",
            "stable",
            "app:1",
            "a/b/c",
            "a--b",
            "A+b@c",
            "v1.0-rc.1_2",
        ] {
            check(name, true);
        }
        for name in [
            "", "/a", "a/", "a//b", "-a", "a-", "a---b", "a..b", "a-.b", "--a", "a--", "a b", "é",
            "a\nb", "<img>",
        ] {
            check(name, false);
        }
    }

    fn check(name: &str, expected: Result<&str, ()>) {
        let chosen = ExportNames::chosen([name]);
        let full = chosen.map(|names| names.tags.first().map(ToString::to_string));
        assert_eq!(
            full.map_err(|_| ()),
            expected.map(|name| Some(name.to_owned())),
            "{name:?}"
        );
    }

    #[test]
    fn names_are_read_as_docker_reads_them() {
        check("app", Ok("docker.io/library/app:latest"));
        check("team/app:1", Ok("docker.io/team/app:1"));
        check("localhost:5000/app:1", Ok("localhost:5000/app:1"));
        check("App:1", Err(()));
        check("app:", Err(()));
        check("app:-1", Err(()));
        check("", Err(()));
        check(&format!("app@sha256:{}", "a".repeat(64)), Err(()));
    }

    #[test]
    fn a_name_given_twice_counts_once() {
        let names = ExportNames::chosen(["app:1", "docker.io/library/app:1", "b"]);
        assert_eq!(names.expect("they are names").tags.len(), 2);
    }
}
