//! The names under which an image is exported: those that a person chose, else those that it has.

use crate::image::Reference;
use crate::source::FoundImage;

/// Names for an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportNames {
    /// `repository:tag`, as Docker takes it.
    pub tags: Vec<Reference>,
    /// Names of a layout that are no such thing: a bare tag, or any text.
    pub others: Vec<String>,
}

/// A name that Docker would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct UnfitName {
    /// The name as given.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
}

impl ExportNames {
    /// Reads names that a person chose; one without a tag gets `latest`, as with Docker.
    ///
    /// # Errors
    /// The first one that Docker would refuse, or that has a digest, which no tag can have.
    pub fn chosen<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<ExportNames, UnfitName> {
        let mut chosen = ExportNames::default();
        for name in names {
            let unfit = |reason: String| UnfitName {
                name: name.to_owned(),
                reason,
            };
            let reference = Reference::parse(name).map_err(|error| unfit(error.to_string()))?;
            if reference.digest().is_some() {
                return Err(unfit(
                    "a name for an export has a tag, no digest".to_owned(),
                ));
            }
            let tag = reference.tag().unwrap_or("latest");
            let tagged = reference.repository().with_tag(tag);
            chosen.add(tagged.map_err(|error| unfit(error.to_string()))?);
        }
        Ok(chosen)
    }

    /// The names that an image has.
    pub fn of(found: &FoundImage) -> ExportNames {
        let mut own = ExportNames::default();
        for name in &found.names {
            match Reference::parse(name) {
                Ok(reference) if reference.tag().is_some() && reference.digest().is_none() => {
                    own.add(reference);
                }
                _ => own.others.push(name.clone()),
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

#[cfg(test)]
mod tests {
    use super::*;

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
