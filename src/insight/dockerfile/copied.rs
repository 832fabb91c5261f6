//! Reads `COPY` and `ADD` of builders that write a checksum in place of the sources.

use super::words::json_list;

/// The sources of a copy that a checksum stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sources {
    /// One file, perhaps an archive that was unpacked.
    File,
    /// A directory.
    Dir,
    /// Several files or directories.
    Several,
}

/// A copy whose sources are a checksum.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HashedCopy<'a> {
    pub(super) sources: Sources,
    /// Options, such as `--chown=app`.
    pub(super) options: &'a str,
    /// The path that was written to, as it stands in the Dockerfile.
    pub(super) to: &'a str,
}

/// Reads the arguments `file:CHECKSUM in PATH`. Docker's classic builder leaves no blank between options and checksum.
pub(super) fn hashed(arguments: &str) -> Option<HashedCopy<'_>> {
    const KINDS: [(&str, Sources); 3] = [
        ("file:", Sources::File),
        ("dir:", Sources::Dir),
        ("multi:", Sources::Several),
    ];
    KINDS.iter().find_map(|(kind, sources)| {
        let (options, rest) = arguments.split_once(kind)?;
        let n_digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let to = rest.get(n_digits..)?.strip_prefix(" in ")?;
        let has_options = options.trim_end().is_empty() || options.starts_with("--");
        (n_digits >= 32 && has_options).then_some(HashedCopy {
            sources: *sources,
            options: options.trim_end(),
            to: to.trim_end_matches(' '),
        })
    })
}

impl HashedCopy<'_> {
    /// Returns the arguments in the Dockerfile's form. `written` are the names that the layer has directly in the
    /// path; none if the path is a file itself.
    pub(super) fn arguments(&self, instruction: &str, written: Option<&[String]>) -> String {
        let is_copy = instruction == "COPY";
        let mut words: Vec<&str> = match (self.sources, written) {
            (Sources::File, Some([name])) if is_copy => vec![name],
            (Sources::Several, Some(names)) if is_copy && !names.is_empty() => {
                names.iter().map(String::as_str).collect()
            }
            (Sources::File, _) if is_copy => vec!["<file>"],
            (Sources::File, _) => vec!["<file or archive>"],
            (Sources::Dir, _) => vec!["<directory>"],
            (Sources::Several, _) => vec!["<files>"],
        };
        words.push(self.to);
        let blank = if self.options.is_empty() { "" } else { " " };
        let words = match self.to.contains(' ') {
            true => json_list(&words),
            false => words.join(" "),
        };
        format!("{}{blank}{words}", self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "11074170867c82ce15895c7e155f4efa13ab6e81d0c41d053db6f2d912e6d022";

    /// Checks `arguments`, in which `#` stands for a checksum, with the names written into the path.
    fn check(line: &str, written: &[&str], expected: Option<&str>) {
        let (instruction, arguments) = line.split_once(' ').expect("an instruction");
        let arguments = arguments.replace('#', SUM);
        let written: Vec<String> = written.iter().map(|name| (*name).to_owned()).collect();
        let found = hashed(&arguments).map(|copy| copy.arguments(instruction, Some(&written)));
        assert_eq!(found.as_deref(), expected, "{line}");
    }

    #[test]
    fn sources_are_named_by_what_the_layer_has() {
        check(
            "COPY file:# in /usr/local/bin/ ",
            &["app.sh"],
            Some("app.sh /usr/local/bin/"),
        );
        check(
            "COPY multi:# in /dir/ ",
            &["one", "two"],
            Some("one two /dir/"),
        );
        check(
            "COPY dir:# in ./site ",
            &["a", "b"],
            Some("<directory> ./site"),
        );
        check("COPY file:# in /renamed ", &[], Some("<file> /renamed"));
        check(
            "ADD file:# in /data/ ",
            &["site"],
            Some("<file or archive> /data/"),
        );
        check(
            "COPY --chown=app:appdir:# in /opt/out ",
            &[],
            Some("--chown=app:app <directory> /opt/out"),
        );
        check(
            "COPY file:# in /with space/ ",
            &["one"],
            Some(r#"["one", "/with space/"]"#),
        );
        check(
            "COPY multi:# in /with space/ ",
            &["one", "two"],
            Some(r#"["one", "two", "/with space/"]"#),
        );
        for other in [
            "COPY . /app",
            "COPY file:1 in /x",
            "COPY a file:# in /x",
            "COPY file:#in /x",
        ] {
            check(other, &[], None);
        }
    }
}
